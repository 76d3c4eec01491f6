/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A way back: a move or note of this node's is corrected in its own register, a word is taken back, the last one is undone. Who
 * said it does that, and nobody else. What others witnessed stays. */
#include <string.h>

#include "node/desk/confirm.h"
#include "node/desk/draft_work.h"
#include "node/history/history.h"
#include "node/picture/picture_state.h"
#include "proto/field.h"

static const struct public_key *own_key(const struct draft_work *w)
{
	return &w->desk->identity->key;
}

/* Begins with what this node said in that register. */
static struct entry *start_again(struct draft_work *w, fold_slot own)
{
	struct entry *e = &w->draft->entry;

	*w->draft = (struct draft){ .is_new = false };
	fold_read_change(draft_fold(w), own, e);
	w->draft->after = e->hlc;
	return e;
}

/* Finding the own word. */

static fold_slot own_register(const struct draft_work *w, enum entry_kind kind, const char *text)
{
	struct ref wanted;
	bool has_author;

	if (!ref_text_read(&wanted, &has_author, text) || (has_author && wanted.author != public_key_hint(own_key(w))))
		return FOLD_NONE;
	return fold_register(draft_fold(w), own_key(w), kind, wanted.number);
}

struct newest {
	const struct draft_work *w;
	fold_slot slot;
	struct hlc hlc;
};

static bool is_withdrawn(const struct entry *e)
{
	return e->kind == ENTRY_MOVE ? e->move.stage == MOVE_WITHDRAWN : e->note.flags & NOTE_WITHDRAWN;
}

static void on_word(void *user, fold_slot word)
{
	struct newest *n = user;
	struct entry e;

	if (fold_kind(draft_fold(n->w), word) != ENTRY_MOVE ||
	    !draft_is_own(n->w, fold_author_of(draft_fold(n->w), word)))
		return;
	fold_read_change(draft_fold(n->w), word, &e);
	if (is_withdrawn(&e) || (n->slot != FOLD_NONE && hlc_compare(e.hlc, n->hlc) <= 0))
		return;
	n->slot = word;
	n->hlc = e.hlc;
}

static bool find_journey(const struct draft_work *w, const struct entry *e, struct fold_move *journey)
{
	uint32_t index = fold_find_journey(draft_fold(w), (struct ref){ e->author, e->number });

	if (index == UINT32_MAX)
		return false;
	fold_move(draft_fold(w), index, journey);
	return true;
}

/* All of a promise is on its way: another number in it would change nothing. */
static bool is_spent(const struct draft_work *w, fold_slot word)
{
	struct fold_move journey;
	struct entry e;

	fold_read(draft_fold(w), word, &e);
	return e.move.stage == MOVE_PLEDGED && find_journey(w, &e, &journey) && journey.stage == MOVE_SENT &&
	       !journey.promised_milli;
}

/* The word of that ref; of another's journey, and of a promise that is spent, what this node said last. */
static fold_slot own_move(const struct draft_work *w, const char *text)
{
	struct newest newest = { .w = w, .slot = FOLD_NONE };
	fold_slot slot = own_register(w, ENTRY_MOVE, text);
	struct fold_record record;
	struct picture_hit hit;

	if ((slot != FOLD_NONE && !is_spent(w, slot)) ||
	    picture_find(draft_picture(w), w->desk->now_s, text, &hit) != FOUND_ONE || hit.list != FOLD_MOVES)
		return slot;
	fold_record(draft_fold(w), FOLD_MOVES, hit.index, &record);
	fold_each_word(draft_fold(w), FOLD_MOVES, record.own, on_word, &newest);
	return newest.slot == FOLD_NONE ? slot : newest.slot;
}

/* Nothing of this node's is called so: because somebody else said it, or because it is not here. */
static enum door_rc refuse_others(struct draft_work *w, const char *text)
{
	char name[VIEW_NAME_SIZE];
	struct fold_record record;
	struct picture_hit hit;
	enum door_rc rc = draft_find_record(w, &hit, text);

	if (rc != DOOR_OK)
		return rc;
	fold_record(draft_fold(w), hit.list, hit.index, &record);
	if (draft_is_own(w, record.author))
		return draft_refuse(w, DOOR_E_INPUT, SAY(WITHDRAWN_ALREADY));
	picture_author_name(draft_picture(w), record.author, name);
	return draft_refuse(w, DOOR_E_RIGHT, SAY_OF(CORRECT_NOT_YOURS, say_text(name)));
}

/* Moves. */

static bool may(const struct draft_work *w, struct ref ref)
{
	uint32_t index = fold_find(draft_fold(w), FOLD_LINES, ref);

	return index != UINT32_MAX && fold_may_change(draft_fold(w), FOLD_LINES, index, own_key(w));
}

static enum door_rc change_ends(struct draft_work *w, struct move *move)
{
	struct picture_hit hit;
	enum door_rc rc = DOOR_OK;

	if (!ref_text_is_given(w->asked->of) && !ref_text_is_given(w->asked->from))
		return DOOR_OK;
	if (!ref_is_none(move->after))
		return draft_refuse(w, DOOR_E_INPUT, SAY(EDIT_END_FIRST));
	if (ref_text_is_given(w->asked->of)) {
		rc = draft_find_of_list(w, &hit, w->asked->of, FOLD_LINES, SAY_KIND_NEED_OR_STOCK);
		if (rc == DOOR_OK && move->stage == MOVE_RECEIVED && !may(w, hit.ref))
			rc = draft_refuse(w, DOOR_E_RIGHT, SAY(RECEIVE_NOT_YOURS));
		move->of = rc == DOOR_OK ? hit.ref : move->of;
	}
	if (rc == DOOR_OK && ref_text_is_given(w->asked->from)) {
		rc = draft_find_of_list(w, &hit, w->asked->from, FOLD_LINES, SAY_KIND_OFFER_OR_STOCK);
		if (rc == DOOR_OK && move->stage != MOVE_ASKED && !may(w, hit.ref))
			rc = draft_refuse(w, DOOR_E_RIGHT, SAY(SOURCE_NOT_YOURS));
		move->from = rc == DOOR_OK ? hit.ref : move->from;
	}
	return rc == DOOR_OK && !w->asked->sure ? confirm_ends(w->answer, w->desk, move) : rc;
}

/* Of a handout people read what is out: what was brought back stays brought back. */
static uint64_t back_since(const struct draft_work *w, const struct entry *e)
{
	struct fold_move journey;

	if (e->move.stage != MOVE_GIVEN || !ref_is_none(e->move.after) || !find_journey(w, e, &journey) ||
	    journey.stage != MOVE_GIVEN || e->move.quantity_milli < journey.quantity_milli)
		return 0;
	return e->move.quantity_milli - journey.quantity_milli;
}

static enum door_rc change_quantity(struct draft_work *w, struct move *move)
{
	const struct door_request *r = w->asked;
	uint64_t back = back_since(w, &w->draft->entry);
	enum door_rc rc;

	if (!draft_states(w, DOOR_QUANTITY))
		return DOOR_OK;
	rc = draft_take_quantity(w, &move->quantity_milli, r->quantity_milli, r->measure,
				 draft_moved_item(w, move->of, move->from));
	if (rc == DOOR_OK && !move->quantity_milli)
		return draft_refuse(w, DOOR_E_INPUT, SAY(EDIT_TO_NONE));
	move->quantity_milli += rc == DOOR_OK ? back : 0;
	return rc;
}

/* Beyond what would be left without the word that is corrected. What was counted since is as it is. */
static enum door_rc look_at_shelf(struct draft_work *w, const struct move *was, const struct move *now)
{
	uint32_t index = ref_is_none(now->from) ? UINT32_MAX : fold_find(draft_fold(w), FOLD_LINES, now->from);
	char name[VIEW_NAME_SIZE], unit[VIEW_UNIT_SIZE] = "";
	struct fold_line line;
	struct fold_sums sums;
	struct entry standing;
	int64_t left;

	if (index == UINT32_MAX || was->quantity_milli == now->quantity_milli)
		return DOOR_OK;
	fold_line(draft_fold(w), index, &line);
	fold_line_sums(draft_fold(w), index, &sums);
	fold_read(draft_fold(w), line.record.standing, &standing);
	/* An offer may say no number. */
	if (line.kind != LINE_RESOURCE && !standing.line.quantity_milli)
		return DOOR_OK;
	if (line.kind == LINE_RESOURCE && now->at <= sums.counted_s && now->stage != MOVE_ASKED)
		(void)said_add(&w->answer->said, SAY(EDIT_COUNTED));
	left = sums.on_hand_milli - (int64_t)sums.promised_milli;
	if (now->stage != MOVE_ASKED && now->at > sums.counted_s && ref_equal(was->from, now->from))
		left += (int64_t)was->quantity_milli;
	if (w->asked->sure || (int64_t)now->quantity_milli <= left)
		return DOOR_OK;
	picture_item_name(&standing.line, name, unit);
	return draft_refuse(w, DOOR_E_ASK,
			    SAY_OF(BEYOND_STOCK, say_amount((int64_t)now->quantity_milli, unit),
				   say_amount(left > 0 ? left : 0, unit), say_item(standing.line.item, name),
				   say_text(standing.line.variant), say_empty()));
}

static struct say_value journey_amount(const struct draft_work *w, const struct fold_move *journey, uint64_t milli,
				       char unit[VIEW_UNIT_SIZE])
{
	fold_slot end = journey->of != FOLD_NONE ? journey->of : journey->from;
	char name[VIEW_NAME_SIZE];
	struct entry line;

	unit[0] = '\0';
	if (end != FOLD_NONE) {
		fold_read(draft_fold(w), end, &line);
		picture_item_name(&line.line, name, unit);
	}
	return say_amount((int64_t)milli, unit);
}

/* Nor does more come back, or is lost, than would be out without the word that is corrected. */
static enum door_rc check_out(struct draft_work *w, const struct entry *e, uint64_t was_milli)
{
	enum move_stage stage = e->move.stage;
	char unit[VIEW_UNIT_SIZE];
	struct fold_move journey;
	uint64_t most;

	if ((stage != MOVE_RETURNED && stage != MOVE_LOST && stage != MOVE_SPOILED) || ref_is_none(e->move.after) ||
	    !find_journey(w, e, &journey))
		return DOOR_OK;
	most = journey.on_way_milli + journey.arrived_milli + was_milli;
	if (e->move.quantity_milli <= most)
		return DOOR_OK;
	return draft_refuse(w, DOOR_E_INPUT, SAY_OF(RETURN_BEYOND, journey_amount(w, &journey, most, unit)));
}

/* A promise that is over does not come back because its quantity is corrected. */
static bool is_over(const struct draft_work *w, const struct entry *e)
{
	struct fold_move journey;

	return e->move.stage == MOVE_PLEDGED && find_journey(w, e, &journey) &&
	       (journey.stage == MOVE_DECLINED || journey.stage == MOVE_RELEASED);
}

static bool is_same_move(const struct move *a, const struct move *b)
{
	return a->stage == b->stage && ref_equal(a->of, b->of) && ref_equal(a->from, b->from) &&
	       a->quantity_milli == b->quantity_milli && a->at == b->at && a->due == b->due &&
	       strcmp(a->text, b->text) == 0;
}

static enum door_rc change_move(struct draft_work *w, struct move *move)
{
	enum door_rc rc = change_ends(w, move);

	if (rc == DOOR_OK)
		rc = change_quantity(w, move);
	if (draft_states(w, DOOR_AT) && w->asked->at)
		move->at = draft_time_of(w->asked->at);
	if (draft_states(w, DOOR_DUE))
		move->due = draft_time_of(w->asked->due);
	if (rc == DOOR_OK && draft_states(w, DOOR_TEXT))
		rc = draft_take_text(w, move->text, MOVE_TEXT_MAX, w->asked->text, SAY_FIELD_TEXT);
	return rc == DOOR_OK ? draft_check_times(w, move, 0) : rc;
}

/* What is asked about when it is said is asked about when it is corrected to it. */
static enum door_rc look_at_more(struct draft_work *w, const struct move *move, uint64_t before_milli)
{
	enum door_rc rc = DOOR_OK;

	if (move->stage == MOVE_RECEIVED || move->stage == MOVE_SENT)
		rc = confirm_load(w->answer, w->desk, move, before_milli);
	return rc == DOOR_OK ? confirm_beyond(w->answer, w->desk, move) : rc;
}

enum door_rc draft_move_edit(struct draft_work *w)
{
	fold_slot own = own_move(w, w->asked->ref);
	struct entry *e;
	struct move was;
	enum door_rc rc;

	if (own == FOLD_NONE)
		return refuse_others(w, w->asked->ref);
	e = start_again(w, own);
	was = e->move;
	if (is_withdrawn(e))
		return draft_refuse(w, DOOR_E_INPUT, SAY(WITHDRAWN_ALREADY));
	if (is_over(w, e))
		return draft_refuse(w, DOOR_E_INPUT, SAY(PLEDGE_OVER));
	rc = change_move(w, &e->move);
	if (rc == DOOR_OK && is_same_move(&was, &e->move))
		draft_is_unchanged(w, (struct ref){ e->author, e->number });
	if (rc == DOOR_OK && !w->asked->sure && e->move.quantity_milli > was.quantity_milli)
		rc = look_at_more(w, &e->move, was.quantity_milli);
	if (rc == DOOR_OK)
		rc = check_out(w, e, was.quantity_milli);
	if (rc == DOOR_OK)
		rc = look_at_shelf(w, &was, &e->move);
	if (rc == DOOR_OK)
		draft_tell_corrected(w, &was, &e->move);
	return rc;
}

/* What others witnessed was so, whoever takes back that he promised or sent it. */
static enum door_rc check_move(struct draft_work *w, const struct entry *e)
{
	char unit[VIEW_UNIT_SIZE];
	struct fold_move journey;

	if (!find_journey(w, e, &journey))
		return DOOR_OK;
	if (e->move.stage == MOVE_ASKED && (journey.promised_milli || journey.on_way_milli || journey.arrived_milli) &&
	    journey.pledger && !draft_is_own(w, journey.pledger))
		return draft_refuse(w, DOOR_E_INPUT, SAY(WITHDRAW_ANSWERED));
	if ((e->move.stage != MOVE_PLEDGED && e->move.stage != MOVE_SENT) || !journey.arrived_milli)
		return DOOR_OK;
	return draft_refuse(w, DOOR_E_INPUT,
			    SAY_OF(WITHDRAW_ARRIVED, journey_amount(w, &journey, journey.arrived_milli, unit)));
}

/* Notes. */

static bool is_same_note(const struct note *a, const struct note *b)
{
	return a->severity == b->severity && a->flags == b->flags && a->until == b->until && ref_equal(a->of, b->of) &&
	       ref_equal(a->other, b->other) && strcmp(a->text, b->text) == 0 && strcmp(a->language, b->language) == 0;
}

static enum door_rc change_note(struct draft_work *w, struct note *note)
{
	const struct door_request *r = w->asked;
	struct picture_hit hit;
	enum door_rc rc = DOOR_OK;

	if (note->kind != NOTE_ALERT && (r->fields & (DOOR_SEVERITY | DOOR_UNTIL)))
		return draft_refuse(w, DOOR_E_INPUT, SAY(NOTE_NO_ALERT));
	if (draft_states(w, DOOR_SEVERITY))
		note->severity = r->severity;
	if (draft_states(w, DOOR_FLAGS))
		note->flags = r->flags;
	if (ref_text_is_given(r->of)) {
		rc = draft_find_record(w, &hit, r->of);
		note->of = rc == DOOR_OK ? hit.ref : note->of;
	}
	if (rc == DOOR_OK && ref_text_is_given(r->other)) {
		rc = draft_find_record(w, &hit, r->other);
		note->other = rc == DOOR_OK ? hit.ref : note->other;
	}
	if (rc == DOOR_OK && draft_states(w, DOOR_UNTIL))
		rc = draft_take_until(w, note);
	return rc == DOOR_OK && (r->fields & (DOOR_TEXT | DOOR_LANGUAGE)) ? draft_fill_words(w, note) : rc;
}

enum door_rc draft_note_edit(struct draft_work *w)
{
	fold_slot own = own_register(w, ENTRY_NOTE, w->asked->ref);
	struct entry *e;
	struct note was;
	enum door_rc rc;

	if (own == FOLD_NONE)
		return refuse_others(w, w->asked->ref);
	e = start_again(w, own);
	was = e->note;
	if (is_withdrawn(e))
		return draft_refuse(w, DOOR_E_INPUT, SAY(WITHDRAWN_ALREADY));
	rc = change_note(w, &e->note);
	if (rc == DOOR_OK && is_same_note(&was, &e->note))
		draft_is_unchanged(w, (struct ref){ e->author, e->number });
	return rc;
}

/* Taking back. */

static uint32_t open_lines_at(const struct draft_work *w, fold_slot site)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < fold_count(draft_fold(w), FOLD_LINES); i++) {
		struct fold_line line;

		fold_line(draft_fold(w), i, &line);
		count += line.site == site && line.status != LINE_CLOSED;
	}
	return count;
}

static enum door_rc take_back_site(struct draft_work *w, fold_slot own)
{
	struct entry *e = &w->draft->entry;
	uint32_t lines = open_lines_at(w, own);

	if (e->site.state == SITE_CLOSED)
		return draft_refuse(w, DOOR_E_INPUT, SAY(WITHDRAWN_ALREADY));
	if (lines)
		return draft_refuse(w, DOOR_E_INPUT, SAY_OF(WITHDRAW_SITE_LINES, say_number(lines)));
	e->site.state = SITE_CLOSED;
	return DOOR_OK;
}

/* An own record, or a keeper's change. */
static enum door_rc take_back_words(struct draft_work *w, fold_slot slot)
{
	struct entry *e = &w->draft->entry;
	enum door_rc rc = DOOR_OK;

	if (amends_changes(entry_amends_of(e)))
		return draft_drop_change(w, slot);
	draft_read_standing(w, slot);
	if (e->kind == ENTRY_SITE) {
		rc = take_back_site(w, slot);
	} else if (e->line.closed != CLOSED_NOT) {
		return draft_refuse(w, DOOR_E_INPUT, SAY(WITHDRAWN_ALREADY));
	} else {
		e->line.closed = CLOSED_MISTAKE;
	}
	draft_say_own(w, slot, e);
	return rc;
}

/* The opposite, as from that time on. */
static void take_back_trust(struct draft_work *w)
{
	static const enum trust_kind opposite[] = { [TRUST_VOUCH] = TRUST_WITHDRAW,
						    [TRUST_WITHDRAW] = TRUST_VOUCH,
						    [TRUST_KEEPER] = TRUST_KEEPER_END,
						    [TRUST_KEEPER_END] = TRUST_KEEPER };
	struct entry was = w->draft->entry;
	struct trust *trust = &draft_start(w, ENTRY_TRUST)->trust;

	*trust = was.trust;
	trust->kind = opposite[was.trust.kind];
	trust->since = trust->kind == TRUST_WITHDRAW || trust->kind == TRUST_KEEPER_END ? was.hlc.time : 0;
}

/* `slot` is this node's own register. */
static enum door_rc take_back(struct draft_work *w, fold_slot slot)
{
	struct entry *e = start_again(w, slot);
	enum door_rc rc = DOOR_OK;

	switch (e->kind) {
	case ENTRY_SITE:
	case ENTRY_LINE:
		return take_back_words(w, slot);
	case ENTRY_MOVE:
		rc = is_withdrawn(e) ? draft_refuse(w, DOOR_E_INPUT, SAY(WITHDRAWN_ALREADY)) : check_move(w, e);
		e->move.stage = MOVE_WITHDRAWN;
		return rc;
	case ENTRY_NOTE:
		rc = is_withdrawn(e) ? draft_refuse(w, DOOR_E_INPUT, SAY(WITHDRAWN_ALREADY)) : DOOR_OK;
		e->note.flags |= NOTE_WITHDRAWN;
		return rc;
	case ENTRY_TRUST:
		take_back_trust(w);
		return DOOR_OK;
	case ENTRY_CARD:
	case ENTRY_UNKNOWN:
		break;
	}
	return draft_refuse(w, DOOR_E_INPUT, SAY(UNDO_GONE));
}

static fold_slot own_record(struct draft_work *w, enum entry_kind kind)
{
	enum fold_list list = kind == ENTRY_SITE ? FOLD_SITES : FOLD_LINES;
	struct fold_record record;
	struct picture_hit hit;
	struct entry own;
	enum picture_found found = picture_find_in(draft_picture(w), w->desk->now_s, w->asked->ref, list, &hit);

	if (found != FOUND_ONE && kind == ENTRY_SITE)
		found = picture_find_site(draft_picture(w), w->desk->now_s, w->asked->ref, &hit);
	if (found != FOUND_ONE)
		return FOLD_NONE;
	fold_record(draft_fold(w), list, hit.index, &record);
	fold_read_change(draft_fold(w), record.own, &own);
	return draft_is_own(w, record.author) && !amends_carries(entry_amends_of(&own)) ? record.own : FOLD_NONE;
}

/* A node's name or key: this node no longer vouches for it. */
static bool names_vouch(struct draft_work *w, const char *text)
{
	struct public_key key;
	struct trust *trust;

	if (picture_find_author(draft_picture(w), w->desk->now_s, text, &key) != FOUND_ONE ||
	    fold_distance(draft_fold(w), own_key(w), &key) != 1)
		return false;
	trust = &draft_start(w, ENTRY_TRUST)->trust;
	*trust = (struct trust){ .kind = TRUST_WITHDRAW, .key = key };
	return true;
}

enum door_rc draft_withdraw(struct draft_work *w)
{
	const char *text = w->asked->ref;
	fold_slot slot;

	if (!ref_text_is_given(text))
		return draft_refuse(w, DOOR_E_INPUT, SAY(WITHDRAW_WHAT));
	slot = own_move(w, text);
	if (slot == FOLD_NONE)
		slot = own_register(w, ENTRY_NOTE, text);
	if (slot == FOLD_NONE)
		slot = own_register(w, ENTRY_TRUST, text);
	if (slot == FOLD_NONE)
		slot = own_record(w, ENTRY_LINE);
	if (slot == FOLD_NONE)
		slot = own_record(w, ENTRY_SITE);
	if (slot == FOLD_NONE && names_vouch(w, text))
		return DOOR_OK;
	return slot == FOLD_NONE ? refuse_others(w, text) : take_back(w, slot);
}

/* Undoing. */

/* What the word is of, in front of what it says: "1F5-J6X4, Blanket:" of a change, else its ref alone. */
static void tell_undone(struct draft_work *w, const struct entry *before, const struct entry *now)
{
	char name[VIEW_NAME_SIZE] = "", unit[VIEW_UNIT_SIZE], text[VIEW_REF_SIZE];
	struct ref ref = { now->author, now->number };
	enum fold_list list;
	fold_slot own = fold_record_of(draft_fold(w), &list, own_key(w), now->kind, now->number);
	struct fold_record record;
	struct entry standing = *now;

	if (own != FOLD_NONE && (now->kind == ENTRY_SITE || now->kind == ENTRY_LINE)) {
		ref = fold_ref(draft_fold(w), own);
		fold_record(draft_fold(w), list, fold_index(draft_fold(w), list, own), &record);
		fold_read(draft_fold(w), record.standing, &standing);
	}
	if (before && standing.kind == ENTRY_LINE)
		picture_goods_name(&standing.line, name, unit);
	else if (before && standing.kind == ENTRY_SITE)
		(void)text_cut(name, VIEW_NAME_SIZE - 1, standing.site.name);
	picture_ref_text(draft_picture(w), ref, text);
	(void)said_add(&w->answer->said, SAY_OF(UNDO_OF, say_text(text), say_text(name)));
}

static enum door_rc ask_undo(struct draft_work *w, const struct entry *before, const struct entry *now)
{
	uint32_t said_s = now->hlc.time, now_s = w->desk->now_s;

	tell_undone(w, before, now);
	if (!w->asked->sure) {
		history_tell(&w->answer->said, draft_picture(w), before, now);
		return draft_refuse(w, DOOR_E_ASK, SAY_OF(UNDO_ASKS, say_span(now_s > said_s ? now_s - said_s : 0)));
	}
	/* The change as it is now made, back from what stood. */
	history_tell(&w->answer->said, draft_picture(w), before ? now : NULL, before ? before : now);
	(void)said_add(&w->answer->said, before ? SAY(UNDONE_EDIT) : SAY(UNDONE));
	return DOOR_OK;
}

/* What stood before is said anew. */
static enum door_rc restore(struct draft_work *w, fold_slot slot, const struct entry *before)
{
	struct entry *e = start_again(w, slot);

	*e = *before;
	if ((e->kind == ENTRY_SITE || e->kind == ENTRY_LINE) && !amends_changes(entry_amends_of(e)))
		draft_say_own(w, slot, e);
	return DOOR_OK;
}

enum door_rc draft_undo(struct draft_work *w)
{
	struct entry now, before;
	struct draft_word word;
	fold_slot slot;
	enum door_rc rc;

	if (!w->desk->last_word || !w->desk->last_word(w->desk->ctx, &word))
		return draft_refuse(w, DOOR_E_INPUT, SAY(UNDO_NOTHING));
	slot = fold_register(draft_fold(w), own_key(w), word.kind, word.number);
	if (slot == FOLD_NONE)
		return draft_refuse(w, DOOR_E_INPUT, SAY(UNDO_GONE));
	fold_read_change(draft_fold(w), slot, &now);
	now.hlc = word.hlc;
	if (!word.is_new && !w->desk->word_before(w->desk->ctx, &now, &before))
		return draft_refuse(w, DOOR_E_INPUT, SAY(UNDO_NOT_KEPT));
	rc = word.is_new ? take_back(w, slot) : restore(w, slot, &before);
	return rc == DOOR_OK ? ask_undo(w, word.is_new ? NULL : &before, &now) : rc;
}
