/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* All that was said about one record, when somebody asks. */
#include "sync/fold/fold_state.h"

static bool is_about(const struct fold *f, const struct facts *facts, enum fact which, enum entry_kind kind,
		     fold_slot own)
{
	return fold_rights_resolve(f, kind, fold_facts_ref(facts, which)) == own;
}

static bool is_note_about(const struct fold *f, fold_slot note, fold_slot own)
{
	struct facts facts = fold_facts_of(f, note);
	enum entry_kind kind = (enum entry_kind)reg_at(f, own)->kind;

	return reg_at(f, note)->note.of == own || is_about(f, &facts, FACT_OF, kind, own) ||
	       (reg_at(f, note)->what == NOTE_DUPLICATE && is_about(f, &facts, FACT_FROM, kind, own));
}

/* By where its journey goes and by what it said itself, which may have been another line. */
static bool is_move_about(const struct fold *f, fold_slot move, fold_slot line)
{
	const struct reg *r = reg_at(f, move), *first = r->flags & REG_FIRST ? r : reg_at(f, r->move.first);
	struct facts facts = fold_facts_of(f, move);

	return first->move.of == line || first->move.from == line || is_about(f, &facts, FACT_OF, ENTRY_LINE, line) ||
	       is_about(f, &facts, FACT_FROM, ENTRY_LINE, line);
}

static bool belongs(const struct fold *f, enum fold_list list, fold_slot own, fold_slot word)
{
	const struct reg *r = reg_at(f, word);

	if (word == own)
		return true;
	switch ((enum entry_kind)r->kind) {
	case ENTRY_SITE:
	case ENTRY_LINE:
		return fold_changes_record(f, word) == own ||
		       ((r->flags & REG_CARRIES) && !(r->flags & REG_OWN) && r->line.version.own == own);
	case ENTRY_MOVE:
		if (list == FOLD_MOVES)
			return !(r->flags & REG_FIRST) && r->move.first == own;
		return list == FOLD_LINES && is_move_about(f, word, own);
	case ENTRY_NOTE:
		return is_note_about(f, word, own);
	case ENTRY_CARD:
	case ENTRY_TRUST:
	case ENTRY_UNKNOWN:
		break;
	}
	return false;
}

void fold_each_word(const struct fold *f, enum fold_list list, fold_slot own, fold_word_cb cb, void *user)
{
	for (fold_slot at = regs_next(f, FOLD_NONE); at != FOLD_NONE; at = regs_next(f, at)) {
		const struct reg *r = reg_at(f, at);

		/* What came since the last run was not looked at yet. */
		if (!(r->flags & REG_LEARNED) || (r->flags & REG_BROKEN))
			continue;
		if (belongs(f, list, own, at))
			cb(user, at);
	}
}

fold_slot fold_register(const struct fold *f, const struct public_key *author, enum entry_kind kind, uint32_t number)
{
	uint16_t by = authors_find(&f->authors, author);

	return by == AUTHOR_NONE ? FOLD_NONE : fold_regs_find(f, by, kind, number);
}
