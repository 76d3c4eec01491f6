/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What ends within a day, or is over already: a need's time; and a promise. And what leaves within a week, since nobody renews it: places, keepers, vouches
 * and lines of nodes that are silent. What this node itself said and is used it renews. */
#include "node/questions/questions_state.h"
#include "proto/goods.h"
#include "sync/clock/upkeep.h"

static bool is_within(const struct asking *a, uint64_t when_s, uint32_t within_s)
{
	return when_s >= a->q->now_s && when_s <= (uint64_t)a->q->now_s + within_s;
}

static void add_sorted(struct asking *a, struct top_row f, uint32_t when_s, enum top_row_why why)
{
	if (!questions_counts(a, (enum fold_list)f.list, f.record))
		return;
	f.order = f.when_s = when_s;
	f.why = (uint8_t)why;
	questions_add(a, f);
}

static void add_ending(struct asking *a, struct top_row f, uint64_t when_s, uint32_t within_s, enum top_row_why why)
{
	if (is_within(a, when_s, within_s))
		add_sorted(a, f, (uint32_t)when_s, why);
}

/* By its own days and by those of its author's card, whichever end first. */
static uint64_t end_of(const struct asking *a, fold_slot said)
{
	enum entry_kind kind = fold_kind(a->fold, said);
	uint32_t end = upkeep_end(kind, fold_epoch(a->fold, said)), card_end;
	uint16_t card;

	if (fold_card_epoch(a->fold, fold_author_of(a->fold, said), &card)) {
		card_end = upkeep_end(ENTRY_CARD, card);
		end = card_end < end ? card_end : end;
	}
	return (uint64_t)end * EPOCH_S;
}

/* Its author's node would have renewed it by now, or its card. */
static bool is_left_alone(const struct asking *a, fold_slot said)
{
	const struct public_key *author = fold_author_of(a->fold, said);
	uint16_t today = (uint16_t)(a->q->now_s / EPOCH_S), card;

	if (public_key_equal(author, a->q->self))
		return false;
	return upkeep_is_overdue(fold_kind(a->fold, said), fold_epoch(a->fold, said), today) ||
	       (fold_card_epoch(a->fold, author, &card) && upkeep_is_overdue(ENTRY_CARD, card, today));
}

static bool is_leaving(const struct asking *a, fold_slot said)
{
	return is_left_alone(a, said) && is_within(a, end_of(a, said), QUESTIONS_WEEK_S);
}

static void add_leaving(struct asking *a, struct top_row f, fold_slot said, enum top_row_why why)
{
	if (is_left_alone(a, said))
		add_ending(a, f, end_of(a, said), QUESTIONS_WEEK_S, why);
}

/* What this node carries on stays. */
static bool is_carried_here(const struct asking *a, uint32_t index)
{
	return fold_may_change(a->fold, FOLD_LINES, index, a->q->self) &&
	       picture_has_spoken_of(a->picture, index, a->q->now_s - QUESTIONS_CARRIED_S);
}

/* What can be used for a week yet, or no longer, and is still there. */
static void add_use_by(struct asking *a, uint32_t index, const struct fold_line *line)
{
	struct fold_sums sums;
	struct entry standing;
	struct top_row f;
	uint32_t end_s;

	if (line->kind == LINE_NEED || line->status != LINE_OPEN || !line->is_marked)
		return;
	fold_read(a->fold, line->record.standing, &standing);
	end_s = (standing.line.use_by + 1u) * (uint32_t)EPOCH_S;
	if (!standing.line.use_by || end_s > a->q->now_s + QUESTIONS_WEEK_S)
		return;
	fold_line_sums(a->fold, index, &sums);
	if (sums.on_hand_milli <= 0 || !questions_counts_line(a, &line->record))
		return;
	f = questions_row_of_line(a, line, &sums);
	f.quantity = sums.on_hand_milli;
	f.order = f.when_s = end_s;
	f.why = line_is_past_use(&standing.line, a->q->now_s) ? TOP_ROW_PAST_USE : TOP_ROW_USE_BY;
	questions_add(a, f);
}

static void add_line(struct asking *a, uint32_t index)
{
	struct fold_line line;
	struct fold_sums sums;
	struct top_row f;
	bool ends, leaves;

	fold_line(a->fold, index, &line);
	if (line.kind == LINE_ROUND || line.status == LINE_CLOSED || line.status == LINE_MET)
		return;
	add_use_by(a, index, &line);
	ends = line.kind == LINE_NEED && fold_line_is_open(&line) &&
	       line.due_s <= (uint64_t)a->q->now_s + QUESTIONS_DAY_S;
	leaves = is_leaving(a, line.record.own) && !is_carried_here(a, index);
	if (!ends && !leaves)
		return;
	fold_line_sums(a->fold, index, &sums);
	f = questions_row_of_line(a, &line, &sums);
	questions_row_amount(&f, &line, &sums);
	f.people = sums.people;
	if (ends)
		add_sorted(a, f, line.due_s, line.ask_still_needed ? TOP_ROW_NEED : TOP_ROW_NOTHING);
	if (leaves)
		add_leaving(a, f, line.record.own, TOP_ROW_FORGOTTEN);
}

static void add_site(struct asking *a, uint32_t index)
{
	struct entry standing = questions_standing(a, FOLD_SITES, index);
	struct top_row f = questions_row_blank();
	struct fold_record record;

	fold_record(a->fold, FOLD_SITES, index, &record);
	f.list = FOLD_SITES;
	f.record = record.own;
	f.site = index;
	f.people = standing.site.people;
	f.said_s = record.changed.time;
	/* Nobody renews a place that is closed. */
	if (standing.site.state == SITE_CLOSED || standing.site.state == SITE_MOVED)
		add_ending(a, f, end_of(a, record.own), QUESTIONS_WEEK_S, TOP_ROW_FORGOTTEN);
	else
		add_leaving(a, f, record.own, TOP_ROW_FORGOTTEN);
}

enum { ALERT_ENDS_S = 6 * 3600 };

/* An alert is said anew by whoever still means it. */
static void add_alert(struct asking *a, uint32_t index)
{
	struct top_row f = questions_row_blank();
	struct fold_note note;

	fold_note(a->fold, index, &note);
	if (note.kind != NOTE_ALERT || picture_note_is_over(a->picture, &note, a->q->now_s))
		return;
	f.list = FOLD_NOTES;
	f.record = note.record.own;
	f.said_s = note.record.changed.time;
	add_ending(a, f, note.until_s, ALERT_ENDS_S, TOP_ROW_OVER);
}

static void add_trust(struct asking *a, const struct fold_trust *trust)
{
	struct top_row f = questions_row_blank();

	if (trust->kind != TRUST_VOUCH && trust->kind != TRUST_KEEPER)
		return;
	f.trust = trust->slot;
	f.said_s = trust->said_s;
	if (trust->site != FOLD_NONE) {
		f.list = FOLD_SITES;
		f.record = trust->site;
		f.site = fold_index(a->fold, FOLD_SITES, trust->site);
	}
	add_leaving(a, f, trust->slot, trust->kind == TRUST_VOUCH ? TOP_ROW_VOUCH : TOP_ROW_KEEPER);
}

static void add_promise(struct asking *a, uint32_t index)
{
	struct fold_move move;

	fold_move(a->fold, index, &move);
	if (questions_is_awaited(&move) && move.due_s && !move.lapsed)
		add_ending(a, questions_row_of_move(a, &move), (uint64_t)move.due_s + FOLD_LAPSE_S, QUESTIONS_DAY_S,
			   TOP_ROW_LAPSES);
}

bool questions_find_expiring(struct asking *a)
{
	struct fold_trust trust;

	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_LINES); i++)
		add_line(a, i);
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_MOVES); i++)
		add_promise(a, i);
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_SITES); i++)
		add_site(a, i);
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_NOTES); i++)
		add_alert(a, i);
	for (uint32_t i = 0; i < fold_people(a->fold); i++)
		if (fold_trust(a->fold, i, &trust))
			add_trust(a, &trust);
	return true;
}
