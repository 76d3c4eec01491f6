/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What people write: cards, sites, needs, offers, stock, moves, notes and vouches at real shelters, and again in newer
 * versions. A register's number says its kind, so that a node writes the same few registers over and over. */
#ifndef AIDMESH_SIM_PEOPLE_H
#define AIDMESH_SIM_PEOPLE_H

#include "tests/sim/world.h"

/* Real shelters, from a table `name,city,state,address,lat,lon`. */
struct sites;
struct sites *sites_open(const char *path); /* NULL: it cannot be read */
void sites_close(struct sites *sites);

/* Somebody writes something at this node; what it cannot take now is lost. */
void people_write(struct world *w, struct node *n);
/* Signs the node's card where there is none. */
void people_make_card(struct world *w, struct node *n);
/* What that node's people might say of that register at that time. SAYING_NONE: it does not fit into an entry. */
uint32_t people_say(struct world *w, const struct node *n, const struct key *key, uint32_t number, struct hlc hlc);

#endif
