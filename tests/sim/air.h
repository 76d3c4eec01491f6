/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The air: stations that hear those within reach, one transmission at a time each, with its airtime. A station that hears
 * another does not start; a receiver that two reach at once hears neither; who sends hears nothing; the rest is lost at
 * random, and on some seeds changed, doubled or late.
 *
 *   a ~~~~ b ~~~~ c      a and c do not hear each other (hidden): b hears neither when both send */
#ifndef AIDMESH_SIM_AIR_H
#define AIDMESH_SIM_AIR_H

#include "tests/sim/world.h"

/* Gives stations to some nodes, so that all of them reach each other, if not at once. */
void air_init(struct world *w);
void air_fini(struct world *w);
void air_boot(struct world *w, struct node *n);
void air_crash(struct world *w, struct node *n);
/* Sends the next frame if the transmitter is idle and the air is free here. */
void air_fill(struct world *w, struct node *n);
/* Sends this frame, if that can be now: no engine would. */
void air_send(struct world *w, struct node *n, struct view frame);
/* A transmission ends: who heard all of it takes it. */
void air_end(struct world *w, struct node *n);

bool air_has(const struct world *w, const struct node *n);
/* The longest time between two beacons of a station where nothing changes, s; 0: nobody has a radio. */
uint32_t air_longest_s(const struct world *w);
/* From now on: whole sets are the same, and only the shortest beacons may go out, seldom. */
void air_expect_silence(struct world *w);
/* Fails when somebody sent more than that in so many seconds. */
void air_check_silence(const struct world *w, uint64_t lasted_s);

#endif
