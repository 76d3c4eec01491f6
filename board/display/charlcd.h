/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The bytes that the kernel's character LCD (drivers/auxdisplay/charlcd.c) understands: text at the cursor, and
 * ESC [ L commands. No wrap: a row is addressed, then written. Pure. */
#ifndef AIDMESH_BOARD_DISPLAY_CHARLCD_H
#define AIDMESH_BOARD_DISPLAY_CHARLCD_H

#include "board/display/lcd.h"

enum {
	CHARLCD_BEGIN_SIZE = 192,
	CHARLCD_PAGE_SIZE = LCD_ROWS_MAX * (LCD_COLS_MAX + 12) + 5,
};

/* Starts the display anew, whatever it was at: no cursor, light on, our glyphs, cleared. Returns the number of bytes. */
size_t charlcd_begin(char out[CHARLCD_BEGIN_SIZE]);
/* What makes `page` of `shown`; of a cleared display where that is NULL. 0: nothing. Its character set has a yen sign for
 * the backslash and an arrow for the tilde; a slash and a dash stand for them. */
size_t charlcd_page(char out[CHARLCD_PAGE_SIZE], const struct lcd_page *page, const struct lcd_page *shown);

#endif
