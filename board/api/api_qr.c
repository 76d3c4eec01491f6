/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A QR code as a picture that scales (SVG): for the page and for paper. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <qrencode.h>

#include "board/api/api_inside.h"
#include "board/text/text_buffer.h"

enum { TEXT_MAX = 300, SVG_SIZE_MAX = 256 * 1024, QUIET = 4 /* modules around it, as the standard wants */ };

static bool draw(struct text_buffer *buffer, const QRcode *code)
{
	int width = code->width, size = width + 2 * QUIET;

	text_buffer_print(
		buffer,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
		"<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"#000\" d=\"",
		size, size, size, size);
	for (int y = 0; y < width; y++)
		for (int x = 0, run; x < width; x += run) {
			bool black = code->data[y * width + x] & 1;

			for (run = 1; x + run < width && (code->data[y * width + x + run] & 1) == black; run++)
				;
			if (black)
				text_buffer_print(buffer, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, run, run);
		}
	return text_buffer_print(buffer, "\"/></svg>\n");
}

bool api_qr_draw(struct text_buffer *buffer, const char *text)
{
	QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	bool ok = code != NULL && draw(buffer, code);

	QRcode_free(code);
	return ok;
}

void api_get_qr(struct api *api, struct http_exchange *x)
{
	const char *text = http_query(x, "text");
	struct text_buffer buffer = { .size_max = SVG_SIZE_MAX };

	(void)api;
	if (text == NULL || text[0] == '\0' || strlen(text) > TEXT_MAX) {
		api_answer_error(x, 400, SAY_OF(API_QR_TEXT, say_number(TEXT_MAX)));
		return;
	}
	if (api_qr_draw(&buffer, text)) {
		http_answer(x, 200, "image/svg+xml", buffer.data, buffer.size);
	} else {
		free(buffer.data);
		api_answer_error(x, 503, SAY(MEMORY));
	}
}
