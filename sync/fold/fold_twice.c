/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What stands twice: a line of which a note says that it is another. It then counts nowhere, and what goes to it or leaves it
 * counts for the one that stays.
 *
 * The note counts by the voice of who may speak for the line that goes, or by two voices that its author trusts. Whoever may
 * speak for either of them denies it, and then both count again: a need that is counted twice is seen, one that is not
 * counted is not. Both are of one kind and item. One that was closed as a mistake stays for nothing.
 *
 * Who could profit: a stranger who says it of others' needs has no voice, and two of his names have none either. */
#include "sync/fold/fold_state.h"
#include "sync/set/sort.h"

enum { TWICE_STEPS_MAX = 32 };

static bool is_note(const struct fold *f, fold_slot slot, enum note_kind kind)
{
	const struct reg *r = reg_at(f, slot);

	return r->kind == ENTRY_NOTE && !(r->flags & REG_BROKEN) && r->what == kind &&
	       !(fold_facts_of(f, slot).values[FACT_FLAGS] & NOTE_WITHDRAWN);
}

/* The line that stays, as the note names it; FOLD_NONE where the two cannot be one. */
static fold_slot other_of(const struct fold *f, fold_slot note)
{
	struct facts facts = fold_facts_of(f, note), one, two;
	fold_slot line = reg_at(f, note)->note.of;
	fold_slot other = fold_rights_resolve(f, ENTRY_LINE, fold_facts_ref(&facts, FACT_FROM));

	if (line == FOLD_NONE || other == FOLD_NONE || line == other || reg_at(f, line)->kind != ENTRY_LINE ||
	    !(reg_at(f, line)->flags & REG_OWN) || !(reg_at(f, other)->flags & REG_OWN) ||
	    reg_at(f, line)->what != reg_at(f, other)->what)
		return FOLD_NONE;
	one = fold_standing_facts(f, line);
	two = fold_standing_facts(f, other);
	if (one.values[FACT_ITEM] != two.values[FACT_ITEM] || two.values[FACT_CLOSED] == CLOSED_MISTAKE ||
	    ((one.values[FACT_FLAGS] ^ two.values[FACT_FLAGS]) & LINE_DRILL))
		return FOLD_NONE;
	return other;
}

/* Of a note that calls something a duplicate: somebody who may says that it is not true. */
static void mark_denied(struct fold *f, fold_slot denial)
{
	const struct reg *r = reg_at(f, denial);
	fold_slot note = r->note.of, other;

	if (note == FOLD_NONE || !is_note(f, note, NOTE_DUPLICATE))
		return;
	other = other_of(f, note);
	if (other != FOLD_NONE && (fold_rights_may(f, reg_at(f, note)->note.of, r->author, r->time) ||
				   fold_rights_may(f, other, r->author, r->time)))
		reg_at(f, note)->flags |= REG_STANDS;
}

/* By the line that goes, the one that stays, and who says it. */
static int by_lines(const void *ctx, uint32_t a, uint32_t b)
{
	const struct fold *f = ctx;
	const struct reg *x = reg_at(f, a), *y = reg_at(f, b);
	struct facts one = fold_facts_of(f, a), two = fold_facts_of(f, b);
	int order = x->note.of < y->note.of ? -1 : x->note.of > y->note.of;

	if (!order)
		order = ref_compare(fold_facts_ref(&one, FACT_FROM), fold_facts_ref(&two, FACT_FROM));
	if (!order && x->author != y->author)
		order = f->rank[x->author] < f->rank[y->author] ? -1 : 1;
	return order ? order : fold_regs_compare_ids(f, a, b);
}

static bool is_same_pair(const struct fold *f, fold_slot a, fold_slot b)
{
	struct facts one = fold_facts_of(f, a), two = fold_facts_of(f, b);

	return reg_at(f, a)->note.of == reg_at(f, b)->note.of &&
	       ref_equal(fold_facts_ref(&one, FACT_FROM), fold_facts_ref(&two, FACT_FROM));
}

/* Whether these notes, all of one pair, are enough. */
static bool is_agreed(struct fold *f, const uint32_t *notes, uint32_t count)
{
	fold_slot line = reg_at(f, notes[0])->note.of;
	uint16_t last = AUTHOR_NONE;
	uint32_t voices = 0;

	for (uint32_t i = 0; i < count; i++) {
		const struct reg *r = reg_at(f, notes[i]);

		if (fold_rights_may(f, line, r->author, r->time))
			return true;
		if (r->author != last && fold_rights_trusted(f, reg_at(f, line)->author, r->author, r->time)) {
			voices++;
			last = r->author;
		}
	}
	return voices >= 2;
}

static uint32_t collect(struct fold *f)
{
	uint32_t count = 0;
	fold_slot at;

	for (at = regs_next(f, FOLD_NONE); at != FOLD_NONE; at = regs_next(f, at))
		if (is_note(f, at, NOTE_DENIAL))
			mark_denied(f, at);
	for (at = regs_next(f, FOLD_NONE); at != FOLD_NONE; at = regs_next(f, at))
		if (is_note(f, at, NOTE_DUPLICATE) && !(reg_at(f, at)->flags & REG_STANDS) &&
		    other_of(f, at) != FOLD_NONE)
			f->work[count++] = at;
	assert(count <= f->count);
	return count;
}

static bool is_below(const struct fold *f, fold_slot a, fold_slot b)
{
	const struct reg *x = reg_at(f, a), *y = reg_at(f, b);

	return x->author == y->author ? x->number < y->number : f->rank[x->author] < f->rank[y->author];
}

/* The lowest of those that call each other in a circle stays, whoever is asked. */
static bool is_lowest_of_circle(const struct fold *f, fold_slot line)
{
	fold_slot at = reg_stays(reg_at(f, line));
	bool is_lowest = true;

	for (int steps = 0; at != FOLD_NONE && at != line && steps < TWICE_STEPS_MAX; steps++) {
		is_lowest = is_lowest && is_below(f, line, at);
		at = reg_stays(reg_at(f, at));
	}
	return at == line && is_lowest;
}

static void set_stays(struct fold *f, fold_slot line, fold_slot stays)
{
	struct reg *r = reg_at(f, line);

	r->line.stays = stays;
	r->line.bits = (uint8_t)(stays == FOLD_NONE ? r->line.bits & ~LINE_BIT_TWICE : r->line.bits | LINE_BIT_TWICE);
}

void fold_twice_run(struct fold *f)
{
	uint32_t count = collect(f);

	sort_numbers(f->work, count, by_lines, f);
	for (uint32_t from = 0, to; from < count; from = to) {
		fold_slot line = reg_at(f, f->work[from])->note.of;

		to = from + 1;
		while (to < count && is_same_pair(f, f->work[from], f->work[to]))
			to++;
		if (reg_stays(reg_at(f, line)) == FOLD_NONE && is_agreed(f, f->work + from, to - from))
			set_stays(f, line, other_of(f, f->work[from]));
	}
	for (uint32_t i = 0; i < count; i++) {
		fold_slot line = reg_at(f, f->work[i])->note.of;

		if (reg_stays(reg_at(f, line)) != FOLD_NONE && is_lowest_of_circle(f, line))
			set_stays(f, line, FOLD_NONE);
	}
}

fold_slot fold_twice_stays(const struct fold *f, fold_slot line)
{
	for (int steps = 0; line != FOLD_NONE && reg_stays(reg_at(f, line)) != FOLD_NONE && steps < TWICE_STEPS_MAX;
	     steps++)
		line = reg_stays(reg_at(f, line));
	return line;
}

fold_slot fold_twice_named(const struct fold *f, fold_slot first)
{
	struct facts facts = fold_facts_of(f, first);
	fold_slot line = fold_rights_resolve(f, ENTRY_LINE, fold_facts_ref(&facts, FACT_OF));

	return line != FOLD_NONE && (reg_at(f, line)->flags & REG_OWN) ? line : FOLD_NONE;
}
