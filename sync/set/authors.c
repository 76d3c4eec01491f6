/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/set/authors.h"

#include <string.h>

#include <sodium.h>

void authors_init(struct authors *a, struct arena *arena, uint32_t authors_max, const uint8_t key[16])
{
	uint32_t size = 16;

	assert(authors_max <= 16384);
	while (size < 2 * authors_max)
		size *= 2;
	/* A probe ends at a place that is free. */
	assert(size > authors_max);
	*a = (struct authors){ .authors_max = (uint16_t)authors_max, .table_mask = (uint16_t)(size - 1) };
	memcpy(a->key, key, sizeof a->key);
	a->table = arena_take(arena, authors_max, sizeof *a->table);
	a->index = arena_take(arena, size, sizeof *a->index);
	if (arena->base)
		memset(a->index, 0xFF, size * sizeof *a->index);
}

static uint16_t home_of(const struct authors *a, uint64_t hint)
{
	uint8_t out[crypto_shorthash_BYTES];

	crypto_shorthash(out, (const uint8_t *)&hint, sizeof hint, a->key);
	return (uint16_t)((out[0] | out[1] << 8) & a->table_mask);
}

static uint16_t next_of(const struct authors *a, uint16_t at)
{
	return (uint16_t)((at + 1) & a->table_mask);
}

uint16_t authors_find(const struct authors *a, const struct public_key *key)
{
	for (uint16_t at = home_of(a, public_key_hint(key)); a->index[at] != AUTHOR_NONE; at = next_of(a, at)) {
		const struct author *author = &a->table[a->index[at]];

		if (author->entry_count && public_key_equal(&author->key, key))
			return a->index[at];
	}
	return AUTHOR_NONE;
}

uint8_t authors_keys(const struct authors *a, uint64_t hint, struct public_key keys[KEYS_PER_HINT_MAX])
{
	uint8_t found = 0;

	for (uint16_t at = home_of(a, hint); a->index[at] != AUTHOR_NONE && found < KEYS_PER_HINT_MAX;
	     at = next_of(a, at)) {
		const struct author *author = &a->table[a->index[at]];

		if (author->entry_count && public_key_hint(&author->key) == hint)
			keys[found++] = author->key;
	}
	return found;
}

/* Removal by shifting back, so that no tombstones gather. */
static void index_remove(struct authors *a, uint16_t place)
{
	uint16_t hole = home_of(a, public_key_hint(&a->table[place].key));

	assert(place < a->count);
	assert(a->table[place].entry_count == 0);
	while (a->index[hole] != place)
		hole = next_of(a, hole);
	for (uint16_t at = next_of(a, hole); a->index[at] != AUTHOR_NONE; at = next_of(a, at)) {
		uint16_t home = home_of(a, public_key_hint(&a->table[a->index[at]].key));

		if (((at - home) & a->table_mask) < ((at - hole) & a->table_mask))
			continue;
		a->index[hole] = a->index[at];
		hole = at;
	}
	a->index[hole] = AUTHOR_NONE;
}

/* A place whose last entry has left, else one that was never used. */
static uint16_t take_place(struct authors *a)
{
	assert(a->count <= a->authors_max);
	if (a->count < a->authors_max)
		return a->count++;
	for (uint16_t at = 0; at < a->count; at++)
		if (!a->table[at].entry_count) {
			index_remove(a, at);
			return at;
		}
	return AUTHOR_NONE;
}

uint16_t authors_add(struct authors *a, const struct public_key *key)
{
	struct public_key same[KEYS_PER_HINT_MAX];
	uint16_t place = authors_find(a, key), at;

	if (place != AUTHOR_NONE)
		return place;
	if (authors_keys(a, public_key_hint(key), same) == KEYS_PER_HINT_MAX)
		return AUTHOR_NONE;
	place = take_place(a);
	if (place == AUTHOR_NONE)
		return AUTHOR_NONE;
	assert(place < a->count);
	a->table[place] = (struct author){ .key = *key };
	at = home_of(a, public_key_hint(key));
	while (a->index[at] != AUTHOR_NONE)
		at = next_of(a, at);
	a->index[at] = place;
	return place;
}
