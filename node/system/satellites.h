/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The date that a receiver of satellites knows, through gpsd on this machine. Where there is no gpsd it is looked for again every
 * SATELLITES_RETRY_MS. Lives on the loop's thread. */
#ifndef AIDMESH_NODE_SYSTEM_SATELLITES_H
#define AIDMESH_NODE_SYSTEM_SATELLITES_H

#include <stdint.h>

#include <uv.h>

enum { SATELLITES_RETRY_MS = 60000, SATELLITES_PORT = 2947, SATELLITES_EACH_MS = 10000 };

struct satellites;

/* `heard` is called with Unix milliseconds at each fix, at most every SATELLITES_EACH_MS. NULL: memory is out. */
struct satellites *satellites_open(uv_loop_t *loop, uint16_t port, void (*heard)(void *ctx, int64_t unix_ms),
				   void *ctx);
/* `done` is called from the loop. */
void satellites_close(struct satellites *satellites, void (*done)(void *user), void *user);

#endif
