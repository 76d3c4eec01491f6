/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One record by the name that people have for it, with what belongs to it. Reads the view while it is asked. */
#ifndef AIDMESH_BOARD_API_RECORD_H
#define AIDMESH_BOARD_API_RECORD_H

#include <jansson.h>

#include "board/view.h"

enum { RECORD_BELONGINGS_MAX = 1000 }; /* in each of its lists */

enum record_rc { RECORD_OK = 0, RECORD_E_UNKNOWN = -1, RECORD_E_AMBIGUOUS = -2 };

/* `name` is a ref, with or without its dash and in any case, a full ref, or a site's name or the beginning of one.
 * `*shown` becomes {"kind", "record", "lines" (of a site), "moves", "notes"}, the caller's, with the number of those
 * "left_out" where lists are cut; untouched on failure. */
enum record_rc record_show(json_t **shown, const struct board_view *view, const char *name)
	__attribute__((warn_unused_result));

#endif
