/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Buttons at a display, as the kernel tells of them (input events: Documentation/input/input.rst): gpio-keys, a rotary
 * encoder, a keypad, a keyboard. Right and Down are next, Left and Up previous, Enter holds. One thread, the loop's; never
 * blocks. */
#ifndef AIDMESH_BOARD_DISPLAY_BUTTONS_H
#define AIDMESH_BOARD_DISPLAY_BUTTONS_H

#include <linux/input.h>
#include <uv.h>

#include "board/display/rotation.h"

/* A key that was pressed; next and previous also repeat while it is. */
enum rotation_button buttons_meaning(const struct input_event *event);

struct buttons {
	uv_loop_t *loop;
	const char *path;
	void *ctx;
	void (*pressed)(void *ctx, enum rotation_button button);
	void (*gone)(void *ctx);
	void (*closed)(void *ctx);
	uv_poll_t poll;
	int fd;       /* -1: the device is not open */
	bool closing; /* for good */
	char in[16 * sizeof(struct input_event)];
	size_t in_size;
};

/* Not open as yet. `path` outlives it. `gone`: an open device went away; it may be opened again from there on. */
void buttons_init(struct buttons *buttons, uv_loop_t *loop, const char *path, void *ctx,
		  void (*pressed)(void *ctx, enum rotation_button button), void (*gone)(void *ctx),
		  void (*closed)(void *ctx));
/* 0, or libuv's error: it is not there, or not ours to read. */
int buttons_open(struct buttons *buttons) __attribute__((warn_unused_result));
bool buttons_are_open(const struct buttons *buttons);
/* `closed` is called, later unless it was not open. */
void buttons_close(struct buttons *buttons);

#endif
