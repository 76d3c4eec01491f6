/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The published test data of the Open Location Code project (tests/data/plus-codes), row by row. Its rows about
 * shortening a code have no call here to test: nothing of ours shortens one; they are recovered instead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/place/plus_code.h"

enum { CELLS_MAX = 6, LINE_SIZE = 256 };

struct row {
	char line[LINE_SIZE];
	char *cells[CELLS_MAX];
};

/* Calls `check` for each row of a file; gives their number. */
static size_t rows_of(const char *name, void (*check)(struct row *row))
{
	char path[300];
	struct row row;
	size_t count = 0;
	FILE *file;

	snprintf(path, sizeof path, "%s/tests/data/plus-codes/%s", SOURCE_DIR, name);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(row.line, sizeof row.line, file)) {
		char *rest = row.line;

		row.line[strcspn(row.line, "\r\n")] = '\0';
		if (row.line[0] == '#' || row.line[0] == '\0')
			continue;
		for (size_t i = 0; i < CELLS_MAX; i++)
			row.cells[i] = rest != NULL ? strsep(&rest, ",") : NULL;
		check(&row);
		count++;
	}
	fclose(file);
	return count;
}

/* Millionths, when the text has no more than six decimals. */
static bool millionths(int32_t *out, const char *text)
{
	const char *point = strchr(text, '.');
	double value = strtod(text, NULL) * 1e6;

	if ((point != NULL && strlen(point) > 7) || value > INT32_MAX || value < INT32_MIN)
		return false;
	*out = (int32_t)(value < 0 ? value - 0.5 : value + 0.5);
	return true;
}

static size_t points_encoded;

static void check_encoding(struct row *row)
{
	char code[PLUS_CODE_SIZE];
	uint8_t digits = (uint8_t)strtoul(row->cells[4], NULL, 10);
	struct geo_point point;

	plus_code_encode_units(code, strtoll(row->cells[2], NULL, 10), strtoll(row->cells[3], NULL, 10), digits);
	assert_string_equal(code, row->cells[5]);
	if (!millionths(&point.lat_e6, row->cells[0]) || !millionths(&point.lon_e6, row->cells[1]))
		return;
	plus_code_encode(code, point, digits);
	assert_string_equal(code, row->cells[5]);
	points_encoded++;
}

static void test_published_encoding(void **state)
{
	(void)state;
	assert_in_range(rows_of("encoding.csv", check_encoding), 300, 400);
	assert_in_range(points_encoded, 100, 400);
}

static void assert_near(double seen, double wanted, double slack, const char *line)
{
	if (seen - wanted > slack || wanted - seen > slack)
		fail_msg("%s: %.12f is not %.12f", line, seen, wanted);
}

static void check_decoding(struct row *row)
{
	struct plus_code_area a;
	double south, west, north, east, lat_units = PLUS_CODE_LAT_UNITS, lon_units = PLUS_CODE_LON_UNITS;

	assert_true(plus_code_decode(&a, row->cells[0]));
	south = strtod(row->cells[2], NULL);
	west = strtod(row->cells[3], NULL);
	north = strtod(row->cells[4], NULL);
	east = strtod(row->cells[5], NULL);
	assert_int_equal(a.digits, strtol(row->cells[1], NULL, 10));
	assert_near((double)a.south / lat_units - 90, south, 1e-10, row->cells[0]);
	assert_near((double)a.west / lon_units - 180, west, 1e-10, row->cells[0]);
	assert_near((double)(a.south + a.height) / lat_units - 90, north, 1e-10, row->cells[0]);
	assert_near((double)(a.west + a.width) / lon_units - 180, east, 1e-10, row->cells[0]);
	assert_near(a.box.south_e6 / 1e6, south, 0.51e-6, row->cells[0]);
	assert_near(a.box.west_e6 / 1e6, west, 0.51e-6, row->cells[0]);
	assert_near(a.box.north_e6 / 1e6, north, 0.51e-6, row->cells[0]);
	assert_near(a.box.east_e6 / 1e6, east, 0.51e-6, row->cells[0]);
}

static void test_published_decoding(void **state)
{
	(void)state;
	assert_in_range(rows_of("decoding.csv", check_decoding), 400, 440);
}

static void check_validity(struct row *row)
{
	struct plus_code_area a, untouched = { .digits = 77 };

	if (plus_code_is_valid(row->cells[0]) != (strcmp(row->cells[1], "true") == 0) ||
	    plus_code_is_short(row->cells[0]) != (strcmp(row->cells[2], "true") == 0) ||
	    plus_code_is_full(row->cells[0]) != (strcmp(row->cells[3], "true") == 0))
		fail_msg("%s is not judged so", row->cells[0]);
	a = untouched;
	assert_int_equal(plus_code_decode(&a, row->cells[0]), plus_code_is_full(row->cells[0]));
	assert_true(plus_code_is_full(row->cells[0]) || a.digits == 77);
}

static void test_published_validity(void **state)
{
	(void)state;
	assert_in_range(rows_of("validityTests.csv", check_validity), 24, 40);
	/* Beyond the pole, and beyond once round. */
	assert_true(plus_code_is_valid("F2222222+22") && !plus_code_is_full("F2222222+22"));
	assert_true(plus_code_is_valid("2W222222+22") && !plus_code_is_full("2W222222+22"));
	assert_true(plus_code_is_full("CV222222+22"));
}

/* The places of the data have up to nine decimals; a millionth is a tenth of a metre, and no code of theirs is as near
 * to an edge. */
static void check_recovery(struct row *row)
{
	struct geo_point near = { (int32_t)(strtod(row->cells[1], NULL) * 1e6),
				  (int32_t)(strtod(row->cells[2], NULL) * 1e6) };
	struct plus_code_area a;
	char code[PLUS_CODE_SIZE];

	assert_true(plus_code_decode_near(&a, row->cells[3], near));
	plus_code_encode_units(code, a.south, a.west, a.digits);
	assert_string_equal(code, row->cells[0]);
}

static void test_published_short_codes(void **state)
{
	(void)state;
	assert_in_range(rows_of("shortCodeTests.csv", check_recovery), 18, 30);
}

/* What geo.h calls a cell and what a code says are the same. */
static void test_a_code_is_a_cell_of_geo(void **state)
{
	static const uint8_t digits[] = { 4, 6, 8, 10 };
	uint32_t seed = 7;

	(void)state;
	for (size_t i = 0; i < 20000; i++) {
		struct geo_point point;
		struct plus_code_area a;
		struct geo_box box;
		char code[PLUS_CODE_SIZE];
		uint8_t count = digits[i % 4];

		seed = seed * 1664525 + 1013904223;
		point.lat_e6 = (int32_t)(seed % 180000001) - 90000000;
		seed = seed * 1664525 + 1013904223;
		point.lon_e6 = (int32_t)(seed % 360000000) - 180000000;
		plus_code_encode(code, point, count);
		assert_true(plus_code_decode(&a, code));
		assert_int_equal(a.digits, count);
		box = geo_cell(point, count);
		assert_memory_equal(&box, &a.box, sizeof box);
	}
}

/* From the middle of its 8-digit cell or any place around it, the last digits alone find the way back. */
static void test_short_codes_near_the_date_line_and_the_poles(void **state)
{
	static const struct geo_point points[] = { { 10, 179999990 },
						   { -17700000, -179999990 },
						   { 89999990, 3 },
						   { -89999990, -3 },
						   { 35108500, -77044100 } };

	(void)state;
	for (size_t i = 0; i < sizeof points / sizeof *points; i++)
		for (int east = -1; east <= 1; east++) {
			struct geo_point near = points[i];
			struct plus_code_area a;
			char code[PLUS_CODE_SIZE], again[PLUS_CODE_SIZE];

			near.lon_e6 += east * 9000;
			near.lon_e6 += near.lon_e6 > 180000000 ? -360000000 : near.lon_e6 < -180000000 ? 360000000 : 0;
			plus_code_encode(code, points[i], 10);
			assert_true(plus_code_decode_near(&a, code + 4, near));
			plus_code_encode_units(again, a.south, a.west, a.digits);
			assert_string_equal(code, again);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published_encoding),
		cmocka_unit_test(test_published_decoding),
		cmocka_unit_test(test_published_validity),
		cmocka_unit_test(test_published_short_codes),
		cmocka_unit_test(test_a_code_is_a_cell_of_geo),
		cmocka_unit_test(test_short_codes_near_the_date_line_and_the_poles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
