/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The inside of the radio carrier: shared by lora.c (what goes on) and lora_status.c (what people are told). Nobody else
 * includes it but tests. */
#ifndef AIDMESH_NODE_RADIO_LORA_STATE_H
#define AIDMESH_NODE_RADIO_LORA_STATE_H

#include "node/radio/lora.h"
#include "node/radio/lora_port.h"
#include "node/radio/meshtastic.h"
#include "node/radio/rnode.h"
#include "proto/seal.h"

/* Timers: those of the port, those of the codec, and the minute of the book of airtime. One uv timer for all of them. */
struct lora {
	uv_loop_t *loop;
	const struct config *config;
	struct lora_host host;
	struct modem_wish wish;
	uv_timer_t timer;
	bool closing;
	void (*done)(void *user);
	void *done_user;
	struct lora_port port;
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
	struct said said;
	bool complaining; /* what is wrong stays told while it is tried again */
	uint64_t frames_in, frames_out, dropped, unsealed, refused;
	struct modem_signal signal;
	bool has_signal;
	mono_ms heard_at;
	struct airtime_log book;
	int64_t kept_us; /* what may be sent until it has to be kept */
};

/* What people are told (lora_status.c). */

void lora_say(struct lora *l, enum lora_state state, struct say say);
/* The same of what was said elsewhere. `said` is borrowed. */
void lora_pass_on(struct lora *l, enum lora_state state, const struct said *said);
/* What the duty cycle still allows in this hour; 0 while the carrier is down. */
uint32_t lora_air_left_ms(const struct lora *l, mono_ms now);

#endif
