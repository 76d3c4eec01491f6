/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whose the store is: decided at the start, before anything is written, so that a node never silently becomes somebody else.
 *
 *   identity.key   settings.db   entries.db     the node is
 *   -              -             -              new: it makes a key
 *   -              one of them notes an owner   OWNER_KEY_MISSING: shows what is stored, and writes nothing
 *   K              K             K              OWNER_OURS
 *   K              one of them notes another    OWNER_OTHERS: the same as without a key
 *   K              K             -              OWNER_ENTRIES_GONE, until it has compared with a neighbour
 *   K              -             -              OWNER_KEY_ALONE: the same, and writes nothing until then
 *   K              marked        K              OWNER_RESTORED from a backup: writes nothing until somebody said whether the
 *                                               node that it was made of lives
 *
 * The owner is noted when the key is on disk. A power cut at any point leads to the same answer at the next start. */
#ifndef AIDMESH_NODE_STORE_OWNER_H
#define AIDMESH_NODE_STORE_OWNER_H

#include "node/store/identity.h"
#include "node/store/store.h"

enum owner_state { OWNER_OURS, OWNER_KEY_MISSING, OWNER_OTHERS, OWNER_ENTRIES_GONE, OWNER_KEY_ALONE, OWNER_RESTORED };

enum { OWNER_HOLD_DAYS = 60 }; /* after lost entries: so long households are kept whose needs are not there */

struct owner {
	enum owner_state state;
	struct public_key key; /* whose words are stored; all zero where nobody noted it */
	bool was_lost;         /* the entries were gone once: what comes back is no copy's, and households are held */
	uint32_t floor_s;      /* own words up to this time may be elsewhere: nothing is written at or below it */
	uint32_t lost_s;       /* when it was noticed, by a clock that was set; 0: none was yet */
	bool is_renewing;      /* what `renewed` said is to be said again */
	struct public_key renewed;
};

/* Decides, and makes or loads the key where it is ours to use; else `identity` has the owner's public key and no secret. -1 with
 * a sentence in `why`: a file that cannot be read or written. */
int owner_open(struct owner *owner, struct identity *identity, struct reason *why, struct store *store,
	       const char *folder) __attribute__((warn_unused_result));
/* Nothing is signed here. */
static inline bool owner_is_locked(const struct owner *owner)
{
	return owner->state == OWNER_KEY_MISSING || owner->state == OWNER_OTHERS || owner->state == OWNER_RESTORED;
}
/* The entries were lost, and may still come back. */
static inline bool owner_has_gaps(const struct owner *owner)
{
	return owner->state == OWNER_ENTRIES_GONE || owner->state == OWNER_KEY_ALONE;
}

/* Needs that were lost may still come back: households without one are kept. */
static inline bool owner_holds(const struct owner *owner, uint32_t now_s)
{
	return owner->was_lost && (owner->lost_s == 0 || now_s < owner->lost_s + OWNER_HOLD_DAYS * EPOCH_S);
}

/* They are back, or nobody near has them. `now_s` and the newest own word set the floor. The text is to be noted (OWNER_GAPS_SETTING). */
enum { OWNER_GAPS_SIZE = 32 };
extern const char OWNER_GAPS_SETTING[];
void owner_fill_gaps(struct owner *owner, char text[OWNER_GAPS_SIZE], uint32_t now_s);
/* It was first noticed at a clock that is set. */
void owner_date_loss(struct owner *owner, char text[OWNER_GAPS_SIZE], uint32_t now_s);

/* The newest time that this node has written, or a little more: noted before it is passed. */
extern const char OWNER_TIME_SETTING[];

/* From now on a start begins anew: the key is put away, another made, and what was said is to be said again. */
enum store_rc owner_begin_anew(struct store *store, const struct public_key *from) __attribute__((warn_unused_result));
/* Of a store that comes out of a backup. */
enum store_rc owner_mark_restored(struct store *store) __attribute__((warn_unused_result));
/* OWNER_RESTORED, and the original is gone: at the next start this node goes on in its place. What it said up to `now_s` may come back
 * from neighbours, and is no copy's. */
enum store_rc owner_take_over(struct store *store, uint32_t now_s) __attribute__((warn_unused_result));

/* All is said: the earlier key is destroyed, unless it was another node's. -1 with a sentence: at the next start again. */
int owner_end_anew(struct owner *owner, struct reason *why, struct store *store, const char *folder)
	__attribute__((warn_unused_result));

#endif
