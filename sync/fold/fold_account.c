/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a journey adds up to, of the words that count (fold_settle.c). */
#include "sync/fold/fold_state.h"

static uint64_t said_quantity(const struct fold *f, fold_slot move)
{
	return fold_facts_of(f, move).values[FACT_QUANTITY];
}

/* What was said up to a time. */

struct told {
	uint64_t by_stage[MOVE_LOST + 1];
	uint16_t said; /* a bit for each stage of which somebody spoke */
	uint32_t last_s;
};

static struct told told_until(const struct fold *f, fold_slot first, uint32_t until_s)
{
	struct told t = { .said = 0 };

	for (fold_slot m = journey_of(f, first)->members; m != FOLD_NONE; m = reg_at(f, m)->move.next) {
		const struct reg *r = reg_at(f, m);
		uint32_t time = fold_move_time(f, m);

		if (!(r->flags & REG_STANDS) || time > until_s)
			continue;
		t.by_stage[r->what] += said_quantity(f, m);
		t.said |= (uint16_t)(1u << r->what);
		if ((r->what == MOVE_RECEIVED || r->what == MOVE_GIVEN) && time > t.last_s)
			t.last_s = time;
	}
	return t;
}

static uint64_t amount(const struct told *t, enum move_stage stage, uint64_t all)
{
	return t->by_stage[stage] ? t->by_stage[stage] : t->said >> stage & 1 ? all : 0;
}

static uint64_t less_than(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t more_of(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

struct account fold_account_until(const struct fold *f, fold_slot first, uint32_t until_s)
{
	struct told all = told_until(f, first, FOLD_NOW), t = until_s == FOLD_NOW ? all : told_until(f, first, until_s);
	struct account a = { .promised = amount(&all, MOVE_PLEDGED, said_quantity(f, first)), .last_s = t.last_s };
	uint64_t promised = a.promised ? a.promised : said_quantity(f, first);
	uint64_t sent = amount(&all, MOVE_SENT, promised), known = more_of(a.promised, sent), gone;

	/* Who hands out at the door speaks for the source as well: what comes back was handed out before. */
	if (!known && reg_at(f, first)->move.of == FOLD_NONE)
		known = all.by_stage[MOVE_GIVEN];
	a.received = amount(&t, MOVE_RECEIVED, known ? known : promised);
	a.given = amount(&t, MOVE_GIVEN, known ? known : promised);
	a.lost = amount(&t, MOVE_LOST, known ? known : promised);
	a.back = amount(&t, MOVE_RETURNED, known ? known : promised);
	/* No more is lost or back than ever left. */
	if (sent || known) {
		a.lost = less_than(a.lost, sent ? sent : known);
		a.back = less_than(a.back, less_of(sent ? sent : known, a.lost));
	}
	gone = more_of(a.received, a.given) + a.lost + a.back;
	if (known && gone > known) {
		a.received = less_of(a.received, less_than(gone - known, a.lost + a.back));
		a.given = less_of(a.given, less_than(gone - known, a.lost + a.back));
	}
	/* What arrived has left, even if nobody noted the leaving; but never more than its source ever spoke of. */
	if (known && gone > known)
		gone = known;
	a.left = more_of(more_of(amount(&t, MOVE_SENT, promised), a.given), gone);
	if (a.back > a.left)
		a.back = a.left;
	return a;
}

/* Handed out for a need: the word of its own keepers; of one with a ticket also that of whoever may promise to it, since its
 * code was shown there and nobody else will see the household come. */
static bool is_handed_over(const struct fold *f, fold_slot first, fold_slot line, fold_slot move)
{
	const struct reg *r = reg_at(f, move);

	if (r->what != MOVE_GIVEN)
		return false;
	return fold_rights_may(f, line, r->author, r->time) ||
	       ((journey_of(f, first)->bits & JOURNEY_ACCEPTED) && fold_facts_of(f, line).values[FACT_TICKET]);
}

uint64_t fold_account_arrived(const struct fold *f, fold_slot first, fold_slot line, uint32_t until_s)
{
	struct account a = fold_account_until(f, first, until_s);
	uint64_t given = 0;
	bool said = false;

	if (reg_at(f, line)->what != LINE_NEED)
		return a.received;
	for (fold_slot m = journey_of(f, first)->members; m != FOLD_NONE; m = reg_at(f, m)->move.next)
		if ((reg_at(f, m)->flags & REG_STANDS) && fold_move_time(f, m) <= until_s &&
		    is_handed_over(f, first, line, m)) {
			given += said_quantity(f, m);
			said = true;
		}
	return more_of(a.received, said && !given ? a.given : given);
}

uint64_t fold_account_quantity(const struct fold *f, fold_slot first)
{
	const struct journey *j = journey_of(f, first);
	struct account a = fold_account_until(f, first, FOLD_NOW);

	switch ((enum move_stage)reg_at(f, j->last)->what) {
	case MOVE_SENT:
		return j->on_way;
	case MOVE_PLEDGED:
		return j->promised;
	case MOVE_RECEIVED:
		return a.received;
	case MOVE_GIVEN:
		return a.given;
	case MOVE_RETURNED:
		return a.back;
	case MOVE_LOST:
		return a.lost;
	case MOVE_ASKED:
		return said_quantity(f, j->last) ? said_quantity(f, j->last) : said_quantity(f, first);
	case MOVE_DECLINED:
	case MOVE_RELEASED:
		return a.promised ? a.promised : said_quantity(f, first);
	}
	return 0;
}
