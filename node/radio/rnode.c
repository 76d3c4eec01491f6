/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/radio/rnode.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "proto/bounds.h"

enum { FEND = 0xC0, FESC = 0xDB, TFEND = 0xDC, TFESC = 0xDD };

enum command {
	CMD_DATA = 0x00,
	CMD_FREQUENCY = 0x01,
	CMD_BANDWIDTH = 0x02,
	CMD_POWER = 0x03,
	CMD_SPREADING = 0x04,
	CMD_CODING = 0x05,
	CMD_RADIO = 0x06,
	CMD_DETECT = 0x08,
	CMD_LEAVE = 0x0A,
	CMD_SHORT_LIMIT = 0x0B,
	CMD_LONG_LIMIT = 0x0C,
	CMD_READY = 0x0F,
	CMD_RSSI = 0x23,
	CMD_SNR = 0x24,
	CMD_AIR = 0x25,
	CMD_PHY = 0x26,
	CMD_BATTERY = 0x27,
	CMD_PLATFORM = 0x48,
	CMD_MCU = 0x49,
	CMD_FIRMWARE = 0x50,
	CMD_RESET = 0x55,
	CMD_ERROR = 0x90,
};

enum { DETECT_ASK = 0x73, DETECT_ANSWER = 0x46, RESET_BYTE = 0xF8, RADIO_ON = 1, RADIO_OFF = 0, RADIO_ASK = 0xFF };
enum { ERROR_INIT = 1, ERROR_SEND = 2, ERROR_QUEUE = 4, ERROR_MEMORY = 5, ERROR_TIMEOUT = 6 };
enum { PLATFORM_NRF52 = 0x70, PLATFORM_ESP32 = 0x80, PLATFORM_AVR = 0x90 };
enum { RSSI_OFFSET = 157, FREQUENCY_TOLERANCE_HZ = 100, PREAMBLE_MS = 24, PREAMBLE_MIN = 18 };

/* What was echoed. */
enum {
	SET_FREQUENCY = 1,
	SET_BANDWIDTH = 2,
	SET_POWER = 4,
	SET_SPREADING = 8,
	SET_CODING = 16,
	SET_RADIO = 32,
	SET_ALL = 63,
};

/* A board that restarts when its port is opened takes about 2 s until it answers. */
enum {
	DETECT_EVERY_MS = 700,
	DETECT_TRIES = 6,
	BOOT_MS = 1000,
	ECHO_MS = 1000,
	ECHO_TRIES = 4,
	ROOM_MS = 500, /* its queue is full */
	ALIVE_MS = 10000,
	ALIVE_TRIES = 3,
	ALIVE_ASK_MS = 1000, /* on top of a frame's time on the air, during which it does not listen to us */
};

static_assert(RADIO_FRAME_MAX + RNODE_HEAD_SIZE <= AIRTIME_SIZE_MAX, "one of ours, one on the air");
static_assert(2 * RADIO_FRAME_MAX + 16 <= MODEM_OUT_SIZE, "a frame fits, all of it escaped");

uint16_t rnode_preamble(uint32_t bandwidth_hz, uint8_t spreading)
{
	uint64_t chips = 1ull << spreading;
	uint64_t symbols = ((uint64_t)PREAMBLE_MS * bandwidth_hz + 1000 * chips - 1) / (1000 * chips);

	return (uint16_t)(symbols > PREAMBLE_MIN ? symbols : PREAMBLE_MIN);
}

/* Speaking. */

static void put_escaped(struct modem *modem, uint8_t byte)
{
	const uint8_t fend[] = { FESC, TFEND }, fesc[] = { FESC, TFESC };

	if (byte == FEND)
		(void)modem_put(modem, fend, sizeof fend);
	else if (byte == FESC)
		(void)modem_put(modem, fesc, sizeof fesc);
	else
		(void)modem_put(modem, &byte, 1);
}

static void put_message(struct rnode *r, enum command command, struct view bytes)
{
	const uint8_t head[] = { FEND, (uint8_t)command }, tail = FEND;

	(void)modem_put(&r->modem, head, sizeof head);
	for (size_t i = 0; i < bytes.size; i++)
		put_escaped(&r->modem, bytes.data[i]);
	(void)modem_put(&r->modem, &tail, 1);
}

static void put_u8(struct rnode *r, enum command command, uint8_t value)
{
	put_message(r, command, (struct view){ &value, 1 });
}

static void put_u16(struct rnode *r, enum command command, uint16_t value)
{
	const uint8_t bytes[] = { (uint8_t)(value >> 8), (uint8_t)value };

	put_message(r, command, (struct view){ bytes, sizeof bytes });
}

static void put_u32(struct rnode *r, enum command command, uint32_t value)
{
	const uint8_t bytes[] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
				  (uint8_t)value };

	put_message(r, command, (struct view){ bytes, sizeof bytes });
}

static void ask_who(struct rnode *r)
{
	put_u8(r, CMD_DETECT, DETECT_ASK);
	put_u8(r, CMD_FIRMWARE, 0);
	put_u8(r, CMD_PLATFORM, 0);
	put_u8(r, CMD_MCU, 0);
}

/* The limit of the device holds even where this node starts over and over: in hundredths of a percent, 0 none. */
static uint16_t hour_limit(const struct band *band)
{
	return band->duty_permille < 1000 ? (uint16_t)(band->duty_permille * 10) : 0;
}

/* What was not echoed yet. */
static void ask_settings(struct rnode *r)
{
	const struct band_setting *setting = &r->modem.wish.setting;

	if (!(r->confirmed & SET_FREQUENCY))
		put_u32(r, CMD_FREQUENCY, setting->frequency_hz);
	if (!(r->confirmed & SET_BANDWIDTH))
		put_u32(r, CMD_BANDWIDTH, setting->bandwidth_hz);
	if (!(r->confirmed & SET_POWER))
		put_u8(r, CMD_POWER, (uint8_t)setting->power_dbm);
	if (!(r->confirmed & SET_SPREADING))
		put_u8(r, CMD_SPREADING, setting->spreading);
	if (!(r->confirmed & SET_CODING))
		put_u8(r, CMD_CODING, setting->coding);
	if (!r->confirmed) {
		put_u16(r, CMD_SHORT_LIMIT, 0);
		put_u16(r, CMD_LONG_LIMIT, hour_limit(r->modem.wish.band));
	}
	put_u8(r, CMD_RADIO, RADIO_ON);
}

static void ask_alive(struct rnode *r)
{
	put_u8(r, CMD_RADIO, RADIO_ASK);
	put_u8(r, CMD_READY, 0);
}

/* States. */

static void greet(struct rnode *r, mono_ms due_at)
{
	r->modem.status.state = MODEM_GREETING;
	r->modem.status.frame_max = 0;
	r->modem.status.duty_permille = 0;
	r->is_detected = r->has_room = r->has_signal = false;
	r->firmware = 0;
	r->confirmed = r->modem.tries = 0;
	r->modem.due_at = due_at;
}

static void begin_setting(struct rnode *r, mono_ms now)
{
	assert(r->modem.wish.band); /* nothing is set without a region */
	r->modem.status.state = MODEM_SETTING;
	r->modem.status.frame_max = 0;
	r->confirmed = r->modem.tries = 0;
	r->has_room = false;
	r->modem.status.setting = (struct band_setting){ 0 };
	r->modem.status.preamble = rnode_preamble(r->modem.wish.setting.bandwidth_hz, r->modem.wish.setting.spreading);
	r->modem.due_at = now;
}

static void fail(struct rnode *r)
{
	modem_fail(&r->modem);
	r->has_room = false;
}

/* How long an answer may take. */
static mono_ms answer_ms(const struct rnode *r)
{
	struct airtime_setting air = { .bandwidth_hz = r->modem.wish.setting.bandwidth_hz,
				       .spreading = r->modem.wish.setting.spreading,
				       .coding = r->modem.wish.setting.coding,
				       .preamble = r->modem.status.preamble };

	return airtime_us(&air, RADIO_FRAME_MAX + RNODE_HEAD_SIZE) / 1000 + ALIVE_ASK_MS;
}

static void become_ready(struct rnode *r, mono_ms now)
{
	assert(r->modem.status.state == MODEM_SETTING && r->confirmed == SET_ALL);
	r->modem.status.duty_permille = r->modem.wish.band->duty_permille;
	modem_become_ready(&r->modem, now);
}

static void open_codec(void *self, const struct modem_wish *wish, mono_ms now)
{
	struct rnode *r = self;

	*r = (struct rnode){ .modem = { .wish = *wish, .status = { .frame_overhead = RNODE_HEAD_SIZE } } };
	greet(r, now);
}

/* Hearing. */

static uint32_t value_of(const struct rnode *r)
{
	uint32_t value = 0;

	for (size_t i = 0; i < r->size && i < sizeof value; i++)
		value = value << 8 | r->bytes[i];
	return value;
}

static void name_device(struct rnode *r)
{
	const char *platform = r->platform == PLATFORM_ESP32   ? " (ESP32)"
			       : r->platform == PLATFORM_NRF52 ? " (nRF52)"
			       : r->platform == PLATFORM_AVR   ? " (AVR)"
							       : "";

	snprintf(r->modem.status.device, sizeof r->modem.status.device, "RNode%s", platform);
}

static void version_write(char out[MODEM_NAME_SIZE], unsigned firmware)
{
	snprintf(out, MODEM_NAME_SIZE, "%u.%u", firmware / 100, firmware % 100);
}

static void learn_device(struct rnode *r, mono_ms now)
{
	char least[MODEM_NAME_SIZE];

	if (!r->is_detected || !r->firmware || r->modem.status.state != MODEM_GREETING)
		return;
	name_device(r);
	version_write(r->modem.status.firmware, r->firmware);
	if (r->firmware < RNODE_FIRMWARE_MIN) {
		version_write(least, RNODE_FIRMWARE_MIN);
		modem_say(&r->modem, SAY_OF(RNODE_OLD, say_text(r->modem.status.firmware), say_text(least)));
		fail(r);
	} else if (!r->modem.wish.band) {
		modem_say(&r->modem, SAY(RNODE_REGION_MISSING));
		fail(r);
	} else {
		begin_setting(r, now);
	}
}

static void hear_firmware(struct rnode *r, mono_ms now)
{
	/* A minor above 99 would read as the next major; there is none. */
	r->firmware = (uint16_t)(r->bytes[0] * 100 + (r->bytes[1] < 100 ? r->bytes[1] : 99));
	learn_device(r, now);
}

static uint32_t apart(uint32_t a, uint32_t b)
{
	return a > b ? a - b : b - a;
}

/* What a setting is called: for people, and in [radio]. The coding rate comes with the region alone. */
struct setting_name {
	enum say_code phrase;
	const char *key;
};

/* Which setting an echo is of, and whether it is as asked. */
static uint8_t judge_echo(struct rnode *r, bool *is_right, struct setting_name *name)
{
	const struct band_setting *asked = &r->modem.wish.setting;
	struct band_setting *is = &r->modem.status.setting;
	uint32_t value = value_of(r);

	switch (r->command) {
	case CMD_FREQUENCY:
		is->frequency_hz = value;
		*name = (struct setting_name){ SAY_RNODE_FREQUENCY, "frequency" };
		*is_right = apart(value, asked->frequency_hz) <= FREQUENCY_TOLERANCE_HZ;
		return SET_FREQUENCY;
	case CMD_BANDWIDTH:
		is->bandwidth_hz = value;
		*name = (struct setting_name){ SAY_RNODE_BANDWIDTH, "bandwidth" };
		*is_right = value == asked->bandwidth_hz;
		return SET_BANDWIDTH;
	case CMD_POWER:
		is->power_dbm = (int8_t)(value & 0x7f);
		*name = (struct setting_name){ SAY_RNODE_POWER, "power" };
		/* Less is what its chip can do. */
		*is_right = (int)value <= asked->power_dbm;
		return SET_POWER;
	case CMD_SPREADING:
		is->spreading = (uint8_t)value;
		*name = (struct setting_name){ SAY_RNODE_SPREADING, "spreading" };
		*is_right = value == asked->spreading;
		return SET_SPREADING;
	default:
		is->coding = (uint8_t)value;
		*name = (struct setting_name){ SAY_RNODE_CODING, "frequency" };
		*is_right = value == asked->coding;
		return SET_CODING;
	}
}

static void hear_echo(struct rnode *r, mono_ms now)
{
	struct setting_name name;
	bool is_right;
	uint8_t bit;

	/* When it is ready, someone else set it, or it forgot: all is set anew. */
	if (r->modem.status.state != MODEM_SETTING && r->modem.status.state != MODEM_READY)
		return;
	bit = judge_echo(r, &is_right, &name);
	assert((bit & SET_ALL) != 0 && bit != SET_RADIO);
	if (is_right) {
		r->confirmed |= bit;
	} else if (r->modem.status.state == MODEM_READY) {
		begin_setting(r, now);
	} else {
		modem_say(&r->modem, SAY_OF(RNODE_CANNOT, say_phrase(name.phrase), say_text(name.key)));
		fail(r);
	}
}

static void hear_radio(struct rnode *r, mono_ms now)
{
	if (r->bytes[0] == RADIO_ON)
		r->confirmed |= SET_RADIO;
	else if (r->modem.status.state == MODEM_READY)
		begin_setting(r, now); /* it has restarted, or was switched off */
}

static void hear_error(struct rnode *r, mono_ms now)
{
	switch (r->bytes[0]) {
	case ERROR_INIT:
		modem_say(&r->modem, SAY(RNODE_BROKEN));
		fail(r);
		return;
	case ERROR_SEND:
	case ERROR_TIMEOUT:
		r->modem.status.failed++;
		modem_say_trouble(&r->modem, SAY(RNODE_NOT_SENT), now);
		return;
	case ERROR_QUEUE:
		r->modem.status.failed++;
		r->has_room = false;
		return;
	case ERROR_MEMORY:
		modem_say_trouble(&r->modem, SAY(RNODE_MEMORY), now);
		return;
	default:
		return; /* later firmware may know more */
	}
}

static void hear_room(struct rnode *r, mono_ms now)
{
	if (r->modem.status.state != MODEM_READY)
		return;
	r->modem.tries = 0;
	r->has_room = r->bytes[0] == 1;
	r->modem.due_at = now + (r->has_room ? ALIVE_MS : ROOM_MS);
}

static void hear_phy(struct rnode *r)
{
	uint32_t preamble = (uint32_t)r->bytes[4] << 8 | r->bytes[5];

	/* Afterwards the engine reckons with it already. */
	if (r->modem.status.state == MODEM_SETTING && preamble >= PREAMBLE_MIN && preamble <= AIRTIME_PREAMBLE_MAX)
		r->modem.status.preamble = (uint16_t)preamble;
}

/* The bytes that the messages we know have at least; 0: we do not know it. */
static size_t size_of(uint8_t command)
{
	switch (command) {
	case CMD_FREQUENCY:
	case CMD_BANDWIDTH:
	case CMD_AIR:
		return 4;
	case CMD_PHY:
		return 6;
	case CMD_FIRMWARE:
	case CMD_BATTERY:
		return 2;
	case CMD_POWER:
	case CMD_SPREADING:
	case CMD_CODING:
	case CMD_RADIO:
	case CMD_DETECT:
	case CMD_READY:
	case CMD_RSSI:
	case CMD_SNR:
	case CMD_PLATFORM:
	case CMD_RESET:
	case CMD_ERROR:
		return 1;
	default:
		return 0;
	}
}

static void hear_signal(struct rnode *r)
{
	if (r->command == CMD_RSSI)
		r->signal.rssi_dbm = (int16_t)(r->bytes[0] - RSSI_OFFSET);
	else
		r->signal.snr_quarter_db = (int16_t)(r->bytes[0] - (r->bytes[0] < 0x80 ? 0 : 0x100));
	r->has_signal = true;
}

static void hear_message(struct rnode *r, mono_ms now)
{
	switch (r->command) {
	case CMD_DETECT:
		r->is_detected |= r->bytes[0] == DETECT_ANSWER;
		learn_device(r, now);
		break;
	case CMD_FIRMWARE:
		hear_firmware(r, now);
		break;
	case CMD_PLATFORM:
		r->platform = r->bytes[0];
		if (r->modem.status.device[0])
			name_device(r);
		break;
	case CMD_FREQUENCY:
	case CMD_BANDWIDTH:
	case CMD_POWER:
	case CMD_SPREADING:
	case CMD_CODING:
		hear_echo(r, now);
		break;
	case CMD_RADIO:
		hear_radio(r, now);
		break;
	case CMD_READY:
		hear_room(r, now);
		break;
	case CMD_RSSI:
	case CMD_SNR:
		hear_signal(r);
		break;
	case CMD_AIR: /* of 15 s, then of an hour, in hundredths of a percent */
		r->modem.status.air_permille = (uint16_t)((r->bytes[2] << 8 | r->bytes[3]) / 10);
		break;
	case CMD_PHY:
		hear_phy(r);
		break;
	case CMD_BATTERY:
		r->modem.status.battery_percent = r->bytes[1] <= 100 ? r->bytes[1] : 100;
		break;
	case CMD_RESET:
		greet(r, now + BOOT_MS);
		break;
	case CMD_ERROR:
		hear_error(r, now);
		break;
	default:
		break;
	}
	if (r->modem.status.state == MODEM_SETTING && r->confirmed == SET_ALL)
		become_ready(r, now);
}

/* A message is whole. True: it is a frame, told in `heard`. */
static bool end_message(struct rnode *r, struct modem_heard *heard, mono_ms now)
{
	assert(r->is_open && r->size <= sizeof r->bytes);
	if (!r->has_command)
		return false; /* FENDs in a row */
	if (r->is_overlong) {
		r->modem.status.refused++;
		return false;
	}
	if (r->command != CMD_DATA) {
		if (r->modem.status.state == MODEM_FAILED)
			return false;
		if (r->size < size_of(r->command))
			r->modem.status.refused++;
		else if (size_of(r->command))
			hear_message(r, now);
		return false;
	}
	*heard = (struct modem_heard){ { r->bytes, r->size }, r->signal, r->has_signal };
	r->has_signal = false;
	if (r->modem.status.state != MODEM_READY)
		return false;
	if (!r->size || r->size > RADIO_FRAME_MAX) {
		r->modem.status.foreign++;
		return false;
	}
	r->modem.status.frames_in++;
	return true;
}

static void begin_message(struct rnode *r)
{
	r->is_open = true;
	r->is_escaped = r->is_overlong = r->has_command = false;
	r->size = 0;
}

static void take_byte(struct rnode *r, uint8_t byte)
{
	if (!r->has_command) {
		r->has_command = true;
		r->command = byte;
		return;
	}
	if (byte == FESC && !r->is_escaped) {
		r->is_escaped = true;
		return;
	}
	if (r->is_escaped) {
		r->is_escaped = false;
		byte = byte == TFEND ? FEND : byte == TFESC ? FESC : byte;
	}
	if (r->size == sizeof r->bytes)
		r->is_overlong = true;
	else
		r->bytes[r->size++] = byte;
}

static size_t feed(void *self, struct modem_heard *heard, struct view bytes, mono_ms now)
{
	struct rnode *r = self;

	*heard = (struct modem_heard){ .has_signal = false };
	for (size_t i = 0; i < bytes.size; i++) {
		bool is_frame;

		if (bytes.data[i] != FEND) {
			if (r->is_open)
				take_byte(r, bytes.data[i]);
			continue;
		}
		/* One FEND may end a message and begin the next. The bytes stay until then. */
		is_frame = r->is_open && end_message(r, heard, now);
		begin_message(r);
		if (is_frame) {
			assert(heard->frame.size > 0 && heard->frame.size <= RADIO_FRAME_MAX);
			return i + 1;
		}
		*heard = (struct modem_heard){ .has_signal = false };
	}
	return bytes.size;
}

static bool can_send(const void *self)
{
	const struct rnode *r = self;

	return r->modem.status.state == MODEM_READY && r->has_room && !r->modem.out_size;
}

static enum modem_rc send(void *self, struct view frame, mono_ms now)
{
	struct rnode *r = self;

	if (!modem_may_carry(&r->modem, frame))
		return MODEM_E_SIZE;
	if (!can_send(r))
		return MODEM_E_BUSY;
	put_message(r, CMD_DATA, frame);
	assert(r->modem.out[r->modem.out_size - 1] == FEND); /* it had room, all of it escaped */
	put_u8(r, CMD_READY, 0);
	r->modem.status.frames_out++;
	r->has_room = false;
	r->modem.due_at = now + answer_ms(r);
	return MODEM_OK;
}

/* Asked again, so often in vain that it is given up? */
static bool has_given_up(struct rnode *r, uint8_t tries)
{
	assert(r->modem.status.state != MODEM_FAILED); /* who failed is asked no more */
	if (r->modem.tries++ < tries)
		return false;
	switch (r->modem.status.state) {
	case MODEM_GREETING:
		modem_say(&r->modem, SAY(RNODE_NONE));
		break;
	case MODEM_SETTING:
		modem_say(&r->modem, SAY(RNODE_UNCONFIRMED));
		break;
	case MODEM_READY:
	case MODEM_FAILED:
		modem_say(&r->modem, SAY(RNODE_SILENT));
		break;
	}
	fail(r);
	return true;
}

static void tick(void *self, mono_ms now)
{
	struct rnode *r = self;

	if (!modem_is_due(&r->modem, now))
		return;
	switch (r->modem.status.state) {
	case MODEM_GREETING:
		if (has_given_up(r, DETECT_TRIES))
			return;
		ask_who(r);
		r->modem.due_at = now + DETECT_EVERY_MS;
		break;
	case MODEM_SETTING:
		if (has_given_up(r, ECHO_TRIES))
			return;
		ask_settings(r);
		r->modem.due_at = now + ECHO_MS;
		break;
	case MODEM_READY:
		if (has_given_up(r, ALIVE_TRIES))
			return;
		ask_alive(r);
		r->modem.due_at = now + answer_ms(r);
		break;
	case MODEM_FAILED:
		break;
	}
}

static void leave(void *self)
{
	struct rnode *r = self;

	r->modem.out_size = 0;
	if (r->modem.status.state == MODEM_SETTING || r->modem.status.state == MODEM_READY)
		put_u8(r, CMD_RADIO, RADIO_OFF);
	if (r->modem.status.device[0])
		put_u8(r, CMD_LEAVE, 0xFF);
	fail(r);
}

const struct modem_codec rnode_codec = {
	.name = "rnode",
	.self_size = sizeof(struct rnode),
	.open = open_codec,
	.feed = feed,
	.can_send = can_send,
	.send = send,
	.tick = tick,
	.leave = leave,
};
