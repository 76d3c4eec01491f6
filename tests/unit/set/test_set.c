/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The set beside its naive twin: an array of structs, searched from end to end and sorted each time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sync/set/set.h"
#include "tests/unit/host.h"

enum { ENTRIES_MAX = 200, SPARE = 8, STEPS = 20000, AUTHORS = 5 };

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

	set_init(set, &arena, entries_max, SPARE, AUTHORS, KEY);
	memory = malloc(arena.used);
	assert_non_null(memory);
	memset(memory, 0xA5, arena.used);
	arena = (struct arena){ .base = memory };
	set_init(set, &arena, entries_max, SPARE, AUTHORS, KEY);
	return memory;
}

/* Few authors, fields, numbers and days: registers meet, and points share their epoch. */
static struct set_slot random_slot(struct dice *dice)
{
	struct set_slot slot = { .handle = dice_u64(dice), .number = dice_below(dice, 40) };

	slot.field = FIELDS[dice_below(dice, sizeof FIELDS)];
	slot.author = (uint16_t)dice_below(dice, AUTHORS);
	slot.hlc.time = dice_below(dice, 4) * EPOCH_S + dice_below(dice, 3);
	for (size_t i = 0; i < sizeof slot.id.bytes; i++)
		slot.id.bytes[i] = (uint8_t)(i < 7 ? dice_below(dice, 2) * 255 : dice_below(dice, 256));
	return slot;
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

/* Walking the places meets each entry once, and nothing else. */
static bool walks_agree(const struct set *set, struct twin *twin)
{
	uint32_t met = 0;

	for (uint32_t at = 0; at < set->used; at++) {
		if (!set_is_live(set, at))
			continue;
		if (!is_same(set, at, twin_id(twin, &set->slots[at].id)))
			return false;
		met++;
	}
	return met == twin->count && set->count == twin->count;
}

/* What left is handed out, each once, the last first. */
static bool drop_one(struct set *set, const struct set_slot *left)
{
	uint64_t handle = 0;
	struct entry_id id;

	return set_next_drop(set, &handle, &id) && handle == left->handle && entry_id_equal(&id, &left->id) &&
	       !set_next_drop(set, &handle, &id);
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
	struct set_slot *leaving, left;

	if (!twin->count)
		return true;
	leaving = &twin->entries[dice_below(dice, twin->count)];
	left = *leaving;
	set_remove(set, set_find_id(set, &left.id));
	*leaving = twin->entries[--twin->count];
	return drop_one(set, &left);
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
			good = good && walks_agree(&set, &twin);
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
	assert_int_equal(set.count, 3);
	free(memory);
}

/* Rows wait to be dropped beside those that stand, as many as there is room for. */
static void test_drops_wait_and_are_bounded(void **state)
{
	struct set set;
	void *memory = set_new(&set, 3);
	struct set_slot slots[] = { numbered(1), numbered(2), numbered(3), numbered(4) };
	uint64_t handle;
	struct entry_id id;
	uint32_t drops = 0;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_not_equal(set_insert(&set, &slots[i]), SET_NONE);
	set_remove(&set, set_find_id(&set, &slots[1].id));
	for (int i = 0; i < SPARE + 5; i++)
		set_refuse(&set, 100, &slots[3].id);
	assert_int_equal(set_insert(&set, &slots[3]), SET_NONE); /* no place until some are dropped */
	while (set_next_drop(&set, &handle, &id)) {
		assert_true(handle == 100 || (handle == 2 && entry_id_equal(&id, &slots[1].id)));
		drops++;
	}
	assert_int_equal(drops, SPARE + 1);
	assert_int_not_equal(set_insert(&set, &slots[3]), SET_NONE);
	assert_int_equal(set.count, 3);
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
			assert_true(drop_one(&set, &slot));
			assert_int_equal(set_find_id(&set, &slot.id), SET_NONE);
			left--;
		}
		assert_int_equal(set.count, 0);
		for (uint32_t at = 0; at < set.table_size; at++)
			assert_true(set.by_id[at] == SET_NONE && set.by_register[at] == SET_NONE);
	}
	free(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_set_does_what_its_twin_does),
		cmocka_unit_test(test_full_is_a_result_and_places_come_back),
		cmocka_unit_test(test_tables_keep_what_stays),
		cmocka_unit_test(test_drops_wait_and_are_bounded),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
