/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/degrees.h"

#include <math.h>

bool degrees_place(struct view_place *place, double lat, double lon, int digits)
{
	if (!(fabs(lat) <= 90) || !(fabs(lon) <= 180))
		return false;
	if (digits != 4 && digits != 6 && digits != 8 && digits != 10 && digits != DEGREES_POINT_DIGITS)
		return false;
	*place = (struct view_place){ (int32_t)lround(lat * 1e6), (int32_t)lround(lon * 1e6), (uint8_t)digits };
	return true;
}
