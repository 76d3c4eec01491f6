/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/radio/lora_port.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "node/settings/address.h"

enum {
	MISSING_MS = 2000, /* how often it is looked for a stick */
	RETRY_MS_MIN = 2000,
	RETRY_MS_MAX = 30000,
	STUCK_MS = 5000, /* the port takes nothing */
};

/* allowed[from][to] */
static const bool allowed[LORA_PORT_STATES][LORA_PORT_STATES] = {
	[LORA_PORT_CLOSED] = { [LORA_PORT_RESOLVING] = true, [LORA_PORT_CONNECTING] = true, [LORA_PORT_OPEN] = true },
	[LORA_PORT_RESOLVING] = { [LORA_PORT_CLOSED] = true, [LORA_PORT_CLOSING] = true },
	[LORA_PORT_CONNECTING] = { [LORA_PORT_OPEN] = true, [LORA_PORT_CLOSING] = true },
	[LORA_PORT_OPEN] = { [LORA_PORT_CLOSING] = true },
	[LORA_PORT_CLOSING] = { [LORA_PORT_CLOSED] = true },
};

static void move_to(struct lora_port *port, enum lora_port_state state)
{
	assert(allowed[port->state][state]);
	assert(!port->writing || port->state == LORA_PORT_OPEN || port->state == LORA_PORT_CLOSING);
	assert(port->port_next <= port->port_count && port->port_count <= SERIAL_PORTS_MAX);
	if (state == LORA_PORT_CLOSED)
		port->writing = false;
	port->state = state;
}

bool lora_port_is_auto(const struct lora_port *port)
{
	return strcmp(port->where, "auto") == 0;
}

bool lora_port_is_open(const struct lora_port *port)
{
	return port->state == LORA_PORT_OPEN;
}

bool lora_port_takes(const struct lora_port *port)
{
	return lora_port_is_open(port) && !port->writing;
}

bool lora_port_round_is_over(const struct lora_port *port)
{
	return port->port_next >= port->port_count;
}

void lora_port_is_good(struct lora_port *port)
{
	port->retry_ms = RETRY_MS_MIN;
}

/* Closing. */

static void on_closed(uv_handle_t *handle)
{
	struct lora_port *port = handle->data;

	move_to(port, LORA_PORT_CLOSED);
	port->host.closed(port->host.ctx);
}

void lora_port_close(struct lora_port *port)
{
	switch (port->state) {
	case LORA_PORT_CONNECTING:
	case LORA_PORT_OPEN:
		move_to(port, LORA_PORT_CLOSING);
		uv_close((uv_handle_t *)&port->stream, on_closed);
		break;
	case LORA_PORT_RESOLVING:
		move_to(port, LORA_PORT_CLOSING);
		(void)uv_cancel((uv_req_t *)&port->resolve);
		break;
	case LORA_PORT_CLOSED:
	case LORA_PORT_CLOSING:
	case LORA_PORT_STATES:
		break;
	}
}

void lora_port_give_up(struct lora_port *port)
{
	uint64_t now = uv_now(port->loop);

	lora_port_close(port);
	assert(port->retry_ms >= RETRY_MS_MIN && port->retry_ms <= RETRY_MS_MAX);
	if (!lora_port_round_is_over(port)) {
		port->retry_at = now;
	} else if (port->port_count == 0) {
		port->retry_at = now + MISSING_MS;
	} else {
		port->retry_at = now + port->retry_ms;
		port->retry_ms = port->retry_ms < RETRY_MS_MAX / 2 ? port->retry_ms * 2 : RETRY_MS_MAX;
	}
}

/* Its texts are copied first: the host may have the next port opened meanwhile. */
static void lose(struct lora_port *port, struct say why)
{
	struct said said = { 0 };

	said_decide(&said, why);
	lora_port_give_up(port);
	port->host.lost(port->host.ctx, &said);
}

static void lose_gone(struct lora_port *port)
{
	lose(port, SAY_OF(RADIO_GONE, say_text(port->path)));
}

static void lose_unreached(struct lora_port *port)
{
	lose(port, SAY_OF(RADIO_UNREACHED, say_text(port->path)));
}

/* Reading. */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct lora_port *port = handle->data;

	(void)suggested;
	*buffer = uv_buf_init((char *)port->in, sizeof port->in);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
	struct lora_port *port = stream->data;

	(void)buffer;
	if (!lora_port_is_open(port))
		return;
	if (size < 0)
		lose_gone(port);
	else if (size > 0)
		port->host.heard(port->host.ctx, (struct view){ port->in, (size_t)size });
}

static void begin_reading(struct lora_port *port)
{
	move_to(port, LORA_PORT_OPEN);
	if (uv_read_start(&port->stream, on_alloc, on_read) != 0)
		lose_gone(port);
	else
		port->host.opened(port->host.ctx);
}

/* Writing. */

static void on_written(uv_write_t *request, int status)
{
	struct lora_port *port = request->data;

	port->writing = false;
	if (!lora_port_is_open(port))
		return;
	if (status != 0)
		lose_gone(port);
	else
		port->host.written(port->host.ctx);
}

void lora_port_write(struct lora_port *port, size_t size)
{
	uv_buf_t buffer = uv_buf_init((char *)port->out, (unsigned)size);

	assert(lora_port_takes(port));
	assert(size > 0 && size <= sizeof port->out);
	port->write.data = port;
	if (uv_write(&port->write, &port->stream, &buffer, 1, on_written) != 0) {
		lose_gone(port);
		return;
	}
	port->writing = true;
	port->written_at = uv_now(port->loop);
}

void lora_port_write_last(struct lora_port *port, size_t size)
{
	uv_buf_t buffer = uv_buf_init((char *)port->out, (unsigned)size);

	assert(lora_port_takes(port));
	assert(size > 0 && size <= sizeof port->out);
	(void)uv_try_write(&port->stream, &buffer, 1);
}

/* Serial. */

static void open_serial(struct lora_port *port)
{
	struct say why;
	int fd = serial_open(port->path, &why);

	if (fd < 0) {
		lose(port, why);
		return;
	}
	uv_pipe_init(port->loop, &port->pipe, 0);
	port->pipe.data = port;
	if (uv_pipe_open(&port->pipe, fd) != 0) {
		close(fd);
		move_to(port, LORA_PORT_OPEN);
		lose_gone(port);
		return;
	}
	begin_reading(port);
}

/* TCP. */

static void on_connected(uv_connect_t *request, int status)
{
	struct lora_port *port = request->data;

	if (port->state != LORA_PORT_CONNECTING)
		return;
	if (status != 0) {
		lose_unreached(port);
		return;
	}
	uv_tcp_nodelay(&port->tcp, 1);
	uv_tcp_keepalive(&port->tcp, 1, 60);
	begin_reading(port);
}

static void connect_to(struct lora_port *port, const struct sockaddr *address)
{
	if (uv_tcp_init(port->loop, &port->tcp) != 0) {
		lose_unreached(port);
		return;
	}
	port->tcp.data = port;
	port->connect.data = port;
	move_to(port, LORA_PORT_CONNECTING);
	if (uv_tcp_connect(&port->connect, &port->tcp, address, on_connected) != 0)
		lose_unreached(port);
}

/* Radios on a network, and meshtasticd, listen by IPv4, while "localhost" is ::1 first on most machines. */
static const struct sockaddr *best_of(const struct addrinfo *list)
{
	assert(list); /* who is found has an address */
	for (const struct addrinfo *at = list; at; at = at->ai_next)
		if (at->ai_family == AF_INET)
			return at->ai_addr;
	return list->ai_addr;
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *list)
{
	struct lora_port *port = request->data;
	bool was_closing = port->state == LORA_PORT_CLOSING;

	move_to(port, LORA_PORT_CLOSED);
	if (was_closing)
		port->host.closed(port->host.ctx);
	else if (status == 0 && address_size(best_of(list)) != 0)
		connect_to(port, best_of(list));
	else
		lose_unreached(port);
	uv_freeaddrinfo(list);
}

static void open_tcp(struct lora_port *port)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	char host[ADDRESS_HOST_SIZE], service[8];
	struct sockaddr_storage address;
	uint16_t number;
	int rc = address_split(host, &number, port->path);

	assert(rc == 0); /* config took no other */
	if (address_parse(&address, host, number) == 0) {
		connect_to(port, (const struct sockaddr *)&address);
		return;
	}
	snprintf(service, sizeof service, "%u", number);
	port->resolve.data = port;
	if (uv_getaddrinfo(port->loop, &port->resolve, on_resolved, host, service, &hints) != 0)
		lose_unreached(port);
	else
		move_to(port, LORA_PORT_RESOLVING);
}

/* Opening. */

void lora_port_init(struct lora_port *port, uv_loop_t *loop, const char *where, const struct lora_port_host *host)
{
	assert(strlen(where) < sizeof port->path);
	*port = (struct lora_port){
		.loop = loop, .host = *host, .where = where, .root = "/dev", .retry_ms = RETRY_MS_MIN
	};
}

static void open_named(struct lora_port *port)
{
	snprintf(port->path, sizeof port->path, "%s", port->where);
	port->port_count = port->port_next = 1;
	if (port->path[0] == '/')
		open_serial(port);
	else
		open_tcp(port);
}

static void open_found(struct lora_port *port)
{
	if (lora_port_round_is_over(port)) {
		port->port_count = serial_find(port->ports, port->root);
		port->port_next = 0;
	}
	if (port->port_count == 0) {
		lose(port, SAY(RADIO_NONE_PLUGGED));
		return;
	}
	memcpy(port->path, port->ports[port->port_next++], sizeof port->path);
	open_serial(port);
}

void lora_port_tick(struct lora_port *port)
{
	uint64_t now = uv_now(port->loop);

	if (port->state == LORA_PORT_CLOSED && now >= port->retry_at) {
		if (lora_port_is_auto(port))
			open_found(port);
		else
			open_named(port);
	} else if (lora_port_is_open(port) && port->writing && now - port->written_at >= STUCK_MS) {
		lose(port, SAY(RADIO_STUCK));
	}
}

uint64_t lora_port_deadline(const struct lora_port *port)
{
	if (port->state == LORA_PORT_CLOSED)
		return port->retry_at;
	if (lora_port_is_open(port) && port->writing)
		return port->written_at + STUCK_MS;
	return UINT64_MAX;
}
