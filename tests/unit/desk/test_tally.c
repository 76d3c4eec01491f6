/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Handouts at the door: one register that grows, the sum that people hear, and what a busy door does to a node's rooms in
 * 90 days. From drafts to engine and picture, without a card and without signatures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/desk/draft.h"
#include "node/picture/ref_text.h"
#include "sync/engine.h"
#include "tests/unit/samples.h"
#include "tests/unit/written.h"

enum { START_S = 2400 * EPOCH_S, ENTRIES_MAX = 3000, STOCKS = 20, L = 1000 };

struct town {
	struct sample_key author;
	struct identity identity;
	struct picture *picture;
	void *memory;
	struct sync *sync;
	uint64_t handle;
	uint32_t now_s, under_way, moves_owned; /* 0: as the engine says */
	struct draft draft;
	struct door_answer answer;
};

static uint32_t draw(void *ctx, uint32_t wanted)
{
	static uint32_t next = 1000;

	(void)ctx;
	return wanted ? wanted : next++;
}

static bool is_under_way(void *ctx, uint32_t number)
{
	return ((struct town *)ctx)->under_way == number;
}

static enum door_rc ask(struct town *t, struct door_request request)
{
	uint32_t left = sync_room_left(t->sync, &t->author.public, ROOM_MOVES);
	struct draft_desk desk = { .picture = t->picture,
				   .identity = &t->identity,
				   .now_s = t->now_s,
				   .moves_left = t->moves_owned ? MOVES_PER_AUTHOR_MAX - t->moves_owned : left,
				   .ctx = t,
				   .is_under_way = is_under_way,
				   .new_number = draw };

	return draft_make(&t->draft, &t->answer, &desk, &request);
}

static void let_go(struct town *t)
{
	struct sync_drop drop;

	while (sync_next_drop(t->sync, &drop))
		picture_drop(t->picture, &drop.id);
}

static struct hlc later_than(struct town *t, struct hlc after)
{
	struct hlc hlc = sync_clock_next(t->sync, (struct node_time){ .wall_s = t->now_s, .quality = TIME_SET });

	assert_true(hlc_compare(hlc, after) > 0);
	return hlc;
}

/* As after a commit. */
static struct ref publish_as(struct town *t, struct entry *e, struct hlc hlc)
{
	uint8_t bytes[ENTRY_SIZE_MAX] = { 0 };
	struct sync_change change;
	struct entry_id id;
	struct view view = { .data = bytes };

	e->hlc = hlc;
	assert_int_equal(entry_body_encode(bytes, &view.size, e), ENTRY_OK);
	view.size += SIGNATURE_SIZE;
	id = entry_id_of(view, &t->author.public);
	assert_int_equal(sync_publish(t->sync, view, &t->author.public, 0), SYNC_OK);
	assert_true(sync_next_change(t->sync, &change));
	assert_int_equal(sync_committed(t->sync, change.seq, 0, ++t->handle), SYNC_OK);
	assert_true(picture_put(t->picture, view, &id, &t->author.public));
	let_go(t);
	return (struct ref){ e->author, e->number };
}

static struct ref publish(struct town *t)
{
	return publish_as(t, &t->draft.entry, later_than(t, t->draft.after));
}

static struct ref say(struct town *t, struct door_request request)
{
	if (ask(t, request) != DOOR_OK)
		fail_msg("%s", written(&t->answer.said));
	return publish(t);
}

static void pass(struct town *t, uint32_t seconds)
{
	static mono_ms mono;

	t->now_s += seconds;
	sync_tick(t->sync, ++mono, (struct node_time){ .wall_s = t->now_s, .quality = TIME_SET });
	let_go(t);
}

static int town_setup(void **state)
{
	static const struct sync_config config = {
		.entries_max = ENTRIES_MAX, .authors_max = 4, .carriers_max = 1, .changes_max = 256, .pending_max = 1
	};
	static struct town t;

	assert_true(sodium_init() >= 0);
	t = (struct town){ .author = sample_key(1), .now_s = START_S };
	t.identity.key = t.author.public;
	t.picture = picture_open(ENTRIES_MAX, 4, &t.author.public);
	t.memory = calloc(1, sync_footprint(&config));
	assert_true(t.picture && t.memory);
	t.sync = sync_init(t.memory, sync_footprint(&config), &config, &(struct sync_host){ .ctx = &t });
	pass(&t, 0);
	say(&t, (struct door_request){ .verb = DOOR_SELF, .fields = DOOR_NAME, .name = "Oak" });
	picture_stand_at(t.picture,
			 say(&t, (struct door_request){ .verb = DOOR_SITE, .fields = DOOR_NAME, .name = "Oak" }));
	*state = &t;
	return 0;
}

static int town_teardown(void **state)
{
	struct town *t = *state;

	picture_close(t->picture);
	free(t->memory);
	return 0;
}

static const char *text_of(struct ref ref)
{
	static char texts[4][VIEW_REF_SIZE];
	static unsigned next;
	char *text = texts[next++ % 4];

	ref_text_write_full(text, ref);
	return text;
}

static struct ref stock_of_size(struct town *t, const char *item, const char *variant, uint64_t milli)
{
	return say(t, (struct door_request){ .verb = DOOR_LINE,
					     .fields = DOOR_ITEM | DOOR_QUANTITY,
					     .line_kind = VIEW_RESOURCE,
					     .item = item,
					     .variant = variant,
					     .quantity_milli = milli });
}

static struct ref stock(struct town *t, const char *item, uint64_t milli)
{
	return stock_of_size(t, item, NULL, milli);
}

static struct door_request count(struct ref stock, uint64_t milli)
{
	return (struct door_request){
		.verb = DOOR_LINE, .fields = DOOR_QUANTITY, .ref = text_of(stock), .quantity_milli = milli
	};
}

static struct door_request give(struct ref stock, uint64_t milli)
{
	return (struct door_request){ .verb = DOOR_MOVE,
				      .fields = DOOR_QUANTITY,
				      .stage = VIEW_GIVEN,
				      .from = text_of(stock),
				      .quantity_milli = milli };
}

static struct door_request take_back(struct ref handout, uint64_t milli)
{
	return (struct door_request){ .verb = DOOR_MOVE,
				      .fields = DOOR_QUANTITY,
				      .stage = VIEW_RETURNED,
				      .after = text_of(handout),
				      .quantity_milli = milli };
}

static struct fold *fold_now(struct town *t)
{
	picture_refresh(t->picture, t->now_s);
	return picture_fold(t->picture, t->now_s);
}

static int64_t on_hand(struct town *t, struct ref stock)
{
	struct fold *fold = fold_now(t);
	uint32_t index = fold_find(fold, FOLD_LINES, stock);
	struct fold_sums sums;

	assert_true(index != UINT32_MAX);
	fold_line_sums(fold, index, &sums);
	return sums.on_hand_milli;
}

static uint32_t moves(struct town *t)
{
	return fold_count(fold_now(t), FOLD_MOVES);
}

static void test_handouts_are_one_register_that_grows(void **state)
{
	struct town *t = *state;
	struct ref water = stock(t, "101", 400 * L), blankets = stock(t, "303", 80 * L), first, other;
	struct door_request told;

	pass(t, 60);
	first = say(t, give(water, 12 * L));
	assert_true(said_is_empty(&t->answer.said));
	pass(t, 3600);
	assert_true(ref_equal(say(t, give(water, 3 * L)), first));
	assert_non_null(strstr(written(&t->answer.said), "Handed out now: 3 L. In all since 28 Jul 2026 00:01: 15 L."));
	assert_false(t->draft.is_new);
	assert_int_equal(t->draft.entry.move.at, START_S + 60);
	assert_int_equal(on_hand(t, water), 385 * L);
	assert_int_equal(moves(t), 1);

	/* Another stock, and what somebody wrote beside it, stand by themselves. */
	other = say(t, give(blankets, 2 * L));
	assert_false(ref_equal(other, first));
	told = give(water, 5 * L);
	told.fields |= DOOR_TEXT;
	told.text = "for the clinic";
	other = say(t, told);
	assert_false(ref_equal(other, first));
	assert_true(ref_equal(say(t, told), other));
	assert_true(ref_equal(say(t, give(water, 5 * L)), first));
	assert_int_equal(on_hand(t, water), 370 * L);
	assert_int_equal(moves(t), 3);
}

static void test_a_count_begins_a_new_tally(void **state)
{
	struct town *t = *state;
	struct ref water = stock(t, "101", 400 * L), first, second;

	pass(t, 60);
	first = say(t, give(water, 12 * L));
	pass(t, 60);
	say(t, count(water, 300 * L));
	assert_int_equal(on_hand(t, water), 300 * L);
	second = say(t, give(water, 1 * L));
	assert_false(ref_equal(first, second));
	pass(t, 60);
	assert_true(ref_equal(say(t, give(water, 2 * L)), second));
	assert_int_equal(on_hand(t, water), 297 * L);
}

/* It was made before the last handout, on a node that was not heard since. */
static void test_a_count_that_comes_late_begins_a_new_tally(void **state)
{
	struct town *t = *state;
	struct ref water = stock(t, "101", 400 * L), first;
	struct entry late;
	struct hlc hlc;

	pass(t, 60);
	first = say(t, give(water, 12 * L));
	pass(t, 60);
	assert_int_equal(ask(t, count(water, 300 * L)), DOOR_OK);
	late = t->draft.entry;
	hlc = later_than(t, t->draft.after);
	pass(t, 60);
	assert_true(ref_equal(say(t, give(water, 1 * L)), first));
	publish_as(t, &late, hlc);
	assert_false(ref_equal(say(t, give(water, 5 * L)), first));
	assert_int_equal(on_hand(t, water), 295 * L);
}

/* Before that it was of another item, maybe in another unit. */
static void test_a_stock_that_is_said_anew_begins_a_new_tally(void **state)
{
	struct town *t = *state;
	struct ref water = stock(t, "101", 400 * L), first;

	pass(t, 60);
	first = say(t, give(water, 12 * L));
	pass(t, 60);
	say(t, (struct door_request){ .verb = DOOR_LINE, .fields = DOOR_ITEM, .ref = text_of(water), .item = "102" });
	assert_false(ref_equal(say(t, give(water, 5 * L)), first));
	assert_int_equal(on_hand(t, water), 383 * L);
}

/* What was handed out in between is in no later tally twice, nor lost. */
static void test_a_handout_under_way_is_not_written_over(void **state)
{
	struct town *t = *state;
	struct ref water = stock(t, "101", 400 * L), first;

	pass(t, 60);
	first = say(t, give(water, 12 * L));
	t->under_way = first.number;
	assert_false(ref_equal(say(t, give(water, 1 * L)), first));
	assert_int_equal(on_hand(t, water), 387 * L);
}

static void test_how_long_a_tally_goes_on(void **state)
{
	enum { QUARTER = MOVES_PER_AUTHOR_MAX / 4, HALF = 2 * QUARTER, DAY = EPOCH_S };
	static const struct {
		uint32_t owned, age_s;
		bool joins;
	} rows[] = {
		{ 1, DAY - 1, true },           { 1, DAY, false },
		{ QUARTER - 1, DAY, false },    { QUARTER, DAY, true },
		{ QUARTER, 7 * DAY - 1, true }, { HALF - 1, 7 * DAY, false },
		{ HALF, 7 * DAY, true },        { MOVES_PER_AUTHOR_MAX, 29 * DAY, true },
	};
	struct town *t = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct ref water = stock(t, "101", 400 * L), first;

		pass(t, 60);
		first = say(t, give(water, 12 * L));
		pass(t, rows[i].age_s);
		t->moves_owned = rows[i].owned;
		if (ref_equal(say(t, give(water, 1 * L)), first) != rows[i].joins)
			fail_msg("row %zu", i);
		t->moves_owned = 0;
	}
}

static void test_what_is_taken_back_lowers_the_tally(void **state)
{
	struct town *t = *state;
	struct ref water = stock(t, "101", 400 * L), handout;

	pass(t, 60);
	handout = say(t, give(water, 12 * L));
	say(t, give(water, 30 * L));
	assert_true(ref_equal(say(t, take_back(handout, 28 * L)), handout));
	assert_non_null(
		strstr(written(&t->answer.said), "Taken back: 28 L. Handed out since 28 Jul 2026 00:01: 14 L."));
	assert_int_equal(on_hand(t, water), 386 * L);
	assert_int_equal(ask(t, take_back(handout, 15 * L)), DOOR_E_INPUT);
	assert_string_equal(written(&t->answer.said),
			    "Only 14 L of that is still out: no more than that can come back or be lost.");
	say(t, take_back(handout, 14 * L));
	assert_int_equal(on_hand(t, water), 400 * L);
	say(t, give(water, 7 * L));
	assert_int_equal(on_hand(t, water), 393 * L);
	assert_int_equal(moves(t), 1);

	/* After a count it comes back onto the shelf. */
	pass(t, 60);
	say(t, count(water, 393 * L));
	pass(t, 60);
	assert_false(ref_equal(say(t, take_back(handout, 2 * L)), handout));
	assert_int_equal(on_hand(t, water), 395 * L);
}

static void test_a_count_of_before_within_a_tally_is_asked_back(void **state)
{
	struct town *t = *state;
	struct ref water = stock(t, "101", 400 * L);
	struct door_request earlier = count(water, 390 * L);

	pass(t, 60);
	say(t, give(water, 10 * L));
	pass(t, 3600);
	say(t, give(water, 10 * L));
	pass(t, 60);
	earlier.fields |= DOOR_AT;
	earlier.at = EPOCH_UNIX_S + (int64_t)START_S + 1800;
	assert_int_equal(ask(t, earlier), DOOR_E_ASK);
	assert_non_null(strstr(written(&t->answer.said), "What was handed out since 28 Jul 2026 00:01 is one sum"));
	earlier.sure = true;
	assert_int_equal(ask(t, earlier), DOOR_OK);
	earlier.sure = false;
	earlier.at = EPOCH_UNIX_S + (int64_t)START_S + 30;
	assert_int_equal(ask(t, earlier), DOOR_OK);
}

/* A place that confirms its needs every few hours keeps its room for alerts. */
static void test_a_need_is_confirmed_in_one_register(void **state)
{
	struct town *t = *state;
	struct ref need = say(t, (struct door_request){ .verb = DOOR_LINE,
							.fields = DOOR_ITEM | DOOR_QUANTITY | DOOR_WITHIN,
							.line_kind = VIEW_NEED,
							.item = "101",
							.quantity_milli = 10 * L,
							.within_h = 24 });
	struct door_request still = { .verb = DOOR_NOTE, .note_kind = VIEW_STILL_NEEDED, .of = text_of(need) },
			    seen = still;
	struct ref first;
	struct fold_line line;

	pass(t, 3600);
	first = say(t, still);
	pass(t, 6 * 3600);
	assert_true(ref_equal(say(t, still), first));
	fold_line(fold_now(t), fold_find(fold_now(t), FOLD_LINES, need), &line);
	assert_int_equal(line.confirmed_s, t->now_s);
	seen.note_kind = VIEW_SEEN;
	assert_false(ref_equal(say(t, seen), first));
	still.fields |= DOOR_TEXT;
	still.text = "twice as many came";
	assert_false(ref_equal(say(t, still), first));
	assert_int_equal(fold_count(fold_now(t), FOLD_NOTES), 3);
}

/* 90 days. */

struct shelf {
	struct ref ref;
	int64_t milli;
};

/* Each is counted every sixth day: what was noted to go out, less what nobody saw go. */
static void count_some(struct town *t, struct shelf *shelves, uint32_t day)
{
	for (uint32_t i = day % 6; i < STOCKS; i += 6) {
		shelves[i].milli += 5000 * L;
		shelves[i].ref = say(t, count(shelves[i].ref, (uint64_t)shelves[i].milli)); /* of old stock a new one */
	}
}

static void give_all_day(struct town *t, struct shelf *shelves, uint32_t handouts)
{
	for (uint32_t k = 0; k < handouts; k++) {
		struct shelf *shelf = &shelves[k % STOCKS];
		uint64_t milli = (1 + k % 7) * L;

		pass(t, 40);
		say(t, give(shelf->ref, milli));
		shelf->milli -= (int64_t)milli;
	}
}

/* A thousand at the beginning, when a tally begins to last a week, and at the end; a hundred on the days between, since a
 * tally does not know how often it grew. With AIDMESH_ALL_HANDOUTS in the environment a thousand on every day. */
static uint32_t handouts_on(uint32_t day, uint32_t days)
{
	bool is_whole = day < 2 || (day >= 20 && day < 30) || day + 2 >= days || getenv("AIDMESH_ALL_HANDOUTS");

	return is_whole ? 1000 : 100;
}

static void test_a_thousand_handouts_a_day_for_90_days(void **state)
{
	static const char *const items[] = { "101", "303", "601", "602" };
	enum { DAYS = 90 };
	struct shelf shelves[STOCKS];
	struct town *t = *state;

	for (uint32_t i = 0; i < STOCKS; i++) {
		char size[4];

		snprintf(size, sizeof size, "%u", i);
		shelves[i].milli = 20000 * L;
		shelves[i].ref = stock_of_size(t, items[i % 4], size, (uint64_t)shelves[i].milli);
	}
	for (uint32_t day = 0; day < DAYS; day++) {
		pass(t, START_S + day * EPOCH_S + 8 * 3600 - t->now_s);
		count_some(t, shelves, day);
		give_all_day(t, shelves, handouts_on(day, DAYS));
		for (uint32_t i = 0; i < STOCKS; i++)
			assert_int_equal(on_hand(t, shelves[i].ref), shelves[i].milli);
		assert_true(sync_room_left(t->sync, &t->author.public, ROOM_MOVES) > MOVES_PER_AUTHOR_MAX / 4);
	}
	say(t, (struct door_request){ .verb = DOOR_LINE, .fields = DOOR_ITEM, .line_kind = VIEW_NEED, .item = "101" });
	say(t, (struct door_request){ .verb = DOOR_NOTE, .note_kind = VIEW_ALERT, .text = "The bridge is out." });
	assert_true(t->draft.is_new);
}

int main(void)
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, town_setup, town_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_handouts_are_one_register_that_grows),
		TEST(test_a_count_begins_a_new_tally),
		TEST(test_a_count_that_comes_late_begins_a_new_tally),
		TEST(test_a_stock_that_is_said_anew_begins_a_new_tally),
		TEST(test_a_handout_under_way_is_not_written_over),
		TEST(test_how_long_a_tally_goes_on),
		TEST(test_what_is_taken_back_lowers_the_tally),
		TEST(test_a_count_of_before_within_a_tally_is_asked_back),
		TEST(test_a_need_is_confirmed_in_one_register),
		TEST(test_a_thousand_handouts_a_day_for_90_days),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
