/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/set/outbox.h"

#include <string.h>

#include "sync/set/sort.h"

void outbox_memory(struct outbox *o, struct arena *arena, const struct set *set)
{
	uint32_t words = (set->slots_max + 31) / 32;
	uint32_t *bits = arena_take(arena, words, sizeof *bits);

	if (!arena->base)
		return;
	*o = (struct outbox){ .set = set, .words = words, .bits = bits };
	memset(bits, 0, words * sizeof *bits);
}

void outbox_clear(struct outbox *o)
{
	if (o->count)
		memset(o->bits, 0, o->words * sizeof *o->bits);
	o->count = o->pick_count = o->pick_at = 0;
	o->is_stale = false;
}

bool outbox_has(const struct outbox *o, uint32_t slot)
{
	assert(slot / 32 < o->words);
	return o->bits[slot / 32] >> slot % 32 & 1;
}

void outbox_drop(struct outbox *o, uint32_t slot)
{
	if (!outbox_has(o, slot))
		return;
	assert(o->count > 0);
	o->bits[slot / 32] &= ~(1u << slot % 32);
	o->count--;
}

enum { RANK_CARD, RANK_URGENT, RANK_KEPT_LONGEST };

static uint32_t rank_of(const struct set_slot *slot)
{
	if (slot->field == ENTRY_CARD)
		return RANK_CARD;
	if (slot->urgent)
		return RANK_URGENT;
	switch (slot_retention(slot)) {
	case RETENTION_CARD:
		return RANK_KEPT_LONGEST;
	case RETENTION_LINE:
	case RETENTION_COUNT:
		return RANK_KEPT_LONGEST + 1;
	case RETENTION_MOVE:
		return RANK_KEPT_LONGEST + 2;
	}
	return RANK_KEPT_LONGEST + 3;
}

/* The smaller goes first. */
static uint64_t priority(const struct set *set, uint32_t slot)
{
	const struct set_slot *s = &set->slots[slot];

	return (uint64_t)rank_of(s) << 32 | (UINT32_MAX - s->hlc.time);
}

void outbox_put(struct outbox *o, uint32_t slot)
{
	if (outbox_has(o, slot))
		return;
	/* What leaves the set leaves the outboxes first. */
	assert(set_is_live(o->set, slot));
	o->bits[slot / 32] |= 1u << slot % 32;
	o->count++;
	assert(o->count <= o->set->slots_max);
	/* Where more are left than were picked, what goes after those waits for the next picks. */
	o->is_stale |= o->pick_count < OUTBOX_PICKS || priority(o->set, slot) <= o->last;
}

static int by_priority(const void *ctx, uint32_t a, uint32_t b)
{
	uint64_t x = priority(ctx, a), y = priority(ctx, b);

	return x == y ? (a > b) - (a < b) : x < y ? -1 : 1;
}

/* Keeps the picks a heap whose root is the last that would go. */
static void sift_down(struct outbox *o)
{
	assert(o->pick_count == OUTBOX_PICKS);
	for (uint32_t at = 0, child = 1; child < OUTBOX_PICKS; child = 2 * at + 1) {
		uint32_t moved = o->picks[at];

		if (child + 1 < OUTBOX_PICKS && by_priority(o->set, o->picks[child + 1], o->picks[child]) > 0)
			child++;
		if (by_priority(o->set, o->picks[child], moved) <= 0)
			return;
		o->picks[at] = o->picks[child];
		o->picks[child] = moved;
		at = child;
	}
}

static void consider(struct outbox *o, uint32_t slot)
{
	assert(o->pick_count <= OUTBOX_PICKS);
	if (o->pick_count < OUTBOX_PICKS) {
		o->picks[o->pick_count++] = slot;
		if (o->pick_count < OUTBOX_PICKS)
			return;
		/* In ascending order from the back, the array is such a heap. */
		sort_numbers(o->picks, OUTBOX_PICKS, by_priority, o->set);
		for (uint32_t i = 0; i < OUTBOX_PICKS / 2; i++) {
			uint32_t moved = o->picks[i];

			o->picks[i] = o->picks[OUTBOX_PICKS - 1 - i];
			o->picks[OUTBOX_PICKS - 1 - i] = moved;
		}
		o->last = priority(o->set, o->picks[0]);
		return;
	}
	/* Slots come in ascending order: of equals the one that is there stays. */
	if (priority(o->set, slot) < o->last) {
		o->picks[0] = slot;
		sift_down(o);
		o->last = priority(o->set, o->picks[0]);
	}
}

static void pick(struct outbox *o)
{
	assert(o->count > 0);
	o->pick_count = o->pick_at = 0;
	o->is_stale = false;
	for (uint32_t word = 0; word < o->words && o->count; word++)
		for (uint32_t left = o->bits[word]; left; left &= left - 1)
			consider(o, 32 * word + (uint32_t)__builtin_ctz(left));
	sort_numbers(o->picks, o->pick_count, by_priority, o->set);
	if (o->pick_count)
		o->last = priority(o->set, o->picks[o->pick_count - 1]);
}

uint32_t outbox_first(struct outbox *o)
{
	if (!o->count)
		return SET_NONE;
	while (!o->is_stale && o->pick_at < o->pick_count && !outbox_has(o, o->picks[o->pick_at]))
		o->pick_at++;
	if (o->is_stale || o->pick_at == o->pick_count)
		pick(o);
	assert(o->pick_at < o->pick_count);
	assert(set_is_live(o->set, o->picks[o->pick_at]));
	return o->picks[o->pick_at];
}

uint32_t outbox_after(struct outbox *o, uint32_t slot)
{
	uint32_t at = o->pick_at;

	while (at < o->pick_count && o->picks[at] != slot)
		at++;
	for (at++; at < o->pick_count; at++)
		if (outbox_has(o, o->picks[at]))
			return o->picks[at];
	return SET_NONE;
}

void outbox_queue(const struct outbox *o, struct sync_queue *queue)
{
	*queue = (struct sync_queue){ .rest = o->count };
	for (uint32_t slot = 0; slot < 32 * o->words && queue->cards + queue->urgent < o->count; slot++) {
		uint32_t rank = outbox_has(o, slot) ? rank_of(&o->set->slots[slot]) : RANK_KEPT_LONGEST;

		queue->cards += rank == RANK_CARD;
		queue->urgent += rank == RANK_URGENT;
		queue->rest -= rank < RANK_KEPT_LONGEST;
	}
}
