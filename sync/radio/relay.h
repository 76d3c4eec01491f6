/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Which stations pass on at once what they hear over the radio: a few that cover all the others, found by trial. Pure; part of
 * a radio.
 *
 *   at first     1 unless many are in reach, until it is known who is needed
 *   firmness 0   waits until somebody turns out to lack it. Asked RELAY_ASKS times, none of them long ago: 1
 *   firmness n   passes on at once, whoever else does: a station behind it may hear nobody else. Once in 2^n it holds an
 *                entry back and says a beacon instead. Nobody asks: n is halved. Somebody does, and each time that
 *                somebody lacked what is here: n grows by 1, up to RELAY_FIRMNESS_MAX
 *
 * So whoever is needed stays, and of two of whom one would do, one goes. Where much gets lost more are asked, and more
 * pass on. A need within hours is never held back for that, and says nothing about who is needed. */
#ifndef AIDMESH_SYNC_RADIO_RELAY_H
#define AIDMESH_SYNC_RADIO_RELAY_H

#include "sync/set/set.h"

enum {
	RELAY_FIRMNESS_MAX = 4,
	RELAY_ASKS = 2,
	RELAY_ASKS_LAST = 4, /* an ask is forgotten after about so many entries */
	RELAY_OWN_MAX = 8,   /* entries on their way whoever else sends them; further ones are as any other */
};

enum relay_trial {
	TRIAL_NONE,
	TRIAL_DUE,  /* held back; its beacon is to be said */
	TRIAL_SAID, /* and nobody has asked so far */
};

struct relay {
	bool has_begun;
	uint8_t firmness, asks;
	enum relay_trial trial;
	uint32_t own[RELAY_OWN_MAX]; /* a slot plus 1; 0: free */
};

/* Something new was heard; all zero before the first. */
void relay_begin(struct relay *relay, bool many);

enum relay_choice { RELAY_WAIT, RELAY_PASS_ON, RELAY_TRY };

/* The same, of what need not be everywhere at once; `chance` is a fresh random number. What came of the last trial is
 * judged first. */
enum relay_choice relay_choose(struct relay *relay, uint32_t chance);
/* The trial's beacon went out; somebody asks for what it spoke of. */
void relay_said(struct relay *relay);
void relay_called(struct relay *relay);
/* An entry goes out because somebody lacks it. */
void relay_asked(struct relay *relay);

/* It goes out whoever else sends it. */
void relay_own(struct relay *relay, uint32_t slot);
bool relay_is_own(const struct relay *relay, uint32_t slot);
/* It went out, or left the set. */
void relay_forget(struct relay *relay, uint32_t slot);

#endif
