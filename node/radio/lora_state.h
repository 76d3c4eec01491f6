/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The inside of the radio carrier: shared by lora.c (what goes on), lora_port.c (the port) and lora_status.c (what people are
 * told). Nobody else includes it but tests. */
#ifndef AIDMESH_NODE_RADIO_LORA_STATE_H
#define AIDMESH_NODE_RADIO_LORA_STATE_H

#include "node/radio/lora.h"
#include "node/radio/meshtastic.h"
#include "node/radio/rnode.h"
#include "node/radio/serial.h"
#include "proto/seal.h"

enum { LORA_READ_SIZE = 1024 };

enum lora_port {
	LORA_PORT_CLOSED,
	LORA_PORT_RESOLVING, /* the host's name */
	LORA_PORT_CONNECTING,
	LORA_PORT_OPEN,
	LORA_PORT_CLOSING,
};

/* Timers: retry_at, when a port is opened next; written_at, since when the port has not taken what was written; those of the
 * codec; minute, of the book of airtime. One uv timer for all of them. */
struct lora {
	uv_loop_t *loop;
	const struct config *config;
	struct lora_host host;
	struct modem_wish wish;
	const char *root; /* where ports are looked for: "/dev" */
	uv_timer_t timer;
	unsigned handles; /* on the loop */
	bool closing;
	void (*done)(void *user);
	void *done_user;
	/* The port. */
	enum lora_port port_state;
	union {
		uv_stream_t stream;
		uv_pipe_t pipe; /* a serial port */
		uv_tcp_t tcp;
	} port;
	uv_connect_t connect;
	uv_getaddrinfo_t resolve;
	uv_write_t write;
	bool writing;
	uint64_t written_at, retry_at, retry_ms;
	char path[LORA_PORT_SIZE];
	char ports[SERIAL_PORTS_MAX][SERIAL_PATH_SIZE]; /* of this round */
	size_t port_count, port_next;
	uint8_t in[LORA_READ_SIZE], out[MODEM_OUT_SIZE];
	/* The codec. */
	const struct modem_codec *codec; /* NULL: none is at work */
	const struct modem_codec *known; /* what answered last: asked first */
	bool tried_both;
	union {
		struct modem modem; /* begins the others */
		struct rnode rnode;
		struct meshtastic meshtastic;
	};
	struct modem_status last; /* of the codec that failed */
	/* The engine. */
	bool is_up, turning, turn_again;
	struct carrier_traits traits;
	struct seal_key keys[CONFIG_CIRCLES_MAX]; /* of the circle: the first seals, each opens */
	size_t key_count;                         /* 0: frames go in clear */
	struct stations stations;
	/* For people. */
	enum lora_state state;
	char sentence[MODEM_SENTENCE_SIZE];
	bool complaining; /* what is wrong stays told while it is tried again */
	uint64_t frames_in, frames_out, dropped, unsealed, refused;
	struct modem_signal signal;
	bool has_signal;
	mono_ms heard_at;
	struct airtime_log book;
	int64_t kept_us; /* what may be sent until it has to be kept */
	mono_ms kept_at;
};

/* The port (lora_port.c). */

/* Opens the next one there is; what comes of it is told by lora_port_opened or lora_port_lost. */
void lora_port_open(struct lora *l);
/* Writes what the codec has for the port. */
void lora_port_pump(struct lora *l);
void lora_port_close(struct lora *l);
void lora_handle_gone(struct lora *l);

/* What goes on (lora.c). */

void lora_port_opened(struct lora *l);
/* The port is given up until it is tried again; `state` and `why` are what people are told. */
void lora_port_lost(struct lora *l, enum lora_state state, const char *why);
void lora_port_heard(struct lora *l, size_t size); /* that many bytes in l->in */
void lora_turn(struct lora *l);

/* What people are told (lora_status.c). */

void lora_say(struct lora *l, enum lora_state state, const char *sentence);
/* What the duty cycle still allows in this hour; 0 while the carrier is down. */
uint32_t lora_air_left_ms(const struct lora *l, mono_ms now);

#endif
