/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is promised and what comes for a need: it counts once, covers in a settled order, and lapses when it does not
 * come. */
#include "tests/unit/fold/fold_story_tests.h"

/* Which of the two is drawn, and by neither of them. */
static void the_rest_is_extra(struct fold *f)
{
	struct fold_move one = move_at(f, MILLS(30)), two = move_at(f, CHURCHS(31));

	NEED_IS(f, NEED, LINE_COVERED, 0, 100, 0);
	STOCK_IS(f, STOCK, 500, 80);
	assert_int_equal(one.extra_milli + two.extra_milli, 40);
	assert_true(!one.extra_milli || !two.extra_milli);
	assert_true(one.counts && two.counts);
}

/* Both ways round, whatever is drawn. */
static void sent_before_pledged(struct story *s)
{
	setting(s);
	vouch(s, SCHOOL, CHURCH);
	for (uint32_t i = 0; i < 4; i++) {
		pledge(s, CHURCH, 40 + i, 30);
		mills(s, 30 + i, MOVE_SENT, 0, 25, 9);
	}
	s->now_s = NOON + 10 * HOUR;
}

static void the_sent_cover_first(struct fold *f)
{
	NEED_IS(f, NEED, LINE_COVERED, 0, 100, 0);
	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(move_at(f, MILLS(30 + i)).extra_milli, 0);
		assert_int_equal(move_at(f, CHURCHS(40 + i)).extra_milli, 30);
	}
	STOCK_IS(f, STOCK, 400, 0);
}

static void accepted_before_trusted(struct story *s)
{
	setting(s);
	for (uint32_t i = 0; i < 4; i++) {
		mills(s, 30 + i, MOVE_PLEDGED, 0, 25, 1);
		pledge(s, STRANGER, 40 + i, 25);
		schools(s, 50 + i, MOVE_ASKED, STRANGERS(40 + i), 25, 2);
	}
	s->now_s = NOON + 3 * HOUR;
}

static void the_accepted_cover_first(struct fold *f)
{
	NEED_IS(f, NEED, LINE_COVERED, 0, 100, 0);
	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(move_at(f, STRANGERS(40 + i)).extra_milli, 0);
		assert_int_equal(move_at(f, MILLS(30 + i)).extra_milli, 25);
	}
}

static void no_show(struct story *s)
{
	setting(s);
	move(s, (struct moving){ MILL, 30, MOVE_PLEDGED, NEED, STOCK, NOTHING, 80, 1, 4 });
	s->now_s = NOON + 10 * HOUR;
}

static void is_open_again(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
	STOCK_IS(f, STOCK, 500, 0);
	assert_true(move_at(f, MILLS(30)).lapsed);
}

static void nearly_a_no_show(struct story *s)
{
	no_show(s);
	s->now_s = NOON + 10 * HOUR - 1;
}

static void is_still_awaited(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 80, 20);
	STOCK_IS(f, STOCK, 500, 80);
	assert_int_equal(move_at(f, MILLS(30)).due_s, NOON + 4 * HOUR);
}

static void no_due_said(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_PLEDGED, 0, 80, 0);
	s->now_s = NOON + 30 * HOUR;
}

static void lapses_after_a_day(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OVERDUE, 0, 0, 100);
	assert_true(move_at(f, MILLS(30)).lapsed);
}

/* The need is due in a day, and this comes six hours later. */
static void promised_for_later(struct story *s)
{
	setting(s);
	move(s, (struct moving){ MILL, 30, MOVE_PLEDGED, NEED, STOCK, NOTHING, 80, 1, 30 });
	s->now_s = NOON + 2 * HOUR;
}

static void covers_nothing(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
	STOCK_IS(f, STOCK, 500, 80);
	assert_true(move_at(f, MILLS(30)).too_late);
}

static void sent_for_later(struct story *s)
{
	promised_for_later(s);
	mills(s, 31, MOVE_SENT, 30, 80, 2);
	s->now_s = NOON + 26 * HOUR;
}

static void is_on_its_way(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OVERDUE, 0, 80, 20);
}

/* It was to come in time, and has not left. */
static void still_here_when_due(struct story *s)
{
	setting(s);
	move(s, (struct moving){ MILL, 30, MOVE_PLEDGED, NEED, STOCK, NOTHING, 100, 1, 23 });
	s->now_s = NOON + 24 * HOUR;
}

static void is_overdue_though_promised(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OVERDUE, 0, 0, 100);
	STOCK_IS(f, STOCK, 500, 100);
	assert_true(move_at(f, MILLS(30)).too_late && !move_at(f, MILLS(30)).lapsed);
}

static void promised_when_overdue(struct story *s)
{
	setting(s);
	move(s, (struct moving){ MILL, 30, MOVE_PLEDGED, NEED, STOCK, NOTHING, 100, 26, 30 });
	s->now_s = NOON + 29 * HOUR;
}

static void covers_until_its_hour(struct fold *f)
{
	NEED_IS(f, NEED, LINE_COVERED, 0, 100, 0);
}

static void its_hour_came(struct story *s)
{
	promised_when_overdue(s);
	s->now_s = NOON + 30 * HOUR;
}

/* The stock's last day is over before it comes. */
static void promised_past_its_day(struct story *s)
{
	setting(s);
	s->said[s->count - 1].entry.line.use_by = NOON / 86400;
	story_name(&s->said[s->count - 1]);
	move(s, (struct moving){ MILL, 30, MOVE_PLEDGED, NEED, STOCK, NOTHING, 80, 1, 20 });
	move(s, (struct moving){ MILL, 31, MOVE_PLEDGED, NEED, STOCK, NOTHING, 15, 1, 6 });
}

static void only_what_can_be_used_covers(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 15, 85);
	assert_true(move_at(f, MILLS(30)).too_late);
	assert_false(move_at(f, MILLS(31)).too_late);
}

static void late_truck(struct story *s)
{
	no_show(s);
	schools(s, 31, MOVE_RECEIVED, MILLS(30), 80, 11);
	s->now_s = NOON + 12 * HOUR;
}

static void still_counts(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 80, 0, 20);
	STOCK_IS(f, STOCK, 420, 0);
	assert_false(move_at(f, MILLS(30)).lapsed);
}

static void over_delivery(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_SENT, 0, 150, 1);
	schools(s, 31, MOVE_RECEIVED, MILLS(30), 150, 2);
	mills(s, 32, MOVE_SENT, 0, 10, 1);
	s->now_s = NOON + 3 * HOUR;
}

static void is_met_and_the_next_is_extra(struct fold *f)
{
	NEED_IS(f, NEED, LINE_MET, 150, 0, 0);
	assert_int_equal(move_at(f, MILLS(32)).extra_milli, 10);
	STOCK_IS(f, STOCK, 340, 0);
}

static void two_trucks(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_PLEDGED, 0, 80, 1);
	mills(s, 31, MOVE_SENT, 30, 50, 2);
	mills(s, 32, MOVE_SENT, 30, 30, 2);
	schools(s, 33, MOVE_RECEIVED, MILLS(31), 50, 3);
	schools(s, 34, MOVE_RECEIVED, MILLS(32), 30, 4);
	s->now_s = NOON + 5 * HOUR;
}

static void both_add_up(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 80, 0, 20);
	STOCK_IS(f, STOCK, 420, 0);
	assert_int_equal(fold_count(f, FOLD_MOVES), 1);
}

static void some(struct story *s)
{
	struct entry e = need_entry(SCHOOL, 12, 0, NOON);

	setting(s);
	tell(s, SCHOOL, &e);
	move(s, (struct moving){ MILL, 30, MOVE_PLEDGED, SCHOOLS(12), STOCK, NOTHING, 3, 1, 0 });
}

static void anything_covers_it(struct fold *f)
{
	NEED_IS(f, SCHOOLS(12), LINE_COVERED, 0, 3, 0);
}

static const struct fold_story STORIES[] = {
	{ "pledge, sending and receipt count once", pledge_sent_received, is_counted_once },
	{ "two pledges for one need while apart", two_pledges, the_rest_is_extra },
	{ "what is sent covers before what is pledged", sent_before_pledged, the_sent_cover_first },
	{ "what was accepted covers before what is trusted", accepted_before_trusted, the_accepted_cover_first },
	{ "a no-show lapses", no_show, is_open_again },
	{ "promised for later than it is needed", promised_for_later, covers_nothing },
	{ "on its way for later than it is needed", sent_for_later, is_on_its_way },
	{ "still here when it was to be there", still_here_when_due, is_overdue_though_promised },
	{ "promised when overdue", promised_when_overdue, covers_until_its_hour },
	{ "promised when overdue, and not gone", its_hour_came, is_overdue_though_promised },
	{ "promised past its day", promised_past_its_day, only_what_can_be_used_covers },
	{ "a no-show that is not one yet", nearly_a_no_show, is_still_awaited },
	{ "a pledge without a due time lapses", no_due_said, lapses_after_a_day },
	{ "late truck still counts", late_truck, still_counts },
	{ "over-delivery", over_delivery, is_met_and_the_next_is_extra },
	{ "two trucks for one pledge", two_trucks, both_add_up },
	{ "some, however much", some, anything_covers_it },
};

int main(void)
{
	return run_stories(STORIES, sizeof STORIES / sizeof *STORIES);
}
