/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The life of a need: when it asks whether it is still needed, when it ends, what renews it. */
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

static void is_expired_not_closed(struct fold *f)
{
	struct fold_site site;

	NEED_IS(f, NEED, LINE_EXPIRED, 0, 0, 100);
	assert_int_equal(line_at(f, NEED).confirmed_s, 0);
	assert_false(line_at(f, NEED).check_on_them);
	fold_site(f, fold_find(f, FOLD_SITES, SCHOOLS(1)), &site);
	assert_int_equal(site.open_needs, 0);
}

static void still_needed(struct story *s)
{
	setting(s);
	note(s, SCHOOL, 31, NOTE_STILL_NEEDED, NEED, 20);
	s->now_s = NOON + 25 * HOUR;
}

static void is_renewed(struct fold *f)
{
	struct fold_line line = line_at(f, NEED);

	assert_int_equal(line.status, LINE_OPEN);
	assert_int_equal(line.due_s, NOON + 44 * HOUR);
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

	assert_int_equal(line.status, LINE_EXPIRED);
	assert_true(line.check_on_them);
	assert_false(line_at(f, NEED).check_on_them);
}

static const struct fold_story STORIES[] = {
	{ "a need before three quarters of its life", young_need, asks_nothing },
	{ "a need at three quarters of its life", need_at_three_quarters, asks_still_needed },
	{ "a need past its life", old_need, is_expired_not_closed },
	{ "still needed renews", still_needed, is_renewed },
	{ "an urgent need that nobody answered", urgent_need_unanswered, check_on_them },
};

int main(void)
{
	return run_stories(STORIES, sizeof STORIES / sizeof *STORIES);
}
