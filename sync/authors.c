/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/authors.h"

#include <string.h>

void authors_init(struct authors *a, struct arena *arena, uint32_t authors_max)
{
	assert(authors_max < AUTHOR_NONE);
	*a = (struct authors){ .authors_max = (uint16_t)authors_max };
	a->table = arena_take(arena, authors_max, sizeof *a->table);
}

uint16_t authors_find(const struct authors *a, const struct public_key *key)
{
	for (uint16_t i = 0; i < a->count; i++)
		if (a->table[i].entry_count && public_key_equal(&a->table[i].key, key))
			return i;
	return AUTHOR_NONE;
}

uint8_t authors_keys(const struct authors *a, uint64_t hint, struct public_key keys[KEYS_PER_HINT_MAX])
{
	uint8_t found = 0;

	for (uint16_t i = 0; i < a->count && found < KEYS_PER_HINT_MAX; i++)
		if (a->table[i].entry_count && public_key_hint(&a->table[i].key) == hint)
			keys[found++] = a->table[i].key;
	return found;
}

uint16_t authors_add(struct authors *a, const struct public_key *key)
{
	struct public_key same[KEYS_PER_HINT_MAX];
	uint16_t at = authors_find(a, key);

	if (at != AUTHOR_NONE)
		return at;
	if (authors_keys(a, public_key_hint(key), same) == KEYS_PER_HINT_MAX)
		return AUTHOR_NONE;
	for (at = 0; at < a->count && a->table[at].entry_count; at++)
		;
	if (at == a->authors_max)
		return AUTHOR_NONE;
	if (at == a->count)
		a->count++;
	a->table[at] = (struct author){ .key = *key };
	return at;
}
