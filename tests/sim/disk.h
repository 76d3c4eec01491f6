/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A node's disk, and beside it a plain reading of the rules: which version of which register must stand there. The engine
 * is compared with it at every step; it is a naive twin of the set, one array wide.
 *
 *   rows      what was committed, until a later transaction deletes it
 *   standing  for each register the version that must stand: the later (era, time, tick, id) of all that were committed */
#ifndef AIDMESH_SIM_DISK_H
#define AIDMESH_SIM_DISK_H

#include "tests/sim/world.h"

void disk_fini(struct node *n);
/* A new row, which stands as far as the disk knows. Gives its handle. */
uint64_t disk_add(struct world *w, struct node *n, uint32_t saying);
void disk_delete(struct node *n, uint32_t row);
/* Is it on disk, and not let go? */
bool disk_has(const struct node *n, uint32_t saying);

/* Before a restart: nothing stands; every row that is still there is to be restored. */
void disk_forget_standing(struct node *n);
void disk_reappear(struct node *n, uint32_t row);

/* The rule: true when this saying is what its register says from now on. */
bool disk_stand(struct world *w, struct node *n, uint32_t saying);
/* The engine let a row go: fails unless there is a reason for it. */
void disk_drop(struct world *w, struct node *n, const struct sync_drop *drop);

/* Did what stood of that register leave since then, because its time was over? */
bool disk_let_go_since(const struct node *n, uint32_t place, uint64_t since_ms);

/* Which version stands of a register; SAYING_NONE. */
uint32_t disk_standing(const struct node *n, uint32_t place);
/* Do so many newer registers of its author stand here that its room has no place for it? */
bool disk_is_beyond_room(const struct world *w, const struct node *n, uint32_t saying);
/* Would a node that was told `time` take this in, and keep it? */
bool time_allows(const struct saying *saying, struct node_time time);

#endif
