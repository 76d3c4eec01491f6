/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whether a radio has few others in reach, as their beacons tell: who would wait for a third where there is none. Pure. */
#ifndef AIDMESH_SYNC_FEW_H
#define AIDMESH_SYNC_FEW_H

#include "sync/engine.h"

enum { FEW_MAX = 3 /* who hears so many stations is not among few */ };

/* All zero: nobody was heard yet. */
struct few {
	uint16_t stations[FEW_MAX];
	uint8_t count, before; /* since `since`, and in the time before that */
	mono_ms since;
};

/* A beacon of `station` was heard. Who is not heard again is forgotten after one to two times `memory_ms`. */
void few_hear(struct few *few, uint16_t station, mono_ms memory_ms, mono_ms now);
bool few_are_in_reach(const struct few *few);

#endif
