/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The API over real sockets: the node, its clients and the loop are in one thread. */
#ifndef AIDMESH_TESTS_API_NODE_H
#define AIDMESH_TESTS_API_NODE_H

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <jansson.h>

#include "board/api/api.h"
#include "board/batch.h"
#include "tests/unit/fake_board.h"

enum { WATCHDOG_MS = 20000, ANSWER_SIZE_MAX = 2 * 1024 * 1024 };

struct node {
	uv_loop_t loop;
	struct fake fake;
	struct api *api;
	struct http *http;
	char directory[64], socket[96];
	uv_timer_t watchdog;
	const char *pin; /* a header line */
	uint8_t host;    /* who asks on TCP: 127.0.0.host; 0: no matter */
};

static inline void on_watchdog(uv_timer_t *timer)
{
	(void)timer;
	fputs("nothing happened for too long\n", stderr);
	abort();
}

static inline int setup(void **state)
{
	struct node *n = calloc(1, sizeof(*n));

	fake_init(&n->fake);
	uv_loop_init(&n->loop);
	strcpy(n->directory, "/tmp/test_api.XXXXXX");
	assert_non_null(mkdtemp(n->directory));
	snprintf(n->socket, sizeof(n->socket), "%s/control.sock", n->directory);
	n->api = api_open(&(struct api_config){ &n->loop, &n->fake.view, &n->fake.door, "board.lan", "1234" });
	assert_int_equal(
		http_open(&n->http, &n->loop,
			  &(struct http_config){ .socket_path = n->socket, .handler = api_handle, .ctx = n->api }),
		HTTP_OK);
	n->pin = "Aidmesh-Pin: 1234\r\n";
	uv_timer_init(&n->loop, &n->watchdog);
	uv_timer_start(&n->watchdog, on_watchdog, WATCHDOG_MS, 0);
	*state = n;
	return 0;
}

static inline int teardown(void **state)
{
	struct node *n = *state;

	if (n->http != NULL) {
		http_close(n->http);
		api_close(n->api);
	}
	fake_answer_all(&n->fake);
	uv_close((uv_handle_t *)&n->watchdog, NULL);
	uv_run(&n->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&n->loop), 0);
	assert_int_equal(access(n->socket, F_OK), -1);
	assert_int_equal(rmdir(n->directory), 0);
	free(n);
	return 0;
}

/* --- a client on the same loop --- */

struct asker {
	uv_poll_t poll;
	int fd;
	const char *out;
	size_t out_left;
	char in[ANSWER_SIZE_MAX];
	size_t in_size;
	bool deaf, ended, closed;
};

static inline void on_ready(uv_poll_t *poll, int status, int events)
{
	struct asker *a = poll->data;

	if (status < 0)
		a->ended = true; /* reset */
	if ((events & UV_WRITABLE) && a->out_left > 0) {
		ssize_t sent = send(a->fd, a->out, a->out_left, MSG_NOSIGNAL);

		if (sent > 0) {
			a->out += sent;
			a->out_left -= (size_t)sent;
		} else if (errno != EAGAIN) {
			a->out_left = 0;
		}
		if (a->out_left == 0 && a->deaf)
			uv_poll_stop(poll);
		else if (a->out_left == 0)
			uv_poll_start(poll, UV_READABLE, on_ready);
	}
	if (events & UV_READABLE) {
		ssize_t got = recv(a->fd, a->in + a->in_size, sizeof(a->in) - 1 - a->in_size, 0);

		if (got > 0)
			a->in_size += (size_t)got;
		else if (got == 0 || errno != EAGAIN)
			a->ended = true;
		a->in[a->in_size] = '\0';
		if (a->ended)
			uv_poll_stop(poll);
	}
}

static inline void on_asker_closed(uv_handle_t *handle)
{
	((struct asker *)handle->data)->closed = true;
}

static inline struct asker *asker_open(struct node *n, enum http_port port, const char *request, size_t size)
{
	struct asker *a = calloc(1, sizeof(*a));
	struct sockaddr_un path = { .sun_family = AF_UNIX };
	struct sockaddr_in tcp = { .sin_family = AF_INET,
				   .sin_port = htons((uint16_t)http_tcp_port(n->http)),
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in from = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl((INADDR_LOOPBACK & 0xFFFFFF00u) | n->host) };

	a->fd = socket(port == HTTP_TCP ? AF_INET : AF_UNIX, SOCK_STREAM, 0);
	strcpy(path.sun_path, n->socket);
	if (port == HTTP_TCP && n->host != 0)
		assert_int_equal(bind(a->fd, (struct sockaddr *)&from, sizeof(from)), 0);
	if (port == HTTP_TCP)
		assert_int_equal(connect(a->fd, (struct sockaddr *)&tcp, sizeof(tcp)), 0);
	else
		assert_int_equal(connect(a->fd, (struct sockaddr *)&path, sizeof(path)), 0);
	a->out = request;
	a->out_left = size;
	uv_poll_init(&n->loop, &a->poll, a->fd);
	a->poll.data = a;
	uv_poll_start(&a->poll, UV_READABLE | UV_WRITABLE, on_ready);
	return a;
}

static inline void asker_close(struct node *n, struct asker *a)
{
	uv_close((uv_handle_t *)&a->poll, on_asker_closed);
	while (!a->closed)
		uv_run(&n->loop, UV_RUN_ONCE);
	close(a->fd);
	free(a);
}

static inline void wait_for(struct node *n, const struct asker *a, const char *text)
{
	while (strstr(a->in, text) == NULL && !a->ended)
		uv_run(&n->loop, UV_RUN_ONCE);
	assert_non_null(strstr(a->in, text));
}

static char answer[ANSWER_SIZE_MAX]; /* the latest, with its head */

/* Sends a whole request and reads until the node closes; gives the status, and the body in *body. */
static inline int ask_raw(struct node *n, enum http_port port, const char *request, size_t size, const char **body)
{
	struct asker *a = asker_open(n, port, request, size);
	int status = 0;

	while (!a->ended)
		uv_run(&n->loop, UV_RUN_ONCE);
	memcpy(answer, a->in, a->in_size + 1);
	asker_close(n, a);
	sscanf(answer, "HTTP/1.1 %d", &status);
	*body = strstr(answer, "\r\n\r\n");
	*body = *body != NULL ? *body + 4 : "";
	return status;
}

static inline int ask(struct node *n, const char *method, const char *target, const char *type, const char *data,
		      const char **body)
{
	static char request[400000];
	int size = snprintf(request, sizeof(request),
			    "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s%s%s%s"
			    "Content-Length: %zu\r\n\r\n%s",
			    method, target, n->pin, type[0] != '\0' ? "Content-Type: " : "", type,
			    type[0] != '\0' ? "\r\n" : "", strlen(data), data);

	assert_true(size < (int)sizeof(request));
	return ask_raw(n, HTTP_TCP, request, (size_t)size, body);
}

static inline int get(struct node *n, const char *target, const char **body)
{
	return ask(n, "GET", target, "", "", body);
}

static inline int post(struct node *n, const char *target, const char *data, const char **body)
{
	return ask(n, "POST", target, "application/json", data, body);
}

/* --- tests --- */

#endif
