/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What people see, story by story: first as it was told, then in random orders, with duplicates, with versions that
 * were replaced, dropped and put again, and always the same figures and the same digest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/fold/fold_state.h"
#include "sync/set/sort.h"
#include "tests/unit/host.h"
#include "tests/unit/story.h"

enum { ORDERS = 10000, REGISTERS_MAX = STORY_MAX + 4 };

#define NEED ref_of(SCHOOL, 10)
#define OTHER_NEED ref_of(CHURCH, 11)
#define STOCK ref_of(MILL, 20)
#define MILLS(number) ref_of(MILL, number)
#define CHURCHS(number) ref_of(CHURCH, number)
#define SCHOOLS(number) ref_of(SCHOOL, number)
#define STRANGERS(number) ref_of(STRANGER, number)

/* A school that asks for 100 and trusts the mill, which has 500. */
static void setting(struct story *s)
{
	for (enum who who = SCHOOL; who <= STRANGER; who++)
		card(s, who);
	site(s, SCHOOL, 1);
	site(s, MILL, 1);
	site(s, CHURCH, 1);
	vouch(s, SCHOOL, MILL);
	need(s, SCHOOL, 10, 100);
	stock(s, MILL, 20, 500, 0);
	s->now_s = NOON + HOUR;
}

static struct said *pledge(struct story *s, enum who who, uint32_t number, uint64_t quantity)
{
	return move(s, (struct moving){ who, number, MOVE_PLEDGED, NEED, NOTHING, NOTHING, quantity, 1, 0 });
}

static void mills(struct story *s, uint32_t number, enum move_stage stage, uint32_t after, uint64_t quantity,
		  uint32_t hours)
{
	struct ref before = after ? MILLS(after) : NOTHING;

	move(s, (struct moving){ MILL, number, stage, NEED, after ? NOTHING : STOCK, before, quantity, hours, 0 });
}

static void schools(struct story *s, uint32_t number, enum move_stage stage, struct ref after, uint64_t quantity,
		    uint32_t hours)
{
	move(s, (struct moving){ SCHOOL, number, stage, NEED, NOTHING, after, quantity, hours, 0 });
}

/* The stories. */

static void pledge_sent_received(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_PLEDGED, 0, 80, 1);
	mills(s, 31, MOVE_SENT, 30, 80, 2);
	schools(s, 32, MOVE_RECEIVED, MILLS(31), 75, 3);
	s->now_s = NOON + 4 * HOUR;
}

static void is_counted_once(struct fold *f)
{
	struct fold_site site;

	NEED_IS(f, NEED, LINE_OPEN, 75, 0, 25);
	STOCK_IS(f, STOCK, 420, 0);
	MOVE_IS(f, MILLS(30), MOVE_RECEIVED, 75, false);
	assert_int_equal(fold_count(f, FOLD_MOVES), 1);
	fold_site(f, fold_find(f, FOLD_SITES, SCHOOLS(1)), &site);
	assert_int_equal(site.open_needs, 1);
	assert_int_equal(site.heard_s, NOON + 3 * HOUR);
}

static void two_pledges(struct story *s)
{
	setting(s);
	vouch(s, SCHOOL, CHURCH);
	mills(s, 30, MOVE_PLEDGED, 0, 80, 1);
	pledge(s, CHURCH, 31, 60);
}

static void the_rest_is_extra(struct fold *f)
{
	struct fold_move one = move_at(f, MILLS(30)), two = move_at(f, CHURCHS(31));
	struct entry_id one_id = fold_id(f, one.record.own), two_id = fold_id(f, two.record.own);
	bool first = entry_id_compare(&one_id, &two_id) < 0;

	NEED_IS(f, NEED, LINE_COVERED, 0, 100, 0);
	STOCK_IS(f, STOCK, 500, 80);
	assert_int_equal(one.extra_milli, first ? 0 : 40);
	assert_int_equal(two.extra_milli, first ? 40 : 0);
	assert_true(one.counts && two.counts);
}

/* Both ways round, so that the hash decides against one of them. */
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
	NEED_IS(f, NEED, LINE_EXPIRED, 0, 0, 100);
	assert_true(move_at(f, MILLS(30)).lapsed);
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

static void keeper_changes(struct story *s)
{
	struct said *change;

	setting(s);
	keeper(s, SCHOOL, NURSE);
	change = amend(s, NURSE, 60, NEED, &s->said[s->count - 3], 70, NOON + HOUR / 2);
	assert_int_equal(s->said[s->count - 4].entry.number, 10);
	amend(s, SCHOOL, 61, NEED, change, 90, NOON + HOUR / 4);
	amend(s, STRANGER, 62, NEED, change, 1, NOON + HOUR);
}

static void changes_chain(struct fold *f)
{
	struct fold_line line = line_at(f, NEED);
	struct public_key school = key_of(SCHOOL), nurse = key_of(NURSE), stranger = key_of(STRANGER);
	uint32_t at = fold_find(f, FOLD_LINES, NEED);

	fold_slot overtaken[FOLD_OVERTAKEN_MAX];

	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 90);
	assert_int_equal(fold_overtaken(f, line.record.own, overtaken), 0);
	assert_int_equal(entry_at(f, line.record.own).line.quantity_milli, 100);
	assert_true(public_key_equal(line.record.changed_by, &school));
	assert_int_equal(fold_count(f, FOLD_LINES), 2);
	assert_true(fold_may_change(f, FOLD_LINES, at, &nurse));
	assert_false(fold_may_change(f, FOLD_LINES, at, &stranger));
}

static void keeper_and_author_change(struct story *s)
{
	struct entry own = need_entry(SCHOOL, 10, 50, NOON + HOUR / 3);

	keeper_changes(s);
	tell(s, SCHOOL, &own);
}

static void the_authors_newer_words_stand(struct fold *f)
{
	fold_slot overtaken[FOLD_OVERTAKEN_MAX];
	uint64_t sum = 0;

	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 50);
	assert_int_equal(fold_overtaken(f, line_at(f, NEED).record.own, overtaken), 2);
	for (uint32_t i = 0; i < 2; i++)
		sum += entry_at(f, overtaken[i]).line.quantity_milli;
	assert_int_equal(sum, 70 + 90); /* and what the stranger said is nobody's change */
}

static void keeper_ended(struct story *s)
{
	keeper_changes(s);
	trusting(s, SCHOOL, 970, TRUST_KEEPER_END, NURSE, NOON);
}

static void the_change_no_longer_applies(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
}

static void two_keepers_at_once(struct story *s)
{
	struct said *base;

	setting(s);
	base = need(s, SCHOOL, 12, 100);
	keeper(s, SCHOOL, NURSE);
	keeper(s, SCHOOL, TRUCKER);
	amend(s, NURSE, 60, SCHOOLS(12), base, 70, NOON + 20);
	amend(s, TRUCKER, 61, SCHOOLS(12), base, 60, NOON + 30);
}

static void the_later_of_both_stands(struct fold *f)
{
	fold_slot overtaken[FOLD_OVERTAKEN_MAX];

	NEED_IS(f, SCHOOLS(12), LINE_OPEN, 0, 0, 60);
	assert_int_equal(fold_overtaken(f, line_at(f, SCHOOLS(12)).record.own, overtaken), 1);
	assert_int_equal(entry_at(f, overtaken[0]).line.quantity_milli, 70);
}

static void keeper_retypes(struct story *s)
{
	struct entry other;

	setting(s);
	keeper(s, SCHOOL, NURSE);
	amend(s, NURSE, 60, NEED, &s->said[s->count - 3], 70, NOON + 20);
	other = s->said[s->count - 1].entry;
	other.number = 61;
	other.hlc.time = NOON + 30;
	other.line.kind = LINE_RESOURCE;
	other.line.within_h = 0;
	tell(s, NURSE, &other);
}

static void it_stays_a_need(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 70);
	assert_int_equal(line_at(f, NEED).kind, LINE_NEED);
	assert_int_equal(entry_at(f, line_at(f, NEED).record.standing).line.kind, LINE_NEED);
}

static void closed_under_way(struct story *s)
{
	struct entry closed = need_entry(SCHOOL, 10, 100, NOON + 3 * HOUR);

	setting(s);
	mills(s, 30, MOVE_SENT, 0, 80, 1);
	closed.line.closed = CLOSED_NOT_NEEDED;
	tell(s, SCHOOL, &closed);
	s->now_s = NOON + 4 * HOUR;
}

static void the_move_lives_and_tells(struct fold *f)
{
	struct fold_move found = move_at(f, MILLS(30));

	assert_int_equal(line_at(f, NEED).status, LINE_CLOSED);
	assert_true(found.need_closed && found.counts && found.of != FOLD_NONE);
	assert_int_equal(found.stage, MOVE_SENT);
}

static void two_counts(struct story *s)
{
	struct entry edited;

	setting(s);
	stock(s, MILL, 20, 300, 5 * HOUR);
	move(s, (struct moving){ MILL, 30, MOVE_GIVEN, NOTHING, STOCK, NOTHING, 40, 3, 0 }); /* before the count */
	move(s, (struct moving){ MILL, 31, MOVE_GIVEN, NOTHING, STOCK, NOTHING, 20, 5, 0 }); /* in its very second */
	move(s, (struct moving){ MILL, 32, MOVE_GIVEN, NOTHING, STOCK, NOTHING, 7, 6, 0 });
	move(s, (struct moving){ CHURCH, 33, MOVE_SENT, STOCK, NOTHING, NOTHING, 50, 6, 0 });
	move(s, (struct moving){ MILL, 34, MOVE_RECEIVED, NOTHING, NOTHING, CHURCHS(33), 50, 7, 0 });
	edited = s->said[11].entry;
	for (uint32_t i = 0; i < s->count; i++)
		if (s->said[i].entry.kind == ENTRY_LINE && s->said[i].entry.line.counted == NOON + 5 * HOUR)
			edited = s->said[i].entry;
	edited.hlc.time = NOON + 8 * HOUR; /* another edit keeps when it was counted */
	edited.line.reserve_milli = 9;
	tell(s, MILL, &edited);
	s->now_s = NOON + 9 * HOUR;
}

static void only_what_moved_since_counts(struct fold *f)
{
	STOCK_IS(f, STOCK, 300 - 7 + 50, 0);
	assert_int_equal(sums_at(f, STOCK).received_milli, 50);
}

static void below_zero(struct story *s)
{
	setting(s);
	move(s, (struct moving){ MILL, 30, MOVE_GIVEN, NOTHING, STOCK, NOTHING, 520, 3, 0 });
	s->now_s = NOON + 4 * HOUR;
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

static void retyped(struct story *s)
{
	struct entry line = need_entry(SCHOOL, 1, 5, NOON + 9);

	setting(s);
	tell(s, SCHOOL, &line);
	note(s, MILL, 31, NOTE_SEEN, SCHOOLS(1), 1);
}

static void both_registers_stand(struct fold *f)
{
	struct fold_note seen;

	assert_int_not_equal(fold_find(f, FOLD_SITES, SCHOOLS(1)), UINT32_MAX);
	NEED_IS(f, SCHOOLS(1), LINE_OPEN, 0, 0, 5);
	assert_int_not_equal(line_at(f, NEED).site, FOLD_NONE);
	assert_int_equal(fold_kind(f, line_at(f, NEED).site), ENTRY_SITE);
	fold_note(f, 0, &seen);
	assert_int_equal(fold_kind(f, seen.of), ENTRY_LINE);
}

static void amendment_as_target(struct story *s)
{
	keeper_changes(s);
	move(s, (struct moving){ NURSE, 30, MOVE_PLEDGED, ref_of(NURSE, 60), NOTHING, NOTHING, 5, 1, 0 });
}

static void goes_to_no_record(struct fold *f)
{
	assert_int_equal(move_at(f, ref_of(NURSE, 30)).of, FOLD_NONE);
	changes_chain(f);
}

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

static void returned(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_SENT, 0, 40, 1);
	mills(s, 31, MOVE_RETURNED, 30, 40, 2);
	s->now_s = NOON + 3 * HOUR;
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

static const struct {
	const char *name;
	void (*tell)(struct story *s);
	void (*check)(struct fold *f);
} STORIES[] = {
	{ "pledge, sending and receipt count once", pledge_sent_received, is_counted_once },
	{ "two pledges for one need while apart", two_pledges, the_rest_is_extra },
	{ "what is sent covers before what is pledged", sent_before_pledged, the_sent_cover_first },
	{ "what was accepted covers before what is trusted", accepted_before_trusted, the_accepted_cover_first },
	{ "a no-show lapses", no_show, is_open_again },
	{ "a no-show that is not one yet", nearly_a_no_show, is_still_awaited },
	{ "a pledge without a due time lapses", no_due_said, lapses_after_a_day },
	{ "late truck still counts", late_truck, still_counts },
	{ "keepers' changes chain", keeper_changes, changes_chain },
	{ "keeper changes a need while its author does", keeper_and_author_change, the_authors_newer_words_stand },
	{ "keeper ended", keeper_ended, the_change_no_longer_applies },
	{ "two keepers change the same", two_keepers_at_once, the_later_of_both_stands },
	{ "a keeper makes stock of a need", keeper_retypes, it_stays_a_need },
	{ "need closed while the truck is under way", closed_under_way, the_move_lives_and_tells },
	{ "two counts of one stock with handing out in between", two_counts, only_what_moved_since_counts },
	{ "more handed out than there was", below_zero, says_recount },
	{ "sent without saying how much", unsaid_quantity, all_that_was_promised_left },
	{ "stranger's pledge is shown beside", strangers_pledge, is_shown_beside },
	{ "acceptance makes a stranger's pledge count", strangers_pledge_accepted, counts_now },
	{ "a stranger accepts himself", stranger_accepts_himself, is_shown_beside },
	{ "vouched within three", three_vouches, three_are_near_four_are_far },
	{ "withdrawn vouch", withdrawn_vouch, no_longer_counts },
	{ "vouched for again", vouched_again, counts_again },
	{ "rerouted truck", rerouted, goes_where_the_carrier_said },
	{ "rerouted truck arrives", rerouted_and_received, counts_there },
	{ "rerouted before it left", rerouted_before_it_left, is_promised_once },
	{ "pledge from a stock that is not yours", stock_of_another, stays_where_it_is },
	{ "over-delivery", over_delivery, is_met_and_the_next_is_extra },
	{ "two trucks for one pledge", two_trucks, both_add_up },
	{ "moves in a loop", loop, each_stands_alone },
	{ "reference that fits two keys", two_keys, resolves_to_nothing },
	{ "a site retyped as a line", retyped, both_registers_stand },
	{ "a pledge for a keeper's change", amendment_as_target, goes_to_no_record },
	{ "a need before three quarters of its life", young_need, asks_nothing },
	{ "a need at three quarters of its life", need_at_three_quarters, asks_still_needed },
	{ "a need past its life", old_need, is_expired_not_closed },
	{ "still needed renews", still_needed, is_renewed },
	{ "an urgent need that nobody answered", urgent_need_unanswered, check_on_them },
	{ "returned goods", returned, is_back_in_stock },
	{ "lost", lost, is_gone_and_missing },
	{ "given at the door counts for the need", given_at_the_door, counts_for_the_need },
	{ "a ticket collected elsewhere counts for its need", collected_with_a_ticket,
	  the_door_where_its_code_was_shown_counts },
	{ "declined", declined, is_free_again },
	{ "released", released, is_released },
	{ "released after it was sent", released_after_sending, the_fact_beats_the_intention },
	{ "asked of the holder, who has not answered", asked_of_the_holder_alone, says_whose_stock_it_is },
	{ "asked of the holder, who answers", asked_of_the_holder, the_holder_answers },
	{ "an ask of nobody accepts no stranger", open_ask, accepts_no_stranger },
	{ "a stranger meddles with a journey", meddler, changes_nothing },
	{ "some, however much", some, anything_covers_it },
};

enum { STORY_COUNT = sizeof STORIES / sizeof STORIES[0] };

/* Folding them. */

static const struct fold_config CONFIG = { .registers_max = REGISTERS_MAX, .authors_max = WHO_COUNT + 1 };
static uint8_t memory[1 << 20] __attribute__((aligned(16)));

static struct fold *fold_new(void)
{
	struct fold *f;
	size_t size = fold_footprint(&CONFIG);

	assert_true(size < sizeof memory);
	memset(memory, 0xA5, size);
	assert_null(fold_init(memory, size - 1, &CONFIG));
	f = fold_init(memory, size, &CONFIG);
	assert_non_null(f);
	return f;
}

static void put(struct fold *f, const struct said *said)
{
	assert_int_not_equal(fold_put(f, said_bytes(said), &said->id, &said->author), FOLD_E_FULL);
}

static struct fold_digest digest_of(struct fold *f, uint32_t now_s)
{
	struct fold_digest digest;

	fold_run(f, now_s);
	fold_digest(f, &digest);
	return digest;
}

static struct fold_digest as_told(const struct story *s, struct fold **out)
{
	struct fold *f = fold_new();

	for (uint32_t i = 0; i < s->count; i++)
		put(f, &s->said[i]);
	*out = f;
	return digest_of(f, s->now_s);
}

static void shuffle(struct said *said, uint32_t count, struct dice *dice)
{
	for (uint32_t i = count; i-- > 1;) {
		uint32_t other = dice_below(dice, i + 1);
		struct said kept = said[i];

		said[i] = said[other];
		said[other] = kept;
	}
}

/* Any order, twice or more, with looks and losses in between, and with a word of somebody who then leaves. */
static struct fold *in_some_order(const struct story *s, struct dice *dice)
{
	struct story mixed = *s;
	struct story passing = { .count = 0 };
	struct fold *f = fold_new();

	note(&passing, STRANGER, 999, NOTE_SEEN, NEED, 1);
	shuffle(mixed.said, mixed.count, dice);
	for (uint32_t i = 0; i < mixed.count; i++) {
		put(f, &mixed.said[i]);
		if (dice_below(dice, 4) == 0)
			put(f, &mixed.said[dice_below(dice, i + 1)]);
		if (dice_below(dice, 4) == 0)
			fold_drop(f, &mixed.said[dice_below(dice, i + 1)].id);
		if (dice_below(dice, 16) == 0)
			put(f, &passing.said[0]);
		if (dice_below(dice, 16) == 0)
			fold_run(f, NOON + dice_below(dice, 90000));
	}
	shuffle(mixed.said, mixed.count, dice);
	for (uint32_t i = 0; i < mixed.count; i++)
		put(f, &mixed.said[i]);
	fold_drop(f, &passing.said[0].id);
	return f;
}

static void test_stories_as_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < STORY_COUNT; i++) {
		struct story s = { .count = 0 };
		struct fold *f;

		print_message("%s\n", STORIES[i].name);
		STORIES[i].tell(&s);
		(void)as_told(&s, &f);
		STORIES[i].check(f);
	}
}

static void test_stories_in_any_order(void **state)
{
	(void)state;
	print_message("%d stories, seeds 1 to %d each\n", STORY_COUNT, ORDERS);
	for (size_t i = 0; i < STORY_COUNT; i++) {
		struct story s = { .count = 0 };
		struct fold_digest told, mixed;
		struct fold *f;

		STORIES[i].tell(&s);
		told = as_told(&s, &f);
		for (uint64_t seed = 1; seed <= ORDERS; seed++) {
			struct dice dice = { seed };

			f = in_some_order(&s, &dice);
			mixed = digest_of(f, s.now_s + dice_below(&dice, 3600 - s.now_s % 3600)); /* the same hour */
			if (memcmp(&mixed, &told, sizeof told) != 0)
				fail_msg("%s, seed %llu", STORIES[i].name, (unsigned long long)seed);
			STORIES[i].check(f);
		}
	}
}

/* Figures change while every id stays: only what is derived tells them apart. */
static void test_the_digest_is_of_the_figures(void **state)
{
	uint32_t changed = 0;

	(void)state;
	for (size_t i = 0; i < STORY_COUNT; i++) {
		struct story s = { .count = 0 };
		struct fold_digest told, other;
		struct fold *f;

		STORIES[i].tell(&s);
		if (STORIES[i].tell != two_pledges && STORIES[i].tell != pledge_sent_received &&
		    STORIES[i].tell != below_zero && STORIES[i].tell != returned)
			continue;
		told = as_told(&s, &f);
		other = digest_of(f, s.now_s + 3600);
		assert_memory_not_equal(&told, &other, sizeof told);
		for (uint32_t at = 0; at < s.count; at++) {
			struct said kept = s.said[at];

			if (kept.entry.kind == ENTRY_LINE)
				s.said[at].entry.line.quantity_milli++;
			else if (kept.entry.kind == ENTRY_MOVE && kept.entry.move.stage != MOVE_PLEDGED)
				s.said[at].entry.move.quantity_milli++;
			else
				continue;
			story_write(&s.said[at]);
			other = as_told(&s, &f);
			assert_memory_not_equal(&told, &other, sizeof told);
			s.said[at] = kept;
			changed++;
		}
		other = as_told(&s, &f);
		assert_memory_equal(&told, &other, sizeof told);
	}
	assert_true(changed >= 10);
}

/* Who is who, whom they trust, when they were heard: shown, so part of the digest. */
static void test_the_digest_is_of_the_people(void **state)
{
	struct story s = { .count = 0 };
	struct fold_digest told, other;
	struct fold *f;

	(void)state;
	setting(&s);
	told = as_told(&s, &f);
	vouch(&s, STRANGER, NURSE);
	other = as_told(&s, &f);
	assert_memory_not_equal(&told, &other, sizeof told);
	s.count--;
	s.said[STRANGER].entry.hlc.time++;
	story_write(&s.said[STRANGER]);
	other = as_told(&s, &f);
	assert_memory_not_equal(&told, &other, sizeof told);
}

static void test_replaced_stale_full(void **state)
{
	struct story s = { .count = 0 };
	struct entry newer = need_entry(SCHOOL, 10, 70, NOON + 5);
	struct said unknown;
	struct said *old, *new, *extra;
	struct fold *f = fold_new();

	(void)state;
	old = need(&s, SCHOOL, 10, 100);
	new = tell(&s, SCHOOL, &newer);
	assert_int_equal(fold_put(f, said_bytes(old), &old->id, &old->author), FOLD_OK);
	assert_int_equal(fold_put(f, said_bytes(old), &old->id, &old->author), FOLD_STALE);
	assert_int_equal(fold_put(f, said_bytes(new), &new->id, &new->author), FOLD_OK);
	assert_int_equal(fold_put(f, said_bytes(old), &old->id, &old->author), FOLD_STALE);
	unknown = *new;
	assert_int_equal(unknown.bytes[19], ENTRY_LINE << 3 | 2);
	unknown.bytes[19] = (ENTRY_TRUST + 1) << 3 | 2; /* a later version's kind */
	assert_int_equal(fold_put(f, said_bytes(&unknown), &(struct entry_id){ { 3 } }, &new->author), FOLD_STALE);
	unknown.size = ENTRY_SIZE_MIN - 1;
	assert_int_equal(fold_put(f, said_bytes(&unknown), &(struct entry_id){ { 3 } }, &new->author), FOLD_STALE);
	fold_drop(f, &old->id); /* no longer here */
	fold_run(f, NOON);
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 70);
	fold_drop(f, &new->id);
	fold_run(f, NOON);
	assert_int_equal(fold_count(f, FOLD_LINES), 0);
	for (uint32_t i = 0; i < REGISTERS_MAX; i++) {
		extra = need(&s, SCHOOL, 100 + i, 1);
		put(f, extra);
		s.count--;
	}
	extra = need(&s, SCHOOL, 99, 1);
	assert_int_equal(fold_put(f, said_bytes(extra), &extra->id, &extra->author), FOLD_E_FULL);
	fold_run(f, NOON);
	assert_int_equal(fold_count(f, FOLD_LINES), REGISTERS_MAX);
}

static void test_lists_are_in_order_of_key_and_number(void **state)
{
	struct story s = { .count = 0 };
	struct fold *f;
	struct fold_author author;
	struct card card;
	uint32_t cards = 0;

	(void)state;
	two_counts(&s);
	(void)as_told(&s, &f);
	for (uint32_t i = 1; i < fold_count(f, FOLD_MOVES); i++) {
		struct fold_move a, b;
		int order;

		fold_move(f, i - 1, &a);
		fold_move(f, i, &b);
		order = memcmp(a.record.author, b.record.author, sizeof *a.record.author);
		assert_true(order < 0 ||
			    (order == 0 && fold_ref(f, a.record.own).number < fold_ref(f, b.record.own).number));
	}
	for (uint32_t i = 0; i < fold_author_count(f); i++)
		cards += fold_author(f, i, &author) && fold_card(f, &author.key, &card);
	assert_int_equal(cards, STRANGER + 1);
}

/* What the fold keeps of bytes. */

/* A body as others may write it: the message first, then what every body says, in another order. */
static void turn_round(struct said *said)
{
	uint8_t kept[ENTRY_SIZE_MAX];
	size_t head = said->entry.hlc.tick > 127 ? 22 : said->entry.hlc.tick ? 21 : 19;
	size_t message = said->size - SIGNATURE_SIZE - head;

	memcpy(kept, said->bytes, sizeof kept);
	memcpy(said->bytes, kept + head, message);
	memcpy(said->bytes + message, kept, head);
}

/* A later version's field: number 30, a varint, behind all others. */
static void add_later_field(struct said *said)
{
	static const uint8_t field[3] = { 30 * 8 % 128 | 128, 30 * 8 / 128, 1 };
	size_t size = said->size - SIGNATURE_SIZE;

	assert_true(size + sizeof field <= BODY_SIZE_MAX);
	memcpy(said->bytes + size, field, sizeof field);
	memset(said->bytes + size + sizeof field, 0, SIGNATURE_SIZE);
	said->size += sizeof field;
}

static void (*const SPELLINGS[])(struct said *said) = { NULL, turn_round, add_later_field };

enum { SPELLING_COUNT = sizeof SPELLINGS / sizeof SPELLINGS[0] };

static void agrees(const struct facts *facts, const struct entry *e)
{
	switch (e->kind) {
	case ENTRY_SITE:
		assert_int_equal(facts->values[FACT_WHAT], e->site.state);
		assert_true(ref_equal(facts_ref(facts, FACT_OF), e->site.amends.of));
		assert_int_equal(facts->values[FACT_VERSION], e->site.amends.version);
		assert_int_equal(facts->bytes.size, strlen(e->site.name));
		assert_memory_equal(facts->bytes.data, e->site.name, facts->bytes.size);
		break;
	case ENTRY_LINE:
		assert_int_equal(facts->values[FACT_WHAT], e->line.kind);
		assert_true(ref_equal(facts_ref(facts, FACT_FROM), e->line.site));
		assert_true(ref_equal(facts_ref(facts, FACT_OF), e->line.amends.of));
		assert_int_equal(facts->values[FACT_VERSION], e->line.amends.version);
		assert_int_equal(facts->values[FACT_ITEM], e->line.item);
		assert_int_equal(facts->values[FACT_QUANTITY], e->line.quantity_milli);
		assert_int_equal(facts->values[FACT_WITHIN], e->line.within_h);
		assert_int_equal(facts->values[FACT_CREATED], e->line.created);
		assert_int_equal(facts->values[FACT_COUNTED], e->line.counted);
		assert_int_equal(facts->values[FACT_CLOSED], e->line.closed);
		break;
	case ENTRY_MOVE:
		assert_int_equal(facts->values[FACT_WHAT], e->move.stage);
		assert_true(ref_equal(facts_ref(facts, FACT_OF), e->move.of));
		assert_true(ref_equal(facts_ref(facts, FACT_FROM), e->move.from));
		assert_true(ref_equal(facts_ref(facts, FACT_AFTER), e->move.after));
		assert_int_equal(facts->values[FACT_QUANTITY], e->move.quantity_milli);
		assert_int_equal(facts->values[FACT_AT], e->move.at);
		assert_int_equal(facts->values[FACT_DUE], e->move.due);
		break;
	case ENTRY_NOTE:
		assert_int_equal(facts->values[FACT_WHAT], e->note.kind);
		assert_true(ref_equal(facts_ref(facts, FACT_OF), e->note.of));
		break;
	case ENTRY_TRUST:
		assert_int_equal(facts->values[FACT_WHAT], e->trust.kind);
		assert_true(ref_equal(facts_ref(facts, FACT_FROM), e->trust.site));
		assert_memory_equal(facts->bytes.data, &e->trust.key, sizeof e->trust.key);
		break;
	case ENTRY_UNKNOWN:
	case ENTRY_CARD:
		break;
	}
}

/* One entry alone in the fold comes back as it was said, under its id. */
static void comes_back(const struct said *said)
{
	struct fold *f = fold_new();
	struct entry expected, found;
	uint8_t one[BODY_SIZE_MAX], other[BODY_SIZE_MAX];
	size_t one_size, other_size;
	struct entry_id id;
	struct facts facts;

	assert_int_equal(entry_decode(&expected, said_bytes(said)), ENTRY_OK);
	assert_int_equal(fold_put(f, said_bytes(said), &said->id, &said->author), FOLD_OK);
	fold_read(f, 0, &found);
	assert_int_equal(entry_body_encode(one, &one_size, &expected), ENTRY_OK);
	assert_int_equal(entry_body_encode(other, &other_size, &found), ENTRY_OK);
	assert_int_equal(one_size, other_size);
	assert_memory_equal(one, other, one_size);
	id = fold_id(f, 0);
	assert_true(entry_id_equal(&id, &said->id));
	if (expected.kind == ENTRY_CARD)
		return;
	assert_true(facts_read(&facts, f, 0));
	agrees(&facts, &expected);
	fold_drop(f, &said->id);
	fold_run(f, NOON);
	for (enum fold_list list = FOLD_SITES; list < FOLD_LISTS; list++)
		assert_int_equal(fold_count(f, list), 0);
}

/* A few fields are read without decoding the rest: they are what entry_decode finds, however the body is spelled. */
static void test_what_was_said_comes_back(void **state)
{
	static const uint32_t ticks[] = { 0, 1, 127, 128, TICK_MAX };

	(void)state;
	for (size_t i = 0; i < STORY_COUNT; i++) {
		struct story s = { .count = 0 };

		STORIES[i].tell(&s);
		for (uint32_t at = 0; at < s.count; at++)
			for (size_t way = 0; way < SPELLING_COUNT * (sizeof ticks / sizeof *ticks); way++) {
				struct said said = s.said[at];

				said.entry.hlc.tick = ticks[way / SPELLING_COUNT];
				story_write(&said);
				if (SPELLINGS[way % SPELLING_COUNT] && said.size - SIGNATURE_SIZE <= BODY_SIZE_MAX - 3)
					SPELLINGS[way % SPELLING_COUNT](&said);
				said.id = entry_id_of(said_bytes(&said), &said.author);
				comes_back(&said);
			}
	}
}

static void look_at_all(struct fold *f)
{
	struct fold_digest digest;
	struct entry e;
	struct fold_record record;

	for (enum fold_list list = FOLD_SITES; list < FOLD_LISTS; list++)
		for (uint32_t i = 0; i < fold_count(f, list); i++) {
			fold_record(f, list, i, &record);
			fold_read(f, record.own, &e);
			fold_read(f, record.standing, &e);
		}
	fold_digest(f, &digest);
}

/* A card that lost bits: whatever the words say now, nothing but this record suffers. */
static void test_damaged_words_lead_nobody_astray(void **state)
{
	struct dice dice = { 1 };

	(void)state;
	for (uint32_t round = 0; round < 40 * STORY_COUNT; round++) {
		struct story s = { .count = 0 };
		struct fold *f = fold_new();

		STORIES[round % STORY_COUNT].tell(&s);
		for (uint32_t i = 0; i < s.count; i++) {
			struct said *said = &s.said[i];
			uint32_t words = (uint32_t)(said->size - SIGNATURE_SIZE - 21);

			if (words && dice_below(&dice, 2))
				said->bytes[21 + dice_below(&dice, words)] ^= (uint8_t)(1 + dice_below(&dice, 255));
			put(f, said);
		}
		fold_run(f, s.now_s);
		look_at_all(f);
	}
}

/* Between two runs people go on seeing what was there at the first. */
static void test_what_was_derived_lasts_until_the_next_run(void **state)
{
	struct entry newer = need_entry(SCHOOL, 10, 70, NOON + 5);
	struct story s = { .count = 0 };
	struct said *change;
	struct fold_digest told, now;
	struct fold *f;

	(void)state;
	pledge_sent_received(&s);
	told = as_told(&s, &f);
	change = tell(&s, SCHOOL, &newer);
	put(f, change);
	fold_drop(f, &s.said[s.count - 2].id);
	put(f, note(&s, MILL, 77, NOTE_SEEN, NEED, 1));
	assert_false(fold_is_void(f));
	is_counted_once(f);
	fold_digest(f, &now);
	assert_memory_equal(&told, &now, sizeof told);
	assert_int_equal(fold_find(f, FOLD_NOTES, MILLS(77)), UINT32_MAX);
	fold_run(f, s.now_s);
	NEED_IS(f, NEED, LINE_COVERED, 0, 70, 0);
	assert_int_not_equal(fold_find(f, FOLD_NOTES, MILLS(77)), UINT32_MAX);
}

/* However often registers change while nobody looks, the fold keeps to its memory. */
static void test_much_that_is_replaced_makes_room(void **state)
{
	struct story s = { .count = 0 };
	struct fold *f;
	uint32_t voids = 0;

	(void)state;
	pledge_sent_received(&s);
	(void)as_told(&s, &f);
	for (uint32_t i = 1; i <= 20000; i++) {
		struct entry newer = need_entry(SCHOOL, 10, 100 + i % 50, NOON + i);
		struct said *change = tell(&s, SCHOOL, &newer);

		assert_int_equal(fold_put(f, said_bytes(change), &change->id, &change->author), FOLD_OK);
		s.count--;
		assert_true(f->log_end <= f->log_size);
		if (!fold_is_void(f))
			continue;
		voids++;
		assert_int_equal(fold_count(f, FOLD_LINES), 0);
		assert_int_equal(fold_find(f, FOLD_LINES, NEED), UINT32_MAX);
		assert_int_equal(fold_find_journey(f, MILLS(31)), UINT32_MAX);
		fold_run(f, NOON + 4 * HOUR);
		assert_false(fold_is_void(f));
		NEED_IS(f, NEED, LINE_OPEN, 75, 0, 25 + i % 50);
	}
	assert_true(voids > 100);
}

static void test_authors_who_left_make_room(void **state)
{
	struct story s = { .count = 0 };
	struct fold *f = fold_new();

	(void)state;
	for (uint32_t i = 0; i < 3 * CONFIG.authors_max; i++) {
		struct said *said = need(&s, SCHOOL, 10, 1);

		memset(said->author.bytes, (int)i + 1, sizeof said->author.bytes);
		said->entry.author = public_key_hint(&said->author);
		story_name(said);
		assert_int_equal(fold_put(f, said_bytes(said), &said->id, &said->author), FOLD_OK);
		if (i >= CONFIG.authors_max - 1)
			fold_drop(f, &s.said[i + 1 - CONFIG.authors_max].id);
	}
	fold_run(f, NOON);
	assert_int_equal(fold_count(f, FOLD_LINES), CONFIG.authors_max - 1);
}

static void test_numbers_that_two_records_have(void **state)
{
	struct story s = { .count = 0 };
	struct fold *f;

	(void)state;
	setting(&s);
	trusting(&s, MILL, 10, TRUST_VOUCH, NURSE, NOON); /* no record */
	(void)as_told(&s, &f);
	assert_true(fold_number_is_shared(f, 1)); /* three sites */
	assert_int_equal(f->shared_count, 1);     /* once in the list */
	assert_false(fold_number_is_shared(f, 10));
	assert_false(fold_number_is_shared(f, 20));
	note(&s, MILL, 20, NOTE_SEEN, NEED, 1);
	(void)as_told(&s, &f);
	assert_true(fold_number_is_shared(f, 20));
	assert_false(fold_number_is_shared(f, 999));
}

static uint32_t key_at(const void *ctx, uint32_t number)
{
	return ((const uint32_t *)ctx)[number];
}

/* Beside sorting by insertion. */
static void test_sorting_by_key_is_stable(void **state)
{
	static const uint32_t maxima[] = { 0, 1, 2047, 2048, 70000, UINT32_MAX };
	struct dice dice = { 1 };

	(void)state;
	for (uint32_t round = 0; round < 600; round++) {
		uint32_t max = maxima[round % 6], count = dice_below(&dice, 60);
		uint32_t keys[60], numbers[60], naive[60], scratch[60];

		for (uint32_t i = 0; i < count; i++) {
			uint32_t at = i;

			keys[i] = max == UINT32_MAX ? (uint32_t)dice_u64(&dice) : dice_below(&dice, max + 1);
			if (dice_below(&dice, 2))
				keys[i] = keys[dice_below(&dice, i + 1)];
			numbers[i] = i;
			for (; at && keys[naive[at - 1]] > keys[i]; at--)
				naive[at] = naive[at - 1];
			naive[at] = i;
		}
		sort_by_key(numbers, count, key_at, keys, max, scratch);
		for (uint32_t i = 0; i < count; i++)
			assert_int_equal(numbers[i], naive[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stories_as_told),
		cmocka_unit_test(test_stories_in_any_order),
		cmocka_unit_test(test_the_digest_is_of_the_figures),
		cmocka_unit_test(test_the_digest_is_of_the_people),
		cmocka_unit_test(test_replaced_stale_full),
		cmocka_unit_test(test_lists_are_in_order_of_key_and_number),
		cmocka_unit_test(test_what_was_said_comes_back),
		cmocka_unit_test(test_damaged_words_lead_nobody_astray),
		cmocka_unit_test(test_what_was_derived_lasts_until_the_next_run),
		cmocka_unit_test(test_much_that_is_replaced_makes_room),
		cmocka_unit_test(test_authors_who_left_make_room),
		cmocka_unit_test(test_numbers_that_two_records_have),
		cmocka_unit_test(test_sorting_by_key_is_stable),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
