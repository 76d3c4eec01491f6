/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The radio carrier on a real terminal: at its other end a small RNode is played. It is found, set, heard, pulled and put back, with
 * and without a seal; and what a person set wrongly is told at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/radio/lora_state.h"
#include "tests/unit/hex_text.h"
#include "tests/unit/written.h"

enum { PATIENCE_MS = 15000, FEND = 0xC0, FESC = 0xDB, TFEND = 0xDC, TFESC = 0xDD };

/* The device: answers each message of one byte or of a setting with what an RNode would. */
struct device {
	uv_poll_t poll;
	int fd;
	char pts[64], link[96];
	bool is_mute, is_meshtastic;
	uint8_t answers_spreading; /* 0: as asked */
	uint8_t message[600];
	size_t size;
	bool is_escaped, is_radio_on, said_bye;
	uint8_t frame[300]; /* sent last */
	size_t frame_size;
	int frames;
};

struct bench {
	uv_loop_t loop;
	struct config config;
	void *memory;
	struct sync *sync;
	struct lora *lora;
	struct device device;
	char folder[64];
	int moves;
	struct airtime_log kept; /* from start to start */
	uint32_t kept_ahead_ms;
	int keeps;
	mono_ms ahead_ms; /* of the loop's clock */
	bool closed;
};

/* Device. */

static void answer(struct device *d, const uint8_t *bytes, size_t size)
{
	uint8_t out[700] = { FEND };
	size_t at = 1;

	for (size_t i = 0; i < size; i++) {
		if (bytes[i] == FEND || bytes[i] == FESC) {
			out[at++] = FESC;
			out[at++] = bytes[i] == FEND ? TFEND : TFESC;
		} else {
			out[at++] = bytes[i];
		}
	}
	out[at++] = FEND;
	assert_int_equal(write(d->fd, out, at), at);
}

static void take_message(struct device *d)
{
	uint8_t *m = d->message;

	switch (m[0]) {
	case 0x00:
		memcpy(d->frame, m + 1, d->size - 1);
		d->frame_size = d->size - 1;
		d->frames++;
		break;
	case 0x08:
		answer(d, (const uint8_t[]){ 0x08, 0x46 }, 2);
		break;
	case 0x50:
		answer(d, (const uint8_t[]){ 0x50, 1, 85 }, 3);
		break;
	case 0x48:
		answer(d, (const uint8_t[]){ 0x48, 0x80 }, 2);
		break;
	case 0x06:
		if (m[1] != 0xFF)
			d->is_radio_on = m[1] == 1;
		answer(d, (const uint8_t[]){ 0x06, d->is_radio_on }, 2);
		break;
	case 0x0F:
		answer(d, (const uint8_t[]){ 0x0F, 1 }, 2);
		break;
	case 0x0A:
		d->said_bye = true;
		break;
	case 0x04:
		if (d->answers_spreading)
			m[1] = d->answers_spreading;
		answer(d, m, d->size);
		break;
	default:
		answer(d, m, d->size);
		break;
	}
}

static void take_byte(struct device *d, uint8_t byte)
{
	if (byte == FEND) {
		if (d->size)
			take_message(d);
		d->size = 0;
	} else if (byte == FESC) {
		d->is_escaped = true;
	} else {
		if (d->is_escaped)
			byte = byte == TFEND ? FEND : FESC;
		d->is_escaped = false;
		assert_true(d->size < sizeof d->message);
		d->message[d->size++] = byte;
	}
}

/* Answers the question of what it is: EU868, MEDIUM_FAST, our channel is there. */
static void be_meshtastic(struct device *d, const uint8_t *bytes, size_t size)
{
	static const uint8_t ask[] = { 0x94, 0xC3, 0, 4, 0x18, 0xAC, 0x9E, 4 };
	uint8_t said[200];

	if (!memmem(bytes, size, ask, sizeof ask))
		return;
	size = hex_text_read(
		said, "94 C3 00 08 1A 06 08 C4 E6 88 89 01 94 C3 00 33 52 31 08 01 12 2B 12 20 "
		      "8F 90 58 4A D7 14 9E 45 20 3A B7 11 E8 CF 92 DC 97 09 A5 9B 93 98 A2 F3 3C 4F 62 73 13 8C A4 FA "
		      "1A 07 61 69 64 6D 65 73 68 18 02 94 C3 00 0E 2A 0C 32 0A 08 01 10 04 38 03 48 01 50 1B "
		      "94 C3 00 04 38 AC 9E 04");
	assert_int_equal(write(d->fd, said, size), size);
}

static void on_device(uv_poll_t *poll, int status, int events)
{
	struct device *d = poll->data;
	uint8_t bytes[512];
	ssize_t size = read(d->fd, bytes, sizeof bytes);

	(void)status;
	(void)events;
	if (d->is_meshtastic && size > 0) {
		be_meshtastic(d, bytes, (size_t)size);
		return;
	}
	for (ssize_t i = 0; i < size && !d->is_mute; i++)
		take_byte(d, bytes[i]);
	/* Nobody has it open. */
	if (size < 0)
		usleep(1000);
}

/* Put in, under this name. */
static void plug_in(struct bench *b, const char *name)
{
	struct device *d = &b->device;
	int slave;

	assert_int_equal(openpty(&d->fd, &slave, d->pts, NULL, NULL), 0);
	close(slave);
	assert_int_equal(fcntl(d->fd, F_SETFL, O_NONBLOCK), 0);
	snprintf(d->link, sizeof d->link, "%s/%s", b->folder, name);
	assert_int_equal(symlink(d->pts, d->link), 0);
	uv_poll_init(&b->loop, &d->poll, d->fd);
	d->poll.data = d;
	uv_poll_start(&d->poll, UV_READABLE, on_device);
	d->size = 0;
	d->is_radio_on = false;
}

static void pull(struct bench *b)
{
	unlink(b->device.link);
	uv_poll_stop(&b->device.poll);
	uv_close((uv_handle_t *)&b->device.poll, NULL);
	close(b->device.fd);
	uv_run(&b->loop, UV_RUN_NOWAIT);
}

/* Node. */

static enum sync_rc load(void *ctx, uint64_t handle, struct view *bytes)
{
	(void)ctx;
	(void)handle;
	(void)bytes;
	return SYNC_E_FULL;
}

static mono_ms now(void *ctx)
{
	struct bench *b = ctx;
	mono_ms mono = uv_now(&b->loop) + b->ahead_ms;

	sync_tick(b->sync, mono, (struct node_time){ .wall_s = 200000000, .quality = TIME_SET });
	return mono;
}

static void moved(void *ctx)
{
	struct bench *b = ctx;

	b->moves++;
}

static void begin(struct bench *b, const char *port, const char *region)
{
	struct sync_config config = { 7, 100, 10, 4, 256, 10 };
	struct sync_host host = { .ctx = b, .load = load };
	size_t size = sync_footprint(&config);

	*b = (struct bench){ .moves = 0 };
	snprintf(b->folder, sizeof b->folder, "/tmp/aidmesh-lora-XXXXXX");
	assert_non_null(mkdtemp(b->folder));
	uv_loop_init(&b->loop);
	b->memory = calloc(1, size);
	b->sync = sync_init(b->memory, size, &config, &host);
	config_init(&b->config);
	snprintf(b->config.radio_port, sizeof b->config.radio_port, "%s", port);
	snprintf(b->config.radio_region, sizeof b->config.radio_region, "%s", region);
	(void)now(b);
}

static void keep(void *ctx, const struct airtime_log *book, uint32_t ahead_ms)
{
	((struct bench *)ctx)->kept = *book;
	((struct bench *)ctx)->kept_ahead_ms = ahead_ms;
	((struct bench *)ctx)->keeps++;
}

static void open_lora(struct bench *b)
{
	struct lora_host host = {
		.ctx = b, .sync = b->sync, .now = now, .moved = moved, .station = 0xBEEF, .keep = keep, .book = b->kept
	};
	struct reason why = { "" };

	if (lora_open(&b->lora, &why, &b->loop, &b->config, &host) != 0)
		fail_msg("%s", why.text);
	b->lora->port.root = b->folder;
}

static void on_closed(void *user)
{
	((struct bench *)user)->closed = true;
}

static void end(struct bench *b)
{
	lora_close(b->lora, on_closed, b);
	while (!b->closed)
		uv_run(&b->loop, UV_RUN_ONCE);
	if (b->device.fd) {
		on_device(&b->device.poll, 0, 0);
		pull(b);
	}
	assert_int_equal(uv_loop_close(&b->loop), 0);
	rmdir(b->folder);
	free(b->memory);
}

static void on_patience(uv_timer_t *timer)
{
	(void)timer;
}

/* Runs until `is_so`, and asks the engine as the daemon does. */
static void wait_until(struct bench *b, bool (*is_so)(const struct bench *b, const struct lora_status *status))
{
	struct lora_status status;
	uint64_t start = uv_now(&b->loop);
	uv_timer_t timer;

	uv_timer_init(&b->loop, &timer);
	uv_timer_start(&timer, on_patience, 50, 50);
	for (;;) {
		lora_kick(b->lora);
		lora_status(b->lora, &status, uv_now(&b->loop));
		if (is_so(b, &status))
			break;
		uv_run(&b->loop, UV_RUN_ONCE);
		if (uv_now(&b->loop) - start > PATIENCE_MS)
			fail_msg("state %d: %s", status.state, written(&status.said));
	}
	uv_close((uv_handle_t *)&timer, NULL);
	uv_run(&b->loop, UV_RUN_NOWAIT);
}

static bool is_up(const struct bench *b, const struct lora_status *status)
{
	(void)b;
	return status->state == LORA_UP;
}

static bool is_gone(const struct bench *b, const struct lora_status *status)
{
	(void)b;
	return status->state == LORA_MISSING && strstr(written(&status->said), "No radio stick");
}

static bool has_spoken(const struct bench *b, const struct lora_status *status)
{
	(void)status;
	return b->device.frames > 0;
}

static bool has_heard_two(const struct bench *b, const struct lora_status *status)
{
	(void)b;
	return status->frames_in + status->unsealed + status->refused >= 2;
}

static bool is_refused(const struct bench *b, const struct lora_status *status)
{
	(void)b;
	return status->state == LORA_REFUSED;
}

static bool is_not_there(const struct bench *b, const struct lora_status *status)
{
	(void)b;
	return status->state == LORA_MISSING && !said_is_empty(&status->said);
}

/* What the device sent comes back from the air with its signal, then what nobody of us said. */
static void hear_from_the_air(struct bench *b)
{
	uint8_t message[300] = { 0 };

	memcpy(message + 1, b->device.frame, b->device.frame_size);
	answer(&b->device, (const uint8_t[]){ 0x23, 57 }, 2);
	answer(&b->device, (const uint8_t[]){ 0x24, 0xE6 }, 2);
	answer(&b->device, message, 1 + b->device.frame_size);
	answer(&b->device, (const uint8_t *)"\0stranger", 9);
	wait_until(b, has_heard_two);
}

static void test_found_set_heard_pulled_and_put_back(void **state)
{
	struct lora_status status;
	struct bench b;

	(void)state;
	begin(&b, "auto", "US915");
	open_lora(&b);
	wait_until(&b, is_gone);
	plug_in(&b, "ttyUSB0");
	wait_until(&b, is_up);
	assert_int_equal(b.moves, 1); /* the engine has a deadline now */
	lora_status(b.lora, &status, uv_now(&b.loop));
	assert_string_equal(status.port, b.device.link);
	assert_string_equal(status.region, "US915");
	assert_string_equal(status.modem.device, "RNode (ESP32)");
	assert_string_equal(written(&status.said), "The radio is ready: RNode (ESP32) at 917.500 MHz, 500 kHz, SF9.");
	assert_int_equal(status.airtime.duty_permille, 100);
	assert_int_equal(status.used_ms, 0);
	assert_int_equal(status.left_ms, 360000);
	wait_until(&b, has_spoken);
	assert_int_equal(b.device.frame[0], 0xAD);
	lora_status(b.lora, &status, uv_now(&b.loop));
	assert_true(status.used_ms > 20 && status.used_ms < 200);
	assert_int_equal(status.left_ms, 360000 - status.used_ms);
	/* An hour later it is forgotten. */
	lora_status(b.lora, &status, uv_now(&b.loop) + 3660000);
	assert_int_equal(status.used_ms, 0);
	hear_from_the_air(&b);
	lora_status(b.lora, &status, uv_now(&b.loop));
	assert_int_equal(status.frames_in, 1);
	assert_int_equal(status.refused, 1);
	assert_true(status.has_signal);
	assert_int_equal(status.signal.rssi_dbm, -100);

	pull(&b);
	wait_until(&b, is_gone);
	lora_status(b.lora, &status, uv_now(&b.loop));
	assert_int_equal(status.airtime.duty_permille, 0);
	plug_in(&b, "ttyACM3");
	b.device.frames = 0;
	wait_until(&b, has_spoken);
	lora_status(b.lora, &status, uv_now(&b.loop));
	assert_string_equal(status.port, b.device.link);
	end(&b);
	assert_true(b.device.said_bye && !b.device.is_radio_on);
}

static void begin_and_speak(struct bench *b)
{
	begin(b, "auto", "US915");
	open_lora(b);
	plug_in(b, "ttyUSB0");
	wait_until(b, has_spoken);
}

/* A node whose power comes and goes does not send more than one that stays on. */
static void test_a_restart_forgets_no_airtime(void **state)
{
	enum { SHARE_MS = 360000, NEARLY_ALL_MS = SHARE_MS - 10 };
	struct lora_status status;
	struct bench b;

	(void)state;
	begin_and_speak(&b);
	lora_status(b.lora, &status, uv_now(&b.loop));
	assert_true(status.used_ms > 0);
	assert_int_equal(airtime_log_used_ms(&b.kept, uv_now(&b.loop)), status.used_ms);
	assert_int_equal(b.kept_ahead_ms, SHARE_MS / 16); /* in case the power goes now */
	end(&b);
	assert_in_range(airtime_log_used_ms(&b.kept, uv_hrtime() / 1000000), status.used_ms, status.used_ms + 200);
	assert_int_equal(b.kept_ahead_ms, 0);

	begin(&b, "auto", "US915");
	airtime_log_add(&b.kept, NEARLY_ALL_MS * 1000, uv_now(&b.loop));
	open_lora(&b);
	plug_in(&b, "ttyUSB0");
	wait_until(&b, is_up);
	lora_status(b.lora, &status, uv_now(&b.loop));
	assert_int_equal(status.used_ms, NEARLY_ALL_MS);
	assert_int_equal(status.left_ms, SHARE_MS - NEARLY_ALL_MS);
	assert_true(lora_is_busy(b.lora, uv_now(&b.loop)));
	lora_status(b.lora, &status, uv_now(&b.loop) + 3660000);
	assert_int_equal(status.used_ms, 0);
	assert_int_equal(b.device.frames, 0);
	end(&b);
}

/* It says that it is there, for hours: nothing of that goes to the card. */
static void test_a_radio_at_rest_keeps_nothing(void **state)
{
	struct bench b;

	(void)state;
	begin_and_speak(&b);
	assert_int_equal(b.keeps, 1);
	for (b.ahead_ms = 0; b.ahead_ms < 6 * 3600000; b.ahead_ms += 1000) {
		lora_kick(b.lora);
		uv_run(&b.loop, UV_RUN_NOWAIT);
	}
	assert_true(b.device.frames > 6);
	assert_int_equal(b.keeps, 1);
	end(&b);
}

static bool is_overdue(const struct bench *b, const struct lora_status *status)
{
	(void)status;
	return sync_deadline(b->sync) + 500 < uv_now(&b->loop);
}

/* Whatever the engine wants: an hour's airtime is all there is, also for a stick that comes and goes. */
static void test_the_hour_is_used_up(void **state)
{
	struct lora_status status;
	struct bench b;

	(void)state;
	begin(&b, "auto", "US915");
	open_lora(&b);
	airtime_log_add(&b.lora->book, 359900000, uv_now(&b.loop));
	plug_in(&b, "ttyUSB0");
	wait_until(&b, is_up);
	lora_status(b.lora, &status, uv_now(&b.loop));
	assert_int_equal(status.left_ms, 100);
	wait_until(&b, is_overdue);
	assert_true(lora_is_busy(b.lora, uv_now(&b.loop)));
	assert_int_equal(b.device.frames, 0);
	b.lora->book = (struct airtime_log){ .minute = 0 };
	wait_until(&b, has_spoken);
	end(&b);
}

/* Frames go sealed; what a member sealed is heard, and the member seen; what is in clear is not. */
static void test_a_circle_is_closed(void **state)
{
	struct lora_status status;
	struct bench b;
	uint32_t open_us;

	(void)state;
	begin(&b, "auto", "US915");
	open_lora(&b);
	plug_in(&b, "ttyUSB0");
	wait_until(&b, is_up);
	open_us = b.lora->traits.airtime.frame_us;
	assert_int_equal(b.lora->traits.frame_max, SYNC_RADIO_FRAME_MIN);
	end(&b);

	begin(&b, "auto", "US915");
	memset(b.config.circles[0], 7, CONFIG_CIRCLE_SIZE);
	b.config.circle_count = 1;
	open_lora(&b);
	plug_in(&b, "ttyUSB0");
	wait_until(&b, has_spoken);
	assert_int_equal(b.lora->traits.frame_max, SYNC_RADIO_FRAME_MIN);
	assert_int_equal(b.lora->traits.airtime.frame_us, open_us + RADIO_SEAL_SIZE * b.lora->traits.airtime.byte_us);
	assert_int_equal(b.device.frame[0], SEAL_MAGIC);
	hear_from_the_air(&b);
	lora_status(b.lora, &status, uv_now(&b.loop));
	assert_int_equal(status.frames_in, 1);
	assert_int_equal(status.unsealed, 1);
	assert_int_equal(status.refused, 0);
	assert_true(status.is_sealed);
	assert_int_equal(lora_stations(b.lora)->count, 1);
	assert_int_equal(lora_stations(b.lora)->list[0].number, 0xBEEF);
	assert_int_equal(lora_stations(b.lora)->list[0].signal.rssi_dbm, -100);
	end(&b);
}

/* A device that cannot what is asked; a port with nothing behind it; no port. */
static void test_what_is_wrong_is_told(void **state)
{
	struct lora_status status;
	struct bench b;

	(void)state;
	begin(&b, "auto", "EU868");
	open_lora(&b);
	b.device.answers_spreading = 12;
	plug_in(&b, "ttyUSB0");
	wait_until(&b, is_refused);
	lora_status(b.lora, &status, uv_now(&b.loop));
	assert_non_null(strstr(written(&status.said), "spreading"));
	end(&b);

	begin(&b, "/dev/no-such-port", "EU868");
	open_lora(&b);
	wait_until(&b, is_not_there);
	lora_status(b.lora, &status, uv_now(&b.loop));
	assert_string_equal(written(&status.said),
			    "/dev/no-such-port is not there: plug the radio stick in, or set [radio] port right.");
	end(&b);

	begin(&b, "/dev/null", "EU868");
	open_lora(&b);
	wait_until(&b, is_not_there);
	lora_status(b.lora, &status, uv_now(&b.loop));
	assert_string_equal(written(&status.said), "/dev/null is no serial port: set [radio] port right.");
	end(&b);

	begin(&b, "127.0.0.1:1", "EU868");
	open_lora(&b);
	wait_until(&b, is_not_there);
	lora_status(b.lora, &status, uv_now(&b.loop));
	assert_non_null(strstr(written(&status.said), "meshtasticd"));
	end(&b);

	begin(&b, "auto", "EU868");
	b.config.radio = CONFIG_RNODE; /* one question is enough here */
	open_lora(&b);
	b.device.is_mute = true;
	plug_in(&b, "ttyUSB0");
	wait_until(&b, is_not_there);
	lora_status(b.lora, &status, uv_now(&b.loop));
	assert_non_null(strstr(written(&status.said), "No RNode answers"));
	/* It was only slow to start. */
	b.device.is_mute = false;
	wait_until(&b, is_up);
	end(&b);
}

/* No RNode, but a Meshtastic radio: the port stays open, and the second time it is asked as that first. */
static void test_the_other_kind_is_asked_for(void **state)
{
	struct lora_status status;
	struct bench b;

	(void)state;
	begin(&b, "auto", "EU868");
	open_lora(&b);
	b.device.is_meshtastic = true;
	plug_in(&b, "ttyACM0");
	wait_until(&b, is_up);
	lora_status(b.lora, &status, uv_now(&b.loop));
	assert_string_equal(written(&status.said), "The radio is ready: Meshtastic at 250 kHz, SF9.");
	assert_ptr_equal(b.lora->known, &meshtastic_codec);
	/* Its head, and nothing of a signature: it did not say that it signs. */
	assert_int_equal(status.modem.frame_overhead, MESHTASTIC_HEAD_SIZE);
	end(&b);
}

static void test_settings_are_judged_at_the_start(void **state)
{
	static const struct {
		const char *settings[4];
		const char *says; /* NULL: fine */
	} rows[] = {
		{ { "radio.port=auto" }, NULL }, /* a Meshtastic radio knows its region */
		{ { "radio.port=auto", "radio.device=rnode" }, "region is not set" },
		{ { "radio.port=auto", "radio.spreading=9" }, "region is not set" },
		{ { "radio.port=auto", "radio.region=EU868", "radio.frequency=868.1" }, "such as 869.525." },
		{ { "radio.port=auto", "radio.region=EU868", "radio.power=30" }, "0 to 27" },
		{ { "radio.port=auto", "radio.region=AS923", "radio.spreading=9" }, "write spreading = 7" },
		{ { "radio.port=auto", "radio.region=AU915", "radio.bandwidth=125", "radio.spreading=7" }, NULL },
		{ { "radio.port=none", "radio.region=EU868", "radio.power=30" }, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bench b;
		struct lora_host host = { .ctx = &b, .now = now, .moved = moved };
		struct reason why = { "" };
		int rc;

		begin(&b, "", "");
		host.sync = b.sync;
		for (size_t s = 0; s < 4 && rows[i].settings[s]; s++)
			assert_int_equal(config_set(&b.config, &why, rows[i].settings[s]), 0);
		rc = lora_open(&b.lora, &why, &b.loop, &b.config, &host);
		if (rc != (rows[i].says ? -1 : 0) || (rows[i].says && !strstr(why.text, rows[i].says)))
			fail_msg("row %zu: %s", i, why.text);
		if (b.lora) {
			end(&b);
		} else {
			struct lora_status status;

			lora_status(NULL, &status, 1);
			assert_int_equal(status.state, LORA_OFF);
			uv_loop_close(&b.loop);
			rmdir(b.folder);
			free(b.memory);
		}
	}
}

static void test_ports_are_listed_once(void **state)
{
	char ports[SERIAL_PORTS_MAX][SERIAL_PATH_SIZE], folder[] = "/tmp/aidmesh-ports-XXXXXX", path[128];
	static const char *const names[][2] = {
		{ "ttyUSB1", "/dev/null" }, { "ttyACM0", "/dev/zero" }, { "serial/by-id/usb-b", "/dev/null" },
		{ "ttyUSB0", "/dev/full" }, { "ttyS0", "/dev/random" }, { "ttyUSB9", "/no/such" },
	};

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(serial_find(ports, folder), 0);
	snprintf(path, sizeof path, "%s/serial", folder);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/serial/by-id", folder);
	mkdir(path, 0700);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i][0]);
		assert_int_equal(symlink(names[i][1], path), 0);
	}
	assert_int_equal(serial_find(ports, folder), 3);
	assert_non_null(strstr(ports[0], "by-id/usb-b"));
	assert_non_null(strstr(ports[1], "ttyACM0"));
	assert_non_null(strstr(ports[2], "ttyUSB0"));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i][0]);
		unlink(path);
	}
	snprintf(path, sizeof path, "%s/serial/by-id", folder);
	rmdir(path);
	snprintf(path, sizeof path, "%s/serial", folder);
	rmdir(path);
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ports_are_listed_once),
		cmocka_unit_test(test_settings_are_judged_at_the_start),
		cmocka_unit_test(test_found_set_heard_pulled_and_put_back),
		cmocka_unit_test(test_the_hour_is_used_up),
		cmocka_unit_test(test_a_restart_forgets_no_airtime),
		cmocka_unit_test(test_a_radio_at_rest_keeps_nothing),
		cmocka_unit_test(test_a_circle_is_closed),
		cmocka_unit_test(test_the_other_kind_is_asked_for),
		cmocka_unit_test(test_what_is_wrong_is_told),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
