/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What must hold after every event, and what must hold in the end. Each of these ends the run with one line when it does
 * not. */
#ifndef AIDMESH_SIM_CHECK_H
#define AIDMESH_SIM_CHECK_H

#include "tests/sim/world.h"

/* The bytes before (0) and behind (1) the engine's memory. */
uint8_t *check_canary(struct node *n, uint32_t which);
/* A signature was found good: then that key really signed it. */
void check_signer(const struct world *w, const struct node *n, const struct candidate *c, const struct public_key *key);
/* A person's words are not refused for their date: they are newer than all that this person said before. */
void check_taken(const struct world *w, const struct node *n, uint32_t saying, enum sync_rc rc);
/* It goes to the disk: then somebody really said it. */
void check_stored(const struct world *w, const struct node *n, const struct candidate *c);
/* A frame left the engine: it is legal, and every entry in it is on this node's disk. */
void check_sent(struct world *w, const struct node *n, struct view frame, uint32_t frame_max);
/* The engine says busy: then something is under way that will end. */
void check_busy(const struct world *w, const struct node *n);
/* Bounds, canaries, the same count as the naive twin, and a link that is called safe is. */
void check_node(struct world *w, struct node *n);

/* Do all honest nodes hold the same? */
bool check_is_same(const struct world *w);
/* Is all there that was on any honest disk when the storm ended, that of a node whose set is full among them? */
bool check_is_whole(const struct world *w);
/* Is nothing on its way to a disk? */
bool check_is_idle(const struct world *w);
/* All that was on an honest disk is still there or was replaced, all ids are the same, all links say so, and the
 * pictures are the same. */
void check_end(struct world *w);

#endif
