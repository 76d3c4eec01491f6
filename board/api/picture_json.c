/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/api/picture_json.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "board/api/view_json.h"
#include "board/text/json_form.h"

struct drawing {
	json_t *list;
	json_t *fulls; /* ref to full */
};

/* `own`, `trust`, whose word it is that something stands twice, and the way there differ from viewer to viewer; so may the short form of a ref, which `full` replaces. */
static void add(struct drawing *d, json_t *shown)
{
	json_object_set(d->fulls, json_string_value(json_object_get(shown, "ref")), json_object_get(shown, "full"));
	json_object_del(shown, "ref");
	json_object_del(shown, "trust");
	json_object_del(shown, "own");
	json_object_del(shown, "duplicate_of");
	json_object_del(shown, "denied");
	json_object_del(shown, "way");
	json_object_del(shown, "distance_m");
	json_array_append_new(d->list, shown);
}

static bool on_site(void *user, const struct view_site *site)
{
	add(user, view_json_site(site));
	return true;
}

static bool on_line(void *user, const struct view_line *line)
{
	add(user, view_json_line(line));
	return true;
}

/* The latest move of a journey is named by `id` of its first and by its stage; its own short ref is not needed. */
static bool on_move(void *user, const struct view_move *move)
{
	json_t *shown = view_json_move(move);

	json_object_del(shown, "last");
	add(user, shown);
	return true;
}

static bool on_note(void *user, const struct view_note *note)
{
	add(user, view_json_note(note));
	return true;
}

static int by_full(const void *a, const void *b)
{
	return strcmp(json_string_value(json_object_get(*(json_t *const *)a, "full")),
		      json_string_value(json_object_get(*(json_t *const *)b, "full")));
}

static json_t *sorted(json_t *list)
{
	size_t count = json_array_size(list);
	json_t **items = calloc(count + 1, sizeof(*items)), *out = items != NULL ? json_array() : NULL;

	for (size_t i = 0; out != NULL && i < count; i++)
		items[i] = json_array_get(list, i);
	if (out != NULL)
		qsort(items, count, sizeof(*items), by_full);
	for (size_t i = 0; out != NULL && i < count; i++)
		json_array_append(out, items[i]);
	free(items);
	return out;
}

static void lengthen(json_t *list, const json_t *fulls)
{
	static const char *const REFERENCES[] = { "site_ref", "of", "from", "other" };
	size_t index;
	json_t *shown;

	json_array_foreach (list, index, shown) {
		for (size_t i = 0; i < sizeof(REFERENCES) / sizeof(REFERENCES[0]); i++) {
			const char *ref = json_string_value(json_object_get(shown, REFERENCES[i]));
			json_t *full = ref != NULL && ref[0] != '\0' ? json_object_get(fulls, ref) : NULL;

			if (full != NULL)
				json_object_set(shown, REFERENCES[i], full);
		}
	}
}

char *picture_json_text(const struct board_view *view, int64_t at)
{
	static const char *const NAMES[] = { "sites", "lines", "moves", "notes" };
	struct view_query query = { .at = at, .all = true };
	json_t *fulls = json_object(), *picture = json_object();
	struct drawing drawings[4];
	char *text;

	for (size_t i = 0; i < 4; i++)
		drawings[i] = (struct drawing){ .list = json_array(), .fulls = fulls };
	view->sites(view->ctx, &query, on_site, &drawings[0]);
	view->lines(view->ctx, &query, on_line, &drawings[1]);
	view->moves(view->ctx, &query, on_move, &drawings[2]);
	view->notes(view->ctx, &query, on_note, &drawings[3]);
	for (size_t i = 0; i < 4; i++) {
		lengthen(drawings[i].list, fulls);
		json_object_set_new(picture, NAMES[i], sorted(drawings[i].list));
		json_decref(drawings[i].list);
	}
	text = json_object_size(picture) == 4 ? json_dumps(picture, JSON_FORM | JSON_SORT_KEYS) : NULL;
	json_decref(picture);
	json_decref(fulls);
	return text;
}
