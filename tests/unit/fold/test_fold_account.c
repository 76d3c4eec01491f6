/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Quantities are accounted: each litre is promised, on its way, arrived, lost or back, and nowhere twice. */
#include "tests/unit/fold/fold_story_tests.h"

static void in_two_loads(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_PLEDGED, 0, 100, 1);
	mills(s, 31, MOVE_SENT, 30, 50, 2);
	schools(s, 32, MOVE_RECEIVED, MILLS(31), 50, 3);
	mills(s, 33, MOVE_SENT, 30, 50, 4);
	s->now_s = NOON + 5 * HOUR;
}

static void the_second_is_coming(struct fold *f)
{
	struct fold_move journey = move_at(f, MILLS(30));

	NEED_IS(f, NEED, LINE_COVERED, 50, 50, 0);
	STOCK_IS(f, STOCK, 400, 0);
	MOVE_IS(f, MILLS(30), MOVE_SENT, 50, true);
	assert_int_equal(journey.arrived_milli, 50);
	assert_int_equal(journey.on_way_milli, 50);
	assert_int_equal(journey.promised_milli, 0);
}

/* The same, where everybody answers the promise itself. */
static void in_two_loads_unnamed(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_PLEDGED, 0, 100, 1);
	mills(s, 31, MOVE_SENT, 30, 50, 2);
	schools(s, 32, MOVE_RECEIVED, MILLS(30), 50, 3);
	mills(s, 33, MOVE_SENT, 30, 50, 4);
	s->now_s = NOON + 5 * HOUR;
}

static void half_sent(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_PLEDGED, 0, 100, 1);
	mills(s, 31, MOVE_SENT, 30, 50, 2);
	s->now_s = NOON + 3 * HOUR;
}

static void the_other_half_is_still_promised(struct fold *f)
{
	NEED_IS(f, NEED, LINE_COVERED, 0, 100, 0);
	STOCK_IS(f, STOCK, 450, 50);
	assert_int_equal(move_at(f, MILLS(30)).promised_milli, 50);
}

/* The load comes when the promise of the rest has lapsed. */
static void half_sent_and_the_rest_lapses(struct story *s)
{
	setting(s);
	move(s, (struct moving){ MILL, 30, MOVE_PLEDGED, NEED, STOCK, NOTHING, 100, 1, 4 });
	move(s, (struct moving){ MILL, 31, MOVE_SENT, NEED, NOTHING, MILLS(30), 50, 2, 12 });
	s->now_s = NOON + 11 * HOUR;
}

static void only_the_load_is_coming(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 50, 50);
	STOCK_IS(f, STOCK, 450, 0);
	assert_false(move_at(f, MILLS(30)).lapsed);
}

static void some_is_lost(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_SENT, 0, 40, 1);
	mills(s, 31, MOVE_LOST, 30, 5, 2);
	s->now_s = NOON + 3 * HOUR;
}

static void the_rest_is_coming(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 35, 65);
	STOCK_IS(f, STOCK, 460, 0);
	assert_int_equal(move_at(f, MILLS(30)).lost_milli, 5);
}

/* The driver hands it over, and so says the keeper of the mill; it left once. */
static void handed_over_as_two_saw(struct story *s)
{
	setting(s);
	keeper(s, MILL, NURSE);
	stock(s, MILL, 20, 360, 0);
	s->said[s->count - 1].entry.hlc.time++;
	story_name(&s->said[s->count - 1]);
	mills(s, 30, MOVE_SENT, 0, 30, 1);
	mills(s, 31, MOVE_GIVEN, 30, 30, 2);
	move(s, (struct moving){ NURSE, 32, MOVE_GIVEN, NEED, NOTHING, MILLS(30), 30, 2, 0 });
	s->now_s = NOON + 3 * HOUR;
}

static void it_left_once(struct fold *f)
{
	STOCK_IS(f, STOCK, 330, 0);
	assert_int_equal(move_at(f, MILLS(30)).on_way_milli, 0);
}

/* One who says it twice means two. */
static void handed_over_twice(struct story *s)
{
	handed_over_as_two_saw(s);
	mills(s, 33, MOVE_GIVEN, 30, 30, 3);
}

static void it_left_twice(struct fold *f)
{
	STOCK_IS(f, STOCK, 300, 0);
}

static void more_is_back_than_went(struct story *s)
{
	setting(s);
	stock(s, MILL, 20, 250, 0);
	s->said[s->count - 1].entry.hlc.time++;
	story_name(&s->said[s->count - 1]);
	mills(s, 30, MOVE_SENT, 0, 10, 1);
	mills(s, 31, MOVE_RETURNED, 30, 1000, 2);
	s->now_s = NOON + 3 * HOUR;
}

/* And the rest of the promise still stands. */
static void more_is_back_than_was_sent(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_PLEDGED, 0, 60, 1);
	mills(s, 31, MOVE_SENT, 30, 40, 2);
	mills(s, 32, MOVE_LOST, 31, 5, 3);
	mills(s, 33, MOVE_RETURNED, 31, 1000, 4);
	s->now_s = NOON + 5 * HOUR;
}

static void the_promise_stands(struct fold *f)
{
	STOCK_IS(f, STOCK, 500, 20);
	NEED_IS(f, NEED, LINE_OPEN, 0, 20, 80);
}

static void no_more_than_went(struct fold *f)
{
	STOCK_IS(f, STOCK, 250, 0);
	assert_int_equal(move_at(f, MILLS(30)).back_milli, 10);
}

static void two_sign_for_one_delivery(struct story *s)
{
	setting(s);
	keeper(s, SCHOOL, NURSE);
	mills(s, 30, MOVE_PLEDGED, 0, 60, 1);
	mills(s, 31, MOVE_SENT, 30, 60, 2);
	schools(s, 32, MOVE_RECEIVED, MILLS(31), 60, 3);
	move(s, (struct moving){ NURSE, 33, MOVE_RECEIVED, NEED, NOTHING, MILLS(31), 60, 3, 0 });
	s->now_s = NOON + 5 * HOUR;
}

static void it_came_once(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 60, 0, 40);
	STOCK_IS(f, STOCK, 440, 0);
	assert_true(move_at(f, MILLS(30)).counted_once);
}

/* The second load is signed for by somebody who knows of the first. */
static void another_signs_for_the_next(struct story *s)
{
	setting(s);
	keeper(s, SCHOOL, NURSE);
	mills(s, 30, MOVE_PLEDGED, 0, 100, 1);
	schools(s, 32, MOVE_RECEIVED, MILLS(30), 60, 3);
	move(s, (struct moving){ NURSE, 33, MOVE_RECEIVED, NEED, NOTHING, SCHOOLS(32), 30, 4, 0 });
	schools(s, 34, MOVE_RECEIVED, ref_of(NURSE, 33), 5, 5);
	move(s, (struct moving){ NURSE, 35, MOVE_RECEIVED, NEED, NOTHING, ref_of(NURSE, 33), 5, 5, 0 });
	s->now_s = NOON + 6 * HOUR;
}

static void both_came(struct fold *f)
{
	NEED_IS(f, NEED, LINE_COVERED, 95, 5, 0);
	STOCK_IS(f, STOCK, 405, 5);
}

/* As much again, by another who knew of what came before. */
static void the_same_again(struct story *s)
{
	setting(s);
	keeper(s, SCHOOL, NURSE);
	keeper(s, MILL, TRUCKER);
	mills(s, 30, MOVE_PLEDGED, 0, 120, 1);
	mills(s, 31, MOVE_SENT, 30, 25, 2);
	mills(s, 32, MOVE_SENT, 30, 25, 2);
	move(s, (struct moving){ TRUCKER, 33, MOVE_SENT, NEED, NOTHING, MILLS(32), 25, 2, 0 });
	schools(s, 34, MOVE_RECEIVED, MILLS(30), 25, 3);
	move(s, (struct moving){ NURSE, 35, MOVE_RECEIVED, NEED, NOTHING, SCHOOLS(34), 25, 4, 0 });
	s->now_s = NOON + 5 * HOUR;
}

static void adds_to_it(struct fold *f)
{
	NEED_IS(f, NEED, LINE_COVERED, 50, 50, 0);
	STOCK_IS(f, STOCK, 425, 45);
	assert_int_equal(move_at(f, MILLS(30)).on_way_milli, 25);
}

/* Two take in parts of what they do not know the loads of: 150 came, whoever took which part. */
static void parts_taken_in_apart(struct story *s)
{
	setting(s);
	keeper(s, SCHOOL, NURSE);
	need(s, SCHOOL, 12, 200);
	move(s, (struct moving){ MILL, 30, MOVE_PLEDGED, SCHOOLS(12), STOCK, NOTHING, 150, 1, 5 });
	for (uint32_t i = 0; i < 3; i++)
		mills(s, 31 + i, MOVE_SENT, 30, 50, 2);
	schools(s, 40, MOVE_RECEIVED, MILLS(30), 50, 3);
	schools(s, 41, MOVE_RECEIVED, MILLS(30), 30, 3);
	move(s, (struct moving){ NURSE, 42, MOVE_RECEIVED, NEED, NOTHING, MILLS(30), 20, 3, 0 });
	move(s, (struct moving){ NURSE, 43, MOVE_RECEIVED, NEED, NOTHING, MILLS(30), 64, 4, 0 });
	s->now_s = NOON + 5 * HOUR;
}

static void no_more_than_left(struct fold *f)
{
	struct fold_move journey = move_at(f, MILLS(30));

	assert_int_equal(journey.arrived_milli, 164);
	assert_int_equal(journey.on_way_milli, 0);
	assert_int_equal(journey.promised_milli, 0);
}

/* The second load was not heard of where both were taken in. */
static void taken_in_before_it_was_heard_of(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_PLEDGED, 0, 90, 1);
	mills(s, 31, MOVE_SENT, 30, 30, 2);
	mills(s, 32, MOVE_SENT, 30, 30, 3);
	schools(s, 33, MOVE_RECEIVED, MILLS(30), 60, 4);
	s->now_s = NOON + 5 * HOUR;
}

static void only_the_promise_is_left(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 60, 30, 10);
	assert_int_equal(move_at(f, MILLS(30)).on_way_milli, 0);
	STOCK_IS(f, STOCK, 440, 30);
}

/* A load has the time that was promised. */
static void due_as_promised(struct story *s)
{
	setting(s);
	schools(s, 30, MOVE_ASKED, NOTHING, 60, 1);
	s->said[s->count - 1].entry.move.from = STOCK;
	story_name(&s->said[s->count - 1]);
	move(s, (struct moving){ MILL, 31, MOVE_PLEDGED, NEED, NOTHING, SCHOOLS(30), 40, 1, 3 });
	move(s, (struct moving){ MILL, 32, MOVE_SENT, NEED, NOTHING, MILLS(31), 10, 2, 0 });
	s->now_s = NOON + 5 * HOUR;
}

static void is_late_when_it_was_due(struct fold *f)
{
	assert_int_equal(move_at(f, SCHOOLS(30)).due_s, NOON + 3 * HOUR);
	assert_int_equal(move_at(f, SCHOOLS(30)).on_way_milli, 10);
}

/* It was given up, and came; and given up, and came back. */
static void lost_and_found(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_SENT, 0, 30, 1);
	mills(s, 31, MOVE_LOST, 30, 30, 2);
	schools(s, 32, MOVE_RECEIVED, MILLS(30), 30, 3);
	mills(s, 40, MOVE_SENT, 0, 20, 1);
	schools(s, 41, MOVE_LOST, MILLS(40), 20, 2);
	mills(s, 42, MOVE_RETURNED, 40, 20, 3);
	s->now_s = NOON + 5 * HOUR;
}

static void the_later_word_is_true(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 30, 0, 70);
	STOCK_IS(f, STOCK, 470, 0);
	assert_int_equal(move_at(f, MILLS(30)).lost_milli, 0);
	assert_int_equal(move_at(f, MILLS(40)).back_milli, 20);
	assert_int_equal(move_at(f, MILLS(40)).lost_milli, 0);
}

/* Two take in one load apart, and count it very differently. */
static void one_load_counted_differently(struct story *s)
{
	setting(s);
	keeper(s, SCHOOL, NURSE);
	mills(s, 30, MOVE_SENT, 0, 20, 1);
	schools(s, 31, MOVE_RECEIVED, MILLS(30), 15, 2);
	move(s, (struct moving){ NURSE, 32, MOVE_RECEIVED, NEED, NOTHING, MILLS(30), 20, 2, 0 });
	s->now_s = NOON + 3 * HOUR;
}

static void no_more_than_was_on_it(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 20, 0, 80);
	assert_true(move_at(f, MILLS(30)).counted_once);
}

/* Each of two loads is seen by two, one of whom is mistaken. */
static void two_see_two_loads(struct story *s)
{
	setting(s);
	keeper(s, SCHOOL, NURSE);
	mills(s, 30, MOVE_PLEDGED, 0, 80, 1);
	mills(s, 31, MOVE_SENT, 30, 50, 2);
	mills(s, 32, MOVE_SENT, 30, 30, 2);
	schools(s, 33, MOVE_RECEIVED, MILLS(31), 50, 3);
	move(s, (struct moving){ NURSE, 34, MOVE_RECEIVED, NEED, NOTHING, MILLS(32), 30, 3, 0 });
	move(s, (struct moving){ NURSE, 35, MOVE_RECEIVED, NEED, NOTHING, MILLS(31), 48, 3, 0 });
	s->now_s = NOON + 5 * HOUR;
}

static void each_came_once(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 80, 0, 20);
	STOCK_IS(f, STOCK, 420, 0);
}

/* A delivery that nobody promised cannot empty a stock. */
static void more_arrives_than_was_sent(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_SENT, 0, 40, 1);
	schools(s, 31, MOVE_RECEIVED, MILLS(30), 90, 2);
	s->now_s = NOON + 3 * HOUR;
}

static void what_left_is_the_sources_word(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 90, 0, 10);
	STOCK_IS(f, STOCK, 460, 0);
}

static struct entered *as_drill(struct entered *said)
{
	said->entry.line.flags |= LINE_DRILL;
	story_name(said);
	return said;
}

static void drill(struct story *s)
{
	setting(s);
	as_drill(need(s, SCHOOL, 12, 40));
	as_drill(stock(s, MILL, 21, 70, 0));
	move(s, (struct moving){ MILL, 30, MOVE_SENT, SCHOOLS(12), STOCK, NOTHING, 30, 1, 0 });
	move(s, (struct moving){ MILL, 31, MOVE_SENT, NEED, MILLS(21), NOTHING, 20, 1, 0 });
	move(s, (struct moving){ MILL, 32, MOVE_SENT, SCHOOLS(12), MILLS(21), NOTHING, 5, 1, 0 });
	s->now_s = NOON + 2 * HOUR;
}

static void only_the_game_is_played(struct fold *f)
{
	STOCK_IS(f, STOCK, 500, 0);
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
	STOCK_IS(f, MILLS(21), 45, 0);
	NEED_IS(f, SCHOOLS(12), LINE_OPEN, 0, 35, 5);
	assert_false(move_at(f, MILLS(31)).counts);
}

/* Counted, sent as of tomorrow, counted again: what was sent is not taken off the second count. */
static void sent_tomorrow(struct story *s)
{
	setting(s);
	move(s, (struct moving){ MILL, 30, MOVE_SENT, NEED, STOCK, NOTHING, 20, 1, 0 })->entry.move.at =
		NOON + 30 * HOUR;
	story_name(&s->said[s->count - 1]);
	stock(s, MILL, 20, 80, 2 * HOUR);
	s->now_s = NOON + 40 * HOUR;
}

static void the_count_knows_of_it(struct fold *f)
{
	STOCK_IS(f, STOCK, 80, 0);
}

/* As far ahead as a number goes: it does not move the load to another place, and keeps no promise alive. */
static void of_another_century(struct story *s)
{
	setting(s);
	move(s, (struct moving){ MILL, 30, MOVE_PLEDGED, NEED, STOCK, NOTHING, 80, 1, 0 })->entry.move.due = UINT32_MAX;
	story_name(&s->said[s->count - 1]);
	s->now_s = NOON + 63 * 24 * HOUR;
}

static void lapses_all_the_same(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OVERDUE, 0, 0, 100);
	assert_true(move_at(f, MILLS(30)).lapsed);
}

static void counted_tomorrow(struct story *s)
{
	setting(s);
	stock(s, MILL, 20, 80, 2 * HOUR)->entry.line.counted = NOON + 90 * HOUR;
	story_name(&s->said[s->count - 1]);
	mills(s, 30, MOVE_SENT, 0, 30, 4);
	s->now_s = NOON + 5 * HOUR;
}

static void what_left_after_it_left(struct fold *f)
{
	STOCK_IS(f, STOCK, 50, 0);
}

/* Of 100, 60 had arrived when that was summed up; what arrived before is not added once more. */
static void summed_up(struct story *s)
{
	struct entry e;

	setting(s);
	mills(s, 30, MOVE_SENT, 0, 60, 1);
	schools(s, 31, MOVE_RECEIVED, MILLS(30), 60, 2);
	mills(s, 32, MOVE_SENT, 0, 10, 4);
	schools(s, 33, MOVE_RECEIVED, MILLS(32), 10, 5);
	e = need_entry(SCHOOL, 10, 100, NOON + 6 * HOUR);
	e.line.counted = NOON + 3 * HOUR;
	e.line.arrived_milli = 60;
	tell(s, SCHOOL, &e);
	s->now_s = NOON + 7 * HOUR;
}

static void each_receipt_counts_once(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 70, 0, 30);
}

/* Promised for the second hour, and gone in the tenth, without a word of when it comes. */
static void gone_after_its_hour(struct story *s)
{
	setting(s);
	move(s, (struct moving){ MILL, 30, MOVE_PLEDGED, NEED, STOCK, NOTHING, 40, 1, 2 });
	mills(s, 31, MOVE_SENT, 30, 40, 10);
	s->now_s = NOON + 11 * HOUR;
}

static void is_on_its_way_all_the_same(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 40, 60);
	assert_false(move_at(f, MILLS(30)).lapsed);
	assert_int_equal(move_at(f, MILLS(30)).due_s, NOON + 34 * HOUR);
}

/* Fifty were given up for lost, and came after all: nothing that is promised yet has left by that. */
static void given_up_and_come(struct story *s)
{
	setting(s);
	move(s, (struct moving){ MILL, 30, MOVE_PLEDGED, NEED, STOCK, NOTHING, 90, 1, 20 });
	mills(s, 31, MOVE_SENT, 30, 60, 2);
	mills(s, 32, MOVE_LOST, 31, 20, 3);
	move(s, (struct moving){ SCHOOL, 33, MOVE_RECEIVED, NEED, NOTHING, MILLS(30), 40, 4, 0 });
	move(s, (struct moving){ SCHOOL, 34, MOVE_RECEIVED, NEED, NOTHING, MILLS(30), 20, 5, 0 });
	s->now_s = NOON + 6 * HOUR;
}

static void the_rest_is_still_promised(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 60, 30, 10);
	STOCK_IS(f, STOCK, 440, 30);
	assert_int_equal(move_at(f, MILLS(30)).lost_milli, 0);
}

/* The sender never heard that it came, and gives it up. */
static void given_up_by_the_sender(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_SENT, 0, 40, 1);
	schools(s, 31, MOVE_RECEIVED, MILLS(30), 40, 3);
	mills(s, 31, MOVE_LOST, 30, 40, 9);
	s->now_s = NOON + 10 * HOUR;
}

static void it_came_all_the_same(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 40, 0, 60);
	STOCK_IS(f, STOCK, 460, 0);
	assert_int_equal(move_at(f, MILLS(30)).lost_milli, 0);
}

/* Who took it in corrects himself. */
static void lost_after_it_was_taken_in(struct story *s)
{
	given_up_by_the_sender(s);
	schools(s, 32, MOVE_LOST, SCHOOLS(31), 10, 9);
}

static void ten_are_gone(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 30, 0, 70);
}

static const struct fold_story STORIES[] = {
	{ "one promise in two loads", in_two_loads, the_second_is_coming },
	{ "one promise in two loads, named by nobody", in_two_loads_unnamed, the_second_is_coming },
	{ "half of a promise is sent", half_sent, the_other_half_is_still_promised },
	{ "the rest of a promise lapses", half_sent_and_the_rest_lapses, only_the_load_is_coming },
	{ "some of a load is lost", some_is_lost, the_rest_is_coming },
	{ "two saw one handing over", handed_over_as_two_saw, it_left_once },
	{ "one hands over twice", handed_over_twice, it_left_twice },
	{ "more comes back than went", more_is_back_than_went, no_more_than_went },
	{ "more comes back than was sent of a promise", more_is_back_than_was_sent, the_promise_stands },
	{ "two sign for one delivery", two_sign_for_one_delivery, it_came_once },
	{ "another signs for what came next", another_signs_for_the_next, both_came },
	{ "the same again", the_same_again, adds_to_it },
	{ "parts taken in apart", parts_taken_in_apart, no_more_than_left },
	{ "taken in before it was heard of", taken_in_before_it_was_heard_of, only_the_promise_is_left },
	{ "due as promised", due_as_promised, is_late_when_it_was_due },
	{ "lost and found", lost_and_found, the_later_word_is_true },
	{ "one load counted differently", one_load_counted_differently, no_more_than_was_on_it },
	{ "two see two loads", two_see_two_loads, each_came_once },
	{ "more arrives than was sent", more_arrives_than_was_sent, what_left_is_the_sources_word },
	{ "a drill", drill, only_the_game_is_played },
	{ "sent as of tomorrow", sent_tomorrow, the_count_knows_of_it },
	{ "due in another century", of_another_century, lapses_all_the_same },
	{ "counted as of tomorrow", counted_tomorrow, what_left_after_it_left },
	{ "gone after its hour", gone_after_its_hour, is_on_its_way_all_the_same },
	{ "given up, and come after all", given_up_and_come, the_rest_is_still_promised },
	{ "given up by who sent it", given_up_by_the_sender, it_came_all_the_same },
	{ "lost by who took it in", lost_after_it_was_taken_in, ten_are_gone },
	{ "receipts summed up", summed_up, each_receipt_counts_once },
};

int main(void)
{
	return run_stories(STORIES, sizeof STORIES / sizeof *STORIES);
}
