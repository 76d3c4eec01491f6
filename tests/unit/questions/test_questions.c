/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What coordinators ask, each as a small story: who said what, and which rows people read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "node/questions/top_rows.h"
#include "node/picture/picture_state.h"
#include "node/questions/questions.h"
#include "node/system/clock.h"
#include "tests/unit/story.h"
#include "tests/unit/written.h"

enum { WATER = 101, RICE = 202, BLANKET = 303, ROWS_MAX = 64 };

struct asked {
	struct story story;
	struct picture *picture;
	struct public_key self;
	struct walk walk;
	struct sync *sync;
	void *memory;
	struct view_answer rows[ROWS_MAX];
	size_t count, total;
	struct said remark;
};

static bool on_row(void *user, const struct view_answer *answer)
{
	struct asked *a = user;

	assert_true(a->count < ROWS_MAX);
	a->rows[a->count++] = *answer;
	return true;
}

static enum sync_rc load_nothing(void *ctx, uint64_t handle, struct view *bytes)
{
	(void)ctx;
	(void)handle;
	(void)bytes;
	return SYNC_E_FULL;
}

/* A place of `who`: register 1, at so many hundredths of a degree north of 35. */
static void hall(struct story *s, enum who who, const char *name, int32_t north, uint32_t people, uint32_t hours_ago)
{
	struct entry e = blank(ENTRY_SITE, 1, NOON - hours_ago * HOUR);

	snprintf(e.site.name, sizeof e.site.name, "%s", name);
	e.site.place = (struct place){ 35000000 + north * 10000, -77000000, PLACE_POINT };
	e.site.people = people;
	tell(s, who, &e);
}

static struct entry line_of(enum line_kind kind, enum who who, uint32_t number, uint16_t item, uint64_t units)
{
	struct entry e = blank(ENTRY_LINE, number, NOON - HOUR);

	e.line.kind = kind;
	e.line.item = item;
	e.line.quantity_milli = units * 1000;
	e.line.created = NOON - HOUR;
	e.line.site = ref_of(who, 1);
	if (kind == LINE_NEED)
		e.line.within_h = 24;
	if (kind == LINE_RESOURCE)
		e.line.counted = NOON - HOUR;
	return e;
}

static void needs(struct story *s, enum who who, uint32_t number, uint16_t item, uint64_t units, uint32_t people,
		  uint32_t within_h)
{
	struct entry e = line_of(LINE_NEED, who, number, item, units);

	e.line.people = people;
	e.line.within_h = within_h;
	tell(s, who, &e);
}

static void has(struct story *s, enum who who, uint32_t number, uint16_t item, uint64_t units, uint64_t reserve)
{
	struct entry e = line_of(LINE_RESOURCE, who, number, item, units);

	e.line.reserve_milli = reserve * 1000;
	tell(s, who, &e);
}

static void asked_begin(struct asked *a, enum who self)
{
	*a = (struct asked){ .story = { .now_s = NOON }, .self = key_of(self) };
	a->picture = picture_open(200, 50, &a->self);
	assert_non_null(a->picture);
	for (enum who who = SCHOOL; who < IMPOSTOR; who++)
		card(&a->story, who);
}

static void asked_end(struct asked *a)
{
	picture_close(a->picture);
	free(a->memory);
}

/* Puts in what was told since the last time. */
static void hear(struct asked *a)
{
	for (uint32_t i = 0; i < a->story.count; i++)
		picture_put(a->picture, said_bytes(&a->story.said[i]), &a->story.said[i].id, &a->story.said[i].author);
	picture_refresh(a->picture, a->story.now_s);
	picture_stand_at(a->picture, (struct ref){ public_key_hint(&a->self), 1 });
}

static size_t ask(struct asked *a, const struct view_asked *asked)
{
	struct questions q = {
		.picture = a->picture, .sync = a->sync, .walk = &a->walk, .self = &a->self, .now_s = a->story.now_s
	};

	hear(a);
	a->count = 0;
	a->total = questions_ask(&q, &a->remark, asked, on_row, a);
	return a->total;
}

static void test_what_is_short_is_added_up_by_item_within_reach(void **state)
{
	struct asked a;

	(void)state;
	asked_begin(&a, SCHOOL);
	hall(&a.story, SCHOOL, "School", 0, 0, 1);
	hall(&a.story, MILL, "Mill", 2, 0, 1);      /* 2.2 km */
	hall(&a.story, CHURCH, "Church", 30, 0, 1); /* 33 km */
	needs(&a.story, SCHOOL, 10, WATER, 100, 30, 24);
	needs(&a.story, MILL, 11, WATER, 50, 10, 6);
	needs(&a.story, CHURCH, 12, WATER, 70, 20, 72);
	needs(&a.story, CHURCH, 13, BLANKET, 5, 5, 72);
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_SHORT }), 2);
	assert_string_equal(a.rows[0].item_name, "Drinking water");
	assert_int_equal(a.rows[0].quantity_milli, 220000);
	assert_int_equal(a.rows[0].count, 3);
	assert_int_equal(a.rows[0].people, 60);
	assert_string_equal(a.rows[0].site, "School");
	assert_int_equal(a.rows[0].when, clock_unix_of(NOON + 5 * HOUR));
	assert_int_equal(a.rows[0].said, clock_unix_of(NOON - HOUR));

	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_SHORT, .km = 10 }), 1);
	assert_int_equal(a.rows[0].quantity_milli, 150000);
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_SHORT, .km = 1, .site = "Mill" }), 1);
	assert_int_equal(a.rows[0].quantity_milli, 50000);
	asked_end(&a);
}

static void test_what_runs_out_first_goes_by_use_and_by_people(void **state)
{
	struct asked a;

	(void)state;
	asked_begin(&a, SCHOOL);
	hall(&a.story, SCHOOL, "School", 0, 40, 1);
	has(&a.story, SCHOOL, 20, WATER, 240, 0); /* 40 people, 3 L a day each: two days */
	has(&a.story, SCHOOL, 21, RICE, 100, 0);
	has(&a.story, SCHOOL, 22, BLANKET, 10, 0);
	/* Rice goes by what was handed out: 25 in eleven hours, so that 75 last 33 hours more. */
	move(&a.story, (struct moving){ SCHOOL, 30, MOVE_GIVEN, NOTHING, ref_of(SCHOOL, 21), NOTHING, 25000, 1, 0 });
	a.story.now_s = NOON + 10 * HOUR;
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_RUNS_OUT }), 3);
	assert_string_equal(a.rows[0].item_name, "Rice/flour");
	assert_int_equal(a.rows[0].quantity_milli, 75000);
	assert_in_range((uint64_t)(a.rows[0].when - clock_unix_of(a.story.now_s)), 33 * HOUR - 60, 33 * HOUR + 60);
	assert_string_equal(a.rows[1].item_name, "Drinking water");
	assert_int_equal(a.rows[1].when - clock_unix_of(a.story.now_s), 48 * HOUR);
	assert_true(a.rows[1].is_estimate);
	assert_string_equal(a.rows[2].item_name, "Blanket");
	assert_int_equal(a.rows[2].when, 0);
	asked_end(&a);
}

static void test_a_truck_takes_the_most_pressing_first_up_to_its_weight(void **state)
{
	struct asked a;

	(void)state;
	asked_begin(&a, SCHOOL);
	hall(&a.story, SCHOOL, "School", 0, 0, 1);
	hall(&a.story, MILL, "Mill", 2, 0, 1);
	has(&a.story, SCHOOL, 20, WATER, 500, 100);
	has(&a.story, SCHOOL, 21, RICE, 60, 0);
	needs(&a.story, MILL, 11, RICE, 80, 20, 6);
	needs(&a.story, MILL, 12, WATER, 300, 20, 24);
	needs(&a.story, MILL, 13, BLANKET, 9, 9, 6); /* nobody has any */
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_LOAD, .site = "Mill", .kg = 200 }), 2);
	assert_string_equal(a.rows[0].item_name, "Rice/flour");
	assert_int_equal(a.rows[0].quantity_milli, 60000);
	assert_int_equal(a.rows[0].grams, 60000);
	assert_string_equal(a.rows[1].item_name, "Drinking water");
	assert_int_equal(a.rows[1].quantity_milli, 140000);
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_LOAD, .site = "Mill" }), 2);
	assert_int_equal(a.rows[1].quantity_milli, 300000);
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_LOAD }), SIZE_MAX);
	assert_non_null(strstr(written(&a.remark), "for which site"));
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_LOAD, .site = "Nowhere" }), SIZE_MAX);
	assert_non_null(strstr(written(&a.remark), "Nowhere"));
	asked_end(&a);
}

static void test_who_promised_and_is_late_is_named(void **state)
{
	struct asked a;

	(void)state;
	asked_begin(&a, SCHOOL);
	hall(&a.story, SCHOOL, "School", 0, 0, 1);
	needs(&a.story, SCHOOL, 10, WATER, 100, 30, 72);
	vouch(&a.story, SCHOOL, TRUCKER);
	move(&a.story, (struct moving){ TRUCKER, 30, MOVE_PLEDGED, ref_of(SCHOOL, 10), NOTHING, NOTHING, 40000, 0, 3 });
	move(&a.story,
	     (struct moving){ TRUCKER, 31, MOVE_PLEDGED, ref_of(SCHOOL, 10), NOTHING, NOTHING, 10000, 0, 30 });
	a.story.now_s = NOON + 2 * HOUR;
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_LATE }), 0);
	a.story.now_s = NOON + 5 * HOUR;
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_LATE }), 1);
	assert_int_equal(a.rows[0].quantity_milli, 40000);
	assert_string_equal(written(&a.rows[0].about), "promised, not sent");
	assert_int_equal(a.rows[0].trust, VIEW_TRUSTED);
	a.story.now_s = NOON + 10 * HOUR;
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_LATE }), 1);
	assert_string_equal(written(&a.rows[0].about), "lapsed: it is open again");
	asked_end(&a);
}

/* What left an hour ago is an hour old, however long ago it was promised. */
static void test_a_load_is_as_old_as_the_word_that_it_left(void **state)
{
	struct asked a;

	(void)state;
	asked_begin(&a, SCHOOL);
	hall(&a.story, SCHOOL, "School", 0, 0, 1);
	needs(&a.story, SCHOOL, 10, WATER, 100, 30, 72);
	vouch(&a.story, SCHOOL, TRUCKER);
	move(&a.story, (struct moving){ TRUCKER, 30, MOVE_PLEDGED, ref_of(SCHOOL, 10), NOTHING, NOTHING, 40000, 0, 3 });
	move(&a.story, (struct moving){ TRUCKER, 31, MOVE_SENT, NOTHING, NOTHING, ref_of(TRUCKER, 30), 40000, 2, 3 });
	a.story.now_s = NOON + 5 * HOUR;
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_LATE }), 1);
	assert_int_equal(a.rows[0].said, clock_unix_of(NOON + 2 * HOUR));
	asked_end(&a);
}

static void test_surplus_leaves_reserve_promises_and_own_needs(void **state)
{
	struct asked a;

	(void)state;
	asked_begin(&a, SCHOOL);
	hall(&a.story, SCHOOL, "School", 0, 0, 1);
	has(&a.story, SCHOOL, 20, WATER, 500, 100);
	has(&a.story, SCHOOL, 21, BLANKET, 9, 9);
	needs(&a.story, SCHOOL, 10, WATER, 150, 30, 72);
	needs(&a.story, MILL, 11, WATER, 30, 30, 72);
	move(&a.story,
	     (struct moving){ SCHOOL, 30, MOVE_PLEDGED, ref_of(MILL, 11), ref_of(SCHOOL, 20), NOTHING, 30000, 0, 30 });
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_SURPLUS }), 1);
	assert_int_equal(a.rows[0].quantity_milli, 220000);
	/* More rice came than was asked. */
	needs(&a.story, SCHOOL, 12, RICE, 10, 30, 72);
	move(&a.story, (struct moving){ SCHOOL, 31, MOVE_RECEIVED, ref_of(SCHOOL, 12), NOTHING, NOTHING, 14000, 0, 0 });
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_SURPLUS }), 2);
	assert_string_equal(a.rows[1].item_name, "Rice/flour");
	assert_int_equal(a.rows[1].quantity_milli, 4000);
	assert_non_null(strstr(written(&a.rows[1].about), "count it as stock"));
	asked_end(&a);
}

static void test_what_came_beyond_a_need_is_left_over_until_the_need_is_closed(void **state)
{
	struct asked a;
	struct entry closed;

	(void)state;
	asked_begin(&a, SCHOOL);
	hall(&a.story, SCHOOL, "School", 0, 0, 1);
	needs(&a.story, SCHOOL, 10, WATER, 100, 30, 72);
	closed = a.story.said[a.story.count - 1].entry;
	for (uint32_t i = 0; i < 2; i++)
		move(&a.story, (struct moving){ SCHOOL, 40 + i, MOVE_RECEIVED, ref_of(SCHOOL, 10), NOTHING, NOTHING,
						80000, 1, 0 });
	a.story.now_s = NOON + 2 * HOUR;
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_SURPLUS }), 1);
	assert_int_equal(a.rows[0].quantity_milli, 60000);
	assert_string_equal(written(&a.rows[0].about),
			    "more came than was asked: count it as stock, then close the need");
	closed.hlc.time = NOON + 2 * HOUR;
	closed.line.closed = CLOSED_DONE;
	tell(&a.story, SCHOOL, &closed);
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_SURPLUS }), 0);
	asked_end(&a);
}

static void test_a_need_with_one_voice_is_unconfirmed_a_strangers_first(void **state)
{
	struct asked a;

	(void)state;
	asked_begin(&a, SCHOOL);
	hall(&a.story, SCHOOL, "School", 0, 0, 1);
	hall(&a.story, STRANGER, "Barn", 1, 0, 1);
	needs(&a.story, SCHOOL, 10, WATER, 100, 30, 72);
	needs(&a.story, SCHOOL, 12, RICE, 5, 30, 72);
	needs(&a.story, STRANGER, 11, WATER, 900, 30, 72);
	note(&a.story, NURSE, 40, NOTE_SEEN, ref_of(SCHOOL, 12), 0);
	note(&a.story, STRANGER, 41, NOTE_STILL_NEEDED, ref_of(STRANGER, 11), 0); /* its own word again */
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_UNCONFIRMED }), 2);
	assert_string_equal(a.rows[0].site, "Barn");
	assert_string_equal(written(&a.rows[0].about), "a stranger's word alone");
	assert_string_equal(a.rows[1].site, "School");
	assert_int_equal(a.rows[1].quantity_milli, 100000);
	asked_end(&a);
}

static void test_silent_places_are_told_longest_first(void **state)
{
	struct asked a;

	(void)state;
	asked_begin(&a, SCHOOL);
	hall(&a.story, SCHOOL, "School", 0, 0, 1);
	hall(&a.story, MILL, "Mill", 2, 70, 8);
	hall(&a.story, CHURCH, "Church", 3, 0, 20);
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_SILENT }), 2);
	assert_string_equal(a.rows[0].site, "Church");
	assert_int_equal(a.rows[0].said, clock_unix_of(NOON - 20 * HOUR));
	assert_int_equal(a.rows[0].way.metres, 3335);
	assert_string_equal(a.rows[0].way.direction, "N");
	assert_int_equal(a.rows[1].people, 70);
	asked_end(&a);
}

static void test_served_is_per_person_and_who_got_least_comes_first(void **state)
{
	struct asked a;

	(void)state;
	asked_begin(&a, SCHOOL);
	hall(&a.story, SCHOOL, "School", 0, 50, 1);
	hall(&a.story, MILL, "Mill", 2, 10, 1);
	hall(&a.story, CHURCH, "Church", 3, 20, 1);
	needs(&a.story, SCHOOL, 10, WATER, 300, 50, 72);
	needs(&a.story, MILL, 11, WATER, 60, 10, 72);
	needs(&a.story, CHURCH, 12, WATER, 60, 20, 72);
	move(&a.story,
	     (struct moving){ SCHOOL, 30, MOVE_RECEIVED, ref_of(SCHOOL, 10), NOTHING, NOTHING, 100000, 0, 0 });
	move(&a.story, (struct moving){ MILL, 31, MOVE_RECEIVED, ref_of(MILL, 11), NOTHING, NOTHING, 60000, 0, 0 });
	has(&a.story, SCHOOL, 20, WATER, 500, 0);
	move(&a.story, (struct moving){ SCHOOL, 32, MOVE_GIVEN, NOTHING, ref_of(SCHOOL, 20), NOTHING, 25000, 1, 0 });
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_SERVED }), 3);
	assert_string_equal(a.rows[0].site, "Church");
	assert_int_equal(a.rows[0].quantity_milli, 0);
	assert_string_equal(a.rows[1].site, "School");
	assert_int_equal(a.rows[1].of_milli, 2000); /* 100 came, of which 25 went out at the door */
	assert_string_equal(a.rows[2].site, "Mill");
	assert_int_equal(a.rows[2].of_milli, 6000);
	asked_end(&a);
}

static void test_what_a_closed_need_received_was_served(void **state)
{
	struct asked a;
	struct entry closed = line_of(LINE_NEED, SCHOOL, 10, WATER, 100),
		     mistake = line_of(LINE_NEED, SCHOOL, 11, RICE, 9);

	(void)state;
	asked_begin(&a, SCHOOL);
	hall(&a.story, SCHOOL, "School", 0, 50, 1);
	closed.line.closed = CLOSED_DONE;
	mistake.line.closed = CLOSED_MISTAKE;
	tell(&a.story, SCHOOL, &closed);
	tell(&a.story, SCHOOL, &mistake);
	move(&a.story,
	     (struct moving){ SCHOOL, 30, MOVE_RECEIVED, ref_of(SCHOOL, 10), NOTHING, NOTHING, 100000, 0, 0 });
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_SERVED }), 1);
	assert_string_equal(a.rows[0].item_name, "Drinking water");
	assert_int_equal(a.rows[0].quantity_milli, 100000);
	asked_end(&a);
}

static void test_a_load_of_many_thousand_tons_weighs_so_much(void **state)
{
	struct asked a;

	(void)state;
	asked_begin(&a, SCHOOL);
	hall(&a.story, SCHOOL, "School", 0, 50, 1);
	hall(&a.story, MILL, "Mill", 2, 10, 1);
	has(&a.story, SCHOOL, 20, WATER, 30000000, 0);
	needs(&a.story, MILL, 10, WATER, 30000000, 10, 24);
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_LOAD, .site = "Mill" }), 1);
	assert_int_equal(a.rows[0].grams, 30000000000);
	asked_end(&a);
}

static void test_a_shelf_below_nothing_is_to_be_counted_first(void **state)
{
	struct asked a;

	(void)state;
	asked_begin(&a, SCHOOL);
	hall(&a.story, SCHOOL, "School", 0, 50, 1);
	has(&a.story, SCHOOL, 20, RICE, 10, 0);
	has(&a.story, SCHOOL, 21, WATER, 10, 0);
	move(&a.story, (struct moving){ SCHOOL, 32, MOVE_GIVEN, NOTHING, ref_of(SCHOOL, 21), NOTHING, 25000, 1, 0 });
	a.story.now_s = NOON + 2 * HOUR;
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_RUNS_OUT }), 2);
	assert_int_equal(a.rows[0].quantity_milli, -15000);
	assert_string_equal(written(&a.rows[0].about), "more left than was counted: recount it");
	asked_end(&a);
}

static void test_what_ends_within_a_day_ends_in_this_order(void **state)
{
	struct asked a;
	struct entry old;

	(void)state;
	asked_begin(&a, SCHOOL);
	hall(&a.story, SCHOOL, "School", 0, 0, 1);
	needs(&a.story, SCHOOL, 10, WATER, 100, 30, 6);
	needs(&a.story, SCHOOL, 11, RICE, 100, 30, 72); /* not within the day */
	old = line_of(LINE_RESOURCE, MILL, 20, BLANKET, 7);
	old.hlc.time = NOON - 30 * EPOCH_S;
	tell(&a.story, MILL, &old);
	tell(&a.story, SCHOOL, &old); /* what is its own it renews */
	move(&a.story, (struct moving){ SCHOOL, 30, MOVE_PLEDGED, ref_of(SCHOOL, 11), NOTHING, NOTHING, 40000, 0, 1 });
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_EXPIRING }), 3);
	assert_string_equal(written(&a.rows[0].about), ""); /* said an hour ago: not asked yet */
	assert_int_equal(a.rows[0].when, clock_unix_of(NOON + 5 * HOUR));
	assert_string_equal(written(&a.rows[1].about), "the promise lapses");
	assert_int_equal(a.rows[1].when, clock_unix_of(NOON + 7 * HOUR));
	assert_string_equal(a.rows[2].item_name, "Blanket");
	assert_int_equal(a.rows[2].when, clock_unix_of(NOON + 12 * HOUR)); /* at midnight the epoch leaves */
	asked_end(&a);
}

static void date_card(struct asked *a, enum who who, uint32_t days_ago)
{
	a->story.said[who].entry.hlc.time = NOON - days_ago * EPOCH_S;
	story_name(&a->story.said[who]);
}

static void trusted(struct asked *a, enum who who, uint32_t number, enum trust_kind kind, enum who whom,
		    uint32_t days_ago)
{
	struct entered *said = trusting(&a->story, who, number, kind, whom, NOON);

	said->entry.hlc.time = NOON - days_ago * EPOCH_S;
	story_name(said);
}

/* Of nodes that are silent: by its own days, or by those of its author's card. */
static void test_what_leaves_within_a_week_is_told(void **state)
{
	struct asked a;
	struct entered *renewed;

	(void)state;
	asked_begin(&a, SCHOOL);
	date_card(&a, CHURCH, 116);
	hall(&a.story, SCHOOL, "School", 0, 0, 118 * 24);
	hall(&a.story, MILL, "Mill", 2, 0, 115 * 24);
	hall(&a.story, CHURCH, "Church", 4, 0, 10 * 24);
	hall(&a.story, NURSE, "Clinic", 6, 0, 115 * 24);
	renewed = &a.story.said[a.story.count - 1];
	renewed->entry.hlc.renewed = 60;
	story_name(renewed);
	trusted(&a, MILL, 50, TRUST_KEEPER, NURSE, 117);
	trusted(&a, MILL, 51, TRUST_VOUCH, SCHOOL, 118);
	trusted(&a, MILL, 52, TRUST_VOUCH, TRUCKER, 100); /* not within a week */
	trusted(&a, SCHOOL, 53, TRUST_VOUCH, MILL, 118);  /* its own */
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_EXPIRING }), 4);
	assert_string_equal(written(&a.rows[0].about), "Oak trusts Oak: that leaves every node unless it is renewed");
	assert_string_equal(a.rows[0].ref, "");
	assert_string_equal(written(&a.rows[1].about), "that Oak keeps it leaves every node unless it is renewed");
	assert_string_equal(a.rows[1].site, "Mill");
	assert_string_equal(a.rows[2].site, "Church");
	assert_int_equal(a.rows[2].when, clock_unix_of(NOON - NOON % EPOCH_S + 5 * EPOCH_S));
	assert_string_equal(written(&a.rows[2].about), "leaves every node unless it is renewed");
	assert_string_equal(a.rows[3].site, "Mill");
	asked_end(&a);
}

/* Nobody renews an alert, nor a place that is closed: also one's own are told. */
static void test_alerts_and_closed_places_that_leave_are_told(void **state)
{
	struct asked a;
	struct entered *closed;
	struct entry alert = blank(ENTRY_NOTE, 60, NOON - 26 * EPOCH_S);

	(void)state;
	asked_begin(&a, SCHOOL);
	hall(&a.story, SCHOOL, "School", 0, 0, 116 * 24);
	closed = &a.story.said[a.story.count - 1];
	closed->entry.site.state = SITE_CLOSED;
	story_name(closed);
	alert.hlc.time = NOON - HOUR;
	alert.note.kind = NOTE_ALERT;
	alert.note.until = NOON + 3 * HOUR;
	strcpy(alert.note.text, "Bridge out");
	tell(&a.story, SCHOOL, &alert);
	alert.number = 61;
	alert.note.kind = NOTE_MESSAGE;
	alert.note.until = 0;
	tell(&a.story, SCHOOL, &alert);
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_EXPIRING }), 2);
	assert_string_equal(written(&a.rows[0].about), "Bridge out (then it is over: say it again if it still holds)");
	assert_string_equal(a.rows[1].site, "School");
	asked_end(&a);
}

/* The engine holds the rows of the story under handles 1, 2, ...; published and committed as the daemon does. */
static void plays(struct story *s, enum line_kind kind, enum who who, uint32_t number, uint64_t units)
{
	struct entry e = line_of(kind, who, number, BLANKET, units);

	e.line.people = kind == LINE_NEED ? 90 : 0;
	e.line.flags = LINE_DRILL;
	tell(s, who, &e);
}

/* The school has blankets, and the mill needs some. Nothing here was heard for hours. */
static void play(struct asked *a)
{
	struct story *s = &a->story;

	asked_begin(a, SCHOOL);
	hall(s, SCHOOL, "School", 0, 0, 7);
	hall(s, MILL, "Mill", 2, 0, 7);
	vouch(s, MILL, SCHOOL);
	plays(s, LINE_RESOURCE, SCHOOL, 50, 800);
	plays(s, LINE_NEED, MILL, 51, 500);
	move(s,
	     (struct moving){ SCHOOL, 52, MOVE_PLEDGED, ref_of(MILL, 51), ref_of(SCHOOL, 50), NOTHING, 40000, 0, 1 });
	move(s, (struct moving){ SCHOOL, 53, MOVE_GIVEN, NOTHING, ref_of(SCHOOL, 50), NOTHING, 9000, 0, 0 });
	s->now_s = NOON + 2 * HOUR;
}

/* Blankets in all, of what a question finds. */
static int64_t blankets(struct asked *a, enum view_question question)
{
	int64_t sum = 0;

	(void)ask(a, &(struct view_asked){ .question = question, .site = question == VIEW_Q_LOAD ? "Mill" : NULL });
	for (size_t i = 0; i < a->count; i++)
		sum += a->rows[i].quantity_milli / 1000;
	return sum;
}

/* A driver who loads for a drill takes from somebody who is cold. */
static void test_a_drill_is_never_added_to_what_is_real(void **state)
{
	static const struct {
		enum view_question question;
		int64_t played, real;
	} rows[] = {
		{ VIEW_Q_SHORT, 460, 30 }, { VIEW_Q_RUNS_OUT, 751, 100 },     { VIEW_Q_LOAD, 460, 30 },
		{ VIEW_Q_LATE, 40, 0 },    { VIEW_Q_SURPLUS, 751, 100 },      { VIEW_Q_UNCONFIRMED, 460, 30 },
		{ VIEW_Q_SERVED, 9, 0 },   { VIEW_Q_EXPIRING, 460 + 40, 30 },
	};
	struct asked a;

	(void)state;
	play(&a);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(blankets(&a, rows[i].question), rows[i].played);
	needs(&a.story, MILL, 11, BLANKET, 30, 30, 24);
	has(&a.story, SCHOOL, 20, BLANKET, 100, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(blankets(&a, rows[i].question), rows[i].real);
	asked_end(&a);
}

static void commit_story(struct asked *a)
{
	struct sync_config config = {
		.entries_max = 200, .authors_max = 50, .carriers_max = 1, .changes_max = 256, .pending_max = 8
	};
	struct sync_host host = { .load = load_nothing };
	size_t size = sync_footprint(&config);

	a->memory = calloc(1, size);
	a->sync = sync_init(a->memory, size, &config, &host);
	assert_non_null(a->sync);
	for (uint32_t i = 0; i < a->story.count; i++) {
		struct entry_id id;

		assert_int_equal(
			sync_restore(a->sync, &id, i + 1, said_bytes(&a->story.said[i]), &a->story.said[i].author),
			SYNC_OK);
	}
}

static void test_news_is_what_others_said_since_the_walk_once_each(void **state)
{
	struct asked a;
	struct entry alert = blank(ENTRY_NOTE, 40, NOON), renewed;

	(void)state;
	asked_begin(&a, SCHOOL);
	hall(&a.story, SCHOOL, "School", 0, 0, 1);
	hall(&a.story, MILL, "Mill", 2, 0, 1);
	needs(&a.story, MILL, 9, RICE, 1, 1, 72);
	a.walk.after = a.story.count;
	renewed = a.story.said[a.story.count - 1].entry;
	renewed.hlc.renewed = 15;
	tell(&a.story, MILL, &renewed); /* what was here, only to be kept longer */
	needs(&a.story, MILL, 11, WATER, 60, 10, 24);
	needs(&a.story, SCHOOL, 10, WATER, 100, 30, 6); /* its own */
	move(&a.story, (struct moving){ CHURCH, 31, MOVE_PLEDGED, ref_of(MILL, 11), NOTHING, NOTHING, 40000, 0, 5 });
	move(&a.story, (struct moving){ CHURCH, 32, MOVE_SENT, NOTHING, NOTHING, ref_of(CHURCH, 31), 40000, 1, 5 });
	plays(&a.story, LINE_NEED, MILL, 51, 500);
	move(&a.story, (struct moving){ CHURCH, 33, MOVE_PLEDGED, ref_of(MILL, 51), NOTHING, NOTHING, 9000, 0, 5 });
	strcpy(alert.note.text, "Bridge out");
	alert.note.kind = NOTE_ALERT;
	tell(&a.story, MILL, &alert);
	commit_story(&a);
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_NEWS }), 0);
	assert_non_null(strstr(written(&a.remark), "Nobody came by"));
	a.walk.since = clock_unix_of(NOON - HOUR);
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_NEWS }), 3);
	assert_string_equal(written(&a.rows[0].about), "Bridge out");
	assert_string_equal(a.rows[1].site, "Mill");
	assert_int_equal(a.rows[1].quantity_milli, 60000);
	assert_int_equal(a.rows[2].quantity_milli, 40000);
	asked_end(&a);
}

static int by_order(const void *a, const void *b)
{
	const struct top_row *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return x->found < y->found ? -1 : 1;
}

/* The naive twin: keep all, sort, cut. */
static void test_the_best_rows_are_kept_whatever_their_order(void **state)
{
	enum { ALL = 500 };
	uint32_t dice = 1;

	(void)state;
	for (uint32_t keep = 1; keep < 600; keep += 37) {
		struct top_row all[ALL];
		struct top_rows f;

		top_rows_init(&f, keep);
		for (uint32_t i = 0; i < ALL; i++) {
			dice = dice * 1664525 + 1013904223;
			all[i] = (struct top_row){ .order = dice >> 24, .found = i };
			top_rows_add(&f, all[i]);
		}
		top_rows_sort(&f);
		qsort(all, ALL, sizeof *all, by_order);
		assert_int_equal(f.total, ALL);
		assert_int_equal(f.count, keep < ALL ? keep : ALL);
		for (uint32_t i = 0; i < f.count; i++)
			assert_int_equal(f.rows[i].found, all[i].found);
		top_rows_fini(&f);
	}
}

static void test_a_page_is_a_part_of_the_whole(void **state)
{
	struct asked a;

	(void)state;
	asked_begin(&a, SCHOOL);
	hall(&a.story, SCHOOL, "School", 0, 0, 1);
	for (uint32_t i = 0; i < 9; i++)
		needs(&a.story, SCHOOL, 10 + i, (uint16_t)(101 + i % 2), 1 + i, 1, 72);
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_UNCONFIRMED, .offset = 4, .limit = 3 }), 9);
	assert_int_equal(a.count, 3);
	assert_int_equal(ask(&a, &(struct view_asked){ .question = VIEW_Q_UNCONFIRMED, .offset = 9, .limit = 3 }), 9);
	assert_int_equal(a.count, 0);
	asked_end(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_short_is_added_up_by_item_within_reach),
		cmocka_unit_test(test_what_runs_out_first_goes_by_use_and_by_people),
		cmocka_unit_test(test_a_truck_takes_the_most_pressing_first_up_to_its_weight),
		cmocka_unit_test(test_who_promised_and_is_late_is_named),
		cmocka_unit_test(test_a_load_is_as_old_as_the_word_that_it_left),
		cmocka_unit_test(test_surplus_leaves_reserve_promises_and_own_needs),
		cmocka_unit_test(test_what_came_beyond_a_need_is_left_over_until_the_need_is_closed),
		cmocka_unit_test(test_a_need_with_one_voice_is_unconfirmed_a_strangers_first),
		cmocka_unit_test(test_silent_places_are_told_longest_first),
		cmocka_unit_test(test_served_is_per_person_and_who_got_least_comes_first),
		cmocka_unit_test(test_a_shelf_below_nothing_is_to_be_counted_first),
		cmocka_unit_test(test_what_a_closed_need_received_was_served),
		cmocka_unit_test(test_a_load_of_many_thousand_tons_weighs_so_much),
		cmocka_unit_test(test_what_ends_within_a_day_ends_in_this_order),
		cmocka_unit_test(test_what_leaves_within_a_week_is_told),
		cmocka_unit_test(test_alerts_and_closed_places_that_leave_are_told),
		cmocka_unit_test(test_a_drill_is_never_added_to_what_is_real),
		cmocka_unit_test(test_news_is_what_others_said_since_the_walk_once_each),
		cmocka_unit_test(test_the_best_rows_are_kept_whatever_their_order),
		cmocka_unit_test(test_a_page_is_a_part_of_the_whole),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
