/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/radio/lora_state.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/system/address.h"

static bool is_auto(const struct lora *l)
{
	return strcmp(l->config->radio_port, "auto") == 0;
}

static void on_timer_closed(uv_handle_t *handle)
{
	lora_handle_gone(handle->data);
}

static void on_port_closed(uv_handle_t *handle)
{
	struct lora *l = handle->data;

	l->port_state = LORA_PORT_CLOSED;
	l->writing = false;
	if (!l->closing)
		lora_turn(l);
	lora_handle_gone(l);
}

void lora_port_close(struct lora *l)
{
	switch (l->port_state) {
	case LORA_PORT_CONNECTING:
	case LORA_PORT_OPEN:
		l->port_state = LORA_PORT_CLOSING;
		uv_close((uv_handle_t *)&l->port.stream, on_port_closed);
		break;
	case LORA_PORT_RESOLVING:
		(void)uv_cancel((uv_req_t *)&l->resolve);
		break;
	case LORA_PORT_CLOSED:
	case LORA_PORT_CLOSING:
		break;
	}
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct lora *l = handle->data;

	(void)suggested;
	*buffer = uv_buf_init((char *)l->in, sizeof l->in);
}

static void say_gone(struct lora *l)
{
	char why[MODEM_SENTENCE_SIZE];

	snprintf(why, sizeof why, "The radio on %.100s went away: put the stick back in, or look at its cable.",
		 l->path);
	lora_port_lost(l, LORA_MISSING, why);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
	struct lora *l = stream->data;

	(void)buffer;
	if (l->port_state != LORA_PORT_OPEN)
		return;
	if (size < 0)
		say_gone(l);
	else if (size > 0)
		lora_port_heard(l, (size_t)size);
}

static void begin_reading(struct lora *l)
{
	l->port_state = LORA_PORT_OPEN;
	if (uv_read_start(&l->port.stream, on_alloc, on_read) != 0)
		say_gone(l);
	else
		lora_port_opened(l);
}

static void on_written(uv_write_t *request, int status)
{
	struct lora *l = request->data;

	l->writing = false;
	if (l->port_state != LORA_PORT_OPEN)
		return;
	if (status != 0)
		say_gone(l);
	else
		lora_turn(l);
}

void lora_port_pump(struct lora *l)
{
	uv_buf_t buffer;
	size_t size;

	if (l->writing || l->port_state != LORA_PORT_OPEN || !l->codec)
		return;
	size = modem_take(&l->modem, l->out, sizeof l->out);
	if (!size)
		return;
	buffer = uv_buf_init((char *)l->out, (unsigned)size);
	l->write.data = l;
	if (uv_write(&l->write, &l->port.stream, &buffer, 1, on_written) != 0) {
		say_gone(l);
		return;
	}
	l->writing = true;
	l->written_at = uv_now(l->loop);
}

/* Serial. */

static void open_serial(struct lora *l)
{
	char why[SERIAL_WHY_SIZE];
	int fd = serial_open(l->path, why);

	if (fd < 0) {
		lora_port_lost(l, LORA_MISSING, why);
		return;
	}
	uv_pipe_init(l->loop, &l->port.pipe, 0);
	l->port.pipe.data = l;
	l->handles++;
	l->port_state = LORA_PORT_OPEN;
	if (uv_pipe_open(&l->port.pipe, fd) != 0) {
		close(fd);
		say_gone(l);
		return;
	}
	begin_reading(l);
}

/* TCP. */

static void say_unreached(struct lora *l)
{
	char why[MODEM_SENTENCE_SIZE];

	snprintf(why, sizeof why, "No radio answers at %.80s: does meshtasticd run there, or is [radio] port wrong?",
		 l->path);
	lora_port_lost(l, LORA_MISSING, why);
}

static void on_connected(uv_connect_t *request, int status)
{
	struct lora *l = request->data;

	if (l->port_state != LORA_PORT_CONNECTING)
		return;
	if (status != 0) {
		say_unreached(l);
		return;
	}
	uv_tcp_nodelay(&l->port.tcp, 1);
	uv_tcp_keepalive(&l->port.tcp, 1, 60);
	begin_reading(l);
}

static void connect_to(struct lora *l, const struct sockaddr *address)
{
	if (uv_tcp_init(l->loop, &l->port.tcp) != 0) {
		say_unreached(l);
		return;
	}
	l->port.tcp.data = l;
	l->connect.data = l;
	l->handles++;
	l->port_state = LORA_PORT_CONNECTING;
	if (uv_tcp_connect(&l->connect, &l->port.tcp, address, on_connected) != 0)
		say_unreached(l);
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *list)
{
	struct lora *l = request->data;

	l->port_state = LORA_PORT_CLOSED;
	if (!l->closing) {
		if (status == 0 && address_size(list->ai_addr) != 0)
			connect_to(l, list->ai_addr);
		else
			say_unreached(l);
	}
	uv_freeaddrinfo(list);
	lora_handle_gone(l);
}

static void open_tcp(struct lora *l)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	char host[ADDRESS_HOST_SIZE], service[8];
	struct sockaddr_storage address;
	uint16_t port;
	int rc = address_split(host, &port, l->path);

	assert(rc == 0); /* config took no other */
	if (address_parse(&address, host, port) == 0) {
		connect_to(l, (const struct sockaddr *)&address);
		return;
	}
	snprintf(service, sizeof service, "%u", port);
	l->resolve.data = l;
	if (uv_getaddrinfo(l->loop, &l->resolve, on_resolved, host, service, &hints) != 0) {
		say_unreached(l);
		return;
	}
	l->port_state = LORA_PORT_RESOLVING;
	l->handles++;
}

void lora_port_open(struct lora *l)
{
	assert(l->port_state == LORA_PORT_CLOSED);
	if (!is_auto(l)) {
		snprintf(l->path, sizeof l->path, "%s", l->config->radio_port);
		l->port_count = l->port_next = 1;
		if (l->path[0] == '/')
			open_serial(l);
		else
			open_tcp(l);
		return;
	}
	if (l->port_next >= l->port_count) {
		l->port_count = serial_find(l->ports, l->root);
		l->port_next = 0;
	}
	if (!l->port_count) {
		lora_port_lost(l, LORA_MISSING,
			       "No radio stick is plugged in: put an RNode or a Meshtastic radio into a USB port.");
		return;
	}
	memcpy(l->path, l->ports[l->port_next++], sizeof l->path);
	open_serial(l);
}

void lora_handle_gone(struct lora *l)
{
	assert(l->handles > 0);
	l->handles--;
	/* The timer goes last, so that everything else may still arm it. */
	if (l->closing && l->handles == 1 && !uv_is_closing((uv_handle_t *)&l->timer)) {
		uv_close((uv_handle_t *)&l->timer, on_timer_closed);
	} else if (l->handles == 0) {
		void (*done)(void *user) = l->done;
		void *user = l->done_user;

		free(l);
		if (done)
			done(user);
	}
}
