/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Which stations pass on at once what they hear over the radio. A few stations can cover all the others. Nobody knows who
 * hears whom, so each station learns by trial whether it is needed. Pure; part of a radio.
 *
 *   firmness 0   The station waits until somebody turns out to lack the entry. When it was asked RELAY_ASKS times lately,
 *                its firmness becomes 1.
 *   firmness n   The station passes on at once, even when others do the same: a station behind it may hear nobody else.
 *                Once in 2^n it makes a trial: it holds one entry back and says a beacon instead. When nobody asks, n is
 *                halved. Whenever somebody lacked what is here, n grows by 1, up to RELAY_FIRMNESS_MAX.
 *   at first     The firmness is 1, unless many stations are in reach. Nobody knows yet who is needed.
 *
 * So a station that is needed stays firm. Of two stations of which one would do, one gives up. Where many frames are lost,
 * more stations are asked, and more pass on. A need within hours is never held back for a trial, and it tells nothing
 * about who is needed. */
#ifndef AIDMESH_SYNC_RADIO_RELAY_H
#define AIDMESH_SYNC_RADIO_RELAY_H

#include "sync/set/set.h"

enum {
	/* Bounded by the trials: even the firmest station makes one for every 16 entries in the mean. That trials pay shows
	 * in tools/bench radio, "who was asked once stays firm": airtime of a pair 222 -> 284 ms with 50 stations. */
	RELAY_FIRMNESS_MAX = 4,
	/* tools/bench radio, "asked once is enough": airtime of a pair 222 -> 238 ms with 50 stations, 127 -> 142 with 200. */
	RELAY_ASKS = 2,
	/* An ask is forgotten after about so many entries. No measurement is known that set it. Much longer would make
	 * RELAY_ASKS as good as 1. */
	RELAY_ASKS_LAST = 4,
	/* Entries at most that go out even when others send them first. Bounds the memory; further entries are as any other. */
	RELAY_OWN_MAX = 8,
};

enum relay_trial {
	TRIAL_NONE,
	TRIAL_DUE,  /* an entry was held back; the trial's beacon is to be said */
	TRIAL_SAID, /* the beacon was said, and nobody has asked so far */
};

struct relay {
	bool has_begun;
	uint8_t firmness; /* 0..RELAY_FIRMNESS_MAX */
	uint8_t asks;     /* below RELAY_ASKS, lately */
	enum relay_trial trial;
	uint32_t own[RELAY_OWN_MAX]; /* a slot plus 1; 0: free */
};

/* News was heard. The relay is all zero before the first. `many`: many stations are in reach. */
void relay_begin(struct relay *relay, bool many);

enum relay_choice { RELAY_WAIT, RELAY_PASS_ON, RELAY_TRY };

/* News was heard that need not be everywhere at once. Judges first what came of the last trial. `chance` is a fresh random
 * number. */
enum relay_choice relay_choose(struct relay *relay, uint32_t chance);
/* A beacon went out: if a trial is due, this was its beacon. */
void relay_said(struct relay *relay);
/* Somebody asks for what the last beacon spoke of. */
void relay_called(struct relay *relay);
/* An entry goes out because somebody lacks it. */
void relay_asked(struct relay *relay);

/* The entry in `slot` is to go out even when others send it first. */
void relay_own(struct relay *relay, uint32_t slot);
bool relay_is_own(const struct relay *relay, uint32_t slot);
/* The entry went out, or left the set. */
void relay_forget(struct relay *relay, uint32_t slot);

#endif
