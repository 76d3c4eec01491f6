/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The port of the radio carrier: a serial port, or meshtasticd's on TCP. Bytes in and bytes out; what they mean is its host's
 * business. Finds ports, opens one after the other, and waits before it tries again.
 *
 *   CLOSED --serial port--> OPEN
 *   CLOSED --address--> CONNECTING --connected--> OPEN
 *   CLOSED --name--> RESOLVING --answered--> CLOSED, and on with the address
 *   RESOLVING, CONNECTING, OPEN --lost, given up, closed--> CLOSING --the loop let go--> CLOSED
 *
 * CLOSED: nothing of it is on the loop. Every other state: one handle or request is.
 *
 * Timers: retry_at, when a port is opened next; written_at, since when the port has not taken what was written. Its host serves
 * both: lora_port_tick at lora_port_deadline. Lives on the loop's thread. */
#ifndef AIDMESH_NODE_RADIO_LORA_PORT_H
#define AIDMESH_NODE_RADIO_LORA_PORT_H

#include <stdbool.h>
#include <uv.h>

#include "board/text/said.h"
#include "node/radio/serial.h"
#include "proto/bytes.h"

enum {
	LORA_PORT_READ_SIZE = 1024, /* bytes heard at a time, at most */
	LORA_PORT_OUT_SIZE = 1024,  /* bytes of one write, at most */
};

enum lora_port_state {
	LORA_PORT_CLOSED,
	LORA_PORT_RESOLVING, /* the host's name */
	LORA_PORT_CONNECTING,
	LORA_PORT_OPEN,
	LORA_PORT_CLOSING,
	LORA_PORT_STATES
};

/* Each may be called from inside lora_port_tick and lora_port_write. After lora_port_close only `closed` is called, until the
 * next lora_port_tick. */
struct lora_port_host {
	void *ctx;
	/* The port takes bytes and will be heard. */
	void (*opened)(void *ctx);
	/* There is none, it cannot be opened, or it went away; `why`, borrowed, says what would help. It is given up already
	 * (lora_port_give_up). */
	void (*lost)(void *ctx, const struct said *why);
	/* Bytes from the port, borrowed. */
	void (*heard)(void *ctx, struct view bytes);
	/* The port took what was written: it takes more. */
	void (*written)(void *ctx);
	/* The state is CLOSED again: the port may be opened, and its memory may be freed. */
	void (*closed)(void *ctx);
};

struct lora_port {
	uv_loop_t *loop;
	struct lora_port_host host;
	const char *where; /* "auto": every USB serial port; else "/dev/ttyUSB0" or "10.41.0.9:4403" */
	const char *root;  /* where serial ports are looked for: "/dev", but in tests */
	enum lora_port_state state;
	union {
		uv_stream_t stream;
		uv_pipe_t pipe; /* a serial port */
		uv_tcp_t tcp;
	};
	uv_connect_t connect;
	uv_getaddrinfo_t resolve;
	uv_write_t write;
	bool writing;                                   /* `out` is in use */
	uint64_t written_at;                            /* while writing: since when, uv_now */
	uint64_t retry_at;                              /* while CLOSED: when the next is opened, uv_now */
	uint64_t retry_ms;                              /* how long is waited after the next round in vain */
	char path[SERIAL_PATH_SIZE];                    /* what is open or was tried last */
	char ports[SERIAL_PORTS_MAX][SERIAL_PATH_SIZE]; /* of this round */
	size_t port_count, port_next;                   /* of `ports`; port_next: the first that was not tried */
	uint8_t in[LORA_PORT_READ_SIZE], out[LORA_PORT_OUT_SIZE];
};

/* Opens nothing yet: the first port is due at once. `where` outlives it. */
void lora_port_init(struct lora_port *port, uv_loop_t *loop, const char *where, const struct lora_port_host *host);
/* Whether ports are looked for ("auto"), not named. */
bool lora_port_is_auto(const struct lora_port *port);
bool lora_port_is_open(const struct lora_port *port);
/* Whether lora_port_write may be called: it is open, and took what was written before. */
bool lora_port_takes(const struct lora_port *port);
/* No other port is left to try before it is waited. */
bool lora_port_round_is_over(const struct lora_port *port);
/* Does what is due: opens the next port there is; gives up one that has taken nothing for some seconds. */
void lora_port_tick(struct lora_port *port);
/* When lora_port_tick must be called at the latest (uv_now); UINT64_MAX: not before something is heard from here. */
uint64_t lora_port_deadline(const struct lora_port *port);
/* Writes the first `size` bytes of port->out. Only while lora_port_takes. */
void lora_port_write(struct lora_port *port, size_t size);
/* The same just before it is closed, as far as the port takes them at once. */
void lora_port_write_last(struct lora_port *port, size_t size);
/* What is there was worth opening: after its loss it is tried again soon. */
void lora_port_is_good(struct lora_port *port);
/* Closes it until it is tried again: the next port of this round at once; after the last one it is waited, each time twice as
 * long, up to half a minute. */
void lora_port_give_up(struct lora_port *port);
/* `closed` is called when it is, not from here. Nothing where it is CLOSED or CLOSING already. */
void lora_port_close(struct lora_port *port);

#endif
