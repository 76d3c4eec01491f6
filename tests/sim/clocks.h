/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Clocks that are wrong: by minutes, by months, by years; guessed, or taken for right; from the beginning, or all of a
 * sudden. In streams of chance of their own. */
#ifndef AIDMESH_SIM_CLOCKS_H
#define AIDMESH_SIM_CLOCKS_H

#include "tests/sim/world.h"

/* Who begins with which clock, and what is on the disks of those who knew the date once. */
void clocks_begin(struct world *w);
/* One of the mishaps of the storm. */
void clocks_hurt(struct world *w);

enum put_right {
	RIGHT_NET, /* while it runs; what the node asks then is answered a little later */
	RIGHT_NET_AT_START,
	RIGHT_ANSWER,
	RIGHT_PERSON,
	RIGHT_PHONE,
	RIGHT_GPS,
};

/* While it storms: that node gets the true date. */
void clocks_put_right(struct world *w, struct node *n, enum put_right how);

#endif
