/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A node: the host round an engine, in exactly the order that engine.h asks for. Its disk outlives the power, its engine
 * does not. After every turn the engine is compared with what must be true. */
#ifndef AIDMESH_SIM_HOST_H
#define AIDMESH_SIM_HOST_H

#include "tests/sim/world.h"

/* Off, with an empty disk. Its index and role are set. */
void host_init(struct world *w, struct node *n, uint32_t carriers_max);
void host_fini(struct node *n);
void host_boot(struct world *w, struct node *n);
/* The power goes, or the program is killed and the machine goes on: what is in mid-transaction is on disk or not, never in
 * part. */
void host_crash(struct world *w, struct node *n);

mono_ms host_mono(const struct world *w, const struct node *n);
/* What its clock shows. */
struct node_time host_time(const struct world *w, const struct node *n);
void host_tick(struct world *w, struct node *n);
/* What the engine let go is to be deleted. */
void host_drain(struct world *w, struct node *n);
/* What this node says, signed already. Notes what it was given as somebody's words. */
enum sync_rc host_publish(struct world *w, struct node *n, uint32_t saying);
/* Straight onto the disk of a node that is off: what it knew before. */
void host_remember(struct world *w, struct node *n, uint32_t saying);

/* After any input: take changes into a transaction, fill the carriers, arm the timer, check. */
void host_turn(struct world *w, struct node *n);
void host_timer(struct world *w, struct node *n);
void host_commit(struct world *w, struct node *n);

#endif
