/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* gps.h has names of ours (TIME_SET): nothing of the engine is included here. */
#include "node/system/satellites.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <gps.h>

struct satellites {
	uv_loop_t *loop;
	char port[8];
	void (*heard)(void *ctx, int64_t unix_ms);
	void *ctx;
	struct gps_data_t gps;
	bool is_connected;
	uint64_t heard_at; /* uv_now; 0 never */
	uv_timer_t timer;
	uv_poll_t poll; /* while it is connected */
	unsigned handles;
	void (*done)(void *user);
	void *user;
};

static void on_closed(uv_handle_t *handle)
{
	struct satellites *s = handle->data;
	void (*done)(void *user) = s->done;
	void *user = s->user;

	assert(s->handles > 0);
	if (--s->handles > 0 || done == NULL)
		return;
	free(s);
	done(user);
}

static void on_timer(uv_timer_t *timer);

static void disconnect(struct satellites *s)
{
	if (!s->is_connected)
		return;
	s->is_connected = false;
	uv_close((uv_handle_t *)&s->poll, on_closed);
	(void)gps_close(&s->gps);
}

/* A fix in two dimensions at least: before it the receiver tells what its own clock made up. */
static void take(struct satellites *s)
{
	const struct gps_fix_t *fix = &s->gps.fix;
	uint64_t now = uv_now(s->loop);

	if (fix->mode < MODE_2D || !(s->gps.set & TIME_SET) || fix->time.tv_sec <= 0)
		return;
	if (s->heard_at != 0 && now - s->heard_at < SATELLITES_EACH_MS)
		return;
	s->heard_at = now;
	s->heard(s->ctx, (int64_t)fix->time.tv_sec * 1000 + fix->time.tv_nsec / 1000000);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct satellites *s = poll->data;
	int got = status == 0 ? 1 : -1;

	(void)events;
	/* What came in one piece may be several reports. */
	while (got > 0 && s->is_connected) {
		got = gps_read(&s->gps, NULL, 0);
		if (got > 0)
			take(s);
		if (got > 0 && !gps_waiting(&s->gps, 0))
			return;
	}
	if (got < 0)
		disconnect(s);
}

/* On this machine: connecting either works at once or fails at once. The poll of before is closed by then. */
static void connect_now(struct satellites *s)
{
	if (gps_open("127.0.0.1", s->port, &s->gps) != 0)
		return;
	if (gps_stream(&s->gps, WATCH_ENABLE | WATCH_JSON, NULL) != 0 ||
	    uv_poll_init(s->loop, &s->poll, (int)s->gps.gps_fd) != 0) {
		(void)gps_close(&s->gps);
		return;
	}
	s->poll.data = s;
	s->handles++;
	s->is_connected = true;
	(void)uv_poll_start(&s->poll, UV_READABLE, on_readable);
}

static void on_timer(uv_timer_t *timer)
{
	struct satellites *s = timer->data;

	if (!s->is_connected && s->handles == 1)
		connect_now(s);
}

struct satellites *satellites_open(uv_loop_t *loop, uint16_t port, void (*heard)(void *ctx, int64_t unix_ms), void *ctx)
{
	struct satellites *s = calloc(1, sizeof *s);

	if (s == NULL)
		return NULL;
	s->loop = loop;
	s->heard = heard;
	s->ctx = ctx;
	snprintf(s->port, sizeof s->port, "%u", (unsigned)port);
	uv_timer_init(loop, &s->timer);
	s->timer.data = s;
	s->handles = 1;
	uv_timer_start(&s->timer, on_timer, 0, SATELLITES_RETRY_MS);
	return s;
}

void satellites_close(struct satellites *s, void (*done)(void *user), void *user)
{
	assert(done != NULL && s->done == NULL);
	disconnect(s);
	s->done = done;
	s->user = user;
	uv_close((uv_handle_t *)&s->timer, on_closed);
}
