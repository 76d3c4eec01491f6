/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Rounds from door to door, and the periods of needs that open again. */
#include "board/state_said.h"
#include "node/picture/picture_state.h"
#include "node/system/clock.h"

struct view_round picture_round(const struct fold *fold, fold_slot round)
{
	struct entry said;

	if (round == FOLD_NONE)
		return (struct view_round){ .when = 0 };
	fold_read(fold, round, &said);
	return (struct view_round){ .when = clock_unix_of(said.line.created),
				    .item = said.line.item,
				    .doors = said.line.doors,
				    .answered = said.line.answered,
				    .unneeded = said.line.unneeded };
}

struct say picture_round_said(const struct fold *fold, fold_slot round, int64_t now)
{
	struct view_round shown = picture_round(fold, round);

	return state_said_round(&shown, now);
}

void picture_periods(const struct fold *fold, uint32_t index, struct view_line *view)
{
	struct fold_period period;

	static_assert((int)VIEW_PERIODS == (int)FOLD_PERIODS, "all that are looked at are shown");
	while (view->period_count < VIEW_PERIODS &&
	       fold_line_period(fold, index, (uint32_t)view->period_count, &period))
		view->periods[view->period_count++] = (struct view_period){ .from = clock_unix_of(period.from_s),
									    .asked_milli = period.asked_milli,
									    .met_milli = period.met_milli };
}
