/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Degrees, as programs and tables write them, as a place. Pure. */
#ifndef AIDMESH_BOARD_DEGREES_H
#define AIDMESH_BOARD_DEGREES_H

#include <stdbool.h>

#include "board/view.h"

enum { DEGREES_POINT_DIGITS = 15 /* the exact point; else 4, 6, 8 or 10 digits of a Plus Code: a cell */ };

/* False when that is not on Earth, or so many digits name no cell; `*place` is then untouched. */
bool degrees_place(struct view_place *place, double lat, double lon, int digits) __attribute__((warn_unused_result));

#endif
