/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the date is, and how much it is believed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "node/system/clock.h"

enum { DAY_S = 86400 };

/* Seconds since 2020 and since boot. */
static struct clock_reading reading(int64_t wall_s, uint64_t boot_s, bool synchronised)
{
	return (struct clock_reading){ .real_ms = (wall_s + EPOCH_UNIX_S) * 1000,
				       .mono = boot_s * 1000,
				       .synchronised = synchronised };
}

struct row {
	const char *name;
	enum clock_trust trust;
	uint32_t newest_own;
	int64_t wall_s; /* of the system, 100 s after the start */
	bool synchronised;
	uint32_t expected_s;
	enum time_quality quality;
};

static void the_date_is_the_best_known(void **state)
{
	static const struct row table[] = {
		{ "synchronised", CLOCK_AUTO, 0, 5000, true, 5000, TIME_SET },
		{ "not synchronised", CLOCK_AUTO, 0, 5000, false, 5000, TIME_GUESSED },
		{ "behind the newest own entry", CLOCK_AUTO, 9000, 5000, false, 9100, TIME_GUESSED },
		{ "ahead of it", CLOCK_AUTO, 4000, 5000, false, 5000, TIME_GUESSED },
		{ "synchronised, though behind it", CLOCK_AUTO, 9000, 5000, true, 5000, TIME_SET },
		{ "a battery clock", CLOCK_ALWAYS_SET, 9000, 5000, false, 5000, TIME_SET },
		{ "distrusted", CLOCK_ALWAYS_GUESSED, 0, 5000, true, 5000, TIME_GUESSED },
		{ "distrusted and behind", CLOCK_ALWAYS_GUESSED, 9000, 5000, true, 9100, TIME_GUESSED },
		{ "1970, as a Pi starts", CLOCK_AUTO, 0, -(int64_t)EPOCH_UNIX_S, false, 0, TIME_GUESSED },
		{ "beyond 32 bits", CLOCK_AUTO, 0, (int64_t)UINT32_MAX + 5, true, UINT32_MAX, TIME_SET },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct row *row = &table[i];
		struct clock clock;
		struct node_time time;

		clock_init(&clock, row->trust, row->newest_own, reading(row->wall_s - 100, 7, row->synchronised));
		clock_update(&clock, reading(row->wall_s, 107, row->synchronised));
		time = clock_time(&clock);
		if (time.wall_s != row->expected_s || time.quality != row->quality)
			fail_msg("%s: %u, quality %d", row->name, time.wall_s, (int)time.quality);
	}
}

static void a_guess_gives_way_to_a_clock_that_was_set(void **state)
{
	struct clock clock;

	(void)state;
	clock_init(&clock, CLOCK_AUTO, 1000000, reading(50, 0, false));
	assert_int_equal(clock_time(&clock).wall_s, 1000000);
	clock_update(&clock, reading(999000, 60, true));
	assert_int_equal(clock_time(&clock).wall_s, 999000);
	assert_int_equal(clock_time(&clock).quality, TIME_SET);
}

static void a_jump_is_reported_until_it_is_accepted(void **state)
{
	static const struct {
		int64_t shift_s;
		bool jumped;
	} table[] = {
		{ 0, false },      { 400, false },      { -400, false },      { DAY_S, false },
		{ -DAY_S, false }, { DAY_S + 1, true }, { -DAY_S - 1, true }, { 1000 * (int64_t)DAY_S, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct clock clock;

		clock_init(&clock, CLOCK_AUTO, 0, reading(100000000, 0, false));
		clock_update(&clock, reading(100000000 + 10 * DAY_S, 10 * DAY_S, false));
		assert_false(clock_has_jumped(&clock)); /* time that merely passed */
		clock_update(&clock, reading(100000000 + 10 * DAY_S + table[i].shift_s, 10 * DAY_S, false));
		assert_int_equal(clock_shift_ms(&clock), table[i].shift_s * 1000);
		assert_int_equal(clock_has_jumped(&clock), table[i].jumped);
		clock_accept(&clock);
		assert_int_equal(clock_shift_ms(&clock), 0);
		assert_false(clock_has_jumped(&clock));
	}
}

static void the_systems_clocks_are_read(void **state)
{
	struct clock_reading first = clock_read();
	struct clock_reading second = clock_read();

	(void)state;
	assert_true(second.mono >= first.mono);
	assert_true(first.real_ms > (int64_t)EPOCH_UNIX_S * 1000);
	assert_int_equal(clock_trust_of("auto"), CLOCK_AUTO);
	assert_int_equal(clock_trust_of("set"), CLOCK_ALWAYS_SET);
	assert_int_equal(clock_trust_of("guessed"), CLOCK_ALWAYS_GUESSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_date_is_the_best_known),
		cmocka_unit_test(a_guess_gives_way_to_a_clock_that_was_set),
		cmocka_unit_test(a_jump_is_reported_until_it_is_accepted),
		cmocka_unit_test(the_systems_clocks_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
