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
	MOVE_IS(f, SCHOOLS(30), MOVE_ASKED, 60, false);
	MOVE_IS(f, STRANGERS(31), MOVE_PLEDGED, 60, false);
}

/* A stranger answers as well, from an earlier hour and with any id that he likes. */
static void open_ask_accepted(struct story *s)
{
	open_ask(s);
	move(s, (struct moving){ CHURCH, 32, MOVE_PLEDGED, NEED, NOTHING, SCHOOLS(30), 40, 3, 0 });
	schools(s, 33, MOVE_ASKED, CHURCHS(32), 40, 4);
	for (uint32_t i = 0; i < 8; i++)
		move(s, (struct moving){ STRANGER, 40 + i, i % 2 ? MOVE_PLEDGED : MOVE_SENT, i % 3 ? NEED : NOTHING,
					 NOTHING, SCHOOLS(30), 60, 0, 0 });
	move(s, (struct moving){ STRANGER, 50, MOVE_DECLINED, NEED, NOTHING, SCHOOLS(30), 60, 0, 0 });
	s->now_s = NOON + 5 * HOUR;
}

static void whoever_asked_chose(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 40, 60);
	MOVE_IS(f, CHURCHS(32), MOVE_PLEDGED, 40, true);
	MOVE_IS(f, SCHOOLS(30), MOVE_ASKED, 60, false);
}

/* Two of them are trusted, so both come. */
static void open_ask_answered_twice(struct story *s)
{
	open_ask(s);
	vouch(s, SCHOOL, CHURCH);
	move(s, (struct moving){ CHURCH, 32, MOVE_PLEDGED, NOTHING, NOTHING, SCHOOLS(30), 40, 3, 0 });
	move(s, (struct moving){ MILL, 33, MOVE_PLEDGED, NOTHING, STOCK, SCHOOLS(30), 20, 3, 0 });
	s->now_s = NOON + 5 * HOUR;
}

static void both_come(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 60, 40);
	STOCK_IS(f, STOCK, 500, 20);
}

/* A nurse keeps the school, counts what is there, and signs for a delivery; then she is no keeper any longer. */
static void keeper_ends(struct story *s)
{
	struct entered *counted;

	setting(s);
	keeper(s, SCHOOL, NURSE);
	counted = stock(s, SCHOOL, 21, 500, 0);
	(void)amend(s, NURSE, 60, SCHOOLS(21), counted, 30, NOON + HOUR);
	mills(s, 30, MOVE_SENT, 0, 100, 1);
	move(s, (struct moving){ NURSE, 61, MOVE_RECEIVED, NEED, NOTHING, MILLS(30), 100, 2, 0 });
	trusting(s, SCHOOL, 970, TRUST_KEEPER_END, NURSE, NOON + 3 * HOUR);
	s->now_s = NOON + 5 * HOUR;
}

static void what_she_did_stays(struct fold *f)
{
	NEED_IS(f, NEED, LINE_MET, 100, 0, 0);
	STOCK_IS(f, SCHOOLS(21), 30, 0);
}

static void keeper_ends_and_goes_on(struct story *s)
{
	keeper_ends(s);
	mills(s, 33, MOVE_SENT, 0, 50, 1);
	need(s, SCHOOL, 12, 50);
	move(s, (struct moving){ NURSE, 62, MOVE_RECEIVED, SCHOOLS(12), NOTHING, NOTHING, 50, 4, 0 });
}

static void what_came_after_does_not(struct fold *f)
{
	what_she_did_stays(f);
	NEED_IS(f, SCHOOLS(12), LINE_OPEN, 0, 0, 50);
}

static void keeper_ends_since(struct story *s)
{
	keeper_ends(s);
	for (uint32_t i = 0; i < s->count; i++)
		if (s->said[i].entry.kind == ENTRY_TRUST && s->said[i].entry.trust.kind == TRUST_KEEPER_END) {
			s->said[i].entry.trust.since = NOON + 2 * HOUR;
			story_name(&s->said[i]);
		}
}

static void nothing_since_then(struct fold *f)
{
	NEED_IS(f, NEED, LINE_COVERED, 0, 100, 0);
	STOCK_IS(f, SCHOOLS(21), 30, 0);
}

static void keeper_never_was(struct story *s)
{
	keeper_ends_since(s);
	for (uint32_t i = 0; i < s->count; i++)
		if (s->said[i].entry.kind == ENTRY_TRUST && s->said[i].entry.trust.kind == TRUST_KEEPER_END) {
			s->said[i].entry.trust.since = 1;
			story_name(&s->said[i]);
		}
}

static void nothing_at_all(struct fold *f)
{
	NEED_IS(f, NEED, LINE_COVERED, 0, 100, 0);
	STOCK_IS(f, SCHOOLS(21), 500, 0);
}

/* She counted on two days, and was no keeper since between them. */
static void keeper_ends_between_two_counts(struct story *s)
{
	struct entered *counted;

	setting(s);
	keeper(s, SCHOOL, NURSE);
	counted = stock(s, SCHOOL, 21, 100, 0);
	(void)amend(s, NURSE, 60, SCHOOLS(21), counted, 70, NOON + HOUR);
	(void)amend(s, NURSE, 61, SCHOOLS(21), counted, 20, NOON + 30 * HOUR);
	trusting(s, SCHOOL, 970, TRUST_KEEPER_END, NURSE, NOON + 40 * HOUR)->entry.trust.since = NOON + 24 * HOUR;
	story_name(&s->said[s->count - 1]);
	s->now_s = NOON + 41 * HOUR;
}

static void the_first_count_stands(struct fold *f)
{
	STOCK_IS(f, SCHOOLS(21), 70, 0);
}

/* What she counted while she was none stays out, also when she is one again; what she did before stays in. */
static void keeper_again(struct story *s)
{
	keeper_ends_and_goes_on(s);
	trusting(s, SCHOOL, 971, TRUST_KEEPER, NURSE, NOON + 5 * HOUR);
	mills(s, 34, MOVE_SENT, 0, 20, 1);
	need(s, SCHOOL, 13, 20);
	move(s, (struct moving){ NURSE, 63, MOVE_RECEIVED, SCHOOLS(13), NOTHING, NOTHING, 20, 6, 0 });
	s->now_s = NOON + 7 * HOUR;
}

static void each_by_its_time(struct fold *f)
{
	what_came_after_does_not(f);
	NEED_IS(f, SCHOOLS(13), LINE_MET, 20, 0, 0);
}

/* A stranger's promises, and then somebody vouches for him. */
static void vouched_for_afterwards(struct story *s)
{
	setting(s);
	pledge(s, STRANGER, 30, 80);
	trusting(s, MILL, 990, TRUST_VOUCH, STRANGER, NOON + 2 * HOUR);
	move(s, (struct moving){ STRANGER, 31, MOVE_PLEDGED, NEED, NOTHING, NOTHING, 15, 3, 0 });
	s->now_s = NOON + 4 * HOUR;
}

static void only_what_he_promises_from_then_on(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 15, 85);
	MOVE_IS(f, STRANGERS(30), MOVE_PLEDGED, 80, false);
}

/* The school vouches for him itself: it means what he has promised so far. After it has taken that back, what he promised in
 * between does not come in by a second vouch. */
static void vouched_for_by_oneself(struct story *s)
{
	setting(s);
	pledge(s, STRANGER, 30, 10);
	trusting(s, SCHOOL, 990, TRUST_VOUCH, STRANGER, NOON + 2 * HOUR);
	trusting(s, SCHOOL, 991, TRUST_WITHDRAW, STRANGER, NOON + 3 * HOUR);
	move(s, (struct moving){ STRANGER, 31, MOVE_PLEDGED, NEED, NOTHING, NOTHING, 80, 4, 0 });
	trusting(s, SCHOOL, 992, TRUST_VOUCH, STRANGER, NOON + 5 * HOUR);
	move(s, (struct moving){ STRANGER, 32, MOVE_PLEDGED, NEED, NOTHING, NOTHING, 5, 6, 0 });
	s->now_s = NOON + 7 * HOUR;
}

static void all_but_what_he_promised_in_between(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 15, 85);
	MOVE_IS(f, STRANGERS(31), MOVE_PLEDGED, 80, false);
}

/* What the mill had promised while it was vouched for. */
static void vouch_ends_later(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_PLEDGED, 0, 80, 1);
	mills(s, 31, MOVE_PLEDGED, 0, 15, 4);
	trusting(s, SCHOOL, 980, TRUST_WITHDRAW, MILL, NOON + 3 * HOUR);
	s->now_s = NOON + 5 * HOUR;
}

static void the_earlier_promise_counts(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 80, 20);
	MOVE_IS(f, MILLS(31), MOVE_PLEDGED, 15, false);
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
	{ "whoever asked chooses who answers", open_ask_accepted, whoever_asked_chose },
	{ "two who are trusted answer an open ask", open_ask_answered_twice, both_come },
	{ "a keeper ends", keeper_ends, what_she_did_stays },
	{ "a keeper who ended goes on", keeper_ends_and_goes_on, what_came_after_does_not },
	{ "a keeper ended since before", keeper_ends_since, nothing_since_then },
	{ "a keeper who never was", keeper_never_was, nothing_at_all },
	{ "a keeper ended between two counts", keeper_ends_between_two_counts, the_first_count_stands },
	{ "a keeper again", keeper_again, each_by_its_time },
	{ "vouched for after a promise", vouched_for_afterwards, only_what_he_promises_from_then_on },
	{ "vouched for by oneself after a promise", vouched_for_by_oneself, all_but_what_he_promised_in_between },
	{ "a vouch is withdrawn after a promise", vouch_ends_later, the_earlier_promise_counts },
	{ "a stranger meddles with a journey", meddler, changes_nothing },
};

int main(void)
{
	return run_stories(STORIES, sizeof STORIES / sizeof *STORIES);
}
