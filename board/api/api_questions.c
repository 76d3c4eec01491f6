/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Questions and lists, as JSON or as text to be copied. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "board/api/api_inside.h"
#include "board/text/said_json.h"
#include "board/text/iso_time.h"
#include "board/sentence.h"
#include "board/api/view_json.h"
#include "board/text/words.h"

/* --- text --- */

/* --- questions --- */

struct answers {
	struct text_buffer text; /* or */
	json_t *rows;
	enum view_question question;
	enum language language;
	int64_t now;
};

static bool on_answer(void *user, const struct view_answer *answer)
{
	struct answers *a = user;
	char line[SENTENCE_SIZE];

	if (a->rows != NULL) {
		json_array_append_new(a->rows, view_json_answer(answer, a->language));
	} else {
		sentence_answer(line, a->question, answer, a->language, a->now);
		api_text_add(&a->text, line);
	}
	return true;
}

/* What a question does not go by would change nothing. */
static bool is_refused(struct http_exchange *x, const char *question, const char *name)
{
	if (http_query(x, name) == NULL)
		return false;
	api_answer_error(x, 400, SAY_OF(API_QUESTION_HAS_NO, say_text(question), say_text(name)));
	return true;
}

static bool asked_read(struct view_asked *asked, struct http_exchange *x, const char *name)
{
	int question = words_find(&WORDS_QUESTION, name);
	const char *at = http_query(x, "at");

	*asked = (struct view_asked){ .site = http_query(x, "site"), .limit = API_PAGE_ROWS };
	if (question < 0) {
		api_answer_error(x, 404, SAY_OF(API_QUESTION_UNKNOWN, say_typed(name), say_words(&WORDS_QUESTION)));
		return false;
	}
	asked->question = (enum view_question)question;
	if (at != NULL && !iso_time_parse(&asked->at, at)) {
		api_answer_error(x, 400, SAY_OF(API_MUST_BE_TIME, say_text("at")));
		return false;
	}
	/* What is loaded and what is left over is here; only a vehicle has a load. */
	if ((asked->question != VIEW_Q_LOAD && is_refused(x, name, "kg")) ||
	    ((asked->question == VIEW_Q_LOAD || asked->question == VIEW_Q_SURPLUS) && is_refused(x, name, "km")))
		return false;
	/* Nothing lies within 0 km, and a vehicle that carries nothing is none. */
	return api_number_read32(&asked->km, x, "km", 1, 20100) && api_number_read32(&asked->kg, x, "kg", 1, 1000000) &&
	       api_number_read(&asked->limit, x, "limit", 1, API_PAGE_ROWS_MAX) &&
	       api_number_read(&asked->offset, x, "offset", 0, 999999999);
}

static void answer_rows(struct answers *a, struct http_exchange *x, const struct view_asked *asked, size_t total,
			const struct said *remark)
{
	size_t next;
	char iso[ISO_TIME_SIZE], text[SAID_WRITTEN_SIZE];
	json_t *answer;

	if (a->rows == NULL) {
		said_write(text, sizeof(text), a->language, remark);
		if (text[0] != '\0')
			api_text_add(&a->text, text);
		api_text_answer(&a->text, x);
		return;
	}
	next = asked->offset + json_array_size(a->rows);
	iso_time_format(iso, asked->at != 0 ? asked->at : a->now);
	answer = json_pack("{s:s, s:s, s:o, s:I}", "question", words_text(&WORDS_QUESTION, a->question), "as_of", iso,
			   "rows", a->rows, "total", (json_int_t)total);
	if (answer != NULL)
		said_json_put(answer, "remark", remark, a->language);
	if (answer != NULL && next < total && next > asked->offset)
		json_object_set_new(answer, "next", json_integer((json_int_t)next));
	api_answer_json(x, 200, answer);
}

void api_get_question(struct api *api, struct http_exchange *x, const char *name)
{
	const struct board_view *view = api->config.view;
	struct said remark = { 0 };
	struct view_asked asked;
	struct answers a = { .text = API_TEXT_BEGIN };
	size_t total;

	if (!asked_read(&asked, x, name) || !api_has_room(x))
		return;
	a.question = asked.question;
	a.language = api_language(x);
	a.now = api_now(api);
	if (!api_wants_text(x))
		a.rows = json_array();
	total = view->ask(view->ctx, &remark, &asked, on_answer, &a);
	if (total != SIZE_MAX) {
		answer_rows(&a, x, &asked, total, &remark);
		return;
	}
	json_decref(a.rows);
	free(a.text.data);
	api_answer_said(x, 400, &remark);
}
