/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What stands twice: a record that a note calls a duplicate of another. Only shown: totals count both. */
#include <stdlib.h>

#include "node/picture/picture_state.h"

/* A stranger does not say of others' records that they are none. */
static bool counts(const struct picture *p, const struct fold_note *note)
{
	return note->kind == NOTE_DUPLICATE && note->of != FOLD_NONE &&
	       fold_distance(p->fold, p->self, note->record.author) <= FOLD_VOUCHES;
}

static void collect(struct picture *p)
{
	uint32_t count = fold_count(p->fold, FOLD_NOTES);

	p->twice_is_known = true;
	for (uint32_t i = 0; i < count; i++) {
		struct fold_note note;
		struct entry said;

		fold_note(p->fold, i, &note);
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

void picture_forget_twice(struct picture *p)
{
	free(p->twice);
	p->twice = NULL;
	p->twice_count = 0;
	p->twice_is_known = false;
}
