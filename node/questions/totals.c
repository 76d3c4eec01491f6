/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/questions/totals.h"

#include <stdlib.h>

static struct total *place_of(struct total *table, uint32_t size, uint32_t site, uint16_t item)
{
	uint32_t at = (site * 2654435761u ^ item * 40503u) & (size - 1);

	while (table[at].is_used && (table[at].site != site || table[at].item != item))
		at = (at + 1) & (size - 1);
	return &table[at];
}

static bool grow(struct totals *s)
{
	uint32_t size = s->size ? 2 * s->size : 256;
	struct total *table;

	if (2 * s->used < s->size)
		return true;
	table = calloc(size, sizeof *table);
	if (!table)
		return false;
	for (uint32_t i = 0; i < s->size; i++)
		if (s->table[i].is_used)
			*place_of(table, size, s->table[i].site, s->table[i].item) = s->table[i];
	free(s->table);
	s->table = table;
	s->size = size;
	return true;
}

struct total *totals_get(struct totals *s, uint32_t site, uint16_t item)
{
	struct total *sum;

	if (!grow(s))
		return NULL;
	sum = place_of(s->table, s->size, site, item);
	if (!sum->is_used) {
		*sum = (struct total){
			.site = site, .item = item, .is_used = true, .near_site = UINT32_MAX, .near_m = UINT32_MAX
		};
		s->used++;
	}
	return sum;
}

void totals_fini(struct totals *s)
{
	free(s->table);
}

uint32_t totals_earlier(uint32_t a, uint32_t b)
{
	return !a || (b && b < a) ? b : a;
}
