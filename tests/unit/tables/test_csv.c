/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "board/batch.h"
#include "board/tables/csv.h"
#include "board/text/decimal.h"
#include "board/tables/import.h"
#include "tests/unit/fake_board.h"
#include "tests/unit/written.h"

/* The table as text: line number, cells between bars. */
static const char *draw(const struct csv_table *t)
{
	static char out[2000];
	size_t used = 0;

	for (size_t row = 0; row < t->row_count; row++) {
		used += (size_t)snprintf(out + used, sizeof(out) - used, "%u", t->rows[row].line);
		for (size_t i = 0; i < t->rows[row].cell_count; i++)
			used += (size_t)snprintf(out + used, sizeof(out) - used, "|%s", csv_table_cell(t, row, i));
		used += (size_t)snprintf(out + used, sizeof(out) - used, ";");
	}
	return out;
}

static void tables_are_read(void **state)
{
	static const struct {
		const char *in, *out;
	} ROWS[] = {
		{ "a,b\n1,2\n", "1|a|b;2|1|2;" },
		{ "\xEF\xBB\xBF"
		  "a,b\r\n1,2\r\n\r\n3,4",
		  "1|a|b;2|1|2;4|3|4;" },
		{ "a;b\n1,5;2\n", "1|a|b;2|1,5|2;" },
		{ "a\tb, c\td\n1\t2\t3\n", "1|a|b, c|d;2|1|2|3;" },
		{ "a|b\n1|2", "1|a|b;2|1|2;" },
		{ "\"a,x,y\";b\n1;2\n", "1|a,x,y|b;2|1|2;" },
		{ "a,b\n\"x\ny\",2\n3,4\n", "1|a|b;2|x\ny|2;4|3|4;" },
		{ "a,b\r\n1,\"x\r\n\r\ny\"\r\n3,4\r\n", "1|a|b;2|1|x\r\n\r\ny;5|3|4;" },
		{ "a,b\n\"say \"\"hi\"\"\",2\n", "1|a|b;2|say \"hi\"|2;" },
		{ "a,b\r1,2\r3,4\r", "1|a|b;2|1|2;3|3|4;" },
		{ "\n\na,b\n,,\n1\n", "3|a|b;5|1;" },
		{ "a\nCura\xE7"
		  "ao\n",
		  "1|a;2|Cura\xC3\xA7"
		  "ao;" },
		{ " a , b \n  x  ,y\n", "1|a|b;2|x|y;" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		struct csv_table t;
		unsigned line;

		assert_int_equal(csv_table_init(&t, &line, ROWS[i].in, strlen(ROWS[i].in)), CSV_TABLE_OK);
		assert_string_equal(draw(&t), ROWS[i].out);
		csv_table_fini(&t);
	}
}

static void what_is_no_table_is_refused(void **state)
{
	static const struct {
		const char *in;
		size_t size;
		enum csv_rc rc;
	} ROWS[] = { { "", 0, CSV_TABLE_E_EMPTY },
		     { "\n\n", 2, CSV_TABLE_E_EMPTY },
		     { "a\n\"b", 4, CSV_TABLE_E_QUOTE },
		     { "PK\3\4\0", 5, CSV_TABLE_E_BINARY } };
	struct csv_table t;
	unsigned line = 0;
	char *many = malloc(2 * (CSV_ROWS_MAX + 2) + 1);

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++)
		assert_int_equal(csv_table_init(&t, &line, ROWS[i].in, ROWS[i].size), ROWS[i].rc);
	for (size_t i = 0; i < CSV_ROWS_MAX + 2; i++)
		memcpy(many + 2 * i, "a\n", 2);
	assert_int_equal(csv_table_init(&t, &line, many, 2 * (CSV_ROWS_MAX + 2)), CSV_TABLE_E_ROWS);
	assert_int_equal(csv_table_init(&t, &line, many, 2 * (CSV_ROWS_MAX + 1)), CSV_TABLE_OK);
	assert_int_equal(t.row_count, CSV_ROWS_MAX + 1);
	csv_table_fini(&t);
	memset(many, ',', CSV_COLUMNS_MAX + 1);
	assert_int_equal(csv_table_init(&t, &line, many, CSV_COLUMNS_MAX - 1), CSV_TABLE_E_EMPTY);
	many[0] = 'a';
	assert_int_equal(csv_table_init(&t, &line, many, CSV_COLUMNS_MAX + 1), CSV_TABLE_E_COLUMNS);
	free(many);
}

static void quantities_are_exact(void **state)
{
	static const struct {
		const char *text;
		int rc;
		uint64_t milli;
	} ROWS[] = { { "120", 0, 120000 },
		     { "12.5", 0, 12500 },
		     { "0.001", 0, 1 },
		     { "0.1", 0, 100 },
		     { ".5", 0, 500 },
		     { "5.", 0, 5000 },
		     { "1.2500", 0, 1250 },
		     { "34359738.367", 0, 34359738367 },
		     { "1.005", 0, 1005 },
		     { "0", 0, 0 },
		     { " 7 ", 0, 7000 },
		     { "1.0001", DECIMAL_E_FINE, 0 },
		     { "34359738.368", DECIMAL_E_LARGE, 0 },
		     { "99999999999999999999", DECIMAL_E_LARGE, 0 },
		     { "", DECIMAL_E_FORM, 0 },
		     { "1,5", DECIMAL_E_FORM, 0 },
		     { "-1", DECIMAL_E_FORM, 0 },
		     { "1e3", DECIMAL_E_FORM, 0 },
		     { "1.2.3", DECIMAL_E_FORM, 0 },
		     { ".", DECIMAL_E_FORM, 0 } };
	char out[DECIMAL_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		uint64_t milli = 0;

		assert_int_equal(decimal_parse(&milli, ROWS[i].text), ROWS[i].rc);
		assert_int_equal(milli, ROWS[i].milli);
	}
	/* Every thousandth survives the detour over a double that JSON takes. */
	for (uint64_t milli = 1; milli < QUANTITY_MILLI_LIMIT; milli = milli * 3 / 2 + 7) {
		uint64_t back = 0;

		decimal_format(out, (int64_t)milli);
		assert_int_equal(decimal_of_double(&back, strtod(out, NULL)), DECIMAL_OK);
		assert_int_equal(back, milli);
	}
	decimal_format(out, -12500);
	assert_string_equal(out, "-12.5");
}

/* --- imports --- */

static void on_finished(void *user, json_t *result)
{
	*(json_t **)user = result;
}

/* Runs an import to its end; NULL with the sentence in `error` when the file is refused. */
static json_t *import(struct fake *f, enum import_kind kind, const char *data, size_t size, struct said *error)
{
	uv_loop_t loop;
	json_t *result = NULL;
	struct import *im;
	struct import_config config = { .loop = &loop,
					.view = &f->view,
					.door = &f->door,
					.kind = kind,
					.data = data,
					.size = size,
					.finished = on_finished,
					.user = &result };

	uv_loop_init(&loop);
	if (import_start(&im, error, &config) == IMPORT_OK) {
		while (result == NULL) {
			fake_answer_all(f);
			uv_run(&loop, UV_RUN_ONCE);
		}
	}
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	return result;
}

static long number(const json_t *result, const char *field)
{
	return (long)json_integer_value(json_object_get(result, field));
}

static const char *text_of(const json_t *result, const char *list, size_t index)
{
	const json_t *element = json_array_get(json_object_get(result, list), index);
	const char *remark = json_string_value(json_object_get(element, "remark"));
	static char text[SAID_WRITTEN_SIZE];

	if (remark == NULL)
		return json_string_value(json_is_object(element) ? json_object_get(element, "error") : element);
	snprintf(text, sizeof(text), "line %d: %s", (int)number(element, "line"), remark);
	return text;
}

static long bad_line(const json_t *result, size_t index)
{
	return number(json_array_get(json_object_get(result, "rejected"), index), "line");
}

/* Two megabytes in one cell are refused by their line, and before they have been copied about. */
static void endless_cells_are_refused_early(void **state)
{
	static const struct {
		const char *head;
		size_t length;
		enum csv_rc rc;
		unsigned line;
	} ROWS[] = { { "a,b\n1,2\n3,", CSV_CELL_SIZE_MAX, CSV_TABLE_OK, 0 },
		     { "a,b\n1,2\n3,", CSV_CELL_SIZE_MAX + 1, CSV_TABLE_E_CELL, 3 },
		     { "a,b\n1,2\n3,", 2000000, CSV_TABLE_E_CELL, 3 },
		     { "a,b\n\"1\n\n\",2\n3,\"4\n", 2000000, CSV_TABLE_E_CELL, 5 },
		     { "", 2000000, CSV_TABLE_E_CELL, 1 } };
	static struct fake f;
	struct said error = { 0 };
	char *data = malloc(2000100);
	struct csv_table t;

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		size_t head = strlen(ROWS[i].head);
		unsigned line = 0;

		memcpy(data, ROWS[i].head, head);
		memset(data + head, 'x', ROWS[i].length);
		assert_int_equal(csv_table_init(&t, &line, data, head + ROWS[i].length), ROWS[i].rc);
		assert_int_equal(line, ROWS[i].line);
		if (ROWS[i].rc == CSV_TABLE_OK) {
			assert_int_equal(strlen(csv_table_cell(&t, 2, 1)), CSV_CELL_SIZE_MAX);
			csv_table_fini(&t);
		}
	}
	fake_init(&f);
	memcpy(data, "name\nOak\n\"", 10);
	memset(data + 10, 'x', 2000000);
	assert_null(import(&f, IMPORT_SITE, data, 2000010, &error));
	assert_string_equal(written(&error),
			    "Line 3: A cell is longer than 4 KiB: shorten it, or close the quote (\") that was "
			    "opened there.");
	free(data);
}

static void florence_goes_in_once(void **state)
{
	static struct fake f;
	static char data[100000];
	struct said error = { 0 };
	FILE *file = fopen(SOURCE_DIR "/tests/data/sites-florence-2018.csv", "rb");
	json_t *result;
	size_t size;

	(void)state;
	assert_non_null(file);
	size = fread(data, 1, sizeof(data), file);
	fclose(file);
	fake_init(&f);
	f.when = FAKE_LATER;
	f.busy = 5;
	result = import(&f, IMPORT_GUESS, data, size, &error);
	assert_string_equal(json_string_value(json_object_get(result, "kind")), "site");
	assert_int_equal(number(result, "rows"), 184);
	assert_int_equal(number(result, "added"), 184);
	assert_int_equal(json_array_size(json_object_get(result, "rejected")), 0);
	assert_string_equal(text_of(result, "ignored_columns", 0), "city");
	assert_string_equal(text_of(result, "ignored_columns", 1), "state");
	assert_string_equal(text_of(result, "ignored_columns", 2), "address");
	assert_int_equal(f.sites[0].place.lat_e6 / 1000000, 36);
	assert_in_range(f.under_way_most, 2, BATCH_UNDER_WAY_MAX);
	json_decref(result);
	result = import(&f, IMPORT_GUESS, data, size, &error);
	assert_int_equal(number(result, "added"), 0);
	assert_int_equal(number(result, "known"), 184);
	assert_int_equal(f.site_count, 184);
	json_decref(result);
}

static void bad_rows_are_told_and_good_ones_go_in(void **state)
{
	static const char DATA[] = "Shelter;Latitude;LONGITUDE;Head-count;Phone\r\n"
				   "Oak;35,1;-77.04;120;555\r\n"
				   "\"Mill\r\nhouse\";35.2;-77.1;;\r\n"
				   ";35.3;-77.2;3;\r\n"
				   "Elm;95;-77.2;3;\r\n"
				   "Elm;north;-77.2;3;\r\n"
				   "Elm;35.3;-77.2;about 3;\r\n"
				   "Oak;35.1;-77.04;120;556\r\n"
				   "Oak;35.1;-77.04;130;557\r\n"
				   "Forbidden;0;1;;\r\n"
				   "Null;0;0;;\r\n"
				   "A very long name of a shelter, which goes on and on;36;-77;;\r\n";
	static const long BAD[] = { 5, 6, 7, 8, 10, 11, 12 };
	static struct fake f;
	struct said error = { 0 };
	json_t *result;

	(void)state;
	fake_init(&f);
	result = import(&f, IMPORT_SITE, DATA, sizeof(DATA) - 1, &error);
	assert_int_equal(number(result, "rows"), 11);
	assert_int_equal(number(result, "added"), 3);
	assert_int_equal(number(result, "known"), 1);
	assert_int_equal(json_array_size(json_object_get(result, "rejected")), 7);
	for (size_t i = 0; i < 7; i++)
		assert_int_equal(bad_line(result, i), BAD[i]);
	assert_string_equal(text_of(result, "rejected", 3), "People \"about 3\" must be a whole number such as 40.");
	assert_string_equal(text_of(result, "rejected", 4),
			    "The same site stands in line 2 with other values: keep one of them.");
	assert_string_equal(text_of(result, "rejected", 5),
			    "Only its author or the keepers of its site may change Forbidden. Leave a note about it "
			    "instead.");
	assert_string_equal(text_of(result, "remarks", 0),
			    "line 13: The name was cut to \"A very long name of a shelter, which goes on and\".");
	assert_string_equal(text_of(result, "ignored_columns", 0), "Phone");
	assert_int_equal(f.sites[0].place.lat_e6, 35100000);
	assert_int_equal(f.sites[0].people, 120);
	assert_string_equal(f.sites[1].name, "Mill\r\nhouse");
	json_decref(result);
	/* Cut names are known again; what changed meanwhile is an edit of the same site. */
	result = import(&f, IMPORT_SITE, DATA, sizeof(DATA) - 1, &error);
	assert_int_equal(number(result, "added"), 0);
	assert_int_equal(number(result, "known"), 4);
	assert_int_equal(number(result, "changed"), 1);
	assert_int_equal(f.site_count, 3);
	assert_int_equal(f.sites[0].people, 130);
	json_decref(result);
}

static void needs_are_read_by_heading(void **state)
{
	static const char DATA[] = "priority,QTY,Supply,site,Infants,notes,units\n"
				   "critical,12.5,Water,Oak,6,by the gate,gal\n"
				   "2 days,120 L,Water,Elm,,,\n"
				   "soon,1,Water,Elm,,,\n"
				   "24,\"1,200\",Water,Elm,,,\n"
				   "24h,-5,Water,Elm,,,\n"
				   ",,,Elm,,,\n";
	static struct fake f;
	struct said error = { 0 };
	json_t *result;

	(void)state;
	fake_init(&f);
	result = import(&f, IMPORT_GUESS, DATA, sizeof(DATA) - 1, &error);
	assert_string_equal(json_string_value(json_object_get(result, "kind")), "need");
	assert_int_equal(number(result, "added"), 2);
	assert_int_equal(f.lines[0].quantity_milli, 47318);
	assert_int_equal(f.lines[0].within_h, 6);
	assert_int_equal(f.lines[0].infants, 6);
	assert_string_equal(f.lines[0].text, "by the gate");
	assert_int_equal(f.lines[1].quantity_milli, 120000);
	assert_int_equal(f.lines[1].within_h, 48);
	assert_string_equal(f.lines[1].site, "Elm");
	assert_int_equal(json_array_size(json_object_get(result, "rejected")), 4);
	assert_int_equal(bad_line(result, 0), 4);
	assert_int_equal(bad_line(result, 3), 7);
	assert_string_equal(text_of(result, "remarks", 0), "line 2: Water: 12.5 gal = 47.318 L. And so on.");
	assert_int_equal(json_array_size(json_object_get(result, "remarks")), 1);
	json_decref(result);
	result = import(&f, IMPORT_NEED, DATA, sizeof(DATA) - 1, &error);
	assert_int_equal(number(result, "known"), 2);
	assert_int_equal(f.line_count, 2);
	json_decref(result);
}

/* Each way of stating a unit; what cannot be converted stays the number that stands there, and is worth a look. */
static void units_are_understood(void **state)
{
	static const char DATA[] = "item;quantity;unit;site\n"
				   "agua;12,5;L;Oak\n"
				   "agua;10 gal;;Oak\n"
				   "agua;3 cajas de 24 x 0,5 L;;Oak\n"
				   "blanket;40;lb;Oak\n"
				   "agua;7;cases;Oak\n"
				   "agua;8;bushels;Oak\n"
				   "old piano;2;kg;Oak\n";
	static const uint64_t MILLI[] = { 12500, 37854, 36000, 15000, 7000, 8000, 2000 };
	static const char *const REMARKS[] = {
		"line 3: agua: 10 gal = 37.854 L. And so on.",
		"line 4: agua: 3 cajas de 24 x 0,5 L = 36 L. And so on.",
		"line 5: blanket: 40 lb = 15, at about 1.2 kg each. And so on.",
		"line 6: agua is counted in L here, the file says cases: check the quantity.",
		"line 7: agua is counted in L here, the file says bushels: check the quantity.",
	};
	static struct fake f;
	struct said error = { 0 };
	json_t *result;

	(void)state;
	fake_init(&f);
	result = import(&f, IMPORT_NEED, DATA, sizeof(DATA) - 1, &error);
	assert_int_equal(number(result, "added"), 7);
	for (size_t i = 0; i < 7; i++)
		assert_int_equal(f.lines[i].quantity_milli, MILLI[i]);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(text_of(result, "remarks", i), REMARKS[i]);
	json_decref(result);
	result = import(&f, IMPORT_NEED, DATA, sizeof(DATA) - 1, &error);
	assert_int_equal(number(result, "known"), 7);
	json_decref(result);
}

static void places_in_one_column(void **state)
{
	static const char DATA[] = "name,plus code\n"
				   "Oak,8773XW44+22\n"
				   "Elm,8773XW00+\n"
				   "Ash,\"35.1, -77.0\"\n"
				   "Fir,XW44+22\n"
				   "Yew,by the river\n";
	static struct fake f;
	struct said error = { 0 };
	json_t *result;

	(void)state;
	fake_init(&f);
	result = import(&f, IMPORT_SITE, DATA, sizeof(DATA) - 1, &error);
	assert_int_equal(number(result, "added"), 3);
	assert_int_equal(f.sites[0].place.digits, 15);
	assert_int_equal(f.sites[1].place.lat_e6, 35975000);
	assert_int_equal(f.sites[1].place.digits, 6);
	assert_int_equal(f.sites[2].place.lon_e6, -77000000);
	assert_int_equal(json_array_size(json_object_get(result, "rejected")), 2);
	assert_int_equal(bad_line(result, 0), 5);
	json_decref(result);
	result = import(&f, IMPORT_SITE, DATA, sizeof(DATA) - 1, &error);
	assert_int_equal(number(result, "known"), 3);
	json_decref(result);
}

static void columns_that_do_not_tell_are_refused(void **state)
{
	static const struct {
		enum import_kind kind;
		const char *data, *part;
	} ROWS[] = { { IMPORT_GUESS, "item,qty\nwater,5\n", "kind=site" },
		     { IMPORT_SITE, "lat,lon\n1,2\n", "\"name\"" },
		     { IMPORT_NEED, "site,qty\nOak,1\n", "\"item\"" },
		     { IMPORT_GUESS, "foo,bar\n1,2\n", "kind=site" },
		     { IMPORT_GUESS, "", "empty" } };
	static struct fake f;
	struct said error = { 0 };

	(void)state;
	fake_init(&f);
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		assert_null(import(&f, ROWS[i].kind, ROWS[i].data, strlen(ROWS[i].data), &error));
		assert_non_null(strstr(written(&error), ROWS[i].part));
	}
	assert_int_equal(f.submitted, 0);
}

static void urgencies_are_read(void **state)
{
	static const struct {
		const char *text;
		uint32_t hours; /* 0: refused */
	} ROWS[] = { { "6", 6 },        { "24h", 24 },  { "3 d", 72 },  { "2 days", 48 }, { "1w", 168 },
		     { "Critical", 6 }, { "LOW", 168 }, { "720", 720 }, { "721", 0 },     { "40d", 0 },
		     { "", 0 },         { "0", 0 },     { "soon", 0 },  { "-6", 0 },      { "6x", 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		uint32_t hours = 0;

		assert_int_equal(columns_within_parse(&hours, ROWS[i].text), ROWS[i].hours != 0);
		assert_int_equal(hours, ROWS[i].hours);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_read),
		cmocka_unit_test(what_is_no_table_is_refused),
		cmocka_unit_test(endless_cells_are_refused_early),
		cmocka_unit_test(quantities_are_exact),
		cmocka_unit_test(florence_goes_in_once),
		cmocka_unit_test(bad_rows_are_told_and_good_ones_go_in),
		cmocka_unit_test(needs_are_read_by_heading),
		cmocka_unit_test(units_are_understood),
		cmocka_unit_test(places_in_one_column),
		cmocka_unit_test(columns_that_do_not_tell_are_refused),
		cmocka_unit_test(urgencies_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
