/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the daemon arranges with the system before it starts. */
#ifndef AIDMESH_NODE_SYSTEM_PROCESS_H
#define AIDMESH_NODE_SYSTEM_PROCESS_H

#include <stddef.h>

/* A descriptor on which SIGTERM, SIGINT and SIGHUP are read (signalfd(2)); -1 and errno. They are blocked, before the first thread, and never
 * let through again: a second signal cannot cut the stop short. */
int process_open_signals(void);
/* What this machine is called; "aidmesh node" where it has no name. Cut to `size`. */
void process_host_name(char *name, size_t size);

#endif
