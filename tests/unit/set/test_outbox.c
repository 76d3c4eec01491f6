/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What goes first: rows that a person would write down, then an outbox of thousands beside a naive list that is sorted
 * each time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sync/set/outbox.h"
#include "tests/unit/host.h"

enum { SLOTS = 4000, STEPS = 30000, SEEDS = 3, DAY = EPOCH_S };
static_assert(SLOTS > 3 * OUTBOX_PICKS, "more than is picked out at once");

/* A set of slots that nobody finds: only what they say counts here. */
struct bench {
	struct set set;
	struct outbox outbox;
	struct set_slot slots[SLOTS];
	void *memory;
};

static void bench_init(struct bench *b, uint32_t slots)
{
	struct arena arena = { .base = NULL };
	struct outbox unused;

	b->set = (struct set){ .slots = b->slots, .slots_max = slots, .used = slots };
	outbox_memory(&unused, &arena, &b->set);
	b->memory = malloc(arena.used);
	assert_non_null(b->memory);
	memset(b->memory, 0xA5, arena.used);
	arena = (struct arena){ .base = b->memory };
	outbox_memory(&b->outbox, &arena, &b->set);
	memset(b->slots, 0, sizeof b->slots);
	for (uint32_t i = 0; i < slots; i++)
		b->slots[i].state = SLOT_LIVE;
}

static void test_cards_then_needs_within_hours_then_what_is_kept_longest(void **state)
{
	/* In the order in which they go. */
	static const struct {
		uint8_t field;
		bool urgent;
		uint32_t time;
	} ROWS[] = {
		{ ENTRY_CARD, false, 9 * DAY },  { ENTRY_CARD, false, 8 * DAY + 1 },
		{ ENTRY_CARD, false, 8 * DAY },  { ENTRY_LINE, true, 7 * DAY },
		{ ENTRY_LINE, true, 2 * DAY },   { ENTRY_SITE, false, 9 * DAY },
		{ ENTRY_TRUST, false, 5 * DAY }, { ENTRY_SITE, false, 1 * DAY },
		{ ENTRY_LINE, false, 9 * DAY },  { ENTRY_NOTE, false, 8 * DAY },
		{ 12, false, 7 * DAY },          { ENTRY_MOVE, false, 9 * DAY },
		{ ENTRY_MOVE, false, 0 },
	};
	enum { COUNT = sizeof ROWS / sizeof *ROWS };
	struct sync_queue queue;
	struct bench b;

	(void)state;
	for (uint64_t seed = 0; seed < 50; seed++) {
		struct dice dice = { seed };
		uint32_t place[COUNT] = { 0 }, slot;

		bench_init(&b, COUNT);
		for (uint32_t i = 0; i < COUNT; i++) {
			uint32_t j = dice_below(&dice, i + 1);

			place[i] = place[j];
			place[j] = i;
		}
		for (uint32_t i = 0; i < COUNT; i++) {
			b.slots[place[i]].field = ROWS[i].field;
			b.slots[place[i]].urgent = ROWS[i].urgent;
			b.slots[place[i]].hlc.time = ROWS[i].time;
			outbox_put(&b.outbox, i);
		}
		outbox_queue(&b.outbox, &queue);
		assert_int_equal(queue.cards, 3);
		assert_int_equal(queue.urgent, 2);
		assert_int_equal(queue.rest, COUNT - 5);
		slot = outbox_first(&b.outbox);
		for (uint32_t i = 0; i < COUNT; i++) {
			assert_int_equal(slot, place[i]);
			slot = outbox_after(&b.outbox, slot);
		}
		assert_int_equal(slot, SET_NONE);
		free(b.memory);
	}
}

static void test_putting_twice_is_once_and_dropping_what_is_not_there_is_nothing(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, 40);
	assert_int_equal(outbox_first(&b.outbox), SET_NONE);
	outbox_drop(&b.outbox, 39);
	outbox_put(&b.outbox, 39);
	outbox_put(&b.outbox, 39);
	assert_int_equal(b.outbox.count, 1);
	assert_true(outbox_has(&b.outbox, 39) && !outbox_has(&b.outbox, 38));
	assert_int_equal(outbox_first(&b.outbox), 39);
	assert_int_equal(outbox_first(&b.outbox), 39);
	outbox_drop(&b.outbox, 39);
	outbox_drop(&b.outbox, 39);
	assert_int_equal(b.outbox.count, 0);
	assert_int_equal(outbox_first(&b.outbox), SET_NONE);
	outbox_put(&b.outbox, 3);
	outbox_clear(&b.outbox);
	assert_int_equal(b.outbox.count, 0);
	assert_false(outbox_has(&b.outbox, 3));
	assert_int_equal(outbox_first(&b.outbox), SET_NONE);
	free(b.memory);
}

/* Beside the twin. */

static uint32_t rank(const struct set_slot *s)
{
	return s->field == ENTRY_CARD                ? 0
	       : s->urgent                           ? 1
	       : slot_retention(s) == RETENTION_CARD ? 2
	       : slot_retention(s) == RETENTION_LINE ? 3
						     : 4;
}

/* Does `a` go before `b`? Of equals the lower place, so that the order is one. */
static bool goes_before(const struct bench *b, uint32_t x, uint32_t y)
{
	const struct set_slot *p = &b->slots[x], *q = &b->slots[y];

	if (rank(p) != rank(q))
		return rank(p) < rank(q);
	return p->hlc.time != q->hlc.time ? p->hlc.time > q->hlc.time : x < y;
}

static uint32_t naive_first(const struct bench *b, const bool *here)
{
	uint32_t first = SET_NONE;

	for (uint32_t i = 0; i < SLOTS; i++)
		if (here[i] && (first == SET_NONE || goes_before(b, i, first)))
			first = i;
	return first;
}

static uint32_t naive_after(const struct bench *b, const bool *here, uint32_t slot)
{
	uint32_t after = SET_NONE;

	for (uint32_t i = 0; i < SLOTS; i++)
		if (here[i] && goes_before(b, slot, i) && (after == SET_NONE || goes_before(b, i, after)))
			after = i;
	return after;
}

static void random_slots(struct bench *b, struct dice *dice)
{
	static const uint8_t FIELDS[] = { ENTRY_CARD, ENTRY_SITE, ENTRY_LINE, ENTRY_MOVE, ENTRY_NOTE, ENTRY_TRUST, 12 };

	for (uint32_t i = 0; i < SLOTS; i++) {
		b->slots[i].field = FIELDS[dice_below(dice, sizeof FIELDS)];
		b->slots[i].urgent = b->slots[i].field == ENTRY_LINE && dice_below(dice, 4) == 0;
		b->slots[i].hlc.time = dice_below(dice, 300);
	}
}

/* All that is picked out comes in order; more may stay behind, never something that goes before. */
static bool walk_agrees(struct bench *b, const bool *here)
{
	uint32_t slot = outbox_first(&b->outbox), wanted = naive_first(b, here), walked = 0;

	for (; slot != SET_NONE && slot == wanted; walked++) {
		wanted = naive_after(b, here, slot);
		slot = outbox_after(&b->outbox, slot);
	}
	return slot == SET_NONE && (wanted == SET_NONE || walked > 0);
}

static bool run_beside_twin(uint64_t seed)
{
	struct dice dice = { seed };
	bool here[SLOTS] = { false }, good = true;
	uint32_t count = 0;
	struct bench b;

	bench_init(&b, SLOTS);
	random_slots(&b, &dice);
	for (int step = 0; good && step < STEPS; step++) {
		uint32_t slot = dice_below(&dice, SLOTS), filling = step / 10000 % 2 ? 25 : 75;

		if (dice_below(&dice, 100) < filling) {
			outbox_put(&b.outbox, slot);
			count += !here[slot];
			here[slot] = true;
		} else if (dice_below(&dice, 2)) {
			outbox_drop(&b.outbox, slot);
			count -= here[slot];
			here[slot] = false;
		} else if ((slot = outbox_first(&b.outbox)) != SET_NONE) {
			good = slot == naive_first(&b, here);
			outbox_drop(&b.outbox, slot);
			count -= here[slot];
			here[slot] = false;
		}
		slot = dice_below(&dice, SLOTS);
		good = good && b.outbox.count == count && outbox_has(&b.outbox, slot) == here[slot];
		if (dice_below(&dice, 3000) == 0)
			good = good && walk_agrees(&b, here);
	}
	free(b.memory);
	return good;
}

static void test_it_does_what_its_twin_does(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		if (!run_beside_twin(seed))
			fail_msg("seed %llu", (unsigned long long)seed);
}

/* Where more are left than were picked: what goes before the last of those is found, also one of the same moment. */
static void test_what_is_put_later_finds_its_place(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, SLOTS);
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		b.slots[slot].field = ENTRY_NOTE;
		b.slots[slot].hlc.time = SLOTS - slot / 2; /* two of each moment */
	}
	for (uint32_t slot = 1; slot < SLOTS; slot++)
		if (slot != OUTBOX_PICKS)
			outbox_put(&b.outbox, slot);
	assert_int_equal(outbox_first(&b.outbox), 1);
	outbox_put(&b.outbox, OUTBOX_PICKS); /* as old as the last that was picked */
	for (uint32_t slot = 1; slot < SLOTS; slot++) {
		assert_int_equal(outbox_first(&b.outbox), slot);
		outbox_drop(&b.outbox, slot);
	}
	free(b.memory);
}

/* As a link empties it: whatever the number, each goes once, in one order. */
static void test_thousands_leave_in_order(void **state)
{
	static const uint32_t COUNTS[] = { 1, 2, OUTBOX_PICKS - 1, OUTBOX_PICKS, OUTBOX_PICKS + 1, SLOTS };

	(void)state;
	for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++) {
		struct dice dice = { i };
		uint32_t last = SET_NONE, gone = 0;
		struct bench b;

		bench_init(&b, SLOTS);
		random_slots(&b, &dice);
		for (uint32_t slot = 0; slot < COUNTS[i]; slot++)
			outbox_put(&b.outbox, slot);
		for (uint32_t slot; (slot = outbox_first(&b.outbox)) != SET_NONE; gone++) {
			assert_true(slot < COUNTS[i] && outbox_has(&b.outbox, slot));
			assert_true(last == SET_NONE || goes_before(&b, last, slot));
			outbox_drop(&b.outbox, slot);
			last = slot;
		}
		assert_int_equal(gone, COUNTS[i]);
		free(b.memory);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cards_then_needs_within_hours_then_what_is_kept_longest),
		cmocka_unit_test(test_putting_twice_is_once_and_dropping_what_is_not_there_is_nothing),
		cmocka_unit_test(test_it_does_what_its_twin_does),
		cmocka_unit_test(test_what_is_put_later_finds_its_place),
		cmocka_unit_test(test_thousands_leave_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
