/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What an import would repeat: sites and lines that the picture already shows, and rows of the same file. Reads the
 * view while it is asked; takes memory from the heap. */
#ifndef AIDMESH_BOARD_TABLES_IMPORT_MATCH_H
#define AIDMESH_BOARD_TABLES_IMPORT_MATCH_H

#include <stdbool.h>

#include "board/door.h"

enum import_match_kind {
	IMPORT_MATCH_NONE,
	IMPORT_MATCH_SAME,    /* everything the request says stands already */
	IMPORT_MATCH_OTHER,   /* the same site or stock with other values */
	IMPORT_MATCH_IN_FILE, /* the same site stands in an earlier row, with other values */
};

struct import_match;

/* NULL when memory is out. `view` stays the caller's. */
struct import_match *import_match_new(const struct board_view *view);
void import_match_free(struct import_match *known);

/* Asks about a site, and remembers it as row `row`: asking again about the same row gives the same answer. `ref` is
 * filled for IMPORT_MATCH_OTHER, `*earlier` for IMPORT_MATCH_IN_FILE. */
enum import_match_kind import_match_site(struct import_match *known, char ref[VIEW_REF_SIZE], size_t *earlier,
					 const struct door_request *request, size_t row);
/* Asks about a need, offer or stock. Closed lines are not known. IMPORT_MATCH_OTHER: a stock of this node that stood there before
 * the file was read, with another count; its `ref` is filled, and no other row is given it. */
enum import_match_kind import_match_line(struct import_match *known, char ref[VIEW_REF_SIZE],
					 const struct door_request *request);
/* A record of this full ref is here; not "". */
bool import_match_id(struct import_match *known, const char *full);
/* The unit that an item is counted in, as one of its lines says; "" when none is there. */
const char *import_match_unit(struct import_match *known, const struct door_request *request);

#endif
