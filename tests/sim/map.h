/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who may meet whom: the nodes of a plan, and the edges between them. The honest nodes alone are always joined, if need be
 * by who walks; attackers and nodes with too small a set hang on to them and hold nothing together. */
#ifndef AIDMESH_SIM_MAP_H
#define AIDMESH_SIM_MAP_H

#include "tests/sim/world.h"

/* Makes the nodes, off and with empty disks, and all edges. */
void map_make(struct world *w);
void map_fini(struct world *w);
/* The edges of a carried node: in reach are those to the island where it is now. */
void map_walk_to(struct world *w, struct node *n, uint32_t island);
bool map_is_walker(const struct world *w, const struct node *n);
struct node *map_some_honest(struct world *w, struct dice *d);

#endif
