/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/set/set.h"

#include <string.h>

#include <sodium.h>

static_assert(sizeof(struct set_slot) == 56, "no padding");

/* Three quarters full at most. */
static uint32_t table_size(uint32_t slots_max)
{
	return slots_max + slots_max / 3 + 16;
}

void set_init(struct set *set, struct arena *arena, uint32_t entries_max, uint32_t spare, uint32_t authors_max,
	      const uint8_t key[16])
{
	uint32_t size = table_size(entries_max);

	assert(entries_max <= SET_NONE - spare);
	assert(size > entries_max);
	*set = (struct set){ .entries_max = entries_max,
			     .slots_max = entries_max + spare,
			     .table_size = size,
			     .free = SET_NONE,
			     .dead = SET_NONE };
	memcpy(set->key, key, sizeof set->key);
	set->slots = arena_take(arena, set->slots_max, sizeof *set->slots);
	set->by_id = arena_take(arena, size, sizeof *set->by_id);
	set->by_register = arena_take(arena, size, sizeof *set->by_register);
	set->card_epochs = arena_take(arena, authors_max, sizeof *set->card_epochs);
	if (!arena->base)
		return;
	memset(set->by_id, 0xFF, size * sizeof *set->by_id);
	memset(set->by_register, 0xFF, size * sizeof *set->by_register);
	static_assert(EPOCH_NONE == UINT16_MAX, "nobody's card is here");
	memset(set->card_epochs, 0xFF, authors_max * sizeof *set->card_epochs);
}

enum retention slot_retention(const struct set_slot *slot)
{
	return entry_retention((enum entry_kind)slot->field);
}

static uint16_t card_epoch(const struct set *set, uint32_t slot)
{
	return set->card_epochs[set->slots[slot].author];
}

bool set_is_within(const struct set *set, uint32_t slot, struct days days)
{
	const struct set_slot *s = &set->slots[slot];

	return set_is_live(set, slot) && days_include(days, slot_retention(s), hlc_epoch(s->hlc)) &&
	       card_epoch(set, slot) != EPOCH_NONE && days_include(days, RETENTION_CARD, card_epoch(set, slot));
}

bool set_is_ahead(const struct set *set, uint32_t slot, struct days days)
{
	assert(set_is_live(set, slot));
	return hlc_epoch(set->slots[slot].hlc) > days.last ||
	       (card_epoch(set, slot) > days.last && card_epoch(set, slot) != EPOCH_NONE);
}

/* Hash tables: linear probing, removal by shifting back, so that no tombstones gather. */

static uint32_t hash_bytes(const struct set *set, const void *bytes, size_t size)
{
	uint8_t out[crypto_shorthash_BYTES];
	uint32_t hash;

	crypto_shorthash(out, bytes, size, set->key);
	memcpy(&hash, out, sizeof hash);
	return bucket_of(hash, set->table_size);
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

static uint32_t next_of(const struct set *set, uint32_t at)
{
	return at + 1 == set->table_size ? 0 : at + 1;
}

/* How far `at` lies behind `home`, going round. */
static uint32_t steps(const struct set *set, uint32_t home, uint32_t at)
{
	return at >= home ? at - home : at + set->table_size - home;
}

static void table_add(const struct set *set, uint32_t *table, uint32_t slot)
{
	uint32_t at = slot_hash(set, table, slot);

	assert(set_is_live(set, slot));
	while (table[at] != SET_NONE)
		at = next_of(set, at);
	table[at] = slot;
}

static void table_remove(const struct set *set, uint32_t *table, uint32_t slot)
{
	uint32_t hole = slot_hash(set, table, slot);

	assert(set_is_live(set, slot));
	while (table[hole] != slot)
		hole = next_of(set, hole);
	for (uint32_t at = next_of(set, hole); table[at] != SET_NONE; at = next_of(set, at)) {
		uint32_t home = slot_hash(set, table, table[at]);

		if (steps(set, home, at) < steps(set, hole, at))
			continue;
		table[hole] = table[at];
		hole = at;
	}
	table[hole] = SET_NONE;
}

uint32_t set_find_id(const struct set *set, const struct entry_id *id)
{
	for (uint32_t at = hash_id(set, id); set->by_id[at] != SET_NONE; at = next_of(set, at))
		if (entry_id_equal(&set->slots[set->by_id[at]].id, id))
			return set->by_id[at];
	return SET_NONE;
}

uint32_t set_find_register(const struct set *set, uint16_t author, uint8_t field, uint32_t number)
{
	for (uint32_t at = hash_register(set, author, field, number); set->by_register[at] != SET_NONE;
	     at = next_of(set, at)) {
		const struct set_slot *s = &set->slots[set->by_register[at]];

		if (s->author == author && s->field == field && s->number == number)
			return set->by_register[at];
	}
	return SET_NONE;
}

/* Freed places first: memory that is never needed is never touched. */
static uint32_t slot_take(struct set *set)
{
	uint32_t slot = set->free;

	assert(set->used <= set->slots_max);
	assert(slot == SET_NONE || set->slots[slot].state == SLOT_FREE);
	if (slot != SET_NONE)
		set->free = set->slots[slot].number;
	else if (set->used < set->slots_max)
		slot = set->used++;
	return slot;
}

uint32_t set_insert(struct set *set, const struct set_slot *slot)
{
	uint32_t at;

	if (set->count == set->entries_max)
		return SET_NONE;
	at = slot_take(set);
	if (at == SET_NONE)
		return SET_NONE;
	set->slots[at] = *slot;
	set->slots[at].state = SLOT_LIVE;
	set->count++;
	if (slot->field == ENTRY_CARD)
		set->card_epochs[slot->author] = hlc_epoch(slot->hlc);
	table_add(set, set->by_id, at);
	table_add(set, set->by_register, at);
	assert(set->count <= set->entries_max);
	assert(set->count <= set->used);
	return at;
}

static void chain_drop(struct set *set, uint32_t slot)
{
	assert(slot < set->used);
	set->slots[slot].state = SLOT_DEAD;
	set->slots[slot].number = set->dead;
	set->dead = slot;
}

void set_remove(struct set *set, uint32_t slot)
{
	assert(set_is_live(set, slot));
	table_remove(set, set->by_id, slot);
	table_remove(set, set->by_register, slot);
	if (set->slots[slot].field == ENTRY_CARD)
		set->card_epochs[set->slots[slot].author] = EPOCH_NONE;
	assert(set->count > 0);
	set->count--;
	chain_drop(set, slot);
}

void set_refuse(struct set *set, uint64_t handle, const struct entry_id *id)
{
	uint32_t at = slot_take(set);

	if (at == SET_NONE)
		return;
	set->slots[at] = (struct set_slot){ .id = *id, .handle = handle };
	chain_drop(set, at);
}

bool set_next_drop(struct set *set, uint64_t *handle, struct entry_id *id)
{
	uint32_t slot = set->dead;

	if (slot == SET_NONE)
		return false;
	assert(slot < set->used);
	assert(set->slots[slot].state == SLOT_DEAD);
	*handle = set->slots[slot].handle;
	*id = set->slots[slot].id;
	set->dead = set->slots[slot].number;
	set->slots[slot].state = SLOT_FREE;
	set->slots[slot].number = set->free;
	set->free = slot;
	return true;
}
