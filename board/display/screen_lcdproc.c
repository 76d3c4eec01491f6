/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One connection, one write at a time; what LCDd answers to each is read and not waited for.
 *
 *   DOWN --connect--> TRYING --LCDd told its size--> UP
 *                        |                           |
 *                        '--- failed, closed --------'--> CLOSING --> DOWN
 *
 * In every state but DOWN the connection is a handle of the loop's. */
#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board/display/lcdproc.h"
#include "board/display/screen.h"

enum { KEEPALIVE_S = 60, READ_SIZE = 512 };

enum state { DOWN, TRYING, UP, CLOSING, STATES };

/* ALLOWED[from][to] */
static const bool ALLOWED[STATES][STATES] = {
	[DOWN] = { [TRYING] = true },
	[TRYING] = { [UP] = true, [CLOSING] = true },
	[UP] = { [CLOSING] = true },
	[CLOSING] = { [DOWN] = true },
};

struct client {
	struct screen screen;
	uv_loop_t *loop;
	const char *where;
	struct sockaddr_storage address;
	enum state state;
	uv_tcp_t tcp;
	uv_connect_t connect;
	uv_write_t write;
	bool is_writing; /* out is lent */
	struct lcdproc_input input;
	char in[READ_SIZE];
	char out[LCDPROC_OUT_SIZE];
};

static void move_to(struct client *c, enum state state)
{
	assert(ALLOWED[c->state][state]);
	assert(!c->is_writing || state == CLOSING); /* what was lent comes back before anything else is done */
	c->state = state;
}

static void on_closed(uv_handle_t *handle)
{
	struct client *c = handle->data;

	c->is_writing = false;
	move_to(c, DOWN);
	screen_end(&c->screen);
}

/* The sentence is in `why`. */
static void drop(struct client *c)
{
	assert(c->state != DOWN);
	if (c->state == CLOSING)
		return;
	move_to(c, CLOSING);
	uv_close((uv_handle_t *)&c->tcp, on_closed);
}

static void fail(struct client *c, int rc)
{
	if (rc == UV_EOF)
		snprintf(c->screen.why, sizeof(c->screen.why), "LCDd at %s ended the connection; it is tried again",
			 c->where);
	else
		snprintf(c->screen.why, sizeof(c->screen.why), "LCDd at %s cannot be reached: %s; it is tried again",
			 c->where, uv_strerror(rc));
	drop(c);
}

static void on_written(uv_write_t *write, int status);

static void send_out(struct client *c, size_t size)
{
	uv_buf_t buffer = uv_buf_init(c->out, (unsigned)size);
	int rc = uv_write(&c->write, (uv_stream_t *)&c->tcp, &buffer, 1, on_written);

	c->is_writing = rc == 0;
	if (rc != 0)
		fail(c, rc);
}

static bool client_takes(const void *screen)
{
	const struct client *c = screen;

	return c->state == UP && !c->is_writing;
}

static void client_send(void *screen)
{
	struct client *c = screen;
	size_t size;

	assert(client_takes(c) && c->screen.has_wanted);
	size = lcdproc_page(c->out, &c->screen.wanted, screen_shown(&c->screen));
	screen_sent(&c->screen);
	if (size > 0)
		send_out(c, size);
}

static void on_written(uv_write_t *write, int status)
{
	struct client *c = write->data;

	c->is_writing = false;
	if (c->state == CLOSING)
		return;
	if (status != 0)
		fail(c, status);
	else if (c->screen.has_wanted && client_takes(c))
		client_send(c);
}

/* A server that greets twice, or before it was greeted, is none. */
static void take_size(struct client *c, const struct lcdproc_said *said)
{
	enum lcd_size size;

	if (c->state != TRYING || c->is_writing) {
		snprintf(c->screen.why, sizeof(c->screen.why), "what answers at %s is not LCDd; it is tried again",
			 c->where);
		drop(c);
	} else if (!lcdproc_fit(&size, said)) {
		snprintf(c->screen.why, sizeof(c->screen.why),
			 "LCDd at %s has a display of %ux%u: 16x2 is the smallest", c->where, said->cols, said->rows);
		drop(c);
	} else {
		move_to(c, UP);
		screen_begin(&c->screen);
		send_out(c, lcdproc_setup(c->out, size));
		if (c->state == UP)
			c->screen.host.up(c->screen.host.ctx, size, LCD_LATIN1);
	}
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct client *c = handle->data;

	(void)suggested;
	*buffer = uv_buf_init(c->in, sizeof(c->in));
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
	struct client *c = stream->data;
	struct lcdproc_said said;

	if (size < 0) {
		fail(c, (int)size);
		return;
	}
	for (ssize_t i = 0; i < size && c->state != CLOSING; i++) {
		if (!lcdproc_feed(&c->input, &said, buffer->base[i]))
			continue;
		if (said.news == LCDPROC_CONNECT)
			take_size(c, &said);
		else if (said.news == LCDPROC_KEY && said.button != ROTATION_NO_BUTTON && c->state == UP)
			c->screen.host.button(c->screen.host.ctx, said.button);
	}
}

static void on_connected(uv_connect_t *connect, int status)
{
	struct client *c = connect->data;

	if (c->state == CLOSING)
		return;
	if (status == 0)
		status = uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read);
	if (status != 0) {
		fail(c, status);
		return;
	}
	uv_tcp_keepalive(&c->tcp, 1, KEEPALIVE_S);
	uv_tcp_nodelay(&c->tcp, 1);
	send_out(c, lcdproc_hello(c->out));
}

static void *client_open(const struct screen_config *config, const struct screen_host *host)
{
	struct client *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->loop = config->loop;
	c->screen.host = *host;
	c->where = config->where;
	memcpy(&c->address, config->address,
	       config->address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in));
	c->connect.data = c->write.data = c->tcp.data = c;
	return c;
}

static void open_tcp(struct client *c)
{
	uv_tcp_init(c->loop, &c->tcp);
	c->tcp.data = c;
}

static void client_connect(void *screen)
{
	struct client *c = screen;
	int rc;

	assert(!c->screen.closing);
	move_to(c, TRYING);
	c->input = (struct lcdproc_input){ .size = 0 };
	open_tcp(c);
	rc = uv_tcp_connect(&c->connect, &c->tcp, (const struct sockaddr *)&c->address, on_connected);
	if (rc != 0)
		fail(c, rc);
}

/* LCDd takes the screen away with the connection. */
static void client_close(void *screen)
{
	struct client *c = screen;

	c->screen.closing = true;
	if (c->state == DOWN)
		screen_end(&c->screen);
	else
		drop(c);
}

const struct screen_driver SCREEN_LCDPROC = { client_open, client_connect, client_takes, client_send, client_close };
