/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the date is, how much it is believed, and what is to be signed again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sync/clock/date.h"

/* Seconds since 2020. The program was built at FLOOR; it is NOW. */
enum { FLOOR = 200000000, NOW = 218000000, DAY = DATE_DAY_S };

static struct date_reading reading(int64_t wall_s, uint64_t mono_s, bool synchronised, uint32_t boot)
{
	return (struct date_reading){ .real_ms = (wall_s + EPOCH_UNIX_S) * 1000,
				      .mono = mono_s * 1000,
				      .synchronised = synchronised,
				      .boot = boot };
}

static const struct hlc NEVER = { 0 };

/* --- starts --- */

struct start {
	const char *name;
	enum date_trust trust;
	struct date_kept kept;
	struct hlc newest_own;
	int64_t system_s; /* what the system says */
	bool synchronised;
	uint32_t date_s; /* what it is taken for */
	enum time_quality quality;
	int64_t shift_s; /* of the step that is due; 0 none */
	uint32_t from_s;
	uint32_t asked_s;
};

static const struct date_kept NOTHING = { 0 };

/* What an earlier start noted: the date, since when it might be wrong, and who said it. */
#define KEPT(DATE, SPAN, SOURCE)                                                                                       \
	{                                                                                                              \
		.date_s = (DATE), .span_s = (SPAN), .older_s = (SPAN), .good_s = (SOURCE) >= DATE_PHONE ? (DATE) : 0,  \
		.source = (SOURCE)                                                                                     \
	}

static void start_is(const struct start *s)
{
	struct date date;
	struct node_time time;

	date_init(&date, s->trust, FLOOR, &s->kept, s->newest_own, reading(s->system_s, 7, s->synchronised, 1));
	time = date_time(&date);
	if (time.wall_s != s->date_s || date_quality(&date) != s->quality)
		fail_msg("%s: %u, quality %d", s->name, time.wall_s, (int)date_quality(&date));
	if (date.is_due != (s->shift_s != 0) || (date.is_due && date.due.shift_s != s->shift_s))
		fail_msg("%s: a step of %lld", s->name, date.is_due ? (long long)date.due.shift_s : 0);
	if (date.is_due && (date.due.from_s != s->from_s || time.quality != TIME_GUESSED))
		fail_msg("%s: from %u, quality %d", s->name, date.due.from_s, (int)time.quality);
	if (date_asked_s(&date) != s->asked_s)
		fail_msg("%s: asks about %u", s->name, date_asked_s(&date));
}

static const struct start starts[] = {
	{ "new, and the net's time", DATE_AUTO, { 0 }, { 0 }, NOW, true, NOW, TIME_SET, 0, 0, 0 },
	{ "new, and nobody", DATE_AUTO, { 0 }, { 0 }, NOW, false, NOW, TIME_GUESSED, 0, 0, 0 },
	{ "new, with a battery clock", DATE_ALWAYS_SET, { 0 }, { 0 }, NOW, false, NOW, TIME_SET, 0, 0, 0 },
	{ "distrusted", DATE_ALWAYS_GUESSED, { 0 }, { 0 }, NOW, true, NOW, TIME_GUESSED, 0, 0, 0 },
	{ "1970, as a Pi starts",
	  DATE_AUTO,
	  { 0 },
	  { 0 },
	  -(int64_t)EPOCH_UNIX_S,
	  false,
	  FLOOR,
	  TIME_GUESSED,
	  0,
	  0,
	  0 },
	{ "a battery clock that is empty", DATE_ALWAYS_SET, { 0 }, { 0 }, 5, false, FLOOR, TIME_GUESSED, 0, 0, 0 },
	{ "behind the newest own entry",
	  DATE_AUTO,
	  { 0 },
	  { NOW + DAY, 0, 0, 0 },
	  NOW,
	  false,
	  NOW + DAY + 1,
	  TIME_GUESSED,
	  0,
	  0,
	  0 },
	{ "what is kept says more than own entries",
	  DATE_AUTO,
	  KEPT(NOW, NOW, DATE_NOBODY),
	  { NOW + DAY, 0, 0, 0 },
	  NOW - 99,
	  false,
	  NOW + 1,
	  TIME_GUESSED,
	  0,
	  0,
	  0 },
	{ "beyond 32 bits",
	  DATE_ALWAYS_SET,
	  { 0 },
	  { 0 },
	  (int64_t)UINT32_MAX + 5,
	  false,
	  UINT32_MAX,
	  TIME_SET,
	  0,
	  0,
	  0 },
	/* The net's time comes at a start. */
	{ "three months in a cupboard",
	  DATE_AUTO,
	  KEPT(NOW - 90 * DAY, NOW - 95 * DAY, DATE_NTP),
	  { 0 },
	  NOW,
	  true,
	  NOW,
	  TIME_SET,
	  0,
	  0,
	  0 },
	{ "270 days behind without a clock",
	  DATE_AUTO,
	  KEPT(NOW - 270 * DAY, NOW - 271 * DAY, DATE_NOBODY),
	  { 0 },
	  NOW,
	  true,
	  NOW,
	  TIME_SET,
	  270 * DAY,
	  NOW - 271 * DAY,
	  0 },
	{ "told, and wrong",
	  DATE_AUTO,
	  KEPT(NOW - 40 * DAY, NOW - 41 * DAY, DATE_PEERS),
	  { 0 },
	  NOW,
	  true,
	  NOW,
	  TIME_SET,
	  40 * DAY,
	  NOW - 41 * DAY,
	  0 },
	{ "ten years ahead",
	  DATE_AUTO,
	  KEPT(NOW + 3650 * (uint32_t)DAY, NOW + 3649 * (uint32_t)DAY, DATE_NOBODY),
	  { 0 },
	  NOW,
	  true,
	  NOW,
	  TIME_SET,
	  -3650LL * DAY,
	  NOW + 3649 * (uint32_t)DAY,
	  0 },
	{ "off for five hours",
	  DATE_AUTO,
	  KEPT(NOW - 5 * 3600, NOW - 9 * 3600, DATE_NOBODY),
	  { 0 },
	  NOW,
	  true,
	  NOW,
	  TIME_SET,
	  0,
	  0,
	  0 },
	{ "an hour ahead",
	  DATE_AUTO,
	  KEPT(NOW + 3600, NOW, DATE_NOBODY),
	  { 0 },
	  NOW,
	  true,
	  NOW,
	  TIME_SET,
	  -3600,
	  NOW,
	  0 },
	{ "a setting that was 40 days ahead",
	  DATE_AUTO,
	  KEPT(NOW + 40 * DAY, NOW + 30 * DAY, DATE_SETTING),
	  { 0 },
	  NOW,
	  true,
	  NOW,
	  TIME_SET,
	  -40LL * DAY,
	  NOW + 30 * DAY,
	  0 },
	{ "a setting that was 270 days behind",
	  DATE_AUTO,
	  KEPT(NOW - 270 * DAY, NOW - 271 * DAY, DATE_SETTING),
	  { 0 },
	  NOW,
	  true,
	  NOW,
	  TIME_SET,
	  270 * DAY,
	  NOW - 271 * DAY,
	  0 },
	{ "own entries ahead, nothing kept",
	  DATE_AUTO,
	  { 0 },
	  { NOW + 3 * DAY, 0, 0, 0 },
	  NOW,
	  true,
	  NOW,
	  TIME_SET,
	  -3LL * DAY,
	  NOW + 3 * DAY + 1,
	  0 },
	{ "the net says less than was known",
	  DATE_AUTO,
	  KEPT(NOW, NOW, DATE_NTP),
	  { 0 },
	  NOW - 2 * DAY,
	  true,
	  NOW + 1,
	  TIME_GUESSED,
	  0,
	  0,
	  NOW - 2 * DAY },
	/* A battery clock is a claim. */
	{ "a battery clock over a night",
	  DATE_ALWAYS_SET,
	  KEPT(NOW - DAY / 2, NOW - 9 * DAY, DATE_SETTING),
	  { 0 },
	  NOW,
	  false,
	  NOW,
	  TIME_SET,
	  0,
	  0,
	  0 },
	{ "a battery clock after three months",
	  DATE_ALWAYS_SET,
	  KEPT(NOW - 90 * DAY, NOW - 99 * DAY, DATE_SETTING),
	  { 0 },
	  NOW,
	  false,
	  NOW - 90 * DAY + 1,
	  TIME_GUESSED,
	  0,
	  0,
	  NOW },
	{ "a battery clock that lost two days",
	  DATE_ALWAYS_SET,
	  KEPT(NOW, NOW - 9 * DAY, DATE_SETTING),
	  { 0 },
	  NOW - 2 * DAY,
	  false,
	  NOW + 1,
	  TIME_GUESSED,
	  0,
	  0,
	  NOW - 2 * DAY },
	/* A guess after a guess. */
	{ "a guess that is 40 days further on",
	  DATE_AUTO,
	  KEPT(NOW - 40 * DAY, NOW - 41 * DAY, DATE_NOBODY),
	  { 0 },
	  NOW,
	  false,
	  NOW,
	  TIME_GUESSED,
	  40 * DAY,
	  NOW - 41 * DAY,
	  0 },
	{ "a guess after the net's time",
	  DATE_AUTO,
	  KEPT(NOW - 40 * DAY, NOW - 41 * DAY, DATE_NTP),
	  { 0 },
	  NOW,
	  false,
	  NOW,
	  TIME_GUESSED,
	  0,
	  0,
	  0 },
};

static void a_start_takes_the_best_that_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
		start_is(&starts[i]);
}

/* The program was restarted, the machine was not. */
static void a_date_goes_on_while_the_machine_runs(void **state)
{
	struct date date;
	struct date_kept found;

	(void)state;
	date_init(&date, DATE_AUTO, FLOOR, &NOTHING, NEVER, reading(5, 100, false, 9));
	assert_int_equal(date_set(&date, DATE_PERSON, (int64_t)(NOW + (int64_t)EPOCH_UNIX_S) * 1000, false), DATE_OK);
	assert_true(date.is_due);
	date_step_done(&date);
	date_keep(&found, &date);
	date_init(&date, DATE_AUTO, FLOOR, &found, NEVER, reading(65, 160, false, 9));
	assert_int_equal(date_time(&date).wall_s, NOW + 60);
	assert_int_equal(date_time(&date).quality, TIME_SET);
	/* After a power cut it is a guess, later than it was: what was said then was true, and does not move with what is said now. */
	date_init(&date, DATE_AUTO, FLOOR, &found, NEVER, reading(65, 3, false, 10));
	assert_int_equal(date_time(&date).wall_s, NOW + 1);
	assert_int_equal(date.span_s, NOW + 1);
	assert_int_equal(date_time(&date).quality, TIME_GUESSED);
	assert_false(date.is_due);
}

/* --- while running --- */

/* K1: the system's clock jumps. */
static void a_jump_is_asked_about(void **state)
{
	static const struct {
		enum date_trust trust;
		bool synchronised; /* before */
		bool synchronised_after;
		int64_t jump_s;
		enum time_quality quality;
		bool asks;
		int64_t shift_s;
	} rows[] = {
		{ DATE_ALWAYS_SET, false, false, 0, TIME_SET, false, 0 },
		{ DATE_ALWAYS_SET, false, false, 200, TIME_SET, false, 0 },
		{ DATE_ALWAYS_SET, false, false, 400, TIME_SET, false, 400 },
		{ DATE_ALWAYS_SET, false, false, -400, TIME_SET, false, -400 },
		{ DATE_ALWAYS_SET, false, false, DAY + 1, TIME_GUESSED, true, 0 },
		{ DATE_ALWAYS_SET, false, false, -DAY - 1, TIME_GUESSED, true, 0 },
		{ DATE_AUTO, true, true, DAY + 1, TIME_GUESSED, true, 0 },
		{ DATE_AUTO, true, true, 40 * DAY, TIME_GUESSED, true, 0 },
		{ DATE_AUTO, true, true, 400, TIME_SET, false, 400 },
		{ DATE_AUTO, true, false, 40 * DAY, TIME_SET, false, 0 },          /* what the net said goes on */
		{ DATE_AUTO, false, true, 270 * DAY, TIME_SET, false, 270 * DAY }, /* it comes late */
		{ DATE_AUTO, false, true, -40 * DAY, TIME_SET, false, -40 * DAY },
		{ DATE_AUTO, false, false, 4000, TIME_GUESSED, false, 4000 },
		{ DATE_AUTO, false, false, 40 * DAY, TIME_GUESSED, true, 0 },
		{ DATE_AUTO, false, false, -400, TIME_GUESSED, true, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct date date;

		date_init(&date, rows[i].trust, FLOOR, &NOTHING, NEVER, reading(NOW, 7, rows[i].synchronised, 1));
		date_update(&date, reading(NOW + 100, 107, rows[i].synchronised, 1));
		date_update(&date, reading(NOW + 101 + rows[i].jump_s, 108, rows[i].synchronised_after, 1));
		if (date_quality(&date) != rows[i].quality || (date_asked_s(&date) != 0) != rows[i].asks ||
		    (date.is_due ? date.due.shift_s : 0) != rows[i].shift_s)
			fail_msg("row %zu: quality %d, asks about %u, a step of %lld", i, (int)date_quality(&date),
				 date_asked_s(&date), date.is_due ? (long long)date.due.shift_s : 0);
		if (!rows[i].asks)
			continue;
		/* It is taken back, and all is as before. */
		date_update(&date, reading(NOW + 102, 109, rows[i].synchronised, 1));
		assert_int_equal(date_asked_s(&date), 0);
		assert_int_equal(date_time(&date).wall_s, NOW + 102);
		/* Or somebody says that it is right. */
		date_update(&date, reading(NOW + 103 + rows[i].jump_s, 110, rows[i].synchronised_after, 1));
		assert_int_not_equal(date_asked_s(&date), 0);
		assert_int_equal(date_confirm(&date, false), DATE_OK);
		assert_int_equal(date_time(&date).wall_s, NOW + 103 + rows[i].jump_s);
		assert_true(date.is_due);
		date_step_done(&date);
		assert_int_equal(date_time(&date).quality, TIME_SET);
	}
}

static void say(struct date *date, size_t count, const struct date_told *told)
{
	date_hear(date, told, count);
}

static void neighbours_tell_the_date(void **state)
{
	static const struct {
		const char *name;
		int64_t system_s;
		size_t count;
		struct date_told told[4];
		uint32_t date_s;
		enum time_quality quality;
	} rows[] = {
		{ "nobody", NOW, 0, { { 0 } }, NOW, TIME_GUESSED },
		{ "one that is set", NOW - 40 * DAY, 1, { { NOW, TIME_SET } }, NOW, TIME_TOLD },
		{ "one that is set, behind", NOW + 40 * DAY, 1, { { NOW, TIME_SET } }, NOW, TIME_TOLD },
		{ "one liar among three",
		  NOW + 5 * DAY,
		  3,
		  { { NOW + 3650 * (uint32_t)DAY, TIME_SET }, { NOW, TIME_SET }, { NOW + 1, TIME_SET } },
		  NOW + 1,
		  TIME_TOLD },
		{ "one liar among three, into the past",
		  NOW + 5 * DAY,
		  3,
		  { { NOW, TIME_SET }, { FLOOR + 1, TIME_SET }, { NOW + 1, TIME_SET } },
		  NOW,
		  TIME_TOLD },
		{ "who is set counts alone",
		  NOW,
		  3,
		  { { NOW - 60, TIME_SET }, { NOW + DAY, TIME_TOLD }, { NOW + DAY, TIME_GUESSED } },
		  NOW - 60,
		  TIME_TOLD },
		{ "before the program was built", NOW, 1, { { FLOOR - 1, TIME_SET } }, NOW, TIME_GUESSED },
		{ "told by who was told", NOW - 40 * DAY, 1, { { NOW, TIME_TOLD } }, NOW, TIME_TOLD },
		{ "two without a clock, the other later",
		  NOW,
		  1,
		  { { NOW + 90 * DAY, TIME_GUESSED } },
		  NOW + 90 * DAY,
		  TIME_TOLD },
		{ "two without a clock, this one later", NOW, 1, { { NOW - 90 * DAY, TIME_GUESSED } }, NOW, TIME_TOLD },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct date date;

		date_init(&date, DATE_AUTO, FLOOR, &NOTHING, NEVER, reading(rows[i].system_s, 7, false, 1));
		say(&date, rows[i].count, rows[i].told);
		if (date_time(&date).wall_s != rows[i].date_s || date_quality(&date) != rows[i].quality)
			fail_msg("%s: %u, quality %d", rows[i].name, date_time(&date).wall_s, (int)date_quality(&date));
		assert_int_equal(date.is_due, rows[i].system_s != rows[i].date_s && rows[i].date_s != NOW - 60);
	}
}

/* Neighbours who change their minds cost few steps; a clock that is set hears none of them. */
static void neighbours_who_lie_cost_little(void **state)
{
	struct date date;
	unsigned steps = 0;

	(void)state;
	date_init(&date, DATE_AUTO, FLOOR, &NOTHING, NEVER, reading(NOW, 7, false, 1));
	for (uint32_t second = 0; second < 10 * DAY; second += 10) {
		date_update(&date, reading(NOW + second, 7 + second, false, 1));
		say(&date, 1, &(struct date_told){ NOW + (second % 20 ? 500 * DAY : 0), TIME_SET });
		if (date.is_due)
			date_step_done(&date);
		steps = date.era;
	}
	assert_in_range(steps, 2, 25);

	date_init(&date, DATE_AUTO, FLOOR, &NOTHING, NEVER, reading(NOW, 7, true, 1));
	say(&date, 1, &(struct date_told){ NOW + DAY, TIME_SET });
	assert_int_equal(date_time(&date).wall_s, NOW);
}

static void neighbours_confirm_what_is_asked(void **state)
{
	struct date_kept before = KEPT(NOW - 90 * DAY, NOW - 99 * DAY, DATE_SETTING);
	struct date date;

	(void)state;
	date_init(&date, DATE_ALWAYS_SET, FLOOR, &before, NEVER, reading(NOW, 7, false, 1));
	assert_int_equal(date_asked_s(&date), NOW);
	say(&date, 1, &(struct date_told){ NOW + 1000, TIME_SET });
	assert_int_equal(date_asked_s(&date), NOW);
	say(&date, 1, &(struct date_told){ NOW + 5, TIME_SET });
	assert_int_equal(date_asked_s(&date), 0);
	assert_int_equal(date_time(&date).wall_s, NOW);
	assert_int_equal(date_quality(&date), TIME_SET);
}

static int64_t real_ms(int64_t wall_s)
{
	return (wall_s + EPOCH_UNIX_S) * 1000;
}

static void people_set_the_date(void **state)
{
	struct date date;

	(void)state;
	date_init(&date, DATE_AUTO, FLOOR, &NOTHING, NEVER, reading(NOW - 60 * DAY, 7, false, 1));
	assert_int_equal(date_set(&date, DATE_PERSON, real_ms(FLOOR - 1), true), DATE_E_FLOOR);
	assert_int_equal(date_set(&date, DATE_PERSON, real_ms((int64_t)UINT32_MAX + 1), true), DATE_E_LATE);
	assert_int_equal(date_set(&date, DATE_PHONE, real_ms(NOW), false), DATE_OK);
	assert_int_equal(date_time(&date).wall_s, NOW);
	assert_int_equal(date.due.shift_s, 60 * DAY);
	date_step_done(&date);
	/* A second phone is not needed. */
	assert_int_equal(date_set(&date, DATE_PHONE, real_ms(NOW + 4000), false), DATE_OK);
	assert_int_equal(date_time(&date).wall_s, NOW);
	/* A person may say what is earlier than what was known, if it is meant. */
	assert_int_equal(date_set(&date, DATE_PERSON, real_ms(NOW - 2 * DAY), false), DATE_E_ASK);
	assert_int_equal(date_set(&date, DATE_PERSON, real_ms(NOW - 2 * DAY), true), DATE_OK);
	assert_int_equal(date_time(&date).wall_s, NOW - 2 * DAY);
	date_step_done(&date);
	/* Satellites correct him, where that is no great step; else he is asked. */
	assert_int_equal(date_set(&date, DATE_GPS, real_ms(NOW - 2 * DAY + 4000), false), DATE_OK);
	assert_int_equal(date_time(&date).wall_s, NOW - 2 * DAY + 4000);
	assert_int_equal(date_set(&date, DATE_GPS, real_ms(NOW + 9 * DAY), false), DATE_OK);
	assert_int_equal(date_asked_s(&date), NOW + 9 * DAY);
	assert_int_equal(date_quality(&date), TIME_GUESSED);

	date_init(&date, DATE_AUTO, FLOOR, &NOTHING, NEVER, reading(NOW, 7, true, 1));
	assert_int_equal(date_set(&date, DATE_PERSON, real_ms(NOW + 4000), true), DATE_E_NTP);
	/* A battery clock does not contradict a person. */
	date_init(&date, DATE_ALWAYS_SET, FLOOR, &NOTHING, NEVER, reading(NOW + 40 * DAY, 7, false, 1));
	assert_int_equal(date_set(&date, DATE_PERSON, real_ms(NOW), false), DATE_OK);
	date_update(&date, reading(NOW + 40 * DAY + 1, 8, false, 1));
	assert_int_equal(date_time(&date).wall_s, NOW + 1);
	assert_int_equal(date_asked_s(&date), 0);
}

/* People err, and then the power goes. What they said before it is signed again when the right date shows how wrong it was; a
 * night, or a few days without power, are no error. */
static void a_wrong_word_of_a_person_outlives_a_power_cut(void **state)
{
	static const struct {
		int64_t wrong_s;
		bool is_shifted; /* also what was said before the power went */
	} rows[] = {
		{ -40 * DAY, true }, { -150 * DAY, true }, { -8 * DAY, true }, { -6 * DAY, false }, { -DAY / 2, false }
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint32_t began = (uint32_t)(NOW + rows[i].wrong_s), said = began + 50;
		struct date_kept found;
		struct date date;

		date_init(&date, DATE_AUTO, FLOOR, &NOTHING, NEVER, reading(began, 7, false, 1));
		assert_int_equal(date_confirm(&date, false), DATE_OK);
		date_update(&date, reading(began + 100, 107, false, 1));
		date_keep(&found, &date);
		date_init(&date, DATE_AUTO, FLOOR, &found, NEVER, reading(0, 5, false, 2));
		assert_int_equal(date_set(&date, DATE_PERSON, real_ms(NOW), true), DATE_OK);
		assert_true(date.is_due);
		if (date_concerns(&date.due, (struct hlc){ .time = said }) != rows[i].is_shifted)
			fail_msg("row %zu", i);
		assert_true(date_concerns(&date.due, (struct hlc){ .time = began + 102 }));
		/* The net's time at the start itself says the same. */
		date_init(&date, DATE_AUTO, FLOOR, &found, NEVER, reading(NOW, 5, true, 2));
		assert_int_equal(date.is_due, rows[i].is_shifted);
	}
}

/* Who wakes far ahead is asked twice before what was true is retired for it. */
static void what_lies_far_after_a_true_date_is_asked_back(void **state)
{
	struct date_kept before = KEPT(NOW, NOW - 90 * DAY, DATE_NTP);
	struct date date;

	(void)state;
	date_init(&date, DATE_AUTO, FLOOR, &before, NEVER, reading(NOW + 40 * DAY, 7, false, 2));
	assert_int_equal(date_confirm(&date, false), DATE_E_ASK);
	assert_int_equal(date_quality(&date), TIME_GUESSED);
	assert_int_equal(date_set(&date, DATE_PERSON, real_ms(NOW + 400 * DAY), false), DATE_E_ASK);
	assert_int_equal(date_set(&date, DATE_PHONE, real_ms(NOW + 41 * DAY), false), DATE_OK);
	assert_int_equal(date_quality(&date), TIME_GUESSED);
	assert_int_equal(date_asked_s(&date), NOW + 41 * DAY);
	assert_int_equal(date_set(&date, DATE_PERSON, real_ms(NOW + DAY / 2), false), DATE_OK);
	assert_int_equal(date_quality(&date), TIME_SET);
	assert_int_equal(date_asked_s(&date), 0);
	/* And a mistyped year while the date is known. */
	date_step_done(&date);
	assert_int_equal(date_set(&date, DATE_PERSON, real_ms(NOW + 366 * DAY), false), DATE_E_ASK);
}

/* --- signing again --- */

static void what_was_said_under_the_wrong_date_moves_along(void **state)
{
	const struct date_step ahead = { .shift_s = -40LL * DAY, .from_s = NOW + 39 * DAY, .now_s = NOW, .era = 2 };
	struct entry e = { .kind = ENTRY_LINE, .hlc = { .time = NOW + 40 * DAY - 60, .tick = 3, .era = 2 } };

	(void)state;
	e.line.created = NOW + 40 * DAY - 3600;
	e.line.counted = NOW - 5; /* said before the clock went wrong */
	assert_true(date_concerns(&ahead, e.hlc));
	date_shift(&e, &ahead);
	assert_int_equal(e.hlc.time, NOW - 60);
	assert_int_equal(e.hlc.tick, 3);
	assert_int_equal(e.line.created, NOW - 3600);
	assert_int_equal(e.line.counted, NOW - 5);
	/* Said before the clock went wrong, by one that ran a little fast. */
	assert_false(date_concerns(&ahead, (struct hlc){ .time = NOW + 138 }));
	assert_false(date_concerns(&ahead, (struct hlc){ .time = NOW + 40 * DAY, .era = 3 }));

	e = (struct entry){ .kind = ENTRY_MOVE, .hlc = { .time = NOW - 270 * DAY } };
	e.move.at = NOW - 270 * DAY - 5;
	e.move.due = NOW - 269 * DAY;
	const struct date_step behind = { .shift_s = 270 * DAY, .from_s = NOW - 271 * DAY, .now_s = NOW, .era = 0 };
	assert_true(date_concerns(&behind, e.hlc));
	assert_false(date_concerns(&behind, (struct hlc){ .time = NOW - 272 * DAY }));
	date_shift(&e, &behind);
	assert_int_equal(e.hlc.time, NOW);
	assert_int_equal(e.move.at, NOW - 5);
	assert_int_equal(e.move.due, NOW + DAY);
}

/* A neighbour is believed who is far behind: what was said before moves along, since it would lie ahead. The truth moves it
 * back, and what was said so long ago that it never moved stays. */
static void a_wrong_step_back_is_undone_whole(void **state)
{
	struct entry e = { .kind = ENTRY_LINE, .hlc = { .time = NOW - 7 * DAY } };
	struct date_kept kept;
	struct date date;

	(void)state;
	e.line.created = NOW - 30 * DAY;
	e.line.counted = NOW - 8 * DAY;
	date_init(&date, DATE_AUTO, FLOOR, &NOTHING, (struct hlc){ .time = NOW - DAY }, reading(NOW, 7, false, 1));
	say(&date, 1, &(struct date_told){ NOW - 20 * DAY, TIME_SET });
	assert_true(date.is_due);
	assert_true(date_concerns(&date.due, e.hlc));
	assert_false(date_concerns(&date.due, (struct hlc){ .time = NOW - 21 * DAY }));
	date_shift(&e, &date.due);
	/* Its newest word, a day old, lies before that date now, and all before that in its order. */
	assert_int_equal(e.hlc.time, NOW - 26 * DAY - 1);
	assert_int_equal(e.line.created, NOW - 49 * DAY - 1);
	e.hlc.era = date_era(&date);
	date_step_done(&date);

	/* The program starts again between. */
	date_keep(&kept, &date);
	date_init(&date, DATE_AUTO, FLOOR, &kept, NEVER, reading(NOW, 7, false, 1));
	if (date.is_due)
		fail_msg("a step of %lld", (long long)date.due.shift_s);
	assert_int_equal(date_set(&date, DATE_PERSON, real_ms(NOW), false), DATE_OK);
	assert_true(date.is_due);
	assert_true(date_concerns(&date.due, e.hlc));
	assert_false(date_concerns(&date.due, (struct hlc){ .time = NOW - 21 * DAY }));
	assert_false(date_concerns(&date.due, (struct hlc){ .time = NOW - 26 * DAY }));
	date_shift(&e, &date.due);
	assert_int_equal(e.hlc.time, NOW - 7 * DAY);
	assert_int_equal(e.line.created, NOW - 30 * DAY);
	assert_int_equal(e.line.counted, NOW - 8 * DAY);
}

/* A node that the net had told the date starts 50 days ahead. Its neighbours put it right, by a clock that is two minutes
 * slow: what it said in between moves, and what it said before keeps its time. */
static void what_was_said_by_a_true_date_stays(void **state)
{
	struct date_kept kept = KEPT(NOW, NOW, DATE_NTP);
	struct date date;

	(void)state;
	date_init(&date, DATE_AUTO, FLOOR, &kept, NEVER, reading(NOW + 50 * DAY, 7, false, 2));
	assert_false(date.is_due);
	say(&date, 1, &(struct date_told){ NOW - 120, TIME_SET });
	assert_true(date.is_due);
	assert_true(date_concerns(&date.due, (struct hlc){ .time = NOW + 50 * DAY }));
	assert_false(date_concerns(&date.due, (struct hlc){ .time = NOW }));
	date_step_done(&date);

	/* A person who is sure says that it was wrong before: then it all moves, in its order. */
	assert_int_equal(date_set(&date, DATE_PERSON, real_ms(NOW - 9 * DAY), true), DATE_OK);
	assert_true(date_concerns(&date.due, (struct hlc){ .time = NOW }));
	assert_false(date_concerns(&date.due, (struct hlc){ .time = NOW - 9 * DAY - 1 }));
}

/* The power goes after half of it was signed again: the rest follows, and what is done stays. */
static void a_step_that_was_cut_off_goes_on(void **state)
{
	struct date_kept before = KEPT(NOW - 270 * DAY, NOW - 271 * DAY, DATE_NOBODY);
	struct date date;

	(void)state;
	before.era = 4;
	date_init(&date, DATE_AUTO, FLOOR, &before, (struct hlc){ .time = NOW - 9, .era = 5 },
		  reading(NOW, 7, true, 1));
	assert_true(date.is_due);
	assert_int_equal(date_era(&date), 5);
	assert_true(date_concerns(&date.due, (struct hlc){ .time = NOW - 270 * DAY, .era = 4 }));
	assert_false(date_concerns(&date.due, (struct hlc){ .time = NOW - 9, .era = 5 }));
}

/* After so many steps nothing can be signed again: then nothing is retired for a date either. */
static void a_worn_clock_retires_nothing(void **state)
{
	struct date_kept before = KEPT(NOW + 5 * DAY, NOW, DATE_NOBODY);
	struct date date;

	(void)state;
	before.era = ERA_MAX;
	date_init(&date, DATE_AUTO, FLOOR, &before, NEVER, reading(NOW, 7, true, 1));
	assert_true(date.is_worn);
	assert_false(date.is_due);
	assert_int_equal(date_time(&date).wall_s, NOW);
	assert_int_equal(date_time(&date).quality, TIME_GUESSED);
}

/* What was said before and renewed under the wrong date is kept from today; else it would lie ahead, and leave. */
static void what_was_renewed_under_the_wrong_date_is_renewed_again(void **state)
{
	const struct date_step ahead = { .shift_s = -40LL * DAY, .from_s = NOW + 39 * DAY, .now_s = NOW, .era = 2 };
	const struct date_step behind = { .shift_s = 20 * DAY, .from_s = NOW - 21 * DAY, .now_s = NOW, .era = 0 };
	struct entry e = { .kind = ENTRY_LINE, .hlc = { .time = NOW - 30 * DAY, .renewed = 70, .era = 2 } };

	(void)state;
	assert_true(date_concerns(&ahead, e.hlc));
	date_shift(&e, &ahead);
	assert_int_equal(e.hlc.time, NOW - 30 * DAY);
	assert_int_equal(hlc_epoch(e.hlc), NOW / EPOCH_S);
	assert_false(date_concerns(&ahead, (struct hlc){ .time = NOW - 30 * DAY, .renewed = 15, .era = 2 }));

	/* Said and renewed under one wrong date: both move along, and no further than today. */
	e.hlc = (struct hlc){ .time = NOW - 20 * DAY, .renewed = 15 };
	assert_true(date_concerns(&behind, e.hlc));
	date_shift(&e, &behind);
	assert_int_equal(e.hlc.time, NOW);
	assert_int_equal(hlc_epoch(e.hlc), NOW / EPOCH_S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_start_takes_the_best_that_is_known),
		cmocka_unit_test(a_date_goes_on_while_the_machine_runs),
		cmocka_unit_test(a_jump_is_asked_about),
		cmocka_unit_test(neighbours_tell_the_date),
		cmocka_unit_test(neighbours_who_lie_cost_little),
		cmocka_unit_test(neighbours_confirm_what_is_asked),
		cmocka_unit_test(people_set_the_date),
		cmocka_unit_test(a_wrong_word_of_a_person_outlives_a_power_cut),
		cmocka_unit_test(what_lies_far_after_a_true_date_is_asked_back),
		cmocka_unit_test(what_was_said_under_the_wrong_date_moves_along),
		cmocka_unit_test(what_was_renewed_under_the_wrong_date_is_renewed_again),
		cmocka_unit_test(a_wrong_step_back_is_undone_whole),
		cmocka_unit_test(what_was_said_by_a_true_date_stays),
		cmocka_unit_test(a_step_that_was_cut_off_goes_on),
		cmocka_unit_test(a_worn_clock_retires_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
