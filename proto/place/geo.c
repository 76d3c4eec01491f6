/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "proto/place/geo.h"

#include <assert.h>
#include <stdlib.h>

enum {
	DEGREE_E6 = 1000000,
	METRES_PER_DEGREE = 111195, /* of the sphere of 6,371,009 m, the Earth's mean */
	COS_ONE = 1 << 20,
};

/* Bhaskara I's approximation of the cosine of x degrees: (32400 - 4 x^2) / (32400 + x^2), within 0.0016. */
static int64_t cosine(int64_t lat_e6)
{
	int64_t milli = llabs(lat_e6) / 1000, square = milli * milli;

	return (32400000000 - 4 * square) * COS_ONE / (32400000000 + square);
}

static uint64_t square_root(uint64_t value)
{
	uint64_t root = 0;

	for (uint64_t bit = 1ull << 31; bit; bit >>= 1)
		if ((root + bit) * (root + bit) <= value)
			root += bit;
	assert(root * root <= value);
	return root;
}

struct offset {
	int64_t east_m, north_m;
};

static struct offset offset_of(struct geo_point from, struct geo_point to)
{
	int64_t north = (int64_t)to.lat_e6 - from.lat_e6, east = (int64_t)to.lon_e6 - from.lon_e6;
	int64_t middle = ((int64_t)to.lat_e6 + from.lat_e6) / 2;

	/* The short way round. */
	if (east > 180 * (int64_t)DEGREE_E6)
		east -= 360 * (int64_t)DEGREE_E6;
	if (east < -180 * (int64_t)DEGREE_E6)
		east += 360 * (int64_t)DEGREE_E6;
	assert(llabs(east) <= 180 * (int64_t)DEGREE_E6);
	return (struct offset){ .east_m = east * METRES_PER_DEGREE / DEGREE_E6 * cosine(middle) / COS_ONE,
				.north_m = north * METRES_PER_DEGREE / DEGREE_E6 };
}

uint32_t geo_distance_m(struct geo_point a, struct geo_point b)
{
	struct offset o = offset_of(a, b);

	return (uint32_t)square_root((uint64_t)(o.east_m * o.east_m + o.north_m * o.north_m));
}

const char *geo_direction(struct geo_point from, struct geo_point to)
{
	static const char *const winds[3][3] = { { "SW", "S", "SE" }, { "W", "", "E" }, { "NW", "N", "NE" } };
	struct offset o = offset_of(from, to);
	int64_t east = llabs(o.east_m), north = llabs(o.north_m);
	int x, y;

	/* Within 22.5 degrees of an axis it is that axis: the tangent is 0.41421. */
	x = east * 100000 > north * 41421 ? (o.east_m > 0) - (o.east_m < 0) : 0;
	y = north * 100000 > east * 41421 ? (o.north_m > 0) - (o.north_m < 0) : 0;
	assert((x == 0 && y == 0) == (east == 0 && north == 0));
	return winds[y + 1][x + 1];
}

static int32_t step_of(uint8_t digits)
{
	return digits == 4 ? DEGREE_E6 : digits == 6 ? 50000 : digits == 8 ? 2500 : digits == 10 ? 125 : 0;
}

static int32_t floor_to(int32_t value, int32_t step)
{
	assert(step > 0);
	int32_t rest = value % step;

	return value - (rest < 0 ? rest + step : rest);
}

struct geo_box geo_cell(struct geo_point point, uint8_t digits)
{
	int32_t step = step_of(digits), south, west;

	if (!step)
		return (struct geo_box){ point.lat_e6, point.lon_e6, point.lat_e6, point.lon_e6 };
	/* The pole belongs to the last row, the date line to the first column. */
	south = floor_to(point.lat_e6 >= 90 * DEGREE_E6 ? 90 * DEGREE_E6 - 1 : point.lat_e6, step);
	west = floor_to(point.lon_e6 >= 180 * DEGREE_E6 ? -180 * DEGREE_E6 : point.lon_e6, step);
	assert(south <= 90 * DEGREE_E6 - step && west <= 180 * DEGREE_E6 - step);
	return (struct geo_box){ south, west, south + step, west + step };
}

struct geo_point geo_coarsen(struct geo_point point, uint8_t digits)
{
	struct geo_box box = geo_cell(point, digits);

	assert(box.south_e6 <= box.north_e6 && box.west_e6 <= box.east_e6);
	return (struct geo_point){ box.south_e6 + (box.north_e6 - box.south_e6) / 2,
				   box.west_e6 + (box.east_e6 - box.west_e6) / 2 };
}
