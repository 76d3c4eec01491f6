/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the catalogue proposes for people and days. */
#include <stdio.h>

#include "board/api/api_inside.h"
#include "board/sentence.h"
#include "proto/catalog/propose.h"

enum { PEOPLE_MAX = 2000000, DAYS_DEFAULT = 3 };

static bool party_read(struct party *party, uint32_t *days, struct http_exchange *x)
{
	*party = (struct party){ 0 };
	*days = DAYS_DEFAULT;
	if (!api_number_read32(&party->people, x, "people", 0, PEOPLE_MAX) ||
	    !api_number_read32(&party->infants, x, "infants", 0, PEOPLE_MAX) ||
	    !api_number_read32(&party->elders, x, "elders", 0, PEOPLE_MAX) ||
	    !api_number_read32(&party->powered, x, "powered", 0, PEOPLE_MAX) ||
	    !api_number_read32(days, x, "days", 0, PROPOSE_DAYS_MAX))
		return false;
	if (party->people > 0 && *days > 0 && party->infants <= party->people && party->elders <= party->people &&
	    party->powered <= party->people)
		return true;
	api_answer_error(x, 400, SAY(API_PROPOSE_PEOPLE));
	return false;
}

static json_t *row(const struct catalog_item *item, uint64_t quantity)
{
	json_t *amount = quantity % 1000 == 0 ? json_integer((json_int_t)(quantity / 1000))
					      : json_real((double)quantity / 1000.0);

	return json_pack("{s:i, s:s, s:s, s:s, s:o, s:i, s:b, s:b}", "item", item->code, "item_name",
			 item->labels[CATALOG_EN], "unit", item->unit, "sector", item->sector, "quantity", amount,
			 "tier", item->tier, "once", item->per_person_day_milli == 0, "suggestion", item->suggestion);
}

static void text_row(struct text_buffer *text, enum language language, const struct catalog_item *item,
		     uint64_t quantity)
{
	struct say_value amount = say_amount((int64_t)quantity, item->unit), name = say_item(item->code, NULL);
	char line[200];

	say_write(line, sizeof(line), language,
		  item->suggestion ? SAY_OF(PROPOSE_LINE_SUGGESTED, amount, name) : SAY_OF(PROPOSE_LINE, amount, name));
	api_text_add(text, line);
}

void api_get_propose(struct api *api, struct http_exchange *x)
{
	bool as_text = api_wants_text(x);
	struct text_buffer text = API_TEXT_BEGIN;
	struct party party;
	uint32_t days;
	json_t *rows;

	(void)api;
	if (!party_read(&party, &days, x))
		return;
	rows = json_array();
	for (size_t i = 0; i < catalog_count(); i++) {
		const struct catalog_item *item = catalog_at(i);
		uint64_t quantity = propose_lists(item) ? propose_quantity(item, &party, days) : 0;

		if (quantity == 0)
			continue;
		json_array_append_new(rows, row(item, quantity));
		if (as_text)
			text_row(&text, api_language(x), item, quantity);
	}
	if (as_text) {
		json_decref(rows);
		api_text_answer(&text, x);
		return;
	}
	api_answer_json(x, 200,
			json_pack("{s:i, s:i, s:o}", "people", (int)party.people, "days", (int)days, "rows", rows));
}
