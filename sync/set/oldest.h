/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Which register of an author gives way next in a room that is full: the oldest, as entry_is_newer has it. Asked for each entry of
 * such an author, so a few answers are kept; without one it takes a look through the set. Pure. */
#ifndef AIDMESH_SYNC_SET_OLDEST_H
#define AIDMESH_SYNC_SET_OLDEST_H

#include "sync/set/set.h"

enum { OLDEST_KEPT = 4 };

struct oldest_answer {
	uint32_t slot;
	uint16_t author;
	uint8_t room;
	bool is_known;
};

/* All zero: nothing is known. */
struct oldest {
	struct oldest_answer answers[OLDEST_KEPT];
	uint8_t next; /* the answer that gives way */
};

/* The author must have a register in that room (asserted). */
uint32_t oldest_find(struct oldest *o, const struct set *set, uint16_t author, enum room room);
/* Told of each slot that came into the set, and before each leaves it. */
void oldest_came(struct oldest *o, const struct set *set, uint32_t slot);
void oldest_left(struct oldest *o, uint32_t slot);

#endif
