/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What was acknowledged to people: committed at the node where a person wrote it. It outlives every clock that is put
 * right: neither replaced nor past its time, as counted from when it was truly written, it stands in the end at its author
 * and at whoever was in contact with him since. */
#ifndef AIDMESH_SIM_PROMISE_H
#define AIDMESH_SIM_PROMISE_H

#include "tests/sim/world.h"

/* It is on the disk of this node, and a person there was told so, now or before the beginning. */
void promise_note(struct world *w, const struct node *n, uint32_t saying);
/* Do all honest nodes hold all of it? */
bool promise_is_kept(const struct world *w);
/* In the end, when all were in contact with all: fails unless this node holds it. */
void promise_check(const struct world *w, const struct node *n);

#endif
