/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a journey adds up to, of the words that count (fold_settle.c). */
#include "sync/fold/fold_state.h"

/* What was said up to a time. */
struct told {
	uint64_t by_stage[MOVE_WITHDRAWN + 1];
	uint64_t handed_over; /* of what was given: for the line */
	uint16_t said;        /* a bit for each stage of which somebody spoke */
	bool has_handed_over;
	uint32_t last_s, lost_s, back_s; /* the last of what arrived, was lost, came back */
	uint64_t undone;                 /* what may take back that it arrived: who sent it did not see it arrive */
	uint32_t undone_s;               /* the last of that */
};

/* One word of the journey. */
struct word {
	uint64_t quantity;
	uint32_t time;
	uint8_t stage;
	bool is_handed_over;
	bool is_of_the_sender; /* he does not speak for where it goes */
};

static uint64_t more_of(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void tell(struct told *t, const struct word *word)
{
	bool is_loss = word->stage == MOVE_LOST || word->stage == MOVE_SPOILED;

	t->by_stage[word->stage] += word->quantity;
	t->said |= (uint16_t)(1u << word->stage);
	t->handed_over += word->is_handed_over ? word->quantity : 0;
	t->has_handed_over |= word->is_handed_over;
	if ((word->stage == MOVE_RECEIVED || word->stage == MOVE_GIVEN) && word->time > t->last_s)
		t->last_s = word->time;
	if (is_loss && word->time > t->lost_s)
		t->lost_s = word->time;
	if (word->stage == MOVE_RETURNED && word->time > t->back_s)
		t->back_s = word->time;
	if ((is_loss && !word->is_of_the_sender) || word->stage == MOVE_RETURNED) {
		t->undone_s = (uint32_t)more_of(t->undone_s, word->time);
		t->undone += word->quantity ? word->quantity : QUANTITY_MILLI_MAX;
	}
}

/* Handed out for a need: the word of its own keepers; of one with a ticket also that of whoever may promise to it, since its
 * code was shown there and nobody else will see the household come. */
static bool is_handed_over(const struct fold *f, fold_slot first, fold_slot line, const struct reg *r)
{
	fold_slot named;

	if (r->what != MOVE_GIVEN || line == FOLD_NONE || reg_at(f, line)->what != LINE_NEED)
		return false;
	/* Of a need that stands twice, the code of the one that goes is as good. */
	named = fold_twice_named(f, first);
	if (named != FOLD_NONE && named != line && fold_twice_stays(f, named) == line &&
	    is_handed_over(f, first, named, r))
		return true;
	return fold_rights_may(f, line, r->author, r->time) ||
	       ((journey_of(f, first)->bits & JOURNEY_ACCEPTED) && fold_facts_of(f, line).values[FACT_TICKET]);
}

static uint64_t amount(const struct told *t, enum move_stage stage, uint64_t all)
{
	return t->by_stage[stage] ? t->by_stage[stage] : t->said >> stage & 1 ? all : 0;
}

static void find_arrived(struct account *a, const struct told *t, bool is_need)
{
	uint64_t handed = t->handed_over ? t->handed_over : t->has_handed_over ? a->given : 0;

	a->arrived = is_need ? more_of(a->received, least_of(handed, a->given)) : a->received;
}

/* Takes what is too much from what was said first: what was lost and then came back was not lost, and what came was neither. */
static void give_way(uint64_t *first, uint64_t *second, uint64_t too_much)
{
	uint64_t part = least_of(*first, too_much);

	*first -= part;
	*second = less_of(*second, too_much - part);
}

/* No more is lost or back than ever left, and no more arrived, was lost and came back than was known of. Returns their sum. */
static uint64_t fit(struct account *a, const struct told *t, uint64_t left, uint64_t known)
{
	bool lost_first = t->lost_s <= t->back_s, came_last = !t->undone_s || t->last_s > t->undone_s;
	uint64_t away, *first = lost_first ? &a->lost : &a->back, *second = lost_first ? &a->back : &a->lost;

	a->lost = least_of(a->lost, left);
	a->back = least_of(a->back, left);
	give_way(first, second, less_of(a->lost + a->back, left));
	away = less_of(more_of(a->received, a->given) + a->lost + a->back, known);
	if (came_last) {
		/* What came after all was lost before anything left unsaid. */
		a->lost -= least_of(a->lost, less_of(more_of(a->received, a->given) + a->lost + a->back, left));
		away = less_of(more_of(a->received, a->given) + a->lost + a->back, known);
		give_way(first, second, away);
	} else {
		uint64_t undone = least_of(least_of(away, a->lost + a->back), t->undone);

		a->received = less_of(a->received, undone);
		a->given = less_of(a->given, undone);
		give_way(first, second, away - undone);
	}
	return least_of(more_of(a->received, a->given) + a->lost + a->back, known);
}

/* Where a journey goes. */
enum destination { TO_NOBODY, TO_NEED, TO_STOCK };

/* `all`: what was said whenever that was; `first`: how much the first move says. */
static struct account account_of(const struct told *t, const struct told *all, uint64_t first, enum destination to)
{
	struct account a = { .promised = amount(all, MOVE_PLEDGED, first), .last_s = t->last_s };
	uint64_t promised = a.promised ? a.promised : first, sent = amount(all, MOVE_SENT, promised);
	uint64_t known = more_of(a.promised, sent), meant, gone;

	/* Of what nobody promised or sent, no more comes back than was handed out, or taken in. */
	if (!known)
		known = more_of(all->by_stage[MOVE_GIVEN], all->by_stage[MOVE_RECEIVED]);
	meant = known ? known : promised;

	a.received = amount(t, MOVE_RECEIVED, meant);
	a.given = amount(t, MOVE_GIVEN, meant);
	a.lost = amount(t, MOVE_LOST, meant) + amount(t, MOVE_SPOILED, meant);
	a.back = amount(t, MOVE_RETURNED, meant);
	if (known)
		gone = fit(&a, t, sent ? sent : known, known);
	else
		gone = more_of(a.received, a.given) + a.lost + a.back;
	/* What arrived has left, even if nobody noted the leaving; but never more than its source ever spoke of. */
	a.left = more_of(more_of(amount(t, MOVE_SENT, promised), a.given), gone);
	a.back = least_of(a.back, a.left);
	a.received_or_given = more_of(a.received, a.given);
	find_arrived(&a, t, to == TO_NEED);
	return a;
}

static enum destination destination_of(const struct fold *f, fold_slot first, fold_slot line)
{
	if (line != FOLD_NONE)
		return reg_at(f, line)->what == LINE_NEED ? TO_NEED : TO_STOCK;
	return reg_at(f, first)->move.of == FOLD_NONE ? TO_NOBODY : TO_STOCK;
}

/* Who says it does not speak for where it goes, as it was meant before duplicates are one. */
static bool is_of_the_sender(const struct fold *f, fold_slot first, const struct reg *r)
{
	fold_slot of = reg_at(f, first)->move.of, named = fold_twice_named(f, first);
	bool is_renamed =
		named != FOLD_NONE && of != FOLD_NONE && fold_twice_stays(f, named) == fold_twice_stays(f, of);
	fold_slot meant = is_renamed ? named : of;

	return meant != FOLD_NONE && !fold_rights_may(f, meant, r->author, r->time);
}

/* When it was handed out, for a need; 0: it was not. */
static uint32_t handed_over_s(const struct fold *f, fold_slot first, fold_slot line)
{
	if (line == FOLD_NONE || reg_at(f, line)->what != LINE_NEED || reg_at(f, first)->what != MOVE_GIVEN)
		return 0;
	return fold_move_time(f, first);
}

void fold_account_span(const struct fold *f, fold_slot first, fold_slot line, const uint32_t times_s[2],
		       struct account accounts[2])
{
	struct told told[2] = { { .said = 0 }, { .said = 0 } }, all = { .said = 0 };
	uint32_t handed_s = handed_over_s(f, first, line);
	uint64_t first_quantity = 0;
	uint32_t newest_s = 0;

	for (fold_slot m = journey_of(f, first)->members; m != FOLD_NONE; m = reg_at(f, m)->move.next) {
		const struct reg *r = reg_at(f, m);
		struct facts facts = fold_facts_of(f, m);
		struct word word = { .quantity = facts.values[FACT_QUANTITY],
				     .time = facts.values[FACT_AT] ? (uint32_t)facts.values[FACT_AT] : r->time,
				     .stage = r->what };

		if (m == first && r->what != MOVE_WITHDRAWN)
			first_quantity = word.quantity;
		newest_s = word.time > newest_s ? word.time : newest_s;
		/* Who brings something back, of whatever day, had not collected it on that day. */
		if (handed_s && word.time > handed_s &&
		    (r->what == MOVE_RETURNED || r->what == MOVE_LOST || r->what == MOVE_SPOILED))
			word.time = handed_s;
		if (!(r->flags & REG_STANDS))
			continue;
		word.is_handed_over = is_handed_over(f, first, line, r);
		word.is_of_the_sender =
			(r->what == MOVE_LOST || r->what == MOVE_SPOILED) && is_of_the_sender(f, first, r);
		tell(&all, &word);
		for (int i = 0; i < 2; i++)
			if (word.time <= times_s[i])
				tell(&told[i], &word);
	}
	for (int i = 0; i < 2; i++)
		accounts[i] = account_of(&told[i], &all, first_quantity, destination_of(f, first, line));
	accounts[0].newest_s = accounts[1].newest_s = newest_s;
}

bool fold_account_has(const struct fold *f, fold_slot first, uint32_t stages)
{
	for (fold_slot m = journey_of(f, first)->members; m != FOLD_NONE; m = reg_at(f, m)->move.next)
		if ((reg_at(f, m)->flags & REG_STANDS) && (stages >> reg_at(f, m)->what & 1))
			return true;
	return false;
}

struct account fold_account(const struct fold *f, fold_slot first, fold_slot line)
{
	static const uint32_t now_s[2] = { FOLD_NOW, FOLD_NOW };
	struct account accounts[2];

	fold_account_span(f, first, line, now_s, accounts);
	return accounts[0];
}

static uint64_t said_quantity(const struct fold *f, fold_slot move)
{
	return fold_facts_of(f, move).values[FACT_QUANTITY];
}

uint64_t fold_account_quantity(const struct fold *f, fold_slot first, const struct account *a)
{
	const struct journey *j = journey_of(f, first);

	switch ((enum move_stage)reg_at(f, j->last)->what) {
	case MOVE_SENT:
		return j->on_way;
	case MOVE_PLEDGED:
		return j->promised;
	case MOVE_RECEIVED:
		return a->received;
	case MOVE_GIVEN:
		return a->given;
	case MOVE_RETURNED:
		return a->back;
	case MOVE_LOST:
	case MOVE_SPOILED:
		return j->lost;
	case MOVE_ASKED:
		return said_quantity(f, j->last) ? said_quantity(f, j->last) : said_quantity(f, first);
	case MOVE_DECLINED:
	case MOVE_RELEASED:
		return a->promised ? a->promised : said_quantity(f, first);
	case MOVE_WITHDRAWN:
		break;
	}
	return 0;
}

int64_t fold_account_arrived(const struct fold *f, fold_slot line, uint32_t after_s, uint32_t until_s)
{
	const uint32_t times_s[2] = { after_s, until_s };
	struct account accounts[2];
	int64_t arrived = 0;

	for (fold_slot c = reg_at(f, line)->line.version.incoming; c != FOLD_NONE;
	     c = journey_of(f, c)->next_incoming) {
		if (!fold_account_has(f, c, 1u << MOVE_RECEIVED | 1u << MOVE_GIVEN))
			continue;
		fold_account_span(f, c, line, times_s, accounts);
		arrived += (int64_t)accounts[1].arrived - (int64_t)accounts[0].arrived;
	}
	return arrived;
}
