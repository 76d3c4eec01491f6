/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The pages that come in front of the round: a failed card, alerts, contacts, ALL SAFE, and what was left undone. */
#ifndef AIDMESH_BOARD_DISPLAY_LCD_FRONT_H
#define AIDMESH_BOARD_DISPLAY_LCD_FRONT_H

#include "board/display/drawing.h"

/* Before the round: counts who is near. */
void lcd_front_draw(struct drawing *d);
void lcd_front_draw_undone(struct drawing *d, const struct lcd_undone *undone);

#endif
