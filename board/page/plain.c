/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/page/plain.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "board/text/decimal.h"
#include "board/text/say.h"
#include "board/sentence.h"
#include "board/text/utf8.h"
#include "proto/catalog/catalog.h"

struct plain {
	struct text_buffer *buffer;
	enum language language;
	int64_t now;
	size_t rows;
};

static const char *say(const struct plain *p, enum say_code code)
{
	return say_phrase_text(p->language, code);
}

static void put_text(struct text_buffer *buffer, const char *text)
{
	char repaired[2 * SENTENCE_SIZE];

	snprintf(repaired, sizeof(repaired), "%s", text);
	utf8_repair(repaired);
	for (const char *c = repaired; *c != '\0'; c++) {
		const char *escaped = *c == '<'   ? "&lt;"
				      : *c == '>' ? "&gt;"
				      : *c == '&' ? "&amp;"
				      : *c == '"' ? "&quot;"
						  : NULL;

		if (escaped != NULL)
			text_buffer_add_text(buffer, escaped);
		else
			text_buffer_add(buffer, (unsigned char)*c < ' ' ? " " : c, 1);
	}
}

static void put_row(struct plain *p, const char *ref, const char *text)
{
	text_buffer_add_text(p->buffer, "<li id=\"");
	put_text(p->buffer, ref);
	text_buffer_add_text(p->buffer, "\">");
	put_text(p->buffer, text);
	text_buffer_add_text(p->buffer, "</li>\n");
	p->rows++;
}

static void put_heading(struct plain *p, enum say_code code)
{
	text_buffer_print(p->buffer, "<h2>%s</h2>\n<ul>\n", say(p, code));
	p->rows = 0;
}

static void end_list(struct plain *p)
{
	if (p->rows == 0)
		text_buffer_print(p->buffer, "<li>%s</li>\n", say(p, SAY_PLAIN_NOTHING));
	text_buffer_add_text(p->buffer, "</ul>\n");
}

/* --- the form --- */

static void put_items(struct plain *p)
{
	text_buffer_print(p->buffer,
			  "<label for=\"item\">%s</label><select id=\"item\" name=\"item\">\n"
			  "<option value=\"\">\u2013</option>\n",
			  say(p, SAY_PLAIN_WHAT));
	for (size_t i = 0; i < catalog_count(); i++) {
		const struct catalog_item *item = catalog_at(i);
		text_buffer_print(p->buffer, "<option value=\"%u\">", item->code);
		put_text(p->buffer, language_item(p->language, item->code));
		text_buffer_add_text(p->buffer, "</option>\n");
	}
	text_buffer_print(
		p->buffer,
		"</select><label for=\"words\">%s</label><input id=\"words\" name=\"words\" maxlength=\"32\">\n",
		say(p, SAY_PLAIN_OR_WORDS));
}

static void put_form(struct plain *p)
{
	static const struct {
		unsigned hours, shown;
		enum say_code unit;
	} SPANS[] = { { 6, 6, SAY_SPAN_HOURS },
		      { 24, 24, SAY_SPAN_HOURS },
		      { 72, 3, SAY_SPAN_DAYS },
		      { 168, 7, SAY_SPAN_DAYS } };

	text_buffer_print(p->buffer, "<form method=\"post\" action=\"/plain/need\"><h2>%s</h2>\n",
			  say(p, SAY_PAGE_NEED));
	put_items(p);
	text_buffer_print(
		p->buffer,
		"<label for=\"people\">%s</label><input id=\"people\" name=\"people\" type=\"number\" min=\"1\" "
		"value=\"4\">\n"
		"<label for=\"quantity\">%s</label><input id=\"quantity\" name=\"quantity\">\n"
		"<label for=\"within\">%s</label><select id=\"within\" name=\"within\">\n",
		say(p, SAY_PLAIN_PEOPLE), say(p, SAY_PLAIN_HOW_MUCH), say(p, SAY_PLAIN_WHEN));
	for (size_t i = 0; i < sizeof(SPANS) / sizeof(SPANS[0]); i++) {
		char span[24];

		say_write(span, sizeof(span), p->language,
			  (struct say){ .code = SPANS[i].unit, .values = { say_number(SPANS[i].shown) } });
		text_buffer_print(p->buffer, "<option value=\"%u\"%s>%s</option>\n", SPANS[i].hours,
				  SPANS[i].hours == 24 ? " selected" : "", span);
	}
	text_buffer_print(p->buffer, "</select><p><button>%s</button></p></form>\n", say(p, SAY_PAGE_DONE));
}

/* What was written, as everybody reads it. */
static bool on_written_line(void *user, const struct view_line *line)
{
	struct plain *p = user;
	char text[SENTENCE_SIZE];

	sentence_line(text, line, p->language, p->now);
	text_buffer_add_text(p->buffer, "<p class=\"said\">");
	put_text(p->buffer, text);
	text_buffer_add_text(p->buffer, "</p>\n<p><a href=\"#");
	put_text(p->buffer, line->record.ref);
	text_buffer_print(p->buffer, "\">%s</a></p>\n", say(p, SAY_PAGE_BOARD));
	return false;
}

static void put_written(struct plain *p, const struct board_view *view, const char *ref)
{
	struct view_query named = { .ref = ref };

	text_buffer_print(p->buffer, "<p class=\"said\" role=\"alert\">%s</p>\n", say(p, SAY_PAGE_WRITTEN));
	view->lines(view->ctx, &named, on_written_line, p);
}

/* The fields are kept as they came: decoding and encoding them again would be twice the room for a mistake. */
static void put_said(struct plain *p, const struct board_view *view, const struct plain_said *said)
{
	if (said->ref != NULL)
		put_written(p, view, said->ref);
	if (said->text[0] != '\0') {
		text_buffer_add_text(p->buffer, "<p class=\"said\" role=\"alert\">");
		put_text(p->buffer, said->text);
		text_buffer_add_text(p->buffer, "</p>\n");
	}
	if (said->ticket != NULL && said->ticket[0] != '\0')
		text_buffer_print(p->buffer, "<p>%s</p><p class=\"ticket\">%s</p>\n", say(p, SAY_PAGE_TICKET),
				  said->ticket);
	if (said->again == NULL || said->again[0] == '\0')
		return;
	text_buffer_add_text(
		p->buffer,
		"<form method=\"post\" action=\"/plain/need\"><input type=\"hidden\" name=\"again\" value=\"");
	put_text(p->buffer, said->again);
	text_buffer_print(p->buffer, "\"><p><button>%s</button></p></form>\n", say(p, SAY_PAGE_YES));
}

/* --- the lists --- */

static bool on_alert(void *user, const struct view_note *note)
{
	struct plain *p = user;
	char line[SENTENCE_SIZE];

	if (note->kind != VIEW_ALERT)
		return true;
	sentence_note(line, note, p->language, p->now);
	text_buffer_add_text(p->buffer, "<p class=\"said\">");
	put_text(p->buffer, line);
	text_buffer_add_text(p->buffer, "</p>\n");
	return true;
}

static bool on_line(void *user, const struct view_line *line)
{
	struct plain *p = user;
	char text[SENTENCE_SIZE];

	sentence_line(text, line, p->language, p->now);
	put_row(p, line->record.ref, text);
	return true;
}

static bool on_site(void *user, const struct view_site *site)
{
	struct plain *p = user;
	char text[SENTENCE_SIZE];

	sentence_site(text, site, p->language, p->now);
	put_row(p, site->record.ref, text);
	return true;
}

static void put_lists(struct plain *p, const struct board_view *view)
{
	struct view_query needs = { .kind = "need", .status = "open", .limit = PLAIN_ROWS_MAX };
	struct view_query stock = { .kind = "stock", .status = "open", .limit = PLAIN_ROWS_MAX };
	struct view_query sites = { .limit = PLAIN_ROWS_MAX };

	put_heading(p, SAY_PAGE_BOARD);
	view->lines(view->ctx, &needs, on_line, p);
	end_list(p);
	put_heading(p, SAY_PLAIN_ON_SHELF);
	view->lines(view->ctx, &stock, on_line, p);
	end_list(p);
	put_heading(p, SAY_PLAIN_PLACES);
	view->sites(view->ctx, &sites, on_site, p);
	end_list(p);
}

static const char HEAD[] =
	"<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
	"<link rel=\"icon\" href=\"data:,\"><title>aidmesh</title><style>"
	"body{font:18px/1.4 sans-serif;margin:0 auto;max-width:46rem;padding:.75rem;color:#111;background:#fff}"
	"label{display:block;font-weight:bold;margin-top:.75rem}"
	"select,input,button{font:inherit;min-height:48px;width:100%;border:2px solid "
	"#595959;background:#fff;color:#111;padding:.5rem}"
	"button{background:#0a3069;color:#fff;font-weight:bold}li{margin:.5rem 0;overflow-wrap:anywhere}"
	".said{background:#eee;padding:.75rem}.ticket{font:bold 1.7rem monospace;border:3px "
	"solid;padding:.75rem;text-align:center}"
	"a{color:#0a3069;display:inline-block;min-height:48px}</style></head><body><main>\n<h1>";

static void put_notices(struct plain *p, const struct view_status *status)
{
	char sentence[SAID_WRITTEN_SIZE];

	for (size_t i = 0; i < status->notice_count; i++) {
		said_write(sentence, sizeof(sentence), p->language, &status->notices[i].said);
		text_buffer_add_text(p->buffer, "<p class=\"said\">");
		put_text(p->buffer, sentence);
		text_buffer_add_text(p->buffer, "</p>\n");
	}
}

/* While nobody has said that the date is right. Who reads this cannot set it. */
static void put_clock(struct plain *p, const struct view_status *status)
{
	char sentence[SAID_WRITTEN_SIZE];
	struct said said = { 0 };

	if (status->time_quality == VIEW_TIME_SET && status->clock_asks == 0 && !status->clock_is_wrong)
		return;
	said_decide(&said, SAY_OF(PLAIN_CLOCK, say_date(status->now)));
	said_write(sentence, sizeof(sentence), p->language, &said);
	text_buffer_add_text(p->buffer, "<p class=\"said\">");
	put_text(p->buffer, sentence);
	text_buffer_add_text(p->buffer, "</p>\n");
}

void plain_write(struct text_buffer *buffer, const struct board_view *view, const char *accept,
		 const struct plain_said *said)
{
	struct plain p = { .buffer = buffer, .language = language_accepted(accept) };
	struct view_query alerts = { .kind = "alert", .limit = PLAIN_ROWS_MAX };
	struct view_status status = { .name = "" };

	view->status(view->ctx, &status);
	p.now = status.now;
	text_buffer_print(buffer, "<!doctype html>\n<html lang=\"%s\">", language_name(p.language));
	text_buffer_add_text(buffer, HEAD);
	put_text(buffer, status.name[0] != '\0' ? status.name : "aidmesh");
	text_buffer_add_text(buffer, "</h1>\n");
	if (said != NULL)
		put_said(&p, view, said);
	put_notices(&p, &status);
	put_clock(&p, &status);
	view->notes(view->ctx, &alerts, on_alert, &p);
	put_form(&p);
	put_lists(&p, view);
	text_buffer_print(
		buffer,
		"<p><a href=\"/\">%s</a></p><form method=\"post\" action=\"/plain/stay\"><button>%s</button></form>"
		"</main></body></html>\n",
		say(&p, SAY_PLAIN_WHOLE), say(&p, SAY_PLAIN_STAY));
}

/* --- forms --- */

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Of a value up to the next "&". */
static void decode(char *out, size_t size, const char *from, const char *end)
{
	size_t used = 0;

	while (from < end && used + 1 < size) {
		bool is_byte = *from == '%' && end - from > 2 && hex(from[1]) >= 0 && hex(from[2]) >= 0;
		char c = is_byte ? (char)(hex(from[1]) * 16 + hex(from[2])) : *from == '+' ? ' ' : *from;

		from += is_byte ? 3 : 1;
		if (c != '\0')
			out[used++] = c;
	}
	out[used] = '\0';
	utf8_repair(out);
}

bool plain_field(char *out, size_t size, const char *body, size_t body_size, const char *name)
{
	size_t name_size = strlen(name);

	for (const char *at = body, *end = body + body_size; at < end;) {
		const char *stop = memchr(at, '&', (size_t)(end - at));

		stop = stop != NULL ? stop : end;
		if ((size_t)(stop - at) > name_size && memcmp(at, name, name_size) == 0 && at[name_size] == '=') {
			decode(out, size, at + name_size + 1, stop);
			return true;
		}
		at = stop + 1;
	}
	return false;
}
