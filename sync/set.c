/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/set.h"

#include <string.h>

#include <sodium.h>

#include "sync/sort.h"

static_assert(sizeof(struct set_slot) + 2 * sizeof(uint32_t) + 2 * 4 * sizeof(uint32_t) <= SET_BYTES_PER_ENTRY,
	      "slot, order, scratch, and two tables of at most four places an entry");

static uint32_t table_size(uint32_t entries_max)
{
	uint32_t size = 16;

	while (size < 2 * (uint64_t)entries_max)
		size *= 2;
	return size;
}

void set_init(struct set *set, struct arena *arena, uint32_t entries_max, const uint8_t key[16])
{
	uint32_t size = table_size(entries_max);

	*set = (struct set){ .entries_max = entries_max, .table_mask = size - 1, .free = SET_NONE };
	memcpy(set->key, key, sizeof set->key);
	set->slots = arena_take(arena, entries_max, sizeof *set->slots);
	set->by_id = arena_take(arena, size, sizeof *set->by_id);
	set->by_register = arena_take(arena, size, sizeof *set->by_register);
	set->order = arena_take(arena, entries_max, sizeof *set->order);
	set->scratch = arena_take(arena, entries_max, sizeof *set->scratch);
	if (!arena->base)
		return;
	memset(set->by_id, 0xFF, size * sizeof *set->by_id);
	memset(set->by_register, 0xFF, size * sizeof *set->by_register);
}

enum retention slot_retention(const struct set_slot *slot)
{
	return entry_retention((enum entry_kind)slot->field);
}

struct point slot_point(const struct set_slot *slot)
{
	uint64_t prefix = 0;

	for (size_t i = 0; i < 8; i++)
		prefix = prefix << 8 | slot->id.bytes[i];
	return (struct point){ .retention = (uint8_t)slot_retention(slot),
			       .epoch = hlc_epoch(slot->hlc),
			       .prefix = prefix };
}

static int slot_compare(const void *ctx, uint32_t a, uint32_t b)
{
	const struct set *set = ctx;
	const struct set_slot *x = &set->slots[a], *y = &set->slots[b];
	int order = point_compare(slot_point(x), slot_point(y));

	return order ? order : entry_id_compare(&x->id, &y->id);
}

/* Hash tables: linear probing, removal by shifting back, so that no tombstones gather. */

static uint32_t hash_bytes(const struct set *set, const void *bytes, size_t size)
{
	uint8_t out[crypto_shorthash_BYTES];
	uint32_t hash;

	crypto_shorthash(out, bytes, size, set->key);
	memcpy(&hash, out, sizeof hash);
	return hash & set->table_mask;
}

static uint32_t hash_id(const struct set *set, const struct entry_id *id)
{
	return hash_bytes(set, id->bytes, sizeof id->bytes);
}

static uint32_t hash_register(const struct set *set, uint16_t author, uint8_t field, uint32_t number)
{
	struct {
		uint32_t number, author, field;
	} name = { number, author, field };

	return hash_bytes(set, &name, sizeof name);
}

static uint32_t slot_hash(const struct set *set, const uint32_t *table, uint32_t slot)
{
	const struct set_slot *s = &set->slots[slot];

	return table == set->by_id ? hash_id(set, &s->id) : hash_register(set, s->author, s->field, s->number);
}

static void table_add(const struct set *set, uint32_t *table, uint32_t slot)
{
	uint32_t at = slot_hash(set, table, slot);

	while (table[at] != SET_NONE)
		at = (at + 1) & set->table_mask;
	table[at] = slot;
}

static void table_remove(const struct set *set, uint32_t *table, uint32_t slot)
{
	uint32_t hole = slot_hash(set, table, slot);

	while (table[hole] != slot)
		hole = (hole + 1) & set->table_mask;
	for (uint32_t at = (hole + 1) & set->table_mask; table[at] != SET_NONE; at = (at + 1) & set->table_mask) {
		uint32_t home = slot_hash(set, table, table[at]);

		if (((at - home) & set->table_mask) < ((at - hole) & set->table_mask))
			continue;
		table[hole] = table[at];
		hole = at;
	}
	table[hole] = SET_NONE;
}

uint32_t set_find_id(const struct set *set, const struct entry_id *id)
{
	for (uint32_t at = hash_id(set, id); set->by_id[at] != SET_NONE; at = (at + 1) & set->table_mask)
		if (entry_id_equal(&set->slots[set->by_id[at]].id, id))
			return set->by_id[at];
	return SET_NONE;
}

uint32_t set_find_register(const struct set *set, uint16_t author, uint8_t field, uint32_t number)
{
	for (uint32_t at = hash_register(set, author, field, number); set->by_register[at] != SET_NONE;
	     at = (at + 1) & set->table_mask) {
		const struct set_slot *s = &set->slots[set->by_register[at]];

		if (s->author == author && s->field == field && s->number == number)
			return set->by_register[at];
	}
	return SET_NONE;
}

/* Freed places first, then the one behind the last ever used: memory that is never needed is never touched. */
static uint32_t slot_take(struct set *set)
{
	uint32_t slot = set->free;

	if (slot != SET_NONE)
		set->free = (uint32_t)set->slots[slot].handle;
	else if (set->order_count < set->entries_max)
		slot = set->order_count;
	return slot;
}

uint32_t set_insert(struct set *set, const struct set_slot *slot)
{
	uint32_t at;

	assert(set_find_id(set, &slot->id) == SET_NONE);
	assert(set_find_register(set, slot->author, slot->field, slot->number) == SET_NONE);
	if (set->count == set->entries_max)
		return SET_NONE;
	if (set->order_count == set->entries_max)
		set_settle(set);
	at = slot_take(set);
	assert(at != SET_NONE);
	set->slots[at] = *slot;
	set->slots[at].state = SLOT_LIVE;
	set->order[set->order_count++] = at;
	set->count++;
	table_add(set, set->by_id, at);
	table_add(set, set->by_register, at);
	return at;
}

void set_remove(struct set *set, uint32_t slot)
{
	assert(set->slots[slot].state == SLOT_LIVE);
	table_remove(set, set->by_id, slot);
	table_remove(set, set->by_register, slot);
	set->slots[slot].state = SLOT_DEAD;
	set->count--;
	set->dead++;
}

static void drop_dead(struct set *set)
{
	uint32_t kept = 0, sorted = 0;

	for (uint32_t i = 0; i < set->order_count; i++) {
		uint32_t slot = set->order[i];

		if (set->slots[slot].state == SLOT_LIVE) {
			set->order[kept++] = slot;
			sorted += i < set->sorted;
			continue;
		}
		set->slots[slot].state = SLOT_FREE;
		set->slots[slot].handle = set->free;
		set->free = slot;
	}
	set->order_count = kept;
	set->sorted = sorted;
	set->dead = 0;
}

void set_settle(struct set *set)
{
	uint32_t fresh, left, write;

	if (set->dead)
		drop_dead(set);
	fresh = set->order_count - set->sorted;
	if (!fresh)
		return;
	memcpy(set->scratch, set->order + set->sorted, fresh * sizeof *set->scratch);
	sort_numbers(set->scratch, fresh, slot_compare, set);
	left = set->sorted;
	write = set->order_count;
	while (fresh) {
		if (left && slot_compare(set, set->order[left - 1], set->scratch[fresh - 1]) > 0)
			set->order[--write] = set->order[--left];
		else
			set->order[--write] = set->scratch[--fresh];
	}
	set->sorted = set->order_count;
}

uint32_t set_rank(const struct set *set, struct point point)
{
	uint32_t low = 0, high = set->count;

	assert(!set->dead && set->sorted == set->order_count);
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (point_compare(slot_point(&set->slots[set->order[mid]]), point) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

uint32_t set_at(const struct set *set, uint32_t rank)
{
	assert(rank < set->count && !set->dead && set->sorted == set->order_count);
	return set->order[rank];
}
