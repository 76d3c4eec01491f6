/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Names that stand on one display: where there is no room for a whole one, what is cut keeps what tells it from the others.
 * Pure; names are cells, as drawing_fold() makes them. */
#ifndef AIDMESH_BOARD_DISPLAY_LCD_NAMES_H
#define AIDMESH_BOARD_DISPLAY_LCD_NAMES_H

#include <stddef.h>

#include "board/view.h"

enum { LCD_NAMES_MAX = 12 };

struct lcd_names {
	size_t count;
	char list[LCD_NAMES_MAX][VIEW_NAME_SIZE];
};

/* One that is there already, or one too many, is left out. */
void lcd_names_add(struct lcd_names *names, const char *name);

/* `name` in at most `room` cells: whole; or its beginning; or, where another one begins alike, "Diap.infant". `out` has
 * room + 1 bytes. */
void lcd_names_cut(char *out, size_t room, const struct lcd_names *names, const char *name);

#endif
