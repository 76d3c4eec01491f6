/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How many there are of each: counted once in a run of the fold, since every answer begins with it. */
#include "node/picture/picture_state.h"

static void count_line(const struct fold_line *line, struct picture_counts *counts)
{
	if (line->kind == LINE_NEED) {
		counts->needs_open += fold_line_is_open(line);
		counts->needs_covered += line->status == LINE_COVERED;
		return;
	}
	if (line->status == LINE_CLOSED || line->kind == LINE_ROUND)
		return;
	if (line->kind == LINE_OFFER)
		counts->offers++;
	else
		counts->resources++;
}

/* An alert ends between two runs as well. */
static void count_alerts(struct picture *p, uint32_t now_s, struct picture_counts *counts)
{
	counts->alerts = 0;
	counts->alerts_until_s = UINT32_MAX;
	for (uint32_t i = 0; i < fold_count(p->fold, FOLD_NOTES); i++) {
		struct fold_note note;

		fold_note(p->fold, i, &note);
		if (note.kind != NOTE_ALERT || picture_note_is_over(p, &note, now_s))
			continue;
		counts->alerts++;
		if (note.until_s && note.until_s < counts->alerts_until_s)
			counts->alerts_until_s = note.until_s;
	}
}

static void count_all(struct picture *p, uint32_t now_s)
{
	struct picture_counts *counts = &p->counts;
	uint32_t met;

	*counts = (struct picture_counts){ .are_known = true, .sites = fold_count(p->fold, FOLD_SITES) };
	for (uint32_t i = 0; i < fold_count(p->fold, FOLD_LINES); i++) {
		struct fold_line line;

		fold_line(p->fold, i, &line);
		if (!line.is_drill || !fold_is_real(p->fold))
			count_line(&line, counts);
	}
	for (uint32_t i = 0; i < fold_count(p->fold, FOLD_MOVES); i++) {
		struct fold_move move;

		fold_move(p->fold, i, &move);
		counts->moves_coming += move.counts;
		counts->moves_late += move.lapsed;
	}
	counts->trusts = picture_trusts(p, &met);
	count_alerts(p, now_s, counts);
}

void picture_count(struct picture *p, uint32_t now_s, struct view_status *status)
{
	struct picture_counts *counts = &p->counts;

	picture_fold(p, now_s);
	if (!counts->are_known)
		count_all(p, now_s);
	if (now_s >= counts->alerts_until_s)
		count_alerts(p, now_s, counts);
	status->needs_open = counts->needs_open;
	status->needs_covered = counts->needs_covered;
	status->offers = counts->offers;
	status->resources = counts->resources;
	status->moves_coming = counts->moves_coming;
	status->moves_late = counts->moves_late;
	status->sites = counts->sites;
	status->alerts = counts->alerts;
	status->trusts = counts->trusts;
}
