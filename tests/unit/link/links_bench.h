/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the tests of links share: two managers on one loop over real sockets on loopback, and a peer made by hand. */
#ifndef AIDMESH_TESTS_UNIT_LINK_LINKS_BENCH_H
#define AIDMESH_TESTS_UNIT_LINK_LINKS_BENCH_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
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
	int copies; /* keys of which it was told that two nodes hold them */
	uint8_t copied[32];
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
	uint64_t quiet_until_ns;
};

static inline size_t size_of(uint32_t number)
{
	static const size_t sizes[] = { 2, 22, 230, 7, LINK_FRAME_MAX, 4096, 20, LINK_FRAME_MAX - 1 };

	return sizes[number % (sizeof(sizes) / sizeof(sizes[0]))];
}

static inline void on_up(void *ctx, link_id id, const uint8_t remote_key[32], bool dialled, const char *address)
{
	struct end *end = ctx;

	assert_int_not_equal(id, 0);
	assert_non_null(strchr(address, ':'));
	end->id = id;
	end->dialled = dialled;
	end->ups++;
	memcpy(end->remote, remote_key, 32);
}

static inline enum links_taken on_frame(void *ctx, link_id id, struct view frame)
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

static inline size_t on_fill(void *ctx, link_id id, uint8_t *frame, size_t cap)
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

static inline void on_copied(void *ctx, const uint8_t key[32])
{
	struct end *end = ctx;

	end->copies++;
	memcpy(end->copied, key, 32);
}

static inline void on_down(void *ctx, link_id id)
{
	struct end *end = ctx;

	end->downs++;
	if (end->id == id)
		end->id = 0;
}

static inline void make_identity(struct identity *identity, uint8_t number)
{
	identity->sealing_secret = sodium_malloc(32);
	identity->secret_key = NULL;
	memset(identity->sealing_secret, number, 32);
	crypto_scalarmult_base(identity->sealing_key, identity->sealing_secret);
}

static inline void make_end(struct end *end, uint8_t number)
{
	*end = (struct end){ .id = 0 };
	make_identity(&end->identity, number);
	config_init(&end->config);
	snprintf(end->config.link_host, sizeof(end->config.link_host), "127.0.0.1");
	end->config.link_port = 0;
}

static inline int setup(void **state)
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

static inline void on_done(void *user)
{
	((struct end *)user)->closed = true;
}

static inline void close_end(struct bench *b, struct end *end)
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

static inline int teardown(void **state)
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

static inline void open_end(struct bench *b, struct end *end)
{
	const struct links_host host = {
		.ctx = end, .up = on_up, .frame = on_frame, .fill = on_fill, .copied = on_copied, .down = on_down
	};
	struct reason why = { "" };

	if (links_open(&end->links, &why, &b->loop, &end->config, &end->identity, &host) != 0)
		fail_msg("%s", why.text);
	if (end->config.link_listen)
		assert_int_equal(links_listen(end->links), 0);
}

static inline void add_peer(struct end *end, const char *host, uint16_t port)
{
	snprintf(end->config.peers[end->config.peer_count++], 80, "%s:%u", host, port);
}

/* Runs the loop until `is_so`; the patience only ends what would never end. */
typedef bool (*condition)(const struct bench *b);

static inline void do_nothing(uv_timer_t *timer)
{
	(void)timer;
}

static inline void wait_for(struct bench *b, const char *what, condition is_so)
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

static inline bool both_up(const struct bench *b)
{
	return b->a.id != 0 && b->b.id != 0;
}

static inline bool all_heard(const struct bench *b)
{
	return b->a.heard == b->b.to_say && b->b.heard == b->a.to_say;
}

/* a dials b. */
static inline void connect_ends(struct bench *b)
{
	open_end(b, &b->b);
	add_peer(&b->a, "127.0.0.1", links_port(b->b.links));
	open_end(b, &b->a);
	wait_for(b, "both sides up", both_up);
}

static inline bool is_quiet_over(const struct bench *b)
{
	return uv_hrtime() > b->quiet_until_ns;
}

/* A peer made by hand: a plain socket, which the test reads and writes while it turns the loop. */
struct raw {
	int fd;
	struct noise noise;
};

/* From 127.0.0.`host`: all of that network are this machine. */
static inline void raw_connect_from(struct bench *b, struct raw *raw, int host)
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

static inline void raw_connect(struct bench *b, struct raw *raw)
{
	raw_connect_from(b, raw, 1);
}

static inline void raw_write(struct raw *raw, const void *bytes, size_t size)
{
	assert_int_equal(send(raw->fd, bytes, size, MSG_NOSIGNAL), size);
}

/* Reads exactly `size` bytes; false when the other side closed. */
static inline bool raw_read(struct bench *b, struct raw *raw, uint8_t *out, size_t size)
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

static inline void raw_handshake_from(struct bench *b, struct raw *raw, uint8_t number, int host)
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

static inline void raw_handshake(struct bench *b, struct raw *raw, uint8_t number)
{
	raw_handshake_from(b, raw, number, 1);
}

static inline bool b_up(const struct bench *b)
{
	return b->b.id != 0;
}

#define LINKS_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
