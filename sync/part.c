/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/part.h"

#include "sync/sketch.h"

struct part part_of(uint32_t salt, struct days days, uint16_t number)
{
	struct part part = { .salt = salt_of_beacon(salt), .days = days, .buckets = 1 };

	while (number >> 1 >= part.buckets)
		part.buckets *= 2;
	part.bucket = number - part.buckets;
	return part;
}

bool part_has(const struct part *part, const struct set *set, uint32_t slot, uint32_t *element)
{
	if (!set_is_live(set, slot) || !slot_is_within(&set->slots[slot], part->days))
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

	for (uint32_t slot = 0; slot < set->used; slot++)
		if (part_has(part, set, slot, &element))
			sketch_add(syndromes, from, to - from, &element, 1);
}
