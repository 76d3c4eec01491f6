/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Contacts by link: two nodes of an edge meet, frames run through two lanes with a rate, a delay and a bound on what is on
 * its way, until the contact breaks. Nothing is lost or reordered before that; what was on its way then is lost, and each
 * side learns of it in its own time.
 *
 *   ends[0] == fill ==> lane 1 == feed ==> ends[1]
 *   ends[0] <== feed == lane 0 <== fill == ends[1]     busy: the lane waits, and fills up to its window */
#ifndef AIDMESH_SIM_CONTACT_H
#define AIDMESH_SIM_CONTACT_H

#include "tests/sim/world.h"

/* Tries to begin a contact; tries again later when it cannot be. */
void contact_dial(struct world *w, uint32_t edge);
/* The edge comes into reach, or leaves it. */
void contact_reach(struct world *w, uint32_t edge, bool in_reach);
/* Frames that are due at the end of a lane. `tag` as in struct event. */
void contact_arrive(struct world *w, uint32_t session, uint64_t tag);
/* The contact breaks; nothing gets through from now on. */
void contact_cut(struct world *w, uint32_t session, uint64_t tag);
/* One side learns that it broke. */
void contact_down(struct world *w, uint32_t session, uint64_t tag);
/* The node's power went. */
void contact_crash(struct world *w, struct node *n);

uint64_t contact_tag(const struct session *s, uint32_t side);
/* As much as the lanes take. */
void contact_fill(struct world *w, struct node *n);
/* The node is no longer busy: what waited is fed again. */
void contact_resume(struct world *w, struct node *n);
/* A partition is over before its time: what waited for that is at the end of its lane. */
void contact_wake(struct world *w);
/* Puts a frame onto the lane that leaves `side`, as the peer's carrier would. */
void contact_send(struct world *w, uint32_t session, uint32_t side, struct view frame);
/* A frame was taken in: it is counted, and goes into the hash of the trace. */
void contact_note(struct world *w, const struct node *n, struct view frame);
void contact_fini(struct world *w);
/* Cuts every contact; those of one node when `only` is not NONE. */
void contact_cut_all(struct world *w, uint32_t only);

#endif
