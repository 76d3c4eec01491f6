/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is said of the date, of what is nearly full, and of what is not taken between this node and a neighbour: in a few sentences, with the way
 * out. Pure. */
#ifndef AIDMESH_BOARD_STATE_SAID_H
#define AIDMESH_BOARD_STATE_SAID_H

#include "board/view.h"

/* Two clocks that are less apart agree, as far as people are concerned. */
enum { STATE_CLOCKS_AGREE_S = 300 };

/* How far two clocks are apart, to be told in minutes, hours or days: a second less than 40 days are 40 days. */
static inline int64_t state_clocks_apart_s(int64_t ahead_s)
{
	return (ahead_s < 0 ? -ahead_s : ahead_s) + 30;
}

/* What the date rests on; status->clock_said where that says something. */
void state_said_clock(struct said *said, const struct view_status *status);
/* What is nearly full: a sentence each, the whole node's first. Nothing where there is room. */
void state_said_rooms(struct said *said, const struct view_status *status);
/* What the peer does not take, what is not taken of it, by the reason, and how far its date is from ours. Nothing where
 * there is nothing. `ours`: how well this node knows the date. */
void state_said_left(struct said *said, const struct view_peer *peer, enum view_time_quality ours);
/* "asked 3 h ago at 40 doors, 31 answered, nothing needed": of a round that there was. */
struct say state_said_round(const struct view_round *round, int64_t now);

/* Who says of that note that it is not true; of words that were corrected since it says so. It is denied by somebody. */
struct say state_said_denial(const struct view_note *note);

#endif
