/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a carrier still has to send: a bit for each slot, and the most urgent of them picked out, so that a frame does
 * not look through them all. Cards first, since nothing can be verified without them; then needs within hours; then
 * what is kept longest, class by class; the newest first. Pure; memory from the caller's arena. */
#ifndef AIDMESH_SYNC_SET_OUTBOX_H
#define AIDMESH_SYNC_SET_OUTBOX_H

#include "sync/set/carrier.h"
#include "sync/set/set.h"

enum { OUTBOX_PICKS = 1024 };

struct outbox {
	const struct set *set;
	uint32_t count;
	uint32_t words;
	uint32_t *bits; /* by slot */
	uint32_t pick_count, pick_at;
	uint64_t last; /* priority of the last one picked */
	bool is_stale; /* something was put that may go before what was picked */
	uint32_t picks[OUTBOX_PICKS];
};

/* For slots of `set`, which outlives it; of that only slots_max is looked at here. */
void outbox_memory(struct outbox *o, struct arena *arena, const struct set *set);
void outbox_clear(struct outbox *o);
/* No effect when it is there already; outbox_drop: when it is not. */
void outbox_put(struct outbox *o, uint32_t slot);
void outbox_drop(struct outbox *o, uint32_t slot);
bool outbox_has(const struct outbox *o, uint32_t slot);
/* The most urgent; SET_NONE when empty. It stays until it is dropped. */
uint32_t outbox_first(struct outbox *o);
/* The most urgent after `slot`, which came from one of these two; SET_NONE: none of those picked out. */
uint32_t outbox_after(struct outbox *o, uint32_t slot);
/* How much of what is in it. Looks through it all. */
void outbox_queue(const struct outbox *o, struct sync_queue *queue);

#endif
