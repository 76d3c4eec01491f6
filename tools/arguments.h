/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What people type behind a verb, turned into the API's JSON. Pure but for `now`. Each gives a new reference, or NULL
 * with what would be right in `*right`. */
#ifndef AIDMESH_TOOLS_ARGUMENTS_H
#define AIDMESH_TOOLS_ARGUMENTS_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/* "120", "12.5", "30 gal", "2 packs of 12": goes to the node as it was typed, which knows the item. */
json_t *arguments_quantity(const char *text, const char **right);
json_t *arguments_count(const char *text, const char **right);
/* "6", "24h", "3d", "1w": hours. */
json_t *arguments_hours(const char *text, const char **right);
/* The same, and "once": 0. */
json_t *arguments_every(const char *text, const char **right);
/* "6h", "2d", "30m" from `now`, or a time as it stands. */
json_t *arguments_time(const char *text, int64_t now, const char **right);
/* "6h", "2d", "30m" before `now`, or a time as it stands. */
json_t *arguments_past(const char *text, int64_t now, const char **right);
/* "35.1,-77.0", a Plus Code or a site's name: goes to the node as it was typed. */
json_t *arguments_place(const char *text, const char **right);
/* "8:00-17:30" or "8-17", and days behind it: "8-17 mon,tue". */
json_t *arguments_opening(const char *text, const char **right);
/* "water,food" as a list of words. */
json_t *arguments_list(const char *text, const char **right);

/* How many letters must change, be added, left out or swapped to make one word of the other. */
size_t arguments_distance(const char *a, const char *b);

#endif
