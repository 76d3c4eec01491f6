/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Liars. An attacker runs a real engine whose host believes everything: what it made up is compared, summed up and offered
 * as if it were true, in whatever language engines speak. On the way out its frames are mangled, and others are put in
 * between that no engine would send.
 *
 *   attacker_act   -> entries into its own engine: forged, junk under true bodies, dated ahead, retyped, same hints
 *                  -> frames by hand: replayed, stale versions, too many registers, garbage, too large
 *   attacker_pass  -> its engine's frames with flipped bits, cut off, doubled, under another kind */
#ifndef AIDMESH_SIM_ATTACKER_H
#define AIDMESH_SIM_ATTACKER_H

#include "tests/sim/world.h"

void attacker_init(struct world *w, struct node *n);
void attacker_act(struct world *w, struct node *n);
/* A frame of the attacker's engine leaves by this side of the session. */
void attacker_pass(struct world *w, uint32_t session, uint32_t side, struct view frame);
/* A frame that anyone sent: it may be sent again. */
void attacker_overhear(struct world *w, struct view frame);
/* A frame as a bad line changes it, into `bytes`; gives its size. */
size_t attacker_mangle(struct dice *d, uint8_t *bytes, size_t cap, struct view frame);
void attacker_fini(struct world *w);

#endif
