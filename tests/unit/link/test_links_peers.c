/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Links with a peer made by hand, which misbehaves, floods, says little, or is dead: what it may do, and what it may not. */
#include "tests/unit/link/links_bench.h"

#include <signal.h>

struct garbage {
	const char *name;
	size_t size;
	uint8_t bytes[64]; /* the rest are zeros */
};

static void garbage_instead_of_a_greeting_is_refused(void **state)
{
	static const struct garbage table[] = {
		{ "HTTP", 18, "GET / HTTP/1.1\r\n\r\n" },
		{ "a largest size", 2, { 0xff, 0xff } },
		{ "an empty message", 2, { 0, 0 } },
		{ "a message too short", 33, { 31, 0 } },
		{ "a message with a payload", 35, { 33, 0, 1 } },
		{ "a key of low order", 34, { 32, 0 } },
		{ "a second message before its turn", 2 + 32 + 2 + 2, { 32, 0, 9, [34] = 2, [35] = 0 } },
	};
	struct bench *b = *state;

	open_end(b, &b->b);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct raw raw;
		uint8_t answer[1];
		uint64_t before = links_refused(b->b.links);

		raw_connect(b, &raw);
		raw_write(&raw, table[i].bytes, table[i].size);
		while (raw_read(b, &raw, answer, 1))
			;
		close(raw.fd);
		if (links_refused(b->b.links) != before + 1)
			fail_msg("%s: not counted", table[i].name);
	}
	assert_int_equal(b->b.ups, 0);
}

/* What a peer with a proven key may not do. */
static void bad_messages_end_the_link(void **state)
{
	static const struct {
		const char *name;
		size_t size;  /* as written in front of the message */
		size_t bytes; /* that follow */
		bool flip;
	} table[] = {
		{ "too long", LINK_MESSAGE_MAX + 1, 0, false },
		{ "shorter than a tag", 15, 15, false },
		{ "empty", 0, 0, false },
		{ "changed on the way", 100, 100, true },
		{ "not encrypted", 100, 100, false },
	};
	struct bench *b = *state;

	open_end(b, &b->b);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		uint8_t message[2 + 128] = { (uint8_t)(table[i].size & 0xff), (uint8_t)(table[i].size >> 8) };
		uint64_t before = links_refused(b->b.links);
		struct raw raw;
		size_t sealed;

		raw_handshake(b, &raw, (uint8_t)(10 + i));
		wait_for(b, "the hand-made peer is up", b_up);
		if (table[i].flip) {
			assert_int_equal(noise_encrypt(&raw.noise, message + 2, &sealed, 128, message + 2, 84),
					 NOISE_OK);
			message[50] ^= 1;
		}
		raw_write(&raw, message, 2 + table[i].bytes);
		while (raw_read(b, &raw, message, 1))
			;
		close(raw.fd);
		if (links_refused(b->b.links) != before + 1 || b->b.id != 0)
			fail_msg("%s: the link goes on", table[i].name);
		assert_int_equal(b->b.heard, 0);
	}
}

/* Whoever says that it took what it was never sent. */
static void a_grant_of_nothing_ends_the_link(void **state)
{
	static const struct {
		uint8_t byte;
		bool stays;
	} table[] = { { 0, true }, { '?', true }, { 1, false }, { LINKS_GRANT_MAX + 1, false }, { 255, false } };
	struct bench *b = *state;

	open_end(b, &b->b);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		uint8_t message[LINK_SIZE_SIZE + 20] = { 17, 0, table[i].byte };
		uint64_t before = links_refused(b->b.links);
		struct raw raw;
		size_t size;

		raw_handshake(b, &raw, (uint8_t)(30 + i));
		wait_for(b, "the hand-made peer is up", b_up);
		assert_int_equal(noise_encrypt(&raw.noise, message + 2, &size, 18, message + 2, 1), NOISE_OK);
		raw_write(&raw, message, 2 + size);
		if (!table[i].stays)
			while (raw_read(b, &raw, message, 1))
				;
		for (int turn = 0; turn < 10; turn++)
			uv_run(&b->loop, UV_RUN_NOWAIT);
		if (links_refused(b->b.links) != before + !table[i].stays || (b->b.id != 0) != table[i].stays)
			fail_msg("byte %d", table[i].byte);
		if (table[i].stays)
			links_drop(b->b.links, b->b.id);
		close(raw.fd);
	}
}

static void a_message_in_pieces_is_one_frame(void **state)
{
	struct bench *b = *state;
	uint8_t message[64] = { 18, 0, 0, 0 };
	struct raw raw;
	size_t size;

	open_end(b, &b->b);
	raw_handshake(b, &raw, 10);
	assert_int_equal(noise_encrypt(&raw.noise, message + 2, &size, 32, message + 2, 2), NOISE_OK);
	for (size_t i = 0; i < 2 + size; i++) {
		assert_int_equal(b->b.heard, 0);
		raw_write(&raw, message + i, 1);
		for (int turn = 0; turn < 3; turn++)
			uv_run(&b->loop, UV_RUN_NOWAIT);
	}
	b->a.to_say = 1;
	wait_for(b, "the frame", all_heard);
	assert_false(b->b.wrong);
	close(raw.fd);
}

static void whoever_says_nothing_is_sent_away(void **state)
{
	struct bench *b = *state;
	struct raw raw;
	uint8_t answer[1];

	open_end(b, &b->b);
	b->b.links->times.greeting_ms = 50;
	raw_connect(b, &raw);
	assert_false(raw_read(b, &raw, answer, 1));
	assert_int_equal(links_refused(b->b.links), 1);
	close(raw.fd);
}

static void silent_strangers_do_not_keep_a_neighbour_out(void **state)
{
	struct bench *b = *state;
	struct raw raws[RAW_MAX];

	open_end(b, &b->b);
	for (int i = 0; i < RAW_MAX; i++) {
		raw_connect_from(b, &raws[i], 10 + i % 20);
		assert_true(links_open_count(b->b.links) <= LINKS_GREETING_MAX);
	}
	add_peer(&b->a, "127.0.0.1", links_port(b->b.links));
	open_end(b, &b->a);
	wait_for(b, "the neighbour", both_up);
	assert_true(links_refused(b->b.links) >= RAW_MAX - LINKS_GREETING_MAX);
	for (int i = 0; i < RAW_MAX; i++)
		close(raws[i].fd);
}

static bool b_is_full(const struct bench *b)
{
	return b->b.ups == LINKS_ACCEPTED_MAX;
}

static void made_up_keys_do_not_take_all_places(void **state)
{
	struct bench *b = *state;
	struct raw raws[LINKS_ACCEPTED_MAX], late;
	struct sockaddr_storage address;
	uint8_t answer[1];

	open_end(b, &b->b);
	open_end(b, &b->a);
	for (int i = 0; i < LINKS_ACCEPTED_MAX; i++)
		raw_handshake_from(b, &raws[i], (uint8_t)(100 + i), 10 + i / LINKS_SOURCE_MAX);
	wait_for(b, "all links", b_is_full);
	raw_connect_from(b, &late, 100);
	assert_false(raw_read(b, &late, answer, 1));
	assert_int_equal(links_refused(b->b.links), 1);
	assert_int_equal(address_parse(&address, "127.0.0.1", links_port(b->a.links)), 0);
	links_dial(b->b.links, (const struct sockaddr *)&address, NULL);
	wait_for(b, "whom we call", both_up);
	assert_true(b->b.dialled);
	assert_int_equal(b->b.downs, 0);
	for (int i = 0; i < LINKS_ACCEPTED_MAX; i++)
		close(raws[i].fd);
	close(late.fd);
}

static bool four_up(const struct bench *b)
{
	return b->b.ups == LINKS_SOURCE_MAX;
}

static bool five_up(const struct bench *b)
{
	return b->b.ups == LINKS_SOURCE_MAX + 1;
}

static void one_address_has_few_places(void **state)
{
	struct bench *b = *state;
	struct raw raws[LINKS_SOURCE_MAX], late, other;
	uint8_t answer[1];

	open_end(b, &b->b);
	for (int i = 0; i < LINKS_SOURCE_MAX; i++)
		raw_handshake_from(b, &raws[i], (uint8_t)(100 + i), 10);
	wait_for(b, "all links", four_up);
	raw_connect_from(b, &late, 10);
	assert_false(raw_read(b, &late, answer, 1));
	raw_handshake_from(b, &other, 50, 11);
	wait_for(b, "another address", five_up);
	assert_int_equal(b->b.downs, 0);
	for (int i = 0; i < LINKS_SOURCE_MAX; i++)
		close(raws[i].fd);
	close(late.fd);
	close(other.fd);
}

static void a_source_is_a_host_or_a_network_of_its_own(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} table[] = {
		{ "10.1.2.3", "10.1.2.3", true },
		{ "10.1.2.3", "10.1.2.4", false },
		{ "::ffff:10.1.2.3", "10.1.2.3", true },
		{ "::ffff:10.1.2.3", "::ffff:10.1.2.4", false },
		{ "2001:db8:1:2::3", "2001:db8:1:2:ffff::4", true },
		{ "2001:db8:1:2::3", "2001:db8:1:3::3", false },
		{ "fe80::1", "fe80::1", true },
		{ "fe80::1", "fe80::2", false },
		{ "fe80::1%lo", "fe80::1", false },
		{ "fd00::1", "fd00::2", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct sockaddr_storage a, b;

		assert_int_equal(address_parse(&a, table[i].a, 1), 0);
		assert_int_equal(address_parse(&b, table[i].b, 2), 0);
		if (address_same_source((struct sockaddr *)&a, (struct sockaddr *)&b) != table[i].same)
			fail_msg("%s and %s", table[i].a, table[i].b);
	}
}

enum { SLOW_FRAMES = 12 };

static void raw_say(struct raw *raw, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint8_t message[LINK_SIZE_SIZE + 64] = { 0 };
		size_t size;

		assert_int_equal(noise_encrypt(&raw->noise, message + 2, &size, 62, message + 2, 20), NOISE_OK);
		message[0] = (uint8_t)size;
		raw_write(raw, message, size + 2);
	}
}

static bool all_slow_heard(const struct bench *b)
{
	return b->b.heard == 2 * SLOW_FRAMES;
}

/* Two who each say much that is slow to judge: between two frames the loop gets its turn, and so does the other. */
static void slow_frames_leave_turns_for_others(void **state)
{
	struct bench *b = *state;
	struct raw raws[2];
	uint32_t changes = 0;

	open_end(b, &b->b);
	raw_handshake(b, &raws[0], 100);
	raw_handshake(b, &raws[1], 101);
	while (b->b.ups < 2)
		uv_run(&b->loop, UV_RUN_NOWAIT);
	b->b.slow_ms = 2 * LINKS_TURN_MS;
	raw_say(&raws[0], SLOW_FRAMES);
	raw_say(&raws[1], SLOW_FRAMES);
	while (!all_slow_heard(b)) {
		uint32_t before = b->b.heard;

		uv_run(&b->loop, UV_RUN_NOWAIT);
		/* One on its turn, and one more that arrived when it was over on a clock that is a little behind. */
		assert_true(b->b.heard - before <= 2);
	}
	for (uint32_t i = 1; i < 2 * SLOW_FRAMES; i++)
		changes += b->b.heard_of[i] != b->b.heard_of[i - 1];
	assert_true(changes >= SLOW_FRAMES);
	for (int i = 0; i < 2; i++)
		close(raws[i].fd);
}

static bool b_down(const struct bench *b)
{
	return b->b.downs == 1;
}

/* Its power is cut: the socket stays open, nothing comes. Our own pings are heard meanwhile. */
static void a_dead_peer_is_noticed(void **state)
{
	struct bench *b = *state;
	uint8_t message[18];
	struct raw raw;
	size_t size = 1;

	open_end(b, &b->b);
	b->b.links->times.ping_ms = 20;
	b->b.links->times.silence_ms = 150;
	raw_handshake(b, &raw, 10);
	assert_true(raw_read(b, &raw, message, sizeof(message)));
	assert_int_equal(noise_decrypt(&raw.noise, message, &size, 18, message + 2, 16), NOISE_OK);
	assert_int_equal(size, 0);
	wait_for(b, "the dead peer's end", b_down);
	assert_int_equal(b->b.heard, 0);
	close(raw.fd);
}

/* It went for a walk and announces itself again, while we still take the old link for up. */
static void a_probe_ends_a_dead_link_and_keeps_a_live_one(void **state)
{
	struct bench *b = *state;
	struct raw raw;

	connect_ends(b);
	b->a.links->times.probe_ms = b->b.links->times.probe_ms = 300;
	raw_handshake(b, &raw, 10);
	b->quiet_until_ns = uv_hrtime() + 1200 * 1000000ull; /* a link just heard from is not doubted */
	wait_for(b, "a silence worth a doubt", is_quiet_over);
	assert_int_equal(b->b.downs, 0);
	links_probe(b->b.links, NULL);
	wait_for(b, "the dead link's end", b_down);
	b->quiet_until_ns = uv_hrtime() + 600 * 1000000ull; /* twice what a live one has to answer */
	wait_for(b, "the live link's stay", is_quiet_over);
	assert_int_equal(b->a.downs, 0);
	assert_int_equal(b->b.downs, 1);
	close(raw.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LINKS_TEST(garbage_instead_of_a_greeting_is_refused),
		LINKS_TEST(bad_messages_end_the_link),
		LINKS_TEST(a_grant_of_nothing_ends_the_link),
		LINKS_TEST(a_message_in_pieces_is_one_frame),
		LINKS_TEST(whoever_says_nothing_is_sent_away),
		LINKS_TEST(silent_strangers_do_not_keep_a_neighbour_out),
		LINKS_TEST(made_up_keys_do_not_take_all_places),
		LINKS_TEST(one_address_has_few_places),
		LINKS_TEST(a_source_is_a_host_or_a_network_of_its_own),
		LINKS_TEST(slow_frames_leave_turns_for_others),
		LINKS_TEST(a_dead_peer_is_noticed),
		LINKS_TEST(a_probe_ends_a_dead_link_and_keeps_a_live_one),
	};

	signal(SIGPIPE, SIG_IGN);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
