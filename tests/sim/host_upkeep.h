/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a node said and is used stays: it renews its own words before their days are over, as the daemon does
 * (sync/clock/upkeep.h), and says nothing that its card does not outlive. */
#ifndef AIDMESH_SIM_HOST_UPKEEP_H
#define AIDMESH_SIM_HOST_UPKEEP_H

#include "tests/sim/world.h"

/* The date jumped over days, or the node starts: nothing is retired before what is used is renewed. */
bool host_upkeep_holds(const struct node *n, struct node_time time);
/* What its author's node renews. */
bool host_upkeep_uses(const struct saying *saying);
/* Renews what is due; at each tick. */
void host_upkeep(struct world *w, struct node *n);
/* All of today is said. */
bool host_upkeep_is_done(const struct node *n);
/* The card is signed first where it would leave before what is to be said now. */
void host_upkeep_card(struct world *w, struct node *n, enum entry_kind kind);

#endif
