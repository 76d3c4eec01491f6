/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* An RNode's bytes: what it is asked, what its answers do, and that what no RNode says does nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "node/radio/rnode.h"
#include "proto/bounds.h"
#include "tests/unit/hex_text.h"
#include "tests/unit/written.h"

struct bench {
	struct rnode rnode;
	mono_ms now;
	struct modem_heard heard;
	uint8_t frame[RADIO_FRAME_MAX]; /* a copy of the last one heard */
	int frames;
	char said[4 * MODEM_OUT_SIZE]; /* what it was told since the last look, in hexadecimal */
};

static void hear_bytes(struct bench *b, const uint8_t *bytes, size_t size)
{
	while (size) {
		size_t taken = rnode_codec.feed(&b->rnode, &b->heard, (struct view){ bytes, size }, b->now);

		assert_true(taken > 0 && taken <= size);
		if (b->heard.frame.size) {
			b->frames++;
			memcpy(b->frame, b->heard.frame.data, b->heard.frame.size);
		}
		bytes += taken;
		size -= taken;
	}
}

static void hear(struct bench *b, const char *text)
{
	uint8_t bytes[512];

	hear_bytes(b, bytes, hex_text_read(bytes, text));
}

/* What it is told now, as "C0 08 73 C0". */
static const char *said(struct bench *b)
{
	uint8_t bytes[MODEM_OUT_SIZE] = { 0 };

	rnode_codec.tick(&b->rnode, b->now);
	hex_text_write(b->said, bytes, modem_take(&b->rnode.modem, bytes, sizeof bytes));
	return b->said;
}

static void wait_for_deadline(struct bench *b)
{
	mono_ms due = modem_deadline(&b->rnode.modem);

	assert_true(due != MONO_NEVER);
	if (due > b->now)
		b->now = due;
}

static const char GREETING[] = "C0 08 73 C0 C0 50 00 C0 C0 48 00 C0 C0 49 00 C0";
static const char IS_RNODE[] = "C0 08 46 C0 C0 50 01 55 C0 C0 48 80 C0 C0 49 81 C0";
/* 869.525 MHz, 125 kHz, 17 dBm, SF9, 4/5, no short limit, 10 % of an hour, on. */
static const char SETTINGS[] = "C0 01 33 D3 E6 08 C0 C0 02 00 01 E8 48 C0 C0 03 11 C0 C0 04 09 C0 C0 05 05 C0 "
			       "C0 0B 00 00 C0 C0 0C 03 E8 C0 C0 06 01 C0";
/* 44 Hz lower: what the chip can do. */
static const char ECHO[] = "C0 01 33 D3 E5 DC C0 C0 02 00 01 E8 48 C0 C0 03 11 C0 C0 04 09 C0 C0 05 05 C0 "
			   "C0 0B 00 00 C0 C0 0C 03 E7 C0 C0 06 01 C0";
static const char ALIVE[] = "C0 06 FF C0 C0 0F 00 C0";

static void open_in(struct bench *b, const char *region)
{
	const struct band *band = region ? band_find(region) : NULL;
	struct modem_wish wish = { .band = band };

	if (band)
		wish.setting = band->setting;
	*b = (struct bench){ .now = 1000 };
	rnode_codec.open(&b->rnode, &wish, b->now);
}

static void make_ready(struct bench *b)
{
	open_in(b, "EU868");
	assert_string_equal(said(b), GREETING);
	hear(b, IS_RNODE);
	assert_string_equal(said(b), SETTINGS);
	hear(b, ECHO);
	assert_int_equal(b->rnode.modem.status.state, MODEM_READY);
	assert_string_equal(said(b), ALIVE);
	hear(b, "C0 06 01 C0 C0 0F 01 C0");
	assert_true(rnode_codec.can_send(&b->rnode));
}

static void test_it_is_known_and_set(void **state)
{
	struct bench b;

	(void)state;
	make_ready(&b);
	assert_string_equal(b.rnode.modem.status.device, "RNode (ESP32)");
	assert_string_equal(b.rnode.modem.status.firmware, "1.85");
	assert_int_equal(b.rnode.modem.status.setting.frequency_hz, 869524956);
	assert_int_equal(b.rnode.modem.status.setting.power_dbm, 17);
	assert_int_equal(b.rnode.modem.status.frame_max, RADIO_FRAME_MAX);
	assert_int_equal(b.rnode.modem.status.duty_permille, 100);
	assert_int_equal(b.rnode.modem.status.preamble, 18);
	assert_string_equal(written(&b.rnode.modem.status.said), "");
}

/* Each row ends the setting. */
static void test_echoes(void **state)
{
	static const struct {
		const char *echo;
		enum modem_state state;
		const char *says;
	} rows[] = {
		{ "C0 01 33 D3 E6 6C C0", MODEM_SETTING, "" },         /* 100 Hz more */
		{ "C0 01 33 D3 E6 6D C0", MODEM_FAILED, "frequency" }, /* 101 Hz more */
		{ "C0 01 33 D3 E5 A3 C0", MODEM_FAILED, "frequency" },
		{ "C0 02 00 03 D0 90 C0", MODEM_FAILED, "bandwidth" },
		{ "C0 03 0E C0", MODEM_SETTING, "" }, /* weaker: its chip's limit */
		{ "C0 03 12 C0", MODEM_FAILED, "power" },
		{ "C0 04 0A C0", MODEM_FAILED, "spreading" },
		{ "C0 05 06 C0", MODEM_FAILED, "coding" },
		{ "C0 01 33 D3 C0", MODEM_SETTING, "" }, /* too short: no echo at all */
		{ "C0 06 00 C0", MODEM_SETTING, "" },
		{ "C0 90 01 C0", MODEM_FAILED, "does not start" },
		{ "C0 90 77 C0", MODEM_SETTING, "" },
		{ "C0 55 F8 C0", MODEM_GREETING, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bench b;

		open_in(&b, "EU868");
		said(&b);
		hear(&b, IS_RNODE);
		said(&b);
		hear(&b, rows[i].echo);
		if (b.rnode.modem.status.state != rows[i].state ||
		    !strstr(written(&b.rnode.modem.status.said), rows[i].says) ||
		    (rows[i].state == MODEM_FAILED) == said_is_empty(&b.rnode.modem.status.said))
			fail_msg("row %zu: state %d, \"%s\"", i, b.rnode.modem.status.state,
				 written(&b.rnode.modem.status.said));
	}
}

static void test_who_is_no_rnode_of_ours(void **state)
{
	static const struct {
		const char *region, *answer, *says;
	} rows[] = {
		{ "EU868", "C0 08 46 C0 C0 50 01 33 C0", "1.51" },
		{ "EU868", "C0 08 46 C0 C0 50 00 63 C0", "1.52 or later" },
		{ NULL, "C0 08 46 C0 C0 50 01 55 C0", "[radio] region" },
		{ "EU868", "", "No RNode answers" },
		{ "EU868", "C0 08 47 C0 C0 50 01 55 C0", "No RNode answers" }, /* the wrong answer */
		{ "EU868", "08 46 50 01 55 48 80", "No RNode answers" },       /* outside of a frame */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bench b;

		open_in(&b, rows[i].region);
		hear(&b, rows[i].answer);
		for (int asked = 0; b.rnode.modem.status.state == MODEM_GREETING; asked++) {
			wait_for_deadline(&b);
			said(&b);
			assert_true(asked < 10);
		}
		assert_int_equal(b.rnode.modem.status.state, MODEM_FAILED);
		if (!strstr(written(&b.rnode.modem.status.said), rows[i].says))
			fail_msg("row %zu: %s", i, written(&b.rnode.modem.status.said));
	}
}

/* Only what is missing is asked again, and not for ever. */
static void test_lost_echoes_are_asked_for(void **state)
{
	struct bench b;

	(void)state;
	open_in(&b, "EU868");
	said(&b);
	hear(&b, IS_RNODE);
	said(&b);
	hear(&b, "C0 01 33 D3 E6 08 C0 C0 02 00 01 E8 48 C0 C0 04 09 C0 C0 05 05 C0 C0 06 01 C0");
	assert_string_equal(said(&b), "");
	wait_for_deadline(&b);
	assert_string_equal(said(&b), "C0 03 11 C0 C0 06 01 C0");
	for (int asked = 0; b.rnode.modem.status.state == MODEM_SETTING; asked++) {
		wait_for_deadline(&b);
		said(&b);
		assert_true(asked < 10);
	}
	assert_int_equal(b.rnode.modem.status.state, MODEM_FAILED);
	assert_non_null(strstr(written(&b.rnode.modem.status.said), "does not confirm"));
}

static void test_frames_are_escaped_and_room_is_asked_for(void **state)
{
	static const uint8_t frame[] = { 0xAD, 0xC0, 0xDB, 0xDC, 0xDD, 0x00 };
	struct bench b;

	(void)state;
	make_ready(&b);
	assert_int_equal(rnode_codec.send(&b.rnode, (struct view){ frame, sizeof frame }, b.now), MODEM_OK);
	assert_string_equal(said(&b), "C0 00 AD DB DC DB DD DC DD 00 C0 C0 0F 00 C0");
	assert_false(rnode_codec.can_send(&b.rnode));
	assert_int_equal(rnode_codec.send(&b.rnode, (struct view){ frame, sizeof frame }, b.now), MODEM_E_BUSY);
	hear(&b, "C0 0F 00 C0");
	assert_false(rnode_codec.can_send(&b.rnode));
	wait_for_deadline(&b);
	assert_string_equal(said(&b), ALIVE);
	hear(&b, "C0 0F 01 C0");
	assert_true(rnode_codec.can_send(&b.rnode));
	/* And heard by another one. */
	hear(&b, "C0 23 39 C0 C0 24 E6 C0 C0 00 AD DB DC DB DD DC DD 00 C0");
	assert_int_equal(b.frames, 1);
	assert_int_equal(b.heard.frame.size, sizeof frame);
	assert_memory_equal(b.frame, frame, sizeof frame);
	assert_true(b.heard.has_signal);
	assert_int_equal(b.heard.signal.rssi_dbm, -100);
	assert_int_equal(b.heard.signal.snr_quarter_db, -26);
}

static void test_sizes(void **state)
{
	static const struct {
		size_t size;
		enum modem_rc send;
		bool is_heard;
	} rows[] = { { 0, MODEM_E_SIZE, false },
		     { 1, MODEM_OK, true },
		     { RADIO_FRAME_MAX, MODEM_OK, true },
		     { RADIO_FRAME_MAX + 1, MODEM_E_SIZE, false },
		     { RNODE_MESSAGE_MAX, MODEM_E_SIZE, false },
		     { RNODE_MESSAGE_MAX + 1, MODEM_E_SIZE, false } };
	uint8_t message[2 + 2 * RNODE_MESSAGE_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bench b;

		make_ready(&b);
		memset(message, 0xC0, sizeof message); /* all to be escaped */
		assert_int_equal(rnode_codec.send(&b.rnode, (struct view){ message, rows[i].size }, b.now),
				 rows[i].send);
		said(&b);
		memset(message, 'x', sizeof message);
		message[0] = 0xC0;
		message[1] = 0;
		message[2 + rows[i].size] = 0xC0;
		hear_bytes(&b, message, 3 + rows[i].size);
		assert_int_equal(b.frames, rows[i].is_heard);
		/* What comes next is heard whatever it was. */
		hear(&b, "C0 00 AD 01 C0");
		assert_int_equal(b.frames, rows[i].is_heard + 1);
	}
}

static void test_garbage_is_no_frame(void **state)
{
	static const struct {
		const char *bytes;
		int frames;
	} rows[] = {
		{ "AD 01 02", 0 }, /* outside of FENDs */
		{ "C0 C0 C0 C0", 0 },
		{ "C0 00 AD 01", 0 },                            /* not ended */
		{ "C0 00 AD 01 C0 00 AD 02 C0", 2 },             /* one FEND between two */
		{ "6C 6F 67 0A C0 00 AD 01 C0", 1 },             /* a line of log before */
		{ "C0 FF AD 01 C0 00 AD 01 C0", 1 },             /* a command of later firmware */
		{ "C0 00 AD DB 41 C0", 1 },                      /* an escape of nothing */
		{ "C0 00 C0", 0 },                               /* nothing was heard */
		{ "C0 0F C0 C0 50 01 C0 C0 23 C0", 0 },          /* cut short */
		{ "C0 00 AD 01 C0 C0 55 F8 C0 C0 00 AD C0", 1 }, /* reset between two frames */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bench b;

		make_ready(&b);
		hear(&b, rows[i].bytes);
		if (b.frames != rows[i].frames)
			fail_msg("%s: %d frames", rows[i].bytes, b.frames);
		assert_false(b.frames && b.heard.has_signal);
	}
}

static void test_a_restart_is_noticed(void **state)
{
	struct bench b;

	(void)state;
	/* It says so: asked from the start, after it had time. */
	make_ready(&b);
	hear(&b, "C0 55 F8 C0");
	assert_int_equal(b.rnode.modem.status.state, MODEM_GREETING);
	assert_int_equal(b.rnode.modem.status.frame_max, 0);
	assert_string_equal(said(&b), "");
	wait_for_deadline(&b);
	assert_string_equal(said(&b), GREETING);
	/* It does not, and its radio is off: set anew. */
	make_ready(&b);
	wait_for_deadline(&b);
	assert_string_equal(said(&b), ALIVE);
	hear(&b, "C0 06 00 C0 C0 0F 01 C0");
	assert_int_equal(b.rnode.modem.status.state, MODEM_SETTING);
	assert_string_equal(said(&b), SETTINGS);
	hear(&b, ECHO);
	assert_int_equal(b.rnode.modem.status.state, MODEM_READY);
}

/* It does not listen while it sends: with SF12 that is 8 s. */
static void test_silence_is_noticed_but_not_too_soon(void **state)
{
	struct bench b;
	mono_ms since;

	(void)state;
	make_ready(&b);
	b.rnode.modem.wish.setting.spreading = 12;
	since = b.now;
	assert_int_equal(rnode_codec.send(&b.rnode, (struct view){ (const uint8_t *)"x", 1 }, b.now), MODEM_OK);
	said(&b);
	for (int asked = 0; b.rnode.modem.status.state == MODEM_READY; asked++) {
		wait_for_deadline(&b);
		said(&b);
		assert_true(asked < 10);
	}
	assert_int_equal(b.rnode.modem.status.state, MODEM_FAILED);
	assert_true(b.now - since > 4 * 8000 && b.now - since < 60000);
	assert_non_null(strstr(written(&b.rnode.modem.status.said), "fell silent"));
}

static void test_mishaps_are_told_for_a_minute(void **state)
{
	struct bench b;

	(void)state;
	make_ready(&b);
	hear(&b, "C0 90 02 C0 C0 90 06 C0");
	assert_int_equal(b.rnode.modem.status.state, MODEM_READY);
	assert_int_equal(b.rnode.modem.status.failed, 2);
	assert_non_null(strstr(written(&b.rnode.modem.status.said), "antenna"));
	b.now += 60000;
	said(&b);
	assert_string_equal(written(&b.rnode.modem.status.said), "");
	/* The queue was full: nothing more until it says that there is room. */
	hear(&b, "C0 90 04 C0");
	assert_false(rnode_codec.can_send(&b.rnode));
}

static void test_statistics(void **state)
{
	struct bench b;

	(void)state;
	make_ready(&b);
	hear(&b,
	     "C0 25 00 00 01 F4 00 00 00 00 40 40 FF C0 C0 27 01 4B C0 C0 26 10 00 00 F4 00 30 00 00 00 00 00 00 C0");
	assert_int_equal(b.rnode.modem.status.air_permille, 50);
	assert_int_equal(b.rnode.modem.status.battery_percent, 75);
	assert_int_equal(b.rnode.modem.status.preamble, 18); /* too late: it is reckoned with already */
	assert_int_equal(rnode_preamble(125000, 7), 24);
	assert_int_equal(rnode_preamble(125000, 9), 18);
	assert_int_equal(rnode_preamble(500000, 7), 94);
}

static void test_good_bye(void **state)
{
	struct bench b;

	(void)state;
	make_ready(&b);
	rnode_codec.leave(&b.rnode);
	assert_string_equal(said(&b), "C0 06 00 C0 C0 0A FF C0");
	open_in(&b, "EU868");
	rnode_codec.leave(&b.rnode);
	assert_string_equal(said(&b), ""); /* whatever it is */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_is_known_and_set),
		cmocka_unit_test(test_echoes),
		cmocka_unit_test(test_who_is_no_rnode_of_ours),
		cmocka_unit_test(test_lost_echoes_are_asked_for),
		cmocka_unit_test(test_frames_are_escaped_and_room_is_asked_for),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_garbage_is_no_frame),
		cmocka_unit_test(test_a_restart_is_noticed),
		cmocka_unit_test(test_silence_is_noticed_but_not_too_soon),
		cmocka_unit_test(test_mishaps_are_told_for_a_minute),
		cmocka_unit_test(test_statistics),
		cmocka_unit_test(test_good_bye),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
