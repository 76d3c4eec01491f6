/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Plus Codes (Open Location Code, specification of the project of that name): a place as people can read it out,
 * "8773PXF2+8R", or short beside a known place, "PXF2+8R".
 *
 *   87 73 PX F2 + 8R         five pairs of latitude and longitude to the base of 20, the plus behind the fourth
 *   20 degrees  1  .05  .0025  .000125       what a pair is wide; up to five more digits of 5 rows by 4 columns
 *   8773 0000 +              zeros stand for pairs that are left out
 *
 * Pure; integers only. */
#ifndef AIDMESH_PROTO_PLACE_PLUS_CODE_H
#define AIDMESH_PROTO_PLACE_PLUS_CODE_H

#include <stddef.h>

#include "proto/place/geo.h"

enum { PLUS_CODE_DIGITS_MAX = 15, PLUS_CODE_SIZE = PLUS_CODE_DIGITS_MAX + 2 };

/* The specification's own units, in which the bounds of every code are whole: parts of a degree. */
enum { PLUS_CODE_LAT_UNITS = 25000000, PLUS_CODE_LON_UNITS = 8192000 };

/* What a code stands for. */
struct plus_code_area {
	int64_t south, west;     /* units north of -90 and east of -180 degrees */
	int64_t height, width;   /* units */
	struct geo_box box;      /* the same bounds, rounded to the nearest millionth */
	struct geo_point centre; /* of that box */
	uint8_t digits;          /* 2, 4, 6, 8 or 10..15 significant ones */
};

/* The code of that many digits for the cell in which `point` lies: 2, 4, 6, 8 or 10..15; another count is taken for the
 * next larger one that there is, above 15 for 15. Latitudes beyond the poles are clipped, longitudes wrapped. */
void plus_code_encode(char text[PLUS_CODE_SIZE], struct geo_point point, uint8_t digits);
/* The same of units: for what is finer than a millionth of a degree. */
void plus_code_encode_units(char text[PLUS_CODE_SIZE], int64_t north, int64_t east, uint8_t digits);

/* In upper or lower case. What stands behind the 15th digit must be digits and is not looked at any further. */
bool plus_code_is_valid(const char *text);
bool plus_code_is_full(const char *text);  /* stands alone */
bool plus_code_is_short(const char *text); /* needs a place nearby */

/* Of a full code; false for any other text, and `*area` is untouched. */
bool plus_code_decode(struct plus_code_area *area, const char *text) __attribute__((warn_unused_result));
/* Of a full or a short code; a short one is the nearest to `near`. */
bool plus_code_decode_near(struct plus_code_area *area, const char *text, struct geo_point near)
	__attribute__((warn_unused_result));

#endif
