/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/tables/export.h"

#include <stdio.h>

#include "board/text/iso_time.h"

enum { DIGITS_FINEST = 8 };

void export_remark(char out[EXPORT_REMARK_SIZE], const struct board_view *view)
{
	struct view_status status = { 0 };
	char now[ISO_TIME_SIZE];

	view->status(view->ctx, &status);
	iso_time_format(now, status.now);
	snprintf(out, EXPORT_REMARK_SIZE, "Public records only, as node %s (%.8s) held them at %s.", status.name,
		 status.key, now);
}

uint8_t export_digits(const struct view_place *place, enum export_where where)
{
	if (where == EXPORT_SITE || place->digits <= DIGITS_FINEST)
		return place->digits;
	return DIGITS_FINEST;
}
