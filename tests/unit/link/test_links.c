/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Links over real sockets on loopback: two managers on one loop, and a hand-made peer that misbehaves. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/link/links_state.h"

enum { PATIENCE_MS = 8000, RAW_MAX = 40 };

/* One node: what it was told, and what it will say. Frame number i has size_of(i) bytes, each (uint8_t)i. */
struct end {
	struct links *links;
	struct identity identity;
	struct config config;
	link_id id; /* of the link that is up; 0 none */
	uint8_t remote[32];
	bool dialled;
	int ups, downs;
	bool busy;
	int refusals;          /* frames answered with LINKS_BUSY */
	uint64_t slow_ms;      /* that it takes to judge a frame */
	uint32_t heard;        /* frames taken, each checked */
	link_id heard_of[32];  /* who said the first ones */
	uint32_t said, to_say; /* frames given to fill, and to be given */
	uint64_t said_bytes;
	bool wrong;        /* a frame was not what it should be */
	bool bound_broken; /* more waits in the queue than is allowed */
	bool closed;
};

struct bench {
	uv_loop_t loop;
	struct end a, b; /* a has the smaller key */
};

static size_t size_of(uint32_t number)
{
	static const size_t sizes[] = { 2, 22, 230, 7, LINK_FRAME_MAX, 4096, 20, LINK_FRAME_MAX - 1 };

	return sizes[number % (sizeof(sizes) / sizeof(sizes[0]))];
}

static void on_up(void *ctx, link_id id, const uint8_t remote_key[32], bool dialled, const char *address)
{
	struct end *end = ctx;

	assert_int_not_equal(id, 0);
	assert_non_null(strchr(address, ':'));
	end->id = id;
	end->dialled = dialled;
	end->ups++;
	memcpy(end->remote, remote_key, 32);
}

static enum links_taken on_frame(void *ctx, link_id id, struct view frame)
{
	struct end *end = ctx;

	for (uint64_t start_ns = uv_hrtime(); uv_hrtime() - start_ns < end->slow_ms * 1000000;)
		;
	if (end->busy) {
		end->refusals++;
		return LINKS_BUSY;
	}
	if (frame.size != size_of(end->heard) || frame.data[0] != (uint8_t)end->heard ||
	    frame.data[frame.size - 1] != (uint8_t)end->heard)
		end->wrong = true;
	if (end->heard < sizeof(end->heard_of) / sizeof(end->heard_of[0]))
		end->heard_of[end->heard] = id;
	end->heard++;
	return LINKS_TAKEN;
}

static size_t on_fill(void *ctx, link_id id, uint8_t *frame, size_t cap)
{
	struct end *end = ctx;
	struct link_counts counts;
	size_t size = size_of(end->said);

	if (end->said == end->to_say)
		return 0;
	/* What was said and is not yet with the kernel: the queue, and the write that is being gathered. */
	if (links_counts(end->links, id, &counts) &&
	    end->said_bytes > counts.bytes_out + LINKS_QUEUE_MAX + 4 * LINK_FRAME_MAX)
		end->bound_broken = true;
	assert_true(cap >= size);
	memset(frame, (uint8_t)end->said, size);
	end->said++;
	end->said_bytes += size;
	return size;
}

static void on_down(void *ctx, link_id id)
{
	struct end *end = ctx;

	end->downs++;
	if (end->id == id)
		end->id = 0;
}

static void make_identity(struct identity *identity, uint8_t number)
{
	identity->sealing_secret = sodium_malloc(32);
	identity->secret_key = NULL;
	memset(identity->sealing_secret, number, 32);
	crypto_scalarmult_base(identity->sealing_key, identity->sealing_secret);
}

static void make_end(struct end *end, uint8_t number)
{
	*end = (struct end){ .id = 0 };
	make_identity(&end->identity, number);
	config_init(&end->config);
	snprintf(end->config.link_host, sizeof(end->config.link_host), "127.0.0.1");
	end->config.link_port = 0;
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	*state = b;
	make_end(&b->a, 1);
	make_end(&b->b, 2);
	if (memcmp(b->a.identity.sealing_key, b->b.identity.sealing_key, 32) > 0) {
		struct end swap = b->a;

		b->a = b->b;
		b->b = swap;
	}
	return uv_loop_init(&b->loop);
}

static void on_done(void *user)
{
	((struct end *)user)->closed = true;
}

static void close_end(struct bench *b, struct end *end)
{
	if (end->links == NULL)
		return;
	end->closed = false;
	links_close(end->links, on_done, end);
	while (!end->closed)
		uv_run(&b->loop, UV_RUN_ONCE);
	end->links = NULL;
	assert_int_equal(end->id, 0);
	assert_int_equal(end->ups, end->downs);
}

static int teardown(void **state)
{
	struct bench *b = *state;

	close_end(b, &b->a);
	close_end(b, &b->b);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&b->loop), 0);
	sodium_free(b->a.identity.sealing_secret);
	sodium_free(b->b.identity.sealing_secret);
	free(b);
	return 0;
}

static void open_end(struct bench *b, struct end *end)
{
	const struct links_host host = { .ctx = end, .up = on_up, .frame = on_frame, .fill = on_fill, .down = on_down };
	char why[200] = "";

	if (links_open(&end->links, why, &b->loop, &end->config, &end->identity, &host) != 0)
		fail_msg("%s", why);
}

static void add_peer(struct end *end, const char *host, uint16_t port)
{
	snprintf(end->config.peers[end->config.peer_count++], 80, "%s:%u", host, port);
}

/* Runs the loop until `is_so`; the patience only ends what would never end. */
typedef bool (*condition)(const struct bench *b);

static void do_nothing(uv_timer_t *timer)
{
	(void)timer;
}

static void wait_for(struct bench *b, const char *what, condition is_so)
{
	uv_timer_t ticker;
	uint64_t start_ms = uv_hrtime() / 1000000;

	uv_timer_init(&b->loop, &ticker);
	uv_timer_start(&ticker, do_nothing, 5, 5);
	while (!is_so(b)) {
		uv_run(&b->loop, UV_RUN_ONCE);
		if (uv_hrtime() / 1000000 - start_ms > PATIENCE_MS)
			fail_msg("never came: %s (a %d/%d heard %u, b %d/%d heard %u)", what, b->a.ups, b->a.downs,
				 b->a.heard, b->b.ups, b->b.downs, b->b.heard);
	}
	uv_close((uv_handle_t *)&ticker, NULL);
	uv_run(&b->loop, UV_RUN_NOWAIT);
}

static bool both_up(const struct bench *b)
{
	return b->a.id != 0 && b->b.id != 0;
}

static bool all_heard(const struct bench *b)
{
	return b->a.heard == b->b.to_say && b->b.heard == b->a.to_say;
}

/* a dials b. */
static void connect_ends(struct bench *b)
{
	open_end(b, &b->b);
	add_peer(&b->a, "127.0.0.1", links_port(b->b.links));
	open_end(b, &b->a);
	wait_for(b, "both sides up", both_up);
}

static void frames_go_both_ways(void **state)
{
	static const char *const hosts[][2] = {
		{ "127.0.0.1", "127.0.0.1" },
		{ "::1", "[::1]" },
		{ "127.0.0.1", "localhost" },
		{ "::", "127.0.0.1" },
	};

	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct bench *b = *state;
		struct link_counts counts = { .bytes_in = 0 };

		snprintf(b->b.config.link_host, sizeof(b->b.config.link_host), "%s", hosts[i][0]);
		b->a.to_say = 500;
		b->b.to_say = 300;
		open_end(b, &b->b);
		add_peer(&b->a, hosts[i][1], links_port(b->b.links));
		open_end(b, &b->a);
		wait_for(b, "all frames", all_heard);
		assert_false(b->a.wrong || b->b.wrong);
		assert_memory_equal(b->a.remote, b->b.identity.sealing_key, 32);
		assert_memory_equal(b->b.remote, b->a.identity.sealing_key, 32);
		assert_true(b->a.dialled);
		assert_false(b->b.dialled);
		assert_true(links_counts(b->b.links, b->b.id, &counts));
		assert_int_equal(counts.frames_in, 500);
		assert_int_equal(counts.frames_out, 300);
		assert_true(counts.bytes_in > b->a.said_bytes && counts.bytes_out > b->b.said_bytes);
		assert_int_equal(links_refused(b->a.links) + links_refused(b->b.links), 0);
		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
	}
}

static void a_kick_sends_what_came_up_later(void **state)
{
	struct bench *b = *state;

	connect_ends(b);
	b->a.to_say = 3;
	links_kick(b->a.links, b->a.id);
	wait_for(b, "frames of a", all_heard);
	b->b.to_say = 2;
	links_kick_all(b->b.links);
	wait_for(b, "frames of b", all_heard);
	links_kick(b->a.links, 4711); /* nobody */
}

static bool b_is_busy(const struct bench *b)
{
	return b->b.refusals > 0;
}

static void a_busy_host_loses_nothing(void **state)
{
	struct bench *b = *state;

	connect_ends(b);
	b->a.to_say = 200;
	b->b.busy = true;
	links_kick(b->a.links, b->a.id);
	for (int round = 1; round <= 5; round++) {
		wait_for(b, "a frame offered", b_is_busy);
		for (int i = 0; i < 50; i++)
			uv_run(&b->loop, UV_RUN_NOWAIT);
		assert_int_equal(b->b.refusals, 1); /* it is not asked again */
		b->b.refusals = 0;
		links_resume(b->b.links); /* and may still be busy */
	}
	b->b.busy = false;
	links_resume(b->b.links);
	wait_for(b, "all frames", all_heard);
	assert_false(b->b.wrong);
}

static bool a_stalled(const struct bench *b)
{
	static uint32_t last_said;
	static int quiet;

	quiet = b->a.said == last_said ? quiet + 1 : 0;
	last_said = b->a.said;
	return quiet > 40 && b->a.said > 0;
}

/* What a said and b did not take. */
static size_t under_way(const struct bench *b)
{
	size_t size = 0;

	for (uint32_t i = b->b.heard; i < b->a.said; i++)
		size += size_of(i);
	return size;
}

/* Nor what lies between the two: of what a broken contact loses, there is little. */
static void a_slow_reader_does_not_fill_our_memory(void **state)
{
	struct bench *b = *state;

	connect_ends(b);
	b->b.busy = true;
	b->a.to_say = 1000000;
	links_kick(b->a.links, b->a.id);
	wait_for(b, "the sender stops asking", a_stalled);
	assert_false(b->a.bound_broken);
	assert_in_range(under_way(b), LINKS_WINDOW - LINK_FRAME_MAX + 1, LINKS_WINDOW);
	b->a.to_say = b->a.said;
	b->b.busy = false;
	links_resume(b->b.links);
	wait_for(b, "all frames", all_heard);
	assert_false(b->b.wrong);
}

static bool up_twice(const struct bench *b)
{
	return b->a.ups == 2 && b->b.ups == 2 && both_up(b);
}

static void a_dropped_link_is_dialled_again(void **state)
{
	struct bench *b = *state;

	connect_ends(b);
	links_drop(b->b.links, b->b.id);
	assert_int_equal(b->b.id, 0);
	assert_int_equal(b->b.downs, 1);
	wait_for(b, "the second contact", up_twice);
	assert_int_equal(b->a.downs, 1);
	assert_int_equal(links_refused(b->a.links) + links_refused(b->b.links), 0);
}

static bool a_has_one_link(const struct bench *b)
{
	return both_up(b) && b->a.ups - b->a.downs == 1 && b->b.ups - b->b.downs == 1 &&
	       links_open_count(b->a.links) == 1 && links_open_count(b->b.links) == 1;
}

/* Each dials the other, b also by discovery: the contact that a (smaller key) dialled stays, on both sides. */
static void of_two_contacts_one_stays(void **state)
{
	struct bench *b = *state;
	struct sockaddr_storage address;

	open_end(b, &b->b);
	add_peer(&b->a, "127.0.0.1", links_port(b->b.links));
	open_end(b, &b->a);
	assert_int_equal(address_parse(&address, "127.0.0.1", links_port(b->a.links)), 0);
	for (int i = 0; i < 3; i++)
		links_dial(b->b.links, (const struct sockaddr *)&address);
	wait_for(b, "one link", a_has_one_link);
	assert_true(b->a.dialled);
	assert_false(b->b.dialled);
	b->a.to_say = 20;
	links_kick_all(b->a.links);
	wait_for(b, "frames on it", all_heard);
	/* Whoever knows that it is reached does not call again, when its backoff is over either. */
	assert_true(b->b.links->dials[CONFIG_PEERS_MAX].key_known);
	b->b.links->dials[CONFIG_PEERS_MAX].next_ms = 0;
	links_dial(b->b.links, (const struct sockaddr *)&address);
	assert_int_equal(links_open_count(b->b.links), 1);
}

/* The same side dials twice, by two addresses of one node. */
static void two_ways_to_one_peer_make_one_link(void **state)
{
	struct bench *b = *state;

	snprintf(b->b.config.link_host, sizeof(b->b.config.link_host), "::");
	open_end(b, &b->b);
	add_peer(&b->a, "127.0.0.1", links_port(b->b.links));
	add_peer(&b->a, "[::1]", links_port(b->b.links));
	open_end(b, &b->a);
	wait_for(b, "one link", a_has_one_link);
	assert_int_equal(b->a.downs, 0);
	b->a.to_say = 20;
	links_kick_all(b->a.links);
	wait_for(b, "frames on it", all_heard);
}

static bool a_met_itself(const struct bench *b)
{
	return b->a.links->dials[0].key_known && links_open_count(b->a.links) == 0;
}

static void our_own_address_makes_no_link(void **state)
{
	struct bench *b = *state;
	struct sockaddr_storage address;

	open_end(b, &b->a);
	assert_int_equal(address_parse(&address, "127.0.0.1", links_port(b->a.links)), 0);
	b->a.links->dials[0].name = b->a.config.peers[0];
	add_peer(&b->a, "127.0.0.1", links_port(b->a.links));
	links_arm(b->a.links);
	wait_for(b, "the contact with itself ended", a_met_itself);
	assert_int_equal(b->a.ups, 0);
	/* Not again at once. */
	assert_true(b->a.links->dials[0].next_ms > uv_now(&b->loop) + 10000);
}

/* A peer made by hand: a plain socket, which the test reads and writes while it turns the loop. */
struct raw {
	int fd;
	struct noise noise;
};

/* From 127.0.0.`host`: all of that network are this machine. */
static void raw_connect_from(struct bench *b, struct raw *raw, int host)
{
	struct sockaddr_storage address, own;
	char text[24];

	snprintf(text, sizeof(text), "127.0.0.%d", host);
	assert_int_equal(address_parse(&address, "127.0.0.1", links_port(b->b.links)), 0);
	assert_int_equal(address_parse(&own, text, 0), 0);
	raw->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(raw->fd, (const struct sockaddr *)&own, sizeof(struct sockaddr_in)), 0);
	assert_int_equal(connect(raw->fd, (const struct sockaddr *)&address, sizeof(struct sockaddr_in)), 0);
	uv_run(&b->loop, UV_RUN_NOWAIT);
}

static void raw_connect(struct bench *b, struct raw *raw)
{
	raw_connect_from(b, raw, 1);
}

static void raw_write(struct raw *raw, const void *bytes, size_t size)
{
	assert_int_equal(send(raw->fd, bytes, size, MSG_NOSIGNAL), size);
}

/* Reads exactly `size` bytes; false when the other side closed. */
static bool raw_read(struct bench *b, struct raw *raw, uint8_t *out, size_t size)
{
	uint64_t start_ms = uv_hrtime() / 1000000;

	for (size_t have = 0; have < size;) {
		ssize_t got = recv(raw->fd, out + have, size - have, MSG_DONTWAIT);

		if (got == 0 || (got < 0 && errno == ECONNRESET))
			return false;
		if (got > 0)
			have += (size_t)got;
		uv_run(&b->loop, UV_RUN_NOWAIT);
		if (uv_hrtime() / 1000000 - start_ms > PATIENCE_MS)
			fail_msg("the other side neither spoke nor closed");
	}
	return true;
}

static void raw_handshake_from(struct bench *b, struct raw *raw, uint8_t number, int host)
{
	uint8_t own[32], once[32], message[512];
	size_t size;

	memset(own, number, sizeof(own));
	randombytes_buf(once, sizeof(once));
	raw_connect_from(b, raw, host);
	noise_init(&raw->noise, NOISE_INITIATOR, own, once, "aidmesh link 1", 14);
	assert_int_equal(noise_handshake_write(&raw->noise, message + 2, &size, 256, NULL, 0), NOISE_OK);
	message[0] = (uint8_t)size;
	message[1] = 0;
	raw_write(raw, message, size + 2);
	assert_true(raw_read(b, raw, message, 98));
	assert_int_equal(noise_handshake_read(&raw->noise, message, &size, 0, message + 2, 96), NOISE_OK);
	assert_int_equal(noise_handshake_write(&raw->noise, message + 2, &size, 256, NULL, 0), NOISE_OK);
	message[0] = (uint8_t)size;
	message[1] = 0;
	raw_write(raw, message, size + 2);
}

static void raw_handshake(struct bench *b, struct raw *raw, uint8_t number)
{
	raw_handshake_from(b, raw, number, 1);
}

static bool b_up(const struct bench *b)
{
	return b->b.id != 0;
}

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
	links_dial(b->b.links, (const struct sockaddr *)&address);
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

static uint64_t quiet_until_ns;

static bool is_quiet_over(const struct bench *b)
{
	(void)b;
	return uv_hrtime() > quiet_until_ns;
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
	quiet_until_ns = uv_hrtime() + 1200 * 1000000ull; /* a link just heard from is not doubted */
	wait_for(b, "a silence worth a doubt", is_quiet_over);
	assert_int_equal(b->b.downs, 0);
	links_probe(b->b.links, NULL);
	wait_for(b, "the dead link's end", b_down);
	quiet_until_ns = uv_hrtime() + 600 * 1000000ull; /* twice what a live one has to answer */
	wait_for(b, "the live link's stay", is_quiet_over);
	assert_int_equal(b->a.downs, 0);
	assert_int_equal(b->b.downs, 1);
	close(raw.fd);
}

static void a_quiet_link_stays(void **state)
{
	struct bench *b = *state;

	connect_ends(b);
	b->a.links->times.ping_ms = b->b.links->times.ping_ms = 50;
	b->a.links->times.silence_ms = b->b.links->times.silence_ms = 800;
	links_arm(b->a.links);
	links_arm(b->b.links);
	quiet_until_ns = uv_hrtime() + 2000 * 1000000ull; /* what is tested is that time passes */
	wait_for(b, "more than twice the silence", is_quiet_over);
	assert_int_equal(b->a.downs + b->b.downs, 0);
	assert_int_equal(b->a.heard + b->b.heard, 0); /* pings are no frames */
}

static void a_port_in_use_is_named(void **state)
{
	const struct links_host host = { .up = on_up, .frame = on_frame, .fill = on_fill, .down = on_down };
	struct bench *b = *state;
	struct links *second;
	char why[200] = "", port[16];

	open_end(b, &b->b);
	b->a.config.link_port = links_port(b->b.links);
	snprintf(port, sizeof(port), "port %u", b->a.config.link_port);
	assert_int_equal(links_open(&second, why, &b->loop, &b->a.config, &b->a.identity, &host), -1);
	assert_non_null(strstr(why, port));
	assert_non_null(strstr(why, "listen"));
}

static void no_listening_means_no_port(void **state)
{
	struct bench *b = *state;

	b->a.config.link_listen = false;
	open_end(b, &b->a);
	assert_int_equal(links_port(b->a.links), 0);
}

static bool two_attempts(const struct bench *b)
{
	return b->a.links->dials[0].backoff_ms >= 4;
}

static void whoever_does_not_answer_is_called_less_and_less(void **state)
{
	struct bench *b = *state;
	uint16_t port;

	/* A port on which nobody listens: one that was just given back. */
	open_end(b, &b->b);
	port = links_port(b->b.links);
	close_end(b, &b->b);
	add_peer(&b->a, "127.0.0.1", port);
	open_end(b, &b->a);
	b->a.links->times.backoff_ms_min = 1;
	b->a.links->times.backoff_ms_max = 6;
	b->a.links->dials[0].backoff_ms = 1;
	wait_for(b, "two attempts", two_attempts);
	b->b.config.link_port = port;
	open_end(b, &b->b);
	wait_for(b, "the peer that came back", both_up);
	assert_true(b->a.links->dials[0].backoff_ms <= 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define LINKS_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		LINKS_TEST(frames_go_both_ways),
		LINKS_TEST(a_kick_sends_what_came_up_later),
		LINKS_TEST(a_busy_host_loses_nothing),
		LINKS_TEST(a_slow_reader_does_not_fill_our_memory),
		LINKS_TEST(a_dropped_link_is_dialled_again),
		LINKS_TEST(of_two_contacts_one_stays),
		LINKS_TEST(two_ways_to_one_peer_make_one_link),
		LINKS_TEST(our_own_address_makes_no_link),
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
		LINKS_TEST(a_quiet_link_stays),
		LINKS_TEST(a_port_in_use_is_named),
		LINKS_TEST(no_listening_means_no_port),
		LINKS_TEST(whoever_does_not_answer_is_called_less_and_less),
	};

	signal(SIGPIPE, SIG_IGN);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
