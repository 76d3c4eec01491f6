/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What stands of a site or line: its author's own words, and over them, field by field, what keepers changed.
 *
 *   own words    quantity 100   people 40   text "by the gate"
 *   a change                    people 50                       named: people, made when the author said 40
 *   another      quantity  80                                   named: quantity, made when he said 100
 *   stands       quantity  80   people 50   text "by the gate"
 *
 * A change applies to a field while the author says in it what he said when the change was made; so his newer words win.
 * Of several that apply the latest stands. Who gains by dating one later is a keeper, whose word people take anyway. */
#include "sync/fold/fold_state.h"
#include "sync/set/sort.h"

static bool is_versioned(const struct reg *r)
{
	return (r->kind == ENTRY_SITE || r->kind == ENTRY_LINE) && !(r->flags & REG_BROKEN);
}

static bool is_own(const struct reg *r)
{
	return r->flags & REG_OWN;
}

static bool does_carry(const struct reg *r)
{
	return r->kind == ENTRY_LINE && (r->flags & REG_CARRIES);
}

static fold_slot next_versioned(const struct fold *f, fold_slot slot)
{
	do
		slot = regs_next(f, slot);
	while (slot != FOLD_NONE && !is_versioned(reg_at(f, slot)));
	return slot;
}

static fold_slot site_named(const struct fold *f, struct ref ref)
{
	fold_slot site = fold_rights_resolve(f, ENTRY_SITE, ref);

	return site != FOLD_NONE && is_own(reg_at(f, site)) ? site : FOLD_NONE;
}

/* Own words find their place. */
static void settle(struct fold *f, fold_slot slot)
{
	struct reg *r = reg_at(f, slot);
	struct facts facts;

	assert(is_versioned(r));
	r->line.version = (struct versions){ .fields = 0, .own = FOLD_NONE, .next = FOLD_NONE };
	if (is_own(r))
		r->line.version.standing = slot;
	if (r->kind != ENTRY_LINE)
		return;
	r->line.outgoing = FOLD_NONE;
	r->line.confirmed_s = r->line.due_s = 0;
	r->line.status = r->line.bits = 0;
	if (!is_own(r) && !does_carry(r))
		return;
	facts = fold_facts_of(f, slot);
	r->line.version.site = site_named(f, fold_facts_ref(&facts, FACT_FROM));
}

/* Lines that carry on what somebody said who fell silent. */

/* The place is that of the first author, or of one whom he vouches for: so no stranger takes over what was said at a place
 * of his own making, where somebody else goes on with it. */
static bool is_where_it_was(const struct fold *f, fold_slot slot)
{
	fold_slot site = reg_at(f, slot)->line.version.site;

	return fold_rights_vouches(f, fold_carried_for(f, slot).author, reg_at(f, site)->author);
}

/* By whom they carry on; of those who carry the same the one first that is to stand: the later, where both are such. */
static int by_carried(const void *ctx, uint32_t a, uint32_t b)
{
	const struct fold *f = ctx;
	int order = ref_compare(fold_carried_for(f, a), fold_carried_for(f, b));

	if (order || a == b)
		return order;
	order = (int)is_where_it_was(f, b) - (int)is_where_it_was(f, a);
	return order ? order : fold_regs_is_later(f, a, b) ? -1 : 1;
}

/* A keeper of the place that it names says it. Where the first author is here under two keys nobody knows whose it is. */
static bool may_carry(const struct fold *f, fold_slot slot)
{
	const struct reg *r = reg_at(f, slot);

	return r->line.version.site != FOLD_NONE &&
	       fold_rights_keeps(f, r->line.version.site, r->author, fold_regs_signed_s(f, slot)) &&
	       fold_rights_keys_of_hint(f, fold_carried_for(f, slot).author) <= 1;
}

/* Its own words are here: then they are the record. */
static fold_slot original_of(const struct fold *f, fold_slot slot)
{
	return fold_rights_find(f, ENTRY_LINE, fold_carried_for(f, slot));
}

static void collect_carried(struct fold *f)
{
	f->carried_count = 0;
	for (fold_slot slot = next_versioned(f, FOLD_NONE); slot != FOLD_NONE; slot = next_versioned(f, slot)) {
		fold_slot original;

		if (!does_carry(reg_at(f, slot)) || !may_carry(f, slot))
			continue;
		original = original_of(f, slot);
		if (original == FOLD_NONE)
			f->carried[f->carried_count++] = slot;
		else if (is_own(reg_at(f, original)))
			reg_at(f, slot)->line.version.own = original;
	}
	assert(f->carried_count <= f->count);
	sort_numbers(f->carried, f->carried_count, by_carried, f);
}

/* The first of each group is the record; the others lead to it. */
static void let_carry(struct fold *f)
{
	uint32_t kept = 0;

	collect_carried(f);
	for (uint32_t i = 0; i < f->carried_count; i++) {
		fold_slot slot = f->carried[i];
		fold_slot record = kept ? f->carried[kept - 1] : FOLD_NONE;

		if (record != FOLD_NONE && ref_compare(fold_carried_for(f, record), fold_carried_for(f, slot)) == 0) {
			reg_at(f, slot)->line.version.own = record;
			continue;
		}
		f->carried[kept++] = slot;
		reg_at(f, slot)->flags |= REG_OWN;
		reg_at(f, slot)->line.version.standing = slot;
	}
	f->carried_count = kept;
}

/* Changes. */

/* Hangs a change onto what it changes. A keeper corrects what a line says, and never makes another kind of line of it. */
static void hang_change(struct fold *f, fold_slot slot)
{
	struct reg *r = reg_at(f, slot), *target;
	struct facts facts = fold_facts_of(f, slot);
	fold_slot of = fold_rights_resolve(f, (enum entry_kind)r->kind, fold_facts_ref(&facts, FACT_OF));

	assert(!is_own(r));
	if (of == FOLD_NONE)
		return;
	target = reg_at(f, of);
	assert(target->kind == r->kind);
	if (!is_own(target) || (r->kind == ENTRY_LINE && r->what != target->what) ||
	    !fold_rights_may(f, of, r->author, r->time))
		return;
	r->line.version.own = of;
	r->line.version.next = target->line.version.changes;
	target->line.version.changes = slot;
}

bool fold_changes_read_alone(const struct fold *f, fold_slot slot, struct entry *entry)
{
	uint8_t bytes[ENTRY_SIZE_MAX];

	return entry_decode(entry, fold_regs_bytes(f, slot, bytes)) == ENTRY_OK &&
	       entry->kind == (enum entry_kind)reg_at(f, slot)->kind;
}

/* By field: the change that stands in it, FOLD_NONE where the author's words do. */
struct winners {
	fold_slot of[FIELD_COUNT];
};

static void let_win(const struct fold *f, struct winners *winners, fold_slot change, const uint16_t says[FIELD_COUNT])
{
	struct entry said;
	const struct amends *amends;

	if (!fold_changes_read_alone(f, change, &said))
		return;
	amends = entry_amends_of(&said);
	for (size_t i = 0; i < amends->named_count; i++) {
		fold_slot *best = &winners->of[amends->named[i].field];

		if (amends->named[i].was == says[amends->named[i].field] &&
		    (*best == FOLD_NONE || fold_regs_is_later(f, change, *best)))
			*best = change;
	}
}

static void find_winners(const struct fold *f, fold_slot own, const struct entry *said, struct winners *winners)
{
	uint16_t says[FIELD_COUNT] = { 0 };

	for (unsigned field = 0; field < FIELD_COUNT; field++) {
		winners->of[field] = FOLD_NONE;
		if (fields_of(said->kind) & field_bit(field))
			says[field] = field_hash(said, field);
	}
	for (fold_slot at = reg_at(f, own)->line.version.changes; at != FOLD_NONE;
	     at = reg_at(f, at)->line.version.next)
		let_win(f, winners, at, says);
}

/* Those that stand in a field hang below the record, the newest first to be found. */
static void let_stand(struct fold *f, fold_slot own, const struct winners *winners)
{
	struct versions *version = &reg_at(f, own)->line.version;
	fold_slot newest = FOLD_NONE, others = FOLD_NONE, next;

	for (unsigned field = 0; field < FIELD_COUNT; field++)
		if (winners->of[field] != FOLD_NONE) {
			reg_at(f, winners->of[field])->line.version.fields |= field_bit(field);
			if (newest == FOLD_NONE || fold_regs_is_later(f, winners->of[field], newest))
				newest = winners->of[field];
		}
	for (fold_slot at = version->changes; at != FOLD_NONE; at = next) {
		next = reg_at(f, at)->line.version.next;
		reg_at(f, at)->line.version.next = FOLD_NONE;
		if (!reg_at(f, at)->line.version.fields || at == newest)
			continue;
		reg_at(f, at)->line.version.next = others;
		others = at;
	}
	if (newest == FOLD_NONE)
		return;
	reg_at(f, newest)->line.version.next = others;
	version->standing = newest;
}

static void find_standing(struct fold *f, fold_slot own)
{
	struct versions *version = &reg_at(f, own)->line.version;
	struct winners winners;
	struct entry said;

	assert(is_own(reg_at(f, own)));
	assert(version->standing == own);
	if (version->changes != FOLD_NONE && fold_changes_read_alone(f, own, &said)) {
		find_winners(f, own, &said, &winners);
		let_stand(f, own, &winners);
	}
	assert(reg_at(f, version->standing)->kind == reg_at(f, own)->kind);
	version->incoming = FOLD_NONE;
}

void fold_changes_run(struct fold *f)
{
	fold_slot slot;

	for (slot = next_versioned(f, FOLD_NONE); slot != FOLD_NONE; slot = next_versioned(f, slot))
		settle(f, slot);
	let_carry(f);
	for (slot = next_versioned(f, FOLD_NONE); slot != FOLD_NONE; slot = next_versioned(f, slot))
		if (!is_own(reg_at(f, slot)) && !does_carry(reg_at(f, slot)))
			hang_change(f, slot);
	for (slot = next_versioned(f, FOLD_NONE); slot != FOLD_NONE; slot = next_versioned(f, slot))
		if (is_own(reg_at(f, slot)))
			find_standing(f, slot);
}

/* What people see. */

/* The first of the changes that stand; FOLD_NONE where none does. */
static fold_slot first_standing(const struct fold *f, fold_slot own)
{
	fold_slot standing = reg_at(f, own)->line.version.standing;

	assert(is_own(reg_at(f, own)));
	return standing == own ? FOLD_NONE : standing;
}

static void lay_over(struct facts *facts, const struct facts *change, enum entry_kind kind, uint32_t fields)
{
	static const struct {
		uint8_t field, fact;
	} pairs[] = { { LINE_FIELD_GOODS, FACT_ITEM },    { LINE_FIELD_GOODS, FACT_QUANTITY },
		      { LINE_FIELD_GOODS, FACT_COUNTED }, { LINE_FIELD_GOODS, FACT_ARRIVED },
		      { LINE_FIELD_FLAGS, FACT_FLAGS },   { LINE_FIELD_PEOPLE, FACT_PEOPLE },
		      { LINE_FIELD_WITHIN, FACT_WITHIN }, { LINE_FIELD_CLOSED, FACT_CLOSED },
		      { LINE_FIELD_EVERY, FACT_EVERY } };

	if (kind == ENTRY_SITE) {
		if (fields & field_bit(SITE_FIELD_STATE))
			facts->values[FACT_WHAT] = change->values[FACT_WHAT];
		if (fields & field_bit(SITE_FIELD_NAME))
			facts->bytes = change->bytes;
		return;
	}
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if (fields & field_bit(pairs[i].field))
			facts->values[pairs[i].fact] = change->values[pairs[i].fact];
}

struct facts fold_standing_facts(const struct fold *f, fold_slot own)
{
	struct facts facts = fold_facts_of(f, own);

	for (fold_slot at = first_standing(f, own); at != FOLD_NONE; at = reg_at(f, at)->line.version.next) {
		struct facts change = fold_facts_of(f, at);

		lay_over(&facts, &change, (enum entry_kind)reg_at(f, own)->kind, reg_at(f, at)->line.version.fields);
	}
	return facts;
}

fold_slot fold_changes_newest(const struct fold *f, fold_slot own)
{
	fold_slot standing = first_standing(f, own);

	return standing == FOLD_NONE || fold_regs_is_later(f, own, standing) ? own : standing;
}

fold_slot fold_changes_record(const struct fold *f, fold_slot slot)
{
	const struct reg *r = reg_at(f, slot);

	if (f->is_void || !is_versioned(r) || !(r->flags & REG_LEARNED) || is_own(r) || does_carry(r))
		return FOLD_NONE;
	return r->line.version.own;
}

bool fold_changes_read(const struct fold *f, fold_slot slot, struct entry *entry)
{
	fold_slot own = fold_changes_record(f, slot);
	struct entry change;

	if (own == FOLD_NONE || reg_at(f, own)->line.version.standing != slot)
		return fold_changes_read_alone(f, slot, entry);
	if (!fold_changes_read_alone(f, own, entry))
		return false;
	for (fold_slot at = slot; at != FOLD_NONE; at = reg_at(f, at)->line.version.next)
		if (fold_changes_read_alone(f, at, &change))
			fields_copy(entry, &change, reg_at(f, at)->line.version.fields);
	entry->hlc = reg_hlc(reg_at(f, fold_changes_newest(f, own)));
	return true;
}
