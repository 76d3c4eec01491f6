/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a neighbour does not take, and what is not taken of it: by the reason, with whose clock, memory or rules it is. */
#ifndef AIDMESH_BOARD_DISPLAY_LCD_LEFT_H
#define AIDMESH_BOARD_DISPLAY_LCD_LEFT_H

#include "board/display/drawing.h"

/* `ours`: how well this node knows the date. */
struct lcd_left lcd_left_of(const struct view_peer *peer, enum view_time_quality ours);
bool lcd_left_is_some(const struct lcd_left *left);
/* A page for each reason, of this neighbour. */
void lcd_left_draw(struct drawing *d, const struct view_peer *peer);
/* The reason of most of them in two rows; where there is one. */
void lcd_left_put(const struct drawing *d, struct lcd_page *page, size_t row, const struct lcd_left *left,
		  const char *name);

#endif
