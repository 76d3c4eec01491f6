/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the system's clocks say, and what is noted of the date. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "node/system/clock.h"

static void readings_go_forward(void **state)
{
	struct date_reading first = clock_read(), next = clock_read();

	(void)state;
	assert_true(next.mono >= first.mono);
	assert_int_equal(next.boot, first.boot);
	assert_true(first.real_ms / 1000 > EPOCH_UNIX_S);
	assert_true(clock_unix_of(clock_floor()) > EPOCH_UNIX_S);
	assert_int_equal(clock_unix_of(0), 0);
}

static void what_is_noted_comes_back(void **state)
{
	static const struct date_kept rows[] = {
		{ 0 },
		{ .date_s = 1,
		  .span_s = 2,
		  .older_s = 7,
		  .good_s = 3,
		  .source = DATE_PHONE,
		  .era = 4,
		  .boot = 5,
		  .base_ms = 6,
		  .before_s = 8,
		  .moved = { .ahead_s = 9, .by_s = 10, .era = 3 } },
		{ UINT32_MAX,
		  UINT32_MAX,
		  UINT32_MAX,
		  UINT32_MAX,
		  UINT32_MAX,
		  { UINT32_MAX, UINT32_MAX, ERA_MAX },
		  DATE_NTP,
		  ERA_MAX,
		  UINT32_MAX,
		  -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char text[CLOCK_KEPT_SIZE];
		struct date_kept back;

		memset(&back, 0xA5, sizeof back);
		clock_kept_write(text, &rows[i]);
		assert_true(clock_kept_read(&back, text));
		assert_int_equal(back.date_s, rows[i].date_s);
		assert_int_equal(back.span_s, rows[i].span_s);
		assert_int_equal(back.older_s, rows[i].older_s);
		assert_int_equal(back.good_s, rows[i].good_s);
		assert_int_equal(back.source, rows[i].source);
		assert_int_equal(back.era, rows[i].era);
		assert_int_equal(back.boot, rows[i].boot);
		assert_int_equal(back.base_ms, rows[i].base_ms);
		assert_int_equal(back.before_s, rows[i].before_s);
		assert_int_equal(back.moved.ahead_s, rows[i].moved.ahead_s);
		assert_int_equal(back.moved.by_s, rows[i].moved.by_s);
		assert_int_equal(back.moved.era, rows[i].moved.era);
	}
}

static void what_an_earlier_version_noted_is_read(void **state)
{
	struct date_kept kept = { .before_s = 9, .moved.by_s = 9 };

	(void)state;
	assert_true(clock_kept_read(&kept, "1 2 7 3 3 4 5 6"));
	assert_int_equal(kept.base_ms, 6);
	assert_int_equal(kept.before_s, 0);
	assert_int_equal(kept.moved.by_s, 0);
}

static void what_makes_no_sense_is_left_out(void **state)
{
	static const char *const texts[] = { "",
					     "x",
					     "1 2 3 4",
					     "1 2 2 3 9 0 0 0",
					     "1 2 2 3 1 fff 0 0",
					     "1 2 7 3 3 4 5 6 7",
					     "1 2 7 3 3 4 5 6 7 8 9 fff" };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct date_kept kept = { .date_s = 7 };

		if (clock_kept_read(&kept, texts[i]) || kept.date_s != 7)
			fail_msg("\"%s\" is taken", texts[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readings_go_forward),
		cmocka_unit_test(what_is_noted_comes_back),
		cmocka_unit_test(what_an_earlier_version_noted_is_read),
		cmocka_unit_test(what_makes_no_sense_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
