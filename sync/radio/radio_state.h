/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What hearing and saying share. For radio.c, radio_hear.c and radio_say.c alone. */
#ifndef AIDMESH_SYNC_RADIO_RADIO_STATE_H
#define AIDMESH_SYNC_RADIO_RADIO_STATE_H

#include "sync/radio/radio.h"

/* In units of a slot, which is about what a station needs to notice that another one has begun. */
enum { RADIO_CONTENTION_SLOTS = 32, RADIO_ANSWER_SLOTS = 48 };
/* Syndromes of a beacon beyond what is thought to differ. */
enum { RADIO_CAPACITY_SPARE = 4 };
/* Finds that brought nothing are counted up to here. */
enum { RADIO_BARREN_MAX = 8 };

/* radio.c */
/* SplitMix64 (Steele, Lea, Flood 2014): for waits and salts, nothing secret. */
uint32_t radio_chance(struct radio *radio);
uint32_t radio_slots(struct radio *radio, uint32_t count);
uint32_t radio_airtime_ms(const struct radio *radio, size_t size);
/* What differs is on its way: a look whether it came. Where it does not come, however often, somebody has no room for it. */
void radio_again(struct radio *radio, uint32_t interval_ms, mono_ms now);
void radio_settle(struct radio *radio, mono_ms now);
void radio_queue(struct radio *radio, uint32_t slot, mono_ms at);
/* Waits for what was asked for, here or by another, as it may be lost. */
void radio_wait_for_answer(struct radio *radio, mono_ms now);
void radio_recall(struct radio *radio, mono_ms now);

/* Among many somebody will say in time that they hold the same; among few nobody may. */
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
