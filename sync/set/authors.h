/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The keys whose entries are in the set, found by their hint. A key is here while an entry of it is. Pure. */
#ifndef AIDMESH_SYNC_SET_AUTHORS_H
#define AIDMESH_SYNC_SET_AUTHORS_H

#include "proto/entry.h"
#include "sync/set/arena.h"

enum { AUTHOR_NONE = UINT16_MAX };

struct author {
	struct public_key key;
	uint32_t entry_count;           /* 0: the place is free */
	uint16_t registers[ROOM_COUNT]; /* the same by room */
	uint32_t newest_s;              /* newest time among its entries since the start */
	uint8_t era;                    /* and the latest era */
};

struct authors {
	uint8_t key[16]; /* of the index: nobody outside can make it collide */
	uint16_t authors_max;
	uint16_t count; /* places in use or used before */
	uint16_t table_mask;
	struct author *table;
	uint16_t *index; /* open addressing by hint */
};

/* At most 16,384 authors. */
void authors_init(struct authors *a, struct arena *arena, uint32_t authors_max, const uint8_t key[16]);
/* AUTHOR_NONE when unknown. */
uint16_t authors_find(const struct authors *a, const struct public_key *key);
/* Finds it or takes a place for it; AUTHOR_NONE when the table is full, or KEYS_PER_HINT_MAX others share its hint. */
uint16_t authors_add(struct authors *a, const struct public_key *key);
/* Every key of that hint. */
uint8_t authors_keys(const struct authors *a, uint64_t hint, struct public_key keys[KEYS_PER_HINT_MAX]);

#endif
