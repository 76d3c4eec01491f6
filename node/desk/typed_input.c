/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/desk/typed_input.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "board/text/say_measure.h"
#include "proto/catalog/catalog_search.h"
#include "proto/catalog/measure.h"
#include "proto/place/place_text.h"
#include "proto/place/plus_code.h"

enum { HOUSE_DIGITS = 6, SETTLEMENT_DIGITS = 8 };

/* --- items --- */

enum { HITS_SIZE = CATALOG_ASK_MAX * 6 + 1 /* codes have at most five digits */ };

/* "303 304 302": codes, the likeliest first. */
static void list_hits(char out[HITS_SIZE], const struct catalog_hit *hits, size_t count)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < count; i++)
		used += (size_t)snprintf(out + used, HITS_SIZE - used, "%s%u", i > 0 ? " " : "", hits[i].item->code);
	assert(used < HITS_SIZE);
}

static enum door_rc ask_which(uint16_t *code, const char **words, struct door_answer *answer, const char *text,
			      const struct catalog_hit *hits, size_t count, bool is_row)
{
	char list[HITS_SIZE];

	list_hits(list, hits, count);
	if (!is_row)
		return door_refuse(answer, DOOR_E_INPUT, SAY_OF(ITEM_SEVERAL, say_items(list)));
	(void)said_add(&answer->said, SAY_OF(ITEM_KEPT, say_typed(text), say_items(list)));
	*code = 0;
	*words = text;
	return DOOR_OK;
}

enum door_rc typed_input_item(uint16_t *code, const char **words, struct door_answer *answer, const char *text,
			      bool is_row)
{
	struct catalog_hit hits[CATALOG_ASK_MAX];
	const struct catalog_item *item;
	bool is_number = *text && strspn(text, "0123456789") == strlen(text);
	size_t count;

	if (*text == '=') {
		*code = 0;
		*words = text + 1 + strspn(text + 1, " ");
		return DOOR_OK;
	}
	item = catalog_find_name(text);
	count = item ? 0 : catalog_search(hits, CATALOG_ASK_MAX, text);
	if (is_number && count == 0)
		return door_refuse(answer, DOOR_E_UNKNOWN, SAY_OF(ITEM_NO_CODE, say_typed(text)));
	if (count > 0) {
		item = catalog_clear(hits, count);
		if (!item)
			return ask_which(code, words, answer, text, hits, count, is_row);
		if (!is_number)
			(void)said_add(&answer->said, SAY_OF(ITEM_TAKEN, say_typed(text), say_item(item->code, NULL),
							     say_number(item->code)));
	}
	*code = item ? item->code : 0;
	*words = text;
	return DOOR_OK;
}

/* --- quantities --- */

enum door_rc typed_input_measure(uint64_t *milli, struct door_answer *answer, const char *text, uint16_t code)
{
	const struct catalog_item *item = code ? catalog_find_code(code) : NULL;
	struct measure m;
	enum measure_rc rc = measure_read(&m, text, item);

	if (rc != MEASURE_OK)
		return door_refuse(answer, DOOR_E_INPUT, say_measure_error(rc, text, item));
	if (m.converted)
		(void)said_add(&answer->said, say_measure(&m, text, item));
	*milli = m.milli;
	return DOOR_OK;
}

/* --- places --- */

static bool site_place(struct place *place, struct picture *p, uint32_t now_s, struct ref site)
{
	struct fold *fold = picture_fold(p, now_s);
	uint32_t index = fold_find(fold, FOLD_SITES, site);
	struct fold_record record;
	struct entry standing;

	if (ref_is_none(site) || index == UINT32_MAX)
		return false;
	fold_record(fold, FOLD_SITES, index, &record);
	fold_read(fold, record.standing, &standing);
	*place = standing.site.place;
	return place->digits != PLACE_NONE;
}

static enum door_rc named_place(struct place *place, struct ref *site, struct door_answer *answer, struct picture *p,
				uint32_t now_s, const char *text)
{
	struct picture_hit hit;
	struct place found = { .digits = PLACE_NONE };

	switch (picture_find_site(p, now_s, text, &hit)) {
	case FOUND_ONE:
		break;
	case FOUND_SEVERAL:
		return door_refuse(answer, DOOR_E_UNKNOWN, SAY_OF(SITE_SEVERAL, say_typed(text)));
	case FOUND_NONE:
		return door_refuse(answer, DOOR_E_UNKNOWN, SAY_OF(PLACE_UNKNOWN, say_typed(text)));
	}
	(void)site_place(&found, p, now_s, hit.ref);
	*place = found;
	*site = hit.ref;
	return DOOR_OK;
}

static enum door_rc read_place(struct place *place, struct ref *site, struct door_answer *answer, struct picture *p,
			       uint32_t now_s, const char *text)
{
	struct place here;
	bool stands = site_place(&here, p, now_s, picture_site(p));
	struct geo_point near = { stands ? here.lat_e6 : 0, stands ? here.lon_e6 : 0 }, point;
	uint8_t digits = 0;

	switch (place_text_read(&point, &digits, text, stands ? &near : NULL)) {
	case PLACE_TEXT_POINT:
	case PLACE_TEXT_CELL:
		*place = (struct place){ .lat_e6 = point.lat_e6, .lon_e6 = point.lon_e6, .digits = digits };
		*site = (struct ref){ 0, 0 };
		return DOOR_OK;
	case PLACE_TEXT_SHORT:
		return door_refuse(answer, DOOR_E_INPUT, SAY_OF(PLACE_SHORT_CODE, say_typed(text)));
	case PLACE_TEXT_NOT_EARTH:
		return door_refuse(answer, DOOR_E_INPUT, SAY_OF(PLACE_NOT_EARTH, say_typed(text)));
	case PLACE_TEXT_OTHER:
		break;
	}
	return named_place(place, site, answer, p, now_s, text);
}

enum door_rc typed_input_place(struct place *place, struct ref *site, struct door_answer *answer, struct picture *p,
			       uint32_t now_s, const struct door_request *asked)
{
	struct geo_point point = { asked->place.lat_e6, asked->place.lon_e6 };

	if (asked->where && *asked->where)
		return read_place(place, site, answer, p, now_s, asked->where);
	point = geo_coarsen(point, asked->place.digits);
	*place = (struct place){ .lat_e6 = point.lat_e6, .lon_e6 = point.lon_e6, .digits = asked->place.digits };
	*site = (struct ref){ 0, 0 };
	return DOOR_OK;
}

void typed_input_coarsen(struct place *place, struct door_answer *answer)
{
	struct geo_point point = { place->lat_e6, place->lon_e6 };
	uint8_t digits = place->digits;
	char code[PLUS_CODE_SIZE];

	if (digits == PLACE_NONE)
		return;
	if (digits == PLACE_POINT)
		digits = HOUSE_DIGITS;
	if (digits > SETTLEMENT_DIGITS)
		digits = SETTLEMENT_DIGITS;
	point = geo_coarsen(point, digits);
	if (digits != place->digits) {
		plus_code_encode(code, point, digits);
		(void)said_add(&answer->said, SAY_OF(PLACE_COARSE, say_text(code),
						     say_text(digits == HOUSE_DIGITS ? "5.6 km" : "280 m")));
	}
	*place = (struct place){ .lat_e6 = point.lat_e6, .lon_e6 = point.lon_e6, .digits = digits };
}
