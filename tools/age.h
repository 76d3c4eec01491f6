/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The API's times as people say them: how long ago, how soon. Pure. */
#ifndef AIDMESH_TOOLS_AGE_H
#define AIDMESH_TOOLS_AGE_H

#include <stdint.h>

/* Unix seconds of "2026-09-14T06:30:00Z"; 0 when it is none. */
int64_t age_read(const char *iso);
/* "3 h ago" of an ISO time, by the clock of this machine or the node, whichever `now` is; "" when null. */
void age_write(char out[16], const char *iso, int64_t now);
/* "in 5 h" or "2 h late" likewise. */
void age_write_due(char out[16], const char *iso, int64_t now);

#endif
