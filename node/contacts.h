/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who is near: joins links to the engine's carriers, and tells people about both. Lives on the loop's thread. */
#ifndef AIDMESH_NODE_CONTACTS_H
#define AIDMESH_NODE_CONTACTS_H

#include "node/links.h"
#include "node/picture.h"
#include "sync/engine.h"

struct contact {
	link_id id; /* 0: the place is free */
	uint8_t remote_key[32];
	char address[64];
	int64_t since; /* Unix seconds */
};

struct contacts {
	struct sync *sync;
	struct picture *picture;
	struct contact list[LINKS_MAX];
	int64_t walk_since;       /* when the latest contact after being alone began; 0 never */
	uint64_t walk_entries_in; /* since then */
};

bool contacts_up(struct contacts *c, link_id id, const uint8_t remote_key[32], bool dialled, const char *address,
		 mono_ms now, int64_t unix_now);
void contacts_down(struct contacts *c, link_id id);
/* An entry from a contact was stored. */
void contacts_count_in(struct contacts *c, carrier_id from);
/* By name. */
void contacts_each(struct contacts *c, const struct links *links, view_peer_cb cb, void *user);
/* Something still waits for a peer: status changes are worth showing. */
bool contacts_are_moving(const struct contacts *c);

#endif
