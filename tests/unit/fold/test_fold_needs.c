/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The life of a need: when it asks whether it is still needed, when it is overdue, what gives it more time, where it is counted. */
#include "tests/unit/fold/fold_story_tests.h"

static void young_need(struct story *s)
{
	setting(s);
	s->now_s = NOON + 18 * HOUR - 1;
}

static void asks_nothing(struct fold *f)
{
	struct fold_line line = line_at(f, NEED);

	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
	assert_false(line.ask_still_needed || line.check_on_them);
	assert_int_equal(line.due_s, NOON + 24 * HOUR);
}

static void need_at_three_quarters(struct story *s)
{
	setting(s);
	s->now_s = NOON + 18 * HOUR;
}

static void asks_still_needed(struct fold *f)
{
	struct fold_line line = line_at(f, NEED);

	assert_int_equal(line.status, LINE_OPEN);
	assert_true(line.ask_still_needed && !line.check_on_them);
}

static void old_need(struct story *s)
{
	setting(s);
	note(s, STRANGER, 31, NOTE_STILL_NEEDED, NEED, 20);
	s->now_s = NOON + 24 * HOUR;
}

static void is_overdue_and_open(struct fold *f)
{
	struct fold_site site;

	NEED_IS(f, NEED, LINE_OVERDUE, 0, 0, 100);
	assert_int_equal(line_at(f, NEED).confirmed_s, 0);
	assert_false(line_at(f, NEED).check_on_them);
	fold_site(f, fold_find(f, FOLD_SITES, SCHOOLS(1)), &site);
	assert_int_equal(site.open_needs, 1);
}

static void still_needed(struct story *s)
{
	setting(s);
	note(s, SCHOOL, 31, NOTE_STILL_NEEDED, NEED, 20);
	s->now_s = NOON + 25 * HOUR;
}

/* Nobody needs it later because it is still needed. */
static void is_confirmed_and_overdue(struct fold *f)
{
	struct fold_line line = line_at(f, NEED);

	assert_int_equal(line.status, LINE_OVERDUE);
	assert_int_equal(line.due_s, NOON + 24 * HOUR);
	assert_int_equal(line.confirmed_s, NOON + 20 * HOUR);
	assert_false(line.ask_still_needed);
}

static void urgent_need_unanswered(struct story *s)
{
	struct entry e = need_entry(SCHOOL, 12, 10, NOON);

	setting(s);
	e.line.within_h = 6;
	tell(s, SCHOOL, &e);
	s->now_s = NOON + 6 * HOUR;
}

static void check_on_them(struct fold *f)
{
	struct fold_line line = line_at(f, SCHOOLS(12));

	assert_int_equal(line.status, LINE_OVERDUE);
	assert_true(line.check_on_them);
	assert_false(line_at(f, NEED).check_on_them);
}

static uint32_t open_at_the_school(struct fold *f)
{
	struct fold_site site;

	fold_site(f, fold_find(f, FOLD_SITES, SCHOOLS(1)), &site);
	return site.open_needs;
}

/* Another text, and a newer word of the same author about something else. */
static void text_edited(struct story *s)
{
	struct entry e = need_entry(SCHOOL, 10, 100, NOON + 23 * HOUR);

	setting(s);
	strcpy(e.line.text, "at the gate");
	tell(s, SCHOOL, &e);
	note(s, SCHOOL, 31, NOTE_MESSAGE, NOTHING, 23);
	s->now_s = NOON + 24 * HOUR;
}

static void is_no_younger(struct fold *f)
{
	assert_int_equal(line_at(f, NEED).due_s, NOON + 24 * HOUR);
	assert_int_equal(line_at(f, NEED).status, LINE_OVERDUE);
	assert_int_equal(open_at_the_school(f), 1);
}

/* All that was needed there: two needs, and a third that was asked for afterwards. */
static void all_still_needed(struct story *s)
{
	struct entry e = need_entry(SCHOOL, 12, 10, NOON + 21 * HOUR);

	setting(s);
	need(s, SCHOOL, 11, 5);
	note(s, SCHOOL, 31, NOTE_STILL_NEEDED, SCHOOLS(1), 20);
	note(s, STRANGER, 32, NOTE_STILL_NEEDED, SCHOOLS(1), 22);
	e.line.created = NOON + 21 * HOUR;
	tell(s, SCHOOL, &e);
	s->now_s = NOON + 25 * HOUR;
}

static void all_are_confirmed(struct fold *f)
{
	assert_int_equal(line_at(f, NEED).confirmed_s, NOON + 20 * HOUR);
	assert_int_equal(line_at(f, SCHOOLS(11)).confirmed_s, NOON + 20 * HOUR);
	assert_int_equal(line_at(f, SCHOOLS(11)).due_s, NOON + 24 * HOUR);
	assert_int_equal(line_at(f, SCHOOLS(12)).due_s, NOON + 45 * HOUR);
	assert_int_equal(line_at(f, SCHOOLS(12)).confirmed_s, 0);
	assert_int_equal(open_at_the_school(f), 3);
}

static void drill_beside_what_is_real(struct story *s)
{
	struct entry e = need_entry(SCHOOL, 12, 10, NOON);

	setting(s);
	e.line.flags = LINE_DRILL;
	tell(s, SCHOOL, &e);
}

static void the_drill_is_not_counted(struct fold *f)
{
	assert_true(fold_is_real(f));
	assert_int_equal(open_at_the_school(f), 1);
}

static void all_is_a_drill(struct story *s)
{
	struct entry e = need_entry(SCHOOL, 10, 100, NOON);

	site(s, SCHOOL, 1);
	e.line.flags = LINE_DRILL;
	tell(s, SCHOOL, &e);
	s->now_s = NOON + 30 * HOUR;
}

static void the_drill_is_counted(struct fold *f)
{
	assert_false(fold_is_real(f));
	assert_int_equal(open_at_the_school(f), 1);
}

static const struct fold_story STORIES[] = {
	{ "a need before three quarters of its life", young_need, asks_nothing },
	{ "a need at three quarters of its life", need_at_three_quarters, asks_still_needed },
	{ "a need past its time", old_need, is_overdue_and_open },
	{ "still needed asks no more, and is no later", still_needed, is_confirmed_and_overdue },
	{ "an urgent need that nobody answered", urgent_need_unanswered, check_on_them },
	{ "another text puts nothing off", text_edited, is_no_younger },
	{ "all of this place is still needed", all_still_needed, all_are_confirmed },
	{ "a drill beside what is real", drill_beside_what_is_real, the_drill_is_not_counted },
	{ "all is a drill", all_is_a_drill, the_drill_is_counted },
};

int main(void)
{
	return run_stories(STORIES, sizeof STORIES / sizeof *STORIES);
}
