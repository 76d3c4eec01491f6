/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who said what about a record: as JSON, or as lines to be copied. */
#include <stdlib.h>

#include "board/api/api_inside.h"
#include "board/api/view_json.h"
#include "board/sentence.h"

struct words_shown {
	struct text_buffer text; /* or */
	json_t *rows;
	enum language language;
	int64_t now;
};

static bool on_word(void *user, const struct view_word *word)
{
	struct words_shown *w = user;
	char line[SENTENCE_SIZE];

	if (w->rows != NULL) {
		json_array_append_new(w->rows, view_json_word(word, w->language));
		return true;
	}
	sentence_word(line, word, w->language, w->now);
	api_text_add(&w->text, line);
	return true;
}

void api_get_history(struct api *api, struct http_exchange *x)
{
	const struct board_view *view = api->config.view;
	struct words_shown w = { .text = API_TEXT_BEGIN, .language = api_language(x), .now = api_now(api) };
	const char *ref = http_query(x, "ref");
	size_t total;

	if (ref == NULL || ref[0] == '\0') {
		api_answer_error(x, 400, SAY_OF(API_FIELD_MISSING, say_text("ref")));
		return;
	}
	if (!api_has_room(x))
		return;
	if (!api_wants_text(x))
		w.rows = json_array();
	total = view->history(view->ctx, ref, on_word, &w);
	if (total == SIZE_MAX) {
		json_decref(w.rows);
		free(w.text.data);
		api_answer_error(x, 404, SAY_OF(API_RECORD_UNKNOWN, say_typed(ref)));
	} else if (w.rows == NULL) {
		api_text_answer(&w.text, x);
	} else {
		size_t left_out = total - json_array_size(w.rows);
		json_t *answer = json_pack("{s:s, s:o, s:I}", "ref", ref, "words", w.rows, "total", (json_int_t)total);

		if (answer != NULL && left_out > 0)
			json_object_set_new(answer, "left_out", json_integer((json_int_t)left_out));
		api_answer_json(x, 200, answer);
	}
}
