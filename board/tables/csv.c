/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/tables/csv.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <csv.h>

#include "board/text/utf8.h"

/* States of libcsv's parser that its header keeps in numbers. */
enum { PARSER_BETWEEN_ROWS = 0, PARSER_IN_FIELD = 2 };

enum { HASHTAG_LINES = 25 };

/* What libcsv's callbacks fill. Texts are kept as offsets until all of them are there. */
struct filling {
	struct csv_row *rows;
	size_t row_count, row_cap;
	size_t *cells;
	size_t cell_count, cell_cap;
	char *texts;
	size_t text_size, text_cap;
	unsigned line; /* being fed */
	bool in_row;   /* the row at rows[row_count] has begun */
	bool has_text; /* one of its cells is not empty */
	enum csv_rc rc;
};

struct say csv_say(enum csv_rc rc, unsigned line)
{
	assert(rc != CSV_TABLE_OK);
	switch (rc) {
	case CSV_TABLE_OK:
	case CSV_TABLE_E_MEMORY:
		break;
	case CSV_TABLE_E_EMPTY:
		return SAY(TABLE_EMPTY);
	case CSV_TABLE_E_ROWS:
		return SAY(TABLE_ROWS);
	case CSV_TABLE_E_COLUMNS:
		return SAY(TABLE_COLUMNS);
	case CSV_TABLE_E_QUOTE:
		return SAY(TABLE_QUOTE);
	case CSV_TABLE_E_BINARY:
		return SAY(TABLE_BINARY);
	case CSV_TABLE_E_CELL:
		return SAY_OF(TABLE_CELL, say_number(line));
	}
	return SAY(TABLE_MEMORY);
}

/* Room for one more element; false when memory is out. */
static bool grow(void **array, size_t *cap, size_t need, size_t element_size)
{
	size_t wanted = *cap;
	void *grown;

	if (need <= *cap)
		return true;
	while (wanted < need)
		wanted = wanted == 0 ? 256 : 2 * wanted;
	grown = realloc(*array, wanted * element_size);
	if (grown == NULL)
		return false;
	*array = grown;
	*cap = wanted;
	return true;
}

static void on_cell(void *data, size_t size, void *user)
{
	struct filling *f = user;
	struct csv_row *row;

	if (f->rc != CSV_TABLE_OK)
		return;
	if (f->row_count > CSV_ROWS_MAX || size > CSV_CELL_SIZE_MAX) {
		f->rc = size > CSV_CELL_SIZE_MAX ? CSV_TABLE_E_CELL : CSV_TABLE_E_ROWS;
		return;
	}
	if (!grow((void **)&f->rows, &f->row_cap, f->row_count + 1, sizeof(*f->rows)) ||
	    !grow((void **)&f->cells, &f->cell_cap, f->cell_count + 1, sizeof(*f->cells)) ||
	    !grow((void **)&f->texts, &f->text_cap, f->text_size + size + 1, 1)) {
		f->rc = CSV_TABLE_E_MEMORY;
		return;
	}
	row = &f->rows[f->row_count];
	if (!f->in_row)
		*row = (struct csv_row){ .line = f->line, .first = f->cell_count };
	f->in_row = true;
	if (row->cell_count == CSV_COLUMNS_MAX) {
		if (f->row_count == 0)
			f->rc = CSV_TABLE_E_COLUMNS;
		return; /* what stands beyond the header's columns has no name */
	}
	row->cell_count++;
	f->cells[f->cell_count++] = f->text_size;
	if (size > 0)
		memcpy(f->texts + f->text_size, data, size);
	f->texts[f->text_size + size] = '\0';
	f->text_size += size + 1;
	f->has_text |= size > 0;
}

static void on_row(int end, void *user)
{
	struct filling *f = user;

	(void)end;
	if (f->in_row && f->has_text)
		f->row_count++;
	else if (f->in_row)
		f->cell_count = f->rows[f->row_count].first;
	f->in_row = f->has_text = false;
}

static char separator_find(const char *data, size_t size)
{
	static const char SEPARATORS[] = ",;\t|";
	size_t counts[sizeof(SEPARATORS) - 1] = { 0 }, best = 0;
	bool quoted = false;

	for (size_t i = 0; i < size && (quoted || (data[i] != '\n' && data[i] != '\r')); i++) {
		const char *found = data[i] != '\0' ? strchr(SEPARATORS, data[i]) : NULL;

		if (data[i] == '"')
			quoted = !quoted;
		else if (!quoted && found != NULL)
			counts[found - SEPARATORS]++;
	}
	for (size_t i = 1; i < sizeof(counts) / sizeof(counts[0]); i++)
		if (counts[i] > counts[best])
			best = i;
	return SEPARATORS[best];
}

/* libcsv keeps no line numbers, so it is fed line by line: a row began on the line fed when the last one was over. A
 * long line goes in pieces, so that a cell without an end is noticed before libcsv has collected it. */
static void feed(struct filling *f, struct csv_parser *parser, const char *data, size_t size)
{
	char end = memchr(data, '\n', size) != NULL ? '\n' : '\r';
	unsigned line = 0;
	size_t at = 0;
	bool begins = true;

	f->line = 1;
	while (at < size && f->rc == CSV_TABLE_OK) {
		size_t room = size - at < CSV_CELL_SIZE_MAX ? size - at : CSV_CELL_SIZE_MAX;
		const char *stop = memchr(data + at, end, room);
		size_t piece = stop != NULL ? (size_t)(stop - data) - at + 1 : room;

		line += begins;
		begins = stop != NULL;
		if (parser->pstate == PARSER_BETWEEN_ROWS && !f->in_row)
			f->line = line;
		if (csv_parse(parser, data + at, piece, on_cell, on_row, f) != piece)
			f->rc = CSV_TABLE_E_MEMORY;
		if (f->rc == CSV_TABLE_OK && parser->entry_pos > CSV_CELL_SIZE_MAX)
			f->rc = CSV_TABLE_E_CELL;
		at += piece;
	}
	/* libcsv tells of an open quote only where it refuses every stray one as well. */
	if (f->rc == CSV_TABLE_OK && parser->pstate == PARSER_IN_FIELD && parser->quoted)
		f->rc = CSV_TABLE_E_QUOTE;
	if (f->rc == CSV_TABLE_OK && csv_fini(parser, on_cell, on_row, f) != 0)
		f->rc = CSV_TABLE_E_MEMORY;
}

static enum csv_rc fill(struct filling *f, const char *data, size_t size, char separator)
{
	struct csv_parser parser;

	if (csv_init(&parser, CSV_APPEND_NULL) != 0)
		return CSV_TABLE_E_MEMORY;
	csv_set_delim(&parser, (unsigned char)separator);
	csv_set_blk_size(&parser, CSV_CELL_SIZE_MAX);
	feed(f, &parser, data, size);
	csv_free(&parser);
	if (f->rc == CSV_TABLE_OK && f->row_count == 0)
		f->rc = CSV_TABLE_E_EMPTY;
	return f->rc;
}

/* The line that names the columns: the first, or the hashtags of HXL, above which titles may stand. */
static size_t header_find(const char *data, size_t size)
{
	size_t at = 0;

	for (unsigned line = 0; line < HASHTAG_LINES; line++) {
		size_t begin = at;
		const char *end;

		while (begin < size && strchr("\",;\t| ", data[begin]) != NULL)
			begin++;
		if (begin + 1 < size && data[begin] == '#' && isalpha((unsigned char)data[begin + 1]))
			return at;
		end = memchr(data + at, '\n', size - at);
		if (end == NULL)
			break;
		at = (size_t)(end - data) + 1;
	}
	return 0;
}

enum csv_rc csv_table_init(struct csv_table *table, unsigned *line, const char *data, size_t size)
{
	struct filling f = { 0 };
	struct csv_table made = { 0 };
	char *converted = NULL;
	size_t header;
	enum csv_rc rc;

	if (memchr(data, '\0', size) != NULL)
		return CSV_TABLE_E_BINARY;
	if (size >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0) {
		data += 3;
		size -= 3;
	}
	if (!utf8_is_valid(data, size)) {
		converted = utf8_of_latin1(data, size, &size);
		if (converted == NULL)
			return CSV_TABLE_E_MEMORY;
		data = converted;
		made.latin1 = true;
	}
	header = header_find(data, size);
	made.separator = separator_find(data + header, size - header);
	rc = fill(&f, data, size, made.separator);
	free(converted);
	if (rc == CSV_TABLE_OK) {
		made.cells = calloc(f.cell_count, sizeof(*made.cells));
		rc = made.cells != NULL ? CSV_TABLE_OK : CSV_TABLE_E_MEMORY;
	}
	if (rc != CSV_TABLE_OK) {
		if (rc == CSV_TABLE_E_CELL)
			*line = f.line;
		free(f.rows);
		free(f.texts);
	} else {
		for (size_t i = 0; i < f.cell_count; i++)
			made.cells[i] = f.texts + f.cells[i];
		made.rows = f.rows;
		made.row_count = f.row_count;
		made.texts = f.texts;
		*table = made;
	}
	free(f.cells);
	return rc;
}

void csv_table_fini(struct csv_table *table)
{
	free(table->rows);
	free(table->cells);
	free(table->texts);
	*table = (struct csv_table){ 0 };
}

const char *csv_table_cell(const struct csv_table *table, size_t row, size_t column)
{
	const struct csv_row *r = &table->rows[row];

	return column < r->cell_count ? table->cells[r->first + column] : "";
}
