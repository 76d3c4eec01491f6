/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Which word of a journey a new one answers, so that fold_settle.c understands what its author knew. */
#include "sync/fold/fold_state.h"

/* The load that a move answers (fold_settle.c, find_load). */
static fold_slot load_of(const struct fold *f, fold_slot first, fold_slot move)
{
	fold_slot at = move;

	for (int steps = 0; at != first && steps < CHAIN_STEPS_MAX; steps++) {
		struct facts facts = fold_facts_of(f, at);

		at = fold_rights_resolve(f, ENTRY_MOVE, fold_facts_ref(&facts, FACT_AFTER));
		if (at == FOLD_NONE || reg_at(f, at)->what != MOVE_SENT)
			return FOLD_NONE;
		if (fold_facts_of(f, at).values[FACT_QUANTITY] && (reg_at(f, at)->flags & REG_STANDS))
			return at;
	}
	return FOLD_NONE;
}

/* What is left of a load: nothing once somebody took it in. */
static uint64_t rest_of(const struct fold *f, fold_slot first, fold_slot load)
{
	uint64_t rest = fold_facts_of(f, load).values[FACT_QUANTITY];

	for (fold_slot m = journey_of(f, first)->members; m != FOLD_NONE; m = reg_at(f, m)->move.next) {
		const struct reg *r = reg_at(f, m);
		bool came = r->what == MOVE_RECEIVED || r->what == MOVE_GIVEN;

		if (!(r->flags & REG_STANDS) ||
		    (!came && r->what != MOVE_LOST && r->what != MOVE_SPOILED && r->what != MOVE_RETURNED) ||
		    load_of(f, first, m) != load)
			continue;
		if (came)
			return 0;
		rest = less_of(rest, fold_facts_of(f, m).values[FACT_QUANTITY]);
	}
	return rest;
}

/* The load that is on its way and that so much may be of: the one whose rest is nearest to it, of several the one that left
 * first. Where nobody says how much, and of what was lost: the one that left first. */
static fold_slot awaited_load(const struct fold *f, fold_slot first, enum move_stage stage, uint64_t quantity)
{
	fold_slot best = FOLD_NONE;
	uint64_t best_apart = 0;

	for (fold_slot m = journey_of(f, first)->members; m != FOLD_NONE; m = reg_at(f, m)->move.next) {
		uint64_t rest, apart = 0;

		if (reg_at(f, m)->what != MOVE_SENT || !(reg_at(f, m)->flags & REG_STANDS))
			continue;
		rest = rest_of(f, first, m);
		if (!rest || quantity > rest + rest / FOLD_SAME_SHARE)
			continue;
		if (quantity && stage != MOVE_LOST && stage != MOVE_SPOILED)
			apart = rest > quantity ? rest - quantity : quantity - rest;
		/* Some of a load may be back, and it may be any load. */
		if (stage == MOVE_RETURNED && apart > rest / FOLD_SAME_SHARE)
			continue;
		if (best == FOLD_NONE || apart < best_apart ||
		    (apart == best_apart && fold_regs_is_later(f, best, m))) {
			best = m;
			best_apart = apart;
		}
	}
	return best;
}

/* What is said in addition to what is known of that stage: it carries on the newest word of another, and stands beside one's
 * own. */
static fold_slot in_addition(const struct fold *f, fold_slot first, enum move_stage stage, uint16_t author)
{
	fold_slot newest = FOLD_NONE;
	struct facts facts;

	for (fold_slot m = journey_of(f, first)->members; m != FOLD_NONE; m = reg_at(f, m)->move.next)
		if (reg_at(f, m)->what == stage && (reg_at(f, m)->flags & REG_STANDS) &&
		    (newest == FOLD_NONE || fold_regs_is_later(f, m, newest)))
			newest = m;
	if (newest == FOLD_NONE || newest == first || reg_at(f, newest)->author != author)
		return newest == FOLD_NONE ? first : newest;
	facts = fold_facts_of(f, newest);
	newest = fold_rights_resolve(f, ENTRY_MOVE, fold_facts_ref(&facts, FACT_AFTER));
	/* A load that one's own last word named is not meant again. */
	return newest != FOLD_NONE && reg_at(f, newest)->what == stage ? newest : first;
}

static struct fold_answer answer(const struct fold *f, fold_slot first, fold_slot after)
{
	struct fold_answer found = { .after = fold_ref(f, after) };

	if (reg_at(f, after)->what == MOVE_SENT && (reg_at(f, after)->flags & REG_STANDS))
		found.load_milli = fold_facts_of(f, after).values[FACT_QUANTITY];
	for (fold_slot at = after; at != first && at != FOLD_NONE && found.steps < CHAIN_STEPS_MAX; found.steps++) {
		struct facts facts = fold_facts_of(f, at);

		at = fold_rights_resolve(f, ENTRY_MOVE, fold_facts_ref(&facts, FACT_AFTER));
	}
	return found;
}

struct fold_answer fold_answer(const struct fold *f, uint32_t index, enum move_stage stage, uint64_t quantity_milli,
			       const struct public_key *who)
{
	fold_slot first = f->slots[FOLD_MOVES][index], load = FOLD_NONE;
	uint16_t author = authors_find(&f->authors, who);

	assert(index < f->counts[FOLD_MOVES]);
	switch (stage) {
	case MOVE_RECEIVED:
	case MOVE_GIVEN:
	case MOVE_RETURNED:
	case MOVE_LOST:
	case MOVE_SPOILED:
		load = awaited_load(f, first, stage, quantity_milli);
		return answer(f, first, load == FOLD_NONE ? in_addition(f, first, stage, author) : load);
	case MOVE_SENT:
	case MOVE_RELEASED:
		return answer(f, first, in_addition(f, first, stage, author));
	case MOVE_ASKED:
	case MOVE_DECLINED:
	case MOVE_PLEDGED:
	case MOVE_WITHDRAWN:
		break;
	}
	return answer(f, first, first);
}

struct fold_answer fold_answer_in_part(const struct fold *f, uint32_t index, enum move_stage stage,
				       const struct public_key *who)
{
	fold_slot first = f->slots[FOLD_MOVES][index];

	assert(index < f->counts[FOLD_MOVES]);
	return answer(f, first, in_addition(f, first, stage, authors_find(&f->authors, who)));
}
