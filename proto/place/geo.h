/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Points on the Earth in integers: how far, which way, and the cell that stands for a household.
 *
 * Pure, and the same on every machine: no floating point, so that two nodes that rank by distance rank alike. */
#ifndef AIDMESH_PROTO_PLACE_GEO_H
#define AIDMESH_PROTO_PLACE_GEO_H

#include <stdbool.h>
#include <stdint.h>

/* Millionths of a degree: latitude -90..90, longitude -180..180. */
struct geo_point {
	int32_t lat_e6, lon_e6;
};

struct geo_box {
	int32_t south_e6, west_e6, north_e6, east_e6;
};

/* Metres along the ground, on a sphere that is flat between the two: within half a percent up to 500 km where people
 * live; further than that only an order. */
uint32_t geo_distance_m(struct geo_point a, struct geo_point b);

/* Which way `to` lies from `from`: "N", "NE", "E", "SE", "S", "SW", "W" or "NW"; "" when it is the same point. */
const char *geo_direction(struct geo_point from, struct geo_point to);

/* The Plus Code cell of 4, 6, 8 or 10 digits (111 km, 5.6 km, 280 m, 14 m) that `point` lies in. Other digits: the
 * point itself, without extent. */
struct geo_box geo_cell(struct geo_point point, uint8_t digits);

/* The middle of that cell: what is said of a household instead of its door. */
struct geo_point geo_coarsen(struct geo_point point, uint8_t digits);

#endif
