/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What leaves for other systems, cell by cell. tests/e2e/test_interchange.py holds whole files to their standards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "board/tables/cap.h"
#include "board/tables/export.h"
#include "board/tables/hashtags.h"
#include "tests/unit/fake_board.h"

enum { SIZE_MAX_HERE = 1 << 20 };

static void site_add(struct fake *f, const char *name, struct view_place place)
{
	struct view_site *site = &f->sites[f->site_count++];

	*site = (struct view_site){ .record = fake_record(f->site_count, "Oak"), .place = place };
	snprintf(site->name, sizeof(site->name), "%s", name);
}

static struct view_line *need_add(struct fake *f, struct view_place place)
{
	struct view_line *need = &f->lines[f->line_count++];

	*need = (struct view_line){ .record = fake_record(100 + f->line_count, "Oak"), .place = place };
	strcpy(need->item_name, "Hot meal");
	return need;
}

/* The cell of a tag in a row counted from 0 below the hashtags; "-" when there is no such column. */
static const char *cell(const struct text_buffer *buffer, size_t row, const char *tag)
{
	static char found[400];
	struct csv_table table;
	unsigned line = 0;

	assert_false(buffer->failed);
	assert_int_equal(csv_table_init(&table, &line, buffer->data, buffer->size), CSV_TABLE_OK);
	strcpy(found, "-");
	for (size_t i = 0; i < table.rows[1].cell_count; i++)
		if (strcmp(csv_table_cell(&table, 1, i), tag) == 0)
			snprintf(found, sizeof(found), "%s", csv_table_cell(&table, 2 + row, i));
	csv_table_fini(&table);
	return found;
}

static void texts_are_no_formulas(void **state)
{
	static const struct {
		const char *text, *cell;
	} ROWS[] = { { "=1+1", "'=1+1" },
		     { "+49", "'+49" },
		     { "-by the gate", "'-by the gate" },
		     { "@SUM(A1)", "'@SUM(A1)" },
		     { "'=1", "''=1" },
		     { "'s-Hertogenbosch", "'s-Hertogenbosch" },
		     { "1=1", "1=1" },
		     { "a, \"b\"; c", "a, \"b\"; c" },
		     { "=HYPERLINK(\"http://x\",\"y\")", "'=HYPERLINK(\"http://x\",\"y\")" },
		     { "", "" } };
	static struct fake f;

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		struct text_buffer buffer = { .size_max = SIZE_MAX_HERE };
		struct csv_table table;
		struct columns columns;
		struct door_request request;
		struct said error = { 0 };
		unsigned line = 0;

		fake_init(&f);
		snprintf(need_add(&f, (struct view_place){ 0 })->text, VIEW_TEXT_SIZE, "%s", ROWS[i].text);
		export_hxl(&buffer, &f.view, IMPORT_NEED);
		assert_string_equal(cell(&buffer, 0, "#description"), ROWS[i].cell);
		/* And it comes back as it was. */
		assert_int_equal(csv_table_init(&table, &line, buffer.data, buffer.size), CSV_TABLE_OK);
		assert_true(columns_find(&columns, &error, &table, IMPORT_GUESS));
		assert_true(columns_read(&request, &error, &columns, &table, 2));
		assert_string_equal(request.text, ROWS[i].text);
		csv_table_fini(&table);
		free(buffer.data);
	}
}

/* A number below zero is a number: a spreadsheet may add it up. */
static void numbers_are_exact(void **state)
{
	static struct fake f;
	struct text_buffer buffer = { .size_max = SIZE_MAX_HERE };
	struct view_line *stock;

	(void)state;
	fake_init(&f);
	stock = need_add(&f, (struct view_place){ 0 });
	stock->kind = VIEW_RESOURCE;
	stock->on_hand_milli = -2500;
	stock->reserve_milli = 100;
	export_hxl(&buffer, &f.view, IMPORT_STOCK);
	assert_string_equal(cell(&buffer, 0, "#capacity+num"), "-2.5");
	assert_string_equal(cell(&buffer, 0, "#capacity+reserve"), "0.1");
	assert_string_equal(cell(&buffer, 0, "#need+num"), "-");
	free(buffer.data);
}

static void only_sites_have_points(void **state)
{
	static const struct {
		bool at_site;
		struct view_place place;
		const char *lat, *lon, *code;
		const char *geometry; /* of GeoJSON, NULL: the site's alone */
	} ROWS[] = {
		{ true, { 35100000, -77040000, 15 }, "35.100000", "-77.040000", "", NULL },
		{ true, { 35100000, -77040000, 6 }, "", "", "87744X00+", NULL },
		{ false,
		  { 35101250, -77043750, 8 },
		  "",
		  "",
		  "87744X24+",
		  "[[[-77.045,35.1],[-77.0425,35.1],[-77.0425,35.1025],[-77.045,35.1025],[-77.045,35.1]]]" },
		{ false, /* the very door, which nobody outside learns */
		  { 35101111, -77043333, 15 },
		  "",
		  "",
		  "87744X24+",
		  "[[[-77.045,35.1],[-77.0425,35.1],[-77.0425,35.1025],[-77.045,35.1025],[-77.045,35.1]]]" },
		{ false,
		  { -500000, 179500000, 4 },
		  "",
		  "",
		  "6VFX0000+",
		  "[[[179.0,-1.0],[180.0,-1.0],[180.0,0.0],[179.0,0.0],[179.0,-1.0]]]" },
		{ false, { 0, 0, 0 }, "", "", "", "" },
	};
	static struct fake f;

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		struct text_buffer table = { .size_max = SIZE_MAX_HERE }, map = { .size_max = SIZE_MAX_HERE };
		struct view_line *need;
		json_t *parsed, *features, *geometry;
		char *ring;

		fake_init(&f);
		need = need_add(&f, ROWS[i].place);
		if (ROWS[i].at_site)
			strcpy(need->site_ref, "001-AAAA");
		export_hxl(&table, &f.view, IMPORT_NEED);
		assert_string_equal(cell(&table, 0, "#geo+lat"), ROWS[i].lat);
		assert_string_equal(cell(&table, 0, "#geo+lon"), ROWS[i].lon);
		assert_string_equal(cell(&table, 0, "#loc+code"), ROWS[i].code);
		export_geojson(&map, &f.view);
		parsed = json_loadb(map.data, map.size, 0, NULL);
		features = json_object_get(parsed, "features");
		assert_int_equal(json_array_size(features), ROWS[i].geometry != NULL);
		geometry = json_object_get(json_array_get(features, 0), "geometry");
		ring = json_dumps(json_object_get(geometry, "coordinates"), JSON_COMPACT | JSON_REAL_PRECISION(15));
		if (ROWS[i].geometry != NULL && ROWS[i].geometry[0] != '\0')
			assert_string_equal(ring, ROWS[i].geometry);
		else
			assert_null(ring);
		free(ring);
		json_decref(parsed);
		free(table.data);
		free(map.data);
	}
}

static void what_is_over_is_on_no_map(void **state)
{
	static struct fake f;
	struct text_buffer map = { .size_max = SIZE_MAX_HERE };
	json_t *parsed;

	(void)state;
	fake_init(&f);
	site_add(&f, "Oak \xFF", (struct view_place){ 1000000, 2000000, 15 });
	for (int status = VIEW_OPEN; status <= VIEW_OVERDUE; status++)
		need_add(&f, (struct view_place){ 1000000, 2000000, 8 })->status = (enum view_line_status)status;
	export_geojson(&map, &f.view);
	parsed = json_loadb(map.data, map.size, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(parsed, "features")), 1 + 3);
	json_decref(parsed);
	free(map.data);
}

/* What an alert says cannot leave its element, and is read again as it was. */
static void alerts_are_escaped(void **state)
{
	static const char TEXT[] = "</headline><x> & ]]> \"quoted\" é";
	static struct fake f;
	static struct cap_alert read;
	struct text_buffer buffer = { .size_max = SIZE_MAX_HERE };
	struct said error = { 0 };

	(void)state;
	fake_init(&f);
	f.notes[0] =
		(struct view_note){ .record = fake_record(7, "A & B"), .kind = VIEW_ALERT, .severity = 4, .flags = 1 };
	f.notes[1] = (struct view_note){ .record = fake_record(8, "Oak"), .kind = VIEW_MESSAGE };
	strcpy(f.notes[0].text, TEXT);
	f.note_count = 2;
	assert_int_equal(export_cap(&buffer, &f.view, "007aaaa"), EXPORT_OK);
	assert_false(buffer.failed);
	assert_true(cap_read(&read, &error, buffer.data, buffer.size));
	assert_string_equal(read.text, TEXT);
	assert_string_equal(read.source, "A & B");
	assert_true(read.is_exercise);
	assert_int_equal(read.severity, 4);
	assert_int_equal(read.number, 7);
	free(buffer.data);
	buffer = (struct text_buffer){ .size_max = SIZE_MAX_HERE };
	assert_int_equal(export_cap(&buffer, &f.view, "0011223344556677:00000008"), EXPORT_E_NO_ALERT);
	assert_int_equal(export_cap(&buffer, &f.view, "999-AAAA"), EXPORT_E_UNKNOWN);
	assert_int_equal(buffer.size, 0);
}

static void what_is_too_large_is_no_half_file(void **state)
{
	static struct fake f;
	struct text_buffer buffer = { .size_max = 900 };

	(void)state;
	fake_init(&f);
	for (size_t i = 0; i < 20; i++)
		need_add(&f, (struct view_place){ 0 });
	export_hxl(&buffer, &f.view, IMPORT_NEED);
	assert_true(buffer.failed);
	assert_true(buffer.size <= 900);
	free(buffer.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_no_formulas),  cmocka_unit_test(numbers_are_exact),
		cmocka_unit_test(only_sites_have_points), cmocka_unit_test(what_is_over_is_on_no_map),
		cmocka_unit_test(alerts_are_escaped),     cmocka_unit_test(what_is_too_large_is_no_half_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
