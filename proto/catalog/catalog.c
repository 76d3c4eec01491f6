/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "proto/catalog/catalog.h"

#include <assert.h>
#include <string.h>

#include "proto/text.h"

static const struct catalog_item ITEMS[] = {
#include "proto/catalog_rows.inc"
};

const char *catalog_language_name(enum catalog_language language)
{
	static const char *const NAMES[] = {
		[CATALOG_EN] = "en", [CATALOG_ES] = "es", [CATALOG_FR] = "fr", [CATALOG_HT] = "ht"
	};

	static_assert(sizeof NAMES / sizeof *NAMES == CATALOG_LANGUAGES, "each language of the labels has a name");
	assert(language < CATALOG_LANGUAGES);
	return NAMES[language];
}

size_t catalog_count(void)
{
	return sizeof(ITEMS) / sizeof(ITEMS[0]);
}

const struct catalog_item *catalog_at(size_t index)
{
	assert(index < catalog_count());
	return &ITEMS[index];
}

const struct catalog_item *catalog_find_code(uint16_t code)
{
	size_t low = 0, high = catalog_count();

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (ITEMS[mid].code < code)
			low = mid + 1;
		else
			high = mid;
	}
	assert(low == high && low <= catalog_count());
	return low < catalog_count() && ITEMS[low].code == code ? &ITEMS[low] : NULL;
}

bool catalog_is_in_pieces(const struct catalog_item *item)
{
	assert(item->unit[0] != '\0');
	static const char *const pieces[] = { "each", "kit", "pair", "person", "trip", "hour" };

	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
		if (strcmp(item->unit, pieces[i]) == 0)
			return true;
	return false;
}

static bool is_separator(int32_t code)
{
	return code == ' ' || code == '-' || code == ':' || code == 0xA0;
}

/* Lower case of the letters that the four languages use: ASCII and Latin-1. */
static int32_t lower(int32_t code)
{
	bool capital = (code >= 'A' && code <= 'Z') || (code >= 0xC0 && code <= 0xDE && code != 0xD7);
	return capital ? code + 0x20 : code;
}

/* The next character of a name as it is compared: a run of separators is one blank, none at the end. 0: the end, -1: not
 * UTF-8. */
static int32_t name_next(struct view *rest)
{
	bool separated = false;
	while (rest->size > 0) {
		struct view before = *rest;
		int32_t code = text_next(rest);
		if (!is_separator(code)) {
			if (!separated)
				return lower(code);
			*rest = before;
			return ' ';
		}
		separated = true;
	}
	return 0;
}

static bool name_equal(const char *a, const char *b)
{
	struct view rest_a = { .data = (const uint8_t *)a, .size = strlen(a) };
	struct view rest_b = { .data = (const uint8_t *)b, .size = strlen(b) };
	for (;;) {
		int32_t code = name_next(&rest_a);
		if (code < 0 || code != name_next(&rest_b))
			return false;
		if (code == 0)
			return true;
	}
}

static bool item_is_called(const struct catalog_item *item, const char *text)
{
	if (name_equal(item->slug, text))
		return true;
	for (size_t i = 0; i < CATALOG_LANGUAGES; i++)
		if (item->labels[i][0] != '\0' && name_equal(item->labels[i], text))
			return true;
	return false;
}

const struct catalog_item *catalog_find_name(const char *text)
{
	for (size_t i = 0; i < catalog_count(); i++)
		if (item_is_called(&ITEMS[i], text))
			return &ITEMS[i];
	return NULL;
}
