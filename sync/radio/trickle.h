/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* When to say what everyone may know already: Trickle (RFC 6206). An interval doubles from imin to imax, and then up to a
 * quarter more, while all agree; in each, one moment in its second half is chosen at random, and who has heard the same
 * by then stays silent. Ours: a single look at what should have spread. Pure. */
#ifndef AIDMESH_SYNC_RADIO_TRICKLE_H
#define AIDMESH_SYNC_RADIO_TRICKLE_H

#include "sync/engine.h"

enum { TRICKLE_REDUNDANCY = 1 }; /* k: heard so often, it need not be said */

struct trickle {
	uint32_t imin_ms, imax_ms;
	uint32_t interval_ms;
	uint32_t next_ms; /* of a look: the shortest that may follow it; else 0 */
	uint32_t heard;   /* c */
	bool is_over;     /* this interval's moment has passed */
	mono_ms begin, due;
};

/* `chance` is a fresh random number wherever it is asked for. */
void trickle_init(struct trickle *t, uint32_t imin_ms, uint32_t imax_ms, mono_ms now, uint32_t chance);
/* Something inconsistent was heard: starts over with an interval of at most `interval_ms`, but never below imin. An
 * interval as short is left alone. */
void trickle_reset(struct trickle *t, uint32_t interval_ms, mono_ms now, uint32_t chance);
/* What was inconsistent is being mended: starts over with an interval of `interval_ms`, but never above imax. */
void trickle_restart(struct trickle *t, uint32_t interval_ms, mono_ms now, uint32_t chance);
/* Something new is on its way to everybody: one interval of at most `interval_ms` to see that it came, and when the same
 * was heard or said within it, at least `next_ms` from then on. An interval as short is left alone. */
void trickle_look(struct trickle *t, uint32_t interval_ms, uint32_t next_ms, mono_ms now, uint32_t chance);
/* Something consistent was heard. */
void trickle_hear(struct trickle *t);
/* Goes on to the interval of `now`. */
void trickle_step(struct trickle *t, mono_ms now, uint32_t chance);
/* The moment has come, and not enough was heard. Call trickle_step before. Whoever has a k of its own asks before
 * trickle_step instead, which then finds it done: so asked, the moment has come, and `heard` says what was heard. */
bool trickle_is_due(const struct trickle *t, mono_ms now);
/* The moment of a look has come, and nobody said the same: do not step over it, however long it cannot be said. */
bool trickle_must_be_said(const struct trickle *t, mono_ms now);
/* It was said, or need not be. */
void trickle_done(struct trickle *t);
mono_ms trickle_deadline(const struct trickle *t);

#endif
