/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Trickle as RFC 6206 tells it: each rule of its section 4.2 by itself, then all of them beside a naive twin that a
 * seed leads through hours of hearing, resetting and coming late. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/radio/trickle.h"
#include "tests/unit/host.h"

enum { IMIN = 100, IMAX = 1000, STEPS = 20000, SEEDS = 20 };

static struct trickle_bounds bounds_of(uint32_t imin_ms, uint32_t imax_ms)
{
	return (struct trickle_bounds){ .imin_ms = imin_ms, .imax_ms = imax_ms, .redundancy = 1 };
}

static struct trickle trickle_at(mono_ms now, uint32_t chance)
{
	struct trickle_bounds bounds = bounds_of(IMIN, IMAX);
	struct trickle t;

	trickle_init(&t, &bounds, now, chance);
	return t;
}

/* Rule 2: the moment lies in [I/2, I), wherever chance points. */
static void test_the_moment_is_in_the_second_half(void **state)
{
	static const uint32_t CHANCES[] = { 0, 1, 49, 50, 51, 12345, UINT32_MAX - 1, UINT32_MAX };
	static const uint32_t IMINS[] = { 2, 3, 100, 101, 4567 };
	bool early = false, late = false;

	(void)state;
	for (size_t i = 0; i < sizeof IMINS / sizeof *IMINS; i++)
		for (size_t c = 0; c < sizeof CHANCES / sizeof *CHANCES; c++) {
			struct trickle_bounds bounds = bounds_of(IMINS[i], 8 * IMINS[i]);
			struct trickle t;

			trickle_init(&t, &bounds, 1000, CHANCES[c]);
			assert_true(t.due >= 1000 + IMINS[i] / 2 && t.due < 1000 + IMINS[i]);
			assert_true(trickle_deadline(&t) == t.due);
			assert_false(trickle_is_due(&t, t.due - 1));
			assert_true(trickle_is_due(&t, t.due));
			early |= t.due == 1000 + IMINS[i] / 2;
			late |= t.due + 1 >= 1000 + IMINS[i];
		}
	assert_true(early && late);
}

/* Rule 5: twice as long each time, and never longer than the longest. */
static void test_intervals_double_up_to_the_longest(void **state)
{
	static const struct {
		uint32_t imin, imax, intervals[7];
	} ROWS[] = {
		{ 100, 800, { 100, 200, 400, 800, 800, 800, 800 } },
		{ 100, 1000, { 100, 200, 400, 800, 1000, 1000, 1000 } },
		{ 100, 100, { 100, 100, 100, 100, 100, 100, 100 } },
		{ 1u << 30,
		  UINT32_MAX,
		  { 1u << 30, 1u << 31, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		struct trickle_bounds bounds = bounds_of(ROWS[i].imin, ROWS[i].imax);
		struct trickle t;
		mono_ms now = 5;

		trickle_init(&t, &bounds, now, 0);
		for (int k = 0; k < 7; k++) {
			assert_int_equal(t.interval_ms, ROWS[i].intervals[k]);
			assert_true(t.begin == now);
			trickle_step(&t, now + t.interval_ms - 1, 0);
			assert_true(t.begin == now);
			now += t.interval_ms;
			trickle_step(&t, now, 0);
		}
	}
}

static void test_it_is_said_once_in_an_interval(void **state)
{
	struct trickle t = trickle_at(0, 7);
	mono_ms due = t.due;

	(void)state;
	trickle_step(&t, due, 0);
	assert_true(trickle_is_due(&t, due));
	trickle_done(&t);
	assert_false(trickle_is_due(&t, due));
	assert_true(trickle_deadline(&t) == IMIN);
	trickle_step(&t, IMIN - 1, 0);
	assert_false(trickle_is_due(&t, IMIN - 1));
	trickle_step(&t, IMIN, 0);
	assert_false(trickle_is_due(&t, IMIN));
	assert_true(trickle_deadline(&t) == t.due);
	assert_true(trickle_is_due(&t, t.due));
}

/* Rules 3 and 4: who heard it by then is silent, in this interval and not in the next. */
static void test_what_was_heard_is_not_said(void **state)
{
	struct trickle t = trickle_at(0, 7);

	(void)state;
	trickle_hear(&t);
	trickle_step(&t, t.due, 0);
	assert_false(trickle_is_due(&t, t.due));
	assert_true(trickle_deadline(&t) == IMIN);
	trickle_step(&t, IMIN, 0);
	trickle_step(&t, t.due, 0);
	assert_true(trickle_is_due(&t, t.due));
	/* Heard after it was said: no matter for the next one. */
	trickle_done(&t);
	trickle_hear(&t);
	trickle_step(&t, t.begin + t.interval_ms, 0);
	assert_int_equal(t.heard, 0);
	trickle_step(&t, t.due, 0);
	assert_true(trickle_is_due(&t, t.due));
}

/* Rule 6, and that whoever shouts at the shortest interval changes nothing. */
static void test_a_reset_starts_over_unless_it_is_short_already(void **state)
{
	static const struct {
		uint32_t before, asked, after;
	} ROWS[] = {
		{ 100, 100, 100 }, { 100, 0, 100 },   { 200, 100, 100 },        { 800, 100, 100 },
		{ 800, 0, 100 },   { 800, 50, 100 },  { 800, 400, 400 },        { 800, 800, 800 },
		{ 200, 400, 200 }, { 100, 400, 100 }, { 800, UINT32_MAX, 800 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		struct trickle t = trickle_at(0, 3), before;
		mono_ms now = 0;

		for (int k = 0; k < 10 && t.interval_ms < ROWS[i].before; k++) {
			now += t.interval_ms;
			trickle_step(&t, now, 3);
		}
		trickle_hear(&t);
		before = t;
		now += 10;
		trickle_reset(&t, ROWS[i].asked, now, 9);
		assert_int_equal(t.interval_ms, ROWS[i].after);
		if (ROWS[i].after == ROWS[i].before) {
			assert_memory_equal(&t, &before, sizeof t);
			continue;
		}
		assert_true(t.begin == now && t.heard == 0 && !t.is_over);
		assert_true(t.due >= now + t.interval_ms / 2 && t.due < now + t.interval_ms);
	}
}

/* Heard less than k times it is said; so it is after as many silences in a row as may be. */
static void test_silence_is_bounded(void **state)
{
	static const struct {
		uint32_t redundancy, silences_max, heard;
		bool said[4];
	} ROWS[] = {
		{ 6, 0, 5, { true, true, true, true } },   { 6, 0, 6, { false, false, false, false } },
		{ 6, 1, 6, { false, true, false, true } }, { 1, 2, 9, { false, false, true, false } },
		{ 6, 1, 5, { true, true, true, true } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		struct trickle_bounds bounds = bounds_of(IMIN, IMAX);
		struct trickle t;

		bounds.redundancy = ROWS[i].redundancy;
		bounds.silences_max = ROWS[i].silences_max;
		trickle_init(&t, &bounds, 0, 7);
		for (int k = 0; k < 4; k++) {
			for (uint32_t heard = 0; heard < ROWS[i].heard; heard++)
				trickle_hear(&t);
			trickle_step(&t, t.due, 7);
			assert_int_equal(trickle_is_due(&t, t.due), ROWS[i].said[k]);
			if (ROWS[i].said[k])
				trickle_done(&t);
			trickle_step(&t, t.begin + t.interval_ms, 7);
		}
	}
}

/* The rules in their order, with the numbers that they are about. */
struct twin {
	uint64_t i, start, at, count;
	bool over;
};

static void twin_begin(struct twin *w, uint64_t i, uint64_t now, uint32_t chance)
{
	*w = (struct twin){ .i = i, .start = now, .at = now + i / 2 + chance % (i / 2) };
}

static bool run_beside_twin(uint64_t seed)
{
	struct dice dice = { seed };
	uint32_t chance = (uint32_t)dice_u64(&dice), said = 0;
	struct trickle_bounds bounds = bounds_of(IMIN, IMAX);
	struct trickle t;
	struct twin w;
	mono_ms now = 17;

	bounds.spread_ms = IMAX / 4;
	trickle_init(&t, &bounds, now, chance);
	twin_begin(&w, IMIN, now, chance);
	for (int step = 0; step < STEPS; step++) {
		chance = (uint32_t)dice_u64(&dice);
		switch (dice_below(&dice, 8)) {
		case 0:
			trickle_hear(&t);
			w.count++;
			break;
		case 1:
			trickle_reset(&t, IMIN, now, chance);
			if (w.i > IMIN)
				twin_begin(&w, IMIN, now, chance);
			break;
		default:
			now += dice_below(&dice, 10) ? dice_below(&dice, 60) : dice_below(&dice, 3000);
			trickle_step(&t, now, chance);
			if (now >= w.start + w.i)
				twin_begin(&w, 2 * w.i > IMAX ? IMAX + (IMAX / 4 * (chance >> 16) >> 16) : 2 * w.i, now,
					   chance);
			w.over |= now >= w.at && w.count >= 1;
		}
		if (trickle_is_due(&t, now) != (!w.over && now >= w.at) || t.interval_ms != w.i ||
		    trickle_deadline(&t) != (w.over ? w.start + w.i : w.at))
			return false;
		if (trickle_is_due(&t, now)) {
			trickle_done(&t);
			w.over = true;
			said++;
		}
	}
	return said > 100;
}

static void test_it_does_what_its_twin_does(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		if (!run_beside_twin(seed))
			fail_msg("seed %llu", (unsigned long long)seed);
}

/* One interval, then none that is shorter than what was asked for; a difference ends that. */
static void test_a_look_is_one_interval(void **state)
{
	enum { SAID, HEARD, NEITHER, RESET };
	static const struct {
		int what;
		uint32_t after;
	} ROWS[] = { { SAID, IMIN * 4 }, { HEARD, IMIN * 4 }, { NEITHER, IMIN * 2 }, { RESET, IMIN * 2 } };

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		struct trickle t = trickle_at(0, 7);

		trickle_restart(&t, IMAX, 0, 7);
		trickle_look(&t, IMIN, 4 * IMIN, 0, 7);
		assert_int_equal(t.interval_ms, IMIN);
		assert_false(trickle_must_be_said(&t, 0));
		assert_true(trickle_must_be_said(&t, IMIN));
		if (ROWS[i].what == SAID)
			trickle_done(&t);
		if (ROWS[i].what == HEARD)
			trickle_hear(&t);
		if (ROWS[i].what == RESET) {
			trickle_restart(&t, IMIN, 0, 7);
			trickle_done(&t);
		}
		assert_int_equal(trickle_must_be_said(&t, IMIN), ROWS[i].what == NEITHER);
		trickle_step(&t, IMIN, 0);
		assert_int_equal(t.interval_ms, ROWS[i].after);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_moment_is_in_the_second_half),
		cmocka_unit_test(test_intervals_double_up_to_the_longest),
		cmocka_unit_test(test_it_is_said_once_in_an_interval),
		cmocka_unit_test(test_what_was_heard_is_not_said),
		cmocka_unit_test(test_a_reset_starts_over_unless_it_is_short_already),
		cmocka_unit_test(test_a_look_is_one_interval),
		cmocka_unit_test(test_silence_is_bounded),
		cmocka_unit_test(test_it_does_what_its_twin_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
