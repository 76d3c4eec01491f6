/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Tables for people: columns as wide as their widest cell, aligned by what a terminal shows of UTF-8. */
#ifndef AIDMESH_TOOLS_TABLE_H
#define AIDMESH_TOOLS_TABLE_H

#include <stddef.h>
#include <stdio.h>

enum { TABLE_COLUMNS_MAX = 12 };

struct table {
	size_t columns, cells, cap;
	char **texts; /* row by row, the headings first */
};

/* Headings between bars: "REF|ITEM|>SHORT"; a column whose heading begins with > is aligned to the right. */
void table_init(struct table *table, const char *headings);
void table_fini(struct table *table);
/* Adds the next cell, a copy. Control characters become spaces: what strangers wrote cannot move the cursor. */
void table_add(struct table *table, const char *text);
void table_print(const struct table *table, FILE *out);

/* Columns that a terminal takes for `text`. */
size_t table_text_width(const char *text);

#endif
