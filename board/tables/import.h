/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A CSV file through the door: the good rows go in, the bad ones are told with their line and reason.
 *
 *   data -> csv -> columns -> known? -> batch -> door            one thread, the loop's
 *
 * A row about a site that stands already with the same values is counted as known; with other values it edits that
 * site. So importing a file twice changes nothing the second time. A row that says the full ref of a record that is
 * here is known, whatever else it says: of two versions the records themselves tell which is newer. */
#ifndef AIDMESH_BOARD_TABLES_IMPORT_H
#define AIDMESH_BOARD_TABLES_IMPORT_H

#include <jansson.h>
#include <uv.h>

#include "board/tables/columns.h"
#include "board/door.h"

/* `result` is the callee's: {"kind", "rows", "added", "changed", "known", "rejected": [{"line", "error"}], "remarks",
 * "ignored_columns"}. */
typedef void (*import_finished)(void *user, json_t *result);

struct import;

struct import_config {
	uv_loop_t *loop;
	const struct board_view *view;
	const struct board_door *door;
	enum import_kind kind;
	enum language language; /* of remarks and refusals */
	const char *data;       /* read before import_start returns */
	size_t size;
	import_finished finished; /* exactly once after success, unless cancelled; maybe before import_start returns */
	void *user;
};

enum import_rc { IMPORT_OK = 0, IMPORT_E_FILE = -1, IMPORT_E_MEMORY = -2 };

/* IMPORT_E_FILE: the file as a whole is no use, and `error` says why. `*import` is NULL when it is finished already. */
enum import_rc import_start(struct import **import, struct said *error, const struct import_config *config)
	__attribute__((warn_unused_result));
/* Rows not yet submitted stay outside; nobody is called any more. */
void import_cancel(struct import *import);

#endif
