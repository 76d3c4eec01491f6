/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/api/record.h"

#include <string.h>
#include <strings.h>

#include "board/api/view_json.h"
#include "board/text/words.h"

struct search {
	const char *name;
	bool whole; /* a site is called exactly so */
	unsigned count;
	const char *kind;
	json_t *found; /* the first */
	char ref[VIEW_REF_SIZE];
	bool is_site, is_line;
};

static void take(struct search *s, const struct view_record *record, const char *kind, json_t *shown)
{
	if (s->count++ > 0) {
		json_decref(shown);
		return;
	}
	s->kind = kind;
	s->found = shown;
	memcpy(s->ref, record->ref, sizeof(s->ref));
}

static bool on_site(void *user, const struct view_site *site)
{
	struct search *s = user;

	s->is_site = true;
	take(s, &site->record, "site", view_json_site(site));
	return true;
}

static bool on_line(void *user, const struct view_line *line)
{
	((struct search *)user)->is_line = true;
	take(user, &line->record, words_text(&WORDS_LINE_KIND, line->kind), view_json_line(line));
	return true;
}

static bool on_move(void *user, const struct view_move *move)
{
	take(user, &move->record, "move", view_json_move(move));
	return true;
}

static bool on_note(void *user, const struct view_note *note)
{
	take(user, &note->record, "note", view_json_note(note));
	return true;
}

/* A name counts whole, or else by its beginning. */
static bool on_named_site(void *user, const struct view_site *site)
{
	struct search *s = user;
	bool whole = strcasecmp(s->name, site->name) == 0;

	if (!whole && (s->whole || strncasecmp(s->name, site->name, strlen(s->name)) != 0))
		return true;
	if (whole && !s->whole) {
		json_decref(s->found);
		s->found = NULL;
		s->count = 0;
		s->whole = true;
	}
	return on_site(user, site);
}

static void search(struct search *s, const struct board_view *view)
{
	struct view_query named = { .ref = s->name }, all = { 0 };

	if (s->name[0] == '\0')
		return;
	view->sites(view->ctx, &named, on_site, s);
	view->lines(view->ctx, &named, on_line, s);
	view->moves(view->ctx, &named, on_move, s);
	view->notes(view->ctx, &named, on_note, s);
	if (s->count == 0)
		view->sites(view->ctx, &all, on_named_site, s);
}

/* --- what belongs to it --- */

#define BELONGS(NOUN)                                                                                                  \
	static bool on_its_##NOUN(void *user, const struct view_##NOUN *seen)                                          \
	{                                                                                                              \
		json_array_append_new(user, view_json_##NOUN(seen));                                                   \
		return true;                                                                                           \
	}

/* Rounds stand apart from what is needed and what is there. */
struct its_lines {
	json_t *lines, *rounds;
};

static bool on_its_line(void *user, const struct view_line *seen)
{
	struct its_lines *its = user;

	json_array_append_new(seen->kind == VIEW_ROUND ? its->rounds : its->lines, view_json_line(seen));
	return true;
}

BELONGS(move)
BELONGS(note)

enum record_rc record_show(json_t **shown, const struct board_view *view, const char *name)
{
	struct search s = { .name = name };
	struct view_query its = { .about = s.ref, .limit = RECORD_BELONGINGS_MAX };
	struct its_lines found = { NULL, NULL };
	json_t *moves, *notes;
	size_t all = 0, listed;

	search(&s, view);
	if (s.count != 1) {
		json_decref(s.found);
		return s.count == 0 ? RECORD_E_UNKNOWN : RECORD_E_AMBIGUOUS;
	}
	found = (struct its_lines){ json_array(), json_array() };
	moves = json_array();
	notes = json_array();
	if (s.is_site)
		all += view->lines(view->ctx, &its, on_its_line, &found);
	all += view->moves(view->ctx, &its, on_its_move, moves);
	all += view->notes(view->ctx, &its, on_its_note, notes);
	listed = json_array_size(found.lines) + json_array_size(found.rounds) + json_array_size(moves) +
		 json_array_size(notes);
	*shown = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "kind", s.kind, "record", s.found, "lines", found.lines,
			   "rounds", found.rounds, "moves", moves, "notes", notes);
	if (s.is_line) {
		found.lines = found.rounds = json_array();
		its.overtaken = true;
		view->lines(view->ctx, &its, on_its_line, &found);
		json_object_set_new(*shown, "overtaken", found.lines);
	}
	if (all > listed)
		json_object_set_new(*shown, "left_out", json_integer((json_int_t)(all - listed)));
	return RECORD_OK;
}
