/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/picture/picture_filter.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "board/filters.h"
#include "node/picture/picture_state.h"
#include "node/picture/ref_text.h"
#include "proto/catalog/catalog_search.h"

static const enum view_list LIST_OF[FOLD_LISTS] = {
	[FOLD_SITES] = VIEW_SITES, [FOLD_LINES] = VIEW_LINES, [FOLD_MOVES] = VIEW_MOVES, [FOLD_NOTES] = VIEW_NOTES
};

static bool names_site(const char *wanted, struct view name, const char *ref)
{
	size_t size = strlen(wanted);

	if (strcasecmp(wanted, ref) == 0)
		return true;
	return (name.size == size || (size >= 3 && name.size > size)) &&
	       strncasecmp((const char *)name.data, wanted, size) == 0;
}

static uint8_t *find_sites(struct picture *p, const char *wanted)
{
	uint32_t count = fold_count(p->fold, FOLD_SITES);
	uint8_t *fits = calloc(count + 1, 1);

	for (uint32_t i = 0; fits && i < count; i++) {
		char ref[VIEW_REF_SIZE];
		struct fold_record record;

		fold_record(p->fold, FOLD_SITES, i, &record);
		picture_ref_text(p, fold_ref(p->fold, record.own), ref);
		fits[i] = names_site(wanted, fold_name(p->fold, record.standing), ref);
	}
	return fits;
}

/* The number of a word; -1 any. False: the list has no such word, so nothing fits. */
static bool word_of(int *found, const struct words *words, const char *wanted)
{
	*found = -1;
	if (!ref_text_is_given(wanted))
		return true;
	*found = words ? words_find(words, wanted) : -1;
	return *found >= 0;
}

static void note_item(struct picture_filter *f, const char *wanted)
{
	char *end;

	f->has_item = true;
	f->item = catalog_find_like(wanted);
	f->code = strtoul(wanted, &end, 10);
	if (*end)
		f->code = 0;
}

bool picture_filter_init(struct picture_filter *f, struct picture *p, uint32_t now_s, const struct view_query *query,
			 enum fold_list list)
{
	const struct filters *filters = &FILTERS[LIST_OF[list]];
	struct picture_hit hit;
	struct fold_record record;

	*f = (struct picture_filter){ .query = query, .only = UINT32_MAX, .about = FOLD_NONE, .now_s = now_s };
	if (ref_text_is_given(query->ref)) {
		if (picture_find_in(p, now_s, query->ref, list, &hit) != FOUND_ONE)
			return false;
		f->only = hit.index;
	}
	if (ref_text_is_given(query->about)) {
		if (picture_find(p, now_s, query->about, &hit) != FOUND_ONE)
			return false;
		fold_record(p->fold, hit.list, hit.index, &record);
		f->about = record.own;
	}
	if (!word_of(&f->kind, filters->kinds, query->kind) || !word_of(&f->status, filters->statuses, query->status))
		return false;
	if (ref_text_is_given(query->item))
		note_item(f, query->item);
	if (ref_text_is_given(query->site))
		f->site_fits = find_sites(p, query->site);
	return !ref_text_is_given(query->site) || f->site_fits;
}

void picture_filter_fini(struct picture_filter *f)
{
	free(f->site_fits);
}

static bool site_fits(const struct picture *p, const struct picture_filter *f, fold_slot site)
{
	uint32_t index = site == FOLD_NONE ? UINT32_MAX : fold_index(p->fold, FOLD_SITES, site);

	return index != UINT32_MAX && f->site_fits[index];
}

static bool item_fits(struct picture *p, const struct picture_filter *f, const struct fold_line *line)
{
	const struct catalog_item *item;
	struct entry standing;

	if (f->item)
		return line->item == f->item->code;
	if (f->code)
		return line->item == f->code;
	item = line->item ? catalog_find_code(line->item) : NULL;
	if (item)
		return strcasestr(item->labels[CATALOG_EN], f->query->item) != NULL;
	fold_read(p->fold, line->record.standing, &standing);
	return strcasestr(standing.line.text, f->query->item) != NULL;
}

static fold_slot site_of_line(const struct picture *p, fold_slot line)
{
	return line == FOLD_NONE ? FOLD_NONE : fold_site_named_by(p->fold, line);
}

static bool slot_item_fits(struct picture *p, const struct picture_filter *f, fold_slot line)
{
	struct fold_line folded;

	if (line == FOLD_NONE)
		return false;
	fold_line_at(p->fold, line, &folded);
	return item_fits(p, f, &folded);
}

/* Who asks for what is open asks for what is overdue as well. */
static bool status_fits(const struct picture_filter *f, const struct fold_line *line)
{
	return f->status < 0 || (int)line->status == f->status ||
	       (f->status == (int)VIEW_OPEN && fold_line_is_open(line));
}

/* A line belongs to the place where it stands. */
static bool line_fits(struct picture *p, const struct picture_filter *f, uint32_t index)
{
	struct fold_line line;

	if (f->kind < 0 && f->status < 0 && !f->site_fits && !f->has_item && f->about == FOLD_NONE)
		return true;
	fold_line(p->fold, index, &line);
	return (f->kind < 0 || (int)line.kind == f->kind) && status_fits(f, &line) &&
	       (f->about == FOLD_NONE || line.site == f->about) && (!f->site_fits || site_fits(p, f, line.site)) &&
	       (!f->has_item || item_fits(p, f, &line));
}

/* A site's moves are those from there and to there. */
static bool move_is_about(const struct picture *p, const struct fold_move *move, fold_slot about)
{
	return move->record.own == about || move->of == about || move->from == about ||
	       site_of_line(p, move->of) == about || site_of_line(p, move->from) == about;
}

static bool move_fits(struct picture *p, const struct picture_filter *f, uint32_t index)
{
	struct fold_move move;

	if (f->status < 0 && !f->site_fits && !f->has_item && f->about == FOLD_NONE)
		return true;
	fold_move(p->fold, index, &move);
	return (f->status < 0 || (int)move.stage == f->status) &&
	       (f->about == FOLD_NONE || move_is_about(p, &move, f->about)) &&
	       (!f->site_fits || site_fits(p, f, site_of_line(p, move.of)) ||
		site_fits(p, f, site_of_line(p, move.from))) &&
	       (!f->has_item || slot_item_fits(p, f, move.of) || slot_item_fits(p, f, move.from));
}

/* A note about a note is about what that one is about: so many are followed. */
enum { NOTES_DEEP = 4 };

static const enum fold_list LIST_OF_KIND[ENTRY_NOTE + 1] = {
	[ENTRY_SITE] = FOLD_SITES, [ENTRY_LINE] = FOLD_LINES, [ENTRY_MOVE] = FOLD_MOVES, [ENTRY_NOTE] = FOLD_NOTES
};

/* The site, line or journey that a note speaks of, through notes about notes. False: nothing that is shown. */
static bool subject_of(struct picture *p, fold_slot about, struct fold_record *subject, enum fold_list *list)
{
	for (int deep = 0; about != FOLD_NONE && deep < NOTES_DEEP; deep++) {
		struct ref ref = fold_ref(p->fold, about);
		struct fold_note note;
		uint32_t index;

		*list = LIST_OF_KIND[fold_kind(p->fold, about)];
		index = *list == FOLD_MOVES ? fold_find_journey(p->fold, ref) : fold_find(p->fold, *list, ref);
		if (index == UINT32_MAX)
			return false;
		fold_record(p->fold, *list, index, subject);
		if (*list != FOLD_NOTES)
			return true;
		fold_note(p->fold, index, &note);
		about = note.of;
	}
	return false;
}

static bool subject_site_fits(struct picture *p, const struct picture_filter *f, enum fold_list list, fold_slot own)
{
	struct fold_move move;

	if (list == FOLD_SITES)
		return site_fits(p, f, own);
	if (list == FOLD_LINES)
		return site_fits(p, f, site_of_line(p, own));
	fold_move_at(p->fold, own, &move);
	return site_fits(p, f, site_of_line(p, move.of)) || site_fits(p, f, site_of_line(p, move.from));
}

static bool subject_item_fits(struct picture *p, const struct picture_filter *f, enum fold_list list, fold_slot own)
{
	struct fold_move move;

	if (list == FOLD_SITES)
		return false;
	if (list == FOLD_LINES)
		return slot_item_fits(p, f, own);
	fold_move_at(p->fold, own, &move);
	return slot_item_fits(p, f, move.of) || slot_item_fits(p, f, move.from);
}

/* It speaks of the record, or says which one stays beside it. */
static bool note_is_about(struct picture *p, const struct fold_note *note, fold_slot about)
{
	struct entry standing;

	if (note->of == about)
		return true;
	fold_read(p->fold, note->record.standing, &standing);
	return !ref_is_none(standing.note.other) && ref_equal(standing.note.other, fold_ref(p->fold, about));
}

/* A note has the places and the items of what it is about. */
static bool note_fits(struct picture *p, const struct picture_filter *f, uint32_t index)
{
	struct fold_note note;
	struct fold_record subject;
	enum fold_list list;

	fold_note(p->fold, index, &note);
	if (!f->query->all && f->only == UINT32_MAX && picture_note_is_over(p, &note, f->now_s))
		return false;
	if ((f->kind >= 0 && (int)note.kind != f->kind) ||
	    (f->about != FOLD_NONE && !note_is_about(p, &note, f->about)))
		return false;
	if (!f->site_fits && !f->has_item)
		return true;
	return subject_of(p, note.of, &subject, &list) &&
	       (!f->site_fits || subject_site_fits(p, f, list, subject.own)) &&
	       (!f->has_item || subject_item_fits(p, f, list, subject.own));
}

static bool list_site_fits(struct picture *p, const struct picture_filter *f, uint32_t index)
{
	struct fold_record record;
	struct entry standing;

	if (f->site_fits && !f->site_fits[index])
		return false;
	if (f->status < 0)
		return true;
	fold_record(p->fold, FOLD_SITES, index, &record);
	fold_read(p->fold, record.standing, &standing);
	return (int)standing.site.state == f->status;
}

bool picture_filter_fits(struct picture *p, const struct picture_filter *f, enum fold_list list, uint32_t index)
{
	if (f->only != UINT32_MAX && index != f->only)
		return false;
	switch (list) {
	case FOLD_SITES:
		return list_site_fits(p, f, index);
	case FOLD_LINES:
		return line_fits(p, f, index);
	case FOLD_MOVES:
		return move_fits(p, f, index);
	case FOLD_NOTES:
		return note_fits(p, f, index);
	case FOLD_LISTS:
		break;
	}
	return false;
}
