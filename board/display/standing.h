/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A page on the kernel's character LCD without the loop: before everything is open, and where it cannot be opened. It keeps its
 * letters when its writer dies, so what stood there from before may long be over. LCDd takes a page away by itself.
 *
 * Blocks for as long as the device takes a page, a tenth of a second. Whatever fails is passed over: there is nothing to show
 * it on. */
#ifndef AIDMESH_BOARD_DISPLAY_STANDING_H
#define AIDMESH_BOARD_DISPLAY_STANDING_H

#include "board/display/lcd.h"

struct standing {
	const char *path; /* of the device */
	enum lcd_size size;
	enum language language;
};

void standing_starts(const struct standing *standing);
/* `why` in as many words as there is room for. */
void standing_cannot_start(const struct standing *standing, const char *why);

#endif
