/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <string.h>

#include "board/api/api_inside.h"
#include "board/api/view_json.h"
#include "board/text/utf8.h"
#include "proto/catalog/catalog_search.h"

enum { FOUND_MAX = 200 };

static json_t *milli(uint32_t value)
{
	if (value == 0)
		return json_null();
	return value % 1000 == 0 ? json_integer(value / 1000) : json_real(value / 1000.0);
}

/* Names between bars. */
static json_t *names(const char *list)
{
	json_t *shown = json_array();

	while (*list != '\0') {
		size_t size = strcspn(list, "|");

		json_array_append_new(shown, json_stringn(list, size));
		list += size + (list[size] == '|');
	}
	return shown;
}

static json_t *show_item(const struct catalog_item *item)
{
	json_t *o = json_pack("{s:i, s:s, s:s, s:s, s:s, s:i, s:b, s:b, s:b}", "code", (int)item->code, "slug",
			      item->slug, "sector", item->sector, "unit", item->unit, "applies_to", item->applies_to,
			      "tier", (int)item->tier, "sealed", item->sealed, "suggestion", item->suggestion,
			      "kg_estimate", item->kg_estimate),
	       *labels = json_object();

	json_object_set_new(o, "kg_each", milli(item->kg_milli));
	json_object_set_new(o, "per_person_per_day", milli(item->per_person_day_milli));
	json_object_set_new(o, "once_per_unit", milli(item->once_per_unit_milli));
	json_object_set_new(o, "also", names(item->also));
	json_object_set_new(o, "labels", labels);
	for (size_t i = 0; i < CATALOG_LANGUAGES; i++)
		json_object_set_new(labels, catalog_language_name((enum catalog_language)i),
				    json_string(item->labels[i]));
	return o;
}

/* Without q all of them, in the order of codes; with it those that may be meant, best first. */
void api_get_catalog(struct api *api, struct http_exchange *x)
{
	const char *text = http_query(x, "q");
	struct catalog_hit hits[FOUND_MAX];
	const struct catalog_item *clear = NULL;
	size_t limit = FOUND_MAX, count;
	json_t *items;

	(void)api;
	if (!api_number_read(&limit, x, "limit", 1, FOUND_MAX) || !api_has_room(x))
		return;
	items = json_array();
	if (text == NULL) {
		for (size_t i = 0; i < catalog_count() && i < limit; i++)
			json_array_append_new(items, show_item(catalog_at(i)));
		api_answer_json(x, 200, json_pack("{s:o}", "items", items));
		return;
	}
	count = catalog_search(hits, FOUND_MAX, text);
	clear = catalog_find_like(text);
	for (size_t i = 0; i < count && i < limit; i++)
		json_array_append_new(items, show_item(hits[i].item));
	api_answer_json(x, 200, json_pack("{s:o, s:i}", "items", items, "clear", clear != NULL ? (int)clear->code : 0));
}
