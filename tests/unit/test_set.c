/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The set beside its naive twin: an array of structs, searched from end to end and sorted each time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sync/set.h"
#include "tests/unit/host.h"

enum { ENTRIES_MAX = 200, STEPS = 20000 };

static const uint8_t KEY[16] = { 1, 2, 3 };
static const uint8_t FIELDS[] = { ENTRY_CARD, ENTRY_SITE, ENTRY_LINE, ENTRY_MOVE, ENTRY_NOTE, ENTRY_TRUST, 12 };

struct twin {
	uint32_t count;
	struct set_slot entries[ENTRIES_MAX];
};

static void *set_new(struct set *set, uint32_t entries_max)
{
	struct arena arena = { .base = NULL };
	void *memory;

	set_init(set, &arena, entries_max, KEY);
	memory = malloc(arena.used);
	assert_non_null(memory);
	memset(memory, 0xA5, arena.used);
	arena = (struct arena){ .base = memory };
	set_init(set, &arena, entries_max, KEY);
	return memory;
}

/* Few authors, fields, numbers and days: registers meet, and points share their epoch. */
static struct set_slot random_slot(struct dice *dice)
{
	struct set_slot slot = { .handle = dice_u64(dice), .number = dice_below(dice, 40) };

	slot.field = FIELDS[dice_below(dice, sizeof FIELDS)];
	slot.author = (uint16_t)dice_below(dice, 5);
	slot.hlc.time = dice_below(dice, 4) * EPOCH_S + dice_below(dice, 3);
	for (size_t i = 0; i < sizeof slot.id.bytes; i++)
		slot.id.bytes[i] = (uint8_t)(i < 7 ? dice_below(dice, 2) * 255 : dice_below(dice, 256));
	return slot;
}

static int compare_slots(const void *a, const void *b)
{
	int order = point_compare(slot_point(a), slot_point(b));

	return order ? order : entry_id_compare(&((const struct set_slot *)a)->id, &((const struct set_slot *)b)->id);
}

static struct set_slot *twin_id(struct twin *twin, const struct entry_id *id)
{
	for (uint32_t i = 0; i < twin->count; i++)
		if (entry_id_equal(&twin->entries[i].id, id))
			return &twin->entries[i];
	return NULL;
}

static struct set_slot *twin_register(struct twin *twin, const struct set_slot *slot)
{
	for (uint32_t i = 0; i < twin->count; i++)
		if (twin->entries[i].author == slot->author && twin->entries[i].field == slot->field &&
		    twin->entries[i].number == slot->number)
			return &twin->entries[i];
	return NULL;
}

static bool is_same(const struct set *set, uint32_t at, const struct set_slot *expected)
{
	if (!expected || at == SET_NONE)
		return !expected && at == SET_NONE;
	return set->slots[at].handle == expected->handle && entry_id_equal(&set->slots[at].id, &expected->id);
}

static bool finds_agree(const struct set *set, struct twin *twin, const struct set_slot *slot)
{
	return is_same(set, set_find_id(set, &slot->id), twin_id(twin, &slot->id)) &&
	       is_same(set, set_find_register(set, slot->author, slot->field, slot->number), twin_register(twin, slot));
}

static bool ranks_agree(struct set *set, struct twin *twin, struct dice *dice)
{
	struct set_slot probe = random_slot(dice);
	uint32_t below = 0;

	set_settle(set);
	qsort(twin->entries, twin->count, sizeof twin->entries[0], compare_slots);
	for (uint32_t i = 0; i < twin->count; i++) {
		if (!is_same(set, set_at(set, i), &twin->entries[i]))
			return false;
		below += point_compare(slot_point(&twin->entries[i]), slot_point(&probe)) < 0;
	}
	return set->count == twin->count && set_rank(set, slot_point(&probe)) == below &&
	       set_rank(set, POINT_FIRST) == 0 && set_rank(set, POINT_END) == twin->count;
}

static bool try_insert(struct set *set, struct twin *twin, const struct set_slot *slot)
{
	uint32_t at;

	if (twin_id(twin, &slot->id) || twin_register(twin, slot))
		return true;
	at = set_insert(set, slot);
	if (twin->count == ENTRIES_MAX)
		return at == SET_NONE;
	twin->entries[twin->count++] = *slot;
	return is_same(set, at, slot);
}

static bool try_remove(struct set *set, struct twin *twin, struct dice *dice)
{
	struct set_slot *leaving;

	if (!twin->count)
		return true;
	leaving = &twin->entries[dice_below(dice, twin->count)];
	set_remove(set, set_find_id(set, &leaving->id));
	*leaving = twin->entries[--twin->count];
	return true;
}

static bool run_beside_twin(uint64_t seed)
{
	struct dice dice = { seed };
	struct twin twin = { 0 };
	struct set set;
	void *memory = set_new(&set, ENTRIES_MAX);
	bool good = true;

	for (uint32_t step = 0; good && step < STEPS; step++) {
		struct set_slot slot = random_slot(&dice);
		uint32_t filling = step / 1000 % 2 ? 30 : 80; /* now it fills, now it empties */

		if (dice_below(&dice, 100) < filling)
			good = try_insert(&set, &twin, &slot);
		else
			good = try_remove(&set, &twin, &dice);
		good = good && finds_agree(&set, &twin, &slot);
		slot = random_slot(&dice);
		good = good && finds_agree(&set, &twin, &slot);
		if (dice_below(&dice, 20) == 0)
			good = good && ranks_agree(&set, &twin, &dice);
	}
	free(memory);
	return good;
}

static void test_the_set_does_what_its_twin_does(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 8; seed++)
		if (!run_beside_twin(seed))
			fail_msg("seed %llu", (unsigned long long)seed);
}

static struct set_slot numbered(uint32_t number)
{
	struct set_slot slot = { .number = number, .field = ENTRY_NOTE, .handle = number };

	slot.id.bytes[8] = (uint8_t)number;
	slot.id.bytes[9] = (uint8_t)(number >> 8);
	return slot;
}

static void test_full_is_a_result_and_places_come_back(void **state)
{
	struct set set;
	void *memory = set_new(&set, 3);
	struct set_slot slots[] = { numbered(1), numbered(2), numbered(3), numbered(4) };

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_not_equal(set_insert(&set, &slots[i]), SET_NONE);
	assert_int_equal(set_insert(&set, &slots[3]), SET_NONE);
	assert_int_equal(set_find_id(&set, &slots[3].id), SET_NONE);
	set_remove(&set, set_find_id(&set, &slots[1].id));
	assert_int_not_equal(set_insert(&set, &slots[3]), SET_NONE);
	assert_int_equal(set_insert(&set, &slots[1]), SET_NONE);
	set_settle(&set);
	assert_int_equal(set.count, 3);
	assert_int_equal(set.slots[set_at(&set, 2)].number, 4);
	free(memory);
}

/* Removing shifts what probed past the hole: everything that stays is found, whatever goes in whatever order. */
static void test_tables_keep_what_stays(void **state)
{
	enum { COUNT = 500 };
	struct set set;
	void *memory = set_new(&set, COUNT);

	(void)state;
	for (uint32_t round = 0; round < 20; round++) {
		struct dice dice = { round };

		for (uint32_t i = 0; i < COUNT; i++) {
			struct set_slot slot = numbered(i);

			assert_int_not_equal(set_insert(&set, &slot), SET_NONE);
		}
		for (uint32_t left = COUNT; left;) {
			struct set_slot slot = numbered(dice_below(&dice, COUNT));
			uint32_t at = set_find_id(&set, &slot.id);

			assert_int_equal(at, set_find_register(&set, 0, ENTRY_NOTE, slot.number));
			if (at == SET_NONE)
				continue;
			set_remove(&set, at);
			assert_int_equal(set_find_id(&set, &slot.id), SET_NONE);
			left--;
		}
		assert_int_equal(set.count, 0);
		for (uint32_t at = 0; at <= set.table_mask; at++)
			assert_true(set.by_id[at] == SET_NONE && set.by_register[at] == SET_NONE);
		set_settle(&set);
	}
	free(memory);
}

static void test_the_order_is_class_then_day_then_id(void **state)
{
	static const struct {
		uint8_t field;
		uint32_t day, id;
	} rising[] = { { ENTRY_NOTE, 1, 1 },  { ENTRY_LINE, 1, 2 }, { 12, 2, 0 },        { ENTRY_MOVE, 0, 0 },
		       { ENTRY_TRUST, 0, 3 }, { ENTRY_SITE, 0, 4 }, { ENTRY_CARD, 1, 0 } };
	enum { COUNT = sizeof rising / sizeof rising[0] };
	struct set set;
	void *memory = set_new(&set, COUNT);

	(void)state;
	for (uint32_t i = COUNT; i-- > 0;) {
		struct set_slot slot = { .field = rising[i].field, .number = i, .hlc.time = rising[i].day * EPOCH_S };

		slot.id.bytes[0] = (uint8_t)rising[i].id;
		slot.id.bytes[31] = (uint8_t)i;
		assert_int_not_equal(set_insert(&set, &slot), SET_NONE);
	}
	set_settle(&set);
	for (uint32_t i = 0; i < COUNT; i++)
		assert_int_equal(set.slots[set_at(&set, i)].number, i);
	free(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_set_does_what_its_twin_does),
		cmocka_unit_test(test_full_is_a_result_and_places_come_back),
		cmocka_unit_test(test_tables_keep_what_stays),
		cmocka_unit_test(test_the_order_is_class_then_day_then_id),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
