/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The airtime of a station that always has something to say: never above its share, and some is left for what is urgent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/radio/duty.h"

enum { HOUR_MS = 3600 * 1000, FRAME_SIZE = 206, SENT_MAX = 8192 };

/* SF9, 125 kHz, and SF7. */
static const struct airtime SLOW = { .frame_us = 92000, .byte_us = 4540 },
			    FAST = { .frame_us = 28000, .byte_us = 1470 };

static struct duty full(struct airtime airtime, uint16_t permille)
{
	struct duty duty;

	airtime.duty_permille = permille;
	duty_init(&duty, &airtime, FRAME_SIZE, 0);
	return duty;
}

/* How many frames go out at once. */
static uint32_t burst(struct duty *duty, enum duty_use use)
{
	uint32_t count = 0;

	for (; duty_is_open(duty, use); count++)
		duty_spend(duty, FRAME_SIZE);
	return count;
}

static void test_no_hour_sees_more_than_its_share(void **state)
{
	static const struct {
		const struct airtime *airtime;
		uint16_t permille;
	} ROWS[] = { { &SLOW, 10 }, { &SLOW, 100 }, { &SLOW, 1000 }, { &FAST, 1 }, { &FAST, 10 } };

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		struct duty duty = full(*ROWS[i].airtime, ROWS[i].permille);
		uint64_t hour_ms = 0, frame_ms = duty_airtime_ms(&duty, FRAME_SIZE), all_ms = 0;
		static mono_ms sent[SENT_MAX];
		uint32_t first = 0, end = 0;

		/* Whatever is there at once, or each quarter of an hour all that was saved. */
		for (mono_ms now = 0; now < 5 * HOUR_MS; now += now % HOUR_MS < HOUR_MS / 2 ? HOUR_MS / 4 : 37) {
			duty_earn(&duty, now);
			while (duty_is_open(&duty, DUTY_URGENT)) {
				duty_spend(&duty, FRAME_SIZE);
				sent[end++ % SENT_MAX] = now;
				hour_ms += frame_ms;
				all_ms += frame_ms;
			}
			for (; first != end && sent[first % SENT_MAX] + HOUR_MS <= now; first++)
				hour_ms -= frame_ms;
			if (hour_ms > (uint64_t)HOUR_MS * ROWS[i].permille / 1000)
				fail_msg("row %zu: %llu ms within an hour", i, (unsigned long long)hour_ms);
		}
		/* And most of what is allowed can be used. */
		assert_true(all_ms > 5ull * HOUR_MS * ROWS[i].permille / 1000 * 6 / 10);
	}
}

static void test_the_last_quarter_is_for_what_is_urgent(void **state)
{
	struct duty duty = full(SLOW, 10);
	uint32_t ordinary = burst(&duty, DUTY_ORDINARY), urgent = burst(&duty, DUTY_URGENT);

	(void)state;
	/* 9 s, a second each, less the one that empties it. */
	assert_in_range(ordinary, 5, 7);
	assert_in_range(urgent, 1, 3);
	assert_true(duty_is_low(&duty));
}

static void test_it_says_when_it_will_be_open(void **state)
{
	enum duty_use uses[] = { DUTY_ORDINARY, DUTY_URGENT };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct duty duty = full(SLOW, 10);
		mono_ms due;

		assert_true(duty_deadline(&duty, uses[i]) == 0);
		(void)burst(&duty, uses[i]);
		due = duty_deadline(&duty, uses[i]);
		assert_in_range(due, 1000, 200000);
		duty_earn(&duty, due - 4);
		assert_false(duty_is_open(&duty, uses[i]));
		duty_earn(&duty, due);
		assert_true(duty_is_open(&duty, uses[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_hour_sees_more_than_its_share),
		cmocka_unit_test(test_the_last_quarter_is_for_what_is_urgent),
		cmocka_unit_test(test_it_says_when_it_will_be_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
