/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Times as ISO 8601 in UTC: "2026-09-14T06:30:00Z". Pure: no time zone of the machine. */
#ifndef AIDMESH_BOARD_TEXT_ISO_TIME_H
#define AIDMESH_BOARD_TEXT_ISO_TIME_H

#include <stdbool.h>
#include <stdint.h>

enum { ISO_TIME_SIZE = 24 };

/* `unix_s` from 0 up to the year 9999. */
void iso_time_format(char out[ISO_TIME_SIZE], int64_t unix_s);
/* Reads "2026-09-14", "2026-09-14T06:30Z", with seconds, with a space instead of T, with "+02:00", or Unix seconds.
 * Without a zone it is UTC. False when it is none of these or before 1970; `*unix_s` is then untouched. */
bool iso_time_parse(int64_t *unix_s, const char *text);

#endif
