/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What hearing and saying share. For radio.c, radio_hear.c and radio_say.c alone. */
#ifndef AIDMESH_SYNC_RADIO_RADIO_STATE_H
#define AIDMESH_SYNC_RADIO_RADIO_STATE_H

#include "sync/radio/radio.h"

/* Waits are random, and at most so many slots long. A slot is about the time in which a station notices that another one
 * has begun: 24 ms at SF9, 125 kHz. tools/bench sync (its radio part) and tools/bench radio measure all waits together. */
enum {
	/* Before each frame. No measurement of this number alone is known. Two stations choose the same slot once in 32. */
	RADIO_CONTENTION_SLOTS = 32,
	/* Before an answer. It is longer than RADIO_CONTENTION_SLOTS, since all hearers answer the same beacon. */
	RADIO_ANSWER_SLOTS = 48,
};
/* Syndromes of a beacon beyond what is thought to differ. One shows that the sketch is not overfull. The others are for
 * what changed meanwhile; no measurement of them alone is known. */
enum { RADIO_CAPACITY_SPARE = 4 };
/* Resets of Trickle that brought nothing are counted up to here. It bounds the shift of an interval: 2^8 times the shortest
 * is the longest. */
enum { RADIO_BARREN_MAX = 8 };

/* radio.c */
/* A random number for waits and salts, where nothing is secret. */
uint32_t radio_chance(struct radio *radio);
/* A random time below `count` slots, in ms. */
uint32_t radio_slots(struct radio *radio, uint32_t count);
uint32_t radio_airtime_ms(const struct radio *radio, size_t size);
/* What differs is on its way. The next beacon, after `interval_ms`, looks whether it came. Each time that it did not come
 * the interval doubles: somebody may have no room for it. */
void radio_again(struct radio *radio, uint32_t interval_ms, mono_ms now);
/* Repairs are expected: beacons wait until the air has been quiet for a while. */
void radio_settle(struct radio *radio, mono_ms now);
/* The entry in `slot` is to go out, not before `at`. */
void radio_queue(struct radio *radio, uint32_t slot, mono_ms at);
/* Somebody called for what is lacked here: this station or another one. The answer may be lost, so the next call is made
 * ready, late enough for the answer to come first. */
void radio_wait_for_answer(struct radio *radio, mono_ms now);
/* The same, and the call counts as one of RADIO_CALL_TRIES. */
void radio_recall(struct radio *radio, mono_ms now);

/* Whether the next beacon asks who holds the same. With few neighbours nobody may say so unasked. With many, somebody will
 * say it in time. */
static inline bool radio_wants_answer(const struct radio *radio)
{
	return !radio->agreed && reach_is_few(&radio->reach);
}

/* Syndromes that suit so many differences. */
static inline uint32_t radio_sketch_for(uint32_t differ)
{
	return differ + RADIO_CAPACITY_SPARE < RADIO_SKETCH_MAX ? differ + RADIO_CAPACITY_SPARE : RADIO_SKETCH_MAX;
}

#endif
