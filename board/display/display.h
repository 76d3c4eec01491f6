/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A display on the wall: a rotation of pages on a real screen, turned by buttons.
 *
 *   view.h --> lcd.h --> rotation.h --> screen.h: LCDd | /dev/lcd
 *                          ^------- buttons.h, LCDd's keys
 *
 * Timer: one, for the rotation's deadline while the screen is there, and for the next look at what is not there. What is there
 * and what is not is said when it changes, and not again within DISPLAY_SAY_MS. One thread, the loop's. */
#ifndef AIDMESH_BOARD_DISPLAY_DISPLAY_H
#define AIDMESH_BOARD_DISPLAY_DISPLAY_H

#include <uv.h>

#include "board/display/lcd.h"
#include "board/door.h"

enum {
	DISPLAY_RETRY_MS = 1000, /* doubles */
	DISPLAY_RETRY_MS_MAX = 8000,
	DISPLAY_SAY_MS = 600000,
	DISPLAY_BUTTONS_MAX = 4, /* devices: each gpio-key overlay makes one of its own */
};

enum display_output { DISPLAY_LCDPROC, DISPLAY_CHARLCD };

struct display_config {
	uv_loop_t *loop;
	const struct board_view *view; /* outlives it */
	enum display_output output;
	const char *where;              /* /dev/lcd; 127.0.0.1:13666 as it is said in sentences; outlives it */
	const struct sockaddr *address; /* DISPLAY_LCDPROC */
	enum lcd_size size;             /* DISPLAY_CHARLCD; LCDd says its own */
	enum language language;
	bool sleeps;                              /* dark between what is worth a look: lcd.h */
	const char *buttons[DISPLAY_BUTTONS_MAX]; /* paths of input devices; outlive it; behind the last NULL */
	void *ctx;
	void (*say)(void *ctx, const char *sentence); /* for the log: what is there and what is not */
	/* Somebody says by a button that the date is right: view_status.clock_asks, else now. NULL: nobody asks. */
	enum door_rc (*confirm_clock)(void *ctx, struct said *why);
};

struct display;

/* NULL when memory is out. Begins to look for the display; without one nothing is wrong. */
struct display *display_open(const struct display_config *config);
/* Whether pages are shown: false while it is looked for. */
bool display_is_up(const struct display *display);
/* The host calls it when what people see has changed. */
void display_changed(struct display *display);
/* ... and just before a contact ends, so that what is left of it is known. */
void display_contact_ends(struct display *display);
/* `done` comes later; then its memory is free. The view is not read any more. */
void display_close(struct display *display, void (*done)(void *user), void *user);

#endif
