/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The date at a node, kept as the daemon keeps it: read at each use, heard from those it trusts, asked about when it
 * contradicts what was known, and when it turns out to have been wrong, the node's own words are signed again, shifted,
 * before anything else goes in or out. What outlives the power is on its disk. */
#ifndef AIDMESH_SIM_HOST_DATE_H
#define AIDMESH_SIM_HOST_DATE_H

#include "tests/sim/world.h"

/* All that is on disk is restored, and nothing else happened yet. */
void host_date_boot(struct world *w, struct node *n);
/* At each use: reads the clocks, hears the neighbours, and tells the engine. */
void host_date_read(struct world *w, struct node *n);
/* Its words are being signed again: nothing is fed, filled or written. */
bool host_date_is_held(const struct node *n);
/* When nothing is under way: signs what is left to be signed again, or ends the step. */
void host_date_step(struct world *w, struct node *n);
/* The date goes to the disk with a transaction that is whole. */
void host_date_keep(struct node *n);
/* The number that its next words carry. */
uint8_t host_date_era(const struct node *n);

/* Somebody looks at the display and at a watch: what is asked is confirmed when it is true, else the date is set. */
void host_date_answer(struct world *w, struct node *n);
void host_date_set(struct world *w, struct node *n, enum date_source source);

#endif
