/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Running tallies: what one node hands out of one stock at the door is one register that grows, signed again with the sum. Its `at`
 * stays that of the first handout, so a count that comes between begins a new one. The more moves this node has, the longer a tally
 * goes on: a busy door never fills the room of moves. */
#include <string.h>

#include "node/desk/draft_work.h"
#include "node/picture/picture_state.h"
#include "node/system/clock.h"

enum {
	TALLY_S = EPOCH_S,
	TALLY_LONG_S = 7 * EPOCH_S,                           /* from a quarter of the room on */
	TALLY_LONGEST_S = RETAIN_MOVE_DAYS * EPOCH_S / 3 * 2, /* from half of it on */
};

static uint32_t tally_lasts_s(const struct draft_desk *desk)
{
	uint32_t owned = MOVES_PER_AUTHOR_MAX - desk->moves_left;

	if (owned < MOVES_PER_AUTHOR_MAX / 4)
		return TALLY_S;
	return owned < MOVES_PER_AUTHOR_MAX / 2 ? TALLY_LONG_S : TALLY_LONGEST_S;
}

/* The stock that is handed out from, as it stands. */
struct shelf {
	struct ref ref;
	struct hlc changed;
	uint32_t counted_s;
	struct line line;
};

static bool find_shelf(const struct draft_work *w, struct shelf *shelf, struct ref ref)
{
	uint32_t index = ref_is_none(ref) ? UINT32_MAX : fold_find(draft_fold(w), FOLD_LINES, ref);
	struct fold_record record;
	struct fold_sums sums;
	struct entry standing;

	if (index == UINT32_MAX)
		return false;
	fold_record(draft_fold(w), FOLD_LINES, index, &record);
	fold_line_sums(draft_fold(w), index, &sums);
	fold_read(draft_fold(w), record.standing, &standing);
	*shelf = (struct shelf){
		.ref = ref, .changed = record.changed, .counted_s = sums.counted_s, .line = standing.line
	};
	return true;
}

static bool is_handout(const struct move *move)
{
	return move->stage == MOVE_GIVEN && ref_is_none(move->of) && ref_is_none(move->after);
}

/* What was counted or said anew since is in another unit, or in the count already. */
static bool may_change(const struct draft_work *w, const struct shelf *shelf, const struct entry *tally)
{
	return is_handout(&tally->move) && ref_equal(tally->move.from, shelf->ref) &&
	       tally->move.at > shelf->counted_s && hlc_compare(tally->hlc, shelf->changed) > 0 &&
	       !(w->desk->is_under_way && w->desk->is_under_way(w->desk->ctx, tally->number));
}

static bool may_grow(const struct draft_work *w, const struct entry *tally)
{
	const struct move *move = &w->draft->entry.move;

	return tally->move.at + (uint64_t)tally_lasts_s(w->desk) > move->at && tally->move.at <= move->at &&
	       tally->move.quantity_milli + move->quantity_milli <= QUANTITY_MILLI_MAX &&
	       strcmp(tally->move.text, move->text) == 0;
}

/* The newest of this node's own that may go on. */
static bool find_tally(const struct draft_work *w, const struct shelf *shelf, struct entry *tally)
{
	bool found = false;

	for (uint32_t i = 0; i < fold_count(draft_fold(w), FOLD_MOVES); i++) {
		struct fold_record record;
		struct entry e;

		fold_record(draft_fold(w), FOLD_MOVES, i, &record);
		if (!draft_is_own(w, record.author) || (found && hlc_compare(record.changed, tally->hlc) <= 0))
			continue;
		fold_read(draft_fold(w), record.own, &e);
		if (!may_change(w, shelf, &e) || !may_grow(w, &e))
			continue;
		*tally = e;
		found = true;
	}
	return found;
}

/* The draft becomes the next version of that register. */
static void take_place(struct draft_work *w, const struct entry *tally, uint64_t quantity_milli)
{
	w->draft->entry.number = tally->number;
	w->draft->entry.move = tally->move;
	w->draft->entry.move.quantity_milli = quantity_milli;
	w->draft->after = tally->hlc;
	w->draft->is_new = false;
}

static struct say_value amount_of(const struct shelf *shelf, uint64_t milli, char unit[VIEW_UNIT_SIZE])
{
	char name[VIEW_NAME_SIZE];

	picture_item_name(&shelf->line, name, unit);
	return say_amount((int64_t)milli, unit);
}

void draft_tally_join(struct draft_work *w)
{
	uint64_t now_milli = w->draft->entry.move.quantity_milli, sum_milli;
	char unit[VIEW_UNIT_SIZE] = "";
	struct shelf shelf;
	struct entry tally;

	if (draft_states(w, DOOR_AT) || draft_states(w, DOOR_DUE) || !is_handout(&w->draft->entry.move) ||
	    !find_shelf(w, &shelf, w->draft->entry.move.from) || !find_tally(w, &shelf, &tally))
		return;
	sum_milli = tally.move.quantity_milli + now_milli;
	w->answer->quantity_milli = now_milli;
	take_place(w, &tally, sum_milli);
	(void)said_add(&w->answer->said,
		       SAY_OF(TALLY, amount_of(&shelf, now_milli, unit), say_date(clock_unix_of(tally.move.at)),
			      amount_of(&shelf, sum_milli, unit)));
}

enum door_rc draft_tally_lower(struct draft_work *w)
{
	const struct move *move = &w->draft->entry.move;
	uint64_t back_milli = move->quantity_milli, left_milli;
	uint32_t index = fold_find(draft_fold(w), FOLD_MOVES, move->after);
	char unit[VIEW_UNIT_SIZE] = "";
	struct fold_record record;
	struct shelf shelf;
	struct entry tally;

	if (draft_states(w, DOOR_AT) || draft_states(w, DOOR_TEXT) || index == UINT32_MAX)
		return DOOR_OK;
	fold_record(draft_fold(w), FOLD_MOVES, index, &record);
	fold_read(draft_fold(w), record.own, &tally);
	if (!draft_is_own(w, record.author) || !find_shelf(w, &shelf, tally.move.from) ||
	    !may_change(w, &shelf, &tally) || back_milli > tally.move.quantity_milli)
		return DOOR_OK;
	left_milli = tally.move.quantity_milli - back_milli;
	w->answer->quantity_milli = back_milli;
	take_place(w, &tally, left_milli);
	(void)said_add(&w->answer->said,
		       SAY_OF(TALLY_LOWERED, amount_of(&shelf, back_milli, unit),
			      say_date(clock_unix_of(tally.move.at)), amount_of(&shelf, left_milli, unit)));
	return DOOR_OK;
}

/* Some of it was handed out by then, and some after. */
static bool is_amid(const struct entry *tally, struct ref stock, uint32_t counted_s)
{
	return is_handout(&tally->move) && ref_equal(tally->move.from, stock) && tally->move.at <= counted_s &&
	       tally->hlc.time > counted_s;
}

enum door_rc draft_tally_asks(struct draft_work *w, struct ref stock, uint32_t counted_s)
{
	for (uint32_t i = 0; !w->asked->sure && i < fold_count(draft_fold(w), FOLD_MOVES); i++) {
		struct fold_record record;
		struct entry e;

		fold_record(draft_fold(w), FOLD_MOVES, i, &record);
		if (record.changed.time <= counted_s)
			continue;
		fold_read(draft_fold(w), record.own, &e);
		if (is_amid(&e, stock, counted_s))
			return draft_refuse(w, DOOR_E_ASK,
					    SAY_OF(COUNT_AMID_TALLY, say_date(clock_unix_of(e.move.at))));
	}
	return DOOR_OK;
}
