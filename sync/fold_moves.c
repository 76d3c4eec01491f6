/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Journeys: moves chained by `after`, judged by who said what. A physical fact beats an intention:
 * received > given > returned, lost > sent > released > declined > pledged > asked. */
#include "sync/fold_state.h"
#include "sync/sort.h"

/* The first move of the chain that `slot` is in. A chain that is too long or bites its tail begins at its own move. */
static uint32_t chain_root(const struct fold *f, uint32_t slot)
{
	uint32_t at = slot;

	for (int steps = 0; steps < CHAIN_STEPS_MAX; steps++) {
		uint32_t before = rights_resolve(f, ENTRY_MOVE, f->entries[at].move.after);

		if (before == SET_NONE)
			return at;
		at = before;
	}
	return slot;
}

static void build_chains(struct fold *f)
{
	for (uint32_t rank = 0; rank < f->set.count; rank++) {
		uint32_t slot = set_at(&f->set, rank), root;

		if (f->entries[slot].kind != ENTRY_MOVE)
			continue;
		root = chain_root(f, slot);
		f->derived[slot].root = root;
		f->derived[slot].next = f->derived[root].first;
		f->derived[root].first = slot;
		f->derived[root].is_record = true;
	}
}

static const struct move *move_at(const struct fold *f, uint32_t slot)
{
	return &f->entries[slot].move;
}

static uint32_t line_named(const struct fold *f, struct ref ref)
{
	uint32_t line = rights_resolve(f, ENTRY_LINE, ref);

	return line != SET_NONE && f->derived[line].is_record ? line : SET_NONE;
}

static bool may_speak(const struct fold *f, uint32_t line, uint32_t slot)
{
	return line != SET_NONE && rights_may(f, line, f->set.slots[slot].author);
}

static bool is_promise(enum move_stage stage)
{
	return stage == MOVE_PLEDGED || stage == MOVE_SENT || stage == MOVE_GIVEN;
}

/* What it leaves: as the first move says, else as its author adds later, else, where it was asked of nobody in
 * particular, the stock of whoever answers from their own. Of several the one with the lowest id. */
static uint32_t find_source(const struct fold *f, uint32_t root)
{
	uint32_t said = line_named(f, move_at(f, root)->from), teller = SET_NONE;

	for (uint32_t m = f->derived[root].first; said == SET_NONE && m != SET_NONE; m = f->derived[m].next) {
		uint32_t from = line_named(f, move_at(f, m)->from);
		bool own = f->set.slots[m].author == f->set.slots[root].author;
		bool answer = move_at(f, root)->stage == MOVE_ASKED && is_promise(move_at(f, m)->stage);

		if (from == SET_NONE || (!own && !(answer && may_speak(f, from, m))))
			continue;
		if (teller == SET_NONE || entry_id_compare(&f->set.slots[m].id, &f->set.slots[teller].id) < 0)
			teller = m;
	}
	return teller == SET_NONE ? said : line_named(f, move_at(f, teller)->from);
}

/* Whose journey it is: who began it with a promise; where it began with an ask, who answered first, from the source's
 * side if one was named. Stock moves only when somebody who may speak for it promised, sent or gave. */
static void find_pledger(struct fold *f, uint32_t root)
{
	struct derived *d = &f->derived[root];
	bool begun = is_promise(move_at(f, root)->stage), asked = move_at(f, root)->stage == MOVE_ASKED;
	uint32_t first = begun ? root : SET_NONE;

	for (uint32_t m = d->first; m != SET_NONE; m = f->derived[m].next) {
		if (!is_promise(move_at(f, m)->stage))
			continue;
		d->may_take |= may_speak(f, d->from, m);
		if (begun || (!may_speak(f, d->from, m) && !(asked && d->from == SET_NONE) &&
			      f->set.slots[m].author != f->set.slots[root].author))
			continue;
		if (first == SET_NONE || is_later(f, first, m))
			first = m;
	}
	d->pledger = first == SET_NONE ? AUTHOR_NONE : f->set.slots[first].author;
}

/* Where it goes and what it leaves: as the first move says, unless who carries it said later that it goes elsewhere. */
static void find_ends(struct fold *f, uint32_t root)
{
	struct derived *d = &f->derived[root];
	uint32_t newest = root;

	d->of = line_named(f, move_at(f, root)->of);
	d->from = find_source(f, root);
	find_pledger(f, root);
	for (uint32_t m = d->first; m != SET_NONE; m = f->derived[m].next) {
		uint32_t of = line_named(f, move_at(f, m)->of);

		if (of == SET_NONE || f->set.slots[m].author != d->pledger || !is_later(f, m, newest))
			continue;
		newest = m;
		d->of = of;
	}
}

/* Does this member, by its author, have the right to say what it says? */
static bool is_valid(const struct fold *f, uint32_t root, uint32_t m)
{
	const struct derived *d = &f->derived[root];
	bool carrier = f->set.slots[m].author == d->pledger;
	bool source = may_speak(f, d->from, m), destination = may_speak(f, d->of, m);

	switch (move_at(f, m)->stage) {
	case MOVE_ASKED:
		return destination || m == root;
	case MOVE_DECLINED:
		return source || destination;
	case MOVE_PLEDGED:
		return carrier;
	case MOVE_SENT:
	case MOVE_RELEASED:
		return carrier || source;
	case MOVE_RECEIVED:
		return destination;
	case MOVE_GIVEN:
		return source || (d->from == SET_NONE && destination);
	case MOVE_RETURNED:
	case MOVE_LOST:
		return carrier || source || destination;
	}
	return false;
}

static int strength(enum move_stage stage)
{
	static const int order[] = {
		[MOVE_ASKED] = 0, [MOVE_PLEDGED] = 1,  [MOVE_DECLINED] = 2, [MOVE_RELEASED] = 3, [MOVE_SENT] = 4,
		[MOVE_LOST] = 5,  [MOVE_RETURNED] = 5, [MOVE_GIVEN] = 6,    [MOVE_RECEIVED] = 7
	};

	return order[stage];
}

/* The strongest fact, its quantity (the sum over several of the same kind), and when. False when nobody in the chain
 * had the right to say what they said. */
static bool find_stage(struct fold *f, uint32_t root)
{
	struct derived *d = &f->derived[root];
	uint32_t top = SET_NONE;

	for (uint32_t m = d->first; m != SET_NONE; m = f->derived[m].next) {
		int gain = top == SET_NONE ? 1 : strength(move_at(f, m)->stage) - strength(move_at(f, top)->stage);

		if (is_valid(f, root, m) && (gain > 0 || (gain == 0 && is_later(f, m, top))))
			top = m;
	}
	if (top == SET_NONE)
		return false;
	d->last = top;
	d->stage = (uint8_t)move_at(f, top)->stage;
	d->at_s = move_time(f, top);
	d->due_s = move_at(f, top)->due ? move_at(f, top)->due : move_at(f, root)->due;
	d->quantity = 0;
	for (uint32_t m = d->first; m != SET_NONE; m = f->derived[m].next)
		if (move_at(f, m)->stage == d->stage && is_valid(f, root, m))
			d->quantity += move_at(f, m)->quantity_milli;
	if (!d->quantity)
		d->quantity = move_at(f, root)->quantity_milli;
	return true;
}

/* An ask before any promise accepts only those whom it named: an open one is answered by anybody. */
static bool is_asked_for(const struct fold *f, uint32_t root)
{
	const struct derived *d = &f->derived[root];

	for (uint32_t m = d->first; m != SET_NONE; m = f->derived[m].next)
		if (move_at(f, m)->stage == MOVE_ASKED && may_speak(f, d->of, m) &&
		    (m != root || line_named(f, move_at(f, m)->from) != SET_NONE))
			return true;
	return false;
}

static bool is_accepted(struct fold *f, uint32_t root)
{
	const struct derived *d = &f->derived[root];

	if (d->of == SET_NONE || d->pledger == AUTHOR_NONE)
		return false;
	return d->asked_for || rights_may(f, d->of, d->pledger) ||
	       rights_distance(f, f->set.slots[d->of].author, d->pledger) <= FOLD_VOUCHES;
}

static void judge(struct fold *f, uint32_t root)
{
	struct derived *d = &f->derived[root];
	bool moving = d->stage == MOVE_PLEDGED || d->stage == MOVE_SENT;
	uint64_t until = d->due_s ? d->due_s : (uint64_t)d->at_s + FOLD_DUE_DEFAULT_S;

	d->asked_for = d->pledger != AUTHOR_NONE && is_asked_for(f, root);
	d->accepted = is_accepted(f, root);
	d->lapsed = moving && until + FOLD_LAPSE_S <= f->hour_s;
	d->counts = moving && d->accepted && !d->lapsed;
}

static void hang_onto_lines(struct fold *f, uint32_t root)
{
	struct derived *d = &f->derived[root];

	if (d->of != SET_NONE) {
		d->next_incoming = f->derived[d->of].incoming;
		f->derived[d->of].incoming = root;
	}
	if (d->from != SET_NONE && d->may_take) {
		d->next_outgoing = f->derived[d->from].outgoing;
		f->derived[d->from].outgoing = root;
	}
}

static int by_judge(const void *ctx, uint32_t a, uint32_t b)
{
	const struct fold *f = ctx;
	uint32_t x = f->derived[a].of, y = f->derived[b].of;
	uint32_t one = x == SET_NONE ? AUTHOR_NONE : f->set.slots[x].author;
	uint32_t other = y == SET_NONE ? AUTHOR_NONE : f->set.slots[y].author;

	return one < other ? -1 : one > other;
}

/* Whose trust decides is looked at once for all journeys that go to that author's lines. */
static void judge_all(struct fold *f, uint32_t count)
{
	sort_numbers(f->work, count, by_judge, f);
	for (uint32_t i = 0; i < count; i++)
		judge(f, f->work[i]);
}

void moves_run(struct fold *f)
{
	uint32_t count = 0;

	build_chains(f);
	for (uint32_t rank = 0; rank < f->set.count; rank++) {
		uint32_t slot = set_at(&f->set, rank);

		if (f->entries[slot].kind != ENTRY_MOVE || !f->derived[slot].is_record)
			continue;
		find_ends(f, slot);
		f->derived[slot].is_record = find_stage(f, slot);
		if (!f->derived[slot].is_record)
			continue;
		f->work[count++] = slot;
		hang_onto_lines(f, slot);
	}
	judge_all(f, count);
}
