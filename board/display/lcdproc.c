/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/display/lcdproc.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUOTED_SIZE = 2 * LCD_COLS_MAX + 1, CELL_PIXELS = 5 };

/* --- what it says --- */

/* The number behind a word, 0 where there is none or it makes no sense. */
static unsigned number_behind(const char *line, const char *word)
{
	const char *at = strstr(line, word);
	unsigned long number = at != NULL ? strtoul(at + strlen(word), NULL, 10) : 0;

	return number <= 999 ? (unsigned)number : 0;
}

static enum rotation_button button_of(const char *key)
{
	if (strcmp(key, "Right") == 0 || strcmp(key, "Down") == 0)
		return ROTATION_NEXT;
	if (strcmp(key, "Left") == 0 || strcmp(key, "Up") == 0)
		return ROTATION_PREVIOUS;
	return strcmp(key, "Enter") == 0 ? ROTATION_HOLD : ROTATION_NO_BUTTON;
}

static void read_line(struct lcdproc_said *said, const char *line)
{
	*said = (struct lcdproc_said){ .news = LCDPROC_NOTHING };
	if (strncmp(line, "connect ", 8) == 0) {
		said->news = LCDPROC_CONNECT;
		said->cols = number_behind(line, " wid ");
		said->rows = number_behind(line, " hgt ");
	} else if (strncmp(line, "key ", 4) == 0) {
		said->news = LCDPROC_KEY;
		said->button = button_of(line + 4);
	}
}

bool lcdproc_feed(struct lcdproc_input *input, struct lcdproc_said *said, char byte)
{
	bool is_whole = byte == '\n' && !input->is_overlong;

	if (byte != '\n') {
		if (input->size < sizeof(input->line) - 1)
			input->line[input->size++] = byte;
		else
			input->is_overlong = true;
		return false;
	}
	if (is_whole) {
		if (input->size > 0 && input->line[input->size - 1] == '\r')
			input->size--;
		input->line[input->size] = '\0';
		read_line(said, input->line);
	}
	input->size = 0;
	input->is_overlong = false;
	return is_whole;
}

bool lcdproc_fit(enum lcd_size *size, const struct lcdproc_said *said)
{
	if (said->cols >= 20 && said->rows >= 4)
		*size = LCD_20X4;
	else if (said->cols >= 16 && said->rows >= 2)
		*size = LCD_16X2;
	else
		return false;
	return true;
}

/* --- what we say --- */

size_t lcdproc_hello(char out[LCDPROC_OUT_SIZE])
{
	return (size_t)snprintf(out, LCDPROC_OUT_SIZE, "hello\n");
}

/* Left and Right turn LCDd's own screens unless they are ours alone. */
size_t lcdproc_setup(char out[LCDPROC_OUT_SIZE], enum lcd_size size)
{
	size_t used = (size_t)snprintf(out, LCDPROC_OUT_SIZE,
				       "client_set -name aidmesh\n"
				       "screen_add home\n"
				       "screen_set home -priority foreground -heartbeat off -backlight on\n"
				       "client_add_key -exclusively Right Left\n"
				       "client_add_key Up Down Enter\n");
	int rows = size == LCD_20X4 ? 4 : 2;

	for (int row = 1; row <= rows; row++)
		used += (size_t)snprintf(out + used, LCDPROC_OUT_SIZE - used, "widget_add home l%d string\n", row);
	assert(used < LCDPROC_OUT_SIZE);
	return used;
}

/* Where the bar begins on the page, and how long it is. */
struct bar {
	size_t row, col;
	unsigned pixels;
};

static struct bar bar_of(const struct lcd_page *page)
{
	struct bar bar = { 0, 0, 0 };

	for (size_t row = 0; page != NULL && row < page->rows; row++)
		for (size_t col = 0; col < page->cols; col++) {
			char c = page->text[row][col];

			if (c < LCD_BAR_1 || c > LCD_BAR_FULL)
				continue;
			if (bar.pixels == 0)
				bar = (struct bar){ row, col, 0 };
			bar.pixels += CELL_PIXELS * (unsigned)c / LCD_BAR_FULL;
		}
	return bar;
}

/* A row between quotes; the server draws the bar itself, and has no place for other glyphs of ours. */
static void quote(char out[QUOTED_SIZE], const char *row)
{
	for (; *row != '\0'; row++) {
		char c = *row;

		if (c == '"' || c == '\\')
			*out++ = '\\';
		*out++ = (char)(c == LCD_BELL                         ? '!'
				: c == LCD_PIN                        ? '='
				: c >= LCD_BAR_1 && c <= LCD_BAR_FULL ? ' '
								      : c);
	}
	*out = '\0';
}

size_t lcdproc_page(char out[LCDPROC_OUT_SIZE], const struct lcd_page *page, const struct lcd_page *shown)
{
	struct bar bar = bar_of(page), old = bar_of(shown);
	char wanted[QUOTED_SIZE], there[QUOTED_SIZE];
	size_t used = 0;

	if (page->is_dark != (shown != NULL && shown->is_dark))
		used += (size_t)snprintf(out, LCDPROC_OUT_SIZE, "screen_set home -backlight %s\n",
					 page->is_dark ? "off" : "on");
	for (size_t row = 0; row < page->rows; row++) {
		quote(wanted, page->text[row]);
		if (shown != NULL)
			quote(there, shown->text[row]);
		if (shown == NULL || strcmp(wanted, there) != 0)
			used += (size_t)snprintf(out + used, LCDPROC_OUT_SIZE - used,
						 "widget_set home l%zu 1 %zu \"%s\"\n", row + 1, row + 1, wanted);
	}
	/* Some drivers draw a bar of no length, too. Added last, it lies above its row. */
	if (old.pixels > 0 && bar.pixels == 0)
		used += (size_t)snprintf(out + used, LCDPROC_OUT_SIZE - used, "widget_del home bar\n");
	if (old.pixels == 0 && bar.pixels > 0)
		used += (size_t)snprintf(out + used, LCDPROC_OUT_SIZE - used, "widget_add home bar hbar\n");
	if (bar.pixels > 0 && (bar.pixels != old.pixels || bar.row != old.row || bar.col != old.col))
		used += (size_t)snprintf(out + used, LCDPROC_OUT_SIZE - used, "widget_set home bar %zu %zu %u\n",
					 bar.col + 1, bar.row + 1, bar.pixels);
	assert(used < LCDPROC_OUT_SIZE);
	return used;
}
