/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/display/drawing.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "board/display/ascii.h"
#include "board/display/lcd_words.h"

struct drawing drawing_begin(struct lcd_pages *pages, const struct lcd_look *look)
{
	return (struct drawing){ .look = *look,
				 .pages = pages,
				 .cols = look->size == LCD_20X4 ? 20 : 16,
				 .rows = look->size == LCD_20X4 ? 4 : 2 };
}

bool drawing_is_large(const struct drawing *d)
{
	return d->rows == 4;
}

const char *drawing_word(const struct drawing *d, enum say_code word_id)
{
	return say_phrase_text(d->look.language, word_id);
}

void drawing_put_cells(struct lcd_page *page, size_t row, const char *cells)
{
	assert(row < page->rows && page->cols <= LCD_COLS_MAX);
	snprintf(page->text[row], sizeof(page->text[row]), "%-*.*s", (int)page->cols, (int)page->cols, cells);
}

void drawing_fold(const struct drawing *d, char out[DRAWING_LINE_SIZE], const char *utf8)
{
	if (d->look.charset == LCD_LATIN1)
		ascii_fold_latin1(out, DRAWING_LINE_SIZE, utf8);
	else
		ascii_fold(out, DRAWING_LINE_SIZE, utf8);
}

void drawing_put(const struct drawing *d, struct lcd_page *page, size_t row, const char *utf8)
{
	char cells[DRAWING_LINE_SIZE];

	drawing_fold(d, cells, utf8);
	drawing_put_cells(page, row, cells);
}

/* Copies the next display row of a text, broken at a space where there is one; gives where the rest begins. */
static const char *wrap(char out[LCD_COLS_MAX + 1], const char *text, size_t cols)
{
	size_t size;

	text += strspn(text, " ");
	size = strlen(text);
	if (size > cols) {
		size = cols;
		while (size > 0 && text[size] != ' ')
			size--;
		if (size == 0)
			size = cols;
	}
	memcpy(out, text, size);
	out[size] = '\0';
	text += size;
	return text + strspn(text, " ");
}

const char *drawing_put_rows(struct lcd_page *page, size_t row, const char *cells)
{
	char text[LCD_COLS_MAX + 1];

	for (; row < page->rows && *cells != '\0'; row++) {
		cells = wrap(text, cells, page->cols);
		drawing_put_cells(page, row, text);
	}
	return cells;
}

void drawing_put_wrapped(const struct drawing *d, struct lcd_page *page, size_t row, const char *utf8)
{
	char cells[DRAWING_LINE_SIZE];

	drawing_fold(d, cells, utf8);
	(void)drawing_put_rows(page, row, cells);
}

/* A fixed text with its values. */
void drawing_say(const struct drawing *d, struct lcd_page *page, size_t row, enum say_code text, const char *first,
		 const char *second)
{
	char line[DRAWING_LINE_SIZE];

	lcd_words_fill(line, sizeof(line), drawing_word(d, text), first, second);
	drawing_put(d, page, row, line);
}

/* The left text gives way, so that what stands on the right is always whole. */
void drawing_put_both(const struct drawing *d, struct lcd_page *page, size_t row, const char *left, const char *right)
{
	char cells[DRAWING_LINE_SIZE], left_cells[DRAWING_LINE_SIZE], right_cells[DRAWING_LINE_SIZE];
	size_t room;

	drawing_fold(d, left_cells, left);
	drawing_fold(d, right_cells, right);
	assert(strlen(right_cells) < page->cols);
	room = page->cols - strlen(right_cells) - 1;
	snprintf(cells, sizeof(cells), "%-*.*s %.*s", (int)room, (int)room, left_cells, (int)page->cols, right_cells);
	drawing_put_cells(page, row, cells);
}

void drawing_put_name(const struct drawing *d, struct lcd_page *page, size_t row, const char *before,
		      const struct lcd_names *names, const char *name, const char *behind)
{
	char first[DRAWING_LINE_SIZE], middle[DRAWING_LINE_SIZE], last[DRAWING_LINE_SIZE], cut[LCD_COLS_MAX + 1];
	char cells[DRAWING_LINE_SIZE + LCD_COLS_MAX];
	size_t taken;

	drawing_fold(d, first, before);
	drawing_fold(d, middle, name);
	drawing_fold(d, last, behind);
	taken = strlen(first) + (last[0] != '\0' ? strlen(last) + 1 : 0);
	lcd_names_cut(cut, taken < page->cols ? page->cols - taken : 0, names, middle);
	snprintf(cells, sizeof(cells), "%s%s", first, cut);
	if (last[0] == '\0')
		drawing_put_cells(page, row, cells);
	else
		drawing_put_both(d, page, row, cells, last);
}

/* A new blank page; the last one again where there are too many. */
struct lcd_page *drawing_deal(struct drawing *d, enum lcd_kind kind)
{
	struct lcd_pages *pages = d->pages;
	struct lcd_page *page = &pages->list[pages->count < LCD_PAGES_MAX ? pages->count++ : LCD_PAGES_MAX - 1];

	*page = (struct lcd_page){ .cols = d->cols, .rows = d->rows, .kind = kind };
	for (size_t row = 0; row < d->rows; row++)
		drawing_put_cells(page, row, "");
	return page;
}

/* FNV-1a. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t size)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ byte[i]) * 0x100000001B3u;
	return hash;
}

/* Names the page: what it tells of, and which of several about that it is. `page_name` is the page's own, such as "need". */
void drawing_name_page(struct lcd_page *page, const char *page_name, const char *subject, size_t part)
{
	page->subject = mix(0xCBF29CE484222325u, page_name, strlen(page_name) + 1);
	page->subject = mix(page->subject, subject, strlen(subject));
	page->key = mix(page->subject, &part, sizeof(part));
}

/* "142"; beyond five digits "142k". */
const char *drawing_format_count(char out[DRAWING_COUNT_SIZE], uint64_t count)
{
	bool is_huge = count > 99999;

	snprintf(out, DRAWING_COUNT_SIZE, "%llu%s", (unsigned long long)(is_huge ? count / 1000 : count),
		 is_huge ? "k" : "");
	return out;
}

/* "5 min", "3 h", "2 d"; "5m", "3h", "2d" where room is scarce; the nearest (say.c). What lies ahead within a clock's error is now. */
void drawing_format_span(char out[DRAWING_SPAN_SIZE], const struct drawing *d, int64_t s)
{
	static const struct {
		int64_t below, unit;
		enum say_code large, small;
	} STEPS[] = { { 3600, 60, SAY_LCD_MINUTES, SAY_LCD_MINUTES_SHORT },
		      { 48 * 3600, 3600, SAY_LCD_HOURS, SAY_LCD_HOURS_SHORT },
		      { INT64_MAX, 86400, SAY_LCD_DAYS, SAY_LCD_DAYS_SHORT } };
	char digits[DRAWING_COUNT_SIZE];
	int64_t number;
	size_t i = 0;

	while (i < 2 && s >= STEPS[i].below - STEPS[i].unit / 2)
		i++;
	number = s < 0 ? 0 : (s + STEPS[i].unit / 2) / STEPS[i].unit;
	snprintf(digits, sizeof(digits), "%d", (int)(number > 9999 ? 9999 : number));
	lcd_words_fill(out, DRAWING_SPAN_SIZE, drawing_word(d, drawing_is_large(d) ? STEPS[i].large : STEPS[i].small),
		       digits, NULL);
}

void drawing_format_age(struct drawing_age *age, const struct drawing *d, int64_t then)
{
	if (then == 0) {
		strcpy(age->bare, "?");
	} else {
		drawing_format_span(age->bare, d, d->status.now - then);
		if (d->status.now - then < 60) {
			snprintf(age->said, sizeof(age->said), "%s", drawing_word(d, SAY_LCD_NOW));
			return;
		}
	}
	lcd_words_fill(age->said, sizeof(age->said), drawing_word(d, SAY_LCD_AGO), age->bare, NULL);
}

void drawing_format_since(char out[DRAWING_LINE_SIZE], const struct drawing *d, int64_t then)
{
	char span[DRAWING_SPAN_SIZE];

	drawing_format_span(span, d, d->status.now - then);
	lcd_words_fill(out, DRAWING_LINE_SIZE,
		       drawing_word(d, d->status.now - then < 60 ? SAY_LCD_SINCE_NOW : SAY_LCD_SINCE), span, NULL);
}

/* Beside a name that may be cut. */
void drawing_put_aged(const struct drawing *d, struct lcd_page *page, size_t row, const char *left, int64_t then)
{
	struct drawing_age age;

	drawing_format_age(&age, d, then);
	drawing_put_both(d, page, row, left, age.said);
}

/* Beside a word that must stay whole: then the age stands bare. */
void drawing_put_word_aged(const struct drawing *d, struct lcd_page *page, size_t row, const char *left, int64_t then)
{
	char left_cells[DRAWING_LINE_SIZE], right_cells[DRAWING_LINE_SIZE];
	struct drawing_age age;

	drawing_format_age(&age, d, then);
	drawing_fold(d, left_cells, left);
	drawing_fold(d, right_cells, age.said);
	drawing_put_both(d, page, row, left,
			 strlen(left_cells) + 1 + strlen(right_cells) > page->cols ? age.bare : age.said);
}

void drawing_say_count(const struct drawing *d, struct lcd_page *page, size_t row, uint64_t count, enum say_code one,
		       enum say_code several)
{
	char text[DRAWING_COUNT_SIZE];

	drawing_say(d, page, row, lcd_words_for(d->look.language, count, one, several),
		    drawing_format_count(text, count), NULL);
}

void drawing_say_in_out(const struct drawing *d, struct lcd_page *page, size_t row, const struct view_peer *peer)
{
	char in[DRAWING_COUNT_SIZE], out[DRAWING_COUNT_SIZE];

	drawing_say(d, page, row, SAY_LCD_IN_OUT, drawing_format_count(in, peer->entries_in),
		    drawing_format_count(out, peer->entries_out));
}
