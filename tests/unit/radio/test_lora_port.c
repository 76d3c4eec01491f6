/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The port of the radio carrier alone, on a terminal and on TCP: found, opened, heard, written, lost, tried again, closed in
 * every state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "node/radio/lora_port.h"
#include "tests/unit/written.h"

enum { PATIENCE_MS = 5000 };

struct bench {
	uv_loop_t loop;
	struct lora_port port;
	char folder[64];
	int opened, lost, written, closed;
	char why[SAID_WRITTEN_SIZE];
	uint8_t heard[8192];
	size_t heard_size;
};

static void on_opened(void *ctx)
{
	((struct bench *)ctx)->opened++;
}

static void on_lost(void *ctx, const struct said *why)
{
	struct bench *b = ctx;

	b->lost++;
	snprintf(b->why, sizeof b->why, "%s", written(why));
	assert_false(lora_port_is_open(&b->port)); /* given up before it is told */
}

static void on_heard(void *ctx, struct view bytes)
{
	struct bench *b = ctx;

	assert_true(bytes.size > 0 && b->heard_size + bytes.size <= sizeof b->heard);
	memcpy(b->heard + b->heard_size, bytes.data, bytes.size);
	b->heard_size += bytes.size;
}

static void on_written(void *ctx)
{
	((struct bench *)ctx)->written++;
}

static void on_closed(void *ctx)
{
	struct bench *b = ctx;

	b->closed++;
	assert_int_equal(b->port.state, LORA_PORT_CLOSED);
}

static void begin(struct bench *b, const char *where)
{
	struct lora_port_host host = { NULL, on_opened, on_lost, on_heard, on_written, on_closed };

	*b = (struct bench){ .opened = 0 };
	host.ctx = b;
	snprintf(b->folder, sizeof b->folder, "/tmp/aidmesh-port-XXXXXX");
	assert_non_null(mkdtemp(b->folder));
	uv_loop_init(&b->loop);
	lora_port_init(&b->port, &b->loop, where, &host);
	b->port.root = b->folder;
}

static void end(struct bench *b)
{
	lora_port_close(&b->port);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(b->port.state, LORA_PORT_CLOSED);
	assert_int_equal(uv_loop_close(&b->loop), 0);
	rmdir(b->folder);
}

static void on_patience(uv_timer_t *timer)
{
	(void)timer;
}

/* Runs the loop until *count is `wanted`. */
static void wait_for(struct bench *b, const int *count, int wanted, const char *what)
{
	uint64_t start = uv_now(&b->loop);
	uv_timer_t timer;

	uv_timer_init(&b->loop, &timer);
	uv_timer_start(&timer, on_patience, 20, 20);
	while (*count < wanted) {
		uv_run(&b->loop, UV_RUN_ONCE);
		if (uv_now(&b->loop) - start > PATIENCE_MS)
			fail_msg("never %s: opened %d, lost %d (%s), heard %zu, written %d, closed %d", what, b->opened,
				 b->lost, b->why, b->heard_size, b->written, b->closed);
	}
	uv_close((uv_handle_t *)&timer, NULL);
	uv_run(&b->loop, UV_RUN_NOWAIT);
}

/* What is due later is due now. */
static void tick_now(struct bench *b)
{
	b->port.retry_at = uv_now(&b->loop);
	lora_port_tick(&b->port);
}

/* A terminal whose other end is ours; its path as the port sees it. */
static int plug_in(char path[64])
{
	int master, slave;

	assert_int_equal(openpty(&master, &slave, path, NULL, NULL), 0);
	close(slave);
	return master;
}

static void test_serial(void **state)
{
	static const uint8_t said[] = { 0xC0, 0x00, 0x0A, 0x0D, 0x11, 0x13, 0xFF }; /* nothing is changed on the way */
	struct bench b;
	uint8_t got[16];
	char path[64];
	int fd = plug_in(path);

	(void)state;
	begin(&b, path);
	assert_int_equal(lora_port_deadline(&b.port), 0); /* at once */
	lora_port_tick(&b.port);
	assert_int_equal(b.opened, 1);
	assert_true(lora_port_takes(&b.port));
	assert_string_equal(b.port.path, path);
	assert_true(lora_port_deadline(&b.port) == UINT64_MAX);

	assert_int_equal(write(fd, said, sizeof said), sizeof said);
	while (b.heard_size < sizeof said)
		uv_run(&b.loop, UV_RUN_ONCE);
	assert_int_equal(b.heard_size, sizeof said);
	assert_memory_equal(b.heard, said, sizeof said);

	memcpy(b.port.out, said, sizeof said);
	lora_port_write(&b.port, sizeof said);
	assert_false(lora_port_takes(&b.port));
	wait_for(&b, &b.written, 1, "written");
	assert_true(lora_port_takes(&b.port));
	assert_int_equal(read(fd, got, sizeof got), sizeof said);
	assert_memory_equal(got, said, sizeof said);

	lora_port_write_last(&b.port, 3);
	assert_int_equal(read(fd, got, sizeof got), 3);
	lora_port_close(&b.port);
	assert_int_equal(b.closed, 0); /* not from inside */
	wait_for(&b, &b.closed, 1, "closed");
	assert_int_equal(b.lost, 0);
	end(&b);
	close(fd);
}

static void test_pulled_and_put_back(void **state)
{
	struct bench b;
	char path[64], link[96];
	int fd = plug_in(path);

	(void)state;
	begin(&b, "auto");
	snprintf(link, sizeof link, "%s/ttyUSB0", b.folder);
	assert_int_equal(symlink(path, link), 0);
	lora_port_tick(&b.port);
	assert_int_equal(b.opened, 1);
	unlink(link);
	close(fd);
	wait_for(&b, &b.closed, 1, "lost");
	assert_int_equal(b.lost, 1);
	assert_non_null(strstr(b.why, "went away"));
	assert_true(lora_port_round_is_over(&b.port));

	tick_now(&b);
	assert_int_equal(b.lost, 2);
	assert_non_null(strstr(b.why, "No radio stick"));
	assert_int_equal(lora_port_deadline(&b.port), uv_now(&b.loop) + 2000);
	lora_port_tick(&b.port); /* not yet */
	assert_int_equal(b.lost, 2);

	fd = plug_in(path);
	snprintf(link, sizeof link, "%s/ttyACM1", b.folder);
	assert_int_equal(symlink(path, link), 0);
	tick_now(&b);
	assert_int_equal(b.opened, 2);
	unlink(link);
	end(&b);
	close(fd);
}

/* What is no radio stands before what is one: the next port is tried at once, and only then it is waited. */
static void test_round(void **state)
{
	struct bench b;
	char path[64], file[96], link[96];
	int fd = plug_in(path), other;

	(void)state;
	begin(&b, "auto");
	assert_true(lora_port_is_auto(&b.port));
	snprintf(file, sizeof file, "%s/ttyACM0", b.folder);
	other = open(file, O_CREAT | O_RDWR, 0600);
	assert_true(other >= 0);
	close(other);
	snprintf(link, sizeof link, "%s/ttyUSB0", b.folder);
	assert_int_equal(symlink(path, link), 0);
	lora_port_tick(&b.port);
	assert_int_equal(b.lost, 1);
	assert_non_null(strstr(b.why, "no serial port"));
	assert_false(lora_port_round_is_over(&b.port));
	assert_int_equal(lora_port_deadline(&b.port), uv_now(&b.loop));
	lora_port_tick(&b.port);
	assert_int_equal(b.opened, 1);
	assert_true(lora_port_round_is_over(&b.port));
	assert_string_equal(b.port.path, link);
	lora_port_give_up(&b.port); /* nothing answered there */
	assert_int_equal(b.port.retry_at, uv_now(&b.loop) + 2000);
	wait_for(&b, &b.closed, 1, "closed");
	assert_int_equal(b.lost, 1); /* who gives it up need not be told */
	unlink(file);
	unlink(link);
	end(&b);
	close(fd);
}

static void test_waits_longer(void **state)
{
	static const uint64_t waits_ms[] = { 2000, 4000, 8000, 16000, 30000, 30000 };
	struct bench b;

	(void)state;
	begin(&b, "/dev/aidmesh-is-not-there");
	assert_false(lora_port_is_auto(&b.port));
	for (size_t i = 0; i < sizeof waits_ms / sizeof *waits_ms; i++) {
		tick_now(&b);
		assert_int_equal(b.lost, i + 1);
		assert_non_null(strstr(b.why, "is not there"));
		assert_int_equal(lora_port_deadline(&b.port) - uv_now(&b.loop), waits_ms[i]);
	}
	lora_port_is_good(&b.port);
	tick_now(&b);
	assert_int_equal(lora_port_deadline(&b.port) - uv_now(&b.loop), waits_ms[0]);
	end(&b);
}

static void test_stuck(void **state)
{
	struct bench b;
	char path[64];
	int fd = plug_in(path);

	(void)state;
	begin(&b, path);
	lora_port_tick(&b.port);
	/* Nobody reads at the other end. */
	for (int i = 0; i < 200 && lora_port_takes(&b.port); i++) {
		lora_port_write(&b.port, sizeof b.port.out);
		for (int turn = 0; turn < 3; turn++)
			uv_run(&b.loop, UV_RUN_NOWAIT);
	}
	assert_false(lora_port_takes(&b.port));
	assert_int_equal(lora_port_deadline(&b.port), b.port.written_at + 5000);
	lora_port_tick(&b.port);
	assert_int_equal(b.lost, 0);
	b.port.written_at -= 5000;
	lora_port_tick(&b.port);
	assert_int_equal(b.lost, 1);
	assert_non_null(strstr(b.why, "takes nothing"));
	wait_for(&b, &b.closed, 1, "closed");
	end(&b);
	close(fd);
}

/* TCP. */

static int listen_somewhere(uint16_t *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(fd, 4), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
	*port = ntohs(address.sin_port);
	return fd;
}

static void test_tcp(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "localhost" };

	(void)state;
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		struct bench b;
		char where[64];
		uint16_t number;
		int listener = listen_somewhere(&number), fd;

		snprintf(where, sizeof where, "%s:%u", hosts[i], number);
		begin(&b, where);
		lora_port_tick(&b.port);
		assert_int_equal(b.port.state, i == 0 ? LORA_PORT_CONNECTING : LORA_PORT_RESOLVING);
		wait_for(&b, &b.opened, 1, "opened");
		assert_true(lora_port_takes(&b.port));
		fd = accept(listener, NULL, NULL);
		close(fd);
		wait_for(&b, &b.closed, 1, "closed");
		assert_int_equal(b.lost, 1);
		close(listener);

		tick_now(&b);
		wait_for(&b, &b.lost, 2, "refused");
		assert_non_null(strstr(b.why, "No radio answers"));
		end(&b);
	}
}

/* In every state, and before the loop has gone round: once closed nothing else is told. */
static void test_closed_in_every_state(void **state)
{
	static const struct {
		const char *where;
		enum lora_port_state state;
		int closed;
	} rows[] = {
		{ "/dev/aidmesh-is-not-there", LORA_PORT_CLOSED, 0 },
		{ "localhost:9", LORA_PORT_RESOLVING, 1 },
		{ "127.0.0.1:9", LORA_PORT_CONNECTING, 1 },
		{ NULL, LORA_PORT_OPEN, 1 }, /* a terminal */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct bench b;
		char path[64];
		int fd = plug_in(path), opened, lost;

		begin(&b, rows[i].where ? rows[i].where : path);
		lora_port_tick(&b.port);
		assert_int_equal(b.port.state, rows[i].state);
		opened = b.opened;
		lost = b.lost;
		lora_port_close(&b.port);
		assert_int_equal(b.port.state, rows[i].closed ? LORA_PORT_CLOSING : LORA_PORT_CLOSED);
		lora_port_close(&b.port); /* again is nothing */
		uv_run(&b.loop, UV_RUN_DEFAULT);
		assert_int_equal(b.closed, rows[i].closed);
		assert_int_equal(b.opened, opened);
		assert_int_equal(b.lost, lost);
		end(&b);
		assert_int_equal(b.closed, rows[i].closed);
		close(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_serial),
		cmocka_unit_test(test_pulled_and_put_back),
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_waits_longer),
		cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_closed_in_every_state),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
