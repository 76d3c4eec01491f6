/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is looked at before a place is written down: whether it is there already, what a place that closes leaves behind, and where
 * people go instead. */
#include "node/desk/draft_work.h"

#include <string.h>

#include "board/sentence.h"
#include "node/picture/picture_state.h"
#include "proto/place/geo.h"
#include "proto/goods.h"
#include "proto/text.h"

/* --- the same place --- */

enum { TWIN_M = 500 };

/* Its letters and digits alone, without case and accents; false at the end. */
static bool next_letter(struct view *rest, char *letter)
{
	while (rest->size > 0) {
		int32_t code = text_next(rest);

		*letter = code < 0 ? 0 : text_letter(code);
		if (*letter)
			return true;
		if (code < 0)
			break;
	}
	return false;
}

static bool is_same_name(struct view a, struct view b)
{
	char x, y;

	for (;;) {
		bool has_a = next_letter(&a, &x), has_b = next_letter(&b, &y);

		if (!has_a || !has_b)
			return has_a == has_b;
		if (x != y)
			return false;
	}
}

static bool is_near(const struct place *a, const struct place *b)
{
	return a->digits == PLACE_NONE || b->digits == PLACE_NONE ||
	       geo_distance_m((struct geo_point){ a->lat_e6, a->lon_e6 }, (struct geo_point){ b->lat_e6, b->lon_e6 }) <=
		       TWIN_M;
}

static enum door_rc check_twin(struct draft_work *w, const struct site *site)
{
	struct fold *fold = draft_fold(w);
	struct view name = { (const uint8_t *)site->name, strlen(site->name) };

	for (uint32_t i = 0; i < fold_count(fold, FOLD_SITES); i++) {
		char ref[VIEW_REF_SIZE];
		struct fold_record record;
		struct entry there;

		fold_record(fold, FOLD_SITES, i, &record);
		if ((w->edits != EDITS_NOTHING && record.own == w->record.own) ||
		    !is_same_name(fold_name(fold, record.standing), name))
			continue;
		fold_read(fold, record.standing, &there);
		if (!is_near(&there.site.place, &site->place))
			continue;
		picture_ref_text(draft_picture(w), fold_ref(fold, record.own), ref);
		return draft_refuse(w, DOOR_E_ASK, SAY_OF(SITE_TWIN, say_text(there.site.name), say_text(ref)));
	}
	return DOOR_OK;
}

static bool is_same_point(const struct place *a, const struct place *b)
{
	return a->digits == PLACE_POINT && b->digits == PLACE_POINT && a->lat_e6 == b->lat_e6 && a->lon_e6 == b->lon_e6;
}

/* One place under two names: of what is asked for at the one the other does not know. */
static enum door_rc check_point(struct draft_work *w, const struct site *site)
{
	struct fold *fold = draft_fold(w);
	struct picture_hit named;

	/* Who says where it is by that place's name knows of it. */
	if (ref_text_is_given(w->asked->where) &&
	    picture_find_site(draft_picture(w), w->desk->now_s, w->asked->where, &named) == FOUND_ONE)
		return DOOR_OK;
	for (uint32_t i = 0; i < fold_count(fold, FOLD_SITES); i++) {
		char ref[VIEW_REF_SIZE];
		struct fold_record record;
		struct entry there;

		fold_record(fold, FOLD_SITES, i, &record);
		if (w->edits != EDITS_NOTHING && record.own == w->record.own)
			continue;
		fold_read(fold, record.standing, &there);
		if (site_is_gone(&there.site) || !is_same_point(&there.site.place, &site->place))
			continue;
		picture_ref_text(draft_picture(w), fold_ref(fold, record.own), ref);
		return draft_refuse(w, DOOR_E_ASK, SAY_OF(SITE_SAME_POINT, say_text(there.site.name), say_text(ref)));
	}
	return DOOR_OK;
}

/* --- what stays behind --- */

bool draft_is_left(const struct fold *fold, uint32_t line, fold_slot site)
{
	struct fold_line folded;
	struct fold_sums sums;

	fold_line(fold, line, &folded);
	if (folded.site != site || folded.status == LINE_CLOSED || folded.status == LINE_MET)
		return false;
	if (folded.kind == LINE_NEED)
		return true;
	fold_line_sums(fold, line, &sums);
	return sums.on_hand_milli > 0;
}

/* "4Q7-K2NX, 2HM-96RK", as many as there is room for. */
static uint32_t list_left(const struct draft_work *w, char *out, size_t size)
{
	uint32_t count = 0;

	out[0] = '\0';
	for (uint32_t i = 0; i < fold_count(draft_fold(w), FOLD_LINES); i++) {
		struct fold_record record;

		if (!draft_is_left(draft_fold(w), i, w->record.own))
			continue;
		fold_record(draft_fold(w), FOLD_LINES, i, &record);
		picture_ref_list(draft_picture(w), fold_ref(draft_fold(w), record.own), out, size);
		count++;
	}
	return count;
}

/* Who drives there, or promised to, hears of it from nobody else. */
static void tell_loads(struct draft_work *w)
{
	char refs[SAID_VALUE_MAX / 2] = "", name[VIEW_NAME_SIZE], to[VIEW_NAME_SIZE] = "";
	struct picture_hit hit;
	uint32_t count = 0, others = 0;

	for (uint32_t i = 0; i < fold_count(draft_fold(w), FOLD_MOVES); i++) {
		struct fold_move move;

		fold_move(draft_fold(w), i, &move);
		if (!(move.promised_milli + move.on_way_milli) || !move.pledger || move.of == FOLD_NONE ||
		    !draft_is_left(draft_fold(w), fold_index(draft_fold(w), FOLD_LINES, move.of), w->record.own))
			continue;
		picture_author_name(draft_picture(w), move.pledger, name);
		picture_ref_list_named(draft_picture(w), fold_ref(draft_fold(w), move.record.own), name, refs,
				       sizeof refs);
		others += !draft_is_own(w, fold_author_of(draft_fold(w), move.of));
		count++;
	}
	/* What others asked for stays where it is. */
	if (count && !others && draft_hands_over(w->asked) &&
	    picture_find_site(draft_picture(w), w->desk->now_s, w->asked->rest, &hit) == FOUND_ONE) {
		struct fold_record record;
		struct entry there;

		fold_record(draft_fold(w), FOLD_SITES, hit.index, &record);
		fold_read(draft_fold(w), record.standing, &there);
		(void)text_cut(to, VIEW_NAME_SIZE - 1, there.site.name);
	}
	if (count)
		(void)said_add(&w->answer->said, SAY_OF(PLACE_AWAITS, say_number(count), say_text(refs), say_text(to)));
}

/* Who closes a place says what becomes of what it asked for and what stands there; who is sure without saying keeps it. */
static enum door_rc check_left(struct draft_work *w, const struct site *site)
{
	const char *rest = w->asked->rest;
	char refs[SAID_VALUE_MAX / 2];
	uint32_t left;

	if (!site_is_gone(site) || site_is_gone(&w->stood.site))
		return ref_text_is_given(rest) ? draft_refuse(w, DOOR_E_INPUT, SAY(REST_OF_CLOSING)) : DOOR_OK;
	left = list_left(w, refs, sizeof refs);
	if (!left)
		return DOOR_OK;
	tell_loads(w);
	if (!ref_text_is_given(rest) && !w->asked->sure)
		return draft_refuse(w, DOOR_E_ASK,
				    SAY_OF(PLACE_LEAVES, say_text(site->name), say_number(left), say_text(refs)));
	if (!ref_text_is_given(rest) || strcmp(rest, DOOR_REST_KEEP) == 0)
		(void)said_add(&w->answer->said,
			       SAY_OF(PLACE_KEEPS, say_text(site->name), say_number(left), say_text(refs)));
	return DOOR_OK;
}

/* --- where to go --- */

static enum door_rc check_other(struct draft_work *w, const char *text)
{
	struct ref other;
	enum door_rc rc = draft_find_site(w, &other, text);

	if (rc == DOOR_OK && ref_equal(other, fold_ref(draft_fold(w), w->record.own)))
		rc = draft_refuse(w, DOOR_E_INPUT, SAY(INSTEAD_OF_ITSELF));
	return rc;
}

static enum door_rc check_instead(struct draft_work *w, const struct site *site)
{
	if (!ref_text_is_given(w->asked->instead))
		return DOOR_OK;
	if (site->state != SITE_FULL && !site_is_gone(site))
		return draft_refuse(w, DOOR_E_INPUT, SAY(INSTEAD_OF_OPEN));
	return check_other(w, w->asked->instead);
}

/* Whoever comes before a closed door reads where to go, if somebody says it. */
static void remark_nowhere(struct draft_work *w, const struct site *site)
{
	char ref[VIEW_REF_SIZE];

	if (!site_is_gone(site) || site_is_gone(&w->stood.site) || ref_text_is_given(w->asked->instead) ||
	    draft_hands_over(w->asked))
		return;
	picture_ref_text(draft_picture(w), fold_ref(draft_fold(w), w->record.own), ref);
	(void)said_add(&w->answer->said, SAY_OF(PLACE_NOWHERE, say_text(ref)));
}

enum door_rc draft_site_check(struct draft_work *w)
{
	const struct door_request *r = w->asked;
	const struct site *site = &w->draft->entry.site;
	enum door_rc rc = DOOR_OK;

	if (w->edits == EDITS_NOTHING && (ref_text_is_given(r->instead) || ref_text_is_given(r->rest)))
		return draft_refuse(w, DOOR_E_INPUT, SAY(INSTEAD_OF_EDIT));
	if (!r->sure && draft_states(w, DOOR_NAME) &&
	    (w->edits == EDITS_NOTHING || strcmp(site->name, w->stood.site.name) != 0))
		rc = check_twin(w, site);
	if (rc == DOOR_OK && !r->sure && draft_states(w, DOOR_PLACE) && r->caller != DOOR_TABLE &&
	    (w->edits == EDITS_NOTHING || !is_same_point(&site->place, &w->stood.site.place)))
		rc = check_point(w, site);
	if (rc != DOOR_OK || w->edits == EDITS_NOTHING)
		return rc;
	rc = check_instead(w, site);
	if (rc == DOOR_OK && draft_hands_over(r))
		rc = check_other(w, r->rest);
	if (rc == DOOR_OK)
		rc = check_left(w, site);
	if (rc == DOOR_OK)
		remark_nowhere(w, site);
	return rc;
}
