/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* By what each list of the view can be narrowed (view_query). A filter that would change nothing is refused by whoever reads
 * the query, never left out in silence. Pure data. */
#ifndef AIDMESH_BOARD_FILTERS_H
#define AIDMESH_BOARD_FILTERS_H

#include "board/text/words.h"

enum view_list { VIEW_SITES, VIEW_LINES, VIEW_MOVES, VIEW_NOTES, VIEW_AUTHORS, VIEW_PEERS, VIEW_LISTS };

struct filters {
	const char *list;             /* as the API names it */
	struct words names;           /* what takes effect */
	const struct words *kinds;    /* what `kind` may be; NULL: it has none */
	const struct words *statuses; /* what `status` may be; NULL: it has none */
};

extern const struct filters FILTERS[VIEW_LISTS];
/* All that some list has. */
extern const struct words WORDS_FILTERS;

#endif
