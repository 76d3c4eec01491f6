/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Every fixed word of the display's pages, in the catalogue's four languages. Pure.
 *
 * In a text a '%' stands for the next value: a number, a name, a span of time. Texts are UTF-8; each, with values of
 * usual size, fits the rows that it is for (tests/unit/display/test_lcd.c draws all of them). */
#ifndef AIDMESH_BOARD_DISPLAY_LCD_WORDS_H
#define AIDMESH_BOARD_DISPLAY_LCD_WORDS_H

#include <stddef.h>

#include "proto/catalog/catalog.h"

enum lcd_word {
	LCD_MINUTES, /* spans */
	LCD_HOURS,
	LCD_DAYS,
	LCD_MINUTES_SHORT,
	LCD_HOURS_SHORT,
	LCD_DAYS_SHORT,
	LCD_NOW,
	LCD_AGO,
	LCD_SINCE, /* a span ago */
	LCD_SINCE_NOW,
	LCD_CARD_FAILED, /* the store */
	LCD_NOTHING_KEPT,
	LCD_NOTHING_NEW_KEPT,
	LCD_SAVE,
	LCD_CHANGE_CARD,
	LCD_DRILL, /* alerts */
	LCD_SEVERITY_0,
	LCD_SEVERITY_1,
	LCD_SEVERITY_2,
	LCD_SEVERITY_3,
	LCD_SEVERITY_4,
	LCD_IN_OUT, /* contacts */
	LCD_STAY,
	LCD_ALL_SAFE,
	LCD_ALL_SAFE_1, /* the same on two rows of 16 */
	LCD_ALL_SAFE_2,
	LCD_NEIGHBOUR,
	LCD_NEIGHBOURS,
	LCD_CAME_IN,
	LCD_NOT_SAFE,
	LCD_NOT_COME,
	LCD_NOT_GONE,
	LCD_NOT_COMPARED,
	LCD_NEED_OPEN, /* home */
	LCD_NEEDS_OPEN,
	LCD_NEED_NEAR,
	LCD_NEEDS_NEAR,
	LCD_NEAR_TIME_GUESSED,
	LCD_NEAR_TIME_SET,
	LCD_PICTURE,
	LCD_NOTHING_SHORT, /* needs */
	LCD_NEED_COVERED,
	LCD_NEEDS_COVERED,
	LCD_NO_NEEDS,
	LCD_NO_NEEDS_1, /* the same on two rows of 16 */
	LCD_NO_NEEDS_2,
	LCD_ADD_ONE,
	LCD_MORE_NEED,
	LCD_MORE_NEEDS,
	LCD_NO_SITE,
	LCD_SHORT_OF,
	LCD_SHORT,
	LCD_NOT_SAID,
	LCD_CHECK_ON_IT,
	LCD_OVERDUE,
	LCD_WITHIN,
	LCD_PLEDGED, /* moves */
	LCD_SENT,
	LCD_TO,
	LCD_NO_TIME,
	LCD_LATE,
	LCD_DUE_IN,
	LCD_SINCE_WALK,
	LCD_CONNECTING, /* neighbours: states in the order of view.h */
	LCD_COMPARING,
	LCD_TRANSFERRING,
	LCD_SAFE_STATE,
	LCD_SELF, /* trust in the order of view.h */
	LCD_TRUSTED,
	LCD_STRANGER,
	LCD_NO_NEIGHBOUR_1,
	LCD_NO_NEIGHBOUR_2,
	LCD_RADIO_HEARD, /* radio */
	LCD_RADIO_WAITING,
	LCD_RADIO_SAFE,
	LCD_RADIO_AIR,
	LCD_RADIO,
	LCD_RADIO_MISSING, /* states in the order of view.h */
	LCD_RADIO_STARTING,
	LCD_RADIO_REFUSED,
	LCD_RADIO_NOBODY,
	LCD_WORDS
};

const char *lcd_word(enum catalog_language language, enum lcd_word word);
/* The word for one or for several: which of the two a count takes differs between languages. */
enum lcd_word lcd_word_for(enum catalog_language language, unsigned long long count, enum lcd_word one,
			   enum lcd_word several);
/* Writes the text with its values, cut to the size; NULL for a value that it has no '%' for. */
void lcd_fill(char *out, size_t size, const char *text, const char *first, const char *second);

#endif
