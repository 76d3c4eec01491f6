/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Lists that the node answered, as tables and as text. */
#ifndef AIDMESH_TOOLS_ROWS_H
#define AIDMESH_TOOLS_ROWS_H

#include <stdbool.h>

#include <jansson.h>

struct call;

/* A column: heading, and where its text comes from. The last of a list has no heading. */
struct column {
	const char *heading; /* > aligned to the right */
	const char *field;
	enum {
		SHOW_PLAIN,
		SHOW_AGE,
		SHOW_DUE,
		SHOW_WHEN,
		SHOW_UNIT,
		SHOW_HOURS,
		SHOW_PLACE,
		SHOW_STATUS,
		SHOW_ZERO_BLANK,
		SHOW_WORDS,
		SHOW_SAYS,   /* of a note: its words, or where to go */
		SHOW_DENIED, /* who says that it is not true, and what is */
		SHOW_BY,     /* who said it; marked where this node does not know him */
		SHOW_ITEM,   /* with its size or form; marked where it is a drill */
		SHOW_ROUND,  /* what was found from door to door */
		SHOW_GOODS,  /* of a line: until when it can be used, and how it is */
		SHOW_REMARK  /* of a move: what its carrier should know */
	} how;
};

/* A need or an offer without a number, or rows of an answer about such; what stands on a shelf was counted. */
bool row_is_unsaid(const json_t *row);

void rows_print(struct call *call, const json_t *rows, const struct column *columns);
/* As lines to be copied, which the node makes. `none` is said where there are none. */
int rows_print_text(struct call *call, const char *path, const char *none);

#endif
