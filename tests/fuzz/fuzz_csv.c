/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as a CSV file, the first as what it is said to be: read as a table, its columns found, and imported through a
 * door that takes everything. Each row below the header is accounted for once, and what is told is UTF-8. */
#include "board/tables/import.h"
#include "tests/unit/fake_board.h"

enum { FILE_MAX = 3000 /* fewer rows than the fake door holds */ };

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uv_loop_t loop;
static struct fake fake;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fake_init(&fake);
	return uv_loop_init(&loop);
}

/* Reads all of a table: cells lie inside, lines never descend, rows give a request or a sentence. Gives the rows below
 * the header. */
static size_t look_at(const struct csv_table *table, enum import_kind kind)
{
	struct said error = { 0 };
	struct columns columns;
	unsigned line = 0;
	bool found = columns_find(&columns, &error, table, kind);
	size_t header = found ? columns.header : 0;

	assert(table->row_count >= 1 && table->row_count <= CSV_ROWS_MAX + 1);
	assert(header < table->row_count);
	assert(found || (!said_is_empty(&error)));
	for (size_t row = 0; row < table->row_count; row++) {
		struct door_request request = { 0 };

		assert(table->rows[row].line >= line && table->rows[row].cell_count <= CSV_COLUMNS_MAX);
		line = table->rows[row].line;
		for (size_t i = 0; i <= table->rows[row].cell_count; i++)
			assert(strlen(csv_table_cell(table, row, i)) <= 2 * CSV_CELL_SIZE_MAX);
		if (!found || row <= header)
			continue;
		error = (struct said){ 0 };
		if (!columns_read(&request, &error, &columns, table, row))
			assert(!said_is_empty(&error));
		assert(columns_unit(&columns, table, row) != NULL && columns_id(&columns, table, row) != NULL);
	}
	return table->row_count - header - 1;
}

static void on_finished(void *user, json_t *result)
{
	json_int_t *sum = user;

	*sum = json_integer_value(json_object_get(result, "added")) +
	       json_integer_value(json_object_get(result, "changed")) +
	       json_integer_value(json_object_get(result, "known")) +
	       (json_int_t)json_array_size(json_object_get(result, "rejected"));
	/* A text that is not UTF-8 would have become no JSON. */
	assert(json_is_array(json_object_get(result, "remarks")));
	json_decref(result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct import_config config = {
		.loop = &loop, .view = &fake.view, .door = &fake.door, .finished = on_finished
	};
	struct said error = { 0 };
	struct import *import = NULL;
	struct csv_table table;
	json_int_t sum = -1;
	unsigned line = 0;
	size_t rows;

	if (size < 1 || size > FILE_MAX)
		return 0;
	config.kind = (enum import_kind)(data[0] % (IMPORT_GUESS + 1));
	config.data = (const char *)data + 1;
	config.size = size - 1;
	config.user = &sum;
	if (csv_table_init(&table, &line, config.data, config.size) != CSV_TABLE_OK)
		return 0;
	rows = look_at(&table, config.kind);
	csv_table_fini(&table);

	fake.site_count = fake.line_count = 0;
	if (import_start(&import, &error, &config) == IMPORT_OK)
		assert(sum == (json_int_t)rows);
	else
		assert(!said_is_empty(&error));
	assert(import == NULL);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	return 0;
}
