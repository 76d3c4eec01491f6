/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/display/buttons.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { RELEASED, PRESSED, REPEATED };

enum rotation_button buttons_meaning(const struct input_event *event)
{
	if (event->type != EV_KEY || event->value == RELEASED)
		return ROTATION_NO_BUTTON;
	switch (event->code) {
	case KEY_RIGHT:
	case KEY_DOWN:
		return ROTATION_NEXT;
	case KEY_LEFT:
	case KEY_UP:
		return ROTATION_PREVIOUS;
	case KEY_ENTER:
	case KEY_KPENTER:
		return event->value == PRESSED ? ROTATION_HOLD : ROTATION_NO_BUTTON;
	}
	return ROTATION_NO_BUTTON;
}

void buttons_init(struct buttons *buttons, uv_loop_t *loop, const char *path, void *ctx,
		  void (*pressed)(void *ctx, enum rotation_button button), void (*gone)(void *ctx),
		  void (*closed)(void *ctx))
{
	*buttons = (struct buttons){
		.loop = loop, .path = path, .ctx = ctx, .pressed = pressed, .gone = gone, .closed = closed, .fd = -1
	};
}

static void on_poll_closed(uv_handle_t *handle)
{
	struct buttons *b = handle->data;

	close(b->fd);
	b->fd = -1;
	if (b->closing)
		b->closed(b->ctx);
	else
		b->gone(b->ctx);
}

static void take(struct buttons *b)
{
	size_t used = 0;

	for (; b->in_size - used >= sizeof(struct input_event); used += sizeof(struct input_event)) {
		struct input_event event;
		enum rotation_button button;

		memcpy(&event, b->in + used, sizeof(event));
		button = buttons_meaning(&event);
		if (button != ROTATION_NO_BUTTON && !b->closing)
			b->pressed(b->ctx, button);
	}
	b->in_size -= used;
	memmove(b->in, b->in + used, b->in_size);
}

/* A turn of the loop reads once: what is left wakes it again. */
static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct buttons *b = poll->data;
	ssize_t size = -1;

	(void)events;
	if (status == 0)
		size = read(b->fd, b->in + b->in_size, sizeof(b->in) - b->in_size);
	if (size > 0) {
		b->in_size += (size_t)size;
		take(b);
	} else if (status != 0 || size == 0 || (errno != EAGAIN && errno != EINTR)) {
		uv_close((uv_handle_t *)&b->poll, on_poll_closed);
	}
}

int buttons_open(struct buttons *buttons)
{
	int fd = open(buttons->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), rc;

	assert(buttons->fd < 0 && !buttons->closing);
	if (fd < 0)
		return uv_translate_sys_error(errno);
	rc = uv_poll_init(buttons->loop, &buttons->poll, fd);
	if (rc != 0) {
		close(fd);
		return rc;
	}
	buttons->poll.data = buttons;
	buttons->fd = fd;
	buttons->in_size = 0;
	uv_poll_start(&buttons->poll, UV_READABLE, on_poll);
	return 0;
}

bool buttons_are_open(const struct buttons *buttons)
{
	return buttons->fd >= 0;
}

void buttons_close(struct buttons *buttons)
{
	buttons->closing = true;
	if (buttons->fd < 0)
		buttons->closed(buttons->ctx);
	else if (!uv_is_closing((uv_handle_t *)&buttons->poll))
		uv_close((uv_handle_t *)&buttons->poll, on_poll_closed);
}
