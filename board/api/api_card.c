/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a volunteer who never saw a terminal has on the wall or in a pocket: one page. It has no secret in it, and quotes the
 * display's own words. */
#include <stdio.h>

#include "board/api/api_inside.h"
#include "board/display/lcd_words.h"

enum { WORD_SIZE = 64, PAGE_SIZE = 80 };

static const char STYLE[] =
	".sheet{font:10.5pt/1.25 sans-serif;max-width:20cm}.sheet h1{font-size:17pt;margin:0 0 .2em}\n"
	".sheet .halves{columns:2;column-gap:6mm}.sheet section{break-inside:avoid;margin:0 0 .5em}\n"
	".sheet h2{font-size:12pt;margin:0 0 .15em;border-bottom:1pt solid #000}\n"
	".sheet ol,.sheet ul{margin:0;padding-left:1.3em}.sheet li{margin:0 0 .15em}.sheet p{margin:0 0 .15em}\n"
	".sheet table{border-collapse:collapse;width:100%}\n"
	".sheet td{border:.5pt solid #000;padding:.1em .3em;vertical-align:top;text-align:left}\n"
	".sheet td:first-child{font:bold 9pt monospace;width:37%}\n"
	"@media(max-width:12cm){.sheet .halves{columns:1}}\n";

struct lcd_row {
	enum say_code word, meaning;
	const char *first; /* what fills the word in: NULL nothing */
};

/* In the order in which a volunteer meets them. */
static const struct lcd_row LCD_ROWS[] = {
	{ SAY_LCD_STARTS, SAY_POCKET_SAYS_STARTS, NULL },
	{ SAY_LCD_CANNOT_START, SAY_POCKET_SAYS_CANNOT_START, NULL },
	{ SAY_LCD_CLOCK, SAY_POCKET_SAYS_CLOCK, NULL },
	{ SAY_LCD_STAY, SAY_POCKET_SAYS_STAY, "12" },
	{ SAY_LCD_ALL_SAFE, SAY_POCKET_SAYS_SAFE, NULL },
	{ SAY_LCD_NOT_SAFE, SAY_POCKET_SAYS_NOT_SAFE, NULL },
	{ SAY_LCD_NOT_TAKEN, SAY_POCKET_SAYS_NOT_TAKEN, "12" },
	{ SAY_LCD_IS_FULL, SAY_POCKET_SAYS_FULL, "Elm" },
	{ SAY_LCD_STRANGER_SAYS, SAY_POCKET_SAYS_STRANGER, "1" },
	{ SAY_LCD_NOT_REACHED, SAY_POCKET_SAYS_NOT_REACHED, NULL },
	{ SAY_LCD_CARD_FAILED, SAY_POCKET_SAYS_FAILED, NULL },
	{ SAY_LCD_CARD_COPIED, SAY_POCKET_SAYS_COPIED, NULL },
};

struct card {
	struct text_buffer page;
	enum language language;
};

static void add_item(struct card *card, struct say say)
{
	text_buffer_add_text(&card->page, "<li>");
	api_paper_phrase(&card->page, card->language, say);
	text_buffer_add_text(&card->page, "</li>\n");
}

static void begin_part(struct card *card, enum say_code title, const char *list)
{
	text_buffer_add_text(&card->page, "<section><h2>");
	api_paper_text(&card->page, say_phrase_text(card->language, title));
	text_buffer_print(&card->page, "</h2>%s\n", list);
}

static void end_part(struct card *card, const char *list)
{
	text_buffer_print(&card->page, "%s</section>\n", list);
}

/* A part whose sentences need no values. */
static void add_part(struct card *card, enum say_code title, const enum say_code *sentences, size_t count)
{
	begin_part(card, title, "<ul>");
	for (size_t i = 0; i < count; i++)
		add_item(card, (struct say){ .code = sentences[i] });
	end_part(card, "</ul>");
}

static void add_start(struct card *card, const struct view_setup *setup)
{
	char page[PAGE_SIZE];

	snprintf(page, sizeof(page), "http://%s/", setup->host[0] != '\0' ? setup->host : "aidmesh.lan");
	begin_part(card, SAY_POCKET_START, "<ol>");
	add_item(card, SAY_OF(POCKET_START_PLUG, say_text(say_phrase_text(card->language, SAY_LCD_STARTS))));
	add_item(card, SAY_OF(POCKET_START_JOIN, say_text(setup->wifi_name)));
	add_item(card, SAY_OF(POCKET_START_OPEN, say_text(page)));
	end_part(card, "</ol>");
}

static void add_walk(struct card *card)
{
	begin_part(card, SAY_POCKET_WALK, "<ol>");
	add_item(card, SAY(POCKET_WALK_TAKE));
	add_item(card, SAY(POCKET_WALK_FIRST));
	add_item(card, SAY_OF(POCKET_WALK_STAND, say_text(say_phrase_text(card->language, SAY_LCD_ALL_SAFE))));
	end_part(card, "</ol>");
}

/* The unit alone, as it stands behind a number. */
static const char *unit_of(char unit[WORD_SIZE], const struct card *card, enum say_code word)
{
	lcd_words_fill(unit, WORD_SIZE, say_phrase_text(card->language, word), "", NULL);
	return unit;
}

static void add_age(struct card *card)
{
	char minutes[WORD_SIZE], hours[WORD_SIZE], days[WORD_SIZE];

	text_buffer_add_text(&card->page, "<p>");
	api_paper_phrase(&card->page, card->language,
			 SAY_OF(POCKET_AGE, say_text(unit_of(minutes, card, SAY_LCD_MINUTES_SHORT)),
				say_text(unit_of(hours, card, SAY_LCD_HOURS_SHORT)),
				say_text(unit_of(days, card, SAY_LCD_DAYS_SHORT))));
	text_buffer_add_text(&card->page, "</p>");
}

static void add_display(struct card *card)
{
	char word[WORD_SIZE];

	begin_part(card, SAY_POCKET_DISPLAY, "<table>");
	for (size_t i = 0; i < sizeof(LCD_ROWS) / sizeof(LCD_ROWS[0]); i++) {
		const struct lcd_row *row = &LCD_ROWS[i];

		lcd_words_fill(word, sizeof(word), say_phrase_text(card->language, row->word), row->first, NULL);
		text_buffer_add_text(&card->page, "<tr><td>");
		api_paper_text(&card->page, word);
		text_buffer_add_text(&card->page, "</td><td>");
		api_paper_phrase(&card->page, card->language, (struct say){ .code = row->meaning });
		text_buffer_add_text(&card->page, "</td></tr>\n");
	}
	text_buffer_add_text(&card->page, "</table>");
	add_age(card);
	end_part(card, "");
}

void api_get_card(struct api *api, struct http_exchange *x)
{
	static const enum say_code ADD[] = { SAY_POCKET_ADD_NEED, SAY_POCKET_ADD_STOCK, SAY_POCKET_ADD_GIVE,
					     SAY_POCKET_ADD_PAPER };
	static const enum say_code WHEN[] = { SAY_POCKET_WHEN_PAGE, SAY_POCKET_WHEN_POWER, SAY_POCKET_WHEN_LOCKED,
					      SAY_POCKET_WHEN_PAPER };
	static const enum say_code DANGER[] = { SAY_POCKET_DANGER_NONE, SAY_POCKET_DANGER_PLUG, SAY_POCKET_DANGER_CARD,
						SAY_POCKET_DANGER_TELL };
	struct card card = { .page = { .size_max = API_PAPER_SIZE_MAX }, .language = api_paper_language(x) };
	const struct board_view *view = api->config.view;
	struct view_status status;
	struct view_setup setup;

	view->status(view->ctx, &status);
	view->setup(view->ctx, &setup);
	api_paper_begin(&card.page, card.language, STYLE);
	text_buffer_add_text(&card.page, "<h1>");
	api_paper_text(&card.page, say_phrase_text(card.language, SAY_POCKET_TITLE));
	text_buffer_add_text(&card.page, " · ");
	api_paper_text(&card.page, status.name);
	text_buffer_add_text(&card.page, "</h1>\n<div class=\"halves\">\n");
	add_start(&card, &setup);
	add_part(&card, SAY_POCKET_ADD, ADD, sizeof(ADD) / sizeof(ADD[0]));
	add_walk(&card);
	add_part(&card, SAY_POCKET_WHEN, WHEN, sizeof(WHEN) / sizeof(WHEN[0]));
	add_display(&card);
	add_part(&card, SAY_POCKET_DANGER, DANGER, sizeof(DANGER) / sizeof(DANGER[0]));
	text_buffer_add_text(&card.page, "</div>\n");
	api_paper_end(x, &card.page);
}
