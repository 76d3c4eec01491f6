/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Neighbours on a wire of our own: a pair of virtual Ethernet ends in a network namespace made for this program, so
 * that no datagram leaves this machine. Skipped where namespaces cannot be made. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "node/link/discovery.h"

/* Duplicate detection takes up to 2 s, an announcement up to 1 s more. */
enum { PATIENCE_MS = 20000, PORT = 24363, FOUND_PORT = 7001, SKIPPED = 77 };

struct node {
	struct discovery *discovery;
	struct config config;
	uint8_t key[32];
	uint16_t link_port;
	int found, lost;
	uint8_t found_key[32];
	struct sockaddr_in6 found_at;
	bool closed;
};

struct bench {
	uv_loop_t loop;
	struct node small, great; /* by their keys */
};

static void on_found(void *user, enum discovery_news news, const struct sockaddr *address, const uint8_t static_key[32])
{
	struct node *node = user;

	if (news == DISCOVERY_LOST)
		node->lost++;
	if (news != DISCOVERY_OURS)
		return;
	node->found++;
	memcpy(node->found_key, static_key, 32);
	memcpy(&node->found_at, address, sizeof(node->found_at));
}

static void make_node(struct node *node, uint8_t first, const char *interface)
{
	*node = (struct node){ .link_port = (uint16_t)(7000 + first) };
	config_init(&node->config);
	memset(node->key, first, sizeof(node->key));
	if (interface != NULL) {
		snprintf(node->config.interfaces[0], sizeof(node->config.interfaces[0]), "%s", interface);
		node->config.interface_count = 1;
	}
}

static void open_node(struct bench *b, struct node *node)
{
	if (discovery_open(&node->discovery, &b->loop, &node->config, node->key, node->link_port, on_found, node) != 0)
		fail_msg("no discovery");
}

static void on_done(void *user)
{
	((struct node *)user)->closed = true;
}

static void close_node(struct bench *b, struct node *node)
{
	if (node->discovery == NULL)
		return;
	discovery_close(node->discovery, on_done, node);
	while (!node->closed)
		uv_run(&b->loop, UV_RUN_ONCE);
	node->discovery = NULL;
}

typedef bool (*condition)(const struct bench *b);

static void do_nothing(uv_timer_t *timer)
{
	(void)timer;
}

static void wait_for(struct bench *b, const char *what, condition is_so)
{
	uint64_t start_ms = uv_hrtime() / 1000000;
	uv_timer_t ticker;

	uv_timer_init(&b->loop, &ticker);
	uv_timer_start(&ticker, do_nothing, 20, 20);
	while (!is_so(b)) {
		uv_run(&b->loop, UV_RUN_ONCE);
		if (uv_hrtime() / 1000000 - start_ms > PATIENCE_MS)
			fail_msg("never came: %s", what);
	}
	uv_close((uv_handle_t *)&ticker, NULL);
	uv_run(&b->loop, UV_RUN_NOWAIT);
}

static void run(const char *command)
{
	if (system(command) != 0)
		fail_msg("failed: %s", command);
}

static void make_wire(void)
{
	run("ip link add west type veth peer name east && ip link set west up && ip link set east up");
}

static bool small_found(const struct bench *b)
{
	return b->small.found > 0;
}

/* Both open while duplicate detection still runs: what is sent then fails and must come again. */
static void the_smaller_key_finds_the_other(void **state)
{
	struct bench *b = *state;

	make_wire();
	make_node(&b->small, 1, "west");
	make_node(&b->great, 2, "east");
	open_node(b, &b->small);
	open_node(b, &b->great);
	wait_for(b, "the neighbour", small_found);
	assert_memory_equal(b->small.found_key, b->great.key, 32);
	assert_int_equal(ntohs(b->small.found_at.sin6_port), 7002);
	assert_int_equal(b->small.found_at.sin6_scope_id, if_nametoindex("west"));
	assert_true(IN6_IS_ADDR_LINKLOCAL(&b->small.found_at.sin6_addr));
	assert_int_equal(b->great.found, 0);
	assert_int_equal(discovery_interfaces(b->small.discovery), 1);
	assert_int_equal(discovery_refused(b->small.discovery) + discovery_refused(b->great.discovery), 0);
}

static bool great_found(const struct bench *b)
{
	return b->great.found > 0;
}

/* Who does not listen must dial, whatever the keys. */
static void whoever_does_not_listen_dials(void **state)
{
	struct bench *b = *state;

	make_wire();
	make_node(&b->small, 1, "west");
	make_node(&b->great, 2, "east");
	b->great.link_port = 0;
	open_node(b, &b->small);
	open_node(b, &b->great);
	wait_for(b, "the neighbour", great_found);
	assert_int_equal(b->small.found, 0);
}

static bool sees_two(const struct bench *b)
{
	return discovery_interfaces(b->small.discovery) == 2;
}

static bool sees_none(const struct bench *b)
{
	return discovery_interfaces(b->small.discovery) == 0;
}

/* No interface at first: it appears, works, is pulled out, and comes back. Loopback does not count. */
static void interfaces_come_and_go(void **state)
{
	struct bench *b = *state;

	run("ip link set lo up && ip link set lo multicast on");
	make_node(&b->small, 1, NULL);
	make_node(&b->great, 2, "east");
	open_node(b, &b->small);
	open_node(b, &b->great);
	for (int i = 0; i < 20; i++)
		uv_run(&b->loop, UV_RUN_NOWAIT);
	assert_int_equal(discovery_interfaces(b->small.discovery), 0);
	make_wire();
	wait_for(b, "both ends", sees_two);
	wait_for(b, "the neighbour", small_found);
	run("ip link del west");
	wait_for(b, "the end of both ends", sees_none);
	b->small.found = 0;
	make_wire();
	wait_for(b, "the neighbour again", small_found);
	run("ip link set west down && ip link set east down");
	wait_for(b, "both ends down", sees_none);
}

static bool four_refused(const struct bench *b)
{
	return discovery_refused(b->small.discovery) >= 4;
}

static int hears_great;

static bool small_found_twice(const struct bench *b)
{
	return b->small.found >= hears_great;
}

/* A datagram by hand, onto the wire. */
static ssize_t shout(const uint8_t *bytes, size_t size)
{
	struct sockaddr_in6 group = { .sin6_family = AF_INET6, .sin6_port = htons(PORT) };
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	ssize_t sent;

	group.sin6_scope_id = if_nametoindex("east");
	assert_int_equal(inet_pton(AF_INET6, "ff02::a1d:3e54", &group.sin6_addr), 1);
	sent = sendto(fd, bytes, size, 0, (const struct sockaddr *)&group, sizeof(group));
	close(fd);
	return sent;
}

static void bad_datagrams_are_counted(void **state)
{
	uint8_t good[40] = { 'A', 'M', 1, 0 };
	uint8_t bad[40];
	struct bench *b = *state;

	memset(good + 4, 9, 32);
	good[36] = FOUND_PORT & 0xff;
	good[37] = FOUND_PORT >> 8;
	make_wire();
	make_node(&b->small, 1, "west");
	make_node(&b->great, 2, "east");
	open_node(b, &b->small);
	open_node(b, &b->great);
	wait_for(b, "the neighbour", small_found);
	assert_int_equal(shout(good, 37), 37); /* too short */
	assert_int_equal(shout(good, 39), 39); /* too long */
	memcpy(bad, good, sizeof(bad));
	bad[0] = 'B';
	assert_int_equal(shout(bad, 38), 38);
	memcpy(bad, good, sizeof(bad));
	bad[2] = 2; /* a later version */
	assert_int_equal(shout(bad, 38), 38);
	wait_for(b, "four refusals", four_refused);
	/* A later flag is no reason to refuse. */
	good[3] = 0x80;
	hears_great = b->small.found + 1;
	assert_int_equal(shout(good, 38), 38);
	wait_for(b, "the good one", small_found_twice);
	assert_int_equal(discovery_refused(b->small.discovery), 4);
	assert_int_equal(ntohs(b->small.found_at.sin6_port), FOUND_PORT);
}

static bool found_repeatedly(const struct bench *b)
{
	return b->small.found >= hears_great && b->great.found == 0;
}

/* A node that starts when all is quiet is answered at once, not at the next of the long intervals. */
static void a_new_key_wakes_the_others(void **state)
{
	uint8_t stranger[38] = { 'A', 'M', 1, 0 };
	uint64_t start_ms;
	struct bench *b = *state;

	make_wire();
	make_node(&b->small, 1, "west");
	make_node(&b->great, 2, "east");
	open_node(b, &b->small);
	open_node(b, &b->great);
	/* Intervals of 1, 2, 4 s are over: the next announcements are 4 s and more apart. */
	hears_great = 4;
	wait_for(b, "four announcements", found_repeatedly);
	memset(stranger + 4, 77, 32);
	assert_int_equal(shout(stranger, sizeof(stranger)), sizeof(stranger));
	start_ms = uv_hrtime() / 1000000;
	hears_great = b->small.found + 1;
	wait_for(b, "an early announcement", found_repeatedly);
	assert_true(uv_hrtime() / 1000000 - start_ms < 3000);
}

static bool enter_namespace(void)
{
	char map[64];
	int uid = (int)getuid(), fd;

	if (unshare(CLONE_NEWNET) == 0)
		return true;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		return false;
	fd = open("/proc/self/uid_map", O_WRONLY);
	snprintf(map, sizeof(map), "0 %d 1", uid);
	if (fd < 0 || write(fd, map, strlen(map)) < 0)
		return false;
	close(fd);
	return true;
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	*state = b;
	return uv_loop_init(&b->loop);
}

static int teardown(void **state)
{
	struct bench *b = *state;

	close_node(b, &b->small);
	close_node(b, &b->great);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&b->loop), 0);
	free(b);
	/* Its other end goes with it. */
	if (if_nametoindex("west") != 0)
		run("ip link del west");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define DISCOVERY_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		DISCOVERY_TEST(the_smaller_key_finds_the_other), DISCOVERY_TEST(whoever_does_not_listen_dials),
		DISCOVERY_TEST(interfaces_come_and_go),          DISCOVERY_TEST(bad_datagrams_are_counted),
		DISCOVERY_TEST(a_new_key_wakes_the_others),
	};

	if (sodium_init() < 0)
		return 1;
	if (!enter_namespace() || system("ip link add probe0 type veth peer name probe1 && ip link del probe0") != 0) {
		printf("skipped: this needs a network namespace of its own and the ip command\n");
		return SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
