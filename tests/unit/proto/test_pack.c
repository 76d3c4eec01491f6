/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Entries as they go over a radio: whoever unpacks one has the bytes that were signed, and nobody's bytes do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "proto/pack.h"
#include "tests/sim/dice.h"
#include "tests/unit/largest.h"

enum { NOON = 217598400 };

static struct sample pack(const struct sample *entry)
{
	struct sample packed;

	packed.size = entry_pack(packed.data, sample_view(entry));
	return packed;
}

/* Gives its size when packed. */
static size_t assert_comes_back(const struct sample *entry)
{
	struct sample packed = pack(entry);
	uint8_t room[ENTRY_SIZE_MAX];
	struct view back = entry_unpack(sample_view(&packed), room);

	assert_in_range(packed.size, ENTRY_SIZE_MIN, entry->size - 1);
	assert_int_equal(back.size, entry->size);
	assert_memory_equal(back.data, entry->data, entry->size);
	return packed.size;
}

static struct entry plain_need(void)
{
	struct entry e = entry_base(ENTRY_LINE);

	e.hlc = (struct hlc){ .time = NOON };
	e.line.kind = LINE_NEED;
	e.line.site = (struct ref){ e.author, 0x89ABCDEF };
	e.line.item = 101;
	e.line.quantity_milli = 200 * 1000;
	e.line.people = 60;
	e.line.infants = 4;
	e.line.within_h = 6;
	e.line.created = NOON;
	return e;
}

static void test_every_kind_at_its_largest_comes_back(void **state)
{
	struct entry (*const largest[])(void) = {
		card_largest,          site_largest,           site_keepers_largest,
		need_largest,          need_in_cell_largest,   offer_largest,
		resource_largest,      need_keepers_largest,   resource_keepers_largest,
		move_largest,          note_largest,           note_passed_on_largest,
		note_two_refs_largest, trust_withdraw_largest, trust_keeper_largest,
	};
	struct sample_key key = sample_key(0);

	(void)state;
	for (size_t i = 0; i < sizeof largest / sizeof *largest; i++) {
		struct entry e = largest[i]();
		struct sample entry = sample_signed(&e, &key);

		(void)assert_comes_back(&entry);
	}
}

/* What is said most. */
static void test_a_need_is_shorter(void **state)
{
	struct sample_key key = sample_key(0);
	struct entry e = plain_need();
	struct sample entry = sample_signed(&e, &key);

	(void)state;
	assert_int_equal(entry.size, 109);
	assert_int_equal(assert_comes_back(&entry), 95);
}

/* Times on either side of the entry's own and far from it, odd quantities, texts of any language. */
static void test_whatever_is_said_comes_back(void **state)
{
	static const uint32_t TIMES[] = {
		1, NOON - 1, NOON, NOON + 1, NOON + (1u << 22), NOON + (1u << 23), UINT32_MAX
	};
	static const char *const TEXTS[] = { "", "x", "por la puerta lateral", "Pont ferm\xC3\xA9", "\xE6\xB0\xB4" };
	struct sample_key key = sample_key(0);

	(void)state;
	for (size_t time = 0; time < sizeof TIMES / sizeof *TIMES; time++)
		for (size_t text = 0; text < sizeof TEXTS / sizeof *TEXTS; text++)
			for (unsigned bit = 0; bit < 35; bit++) {
				struct entry e = plain_need();
				struct sample entry;

				e.line.created = TIMES[time];
				e.line.quantity_milli = (UINT64_C(1) << bit) + bit % 2 * 999;
				strcpy(e.line.text, TEXTS[text]);
				entry = sample_signed(&e, &key);
				(void)assert_comes_back(&entry);
			}
}

/* Other encoders order fields otherwise, and later versions say more: those go as they are. */
static void test_what_would_not_come_back_goes_as_it_is(void **state)
{
	static const struct {
		const char *what, *hex;
	} ROWS[] = {
		{ "fields in another order", "15 0100000009 0100000000000000 25 02000000 3a 02 0800" },
		{ "an order of its own within", "09 0100000000000000 15 01000000 25 02000000 3a 07 1d 01000000 0800" },
		{ "a field to come in a line", "09 0100000000000000 15 01000000 25 02000000 3a 05 0800 f80101" },
		{ "a field to come beside it", "09 0100000000000000 15 01000000 25 02000000 3a 02 0800 800101" },
		{ "a kind to come", "09 0100000000000000 15 01000000 25 02000000 82 01 00" },
		{ "no protobuf", "09 01" },
	};
	struct sample_key key = sample_key(0);

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		uint8_t body[BODY_SIZE_MAX], room[ENTRY_SIZE_MAX];
		size_t size = sample_bytes(body, sizeof body, ROWS[i].hex);
		struct sample entry = sample_body_signed(body, size, &key);

		if (pack(&entry).size)
			fail_msg("%s", ROWS[i].what);
		assert_ptr_equal(entry_unpack(sample_view(&entry), room).data, entry.data);
	}
}

/* Cut anywhere or with something behind it, it is no entry. */
static void test_a_packed_entry_that_is_cut_or_too_long_is_none(void **state)
{
	struct sample_key key = sample_key(0);
	struct entry e = plain_need();
	struct sample entry = sample_signed(&e, &key), packed = pack(&entry);
	uint8_t room[ENTRY_SIZE_MAX];
	struct entry_head head;

	(void)state;
	for (size_t size = ENTRY_SIZE_MIN; size < ENTRY_SIZE_MAX; size++) {
		struct view back = entry_unpack((struct view){ packed.data, size }, room);

		if (size != packed.size)
			assert_int_not_equal(entry_head_decode(&head, back), ENTRY_OK);
	}
}

/* From bits at random something or other comes out, of a legal size, or the bytes as they are. */
static void test_forged_bits_do_no_harm(void **state)
{
	struct dice dice = { 1 };
	uint32_t unpacked = 0;

	(void)state;
	for (uint32_t i = 0; i < 200000; i++) {
		uint8_t *bytes, room[ENTRY_SIZE_MAX];
		size_t size = ENTRY_SIZE_MIN + dice_below(&dice, ENTRY_SIZE_MAX - ENTRY_SIZE_MIN + 1);
		struct view back;

		bytes = malloc(size); /* of its own, so that a look beyond it is noticed */
		assert_non_null(bytes);
		for (size_t at = 0; at < size; at++)
			bytes[at] = (uint8_t)dice_u64(&dice);
		bytes[0] |= 7;
		back = entry_unpack((struct view){ bytes, size }, room);
		assert_in_range(back.size, ENTRY_SIZE_MIN, ENTRY_SIZE_MAX);
		assert_true(back.data == room || (back.data == bytes && back.size == size));
		unpacked += back.data == room;
		free(bytes);
	}
	assert_true(unpacked > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind_at_its_largest_comes_back),
		cmocka_unit_test(test_a_need_is_shorter),
		cmocka_unit_test(test_whatever_is_said_comes_back),
		cmocka_unit_test(test_what_would_not_come_back_goes_as_it_is),
		cmocka_unit_test(test_a_packed_entry_that_is_cut_or_too_long_is_none),
		cmocka_unit_test(test_forged_bits_do_no_harm),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
