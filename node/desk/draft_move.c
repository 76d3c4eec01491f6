/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Moves. */
#include <string.h>

#include "node/desk/draft_work.h"
#include "node/picture/picture_state.h"

static enum door_rc fill_ends(struct draft_work *w, struct move *move)
{
	struct picture_hit hit;
	enum door_rc rc = DOOR_OK;

	if (ref_text_is_given(w->asked->of)) {
		rc = draft_find_of_list(w, &hit, w->asked->of, FOLD_LINES, SAY_KIND_NEED_OR_STOCK);
		move->of = hit.ref;
	}
	if (rc == DOOR_OK && ref_text_is_given(w->asked->from)) {
		rc = draft_find_of_list(w, &hit, w->asked->from, FOLD_LINES, SAY_KIND_OFFER_OR_STOCK);
		move->from = hit.ref;
	}
	return rc;
}

/* The ends as far as the new move or the journey that it carries on names them. */
struct ends {
	uint32_t of, from; /* indices of lines; UINT32_MAX none */
	bool is_first;
	uint32_t index; /* of the journey */
	struct fold_move journey;
	uint64_t promised_milli; /* by the first move of the journey */
	uint32_t first_s;        /* when that was said */
	bool is_turned;          /* the journey goes to another line from here on */
};

static uint32_t line_index(const struct draft_work *w, struct ref ref)
{
	return ref_is_none(ref) ? UINT32_MAX : fold_find(draft_fold(w), FOLD_LINES, ref);
}

static bool is_promise(enum move_stage stage)
{
	return stage == MOVE_PLEDGED || stage == MOVE_SENT;
}

/* Of a journey, what has left. */
static uint64_t moved_of(const struct fold_move *m)
{
	return m->on_way_milli + m->arrived_milli + m->lost_milli + m->back_milli;
}

/* How much is meant where nobody says it: what there is of it to be sent, received or taken back. */
static uint64_t meant_quantity(const struct draft_work *w, const struct ends *ends, enum move_stage stage)
{
	const struct fold_move *m = &ends->journey;
	uint64_t load = fold_answer(draft_fold(w), ends->index, stage, 0, &w->desk->identity->key).load_milli;

	switch (stage) {
	case MOVE_SENT:
	case MOVE_RELEASED:
		return m->promised_milli ? m->promised_milli : m->quantity_milli;
	case MOVE_RECEIVED:
	case MOVE_GIVEN:
	case MOVE_RETURNED:
	case MOVE_LOST:
	case MOVE_SPOILED:
		if (m->on_way_milli)
			return load && load < m->on_way_milli ? load : m->on_way_milli;
		return m->promised_milli ? m->promised_milli : m->quantity_milli;
	case MOVE_ASKED:
	case MOVE_DECLINED:
	case MOVE_PLEDGED:
	case MOVE_WITHDRAWN:
		break;
	}
	return m->quantity_milli;
}

static void carry_on(struct draft_work *w, struct move *move, struct ends *ends, uint32_t index)
{
	struct entry first;

	ends->is_first = false;
	ends->index = index;
	fold_move(draft_fold(w), index, &ends->journey);
	fold_read(draft_fold(w), ends->journey.record.own, &first);
	ends->promised_milli = first.move.quantity_milli;
	ends->first_s = first.hlc.time;
	ends->is_turned = !ref_is_none(move->of) && !ref_equal(move->of, fold_ref(draft_fold(w), ends->journey.of)) &&
			  is_promise(move->stage);
	/* Who says where a load goes says nothing about how much more there is. */
	if (!move->quantity_milli && !ends->is_turned)
		move->quantity_milli = meant_quantity(w, ends, move->stage);
}

/* What is handed out for a need from a stock that has sent or promised it goes on from there: it leaves once. */
static void find_sent(struct draft_work *w, struct move *move, struct ends *ends)
{
	struct fold_move journey;

	if (move->stage != MOVE_GIVEN || ref_is_none(move->of) || ref_is_none(move->from))
		return;
	for (uint32_t i = 0; i < fold_count(draft_fold(w), FOLD_MOVES) && ends->is_first; i++) {
		fold_move(draft_fold(w), i, &journey);
		if (journey.of == FOLD_NONE || journey.from == FOLD_NONE ||
		    !(journey.on_way_milli + journey.promised_milli) || journey.stage == MOVE_ASKED)
			continue;
		if (ref_equal(fold_ref(draft_fold(w), journey.of), move->of) &&
		    ref_equal(fold_ref(draft_fold(w), journey.from), move->from))
			carry_on(w, move, ends, i);
	}
}

static enum door_rc fill_after(struct draft_work *w, struct move *move, struct ends *ends)
{
	struct picture_hit hit;
	enum door_rc rc;

	*ends = (struct ends){ .is_first = true, .journey = { .of = FOLD_NONE, .from = FOLD_NONE } };
	if (ref_text_is_given(w->asked->after)) {
		rc = draft_find_of_list(w, &hit, w->asked->after, FOLD_MOVES, SAY_KIND_PLEDGE);
		if (rc != DOOR_OK)
			return rc;
		carry_on(w, move, ends, hit.index);
	} else {
		find_sent(w, move, ends);
	}
	ends->of = line_index(w, ref_is_none(move->of) ? fold_ref(draft_fold(w), ends->journey.of) : move->of);
	ends->from = line_index(w, ref_is_none(move->from) ? fold_ref(draft_fold(w), ends->journey.from) : move->from);
	return DOOR_OK;
}

/* Which word of the journey it answers. */
static enum door_rc fill_answer(struct draft_work *w, struct move *move, struct ends *ends)
{
	const struct public_key *own = &w->desk->identity->key;
	struct fold_answer answer;

	if (ends->is_first)
		return DOOR_OK;
	answer = w->asked->more ? fold_answer_in_part(draft_fold(w), ends->index, move->stage, own)
				: fold_answer(draft_fold(w), ends->index, move->stage, move->quantity_milli, own);
	if (answer.steps >= FOLD_CHAIN_MAX)
		return draft_refuse(w, DOOR_E_INPUT, SAY(CHAIN_FULL));
	move->after = answer.after;
	return DOOR_OK;
}

static bool may(const struct draft_work *w, uint32_t line)
{
	return line != UINT32_MAX && fold_may_change(draft_fold(w), FOLD_LINES, line, &w->desk->identity->key);
}

static enum door_rc check_source(struct draft_work *w, const struct ends *ends)
{
	struct fold_line line;

	if (ends->from == UINT32_MAX)
		return DOOR_OK;
	fold_line(draft_fold(w), ends->from, &line);
	if (line.kind == LINE_NEED)
		return draft_refuse(w, DOOR_E_INPUT, SAY(SOURCE_IS_NEED));
	if (line.stays != FOLD_NONE)
		return draft_check_twice(w, ends->from);
	if (line.status == LINE_CLOSED)
		return draft_refuse(w, DOOR_E_INPUT, SAY(SOURCE_CLOSED));
	if (!may(w, ends->from))
		return draft_refuse(w, DOOR_E_RIGHT, SAY(SOURCE_NOT_YOURS));
	return DOOR_OK;
}

/* A second tap must not double what was promised, left or arrived; a second load of the same promise may. */
static bool is_noted_already(const struct ends *ends, const struct move *move)
{
	const struct fold_move *m = &ends->journey;
	uint64_t moved = moved_of(m), known = m->promised_milli + moved;
	uint64_t all = known > ends->promised_milli ? known : ends->promised_milli;

	if (ends->is_first)
		return false;
	switch (move->stage) {
	case MOVE_PLEDGED:
		return known && known + move->quantity_milli > ends->promised_milli;
	case MOVE_SENT:
		return moved && moved + move->quantity_milli > all;
	case MOVE_RECEIVED:
		return m->arrived_milli && m->arrived_milli + move->quantity_milli > all;
	default:
		return false;
	}
}

static struct say_value moved_amount(const struct draft_work *w, const struct ends *ends, uint64_t milli,
				     char unit[VIEW_UNIT_SIZE])
{
	uint32_t line = ends->of != UINT32_MAX ? ends->of : ends->from;
	char name[VIEW_NAME_SIZE];
	struct fold_record record;
	struct entry standing;

	if (line != UINT32_MAX) {
		fold_record(draft_fold(w), FOLD_LINES, line, &record);
		fold_read(draft_fold(w), record.standing, &standing);
		picture_item_name(&standing.line, name, unit);
	}
	return say_amount((int64_t)milli, unit);
}

/* How much of it is noted, and how much of it is not. */
static enum door_rc refuse_again(struct draft_work *w, const struct move *move, const struct ends *ends)
{
	const struct fold_move *m = &ends->journey;
	uint64_t moved = moved_of(m), known = m->promised_milli + moved;
	uint64_t asked = ends->promised_milli > known ? ends->promised_milli - known : 0;
	char unit[VIEW_UNIT_SIZE] = "", need[VIEW_REF_SIZE];
	struct fold_record record;

	if (move->stage == MOVE_PLEDGED)
		return draft_refuse(
			w, DOOR_E_INPUT,
			SAY_OF(PLEDGE_ALREADY, moved_amount(w, ends, known, unit), moved_amount(w, ends, asked, unit)));
	if (move->stage == MOVE_SENT)
		return draft_refuse(w, DOOR_E_INPUT,
				    SAY_OF(SENT_ALREADY, moved_amount(w, ends, moved, unit),
					   moved_amount(w, ends, m->promised_milli, unit)));
	fold_record(draft_fold(w), FOLD_LINES, ends->of, &record);
	picture_ref_text(draft_picture(w), fold_ref(draft_fold(w), record.own), need);
	return draft_refuse(w, DOOR_E_INPUT,
			    SAY_OF(RECEIVED_ALREADY, moved_amount(w, ends, m->arrived_milli, unit),
				   moved_amount(w, ends, m->promised_milli + m->on_way_milli, unit), say_text(need)));
}

/* The holder answers an ask; who promised says that it goes elsewhere. Nobody else speaks for a promise. */
static enum door_rc check_pledge(struct draft_work *w, const struct move *move, const struct ends *ends)
{
	const struct public_key *pledger = ends->is_first ? NULL : ends->journey.pledger;

	if (ends->of == UINT32_MAX)
		return draft_refuse(w, DOOR_E_INPUT, SAY(PLEDGE_NEED_MISSING));
	if (pledger && !draft_is_own(w, pledger))
		return draft_refuse(w, DOOR_E_RIGHT, SAY(PLEDGE_NOT_YOURS));
	if (pledger && !(ends->journey.promised_milli + ends->journey.on_way_milli))
		return draft_refuse(w, DOOR_E_INPUT, SAY(PLEDGE_OVER));
	if (ends->is_turned && ends->journey.arrived_milli)
		return draft_refuse(w, DOOR_E_INPUT, SAY(TURNED_LATE));
	if (!ends->is_turned && is_noted_already(ends, move))
		return refuse_again(w, move, ends);
	return check_source(w, ends);
}

/* An ask may be made by anybody. To accept what was pledged is for those who need it. */
static enum door_rc check_ask(struct draft_work *w, const struct ends *ends)
{
	if (ends->is_first && ends->of == UINT32_MAX)
		return draft_refuse(w, DOOR_E_INPUT, SAY(ASK_NEED_MISSING));
	if (ends->is_first)
		return DOOR_OK;
	if (!may(w, ends->of))
		return draft_refuse(w, DOOR_E_RIGHT, SAY(ACCEPT_NOT_YOURS));
	if (ends->journey.pledger && !(ends->journey.promised_milli + ends->journey.on_way_milli))
		return draft_refuse(w, DOOR_E_INPUT, SAY(PLEDGE_OVER));
	if (ends->journey.pledger && ends->journey.accepted)
		draft_is_unchanged(w, fold_ref(draft_fold(w), ends->journey.record.own));
	return DOOR_OK;
}

/* This node said already that this source will not serve that need. */
static bool has_declined(const struct draft_work *w, const struct ends *ends)
{
	for (uint32_t i = 0; i < fold_count(draft_fold(w), FOLD_MOVES); i++) {
		struct fold_move move;

		fold_move(draft_fold(w), i, &move);
		if (move.stage == MOVE_DECLINED && move.of != FOLD_NONE && move.from != FOLD_NONE &&
		    draft_is_own(w, move.record.author) && fold_index(draft_fold(w), FOLD_LINES, move.of) == ends->of &&
		    fold_index(draft_fold(w), FOLD_LINES, move.from) == ends->from)
			return true;
	}
	return false;
}

/* Without a journey that it answers, it says that this source will not serve that need, until the need is said anew. */
static enum door_rc check_decline(struct draft_work *w, const struct ends *ends)
{
	if (ends->is_first && (ends->of == UINT32_MAX || ends->from == UINT32_MAX))
		return draft_refuse(w, DOOR_E_INPUT, SAY(DECLINE_MISSING));
	if (ends->is_first ? has_declined(w, ends) : ends->journey.stage == MOVE_DECLINED)
		return draft_refuse(w, DOOR_E_INPUT, SAY(DECLINE_ALREADY));
	if (may(w, ends->of) || may(w, ends->from))
		return DOOR_OK;
	return draft_refuse(w, DOOR_E_RIGHT, SAY(DECLINE_NOT_YOURS));
}

/* Only what has left can be lost or come back, and not twice. */
static enum door_rc check_return(struct draft_work *w, const struct ends *ends, uint64_t quantity_milli, bool mine)
{
	uint64_t most = ends->journey.on_way_milli + ends->journey.arrived_milli;
	char unit[VIEW_UNIT_SIZE] = "";

	if (ends->is_first && ends->from != UINT32_MAX && ends->of == UINT32_MAX)
		return check_source(w, ends); /* from the shelf: lost, spoiled, or given back to whoever it came from */
	if (ends->is_first)
		return draft_refuse(w, DOOR_E_INPUT, SAY(RETURN_MISSING));
	if (!mine && !may(w, ends->of) && !may(w, ends->from))
		return draft_refuse(w, DOOR_E_RIGHT, SAY(RETURN_NOT_YOURS));
	if (!most)
		return draft_refuse(w, DOOR_E_INPUT, SAY(RETURN_NOTHING));
	if (quantity_milli > most)
		return draft_refuse(w, DOOR_E_INPUT, SAY_OF(RETURN_BEYOND, moved_amount(w, ends, most, unit)));
	return DOOR_OK;
}

/* Who may say what (sync/fold/fold_moves.c holds everyone to the same). */
static enum door_rc check_move(struct draft_work *w, const struct move *move, const struct ends *ends)
{
	char unit[VIEW_UNIT_SIZE] = "";
	bool mine = !ends->is_first && ends->journey.pledger && draft_is_own(w, ends->journey.pledger);

	switch (move->stage) {
	case MOVE_ASKED:
		return check_ask(w, ends);
	case MOVE_DECLINED:
		return check_decline(w, ends);
	case MOVE_PLEDGED:
		return check_pledge(w, move, ends);
	case MOVE_SENT:
		if (!ends->is_turned && is_noted_already(ends, move))
			return refuse_again(w, move, ends);
		/* fall through */
	case MOVE_RELEASED:
		if (ends->is_first && move->stage == MOVE_RELEASED)
			return draft_refuse(w, DOOR_E_INPUT, SAY(RELEASE_MISSING));
		if (move->stage == MOVE_RELEASED && !ends->journey.promised_milli)
			return draft_refuse(w, DOOR_E_INPUT, SAY(RELEASE_NOTHING));
		if (move->stage == MOVE_RELEASED && move->quantity_milli > ends->journey.promised_milli)
			return draft_refuse(
				w, DOOR_E_INPUT,
				SAY_OF(RELEASE_BEYOND, moved_amount(w, ends, ends->journey.promised_milli, unit)));
		if (mine || may(w, ends->from))
			return DOOR_OK;
		if (ends->is_first && ends->of == UINT32_MAX && ends->from == UINT32_MAX)
			return draft_refuse(w, DOOR_E_INPUT, SAY(PLEDGE_NEED_MISSING));
		return ends->is_first ? check_source(w, ends) : draft_refuse(w, DOOR_E_RIGHT, SAY(SEND_NOT_YOURS));
	case MOVE_RECEIVED:
		if (ends->of == UINT32_MAX)
			return draft_refuse(w, DOOR_E_INPUT, SAY(RECEIVE_MISSING));
		if (is_noted_already(ends, move))
			return refuse_again(w, move, ends);
		return may(w, ends->of) ? DOOR_OK : draft_refuse(w, DOOR_E_RIGHT, SAY(RECEIVE_NOT_YOURS));
	case MOVE_GIVEN:
		if (ends->from == UINT32_MAX && !may(w, ends->of))
			return draft_refuse(w, DOOR_E_INPUT, SAY(GIVE_MISSING));
		return check_source(w, ends);
	case MOVE_RETURNED:
	case MOVE_LOST:
	case MOVE_SPOILED:
		return check_return(w, ends, move->quantity_milli, mine);
	case MOVE_WITHDRAWN:
		return draft_refuse(w, DOOR_E_INPUT, SAY(WITHDRAW_WHAT));
	}
	return DOOR_OK;
}

/* Nobody says that nothing came by a number. */
static bool says_none(const struct draft_work *w)
{
	const char *typed = w->asked->measure;

	return draft_states(w, DOOR_QUANTITY) && !w->asked->quantity_milli &&
	       (!typed || strspn(typed, "0., ") == strlen(typed));
}

/* What left is promised on paper up to a day later. */
enum { LATE_S = 3600, BEFORE_S = 86400, AT_OLD_S = 60 * 86400 };

/* What has happened lies behind, and not before what is still kept; what is promised lies ahead, at most as far as a promise
 * counts. */
enum door_rc draft_check_times(struct draft_work *w, const struct move *move, uint32_t first_s)
{
	uint32_t now_s = w->desk->now_s;

	if (draft_states(w, DOOR_AT) && move->at < now_s && now_s - move->at > AT_OLD_S)
		return draft_refuse(w, DOOR_E_INPUT, SAY_OF(MOVE_OLD, say_number(AT_OLD_S / 86400)));
	if (draft_states(w, DOOR_AT) && first_s && move->at + BEFORE_S < first_s)
		return draft_refuse(w, DOOR_E_INPUT, SAY(MOVE_BEFORE));
	if (move->due && move->due < now_s && now_s - move->due > LATE_S)
		return draft_refuse(w, DOOR_E_INPUT, SAY(DUE_PAST));
	if (draft_states(w, DOOR_AT) && move->at > now_s && move->at - now_s > FOLD_AHEAD_S)
		return draft_refuse(w, DOOR_E_INPUT, SAY(MOVE_AHEAD));
	if (move->due > now_s && move->due - now_s > FOLD_DUE_MAX_S)
		return draft_refuse(w, DOOR_E_INPUT, SAY_OF(DUE_FAR, say_number(FOLD_DUE_MAX_S / 86400)));
	return DOOR_OK;
}

static bool is_drill(const struct draft_work *w, uint32_t line)
{
	struct fold_record record;

	fold_record(draft_fold(w), FOLD_LINES, line, &record);
	return fold_line_is_drill(draft_fold(w), record.own);
}

/* A drill takes nothing from a real shelf. */
static enum door_rc check_drill(struct draft_work *w, const struct ends *ends)
{
	if (ends->of == UINT32_MAX || ends->from == UINT32_MAX || is_drill(w, ends->of) == is_drill(w, ends->from))
		return DOOR_OK;
	return draft_refuse(w, DOOR_E_INPUT, SAY(DRILL_AND_REAL));
}

struct newest_word {
	const struct fold *fold;
	uint32_t time_s;
};

static void on_word(void *user, fold_slot word)
{
	struct newest_word *newest = user;

	if (fold_kind(newest->fold, word) == ENTRY_MOVE && fold_move_time(newest->fold, word) > newest->time_s)
		newest->time_s = fold_move_time(newest->fold, word);
}

/* A move noted after a count, or after another one of its journey, is later than that, also within one second. */
static uint32_t after_others(const struct draft_work *w, const struct ends *ends, uint32_t at)
{
	const uint32_t lines[] = { ends->of, ends->from };
	struct newest_word newest = { .fold = draft_fold(w) };
	struct fold_record record;
	struct entry standing;

	if (!ends->is_first)
		fold_each_word(draft_fold(w), FOLD_MOVES, ends->journey.record.own, on_word, &newest);
	if (newest.time_s >= at && newest.time_s <= at + 60)
		at = newest.time_s + 1;

	for (size_t i = 0; i < 2; i++) {
		uint32_t counted = 0;

		if (lines[i] == UINT32_MAX)
			continue;
		fold_record(draft_fold(w), FOLD_LINES, lines[i], &record);
		fold_read(draft_fold(w), record.standing, &standing);
		counted = standing.line.counted;
		if (counted >= at && counted <= at + 60)
			at = counted + 1;
	}
	return at;
}

/* What a move is of: the item of the line that it goes to, else from. */
static uint16_t moved_item(const struct draft_work *w, const struct ends *ends)
{
	uint32_t line = ends->of != UINT32_MAX ? ends->of : ends->from;
	struct fold_record record;
	struct entry standing;

	if (line == UINT32_MAX)
		return 0;
	fold_record(draft_fold(w), FOLD_LINES, line, &record);
	fold_read(draft_fold(w), record.standing, &standing);
	return standing.line.item;
}

uint16_t draft_moved_item(const struct draft_work *w, struct ref of, struct ref from)
{
	return moved_item(w, &(struct ends){ .of = line_index(w, of), .from = line_index(w, from) });
}

/* Who says no time promises to be in time; of what is overdue already, as soon again as it was asked for. */
static uint32_t default_due(const struct draft_work *w, uint32_t of)
{
	uint32_t now_s = w->desk->now_s, within_s = FOLD_DUE_DEFAULT_S;
	struct entry standing;
	struct fold_line line;

	fold_line(draft_fold(w), of, &line);
	if (line.kind != LINE_NEED)
		return 0;
	if (line.due_s > now_s)
		return line.due_s - now_s < FOLD_DUE_DEFAULT_S ? line.due_s : 0;
	fold_read(draft_fold(w), line.record.standing, &standing);
	if (standing.line.within_h && standing.line.within_h * 3600u < within_s)
		within_s = standing.line.within_h * 3600u;
	return now_s + within_s;
}

enum door_rc draft_move(struct draft_work *w)
{
	const struct door_request *r = w->asked;
	struct move *move = &draft_start(w, ENTRY_MOVE)->move;
	struct ends ends;
	enum door_rc rc;

	move->stage = (enum move_stage)r->stage;
	move->quantity_milli = draft_states(w, DOOR_QUANTITY) ? r->quantity_milli : 0;
	move->at = draft_states(w, DOOR_AT) && r->at ? draft_time_of(r->at) : w->desk->now_s;
	move->due = draft_states(w, DOOR_DUE) ? draft_time_of(r->due) : 0;
	rc = fill_ends(w, move);
	if (rc == DOOR_OK)
		rc = fill_after(w, move, &ends);
	if (rc == DOOR_OK && is_promise(move->stage) && !draft_states(w, DOOR_DUE) &&
	    (ends.is_first || ends.journey.due_s < w->desk->now_s) && ends.of != UINT32_MAX)
		move->due = default_due(w, ends.of);
	if (rc == DOOR_OK && draft_states(w, DOOR_QUANTITY) && (ref_text_is_given(r->measure) || r->quantity_milli))
		rc = draft_take_quantity(w, &move->quantity_milli, r->quantity_milli, r->measure, moved_item(w, &ends));
	if (rc == DOOR_OK && says_none(w))
		rc = draft_refuse(w, DOOR_E_INPUT, SAY(QUANTITY_NONE));
	if (rc == DOOR_OK)
		rc = draft_check_times(w, move, ends.is_first ? 0 : ends.first_s);
	if (rc == DOOR_OK)
		rc = check_drill(w, &ends);
	if (rc == DOOR_OK)
		rc = check_move(w, move, &ends);
	if (rc == DOOR_OK)
		rc = fill_answer(w, move, &ends);
	if (rc == DOOR_OK && !draft_states(w, DOOR_AT))
		move->at = after_others(w, &ends, move->at);
	if (rc == DOOR_OK && !move->quantity_milli && move->stage != MOVE_DECLINED && !ends.is_turned)
		rc = draft_refuse(w, DOOR_E_INPUT, SAY(QUANTITY_MISSING));
	if (rc == DOOR_OK && draft_states(w, DOOR_TEXT))
		rc = draft_take_text(w, move->text, MOVE_TEXT_MAX, r->text, SAY_FIELD_TEXT);
	if (rc == DOOR_OK && move->stage == MOVE_GIVEN)
		draft_tally_join(w);
	return rc == DOOR_OK && move->stage == MOVE_RETURNED ? draft_tally_lower(w) : rc;
}
