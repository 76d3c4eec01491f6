/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Serial ports: which there are, and how one is opened. Whoever calls owns the descriptor. */
#ifndef AIDMESH_NODE_RADIO_SERIAL_H
#define AIDMESH_NODE_RADIO_SERIAL_H

#include <stddef.h>

#include "board/text/say.h"

enum { SERIAL_PORTS_MAX = 8, SERIAL_PATH_SIZE = 256 };

/* The ports of USB sticks, each once: by their lasting names in <root>/serial/by-id, then ttyACM* and ttyUSB* in <root>, which is
 * "/dev" but in tests. Sorted. Returns how many were written. */
size_t serial_find(char ports[SERIAL_PORTS_MAX][SERIAL_PATH_SIZE], const char *root);

/* Opens a port raw, at 115200 8N1, not blocking, for this process alone; closing it will not pull the line that restarts some
 * boards. The descriptor, or -1 and in `why` what is wrong and what would help, its texts borrowed from `path` and strerror. */
int serial_open(const char *path, struct say *why);

#endif
