/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A Meshtastic radio's bytes, written out by hand from the field numbers: what it is asked, what its answers do, and that
 * what it says besides does nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "node/radio/meshtastic.h"
#include "proto/bounds.h"
#include "tests/unit/hex_text.h"
#include "tests/unit/written.h"

struct bench {
	struct meshtastic meshtastic;
	mono_ms now;
	struct modem_heard heard;
	uint8_t frame[RADIO_FRAME_MAX];
	int frames;
	char said[3 * MODEM_OUT_SIZE];
};

static const struct modem_codec *const codec = &meshtastic_codec;

static void hear_bytes(struct bench *b, const uint8_t *bytes, size_t size)
{
	while (size) {
		size_t taken = codec->feed(&b->meshtastic, &b->heard, (struct view){ bytes, size }, b->now);

		assert_true(taken > 0 && taken <= size);
		if (b->heard.frame.size) {
			b->frames++;
			memcpy(b->frame, b->heard.frame.data, b->heard.frame.size);
		}
		bytes += taken;
		size -= taken;
	}
}

/* The message with its head. */
static void hear(struct bench *b, const char *text)
{
	uint8_t bytes[4 + 512] = { 0x94, 0xC3 };
	size_t size = hex_text_read(bytes + 4, text);

	bytes[2] = (uint8_t)(size >> 8);
	bytes[3] = (uint8_t)size;
	hear_bytes(b, bytes, 4 + size);
}

static void hear_raw(struct bench *b, const char *text)
{
	uint8_t bytes[512];

	hear_bytes(b, bytes, hex_text_read(bytes, text));
}

static const char *said(struct bench *b)
{
	uint8_t bytes[MODEM_OUT_SIZE] = { 0 };

	codec->tick(&b->meshtastic, b->now);
	hex_text_write(b->said, bytes, modem_take(&b->meshtastic.modem, bytes, sizeof bytes));
	return b->said;
}

static void wait_for_deadline(struct bench *b)
{
	mono_ms due = modem_deadline(&b->meshtastic.modem);

	assert_true(due != MONO_NEVER);
	if (due > b->now)
		b->now = due;
}

/* want_config_id = 69420, heartbeat, disconnect */
static const char ASK[] = "94 C3 00 04 18 AC 9E 04";
static const char BEAT[] = "94 C3 00 02 3A 00";
static const char BYE[] = "94 C3 00 02 20 01";
/* my_info { my_node_num 0x11223344 }, metadata { "2.8.0", has_xeddsa } */
static const char MY_INFO[] = "1A 06 08 C4 E6 88 89 01";
static const char METADATA[] = "6A 09 0A 05 32 2E 38 2E 30 70 01";
static const char END[] = "38 AC 9E 04";
/* config { lora { use_preset, preset MEDIUM_FAST, region EU_868, tx_enabled, tx_power 27 } } */
static const char LORA_EU[] = "2A 0C 32 0A 08 01 10 04 38 03 48 01 50 1B";
/* channel { settings { psk 01 }, role primary }: index 0 is not written */
static const char PRIMARY[] = "52 07 12 03 12 01 01 18 01";
/* channel { index 1, settings { psk, "aidmesh" }, role secondary } */
#define OUR_KEY "8F 90 58 4A D7 14 9E 45 20 3A B7 11 E8 CF 92 DC 97 09 A5 9B 93 98 A2 F3 3C 4F 62 73 13 8C A4 FA"
#define OUR_SETTINGS "12 2B 12 20 " OUR_KEY " 1A 07 61 69 64 6D 65 73 68"
static const char OURS[] = "52 31 08 01 " OUR_SETTINGS " 18 02";
static const char ROOM[] = "5A 04 10 10 18 10"; /* queue_status { free 16, maxlen 16 } */

static void begin(struct bench *b, const char *region)
{
	struct modem_wish wish = { .band = region ? band_find(region) : NULL, .chance = 0x01020303 };

	*b = (struct bench){ .now = 1000 };
	codec->open(&b->meshtastic, &wish, b->now);
	said(b);
	wait_for_deadline(b);
	assert_string_equal(said(b), ASK);
}

/* All it says of itself, with `lora` and `channel` among it. */
static void introduce(struct bench *b, const char *lora, const char *channel)
{
	hear(b, MY_INFO);
	hear(b, METADATA);
	hear(b, PRIMARY);
	if (channel)
		hear(b, channel);
	hear(b, "2A 04 0A 02 08 01"); /* config { device } */
	hear(b, lora);
	hear(b, "4A 02 0A 00"); /* a module's config */
	hear(b, END);
}

static void make_ready(struct bench *b)
{
	begin(b, "EU868");
	introduce(b, LORA_EU, OURS);
	assert_int_equal(b->meshtastic.modem.status.state, MODEM_READY);
	assert_string_equal(said(b), BEAT);
	hear(b, ROOM);
	assert_true(codec->can_send(&b->meshtastic));
}

static void test_it_is_woken_asked_and_known(void **state)
{
	struct bench b = { .now = 1 };
	struct modem_wish wish = { .band = NULL };

	(void)state;
	codec->open(&b.meshtastic, &wish, b.now);
	said(&b);
	assert_int_equal(strlen(b.said), 32 * 3 - 1);
	assert_int_equal(strspn(b.said, "C3 "), 32 * 3 - 1);
	assert_string_equal(said(&b), ""); /* it needs its time */
	wait_for_deadline(&b);
	assert_int_equal(b.now, 101);
	assert_string_equal(said(&b), ASK);

	make_ready(&b);
	assert_string_equal(b.meshtastic.modem.status.device, "Meshtastic");
	assert_string_equal(b.meshtastic.modem.status.firmware, "2.8.0");
	assert_int_equal(b.meshtastic.modem.status.setting.bandwidth_hz, 250000);
	assert_int_equal(b.meshtastic.modem.status.setting.spreading, 9);
	assert_int_equal(b.meshtastic.modem.status.setting.coding, 5);
	assert_int_equal(b.meshtastic.modem.status.setting.power_dbm, 27);
	assert_int_equal(b.meshtastic.modem.status.setting.frequency_hz, 0);
	assert_int_equal(b.meshtastic.modem.status.preamble, 16);
	assert_int_equal(b.meshtastic.modem.status.frame_overhead, 90); /* it signs */
	assert_int_equal(b.meshtastic.modem.status.frame_max, RADIO_FRAME_MAX);
	assert_int_equal(b.meshtastic.modem.status.duty_permille, 100);
	codec->leave(&b.meshtastic);
	assert_string_equal(said(&b), BYE);
}

/* Its channel is set through the device's own number, asked for again, and believed when it is there. */
static void test_the_channel_is_made(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, "EU868");
	introduce(&b, LORA_EU, NULL);
	assert_int_equal(b.meshtastic.modem.status.state, MODEM_SETTING);
	/* packet { to, decoded { portnum 6, payload: admin { set_channel } }, id } */
	assert_string_equal(said(&b), "94 C3 00 46 0A 44 15 44 33 22 11 22 38 08 06 12 34 8A 02 31 08 01 " OUR_SETTINGS
				      " 18 02 35 04 03 02 01");
	assert_string_equal(said(&b), "");
	wait_for_deadline(&b);
	assert_string_equal(said(&b), ASK);
	introduce(&b, LORA_EU, OURS);
	assert_int_equal(b.meshtastic.modem.status.state, MODEM_READY);
	assert_int_equal(b.meshtastic.channel, 1);
}

static void test_a_channel_that_is_not_taken(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, "EU868");
	for (int i = 0; i < 2; i++) {
		introduce(&b, LORA_EU, NULL);
		assert_int_equal(b.meshtastic.modem.status.state, MODEM_SETTING);
		said(&b);
		wait_for_deadline(&b);
		assert_string_equal(said(&b), ASK);
	}
	introduce(&b, LORA_EU, NULL);
	assert_int_equal(b.meshtastic.modem.status.state, MODEM_FAILED);
	assert_non_null(strstr(written(&b.meshtastic.modem.status.said), "managed"));
}

/* Where our channel goes, with the others in use as the row says. */
static void test_places_of_the_channel(void **state)
{
	static const struct {
		uint8_t used;      /* a bit each */
		const char *extra; /* one more channel */
		int at;            /* -1: none */
		enum modem_state state;
	} rows[] = {
		{ 0x01, NULL, 1, MODEM_SETTING },
		{ 0x07, NULL, 3, MODEM_SETTING },
		{ 0xFE, NULL, -1, MODEM_FAILED }, /* the first is the device's */
		{ 0xFF, NULL, -1, MODEM_FAILED },
		{ 0x0F, "52 0F 08 06 12 09 1A 07 61 69 64 6D 65 73 68 18 02", 6,
		  MODEM_SETTING }, /* ours by name, without key */
		{ 0x0F, "52 0F 08 06 12 09 1A 07 61 69 64 6D 65 73 68 18 00", 4, MODEM_SETTING }, /* but disabled */
		{ 0xFF, "52 31 08 07 " OUR_SETTINGS " 18 02", 7, MODEM_READY },
		{ 0x01, "52 2F " OUR_SETTINGS " 18 01", 0, MODEM_READY },         /* somebody made it the first */
		{ 0x01, "52 31 08 09 " OUR_SETTINGS " 18 02", 1, MODEM_SETTING }, /* no such place */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bench b;

		begin(&b, "EU868");
		hear(&b, MY_INFO);
		for (int c = 0; c < 8; c++) {
			char text[64];

			snprintf(text, sizeof text, "52 09 08 %02X 12 03 1A 01 78 18 02", c);
			if (rows[i].used >> c & 1)
				hear(&b, text);
		}
		if (rows[i].extra)
			hear(&b, rows[i].extra);
		hear(&b, LORA_EU);
		hear(&b, END);
		if (b.meshtastic.modem.status.state != rows[i].state ||
		    (rows[i].at >= 0 && b.meshtastic.channel != rows[i].at))
			fail_msg("row %zu: state %d, place %d", i, b.meshtastic.modem.status.state,
				 b.meshtastic.channel);
	}
}

static void test_its_own_settings(void **state)
{
	static const struct {
		const char *region, *lora;
		const char *says; /* NULL: all is well, and the rest holds */
		uint32_t bandwidth_hz;
		uint8_t spreading, coding;
		uint16_t duty_permille;
	} rows[] = {
		/* LONG_FAST is 0 and not written */
		{ "EU868", "2A 08 32 06 08 01 38 03 48 01", NULL, 250000, 11, 5, 100 },
		{ NULL, "2A 08 32 06 08 01 38 03 48 01", NULL, 250000, 11, 5, 100 },
		{ "US915", "2A 0A 32 08 08 01 10 08 38 01 48 01", NULL, 500000, 7, 5, 1000 },
		{ "US915", "2A 0A 32 08 08 01 10 63 38 01 48 01", NULL, 250000, 11, 5, 1000 }, /* a preset of later */
		/* a preset with more redundancy; the same with less */
		{ "EU868", "2A 0C 32 0A 08 01 10 04 28 08 38 03 48 01", NULL, 250000, 9, 8, 100 },
		{ "EU868", "2A 0C 32 0A 08 01 10 07 28 05 38 03 48 01", NULL, 125000, 11, 8, 100 },
		/* none: 62 (62.5 kHz), SF10, 4/6; nothing given */
		{ "EU868", "2A 0C 32 0A 18 3E 20 0A 28 06 38 03 48 01", NULL, 62500, 10, 6, 100 },
		{ "EU868", "2A 06 32 04 38 03 48 01", NULL, 250000, 11, 5, 100 },
		{ NULL, "2A 08 32 06 08 01 38 1D 48 01", NULL, 250000, 11, 5, 25 },
		{ "AS923", "2A 08 32 06 08 01 38 0C 48 01", NULL, 250000, 11, 5, 10 }, /* Thailand: the tighter one */
		{ NULL, "2A 08 32 06 08 01 38 09 48 01", NULL, 250000, 11, 5, 1000 },
		{ "EU868", "2A 06 32 04 08 01 48 01", "region", 0, 0, 0, 0 },
		{ "EU868", "2A 06 32 04 08 01 38 03", "may not send", 0, 0, 0, 0 },
		{ "US915", "2A 08 32 06 08 01 38 03 48 01", "set to EU868, and [radio] region = US915", 0, 0, 0, 0 },
		{ NULL, "2A 08 32 06 08 01 38 0D 48 01", "2.4 GHz", 0, 0, 0, 0 },
		{ "EU868", "2A 0A 32 08 18 7D 20 06 38 03 48 01", "presets", 0, 0, 0, 0 }, /* SF6 */
		{ "EU868", "2A 0D 32 0B 18 FF FF FF 7F 20 09 38 03 48 01", "presets", 0, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bench b;
		const struct modem_status *is = &b.meshtastic.modem.status;

		begin(&b, rows[i].region);
		introduce(&b, rows[i].lora, OURS);
		if (rows[i].says) {
			if (is->state != MODEM_FAILED || !strstr(written(&is->said), rows[i].says))
				fail_msg("row %zu: %s", i, written(&is->said));
		} else if (is->state != MODEM_READY || is->setting.bandwidth_hz != rows[i].bandwidth_hz ||
			   is->setting.spreading != rows[i].spreading || is->setting.coding != rows[i].coding ||
			   is->duty_permille != rows[i].duty_permille) {
			fail_msg("row %zu: %s, %u Hz, SF%u, 4/%u, %u", i, written(&is->said), is->setting.bandwidth_hz,
				 is->setting.spreading, is->setting.coding, is->duty_permille);
		}
	}
}

static void test_a_frame_goes_and_room_is_watched(void **state)
{
	static const uint8_t frame[] = { 0xAD, 0x02, 0x94, 0xC3 };
	const struct view view = { frame, sizeof frame };
	struct bench b;

	(void)state;
	make_ready(&b);
	assert_int_equal(codec->send(&b.meshtastic, view, b.now), MODEM_OK);
	/* packet { to all, channel 1, decoded { portnum 256, payload }, id } */
	assert_string_equal(said(&b),
			    "94 C3 00 19 0A 17 15 FF FF FF FF 18 01 22 09 08 80 02 12 04 AD 02 94 C3 35 04 03 02 01");
	assert_int_equal(codec->send(&b.meshtastic, view, b.now), MODEM_E_BUSY);
	/* Someone else's packet, then ours: one place left, which is the device's own. */
	hear(&b, "5A 09 10 0F 18 10 20 FF FF FF 07");
	assert_false(codec->can_send(&b.meshtastic));
	hear(&b, "5A 09 10 01 18 10 20 84 86 88 08");
	assert_false(codec->can_send(&b.meshtastic));
	wait_for_deadline(&b);
	assert_string_equal(said(&b), BEAT);
	hear(&b, "5A 04 10 0C 18 10");
	assert_true(codec->can_send(&b.meshtastic));
	/* The next one's fate is never told: asked, it has room. */
	assert_int_equal(codec->send(&b.meshtastic, view, b.now), MODEM_OK);
	said(&b);
	wait_for_deadline(&b);
	assert_string_equal(said(&b), BEAT);
	hear(&b, ROOM);
	assert_true(codec->can_send(&b.meshtastic));
	/* And the third is refused for its airtime. */
	assert_int_equal(codec->send(&b.meshtastic, view, b.now), MODEM_OK);
	said(&b);
	hear(&b, "5A 0B 08 09 10 10 18 10 20 86 86 88 08");
	assert_int_equal(b.meshtastic.modem.status.failed, 1);
	assert_non_null(strstr(written(&b.meshtastic.modem.status.said), "airtime"));
	b.now += 60000;
	said(&b);
	assert_string_equal(written(&b.meshtastic.modem.status.said), "");
}

static void test_sizes(void **state)
{
	uint8_t frame[MESHTASTIC_PAYLOAD_MAX + 1] = { 0 };
	struct bench b;

	(void)state;
	for (size_t size = 0; size <= sizeof frame; size++) {
		bool fits = size > 0 && size <= MESHTASTIC_PAYLOAD_MAX;

		make_ready(&b);
		assert_int_equal(codec->send(&b.meshtastic, (struct view){ frame, size }, b.now),
				 fits ? MODEM_OK : MODEM_E_SIZE);
		assert_int_equal(b.meshtastic.modem.status.refused, !fits);
		assert_true(strlen(said(&b)) <= 3 * 512);
	}
}

static void test_what_is_heard(void **state)
{
	static const struct {
		const char *packet;
		size_t size; /* 0: none of ours */
	} rows[] = {
		/* from, to all, channel 1, { 256, AD 01 }, id, snr -6.5, rssi -100 */
		{ "12 2F 0D 01 00 00 00 15 FF FF FF FF 18 01 22 07 08 80 02 12 02 AD 01 35 05 00 00 00 45 00 00 D0 C0 "
		  "60 9C FF FF FF "
		  "FF FF FF FF FF 01 A8 01 01 68 01",
		  2 },
		{ "12 15 0D 01 00 00 00 18 01 22 07 08 80 02 12 02 AD 01 35 05 00 00 00", 2 },
		{ "12 13 0D 01 00 00 00 22 07 08 80 02 12 02 AD 01 35 05 00 00 00", 0 },       /* another channel */
		{ "12 15 0D 44 33 22 11 18 01 22 07 08 80 02 12 02 AD 01 35 05 00 00 00", 0 }, /* its own echo */
		{ "12 14 0D 01 00 00 00 18 01 22 06 08 01 12 02 68 69 35 05 00 00 00", 0 },    /* a text message */
		{ "12 14 0D 01 00 00 00 18 01 2A 06 01 02 03 04 05 06 35 05 00 00 00", 0 },    /* not decoded */
		{ "12 11 0D 01 00 00 00 18 01 22 03 08 80 02 35 05 00 00 00", 0 },             /* no payload */
		{ "12 00", 0 },
		{ "32 02 08 01", 0 },          /* a record of its log */
		{ "9A 06 04 00 00 00 00", 0 }, /* a variant of later */
		{ "12 36 0D 01", 0 },          /* cut short */
		{ "FF FF FF FF", 0 },
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bench b;

		make_ready(&b);
		hear(&b, rows[i].packet);
		if (b.frames != (rows[i].size > 0) || (b.frames && b.heard.frame.size != rows[i].size))
			fail_msg("row %zu: %d frames", i, b.frames);
		if (b.frames)
			assert_memory_equal(b.frame, "\xAD\x01", 2);
		assert_int_equal(b.frames && b.heard.has_signal, i == 0);
		if (i == 0) {
			assert_int_equal(b.heard.signal.rssi_dbm, -100);
			assert_int_equal(b.heard.signal.snr_quarter_db, -26);
		}
		/* It stays usable. */
		hear(&b, rows[1].packet);
		assert_int_equal(b.frames, (rows[i].size > 0) + 1);
	}
}

/* The frame of row 1 above, behind each of these. */
static void test_the_next_message_is_found(void **state)
{
	static const char frame[] = "94 C3 00 17 12 15 0D 01 00 00 00 18 01 22 07 08 80 02 12 02 AD 01 35 05 00 00 00";
	static const char *const before[] = {
		"",
		"49 4E 46 4F 20 7C 20 C3 94 0D 0A", /* a line of log */
		"94",
		"94 94",
		"94 41",
		"94 C3 FF FF",       /* no size */
		"94 C3 94 C3 00 00", /* the size is the next head */
		"94 C3 02 94 C3 00 00",
		"94 C3",
		"94 C3 02",
		"94 C3 02 01",
		"94 C3 00 00",
	};

	(void)state;
	for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
		struct bench b;

		make_ready(&b);
		hear_raw(&b, before[i]);
		hear_raw(&b, frame);
		if (b.frames != 1)
			fail_msg("behind %s: %d", before[i], b.frames);
	}
}

/* The restart takes the rest of a message along; what follows is no part of it. */
static void test_a_restart_in_mid_message(void **state)
{
	struct bench b;

	(void)state;
	make_ready(&b);
	hear_raw(&b, "94 C3 01 00 12 36 0D");
	b.now += 3000;
	hear(&b, "40 01"); /* rebooted */
	assert_int_equal(b.meshtastic.modem.status.state, MODEM_GREETING);
	assert_int_equal(b.meshtastic.modem.status.frame_max, 0);
	assert_false(codec->can_send(&b.meshtastic));
	wait_for_deadline(&b);
	said(&b); /* woken */
	wait_for_deadline(&b);
	assert_string_equal(said(&b), ASK);
	introduce(&b, LORA_EU, OURS);
	assert_int_equal(b.meshtastic.modem.status.state, MODEM_READY);
}

static void test_another_nonce_ends_nothing(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, "EU868");
	hear(&b, MY_INFO);
	hear(&b, OURS);
	hear(&b, LORA_EU);
	hear(&b, "38 01");
	assert_int_equal(b.meshtastic.modem.status.state, MODEM_GREETING);
	hear(&b, END);
	assert_int_equal(b.meshtastic.modem.status.state, MODEM_READY);
	/* The beginning was lost: it is asked once more. */
	begin(&b, "EU868");
	hear(&b, LORA_EU);
	hear(&b, END);
	assert_int_equal(b.meshtastic.modem.status.state, MODEM_GREETING);
	assert_string_equal(said(&b), "");
	said(&b); /* woken */
	wait_for_deadline(&b);
	assert_string_equal(said(&b), ASK);
}

/* It is told every minute that we are here; when it says nothing any more it is woken, and then given up. */
static void test_sleep_and_silence(void **state)
{
	struct bench b;
	mono_ms since;
	int asked;

	(void)state;
	make_ready(&b);
	since = b.now;
	wait_for_deadline(&b);
	assert_int_equal(b.now - since, 60000);
	assert_string_equal(said(&b), BEAT);
	for (asked = 0; b.meshtastic.modem.status.state == MODEM_READY && asked < 10; asked++) {
		wait_for_deadline(&b);
		said(&b);
	}
	assert_int_equal(b.meshtastic.modem.status.state, MODEM_GREETING);
	for (asked = 0; b.meshtastic.modem.status.state == MODEM_GREETING && asked < 30; asked++) {
		wait_for_deadline(&b);
		said(&b);
	}
	assert_int_equal(b.meshtastic.modem.status.state, MODEM_FAILED);
	assert_non_null(strstr(written(&b.meshtastic.modem.status.said), "fell silent"));
	/* Nobody is there at all. */
	begin(&b, "EU868");
	for (asked = 0; b.meshtastic.modem.status.state == MODEM_GREETING && asked < 30; asked++) {
		wait_for_deadline(&b);
		said(&b);
	}
	assert_non_null(strstr(written(&b.meshtastic.modem.status.said), "No Meshtastic radio answers"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_is_woken_asked_and_known),
		cmocka_unit_test(test_the_channel_is_made),
		cmocka_unit_test(test_a_channel_that_is_not_taken),
		cmocka_unit_test(test_places_of_the_channel),
		cmocka_unit_test(test_its_own_settings),
		cmocka_unit_test(test_a_frame_goes_and_room_is_watched),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_what_is_heard),
		cmocka_unit_test(test_the_next_message_is_found),
		cmocka_unit_test(test_a_restart_in_mid_message),
		cmocka_unit_test(test_another_nonce_ends_nothing),
		cmocka_unit_test(test_sleep_and_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
