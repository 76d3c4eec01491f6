/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The lines that LCDproc's server and its clients exchange (LCDproc 0.5.9, docs/lcdproc-dev: "The client language"). One
 * screen: a string for each row, and a bar. Pure. */
#ifndef AIDMESH_BOARD_DISPLAY_LCDPROC_H
#define AIDMESH_BOARD_DISPLAY_LCDPROC_H

#include "board/display/rotation.h"

enum {
	LCDPROC_LINE_SIZE = 256, /* what is longer is dropped: nothing that we read is */
	LCDPROC_OUT_SIZE = 1024,
};

/* Bytes become lines. All zero at first. */
struct lcdproc_input {
	char line[LCDPROC_LINE_SIZE];
	size_t size;
	bool is_overlong;
};

enum lcdproc_news {
	LCDPROC_NOTHING, /* also what we do not know: a later server may say more */
	LCDPROC_CONNECT, /* answers "hello" */
	LCDPROC_KEY,
};

struct lcdproc_said {
	enum lcdproc_news news;
	unsigned cols, rows;         /* CONNECT: of the display, 0 where it is not said */
	enum rotation_button button; /* KEY: ROTATION_NO_BUTTON for others' */
};

/* Takes a byte; true when a line is whole, told in `said`. */
bool lcdproc_feed(struct lcdproc_input *input, struct lcdproc_said *said, char byte);

/* The largest page that fits the display; false where none does. */
bool lcdproc_fit(enum lcd_size *size, const struct lcdproc_said *said);

/* What a client says first; after LCDPROC_CONNECT; and what makes `page` of `shown`, or where that is NULL of an empty
 * screen. Return the number of bytes. */
size_t lcdproc_hello(char out[LCDPROC_OUT_SIZE]);
size_t lcdproc_setup(char out[LCDPROC_OUT_SIZE], enum lcd_size size);
size_t lcdproc_page(char out[LCDPROC_OUT_SIZE], const struct lcd_page *page, const struct lcd_page *shown);

#endif
