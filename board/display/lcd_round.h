/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The pages that take turns: home, what is short, what is coming, what came in, neighbours, the radio. */
#ifndef AIDMESH_BOARD_DISPLAY_LCD_ROUND_H
#define AIDMESH_BOARD_DISPLAY_LCD_ROUND_H

#include "board/display/drawing.h"

/* At least home. */
void lcd_round_draw(struct drawing *d);

#endif
