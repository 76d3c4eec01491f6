/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/questions/totals.h"

#include <ctype.h>
#include <stdlib.h>

/* FNV-1a. */
uint32_t totals_size(const char *variant)
{
	uint32_t hash = 2166136261u;

	if (!*variant)
		return 0;
	for (; *variant; variant++)
		hash = (hash ^ (uint32_t)tolower((unsigned char)*variant)) * 16777619u;
	return hash ? hash : 1;
}

static struct total *place_of(const struct totals *s, uint32_t site, uint16_t item, uint32_t size)
{
	uint32_t at = (site * 2654435761u ^ item * 40503u ^ size) & (s->size - 1);

	while (s->table[at].is_used &&
	       (s->table[at].site != site || s->table[at].item != item || s->table[at].size != size))
		at = (at + 1) & (s->size - 1);
	return &s->table[at];
}

static bool grow(struct totals *s)
{
	struct totals larger = { .size = s->size ? 2 * s->size : 256, .used = s->used };

	if (2 * s->used < s->size)
		return true;
	larger.table = calloc(larger.size, sizeof *larger.table);
	if (!larger.table)
		return false;
	for (uint32_t i = 0; i < s->size; i++)
		if (s->table[i].is_used)
			*place_of(&larger, s->table[i].site, s->table[i].item, s->table[i].size) = s->table[i];
	free(s->table);
	*s = larger;
	return true;
}

struct total *totals_get(struct totals *s, uint32_t site, uint16_t item, uint32_t size)
{
	struct total *sum;

	if (!grow(s))
		return NULL;
	sum = place_of(s, site, item, size);
	if (!sum->is_used) {
		*sum = (struct total){ .site = site,
				       .item = item,
				       .size = size,
				       .is_used = true,
				       .line = FOLD_NONE,
				       .near_site = UINT32_MAX,
				       .near_m = UINT32_MAX };
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
