/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Keepers' changes of one record as the last run left them: all of them, those that lost without anybody knowing, and those
 * that new words of the author would run into. Looked for among all registers, when somebody asks. */
#include "sync/fold/fold_state.h"

static fold_slot next_change(const struct fold *f, fold_slot own, fold_slot slot)
{
	do
		slot = regs_next(f, slot);
	while (slot != FOLD_NONE && fold_changes_record(f, slot) != own);
	return slot;
}

/* Puts it where it belongs among the newest `max`; false: it is older than all of them. */
static bool keep_newest(const struct fold *f, struct fold_change *kept, uint32_t *count, uint32_t max,
			struct fold_change change)
{
	uint32_t at = *count < max ? (*count)++ : max;

	while (at > 0 && fold_regs_is_later(f, change.slot, kept[at - 1].slot)) {
		if (at < max)
			kept[at] = kept[at - 1];
		at--;
	}
	if (at == max)
		return false;
	kept[at] = change;
	return true;
}

uint32_t fold_changes(const struct fold *f, fold_slot own, struct fold_change *changes, uint32_t max)
{
	uint32_t count = 0;

	assert(reg_at(f, own)->flags & REG_OWN);
	for (fold_slot at = next_change(f, own, FOLD_NONE); at != FOLD_NONE; at = next_change(f, own, at))
		(void)keep_newest(f, changes, &count, max,
				  (struct fold_change){ at, reg_at(f, at)->line.version.fields });
	return count;
}

/* What it says that does not stand, and differs from what does. */
static uint32_t fields_lost(const struct fold *f, fold_slot change, const struct entry *standing)
{
	struct entry said;

	if (!fold_changes_read_alone(f, change, &said))
		return 0;
	return fields_named(entry_amends_of(&said)) & ~reg_at(f, change)->line.version.fields &
	       ~fields_equal(&said, standing);
}

static uint16_t short_id(const struct fold *f, fold_slot slot)
{
	return (uint16_t)(reg_at(f, slot)->id[0] | reg_at(f, slot)->id[1] << 8);
}

/* Who said something else in the same field, and knew of the change, has answered it. Whole words say every field. */
static void drop_known_by(const struct fold *f, fold_slot who, struct fold_change *changes, uint32_t count)
{
	struct entry said;
	const struct amends *amends;
	uint32_t fields;

	if (!fold_changes_read_alone(f, who, &said))
		return;
	amends = entry_amends_of(&said);
	fields = amends_changes(amends) ? fields_named(amends) : fields_of(said.kind);
	for (uint32_t i = 0; i < count; i++)
		for (size_t k = 0; k < amends->knew_count; k++)
			if (changes[i].slot != who && amends->knew[k] == short_id(f, changes[i].slot))
				changes[i].fields &= ~fields;
}

/* The newest that lost something, of those that came before `before`, unless that is FOLD_NONE. */
static uint32_t find_lost(const struct fold *f, fold_slot own, fold_slot before, struct fold_change *lost, uint32_t max)
{
	struct entry standing;
	uint32_t count = 0;

	if (!fold_changes_read(f, reg_at(f, own)->line.version.standing, &standing))
		return 0;
	for (fold_slot at = next_change(f, own, FOLD_NONE); at != FOLD_NONE; at = next_change(f, own, at)) {
		struct fold_change change = { at, fields_lost(f, at, &standing) };

		if (change.fields && (before == FOLD_NONE || (at != before && fold_regs_is_later(f, before, at))))
			(void)keep_newest(f, lost, &count, max, change);
	}
	return count;
}

uint32_t fold_overtaken(const struct fold *f, fold_slot own, struct fold_change overtaken[FOLD_OVERTAKEN_MAX])
{
	struct fold_change lost[FOLD_OVERTAKEN_MAX];
	fold_slot before = FOLD_NONE;
	uint32_t found, count = 0;

	assert(reg_at(f, own)->flags & REG_OWN);
	do {
		found = find_lost(f, own, before, lost, FOLD_OVERTAKEN_MAX);
		before = found ? lost[found - 1].slot : FOLD_NONE;
		drop_known_by(f, own, lost, found);
		for (fold_slot at = next_change(f, own, FOLD_NONE); at != FOLD_NONE; at = next_change(f, own, at))
			drop_known_by(f, at, lost, found);
		for (uint32_t i = 0; i < found && count < FOLD_OVERTAKEN_MAX; i++)
			if (lost[i].fields)
				overtaken[count++] = lost[i];
	} while (found == FOLD_OVERTAKEN_MAX && count < FOLD_OVERTAKEN_MAX);
	return count;
}

bool fold_would_change(const struct fold *f, fold_slot own, const struct entry *said)
{
	for (fold_slot at = next_change(f, own, FOLD_NONE); at != FOLD_NONE; at = next_change(f, own, at)) {
		struct entry change;
		const struct amends *amends;
		uint32_t differ;

		if (!fold_changes_read_alone(f, at, &change) || change.kind != said->kind)
			continue;
		amends = entry_amends_of(&change);
		differ = ~fields_equal(&change, said);
		for (size_t i = 0; i < amends->named_count; i++)
			if (differ & field_bit(amends->named[i].field) &&
			    amends->named[i].was == field_hash(said, amends->named[i].field))
				return true;
	}
	return false;
}

fold_slot fold_carried_by(const struct fold *f, fold_slot own, const struct public_key *who)
{
	for (fold_slot at = regs_next(f, FOLD_NONE); at != FOLD_NONE; at = regs_next(f, at)) {
		const struct reg *r = reg_at(f, at);

		if (r->kind == ENTRY_LINE && (r->flags & REG_LEARNED) && (r->flags & REG_CARRIES) &&
		    !(r->flags & REG_BROKEN) && (at == own || (!(r->flags & REG_OWN) && r->line.version.own == own)) &&
		    public_key_equal(author_key(f, at), who))
			return at;
	}
	return FOLD_NONE;
}
