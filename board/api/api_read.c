/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "board/api/api_inside.h"
#include "board/text/iso_time.h"
#include "board/display/lcd.h"
#include "board/api/picture_json.h"
#include "board/filters.h"
#include "board/api/record.h"
#include "board/sentence.h"
#include "board/api/view_json.h"
#include "board/text/words.h"

void api_get_status(struct api *api, struct http_exchange *x)
{
	struct view_status status = { 0 };

	api->config.view->status(api->config.view->ctx, &status);
	api_answer_json(x, 200, view_json_status(&status, api_language(x)));
}

static bool word_is_fine(struct http_exchange *x, const char *name, const struct words *words)
{
	const char *value = http_query(x, name);

	if (value == NULL || words == NULL || words_find(words, value) >= 0)
		return true;
	api_answer_error(x, 400, SAY_OF(API_MUST_BE_ONE_OF, say_text(name), say_words(words)));
	return false;
}

/* What would change nothing is no answer to whoever asked for it. */
static bool filters_are_fine(struct http_exchange *x, const struct filters *filters)
{
	for (size_t i = 0; i < WORDS_FILTERS.count; i++) {
		const char *name = WORDS_FILTERS.list[i];

		if (http_query(x, name) == NULL || words_find(&filters->names, name) >= 0)
			continue;
		api_answer_error(x, 400,
				 filters->names.count
					 ? SAY_OF(API_FILTER_NONE, say_text(filters->list), say_text(name),
						  say_words(&filters->names))
					 : SAY_OF(API_FILTERS_NONE, say_text(filters->list), say_text(name)));
		return false;
	}
	return word_is_fine(x, "kind", filters->kinds) && word_is_fine(x, "status", filters->statuses);
}

static bool is_first(void *user, const struct view_site *site)
{
	(void)user;
	(void)site;
	return false;
}

/* A place that nobody knows is told apart from one with nothing. */
static bool site_is_fine(const struct api *api, struct http_exchange *x, const struct view_query *query)
{
	const struct board_view *view = api->config.view;
	struct view_query named = { .site = query->site, .at = query->at, .limit = 1 };

	if (query->site == NULL || *query->site == '\0' || view->sites(view->ctx, &named, is_first, NULL) > 0)
		return true;
	api_answer_error(x, 404, SAY_OF(SITE_UNKNOWN, say_typed(query->site)));
	return false;
}

static bool query_read(struct view_query *query, const struct api *api, struct http_exchange *x, enum view_list list)
{
	const char *at = http_query(x, "at");

	*query = (struct view_query){ .site = http_query(x, "site"),
				      .item = http_query(x, "item"),
				      .kind = http_query(x, "kind"),
				      .status = http_query(x, "status"),
				      .about = http_query(x, "about"),
				      .ref = http_query(x, "ref"),
				      .all = http_query(x, "all") != NULL };
	if (!filters_are_fine(x, &FILTERS[list]))
		return false;
	if (at != NULL && !iso_time_parse(&query->at, at)) {
		api_answer_error(x, 400, SAY_OF(API_MUST_BE_TIME, say_text("at")));
		return false;
	}
	return site_is_fine(api, x, query);
}

/* --- lists --- */

static bool page_read(struct view_query *query, struct http_exchange *x)
{
	query->limit = API_PAGE_ROWS;
	return api_number_read(&query->limit, x, "limit", 1, API_PAGE_ROWS_MAX) &&
	       api_number_read(&query->offset, x, "offset", 0, 999999999) && api_has_room(x);
}

static void page_answer(json_t *rows, size_t total, const struct view_query *query, struct http_exchange *x,
			const char *name)
{
	size_t next = query->offset + json_array_size(rows);
	json_t *answer = json_pack("{s:o, s:I}", name, rows, "total", (json_int_t)total);

	if (answer != NULL && next < total && next > query->offset)
		json_object_set_new(answer, "next", json_integer((json_int_t)next));
	api_answer_json(x, 200, answer);
}

/* Text to be copied: a line for each row. */
struct copy {
	struct text_buffer text;
	enum language language;
	int64_t now;
};

#define LISTED(NOUN, LIST)                                                                                             \
	static bool on_##NOUN(void *user, const struct view_##NOUN *seen)                                              \
	{                                                                                                              \
		json_array_append_new(user, view_json_##NOUN(seen));                                                   \
		return true;                                                                                           \
	}                                                                                                              \
                                                                                                                       \
	static bool on_##NOUN##_text(void *user, const struct view_##NOUN *seen)                                       \
	{                                                                                                              \
		struct copy *copy = user;                                                                              \
		char line[SENTENCE_SIZE];                                                                              \
                                                                                                                       \
		sentence_##NOUN(line, seen, copy->language, copy->now);                                                \
		api_text_add(&copy->text, line);                                                                       \
		return true;                                                                                           \
	}                                                                                                              \
                                                                                                                       \
	void api_get_##NOUN##s(struct api *api, struct http_exchange *x)                                               \
	{                                                                                                              \
		const struct board_view *view = api->config.view;                                                      \
		struct copy copy = { .text = API_TEXT_BEGIN, .language = api_language(x) };                            \
		struct view_query query;                                                                               \
		json_t *rows;                                                                                          \
                                                                                                                       \
		if (!query_read(&query, api, x, LIST) || !page_read(&query, x))                                        \
			return;                                                                                        \
		if (api_wants_text(x)) {                                                                               \
			copy.now = api_now(api);                                                                       \
			view->NOUN##s(view->ctx, &query, on_##NOUN##_text, &copy);                                     \
			api_text_answer(&copy.text, x);                                                                \
			return;                                                                                        \
		}                                                                                                      \
		rows = json_array();                                                                                   \
		page_answer(rows, view->NOUN##s(view->ctx, &query, on_##NOUN, rows), &query, x, #NOUN "s");            \
	}

LISTED(site, VIEW_SITES)
LISTED(line, VIEW_LINES)
LISTED(move, VIEW_MOVES)
LISTED(note, VIEW_NOTES)
LISTED(author, VIEW_AUTHORS)

/* What stands between two nodes is told in the reader's language, and by how well each knows the date. */
struct peers {
	json_t *rows; /* or, where that is NULL, */
	struct copy copy;
	enum view_time_quality ours;
};

static bool on_peer(void *user, const struct view_peer *peer)
{
	struct peers *peers = user;
	char line[SENTENCE_SIZE];

	if (peers->rows != NULL) {
		json_array_append_new(peers->rows, view_json_peer(peer, peers->ours, peers->copy.language));
		return true;
	}
	sentence_peer(line, peer, peers->ours, peers->copy.language, peers->copy.now);
	api_text_add(&peers->copy.text, line);
	return true;
}

void api_get_peers(struct api *api, struct http_exchange *x)
{
	const struct board_view *view = api->config.view;
	struct view_status status = { 0 };
	struct peers peers = { .copy = { .text = API_TEXT_BEGIN, .language = api_language(x) } };
	struct view_query query;
	size_t total;

	if (!query_read(&query, api, x, VIEW_PEERS) || !page_read(&query, x))
		return;
	view->status(view->ctx, &status);
	peers.ours = status.time_quality;
	peers.copy.now = status.now;
	peers.rows = api_wants_text(x) ? NULL : json_array();
	total = view->peers(view->ctx, &query, on_peer, &peers);
	if (peers.rows == NULL)
		api_text_answer(&peers.copy.text, x);
	else
		page_answer(peers.rows, total, &query, x, "peers");
}

/* --- single things --- */

void api_get_picture(struct api *api, struct http_exchange *x)
{
	struct view_query query = { 0 };
	const char *at = http_query(x, "at");
	char *text;

	if (at != NULL && !iso_time_parse(&query.at, at)) {
		api_answer_error(x, 400, SAY_OF(API_MUST_BE_TIME, say_text("at")));
		return;
	}
	text = picture_json_text(api->config.view, query.at);
	if (text == NULL)
		api_answer_error(x, 503, SAY(MEMORY_PICTURE));
	else
		http_answer(x, 200, "application/json", text, strlen(text));
}

void api_get_record(struct api *api, struct http_exchange *x, const char *ref)
{
	json_t *shown = NULL;

	if (!api_has_room(x))
		return;
	switch (record_show(&shown, api->config.view, ref)) {
	case RECORD_OK:
		api_answer_json(x, 200, shown);
		return;
	case RECORD_E_UNKNOWN:
		api_answer_error(x, 404, SAY_OF(API_RECORD_UNKNOWN, say_typed(ref)));
		return;
	case RECORD_E_AMBIGUOUS:
		api_answer_error(x, 409, SAY_OF(API_RECORD_SEVERAL, say_typed(ref)));
		return;
	}
}

static void answer_lcd_text(struct http_exchange *x, const struct lcd_page *page)
{
	char *text = malloc(LCD_ROWS_MAX * (LCD_COLS_MAX + 1) + 1);
	size_t used = 0;

	if (text == NULL) {
		api_answer_error(x, 503, SAY(MEMORY));
		return;
	}
	for (size_t row = 0; row < page->rows; row++)
		used += (size_t)sprintf(text + used, "%s\n", page->text[row]);
	http_answer(x, 200, "text/plain; charset=us-ascii", text, used);
}

void api_get_radio(struct api *api, struct http_exchange *x)
{
	struct view_radio radio = { .state = VIEW_RADIO_OFF };

	api->config.view->radio(api->config.view->ctx, &radio);
	api_answer_json(x, 200, view_json_radio(&radio, api_language(x)));
}

/* Pages come and go between two calls: a number beyond the last shows the first ones again. */
void api_get_lcd(struct api *api, struct http_exchange *x)
{
	const char *size_text = http_query(x, "size"), *index_text = http_query(x, "page");
	enum lcd_size size = LCD_20X4;
	struct lcd_page page;
	json_t *rows;
	size_t count, index;

	if (size_text != NULL && !lcd_size_parse(&size, size_text)) {
		api_answer_error(x, 400, SAY(API_LCD_SIZE));
		return;
	}
	if (index_text != NULL && (index_text[0] == '\0' || strspn(index_text, "0123456789") != strlen(index_text))) {
		api_answer_error(x, 400, SAY(API_LCD_PAGE));
		return;
	}
	count = lcd_page_count(api->config.view, size);
	index = index_text != NULL ? strtoul(index_text, NULL, 10) % count : 0;
	lcd_render(&page, api->config.view, size, index);
	if (api_wants_text(x)) {
		answer_lcd_text(x, &page);
		return;
	}
	rows = json_array();
	for (size_t row = 0; row < page.rows; row++)
		json_array_append_new(rows, json_string(page.text[row]));
	api_answer_json(x, 200, json_pack("{s:i, s:i, s:o}", "pages", (int)count, "page", (int)index, "lines", rows));
}
