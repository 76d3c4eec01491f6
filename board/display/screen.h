/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What every real display is to display.c: a table of functions, and what it says back. Retrying is written once, there; the
 * page that is wanted and the end once, in screen.c.
 *
 *   down --connect--> trying --up--> shown to --down--> down
 *                        '----------down-----------------^
 *
 * Lives on the loop's thread and never blocks it. */
#ifndef AIDMESH_BOARD_DISPLAY_SCREEN_H
#define AIDMESH_BOARD_DISPLAY_SCREEN_H

#include <uv.h>

#include "board/display/rotation.h"

enum { SCREEN_WHY_SIZE = 200 };

struct screen_host {
	void *ctx;
	/* It is there, and empty; screen_show may be called, also from here. */
	void (*up)(void *ctx, enum lcd_size size, enum lcd_charset charset);
	/* It is not there, or no longer, for the reason in a borrowed sentence; `connect` may be called, later. */
	void (*down)(void *ctx, const char *why);
	void (*button)(void *ctx, enum rotation_button button);
	/* After `close`: nothing of it is left. */
	void (*closed)(void *ctx);
};

struct screen_config {
	uv_loop_t *loop;
	const char *where;              /* for sentences, and the device's path; outlives it */
	const struct sockaddr *address; /* of LCDd; copied */
	enum lcd_size size;             /* of a device that does not say */
};

struct screen_driver {
	/* Down as yet; it begins with a struct screen. NULL when memory is out. `host` is copied. */
	void *(*open)(const struct screen_config *config, const struct screen_host *host);
	/* One try, where it is down; `up` or `down` answers, later. */
	void (*connect)(void *screen);
	/* Whether the page that is wanted may be sent now. */
	bool (*takes)(const void *screen);
	/* Sends what makes it of the page that is shown. Where it takes it, and something is wanted. */
	void (*send)(void *screen);
	/* In any state, once; `closed` answers, at once or later, and nothing else does. */
	void (*close)(void *screen);
};

/* What every driver's struct begins with; malloc's. */
struct screen {
	struct screen_host host;
	struct lcd_page wanted, shown;
	bool is_shown;   /* `shown` is on it, or on its way */
	bool has_wanted; /* since then */
	bool closing;
	char why[SCREEN_WHY_SIZE]; /* it is going down */
};

/* Where it is up. Only what changed is written; of pages that come faster than the display takes them, the last. */
void screen_show(const struct screen_driver *driver, void *screen, const struct lcd_page *page);

/* For the drivers. */

/* It is empty, and nothing is wanted yet. */
void screen_begin(struct screen *screen);
/* What is on it, or on its way; NULL: nothing. */
const struct lcd_page *screen_shown(const struct screen *screen);
/* The page that was wanted is on its way. */
void screen_sent(struct screen *screen);
/* It is down, and nothing of it is left on the loop: the host is told why. A screen that closes is freed. */
void screen_end(struct screen *screen);

/* The client of LCDproc's LCDd, over TCP. */
extern const struct screen_driver SCREEN_LCDPROC;
/* The kernel's character LCD: /dev/lcd. */
extern const struct screen_driver SCREEN_CHARLCD;

#endif
