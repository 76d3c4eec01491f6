/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A line whose author is silent lives on by the word of whoever looks after its place, as long as they speak of it. */
#include "node/desk/desk_state.h"
#include "node/desk/draft.h"

/* Days. An author's node renews by two thirds of 30. The words of a keeper carry it as long; again before that is over. */
enum { SILENT_DAYS = 20, SPOKEN_DAYS = 20, AGAIN_DAYS = 10 };
static_assert(SILENT_DAYS >= RETAIN_LINE_DAYS * 2 / 3, "an author who is there has renewed it");
static_assert(SILENT_DAYS + AGAIN_DAYS <= RETAIN_LINE_DAYS, "before it leaves");

static bool is_left_alone(const struct desk *desk, struct fold *fold, const struct fold_line *line)
{
	return line->kind != LINE_ROUND && line->status != LINE_CLOSED &&
	       (line->status != LINE_MET || line->is_standing) &&
	       fold_epoch(fold, line->record.own) + SILENT_DAYS < (uint16_t)(desk->time.wall_s / EPOCH_S);
}

static bool is_carried_already(const struct desk *desk, struct fold *fold, const struct fold_line *line)
{
	fold_slot before = fold_carried_by(fold, line->record.own, &desk->identity->key);

	return before != FOLD_NONE && fold_epoch(fold, before) + AGAIN_DAYS > (uint16_t)(desk->time.wall_s / EPOCH_S);
}

bool desk_carries(struct desk *desk, uint32_t index, struct entry *e)
{
	struct fold *fold = picture_fold(desk->picture, desk->time.wall_s);
	struct draft_desk draft_desk = { .picture = desk->picture,
					 .identity = desk->identity,
					 .now_s = desk->time.wall_s,
					 .ctx = desk,
					 .new_number = desk_new_number };
	uint32_t since_s = desk->time.wall_s - SPOKEN_DAYS * EPOCH_S;
	struct fold_line line;
	struct draft draft;

	fold_line(fold, index, &line);
	if (!is_left_alone(desk, fold, &line) || !fold_may_change(fold, FOLD_LINES, index, &desk->identity->key) ||
	    !picture_has_spoken_of(desk->picture, index, since_s) || is_carried_already(desk, fold, &line) ||
	    !draft_carry(&draft, &draft_desk, index) ||
	    (draft.is_new && sync_room_left(desk->sync, &desk->identity->key, ROOM_LINES) == 0))
		return false;
	*e = draft.entry;
	/* It is as old as the words that it carries on. */
	if (hlc_compare(draft.after, e->hlc) > 0)
		e->hlc = draft.after;
	e->hlc.era = sync_newest_of(desk->sync, &desk->identity->key).era;
	if (e->hlc.era < desk->era)
		e->hlc.era = desk->era;
	return true;
}
