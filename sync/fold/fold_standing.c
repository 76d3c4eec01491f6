/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Needs that open again after each period: meals, water, diapers, insulin.
 *
 *   created      + every       + 2 every      now
 *      |------------|------------|-----------*- - -|
 *        met          missed       today's
 *
 * What came counts for the period in which it came. What was missed is shown, and not added up: nobody eats three dinners.
 * Who was missed is overdue since then, until a period is met. */
#include "sync/fold/fold_state.h"

static uint32_t every_of(const struct facts *facts)
{
	assert(facts_are_standing(facts));
	return (uint32_t)facts->values[FACT_EVERY] * 3600;
}

/* Periods begin with full hours, as the picture does: what was brought in a period is not met after its end. */
static uint32_t created_of(const struct facts *facts)
{
	uint32_t created_s = (uint32_t)facts->values[FACT_CREATED];

	return created_s - created_s % 3600;
}

uint32_t fold_standing_begin(const struct fold *f, const struct facts *facts)
{
	uint32_t created_s = created_of(facts), every_s = every_of(facts);

	return f->hour_s < created_s ? created_s : f->hour_s - (f->hour_s - created_s) % every_s;
}

static uint64_t met_between(const struct fold *f, fold_slot slot, uint32_t from_s, uint32_t until_s)
{
	int64_t met = fold_account_arrived(f, slot, from_s ? from_s - 1 : 0, until_s - 1);

	return met > 0 ? (uint64_t)met : 0;
}

/* How much was asked for in that period; 0: another number than now, which nobody has any more, or none. */
static uint64_t asked_in(const struct facts *facts, uint32_t from_s)
{
	return facts->values[FACT_COUNTED] < (uint64_t)from_s + every_of(facts) ? facts->values[FACT_QUANTITY] : 0;
}

static bool is_missed(const struct fold *f, fold_slot slot, const struct facts *facts, uint32_t from_s)
{
	uint64_t asked = asked_in(facts, from_s), met = met_between(f, slot, from_s, from_s + every_of(facts));

	return asked ? met < asked : met == 0;
}

/* How long after a period's beginning it is wanted. */
static uint32_t wanted_after(const struct facts *facts)
{
	uint32_t within_h = (uint32_t)facts->values[FACT_WITHIN], every_s = every_of(facts);

	return within_h && within_h * 3600 < every_s ? within_h * 3600 : every_s;
}

uint32_t fold_standing_due(const struct fold *f, fold_slot slot, const struct facts *facts)
{
	uint32_t begin_s = fold_standing_begin(f, facts), every_s = every_of(facts);
	uint32_t due_s = begin_s + wanted_after(facts);

	for (int back = 1; back < FOLD_PERIODS && begin_s >= created_of(facts) + every_s; back++) {
		begin_s -= every_s;
		if (!is_missed(f, slot, facts, begin_s))
			break;
		due_s = begin_s + wanted_after(facts);
	}
	return due_s;
}

bool fold_line_period(const struct fold *f, uint32_t index, uint32_t back, struct fold_period *period)
{
	fold_slot slot = f->slots[FOLD_LINES][index];
	struct facts facts = fold_standing_facts(f, slot);
	uint32_t begin_s, every_s;

	assert(index < f->counts[FOLD_LINES]);
	assert(back < FOLD_PERIODS);
	if (!facts_are_standing(&facts))
		return false;
	every_s = every_of(&facts);
	begin_s = fold_standing_begin(f, &facts);
	if (begin_s - created_of(&facts) < (uint64_t)back * every_s)
		return false;
	begin_s -= back * every_s;
	*period = (struct fold_period){ .from_s = begin_s,
					.until_s = begin_s + every_s,
					.asked_milli = asked_in(&facts, begin_s),
					.met_milli = met_between(f, slot, begin_s, begin_s + every_s) };
	return true;
}
