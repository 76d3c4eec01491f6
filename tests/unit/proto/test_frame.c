/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/bits.h"
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
		{ { 0xAD, 1 }, 2, FRAME_OK },        { { 0xAD, 13 }, 2, FRAME_OK },
		{ { 0xAD, 0 }, 2, FRAME_E_FOREIGN }, { { 0xAD, 14 }, 2, FRAME_E_FOREIGN },
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

/* Each message, written with `v` where nothing else follows, and every way that its bytes can be wrong. */

static enum frame_rc read_left(struct view rest)
{
	struct frame_left back;
	return frame_left_read(&back, rest);
}

static enum frame_rc read_hello(struct view rest)
{
	struct frame_hello back;
	return frame_hello_read(&back, rest);
}

static enum frame_rc read_summary(struct view rest)
{
	struct frame_summary back;
	return frame_summary_read(&back, rest);
}

static enum frame_rc read_agree(struct view rest)
{
	uint32_t back;
	return frame_agree_read(&back, rest);
}

static enum frame_rc read_probe(struct view rest)
{
	struct frame_probe back;
	return frame_probe_read(&back, rest);
}

static enum frame_rc read_ask(struct view rest)
{
	struct frame_ask back;
	return frame_ask_read(&back, rest);
}

static enum frame_rc read_sketch(struct view rest)
{
	struct frame_sketch back;
	return frame_sketch_read(&back, rest);
}

static enum frame_rc read_list(struct view rest)
{
	struct frame_list back;
	return frame_list_read(&back, rest);
}

static enum frame_rc read_want(struct view rest)
{
	struct frame_want back;
	return frame_want_read(&back, rest);
}

static enum frame_rc read_beacon(struct view rest)
{
	struct frame_beacon back;
	return frame_beacon_read(&back, rest);
}

static enum frame_rc read_call(struct view rest)
{
	struct frame_call back;
	return frame_call_read(&back, rest);
}

#define X4 "01020304"
#define X16 X4 X4 X4 X4
#define X24 X16 X4 X4
#define SMALLEST X16 X16 X16 X16 "05"

static const struct {
	const char *name;
	enum frame_rc (*read)(struct view rest);
	enum frame_rc rc;
	const char *hex;
} MESSAGES[] = {
	{ "hello", read_hello, FRAME_OK, X4 "00010203" },
	{ "hello of a set clock", read_hello, FRAME_OK, X4 "02010203" },
	{ "hello of quality 3", read_hello, FRAME_E_MALFORMED, X4 "03010203" },
	{ "hello cut", read_hello, FRAME_E_MALFORMED, X4 "000102" },
	{ "hello and more", read_hello, FRAME_E_MALFORMED, X4 X4 "00" },
	{ "left", read_left, FRAME_OK, "00 8001 00 01" },
	{ "left cut", read_left, FRAME_E_MALFORMED, "00 01 80" },
	{ "left and more", read_left, FRAME_E_MALFORMED, "00 00 00 00 00" },
	{ "summary", read_summary, FRAME_OK, "8101" X16 },
	{ "summary cut", read_summary, FRAME_E_MALFORMED, "8101" X4 X4 X4 "010203" },
	{ "summary and more", read_summary, FRAME_E_MALFORMED, "8101" X16 "00" },
	{ "summary, a count longer than needed", read_summary, FRAME_E_MALFORMED, "8100" X16 },
	{ "summary, a count above 32 bits", read_summary, FRAME_E_MALFORMED, "FFFFFFFF1F" X16 },
	{ "summary, the largest count", read_summary, FRAME_OK, "FFFFFFFF0F" X16 },
	{ "agree", read_agree, FRAME_OK, X4 },
	{ "agree cut", read_agree, FRAME_E_MALFORMED, "010203" },
	{ "agree and more", read_agree, FRAME_E_MALFORMED, X4 "00" },
	{ "probe", read_probe, FRAME_OK, "01 05" X24 X16 },
	{ "probe of series 0", read_probe, FRAME_E_MALFORMED, "00 05" X24 X16 },
	{ "probe cut", read_probe, FRAME_E_MALFORMED, "01 05" X24 X4 X4 X4 },
	{ "probe and more", read_probe, FRAME_E_MALFORMED, "01 05" X24 X16 "00" },
	{ "ask for all buckets", read_ask, FRAME_OK, "01 00 09 00 08" },
	{ "ask for some", read_ask, FRAME_OK, "01 00 09 00 08 FF01" },
	{ "ask, too few bits", read_ask, FRAME_E_MALFORMED, "01 00 09 00 08 FF" },
	{ "ask, too many bits", read_ask, FRAME_E_MALFORMED, "01 00 09 00 08 FF0100" },
	{ "ask for no buckets", read_ask, FRAME_E_MALFORMED, "01 00 00 00 08" },
	{ "ask for the most buckets", read_ask, FRAME_OK, "01 00 808001 00 08" },
	{ "ask for more buckets", read_ask, FRAME_E_MALFORMED, "01 00 818001 00 08" },
	{ "ask for no syndromes", read_ask, FRAME_E_MALFORMED, "01 00 01 08 08" },
	{ "ask for too many syndromes", read_ask, FRAME_E_MALFORMED, "01 00 01 08 41" },
	{ "ask of series 0", read_ask, FRAME_E_MALFORMED, "00 00 09 00 08" },
	{ "ask for a size", read_ask, FRAME_OK, "01 01 0C AA" },
	{ "ask for a size of too high a level", read_ask, FRAME_E_MALFORMED, "01 01 0D AA" },
	{ "ask for a size without parity", read_ask, FRAME_E_MALFORMED, "01 01 00" },
	{ "ask for a list", read_ask, FRAME_OK, "01 02" },
	{ "ask for a list and more", read_ask, FRAME_E_MALFORMED, "01 02 00" },
	{ "ask for the rest", read_ask, FRAME_OK, "01 03" X4 },
	{ "ask for the rest of half an element", read_ask, FRAME_E_MALFORMED, "01 03 0102" },
	{ "ask for nothing known", read_ask, FRAME_E_MALFORMED, "01 04" },
	{ "sketch", read_sketch, FRAME_OK, "01 02 04 01" X4 },
	{ "sketch of no syndromes", read_sketch, FRAME_E_MALFORMED, "01 02 04 01" },
	{ "sketch of half a syndrome", read_sketch, FRAME_E_MALFORMED, "01 02 04 01" X4 "01" },
	{ "sketch of a bucket beyond", read_sketch, FRAME_E_MALFORMED, "01 02 04 02" X4 },
	{ "sketch to none", read_sketch, FRAME_E_MALFORMED, "01 02 00 01" X4 },
	{ "sketch to too many", read_sketch, FRAME_E_MALFORMED, "01 02 41 01" X4 },
	{ "list", read_list, FRAME_OK, "01 00" X4 },
	{ "list of nothing", read_list, FRAME_E_MALFORMED, "01 00" },
	{ "list of half an element", read_list, FRAME_E_MALFORMED, "01 00 0102" },
	{ "want", read_want, FRAME_OK, "01 00 05 FF" },
	{ "want of nothing", read_want, FRAME_E_MALFORMED, "01 00 05" },
	{ "want of too many buckets", read_want, FRAME_E_MALFORMED, "01 818001 05 FF" },
	{ "beacon", read_beacon, FRAME_OK, X4 "00 0100" X4 },
	{ "beacon of days to come", read_beacon, FRAME_OK, X4 "02 0100" X4 },
	{ "beacon of a guessed date", read_beacon, FRAME_OK, X4 "03 0000 FFFF" X4 },
	{ "beacon of days said at too great length", read_beacon, FRAME_E_MALFORMED, X4 "03 0100 0300" X4 },
	{ "beacon of days that are none", read_beacon, FRAME_E_MALFORMED, X4 "03 0200 0100" X4 },
	{ "beacon of days after the last", read_beacon, FRAME_E_MALFORMED, X4 "01 FFFF" X4 },
	{ "beacon with a sketch", read_beacon, FRAME_OK, X4 "00 0100" X4 X16 },
	{ "beacon without one", read_beacon, FRAME_E_MALFORMED, X4 "00 0100" },
	{ "beacon of a part", read_beacon, FRAME_OK, X4 "04 0100 0200" X4 },
	{ "beacon of no part", read_beacon, FRAME_E_MALFORMED, X4 "04 0100 0000" X4 },
	{ "beacon of all, said as a part", read_beacon, FRAME_E_MALFORMED, X4 "04 0100 0100" X4 },
	{ "beacon that goes on", read_beacon, FRAME_OK, X4 "08 0100 3C" X16 },
	{ "beacon that goes too far", read_beacon, FRAME_E_MALFORMED, X4 "08 0100 3D" X16 },
	{ "beacon that goes on from its beginning", read_beacon, FRAME_E_MALFORMED, X4 "08 0100 00" X16 },
	{ "beacon that goes on with nothing", read_beacon, FRAME_E_MALFORMED, X4 "08 0100 01" },
	{ "beacon that asks", read_beacon, FRAME_OK, X4 "10 0100" X4 },
	{ "beacon with what is not known yet", read_beacon, FRAME_E_MALFORMED, X4 "20 0100" X4 },
	{ "beacon cut", read_beacon, FRAME_E_MALFORMED, X4 "04 0100 02" },
	{ "beacon with half a syndrome", read_beacon, FRAME_E_MALFORMED, X4 "00 0100" X4 "01" },
	{ "call for one", read_call, FRAME_OK, "0102 01 010203" },
	{ "call for more syndromes", read_call, FRAME_OK, "0102 88 05" },
	{ "call for more, of many", read_call, FRAME_OK, "0102 88 8001" },
	{ "call for more that says not how many it holds", read_call, FRAME_E_MALFORMED, "0102 88" },
	{ "call for nothing", read_call, FRAME_E_MALFORMED, "0102 00" },
	{ "call for all syndromes", read_call, FRAME_E_MALFORMED, "0102 80 05" },
	{ "call for more than there can be", read_call, FRAME_E_MALFORMED, "0102 C1 05" },
	{ "call cut", read_call, FRAME_E_MALFORMED, "0102 02 010203" },
	{ "call with an entry", read_call, FRAME_OK, "0102 01 010203" SMALLEST },
	{ "call for more with an entry", read_call, FRAME_OK, "0102 88 05" SMALLEST },
	{ "call with less than an entry", read_call, FRAME_E_MALFORMED, "0102 01 010203" X16 X16 X16 X16 },
};

static void test_messages_are_whole_and_within_bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(MESSAGES) / sizeof(MESSAGES[0]); i++) {
		uint8_t buffer[256];
		size_t size = sample_bytes(buffer, sizeof(buffer), MESSAGES[i].hex);
		if (MESSAGES[i].read((struct view){ .data = buffer, .size = size }) != MESSAGES[i].rc)
			fail_msg("%s", MESSAGES[i].name);
	}
}

#define WRITTEN(write)                                                                                                 \
	do {                                                                                                           \
		struct writer w = writer_init(buffer, sizeof(buffer));                                                 \
		write;                                                                                                 \
		rest = written(&w);                                                                                    \
	} while (0)

static void test_greetings_come_back(void **state)
{
	uint8_t buffer[256];
	struct view rest;

	(void)state;
	const struct frame_hello hello = { .salt_half = { 1, 2, 3, 4 }, .time_s = 0x01020304, .quality = TIME_TOLD };
	const struct frame_left left = { .ahead = 12, .old = 3, .full = 345678, .policy = UINT32_MAX };
	struct frame_left left_back;
	struct frame_hello hello_back;
	WRITTEN(frame_hello_write(&w, &hello));
	assert_int_equal(frame_hello_read(&hello_back, rest), FRAME_OK);
	assert_memory_equal(&hello_back, &hello, sizeof(hello));
	WRITTEN(frame_left_write(&w, &left));
	assert_int_equal(frame_left_read(&left_back, rest), FRAME_OK);
	assert_memory_equal(&left_back, &left, sizeof(left));

	const struct frame_summary summary = { .count = 70000, .fingerprint = { 0x1122334455667788, 0x99 } };
	struct frame_summary summary_back;
	WRITTEN(frame_summary_write(&w, &summary));
	assert_int_equal(rest.size, 3 + 16);
	assert_int_equal(frame_summary_read(&summary_back, rest), FRAME_OK);
	assert_int_equal(summary_back.count, 70000);
	assert_true(fingerprint_equal(&summary_back.fingerprint, &summary.fingerprint));

	uint32_t mark;
	WRITTEN(frame_agree_write(&w, &summary.fingerprint));
	assert_int_equal(frame_agree_read(&mark, rest), FRAME_OK);
	assert_int_equal(mark, 0x55667788);

	const struct frame_probe probe = { .series = 3, .count = 9, .parity = { 7 }, .syndromes = { 1, 2, 3, 4 } };
	struct frame_probe probe_back;
	WRITTEN(frame_probe_write(&w, &probe));
	assert_int_equal(frame_probe_read(&probe_back, rest), FRAME_OK);
	assert_int_equal(probe_back.series, 3);
	assert_int_equal(probe_back.count, 9);
	assert_memory_equal(probe_back.parity, probe.parity, sizeof(probe.parity));
	assert_memory_equal(probe_back.syndromes, probe.syndromes, sizeof(probe.syndromes));
}

static void test_questions_come_back(void **state)
{
	uint8_t buffer[256], parity[3] = { 1, 2, 3 };
	struct view rest;

	(void)state;
	struct frame_ask ask = { .series = 1, .what = ASK_SYNDROMES, .buckets = 20, .from = 4, .to = 9 }, ask_back;
	ask.bits = (struct view){ parity, 3 };
	WRITTEN(frame_ask_write(&w, &ask));
	assert_int_equal(frame_ask_read(&ask_back, rest), FRAME_OK);
	assert_int_equal(ask_back.buckets, 20);
	assert_int_equal(ask_back.from, 4);
	assert_int_equal(ask_back.to, 9);
	assert_memory_equal(ask_back.bits.data, parity, 3);
	ask = (struct frame_ask){ .series = 1, .what = ASK_SIZE, .level = 5, .bits = { parity, 3 } };
	WRITTEN(frame_ask_write(&w, &ask));
	assert_int_equal(frame_ask_read(&ask_back, rest), FRAME_OK);
	assert_int_equal(ask_back.level, 5);
	assert_int_equal(ask_back.bits.size, 3);
}

static void test_answers_come_back(void **state)
{
	uint8_t buffer[256];
	struct view rest;

	(void)state;
	const struct frame_sketch sketch = { .series = 2, .buckets = 300, .to = 30, .first = 299 };
	struct frame_sketch sketch_back;
	WRITTEN(frame_sketch_write(&w, &sketch); write_u32(&w, 5));
	assert_int_equal(frame_sketch_read(&sketch_back, rest), FRAME_OK);
	assert_int_equal(sketch_back.buckets, 300);
	assert_int_equal(sketch_back.to, 30);
	assert_int_equal(sketch_back.first, 299);
	assert_int_equal(sketch_back.syndromes.size, 4);

	const struct frame_list list = { .series = 2, .first = 4096 };
	struct frame_list list_back;
	WRITTEN(frame_list_write(&w, &list); write_u32(&w, 5));
	assert_int_equal(frame_list_read(&list_back, rest), FRAME_OK);
	assert_int_equal(list_back.first, 4096);
	assert_int_equal(list_back.elements.size, 4);

	const struct frame_want want = { .series = 2, .buckets = 300, .first = 4 };
	struct frame_want want_back;
	WRITTEN(frame_want_write(&w, &want); write_u8(&w, 5));
	assert_int_equal(frame_want_read(&want_back, rest), FRAME_OK);
	assert_int_equal(want_back.buckets, 300);
	assert_int_equal(want_back.first, 4);
	assert_int_equal(want_back.bits.size, 1);
}

static void test_beacons_and_calls_come_back(void **state)
{
	uint8_t buffer[256], entry[ENTRY_SIZE_MIN] = { 1 };
	struct view rest;

	(void)state;
	const struct frame_beacon beacon = { .salt = 9, .days = { 1, 200 }, .part = 5, .from = 2, .asks = true };
	struct frame_beacon beacon_back;
	WRITTEN(frame_begin(&w, FRAME_BEACON); frame_beacon_write(&w, &beacon); write_u32(&w, 5));
	assert_int_equal(rest.size, BEACON_SIZE_MAX + 4);
	rest.data += FRAME_HEAD_SIZE;
	rest.size -= FRAME_HEAD_SIZE;
	assert_int_equal(frame_beacon_read(&beacon_back, rest), FRAME_OK);
	assert_int_equal(beacon_back.salt, 9);
	assert_int_equal(beacon_back.days.last, 200);
	assert_int_equal(beacon_back.part, 5);
	assert_int_equal(beacon_back.from, 2);
	assert_true(beacon_back.asks);
	assert_int_equal(beacon_back.syndromes.size, 4);

	const struct frame_call call = { .salt = 9, .count = 1 };
	struct frame_call call_back;
	WRITTEN(frame_begin(&w, FRAME_CALL); frame_call_write(&w, &call); frame_call_element_write(&w, 0x12345678);
		write_bytes(&w, entry, sizeof(entry)));
	assert_int_equal(rest.size, CALL_SIZE + CALL_ELEMENT_SIZE + ENTRY_SIZE_MIN);
	rest.data += FRAME_HEAD_SIZE;
	rest.size -= FRAME_HEAD_SIZE;
	assert_int_equal(frame_call_read(&call_back, rest), FRAME_OK);
	assert_int_equal(call_back.salt, 9);
	assert_int_equal(call_back.have, 0);
	assert_int_equal(call_back.count, 1);
	struct reader elements = reader_init(call_back.elements);
	assert_int_equal(frame_call_element_read(&elements), 0x345678);
	assert_true(elements.ok && elements.rest.size == 0);
	assert_int_equal(call_back.entry.size, ENTRY_SIZE_MIN);
}

static void test_days_are_windows_of_epochs(void **state)
{
	(void)state;
	struct days set = { .today = 200, .last = 201 }, guessed = { .today = 0, .last = UINT16_MAX }, both;
	assert_int_equal(days_window(set, RETENTION_LINE).low, 200 - RETAIN_LINE_DAYS);
	assert_int_equal(days_window(set, RETENTION_MOVE).low, 200 - RETAIN_MOVE_DAYS);
	assert_int_equal(days_window(set, RETENTION_CARD).low, 200 - RETAIN_CARD_DAYS);
	assert_int_equal(days_window(set, RETENTION_CARD).high, 201);
	assert_int_equal(days_window(guessed, RETENTION_CARD).low, 0);
	both = days_both(set, guessed);
	assert_true(both.today == 200 && both.last == 201);
	both = days_both((struct days){ 201, 202 }, set);
	assert_true(both.today == 201 && both.last == 201);
	assert_true(days_include(set, RETENTION_LINE, 170) && days_include(set, RETENTION_LINE, 201));
	assert_false(days_include(set, RETENTION_LINE, 169) || days_include(set, RETENTION_LINE, 202));
}

static void test_buckets_are_equal_shares_in_order(void **state)
{
	(void)state;
	assert_int_equal(bucket_of(1, 1), 0);
	assert_int_equal(bucket_of(UINT32_MAX, 1), 0);
	assert_int_equal(bucket_of(0x7FFFFFFF, 2), 0);
	assert_int_equal(bucket_of(0x80000000, 2), 1);
	assert_int_equal(bucket_of(UINT32_MAX, 3), 2);
	assert_int_equal(bucket_of(UINT32_MAX, BUCKETS_MAX), BUCKETS_MAX - 1);
}

static void test_bits_come_back_and_stop_at_the_end(void **state)
{
	(void)state;
	uint8_t bytes[8];
	struct bit_writer w = bit_writer_init(bytes, sizeof(bytes));
	bits_write(&w, 5, 3);
	bits_write_gamma(&w, 1);
	bits_write_gamma(&w, 19);
	bits_write_rice(&w, 13, 2);
	bits_write(&w, 0, 0);
	assert_true(w.ok);
	assert_int_equal(w.at, 3 + 1 + 9 + 3 + 1 + 2);
	assert_int_equal(bits_size(&w), 3);
	struct bit_reader r = bit_reader_init((struct view){ bytes, 3 });
	assert_int_equal(bits_read(&r, 3), 5);
	assert_int_equal(bits_read_gamma(&r), 1);
	assert_int_equal(bits_read_gamma(&r), 19);
	assert_int_equal(bits_read_rice(&r, 2, 3), 13);
	assert_true(r.ok);
	assert_int_equal(bits_read(&r, 6), 0);
	assert_false(r.ok);

	memset(bytes, 0, sizeof(bytes));
	r = bit_reader_init((struct view){ bytes, sizeof(bytes) });
	assert_int_equal(bits_read_gamma(&r), 0); /* zeros without end */
	assert_false(r.ok);
	memset(bytes, 0xFF, sizeof(bytes));
	r = bit_reader_init((struct view){ bytes, sizeof(bytes) });
	(void)bits_read_rice(&r, 1, 5); /* more ones than there can be */
	assert_false(r.ok);
	w = bit_writer_init(bytes, 1);
	bits_write_rice(&w, 100, 2);
	assert_false(w.ok);
}

static void test_a_salt_is_of_its_session_series_and_beacon(void **state)
{
	(void)state;
	const uint8_t a[SALT_HALF_SIZE] = { 1, 2, 3, 4 }, b[SALT_HALF_SIZE] = { 5, 6, 7, 8 };
	struct salt link = salt_of_link(a, b, 9), beacon = salt_of_beacon(0x04030201);
	assert_memory_equal(link.bytes, "\1\2\3\4\5\6\7\10\11\0\0\0\0\0\0\0", 16);
	assert_memory_equal(beacon.bytes, "\1\2\3\4\0\0\0\0\0\0\0\0\0\0\0\1", 16);
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
	struct fingerprint abc = { 0 }, cab = { 0 }, ab;
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
	struct fingerprint salted = { 0 };
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
	assert_int_equal(element_of(&SALT, &id), 0x72F27CCE);
}

/* The same by SipHash-128, as an independent implementation gives it; twice the same id doubles the number. */
static void test_fingerprint_is_a_sum_of_siphash_128(void **state)
{
	(void)state;
	struct entry_id id = id_of(0);
	struct fingerprint sum = { 0 };
	fingerprint_add(&sum, &SALT, &id);
	assert_true(sum.low == 0x3efcea5eca56397c && sum.high == 0x68eb4665559d3e36);
	fingerprint_add(&sum, &SALT, &id);
	assert_true(sum.low == 0x7df9d4bd94ac72f8 && sum.high == 0xd1d68ccaab3a7c6c);
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
		cmocka_unit_test(test_messages_are_whole_and_within_bounds),
		cmocka_unit_test(test_greetings_come_back),
		cmocka_unit_test(test_questions_come_back),
		cmocka_unit_test(test_answers_come_back),
		cmocka_unit_test(test_beacons_and_calls_come_back),
		cmocka_unit_test(test_days_are_windows_of_epochs),
		cmocka_unit_test(test_buckets_are_equal_shares_in_order),
		cmocka_unit_test(test_bits_come_back_and_stop_at_the_end),
		cmocka_unit_test(test_a_salt_is_of_its_session_series_and_beacon),
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
