/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What an import would repeat: sites and lines that the picture already shows, and rows of the same file. Reads the
 * view while it is asked; takes memory from the heap. */
#ifndef AIDMESH_BOARD_TABLES_IMPORT_MATCH_H
#define AIDMESH_BOARD_TABLES_IMPORT_MATCH_H

#include <stdbool.h>

#include "board/door.h"

enum known_what {
	KNOWN_NOT,
	KNOWN_SAME,    /* everything the request says stands already */
	KNOWN_OTHER,   /* the same site with other values */
	KNOWN_IN_FILE, /* the same site stands in an earlier row, with other values */
};

struct known;

/* NULL when memory is out. `view` stays the caller's. */
struct known *known_new(const struct board_view *view);
void known_free(struct known *known);

/* Asks about a site, and remembers it as row `row`: asking again about the same row gives the same answer. `ref` is
 * filled for KNOWN_OTHER, `*earlier` for KNOWN_IN_FILE. */
enum known_what known_site(struct known *known, char ref[VIEW_REF_SIZE], size_t *earlier,
			   const struct door_request *request, size_t row);
/* Asks about a need, offer or stock: KNOWN_NOT or KNOWN_SAME. Closed and expired lines are not known. */
enum known_what known_line(struct known *known, const struct door_request *request);
/* A record of this full ref is here; not "". */
bool known_id(struct known *known, const char *full);
/* The unit that an item is counted in, as one of its lines says; "" when none is there. */
const char *known_unit(struct known *known, const struct door_request *request);

#endif
