/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/text/say_measure.h"

#include <assert.h>
#include <string.h>

static struct say_value unit_of(const struct catalog_item *item)
{
	return strcmp(item->unit, "each") == 0 ? say_phrase(SAY_PIECES) : say_text(item->unit);
}

struct say say_measure(const struct measure *m, const char *text, const struct catalog_item *item)
{
	const char *unit = item != NULL ? item->unit : "";
	bool is_counted = strcmp(unit, "each") == 0 || unit[0] == '\0';
	struct say_value typed = say_typed(text), amount = say_amount((int64_t)m->milli, unit), weight;

	if (!m->by_weight)
		return SAY_OF(MEASURE_TAKEN, typed, amount);
	assert(item != NULL); /* words have no weight */
	weight = say_amount(item->kg_milli, "");
	if (is_counted)
		return item->kg_estimate ? SAY_OF(MEASURE_WEIGHED_ABOUT, typed, amount, weight)
					 : SAY_OF(MEASURE_WEIGHED, typed, amount, weight);
	return item->kg_estimate ? SAY_OF(MEASURE_WEIGHED_UNIT_ABOUT, typed, amount, weight, say_text(unit))
				 : SAY_OF(MEASURE_WEIGHED_UNIT, typed, amount, weight, say_text(unit));
}

/* Which units would fit. */
static struct say unit_error(const char *text, const struct catalog_item *item)
{
	struct say_value typed = say_typed(text);

	if (item == NULL)
		return SAY_OF(UNIT_OF_WORDS, typed);
	switch (measure_takes(item)) {
	case MEASURE_TAKES_VOLUME:
		return SAY_OF(UNIT_VOLUME, typed, say_item(item->code, NULL), unit_of(item));
	case MEASURE_TAKES_MASS:
		return SAY_OF(UNIT_MASS, typed, say_item(item->code, NULL), unit_of(item));
	case MEASURE_TAKES_PIECES:
		return item->kg_milli > 0 ? SAY_OF(UNIT_PIECES_WEIGHT, typed, say_item(item->code, NULL), unit_of(item))
					  : SAY_OF(UNIT_PIECES, typed, say_item(item->code, NULL), unit_of(item));
	case MEASURE_TAKES_NUMBER:
		break;
	}
	return SAY_OF(UNIT_NONE, typed, say_item(item->code, NULL), unit_of(item));
}

struct say say_measure_error(enum measure_rc rc, const char *text, const struct catalog_item *item)
{
	struct say_value typed = say_typed(text);
	enum measure_takes takes = measure_takes(item);

	assert(rc != MEASURE_OK);
	switch (rc) {
	case MEASURE_OK:
	case MEASURE_E_WORD:
	case MEASURE_E_KIND:
		return unit_error(text, item);
	case MEASURE_E_FORM:
		break;
	case MEASURE_E_COMMA:
		return SAY_OF(QUANTITY_COMMA, typed);
	case MEASURE_E_CONTENT:
		return takes == MEASURE_TAKES_VOLUME ? SAY_OF(QUANTITY_CONTENT_VOLUME, typed)
		       : takes == MEASURE_TAKES_MASS ? SAY_OF(QUANTITY_CONTENT_MASS, typed)
						     : SAY_OF(QUANTITY_CONTENT_PIECES, typed);
	case MEASURE_E_FINE:
		return SAY_OF(QUANTITY_TOO_FINE, typed);
	case MEASURE_E_LARGE:
		return SAY_OF(QUANTITY_ABOVE, typed);
	case MEASURE_E_SMALL:
		return SAY_OF(QUANTITY_TOO_SMALL, typed);
	}
	return SAY_OF(QUANTITY_NO_FORM, typed);
}
