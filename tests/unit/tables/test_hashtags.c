/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Tables with a row of HXL hashtags, as aidmesh and as others make them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "board/tables/hashtags.h"
#include "board/tables/import.h"
#include "tests/unit/fake_board.h"
#include "tests/unit/written.h"

enum {
	SITE = 1u << IMPORT_SITE,
	NEED = 1u << IMPORT_NEED,
	OFFER = 1u << IMPORT_OFFER,
	STOCK = 1u << IMPORT_STOCK,
};

static void hashtags_mean_columns(void **state)
{
	static const struct {
		const char *cell;
		unsigned kinds;
		int column;
	} ROWS[] = {
		{ "#loc+name", SITE, COLUMN_NAME },
		{ "#loc", NEED, COLUMN_NAME },
		{ "#LOC + site +Name", SITE, COLUMN_NAME },
		{ "#loc+name+code", NEED, COLUMN_CODE },
		{ "#loc+type", SITE, -1 },
		{ "#location+name", SITE, -1 },
		{ "#meta+id", STOCK, COLUMN_ID },
		{ "#meta+v_x+id", STOCK, COLUMN_ID },
		{ "#meta+url", STOCK, -1 },
		{ "#geo+lat", SITE, COLUMN_LAT },
		{ "#geo+lat", NEED, -1 },
		{ "#item+name+en", OFFER, COLUMN_ITEM },
		{ "#item+code", OFFER, COLUMN_ITEM_CODE },
		{ "#item+num", NEED, COLUMN_QUANTITY },
		{ "#need+num", NEED, COLUMN_QUANTITY },
		{ "#need+num+ind", NEED, COLUMN_QUANTITY },
		{ "#need+num+f", NEED, -1 },
		{ "#need", NEED, -1 },
		{ "#need+num", OFFER, -1 },
		{ "#capacity+num", STOCK, COLUMN_QUANTITY },
		{ "#capacity+num", NEED, -1 },
		{ "#capacity+reserve", STOCK, COLUMN_RESERVE },
		{ "#capacity+reserve+num", STOCK, COLUMN_RESERVE },
		{ "#inneed+num", NEED, COLUMN_PEOPLE },
		{ "#inneed+infants+num", NEED, COLUMN_INFANTS },
		{ "#inneed+infants+f", NEED, -1 },
		{ "#inneed+hh", NEED, -1 },
		{ "#affected+f+num", SITE, -1 },
		{ "#affected+num", SITE, COLUMN_PEOPLE },
		{ "#sector+name", NEED, -1 },
		{ "#date+reported", NEED, -1 },
		{ "#output+num", NEED, COLUMN_ARRIVED },
		{ "#output+num", STOCK, -1 },
		{ "#reached+num", NEED, -1 },
		{ "loc+name", SITE, -1 },
		{ "#loc name", SITE, -1 },
		{ "#loc+", SITE, -1 },
		{ "# loc", SITE, -1 },
		{ "#", SITE, -1 },
		{ "", SITE, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++)
		if (hashtags_column(ROWS[i].cell, ROWS[i].kinds) != ROWS[i].column)
			fail_msg("\"%s\" of kinds %u is column %d", ROWS[i].cell, ROWS[i].kinds,
				 hashtags_column(ROWS[i].cell, ROWS[i].kinds));
}

static void hashtags_are_found_in_the_first_25_rows(void **state)
{
	static const struct {
		unsigned titles;
		const char *tags;
		bool found;
	} ROWS[] = { { 0, "#loc+name,#geo+lat", true },   { 24, "#loc+name,,#x_own", true },
		     { 25, "#loc+name,#geo+lat", false }, { 1, "#loc+name,Lat", false },
		     { 1, "#x_own,#x_other", false },     { 1, "#1 Main Street,", false } };
	char data[1000];

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		struct csv_table table;
		size_t row = 99, used = 0;
		unsigned line = 0;

		for (unsigned t = 0; t < ROWS[i].titles; t++)
			used += (size_t)sprintf(data + used, "Title %u,\n", t);
		used += (size_t)sprintf(data + used, "%s\nOak,35\n", ROWS[i].tags);
		assert_int_equal(csv_table_init(&table, &line, data, used), CSV_TABLE_OK);
		assert_int_equal(hashtags_find(&row, &table), ROWS[i].found);
		assert_int_equal(row, ROWS[i].found ? ROWS[i].titles : 99);
		csv_table_fini(&table);
	}
}

/* --- whole files --- */

static void on_finished(void *user, json_t *result)
{
	*(json_t **)user = result;
}

/* Imports what the fake door answers at once; NULL with the sentence in `error`. */
static json_t *import(struct fake *f, enum import_kind kind, const char *data, size_t size, struct said *error)
{
	uv_loop_t loop;
	json_t *result = NULL;
	struct import *im = NULL;
	struct import_config config = { .loop = &loop,
					.view = &f->view,
					.door = &f->door,
					.kind = kind,
					.data = data,
					.size = size,
					.finished = on_finished,
					.user = &result };

	uv_loop_init(&loop);
	(void)!import_start(&im, error, &config);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	return result;
}

static json_t *import_file(struct fake *f, enum import_kind kind, const char *name)
{
	static char data[20000];
	char path[300];
	struct said error = { 0 };
	FILE *file;
	size_t size;
	json_t *result;

	snprintf(path, sizeof(path), SOURCE_DIR "/tests/data/hxl/%s", name);
	file = fopen(path, "rb");
	assert_non_null(file);
	size = fread(data, 1, sizeof(data), file);
	fclose(file);
	result = import(f, kind, data, size, &error);
	if (result == NULL)
		fail_msg("%s: %s", name, written(&error));
	return result;
}

static long number(const json_t *result, const char *field)
{
	return (long)json_integer_value(json_object_get(result, field));
}

static void needs_in_french_are_read_by_their_hashtags(void **state)
{
	static struct fake f;
	json_t *result;

	(void)state;
	fake_init(&f);
	result = import_file(&f, IMPORT_GUESS, "besoins.csv");
	assert_string_equal(json_string_value(json_object_get(result, "kind")), "need");
	assert_int_equal(number(result, "rows"), 3);
	assert_int_equal(number(result, "added"), 3);
	assert_string_equal(f.lines[0].item_name, "Eau potable");
	assert_string_equal(f.lines[0].site, "École Sainte-Anne");
	assert_string_equal(f.lines[0].text, "portail nord");
	assert_int_equal(f.lines[0].quantity_milli, 1200500);
	assert_int_equal(f.lines[0].people, 300); /* and not the women among them */
	assert_string_equal(f.lines[2].text, "près de l'église; demander");
	assert_int_equal(f.lines[2].people, 50);
	json_decref(result);
}

static void shelters_of_a_registry_are_read(void **state)
{
	static struct fake f;
	json_t *result, *bad;

	(void)state;
	fake_init(&f);
	result = import_file(&f, IMPORT_GUESS, "shelters.csv");
	assert_string_equal(json_string_value(json_object_get(result, "kind")), "site");
	assert_int_equal(number(result, "rows"), 3);
	assert_int_equal(number(result, "added"), 2);
	assert_string_equal(f.sites[0].name, "#1 Community Hall");
	assert_int_equal(f.sites[0].people, 92);
	assert_int_equal(f.sites[0].place.lat_e6, 18539200);
	assert_int_equal(f.sites[0].place.digits, 15);
	assert_int_equal(f.sites[1].state, VIEW_SITE_FULL);
	bad = json_array_get(json_object_get(result, "rejected"), 0);
	assert_int_equal(number(bad, "line"), 7);
	json_decref(result);
	/* Ids that others gave are none of ours: the same list is known by what it says. */
	result = import_file(&f, IMPORT_SITE, "shelters.csv");
	assert_int_equal(number(result, "known"), 2);
	json_decref(result);
}

static void stock_of_a_warehouse_is_read(void **state)
{
	static struct fake f;
	json_t *result;

	(void)state;
	fake_init(&f);
	result = import_file(&f, IMPORT_STOCK, "warehouse.csv");
	assert_int_equal(number(result, "added"), 2);
	assert_string_equal(f.lines[0].item_name, "Blanket"); /* another catalogue's code is not ours */
	assert_string_equal(f.lines[0].site, "Depot North");
	assert_int_equal(f.lines[0].quantity_milli, 400000);
	assert_string_equal(f.lines[1].item_name, "=SUM(A1)");
	assert_string_equal(json_string_value(json_array_get(json_object_get(result, "ignored_columns"), 0)), "#org");
	json_decref(result);
}

static void single_cells_are_read_or_told(void **state)
{
	static const struct {
		enum import_kind kind;
		const char *data;
		const char *reason; /* NULL: it is taken */
	} ROWS[] = {
		{ IMPORT_NEED, "#item+code\n101\n", NULL },
		{ IMPORT_NEED, "#item+name,#status\nwater,open\n", NULL },
		{ IMPORT_NEED, "#item+name,#status\nwater,ongoing\n", NULL },
		{ IMPORT_NEED, "#item+name,#status\nwater,met\n", "It is met: only what is still open is taken in." },
		{ IMPORT_NEED, "#item+name,#status\nwater,overdue\n", NULL },
		{ IMPORT_NEED, "#item+name,#meta+flags\nwater,drill damaged\n", NULL },
		{ IMPORT_NEED, "#item+name,#meta+flags\nwater,recurring\n",
		  "The flag \"recurring\" is no more: say after how many hours it opens again, \"aidmesh need ... "
		  "--every "
		  "24h\", in the API \"every\": 24." },
		{ IMPORT_NEED, "#item+name,#meta+flags\nwater,drilling\n",
		  "The flag \"drilling\" is not known: it is one of damaged, can-collect, needs-transport, "
		  "drill, keep-cold or used." },
		{ IMPORT_SITE, "#loc+name,#meta+flags\nOak,pets drill\n", NULL },
		{ IMPORT_NEED, "#item+name,#loc+code\nwater,8773XX44+\n", NULL },
		{ IMPORT_NEED, "#item+name,#loc+code\nwater,HT0111\n", NULL },
		{ IMPORT_NEED, "#item+name,#need+num\nwater,many\n",
		  "Quantity \"many\" must be a number such as 120 or 12.5, with a point and without thousands "
		  "separators." },
		{ IMPORT_NEED, "#item+name,#need+num,#output+num\nwater,5,5\n",
		  "It is met: only what is still open is taken in." },
		{ IMPORT_NEED, "#item+name,#need+num,#output+num\nwater,5,some\n",
		  "What arrived \"some\" must be a number such as 120 or 12.5, with a point and without thousands "
		  "separators." },
		{ IMPORT_NEED, "#item+name,#need+num,#output+num\nwater,,5\n", NULL },
		{ IMPORT_NEED, "#item+name,#need+within\nwater,3d\n", NULL },
	};
	static struct fake f;

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		struct said error = { 0 };
		json_t *result, *told;

		print_message("%s", ROWS[i].data);
		fake_init(&f);
		result = import(&f, ROWS[i].kind, ROWS[i].data, strlen(ROWS[i].data), &error);
		told = json_array_get(json_object_get(result, "rejected"), 0);
		if (ROWS[i].reason != NULL)
			assert_string_equal(json_string_value(json_object_get(told, "error")), ROWS[i].reason);
		assert_int_equal(number(result, "added"), ROWS[i].reason == NULL);
		json_decref(result);
	}
}

/* What the cells say reaches the door. */
static void flags_and_cells_reach_the_door(void **state)
{
	static const struct {
		enum import_kind kind;
		const char *data;
		uint8_t flags, facilities, digits;
	} ROWS[] = { { IMPORT_NEED, "#item+name,#meta+flags\nwater,drill damaged\n", 9, 0, 0 },
		     { IMPORT_SITE, "#loc+name,#meta+flags\nOak,pets drill\n", 0, 20, 0 },
		     { IMPORT_NEED, "#item+name,#loc+code\nwater,8773XX44+\n", 0, 0, 8 },
		     { IMPORT_NEED, "#item+name,#loc+code\nwater,8773XX00+\n", 0, 0, 6 },
		     { IMPORT_NEED, "#item+name,#loc+code\nwater,HT0111\n", 0, 0, 0 },
		     { IMPORT_SITE, "#loc+name,#geo+lat,#geo+lon\nOak,1,2\n", 0, 0, 15 } };
	static struct fake f;

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		struct said error = { 0 };

		fake_init(&f);
		json_decref(import(&f, ROWS[i].kind, ROWS[i].data, strlen(ROWS[i].data), &error));
		assert_int_equal(f.submitted, 1);
		assert_int_equal(f.last.flags, ROWS[i].flags);
		assert_int_equal(f.last.facilities, ROWS[i].facilities);
		assert_int_equal(f.last.place.digits, ROWS[i].digits);
		assert_int_equal((f.last.fields & DOOR_PLACE) != 0, ROWS[i].digits != 0);
	}
}

static void what_arrived_is_not_asked_for_again(void **state)
{
	static const char DATA[] = "#item+name,#output+num,#need+num\nwater,50.5,120\n";
	static struct fake f;
	struct said error = { 0 };

	(void)state;
	fake_init(&f);
	json_decref(import(&f, IMPORT_NEED, DATA, sizeof(DATA) - 1, &error));
	assert_int_equal(f.lines[0].quantity_milli, 69500);
}

/* Its own words come back to a node: nothing happens, even where they are old. */
static void what_is_here_by_its_id_is_known(void **state)
{
	static const char DATA[] = "#meta+id,#loc+name,#population\n0011223344556677:00000001,Oak renamed,7\n"
				   "0011223344556677:00000002,Elm,7\n";
	static struct fake f;
	struct said error = { 0 };
	json_t *result;

	(void)state;
	fake_init(&f);
	f.sites[f.site_count++] = (struct view_site){ .record = fake_record(1, "Oak"), .name = "Oak", .people = 5 };
	result = import(&f, IMPORT_SITE, DATA, sizeof(DATA) - 1, &error);
	assert_int_equal(number(result, "known"), 1);
	assert_int_equal(number(result, "added"), 1);
	assert_int_equal(number(result, "changed"), 0);
	assert_string_equal(f.sites[0].name, "Oak");
	assert_int_equal(f.sites[0].people, 5);
	json_decref(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashtags_mean_columns),
		cmocka_unit_test(hashtags_are_found_in_the_first_25_rows),
		cmocka_unit_test(needs_in_french_are_read_by_their_hashtags),
		cmocka_unit_test(shelters_of_a_registry_are_read),
		cmocka_unit_test(stock_of_a_warehouse_is_read),
		cmocka_unit_test(single_cells_are_read_or_told),
		cmocka_unit_test(flags_and_cells_reach_the_door),
		cmocka_unit_test(what_arrived_is_not_asked_for_again),
		cmocka_unit_test(what_is_here_by_its_id_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
