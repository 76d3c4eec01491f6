/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who announces itself and with whom no contact comes about: the one sign by which a node can tell that a network keeps its devices
 * apart from a network on which nobody is. Pure; lives in its caller's memory.
 *
 * Announcements prove nothing: whoever forges some can make this node say that it hears somebody, and nothing worse. */
#ifndef AIDMESH_NODE_LINK_HEARD_H
#define AIDMESH_NODE_LINK_HEARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/settings/address.h"

enum {
	HEARD_MAX = 16,
	HEARD_OURS_MS = 10000, /* after so long one calls also whose call it would be: only one direction may be open */
	HEARD_UNREACHED_MS = 60000, /* after so long people are told */
	HEARD_GONE_MS = 200000,     /* longer than two announcements may be apart: it has left, or was switched off */
};

struct heard_one {
	uint8_t key[32];
	char address[ADDRESS_TEXT_SIZE];
	uint64_t first_ms, last_ms; /* last 0: this place is free */
};

/* All zero: nobody was heard. */
struct heard {
	uint64_t any_ms; /* when anybody was heard last, reached or not; 0 nobody yet */
	struct heard_one list[HEARD_MAX];
};

/* It announced itself, and there is no contact with it. True: it has done so for HEARD_OURS_MS. */
bool heard_add(struct heard *heard, const uint8_t key[32], const char *address, uint64_t now_ms);
/* There is one. */
void heard_reached(struct heard *heard, const uint8_t key[32], uint64_t now_ms);
/* How many are heard and not reached; the first of them in `*first`, untouched where there are none. */
size_t heard_unreached(const struct heard *heard, const struct heard_one **first, uint64_t now_ms);
/* When one may come to be unreached; UINT64_MAX: nobody is on the way to that. */
uint64_t heard_deadline(const struct heard *heard, uint64_t now_ms);

#endif
