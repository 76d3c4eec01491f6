/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/display/screen.h"

#include <assert.h>
#include <stdlib.h>

void screen_begin(struct screen *screen)
{
	screen->is_shown = screen->has_wanted = false;
}

void screen_show(const struct screen_driver *driver, void *self, const struct lcd_page *page)
{
	struct screen *screen = self;

	assert(!screen->closing);
	screen->wanted = *page;
	screen->has_wanted = true;
	if (driver->takes(screen))
		driver->send(screen);
}

const struct lcd_page *screen_shown(const struct screen *screen)
{
	return screen->is_shown ? &screen->shown : NULL;
}

void screen_sent(struct screen *screen)
{
	assert(screen->has_wanted);
	screen->shown = screen->wanted;
	screen->is_shown = true;
	screen->has_wanted = false;
}

void screen_end(struct screen *screen)
{
	struct screen_host host = screen->host;

	if (screen->closing) {
		free(screen);
		host.closed(host.ctx);
		return;
	}
	host.down(host.ctx, screen->why);
}
