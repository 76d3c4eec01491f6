/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Which word of a journey a new one answers, so that fold_account.c understands what its author knew. */
#include "sync/fold/fold_state.h"

/* The load that a move names: the nearest before it that was sent, and how much. */
static fold_slot load_of(const struct fold *f, fold_slot first, fold_slot move)
{
	fold_slot at = move;

	for (int steps = 0; at != first && at != FOLD_NONE && steps < CHAIN_STEPS_MAX; steps++) {
		struct facts facts = fold_facts_of(f, at);

		at = fold_rights_resolve(f, ENTRY_MOVE, fold_facts_ref(&facts, FACT_AFTER));
		if (at != FOLD_NONE && reg_at(f, at)->what == MOVE_SENT &&
		    fold_facts_of(f, at).values[FACT_QUANTITY] && (reg_at(f, at)->flags & REG_STANDS))
			return at;
	}
	return FOLD_NONE;
}

static bool has_arrived(const struct fold *f, fold_slot first, fold_slot load)
{
	for (fold_slot m = journey_of(f, first)->members; m != FOLD_NONE; m = reg_at(f, m)->move.next) {
		const struct reg *r = reg_at(f, m);

		if ((r->flags & REG_STANDS) && (r->what == MOVE_RECEIVED || r->what == MOVE_GIVEN) &&
		    load_of(f, first, m) == load)
			return true;
	}
	return false;
}

/* The load that is on its way: the one of that quantity, else the one that left first. */
static fold_slot awaited_load(const struct fold *f, fold_slot first, uint64_t quantity)
{
	fold_slot oldest = FOLD_NONE, same = FOLD_NONE;

	for (fold_slot m = journey_of(f, first)->members; m != FOLD_NONE; m = reg_at(f, m)->move.next) {
		const struct reg *r = reg_at(f, m);
		uint64_t sent;

		if (r->what != MOVE_SENT || !(r->flags & REG_STANDS))
			continue;
		sent = fold_facts_of(f, m).values[FACT_QUANTITY];
		if (!sent || has_arrived(f, first, m))
			continue;
		if (sent == quantity && (same == FOLD_NONE || fold_regs_is_later(f, same, m)))
			same = m;
		if (oldest == FOLD_NONE || fold_regs_is_later(f, oldest, m))
			oldest = m;
	}
	return same == FOLD_NONE ? oldest : same;
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
	return fold_rights_resolve(f, ENTRY_MOVE, fold_facts_ref(&facts, FACT_AFTER));
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
		load = awaited_load(f, first, quantity_milli);
		return answer(f, first, load == FOLD_NONE ? in_addition(f, first, stage, author) : load);
	case MOVE_SENT:
	case MOVE_RELEASED:
		return answer(f, first, in_addition(f, first, stage, author));
	case MOVE_ASKED:
	case MOVE_DECLINED:
	case MOVE_PLEDGED:
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
