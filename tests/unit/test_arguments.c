/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/arguments.c" /* the tools are a program, not a library */

static json_t *quantity(const char *text, const char **right)
{
	static char unit[16];

	return argument_quantity(text, unit, right);
}

static json_t *time_at_noon(const char *text, const char **right)
{
	return argument_time(text, 43200, right);
}

static void what_people_type_becomes_json(void **state)
{
	static const struct {
		json_t *(*read)(const char *text, const char **right);
		const char *text, *json; /* NULL: refused */
	} ROWS[] = {
		{ quantity, "120", "\"120\"" },
		{ quantity, "12.5", "\"12.5\"" },
		{ quantity, "120L", "\"120\"" },
		{ quantity, "120 L", "\"120\"" },
		{ quantity, "1,5", NULL },
		{ quantity, "-3", NULL },
		{ quantity, "L", NULL },
		{ quantity, "", NULL },
		{ argument_count, "40", "40" },
		{ argument_count, "40.5", NULL },
		{ argument_count, "-1", NULL },
		{ argument_count, "9999999999", NULL },
		{ argument_hours, "6", "6" },
		{ argument_hours, "24h", "24" },
		{ argument_hours, "3d", "72" },
		{ argument_hours, "1w", "168" },
		{ argument_hours, "0", NULL },
		{ argument_hours, "30m", NULL },
		{ argument_hours, "6hours", NULL },
		{ time_at_noon, "6h", "64800" },
		{ time_at_noon, "2d", "216000" },
		{ time_at_noon, "30m", "45000" },
		{ time_at_noon, "2026-09-14T18:00Z", "\"2026-09-14T18:00Z\"" },
		{ time_at_noon, "6", NULL },
		{ time_at_noon, "tomorrow", NULL },
		{ argument_place, "35.5,-77.25", "{\"lat\":35.5,\"lon\":-77.25}" },
		{ argument_place, "35.5", NULL },
		{ argument_place, "91,0.5", NULL },
		{ argument_place, "0.5,181", NULL },
		{ argument_place, "nan,1", NULL },
		{ argument_place, "35.5,-77.25x", NULL },
		{ argument_opening, "8-17", "{\"from\":\"08:00\",\"to\":\"17:00\"}" },
		{ argument_opening, "8:30-17:00 mon,tue",
		  "{\"from\":\"08:30\",\"to\":\"17:00\",\"days\":[\"mon\",\"tue\"]}" },
		{ argument_opening, "8", NULL },
		{ argument_opening, "8-25", NULL },
		{ argument_opening, "8-17x", NULL },
		{ argument_list, "water, food,", "[\"water\",\"food\"]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		const char *right = NULL;
		json_t *value = ROWS[i].read(ROWS[i].text, &right);
		char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

		print_message("%s\n", ROWS[i].text);
		assert_non_null(right);
		if (ROWS[i].json == NULL) {
			assert_null(value);
		} else {
			assert_non_null(value);
			assert_string_equal(text, ROWS[i].json);
		}
		free(text);
		json_decref(value);
	}
}

static void unit_is_kept(void **state)
{
	const char *right;
	char unit[16];
	json_t *value = argument_quantity("12.5 gal", unit, &right);

	(void)state;
	assert_string_equal(unit, "gal");
	json_decref(value);
}

static void words_have_a_distance(void **state)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} ROWS[] = { { "need", "need", 0 }, { "need", "ned", 1 },     { "need", "nede", 1 }, { "list", "lits", 1 },
		     { "", "abc", 3 },      { "pledge", "plege", 1 }, { "need", "list", 4 } };

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		assert_int_equal(argument_distance(ROWS[i].a, ROWS[i].b), ROWS[i].distance);
		assert_int_equal(argument_distance(ROWS[i].b, ROWS[i].a), ROWS[i].distance);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_people_type_becomes_json),
		cmocka_unit_test(unit_is_kept),
		cmocka_unit_test(words_have_a_distance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
