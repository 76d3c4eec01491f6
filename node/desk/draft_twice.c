/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is written down twice: which two may be called one, and what is said of the one that no longer counts by itself. */
#include "node/desk/draft_work.h"
#include "node/picture/picture_state.h"

static bool is_denied(const struct draft_work *w, fold_slot note)
{
	for (uint32_t i = 0; i < fold_count(draft_fold(w), FOLD_NOTES); i++) {
		struct fold_note denial;

		fold_note(draft_fold(w), i, &denial);
		if (denial.kind == NOTE_DENIAL && denial.of == note && !denial.is_withdrawn)
			return true;
	}
	return false;
}

/* The note that made it one with the other: rather of who may speak for it, and rather one that nobody denies. */
static bool find_note(const struct draft_work *w, uint32_t line, fold_slot own, struct fold_note *found)
{
	int best = 0;

	for (uint32_t i = 0; i < fold_count(draft_fold(w), FOLD_NOTES); i++) {
		struct fold_note note;
		int fits;

		fold_note(draft_fold(w), i, &note);
		if (note.kind != NOTE_DUPLICATE || note.of != own || note.is_withdrawn)
			continue;
		fits = 1 + fold_may_change(draft_fold(w), FOLD_LINES, line, note.record.author) +
		       2 * !is_denied(w, note.record.own);
		if (fits <= best)
			continue;
		best = fits;
		*found = note;
	}
	return best > 0;
}

static bool may_part(const struct draft_work *w, uint32_t line, fold_slot stays)
{
	const struct public_key *own = &w->desk->identity->key;

	return fold_may_change(draft_fold(w), FOLD_LINES, line, own) ||
	       fold_may_change(draft_fold(w), FOLD_LINES, fold_index(draft_fold(w), FOLD_LINES, stays), own);
}

enum door_rc draft_check_twice(struct draft_work *w, uint32_t line)
{
	char ref[VIEW_REF_SIZE], other[VIEW_REF_SIZE], note_ref[VIEW_REF_SIZE], author[VIEW_NAME_SIZE];
	struct fold_line folded;
	struct fold_note note;

	fold_line(draft_fold(w), line, &folded);
	if (folded.stays == FOLD_NONE || !find_note(w, line, folded.record.own, &note))
		return DOOR_OK;
	picture_ref_text(draft_picture(w), fold_ref(draft_fold(w), folded.record.own), ref);
	picture_ref_text(draft_picture(w), fold_ref(draft_fold(w), folded.stays), other);
	picture_ref_text(draft_picture(w), fold_ref(draft_fold(w), note.record.own), note_ref);
	picture_author_name(draft_picture(w), note.record.author, author);
	if (draft_is_own(w, note.record.author))
		return draft_refuse(w, DOOR_E_INPUT,
				    SAY_OF(TWICE_OWN, say_text(ref), say_text(other), say_text(note_ref)));
	if (may_part(w, line, folded.stays))
		return draft_refuse(
			w, DOOR_E_INPUT,
			SAY_OF(TWICE_OTHERS, say_text(ref), say_text(author), say_text(other), say_text(note_ref)));
	return draft_refuse(w, DOOR_E_INPUT, SAY_OF(TWICE_ASK, say_text(ref), say_text(author), say_text(other)));
}

/* One that counts for another already goes with no third. */
static enum door_rc check_apart(struct draft_work *w, uint32_t of, uint32_t other)
{
	struct fold_line one, two;

	fold_line(draft_fold(w), of, &one);
	fold_line(draft_fold(w), other, &two);
	if (one.stays != FOLD_NONE && one.stays != two.record.own && one.stays != two.stays)
		return draft_check_twice(w, of);
	return two.stays == one.record.own ? draft_check_twice(w, other) : DOOR_OK;
}

enum door_rc draft_check_same(struct draft_work *w, const struct picture_hit *of, const struct picture_hit *other)
{
	struct fold_line one, two;

	if (of->list != FOLD_LINES || other->list != FOLD_LINES)
		return draft_refuse(w, DOOR_E_INPUT, SAY(DUPLICATE_OF_LINES));
	if (of->index == other->index)
		return draft_refuse(w, DOOR_E_INPUT, SAY(DUPLICATE_ITSELF));
	fold_line(draft_fold(w), of->index, &one);
	fold_line(draft_fold(w), other->index, &two);
	if (one.kind != two.kind || one.item != two.item || one.is_drill != two.is_drill)
		return draft_refuse(w, DOOR_E_INPUT, SAY(DUPLICATE_DIFFERS));
	return check_apart(w, of->index, other->index);
}
