/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Quantities of a journey: each litre is promised, on its way, arrived, lost or back, and in one of these places only.
 *
 *   pledged 100 --+-- sent 50 ---- received 50
 *                 +-- sent 40 --+- lost 5
 *                               +- received 35        promised 10, arrived 85, lost 5
 *
 * Words of one author add up. Words of two authors are of one thing, seen by both, when they say about the same, at about the
 * same time, and neither knew of the other's; then the larger counts. Who carries on a word knew of it, and of what its
 * author had said before. */
#include "sync/fold/fold_state.h"
#include "sync/set/sort.h"

enum { NOBODY = -1 };

/* Whoever fills a journey with words makes nobody compute without end: so many words are compared with each one, and so many
 * loads looked through for as many words that name none. No journey that people make has as many. */
enum { COMPARED_MAX = 128, GUESSED_MAX = 64 };

/* One move of the journey, of somebody who had the right to say it. They lie behind the journeys, where there is room for
 * all moves that begin none. */
struct witness {
	uint64_t quantity;
	uint64_t gone; /* a load: what was lost of it, brought back, or came by the piece */
	uint64_t came; /* a load that was taken in: what came of it */
	fold_slot slot;
	uint32_t time;
	uint32_t due;     /* 0: not said */
	int32_t load;     /* that it answers; of a load that is out: the same load */
	uint16_t rank;    /* of its author */
	uint16_t seen_by; /* rank of the last author who said the same */
	uint8_t stage;
	bool is_out;      /* another says the same */
	bool is_guessed;  /* it named no load: the one that fits best */
	bool has_arrived; /* a load: somebody named it, and saw it come */
};

static_assert(sizeof(struct witness) <= sizeof(struct journey), "a move that begins no journey leaves room for it");

static struct witness *witnesses(const struct fold *f)
{
	return (struct witness *)(void *)(f->journeys + f->journey_count);
}

/* Collecting. Of a move that begins no journey, `from` is now the move before it, and `of` its witness. */

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
			r->move.of = stands ? (fold_slot)count : FOLD_NONE;
		}
		if (!stands)
			continue;
		w[count++] =
			(struct witness){ .quantity = facts.values[FACT_QUANTITY],
					  .slot = m,
					  .time = facts.values[FACT_AT] ? (uint32_t)facts.values[FACT_AT] : r->time,
					  .due = (uint32_t)facts.values[FACT_DUE],
					  .load = NOBODY,
					  .rank = (uint16_t)f->rank[r->author],
					  .seen_by = AUTHOR_NONE,
					  .stage = r->what };
	}
	assert((uint32_t)count <= f->config.registers_max + 1 - f->journey_count);
	return count;
}

static bool is_of_load(uint8_t stage)
{
	return stage == MOVE_RECEIVED || stage == MOVE_GIVEN || stage == MOVE_RETURNED || stage == MOVE_LOST ||
	       stage == MOVE_SPOILED;
}

static bool is_load(const struct witness *x)
{
	return x->stage == MOVE_SENT && x->quantity;
}

/* The load that it answers. Who only said where a load goes said nothing of how much it is: the load is the one before. */
static void find_load(struct fold *f, fold_slot first, int32_t root, int32_t at)
{
	struct witness *w = witnesses(f), *x = &w[at];
	fold_slot m = x->slot;

	for (int steps = 0; is_of_load(x->stage) && m != first && steps < CHAIN_STEPS_MAX; steps++) {
		fold_slot before = reg_at(f, m)->move.from;
		int32_t is = before == first ? root : (int32_t)reg_at(f, before)->move.of;

		m = before;
		if (reg_at(f, m)->what != MOVE_SENT)
			return;
		if (is == NOBODY || !is_load(&w[is]))
			continue;
		x->load = is;
		return;
	}
}

/* Whose words count. */

/* Did the author of `m` know of `of`? He carries on a word of that author that is not older. */
static bool knew_of(const struct fold *f, fold_slot first, fold_slot m, fold_slot of)
{
	const struct reg *said = reg_at(f, of);

	for (int steps = 0; m != first && steps < CHAIN_STEPS_MAX; steps++) {
		const struct reg *r;

		m = reg_at(f, m)->move.from;
		r = reg_at(f, m);
		if (m == of || (r->author == said->author && hlc_compare(reg_hlc(r), reg_hlc(said)) >= 0))
			return true;
	}
	return false;
}

/* Both took in the same load, by its name, and there was not enough on it for both. */
static bool is_one_load(const struct witness *w, const struct witness *x, const struct witness *y)
{
	uint64_t load;

	if (x->load == NOBODY || x->is_guessed || y->is_guessed)
		return false;
	load = w[x->load].quantity;
	return x->quantity + y->quantity > load + load / FOLD_SAME_SHARE;
}

static bool is_same_thing(const struct fold *f, fold_slot first, const struct witness *x, const struct witness *y)
{
	uint64_t more = x->quantity > y->quantity ? x->quantity : y->quantity;
	uint64_t fewer = x->quantity > y->quantity ? y->quantity : x->quantity;
	uint32_t apart_s = x->time > y->time ? x->time - y->time : y->time - x->time;

	if (x->rank == y->rank || x->stage != y->stage || apart_s > FOLD_SAME_S)
		return false;
	/* A load that was only guessed may be another. */
	if (x->load != y->load && !x->is_guessed && !y->is_guessed)
		return false;
	if (fewer && more - fewer > more / FOLD_SAME_SHARE && !is_one_load(witnesses(f), x, y))
		return false;
	return !knew_of(f, first, x->slot, y->slot) && !knew_of(f, first, y->slot, x->slot);
}

/* As it was written down: who knew of a word wrote later. */
static int by_time(const void *ctx, uint32_t a, uint32_t b)
{
	const struct witness *w = witnesses(ctx);

	if (w[a].slot == w[b].slot)
		return 0;
	return fold_regs_is_later(ctx, w[a].slot, w[b].slot) ? 1 : -1;
}

/* Side by side what can be of one thing, author by author. */
static int by_author(const void *ctx, uint32_t a, uint32_t b)
{
	const struct witness *w = witnesses(ctx);

	if (w[a].stage != w[b].stage)
		return w[a].stage < w[b].stage ? -1 : 1;
	if (w[a].rank != w[b].rank)
		return w[a].rank < w[b].rank ? -1 : 1;
	return by_time(ctx, a, b);
}

/* Each word of another author is met once by this one's. */
static struct witness *find_same(const struct fold *f, fold_slot first, const uint32_t *numbers, uint32_t count,
				 const struct witness *x)
{
	struct witness *w = witnesses(f);

	uint32_t end = count > COMPARED_MAX ? count - COMPARED_MAX : 0;

	for (uint32_t i = count; i-- > end && w[numbers[i]].stage == x->stage;) {
		struct witness *y = &w[numbers[i]];

		if (!y->is_out && y->seen_by != x->rank && is_same_thing(f, first, x, y))
			return y;
	}
	return NULL;
}

/* Those of the loads, or the others. Nobody gains by being the one of two who say the same: it is as much. */
static void elect(struct fold *f, fold_slot first, int32_t all, bool of_loads)
{
	struct witness *w = witnesses(f);
	uint32_t *numbers = f->list_memory, count = 0;

	for (int32_t i = 0; i < all; i++)
		if (is_of_load(w[i].stage) == of_loads)
			numbers[count++] = (uint32_t)i;
	sort_numbers(numbers, count, by_author, f);
	for (uint32_t i = 0; i < count; i++) {
		struct witness *x = &w[numbers[i]], *same = find_same(f, first, numbers, i, x), *out, *in;

		if (!same)
			continue;
		out = same->quantity >= x->quantity ? x : same;
		in = out == x ? same : x;
		in->seen_by = out->rank;
		out->is_out = true;
		if (!of_loads)
			out->load = (int32_t)(in - w);
		reg_at(f, out->slot)->flags &= (uint8_t)~REG_STANDS;
		if (out->quantity)
			journey_of(f, first)->bits |= JOURNEY_ONCE;
	}
}

/* Loads that are not named. Who did not know that a load had left names none: it is the one of which, as far as he knew, nobody
 * had spoken, and that fits best. */

static uint64_t apart(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* What nobody has spoken of yet, at that stage, as far as this author knew. */
static uint64_t unsaid_rest(const struct fold *f, fold_slot first, int32_t all, int32_t load, const struct witness *x)
{
	const struct witness *w = witnesses(f);
	uint64_t rest = w[load].quantity;

	for (int32_t i = 0; i < all; i++)
		if (w[i].load == load && w[i].stage == x->stage &&
		    (w[i].rank == x->rank || knew_of(f, first, x->slot, w[i].slot)))
			rest = less_of(rest, w[i].quantity);
	return rest;
}

static int32_t fitting_load(const struct fold *f, fold_slot first, int32_t all, const uint32_t *loads,
			    uint32_t load_count, const struct witness *x)
{
	const struct witness *w = witnesses(f);
	int32_t best = NOBODY;
	uint64_t best_apart = 0;

	for (uint32_t at = 0; at < load_count; at++) {
		int32_t i = (int32_t)loads[at];
		uint64_t rest, now;

		rest = unsaid_rest(f, first, all, i, x);
		now = apart(rest, x->quantity);
		if (rest && (best == NOBODY || now < best_apart || (now == best_apart && w[i].time < w[best].time))) {
			best = i;
			best_apart = now;
		}
	}
	return best;
}

/* Those that left first. */
static uint32_t first_loads(struct fold *f, int32_t all, uint32_t loads[GUESSED_MAX])
{
	const struct witness *w = witnesses(f);
	uint32_t *numbers = f->list_memory, count = 0;

	for (int32_t i = 0; i < all; i++)
		if (is_load(&w[i]) && !w[i].is_out)
			numbers[count++] = (uint32_t)i;
	sort_numbers(numbers, count, by_time, f);
	count = count < GUESSED_MAX ? count : GUESSED_MAX;
	memcpy(loads, numbers, count * sizeof *loads);
	return count;
}

static void guess_loads(struct fold *f, fold_slot first, int32_t all)
{
	struct witness *w = witnesses(f);
	uint32_t loads[GUESSED_MAX], load_count = first_loads(f, all, loads);
	uint32_t *numbers = f->list_memory, count = 0;

	for (int32_t i = 0; i < all; i++)
		while (is_of_load(w[i].stage) && w[i].load != NOBODY && w[w[i].load].is_out)
			w[i].load = w[w[i].load].load;
	for (int32_t i = 0; i < all; i++)
		if (is_of_load(w[i].stage) && w[i].load == NOBODY && w[i].quantity)
			numbers[count++] = (uint32_t)i;
	sort_numbers(numbers, count, by_time, f);
	for (uint32_t i = 0; i < count && i < GUESSED_MAX; i++) {
		w[numbers[i]].load = fitting_load(f, first, all, loads, load_count, &w[numbers[i]]);
		w[numbers[i]].is_guessed = true;
	}
}

/* What is still to come. */

struct promise {
	uint64_t standing, said;
	uint32_t due_s;
	uint32_t stated_due_s; /* 0: nobody said when */
};

struct load {
	uint64_t on_way, live;
	uint64_t missing; /* when it was taken in */
	uint32_t due_s;
};

/* Who leaves when it was to be there does not arrive before. */
static bool can_arrive(const struct witness *x, uint32_t due_s)
{
	return due_s && (x->stage != MOVE_SENT || due_s >= x->time);
}

/* As the word itself says, else what was promised, else the first of the journey. */
static uint32_t due_of(const struct fold *f, fold_slot first, const struct witness *x, uint32_t promised_due_s)
{
	uint64_t late = (uint64_t)x->time + FOLD_DUE_DEFAULT_S;
	uint32_t first_due_s = x->slot != first ? (uint32_t)fold_facts_of(f, first).values[FACT_DUE] : 0;

	if (x->due)
		return x->due;
	if (can_arrive(x, promised_due_s))
		return promised_due_s;
	if (can_arrive(x, first_due_s))
		return first_due_s;
	return (uint32_t)(late < UINT32_MAX ? late : UINT32_MAX);
}

static bool has_lapsed(const struct fold *f, uint32_t due_s)
{
	return (uint64_t)due_s + FOLD_LAPSE_S <= f->hour_s;
}

/* What each load says of itself: a receipt settles the load that it names, however much of it came. */
static void weigh_load(const struct fold *f, fold_slot first, const struct witness *x, const struct promise *promise,
		       struct load *all)
{
	uint64_t rest = less_of(x->quantity, x->gone);
	uint32_t due_s = due_of(f, first, x, promise->stated_due_s);

	if (x->has_arrived) {
		all->missing += less_of(rest, x->came);
		return;
	}
	all->on_way += rest;
	all->live += has_lapsed(f, due_s) ? 0 : rest;
	if (rest && due_s > all->due_s)
		all->due_s = due_s;
}

/* Notes what arrived, was lost or came back of each load. Who names a load and takes it in has seen all that came of it. What
 * fits no load is returned. */
static uint64_t of_no_load(const struct fold *f, int32_t count)
{
	struct witness *w = witnesses(f);
	uint64_t received = 0, given = 0, gone = 0;

	for (int32_t i = 0; i < count; i++) {
		bool came = w[i].stage == MOVE_RECEIVED || w[i].stage == MOVE_GIVEN;
		struct witness *load = w[i].load == NOBODY ? NULL : &w[w[i].load];

		if (w[i].is_out || !is_of_load(w[i].stage))
			continue;
		if (load && came && !w[i].is_guessed) {
			load->has_arrived = true;
			load->came += w[i].quantity ? w[i].quantity : load->quantity;
		} else if (load)
			load->gone += w[i].quantity ? w[i].quantity : load->quantity;
		else if (w[i].stage == MOVE_RECEIVED)
			received += w[i].quantity;
		else if (w[i].stage == MOVE_GIVEN)
			given += w[i].quantity;
		else
			gone += w[i].quantity;
	}
	return (received > given ? received : given) + gone;
}

static struct load find_loads(const struct fold *f, fold_slot first, int32_t count, const struct promise *promise)
{
	const struct witness *w = witnesses(f);
	uint64_t taken = of_no_load(f, count);
	struct load all = { .on_way = 0 };
	const struct witness *unsaid = NULL;
	bool said = false;

	for (int32_t i = 0; i < count; i++) {
		if (w[i].is_out || w[i].stage != MOVE_SENT)
			continue;
		if (w[i].quantity)
			said = true;
		else if (!unsaid || fold_regs_is_later(f, w[i].slot, unsaid->slot))
			unsaid = &w[i];
		weigh_load(f, first, &w[i], promise, &all);
	}
	if (!said && unsaid) {
		all = (struct load){ .on_way = promise->said,
				     .due_s = due_of(f, first, unsaid, promise->stated_due_s) };
		all.live = has_lapsed(f, all.due_s) ? 0 : promise->said;
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
		if (!w[i].is_out && (w[i].stage == MOVE_DECLINED || (w[i].stage == MOVE_RELEASED && !w[i].quantity)) &&
		    (last == FOLD_NONE || fold_regs_is_later(f, w[i].slot, last)))
			last = w[i].slot;
	return last;
}

static struct promise find_promise(const struct fold *f, fold_slot first, int32_t count)
{
	const struct witness *w = witnesses(f);
	fold_slot declined = last_decline(f, count);
	struct promise p = { .said = 0 };
	uint64_t released = 0;

	for (int32_t i = 0; i < count; i++) {
		uint64_t quantity = w[i].quantity;

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
		if (due_of(f, first, &w[i], 0) > p.due_s)
			p.due_s = due_of(f, first, &w[i], 0);
		if (w[i].due > p.stated_due_s)
			p.stated_due_s = w[i].due;
	}
	p.standing = less_of(p.standing, released);
	return p;
}

/* How far it is: what is on its way, else what is promised, else what happened last. */

static int strength(uint8_t stage)
{
	static const int order[] = {
		[MOVE_ASKED] = 0, [MOVE_PLEDGED] = 1,  [MOVE_DECLINED] = 2, [MOVE_RELEASED] = 3, [MOVE_SENT] = 4,
		[MOVE_LOST] = 5,  [MOVE_RETURNED] = 5, [MOVE_GIVEN] = 6,    [MOVE_RECEIVED] = 7, [MOVE_SPOILED] = 5
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
	struct load load = find_loads(f, first, count, &promise);
	struct account account = fold_account(f, first, FOLD_NONE);
	uint64_t rest = less_of(promise.standing, account.left);
	uint64_t live = has_lapsed(f, promise.due_s) ? 0 : rest, away;

	/* What nobody named a load for may be of any: no more is missing or on its way than has left and not come. */
	away = account.received_or_given + account.lost + account.back;
	load.missing = least_of(load.missing, less_of(account.left, away));
	load.on_way = least_of(load.on_way, less_of(account.left, away + load.missing));
	load.live = least_of(load.live, load.on_way);
	j->lost = account.lost + load.missing;
	j->promised = live;
	j->on_way = load.live;
	if (!live && !load.live && rest + load.on_way > 0) {
		j->promised = rest;
		j->on_way = load.on_way;
		j->bits |= JOURNEY_LAPSED;
	}
	j->due_s = j->on_way ? load.due_s : promise.due_s;
	j->bits |= promise.stated_due_s ? JOURNEY_DUE_SAID : 0;
	j->last = find_last(f, count, j->on_way ? MOVE_SENT : j->promised ? MOVE_PLEDGED : UINT8_MAX);
}

void fold_settle_journey(struct fold *f, fold_slot first)
{
	struct witness *w = witnesses(f);
	int32_t count = collect(f, first), root = NOBODY;

	assert(count > 0);
	for (int32_t i = 0; i < count; i++)
		if (w[i].slot == first)
			root = i;
	for (int32_t i = 0; i < count && count > 1; i++)
		find_load(f, first, root, i);
	if (count > 1) {
		elect(f, first, count, false);
		guess_loads(f, first, count);
		elect(f, first, count, true);
	}
	note_rest(f, first, count);
}
