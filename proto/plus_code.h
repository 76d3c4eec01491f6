/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Plus Codes (Open Location Code, specification of the project of that name): a place as people can read it out,
 * "8773PXF2+8R", or short beside a known place, "PXF2+8R".
 *
 * Pure; integers only. */
#ifndef AIDMESH_PROTO_PLUS_CODE_H
#define AIDMESH_PROTO_PLUS_CODE_H

#include <stddef.h>

#include "proto/geo.h"

enum { PLUS_CODE_DIGITS_MAX = 15, PLUS_CODE_SIZE = PLUS_CODE_DIGITS_MAX + 2 };

/* What a code stands for. */
struct plus_code_area {
	struct geo_box box; /* bounds, rounded to the nearest millionth */
	struct geo_point centre;
	uint8_t digits; /* 2..15 significant ones */
};

/* A code of that many digits (2, 4, 6, 8 or 10..15) for the cell in which `point` lies; clipped and wrapped as the
 * specification says. */
void plus_code_encode(char text[PLUS_CODE_SIZE], struct geo_point point, uint8_t digits);

bool plus_code_is_valid(const char *text);
bool plus_code_is_full(const char *text);  /* stands alone */
bool plus_code_is_short(const char *text); /* needs a place nearby */

/* Of a full code; false for any other text. Lower case is understood. */
bool plus_code_decode(struct plus_code_area *area, const char *text);
/* Of a full or a short code; a short one is the nearest to `near`. */
bool plus_code_decode_near(struct plus_code_area *area, const char *text, struct geo_point near);

#endif
