/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a character display shows, drawn from the view: one fact a page, with its age, without personal names.
 *
 *   store failed, alerts, contact, not taken | home | the date | what is short | coming | came in | neighbours | radio
 *   \________ break in: first ____________/
 *
 * Pure but for reading the view. Pages are few: LCD_PAGES_MAX. Their number may change between two draws; which of them
 * is shown when is rotation.h's. */
#ifndef AIDMESH_BOARD_DISPLAY_LCD_H
#define AIDMESH_BOARD_DISPLAY_LCD_H

#include <stdbool.h>
#include <stddef.h>

#include "board/view.h"
#include "proto/catalog/catalog.h"

enum {
	LCD_COLS_MAX = 20,
	LCD_ROWS_MAX = 4,
	LCD_PAGES_MAX = 48,
};

enum lcd_size { LCD_20X4, LCD_16X2 };

/* What the display can draw. Where it has glyphs of its own, a byte from 1 to 7 in a page's text is one of lcd_glyph. */
enum lcd_charset {
	LCD_ASCII,  /* and no glyphs: [####....] */
	LCD_GLYPHS, /* ASCII and glyphs */
	LCD_LATIN1, /* ISO-8859-1 and glyphs */
};

enum lcd_glyph {
	LCD_BAR_1 = 1, /* one fifth of a cell from the left; LCD_BAR_1 + n: n more */
	LCD_BAR_FULL = 5,
	LCD_BELL = 6, /* before an alert */
	LCD_PIN = 7,  /* the page is held */
};

struct lcd_look {
	enum lcd_size size;
	enum lcd_charset charset;
	enum language language;
	bool sleeps; /* dark while nothing comes in front and nobody touches it: of a node that is carried */
};

enum lcd_kind {
	LCD_ROUND,
	LCD_CLOCK, /* of the round, and asks whether the date is right */
	LCD_FAILED,
	LCD_ALERT,
	LCD_TRANSFER,
	LCD_LEFT,
	LCD_SAFE,
	LCD_UNDONE,
	LCD_ANSWER,
};

struct lcd_page {
	size_t cols, rows;
	enum lcd_kind kind;
	uint64_t subject; /* of what it tells: equal from draw to draw, and for the pages of one alert */
	uint64_t key;     /* the page itself: equal from draw to draw */
	bool is_dark;     /* without a light, and blank */
	char text[LCD_ROWS_MAX][LCD_COLS_MAX + 1]; /* padded with spaces to `cols`; a byte is a cell */
};

struct lcd_pages {
	size_t count; /* at least 1 */
	size_t home;  /* which is home */
	struct lcd_page list[LCD_PAGES_MAX];
};

/* What a neighbour does not take of us, and we of it. */
struct lcd_left {
	struct view_left there, here;
	enum view_doubt doubt; /* whose clock may be wrong */
	int64_t clock_ahead_s;
};

/* What was left when a contact broke. */
struct lcd_undone {
	char name[VIEW_NAME_SIZE];
	uint64_t left_in, left_out; /* entries that still had to come and to go; all 0: nobody had compared */
	struct lcd_left left;
};

/* What came of saying that the date is right. */
struct lcd_answer {
	bool is_set;
	struct said why; /* it is not */
};

/* "20x4" or "16x2"; `*size` is untouched otherwise. */
bool lcd_size_parse(enum lcd_size *size, const char *text) __attribute__((warn_unused_result));

/* All pages of this moment. */
void lcd_draw(struct lcd_pages *pages, const struct board_view *view, const struct lcd_look *look);
/* One more page, which tells the date as it is now. */
void lcd_draw_answer(struct lcd_pages *pages, const struct lcd_answer *answer, const struct board_view *view,
		     const struct lcd_look *look);
/* One more page, or two where it is small. */
void lcd_draw_undone(struct lcd_pages *pages, const struct lcd_undone *undone, const struct lcd_look *look);

/* In English and ASCII. At least 1. */
size_t lcd_page_count(const struct board_view *view, enum lcd_size size);
/* An `index` beyond the last page draws home. */
void lcd_render(struct lcd_page *page, const struct board_view *view, enum lcd_size size, size_t index);

#endif
