/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whose word counts: strangers, vouches, keys that share a hint, meddlers. */
#include "tests/unit/fold/fold_story_tests.h"

static void strangers_pledge(struct story *s)
{
	setting(s);
	pledge(s, STRANGER, 30, 80);
	schools(s, 31, MOVE_ASKED, MILLS(77), 80, 1); /* of something else */
}

static void is_shown_beside(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
	MOVE_IS(f, STRANGERS(30), MOVE_PLEDGED, 80, false);
	assert_false(move_at(f, STRANGERS(30)).accepted);
}

static void strangers_pledge_accepted(struct story *s)
{
	setting(s);
	keeper(s, SCHOOL, NURSE);
	pledge(s, STRANGER, 30, 80);
	move(s, (struct moving){ NURSE, 31, MOVE_ASKED, NEED, NOTHING, STRANGERS(30), 80, 1, 0 });
}

static void counts_now(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 80, 20);
	MOVE_IS(f, STRANGERS(30), MOVE_PLEDGED, 80, true);
}

static void stranger_accepts_himself(struct story *s)
{
	struct entry e = blank(ENTRY_TRUST, 71, NOON);

	setting(s);
	e.trust = (struct trust){ .kind = TRUST_KEEPER, .key = key_of(STRANGER), .site = SCHOOLS(1) };
	tell(s, STRANGER, &e); /* not his to say */
	pledge(s, STRANGER, 30, 80);
	move(s, (struct moving){ STRANGER, 31, MOVE_ASKED, NEED, NOTHING, STRANGERS(30), 80, 1, 0 });
	move(s, (struct moving){ STRANGER, 32, MOVE_RECEIVED, NEED, NOTHING, STRANGERS(30), 80, 1, 0 });
}

static void three_vouches(struct story *s)
{
	setting(s);
	vouch(s, MILL, NURSE);
	vouch(s, NURSE, TRUCKER);
	vouch(s, TRUCKER, STRANGER);
	pledge(s, TRUCKER, 30, 20);
	pledge(s, STRANGER, 30, 80);
}

static void three_are_near_four_are_far(struct fold *f)
{
	struct public_key school = key_of(SCHOOL), trucker = key_of(TRUCKER), stranger = key_of(STRANGER);

	NEED_IS(f, NEED, LINE_OPEN, 0, 20, 80);
	MOVE_IS(f, ref_of(TRUCKER, 30), MOVE_PLEDGED, 20, true);
	MOVE_IS(f, STRANGERS(30), MOVE_PLEDGED, 80, false);
	assert_int_equal(fold_distance(f, &school, &school), 0);
	assert_int_equal(fold_distance(f, &school, &trucker), 3);
	assert_true(fold_distance(f, &school, &stranger) > FOLD_VOUCHES);
	assert_true(fold_distance(f, &trucker, &school) > FOLD_VOUCHES);
}

static void withdrawn_vouch(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_PLEDGED, 0, 80, 1);
	trusting(s, SCHOOL, 980, TRUST_WITHDRAW, MILL, NOON - 9 * HOUR);
	trusting(s, STRANGER, 981, TRUST_VOUCH, MILL, NOON);
}

static void no_longer_counts(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
	MOVE_IS(f, MILLS(30), MOVE_PLEDGED, 80, false);
	STOCK_IS(f, STOCK, 500, 80); /* the mill means it all the same */
}

static void vouched_again(struct story *s)
{
	withdrawn_vouch(s);
	trusting(s, SCHOOL, 982, TRUST_VOUCH, MILL, NOON - 8 * HOUR);
}

static void counts_again(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 80, 20);
}

static void two_keys(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_PLEDGED, 0, 80, 1);
	note(s, MILL, 31, NOTE_SEEN, NEED, 1);
	card(s, IMPOSTOR);
}

static void resolves_to_nothing(struct fold *f)
{
	struct public_key impostor = key_of(IMPOSTOR);
	struct fold_note seen;
	struct card impostors;

	assert_int_equal(fold_find(f, FOLD_LINES, NEED), UINT32_MAX);
	assert_int_equal(move_at(f, MILLS(30)).of, FOLD_NONE);
	fold_note(f, 0, &seen);
	assert_int_equal(seen.of, FOLD_NONE);
	assert_int_equal(fold_count(f, FOLD_LINES), 2);
	assert_true(fold_card(f, &impostor, &impostors));
}

static void open_ask(struct story *s)
{
	setting(s);
	schools(s, 30, MOVE_ASKED, NOTHING, 60, 1);
	move(s, (struct moving){ STRANGER, 31, MOVE_PLEDGED, NEED, NOTHING, SCHOOLS(30), 60, 2, 0 });
}

static void accepts_no_stranger(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
	MOVE_IS(f, SCHOOLS(30), MOVE_PLEDGED, 60, false);
}

/* The church pledges from nowhere in particular; a stranger names his own offer and meddles. */
static void meddler(struct story *s)
{
	setting(s);
	vouch(s, SCHOOL, CHURCH);
	stock(s, STRANGER, 20, 5, 0);
	need(s, STRANGER, 12, 90);
	pledge(s, CHURCH, 30, 80);
	move(s, (struct moving){ STRANGER, 31, MOVE_DECLINED, NEED, STRANGERS(20), CHURCHS(30), 80, 2, 0 });
	move(s, (struct moving){ STRANGER, 32, MOVE_LOST, NEED, STRANGERS(20), CHURCHS(30), 80, 2, 0 });
	move(s, (struct moving){ STRANGER, 33, MOVE_SENT, STRANGERS(12), STRANGERS(20), CHURCHS(30), 80, 2, 0 });
	move(s, (struct moving){ STRANGER, 34, MOVE_RECEIVED, STRANGERS(12), NOTHING, CHURCHS(30), 80, 2, 0 });
	schools(s, 40, MOVE_RECEIVED, NOTHING, 7, 1);
	move(s, (struct moving){ STRANGER, 35, MOVE_PLEDGED, STRANGERS(12), NOTHING, SCHOOLS(40), 80, 2, 0 });
	s->now_s = NOON + 3 * HOUR;
}

static void changes_nothing(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 7, 80, 13);
	MOVE_IS(f, CHURCHS(30), MOVE_PLEDGED, 80, true);
	NEED_IS(f, STRANGERS(12), LINE_OPEN, 0, 0, 90);
}

static const struct fold_story STORIES[] = {
	{ "stranger's pledge is shown beside", strangers_pledge, is_shown_beside },
	{ "acceptance makes a stranger's pledge count", strangers_pledge_accepted, counts_now },
	{ "a stranger accepts himself", stranger_accepts_himself, is_shown_beside },
	{ "vouched within three", three_vouches, three_are_near_four_are_far },
	{ "withdrawn vouch", withdrawn_vouch, no_longer_counts },
	{ "vouched for again", vouched_again, counts_again },
	{ "reference that fits two keys", two_keys, resolves_to_nothing },
	{ "an ask of nobody accepts no stranger", open_ask, accepts_no_stranger },
	{ "a stranger meddles with a journey", meddler, changes_nothing },
};

int main(void)
{
	return run_stories(STORIES, sizeof STORIES / sizeof *STORIES);
}
