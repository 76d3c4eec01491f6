/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/radio/lora_state.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "proto/bounds.h"

enum {
	HOUR_MS = 3600000,
	KEEPS = 16,          /* so often an hour's share of airtime is kept */
	DUTY_OURS_MAX = 100, /* permille: where the region knows no limit others still want to speak */
};

static_assert(sizeof(((struct config *)0)->radio_port) == LORA_PORT_SIZE, "as it is set");
static_assert((int)SERIAL_PATH_SIZE == (int)LORA_PORT_SIZE, "as it is found");
static_assert((int)LORA_PORT_OUT_SIZE >= (int)MODEM_OUT_SIZE, "what the codec says is one write");

/* The codec. */

static const struct modem_codec *first_codec(const struct lora *l)
{
	switch (l->config->radio) {
	case CONFIG_RNODE:
		return &rnode_codec;
	case CONFIG_MESHTASTIC:
		return &meshtastic_codec;
	case CONFIG_ANY_RADIO:
		break;
	}
	return l->known ? l->known : &rnode_codec;
}

static void open_codec(struct lora *l, const struct modem_codec *codec)
{
	l->codec = codec;
	l->wish.chance = (uint32_t)uv_hrtime();
	codec->open(&l->modem, &l->wish, uv_now(l->loop));
}

/* Up and down. */

/* What the engine reckons with: the modem's and the seal's bytes are part of every frame's beginning. */
static struct carrier_traits traits_of(const struct lora *l)
{
	const struct modem_status *is = &l->modem.status;
	struct airtime_setting air = { is->setting.bandwidth_hz, is->setting.spreading, is->setting.coding,
				       is->preamble };
	struct airtime_line line = airtime_line_of(&air);
	uint16_t duty = is->duty_permille < DUTY_OURS_MAX ? is->duty_permille : DUTY_OURS_MAX;
	uint32_t grows = l->key_count ? RADIO_SEAL_SIZE : 0, room = (uint32_t)is->frame_max - grows;

	return (struct carrier_traits){
		.kind = CARRIER_RADIO,
		.frame_max = room < SYNC_RADIO_FRAME_MIN ? room : SYNC_RADIO_FRAME_MIN, /* WIRE.md */
		.airtime = { .frame_us = line.head_us + (is->frame_overhead + grows) * line.byte_us,
			     .byte_us = line.byte_us,
			     .duty_permille = duty },
		.station = l->host.station,
	};
}

static void say_up(struct lora *l)
{
	const struct modem_status *is = &l->modem.status;
	char mhz[16] = "";

	if (!said_is_empty(&is->said)) {
		lora_pass_on(l, LORA_UP, &is->said);
		return;
	}
	if (is->setting.frequency_hz)
		snprintf(mhz, sizeof mhz, "%.3f", is->setting.frequency_hz / 1e6);
	lora_say(l, LORA_UP,
		 SAY_OF(RADIO_READY, say_text(is->device), say_text(mhz), say_number(is->setting.bandwidth_hz / 1000),
			say_number(is->setting.spreading)));
}

static void go_up(struct lora *l)
{
	mono_ms now = l->host.now(l->host.ctx);

	l->traits = traits_of(l);
	assert(l->traits.frame_max >= SYNC_RADIO_FRAME_MIN);
	if (sync_carrier_up(l->host.sync, LORA_CARRIER, &l->traits, now) != SYNC_OK)
		return; /* too many carriers: a later turn tries again */
	l->is_up = true;
	l->known = l->codec;
	l->complaining = false;
	lora_port_is_good(&l->port);
	l->host.moved(l->host.ctx); /* there is a deadline now */
}

static void go_down(struct lora *l)
{
	if (!l->is_up)
		return;
	l->is_up = false;
	(void)l->host.now(l->host.ctx);
	sync_carrier_down(l->host.sync, LORA_CARRIER);
	l->host.moved(l->host.ctx);
}

/* The port. */

static void turn(struct lora *l);

static void on_port_opened(void *ctx)
{
	struct lora *l = ctx;

	l->tried_both = false;
	open_codec(l, first_codec(l));
	if (!l->complaining)
		lora_say(l, LORA_PROBING, SAY_OF(RADIO_ASKING, say_text(l->port.path)));
	turn(l);
}

/* The port is given up until it is tried again; `state` and `why` are what people are told. */
static void without_port(struct lora *l, enum lora_state state, const struct said *why)
{
	assert(!lora_port_is_open(&l->port));
	go_down(l);
	if (l->codec)
		l->last = l->modem.status;
	l->codec = NULL;
	if (lora_port_round_is_over(&l->port) || !l->complaining) {
		l->complaining = true;
		lora_pass_on(l, state, why);
	}
	turn(l);
}

static void on_port_lost(void *ctx, const struct said *why)
{
	without_port(ctx, LORA_MISSING, why);
}

static void give_up_port(struct lora *l, enum lora_state state, const struct said *why)
{
	lora_port_give_up(&l->port);
	without_port(l, state, why);
}

static void on_port_written(void *ctx)
{
	turn(ctx);
}

/* Writes what the codec has for the port. */
static void pump(struct lora *l)
{
	size_t size;

	if (!lora_port_takes(&l->port) || !l->codec)
		return;
	size = modem_take(&l->modem, l->port.out, sizeof l->port.out);
	if (size)
		lora_port_write(&l->port, size);
}

/* Nothing has answered as what it was asked. Returns whether it is asked as something else. */
static bool ask_as_other(struct lora *l)
{
	bool is_silent = !l->modem.status.device[0];

	if (l->config->radio != CONFIG_ANY_RADIO || l->tried_both || !is_silent)
		return false;
	l->tried_both = true;
	open_codec(l, l->codec == &rnode_codec ? &meshtastic_codec : &rnode_codec);
	return true;
}

static void give_up(struct lora *l)
{
	struct said said = l->modem.status.said;
	bool is_known = l->modem.status.device[0] != '\0';

	if (!is_known && l->config->radio == CONFIG_ANY_RADIO) {
		said = (struct said){ 0 };
		said_decide(&said, lora_port_is_auto(&l->port) ? SAY(RADIO_NOTHING_ANSWERS)
							       : SAY_OF(RADIO_PORT_SILENT, say_text(l->port.path)));
	}
	give_up_port(l, is_known ? LORA_REFUSED : LORA_MISSING, &said);
}

/* Frames. */

static void take_frame(struct lora *l, const struct modem_heard *heard)
{
	struct view frame = heard->frame;
	uint8_t opened[RADIO_FRAME_MAX];
	mono_ms now = l->host.now(l->host.ctx);
	enum sync_rc rc;

	if (l->key_count) {
		frame.data = opened;
		frame.size = seal_open(opened, sizeof opened, l->keys, l->key_count, heard->frame);
		if (!frame.size) {
			l->unsealed++;
			return;
		}
	}
	rc = sync_feed(l->host.sync, LORA_CARRIER, frame, now);
	if (rc == SYNC_E_FRAME) {
		l->refused++;
		return;
	}
	/* Nobody can be told to wait on the air: what is lost is made up for by a later beacon. */
	if (rc == SYNC_E_BUSY)
		l->dropped++;
	l->frames_in++;
	l->heard_at = now;
	l->has_signal = heard->has_signal;
	l->signal = heard->signal;
	stations_hear(&l->stations, frame, heard->has_signal ? &heard->signal : NULL, now);
	l->host.moved(l->host.ctx);
}

static void on_port_heard(void *ctx, struct view rest)
{
	struct lora *l = ctx;
	mono_ms now = uv_now(l->loop);

	while (rest.size && l->codec) {
		struct modem_heard heard;
		size_t taken = l->codec->feed(&l->modem, &heard, rest, now);

		rest.data += taken;
		rest.size -= taken;
		if (heard.frame.size && l->is_up)
			take_frame(l, &heard);
	}
	turn(l);
}

static void note_sent(struct lora *l, size_t frame_size, mono_ms now)
{
	const struct airtime *airtime = &l->traits.airtime;
	uint32_t us = airtime->frame_us + (uint32_t)frame_size * airtime->byte_us;
	uint32_t share_us = HOUR_MS / KEEPS * airtime->duty_permille;

	l->frames_out++;
	airtime_log_add(&l->book, us, now);
	l->kept_us -= us;
	if (l->kept_us >= 0)
		return;
	l->kept_us = share_us;
	if (l->host.keep)
		l->host.keep(l->host.ctx, &l->book, share_us / 1000);
}

/* The engine's own account begins anew whenever the carrier comes up; this one outlives a stick that comes and goes. */
static bool has_air(const struct lora *l, mono_ms now)
{
	const struct airtime *airtime = &l->traits.airtime;

	return lora_air_left_ms(l, now) > (airtime->frame_us + l->traits.frame_max * airtime->byte_us) / 1000;
}

/* What the engine has to say, while the modem takes it. */
static void fill(struct lora *l)
{
	while (l->is_up && l->codec->can_send(&l->modem) && lora_port_takes(&l->port)) {
		uint8_t frame[RADIO_FRAME_MAX], sealed[RADIO_FRAME_MAX], nonce[SEAL_NONCE_SIZE];
		mono_ms now = l->host.now(l->host.ctx);
		struct view out = { .data = frame };
		size_t size = 0;

		if (has_air(l, now))
			size = sync_fill(l->host.sync, LORA_CARRIER, frame, l->traits.frame_max, now);
		if (!size)
			return;
		out.size = size;
		l->host.moved(l->host.ctx);
		if (l->key_count) {
			randombytes_buf(nonce, sizeof nonce);
			out.data = sealed;
			out.size = seal_close(sealed, sizeof sealed, &l->keys[0], nonce, (struct view){ frame, size });
		}
		if (out.size && l->codec->send(&l->modem, out, uv_now(l->loop)) == MODEM_OK)
			note_sent(l, size, now);
		else
			l->refused++;
		pump(l);
	}
}

/* One turn: what is due is done, and the timer set for what comes. */

static void follow_modem(struct lora *l)
{
	const struct modem_status *is = &l->modem.status;

	if (is->state != MODEM_READY)
		go_down(l);
	switch (is->state) {
	case MODEM_GREETING:
		break;
	case MODEM_SETTING:
		if (!l->complaining)
			lora_say(l, LORA_SETTING, SAY(RADIO_SETTING));
		break;
	case MODEM_READY:
		if (!l->is_up)
			go_up(l);
		if (l->is_up)
			say_up(l);
		break;
	case MODEM_FAILED:
		if (!ask_as_other(l))
			give_up(l);
		break;
	}
}

static void do_what_is_due(struct lora *l)
{
	uint64_t now = uv_now(l->loop);

	lora_port_tick(&l->port);
	if (!lora_port_is_open(&l->port) || !l->codec)
		return;
	/* What waits for the port is written first: the codec asks nothing again meanwhile. */
	pump(l);
	if (lora_port_takes(&l->port))
		l->codec->tick(&l->modem, now);
	pump(l);
	if (l->codec)
		follow_modem(l);
	if (l->codec)
		fill(l);
}

static uint64_t next_due(const struct lora *l)
{
	return l->codec && lora_port_takes(&l->port) ? modem_deadline(&l->modem) : lora_port_deadline(&l->port);
}

static void on_timer(uv_timer_t *timer)
{
	turn(timer->data);
}

static void turn(struct lora *l)
{
	uint64_t due, now;

	if (l->closing)
		return;
	l->turn_again = true;
	if (l->turning)
		return;
	l->turning = true;
	while (l->turn_again) {
		l->turn_again = false;
		do_what_is_due(l);
	}
	l->turning = false;
	now = uv_now(l->loop);
	due = next_due(l);
	if (due == UINT64_MAX)
		uv_timer_stop(&l->timer);
	else
		uv_timer_start(&l->timer, on_timer, due > now ? due - now : 1, 0);
}

/* Start and end. */

static void on_timer_closed(uv_handle_t *handle)
{
	struct lora *l = handle->data;
	void (*done)(void *user) = l->done;
	void *user = l->done_user;

	assert(l->closing && l->port.state == LORA_PORT_CLOSED);
	free(l);
	if (done)
		done(user);
}

/* The timer goes last, so that everything else may still set it. */
static void on_port_closed(void *ctx)
{
	struct lora *l = ctx;

	if (l->closing)
		uv_close((uv_handle_t *)&l->timer, on_timer_closed);
	else
		turn(l);
}

/* 0, or -1 with a sentence: the settings are the person's, and wrong ones are told before anything is sent. */
static int make_wish(struct modem_wish *wish, struct reason *why, const struct config *config)
{
	bool has_own = config->radio_frequency_hz || config->radio_bandwidth_hz || config->radio_spreading ||
		       config->radio_power_dbm >= 0;
	struct band_setting *setting = &wish->setting;

	*wish = (struct modem_wish){ .band = band_find(config->radio_region) };
	if (!wish->band && (has_own || config->radio == CONFIG_RNODE)) {
		reason_set(why, "[radio] region is not set: it must be where this node is, such as EU868 or US915.");
		return -1;
	}
	if (!wish->band)
		return 0;
	*setting = wish->band->setting;
	if (config->radio_frequency_hz)
		setting->frequency_hz = config->radio_frequency_hz;
	if (config->radio_bandwidth_hz)
		setting->bandwidth_hz = config->radio_bandwidth_hz;
	if (config->radio_spreading)
		setting->spreading = config->radio_spreading;
	if (config->radio_power_dbm >= 0)
		setting->power_dbm = config->radio_power_dbm;
	if (band_allows(wish->band, why, setting, rnode_preamble(setting->bandwidth_hz, setting->spreading),
			RADIO_FRAME_MAX + RNODE_HEAD_SIZE))
		return 0;
	reason_add(why, ".");
	return -1;
}

int lora_check(struct reason *why, const struct config *config)
{
	struct modem_wish wish;

	return config->radio_port[0] ? make_wish(&wish, why, config) : 0;
}

int lora_open(struct lora **lora, struct reason *why, uv_loop_t *loop, const struct config *config,
	      const struct lora_host *host)
{
	struct lora_port_host port_host = { NULL,          on_port_opened,  on_port_lost,
					    on_port_heard, on_port_written, on_port_closed };
	struct modem_wish wish;
	struct lora *l;

	*lora = NULL;
	if (!config->radio_port[0])
		return 0;
	if (make_wish(&wish, why, config) != 0)
		return -1;
	l = calloc(1, sizeof *l);
	if (!l) {
		reason_set(why, "There is no memory left for the radio.");
		return -1;
	}
	l->loop = loop;
	l->config = config;
	l->host = *host;
	l->wish = wish;
	static_assert((int)CONFIG_CIRCLE_SIZE == (int)SEAL_KEY_SIZE, "a key of the settings is one of the seal's");
	for (; l->key_count < config->circle_count; l->key_count++)
		seal_key_init(&l->keys[l->key_count], config->circles[l->key_count]);
	port_host.ctx = l;
	lora_port_init(&l->port, loop, config->radio_port, &port_host);
	l->state = LORA_MISSING;
	l->book = host->book;
	uv_timer_init(loop, &l->timer);
	l->timer.data = l;
	/* The first turn is the loop's, when all else is open. */
	uv_timer_start(&l->timer, on_timer, 0, 0);
	*lora = l;
	return 0;
}

void lora_kick(struct lora *lora)
{
	if (lora)
		turn(lora);
}

bool lora_is_busy(const struct lora *lora, mono_ms now)
{
	return lora && lora->is_up &&
	       (!lora_port_takes(&lora->port) || !lora->codec->can_send(&lora->modem) || !has_air(lora, now));
}

void lora_close(struct lora *lora, void (*done)(void *user), void *user)
{
	size_t size;

	assert(!lora->closing);
	lora->closing = true;
	lora->done = done;
	lora->done_user = user;
	if (lora->is_up)
		sync_carrier_down(lora->host.sync, LORA_CARRIER);
	lora->is_up = false;
	if (lora->host.keep)
		lora->host.keep(lora->host.ctx, &lora->book, 0);
	uv_timer_stop(&lora->timer);
	if (lora->codec && lora_port_takes(&lora->port)) {
		lora->codec->leave(&lora->modem);
		size = modem_take(&lora->modem, lora->port.out, sizeof lora->port.out);
		if (size)
			lora_port_write_last(&lora->port, size);
	}
	lora->codec = NULL;
	lora_port_close(&lora->port);
	if (lora->port.state == LORA_PORT_CLOSED)
		on_port_closed(lora);
}
