/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The airtime of the last hour: what is forgotten when, also by a node that restarts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "node/radio/airtime_log.h"

enum { MINUTE = 60000, SECOND = 1000 };

static const struct node_time GUESSED = { 5000, TIME_GUESSED };

static struct node_time date(uint32_t wall_s)
{
	return (struct node_time){ wall_s, TIME_SET };
}

static void test_an_hour_is_remembered(void **state)
{
	struct airtime_log book = { .minute = 0 };

	(void)state;
	assert_int_equal(airtime_log_used_ms(&book, 5), 0);
	airtime_log_add(&book, 1500, 0);
	airtime_log_add(&book, 2000, 30 * MINUTE);
	assert_int_equal(airtime_log_used_ms(&book, 30 * MINUTE), 4);
	assert_int_equal(airtime_log_used_ms(&book, 60 * MINUTE), 4);
	assert_int_equal(airtime_log_used_ms(&book, 61 * MINUTE), 2);
	assert_int_equal(airtime_log_used_ms(&book, 91 * MINUTE), 0);
	airtime_log_add(&book, 1000, 1000 * (mono_ms)MINUTE);
	assert_int_equal(airtime_log_used_ms(&book, 1000 * (mono_ms)MINUTE), 1);
}

/* Used 5, 25 and 55 minutes before it is kept. */
static void keep(char text[AIRTIME_LOG_TEXT_SIZE], uint32_t ahead_ms, struct node_time time)
{
	struct airtime_log book = { .minute = 0 };

	airtime_log_add(&book, 1000 * SECOND, 45 * MINUTE);
	airtime_log_add(&book, 2000 * SECOND, 75 * MINUTE);
	airtime_log_add(&book, 4000 * SECOND, 95 * MINUTE);
	airtime_log_write(&book, text, ahead_ms, 100 * MINUTE, time);
}

static void test_a_restart_forgets_what_an_hour_would(void **state)
{
	static const struct {
		const char *what;
		struct node_time kept, read;
		uint32_t up_minutes, used_ms;
	} ROWS[] = {
		{ "no date: it was off for a second", { 0, TIME_GUESSED }, { 9000, TIME_GUESSED }, 0, 7000 },
		{ "what is older goes first", { 0, TIME_GUESSED }, { 9000, TIME_GUESSED }, 11, 6000 },
		{ "then the next", { 0, TIME_GUESSED }, { 9000, TIME_GUESSED }, 41, 4000 },
		{ "and all", { 0, TIME_GUESSED }, { 9000, TIME_GUESSED }, 61, 0 },
		{ "a date that came later tells nothing", { 100, TIME_GUESSED }, { 90000, TIME_SET }, 0, 7000 },
		{ "nor does a guess", { 100, TIME_SET }, { 90000, TIME_GUESSED }, 0, 7000 },
		{ "nor one that went back", { 90000, TIME_SET }, { 100, TIME_SET }, 0, 7000 },
		{ "off for 20 minutes", { 100, TIME_SET }, { 100 + 20 * 60, TIME_SET }, 0, 6000 },
		{ "off for 60 minutes", { 100, TIME_SET }, { 100 + 60 * 60, TIME_SET }, 0, 4000 },
		{ "off for 61 minutes", { 100, TIME_SET }, { 100 + 61 * 60, TIME_SET }, 0, 0 },
		{ "off for years", { 100, TIME_SET }, { 400000000, TIME_SET }, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		char text[AIRTIME_LOG_TEXT_SIZE];
		struct airtime_log book;
		uint32_t used;

		keep(text, 0, ROWS[i].kept);
		book = airtime_log_read(text, 7, ROWS[i].read);
		used = airtime_log_used_ms(&book, 7 + ROWS[i].up_minutes * (mono_ms)MINUTE);
		if (used != ROWS[i].used_ms)
			fail_msg("%s: %u", ROWS[i].what, used);
	}
}

/* A node that is up for some minutes at a time is not mute for ever. */
static void test_what_was_used_gets_older_from_start_to_start(void **state)
{
	char text[AIRTIME_LOG_TEXT_SIZE];
	struct airtime_log book;

	(void)state;
	keep(text, 0, GUESSED);
	for (int start = 0; start < 8; start++) {
		book = airtime_log_read(text, 0, GUESSED);
		airtime_log_write(&book, text, 0, 10 * MINUTE, GUESSED);
	}
	assert_int_equal(airtime_log_used_ms(&book, 10 * MINUTE), 0);
}

static void test_what_may_be_sent_until_it_is_kept_again_counts(void **state)
{
	char text[AIRTIME_LOG_TEXT_SIZE];
	struct airtime_log book;

	(void)state;
	keep(text, 500, GUESSED);
	book = airtime_log_read(text, 0, GUESSED);
	assert_int_equal(airtime_log_used_ms(&book, 0), 7500);
	assert_int_equal(airtime_log_used_ms(&book, 60 * MINUTE), 4500);
	/* Nobody knows when it was sent: perhaps a moment before the power came back. */
	keep(text, 500, (struct node_time){ 100, TIME_SET });
	book = airtime_log_read(text, 0, (struct node_time){ 400000000, TIME_SET });
	assert_int_equal(airtime_log_used_ms(&book, 0), 500);
	assert_int_equal(airtime_log_used_ms(&book, 60 * MINUTE), 500);
	assert_int_equal(airtime_log_used_ms(&book, 61 * MINUTE), 0);
}

static void test_what_an_earlier_version_kept_is_read(void **state)
{
	struct airtime_log book = airtime_log_read("100 4000 0 2000 0 0 1000 0", 0, GUESSED);

	(void)state;
	assert_int_equal(airtime_log_used_ms(&book, 0), 7000);
}

static void test_anything_else_is_nothing(void **state)
{
	static const char *const TEXTS[] = { "", "x", "1 2 3", "-", "1 a b c d e f", "                       " };

	(void)state;
	for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
		struct airtime_log book = airtime_log_read(TEXTS[i], 90 * MINUTE, date(0));

		assert_int_equal(airtime_log_used_ms(&book, 90 * MINUTE), 0);
	}
	/* However much it says, it is an hour each. */
	struct airtime_log book = airtime_log_read("1 4294967295 4294967295 0 0 0 4294967295 0", 0, GUESSED);
	assert_true(airtime_log_used_ms(&book, 0) <= 3 * 3600000u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_hour_is_remembered),
		cmocka_unit_test(test_a_restart_forgets_what_an_hour_would),
		cmocka_unit_test(test_what_was_used_gets_older_from_start_to_start),
		cmocka_unit_test(test_what_may_be_sent_until_it_is_kept_again_counts),
		cmocka_unit_test(test_what_an_earlier_version_kept_is_read),
		cmocka_unit_test(test_anything_else_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
