/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/display/charlcd.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Eight rows of five dots, from the top: lcd_glyph's from 1. */
static const unsigned char GLYPHS[][8] = {
	{ 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10 }, /* bar */
	{ 0x18, 0x18, 0x18, 0x18, 0x18, 0x18, 0x18, 0x18 }, { 0x1C, 0x1C, 0x1C, 0x1C, 0x1C, 0x1C, 0x1C, 0x1C },
	{ 0x1E, 0x1E, 0x1E, 0x1E, 0x1E, 0x1E, 0x1E, 0x1E }, { 0x1F, 0x1F, 0x1F, 0x1F, 0x1F, 0x1F, 0x1F, 0x1F },
	{ 0x04, 0x0E, 0x0E, 0x0E, 0x1F, 0x00, 0x04, 0x00 }, /* bell */
	{ 0x0E, 0x0E, 0x0E, 0x1F, 0x04, 0x04, 0x04, 0x00 }, /* pin */
};

static_assert(sizeof(GLYPHS) / sizeof(GLYPHS[0]) == LCD_PIN, "a picture for each glyph");

size_t charlcd_begin(char out[CHARLCD_BEGIN_SIZE])
{
	/* A line's end cuts off what another left half said. The start clears; cursor and blinking are on after it. */
	size_t used = (size_t)snprintf(out, CHARLCD_BEGIN_SIZE, "\n\033[LI\033[LD\033[Lc\033[Lb\033[L+");

	for (size_t glyph = 1; glyph <= LCD_PIN; glyph++) {
		const unsigned char *rows = GLYPHS[glyph - 1];

		used += (size_t)snprintf(out + used, CHARLCD_BEGIN_SIZE - used,
					 "\033[LG%zu%02x%02x%02x%02x%02x%02x%02x%02x;", glyph, rows[0], rows[1],
					 rows[2], rows[3], rows[4], rows[5], rows[6], rows[7]);
	}
	assert(used < CHARLCD_BEGIN_SIZE);
	return used;
}

static char cell(char c)
{
	return (char)(c == '\\' ? '/' : c == '~' ? '-' : c);
}

size_t charlcd_page(char out[CHARLCD_PAGE_SIZE], const struct lcd_page *page, const struct lcd_page *shown)
{
	size_t used = 0;

	if (page->is_dark != (shown != NULL && shown->is_dark))
		used += (size_t)snprintf(out, CHARLCD_PAGE_SIZE, page->is_dark ? "\033[L-" : "\033[L+");
	for (size_t row = 0; row < page->rows; row++) {
		const char *text = page->text[row];
		size_t from = 0, to = page->cols;

		while (from < to && text[from] == (shown != NULL ? shown->text[row][from] : ' '))
			from++;
		while (to > from && text[to - 1] == (shown != NULL ? shown->text[row][to - 1] : ' '))
			to--;
		if (from == to)
			continue;
		used += (size_t)snprintf(out + used, CHARLCD_PAGE_SIZE - used, "\033[Lx%zuy%zu;", from, row);
		assert(used + to - from <= CHARLCD_PAGE_SIZE);
		for (; from < to; from++)
			out[used++] = cell(text[from]);
	}
	return used;
}
