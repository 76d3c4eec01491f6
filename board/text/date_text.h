/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Dates for people: "30 Nov 2026 12:40", in the time zone of the machine. Programs get ISO 8601 (iso_time.h).
 *
 * `months` is twelve words between blanks: the phrase `months` of a language. */
#ifndef AIDMESH_BOARD_TEXT_DATE_TEXT_H
#define AIDMESH_BOARD_TEXT_DATE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

enum { DATE_TEXT_SIZE = 40, DATE_ZONE_SIZE = 8 };

enum date_form {
	DATE_MINUTE,       /* "30 Nov 2026 12:40" */
	DATE_MINUTE_SHORT, /* "30 Nov 26 12:40" */
	DATE_DAY,          /* "30 Nov 2026" */
};

void date_text_write(char out[DATE_TEXT_SIZE], enum date_form form, const char *months, int64_t unix_s);
/* "CET", "UTC", "-03". */
void date_text_zone(char out[DATE_ZONE_SIZE], int64_t unix_s);
/* As people type it: "2026-11-30 12:40", the same with seconds or T, "2026-11-30T12:40Z" or with "+02:00", "12:40" on the day
 * of `now`. A month, day or hour of one digit is one. Without a zone it is the machine's. False when it is none of these; `*unix_s` is then untouched. */
bool date_text_read(int64_t *unix_s, const char *text, int64_t now);

#endif
