/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Edits of sites and lines. Whoever edits begins with what stands. The author then says all of it anew; a keeper says the
 * fields that are his to say: those that he changes now, and those that stand from him. */
#include "node/desk/draft_work.h"

#include <string.h>
#include <strings.h>

#include <sodium.h>

#include "proto/field.h"

static bool is_version(const struct draft_work *w, fold_slot slot, const char *was)
{
	struct entry_id id = fold_id(draft_fold(w), slot);
	char text[VIEW_KEY_SIZE];

	sodium_bin2hex(text, sizeof text, id.bytes, sizeof id.bytes);
	return strcasecmp(text, was) == 0;
}

enum door_rc draft_start_edit(struct draft_work *w, const struct picture_hit *hit)
{
	struct fold *fold = draft_fold(w);
	struct fold_record *record = &w->record;
	struct entry *e = &w->draft->entry;

	fold_record(fold, hit->list, hit->index, record);
	if (!draft_is_own(w, record->author) && !fold_may_change(fold, hit->list, hit->index, &w->desk->identity->key))
		return draft_refuse(w, DOOR_E_RIGHT, SAY_OF(CHANGE_NOT_YOURS, say_typed(w->asked->ref)));
	if (ref_text_is_given(w->asked->was) && !is_version(w, record->newest, w->asked->was))
		return draft_refuse(w, DOOR_E_CHANGED, SAY_OF(CHANGED_MEANWHILE, say_typed(w->asked->ref)));
	fold_read(fold, record->own, &w->own);
	fold_read(fold, record->standing, &w->stood);
	/* What this node carries for somebody is not its own: it changes that as any keeper does, so that the change outlives
	 * the author's return. */
	w->edits = draft_is_own(w, record->author) && !amends_carries(entry_amends_of(&w->own)) ? EDITS_OWN
												: EDITS_ANOTHERS;
	draft_start(w, w->own.kind);
	w->draft->after = record->changed;
	*e = w->stood;
	return DOOR_OK;
}

/* The newest changes that are here, but for this one; as many as there is room for. */
static void note_known(const struct fold *fold, fold_slot own, fold_slot but, struct entry *e)
{
	struct amends *amends = entry_amends(e);
	struct fold_change changes[KNEW_MAX + 1];
	uint32_t count = fold_changes(fold, own, changes, KNEW_MAX + 1);

	amends->knew_count = 0;
	for (uint32_t i = 0; i < count && amends->knew_count < KNEW_MAX; i++) {
		struct entry_id id = fold_id(fold, changes[i].slot);

		if (changes[i].slot != but)
			amends->knew[amends->knew_count++] = entry_id_short(&id);
	}
	while (amends->knew_count > 0 && !draft_fits(e))
		amends->knew_count--;
}

/* The author's word is the last about what he has seen: where a change would make something else of it, the changes made
 * so far are of a round before. */
static void say_as_author(const struct fold *fold, fold_slot own, struct entry *e)
{
	while (fold_would_change(fold, own, e))
		entry_amends(e)->round++;
	note_known(fold, own, FOLD_NONE, e);
}

void draft_adopt(const struct fold *fold, const struct fold_record *record, struct entry *e)
{
	fold_read(fold, record->standing, e);
	say_as_author(fold, record->own, e);
}

/* A keeper's change: of `says` those fields, made from the author's own words. */
static void name_fields(struct draft_work *w, const struct entry *says, uint32_t fields, fold_slot replaced)
{
	struct entry *e = &w->draft->entry;
	struct amends *amends;

	*e = (struct entry){ .kind = says->kind, .author = e->author, .number = e->number };
	if (e->kind == ENTRY_LINE)
		e->line.kind = says->line.kind;
	fields_copy(e, says, fields);
	amends = entry_amends(e);
	amends->of = fold_ref(draft_fold(w), w->record.own);
	for (unsigned field = 0; field < FIELD_COUNT; field++)
		if (fields & field_bit(field))
			amends->named[amends->named_count++] =
				(struct named_field){ (uint8_t)field, field_hash(&w->own, field) };
	note_known(draft_fold(w), w->record.own, replaced, e);
}

/* The newest change of this record by this node; its slot is FOLD_NONE where there is none. */
static struct fold_change own_change(const struct draft_work *w)
{
	struct fold_change changes[FOLD_OVERTAKEN_MAX];
	uint32_t count = fold_changes(draft_fold(w), w->record.own, changes, FOLD_OVERTAKEN_MAX);

	for (uint32_t i = 0; i < count; i++)
		if (draft_is_own(w, fold_author_of(draft_fold(w), changes[i].slot)))
			return changes[i];
	return (struct fold_change){ .slot = FOLD_NONE };
}

/* What nobody said otherwise is said again: it is as new as if it were. */
static uint32_t fields_to_say(const struct entry *says, const struct entry *stood, uint32_t kept)
{
	uint32_t fields = (fields_of(says->kind) & ~fields_equal(says, stood)) | kept;

	if (fields)
		return fields;
	return field_bit(says->kind == ENTRY_LINE ? (unsigned)LINE_FIELD_GOODS : (unsigned)SITE_FIELD_STATE);
}

/* What was said on another day stays as it was: should it be told that he was no keeper since then, it still stands. */
static bool is_of_this_day(const struct draft_work *w, fold_slot change)
{
	struct entry said;

	fold_read_change(draft_fold(w), change, &said);
	return said.hlc.time / EPOCH_S >= w->desk->now_s / EPOCH_S;
}

static void say_as_keeper(struct draft_work *w)
{
	struct fold_change mine = own_change(w);
	struct entry *e = &w->draft->entry;
	struct entry says = *e;

	e->author = public_key_hint(&w->desk->identity->key);
	if (mine.slot != FOLD_NONE) {
		bool again = is_of_this_day(w, mine.slot);

		e->number = again ? fold_ref(draft_fold(w), mine.slot).number : w->desk->new_number(w->desk->ctx, 0);
		name_fields(w, &says, fields_to_say(&says, &w->stood, mine.fields), again ? mine.slot : FOLD_NONE);
		w->draft->is_new = !again;
		if (draft_fits(e))
			return;
	}
	/* Too much for one: what he changes now stands beside what he changed before. */
	e->number = w->desk->new_number(w->desk->ctx, 0);
	name_fields(w, &says, fields_to_say(&says, &w->stood, 0), FOLD_NONE);
	w->draft->is_new = true;
}

/* A record by its author's own words. */
static void find_record(struct draft_work *w, fold_slot own)
{
	enum fold_list list = fold_kind(draft_fold(w), own) == ENTRY_SITE ? FOLD_SITES : FOLD_LINES;

	fold_record(draft_fold(w), list, fold_index(draft_fold(w), list, own), &w->record);
	fold_read(draft_fold(w), w->record.own, &w->own);
	fold_read(draft_fold(w), w->record.standing, &w->stood);
}

void draft_read_standing(struct draft_work *w, fold_slot own)
{
	find_record(w, own);
	w->draft->entry = w->stood;
}

void draft_say_own(struct draft_work *w, fold_slot own, struct entry *says)
{
	find_record(w, own);
	w->draft->after = w->record.changed;
	entry_amends(says)->round = entry_amends_of(&w->own)->round;
	say_as_author(draft_fold(w), own, says);
}

enum door_rc draft_drop_change(struct draft_work *w, fold_slot change)
{
	struct entry *e = &w->draft->entry;
	uint32_t spare = fields_of(e->kind) & ~fields_named(entry_amends_of(e)), field = 0;
	struct public_key author = *fold_author_of(draft_fold(w), change);
	enum fold_list list;
	fold_slot own = fold_record_of(draft_fold(w), &list, &author, e->kind, e->number);

	if (own == FOLD_NONE || !spare)
		return draft_refuse(w, DOOR_E_INPUT, SAY(UNDO_GONE));
	while (!(spare >> field & 1))
		field++;
	find_record(w, own);
	/* A change names something: what stands there anyway. */
	name_fields(w, &w->stood, field_bit(field), change);
	return DOOR_OK;
}

void draft_is_unchanged(struct draft_work *w, struct ref ref)
{
	w->draft->is_unchanged = true;
	if (!ref_is_none(ref)) {
		ref_text_write_full(w->answer->full, ref);
		picture_ref_text(draft_picture(w), ref, w->answer->ref);
	}
	w->answer->unchanged = true;
	(void)said_add(&w->answer->said, SAY(NOTHING_CHANGED));
}

/* What its author alone says, and is no field that a keeper changes. */
static bool is_same_own(const struct line *a, const struct line *b)
{
	return line_is_at(a, b) && a->created == b->created && a->doors == b->doors && a->answered == b->answered &&
	       a->unneeded == b->unneeded;
}

void draft_find_unchanged(struct draft_work *w)
{
	uint32_t all = fields_of(w->said.kind);

	if (w->edits != EDITS_NOTHING && (fields_equal(&w->said, &w->stood) & all) == all &&
	    (w->said.kind != ENTRY_LINE || is_same_own(&w->said.line, &w->stood.line)))
		draft_is_unchanged(w, fold_ref(draft_fold(w), w->record.own));
}

void draft_finish_edit(struct draft_work *w)
{
	w->said = w->draft->entry;
	switch (w->edits) {
	case EDITS_NOTHING:
		break;
	case EDITS_OWN:
		w->draft->is_new = false;
		say_as_author(draft_fold(w), w->record.own, &w->draft->entry);
		break;
	case EDITS_ANOTHERS:
		say_as_keeper(w);
		break;
	}
}

/* Carrying on. */

bool draft_make_fit(struct entry *e)
{
	size_t size = strlen(e->line.text);

	if (!draft_fits(e))
		e->line.lot_milli = 0;
	for (size_t i = SUBSTITUTES_MAX; i-- > 0 && !draft_fits(e);)
		e->line.substitutes[i] = 0;
	while (!draft_fits(e) && size > (e->line.item ? 0u : 1u))
		(void)text_cut(e->line.text, --size, e->line.text);
	return draft_fits(e);
}

bool draft_carry(struct draft *draft, const struct draft_desk *desk, uint32_t line)
{
	struct fold *fold = picture_fold(desk->picture, desk->now_s);
	const struct public_key *own = &desk->identity->key;
	struct entry *e = &draft->entry;
	struct fold_record record;
	fold_slot before;
	uint32_t number, round;

	fold_record(fold, FOLD_LINES, line, &record);
	before = fold_carried_by(fold, record.own, own);
	if (fold_site_named_by(fold, record.own) == FOLD_NONE || !fold_may_change(fold, FOLD_LINES, line, own) ||
	    (public_key_equal(record.author, own) && before != record.own))
		return false;
	*draft = (struct draft){ .after = record.changed, .is_new = before == FOLD_NONE };
	if (before != FOLD_NONE)
		fold_read(fold, before, e);
	number = before == FOLD_NONE ? desk->new_number(desk->ctx, fold_ref(fold, record.own).number) : e->number;
	if (before != FOLD_NONE && hlc_compare(e->hlc, draft->after) > 0)
		draft->after = e->hlc;
	fold_read(fold, record.standing, e);
	round = e->line.amends.round;
	e->line.amends = (struct amends){ .of = fold_ref(fold, record.own), .round = round };
	e->author = public_key_hint(own);
	e->number = number;
	return draft_make_fit(e);
}
