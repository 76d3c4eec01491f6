/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The entry set: which version of which register stands, in the order (retention class, epoch, id) that range
 * summaries speak about. Holds no bytes of entries, only what is needed to compare, replace and find them.
 *
 * Pure; memory from the caller's arena. At most SET_BYTES_PER_ENTRY an entry, all tables included.
 *
 *   slots   [id, handle, hlc, number, author, field]      fixed places, a free list
 *   by_id, by_register                                    open addressing, keyed by the engine's secret
 *   order   slot numbers, sorted; new ones wait unsorted at the end and dead ones stay until set_settle */
#ifndef AIDMESH_SYNC_SET_H
#define AIDMESH_SYNC_SET_H

#include "proto/frame.h"
#include "sync/arena.h"

enum { SET_NONE = UINT32_MAX, SET_BYTES_PER_ENTRY = 96 };

struct set_slot {
	struct entry_id id;
	uint64_t handle; /* the host's name for the row */
	struct hlc hlc;
	uint32_t number;
	uint16_t author; /* index into the authors */
	uint8_t field;   /* the field that says something: tells registers of one number apart */
	uint8_t state;   /* enum slot_state */
};

enum slot_state { SLOT_FREE = 0, SLOT_LIVE = 1, SLOT_DEAD = 2 };

struct set {
	uint8_t key[16]; /* of the hash tables: nobody outside can make them collide */
	uint32_t entries_max;
	uint32_t count;
	uint32_t free; /* head of the free list, linked through `handle` */
	uint32_t table_mask;
	uint32_t order_count; /* dead ones included */
	uint32_t sorted;      /* so many from the front are in order */
	uint32_t dead;
	struct set_slot *slots;
	uint32_t *by_id;
	uint32_t *by_register;
	uint32_t *order;
	uint32_t *scratch;
};

void set_init(struct set *set, struct arena *arena, uint32_t entries_max, const uint8_t key[16]);

uint32_t set_find_id(const struct set *set, const struct entry_id *id);
uint32_t set_find_register(const struct set *set, uint16_t author, uint8_t field, uint32_t number);

/* Adds what is not there yet: neither its id nor its register may be in the set (asserted). SET_NONE when full. */
uint32_t set_insert(struct set *set, const struct set_slot *slot);
void set_remove(struct set *set, uint32_t slot);

/* Sorts what is new and lets go of what is dead. Rank functions need it; everything else does not. */
void set_settle(struct set *set);
/* How many entries come before `point`. Settled. */
uint32_t set_rank(const struct set *set, struct point point);
/* The slot at a rank below count. Settled. */
uint32_t set_at(const struct set *set, uint32_t rank);

enum retention slot_retention(const struct set_slot *slot);
struct point slot_point(const struct set_slot *slot);

#endif
