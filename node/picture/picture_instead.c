/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* "Go to Oak instead" is a message about the place, by somebody who keeps it: "=> 4Q7-K2NX Oak". The last one stands. */
#include <string.h>

#include "node/picture/picture_state.h"
#include "node/picture/ref_text.h"

static bool ref_of(const char *text, char ref[VIEW_REF_SIZE])
{
	size_t size;

	if (strncmp(text, PICTURE_INSTEAD, strlen(PICTURE_INSTEAD)) != 0)
		return false;
	text += strlen(PICTURE_INSTEAD);
	size = strcspn(text, " ");
	if (!size || size >= VIEW_REF_SIZE)
		return false;
	memcpy(ref, text, size);
	ref[size] = '\0';
	return true;
}

/* The later of two words, by an order that is the same everywhere. */
static bool is_later(const struct fold_note *note, const struct fold_note *than)
{
	return than->of == FOLD_NONE || hlc_compare(note->record.changed, than->record.changed) > 0;
}

/* What the note says where to go; false: nothing. */
static bool says_where(struct picture *p, const struct fold_note *note, struct picture_hit *hit)
{
	struct entry standing;
	char ref[VIEW_REF_SIZE];

	fold_read(p->fold, note->record.standing, &standing);
	return !(standing.note.flags & NOTE_WITHDRAWN) && ref_of(standing.note.text, ref) &&
	       picture_look_in(p, ref, FOLD_SITES, hit) == FOUND_ONE;
}

void picture_instead(struct picture *p, uint32_t site, char name[VIEW_NAME_SIZE], char ref[VIEW_REF_SIZE])
{
	struct fold_note newest = { .of = FOLD_NONE };
	struct fold_record record;
	struct picture_hit hit, found = { .index = UINT32_MAX };
	struct entry there;

	name[0] = ref[0] = '\0';
	fold_record(p->fold, FOLD_SITES, site, &record);
	for (uint32_t i = 0; i < fold_count(p->fold, FOLD_NOTES); i++) {
		struct fold_note note;

		fold_note(p->fold, i, &note);
		if (note.of != record.own || note.kind != NOTE_MESSAGE || !is_later(&note, &newest) ||
		    !fold_may_change(p->fold, FOLD_SITES, site, note.record.author) || !says_where(p, &note, &hit) ||
		    hit.index == site)
			continue;
		newest = note;
		found = hit;
	}
	if (newest.of == FOLD_NONE)
		return;
	fold_record(p->fold, FOLD_SITES, found.index, &record);
	fold_read(p->fold, record.standing, &there);
	text_cut(name, VIEW_NAME_SIZE - 1, there.site.name);
	picture_ref_text(p, found.ref, ref);
}
