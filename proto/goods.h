/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a place's and a line's own words mean for goods. A full place still asks for those who are in it; it takes nothing in to
 * keep. */
#ifndef AIDMESH_PROTO_GOODS_H
#define AIDMESH_PROTO_GOODS_H

#include <strings.h>

#include "proto/bounds.h"
#include "proto/entry.h"

/* Nobody stands there any more, to hand out or to take in. */
static inline bool site_is_gone(const struct site *site)
{
	return site->state == SITE_CLOSED || site->state == SITE_MOVED;
}

/* `sector`: its place in the catalogue. */
static inline bool site_refuses(const struct site *site, unsigned sector)
{
	return site->refuses >> sector & 1;
}

/* Both say a size or form, and not the same. Who says none takes any. */
static inline bool variants_differ(const char *a, const char *b)
{
	return *a && *b && strcasecmp(a, b) != 0;
}

/* The last day on which it can be used is over, everywhere by UTC. `use_by` as line.use_by. */
static inline bool day_is_over(uint16_t use_by, uint32_t now_s)
{
	return use_by && now_s / EPOCH_S > use_by;
}

static inline bool line_is_past_use(const struct line *line, uint32_t now_s)
{
	return day_is_over(line->use_by, now_s);
}

#endif
