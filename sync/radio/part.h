/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is here of a part of the set, under a beacon's salt; and which parts a difference is found by that one sketch does
 * not hold. Pure. */
#ifndef AIDMESH_SYNC_RADIO_PART_H
#define AIDMESH_SYNC_RADIO_PART_H

#include "sync/set/set.h"

struct part {
	struct salt salt;
	struct days days;
	uint32_t buckets, bucket;
};

/* `number` is a beacon's: 2^k + i is bucket i of 2^k. */
struct part part_of(uint32_t salt, struct days days, uint16_t number);
/* Whether it is of that part; then its element. */
bool part_has(const struct part *part, const struct set *set, uint32_t slot, uint32_t *element);
uint32_t part_count(const struct part *part, const struct set *set);
/* Adds all of it to the syndromes `from` to `to` - 1, which stand in syndromes[0..to - from). */
void part_sketch(const struct part *part, const struct set *set, uint32_t *syndromes, uint32_t from, uint32_t to);

enum {
	PARTS_MAX = 1024,
	PARTS_DIFFER = 30,   /* differences that a part should have */
	PARTS_QUIET_MAX = 3, /* parts in a row that may bring nothing: what brings nothing was not lost each time */
};

/* One part after another; all zero: the whole set. */
struct parts {
	uint16_t count; /* a power of two */
	uint16_t next;
	uint8_t quiet;
};

/* Of one of `buckets` parts at least `differ` entries differ: begins with at least twice as many parts. */
void parts_begin(struct parts *parts, uint32_t buckets, uint32_t differ);
/* The number of the next part to be said, as part_of takes it; 1: all, as there are no parts or they have brought nothing.
 * `moved`: entries went to and fro since the last one. After the last one there are none. */
uint16_t parts_next(struct parts *parts, bool moved);

#endif
