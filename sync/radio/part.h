/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Parts of the set. A sketch in a beacon holds few differences. When there are more, the set is cut into parts by its
 * elements, and each beacon speaks of one part. This file says what is here of a part, and which part comes next. Pure. */
#ifndef AIDMESH_SYNC_RADIO_PART_H
#define AIDMESH_SYNC_RADIO_PART_H

#include "sync/set/set.h"

struct part {
	struct salt salt;
	struct days days;
	uint32_t buckets, bucket;
};

/* `number` is a beacon's, at least 1: 2^k + i is bucket i of 2^k. */
struct part part_of(uint32_t salt, struct days days, uint16_t number);
/* True when the entry in `slot` is of that part; *element is then its element. */
bool part_has(const struct part *part, const struct set *set, uint32_t slot, uint32_t *element);
uint32_t part_count(const struct part *part, const struct set *set);
/* Adds every entry of that part to the syndromes `from` to `to` - 1, which stand in syndromes[0..to - from). */
void part_sketch(const struct part *part, const struct set *set, uint32_t *syndromes, uint32_t from, uint32_t to);

enum {
	/* Parts at most. Bounded by what one station's lie can set in motion: 1,024 beacons, but see PARTS_QUIET_MAX. */
	PARTS_MAX = 1024,
	/* Differences that a part should have. Bounded by the 44 that a beacon's sketch can show: parts differ in size by
	 * chance, and 30 leave room for two and a half standard deviations. */
	PARTS_DIFFER = 30,
	/* Parts in a row that may bring nothing. The fourth ends it: a difference that is there is hardly lost four times in
	 * a row. The figures of "Large differences" were measured with it. */
	PARTS_QUIET_MAX = 3,
};

/* One part after another; all zero: there are no parts. */
struct parts {
	uint16_t count; /* of parts, a power of two; 0: the beacon speaks of the whole set */
	uint16_t next;  /* index of the part that comes next */
	uint8_t quiet;  /* parts in a row after which no entry moved */
};

/* In one of `buckets` parts at least `differ` entries differ. Begins with at least twice as many parts. */
void parts_begin(struct parts *parts, uint32_t buckets, uint32_t differ);
/* The number of the next part to be said, as part_of takes it. 1 is the whole set: there are no parts, or the last ones
 * brought nothing. `moved` says whether entries went over the air since the last part. */
uint16_t parts_next(struct parts *parts, bool moved);

#endif
