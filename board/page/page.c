/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/page/page.h"

#include <string.h>

#include "board/page_bytes.inc"

/* Nothing from elsewhere, and nobody frames it. The script builds what it shows from text alone. */
static const char POLICY[] = "default-src 'none'; connect-src 'self'; img-src 'self' data:; style-src 'unsafe-inline'; "
			     "script-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

void page_answer_whole(struct http_exchange *x)
{
	const char *known = http_header(x, "If-None-Match"), *accepts = http_header(x, "Accept-Encoding");
	static const char TYPE[] = "text/html; charset=utf-8";

	http_header_add(x, "ETag", PAGE_TAG);
	if (known != NULL && strcmp(known, PAGE_TAG) == 0) {
		http_answer_static(x, 304, TYPE, "", 0);
		return;
	}
	http_header_add(x, "Content-Security-Policy", POLICY);
	http_header_add(x, "Vary", "Accept-Encoding");
	if (accepts != NULL && strstr(accepts, "gzip") != NULL) {
		http_header_add(x, "Content-Encoding", "gzip");
		http_answer_static(x, 200, TYPE, PAGE_GZIP, sizeof(PAGE_GZIP));
	} else {
		http_answer_static(x, 200, TYPE, PAGE_HTML, sizeof(PAGE_HTML));
	}
}
