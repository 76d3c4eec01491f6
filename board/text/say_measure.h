/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What proto/catalog/measure.h found, as it is said to whoever typed it. Pure. */
#ifndef AIDMESH_BOARD_TEXT_SAY_MEASURE_H
#define AIDMESH_BOARD_TEXT_SAY_MEASURE_H

#include "board/text/say.h"
#include "proto/catalog/measure.h"

/* "30 gal = 113.562 L.", "40 lb = 15, at about 1.2 kg each." `text` is borrowed. */
struct say say_measure(const struct measure *measure, const char *text, const struct catalog_item *item);
/* What would be right; `rc` is not MEASURE_OK. `text` is borrowed. */
struct say say_measure_error(enum measure_rc rc, const char *text, const struct catalog_item *item);

#endif
