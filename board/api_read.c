/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "board/api_inside.h"
#include "board/iso_time.h"
#include "board/lcd.h"
#include "board/picture.h"
#include "board/record.h"
#include "board/show.h"
#include "board/words.h"
#include "proto/catalog.h"

void api_get_status(struct api *api, struct http_exchange *x)
{
	struct view_status status = { 0 };

	api->config.view->status(api->config.view->ctx, &status);
	api_answer_json(x, 200, show_status(&status));
}

static bool word_is_fine(struct http_exchange *x, const char *name, const struct words *words)
{
	const char *value = http_query(x, name);
	char list[160];

	if (value == NULL || words_find(words, value) >= 0)
		return true;
	words_join(list, sizeof(list), words);
	api_answer_error(x, 400, "%s must be %s.", name, list);
	return false;
}

static bool query_read(struct view_query *query, struct http_exchange *x)
{
	const char *at = http_query(x, "at");

	*query = (struct view_query){ .site = http_query(x, "site"),
				      .item = http_query(x, "item"),
				      .kind = http_query(x, "kind"),
				      .status = http_query(x, "status") };
	if (at == NULL || iso_time_parse(&query->at, at))
		return true;
	api_answer_error(x, 400, "at must be a time such as 2026-09-14T06:30:00Z, or Unix seconds.");
	return false;
}

/* --- lists --- */

/* A part of a list: all are counted, but JSON is made only of what stands on the page. */
struct page {
	size_t offset, limit, total;
	json_t *rows;
};

/* A number of the query; false when it was answered with what would be right. */
static bool number_read(size_t *out, struct http_exchange *x, const char *name, size_t least, size_t most)
{
	const char *text = http_query(x, name);
	size_t length = text != NULL ? strlen(text) : 0, value;

	if (text == NULL)
		return true;
	value = length > 0 && length < 10 && strspn(text, "0123456789") == length ? strtoul(text, NULL, 10) : SIZE_MAX;
	if (value < least || value > most) {
		api_answer_error(x, 400, "%s must be a number from %zu to %zu.", name, least, most);
		return false;
	}
	*out = value;
	return true;
}

static bool page_begin(struct page *page, struct http_exchange *x)
{
	*page = (struct page){ .limit = API_PAGE_ROWS };
	if (!number_read(&page->limit, x, "limit", 1, API_PAGE_ROWS_MAX) ||
	    !number_read(&page->offset, x, "offset", 0, 999999999) || !api_has_room(x))
		return false;
	page->rows = json_array();
	return true;
}

static void page_answer(const struct page *page, struct http_exchange *x, const char *name)
{
	size_t next = page->offset + json_array_size(page->rows);
	json_t *answer = json_pack("{s:o, s:I}", name, page->rows, "total", (json_int_t)page->total);

	if (answer != NULL && next < page->total && next > page->offset)
		json_object_set_new(answer, "next", json_integer((json_int_t)next));
	api_answer_json(x, 200, answer);
}

/* The row that was just met is one of the page's. */
static bool page_takes(struct page *page)
{
	size_t index = page->total++;

	return index >= page->offset && index - page->offset < page->limit;
}

#define LISTED(NOUN)                                                                                                   \
	static bool on_##NOUN(void *user, const struct view_##NOUN *seen)                                              \
	{                                                                                                              \
		struct page *page = user;                                                                              \
                                                                                                                       \
		if (page_takes(page))                                                                                  \
			json_array_append_new(page->rows, show_##NOUN(seen));                                          \
		return true;                                                                                           \
	}

LISTED(site)
LISTED(line)
LISTED(move)
LISTED(note)
LISTED(peer)
LISTED(author)

void api_get_sites(struct api *api, struct http_exchange *x)
{
	const struct board_view *view = api->config.view;
	struct view_query query;
	struct page page;

	if (!query_read(&query, x) || !page_begin(&page, x))
		return;
	view->sites(view->ctx, &query, on_site, &page);
	page_answer(&page, x, "sites");
}

void api_get_lines(struct api *api, struct http_exchange *x)
{
	const struct board_view *view = api->config.view;
	struct view_query query;
	struct page page;

	if (!word_is_fine(x, "kind", &WORDS_LINE_KIND) || !word_is_fine(x, "status", &WORDS_LINE_STATUS) ||
	    !query_read(&query, x) || !page_begin(&page, x))
		return;
	view->lines(view->ctx, &query, on_line, &page);
	page_answer(&page, x, "lines");
}

void api_get_moves(struct api *api, struct http_exchange *x)
{
	const struct board_view *view = api->config.view;
	struct view_query query;
	struct page page;

	if (!query_read(&query, x) || !page_begin(&page, x))
		return;
	view->moves(view->ctx, &query, on_move, &page);
	page_answer(&page, x, "moves");
}

void api_get_notes(struct api *api, struct http_exchange *x)
{
	const struct board_view *view = api->config.view;
	struct view_query query;
	struct page page;

	if (!query_read(&query, x) || !page_begin(&page, x))
		return;
	view->notes(view->ctx, &query, on_note, &page);
	page_answer(&page, x, "notes");
}

void api_get_peers(struct api *api, struct http_exchange *x)
{
	struct page page;

	if (!page_begin(&page, x))
		return;
	api->config.view->peers(api->config.view->ctx, on_peer, &page);
	page_answer(&page, x, "peers");
}

void api_get_authors(struct api *api, struct http_exchange *x)
{
	struct page page;

	if (!page_begin(&page, x))
		return;
	api->config.view->authors(api->config.view->ctx, on_author, &page);
	page_answer(&page, x, "authors");
}

/* --- who should get what --- */

struct plan_rows {
	json_t *portions, *others;
	size_t limit; /* of each */
};

static bool on_portion(void *user, const struct view_portion *portion)
{
	struct plan_rows *rows = user;
	json_t *list = portion->is_apart ? rows->others : rows->portions;

	if (json_array_size(list) < rows->limit)
		json_array_append_new(list, show_portion(portion));
	return true;
}

/* By name or code; without one: all. */
static bool plan_item_read(uint16_t *code, struct http_exchange *x)
{
	const char *text = http_query(x, "item");
	size_t length = text != NULL ? strlen(text) : 0;
	const struct catalog_item *item;

	*code = 0;
	if (length == 0)
		return true;
	item = length < 5 && strspn(text, "0123456789") == length ? catalog_find_code((uint16_t)atoi(text))
								  : catalog_find_name(text);
	if (item == NULL) {
		api_answer_error(
			x, 404,
			"The catalogue has no item \"%.60s\", and what is not in it cannot be compared: give a "
			"name such as drinking-water, or none.",
			text);
		return false;
	}
	*code = item->code;
	return true;
}

void api_get_plan(struct api *api, struct http_exchange *x)
{
	const struct board_view *view = api->config.view;
	struct plan_rows rows = { .limit = API_PAGE_ROWS };
	struct view_plan plan = { .digest = "" };
	struct view_query query;
	char hour[ISO_TIME_SIZE];
	uint16_t item;

	if (!query_read(&query, x) || !plan_item_read(&item, x) ||
	    !number_read(&rows.limit, x, "limit", 1, API_PAGE_ROWS_MAX) || !api_has_room(x))
		return;
	rows.portions = json_array();
	rows.others = json_array();
	if (!view->plan(view->ctx, &plan, item, query.at, on_portion, &rows)) {
		json_decref(rows.portions);
		json_decref(rows.others);
		api_answer_error(x, 503, "Not enough memory to draw up a plan.");
		return;
	}
	iso_time_format(hour, plan.hour);
	api_answer_json(x, 200,
			json_pack("{s:s?, s:s, s:o, s:o}", "digest", plan.digest[0] != '\0' ? plan.digest : NULL,
				  "hour", hour, "portions", rows.portions, "others", rows.others));
}

/* --- single things --- */

void api_get_picture(struct api *api, struct http_exchange *x)
{
	struct view_query query;
	char *text;

	if (!query_read(&query, x))
		return;
	text = picture_text(api->config.view, query.at);
	if (text == NULL)
		api_answer_error(x, 503, "Not enough memory to draw the picture.");
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
		api_answer_error(x, 404,
				 "Nothing here is called \"%.60s\": look it up with /v1/lines or /v1/sites; it may "
				 "not have arrived yet.",
				 ref);
		return;
	case RECORD_E_AMBIGUOUS:
		api_answer_error(x, 409, "More than one record is called \"%.60s\": use its full ref.", ref);
		return;
	}
}

static void answer_lcd_text(struct http_exchange *x, const struct lcd_page *page)
{
	char *text = malloc(LCD_ROWS_MAX * (LCD_COLS_MAX + 1) + 1);
	size_t used = 0;

	if (text == NULL) {
		api_answer_error(x, 503, "Not enough memory.");
		return;
	}
	for (size_t row = 0; row < page->rows; row++)
		used += (size_t)sprintf(text + used, "%s\n", page->text[row]);
	http_answer(x, 200, "text/plain; charset=us-ascii", text, used);
}

/* Pages come and go between two calls: a number beyond the last shows the first ones again. */
void api_get_lcd(struct api *api, struct http_exchange *x)
{
	const char *size_text = http_query(x, "size"), *index_text = http_query(x, "page");
	const char *accept = http_header(x, "Accept");
	enum lcd_size size = LCD_20X4;
	struct lcd_page page;
	json_t *rows;
	size_t count, index;

	if (size_text != NULL && !lcd_size_parse(&size, size_text)) {
		api_answer_error(x, 400, "size must be 20x4 or 16x2.");
		return;
	}
	if (index_text != NULL && (index_text[0] == '\0' || strspn(index_text, "0123456789") != strlen(index_text))) {
		api_answer_error(x, 400, "page must be a number from 0.");
		return;
	}
	count = lcd_page_count(api->config.view, size);
	index = index_text != NULL ? strtoul(index_text, NULL, 10) % count : 0;
	lcd_render(&page, api->config.view, size, index);
	if (accept != NULL && strncasecmp(accept, "text/plain", 10) == 0) {
		answer_lcd_text(x, &page);
		return;
	}
	rows = json_array();
	for (size_t row = 0; row < page.rows; row++)
		json_array_append_new(rows, json_string(page.text[row]));
	api_answer_json(x, 200, json_pack("{s:i, s:i, s:o}", "pages", (int)count, "page", (int)index, "lines", rows));
}
