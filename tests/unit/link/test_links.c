/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Links between two nodes: frames both ways, one link for each pair, whom to call and when again. */
#include "tests/unit/link/links_bench.h"

#include <signal.h>

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
		links_dial(b->b.links, (const struct sockaddr *)&address, NULL);
	wait_for(b, "one link", a_has_one_link);
	assert_true(b->a.dialled);
	assert_false(b->b.dialled);
	b->a.to_say = 20;
	links_kick_all(b->a.links);
	wait_for(b, "frames on it", all_heard);
	/* Whoever knows that it is reached does not call again, when its backoff is over either. */
	assert_true(b->b.links->dials[CONFIG_PEERS_MAX].key_known);
	b->b.links->dials[CONFIG_PEERS_MAX].next_ms = 0;
	links_dial(b->b.links, (const struct sockaddr *)&address, NULL);
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
	add_peer(&b->a, "127.0.0.1", links_port(b->a.links));
	links_set_peers(b->a.links, &b->a.config);
	wait_for(b, "the contact with itself ended", a_met_itself);
	assert_int_equal(b->a.ups, 0);
	/* Not again at once. */
	assert_true(b->a.links->dials[0].next_ms > uv_now(&b->loop) + 10000);
}

static void a_quiet_link_stays(void **state)
{
	struct bench *b = *state;

	connect_ends(b);
	b->a.links->times.ping_ms = b->b.links->times.ping_ms = 50;
	b->a.links->times.silence_ms = b->b.links->times.silence_ms = 800;
	links_arm(b->a.links);
	links_arm(b->b.links);
	b->quiet_until_ns = uv_hrtime() + 2000 * 1000000ull; /* what is tested is that time passes */
	wait_for(b, "more than twice the silence", is_quiet_over);
	assert_int_equal(b->a.downs + b->b.downs, 0);
	assert_int_equal(b->a.heard + b->b.heard, 0); /* pings are no frames */
}

static bool a_listens(const struct bench *b)
{
	return links_listen(b->a.links) == 0;
}

static void a_port_in_use_is_tried_again(void **state)
{
	struct bench *b = *state;

	open_end(b, &b->b);
	b->a.config.link_listen = false;
	open_end(b, &b->a);
	b->a.config.link_listen = true;
	b->a.config.link_port = links_port(b->b.links);
	assert_int_equal(links_listen(b->a.links), UV_EADDRINUSE);
	assert_int_equal(links_port(b->a.links), 0);
	close_end(b, &b->b);
	wait_for(b, "the port that was given back", a_listens);
	assert_int_equal(links_port(b->a.links), b->a.config.link_port);
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
	b->a.links->times.backoff_ms_peer_max = 6;
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
		LINKS_TEST(frames_go_both_ways),
		LINKS_TEST(a_kick_sends_what_came_up_later),
		LINKS_TEST(a_busy_host_loses_nothing),
		LINKS_TEST(a_slow_reader_does_not_fill_our_memory),
		LINKS_TEST(a_dropped_link_is_dialled_again),
		LINKS_TEST(of_two_contacts_one_stays),
		LINKS_TEST(two_ways_to_one_peer_make_one_link),
		LINKS_TEST(our_own_address_makes_no_link),
		LINKS_TEST(a_quiet_link_stays),
		LINKS_TEST(a_port_in_use_is_tried_again),
		LINKS_TEST(no_listening_means_no_port),
		LINKS_TEST(whoever_does_not_answer_is_called_less_and_less),
	};

	signal(SIGPIPE, SIG_IGN);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
