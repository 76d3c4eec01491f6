/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A sheet to print: one page of HTML with everything in it, black on white, whatever paper there is. Its style reaches the sheet
 * alone, so that the phone page shows it within its own. */
#include <stdlib.h>

#include "board/api/api_inside.h"

static const char HEAD[] =
	"<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><title>aidmesh</title></head><body>\n"
	"<div class=\"sheet\"><style>@page{margin:8mm}\n"
	".sheet{color:#000;background:#fff;margin:0 auto}\n";

void api_paper_text(struct text_buffer *page, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '<' || *text == '>' || *text == '&' || *text == '"')
			text_buffer_print(page, "&#%d;", *text);
		else
			text_buffer_add(page, text, 1);
	}
}

void api_paper_phrase(struct text_buffer *page, enum language language, struct say say)
{
	char sentence[SAID_WRITTEN_SIZE];
	struct said said = { 0 };

	said_decide(&said, say);
	said_write(sentence, sizeof(sentence), language, &said);
	api_paper_text(page, sentence);
}

enum language api_paper_language(const struct http_exchange *x)
{
	const char *code = http_query(x, "language");
	enum language language = code != NULL ? language_find(code) : api_language(x);

	return language == LANGUAGES ? LANGUAGE_EN : language;
}

void api_paper_begin(struct text_buffer *page, enum language language, const char *style)
{
	text_buffer_print(page, HEAD, language_name(language));
	text_buffer_add_text(page, style);
	text_buffer_add_text(page, "</style>\n");
}

void api_paper_end(struct http_exchange *x, struct text_buffer *page)
{
	if (text_buffer_add_text(page, "</div></body></html>\n")) {
		http_answer(x, 200, "text/html; charset=utf-8", page->data, page->size);
		return;
	}
	free(page->data);
	api_answer_error(x, 503, SAY(MEMORY));
}
