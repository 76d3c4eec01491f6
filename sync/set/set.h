/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The entry set: which version of which register stands. Holds no bytes of entries, only what is needed to compare,
 * replace and find them.
 *
 * Pure; memory from the caller's arena.
 *
 *   slots                     fixed places; what left the set waits in its place until set_next_drop hands it out
 *   by_id, by_register        open addressing, keyed by the engine's secret
 *   card_epochs               by author: without a card nobody can verify the rest, so nothing is kept longer than it */
#ifndef AIDMESH_SYNC_SET_SET_H
#define AIDMESH_SYNC_SET_SET_H

#include "sync/set/arena.h"
#include "sync/set/carrier.h"

static const uint32_t SET_NONE = UINT32_MAX;
enum { EPOCH_NONE = UINT16_MAX /* later than any */ };

enum slot_state { SLOT_FREE = 0, SLOT_LIVE = 1, SLOT_DEAD = 2 };

struct set_slot {
	struct entry_id id;
	uint64_t handle; /* the host's name for the row */
	struct hlc hlc;
	uint32_t number; /* dead or free: the next of its chain */
	uint16_t author; /* index into the authors */
	uint8_t field;   /* register_name's: tells registers of one number apart */
	uint8_t state : 4;
	uint8_t urgent : 1;     /* a need within hours */
	uint8_t is_renewal : 1; /* it took the place of the same words, less renewed */
};

struct set {
	uint8_t key[16]; /* of the hash tables: nobody outside can make them collide */
	uint32_t entries_max, slots_max;
	uint32_t count;
	uint32_t used; /* slots from here on were never used */
	uint32_t free; /* head of the free chain */
	uint32_t dead; /* head of the chain of drops */
	uint32_t table_size;
	struct set_slot *slots;
	uint32_t *by_id;
	uint32_t *by_register;
	uint16_t *card_epochs; /* EPOCH_NONE: the author's card is not here */
};

/* Room for entries_max that stand and `spare` more that wait to be dropped, of authors whose indexes are below authors_max. */
void set_init(struct set *set, struct arena *arena, uint32_t entries_max, uint32_t spare, uint32_t authors_max,
	      const uint8_t key[16]);

uint32_t set_find_id(const struct set *set, const struct entry_id *id);
uint32_t set_find_register(const struct set *set, uint16_t author, uint8_t field, uint32_t number);

/* Adds what is not there yet: neither its id nor its register may be in the set. SET_NONE when full. */
uint32_t set_insert(struct set *set, const struct set_slot *slot);
/* It leaves, and waits for set_next_drop. */
void set_remove(struct set *set, uint32_t slot);
/* A row that never stood is to be dropped, too. When there is no place its host finds it again at the next start. */
void set_refuse(struct set *set, uint64_t handle, const struct entry_id *id);
/* False when there is none. */
bool set_next_drop(struct set *set, uint64_t *handle, struct entry_id *id);

static inline bool set_is_live(const struct set *set, uint32_t slot)
{
	return slot < set->used && set->slots[slot].state == SLOT_LIVE;
}

enum retention slot_retention(const struct set_slot *slot);
/* It stands, and these days include it and its author's card: whoever keeps them can hold it and verify it. */
bool set_is_within(const struct set *set, uint32_t slot, struct days days);
/* What stands and is not within these days: is it, or its author's card, dated later than they go? */
bool set_is_ahead(const struct set *set, uint32_t slot, struct days days);
/* What is not past its class's days by this date. A date that is not set says that of nothing: what seems old may be dated by
 * another clock that is wrong. */
static inline struct days days_alive(struct node_time time)
{
	uint32_t today = time.quality == TIME_SET ? time.wall_s / EPOCH_S : 0;

	return (struct days){ .today = (uint16_t)today, .last = UINT16_MAX };
}

#endif
