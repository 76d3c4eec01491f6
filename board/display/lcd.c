/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/display/lcd.h"

#include <assert.h>
#include <string.h>

#include "board/display/lcd_clock.h"
#include "board/display/lcd_front.h"
#include "board/display/lcd_round.h"

bool lcd_size_parse(enum lcd_size *size, const char *text)
{
	if (strcmp(text, "20x4") == 0)
		*size = LCD_20X4;
	else if (strcmp(text, "16x2") == 0)
		*size = LCD_16X2;
	else
		return false;
	return true;
}

void lcd_draw(struct lcd_pages *pages, const struct board_view *view, const struct lcd_look *look)
{
	struct drawing d = drawing_begin(pages, look);

	pages->count = 0;
	d.view = view;
	view->status(view->ctx, &d.status);
	lcd_front_draw(&d);
	lcd_round_draw(&d);
	assert(pages->count > 0 && pages->count <= LCD_PAGES_MAX);
	assert(pages->home < pages->count);
}

void lcd_draw_answer(struct lcd_pages *pages, const struct lcd_answer *answer, const struct board_view *view,
		     const struct lcd_look *look)
{
	struct drawing d = drawing_begin(pages, look);

	view->status(view->ctx, &d.status);
	lcd_clock_draw_answer(&d, answer);
}

void lcd_draw_undone(struct lcd_pages *pages, const struct lcd_undone *undone, const struct lcd_look *look)
{
	struct drawing d = drawing_begin(pages, look);

	lcd_front_draw_undone(&d, undone);
}

size_t lcd_page_count(const struct board_view *view, enum lcd_size size)
{
	struct lcd_look look = { .size = size };
	struct lcd_pages pages;

	lcd_draw(&pages, view, &look);
	return pages.count;
}

void lcd_render(struct lcd_page *page, const struct board_view *view, enum lcd_size size, size_t index)
{
	struct lcd_look look = { .size = size };
	struct lcd_pages pages;

	lcd_draw(&pages, view, &look);
	*page = pages.list[index < pages.count ? index : pages.home];
}
