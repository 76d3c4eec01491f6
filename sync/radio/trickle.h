/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* When to say what everyone may know already: Trickle (RFC 6206). While all agree, the interval doubles from imin to imax.
 * Each interval has one moment, chosen at random in its second half. A node that has heard the same often enough by that
 * moment stays silent.
 *
 * Ours beside the RFC: longest intervals that differ (`spread_ms`), a bound on silence (`silences_max`), and a single look at
 * what should have spread (trickle_look).
 *
 * Pure. Used by a radio's beacons and by the announcements on a LAN. */
#ifndef AIDMESH_SYNC_RADIO_TRICKLE_H
#define AIDMESH_SYNC_RADIO_TRICKLE_H

#include "sync/set/carrier.h"

/* What a use of Trickle chooses. */
struct trickle_bounds {
	uint32_t imin_ms, imax_ms; /* the shortest interval, at least 2, and the longest */
	uint32_t spread_ms;        /* the longest intervals are up to so much longer, at random; 0: all are alike */
	uint32_t redundancy;       /* k, at least 1: a node that heard the same so often stays silent */
	uint32_t silences_max;     /* moments in a row at which a node may stay silent; 0: any number */
};

struct trickle {
	struct trickle_bounds bounds;
	uint32_t interval_ms;
	uint32_t next_ms;  /* of a look: the shortest interval that may follow it; else 0 */
	uint32_t heard;    /* c */
	uint32_t silences; /* moments in a row at which it stayed silent */
	bool is_over;      /* this interval's moment has passed */
	mono_ms begin, due;
};

/* `chance` is a fresh random number wherever it is asked for. */
void trickle_init(struct trickle *t, const struct trickle_bounds *bounds, mono_ms now, uint32_t chance);
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
/* The moment has come, and not enough was heard. Call trickle_step before. */
bool trickle_is_due(const struct trickle *t, mono_ms now);
/* The moment of a look has come, and nobody said the same: do not step over it, however long it cannot be said. */
bool trickle_must_be_said(const struct trickle *t, mono_ms now);
/* It was said, or need not be. */
void trickle_done(struct trickle *t);
mono_ms trickle_deadline(const struct trickle *t);

#endif
