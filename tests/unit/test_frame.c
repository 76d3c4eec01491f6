/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/frame.h"
#include "tests/unit/samples.h"

static const struct salt SALT = { { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 } };

static struct entry_id id_of(uint8_t first)
{
	struct entry_id id;
	for (size_t i = 0; i < sizeof(id.bytes); i++)
		id.bytes[i] = (uint8_t)(first + i);
	return id;
}

static struct view written(const struct writer *w)
{
	assert_true(w->ok);
	return (struct view){ .data = w->data, .size = w->size };
}

static void test_head_tells_ours_from_strangers(void **state)
{
	(void)state;
	static const struct {
		uint8_t bytes[2];
		size_t size;
		enum frame_rc rc;
	} rows[] = {
		{ { 0xAD, 1 }, 2, FRAME_OK },        { { 0xAD, 4 }, 2, FRAME_OK },
		{ { 0xAD, 0 }, 2, FRAME_E_FOREIGN }, { { 0xAD, 5 }, 2, FRAME_E_FOREIGN },
		{ { 0xAC, 1 }, 2, FRAME_E_FOREIGN }, { { 0xAD, 1 }, 1, FRAME_E_FOREIGN },
		{ { 0xAD, 1 }, 0, FRAME_E_FOREIGN },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum frame_kind kind = 0;
		struct view rest = { 0 };
		struct view bytes = { .data = rows[i].bytes, .size = rows[i].size };
		assert_int_equal(frame_open(&kind, &rest, bytes), rows[i].rc);
		if (rows[i].rc == FRAME_OK)
			assert_int_equal(kind, rows[i].bytes[1]);
	}
}

static void test_hello_comes_back(void **state)
{
	(void)state;
	const struct frame_hello hello = {
		.salt_half = { 1, 2, 3, 4, 5, 6, 7, 8 },
		.windows = { { 1, 2 }, { 0x1234, 0x1235 }, { 0, 0xFFFF } },
	};
	uint8_t buffer[HELLO_SIZE];
	struct writer w = writer_init(buffer, sizeof(buffer));
	frame_begin(&w, FRAME_HELLO);
	frame_hello_write(&w, &hello);
	assert_int_equal(writer_room(&w), 0);

	enum frame_kind kind;
	struct view rest;
	assert_int_equal(frame_open(&kind, &rest, written(&w)), FRAME_OK);
	assert_int_equal(kind, FRAME_HELLO);
	struct frame_hello back;
	assert_int_equal(frame_hello_read(&back, rest), FRAME_OK);
	assert_memory_equal(&back, &hello, sizeof(hello));

	rest.size--;
	assert_int_equal(frame_hello_read(&back, rest), FRAME_E_MALFORMED);
	uint8_t backwards[HELLO_SIZE - FRAME_HEAD_SIZE + 1] = { 0 };
	rest = (struct view){ .data = backwards, .size = sizeof(backwards) - 1 };
	assert_int_equal(frame_hello_read(&back, rest), FRAME_OK);
	rest.size++;
	assert_int_equal(frame_hello_read(&back, rest), FRAME_E_MALFORMED);
	rest.size--;
	backwards[FRAME_SALT_SIZE] = 1; /* from day 1 to day 0 */
	assert_int_equal(frame_hello_read(&back, rest), FRAME_E_MALFORMED);
}

static const struct point LOW = { .retention = 1, .epoch = 0x0203, .prefix = 0x0405060708090A0B };

static void test_points_are_in_order(void **state)
{
	(void)state;
	static const struct point rising[] = {
		{ 0, 0, 0 },          { 0, 0, 1 }, { 0, 0, UINT64_MAX }, { 0, 1, 0 },
		{ 0, UINT16_MAX, 9 }, { 1, 0, 0 }, { 3, 0, 0 },
	};
	const size_t count = sizeof(rising) / sizeof(rising[0]);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++)
			assert_int_equal(point_compare(rising[i], rising[j]), (i > j) - (i < j));
	assert_int_equal(point_compare(rising[0], POINT_FIRST), 0);
	assert_int_equal(point_compare(rising[count - 1], POINT_END), 0);
}

static void test_ranges_come_back_one_after_another(void **state)
{
	(void)state;
	uint8_t buffer[256];
	struct writer w = writer_init(buffer, sizeof(buffer));
	struct range sum = { .from = POINT_FIRST, .to = LOW, .mode = RANGE_FINGERPRINT, .count = 70000 };
	memset(sum.fingerprint.bytes, 0x77, FINGERPRINT_SIZE);
	struct range list = { .from = LOW, .to = POINT_END, .mode = RANGE_LIST, .count = 2 };
	struct range want = { .from = LOW, .to = LOW, .mode = RANGE_WANT, .count = 0 };

	frame_range_write(&w, &sum);
	assert_int_equal(w.size, range_size(RANGE_FINGERPRINT, 70000));
	frame_range_write(&w, &list);
	write_u64(&w, 0x1122334455667788);
	write_u64(&w, 2);
	assert_int_equal(w.size, range_size(RANGE_FINGERPRINT, 70000) + range_size(RANGE_LIST, 2));
	frame_range_write(&w, &want);

	struct view rest = written(&w);
	struct range back;
	assert_int_equal(frame_range_read(&back, &rest), FRAME_OK);
	assert_int_equal(back.mode, RANGE_FINGERPRINT);
	assert_int_equal(back.count, 70000);
	assert_int_equal(point_compare(back.from, POINT_FIRST), 0);
	assert_int_equal(point_compare(back.to, LOW), 0);
	assert_true(fingerprint_equal(&back.fingerprint, &sum.fingerprint));
	assert_int_equal(frame_range_read(&back, &rest), FRAME_OK);
	assert_int_equal(back.mode, RANGE_LIST);
	assert_int_equal(back.count, 2);
	assert_int_equal(point_compare(back.from, LOW), 0);
	assert_int_equal(point_compare(back.to, POINT_END), 0);
	assert_int_equal(range_element(&back, 0), 0x1122334455667788);
	assert_int_equal(range_element(&back, 1), 2);
	assert_int_equal(frame_range_read(&back, &rest), FRAME_OK);
	assert_int_equal(back.mode, RANGE_WANT);
	assert_int_equal(back.count, 0);
	assert_int_equal(rest.size, 0);
}

static void test_prefix_lies_in_the_order_of_ids(void **state)
{
	(void)state;
	uint8_t buffer[64];
	struct writer w = writer_init(buffer, sizeof(buffer));
	frame_range_write(&w, &(struct range){ .from = LOW, .to = POINT_END, .mode = RANGE_WANT });
	assert_memory_equal(buffer, "\x01\x03\x02\x04\x05\x06\x07\x08\x09\x0A\x0B", POINT_SIZE);
}

static void test_malformed_ranges_are_refused(void **state)
{
	(void)state;
#define P0 "00 0000 0000000000000000"
#define P1 "01 0000 0000000000000000"
#define END "03 0000 0000000000000000"
	static const struct {
		const char *name;
		enum frame_rc rc;
		const char *hex;
	} rows[] = {
		{ "nothing wanted", FRAME_OK, P0 P1 "02 0000" },
		{ "empty range", FRAME_OK, P1 P1 "02 0000" },
		{ "the whole order", FRAME_OK, P0 END "01 0000" },
		{ "backwards", FRAME_E_MALFORMED, P1 P0 "02 0000" },
		{ "past the end", FRAME_E_MALFORMED, P0 "03 0000 0000000000000001 02 0000" },
		{ "a class that is none", FRAME_E_MALFORMED, P0 "04 0000 0000000000000000 02 0000" },
		{ "mode that is none", FRAME_E_MALFORMED, P0 P1 "03 0000" },
		{ "cut in a point", FRAME_E_MALFORMED, P0 "01 0000" },
		{ "no mode", FRAME_E_MALFORMED, P0 P1 },
		{ "cut in the count", FRAME_E_MALFORMED, P0 P1 "02 00" },
		{ "cut in the elements", FRAME_E_MALFORMED, P0 P1 "01 0200 0000000000000000 00000000000000" },
		{ "too many elements", FRAME_E_MALFORMED, P0 P1 "01 0104" },
		{ "cut in the fingerprint", FRAME_E_MALFORMED, P0 P1 "00 01000000 00000000000000000000000000000000" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t buffer[RANGE_HEAD_SIZE + 2 + 1025 * ELEMENT_SIZE] = { 0 };
		size_t size = sample_bytes(buffer, sizeof(buffer), rows[i].hex);
		if (strstr(rows[i].hex, "0104"))
			size = sizeof(buffer); /* all 1025 elements are there */
		if (strstr(rows[i].name, "cut in the fingerprint"))
			size--;
		struct view rest = { .data = buffer, .size = size };
		struct range range;
		if (frame_range_read(&range, &rest) != rows[i].rc)
			fail_msg("%s", rows[i].name);
		if (rows[i].rc != FRAME_OK)
			assert_ptr_equal(rest.data, buffer);
	}
}

static void test_summary_comes_back(void **state)
{
	(void)state;
	struct frame_summary summary = { .count = 0x01020304 }, back;
	memset(summary.fingerprint.bytes, 0x55, FINGERPRINT_SIZE);
	uint8_t buffer[21] = { 0 };
	struct writer w = writer_init(buffer, sizeof(buffer));
	frame_summary_write(&w, &summary);
	assert_int_equal(w.size, 20);
	assert_int_equal(frame_summary_read(&back, written(&w)), FRAME_OK);
	assert_int_equal(back.count, summary.count);
	assert_true(fingerprint_equal(&back.fingerprint, &summary.fingerprint));
	assert_int_equal(frame_summary_read(&back, (struct view){ .data = buffer, .size = 19 }), FRAME_E_MALFORMED);
	assert_int_equal(frame_summary_read(&back, (struct view){ .data = buffer, .size = 21 }), FRAME_E_MALFORMED);
}

static void test_entries_come_back(void **state)
{
	(void)state;
	uint8_t entry[ENTRY_SIZE_MAX], buffer[1 + ENTRY_SIZE_MAX + 1 + ENTRY_SIZE_MIN];
	memset(entry, 0x33, sizeof(entry));
	struct writer w = writer_init(buffer, sizeof(buffer));
	frame_entry_write(&w, (struct view){ .data = entry, .size = ENTRY_SIZE_MAX });
	frame_entry_write(&w, (struct view){ .data = entry, .size = ENTRY_SIZE_MIN });
	struct view rest = written(&w), back;
	assert_int_equal(frame_entry_read(&back, &rest), FRAME_OK);
	assert_int_equal(back.size, ENTRY_SIZE_MAX);
	assert_memory_equal(back.data, entry, ENTRY_SIZE_MAX);
	assert_int_equal(frame_entry_read(&back, &rest), FRAME_OK);
	assert_int_equal(back.size, ENTRY_SIZE_MIN);
	assert_int_equal(rest.size, 0);
	assert_int_equal(frame_entry_read(&back, &rest), FRAME_E_MALFORMED);

	/* One more does not fit: nothing of it is written. */
	frame_entry_write(&w, (struct view){ .data = entry, .size = ENTRY_SIZE_MIN });
	assert_false(w.ok);
	assert_int_equal(w.size, sizeof(buffer));

	static const uint8_t sizes[] = { 0, ENTRY_SIZE_MIN - 1, ENTRY_SIZE_MAX + 1, 255 };
	for (size_t i = 0; i < sizeof(sizes); i++) {
		uint8_t wrong[256] = { sizes[i] };
		rest = (struct view){ .data = wrong, .size = sizeof(wrong) };
		assert_int_equal(frame_entry_read(&back, &rest), FRAME_E_MALFORMED);
	}
	uint8_t cut[] = { ENTRY_SIZE_MIN, 1, 2 };
	rest = (struct view){ .data = cut, .size = sizeof(cut) };
	assert_int_equal(frame_entry_read(&back, &rest), FRAME_E_MALFORMED);
}

static void test_fingerprint_does_not_know_order_and_knows_salt(void **state)
{
	(void)state;
	struct entry_id a = id_of(0), b = id_of(100), c = id_of(200);
	struct fingerprint abc = fingerprint_zero(), cab = fingerprint_zero(), ab = fingerprint_zero();
	fingerprint_add(&abc, &SALT, &a);
	fingerprint_add(&abc, &SALT, &b);
	ab = abc;
	fingerprint_add(&abc, &SALT, &c);
	fingerprint_add(&cab, &SALT, &c);
	fingerprint_add(&cab, &SALT, &a);
	fingerprint_add(&cab, &SALT, &b);
	assert_true(fingerprint_equal(&abc, &cab));
	assert_false(fingerprint_equal(&abc, &ab));

	struct salt other = SALT;
	other.bytes[15] ^= 1;
	struct fingerprint salted = fingerprint_zero();
	fingerprint_add(&salted, &other, &a);
	fingerprint_add(&salted, &other, &b);
	assert_false(fingerprint_equal(&salted, &ab));
	assert_int_not_equal(element_of(&SALT, &a), element_of(&other, &a));
	assert_int_not_equal(element_of(&SALT, &a), element_of(&SALT, &b));
}

/* The published vector of SipHash-2-4 (Aumasson and Bernstein) for key 00..0f and message 00..1f. */
static void test_element_is_siphash(void **state)
{
	(void)state;
	struct entry_id id = id_of(0);
	assert_int_equal(element_of(&SALT, &id), 0x7127512F72F27CCE);
}

/* The same by SipHash-128, as an independent implementation gives it; twice the same id doubles the number. */
static void test_fingerprint_is_a_sum_of_siphash_128(void **state)
{
	(void)state;
	struct entry_id id = id_of(0);
	uint8_t once[FINGERPRINT_SIZE], twice[FINGERPRINT_SIZE];
	sample_bytes(once, sizeof(once), "7c3956ca5eeafc3e363e9d556546eb68");
	sample_bytes(twice, sizeof(twice), "f872ac94bdd4f97d6c7c3aabca8cd6d1");
	struct fingerprint sum = fingerprint_zero();
	fingerprint_add(&sum, &SALT, &id);
	assert_memory_equal(sum.bytes, once, sizeof(once));
	fingerprint_add(&sum, &SALT, &id);
	assert_memory_equal(sum.bytes, twice, sizeof(twice));
}

static void test_reader_stops_at_the_end(void **state)
{
	(void)state;
	const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7 };
	struct reader r = reader_init((struct view){ .data = bytes, .size = sizeof(bytes) });
	assert_int_equal(read_u8(&r), 1);
	assert_int_equal(read_u16(&r), 0x0302);
	assert_int_equal(read_u32(&r), 0x07060504);
	assert_true(r.ok);
	assert_int_equal(read_u64(&r), 0);
	assert_false(r.ok);
	r = reader_init((struct view){ .data = bytes, .size = 3 });
	assert_int_equal(read_u32(&r), 0);
	assert_int_equal(read_u8(&r), 0);
	assert_false(r.ok);
}

static void test_writer_stops_at_the_end(void **state)
{
	(void)state;
	uint8_t bytes[16] = { 0 };
	struct writer w = writer_init(bytes, 15);
	write_u64(&w, 0x0807060504030201);
	write_u32(&w, 0x0C0B0A09);
	write_u16(&w, 0x0E0D);
	assert_int_equal(writer_room(&w), 1);
	write_u16(&w, 0xFFFF);
	assert_false(w.ok);
	assert_int_equal(writer_room(&w), 0);
	write_u8(&w, 0xFF);
	assert_int_equal(w.size, 14);
	for (uint8_t i = 0; i < 14; i++)
		assert_int_equal(bytes[i], i + 1);
	assert_int_equal(bytes[14] | bytes[15], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head_tells_ours_from_strangers),
		cmocka_unit_test(test_hello_comes_back),
		cmocka_unit_test(test_points_are_in_order),
		cmocka_unit_test(test_ranges_come_back_one_after_another),
		cmocka_unit_test(test_prefix_lies_in_the_order_of_ids),
		cmocka_unit_test(test_malformed_ranges_are_refused),
		cmocka_unit_test(test_summary_comes_back),
		cmocka_unit_test(test_entries_come_back),
		cmocka_unit_test(test_fingerprint_does_not_know_order_and_knows_salt),
		cmocka_unit_test(test_element_is_siphash),
		cmocka_unit_test(test_fingerprint_is_a_sum_of_siphash_128),
		cmocka_unit_test(test_reader_stops_at_the_end),
		cmocka_unit_test(test_writer_stops_at_the_end),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
