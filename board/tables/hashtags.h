/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The hashtag row of a table in the Humanitarian Exchange Language (HXL 1.1, hxlstandard.org): what its columns mean,
 * whatever their headings say and in whatever language. Pure.
 *
 *   Ort        Artikel       Menge         headings, titles: not looked at
 *   #loc+name  #item+name    #need+num     a tag, and attributes in any order; those we do not know change nothing
 *   Elm        Trinkwasser   120 */
#ifndef AIDMESH_BOARD_TABLES_HASHTAGS_H
#define AIDMESH_BOARD_TABLES_HASHTAGS_H

#include "board/tables/columns.h"

enum { HASHTAGS_ROWS = 25 }; /* the row is one of the first so many (HXL 1.1) */

/* Finds the first row whose cells are hashtags or empty, and one of them means something here; `*row` is untouched when
 * there is none. */
bool hashtags_find(size_t *row, const struct csv_table *table);
/* The column that a hashtag stands for in a table of these kinds (bits 1 << enum import_kind); -1 none. Numbers that
 * are only of a part of the people, such as "#affected+f+children", stand for none. */
int hashtags_column(const char *cell, unsigned kinds);

#endif
