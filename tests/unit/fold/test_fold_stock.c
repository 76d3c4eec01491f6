/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is on hand: counted, handed out, sent, brought back, lost, collected. */
#include "tests/unit/fold/fold_story_tests.h"

static void only_what_moved_since_counts(struct fold *f)
{
	STOCK_IS(f, STOCK, 300 - 7 + 50, 0);
	assert_int_equal(sums_at(f, STOCK).received_milli, 50);
}

static void says_recount(struct fold *f)
{
	assert_true(sums_at(f, STOCK).on_hand_milli == -20);
}

static void unsaid_quantity(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_PLEDGED, 0, 80, 1);
	mills(s, 31, MOVE_SENT, 30, 0, 2);
	s->now_s = NOON + 3 * HOUR;
}

static void all_that_was_promised_left(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 80, 20);
	STOCK_IS(f, STOCK, 420, 0);
}

static void stock_of_another(struct story *s)
{
	setting(s);
	move(s, (struct moving){ CHURCH, 30, MOVE_PLEDGED, NEED, STOCK, NOTHING, 80, 1, 0 });
	move(s, (struct moving){ CHURCH, 31, MOVE_SENT, NEED, STOCK, CHURCHS(30), 80, 1, 0 });
}

static void stays_where_it_is(struct fold *f)
{
	STOCK_IS(f, STOCK, 500, 0);
	assert_int_equal(move_at(f, CHURCHS(30)).from, FOLD_NONE);
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
}

static void is_back_in_stock(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
	STOCK_IS(f, STOCK, 500, 0);
}

static void lost(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_SENT, 0, 40, 1);
	mills(s, 31, MOVE_LOST, 30, 40, 2);
	s->now_s = NOON + 3 * HOUR;
}

static void is_gone_and_missing(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
	STOCK_IS(f, STOCK, 460, 0);
	MOVE_IS(f, MILLS(30), MOVE_LOST, 40, false);
}

static void given_at_the_door(struct story *s)
{
	setting(s);
	stock(s, SCHOOL, 21, 90, 0);
	move(s, (struct moving){ SCHOOL, 30, MOVE_GIVEN, NEED, SCHOOLS(21), NOTHING, 30, 1, 0 });
	move(s, (struct moving){ MILL, 31, MOVE_GIVEN, NEED, STOCK, NOTHING, 5, 1, 0 }); /* not the school's word */
	s->now_s = NOON + 2 * HOUR;
}

static void counts_for_the_need(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 30, 0, 70);
	STOCK_IS(f, SCHOOLS(21), 60, 0);
	STOCK_IS(f, STOCK, 495, 0);
}

/* Some of what was handed out for the need came back: it is on the shelf, and the need lacks it again. */
static void taken_back_from_the_need(struct story *s)
{
	setting(s);
	stock(s, SCHOOL, 21, 90, 0);
	move(s, (struct moving){ SCHOOL, 30, MOVE_GIVEN, NEED, SCHOOLS(21), NOTHING, 30, 1, 0 });
	move(s, (struct moving){ SCHOOL, 31, MOVE_RETURNED, NOTHING, NOTHING, SCHOOLS(30), 12, 2, 0 });
	s->now_s = NOON + 3 * HOUR;
}

static void is_on_the_shelf_again(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 18, 0, 82);
	STOCK_IS(f, SCHOOLS(21), 72, 0);
	MOVE_IS(f, SCHOOLS(30), MOVE_GIVEN, 18, false);
	assert_int_equal(move_at(f, SCHOOLS(30)).back_milli, 12);
}

/* Handed out before the count, and brought back after it: more than went out does not come back. */
static void brought_back(struct story *s)
{
	setting(s);
	stock(s, SCHOOL, 21, 90, 3 * HOUR);
	move(s, (struct moving){ SCHOOL, 30, MOVE_GIVEN, NOTHING, SCHOOLS(21), NOTHING, 7, 1, 0 });
	move(s, (struct moving){ SCHOOL, 31, MOVE_RETURNED, NOTHING, NOTHING, SCHOOLS(30), 2, 4, 0 });
	move(s, (struct moving){ SCHOOL, 32, MOVE_GIVEN, NOTHING, SCHOOLS(21), NOTHING, 5, 4, 0 });
	move(s, (struct moving){ SCHOOL, 33, MOVE_RETURNED, NOTHING, NOTHING, SCHOOLS(32), 9, 5, 0 });
	s->now_s = NOON + 6 * HOUR;
}

static void stands_on_the_shelf_again(struct fold *f)
{
	STOCK_IS(f, SCHOOLS(21), 92, 0);
}

static void collected_with_a_ticket(struct story *s)
{
	struct entry household;

	setting(s);
	stock(s, STRANGER, 22, 90, 0);
	household = need(s, SCHOOL, 11, 12)->entry;
	household.hlc.time++;
	household.line.ticket = 1;
	tell(s, SCHOOL, &household);
	move(s, (struct moving){ MILL, 30, MOVE_GIVEN, SCHOOLS(11), STOCK, NOTHING, 8, 1, 0 });
	move(s, (struct moving){ STRANGER, 31, MOVE_GIVEN, SCHOOLS(11), STRANGERS(22), NOTHING, 4, 1, 0 });
	s->now_s = NOON + 2 * HOUR;
}

static void the_door_where_its_code_was_shown_counts(struct fold *f)
{
	NEED_IS(f, SCHOOLS(11), LINE_OPEN, 8, 0, 4);
	STOCK_IS(f, STOCK, 492, 0);
}

/* The need was met, and has left before the moves. */
static void its_need_has_left(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_PLEDGED, 0, 50, 1);
	mills(s, 31, MOVE_SENT, 30, 20, 2);
	schools(s, 32, MOVE_RECEIVED, MILLS(31), 20, 3);
	schools(s, 33, MOVE_RECEIVED, MILLS(30), 30, 4);
	move(s, (struct moving){ STRANGER, 34, MOVE_RECEIVED, NEED, NOTHING, MILLS(30), 300, 5, 0 });
	for (uint32_t i = 0; i < s->count; i++)
		if (s->said[i].entry.kind == ENTRY_LINE && s->said[i].entry.number == 10)
			s->said[i--] = s->said[--s->count];
	s->now_s = NOON + 6 * HOUR;
}

static void what_came_has_left(struct fold *f)
{
	STOCK_IS(f, STOCK, 450, 0);
	assert_int_equal(move_at(f, MILLS(30)).stage, MOVE_RECEIVED);
	assert_int_equal(move_at(f, MILLS(30)).arrived_milli, 50);
}

/* From the shelf to nobody. A stranger, and who goes on from another word, takes nothing. */
static void gone_from_the_shelf(struct story *s)
{
	setting(s);
	move(s, (struct moving){ MILL, 30, MOVE_LOST, NOTHING, STOCK, NOTHING, 40, 2, 0 });
	move(s, (struct moving){ MILL, 31, MOVE_SPOILED, NOTHING, STOCK, NOTHING, 5, 3, 0 });
	move(s, (struct moving){ MILL, 32, MOVE_RETURNED, NOTHING, STOCK, NOTHING, 15, 4, 0 });
	move(s, (struct moving){ STRANGER, 33, MOVE_LOST, NOTHING, STOCK, NOTHING, 100, 4, 0 });
	move(s, (struct moving){ MILL, 34, MOVE_LOST, NOTHING, STOCK, MILLS(99), 100, 4, 0 });
	s->now_s = NOON + 6 * HOUR;
}

static void the_shelf_has_less(struct fold *f)
{
	STOCK_IS(f, STOCK, 440, 0);
	assert_int_equal(move_at(f, MILLS(30)).lost_milli, 40);
	assert_int_equal(move_at(f, MILLS(31)).lost_milli, 5);
	assert_int_equal(move_at(f, MILLS(31)).stage, MOVE_SPOILED);
	assert_int_equal(move_at(f, MILLS(32)).back_milli, 15);
	assert_int_equal(move_at(f, MILLS(32)).quantity_milli, 15);
}

static const struct fold_story STORIES[] = {
	{ "lost, spoiled and given back from the shelf", gone_from_the_shelf, the_shelf_has_less },
	{ "two counts of one stock with handing out in between", two_counts, only_what_moved_since_counts },
	{ "more handed out than there was", below_zero, says_recount },
	{ "sent without saying how much", unsaid_quantity, all_that_was_promised_left },
	{ "pledge from a stock that is not yours", stock_of_another, stays_where_it_is },
	{ "returned goods", returned, is_back_in_stock },
	{ "handed out, counted, and brought back", brought_back, stands_on_the_shelf_again },
	{ "the need has left", its_need_has_left, what_came_has_left },
	{ "lost", lost, is_gone_and_missing },
	{ "taken back from a need", taken_back_from_the_need, is_on_the_shelf_again },
	{ "given at the door counts for the need", given_at_the_door, counts_for_the_need },
	{ "a ticket collected elsewhere counts for its need", collected_with_a_ticket,
	  the_door_where_its_code_was_shown_counts },
};

int main(void)
{
	return run_stories(STORIES, sizeof STORIES / sizeof *STORIES);
}
