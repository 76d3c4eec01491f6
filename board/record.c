/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/record.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "board/show.h"
#include "board/words.h"

/* How well a record fits the name asked for: only the best matter. */
enum fit { FIT_NONE, FIT_NAME_BEGINS, FIT_NAME, FIT_REF };

struct search {
	const char *name;
	enum fit best;
	unsigned count; /* that fit so well */
	const char *kind;
	json_t *found;
	char ref[VIEW_REF_SIZE];
	char site[VIEW_NAME_SIZE];
};

static bool is_same_ref(const char *a, const char *b)
{
	for (;;) {
		while (*a == '-')
			a++;
		while (*b == '-')
			b++;
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

bool record_is(const struct view_record *record, const char *name)
{
	return is_same_ref(name, record->ref) || strcasecmp(name, record->full) == 0;
}

static enum fit fit_of(const struct search *s, const struct view_record *record, const char *name)
{
	if (record_is(record, s->name))
		return FIT_REF;
	if (name != NULL && strcasecmp(s->name, name) == 0)
		return FIT_NAME;
	if (name != NULL && s->name[0] != '\0' && strncasecmp(s->name, name, strlen(s->name)) == 0)
		return FIT_NAME_BEGINS;
	return FIT_NONE;
}

/* True when the caller should show this record: it is the first that fits so well. */
static bool takes(struct search *s, const struct view_record *record, const char *name, const char *kind)
{
	enum fit fit = fit_of(s, record, name);

	if (fit == FIT_NONE || fit < s->best)
		return false;
	s->count = fit == s->best ? s->count + 1 : 1;
	if (s->count > 1)
		return false;
	s->best = fit;
	s->kind = kind;
	memcpy(s->ref, record->ref, sizeof(s->ref));
	s->site[0] = '\0';
	json_decref(s->found);
	s->found = NULL;
	return true;
}

static bool on_site(void *user, const struct view_site *site)
{
	struct search *s = user;

	if (takes(s, &site->record, site->name, "site")) {
		s->found = show_site(site);
		memcpy(s->site, site->name, sizeof(s->site));
	}
	return true;
}

static bool on_line(void *user, const struct view_line *line)
{
	struct search *s = user;

	if (takes(s, &line->record, NULL, words_text(&WORDS_LINE_KIND, line->kind)))
		s->found = show_line(line);
	return true;
}

static bool on_move(void *user, const struct view_move *move)
{
	struct search *s = user;
	bool taken = takes(s, &move->record, NULL, "move");

	if (!taken && is_same_ref(s->name, move->last) && s->best < FIT_REF) {
		struct view_record last = move->record;

		/* A journey answers to its latest step as well. */
		memcpy(last.ref, move->last, sizeof(last.ref));
		taken = takes(s, &last, NULL, "move");
	}
	if (taken)
		s->found = show_move(move);
	return true;
}

static bool on_note(void *user, const struct view_note *note)
{
	struct search *s = user;

	if (takes(s, &note->record, NULL, "note"))
		s->found = show_note(note);
	return true;
}

/* --- what belongs to it --- */

struct belongings {
	const struct search *of;
	json_t *lines, *moves, *notes;
	size_t left_out;
};

/* True while the list may grow. */
static bool has_place(struct belongings *b, const json_t *list)
{
	if (json_array_size(list) < RECORD_BELONGINGS_MAX)
		return true;
	b->left_out++;
	return false;
}

static bool on_its_line(void *user, const struct view_line *line)
{
	struct belongings *b = user;

	if (strcmp(line->site_ref, b->of->ref) == 0 && has_place(b, b->lines))
		json_array_append_new(b->lines, show_line(line));
	return true;
}

static bool on_its_move(void *user, const struct view_move *move)
{
	struct belongings *b = user;
	const char *ref = b->of->ref, *site = b->of->site;

	if ((strcmp(move->of, ref) == 0 || strcmp(move->from, ref) == 0 ||
	     (site[0] != '\0' && (strcmp(move->to_site, site) == 0 || strcmp(move->from_site, site) == 0))) &&
	    has_place(b, b->moves))
		json_array_append_new(b->moves, show_move(move));
	return true;
}

static bool on_its_note(void *user, const struct view_note *note)
{
	struct belongings *b = user;

	if ((strcmp(note->of, b->of->ref) == 0 || strcmp(note->other, b->of->ref) == 0) && has_place(b, b->notes))
		json_array_append_new(b->notes, show_note(note));
	return true;
}

enum record_rc record_show(json_t **shown, const struct board_view *view, const char *name)
{
	struct search s = { .name = name };
	struct belongings b = { .of = &s };
	struct view_query all = { 0 };

	view->sites(view->ctx, &all, on_site, &s);
	view->lines(view->ctx, &all, on_line, &s);
	view->moves(view->ctx, &all, on_move, &s);
	view->notes(view->ctx, &all, on_note, &s);
	if (s.best == FIT_NONE)
		return RECORD_E_UNKNOWN;
	if (s.count > 1) {
		json_decref(s.found);
		return RECORD_E_AMBIGUOUS;
	}
	b.lines = json_array();
	b.moves = json_array();
	b.notes = json_array();
	if (s.site[0] != '\0')
		view->lines(view->ctx, &all, on_its_line, &b);
	view->moves(view->ctx, &all, on_its_move, &b);
	view->notes(view->ctx, &all, on_its_note, &b);
	*shown = json_pack("{s:s, s:o, s:o, s:o, s:o}", "kind", s.kind, "record", s.found, "lines", b.lines, "moves",
			   b.moves, "notes", b.notes);
	if (b.left_out > 0)
		json_object_set_new(*shown, "left_out", json_integer((json_int_t)b.left_out));
	return RECORD_OK;
}
