/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the pages of a display are drawn with: rows of cells, texts with their values, numbers, spans and ages. Pure but for the
 * view. For the files lcd*.c alone. */
#ifndef AIDMESH_BOARD_DISPLAY_DRAWING_H
#define AIDMESH_BOARD_DISPLAY_DRAWING_H

#include "board/display/lcd.h"
#include "board/display/lcd_names.h"

enum {
	DRAWING_SPAN_SIZE = 16,
	DRAWING_COUNT_SIZE = 24,
	DRAWING_LINE_SIZE = 3 * VIEW_TEXT_SIZE, /* before it is cut to the display */
};

/* All pages, drawn in one go. */
struct drawing {
	const struct board_view *view;
	struct lcd_look look;
	struct view_status status;
	size_t cols, rows;
	struct lcd_pages *pages;
	size_t alerts, messages, needs, coming; /* seen so far */
	size_t peers, contact_pages;
	struct lcd_names items, sites; /* of the needs and moves that are shown */
	struct drawing_near {
		size_t count, safe, busy; /* busy: compares, or passes entries */
	} trusted, strangers;
};

/* An age in words, and bare: "3 h ago", "3 h". */
struct drawing_age {
	char said[DRAWING_LINE_SIZE];
	char bare[DRAWING_SPAN_SIZE];
};

struct drawing drawing_begin(struct lcd_pages *pages, const struct lcd_look *look);
/* Four rows of twenty, not two of sixteen. */
bool drawing_is_large(const struct drawing *d);
const char *drawing_word(const struct drawing *d, enum say_code code);

/* A new blank page; the last one again where there are too many. */
struct lcd_page *drawing_deal(struct drawing *d, enum lcd_kind kind);
/* Names the page: what it tells of, and which of several about that it is. `page_name` is the page's own, such as "need". */
void drawing_name_page(struct lcd_page *page, const char *page_name, const char *subject, size_t part);

/* As the display has it: a byte a cell. */
void drawing_fold(const struct drawing *d, char out[DRAWING_LINE_SIZE], const char *utf8);
/* A row of what was folded already; the others fold by themselves, and cut what does not fit. */
void drawing_put_cells(struct lcd_page *page, size_t row, const char *cells);
void drawing_put(const struct drawing *d, struct lcd_page *page, size_t row, const char *utf8);
/* A text over all rows from `row` on, broken at blanks: what was folded already, and gives where the rest begins; or whatever
 * has room of one that was not. */
const char *drawing_put_rows(struct lcd_page *page, size_t row, const char *cells);
void drawing_put_wrapped(const struct drawing *d, struct lcd_page *page, size_t row, const char *utf8);
/* The left text gives way, so that what stands on the right is always whole. */
void drawing_put_both(const struct drawing *d, struct lcd_page *page, size_t row, const char *left, const char *right);
/* Beside a name that may be cut, and beside a word that must stay whole: then the age stands bare. */
void drawing_put_aged(const struct drawing *d, struct lcd_page *page, size_t row, const char *left, int64_t then);
void drawing_put_word_aged(const struct drawing *d, struct lcd_page *page, size_t row, const char *left, int64_t then);

/* A name beside what is always whole, "60 L " before it and an age behind it: it is cut so that it is told from `names`. */
void drawing_put_name(const struct drawing *d, struct lcd_page *page, size_t row, const char *before,
		      const struct lcd_names *names, const char *name, const char *behind);

/* A fixed text with its values; one that counts; and what came in and went out of a neighbour. */
void drawing_say(const struct drawing *d, struct lcd_page *page, size_t row, enum say_code text, const char *first,
		 const char *second);
void drawing_say_count(const struct drawing *d, struct lcd_page *page, size_t row, uint64_t count, enum say_code one,
		       enum say_code several);
void drawing_say_in_out(const struct drawing *d, struct lcd_page *page, size_t row, const struct view_peer *peer);

/* "142"; beyond five digits "142k". Returns `out`. */
const char *drawing_format_count(char out[DRAWING_COUNT_SIZE], uint64_t count);
/* "5 min", "3 h", "2 d"; "5m", "3h", "2d" where room is scarce. What lies ahead within a clock's error is now. */
void drawing_format_span(char out[DRAWING_SPAN_SIZE], const struct drawing *d, int64_t s);
void drawing_format_age(struct drawing_age *age, const struct drawing *d, int64_t then);
void drawing_format_since(char out[DRAWING_LINE_SIZE], const struct drawing *d, int64_t then);

#endif
