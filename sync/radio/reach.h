/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How many other stations are in reach of a radio, as their beacons tell.
 *
 * With few neighbours nobody else may answer, so the station answers itself, and soon. With many, another one does, so the
 * station can wait. Pure. */
#ifndef AIDMESH_SYNC_RADIO_REACH_H
#define AIDMESH_SYNC_RADIO_REACH_H

#include "sync/set/carrier.h"

enum {
	/* A station that hears so many others is not among few. Bounded from below by 2: with one neighbour there is no third
	 * to wait for. The pair of test_two_who_meet_on_a_poor_air_agree_soon is what it was made for. */
	REACH_NOT_FEW = 3,
	/* A station that hears so many others is among many. No measurement is known that set it. It bounds the memory. */
	REACH_MANY = 12,
};

/* All zero: nobody was heard yet. */
struct reach {
	uint16_t stations[REACH_MANY]; /* heard since `since` */
	uint8_t count;                 /* of them; REACH_MANY: perhaps more */
	uint8_t before;                /* heard in the time before `since` */
	mono_ms since;
};

/* A beacon of `station` was heard. A station that is not heard again is forgotten after one to two times `memory_ms`. */
void reach_hear(struct reach *reach, uint16_t station, mono_ms memory_ms, mono_ms now);
bool reach_is_few(const struct reach *reach);
bool reach_is_many(const struct reach *reach);

#endif
