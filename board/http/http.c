/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/http/http.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <microhttpd.h>

#include "board/http/http_listen.h"

enum exchange_state {
	EXCHANGE_READING,
	EXCHANGE_HANDLING, /* inside the handler */
	EXCHANGE_WAITING,  /* suspended until the answer comes */
	EXCHANGE_ANSWERED,
	EXCHANGE_STREAMING,
};

/* A client; between two requests it has no exchange. */
struct connection {
	struct MHD_Connection *handle;
	struct connection *prev, *next;
	struct http_exchange *exchange;
	uint64_t since; /* uv_now when it came, was answered, or had taken its answer */
};

enum { HEADERS_MAX = 4 };

struct http_exchange {
	struct http *http;
	struct listener *listener;
	struct MHD_Connection *connection;
	struct connection *client;
	struct http_exchange *prev, *next;
	enum exchange_state state;
	enum http_body body_state;
	char method[8];
	char *path;
	char *body;
	size_t body_size, body_cap;
	uint64_t body_read; /* with what was thrown away */
	unsigned status;
	const char *type;
	char *data; /* the answer, or what a stream has still to say */
	size_t data_size;
	bool data_is_static;
	struct {
		const char *name; /* static; NULL: no more */
		char *value;
	} headers[HEADERS_MAX];
	size_t answer_size;     /* counted until it was taken */
	bool suspended, ending; /* of a stream */
	http_gone gone;
	void *gone_user;
};

/* A port. Its timer is the only one of this module: armed with what microhttpd asks, else stopped. */
struct listener {
	struct http *http;
	enum http_port port;
	struct MHD_Daemon *daemon;
	uv_poll_t poll;
	uv_timer_t timer;
	struct connection *connections;
	size_t answers_size;
};

struct http {
	uv_loop_t *loop;
	http_handler handler;
	void *ctx;
	struct listener listeners[2];
	size_t listener_count;
	size_t handles; /* of libuv, still open */
	int tcp_port;
	char socket_path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	size_t bodies_size;
	unsigned request_ms;
	struct http_exchange *exchanges;
};

/* --- the glue between microhttpd and libuv --- */

static void listener_arm(struct listener *l);

static bool is_overdue(const struct listener *l, const struct connection *c)
{
	uint64_t ms = l->http->request_ms;

	if (c->exchange != NULL && c->exchange->state == EXCHANGE_ANSWERED)
		ms += c->exchange->answer_size / HTTP_ANSWER_BYTES_MS;
	else if (c->exchange != NULL && c->exchange->state != EXCHANGE_READING)
		return false;
	return uv_now(l->http->loop) - c->since > ms;
}

/* Looked at whenever something moves: who sends or takes nothing at all is microhttpd's to let go. */
static void overdue_shut(struct listener *l)
{
	for (const struct connection *c = l->connections; c != NULL; c = c->next) {
		const union MHD_ConnectionInfo *info = NULL;

		if (is_overdue(l, c))
			info = MHD_get_connection_info(c->handle, MHD_CONNECTION_INFO_CONNECTION_FD);
		if (info != NULL)
			shutdown(info->connect_fd, SHUT_RDWR);
	}
}

static void listener_run(struct listener *l)
{
	overdue_shut(l);
	MHD_run(l->daemon);
	listener_arm(l);
}

/* Without memory for it a client is served, and has only microhttpd's timeout. */
static void on_connection(void *ctx, struct MHD_Connection *handle, void **slot,
			  enum MHD_ConnectionNotificationCode code)
{
	struct listener *l = ctx;
	struct connection *c = *slot;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		c = calloc(1, sizeof(*c));
		*slot = c;
		if (c == NULL)
			return;
		*c = (struct connection){ .handle = handle, .since = uv_now(l->http->loop), .next = l->connections };
		if (c->next != NULL)
			c->next->prev = c;
		l->connections = c;
	} else if (c != NULL) {
		*slot = NULL;
		if (c->prev != NULL)
			c->prev->next = c->next;
		else
			l->connections = c->next;
		if (c->next != NULL)
			c->next->prev = c->prev;
		free(c);
	}
}

static struct connection *connection_of(struct MHD_Connection *handle)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info != NULL ? info->socket_context : NULL;
}

static void on_timer(uv_timer_t *timer)
{
	listener_run(timer->data);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	(void)status;
	(void)events;
	listener_run(poll->data);
}

static void listener_arm(struct listener *l)
{
	MHD_UNSIGNED_LONG_LONG ms;

	if (MHD_get_timeout(l->daemon, &ms) == MHD_YES)
		uv_timer_start(&l->timer, on_timer, ms, 0);
	else
		uv_timer_stop(&l->timer);
}

/* microhttpd notices a resumed connection at its next run. */
static void exchange_resume(struct http_exchange *x)
{
	MHD_resume_connection(x->connection);
	if (!uv_is_closing((uv_handle_t *)&x->listener->timer))
		uv_timer_start(&x->listener->timer, on_timer, 0, 0);
}

/* --- exchanges --- */

static struct http_exchange *exchange_new(struct listener *l, struct MHD_Connection *connection, const char *method,
					  const char *path)
{
	struct http_exchange *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return NULL;
	x->path = strdup(path);
	if (x->path == NULL) {
		free(x);
		return NULL;
	}
	x->http = l->http;
	x->listener = l;
	x->connection = connection;
	x->client = connection_of(connection);
	if (x->client != NULL)
		x->client->exchange = x;
	strncpy(x->method, method, sizeof(x->method) - 1);
	x->next = l->http->exchanges;
	if (x->next != NULL)
		x->next->prev = x;
	l->http->exchanges = x;
	return x;
}

static void exchange_free(struct http_exchange *x)
{
	if (x->prev != NULL)
		x->prev->next = x->next;
	else
		x->http->exchanges = x->next;
	if (x->next != NULL)
		x->next->prev = x->prev;
	if (x->client != NULL) {
		x->client->exchange = NULL;
		x->client->since = uv_now(x->http->loop);
	}
	assert(x->gone == NULL); /* whoever waits for it was told, or has answered */
	assert(x->listener->answers_size >= x->answer_size);
	assert(x->http->bodies_size >= x->body_cap);
	x->listener->answers_size -= x->answer_size;
	x->http->bodies_size -= x->body_cap;
	free(x->path);
	free(x->body);
	if (!x->data_is_static)
		free(x->data);
	for (size_t i = 0; i < HEADERS_MAX; i++)
		free(x->headers[i].value);
	free(x);
}

static void exchange_tell_gone(struct http_exchange *x)
{
	http_gone gone = x->gone;

	x->gone = NULL;
	if (gone != NULL)
		gone(x->gone_user);
}

static void on_completed(void *ctx, struct MHD_Connection *connection, void **slot,
			 enum MHD_RequestTerminationCode code)
{
	struct http_exchange *x = *slot;

	(void)ctx;
	(void)connection;
	(void)code;
	if (x == NULL)
		return;
	*slot = NULL;
	exchange_tell_gone(x);
	exchange_free(x);
}

static void body_drop(struct http_exchange *x, enum http_body why)
{
	assert(why != HTTP_BODY_WHOLE && x->body_state == HTTP_BODY_WHOLE);
	assert(x->http->bodies_size >= x->body_cap);
	x->body_state = why;
	x->http->bodies_size -= x->body_cap;
	free(x->body);
	x->body = NULL;
	x->body_size = x->body_cap = 0;
}

/* What is too large is read to its end and thrown away, so that the sender gets to see the answer; a sender that goes
 * on and on is cut off. */
static enum MHD_Result body_append(struct http_exchange *x, const char *data, size_t size)
{
	size_t need = x->body_size + size;

	x->body_read += size;
	if (x->body_state != HTTP_BODY_WHOLE)
		return x->body_read <= 8ull * HTTP_BODY_SIZE_MAX ? MHD_YES : MHD_NO;
	if (need > HTTP_BODY_SIZE_MAX) {
		body_drop(x, HTTP_BODY_TOO_LARGE);
		return MHD_YES;
	}
	if (need + 1 > x->body_cap) {
		size_t cap = need + 1 < 4096 ? 4096 : 2 * (need + 1);
		char *body = NULL;

		if (x->http->bodies_size - x->body_cap + cap <= HTTP_BODIES_SIZE_MAX)
			body = realloc(x->body, cap);
		if (body == NULL) {
			body_drop(x, HTTP_BODY_NO_ROOM);
			return MHD_YES;
		}
		x->http->bodies_size += cap - x->body_cap;
		x->body = body;
		x->body_cap = cap;
	}
	assert(need < x->body_cap); /* and the zero behind it */
	assert(x->http->bodies_size <= HTTP_BODIES_SIZE_MAX);
	memcpy(x->body + x->body_size, data, size);
	x->body_size = need;
	x->body[need] = '\0';
	return MHD_YES;
}

/* A stream with nothing to say is suspended, else microhttpd would ask again without a pause. */
static ssize_t stream_read(void *ctx, uint64_t position, char *out, size_t size_max)
{
	struct http_exchange *x = ctx;
	size_t size = x->data_size < size_max ? x->data_size : size_max;

	(void)position;
	assert(x->state == EXCHANGE_STREAMING && !x->suspended);
	assert(x->data_size <= HTTP_STREAM_QUEUE_MAX);
	if (x->ending)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (size == 0) {
		x->suspended = true;
		MHD_suspend_connection(x->connection);
		return 0;
	}
	memcpy(out, x->data, size);
	memmove(x->data, x->data + size, x->data_size - size);
	x->data_size -= size;
	return (ssize_t)size;
}

static enum MHD_Result exchange_queue(struct http_exchange *x)
{
	struct MHD_Response *response;
	enum MHD_Result result;

	assert(x->type != NULL && x->status >= 200);
	if (x->state == EXCHANGE_STREAMING) {
		response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, stream_read, x, NULL);
	} else {
		response = MHD_create_response_from_buffer(
			x->data_size, x->data, x->data_is_static ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_FREE);
		if (response != NULL)
			x->data = NULL;
	}
	if (response == NULL)
		return MHD_NO;
	MHD_add_response_header(response, "Content-Type", x->type);
	/* What never changes may be kept, and asked about; what is said of now may not. */
	MHD_add_response_header(response, "Cache-Control", x->data_is_static ? "no-cache" : "no-store");
	for (size_t i = 0; i < HEADERS_MAX && x->headers[i].name != NULL; i++)
		MHD_add_response_header(response, x->headers[i].name, x->headers[i].value);
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	if (x->status == MHD_HTTP_SERVICE_UNAVAILABLE)
		MHD_add_response_header(response, "Retry-After", "1");
	result = MHD_queue_response(x->connection, x->status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *path, const char *method,
				  const char *version, const char *data, size_t *size, void **slot)
{
	struct listener *l = ctx;
	struct http_exchange *x = *slot;

	(void)version;
	if (x == NULL) {
		x = exchange_new(l, connection, method, path);
		*slot = x;
		return x != NULL ? MHD_YES : MHD_NO;
	}
	if (x->state == EXCHANGE_READING && *size > 0) {
		enum MHD_Result result = body_append(x, data, *size);

		*size = 0;
		return result;
	}
	if (x->state == EXCHANGE_READING) {
		x->state = EXCHANGE_HANDLING;
		l->http->handler(l->http->ctx, x);
	}
	if (x->state == EXCHANGE_ANSWERED || x->state == EXCHANGE_STREAMING)
		return exchange_queue(x);
	x->state = EXCHANGE_WAITING;
	MHD_suspend_connection(connection);
	return MHD_YES;
}

const char *http_method(const struct http_exchange *x)
{
	return x->method;
}

const char *http_path(const struct http_exchange *x)
{
	return x->path;
}

const char *http_query(const struct http_exchange *x, const char *name)
{
	return MHD_lookup_connection_value(x->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *http_header(const struct http_exchange *x, const char *name)
{
	return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
}

enum http_port http_port_of(const struct http_exchange *x)
{
	return x->listener->port;
}

struct http_address http_address_of(const struct http_exchange *x)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct http_address out = { 0 };

	if (info == NULL || info->client_addr == NULL)
		return out;
	if (info->client_addr->sa_family == AF_INET) {
		out.bytes[10] = out.bytes[11] = 0xFF;
		memcpy(out.bytes + 12, &((const struct sockaddr_in *)info->client_addr)->sin_addr, 4);
	} else if (info->client_addr->sa_family == AF_INET6) {
		memcpy(out.bytes, &((const struct sockaddr_in6 *)info->client_addr)->sin6_addr, 16);
	}
	return out;
}

void http_local_host(const struct http_exchange *x, char out[HTTP_HOST_SIZE])
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	union {
		struct sockaddr any;
		struct sockaddr_in four;
		struct sockaddr_in6 six;
	} local = { .six = { .sin6_family = AF_UNSPEC } };
	socklen_t size = sizeof(local);
	char text[INET6_ADDRSTRLEN] = "";

	assert(x->listener->port == HTTP_TCP);
	if (info != NULL)
		(void)getsockname(info->connect_fd, &local.any, &size);
	if (local.any.sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &local.six.sin6_addr, text, sizeof(text));
		snprintf(out, HTTP_HOST_SIZE, "[%s]:%u", text, ntohs(local.six.sin6_port));
	} else {
		inet_ntop(AF_INET, &local.four.sin_addr, text, sizeof(text));
		snprintf(out, HTTP_HOST_SIZE, "%s:%u", text, ntohs(local.four.sin_port));
	}
}

bool http_has_room(const struct http_exchange *x)
{
	return x->listener->answers_size < HTTP_ANSWERS_SIZE_MAX;
}

enum http_body http_body_state(const struct http_exchange *x)
{
	return x->body_state;
}

const char *http_body(const struct http_exchange *x, size_t *size)
{
	*size = x->body_size;
	return x->body != NULL ? x->body : "";
}

char *http_take_body(struct http_exchange *x, size_t *size)
{
	char *body = x->body;

	assert(x->http->bodies_size >= x->body_cap);
	*size = x->body_size;
	x->http->bodies_size -= x->body_cap;
	x->body = NULL;
	x->body_size = x->body_cap = 0;
	return body;
}

void http_on_gone(struct http_exchange *x, http_gone gone, void *user)
{
	x->gone = gone;
	x->gone_user = user;
}

void http_header_add(struct http_exchange *x, const char *name, const char *value)
{
	size_t i = 0;

	assert(x->state == EXCHANGE_HANDLING || x->state == EXCHANGE_WAITING);
	while (i < HEADERS_MAX && x->headers[i].name != NULL)
		i++;
	assert(i < HEADERS_MAX);
	x->headers[i].value = strdup(value);
	if (x->headers[i].value != NULL)
		x->headers[i].name = name;
}

void http_answer_static(struct http_exchange *x, unsigned status, const char *type, const void *data, size_t size)
{
	x->data_is_static = true;
	http_answer(x, status, type, (char *)(uintptr_t)data, size);
}

void http_answer(struct http_exchange *x, unsigned status, const char *type, char *data, size_t size)
{
	enum exchange_state before = x->state;

	assert(before == EXCHANGE_HANDLING || before == EXCHANGE_WAITING);
	x->status = status;
	x->type = type;
	x->data = data;
	x->data_size = x->answer_size = size;
	x->listener->answers_size += size;
	if (x->client != NULL)
		x->client->since = uv_now(x->http->loop);
	x->gone = NULL;
	x->state = EXCHANGE_ANSWERED;
	if (before == EXCHANGE_WAITING)
		exchange_resume(x);
}

void http_stream_open(struct http_exchange *x, const char *type)
{
	assert(x->state == EXCHANGE_HANDLING);
	x->status = MHD_HTTP_OK;
	x->type = type;
	x->state = EXCHANGE_STREAMING;
}

void http_stream_send(struct http_exchange *x, const char *data, size_t size)
{
	char *grown = NULL;

	assert(x->state == EXCHANGE_STREAMING);
	if (x->data_size + size <= HTTP_STREAM_QUEUE_MAX)
		grown = realloc(x->data, x->data_size + size);
	if (grown != NULL) {
		memcpy(grown + x->data_size, data, size);
		x->data = grown;
		x->data_size += size;
	} else {
		x->ending = true;
	}
	if (x->suspended) {
		x->suspended = false;
		exchange_resume(x);
	}
}

bool http_stream_is_left(const struct http_exchange *x)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	char byte;
	ssize_t size;

	if (info == NULL)
		return false;
	size = recv(info->connect_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	return size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR);
}

void http_stream_end(struct http_exchange *x)
{
	assert(x->state == EXCHANGE_STREAMING);
	x->gone = NULL;
	x->ending = true;
	if (x->suspended) {
		x->suspended = false;
		exchange_resume(x);
	}
}

/* --- opening and closing --- */

static enum http_rc listener_open(struct http *http, enum http_port port, int fd)
{
	struct listener *l = &http->listeners[http->listener_count];
	const union MHD_DaemonInfo *info;

	assert(http->listener_count < sizeof(http->listeners) / sizeof(http->listeners[0]));
	*l = (struct listener){ .http = http, .port = port };
	l->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, l,
				     MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_COMPLETED, on_completed, l,
				     MHD_OPTION_NOTIFY_CONNECTION, on_connection, l, MHD_OPTION_CONNECTION_LIMIT,
				     (unsigned)HTTP_CONNECTIONS_MAX, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
				     port == HTTP_TCP ? (unsigned)HTTP_CONNECTIONS_ADDRESS_MAX : 0u,
				     MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)HTTP_TIMEOUT_S, MHD_OPTION_END);
	if (l->daemon == NULL) {
		close(fd);
		return HTTP_E_SYSTEM;
	}
	info = MHD_get_daemon_info(l->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (info == NULL || uv_poll_init(http->loop, &l->poll, info->epoll_fd) != 0) {
		MHD_stop_daemon(l->daemon);
		return HTTP_E_SYSTEM;
	}
	uv_timer_init(http->loop, &l->timer);
	l->poll.data = l->timer.data = l;
	uv_poll_start(&l->poll, UV_READABLE, on_poll);
	http->listener_count++;
	http->handles += 2;
	return HTTP_OK;
}

enum http_rc http_open_tcp(struct http *http, const char *address, int port)
{
	int fd;
	enum http_rc rc;

	assert(http->tcp_port == 0);
	rc = http_listen_tcp(&fd, &http->tcp_port, address != NULL ? address : "127.0.0.1", port);
	if (rc == HTTP_OK)
		rc = listener_open(http, HTTP_TCP, fd);
	if (rc != HTTP_OK)
		http->tcp_port = 0;
	return rc;
}

enum http_rc http_open(struct http **out, uv_loop_t *loop, const struct http_config *config)
{
	struct http *http = calloc(1, sizeof(*http));
	enum http_rc rc = HTTP_OK;
	int fd;

	if (http == NULL)
		return HTTP_E_SYSTEM;
	assert(config->handler != NULL);
	http->loop = loop;
	http->request_ms = config->request_ms != 0 ? config->request_ms : HTTP_REQUEST_MS;
	http->handler = config->handler;
	http->ctx = config->ctx;
	if (config->port >= 0)
		rc = http_open_tcp(http, config->address, config->port);
	if (rc == HTTP_OK && config->socket_path != NULL) {
		rc = http_listen_unix(&fd, config->socket_path);
		if (rc == HTTP_OK) {
			strcpy(http->socket_path, config->socket_path);
			rc = listener_open(http, HTTP_UNIX, fd);
		}
	}
	if (rc != HTTP_OK) {
		http_close(http);
		return rc;
	}
	*out = http;
	return HTTP_OK;
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct listener *l = handle->data;
	struct http *http = l->http;

	assert(http->handles > 0);
	if (--http->handles == 0)
		free(http);
}

void http_close(struct http *http)
{
	size_t count = http->listener_count;

	for (struct http_exchange *x = http->exchanges; x != NULL; x = x->next) {
		exchange_tell_gone(x);
		x->ending = true;
		/* microhttpd insists that nothing is suspended when it stops. */
		if (x->state == EXCHANGE_WAITING || x->suspended)
			MHD_resume_connection(x->connection);
	}
	if (http->socket_path[0] != '\0')
		unlink(http->socket_path);
	for (size_t i = 0; i < count; i++) {
		uv_poll_stop(&http->listeners[i].poll);
		MHD_stop_daemon(http->listeners[i].daemon);
	}
	assert(http->exchanges == NULL);
	if (count == 0)
		free(http);
	for (size_t i = 0; i < count; i++) {
		uv_close((uv_handle_t *)&http->listeners[i].poll, on_handle_closed);
		uv_close((uv_handle_t *)&http->listeners[i].timer, on_handle_closed);
	}
}

int http_tcp_port(const struct http *http)
{
	return http->tcp_port;
}
