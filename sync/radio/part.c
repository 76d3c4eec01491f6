/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/radio/part.h"

#include "sync/set/sketch.h"

struct part part_of(uint32_t salt, struct days days, uint16_t number)
{
	struct part part = { .salt = salt_of_beacon(salt), .days = days, .buckets = 1 };

	assert(number > 0);
	while (number >> 1 >= part.buckets)
		part.buckets *= 2;
	part.bucket = number - part.buckets;
	assert(part.bucket < part.buckets);
	return part;
}

bool part_has(const struct part *part, const struct set *set, uint32_t slot, uint32_t *element)
{
	if (!set_is_within(set, slot, part->days))
		return false;
	*element = element_of(&part->salt, &set->slots[slot].id);
	return bucket_of(*element, part->buckets) == part->bucket;
}

uint32_t part_count(const struct part *part, const struct set *set)
{
	uint32_t count = 0, element;

	for (uint32_t slot = 0; slot < set->used; slot++)
		count += part_has(part, set, slot, &element);
	return count;
}

void part_sketch(const struct part *part, const struct set *set, uint32_t *syndromes, uint32_t from, uint32_t to)
{
	uint32_t element;

	assert(from <= to);
	assert(to <= SYNDROMES_MAX);
	for (uint32_t slot = 0; slot < set->used; slot++)
		if (part_has(part, set, slot, &element))
			sketch_add(syndromes, from, to - from, &element, 1);
}

void parts_begin(struct parts *parts, uint32_t buckets, uint32_t differ)
{
	uint32_t count = 2 * buckets;

	assert(buckets > 0);
	assert((buckets & (buckets - 1)) == 0);
	while (count < PARTS_MAX && differ / (count / buckets) > PARTS_DIFFER)
		count *= 2;
	/* The station that asked for parts may have lied. Nothing has shown yet that there is a difference. */
	*parts = (struct parts){ .count = (uint16_t)(count < PARTS_MAX ? count : PARTS_MAX), .quiet = 1 };
	assert(parts->count <= PARTS_MAX);
	assert(parts->count > 1);
}

uint16_t parts_next(struct parts *parts, bool moved)
{
	uint16_t number;

	if (parts->next)
		parts->quiet = moved ? 0 : parts->quiet + 1;
	if (!parts->count || parts->quiet > PARTS_QUIET_MAX) {
		*parts = (struct parts){ 0 };
		return 1;
	}
	assert(parts->next < parts->count);
	number = parts->count + parts->next++;
	if (parts->next == parts->count)
		*parts = (struct parts){ 0 };
	return number;
}
