/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a character display shows, drawn from the view: one fact a page, with its age, in ASCII, without personal names.
 *
 *   store failed, alerts, contact | home | what is short | coming | came in | neighbours
 *   \___ break in: first ______/
 *
 * Pure but for reading the view. Pages are few: LCD_PAGES_MAX. Their number may change between two calls. */
#ifndef AIDMESH_BOARD_LCD_H
#define AIDMESH_BOARD_LCD_H

#include <stdbool.h>
#include <stddef.h>

#include "board/view.h"

enum {
	LCD_COLS_MAX = 20,
	LCD_ROWS_MAX = 4,
	LCD_PAGES_MAX = 48,
};

enum lcd_size { LCD_20X4, LCD_16X2 };

struct lcd_page {
	size_t cols, rows;
	char text[LCD_ROWS_MAX][LCD_COLS_MAX + 1]; /* padded with spaces to `cols` */
};

/* "20x4" or "16x2"; `*size` is untouched otherwise. */
bool lcd_size_parse(enum lcd_size *size, const char *text) __attribute__((warn_unused_result));

/* At least 1. */
size_t lcd_page_count(const struct board_view *view, enum lcd_size size);
/* An `index` beyond the last page draws home. */
void lcd_render(struct lcd_page *page, const struct board_view *view, enum lcd_size size, size_t index);

#endif
