/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The last walk: when somebody came by, or a bundle was read in, after this node had been alone; and what came in since.
 * Remembered on disk, since a node that is carried is switched off on its way. Lives on the loop's thread. */
#ifndef AIDMESH_NODE_STORE_WALK_H
#define AIDMESH_NODE_STORE_WALK_H

#include "node/store/commit.h"

struct walk {
	int64_t since;       /* Unix seconds; 0: there was none yet */
	uint64_t after;      /* rows of the store beyond this one came since, or were written here */
	uint64_t entries_in; /* others' entries stored since */
};

/* What an earlier run noted. The rows since then are counted by walk_restored. */
void walk_init(struct walk *walk, struct store *store);
/* At start, for each row of another author. */
void walk_restored(struct walk *walk, uint64_t handle);
/* One begins. */
void walk_begin(struct walk *walk, struct store *store, struct commit *commit, int64_t unix_now);
/* The date was put right by so many seconds, and the walk had begun under the wrong one. Noted with the next commit. */
void walk_shift(struct walk *walk, struct commit *commit, int64_t seconds);

#endif
