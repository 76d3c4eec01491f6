/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The page without a script: what stands, to be read by any browser, and a form for a need. Also what the mini-browser of
 * a phone shows that has just joined the node's network. English, Spanish, French or Kreyol as the browser asks. */
#ifndef AIDMESH_BOARD_PAGE_PLAIN_H
#define AIDMESH_BOARD_PAGE_PLAIN_H

#include "board/text/text_buffer.h"
#include "board/view.h"

enum { PLAIN_SIZE_MAX = 1024 * 1024, PLAIN_ROWS_MAX = 200 };

/* What was just written, or why not. All but `text` may be empty. */
struct plain_said {
	const char *text;   /* a sentence */
	const char *ref;    /* of what was written: it is told, and linked to its row */
	const char *ticket; /* for the person */
	const char *again;  /* the form's fields as they came, to be sent again with "sure"; the text then asks */
};

/* `accept` is the header Accept-Language, or NULL. `said` may be NULL. */
void plain_write(struct text_buffer *buffer, const struct board_view *view, const char *accept,
		 const struct plain_said *said);

/* A field of a form's body (application/x-www-form-urlencoded), decoded into `out` and cut to its size. False when it is
 * not there. */
bool plain_field(char *out, size_t size, const char *body, size_t body_size, const char *name);

#endif
