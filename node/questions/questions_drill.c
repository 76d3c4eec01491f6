/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is a drill, and whether it counts. A driver who is told to load for a drill takes real goods away. */
#include "node/questions/questions_state.h"

bool questions_counts_line(const struct asking *a, const struct fold_record *line)
{
	return !a->is_real || !fold_line_is_drill(a->fold, line->own);
}

static bool is_drill_line(const struct asking *a, fold_slot line)
{
	return line != FOLD_NONE && fold_line_is_drill(a->fold, line);
}

bool questions_counts_move(const struct asking *a, const struct fold_move *move)
{
	return !a->is_real || (!is_drill_line(a, move->of) && !is_drill_line(a, move->from));
}

bool questions_is_drill(const struct asking *a, enum fold_list list, fold_slot own)
{
	uint32_t index = own == FOLD_NONE ? UINT32_MAX : fold_index(a->fold, list, own);
	struct fold_move move;
	struct entry note;

	if (index == UINT32_MAX)
		return false;
	switch (list) {
	case FOLD_SITES:
		return questions_standing(a, FOLD_SITES, index).site.facilities & SITE_DRILL;
	case FOLD_LINES:
		return is_drill_line(a, own);
	case FOLD_MOVES:
		fold_move(a->fold, index, &move);
		return is_drill_line(a, move.of) || is_drill_line(a, move.from);
	case FOLD_NOTES:
		fold_read(a->fold, own, &note);
		return note.note.flags & NOTE_DRILL;
	case FOLD_LISTS:
		break;
	}
	return false;
}

bool questions_counts(const struct asking *a, enum fold_list list, fold_slot own)
{
	return !a->is_real || list == FOLD_NOTES || !questions_is_drill(a, list, own);
}
