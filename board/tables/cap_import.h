/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A CAP alert through the door: it becomes a note that keeps whose words it passes on.
 *
 * The same alert adds nothing the second time, nor where a neighbour's note has brought it already. An update or a
 * cancellation is a new note about the earlier one where that is here: what was said is not taken back, it is followed.
 * An alert whose time is over is refused, unless the node only guesses what time it is. */
#ifndef AIDMESH_BOARD_TABLES_CAP_IMPORT_H
#define AIDMESH_BOARD_TABLES_CAP_IMPORT_H

#include "board/tables/import.h"

struct cap_import;

/* As import_start (whose `kind` does not matter), with the same result: of kind "alert", one row. */
enum import_rc cap_import_start(struct cap_import **import, struct said *error, const struct import_config *config)
	__attribute__((warn_unused_result));
void cap_import_cancel(struct cap_import *import);

#endif
