/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The display's words (lcd-... of the language files): what fills them in stands where a text has {}. Each, with values of
 * the usual size, fits the rows that it is for (tests/unit/display/test_lcd.c draws all of them). */
#ifndef AIDMESH_BOARD_DISPLAY_LCD_WORDS_H
#define AIDMESH_BOARD_DISPLAY_LCD_WORDS_H

#include "board/text/say.h"

/* The word for one or for several: which of the two a count takes differs between languages. */
enum say_code lcd_words_for(enum language language, unsigned long long count, enum say_code one, enum say_code several);
/* Writes the text with its values, cut to the size; NULL for a value that it has no {} for. */
void lcd_words_fill(char *out, size_t size, const char *text, const char *first, const char *second);

#endif
