/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What notes say of other records, by the run: of a line that it may stand twice, by one trusted voice, which is only shown
 * (sync/fold/fold_twice.c says what counts as one); of a note that it is not true. */
#include <stdlib.h>

#include "node/picture/picture_state.h"

/* A stranger does not say of others' records that they are none. */
static bool counts(const struct picture *p, const struct fold_note *note)
{
	return note->kind == NOTE_DUPLICATE && note->of != FOLD_NONE && !note->is_withdrawn &&
	       fold_distance(p->fold, p->self, note->record.author) <= FOLD_VOUCHES;
}

/* As CAP has it: an update or a cancellation of what the same author passed on before. */
static bool updates(const struct picture *p, const struct fold_note *note)
{
	return note->kind == NOTE_ALERT && fold_kind(p->fold, note->of) == ENTRY_NOTE &&
	       public_key_equal(fold_author_of(p->fold, note->of), note->record.author);
}

static void remember_denial(struct picture *p, const struct fold_note *note, uint32_t count)
{
	if (!p->denials)
		p->denials = calloc(count, sizeof *p->denials);
	if (p->denials)
		p->denials[p->denial_count++] = (struct denial){ .of = note->of,
								 .own = note->record.own,
								 .updates = note->kind == NOTE_ALERT,
								 .said = note->record.changed };
}

static void collect(struct picture *p)
{
	uint32_t count = fold_count(p->fold, FOLD_NOTES);

	p->twice_is_known = true;
	for (uint32_t i = 0; i < count; i++) {
		struct fold_note note;
		struct entry said;

		fold_note(p->fold, i, &note);
		if (note.of != FOLD_NONE && !note.is_withdrawn && (note.kind == NOTE_DENIAL || updates(p, &note)))
			remember_denial(p, &note, count);
		if (!counts(p, &note))
			continue;
		if (!p->twice)
			p->twice = calloc(count, sizeof *p->twice);
		if (!p->twice)
			return;
		fold_read(p->fold, note.record.standing, &said);
		p->twice[p->twice_count++] = (struct twice){ .slot = note.of, .stays = said.note.other };
	}
}

struct ref picture_stays(struct picture *p, fold_slot own)
{
	if (!p->twice_is_known)
		collect(p);
	for (uint32_t i = 0; i < p->twice_count; i++)
		if (p->twice[i].slot == own)
			return p->twice[i].stays;
	return (struct ref){ 0, 0 };
}

/* The nearer to this node, the more it says; then what was said last. */
static bool is_weightier(const struct picture *p, const struct denial *a, const struct denial *b)
{
	uint32_t one = fold_distance(p->fold, p->self, fold_author_of(p->fold, a->own));
	uint32_t other = fold_distance(p->fold, p->self, fold_author_of(p->fold, b->own));

	return one != other ? one < other : hlc_compare(a->said, b->said) > 0;
}

fold_slot picture_denial(struct picture *p, fold_slot note)
{
	const struct denial *best = NULL;

	if (!p->twice_is_known)
		collect(p);
	for (uint32_t i = 0; i < p->denial_count; i++)
		if (p->denials[i].of == note && !p->denials[i].updates &&
		    (!best || is_weightier(p, &p->denials[i], best)))
			best = &p->denials[i];
	return best ? best->own : FOLD_NONE;
}

bool picture_is_updated(struct picture *p, fold_slot note)
{
	if (!p->twice_is_known)
		collect(p);
	for (uint32_t i = 0; i < p->denial_count; i++)
		if (p->denials[i].of == note && p->denials[i].updates)
			return true;
	return false;
}

void picture_forget_twice(struct picture *p)
{
	free(p->twice);
	free(p->denials);
	p->twice = NULL;
	p->denials = NULL;
	p->twice_count = p->denial_count = 0;
	p->twice_is_known = false;
}
