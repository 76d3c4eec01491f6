/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/desk/draft_work.h"

#include <stdio.h>
#include <string.h>

#include "node/desk/confirm.h"
#include "node/desk/typed_input.h"

/* Sites. */

static struct hours hours_of(struct view_hours hours)
{
	return (struct hours){ .from = hours.from, .to = hours.to, .days = hours.days };
}

/* Where another site is, when that is what was typed. */
static enum door_rc fill_site_place(struct draft_work *w, struct site *site)
{
	struct ref named;
	enum door_rc rc =
		typed_input_place(&site->place, &named, w->answer, draft_picture(w), w->desk->now_s, w->asked);

	if (rc == DOOR_OK && site->place.digits == PLACE_NONE)
		rc = draft_refuse(w, DOOR_E_INPUT, SAY_OF(SITE_NOT_PLACED, say_typed(w->asked->where)));
	return rc;
}

static enum door_rc fill_site(struct draft_work *w, struct site *site)
{
	const struct door_request *r = w->asked;
	enum door_rc rc = draft_states(w, DOOR_PLACE) ? fill_site_place(w, site) : DOOR_OK;

	if (rc != DOOR_OK)
		return rc;
	if (draft_states(w, DOOR_STATE))
		site->state = (enum site_state)r->state;
	if (draft_states(w, DOOR_PEOPLE))
		site->people = r->people;
	if (draft_states(w, DOOR_GIVING))
		site->giving = hours_of(r->giving);
	if (draft_states(w, DOOR_RECEIVING))
		site->receiving = hours_of(r->receiving);
	if (draft_states(w, DOOR_TAKES))
		site->takes = r->takes;
	if (draft_states(w, DOOR_REFUSES))
		site->refuses = r->refuses;
	if (draft_states(w, DOOR_FACILITIES))
		site->facilities = r->facilities;
	if (draft_states(w, DOOR_NAME))
		return draft_take_text(w, site->name, SITE_NAME_MAX, r->name, SAY_FIELD_SITE_NAME);
	return DOOR_OK;
}

static enum door_rc make_site(struct draft_work *w)
{
	struct picture_hit hit;
	enum door_rc rc = DOOR_OK;

	if (ref_text_is_given(w->asked->ref)) {
		rc = draft_find_of_list(w, &hit, w->asked->ref, FOLD_SITES, SAY_FIELD_SITE);
		if (rc == DOOR_OK)
			rc = draft_start_edit(w, &hit);
	} else {
		draft_start(w, ENTRY_SITE);
		if (!ref_text_is_given(w->asked->name))
			rc = draft_refuse(w, DOOR_E_INPUT, SAY(SITE_NAME_MISSING));
	}
	if (rc == DOOR_OK)
		rc = fill_site(w, &w->draft->entry.site);
	if (rc == DOOR_OK)
		rc = draft_site_check(w);
	if (rc == DOOR_OK)
		draft_finish_edit(w);
	return rc;
}

/* Notes, trust, self. */

/* What is said about a drill is part of the drill. */
static bool is_drill(const struct draft_work *w, const struct picture_hit *hit)
{
	struct fold_record record;
	struct entry standing;

	if (hit->list != FOLD_SITES && hit->list != FOLD_LINES && hit->list != FOLD_NOTES)
		return false;
	fold_record(draft_fold(w), hit->list, hit->index, &record);
	fold_read(draft_fold(w), record.standing, &standing);
	return hit->list == FOLD_SITES   ? standing.site.facilities & SITE_DRILL
	       : hit->list == FOLD_LINES ? standing.line.flags & LINE_DRILL
					 : standing.note.flags & NOTE_DRILL;
}

static bool is_same_word(const struct note *a, const struct note *b)
{
	return a->kind == b->kind && ref_equal(a->of, b->of) && ref_equal(a->other, b->other) &&
	       a->severity == b->severity && a->flags == b->flags && strcmp(a->text, b->text) == 0;
}

/* What this node said already, and stands: its newest place in the list. */
static fold_slot find_same_word(const struct draft_work *w, const struct note *note, struct entry *earlier)
{
	for (uint32_t i = 0; i < fold_count(draft_fold(w), FOLD_NOTES); i++) {
		struct fold_note seen;

		fold_note(draft_fold(w), i, &seen);
		if (!draft_is_own(w, seen.record.author) ||
		    picture_note_is_over(draft_picture(w), &seen, w->desk->now_s))
			continue;
		fold_read(draft_fold(w), seen.record.own, earlier);
		if (is_same_word(&earlier->note, note))
			return seen.record.own;
	}
	return FOLD_NONE;
}

/* Who says again that something is still needed, or was seen, says the same at a later time: it takes no further place beside
 * the alerts. So does an alert that is said again with another end. */
static void say_same_again(struct draft_work *w)
{
	const struct note *note = &w->draft->entry.note;
	fold_slot same = FOLD_NONE;
	struct entry earlier;

	if (note->kind != NOTE_STILL_NEEDED && note->kind != NOTE_SEEN) {
		same = find_same_word(w, note, &earlier);
		if (same == FOLD_NONE || w->asked->number)
			return;
		if (draft_states(w, DOOR_UNTIL) && note->until != earlier.note.until)
			w->draft->entry.number = earlier.number;
		else
			draft_is_unchanged(w, fold_ref(draft_fold(w), same));
		return;
	}
	if (find_same_word(w, note, &earlier) == FOLD_NONE)
		return;
	w->draft->entry.number = earlier.number;
	w->draft->after = earlier.hlc;
	w->draft->is_new = false;
}

/* A record, or a place by its name. */
static enum door_rc find_about(struct draft_work *w, struct picture_hit *hit)
{
	if (picture_find(draft_picture(w), w->desk->now_s, w->asked->of, hit) == FOUND_NONE &&
	    picture_find_site(draft_picture(w), w->desk->now_s, w->asked->of, hit) == FOUND_ONE)
		return DOOR_OK;
	return draft_find_record(w, hit, w->asked->of);
}

/* What is over is read by nobody, and neither is its denial. */
static enum door_rc check_denial(struct draft_work *w, const struct picture_hit *hit)
{
	struct fold_note denied;
	char ref[VIEW_REF_SIZE];

	if (hit->list != FOLD_NOTES)
		return draft_refuse(w, DOOR_E_INPUT, SAY(DENIAL_OF_NOTE));
	fold_note(draft_fold(w), hit->index, &denied);
	if (!picture_note_is_over(draft_picture(w), &denied, w->desk->now_s))
		return DOOR_OK;
	picture_ref_text(draft_picture(w), hit->ref, ref);
	return draft_refuse(w, DOOR_E_INPUT, SAY_OF(DENIAL_OVER, say_text(ref)));
}

static enum door_rc make_note(struct draft_work *w)
{
	const struct door_request *r = w->asked;
	struct note *note = &draft_start(w, ENTRY_NOTE)->note;
	struct picture_hit hit = { .list = FOLD_LISTS }, other = { .list = FOLD_LISTS };
	enum door_rc rc = DOOR_OK;

	note->kind = (enum note_kind)r->note_kind;
	note->severity = draft_states(w, DOOR_SEVERITY) ? r->severity : 0;
	note->flags = draft_states(w, DOOR_FLAGS) ? r->flags : 0;
	if (r->number)
		w->draft->entry.number = w->desk->new_number(w->desk->ctx, r->number);
	if (ref_text_is_given(r->of) || note->kind == NOTE_STILL_NEEDED) {
		rc = note->kind == NOTE_STILL_NEEDED ? draft_find_needed(w, &hit) : find_about(w, &hit);
		note->of = hit.ref;
		if (rc == DOOR_OK && is_drill(w, &hit))
			note->flags |= NOTE_DRILL;
		if (rc == DOOR_OK && note->kind == NOTE_DENIAL)
			rc = check_denial(w, &hit);
		if (rc == DOOR_OK && note->kind == NOTE_SEEN && hit.list == FOLD_LINES)
			rc = draft_check_twice(w, hit.index);
	}
	if (rc == DOOR_OK && ref_text_is_given(r->other)) {
		rc = draft_find_record(w, &other, r->other);
		note->other = other.ref;
		if (rc == DOOR_OK && note->kind == NOTE_DUPLICATE && !ref_is_none(note->of))
			rc = draft_check_same(w, &hit, &other);
	}
	if (rc == DOOR_OK && note->kind == NOTE_ALERT)
		rc = draft_take_until(w, note);
	else if (rc == DOOR_OK && draft_states(w, DOOR_UNTIL))
		rc = draft_refuse(w, DOOR_E_INPUT, SAY(NOTE_NO_ALERT));
	if (rc != DOOR_OK)
		return rc;
	if (note->kind > NOTE_ALERT && ref_is_none(note->of))
		return draft_refuse(w, DOOR_E_INPUT, SAY(NOTE_RECORD_MISSING));
	if (note->kind == NOTE_DUPLICATE && ref_is_none(note->other))
		return draft_refuse(w, DOOR_E_INPUT, SAY(NOTE_DUPLICATE_MISSING));
	if ((note->kind <= NOTE_ALERT || note->kind == NOTE_DENIAL) && !ref_text_is_given(r->text))
		return draft_refuse(w, DOOR_E_INPUT, SAY(NOTE_TEXT_MISSING));
	rc = draft_fill_words(w, note);
	if (rc == DOOR_OK)
		say_same_again(w);
	return rc;
}

/* From when on it has no right: as stated; else from now on, so that what was done until then stands. */
static enum door_rc fill_since(struct draft_work *w, struct trust *trust, bool has_right, bool had_right)
{
	const struct door_request *r = w->asked;

	if (trust->kind != TRUST_WITHDRAW && trust->kind != TRUST_KEEPER_END)
		return r->all || draft_states(w, DOOR_AT) ? draft_refuse(w, DOOR_E_INPUT, SAY(SINCE_OF_END)) : DOOR_OK;
	if (!had_right || (!has_right && !r->all && !draft_states(w, DOOR_AT)))
		return draft_refuse(w, DOOR_E_INPUT, SAY(TRUST_NOT_THERE));
	trust->since = r->all ? 1 : draft_states(w, DOOR_AT) ? draft_time_of(r->at) : 0;
	if (trust->since > w->desk->now_s)
		return draft_refuse(w, DOOR_E_INPUT, SAY(SINCE_AHEAD));
	/* What stood at the plain end became this node's own (desk_take_over_from). */
	if (!has_right && trust->kind == TRUST_KEEPER_END)
		(void)said_add(&w->answer->said, SAY(KEEPER_TAKEN_OVER));
	return DOOR_OK;
}

/* The last word of this node about that key, and that place, is of that kind. */
static bool has_said(const struct draft_work *w, const struct trust *trust, enum trust_kind kind)
{
	for (uint32_t i = 0; i < fold_people(draft_fold(w)); i++) {
		struct fold_trust stands;
		struct entry e;

		if (!fold_trust(draft_fold(w), i, &stands) || stands.kind != kind ||
		    !draft_is_own(w, fold_author_of(draft_fold(w), stands.slot)))
			continue;
		fold_read(draft_fold(w), stands.slot, &e);
		if (public_key_equal(&e.trust.key, &trust->key) && ref_equal(e.trust.site, trust->site))
			return true;
	}
	return false;
}

/* Who has the right already gets it no second time. */
static void find_given(struct draft_work *w)
{
	const struct trust *trust = &w->draft->entry.trust;

	if ((trust->kind == TRUST_VOUCH || trust->kind == TRUST_KEEPER) && has_said(w, trust, trust->kind))
		draft_is_unchanged(w, (struct ref){ 0, 0 });
}

static enum door_rc make_trust(struct draft_work *w)
{
	const struct door_request *r = w->asked;
	const struct public_key *own = &w->desk->identity->key;
	struct trust *trust = &draft_start(w, ENTRY_TRUST)->trust;
	enum door_rc rc = DOOR_OK;
	struct picture_hit hit;
	struct fold_site site;

	trust->kind = (enum trust_kind)r->trust_kind;
	switch (picture_find_author(draft_picture(w), w->desk->now_s, r->key ? r->key : "", &trust->key)) {
	case FOUND_ONE:
		break;
	case FOUND_SEVERAL:
		return draft_refuse(w, DOOR_E_UNKNOWN, SAY_OF(NODE_SEVERAL, say_typed(r->key)));
	case FOUND_NONE:
		return draft_refuse(w, DOOR_E_UNKNOWN, SAY_OF(NODE_UNKNOWN, say_typed(r->key ? r->key : "")));
	}
	if (draft_is_own(w, &trust->key))
		return draft_refuse(w, DOOR_E_INPUT, SAY(NODE_ITSELF));
	if (trust->kind != TRUST_KEEPER && trust->kind != TRUST_KEEPER_END)
		return fill_since(w, trust, has_said(w, trust, TRUST_VOUCH),
				  has_said(w, trust, TRUST_VOUCH) || fold_has_vouched(draft_fold(w), own, &trust->key));
	trust->site = picture_site(draft_picture(w));
	if (ref_text_is_given(r->site))
		rc = draft_find_site(w, &trust->site, r->site);
	if (rc != DOOR_OK)
		return rc;
	if (fold_find(draft_fold(w), FOLD_SITES, trust->site) == UINT32_MAX)
		return draft_refuse(w, DOOR_E_INPUT, SAY(KEEPER_SITE_MISSING));
	hit.index = fold_find(draft_fold(w), FOLD_SITES, trust->site);
	fold_site(draft_fold(w), hit.index, &site);
	if (!draft_is_own(w, site.record.author))
		return draft_refuse(w, DOOR_E_RIGHT, SAY(KEEPER_NOT_YOURS));
	return fill_since(w, trust, fold_may_change(draft_fold(w), FOLD_SITES, hit.index, &trust->key), true);
}

static bool is_same_card(const struct card *a, const struct card *b)
{
	return memcmp(a->sealing_key, b->sealing_key, sizeof a->sealing_key) == 0 && a->roles == b->roles &&
	       strcmp(a->name, b->name) == 0 && strcmp(a->languages, b->languages) == 0;
}

static enum door_rc make_self(struct draft_work *w)
{
	struct card old;
	struct card *card = &draft_start(w, ENTRY_CARD)->card;
	bool has_card = picture_card(draft_picture(w), &w->desk->identity->key, &old);
	enum door_rc rc = DOOR_OK;

	if (has_card)
		*card = old;
	card->key = w->desk->identity->key;
	memcpy(card->sealing_key, w->desk->identity->sealing_key, sizeof card->sealing_key);
	if (draft_states(w, DOOR_NAME))
		rc = draft_take_text(w, card->name, CARD_NAME_MAX, w->asked->name, SAY_FIELD_NAME);
	if (rc == DOOR_OK && draft_states(w, DOOR_LANGUAGE))
		rc = draft_take_text(w, card->languages, CARD_LANGUAGES_MAX, w->asked->language, SAY_FIELD_LANGUAGES);
	if (rc == DOOR_OK && !card->name[0])
		rc = draft_refuse(w, DOOR_E_INPUT, SAY(NODE_NAME_MISSING));
	/* Where this node stands is answered for once it is on the disk, behind the card. */
	if (rc == DOOR_OK && has_card && !ref_text_is_given(w->asked->site) && is_same_card(card, &old))
		w->draft->is_unchanged = true;
	return rc;
}

/* What corrects a word or takes it back asks by itself. */
static bool corrects(const struct door_request *request)
{
	return request->verb == DOOR_WITHDRAW || request->verb == DOOR_UNDO ||
	       ((request->verb == DOOR_MOVE || request->verb == DOOR_NOTE) && ref_text_is_given(request->ref));
}

enum door_rc draft_make(struct draft *draft, struct door_answer *answer, const struct draft_desk *desk,
			const struct door_request *request)
{
	struct draft_work w = { .desk = desk, .asked = request, .draft = draft, .answer = answer };
	uint8_t body[BODY_SIZE_MAX];
	size_t size;
	enum door_rc rc = DOOR_E_INPUT;

	*answer = (struct door_answer){ .rc = DOOR_OK };
	/* Nothing moves while the request is worked on, and all that was said before is seen. */
	picture_refresh(desk->picture, desk->now_s);
	if (ref_text_is_given(request->ref) && (request->verb == DOOR_TRUST || request->verb == DOOR_SELF))
		return draft_refuse(&w, DOOR_E_INPUT, SAY(NOT_EDITED));
	switch (request->verb) {
	case DOOR_SITE:
		rc = make_site(&w);
		break;
	case DOOR_LINE:
		rc = ref_text_is_given(request->ref) ? draft_line_edit(&w) : draft_line_new(&w);
		break;
	case DOOR_MOVE:
		rc = ref_text_is_given(request->ref) ? draft_move_edit(&w) : draft_move(&w);
		break;
	case DOOR_NOTE:
		rc = ref_text_is_given(request->ref) ? draft_note_edit(&w) : make_note(&w);
		break;
	case DOOR_TRUST:
		rc = make_trust(&w);
		if (rc == DOOR_OK)
			find_given(&w);
		break;
	case DOOR_SELF:
		rc = make_self(&w);
		break;
	case DOOR_WITHDRAW:
		rc = draft_withdraw(&w);
		break;
	case DOOR_UNDO:
		rc = draft_undo(&w);
		break;
	}
	if (rc != DOOR_OK)
		return rc;
	/* What is said now is no renewal of what stood; when it is said is the desk's to say. */
	draft->entry.hlc.renewed = 0;
	rc = draft_fit_text(&w);
	if (rc != DOOR_OK)
		return rc;
	if (entry_body_encode(body, &size, &draft->entry) != ENTRY_OK)
		return draft_refuse(&w, DOOR_E_INPUT, SAY(OUT_OF_BOUNDS));
	draft_find_unchanged(&w);
	if (draft->is_unchanged || corrects(request))
		return DOOR_OK;
	rc = confirm_asks(answer, desk, request, w.edits == EDITS_NOTHING ? &draft->entry : &w.said);
	if (rc == DOOR_OK)
		draft_tell_effect(&w);
	return rc;
}
