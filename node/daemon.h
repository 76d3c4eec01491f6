/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* aidmeshd: everything wired onto one libuv loop.
 *
 *   links, discovery, HTTP  -->  sync (engine)  -->  commit (pool)  -->  sync, picture  -->  links, HTTP listeners
 *
 * Timers: one. It wakes for the engine's deadline, every TICK_MS to look at the clock, and while something moves for the
 * listeners who watch it; an idle node wakes for nothing else of its own. */
#ifndef AIDMESH_NODE_DAEMON_H
#define AIDMESH_NODE_DAEMON_H

#include <stdbool.h>

#include "node/settings/config.h"
#include "node/settings/reason.h"
#include "node/setup/household_key.h"

struct daemon;

/* Opens store, key, links, discovery and HTTP. `households` outlives it: a passphrase that was given holds when it begins anew.
 * 0, or -1 with a sentence in `why`; then *daemon is NULL. */
int daemon_open(struct daemon **daemon, struct reason *why, const struct config *config,
		struct household_key *households) __attribute__((warn_unused_result));
/* Runs until SIGTERM or SIGINT, or until a person has asked for another author. */
void daemon_run(struct daemon *d);
/* After daemon_run: it is to be closed and opened once more, with the settings as they are then; it is another author, or has other
 * settings. */
bool daemon_begins_anew(const struct daemon *d);
void daemon_close(struct daemon *d);

#endif
