/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The storm: people write, contacts come and go, power fails, clocks jump, liars lie, each in its own stream of chance,
 * until the world heals. */
#ifndef AIDMESH_SIM_STORM_H
#define AIDMESH_SIM_STORM_H

#include "tests/sim/world.h"

/* One stream each, so that what goes wrong with disks does not depend on who met whom. */
enum mishap { MISHAP_NETWORK, MISHAP_DISK, MISHAP_CLOCK, MISHAP_COUNT };

/* What was before, and the first of everything. */
void storm_begin(struct world *w);
void storm_reach(struct world *w, uint32_t edge);
void storm_person(struct world *w, struct node *n);
void storm_attack(struct world *w, struct node *n);
void storm_mishap(struct world *w, enum mishap mishap);

#endif
