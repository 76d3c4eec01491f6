/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who should get what, as JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board/api/api_inside.h"
#include "board/sentence.h"
#include "board/text/iso_time.h"
#include "board/text/said_json.h"
#include "board/api/view_json.h"
#include "proto/catalog/catalog_search.h"

enum { PLAN_LISTS = VIEW_PORTION_NONE + 1 };

struct plan_rows {
	json_t *lists[PLAN_LISTS]; /* by kind; or */
	struct text_buffer text;
	size_t limit; /* of each */
	enum language language;
};

static void text_add(struct plan_rows *rows, const struct view_portion *portion)
{
	char why[SAID_WRITTEN_SIZE], line[2 * SAID_WRITTEN_SIZE], goods[SENTENCE_GOODS_SIZE];

	said_write(why, sizeof(why), rows->language, &portion->why);
	sentence_goods(goods, portion->item_name, "", rows->language);
	if (portion->kind == VIEW_PORTION_NONE) {
		say_write(line, sizeof(line), rows->language,
			  SAY_OF(PLAN_LINE_NONE, say_amount((int64_t)portion->quantity_milli, portion->unit),
				 say_text(goods), say_text(portion->need_site), say_text(why),
				 say_text(portion->need)));
		api_text_add(&rows->text, line);
		return;
	}
	say_write(line, sizeof(line), rows->language,
		  SAY_OF(PLAN_LINE,
			 portion->kind == VIEW_PORTION_APART  ? say_phrase(SAY_PLAN_LINE_APART)
			 : portion->kind == VIEW_PORTION_KEPT ? say_phrase(SAY_PLAN_LINE_KEPT)
							      : say_empty(),
			 say_amount((int64_t)portion->quantity_milli, portion->unit), say_text(goods),
			 say_text(portion->from_site), say_text(portion->from), say_text(why),
			 say_text(portion->need)));
	api_text_add(&rows->text, line);
}

static bool on_portion(void *user, const struct view_portion *portion)
{
	struct plan_rows *rows = user;
	json_t *list = rows->lists[portion->kind];

	if (list == NULL) {
		text_add(rows, portion);
		return true;
	}
	if (json_array_size(list) < rows->limit)
		json_array_append_new(list, view_json_portion(portion, rows->language));
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
								  : catalog_find_like(text);
	if (item == NULL) {
		api_answer_error(x, 404, SAY_OF(API_PLAN_ITEM, say_typed(text)));
		return false;
	}
	*code = item->code;
	return true;
}

void api_get_plan(struct api *api, struct http_exchange *x)
{
	const struct board_view *view = api->config.view;
	struct plan_rows rows = { .text = API_TEXT_BEGIN, .limit = API_PAGE_ROWS, .language = api_language(x) };
	struct view_plan plan = { .digest = "" };
	const char *at_text = http_query(x, "at");
	int64_t at = 0;
	char hour[ISO_TIME_SIZE], last[200];
	uint16_t item;
	char more[300];
	json_t *answer;

	if (at_text != NULL && !iso_time_parse(&at, at_text)) {
		api_answer_error(x, 400, SAY_OF(API_MUST_BE_TIME, say_text("at")));
		return;
	}
	if (!plan_item_read(&item, x) || !api_number_read(&rows.limit, x, "limit", 1, API_PAGE_ROWS_MAX) ||
	    !api_has_room(x))
		return;
	for (size_t i = 0; !api_wants_text(x) && i < PLAN_LISTS; i++)
		rows.lists[i] = json_array();
	if (!view->plan(view->ctx, &plan, item, at, on_portion, &rows)) {
		for (size_t i = 0; i < PLAN_LISTS; i++)
			json_decref(rows.lists[i]);
		free(rows.text.data);
		api_answer_error(x, 503, SAY(MEMORY_PLAN));
		return;
	}
	iso_time_format(hour, plan.hour);
	if (rows.lists[0] == NULL) {
		char remark[SAID_WRITTEN_SIZE];

		said_write(remark, sizeof(remark), rows.language, &plan.remark);
		if (remark[0] != '\0')
			api_text_add(&rows.text, remark);
		if (plan.unserved_more > 0) {
			say_write(more, sizeof(more), rows.language,
				  SAY_OF(UNSERVED_MORE, say_number(plan.unserved_more)));
			api_text_add(&rows.text, more);
		}
		say_write(last, sizeof(last), rows.language, SAY_OF(PLAN_LAST, say_text(hour), say_text(plan.digest)));
		api_text_add(&rows.text, last);
		api_text_answer(&rows.text, x);
		return;
	}
	answer = json_pack("{s:s?, s:s, s:o, s:o, s:o, s:o}", "digest", plan.digest[0] != '\0' ? plan.digest : NULL,
			   "hour", hour, "portions", rows.lists[VIEW_PORTION_SUGGESTED], "others",
			   rows.lists[VIEW_PORTION_APART], "kept", rows.lists[VIEW_PORTION_KEPT], "unserved",
			   rows.lists[VIEW_PORTION_NONE]);
	json_object_set_new(answer, "unserved_more", json_integer((json_int_t)plan.unserved_more));
	said_json_put(answer, "remark", &plan.remark, rows.language);
	api_answer_json(x, 200, answer);
}
