/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as what a person types for an item, a quantity and a place: nothing overruns, what is given out is in
 * bounds, and what is understood can be said again. The first byte picks the item of the quantity. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "proto/bounds.h"
#include "proto/catalog/catalog_search.h"
#include "proto/catalog/measure.h"
#include "proto/place/place_text.h"
#include "proto/place/plus_code.h"
#include "board/text/said.h"
#include "board/text/say_measure.h"

enum { TYPED_MAX = 300, HITS_MAX = 7 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void as_item(const char *text)
{
	struct catalog_hit hits[HITS_MAX];
	size_t count = catalog_search(hits, HITS_MAX, text);

	assert(count <= HITS_MAX);
	for (size_t i = 1; i < count; i++)
		assert(hits[i - 1].match <= hits[i].match && hits[i - 1].item != hits[i].item);
	(void)catalog_find_like(text);
}

static void as_quantity(const char *text, const struct catalog_item *item)
{
	struct measure m = { .milli = 0 };
	char said[SAID_WRITTEN_SIZE];
	struct say say;
	enum measure_rc rc = measure_read(&m, text, item);

	if (rc == MEASURE_OK) {
		assert(m.milli <= QUANTITY_MILLI_MAX && measure_check(text) == MEASURE_OK);
		say = say_measure(&m, text, item);
	} else {
		say = say_measure_error(rc, text, item);
	}
	say_write(said, sizeof said, LANGUAGE_FR, say);
	assert(memchr(said, '\0', sizeof said));
}

static void as_place(const char *text)
{
	const struct geo_point near = { 35108500, -77044100 };
	struct geo_point point;
	struct plus_code_area area;
	char code[PLUS_CODE_SIZE];
	uint8_t digits;

	if (place_text_read(&point, &digits, text, &near) <= PLACE_TEXT_CELL) {
		assert(point.lat_e6 >= -90000000 && point.lat_e6 <= 90000000);
		assert(point.lon_e6 >= -180000000 && point.lon_e6 <= 180000000);
		assert(digits == 4 || digits == 6 || digits == 8 || digits == PLACE_TEXT_POINT_DIGITS);
	}
	if (!plus_code_decode(&area, text))
		return;
	plus_code_encode_units(code, area.south, area.west, area.digits);
	assert(plus_code_is_full(code) && strlen(code) < sizeof code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[TYPED_MAX + 1];
	size_t used = size < 1 ? 0 : size - 1 > TYPED_MAX ? TYPED_MAX : size - 1;
	size_t index = size < 1 ? 0 : data[0] % (catalog_count() + 1);

	if (used > 0)
		memcpy(text, data + 1, used);
	text[used] = '\0';
	as_item(text);
	as_quantity(text, index < catalog_count() ? catalog_at(index) : NULL);
	as_place(text);
	return 0;
}
