/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Journeys: moves chained by `after`, judged by who said what, each by the rights of its time. fold_settle.c says whose
 * quantities count. */
#include "sync/fold/fold_state.h"
#include "sync/set/sort.h"

static fold_slot line_named(const struct fold *f, struct ref ref)
{
	fold_slot line = fold_rights_resolve(f, ENTRY_LINE, ref);

	return line != FOLD_NONE && (reg_at(f, line)->flags & REG_OWN) ? line : FOLD_NONE;
}

static bool is_move(const struct fold *f, fold_slot slot)
{
	return reg_at(f, slot)->kind == ENTRY_MOVE && !(reg_at(f, slot)->flags & REG_BROKEN);
}

static fold_slot next_move(const struct fold *f, fold_slot slot)
{
	do
		slot = regs_next(f, slot);
	while (slot != FOLD_NONE && !is_move(f, slot));
	return slot;
}

static void resolve(struct fold *f, fold_slot slot)
{
	struct reg *r = reg_at(f, slot);
	struct facts facts = fold_facts_of(f, slot);

	r->move.after = fold_rights_resolve(f, ENTRY_MOVE, fold_facts_ref(&facts, FACT_AFTER));
	r->move.of = line_named(f, fold_facts_ref(&facts, FACT_OF));
	r->move.from = line_named(f, fold_facts_ref(&facts, FACT_FROM));
}

static bool is_promise(uint8_t stage)
{
	return stage == MOVE_PLEDGED || stage == MOVE_SENT || stage == MOVE_GIVEN;
}

/* An ask of nobody in particular is answered by anybody: each answer is a journey of its own, so that nobody's answer can
 * take the place of another's. */
static bool is_open_ask(const struct reg *r)
{
	return r->what == MOVE_ASKED && r->move.after == FOLD_NONE && r->move.from == FOLD_NONE;
}

/* The first move of the chain that `slot` is in. A chain that is too long or bites its tail begins at its own move. */
static fold_slot chain_root(const struct fold *f, fold_slot slot)
{
	fold_slot at = slot;

	for (int steps = 0; steps < CHAIN_STEPS_MAX; steps++) {
		fold_slot before = reg_at(f, at)->move.after;

		if (before == FOLD_NONE || (is_promise(reg_at(f, at)->what) && is_open_ask(reg_at(f, before))))
			return at;
		at = before;
	}
	return slot;
}

/* An answer goes where it was asked for, unless it says another place. */
static fold_slot asked_by(const struct fold *f, fold_slot slot)
{
	const struct reg *r = reg_at(f, slot);

	if (r->move.of != FOLD_NONE || r->move.after == FOLD_NONE || !is_promise(r->what) ||
	    !is_open_ask(reg_at(f, r->move.after)))
		return r->move.of;
	return reg_at(f, r->move.after)->move.of;
}

static void begin_journey(struct fold *f, fold_slot slot)
{
	struct reg *r = reg_at(f, slot);

	assert(!(r->flags & REG_FIRST));
	assert(f->journey_count < f->config.registers_max);
	r->flags |= REG_FIRST;
	r->move.journey = f->journey_count++;
	*journey_of(f, slot) = (struct journey){ .members = FOLD_NONE,
						 .last = FOLD_NONE,
						 .next_incoming = FOLD_NONE,
						 .next_outgoing = FOLD_NONE,
						 .pledger = AUTHOR_NONE };
}

/* While `after` is looked up, `next` holds what was found. */
static void build_chains(struct fold *f)
{
	fold_slot slot;

	f->journey_count = 0;
	for (slot = next_move(f, FOLD_NONE); slot != FOLD_NONE; slot = next_move(f, slot))
		resolve(f, slot);
	for (slot = next_move(f, FOLD_NONE); slot != FOLD_NONE; slot = next_move(f, slot)) {
		reg_at(f, slot)->move.next = chain_root(f, slot);
		reg_at(f, slot)->move.of = asked_by(f, slot);
	}
	for (slot = next_move(f, FOLD_NONE); slot != FOLD_NONE; slot = next_move(f, slot))
		if (reg_at(f, slot)->move.next == slot)
			begin_journey(f, slot);
		else
			reg_at(f, slot)->move.first = reg_at(f, slot)->move.next;
	for (slot = next_move(f, FOLD_NONE); slot != FOLD_NONE; slot = next_move(f, slot)) {
		struct journey *j = journey_of(f, reg_at(f, slot)->move.next);

		/* Who has nobody before it begins, and so does who finds no beginning. */
		assert(reg_at(f, reg_at(f, slot)->move.next)->flags & REG_FIRST);
		reg_at(f, slot)->move.next = j->members;
		j->members = slot;
	}
}

static bool may_speak(const struct fold *f, fold_slot line, fold_slot slot)
{
	const struct reg *r = reg_at(f, slot);

	return line != FOLD_NONE && fold_rights_may(f, line, r->author, r->time);
}

/* What it leaves: as the first move says, else as its author added last. */
static fold_slot find_source(const struct fold *f, fold_slot first)
{
	const struct reg *root = reg_at(f, first);
	fold_slot teller = FOLD_NONE;

	assert(root->flags & REG_FIRST);
	if (root->move.from != FOLD_NONE)
		return root->move.from;
	for (fold_slot m = journey_of(f, first)->members; m != FOLD_NONE; m = reg_at(f, m)->move.next) {
		const struct reg *r = reg_at(f, m);

		if (r->move.from == FOLD_NONE || r->author != root->author)
			continue;
		if (teller == FOLD_NONE || fold_regs_is_later(f, m, teller))
			teller = m;
	}
	return teller == FOLD_NONE ? FOLD_NONE : reg_at(f, teller)->move.from;
}

/* What goes straight from the shelf to nobody: lost, spoiled, or given back to whoever it came from. */
static bool ends_at_the_shelf(const struct fold *f, fold_slot first)
{
	const struct reg *root = reg_at(f, first);
	struct facts facts;

	if (root->what != MOVE_LOST && root->what != MOVE_SPOILED && root->what != MOVE_RETURNED)
		return false;
	facts = fold_facts_of(f, first);
	return ref_is_none(fold_facts_ref(&facts, FACT_OF)) && ref_is_none(fold_facts_ref(&facts, FACT_AFTER));
}

/* Whose journey it is: who began it with a promise; where it began with an ask of a holder, who answered first of those who
 * speak for what was asked. Stock moves only when somebody who may speak for it promised, sent or gave. */
static void find_pledger(struct fold *f, fold_slot first)
{
	const struct reg *root = reg_at(f, first);
	struct journey *j = journey_of(f, first);
	bool begun = is_promise(root->what);
	fold_slot pledge = begun ? first : FOLD_NONE;

	for (fold_slot m = j->members; m != FOLD_NONE; m = reg_at(f, m)->move.next) {
		const struct reg *r = reg_at(f, m);
		bool holds = may_speak(f, root->move.from, m);

		if (holds && m == first && ends_at_the_shelf(f, first))
			j->bits |= JOURNEY_SHELF;
		/* Who takes back that he sent it still is the one whom it left, where somebody saw it arrive. */
		if (holds &&
		    (is_promise(r->what) || (m == first && r->what == MOVE_WITHDRAWN) || (j->bits & JOURNEY_SHELF)))
			j->bits |= JOURNEY_MAY_TAKE;
		if (!is_promise(r->what))
			continue;
		if (begun || (!holds && r->author != root->author))
			continue;
		if (pledge == FOLD_NONE || fold_regs_is_later(f, pledge, m))
			pledge = m;
	}
	assert(pledge == FOLD_NONE || is_promise(reg_at(f, pledge)->what));
	j->pledger = pledge == FOLD_NONE ? AUTHOR_NONE : reg_at(f, pledge)->author;
}

/* All of it was taken in where it was meant to go: whoever had not heard of that cannot send it elsewhere. */
static bool is_taken_in(const struct fold *f, fold_slot first)
{
	uint64_t came = 0, left = 0, promised = fold_facts_of(f, first).values[FACT_QUANTITY];

	for (fold_slot m = journey_of(f, first)->members; m != FOLD_NONE; m = reg_at(f, m)->move.next) {
		uint64_t quantity = fold_facts_of(f, m).values[FACT_QUANTITY];

		if (reg_at(f, m)->what == MOVE_SENT)
			left += quantity;
		if (reg_at(f, m)->what == MOVE_RECEIVED && may_speak(f, reg_at(f, first)->move.of, m))
			came += quantity;
	}
	if (left < promised)
		left = promised;
	return came && came >= left - left / FOLD_SAME_SHARE;
}

/* Where it goes and what it leaves: as the first move says, unless who carries it said later that it goes elsewhere.
 * Noted in the first move itself, whose own words are not asked again. */
static void find_ends(struct fold *f, fold_slot first)
{
	struct reg *root = reg_at(f, first);
	struct journey *j = journey_of(f, first);
	fold_slot newest = first, of = root->move.of;

	if (root->move.from != FOLD_NONE)
		j->bits |= JOURNEY_NAMED_SOURCE;
	root->move.from = find_source(f, first);
	find_pledger(f, first);
	for (fold_slot m = j->members; m != FOLD_NONE; m = reg_at(f, m)->move.next) {
		const struct reg *r = reg_at(f, m);

		if (r->move.of == FOLD_NONE || r->author != j->pledger || !fold_regs_is_later(f, m, newest))
			continue;
		newest = m;
		of = r->move.of;
	}
	assert(of == FOLD_NONE || reg_at(f, of)->kind == ENTRY_LINE);
	if (of != root->move.of && is_taken_in(f, first))
		return;
	root->move.of = of;
}

/* A line that has left is its author's as it was: a need that was met leaves before the moves that it was met by. */
static bool is_of_left_line(const struct fold *f, fold_slot first, fold_slot m, enum fact line)
{
	struct facts facts = fold_facts_of(f, first);
	struct ref ref = fold_facts_ref(&facts, line);

	return !ref_is_none(ref) && fold_rights_is_author(f, ref.author, reg_at(f, m)->author);
}

/* Does this member, by its author, have the right to say what it says? */
static bool is_valid(const struct fold *f, fold_slot first, fold_slot m)
{
	const struct reg *root = reg_at(f, first), *r = reg_at(f, m);
	bool carrier = r->author == journey_of(f, first)->pledger;
	bool source = may_speak(f, root->move.from, m), destination = may_speak(f, root->move.of, m);

	if (root->move.of == FOLD_NONE && !destination)
		destination = is_of_left_line(f, first, m, FACT_OF);
	if (root->move.from == FOLD_NONE && !source)
		source = is_of_left_line(f, first, m, FACT_FROM);
	switch ((enum move_stage)r->what) {
	case MOVE_ASKED:
		return destination || m == first;
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
		return source || (root->move.from == FOLD_NONE && destination);
	case MOVE_RETURNED:
	case MOVE_LOST:
	case MOVE_SPOILED:
		return carrier || source || destination;
	case MOVE_WITHDRAWN:
		return false;
	}
	return false;
}

/* Marks who had the right to say what they said. False when nobody had. */
static bool mark_valid(struct fold *f, fold_slot first)
{
	bool any = false;

	for (fold_slot m = journey_of(f, first)->members; m != FOLD_NONE; m = reg_at(f, m)->move.next)
		if (is_valid(f, first, m)) {
			reg_at(f, m)->flags |= REG_STANDS;
			any = true;
		}
	return any;
}

/* An ask before any promise accepts only those whom it named: an open one is answered by anybody. */
static bool is_asked_for(const struct fold *f, fold_slot first)
{
	const struct journey *j = journey_of(f, first);

	for (fold_slot m = j->members; m != FOLD_NONE; m = reg_at(f, m)->move.next)
		if (reg_at(f, m)->what == MOVE_ASKED &&
		    (may_speak(f, reg_at(f, first)->move.of, m) || may_speak(f, fold_twice_named(f, first), m)) &&
		    (m != first || (j->bits & JOURNEY_NAMED_SOURCE)))
			return true;
	return false;
}

uint32_t fold_moves_promised_s(const struct fold *f, fold_slot first)
{
	const struct reg *last = reg_at(f, journey_of(f, first)->last), *root = reg_at(f, first);

	return is_promise(root->what) || !is_promise(last->what) ? root->time : last->time;
}

static void judge(struct fold *f, fold_slot first)
{
	struct journey *j = journey_of(f, first);
	fold_slot of = reg_at(f, first)->move.of;
	uint32_t when_s = fold_moves_promised_s(f, first);

	assert(reg_at(f, first)->flags & REG_SHOWN);
	if (j->pledger == AUTHOR_NONE)
		return;
	if (is_asked_for(f, first))
		j->bits |= JOURNEY_ASKED_FOR;
	if (of == FOLD_NONE)
		return;
	if ((j->bits & JOURNEY_ASKED_FOR) || fold_rights_may(f, of, j->pledger, when_s) ||
	    fold_rights_trusted(f, reg_at(f, of)->author, j->pledger, when_s))
		j->bits |= JOURNEY_ACCEPTED;
	assert(reg_at(f, of)->flags & REG_OWN);
	if ((j->promised || j->on_way) && (j->bits & JOURNEY_ACCEPTED) &&
	    !(j->bits & (JOURNEY_LAPSED | JOURNEY_PLAYED)))
		j->bits |= JOURNEY_COUNTS;
}

static bool is_drill(const struct fold *f, fold_slot line)
{
	return line != FOLD_NONE && (fold_standing_facts(f, line).values[FACT_FLAGS] & LINE_DRILL);
}

/* What is played in a drill takes no real goods, and brings none. */
static bool is_played_against(struct fold *f, fold_slot first, fold_slot line)
{
	const struct reg *root = reg_at(f, first);
	bool drill = is_drill(f, root->move.of) || is_drill(f, root->move.from);

	return drill != is_drill(f, line);
}

/* What goes to a duplicate, or leaves it, goes to the line that stays, or leaves that. Who may speak was judged by the line that
 * was meant. */
static void find_stays(struct fold *f, fold_slot first)
{
	struct reg *root = reg_at(f, first);

	root->move.of = fold_twice_stays(f, root->move.of);
	root->move.from = fold_twice_stays(f, root->move.from);
}

static void hang_onto_lines(struct fold *f, fold_slot first)
{
	const struct reg *root = reg_at(f, first);
	struct journey *j = journey_of(f, first);

	if (root->move.of != FOLD_NONE && !is_played_against(f, first, root->move.of)) {
		struct reg *line = reg_at(f, root->move.of);

		assert(line->kind == ENTRY_LINE && (line->flags & REG_OWN));
		j->next_incoming = line->line.version.incoming;
		line->line.version.incoming = first;
	} else if (root->move.of != FOLD_NONE) {
		j->bits |= JOURNEY_PLAYED;
	}
	if (root->move.from != FOLD_NONE && (j->bits & JOURNEY_MAY_TAKE) &&
	    !is_played_against(f, first, root->move.from)) {
		struct reg *line = reg_at(f, root->move.from);

		assert(line->kind == ENTRY_LINE && (line->flags & REG_OWN));
		j->next_outgoing = line->line.outgoing;
		line->line.outgoing = first;
	}
}

static uint32_t judge_of(const void *ctx, uint32_t first)
{
	fold_slot of = reg_at(ctx, first)->move.of;

	return of == FOLD_NONE ? AUTHOR_NONE : reg_at(ctx, of)->author;
}

/* Whose trust decides is looked at once for all journeys that go to that author's lines. */
static void judge_all(struct fold *f, uint32_t count)
{
	assert(count <= f->journey_count);
	sort_by_key(f->work, count, judge_of, f, AUTHOR_NONE, f->list_memory);
	for (uint32_t i = 0; i < count; i++)
		judge(f, f->work[i]);
}

void fold_moves_run(struct fold *f)
{
	uint32_t count = 0;

	build_chains(f);
	for (fold_slot slot = next_move(f, FOLD_NONE); slot != FOLD_NONE; slot = next_move(f, slot)) {
		if (!(reg_at(f, slot)->flags & REG_FIRST))
			continue;
		find_ends(f, slot);
		if (!mark_valid(f, slot))
			continue;
		fold_settle_journey(f, slot);
		reg_at(f, slot)->flags |= REG_SHOWN;
		f->work[count++] = slot;
		find_stays(f, slot);
		hang_onto_lines(f, slot);
	}
	assert(f->journey_count <= f->count);
	judge_all(f, count);
}
