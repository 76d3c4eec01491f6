/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who is near: joins links to the engine's carriers, and tells people about both. Lives on the loop's thread. */
#ifndef AIDMESH_NODE_LINK_NEIGHBOURS_H
#define AIDMESH_NODE_LINK_NEIGHBOURS_H

#include "node/link/links.h"
#include "node/picture/picture.h"
#include "sync/clock/date.h"
#include "sync/engine.h"

struct neighbour {
	link_id id; /* 0: the place is free */
	uint8_t remote_key[32];
	char address[64];
	int64_t since;             /* Unix seconds */
	enum view_peer_state told; /* as neighbours_news told it last: SAFE, LEFT or neither */
	uint64_t told_left;
};

struct neighbours {
	struct sync *sync;
	struct picture *picture;
	struct neighbour list[LINKS_MAX];
};

bool neighbours_up(struct neighbours *c, link_id id, const uint8_t remote_key[32], bool dialled, const char *address,
		   mono_ms now, int64_t unix_now);
void neighbours_down(struct neighbours *c, link_id id);
/* Nobody is near. */
bool neighbours_is_alone(const struct neighbours *c);
/* With somebody all is compared, and on both disks. */
bool neighbours_any_is_safe(const struct neighbours *c);
/* What those say about the date, for now, whom this node trusts; at most `max` of them. The picture is folded. */
size_t neighbours_dates(struct neighbours *c, struct date_told *told, size_t max);
/* Those near whom this node trusts; at most `max` of them. The picture is folded. */
size_t neighbours_authors(struct neighbours *c, struct public_key *authors, size_t max);
/* By name. `now_s`: this node's date, seconds since 2020. */
size_t neighbours_each(struct neighbours *c, const struct links *links, uint32_t now_s, const struct view_query *query,
		       view_peer_cb cb, void *user);
/* This node's date was put right by so many seconds, to `unix_now`: when contacts began is told by the right one. */
void neighbours_shift(struct neighbours *c, int64_t seconds, int64_t unix_now);
/* Those that have come to be safe, or of which something else is not taken, since they were told last. */
void neighbours_news(struct neighbours *c, const struct links *links, uint32_t now_s, view_peer_cb cb, void *user);
/* How far all contacts together are: LINK_SAFE when nobody is near or all are safe, LINK_TRANSFER while anything moves,
 * LINK_LEFT when nothing does and something is not taken. */
enum link_state neighbours_progress(const struct neighbours *c);

#endif
