/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Lines that stand in the place of others, whose authors fell silent, as the last run of fold_changes.c found them. */
#include "sync/fold/fold_state.h"

bool fold_carried_is(const struct fold *f, fold_slot slot)
{
	const struct reg *r = reg_at(f, slot);

	return r->kind == ENTRY_LINE && (r->flags & REG_LEARNED) && !(r->flags & REG_BROKEN) &&
	       (r->flags & REG_CARRIES) && (r->flags & REG_OWN);
}

struct ref fold_carried_for(const struct fold *f, fold_slot slot)
{
	struct facts facts = fold_facts_of(f, slot);

	assert(reg_at(f, slot)->flags & REG_CARRIES);
	return fold_facts_ref(&facts, FACT_OF);
}

fold_slot fold_carried_find(const struct fold *f, struct ref ref)
{
	uint32_t low = 0, high = f->carried_count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (ref_compare(fold_carried_for(f, f->carried[mid]), ref) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < f->carried_count && ref_equal(fold_carried_for(f, f->carried[low]), ref) ? f->carried[low]
											      : FOLD_NONE;
}
