/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whether somebody here spoke of a line since: a count or another change, a move, a word that it is still needed or was seen. */
#include "node/picture/picture_state.h"

struct looking {
	const struct picture *p;
	fold_slot line, site; /* own words */
	uint32_t since_s;
};

static bool is_ours(const struct looking *l, fold_slot slot, uint32_t said_s)
{
	return said_s >= l->since_s && public_key_equal(fold_author_of(l->p->fold, slot), l->p->self);
}

/* "Still needed" of a place is said of each need there. */
static bool is_about(const struct looking *l, const struct fold_note *note)
{
	if (note->of == FOLD_NONE)
		return false;
	return note->kind == NOTE_STILL_NEEDED ? note->of == l->line || note->of == l->site
					       : note->kind == NOTE_SEEN && note->of == l->line;
}

static bool has_remarked(const struct looking *l)
{
	for (uint32_t i = 0; i < fold_count(l->p->fold, FOLD_NOTES); i++) {
		struct fold_note note;

		fold_note(l->p->fold, i, &note);
		if (is_about(l, &note) && is_ours(l, note.record.own, note.record.changed.time))
			return true;
	}
	return false;
}

static bool has_moved(const struct looking *l)
{
	for (uint32_t i = 0; i < fold_count(l->p->fold, FOLD_MOVES); i++) {
		struct fold_move move;

		fold_move(l->p->fold, i, &move);
		if ((move.of == l->line || move.from == l->line) &&
		    (is_ours(l, move.record.own, move.record.changed.time) ||
		     is_ours(l, move.last, fold_move_time(l->p->fold, move.last))))
			return true;
	}
	return false;
}

static bool has_changed(const struct looking *l)
{
	struct fold_change changes[FOLD_OVERTAKEN_MAX];
	uint32_t count = fold_changes(l->p->fold, l->line, changes, FOLD_OVERTAKEN_MAX);
	struct entry said;

	for (uint32_t i = 0; i < count; i++) {
		fold_read_change(l->p->fold, changes[i].slot, &said);
		if (is_ours(l, changes[i].slot, said.hlc.time))
			return true;
	}
	return false;
}

bool picture_has_spoken_of(const struct picture *p, uint32_t line, uint32_t since_s)
{
	struct looking l = { .p = p, .since_s = since_s };
	struct fold_record record;

	fold_record(p->fold, FOLD_LINES, line, &record);
	l.line = record.own;
	l.site = fold_site_named_by(p->fold, record.own);
	return has_remarked(&l) || has_moved(&l) || has_changed(&l);
}
