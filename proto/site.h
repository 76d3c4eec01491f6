/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a place's own words mean for goods. A full place still asks for those who are in it; it takes nothing in to keep. */
#ifndef AIDMESH_PROTO_SITE_H
#define AIDMESH_PROTO_SITE_H

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

#endif
