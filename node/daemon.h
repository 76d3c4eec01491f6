/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* aidmeshd: everything wired onto one libuv loop.
 *
 *   links, discovery, HTTP  -->  sync (engine)  -->  commit (pool)  -->  sync, picture  -->  links, HTTP listeners
 *
 * Timers: one, and one that feeds systemd's watchdog where there is one. It wakes for the engine's deadline, every TICK_MS to look at the clock, and while something moves for the
 * listeners who watch it; an idle node wakes for nothing else of its own. */
#ifndef AIDMESH_NODE_DAEMON_H
#define AIDMESH_NODE_DAEMON_H

#include <stdbool.h>

#include "node/settings/config.h"
#include "node/settings/reason.h"
#include "node/setup/household_key.h"

struct daemon;

/* Where the settings come from, for SIGHUP. */
struct daemon_settings {
	const void *ctx; /* outlives the daemon */
	/* Reads all of them again. 0, or -1 with a sentence; then `config` is as before. */
	int (*read)(const void *ctx, struct config *config, struct reason *why);
};

/* Opens store, key, links, discovery and HTTP. 0, or -1 with a sentence in `why`; then *daemon is NULL. It stops the node only what makes
 * it pointless: settings that are wrong, a store that cannot be opened, a control socket on which another node answers. A busy
 * port or a display that is not there is said, and tried again. `households` outlives it: a passphrase that was given holds when it
 * begins anew. */
int daemon_open(struct daemon **daemon, struct reason *why, const struct config *config,
		struct household_key *households, const struct daemon_settings *settings)
	__attribute__((warn_unused_result));
/* Runs until SIGTERM or SIGINT, or until a person has asked for another author. */
void daemon_run(struct daemon *d);
/* After daemon_run: it is to be closed and opened once more, with the settings as they are then; it is another author, or has other
 * settings. */
bool daemon_begins_anew(const struct daemon *d);
void daemon_close(struct daemon *d);

#endif
