/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Quantities of a journey: each litre is promised, on its way, arrived, lost or back, and in one of these places only.
 *
 *   pledged 100 --+-- sent 50 ---- received 50
 *                 +-- sent 40 --+- lost 5
 *                               +- received 35        promised 10, arrived 85, lost 5
 *
 * Words of one stage that answer the same word: of one author they add up; of several authors they are the same thing,
 * seen by each, and the largest sum counts. A word that carries on a word of its own stage adds to it, since its author
 * knew of that. */
#include "sync/fold/fold_state.h"
#include "sync/set/sort.h"

enum { NOBODY = -1 };

/* One move of the journey, of somebody who had the right to say it. They lie behind the journeys, where there is room for
 * all moves that begin none. */
struct witness {
	uint64_t sum;  /* its own quantity, and what carries it on */
	uint64_t gone; /* a load: what was lost of it, and brought back */
	fold_slot slot;
	int32_t parent; /* the nearest before it of the same stage */
	int32_t load;   /* the nearest before it that was sent, and how much */
	uint16_t rank;  /* of its author */
	uint8_t stage;
	uint8_t depth;    /* how many of the same stage come before it */
	bool is_out;      /* another says the same */
	bool has_arrived; /* a load: somebody saw it come */
};

static_assert(sizeof(struct witness) <= sizeof(struct journey), "a move that begins no journey leaves room for it");

static struct witness *witnesses(const struct fold *f)
{
	return (struct witness *)(void *)(f->journeys + f->journey_count);
}

static uint64_t said_quantity(const struct fold *f, fold_slot move)
{
	return fold_facts_of(f, move).values[FACT_QUANTITY];
}

/* Collecting. Of a move that begins no journey, `from` is now the move before it, and `of` its witness. */

static fold_slot *witness_of(struct fold *f, fold_slot move)
{
	return &reg_at(f, move)->move.of;
}

static int32_t collect(struct fold *f, fold_slot first)
{
	struct witness *w = witnesses(f);
	int32_t count = 0;

	for (fold_slot m = journey_of(f, first)->members; m != FOLD_NONE; m = reg_at(f, m)->move.next) {
		struct reg *r = reg_at(f, m);
		struct facts facts = fold_facts_of(f, m);
		bool stands = r->flags & REG_STANDS;

		if (m != first) {
			r->move.from = fold_rights_resolve(f, ENTRY_MOVE, fold_facts_ref(&facts, FACT_AFTER));
			*witness_of(f, m) = stands ? (fold_slot)count : FOLD_NONE;
		}
		if (!stands)
			continue;
		w[count++] = (struct witness){ .sum = facts.values[FACT_QUANTITY],
					       .slot = m,
					       .parent = NOBODY,
					       .load = NOBODY,
					       .rank = (uint16_t)f->rank[r->author],
					       .stage = r->what };
	}
	assert((uint32_t)count <= f->config.registers_max + 1 - f->journey_count);
	return count;
}

static bool is_of_load(uint8_t stage)
{
	return stage == MOVE_RECEIVED || stage == MOVE_GIVEN || stage == MOVE_RETURNED || stage == MOVE_LOST;
}

/* Up the chain to the journey's first move. */
static void find_before(struct fold *f, fold_slot first, int32_t root, int32_t at)
{
	struct witness *w = witnesses(f), *x = &w[at];
	fold_slot m = x->slot;

	for (int steps = 0; m != first && steps < CHAIN_STEPS_MAX; steps++) {
		fold_slot before = reg_at(f, m)->move.from;
		int32_t is = before == first ? root : (int32_t)*witness_of(f, before);

		m = before;
		if (is == NOBODY)
			continue;
		if (w[is].stage == x->stage) {
			x->parent = x->parent == NOBODY ? is : x->parent;
			x->depth++;
		}
		if (is_of_load(x->stage) && x->load == NOBODY && w[is].stage == MOVE_SENT && w[is].sum)
			x->load = is;
	}
}

/* Whose words count. */

static int compare(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int by_word_answered(const struct witness *x, const struct witness *y)
{
	int order = compare(y->depth, x->depth);

	if (!order)
		order = compare(x->stage, y->stage);
	if (!order)
		order = compare(x->parent, y->parent);
	return order ? order : compare(x->load, y->load);
}

/* The deepest first; those who answer the same word side by side, and of these those of one author. */
static int by_answer(const void *ctx, uint32_t a, uint32_t b)
{
	const struct witness *w = witnesses(ctx);
	int order = by_word_answered(&w[a], &w[b]);

	if (!order)
		order = compare(w[a].rank, w[b].rank);
	return order ? order : compare(a, b);
}

/* Of the words numbers[0..count) that answer the same word, those of the author who knows of most stay. Nobody gains by
 * being the one of two who say the same: the sum is the same. */
static void elect(struct witness *w, const uint32_t *numbers, uint32_t count)
{
	uint64_t best = 0;
	uint32_t winner = numbers[0];

	for (uint32_t from = 0, to; from < count; from = to) {
		uint64_t sum = 0;

		for (to = from; to < count && w[numbers[to]].rank == w[numbers[from]].rank; to++)
			sum += w[numbers[to]].sum;
		if (sum > best) {
			best = sum;
			winner = numbers[from];
		}
	}
	for (uint32_t i = 0; i < count; i++)
		w[numbers[i]].is_out = w[numbers[i]].rank != w[winner].rank;
	if (w[winner].parent != NOBODY)
		w[w[winner].parent].sum += best;
}

static void elect_all(struct fold *f, int32_t count)
{
	struct witness *w = witnesses(f);
	uint32_t *numbers = f->list_memory, n = (uint32_t)count;

	for (uint32_t i = 0; i < n; i++)
		numbers[i] = i;
	sort_numbers(numbers, n, by_answer, f);
	for (uint32_t from = 0, to; from < n; from = to) {
		to = from + 1;
		while (to < n && by_word_answered(&w[numbers[from]], &w[numbers[to]]) == 0)
			to++;
		elect(w, numbers + from, to - from);
	}
	/* What carries on a word that does not count does not count either. */
	for (uint32_t i = n; i-- > 0;) {
		struct witness *x = &w[numbers[i]];

		if (x->parent != NOBODY && w[x->parent].is_out)
			x->is_out = true;
		if (x->is_out)
			reg_at(f, x->slot)->flags &= (uint8_t)~REG_STANDS;
	}
}

/* What is still to come. */

struct load {
	uint64_t on_way, live;
	uint32_t due_s;
};

static uint32_t due_of(const struct fold *f, fold_slot first, fold_slot move)
{
	uint32_t due = (uint32_t)fold_facts_of(f, move).values[FACT_DUE];
	uint64_t late = (uint64_t)fold_move_time(f, move) + FOLD_DUE_DEFAULT_S;

	if (!due)
		due = (uint32_t)fold_facts_of(f, first).values[FACT_DUE];
	return due ? due : (uint32_t)(late < UINT32_MAX ? late : UINT32_MAX);
}

static bool has_lapsed(const struct fold *f, uint32_t due_s)
{
	return (uint64_t)due_s + FOLD_LAPSE_S <= f->hour_s;
}

/* What each load says of itself: a receipt settles the load that it names, however much of it came. */
static void weigh_load(const struct fold *f, fold_slot first, const struct witness *x, struct load *all)
{
	uint64_t quantity = said_quantity(f, x->slot), rest = quantity > x->gone ? quantity - x->gone : 0;
	uint32_t due_s = due_of(f, first, x->slot);

	if (x->has_arrived)
		return;
	all->on_way += rest;
	all->live += has_lapsed(f, due_s) ? 0 : rest;
	if (rest && due_s > all->due_s)
		all->due_s = due_s;
}

static uint64_t less_of(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

/* Notes what arrived, was lost or came back with the load that it names. What names none is returned. */
static uint64_t unnamed(const struct fold *f, int32_t count)
{
	struct witness *w = witnesses(f);
	uint64_t received = 0, given = 0, gone = 0;

	for (int32_t i = 0; i < count; i++) {
		uint64_t quantity = said_quantity(f, w[i].slot);

		if (w[i].is_out || !is_of_load(w[i].stage))
			continue;
		if (w[i].load != NOBODY && (w[i].stage == MOVE_RECEIVED || w[i].stage == MOVE_GIVEN))
			w[w[i].load].has_arrived = true;
		else if (w[i].load != NOBODY)
			w[w[i].load].gone += quantity ? quantity : said_quantity(f, w[w[i].load].slot);
		else if (w[i].stage == MOVE_RECEIVED)
			received += quantity;
		else if (w[i].stage == MOVE_GIVEN)
			given += quantity;
		else
			gone += quantity;
	}
	return (received > given ? received : given) + gone;
}

static struct load find_loads(const struct fold *f, fold_slot first, int32_t count, uint64_t promised)
{
	const struct witness *w = witnesses(f);
	uint64_t taken = unnamed(f, count);
	struct load all = { .on_way = 0 };
	fold_slot unsaid = FOLD_NONE;
	bool said = false;

	for (int32_t i = 0; i < count; i++) {
		if (w[i].is_out || w[i].stage != MOVE_SENT)
			continue;
		if (said_quantity(f, w[i].slot))
			said = true;
		else if (unsaid == FOLD_NONE || fold_regs_is_later(f, w[i].slot, unsaid))
			unsaid = w[i].slot;
		weigh_load(f, first, &w[i], &all);
	}
	if (!said && unsaid != FOLD_NONE) {
		all = (struct load){ .on_way = promised, .due_s = due_of(f, first, unsaid) };
		all.live = has_lapsed(f, all.due_s) ? 0 : promised;
	}
	all.on_way = less_of(all.on_way, taken);
	if (all.live > all.on_way)
		all.live = all.on_way;
	return all;
}

/* Declined: what was promised until then is off. */
static fold_slot last_decline(const struct fold *f, int32_t count)
{
	const struct witness *w = witnesses(f);
	fold_slot last = FOLD_NONE;

	for (int32_t i = 0; i < count; i++)
		if (!w[i].is_out &&
		    (w[i].stage == MOVE_DECLINED || (w[i].stage == MOVE_RELEASED && !said_quantity(f, w[i].slot))) &&
		    (last == FOLD_NONE || fold_regs_is_later(f, w[i].slot, last)))
			last = w[i].slot;
	return last;
}

struct promise {
	uint64_t standing, said;
	uint32_t due_s;
};

static struct promise find_promise(const struct fold *f, fold_slot first, int32_t count)
{
	const struct witness *w = witnesses(f);
	fold_slot declined = last_decline(f, count);
	struct promise p = { .said = 0 };
	uint64_t released = 0;

	for (int32_t i = 0; i < count; i++) {
		uint64_t quantity = said_quantity(f, w[i].slot);

		if (w[i].is_out || (w[i].stage != MOVE_PLEDGED && w[i].stage != MOVE_RELEASED))
			continue;
		if (w[i].stage == MOVE_RELEASED) {
			released += quantity;
			continue;
		}
		p.said += quantity;
		if (declined != FOLD_NONE && fold_regs_is_later(f, declined, w[i].slot))
			continue;
		p.standing += quantity;
		if (due_of(f, first, w[i].slot) > p.due_s)
			p.due_s = due_of(f, first, w[i].slot);
	}
	p.standing = less_of(p.standing, released);
	return p;
}

/* How far it is: what is on its way, else what is promised, else what happened last. */

static int strength(uint8_t stage)
{
	static const int order[] = {
		[MOVE_ASKED] = 0, [MOVE_PLEDGED] = 1,  [MOVE_DECLINED] = 2, [MOVE_RELEASED] = 3, [MOVE_SENT] = 4,
		[MOVE_LOST] = 5,  [MOVE_RETURNED] = 5, [MOVE_GIVEN] = 6,    [MOVE_RECEIVED] = 7
	};

	assert(stage < sizeof order / sizeof order[0]);
	return order[stage];
}

static int weight_of(uint8_t stage, uint8_t now)
{
	return stage == now ? 8 : strength(stage);
}

static fold_slot find_last(const struct fold *f, int32_t count, uint8_t now)
{
	const struct witness *w = witnesses(f);
	fold_slot last = FOLD_NONE;

	for (int32_t i = 0; i < count; i++) {
		int gain = last == FOLD_NONE ? 1 : weight_of(w[i].stage, now) - weight_of(reg_at(f, last)->what, now);

		if (!w[i].is_out && (gain > 0 || (gain == 0 && fold_regs_is_later(f, w[i].slot, last))))
			last = w[i].slot;
	}
	assert(last != FOLD_NONE);
	return last;
}

static void note_rest(struct fold *f, fold_slot first, int32_t count)
{
	struct journey *j = journey_of(f, first);
	struct promise promise = find_promise(f, first, count);
	struct load load = find_loads(f, first, count, promise.said);
	uint64_t rest = less_of(promise.standing, fold_account_until(f, first, FOLD_NOW).left);
	uint64_t live = has_lapsed(f, promise.due_s) ? 0 : rest;

	j->promised = live;
	j->on_way = load.live;
	if (!live && !load.live && rest + load.on_way > 0) {
		j->promised = rest;
		j->on_way = load.on_way;
		j->bits |= JOURNEY_LAPSED;
	}
	j->due_s = j->on_way ? load.due_s : promise.due_s;
	j->last = find_last(f, count, j->on_way ? MOVE_SENT : j->promised ? MOVE_PLEDGED : UINT8_MAX);
}

void fold_account_settle(struct fold *f, fold_slot first)
{
	struct witness *w = witnesses(f);
	int32_t count = collect(f, first), root = NOBODY;

	assert(count > 0);
	for (int32_t i = 0; i < count; i++)
		if (w[i].slot == first)
			root = i;
	for (int32_t i = 0; i < count && count > 1; i++)
		find_before(f, first, root, i);
	if (count > 1)
		elect_all(f, count);
	note_rest(f, first, count);
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
	if (!known)
		known = all.by_stage[MOVE_GIVEN];
	a.received = amount(&t, MOVE_RECEIVED, known ? known : promised);
	a.given = amount(&t, MOVE_GIVEN, known ? known : promised);
	a.lost = amount(&t, MOVE_LOST, known ? known : promised);
	a.back = amount(&t, MOVE_RETURNED, known ? known : promised);
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
