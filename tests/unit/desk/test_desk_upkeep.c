/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What this node said and is used stays, day after day, and looks as it did; what is over leaves. Over a real store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "sync/clock/upkeep.h"
#include "tests/unit/desk_said.h"

static int node_setup(void **state)
{
	struct node *n = node_begin(this_one, TIME_SET);

	*state = n;
	tick(n);
	assert_true(desk_ensure_card(&n->desk, "Oak"));
	commit_now(n->at.commit);
	return 0;
}

/* All turns of a day; gives how many entries were renewed. */
static uint32_t keep_up(struct node *n)
{
	uint32_t count, all = 0;
	bool is_done;

	do {
		is_done = desk_upkeep(&n->desk, &count);
		assert_true(count <= DESK_UPKEEP_MAX + 1);
		all += count;
		commit_now(n->at.commit);
	} while (!is_done);
	return all;
}

/* Midnight retires, then the node looks after its own, as the daemon does. */
static uint32_t next_day(struct node *n)
{
	n->desk.time.wall_s += DAY;
	tick(n);
	return keep_up(n);
}

static void pass(struct node *n, uint32_t days)
{
	while (days--)
		(void)next_day(n);
}

static uint32_t today(const struct node *n)
{
	return n->desk.time.wall_s / EPOCH_S;
}

/* Its full ref, borrowed until the next. */
static const char *open_site(struct node *n, const char *name)
{
	return say(n, (struct door_request){ .verb = DOOR_SITE, .fields = DOOR_NAME, .name = name });
}

static bool is_there(struct node *n, const char *full)
{
	struct ref ref = { 0, 0 };
	bool has_author;

	assert_true(ref_text_read(&ref, &has_author, full));
	return fold_find(fold_now(n), FOLD_LINES, ref) != UINT32_MAX;
}

static uint32_t sites(struct node *n)
{
	return fold_count(fold_now(n), FOLD_SITES);
}

static void make_keeper(struct node *n, const char *site)
{
	char key[2 * 32 + 1];

	sodium_bin2hex(key, sizeof key, n->second.key.bytes, sizeof n->second.key.bytes);
	hear(n, &(struct entry){ .author = public_key_hint(&n->second.key),
				 .kind = ENTRY_CARD,
				 .hlc = { .time = n->desk.time.wall_s },
				 .card = { .key = n->second.key, .name = "Keeper" } });
	say(n, (struct door_request){ .verb = DOOR_TRUST, .trust_kind = 2, .key = key, .site = site });
}

/* A year. */

static void what_is_used_stays_as_it_was_for_a_year(void **state)
{
	struct node *n = *state;
	char need[VIEW_REF_SIZE], stock[VIEW_REF_SIZE], key[2 * 32 + 1];
	struct fold_line before, after;
	uint32_t all, heard;

	open_site(n, "Oak");
	make_keeper(n, "Oak");
	sodium_bin2hex(key, sizeof key, n->second.key.bytes, sizeof n->second.key.bytes);
	say(n, (struct door_request){ .verb = DOOR_TRUST, .trust_kind = 0, .key = key });
	strcpy(need, say(n, line(VIEW_NEED, 100)));
	strcpy(stock, say(n, line(VIEW_RESOURCE, 30)));
	before = line_of(n, need);
	heard = fold_heard(fold_now(n), &n->first.key);
	all = held(n) - 1; /* nobody renews the keeper's card here */
	for (uint32_t day = 1; day <= 400; day++) {
		(void)next_day(n);
		assert_true(held(n) == all || (day <= RETAIN_CARD_DAYS && held(n) == all + 1));
		assert_int_equal(sites(n), 1);
		assert_int_equal(fold_distance(fold_now(n), &n->first.key, &n->second.key),
				 day <= RETAIN_CARD_DAYS ? 1 : FOLD_VOUCHES + 1);
	}
	after = line_of(n, need);
	assert_int_equal(after.status, LINE_OVERDUE);
	assert_int_equal(after.due_s, before.due_s);
	assert_int_equal(after.record.changed.time, before.record.changed.time);
	assert_int_equal(said(n, need).line.created, before.record.changed.time);
	assert_int_equal(line_of(n, stock).status, LINE_OPEN);
	assert_int_equal(fold_heard(fold_now(n), &n->first.key), heard);
}

static void what_is_over_leaves(void **state)
{
	struct node *n = *state;
	char closed[VIEW_REF_SIZE], met[VIEW_REF_SIZE], part[VIEW_REF_SIZE];

	open_site(n, "Oak");
	strcpy(closed, say(n, line(VIEW_NEED, 10)));
	strcpy(met, say(n, line(VIEW_NEED, 20)));
	strcpy(part, say(n, line(VIEW_NEED, 30)));
	say(n, (struct door_request){ .verb = DOOR_LINE, .fields = DOOR_CLOSED, .ref = closed, .closed = 1 });
	say(n, (struct door_request){ .verb = DOOR_MOVE,
				      .fields = DOOR_QUANTITY,
				      .stage = VIEW_RECEIVED,
				      .of = met,
				      .quantity_milli = 20000 });
	say(n, (struct door_request){ .verb = DOOR_MOVE,
				      .fields = DOOR_QUANTITY,
				      .stage = VIEW_RECEIVED,
				      .of = part,
				      .quantity_milli = 10000 });
	pass(n, 30);
	assert_true(is_there(n, closed) && is_there(n, met) && is_there(n, part));
	pass(n, 1);
	assert_false(is_there(n, closed));
	/* What it was met by speaks of it. */
	assert_true(is_there(n, met));
	pass(n, 40);
	assert_true(is_there(n, part));
	assert_int_equal(line_of(n, met).status, LINE_MET);
	pass(n, 55);
	assert_false(is_there(n, met));
}

static void a_closed_place_stays_while_something_is_there(void **state)
{
	struct node *n = *state;
	char site[VIEW_REF_SIZE], need[VIEW_REF_SIZE];

	strcpy(site, open_site(n, "Oak"));
	strcpy(need, say(n, line(VIEW_NEED, 10)));
	say(n,
	    (struct door_request){ .verb = DOOR_SITE, .fields = DOOR_STATE, .ref = site, .state = VIEW_SITE_CLOSED });
	pass(n, 200);
	assert_int_equal(sites(n), 1);
	say(n, (struct door_request){ .verb = DOOR_LINE, .fields = DOOR_CLOSED, .ref = need, .closed = 1 });
	pass(n, RETAIN_CARD_DAYS + 1);
	assert_int_equal(sites(n), 0);
}

/* Sums. */

static struct fold_sums sums_of(struct node *n, const char *full)
{
	struct ref ref = { 0, 0 };
	struct fold_sums sums;
	bool has_author;

	assert_true(ref_text_read(&ref, &has_author, full));
	fold_line_sums(fold_now(n), fold_find(fold_now(n), FOLD_LINES, ref), &sums);
	return sums;
}

static void moves(struct node *n, enum view_move_stage stage, const char *of, const char *from, uint64_t quantity)
{
	say(n, (struct door_request){ .verb = DOOR_MOVE,
				      .fields = DOOR_QUANTITY,
				      .stage = stage,
				      .of = of,
				      .from = from,
				      .quantity_milli = quantity * 1000 });
}

/* Each move leaves after 90 days. What they came to does not. */
static void what_arrived_and_left_outlives_the_moves(void **state)
{
	struct node *n = *state;
	char need[VIEW_REF_SIZE], stock[VIEW_REF_SIZE], offer[VIEW_REF_SIZE];
	uint32_t most = 0;

	open_site(n, "Oak");
	strcpy(need, say(n, line(VIEW_NEED, 1000)));
	strcpy(stock, say(n, line(VIEW_RESOURCE, 1000)));
	strcpy(offer, say(n, line(VIEW_OFFER, 1000)));
	for (uint32_t day = 1; day <= 300; day++) {
		(void)next_day(n);
		if (day % 5 == 0)
			moves(n, VIEW_RECEIVED, need, NULL, 2);
		if (day % 5 == 1)
			moves(n, VIEW_GIVEN, NULL, stock, 3);
		if (day % 5 == 2)
			moves(n, VIEW_GIVEN, NULL, offer, 1);
		assert_int_equal(sums_of(n, need).received_milli, day / 5 * 2000);
		assert_int_equal(sums_of(n, stock).on_hand_milli, 1000000 - (int64_t)((day + 4) / 5 * 3000));
		assert_int_equal(sums_of(n, offer).on_hand_milli, 1000000 - (int64_t)((day + 3) / 5 * 1000));
		most = held(n) > most ? held(n) : most;
	}
	assert_true(most < 90);
	assert_true(said(n, stock).line.flags & LINE_RECKONED);
	assert_false(said(n, offer).line.flags & LINE_RECKONED);
	/* Who counts knows better. */
	say(n, (struct door_request){
		       .verb = DOOR_LINE, .fields = DOOR_QUANTITY, .ref = stock, .quantity_milli = 777000 });
	assert_false(said(n, stock).line.flags & LINE_RECKONED);
	assert_int_equal(sums_of(n, stock).on_hand_milli, 777000);
}

/* It was met on the first day, and somebody wrote a word to it now and then. */
static void what_was_met_is_not_open_again(void **state)
{
	struct node *n = *state;
	char need[VIEW_REF_SIZE];

	open_site(n, "Oak");
	strcpy(need, say(n, line(VIEW_NEED, 100)));
	moves(n, VIEW_RECEIVED, need, NULL, 100);
	for (uint32_t day = 1; day <= 125 && is_there(n, need); day++) {
		(void)next_day(n);
		if (day == 25 || day == 50 || day == 75)
			say(n, (struct door_request){
				       .verb = DOOR_LINE, .fields = DOOR_TEXT, .ref = need, .text = "by the gate" });
		if (is_there(n, need))
			assert_int_equal(line_of(n, need).status, LINE_MET);
		else
			assert_in_range(day, 91, 125);
	}
	assert_false(is_there(n, need));
}

/* Nothing moved, and nothing is reckoned. */
static void what_nobody_moved_stays_as_it_was_counted(void **state)
{
	struct node *n = *state;
	char stock[VIEW_REF_SIZE];
	uint32_t counted;

	open_site(n, "Oak");
	strcpy(stock, say(n, line(VIEW_RESOURCE, 1000)));
	counted = said(n, stock).line.counted;
	pass(n, 200);
	assert_int_equal(said(n, stock).line.counted, counted);
	assert_false(said(n, stock).line.flags & LINE_RECKONED);
}

/* Turns. */

static void not_all_goes_out_at_once(void **state)
{
	enum { LINES = 90 };
	struct node *n = *state;
	uint32_t days = 0, most = 0, all = 0;

	open_site(n, "Oak");
	for (uint32_t i = 0; i < LINES; i++)
		ask(n, line(i % 2 ? VIEW_OFFER : VIEW_NEED, 1 + i));
	while (all < LINES) {
		uint32_t count = next_day(n);

		all += count;
		most = count > most ? count : most;
		days++;
	}
	assert_int_equal(all, LINES);
	assert_in_range(days, RETAIN_LINE_DAYS / 2, RETAIN_LINE_DAYS * 2 / 3);
	assert_true(most < LINES / 2);
}

/* A node that was off for weeks catches up, a turn after the other. */
static void who_was_off_catches_up(void **state)
{
	enum { LINES = 90 };
	struct node *n = *state;
	uint32_t count;

	open_site(n, "Oak");
	for (uint32_t i = 0; i < LINES; i++)
		ask(n, line(i % 2 ? VIEW_OFFER : VIEW_NEED, 1 + i));
	n->desk.time.wall_s += 25 * DAY;
	tick(n);
	assert_false(desk_upkeep(&n->desk, &count));
	assert_int_equal(count, DESK_UPKEEP_MAX);
	commit_now(n->at.commit);
	assert_int_equal(keep_up(n), LINES - DESK_UPKEEP_MAX);
	assert_int_equal(keep_up(n), 0);
}

/* The card. */

static uint16_t card_day(const struct node *n)
{
	uint16_t day = 0;

	assert_true(sync_card_epoch(n->at.sync, &n->first.key, &day));
	return day;
}

static void nothing_is_said_that_outlives_the_card(void **state)
{
	struct node *n = *state;
	char site[VIEW_REF_SIZE], need[VIEW_REF_SIZE];

	strcpy(site, open_site(n, "Oak"));
	strcpy(need, say(n, line(VIEW_NEED, 100)));
	assert_int_equal(card_day(n), STORED_NOW_S / EPOCH_S);
	/* A note of today is kept for 30 days, and so is the card: nothing is signed for nothing. */
	pass(n, 29);
	say(n, (struct door_request){
		       .verb = DOOR_NOTE, .fields = DOOR_TEXT, .text = "hello", .note_kind = VIEW_MESSAGE });
	assert_int_equal(card_day(n), STORED_NOW_S / EPOCH_S);
	pass(n, 2);
	say(n, (struct door_request){ .verb = DOOR_MOVE,
				      .fields = DOOR_QUANTITY,
				      .stage = VIEW_RECEIVED,
				      .of = need,
				      .quantity_milli = 1000 });
	assert_int_equal(card_day(n), today(n));
	pass(n, 1);
	say(n, (struct door_request){ .verb = DOOR_SITE, .fields = DOOR_PEOPLE, .ref = site, .people = 9 });
	assert_int_equal(card_day(n), today(n));
}

/* Suspended, or without power: what is used is renewed before anything is retired, also beyond its days. */
static void who_was_off_for_long_renews_what_is_not_long_over(void **state)
{
	struct node *n = *state;
	char need[VIEW_REF_SIZE];
	uint32_t count;

	open_site(n, "Oak");
	strcpy(need, say(n, line(VIEW_NEED, 100)));
	for (int over = 0; over < 2; over++) {
		n->desk.time.wall_s += (2u * RETAIN_LINE_DAYS + (uint32_t)over) * DAY;
		n->desk.time.quality = TIME_GUESSED;
		tick(n);
		(void)!desk_upkeep(&n->desk, &count);
		commit_now(n->at.commit);
		n->desk.time.quality = TIME_SET;
		tick(n);
		commit_now(n->at.commit);
		assert_int_equal(is_there(n, need), !over);
		assert_int_equal(sites(n), 1);
		assert_true(today(n) < upkeep_end(ENTRY_CARD, card_day(n)));
	}
	assert_true(desk_has_spoken(&n->desk));
}

/* What is edited after it was renewed is said anew. */
static void what_was_renewed_is_edited_as_ever(void **state)
{
	struct node *n = *state;
	char need[VIEW_REF_SIZE];

	open_site(n, "Oak");
	strcpy(need, say(n, line(VIEW_NEED, 100)));
	pass(n, 20);
	assert_int_not_equal(said(n, need).hlc.renewed, 0);
	say(n,
	    (struct door_request){ .verb = DOOR_LINE, .fields = DOOR_QUANTITY, .ref = need, .quantity_milli = 90000 });
	assert_int_equal(said(n, need).hlc.renewed, 0);
	assert_in_range(said(n, need).hlc.time, n->desk.time.wall_s - 60, n->desk.time.wall_s + 60);
}

/* Keepers. */

/* A keeper's words go out of their days before the author's: they become the author's, as old as they are. */
static void a_keepers_change_is_taken_over_in_time(void **state)
{
	struct node *n = *state;
	char need[VIEW_REF_SIZE];

	open_site(n, "Oak");
	make_keeper(n, "Oak");
	strcpy(need, say(n, line(VIEW_NEED, 100)));
	change_as_keeper(n, need);
	pass(n, 60);
	assert_int_equal(said(n, need).line.quantity_milli, 40000);
	assert_in_range(said(n, need).hlc.time, STORED_NOW_S, STORED_NOW_S + DAY);
	assert_int_not_equal(said(n, need).line.created, 0);
}

/* Carrying on. */

enum { ELM = 500, ELMS_NEED = 501 };

/* Another's place, which this node looks after, and a need there; then that other is silent. */
static struct ref silent_neighbour(struct node *n, char need[VIEW_REF_SIZE])
{
	uint64_t hint = public_key_hint(&n->second.key);
	struct ref site = { hint, ELM }, ref = { hint, ELMS_NEED };
	struct hlc hlc = { .time = n->desk.time.wall_s };

	hear(n,
	     &(struct entry){
		     .author = hint, .kind = ENTRY_CARD, .hlc = hlc, .card = { .key = n->second.key, .name = "Elm" } });
	hear(n, &(struct entry){
			.author = hint, .kind = ENTRY_SITE, .number = ELM, .hlc = hlc, .site = { .name = "Elm" } });
	hear(n, &(struct entry){ .author = hint,
				 .kind = ENTRY_TRUST,
				 .number = 502,
				 .hlc = hlc,
				 .trust = { .kind = TRUST_KEEPER, .key = n->first.key, .site = site } });
	hear(n, &(struct entry){ .author = hint,
				 .kind = ENTRY_LINE,
				 .number = ELMS_NEED,
				 .hlc = hlc,
				 .line = { .kind = LINE_NEED,
					   .site = site,
					   .item = 101,
					   .quantity_milli = 100000,
					   .within_h = 24,
					   .created = hlc.time } });
	ref_text_write_full(need, ref);
	return ref;
}

static void still_needed(struct node *n, const char *need)
{
	say(n, (struct door_request){ .verb = DOOR_NOTE, .note_kind = VIEW_STILL_NEEDED, .of = need });
}

/* Whoever looks after the place says every ten days that it is still needed. */
static void a_keepers_words_carry_a_line_on(void **state)
{
	struct node *n = *state;
	char need[VIEW_REF_SIZE];
	uint32_t said_s = n->desk.time.wall_s, gone = 0;

	(void)silent_neighbour(n, need);
	for (uint32_t day = 1; day <= 118; day++) {
		(void)next_day(n);
		if (day % 10 == 0 && day <= 60)
			still_needed(n, need);
		if (!is_there(n, need)) {
			gone = gone ? gone : day;
			continue;
		}
		assert_int_equal(gone, 0);
		assert_int_equal(line_of(n, need).record.changed.time, said_s);
		assert_int_equal(sums_of(n, need).open_milli, 100000);
	}
	/* They stopped after two months: a month or two later it left. */
	assert_in_range(gone, 81, 112);
}

/* What came for it is not forgotten with the receipts. */
static void what_is_carried_on_keeps_what_came(void **state)
{
	struct node *n = *state;
	char need[VIEW_REF_SIZE];

	(void)silent_neighbour(n, need);
	for (uint32_t day = 1; day <= 118; day++) {
		(void)next_day(n);
		if (day % 10 == 0)
			moves(n, VIEW_RECEIVED, need, NULL, 5);
		assert_int_equal(sums_of(n, need).received_milli, day / 10 * 5000);
	}
}

/* Nobody here speaks of it, or it is none of this node's: then it leaves. */
static void nothing_else_is_carried_on(void **state)
{
	struct node *n = *state;
	char need[VIEW_REF_SIZE];

	(void)silent_neighbour(n, need);
	pass(n, RETAIN_LINE_DAYS);
	assert_true(is_there(n, need));
	pass(n, 1);
	assert_false(is_there(n, need));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_used_stays_as_it_was_for_a_year, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(what_is_over_leaves, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(a_closed_place_stays_while_something_is_there, node_setup,
						node_teardown),
		cmocka_unit_test_setup_teardown(what_arrived_and_left_outlives_the_moves, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(what_was_met_is_not_open_again, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(what_nobody_moved_stays_as_it_was_counted, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(not_all_goes_out_at_once, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(who_was_off_catches_up, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(nothing_is_said_that_outlives_the_card, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(who_was_off_for_long_renews_what_is_not_long_over, node_setup,
						node_teardown),
		cmocka_unit_test_setup_teardown(what_was_renewed_is_edited_as_ever, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(a_keepers_change_is_taken_over_in_time, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(a_keepers_words_carry_a_line_on, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(what_is_carried_on_keeps_what_came, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(nothing_else_is_carried_on, node_setup, node_teardown),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
