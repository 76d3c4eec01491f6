/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A CSV file as a table of UTF-8 cells that knows on which line each row began. Pure.
 *
 * Takes what spreadsheets write: a byte order mark, CRLF, LF or CR, quotes with newlines inside, comma, semicolon, tab
 * or bar as separator (the commonest in the header, or in the hashtags of HXL), Latin-1 where the file is not UTF-8. Empty rows are skipped. */
#ifndef AIDMESH_BOARD_TABLES_CSV_H
#define AIDMESH_BOARD_TABLES_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board/text/say.h"

enum {
	CSV_COLUMNS_MAX = 64,
	CSV_ROWS_MAX = 20000,
	CSV_CELL_SIZE_MAX = 4096,
};

enum csv_rc {
	CSV_TABLE_OK = 0,
	CSV_TABLE_E_EMPTY = -1,   /* no header */
	CSV_TABLE_E_ROWS = -2,    /* more than CSV_ROWS_MAX */
	CSV_TABLE_E_COLUMNS = -3, /* a header of more than CSV_COLUMNS_MAX */
	CSV_TABLE_E_QUOTE = -4,   /* a quote that is never closed */
	CSV_TABLE_E_BINARY = -5,  /* zero bytes: a spreadsheet's own format, or UTF-16 */
	CSV_TABLE_E_MEMORY = -6,
	CSV_TABLE_E_CELL = -7, /* one of more than CSV_CELL_SIZE_MAX: `*line` says in which row */
};

struct csv_row {
	unsigned line;     /* counted from 1, where the row begins */
	size_t cell_count; /* may differ from the header's */
	size_t first;      /* of its cells */
};

struct csv_table {
	char separator;
	bool latin1;
	size_t row_count; /* with the header, which is row 0 */
	struct csv_row *rows;
	char **cells;
	char *texts; /* what the cells point into */
};

/* What is wrong with the file; `line` as csv_table_init gave it. `rc` is not CSV_TABLE_OK. */
struct say csv_say(enum csv_rc rc, unsigned line);

/* `table` is the caller's to fini; on failure it is untouched. Cells are trimmed of spaces. `*line` is only written for
 * CSV_TABLE_E_CELL. */
enum csv_rc csv_table_init(struct csv_table *table, unsigned *line, const char *data, size_t size)
	__attribute__((warn_unused_result));
void csv_table_fini(struct csv_table *table);
/* Never NULL: an absent cell is "". */
const char *csv_table_cell(const struct csv_table *table, size_t row, size_t column);

#endif
