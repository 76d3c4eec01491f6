/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is here of a part of the set, under a beacon's salt. Pure. */
#ifndef AIDMESH_SYNC_PART_H
#define AIDMESH_SYNC_PART_H

#include "sync/set.h"

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

#endif
