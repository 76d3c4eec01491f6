/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/display/lcd_clock.h"

#include <string.h>

#include "board/text/date_text.h"

static const char *date_of(const struct drawing *d, char out[DATE_TEXT_SIZE], int64_t unix_s)
{
	date_text_write(out, drawing_is_large(d) ? DATE_MINUTE : DATE_MINUTE_SHORT, drawing_word(d, SAY_MONTHS),
			unix_s);
	return out;
}

static struct lcd_page *deal(struct drawing *d, enum lcd_kind kind, size_t part)
{
	struct lcd_page *page = drawing_deal(d, kind);

	drawing_name_page(page, "clock", "", part);
	return page;
}

/* "CLOCK?         CET ": the corner is for the mark of a held page. */
static void put_head(const struct drawing *d, struct lcd_page *page)
{
	char zone[DATE_ZONE_SIZE + 1];

	date_text_zone(zone, d->status.now);
	strcat(zone, " ");
	drawing_put_both(d, page, 0, drawing_word(d, SAY_LCD_CLOCK), zone);
}

static void draw_large(struct drawing *d)
{
	const struct view_status *s = &d->status;
	struct lcd_page *page = deal(d, LCD_CLOCK, 0);
	char date[DATE_TEXT_SIZE];

	put_head(d, page);
	drawing_put(d, page, 1, date_of(d, date, s->now));
	if (s->clock_asks != 0) {
		date_text_write(date, DATE_MINUTE_SHORT, drawing_word(d, SAY_MONTHS), s->clock_asks);
		drawing_say(d, page, 2, SAY_LCD_CLOCK_OR, date, NULL);
		drawing_say(d, page, 3, SAY_LCD_CLOCK_HOLD_SECOND, NULL, NULL);
		return;
	}
	drawing_say(d, page, 2,
		    s->clock_is_wrong                      ? SAY_LCD_CLOCK_WRONG
		    : s->time_quality == VIEW_TIME_GUESSED ? SAY_LCD_CLOCK_GUESSED
		    : s->told_by_guesses                   ? SAY_LCD_CLOCK_GUESS_OF_ALL
							   : SAY_LCD_CLOCK_TOLD,
		    NULL, NULL);
	drawing_say(d, page, 3, SAY_LCD_CLOCK_HOLD, NULL, NULL);
}

/* The date that is asked for stands on the page that asks. */
static void draw_small(struct drawing *d)
{
	const struct view_status *s = &d->status;
	char date[DATE_TEXT_SIZE];
	struct lcd_page *page;

	if (s->clock_asks != 0) {
		page = deal(d, LCD_ROUND, 1);
		put_head(d, page);
		drawing_put(d, page, 1, date_of(d, date, s->now));
	}
	page = deal(d, LCD_CLOCK, 0);
	date_of(d, date, s->clock_asks != 0 ? s->clock_asks : s->now);
	drawing_put(d, page, 0, date);
	drawing_say(d, page, 1, SAY_LCD_CLOCK_HOLD_SHORT, NULL, NULL);
}

void lcd_clock_draw(struct drawing *d)
{
	const struct view_status *s = &d->status;

	if (s->time_quality == VIEW_TIME_SET && s->clock_asks == 0 && !s->clock_is_wrong)
		return;
	if (drawing_is_large(d))
		draw_large(d);
	else
		draw_small(d);
}

void lcd_clock_draw_answer(struct drawing *d, const struct lcd_answer *answer)
{
	struct lcd_page *page = deal(d, LCD_ANSWER, 2);
	char date[DATE_TEXT_SIZE], why[SAID_WRITTEN_SIZE];

	if (answer->is_set) {
		drawing_say(d, page, 0, SAY_LCD_CLOCK_IS_SET, NULL, NULL);
		drawing_put(d, page, 1, date_of(d, date, d->status.now));
		return;
	}
	drawing_say(d, page, 0, SAY_LCD_CLOCK_NOT_SET, NULL, NULL);
	said_write(why, sizeof(why), d->look.language, &answer->why);
	drawing_put_wrapped(d, page, 1, why);
}
