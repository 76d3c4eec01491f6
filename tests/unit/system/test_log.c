/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the person at the terminal, the journal and systemd get to read. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "node/system/log.h"
#include "node/system/notify.h"

/* One record through a pipe; "" when nothing was written. */
static void record(char out[1024], enum log_form form, enum config_log limit, enum config_log level, const char *text)
{
	int fds[2];
	struct log log;
	ssize_t size;

	assert_int_equal(pipe(fds), 0);
	log = (struct log){ .level = limit, .form = form, .fd = fds[1] };
	log_write(&log, level, "%s", text);
	close(fds[1]);
	size = read(fds[0], out, 1023);
	assert_true(size >= 0);
	out[size] = '\0';
	close(fds[0]);
}

static void records_read_well(void **state)
{
	static const struct {
		enum log_form form;
		enum config_log limit, level;
		const char *text, *expected;
	} table[] = {
		{ LOG_PLAIN, LOG_INFO, LOG_ERROR, "x", "aidmeshd: error: x\n" },
		{ LOG_PLAIN, LOG_INFO, LOG_WARNING, "x", "aidmeshd: warning: x\n" },
		{ LOG_PLAIN, LOG_INFO, LOG_INFO, "x", "aidmeshd: x\n" },
		{ LOG_PLAIN, LOG_INFO, LOG_DEBUG, "x", "" },
		{ LOG_PLAIN, LOG_ERROR, LOG_WARNING, "x", "" },
		{ LOG_JOURNAL, LOG_DEBUG, LOG_ERROR, "x", "<3>x\n" },
		{ LOG_JOURNAL, LOG_DEBUG, LOG_WARNING, "x", "<4>x\n" },
		{ LOG_JOURNAL, LOG_DEBUG, LOG_DEBUG, "x", "<7>x\n" },
		{ LOG_PLAIN, LOG_INFO, LOG_INFO, "a\nb\033[2J\x7f", "aidmeshd: a?b?[2J?\n" },
		{ LOG_PLAIN, LOG_INFO, LOG_INFO, "Süd", "aidmeshd: Süd\n" },
	};
	char out[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		record(out, table[i].form, table[i].limit, table[i].level, table[i].text);
		assert_string_equal(out, table[i].expected);
	}
}

static void a_long_record_stays_one_line(void **state)
{
	char text[2000], out[1024];

	(void)state;
	memset(text, 'y', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	record(out, LOG_PLAIN, LOG_INFO, LOG_INFO, text);
	assert_true(strlen(out) > 400 && strlen(out) <= 513);
	assert_ptr_equal(strchr(out, '\n'), out + strlen(out) - 1);
}

static void levels_for_the_journal_only_when_it_listens(void **state)
{
	struct stat status;
	struct log log;
	char stream[64];

	(void)state;
	unsetenv("JOURNAL_STREAM");
	log_init(&log, LOG_INFO);
	assert_int_equal(log.form, LOG_PLAIN);
	setenv("JOURNAL_STREAM", "8:1", 1);
	log_init(&log, LOG_INFO);
	assert_int_equal(log.form, LOG_PLAIN);
	assert_int_equal(fstat(STDERR_FILENO, &status), 0);
	snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_init(&log, LOG_INFO);
	assert_int_equal(log.form, LOG_JOURNAL);
	unsetenv("JOURNAL_STREAM");
}

static void systemd_hears_the_state(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char name[sizeof(address.sun_path)], heard[64];
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	ssize_t size;

	(void)state;
	snprintf(name, sizeof(name), "@aidmesh-test-%d", (int)getpid());
	memcpy(address.sun_path + 1, name + 1, strlen(name) - 1);
	assert_int_equal(bind(fd, (const struct sockaddr *)&address,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))),
			 0);
	unsetenv("NOTIFY_SOCKET");
	assert_false(notify_send("READY=1"));
	setenv("NOTIFY_SOCKET", "relative", 1);
	assert_false(notify_send("READY=1"));
	setenv("NOTIFY_SOCKET", name, 1);
	assert_true(notify_send("READY=1"));
	size = recv(fd, heard, sizeof(heard), MSG_DONTWAIT);
	assert_int_equal(size, 7);
	assert_memory_equal(heard, "READY=1", 7);
	close(fd);
	assert_false(notify_send("STOPPING=1"));
	unsetenv("NOTIFY_SOCKET");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_read_well),
		cmocka_unit_test(a_long_record_stays_one_line),
		cmocka_unit_test(levels_for_the_journal_only_when_it_listens),
		cmocka_unit_test(systemd_hears_the_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
