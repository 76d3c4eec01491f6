/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What hangs on the wall so that phones find the node: its Wi-Fi and its page, in letters and as QR codes. One page of HTML with
 * everything in it, black on white, for A4, letter and a till printer: what is printed is told by the paper. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "board/api/api_inside.h"

enum { CODE_SIZE = 256 };

static const char STYLE[] =
	".sheet{font:16pt/1.3 sans-serif;text-align:center;max-width:18cm}\n"
	".sheet h1{font-size:26pt;margin:.3em 0}.sheet svg{display:block;width:100%;max-width:8cm;margin:0 auto}\n"
	".sheet section{break-inside:avoid;margin:0 0 .6em}.sheet p{margin:.2em 0}\n"
	".sheet b{font:bold 20pt monospace;overflow-wrap:anywhere}\n"
	"@media(max-width:9cm){.sheet{font-size:11pt}.sheet h1{font-size:15pt}.sheet b{font-size:13pt}"
	".sheet svg{max-width:4.5cm}}\n";

static void add_line(struct text_buffer *page, enum language language, struct say say, const char *value)
{
	text_buffer_add_text(page, "<p>");
	api_paper_phrase(page, language, say);
	text_buffer_add_text(page, "<br><b>");
	api_paper_text(page, value);
	text_buffer_add_text(page, "</b></p>\n");
}

/* As phones read it: WIFI:T:WPA;S:...;P:...;; with a backslash before \ ; , : and ". */
static void add_wifi_part(char code[CODE_SIZE], const char *key, const char *value)
{
	size_t used = strlen(code);

	used += (size_t)snprintf(code + used, CODE_SIZE - used, "%s:", key);
	for (; *value != '\0' && used + 3 < CODE_SIZE; value++) {
		if (strchr("\\;,:\"", *value) != NULL)
			code[used++] = '\\';
		code[used++] = *value;
	}
	code[used++] = ';';
	code[used] = '\0';
}

static void add_wifi(struct text_buffer *page, enum language language, const struct view_setup *setup)
{
	char code[CODE_SIZE] = "WIFI:T:WPA;";

	add_wifi_part(code, "S", setup->wifi_name);
	add_wifi_part(code, "P", setup->wifi_password);
	strcat(code, ";");
	text_buffer_add_text(page, "<section>");
	api_qr_draw(page, code);
	add_line(page, language, SAY(POSTER_WIFI), setup->wifi_name);
	add_line(page, language, SAY(POSTER_PASSWORD), setup->wifi_password);
	text_buffer_add_text(page, "</section>\n");
}

static void add_address(struct text_buffer *page, enum language language, const char *host)
{
	char address[CODE_SIZE];

	snprintf(address, sizeof(address), "http://%s/", host);
	text_buffer_add_text(page, "<section>");
	api_qr_draw(page, address);
	add_line(page, language, SAY(POSTER_ADDRESS), address);
	text_buffer_add_text(page, "</section>\n");
}

static_assert((int)CODE_SIZE > 11 + 3 + 2 * 32 + 3 + 2 * 63 + 2,
	      "the longest name and password fit, each sign escaped");

void api_get_poster(struct api *api, struct http_exchange *x)
{
	struct text_buffer page = { .size_max = API_PAPER_SIZE_MAX };
	const struct board_view *view = api->config.view;
	enum language language = api_paper_language(x);
	struct view_status status;
	struct view_setup setup;

	view->status(view->ctx, &status);
	view->setup(view->ctx, &setup);
	if (setup.host[0] == '\0' || setup.wifi_name[0] == '\0' || setup.wifi_password[0] == '\0') {
		api_answer_error(x, 409, SAY(POSTER_NOTHING));
		return;
	}
	api_paper_begin(&page, language, STYLE);
	text_buffer_add_text(&page, "<h1>");
	api_paper_text(&page, status.name);
	text_buffer_add_text(&page, "</h1><p>");
	api_paper_phrase(&page, language, SAY(POSTER_WHAT));
	text_buffer_add_text(&page, "</p>\n");
	add_wifi(&page, language, &setup);
	add_address(&page, language, setup.host);
	api_paper_end(x, &page);
}
