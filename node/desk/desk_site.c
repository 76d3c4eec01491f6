/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What else is said when a place closes: of each need and stock there what becomes of it, and where people go instead. Each is said as
 * if somebody had typed it. */
#include <stdio.h>
#include <string.h>

#include "node/desk/desk_state.h"
#include "node/picture/ref_text.h"

static enum door_rc say_one(struct desk *desk, const struct door_request *asked, struct said *remarks)
{
	struct draft_desk draft_desk = { .picture = desk->picture,
					 .identity = desk->identity,
					 .now_s = desk->time.wall_s,
					 .ctx = desk,
					 .is_under_way = desk_is_under_way,
					 .new_number = desk_new_number };
	struct door_answer answer;
	struct draft draft;
	enum door_rc rc = draft_make(&draft, &answer, &draft_desk, asked);

	if (rc == DOOR_E_RIGHT)
		return rc;
	if (rc == DOOR_OK &&
	    (!draft.is_new || sync_room_left(desk->sync, &desk->identity->key, entry_room(draft.entry.kind)) > 0))
		return desk_publish_entry(desk, &draft.entry, draft.after, NULL, 0) == SYNC_OK ? DOOR_OK : DOOR_E_BUSY;
	*remarks = answer.said;
	return rc == DOOR_OK ? DOOR_E_FULL : rc;
}

/* One line that stays behind. DOOR_E_RIGHT: only its author says so. */
static enum door_rc settle_line(struct desk *desk, const struct door_request *asked, const struct fold_line *line)
{
	char ref[REF_TEXT_SIZE];
	struct said ignored;
	struct door_request request = { .verb = DOOR_LINE, .ref = ref, .sure = true };
	enum site_state state = (enum site_state)asked->state;

	ref_text_write_full(ref, fold_ref(picture_fold(desk->picture, desk->time.wall_s), line->record.own));
	if (draft_hands_over(asked)) {
		request.fields = DOOR_SITE_REF;
		request.site = asked->rest;
	} else {
		request.fields = DOOR_CLOSED;
		request.closed = line->kind != LINE_NEED ? CLOSED_DONE
				 : state == SITE_MOVED   ? CLOSED_MOVED
							 : CLOSED_NOT_NEEDED;
	}
	return say_one(desk, &request, &ignored);
}

/* Of those that were settled: as many refs as there is room for, and how many they are. */
struct settled {
	uint32_t count;
	char refs[SAID_VALUE_MAX / 2];
};

static void tell_settled(const struct settled *settled, const struct desk *desk, const struct door_request *asked,
			 struct door_answer *answer)
{
	struct fold *fold = picture_fold(desk->picture, desk->time.wall_s);
	struct say_value count = say_number(settled->count), refs = say_text(settled->refs);
	struct fold_record record;
	struct picture_hit hit;
	struct entry site;

	if (!settled->count)
		return;
	if (!draft_hands_over(asked) ||
	    picture_find_site(desk->picture, desk->time.wall_s, asked->rest, &hit) != FOUND_ONE) {
		(void)said_add(&answer->said, SAY_OF(PLACE_REST_CLOSED, count, refs));
		return;
	}
	fold_record(fold, FOLD_SITES, hit.index, &record);
	fold_read(fold, record.standing, &site);
	(void)said_add(&answer->said, SAY_OF(PLACE_REST_MOVED, count, say_text(site.site.name), refs));
}

static enum door_rc settle_lines(struct desk *desk, const struct door_request *asked, struct door_answer *answer,
				 fold_slot site)
{
	struct fold *fold = picture_fold(desk->picture, desk->time.wall_s);
	struct settled settled = { 0 };
	uint32_t left = 0;

	for (uint32_t i = 0; i < fold_count(fold, FOLD_LINES); i++) {
		struct fold_line line;
		enum door_rc rc;

		if (!draft_is_left(fold, i, site))
			continue;
		fold_line(fold, i, &line);
		rc = settle_line(desk, asked, &line);
		if (rc == DOOR_E_BUSY)
			return door_refuse(answer, rc, SAY(BUSY));
		left += rc != DOOR_OK;
		if (rc != DOOR_OK)
			continue;
		picture_ref_list(desk->picture, fold_ref(fold, line.record.own), settled.refs, sizeof settled.refs);
		settled.count++;
	}
	tell_settled(&settled, desk, asked, answer);
	if (left)
		(void)said_add(&answer->said, SAY_OF(PLACE_OTHERS_LEFT, say_number(left)));
	return DOOR_OK;
}

static enum door_rc say_instead(struct desk *desk, const struct door_request *asked, struct door_answer *answer,
				struct ref other)
{
	char ref[VIEW_REF_SIZE], text[NOTE_TEXT_MAX + 1];
	struct fold *fold = picture_fold(desk->picture, desk->time.wall_s);
	struct door_request request = { .verb = DOOR_NOTE,
					.fields = DOOR_TEXT,
					.of = asked->ref,
					.text = text,
					.long_text = DOOR_CUT,
					.sure = true };
	struct fold_record record;
	struct entry there;
	enum door_rc rc;

	fold_record(fold, FOLD_SITES, fold_find(fold, FOLD_SITES, other), &record);
	fold_read(fold, record.standing, &there);
	picture_ref_text(desk->picture, other, ref);
	snprintf(text, sizeof text, "%s%s %s", PICTURE_INSTEAD, ref, there.site.name);
	rc = say_one(desk, &request, &answer->said);
	if (rc == DOOR_E_BUSY)
		return door_refuse(answer, rc, SAY(BUSY));
	answer->rc = rc;
	return rc;
}

/* Once it is open again nobody is sent away from it, nor by an old word when it closes another time. */
static enum door_rc end_instead(struct desk *desk, uint32_t site)
{
	char ref[REF_TEXT_SIZE];
	struct door_request request = { .verb = DOOR_WITHDRAW, .ref = ref, .sure = true };
	struct said ignored;
	struct ref note;

	if (!picture_instead_note(desk->picture, site, &note))
		return DOOR_OK;
	ref_text_write_full(ref, note);
	/* What another keeper said stays his; it is shown nowhere while the place is open. */
	return say_one(desk, &request, &ignored) == DOOR_E_BUSY ? DOOR_E_BUSY : DOOR_OK;
}

enum door_rc desk_settle_place(struct desk *desk, const struct door_request *asked, struct door_answer *answer)
{
	struct fold *fold = picture_fold(desk->picture, desk->time.wall_s);
	const char *instead = ref_text_is_given(asked->instead) ? asked->instead
			      : draft_hands_over(asked)         ? asked->rest
								: NULL;
	bool is_asked = ref_text_is_given(asked->rest) && strcmp(asked->rest, DOOR_REST_KEEP) != 0;
	bool opens = (asked->fields & DOOR_STATE) && asked->state == VIEW_SITE_OPEN;
	struct picture_hit site, other;
	struct fold_record record;
	enum door_rc rc = DOOR_OK;

	if (asked->verb != DOOR_SITE || !ref_text_is_given(asked->ref) || (!is_asked && !instead && !opens) ||
	    picture_find_site(desk->picture, desk->time.wall_s, asked->ref, &site) != FOUND_ONE)
		return DOOR_OK;
	fold_record(fold, FOLD_SITES, site.index, &record);
	if (opens && end_instead(desk, site.index) != DOOR_OK)
		return door_refuse(answer, DOOR_E_BUSY, SAY(BUSY));
	if (is_asked)
		rc = settle_lines(desk, asked, answer, record.own);
	if (rc == DOOR_OK && instead &&
	    picture_find_site(desk->picture, desk->time.wall_s, instead, &other) == FOUND_ONE)
		rc = say_instead(desk, asked, answer, other.ref);
	return rc;
}
