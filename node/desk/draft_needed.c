/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* "Still needed": of one need, or in one word of all that is needed at a place. */
#include "node/desk/draft_work.h"

/* This node's own place, where nothing was named. */
static enum door_rc find_here(struct draft_work *w, struct picture_hit *hit)
{
	*hit = (struct picture_hit){ .list = FOLD_SITES, .ref = picture_site(draft_picture(w)) };
	hit->index = ref_is_none(hit->ref) ? UINT32_MAX : fold_find(draft_fold(w), FOLD_SITES, hit->ref);
	return hit->index == UINT32_MAX ? draft_refuse(w, DOOR_E_INPUT, SAY(STILL_NEEDED_WHERE)) : DOOR_OK;
}

/* By its ref, or a place by its name. */
static enum door_rc find_named(struct draft_work *w, struct picture_hit *hit)
{
	if (picture_find_site(draft_picture(w), w->desk->now_s, w->asked->of, hit) == FOUND_ONE)
		return DOOR_OK;
	return draft_find_record(w, hit, w->asked->of);
}

static uint32_t count_open(const struct draft_work *w, fold_slot site)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < fold_count(draft_fold(w), FOLD_LINES); i++) {
		struct fold_line line;

		fold_line(draft_fold(w), i, &line);
		count += line.kind == LINE_NEED && line.site == site && fold_line_is_open(&line);
	}
	return count;
}

static enum door_rc check_place(struct draft_work *w, const struct picture_hit *hit)
{
	struct fold_record record;
	struct entry site;
	uint32_t count;

	fold_record(draft_fold(w), FOLD_SITES, hit->index, &record);
	fold_read(draft_fold(w), record.standing, &site);
	if (!fold_may_change(draft_fold(w), FOLD_SITES, hit->index, &w->desk->identity->key))
		return draft_refuse(w, DOOR_E_RIGHT, SAY_OF(STILL_NEEDED_NOT_YOURS, say_text(site.site.name)));
	count = count_open(w, record.own);
	if (!count)
		return draft_refuse(w, DOOR_E_INPUT, SAY_OF(STILL_NEEDED_NOTHING, say_text(site.site.name)));
	(void)said_add(&w->answer->said, SAY_OF(STILL_NEEDED_ALL, say_text(site.site.name), say_number(count)));
	return DOOR_OK;
}

static enum door_rc check_need(struct draft_work *w, const struct picture_hit *hit)
{
	struct fold_line line;

	fold_line(draft_fold(w), hit->index, &line);
	if (line.kind != LINE_NEED)
		return draft_refuse(w, DOOR_E_INPUT, SAY_OF(STILL_NEEDED_OTHER, say_typed(w->asked->of)));
	if (line.stays != FOLD_NONE)
		return draft_check_twice(w, hit->index);
	if (line.status == LINE_CLOSED || (line.status == LINE_MET && !line.is_standing))
		return draft_refuse(w, DOOR_E_INPUT, SAY_OF(STILL_NEEDED_OVER, say_typed(w->asked->of)));
	return DOOR_OK;
}

enum door_rc draft_find_needed(struct draft_work *w, struct picture_hit *hit)
{
	enum door_rc rc = ref_text_is_given(w->asked->of) ? find_named(w, hit) : find_here(w, hit);

	if (rc != DOOR_OK)
		return rc;
	switch (hit->list) {
	case FOLD_SITES:
		return check_place(w, hit);
	case FOLD_LINES:
		return check_need(w, hit);
	case FOLD_MOVES:
	case FOLD_NOTES:
	case FOLD_LISTS:
		break;
	}
	return draft_refuse(w, DOOR_E_INPUT, SAY_OF(STILL_NEEDED_OTHER, say_typed(w->asked->of)));
}
