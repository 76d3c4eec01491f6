/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is a drill, and whether it counts. A driver who is told to load for a drill takes real goods away. */
#include "node/questions/questions_state.h"

bool questions_counts_line(const struct asking *a, const struct fold_record *line)
{
	return !a->is_real || !fold_line_is_drill(a->fold, line->own);
}

static bool counts_end(const struct asking *a, fold_slot end)
{
	return end == FOLD_NONE || questions_counts(a, FOLD_LINES, end);
}

bool questions_counts_move(const struct asking *a, const struct fold_move *move)
{
	return !a->is_real || (counts_end(a, move->of) && counts_end(a, move->from));
}

bool questions_counts(const struct asking *a, enum fold_list list, fold_slot own)
{
	uint32_t index = a->is_real && own != FOLD_NONE ? fold_index(a->fold, list, own) : UINT32_MAX;
	struct fold_record record;
	struct fold_move move;

	if (index == UINT32_MAX)
		return true;
	switch (list) {
	case FOLD_SITES:
		return !(questions_standing(a, FOLD_SITES, index).site.facilities & SITE_DRILL);
	case FOLD_LINES:
		fold_record(a->fold, FOLD_LINES, index, &record);
		return questions_counts_line(a, &record);
	case FOLD_MOVES:
		fold_move(a->fold, index, &move);
		return questions_counts_move(a, &move);
	case FOLD_NOTES:
	case FOLD_LISTS:
		break;
	}
	return true;
}
