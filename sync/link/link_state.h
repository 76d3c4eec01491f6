/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What hearing and saying share. For link.c and link_say.c alone. */
#ifndef AIDMESH_SYNC_LINK_LINK_STATE_H
#define AIDMESH_SYNC_LINK_LINK_STATE_H

#include "sync/link/link.h"

/* Changes the phase; asserts that the move is one of those drawn in link.h. */
void link_move(struct link *link, enum link_phase to);
bool link_is_same(const struct frame_summary *a, const struct frame_summary *b);
/* What is here of the days that both keep. Computed once for each revision of the set, so a peer that says SUMMARY over and
 * over costs nothing. */
struct frame_summary link_whole(struct link *link, const struct link_ground *ground);
/* What is to be said with LEFT. */
struct frame_left link_left(struct link *link, const struct link_ground *ground);
/* The peer holds all that is here: nothing is left to be sent. */
void link_agree(struct link *link, uint64_t revision);
/* The elements of the last PROBE. All links share one sketcher. When another link has used it meanwhile, the elements are
 * made anew, which gives the same only while the set has not changed. NULL: the set has changed, and the next PROBE begins
 * another series. */
const struct element_index *link_look_through(struct link *link, const struct link_ground *ground);
/* When SUMMARY is to be said if nothing else happens. Not while answers may still come. */
mono_ms link_state_at(const struct link *link, const struct compare *compare);

#endif
