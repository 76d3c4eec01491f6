/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* "Go to Oak instead" is a message about the place, by somebody who keeps it: "=> 4Q7-K2NX Oak". The last one stands, until the
 * place is open again. People read "go to Oak". */
#include <string.h>

#include "node/picture/picture_state.h"
#include "node/picture/ref_text.h"
#include "proto/text.h"

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

/* The one that stands for that place; its `of` is FOLD_NONE where nobody says. */
static struct fold_note newest_of(struct picture *p, uint32_t site, struct picture_hit *found)
{
	struct fold_note newest = { .of = FOLD_NONE };
	struct fold_record record;
	struct picture_hit hit;

	fold_record(p->fold, FOLD_SITES, site, &record);
	for (uint32_t i = 0; i < fold_count(p->fold, FOLD_NOTES); i++) {
		struct fold_note note;

		fold_note(p->fold, i, &note);
		if (note.of != record.own || note.kind != NOTE_MESSAGE || !is_later(&note, &newest) ||
		    !fold_may_change(p->fold, FOLD_SITES, site, note.record.author) || !says_where(p, &note, &hit) ||
		    hit.index == site)
			continue;
		newest = note;
		*found = hit;
	}
	return newest;
}

static void site_name(const struct picture *p, uint32_t site, char name[VIEW_NAME_SIZE])
{
	struct fold_record record;
	struct entry standing;

	fold_record(p->fold, FOLD_SITES, site, &record);
	fold_read(p->fold, record.standing, &standing);
	text_cut(name, VIEW_NAME_SIZE - 1, standing.site.name);
}

void picture_instead(struct picture *p, uint32_t site, char name[VIEW_NAME_SIZE], char ref[VIEW_REF_SIZE])
{
	struct picture_hit found;

	name[0] = ref[0] = '\0';
	if (newest_of(p, site, &found).of == FOLD_NONE)
		return;
	site_name(p, found.index, name);
	picture_ref_text(p, found.ref, ref);
}

bool picture_instead_note(struct picture *p, uint32_t site, struct ref *note)
{
	struct picture_hit found;
	struct fold_note newest = newest_of(p, site, &found);

	if (newest.of == FOLD_NONE)
		return false;
	*note = fold_ref(p->fold, newest.record.own);
	return true;
}

/* The place that the note is about; UINT32_MAX: it says nothing of where to go. */
static uint32_t place_left(const struct picture *p, const struct fold_note *note, const struct entry *said,
			   char ref[VIEW_REF_SIZE])
{
	if (note->kind != NOTE_MESSAGE || note->of == FOLD_NONE || fold_kind(p->fold, note->of) != ENTRY_SITE ||
	    !ref_of(said->note.text, ref))
		return UINT32_MAX;
	return fold_index(p->fold, FOLD_SITES, note->of);
}

bool picture_note_instead(struct picture *p, const struct fold_note *note, char name[VIEW_NAME_SIZE])
{
	struct picture_hit hit;
	struct entry said;
	char ref[VIEW_REF_SIZE];
	const char *rest;

	fold_read(p->fold, note->record.standing, &said);
	if (place_left(p, note, &said, ref) == UINT32_MAX)
		return false;
	/* A place that has not come here yet has the name that was said. */
	rest = said.note.text + strlen(PICTURE_INSTEAD) + strlen(ref);
	text_cut(name, VIEW_NAME_SIZE - 1, *rest ? rest + 1 : ref);
	if (picture_look_in(p, ref, FOLD_SITES, &hit) == FOUND_ONE)
		site_name(p, hit.index, name);
	return true;
}

bool picture_instead_is_over(struct picture *p, const struct fold_note *note)
{
	struct picture_hit hit;
	struct fold_record record;
	struct fold_note newest;
	struct entry said, site;
	char ref[VIEW_REF_SIZE];
	uint32_t index;

	fold_read(p->fold, note->record.standing, &said);
	index = place_left(p, note, &said, ref);
	if (index == UINT32_MAX)
		return false;
	fold_record(p->fold, FOLD_SITES, index, &record);
	fold_read(p->fold, record.standing, &site);
	if (site.site.state == SITE_OPEN || site.site.state == SITE_UNLISTED)
		return true;
	newest = newest_of(p, index, &hit);
	return newest.of != FOLD_NONE && hlc_compare(note->record.changed, newest.record.changed) < 0;
}
