/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A place as people type it: "35.1,-77.0", "35.1 -77.0", "35.1N 77.0W", "8773PXF2+8R", "PXF2+8R". A site's name is none
 * of these and for the caller to look up. Pure; integers only. */
#ifndef AIDMESH_PROTO_PLACE_PLACE_TEXT_H
#define AIDMESH_PROTO_PLACE_PLACE_TEXT_H

#include "proto/place/geo.h"

enum place_text {
	PLACE_TEXT_POINT,     /* degrees, or a Plus Code of ten and more digits */
	PLACE_TEXT_CELL,      /* a Plus Code of 4, 6 or 8 digits */
	PLACE_TEXT_SHORT,     /* a Plus Code that needs a place nearby: nothing is known yet */
	PLACE_TEXT_NOT_EARTH, /* degrees that there are none of, or a code of two digits */
	PLACE_TEXT_OTHER,     /* none of these */
};

enum { PLACE_TEXT_POINT_DIGITS = 15 };

/* Degrees have a point before their decimals and are rounded to a millionth; N, S, E, W (or O) stand before or behind
 * both numbers, in either order, or behind none. `*point`, the middle of a cell, and `*digits` are untouched unless it
 * is a point or cell. `near` is where a short code is looked for, NULL: nowhere, then it stays PLACE_TEXT_SHORT. */
enum place_text place_text_read(struct geo_point *point, uint8_t *digits, const char *text,
				const struct geo_point *near) __attribute__((warn_unused_result));

#endif
