/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where a journey goes and how far it is: rerouted, declined, released, asked of a holder, in a loop. */
#include "tests/unit/fold/fold_story_tests.h"

static void rerouted(struct story *s)
{
	setting(s);
	need(s, CHURCH, 11, 60);
	vouch(s, CHURCH, MILL);
	mills(s, 30, MOVE_SENT, 0, 50, 1);
	move(s, (struct moving){ MILL, 31, MOVE_SENT, OTHER_NEED, NOTHING, MILLS(30), 0, 2, 0 });
	move(s, (struct moving){ STRANGER, 32, MOVE_SENT, NEED, NOTHING, MILLS(31), 50, 3, 0 });
	s->now_s = NOON + 4 * HOUR;
}

static void goes_where_the_carrier_said(struct fold *f)
{
	struct public_key mill = key_of(MILL);

	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
	NEED_IS(f, OTHER_NEED, LINE_OPEN, 0, 50, 10);
	STOCK_IS(f, STOCK, 450, 0); /* it left once */
	assert_int_equal(fold_count(f, FOLD_MOVES), 1);
	assert_true(public_key_equal(move_at(f, MILLS(30)).pledger, &mill));
}

static void rerouted_and_received(struct story *s)
{
	rerouted(s);
	move(s, (struct moving){ CHURCH, 33, MOVE_RECEIVED, NOTHING, NOTHING, MILLS(31), 50, 4, 0 });
}

static void counts_there(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
	NEED_IS(f, OTHER_NEED, LINE_OPEN, 50, 0, 10);
	STOCK_IS(f, STOCK, 450, 0);
}

/* Apart: the school takes all of it in, and the mill, which has not heard of that, sends it elsewhere. */
static void rerouted_after_it_came(struct story *s)
{
	setting(s);
	need(s, CHURCH, 11, 60);
	vouch(s, CHURCH, MILL);
	mills(s, 30, MOVE_SENT, 0, 50, 1);
	schools(s, 31, MOVE_RECEIVED, MILLS(30), 50, 2);
	move(s, (struct moving){ MILL, 32, MOVE_SENT, OTHER_NEED, NOTHING, MILLS(30), 0, 3, 0 });
	s->now_s = NOON + 4 * HOUR;
}

static void it_is_where_it_came(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 50, 0, 50);
	NEED_IS(f, OTHER_NEED, LINE_OPEN, 0, 0, 60);
	STOCK_IS(f, STOCK, 450, 0);
}

static void rerouted_before_it_left(struct story *s)
{
	setting(s);
	need(s, CHURCH, 11, 60);
	vouch(s, CHURCH, MILL);
	mills(s, 30, MOVE_PLEDGED, 0, 50, 1);
	move(s, (struct moving){ MILL, 31, MOVE_PLEDGED, OTHER_NEED, NOTHING, MILLS(30), 0, 2, 0 });
	s->now_s = NOON + 4 * HOUR;
}

static void is_promised_once(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
	NEED_IS(f, OTHER_NEED, LINE_OPEN, 0, 50, 10);
	STOCK_IS(f, STOCK, 500, 50);
}

static void loop(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_PLEDGED, 31, 10, 1);
	mills(s, 31, MOVE_PLEDGED, 32, 10, 1);
	mills(s, 32, MOVE_PLEDGED, 30, 10, 1);
	mills(s, 33, MOVE_PLEDGED, 33, 10, 1);
}

static void each_stands_alone(struct fold *f)
{
	assert_int_equal(fold_count(f, FOLD_MOVES), 4);
	NEED_IS(f, NEED, LINE_OPEN, 0, 40, 60);
}

static void declined(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_PLEDGED, 0, 80, 1);
	schools(s, 31, MOVE_DECLINED, MILLS(30), 80, 2);
}

static void is_free_again(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
	STOCK_IS(f, STOCK, 500, 0);
	assert_int_equal(move_at(f, MILLS(30)).stage, MOVE_DECLINED);
}

static void released_after_sending(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_PLEDGED, 0, 80, 1);
	mills(s, 31, MOVE_SENT, 30, 80, 2);
	mills(s, 32, MOVE_RELEASED, 30, 80, 3);
}

static void the_fact_beats_the_intention(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 80, 20);
	MOVE_IS(f, MILLS(30), MOVE_SENT, 80, true);
}

static void released(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_PLEDGED, 0, 80, 1);
	mills(s, 31, MOVE_RELEASED, 30, 80, 3);
}

static void is_released(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
	MOVE_IS(f, MILLS(30), MOVE_RELEASED, 80, false);
	STOCK_IS(f, STOCK, 500, 0);
}

static void asked_of_the_holder(struct story *s)
{
	setting(s);
	need(s, CHURCH, 11, 60); /* the church trusts nobody */
	move(s, (struct moving){ CHURCH, 30, MOVE_ASKED, OTHER_NEED, STOCK, NOTHING, 60, 1, 0 });
	move(s, (struct moving){ STRANGER, 30, MOVE_PLEDGED, OTHER_NEED, NOTHING, CHURCHS(30), 60, 1, 0 });
	move(s, (struct moving){ MILL, 30, MOVE_PLEDGED, NOTHING, NOTHING, CHURCHS(30), 55, 2, 0 });
}

static void asked_of_the_holder_alone(struct story *s)
{
	setting(s);
	need(s, CHURCH, 11, 60);
	move(s, (struct moving){ CHURCH, 30, MOVE_ASKED, OTHER_NEED, STOCK, NOTHING, 60, 1, 0 });
}

static void says_whose_stock_it_is(struct fold *f)
{
	struct fold_move ask = move_at(f, CHURCHS(30));

	assert_true(ref_equal(fold_ref(f, ask.from), STOCK));
	assert_null(ask.pledger);
	STOCK_IS(f, STOCK, 500, 0);
}

static void the_holder_answers(struct fold *f)
{
	NEED_IS(f, OTHER_NEED, LINE_OPEN, 0, 55, 5);
	STOCK_IS(f, STOCK, 500, 55);
	assert_int_equal(fold_count(f, FOLD_MOVES), 1);
}

static const struct fold_story STORIES[] = {
	{ "rerouted truck", rerouted, goes_where_the_carrier_said },
	{ "rerouted truck arrives", rerouted_and_received, counts_there },
	{ "rerouted after it came", rerouted_after_it_came, it_is_where_it_came },
	{ "rerouted before it left", rerouted_before_it_left, is_promised_once },
	{ "moves in a loop", loop, each_stands_alone },
	{ "declined", declined, is_free_again },
	{ "released", released, is_released },
	{ "released after it was sent", released_after_sending, the_fact_beats_the_intention },
	{ "asked of the holder, who has not answered", asked_of_the_holder_alone, says_whose_stock_it_is },
	{ "asked of the holder, who answers", asked_of_the_holder, the_holder_answers },
};

int main(void)
{
	return run_stories(STORIES, sizeof STORIES / sizeof *STORIES);
}
