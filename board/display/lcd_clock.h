/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The date, while nobody has said that it is right: a page that asks, and what came of the answer. */
#ifndef AIDMESH_BOARD_DISPLAY_LCD_CLOCK_H
#define AIDMESH_BOARD_DISPLAY_LCD_CLOCK_H

#include "board/display/drawing.h"

/* Nothing where the date is known. */
void lcd_clock_draw(struct drawing *d);
void lcd_clock_draw_answer(struct drawing *d, const struct lcd_answer *answer);

#endif
