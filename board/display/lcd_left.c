/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/display/lcd_left.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "board/display/lcd_words.h"
#include "board/state_said.h"

enum { REASONS = 4, SIDES = 2 };

/* One reason on one side. */
struct fact {
	uint64_t count;
	bool is_here;
	enum say_code why;
	bool is_named;    /* the neighbour's name stands in it */
	bool is_of_clock; /* the two dates tell more */
};

static struct fact fact_of(const struct lcd_left *left, size_t side, size_t reason)
{
	static const enum say_code CLOCKS[] = { [VIEW_DOUBT_EITHER] = SAY_LCD_A_CLOCK,
						[VIEW_DOUBT_OURS] = SAY_LCD_OUR_CLOCK,
						[VIEW_DOUBT_ITS] = SAY_LCD_ITS_CLOCK };
	const struct view_left *counts = side == 0 ? &left->there : &left->here;
	bool is_here = side == 1;

	switch (reason) {
	case 0:
		return (struct fact){ counts->clock, is_here, CLOCKS[left->doubt], left->doubt == VIEW_DOUBT_ITS,
				      true };
	case 1:
		return (struct fact){ counts->age, is_here, SAY_LCD_END_TODAY, false, false };
	case 2:
		return (struct fact){ counts->full, is_here, is_here ? SAY_LCD_FULL_HERE : SAY_LCD_IS_FULL, !is_here,
				      false };
	default:
		return (struct fact){ counts->policy, is_here, is_here ? SAY_LCD_OUR_RULES : SAY_LCD_ITS_RULES,
				      !is_here, false };
	}
}

struct lcd_left lcd_left_of(const struct view_peer *peer, enum view_time_quality ours)
{
	return (struct lcd_left){ .there = peer->not_taken_there,
				  .here = peer->not_taken_here,
				  .doubt = view_peer_doubt(peer, ours),
				  .clock_ahead_s = peer->clock_ahead_s };
}

bool lcd_left_is_some(const struct lcd_left *left)
{
	return view_left_sum(&left->there) + view_left_sum(&left->here) > 0;
}

/* The name gives way, so that the reason is whole. */
static void put_why(const struct drawing *d, struct lcd_page *page, size_t row, const struct fact *fact,
		    const char *name)
{
	char bare[DRAWING_LINE_SIZE], cells[DRAWING_LINE_SIZE], cut[DRAWING_LINE_SIZE];
	size_t used;

	if (!fact->is_named) {
		drawing_say(d, page, row, fact->why, NULL, NULL);
		return;
	}
	lcd_words_fill(bare, sizeof(bare), drawing_word(d, fact->why), "", NULL);
	drawing_fold(d, cells, bare);
	used = strlen(cells);
	assert(used < page->cols);
	drawing_fold(d, cells, name);
	snprintf(cut, sizeof(cut), "%.*s", (int)(page->cols - used), cells);
	/* The words and the name are folded each for itself: what is folded already stays as it is. */
	drawing_fold(d, bare, drawing_word(d, fact->why));
	lcd_words_fill(cells, sizeof(cells), bare, cut, NULL);
	drawing_put_cells(page, row, cells);
}

static void put_fact(const struct drawing *d, struct lcd_page *page, size_t row, const struct fact *fact,
		     const char *name)
{
	enum say_code here = drawing_is_large(d) ? SAY_LCD_NOT_TAKEN_HERE : SAY_LCD_NOT_HERE;
	char count[DRAWING_COUNT_SIZE];

	drawing_say(d, page, row, fact->is_here ? here : SAY_LCD_NOT_TAKEN, drawing_format_count(count, fact->count),
		    NULL);
	put_why(d, page, row + 1, fact, name);
}

void lcd_left_put(const struct drawing *d, struct lcd_page *page, size_t row, const struct lcd_left *left,
		  const char *name)
{
	struct fact most = { .count = 0 };

	for (size_t i = 0; i < SIDES * REASONS; i++) {
		struct fact fact = fact_of(left, i / REASONS, i % REASONS);

		if (fact.count > most.count)
			most = fact;
	}
	if (most.count > 0)
		put_fact(d, page, row, &most, name);
}

static void put_way_out(const struct drawing *d, struct lcd_page *page, enum view_doubt doubt)
{
	switch (doubt) {
	case VIEW_DOUBT_EITHER:
		drawing_say(d, page, 3, SAY_LCD_COMPARE_WATCH, NULL, NULL);
		break;
	case VIEW_DOUBT_OURS:
		drawing_put(d, page, 3, "aidmesh clock");
		break;
	case VIEW_DOUBT_ITS:
		drawing_say(d, page, 3, SAY_LCD_CLOCK_THERE, NULL, NULL);
		break;
	}
}

/* Whose it is where the reason does not name it, and how far the dates are apart; then what to do. */
static void put_more(const struct drawing *d, struct lcd_page *page, const struct fact *fact,
		     const struct lcd_left *left, const char *name)
{
	int64_t ahead = left->clock_ahead_s;
	char span[DRAWING_SPAN_SIZE];

	if (fact->is_of_clock && (ahead > STATE_CLOCKS_AGREE_S || ahead < -STATE_CLOCKS_AGREE_S)) {
		drawing_format_span(span, d, state_clocks_apart_s(ahead));
		if (left->doubt == VIEW_DOUBT_EITHER)
			drawing_say(d, page, 2, SAY_LCD_APART, span, name);
		else
			drawing_say(d, page, 2, ahead > 0 ? SAY_LCD_AHEAD : SAY_LCD_BEHIND, span, NULL);
	} else if (!fact->is_named) {
		drawing_put(d, page, 2, name);
	}
	if (fact->is_of_clock)
		put_way_out(d, page, left->doubt);
}

static struct lcd_page *deal(struct drawing *d, const struct view_peer *peer, size_t part)
{
	struct lcd_page *page = drawing_deal(d, LCD_LEFT);

	drawing_name_page(page, "left", peer->address, part);
	return page;
}

void lcd_left_draw(struct drawing *d, const struct view_peer *peer)
{
	struct lcd_left left = lcd_left_of(peer, d->status.time_quality);
	struct lcd_page *page;

	for (size_t i = 0; i < SIDES * REASONS; i++) {
		struct fact fact = fact_of(&left, i / REASONS, i % REASONS);

		if (fact.count == 0)
			continue;
		page = deal(d, peer, i);
		put_fact(d, page, 0, &fact, peer->name);
		if (drawing_is_large(d))
			put_more(d, page, &fact, &left, peer->name);
	}
	if (lcd_left_is_some(&left))
		return;
	page = deal(d, peer, 0);
	drawing_put(d, page, 0, peer->name);
	drawing_say(d, page, 1, SAY_LCD_NOT_ALL, NULL, NULL);
}
