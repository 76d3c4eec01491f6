/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What happens next: a binary heap of events in the order of (time, insertion). Two runs that put the same events in
 * take them out in the same order, whatever the machine. */
#ifndef AIDMESH_SIM_HEAP_H
#define AIDMESH_SIM_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum event_kind {
	EVENT_ARRIVE,  /* subject: session; tag: its generation and the side; a frame is at the end of a lane */
	EVENT_DOWN,    /* subject, tag as above: that side learns that the contact broke */
	EVENT_CUT,     /* subject, tag as above: the contact breaks */
	EVENT_DIAL,    /* subject: edge */
	EVENT_REACH,   /* subject: edge; comes into reach or leaves it */
	EVENT_WALK,    /* subject: node; goes to the next island */
	EVENT_TIMER,   /* subject: node; what its engine asked for */
	EVENT_COMMIT,  /* subject: node; tag: boot; the transaction ends */
	EVENT_TICK,    /* subject: node; tag: boot */
	EVENT_BOOT,    /* subject: node */
	EVENT_PERSON,  /* subject: node */
	EVENT_CLOCK,   /* subject: node; tag: enum put_right; its date is put right */
	EVENT_MISHAP,  /* subject: enum mishap */
	EVENT_ATTACK,  /* subject: node */
	EVENT_AIR_END, /* subject: node; its transmission ends */
	EVENT_CHECK,   /* are all the same yet? */
	EVENT_HEAL,
};

struct event {
	uint64_t at_ms;
	uint64_t order; /* of insertion */
	uint64_t tag;
	uint32_t subject;
	enum event_kind kind;
};

struct heap {
	struct event *events;
	size_t count, cap;
	uint64_t order;
};

void heap_fini(struct heap *heap);
void heap_put(struct heap *heap, uint64_t at_ms, enum event_kind kind, uint32_t subject, uint64_t tag);
/* The earliest; false when there is none. */
bool heap_take(struct heap *heap, struct event *event);

#endif
