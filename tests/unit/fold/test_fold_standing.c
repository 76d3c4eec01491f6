/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Needs that open again after each period, and rounds from door to door. */
#include "tests/unit/fold/fold_story_tests.h"

enum { DAY = 24 * HOUR };

/* 100 each day, within 6 hours. */
static struct entered *each_day(struct story *s)
{
	struct entry e = need_entry(SCHOOL, 12, 100, NOON);

	e.line.every_h = 24;
	e.line.within_h = 6;
	return tell(s, SCHOOL, &e);
}

static void came(struct story *s, uint32_t number, uint64_t quantity, uint32_t hours)
{
	move(s, (struct moving){ SCHOOL, number, MOVE_RECEIVED, SCHOOLS(12), NOTHING, NOTHING, quantity, hours, 0 });
}

static struct fold_period period_at(struct fold *f, uint32_t back)
{
	struct fold_period period;

	assert_true(fold_line_period(f, fold_find(f, FOLD_LINES, SCHOOLS(12)), back, &period));
	return period;
}

/* More than is asked on the first day, some on the second, nothing yet on the third. */
static void three_days(struct story *s)
{
	setting(s);
	each_day(s);
	came(s, 30, 130, 3);
	came(s, 31, 40, 24);
	s->now_s = NOON + 2 * DAY + HOUR;
}

static void each_day_is_its_own(struct fold *f)
{
	struct fold_line line = line_at(f, SCHOOLS(12));
	struct fold_period period;

	NEED_IS(f, SCHOOLS(12), LINE_OVERDUE, 0, 0, 100); /* since the second day, of which some was missed */
	assert_true(line.is_standing && line.check_on_them);
	assert_int_equal(line.due_s, NOON + DAY + 6 * HOUR);
	assert_int_equal(sums_at(f, SCHOOLS(12)).ever_milli, 170);
	assert_int_equal(period_at(f, 0).met_milli, 0);
	assert_int_equal(period_at(f, 1).met_milli, 40);
	assert_int_equal(period_at(f, 2).met_milli, 130);
	assert_int_equal(period_at(f, 2).from_s, NOON);
	assert_int_equal(period_at(f, 2).until_s, NOON + DAY);
	assert_false(fold_line_period(f, fold_find(f, FOLD_LINES, SCHOOLS(12)), 3, &period));
	assert_false(fold_line_period(f, fold_find(f, FOLD_LINES, NEED), 0, &period));
	assert_false(line_at(f, NEED).is_standing);
}

static void met_today(struct story *s)
{
	three_days(s);
	came(s, 32, 100, 2 * 24);
}

static void until_tomorrow(struct fold *f)
{
	NEED_IS(f, SCHOOLS(12), LINE_MET, 100, 0, 0);
}

static void tomorrow(struct story *s)
{
	met_today(s);
	s->now_s = NOON + 3 * DAY;
}

static void opens_again(struct fold *f)
{
	NEED_IS(f, SCHOOLS(12), LINE_OPEN, 0, 0, 100);
	assert_int_equal(line_at(f, SCHOOLS(12)).due_s, NOON + 3 * DAY + 6 * HOUR);
	assert_false(line_at(f, SCHOOLS(12)).ask_still_needed);
}

static void confirmed_on_the_third_day(struct story *s)
{
	three_days(s);
	note(s, SCHOOL, 40, NOTE_STILL_NEEDED, SCHOOLS(12), 48);
}

static void is_as_late_as_it_was(struct fold *f)
{
	NEED_IS(f, SCHOOLS(12), LINE_OVERDUE, 0, 0, 100);
	assert_int_equal(line_at(f, SCHOOLS(12)).confirmed_s, NOON + 2 * DAY);
	assert_true(line_at(f, SCHOOLS(12)).due_s < NOON + 2 * DAY);
}

/* Asked for at twenty to one. */
static void met_before_the_hour(struct story *s)
{
	setting(s);
	each_day(s)->entry.line.created = NOON + 40 * 60;
	story_name(&s->said[s->count - 1]);
	came(s, 30, 100, 1);
	s->now_s = NOON + DAY + 30 * 60;
}

/* The period begins with the hour, so nobody is told for a part of it that it is met. */
static void opens_with_the_hour(struct fold *f)
{
	NEED_IS(f, SCHOOLS(12), LINE_OPEN, 0, 0, 100);
	assert_int_equal(period_at(f, 0).from_s, NOON + DAY);
	assert_int_equal(period_at(f, 1).met_milli, 100);
	assert_int_equal(line_at(f, SCHOOLS(12)).due_s, NOON + DAY + 6 * HOUR);
}

/* 60 were asked for and came; from today on it is 100. */
static void more_from_today_on(struct story *s)
{
	struct entry e = need_entry(SCHOOL, 12, 100, NOON + DAY + 2 * HOUR);

	setting(s);
	each_day(s);
	s->said[s->count - 1].entry.line.quantity_milli = 60;
	story_name(&s->said[s->count - 1]);
	came(s, 30, 60, 3);
	e.line.every_h = 24;
	e.line.within_h = 6;
	e.line.counted = NOON + DAY + 2 * HOUR;
	e.line.arrived_milli = 60;
	tell(s, SCHOOL, &e);
	s->now_s = NOON + DAY + 3 * HOUR;
}

static void yesterday_was_met(struct fold *f)
{
	NEED_IS(f, SCHOOLS(12), LINE_OPEN, 0, 0, 100);
	assert_int_equal(line_at(f, SCHOOLS(12)).due_s, NOON + DAY + 6 * HOUR);
	assert_int_equal(period_at(f, 1).asked_milli, 0);
	assert_int_equal(period_at(f, 1).met_milli, 60);
	assert_int_equal(period_at(f, 0).asked_milli, 100);
	assert_int_equal(sums_at(f, SCHOOLS(12)).ever_milli, 60);
}

/* Of what was handed out yesterday some came back today: today's is as it was. */
static void yesterdays_comes_back(struct story *s)
{
	setting(s);
	each_day(s);
	stock(s, SCHOOL, 21, 500, 0);
	move(s, (struct moving){ SCHOOL, 30, MOVE_GIVEN, SCHOOLS(12), SCHOOLS(21), NOTHING, 100, 2, 0 });
	move(s, (struct moving){ SCHOOL, 31, MOVE_GIVEN, SCHOOLS(12), SCHOOLS(21), NOTHING, 100, 25, 0 });
	move(s, (struct moving){ SCHOOL, 32, MOVE_RETURNED, NOTHING, NOTHING, SCHOOLS(30), 40, 26, 0 });
	s->now_s = NOON + DAY + 3 * HOUR;
}

static void today_is_as_it_was(struct fold *f)
{
	NEED_IS(f, SCHOOLS(12), LINE_MET, 100, 0, 0);
	assert_int_equal(period_at(f, 0).met_milli, 100);
	assert_int_equal(period_at(f, 1).met_milli, 60);
	STOCK_IS(f, SCHOOLS(21), 340, 0);
}

/* Half of a day's was promised, and beyond the day's it is extra. */
static void promised_for_today(struct story *s)
{
	three_days(s);
	move(s, (struct moving){ MILL, 50, MOVE_PLEDGED, SCHOOLS(12), STOCK, NOTHING, 60, 48, 60 });
}

static void counts_against_today(struct fold *f)
{
	NEED_IS(f, SCHOOLS(12), LINE_OVERDUE, 0, 60, 40);
}

static struct entry round_entry(uint32_t number, uint32_t created)
{
	struct entry e = blank(ENTRY_LINE, number, created);

	e.line.kind = LINE_ROUND;
	e.line.site = SCHOOLS(1);
	e.line.created = created;
	e.line.doors = 40;
	e.line.answered = 31;
	e.line.unneeded = 30;
	return e;
}

static void two_rounds(struct story *s)
{
	struct entry e = round_entry(61, NOON + HOUR);

	setting(s);
	tell(s, SCHOOL, &e);
	e = round_entry(60, NOON + 2 * HOUR);
	tell(s, NURSE, &e);
	e = round_entry(62, NOON + 3 * HOUR);
	e.line.closed = CLOSED_MISTAKE;
	tell(s, SCHOOL, &e);
	s->now_s = NOON + 4 * HOUR;
}

/* It is no need, and no stock. */
static void the_newest_is_told(struct fold *f)
{
	struct fold_site site;

	fold_site(f, fold_find(f, FOLD_SITES, SCHOOLS(1)), &site);
	assert_int_equal(site.open_needs, 1);
	assert_true(ref_equal(fold_ref(f, site.round), ref_of(NURSE, 60)));
	assert_int_equal(line_at(f, ref_of(NURSE, 60)).kind, LINE_ROUND);
	assert_int_equal(entry_at(f, site.round).line.answered, 31);
	fold_site(f, fold_find(f, FOLD_SITES, MILLS(1)), &site);
	assert_int_equal(site.round, FOLD_NONE);
}

static const struct fold_story STORIES[] = {
	{ "yesterday's comes back", yesterdays_comes_back, today_is_as_it_was },
	{ "a period begins with the hour", met_before_the_hour, opens_with_the_hour },
	{ "another number holds from now on", more_from_today_on, yesterday_was_met },
	{ "three days", three_days, each_day_is_its_own },
	{ "met today", met_today, until_tomorrow },
	{ "and tomorrow", tomorrow, opens_again },
	{ "confirmed on the third day", confirmed_on_the_third_day, is_as_late_as_it_was },
	{ "promised for today", promised_for_today, counts_against_today },
	{ "two rounds, and one that was a mistake", two_rounds, the_newest_is_told },
};

int main(void)
{
	return run_stories(STORIES, sizeof STORIES / sizeof *STORIES);
}
