/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A full picture takes the display's bus a tenth of a second, and the kernel lets the writer wait for it: everything runs on
 * libuv's pool, one request at a time. Nothing tells that a display was unplugged and plugged in again: after
 * BEGIN_AGAIN_MS the next change starts it anew. *
 *   DOWN --connect--> OPENING --> BEGINNING --> IDLE <--> WRITING
 *                        |            |          |           |
 *                        |            '----------+-----------'
 *                        |            |          |
 *                        |            |          '--closed--> CLEARING
 *                        |            |                          |
 *                        '--failed----'-------- failed, cleared -'--> CLOSING --> DOWN
 *
 * In every state but DOWN and IDLE one request is under way. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board/display/charlcd.h"
#include "board/display/screen.h"

enum { BEGIN_AGAIN_MS = 60000 };

enum state { DOWN, OPENING, BEGINNING, IDLE, WRITING, CLEARING, CLOSING, STATES };

/* ALLOWED[from][to] */
static const bool ALLOWED[STATES][STATES] = {
	[DOWN] = { [OPENING] = true },
	[OPENING] = { [BEGINNING] = true, [CLOSING] = true },
	[BEGINNING] = { [IDLE] = true, [CLEARING] = true, [CLOSING] = true },
	[IDLE] = { [WRITING] = true, [CLEARING] = true },
	[WRITING] = { [IDLE] = true, [CLEARING] = true, [CLOSING] = true },
	[CLEARING] = { [CLOSING] = true },
	[CLOSING] = { [DOWN] = true },
};

struct charlcd {
	struct screen screen;
	uv_loop_t *loop;
	const char *path;
	enum lcd_size size;
	enum state state;
	uv_fs_t request;
	uv_file fd; /* -1: none is open */
	char out[CHARLCD_BEGIN_SIZE + CHARLCD_PAGE_SIZE];
	size_t out_size, out_done;
	uint64_t begun_at; /* uv_now */
};

static void move_to(struct charlcd *c, enum state state)
{
	bool has_file = state != DOWN && state != OPENING && state != CLOSING;

	assert(ALLOWED[c->state][state]);
	assert((c->fd >= 0) == has_file);
	assert(c->out_done <= c->out_size && c->out_size <= sizeof(c->out));
	assert(!c->screen.closing || (state != IDLE && state != WRITING));
	c->state = state;
}

static void end(struct charlcd *c)
{
	move_to(c, DOWN);
	screen_end(&c->screen);
}

static void on_file_closed(uv_fs_t *request)
{
	struct charlcd *c = request->data;

	uv_fs_req_cleanup(request);
	end(c);
}

static void fail(struct charlcd *c, int rc)
{
	uv_file fd = c->fd;

	if (rc == UV_EBUSY)
		snprintf(c->screen.why, sizeof(c->screen.why),
			 "%s is in use by another program, such as LCDd: stop that, or take lcdproc as the output",
			 c->path);
	else if (rc == UV_EACCES || rc == UV_EPERM)
		snprintf(c->screen.why, sizeof(c->screen.why),
			 "%s may not be written to by this user: give it to the node's group with a udev rule",
			 c->path);
	else if (rc == UV_ENOENT || rc == UV_ENXIO || rc == UV_ENODEV)
		snprintf(c->screen.why, sizeof(c->screen.why), "there is no display at %s; it is taken when it comes",
			 c->path);
	else
		snprintf(c->screen.why, sizeof(c->screen.why), "the display at %s fails: %s", c->path, uv_strerror(rc));
	c->fd = -1;
	move_to(c, CLOSING);
	if (fd < 0 || uv_fs_close(c->loop, &c->request, fd, on_file_closed) != 0)
		end(c);
}

static void on_written(uv_fs_t *request);

static void write_rest(struct charlcd *c)
{
	uv_buf_t rest = uv_buf_init(c->out + c->out_done, (unsigned)(c->out_size - c->out_done));
	int rc = uv_fs_write(c->loop, &c->request, c->fd, &rest, 1, -1, on_written);

	if (rc != 0)
		fail(c, rc);
}

/* The picture is whole again where the display lost its power meanwhile. */
static void charlcd_send(void *screen)
{
	struct charlcd *c = screen;

	assert(c->state == IDLE && c->screen.has_wanted);
	c->out_size = c->out_done = 0;
	if (uv_now(c->loop) - c->begun_at >= BEGIN_AGAIN_MS) {
		c->out_size = charlcd_begin(c->out);
		c->begun_at = uv_now(c->loop);
		c->screen.is_shown = false;
	}
	c->out_size += charlcd_page(c->out + c->out_size, &c->screen.wanted, screen_shown(&c->screen));
	screen_sent(&c->screen);
	if (c->out_size == 0)
		return;
	move_to(c, WRITING);
	write_rest(c);
}

/* What would stay on it is no longer true. */
static void clear(struct charlcd *c)
{
	move_to(c, CLEARING);
	c->out_done = 0;
	c->out_size = 1;
	c->out[0] = '\f';
	write_rest(c);
}

static void on_written(uv_fs_t *request)
{
	struct charlcd *c = request->data;
	ssize_t size = request->result;
	bool is_begun = c->state == BEGINNING;

	uv_fs_req_cleanup(request);
	if (size <= 0 || c->state == CLEARING) {
		fail(c, size < 0 ? (int)size : UV_EIO);
		return;
	}
	c->out_done += (size_t)size;
	if (c->out_done < c->out_size) {
		write_rest(c);
		return;
	}
	if (c->screen.closing) {
		clear(c);
		return;
	}
	move_to(c, IDLE);
	if (is_begun)
		c->screen.host.up(c->screen.host.ctx, c->size, LCD_GLYPHS);
	else if (c->screen.has_wanted)
		charlcd_send(c);
}

static void on_opened(uv_fs_t *request)
{
	struct charlcd *c = request->data;
	ssize_t rc = request->result;

	uv_fs_req_cleanup(request);
	if (rc >= 0)
		c->fd = (uv_file)rc;
	if (rc < 0 || c->screen.closing) {
		fail(c, rc < 0 ? (int)rc : UV_ECANCELED);
		return;
	}
	move_to(c, BEGINNING);
	screen_begin(&c->screen);
	c->begun_at = uv_now(c->loop);
	c->out_done = 0;
	c->out_size = charlcd_begin(c->out);
	write_rest(c);
}

static void *charlcd_open(const struct screen_config *config, const struct screen_host *host)
{
	struct charlcd *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->loop = config->loop;
	c->screen.host = *host;
	c->path = config->where;
	c->size = config->size;
	c->fd = -1;
	c->request.data = c;
	return c;
}

static void charlcd_connect(void *screen)
{
	struct charlcd *c = screen;
	int rc;

	assert(!c->screen.closing);
	move_to(c, OPENING);
	rc = uv_fs_open(c->loop, &c->request, c->path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0, on_opened);
	if (rc != 0)
		fail(c, rc);
}

static bool charlcd_takes(const void *screen)
{
	return ((const struct charlcd *)screen)->state == IDLE;
}

/* A request under way ends first. */
static void charlcd_close(void *screen)
{
	struct charlcd *c = screen;

	c->screen.closing = true;
	if (c->state == IDLE)
		clear(c);
	else if (c->state == DOWN)
		screen_end(&c->screen);
}

const struct screen_driver SCREEN_CHARLCD = { charlcd_open, charlcd_connect, charlcd_takes, charlcd_send,
					      charlcd_close };
