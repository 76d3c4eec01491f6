/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Tells systemd how the daemon is doing: sd_notify(3) without libsystemd. Any thread. */
#ifndef AIDMESH_NODE_SYSTEM_NOTIFY_H
#define AIDMESH_NODE_SYSTEM_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* Sends `state`: "READY=1", "STOPPING=1", "STATUS=50 neighbours", several with newlines between. Never blocks. False
 * when nobody listens: no NOTIFY_SOCKET, or it does not take it; nothing depends on that. */
bool notify_send(const char *state);
/* "RELOADING=1" with the time that systemd wants beside it; READY=1 is to follow. */
void notify_send_reloading(void);
/* How often "WATCHDOG=1" is to be sent: half of what WATCHDOG_USEC allows (sd_watchdog_enabled(3)). 0: nobody watches, or
 * another process is meant by WATCHDOG_PID. */
uint64_t notify_watchdog_ms(void);

#endif
