/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How many others a radio has in reach, as their beacons tell: among few it would wait for a third where there is none,
 * among many somebody else does what it leaves. Pure. */
#ifndef AIDMESH_SYNC_RADIO_REACH_H
#define AIDMESH_SYNC_RADIO_REACH_H

#include "sync/set/carrier.h"

enum { REACH_NOT_FEW = 3, REACH_MANY = 12 /* stations heard: who hears so many is not among few, is among many */ };

/* All zero: nobody was heard yet. */
struct reach {
	uint16_t stations[REACH_MANY];
	uint8_t count, before; /* since `since`, and in the time before that */
	mono_ms since;
};

/* A beacon of `station` was heard. Who is not heard again is forgotten after one to two times `memory_ms`. */
void reach_hear(struct reach *reach, uint16_t station, mono_ms memory_ms, mono_ms now);
bool reach_is_few(const struct reach *reach);
bool reach_is_many(const struct reach *reach);

#endif
