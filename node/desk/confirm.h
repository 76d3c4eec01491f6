/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What makes a person look twice before it is written: a quantity far beyond what is usual, a need that is there already, a
 * load for a place that does not take it, of something else or of more than is left, a promise from no stock where there is one, a
 * count of less than is promised, a handover without the ticket, a round against a
 * need that is open, a message to a place where nobody is. Asked once: whoever submits it again with `sure` is not asked. */
#ifndef AIDMESH_NODE_DESK_CONFIRM_H
#define AIDMESH_NODE_DESK_CONFIRM_H

#include "node/desk/draft.h"

enum {
	CONFIRM_TIMES = 5,  /* what is usual */
	CONFIRM_DAYS = 3,   /* for which that is counted, where nobody said how many */
	CONFIRM_EACH = 100, /* for each of the people, of what the catalogue has no figure for */
};

/* DOOR_OK, or DOOR_E_ASK with the question in answer->text. `entry` is what is about to be written. */
enum door_rc confirm_asks(struct door_answer *answer, const struct draft_desk *desk, const struct door_request *asked,
			  const struct entry *entry);

/* Of the load that a move takes in: so much of it does not come, and counts as lost. */
uint64_t confirm_rest(const struct draft_desk *desk, const struct move *move);
/* The same of a move alone: is it far beyond what its need asks for? */
enum door_rc confirm_beyond(struct door_answer *answer, const struct draft_desk *desk, const struct move *move);
/* Of a load that it carries on; `before_milli`: so much of it this word said before it is corrected, else 0. */
enum door_rc confirm_load(struct door_answer *answer, const struct draft_desk *desk, const struct move *move,
			  uint64_t before_milli);
/* Of a round alone: does it say that nothing is needed where something is asked for? */
enum door_rc confirm_round(struct door_answer *answer, const struct draft_desk *desk, const struct line *round);

/* confirm_goods.c: the same of the place alone where a new line is to stand, */
enum door_rc confirm_place(struct door_answer *answer, const struct draft_desk *desk, const struct line *line);
/* of a site by its place in the list: is somebody there? */
enum door_rc confirm_open(struct door_answer *answer, const struct draft_desk *desk, uint32_t site);
/* and of the goods that a move speaks of. */
enum door_rc confirm_goods(struct door_answer *answer, const struct draft_desk *desk, const struct move *move);
/* Of a stock or offer of the list that was counted anew, or closed: is more promised than is left? A row of a table is told. */
enum door_rc confirm_count(struct door_answer *answer, const struct draft_desk *desk, const struct door_request *asked,
			   uint32_t index, const struct line *line);
/* Of these goods alone whether what leaves is what is asked for. */
enum door_rc confirm_ends(struct door_answer *answer, const struct draft_desk *desk, const struct move *move);

#endif
