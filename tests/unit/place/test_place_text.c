/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Places as people type them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/place/place_text.h"

static const struct geo_point OAK = { 35108500, -77044100 };

static const struct {
	const char *typed;
	enum place_text what;
	int32_t lat_e6, lon_e6;
	uint8_t digits;
} ROWS[] = {
	{ "35.1,-77.0", PLACE_TEXT_POINT, 35100000, -77000000, 15 },
	{ "35.1 -77.0", PLACE_TEXT_POINT, 35100000, -77000000, 15 },
	{ "  35.1 ,  -77.0 ", PLACE_TEXT_POINT, 35100000, -77000000, 15 },
	{ "35.1;-77.0", PLACE_TEXT_POINT, 35100000, -77000000, 15 },
	{ "35.1N 77.0W", PLACE_TEXT_POINT, 35100000, -77000000, 15 },
	{ "35.1 n, 77 w", PLACE_TEXT_POINT, 35100000, -77000000, 15 },
	{ "35.1N 77.0O", PLACE_TEXT_POINT, 35100000, -77000000, 15 }, /* oeste, ouest */
	{ "N35.1 W77.0", PLACE_TEXT_POINT, 35100000, -77000000, 15 },
	{ "77.0W 35.1N", PLACE_TEXT_POINT, 35100000, -77000000, 15 },
	{ "35.1\xC2\xB0 N 77.0\xC2\xB0 W", PLACE_TEXT_POINT, 35100000, -77000000, 15 },
	{ "35.1S 77.0E", PLACE_TEXT_POINT, -35100000, 77000000, 15 },
	{ "-35,77", PLACE_TEXT_POINT, -35000000, 77000000, 15 },
	{ "+35,+77", PLACE_TEXT_POINT, 35000000, 77000000, 15 },
	{ "35.1085004,-77.0441005", PLACE_TEXT_POINT, 35108500, -77044101, 15 },
	{ "35.10850049999999,-77.0441", PLACE_TEXT_POINT, 35108500, -77044100, 15 },
	{ "90,180", PLACE_TEXT_POINT, 90000000, 180000000, 15 },
	{ "-90,-180", PLACE_TEXT_POINT, -90000000, -180000000, 15 },
	{ "8773XW00+", PLACE_TEXT_CELL, 35975000, -78075000, 6 },
	{ "87730000+", PLACE_TEXT_CELL, 35500000, -78500000, 4 },
	{ "8773XW44+", PLACE_TEXT_CELL, 0, 0, 8 },
	{ "8773XW44+22", PLACE_TEXT_POINT, 0, 0, 15 },
	{ " 8773xw44+222 ", PLACE_TEXT_POINT, 0, 0, 15 },
	{ "XW44+22", PLACE_TEXT_SHORT, 0, 0, 0 },
	{ "90.000001,0", PLACE_TEXT_NOT_EARTH, 0, 0, 0 },
	{ "35,180.1", PLACE_TEXT_NOT_EARTH, 0, 0, 0 },
	{ "99999999999999999999,0", PLACE_TEXT_NOT_EARTH, 0, 0, 0 },
	{ "-99999999999999999999,0", PLACE_TEXT_NOT_EARTH, 0, 0, 0 },
	{ "87000000+", PLACE_TEXT_NOT_EARTH, 0, 0, 0 }, /* 2000 km are no place */
	{ "35.1", PLACE_TEXT_OTHER, 0, 0, 0 },
	{ "35.1,-77.0,5", PLACE_TEXT_OTHER, 0, 0, 0 },
	{ "35,1 -77,0", PLACE_TEXT_OTHER, 0, 0, 0 },
	{ "35.1-77.0", PLACE_TEXT_OTHER, 0, 0, 0 },
	{ "35.1N 77.0", PLACE_TEXT_OTHER, 0, 0, 0 },
	{ "35.1N 77.0S", PLACE_TEXT_OTHER, 0, 0, 0 },
	{ "-35.1N 77.0W", PLACE_TEXT_OTHER, 0, 0, 0 },
	{ "Oak", PLACE_TEXT_OTHER, 0, 0, 0 },
	{ "12 Oak St", PLACE_TEXT_OTHER, 0, 0, 0 },
	{ "", PLACE_TEXT_OTHER, 0, 0, 0 },
	{ "nan,inf", PLACE_TEXT_OTHER, 0, 0, 0 },
	{ "1e1,2", PLACE_TEXT_OTHER, 0, 0, 0 },
	{ "87000000+22", PLACE_TEXT_OTHER, 0, 0, 0 },
};

static void test_what_people_type(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		struct geo_point point = { 7, 7 };
		uint8_t digits = 77;
		enum place_text what = place_text_read(&point, &digits, ROWS[i].typed, NULL);

		if (what != ROWS[i].what)
			fail_msg("\"%s\" is %d", ROWS[i].typed, what);
		if (what > PLACE_TEXT_CELL) {
			assert_true(point.lat_e6 == 7 && point.lon_e6 == 7 && digits == 77);
			continue;
		}
		assert_int_equal(digits, ROWS[i].digits);
		if (ROWS[i].lat_e6 != 0 && (point.lat_e6 != ROWS[i].lat_e6 || point.lon_e6 != ROWS[i].lon_e6))
			fail_msg("\"%s\" is %d, %d", ROWS[i].typed, point.lat_e6, point.lon_e6);
	}
}

static void test_a_short_code_is_the_nearest(void **state)
{
	struct geo_point point, whole;
	uint8_t digits, whole_digits;

	(void)state;
	assert_int_equal(place_text_read(&whole, &whole_digits, "8773XW44+22", &OAK), PLACE_TEXT_POINT);
	assert_int_equal(place_text_read(&point, &digits, "XW44+22", &whole), PLACE_TEXT_POINT);
	assert_int_equal(digits, 15);
	assert_memory_equal(&point, &whole, sizeof point);
	assert_int_equal(place_text_read(&point, &digits, "Oak", &OAK), PLACE_TEXT_OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_people_type),
		cmocka_unit_test(test_a_short_code_is_the_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
