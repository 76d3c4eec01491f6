/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Everything that everybody sees, as one JSON document in one form: two nodes with the same entries, asked about the
 * same hour, give the same bytes. Reads the view while it is asked. */
#ifndef AIDMESH_BOARD_API_PICTURE_JSON_H
#define AIDMESH_BOARD_API_PICTURE_JSON_H

#include "board/view.h"

/* A malloc'd text: compact, keys sorted, lists ordered by full ref, references in full where the picture has the
 * record; without what depends on who looks (trust, own). NULL when memory is out. */
char *picture_json_text(const struct board_view *view, int64_t at);

#endif
