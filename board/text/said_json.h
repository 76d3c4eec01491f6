/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the node says, in an answer of the API: the sentence for people, and beside it the code and the values for programs.
 *
 *   said_json_put(o, "remark", ...)   "remark": "...", "remark_said": [{"code": "item-taken", "values": {"typed": "agua", ...}}]
 *   said_json_refuse(...)             "error": "...", "code": "within-hours", "values": {"hours": 7}
 *
 * A value is a number where it is one; an amount has its unit beside it, as "quantity_unit". */
#ifndef AIDMESH_BOARD_TEXT_SAID_JSON_H
#define AIDMESH_BOARD_TEXT_SAID_JSON_H

#include <jansson.h>

#include "board/text/said.h"

/* Sets `key` to all that was said ("" where that is nothing), and `key`_said to the list of it where there is any. */
void said_json_put(json_t *object, const char *key, const struct said *said, enum language language);
/* What decides is the last; what was remarked before it stands in front of it in the text, and under remark_said. Where
 * nothing was said at all: node-refused. */
void said_json_refuse(json_t *object, const struct said *said, enum language language);

#endif
