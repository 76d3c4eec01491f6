/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Tells systemd how the daemon is doing: sd_notify(3) without libsystemd. Any thread. */
#ifndef AIDMESH_NODE_SYSTEM_NOTIFY_H
#define AIDMESH_NODE_SYSTEM_NOTIFY_H

#include <stdbool.h>

/* Sends `state`: "READY=1", "STOPPING=1", "STATUS=50 neighbours", several with newlines between. Never blocks. False
 * when nobody listens: no NOTIFY_SOCKET, or it does not take it; nothing depends on that. */
bool notify_send(const char *state);

#endif
