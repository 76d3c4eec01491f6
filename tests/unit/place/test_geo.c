/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/place/geo.h"

/* Distances by the haversine formula on the same sphere, computed apart from this code. */
static const struct {
	struct geo_point from, to;
	uint32_t metres;
	const char *direction;
} WAYS[] = {
	{ { 35108500, -77044100 }, { 35108500, -77044100 }, 0, "" },
	{ { 35108500, -77044100 }, { 35118500, -77044100 }, 1112, "N" },
	{ { 35108500, -77044100 }, { 35098500, -77044100 }, 1112, "S" },
	{ { 35108500, -77044100 }, { 35108500, -77034100 }, 910, "E" },
	{ { 35108500, -77044100 }, { 35108500, -77054100 }, 910, "W" },
	{ { 35108500, -77044100 }, { 35116000, -77034100 }, 1234, "NE" },
	{ { 35108500, -77044100 }, { 35101000, -77034100 }, 1234, "SE" },
	{ { 35108500, -77044100 }, { 35101000, -77054100 }, 1234, "SW" },
	{ { 35108500, -77044100 }, { 35116000, -77054100 }, 1234, "NW" },
	{ { 34225700, -77944700 }, { 35108500, -77044100 }, 128138, "NE" },
	{ { -17700000, 179990000 }, { -17700000, -179990000 }, 2119, "E" }, /* over the date line */
	{ { 60000000, 25000000 }, { 60000000, 25010000 }, 556, "E" },
};

static void test_distance_and_direction(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(WAYS) / sizeof(WAYS[0]); i++) {
		uint32_t seen = geo_distance_m(WAYS[i].from, WAYS[i].to);
		uint32_t slack = WAYS[i].metres / 200 + 1;

		assert_in_range(seen, WAYS[i].metres - (slack < WAYS[i].metres ? slack : WAYS[i].metres),
				WAYS[i].metres + slack);
		assert_int_equal(seen, geo_distance_m(WAYS[i].to, WAYS[i].from));
		assert_string_equal(geo_direction(WAYS[i].from, WAYS[i].to), WAYS[i].direction);
	}
}

static void test_a_cell_holds_its_point_and_hides_it(void **state)
{
	static const uint8_t digits[] = { 4, 6, 8, 10 };
	static const struct geo_point points[] = { { 35108512, -77044123 },
						   { -35108512, 77044123 },
						   { 0, 0 },
						   { 90000000, 180000000 },
						   { -90000000, -180000000 } };

	(void)state;
	for (size_t p = 0; p < sizeof(points) / sizeof(points[0]); p++)
		for (size_t d = 0; d < sizeof(digits); d++) {
			struct geo_box box = geo_cell(points[p], digits[d]);
			struct geo_point middle = geo_coarsen(points[p], digits[d]);
			struct geo_point again = geo_coarsen(middle, digits[d]);

			assert_in_range(points[p].lat_e6 + 90000000, box.south_e6 + 90000000, box.north_e6 + 90000000);
			assert_true(box.south_e6 < middle.lat_e6 && middle.lat_e6 < box.north_e6);
			assert_true(box.west_e6 < middle.lon_e6 && middle.lon_e6 < box.east_e6);
			assert_int_equal(middle.lat_e6, again.lat_e6);
			assert_int_equal(middle.lon_e6, again.lon_e6);
		}
	/* Two doors of one block say the same. */
	assert_int_equal(geo_coarsen((struct geo_point){ 35100001, -77049999 }, 6).lat_e6,
			 geo_coarsen((struct geo_point){ 35149999, -77000001 }, 6).lat_e6);
}

static void test_a_point_is_no_cell(void **state)
{
	struct geo_point point = { 35108512, -77044123 };
	struct geo_box box = geo_cell(point, 15);

	(void)state;
	assert_int_equal(box.south_e6, box.north_e6);
	assert_int_equal(geo_coarsen(point, 15).lon_e6, point.lon_e6);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_distance_and_direction),
					    cmocka_unit_test(test_a_cell_holds_its_point_and_hides_it),
					    cmocka_unit_test(test_a_point_is_no_cell) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
