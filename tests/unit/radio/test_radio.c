/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Stations on one air: equal ones are silent, unequal ones say what the others lack, once; and what a stranger says costs
 * no more than it may. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/set/sketch.h"
#include "tests/unit/air.h"

static void test_equal_stations_are_silent_but_for_small_beacons(void **state)
{
	struct air a;
	uint32_t before;

	(void)state;
	air_init(&a, 3, 1, ALWAYS);
	for (int i = 0; i < 3; i++)
		air_hold(&a, i, 1, 300);
	air_run(&a, HOUR_MS);
	assert_true(air_is_safe(&a));
	assert_int_equal(a.frames[FRAME_CALL] + a.entries, 0);
	/* Trickle at its longest: of three who have heard each other one speaks in an interval, or few more. */
	before = a.frames[FRAME_BEACON];
	a.largest_beacon = 0;
	air_run(&a, 10 * (mono_ms)air_radio(&a, 0)->trickle.bounds.imax_ms);
	assert_in_range(air_radio(&a, 1)->trickle.interval_ms, air_radio(&a, 1)->trickle.bounds.imax_ms,
			air_radio(&a, 1)->trickle.bounds.imax_ms / 4 * 5);
	assert_in_range(a.frames[FRAME_BEACON] - before, 5, 25);
	assert_int_equal(a.largest_beacon, BEACON_SIZE + 2 * 4);
	air_fini(&a);
}

/* The salt is new each time; its upper half says who speaks. */
static void test_a_beacon_says_whose_it_is(void **state)
{
	struct frame_beacon beacon;
	enum frame_kind kind;
	uint32_t salt = 0;
	struct view rest;
	struct air a;

	(void)state;
	air_init(&a, 1, 1, ALWAYS);
	a.nodes[0].sync->radios[0].traits.station = 0xBEEF;
	for (int i = 0; i < 5; i++) {
		air_await(&a, 0, FRAME_BEACON);
		assert_int_equal(frame_open(&kind, &rest, (struct view){ a.last, a.last_size }), FRAME_OK);
		assert_int_equal(frame_beacon_read(&beacon, rest), FRAME_OK);
		assert_int_equal(beacon.salt >> 16, 0xBEEF);
		assert_int_not_equal(beacon.salt, salt);
		salt = beacon.salt;
	}
	air_fini(&a);
}

/* One beacon, heard by one who lacks some and holds others. */
static void test_a_beacon_is_enough_for_a_small_difference(void **state)
{
	static const uint32_t APART[][2] = { { 0, 1 }, { 1, 0 }, { 5, 7 }, { 0, 11 }, { 11, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof APART / sizeof *APART; i++) {
		uint32_t x = APART[i][0], y = APART[i][1];
		struct air a;

		air_init(&a, 2, i + 1, ALWAYS);
		air_hold(&a, 0, 1, 200 + x);
		air_hold(&a, 1, 1, 200);
		air_hold(&a, 1, 200 + x, 200 + x + y);
		air_await(&a, 0, FRAME_BEACON);
		air_feed(&a, 1, a.last, a.last_size);
		assert_int_equal(air_status(&a, 1).left_out, y);
		assert_int_equal(air_status(&a, 1).left_in, x);
		air_run(&a, HOUR_MS / 2);
		assert_true(air_agrees(&a) && air_is_safe(&a));
		assert_int_equal(a.entries, x + y); /* each once */
		air_fini(&a);
	}
}

static void test_what_someone_else_was_first_with_is_not_said_again(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct air a;

		air_init(&a, 4, seed, ALWAYS);
		for (int i = 0; i < 4; i++)
			air_hold(&a, i, 1, i ? 60 : 50);
		air_await(&a, 0, FRAME_BEACON);
		for (int i = 1; i < 4; i++)
			air_feed(&a, i, a.last, a.last_size);
		for (int i = 1; i < 4; i++)
			assert_int_equal(air_status(&a, i).left_out, 10);
		air_run(&a, HOUR_MS / 6);
		assert_int_equal(a.entries, 10);
		assert_true(air_agrees(&a));
		air_fini(&a);
	}
}

static void test_a_call_is_answered_by_the_beacons_sender_alone(void **state)
{
	uint8_t frame[SYNC_RADIO_FRAME_MIN];
	uint32_t elements[3], salt;
	struct air a;

	(void)state;
	air_init(&a, 2, 1, ALWAYS);
	air_hold(&a, 0, 1, 50);
	air_hold(&a, 1, 1, 50);
	air_await(&a, 0, FRAME_BEACON);
	salt = air_radio(&a, 0)->salt;
	elements[0] = air_element_of(salt, 3);
	elements[1] = air_element_of(salt, 7);
	elements[2] = 12345; /* nobody's */
	for (int i = 0; i < 2; i++)
		air_feed(&a, i, frame, air_write_call(frame, salt, elements, 3));
	assert_int_equal(air_status(&a, 0).left_out, 2);
	assert_int_equal(air_status(&a, 1).left_out, 0);
	/* The same elements in a series of nobody. */
	air_run(&a, HOUR_MS / 60);
	salt = air_radio(&a, 0)->salt;
	elements[0] = air_element_of(salt, 3);
	for (int i = 0; i < 2; i++)
		air_feed(&a, i, frame, air_write_call(frame, salt + 1, elements, 3));
	assert_int_equal(air_status(&a, 0).left_out + air_status(&a, 1).left_out, 0);
	air_fini(&a);
}

/* A sketch of 8 for a difference of 20, which the counts do not show: the hearer asks, the sender says twice as much and
 * some, and both make one. */
static void hear_too_little(struct air *a)
{
	air_init(a, 2, 1, ALWAYS);
	air_hold(a, 0, 1, 210);
	air_hold(a, 1, 1, 200);
	air_hold(a, 1, 210, 220);
	air_radio(a, 0)->fresh = 0;
	air_radio(a, 0)->doubt = 4;
	air_await(a, 0, FRAME_BEACON);
	assert_int_equal(a->last_size, BEACON_SIZE + 8 * 4);
	air_feed(a, 1, a->last, a->last_size);
	assert_int_equal(air_status(a, 1).left_out, 0);
	air_await(a, 1, FRAME_CALL);
	air_feed(a, 0, a->last, a->last_size);
	air_await(a, 0, FRAME_BEACON);
	assert_int_equal(a->last_size, BEACON_SIZE + 1 + (2 * 8 + 4 + 4 - 8) * 4);
}

static void test_an_extension_joins_what_was_heard(void **state)
{
	struct air a;

	(void)state;
	hear_too_little(&a);
	air_feed(&a, 1, a.last, a.last_size);
	assert_int_equal(air_status(&a, 1).left_out, 10);
	assert_int_equal(air_status(&a, 1).left_in, 10);
	air_run(&a, HOUR_MS / 2);
	assert_true(air_agrees(&a));
	assert_int_equal(a.entries, 20);
	air_fini(&a);
}

/* Of another salt or beginning it does not join, and the true one does afterwards. */
static void test_an_extension_of_something_else_does_not_join(void **state)
{
	static const struct {
		const char *what;
		size_t at;
	} ROWS[] = { { "salt", 2 }, { "from", 9 } };

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		uint8_t other[SYNC_RADIO_FRAME_MIN];
		struct air a;

		hear_too_little(&a);
		memcpy(other, a.last, a.last_size);
		other[ROWS[i].at] ^= 2;
		air_feed(&a, 1, other, a.last_size);
		if (air_status(&a, 1).left_out || air_status(&a, 1).left_in)
			fail_msg("joined in spite of another %s", ROWS[i].what);
		air_feed(&a, 1, a.last, a.last_size);
		if (air_status(&a, 1).left_out != 10 || air_status(&a, 1).left_in != 10)
			fail_msg("another %s spoilt it", ROWS[i].what);
		air_fini(&a);
	}
}

/* After the question something came in: what was said before no longer fits, and all is said anew. */
static void test_an_extension_of_what_has_changed_is_a_new_beacon(void **state)
{
	struct sample_key key = sample_key(7);
	struct sample note = host_note(&key, 500, air_time_of(500));
	struct frame_beacon beacon;
	struct air a;

	(void)state;
	air_init(&a, 2, 1, ALWAYS);
	air_hold(&a, 0, 1, 230);
	air_hold(&a, 1, 1, 200);
	air_radio(&a, 0)->fresh = 0;
	air_await(&a, 0, FRAME_BEACON);
	air_feed(&a, 1, a.last, a.last_size);
	air_await(&a, 1, FRAME_CALL);
	air_feed(&a, 0, a.last, a.last_size);
	assert_true(air_radio(&a, 0)->more_now);
	air_hear_entry(&a, 0, &note);
	air_await(&a, 0, FRAME_BEACON);
	assert_int_equal(frame_beacon_read(&beacon, (struct view){ a.last + 2, a.last_size - 2 }), FRAME_OK);
	assert_int_equal(beacon.from, 0);
	air_fini(&a);
}

/* The question is lost: the hearer's own beacon says as much more. */
static void test_what_did_not_decode_makes_the_own_beacon_larger(void **state)
{
	struct air a;

	(void)state;
	air_init(&a, 2, 1, ALWAYS);
	air_hold(&a, 0, 1, 206);
	air_hold(&a, 1, 1, 200);
	air_radio(&a, 0)->fresh = air_radio(&a, 1)->fresh = 0;
	air_await(&a, 0, FRAME_BEACON);
	assert_int_equal(a.last_size, BEACON_SIZE + 2 * 4);
	air_feed(&a, 1, a.last, a.last_size);
	air_await(&a, 1, FRAME_BEACON);
	assert_int_equal(a.last_size, BEACON_SIZE + (3 * 2 + 4) * 4);
	air_feed(&a, 0, a.last, a.last_size);
	assert_int_equal(air_status(&a, 0).left_out, 6);
	air_fini(&a);
}

/* One has no room for what the other has: both find it out again and again, ever more rarely. */
static void test_what_cannot_be_mended_costs_little(void **state)
{
	uint64_t before_us;
	struct air a;

	(void)state;
	air_init_with(&a, 2, 1, ALWAYS, 101);
	air_hold(&a, 0, 1, 102);
	air_hold(&a, 1, 1, 101);
	air_run(&a, 3 * HOUR_MS);
	before_us = a.air_us[0] + a.air_us[1];
	air_run(&a, HOUR_MS);
	assert_in_range(a.air_us[0] + a.air_us[1] - before_us, 1, 72000000); /* what two may use of 1 % */
	air_fini(&a);
}

/* Two elements with the same lowest bytes: the one that is wanted is among what is sent. */
static void test_a_call_that_fits_two_brings_both(void **state)
{
	enum { HELD = 1000 };
	static uint32_t low[HELD];
	uint8_t frame[SYNC_RADIO_FRAME_MIN];
	uint32_t twice = 0, salt = 1;
	struct air a;

	(void)state;
	air_init(&a, 1, 1, ALWAYS);
	air_hold(&a, 0, 1, HELD + 1);
	for (; !twice; salt++)
		for (uint32_t i = 0; i < HELD && !twice; i++) {
			low[i] = air_element_of(salt, i + 1) & CALL_ELEMENT_MASK;
			for (uint32_t k = 0; k < i && !twice; k++)
				twice = low[k] == low[i] ? low[i] : 0;
		}
	air_await(&a, 0, FRAME_BEACON);
	air_radio(&a, 0)->salt = salt - 1;
	air_feed(&a, 0, frame, air_write_call(frame, salt - 1, &twice, 1));
	assert_int_equal(air_status(&a, 0).left_out, 2);
	air_fini(&a);
}

/* What goes over the air is shorter than what is stored, and is stored again as it was. */
static void test_entries_go_packed(void **state)
{
	struct sample_key key = sample_key(7);
	struct sample need = air_need(&key, 5000, HOST_NOW_S);
	struct air a;

	(void)state;
	air_init(&a, 2, 1, ALWAYS);
	for (int i = 0; i < 2; i++)
		air_hold(&a, i, 1, 5);
	assert_int_equal(node_publish(&a.nodes[0], &need, &key), SYNC_OK);
	air_await(&a, 0, FRAME_ENTRY);
	assert_in_range(a.last_size, 1, need.size - 6);
	air_feed(&a, 1, a.last, a.last_size);
	assert_true(disk_has(&a.nodes[1], sample_view(&need)));
	air_fini(&a);
}

/* Far more than a sketch holds: parts, ever smaller, until all is found; then one beacon speaks of all again. */
static void test_a_large_difference_is_found_part_by_part(void **state)
{
	static const struct {
		uint32_t x, y, loss_percent;
	} ROWS[] = { { 60, 0, 0 },  { 100, 100, 0 }, { 0, 400, 0 },  { 30, 100, 10 },
		     { 0, 60, 30 }, { 0, 900, 0 },   { 900, 0, 40 }, { 300, 300, 30 } };

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		struct frame_beacon beacon;
		struct air a;

		air_init(&a, 2, i + 1, ALWAYS);
		a.loss_percent = ROWS[i].loss_percent;
		air_hold(&a, 0, 1, 300 + ROWS[i].x);
		air_hold(&a, 1, 1, 300);
		air_hold(&a, 1, 300 + ROWS[i].x, 300 + ROWS[i].x + ROWS[i].y);
		air_run(&a, 3 * HOUR_MS);
		if (!air_agrees(&a) || !air_is_safe(&a))
			fail_msg("row %zu: not the same after three hours, %u entries said", i, a.entries);
		if (a.entries > (ROWS[i].x + ROWS[i].y) * (100 + 3 * ROWS[i].loss_percent) / 100 + 5)
			fail_msg("row %zu: %u entries", i, a.entries);
		air_await(&a, 0, FRAME_BEACON);
		assert_int_equal(frame_beacon_read(&beacon, (struct view){ a.last + 2, a.last_size - 2 }), FRAME_OK);
		assert_int_equal(beacon.part, 1);
		air_fini(&a);
	}
}

/* Each holds what the other lacks, a third of the frames is lost, and nobody else is there to be spared: they do not wait
 * as a town must. */
static void test_two_who_meet_on_a_poor_air_agree_soon(void **state)
{
	enum { SEEDS = 60, SOON_MS = 600000 };

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct air a;

		air_init(&a, 2, seed, ALWAYS);
		a.loss_percent = 33;
		air_hold(&a, 0, 1, 20);
		air_hold(&a, 1, 17, 40);
		for (mono_ms end = a.now + SOON_MS; a.now < end && !air_agrees(&a);)
			air_run(&a, 1000);
		if (!air_agrees(&a))
			fail_msg("seed %llu: they differ after %d s", (unsigned long long)seed, SOON_MS / 1000);
		air_fini(&a);
	}
}

/* Who has something to say and something to ask says both at once. */
static void test_an_entry_rides_along_in_a_call(void **state)
{
	uint32_t rode = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct frame_call call;
		struct air a;

		air_init(&a, 2, seed, ALWAYS);
		air_hold(&a, 0, 1, 103);
		air_hold(&a, 1, 1, 100);
		air_hold(&a, 1, 103, 106);
		air_await(&a, 0, FRAME_BEACON);
		air_feed(&a, 1, a.last, a.last_size);
		air_await(&a, 1, FRAME_CALL);
		assert_int_equal(frame_call_read(&call, (struct view){ a.last + 2, a.last_size - 2 }), FRAME_OK);
		assert_int_equal(call.count, 3);
		if (call.entry.size) {
			rode++;
			assert_false(disk_has(&a.nodes[0], call.entry));
			air_feed(&a, 0, a.last, a.last_size);
			assert_true(disk_has(&a.nodes[0], call.entry));
			assert_int_equal(air_status(&a, 0).left_out, 3);
		}
		air_fini(&a);
	}
	assert_true(rode >= 3);
}

/* A host that looks after its radio 40 ms too late each time is heard all the same. */
static void test_a_host_that_comes_late_is_not_silent_for_ever(void **state)
{
	struct air a;

	(void)state;
	air_init(&a, 1, 1, ALWAYS);
	air_hold(&a, 0, 1, 50);
	for (int looks = 0; looks < 100; looks++) {
		a.now = sync_deadline(a.nodes[0].sync) + 40;
		(void)air_speak(&a, 0);
	}
	assert_in_range(a.frames[FRAME_BEACON], 10, 60);
	air_fini(&a);
}

/* One has had its midnight, the other not yet: what only one still keeps is no difference, and is told to people. */
static void test_stations_whose_days_are_one_apart_agree(void **state)
{
	static const uint32_t AGE_S = (RETAIN_LINE_DAYS * EPOCH_S);
	struct sample_key key = sample_key(7);
	struct sample card = host_card(&key, HOST_NOW_S), old = host_note(&key, 9999, HOST_NOW_S - AGE_S),
		      ahead = host_note(&key, 9998, HOST_NOW_S + 2 * EPOCH_S - EPOCH_S / 4);

	(void)state;
	for (int later = 1; later <= 2; later++) {
		struct node_time time = { .wall_s = HOST_NOW_S + EPOCH_S, .quality = TIME_SET };
		struct air a;

		air_init(&a, 2, (uint64_t)later, ALWAYS);
		air_store(&a.nodes[0], &card, &key);
		air_store(&a.nodes[1], &card, &key);
		air_hold(&a, 0, 1, 30);
		air_hold(&a, 1, 1, 30);
		air_store(&a.nodes[1], &old, &key);   /* leaves at the other's midnight */
		air_store(&a.nodes[0], &ahead, &key); /* too far ahead for the other */
		sync_tick(a.nodes[0].sync, a.now, time);
		node_drain_drops(&a.nodes[0]);
		air_run(&a, HOUR_MS);
		for (uint32_t i = 0; i < 2; i++) {
			struct sync_link_status status;

			assert_true(sync_link_status(a.nodes[i].sync, AIR_ID, &status));
			assert_int_equal(status.state, LINK_LEFT);
			assert_int_equal(status.left_there.age, 1);
		}
		assert_int_equal(a.entries, 0);
		air_fini(&a);
	}
}

/* A station whose date is wrong is heard, and nobody takes what it says for a promise. */
static void test_a_station_with_a_wrong_date_makes_nobody_safe(void **state)
{
	static const int32_t days[] = { -270, -40, 3, 40, 3650 };

	(void)state;
	for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
		for (enum time_quality quality = TIME_GUESSED; quality <= TIME_SET; quality += 2) {
			struct node_time time = { .wall_s = (uint32_t)(HOST_NOW_S + days[i] * EPOCH_S),
						  .quality = quality };
			struct sample_key x = sample_key(9);
			struct sync_link_status status;
			struct sample note = host_note(&x, 1, time.wall_s);
			struct entry card = host_entry(&x, ENTRY_CARD, 0, time.wall_s);
			struct sample wrong = sample_signed(&card, &x);
			struct air a;

			air_init(&a, 2, i, ALWAYS);
			air_hold(&a, 0, 1, 30);
			sync_tick(a.nodes[1].sync, a.now, time);
			air_store(&a.nodes[1], &wrong, &x);
			air_store(&a.nodes[1], &note, &x);
			air_run(&a, HOUR_MS);
			assert_true(sync_link_status(a.nodes[1].sync, AIR_ID, &status));
			assert_int_not_equal(status.state, LINK_SAFE);
			assert_in_range(status.left_there.clock, 1, 2);
			assert_true(sync_link_status(a.nodes[0].sync, AIR_ID, &status));
			assert_true(quality == TIME_GUESSED || status.state != LINK_SAFE);
			air_fini(&a);
		}
}

/* Between a neighbour that is a day ahead and one that is a day behind there is no day that all three keep: beacons go on,
 * and speak about some day all the same. */
static void test_between_two_days_a_station_still_speaks(void **state)
{
	struct air a;

	(void)state;
	air_init(&a, 1, 1, ALWAYS);
	air_hold(&a, 0, 1, 10);
	for (uint32_t second = 0; second < 3600; second++) {
		uint16_t today = (uint16_t)(HOST_NOW_S / EPOCH_S + (second % 2 ? 1 : -1));
		struct frame_beacon beacon = { .salt = second + 1,
					       .days = { today, (uint16_t)(today + 1) },
					       .part = 1 };
		uint8_t frame[SYNC_RADIO_FRAME_MIN];
		struct writer w = writer_init(frame, sizeof frame);

		frame_begin(&w, FRAME_BEACON);
		frame_beacon_write(&w, &beacon);
		write_u32(&w, 1);
		air_feed(&a, 0, frame, w.size);
		for (mono_ms end = a.now + 1000; a.now < end; a.now += 50)
			(void)air_speak(&a, 0);
		assert_true(air_radio(&a, 0)->days.today <= air_radio(&a, 0)->days.last);
	}
	assert_true(a.frames[FRAME_BEACON] > 0);
	air_fini(&a);
}

/* What strangers say. */

static size_t forge_beacon(uint8_t *out, struct dice *dice, uint32_t syndromes)
{
	struct writer w = writer_init(out, SYNC_RADIO_FRAME_MIN);
	struct frame_beacon beacon = { .salt = (uint32_t)dice_u64(dice),
				       .days = { HOST_NOW_S / EPOCH_S, HOST_NOW_S / EPOCH_S + 1 },
				       .part = (uint16_t)(dice_below(dice, 4) ? 1 : 1 + dice_below(dice, 2000)) };

	frame_begin(&w, FRAME_BEACON);
	frame_beacon_write(&w, &beacon);
	for (uint32_t i = 0; i < syndromes; i++)
		write_u32(&w, (uint32_t)dice_u64(dice));
	return w.size;
}

/* Differences that nobody can repair stretch the shortest interval; a true one shortens it again. */
static void test_forged_beacons_do_not_keep_trickle_at_its_shortest(void **state)
{
	struct sample_key key = sample_key(7);
	struct sample note = host_note(&key, 5000, HOST_NOW_S);
	uint8_t frame[SYNC_RADIO_FRAME_MIN];

	(void)state;
	for (uint32_t syndromes = 1; syndromes <= RADIO_SKETCH_MAX; syndromes += RADIO_SKETCH_MAX - 1) {
		uint32_t before = 0;
		struct dice dice = { syndromes };
		struct air a;

		air_init(&a, 1, 1, ALWAYS);
		air_hold(&a, 0, 1, 100);
		for (uint32_t second = 0; second < 2 * 3600; second++) {
			if (second == 3600)
				before = a.frames[FRAME_BEACON];
			air_feed(&a, 0, frame, forge_beacon(frame, &dice, syndromes));
			for (mono_ms end = a.now + 1000; a.now < end; a.now += 50)
				(void)air_speak(&a, 0);
		}
		/* Some 64 times the shortest interval of 3 s. */
		assert_true(air_radio(&a, 0)->trickle.interval_ms >= 32 * air_radio(&a, 0)->trickle.bounds.imin_ms);
		assert_in_range(a.frames[FRAME_BEACON] - before, 1, 45);
		assert_int_equal(a.entries, 0);
		assert_int_equal(node_publish(&a.nodes[0], &note, &key), SYNC_OK);
		assert_in_range(air_radio(&a, 0)->trickle.interval_ms, air_radio(&a, 0)->trickle.bounds.imin_ms,
				air_radio(&a, 0)->trickle.bounds.imax_ms / 2);
		air_fini(&a);
	}
}

/* Whatever is heard and however long, in no hour more than its share; of 0.1 %, of which a quarter is less than a frame, one
 * frame more. */
static void test_the_duty_cycle_holds_whatever_is_fed(void **state)
{
	static const uint16_t DUTY[] = { 1, 10, 100 };
	static struct {
		mono_ms at;
		uint64_t us;
	} said[20000];

	(void)state;
	for (size_t i = 0; i < sizeof DUTY / sizeof *DUTY; i++) {
		uint64_t allowed_us = (uint64_t)DUTY[i] * 1000 * 3600 + (DUTY[i] == 1 ? 1100000 : 0), hour_us = 0;
		uint8_t frame[SYNC_RADIO_FRAME_MIN];
		uint32_t first = 0, end = 0;
		struct dice dice = { i };
		struct air a;

		air_init(&a, 1, i, DUTY[i]);
		air_hold(&a, 0, 1, 1000);
		for (uint32_t round = 0; round < 20000; round++) {
			uint32_t elements[RADIO_CALL_MAX];
			uint64_t before_us = a.air_us[0];

			for (uint8_t e = 0; e < RADIO_CALL_MAX && round % 50 == 0; e++)
				elements[e] = air_element_of(air_radio(&a, 0)->salt, 1 + dice_below(&dice, 900));
			if (round % 50 == 0)
				air_feed(&a, 0, frame,
					 air_write_call(frame, air_radio(&a, 0)->salt, elements,
							round % 100 ? RADIO_CALL_MAX : 1));
			else if (round % 5 == 0)
				air_feed(&a, 0, frame, forge_beacon(frame, &dice, round % 2 ? 8 : 2));
			if (air_speak(&a, 0)) {
				said[end].at = a.now;
				said[end].us = a.air_us[0] - before_us;
				hour_us += said[end++].us;
			}
			for (; first < end && said[first].at + HOUR_MS <= a.now; first++)
				hour_us -= said[first].us;
			assert_true(hour_us <= allowed_us);
			a.now += 100 + dice_below(&dice, 1000);
		}
		assert_true(a.entries > 0 || DUTY[i] < 10);
		air_fini(&a);
	}
}

/* Nobody answers: three times, then the next beacon is waited for. */
static void test_a_call_is_said_again_until_it_is_answered(void **state)
{
	struct air a;

	(void)state;
	air_init(&a, 2, 1, ALWAYS);
	air_hold(&a, 0, 1, 103);
	air_hold(&a, 1, 1, 100);
	air_await(&a, 0, FRAME_BEACON);
	air_feed(&a, 1, a.last, a.last_size);
	for (int i = 0; i < RADIO_CALL_TRIES; i++) {
		assert_int_equal(air_status(&a, 1).left_in, 3);
		air_await(&a, 1, FRAME_CALL);
	}
	assert_int_equal(air_status(&a, 1).left_in, 0);
	air_feed(&a, 0, a.last, a.last_size);
	assert_int_equal(air_status(&a, 0).left_out, 3);
	air_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal_stations_are_silent_but_for_small_beacons),
		cmocka_unit_test(test_a_beacon_says_whose_it_is),
		cmocka_unit_test(test_a_beacon_is_enough_for_a_small_difference),
		cmocka_unit_test(test_what_someone_else_was_first_with_is_not_said_again),
		cmocka_unit_test(test_a_call_is_answered_by_the_beacons_sender_alone),
		cmocka_unit_test(test_an_extension_joins_what_was_heard),
		cmocka_unit_test(test_an_extension_of_something_else_does_not_join),
		cmocka_unit_test(test_an_extension_of_what_has_changed_is_a_new_beacon),
		cmocka_unit_test(test_what_did_not_decode_makes_the_own_beacon_larger),
		cmocka_unit_test(test_what_cannot_be_mended_costs_little),
		cmocka_unit_test(test_a_call_that_fits_two_brings_both),
		cmocka_unit_test(test_entries_go_packed),
		cmocka_unit_test(test_a_large_difference_is_found_part_by_part),
		cmocka_unit_test(test_two_who_meet_on_a_poor_air_agree_soon),
		cmocka_unit_test(test_an_entry_rides_along_in_a_call),
		cmocka_unit_test(test_a_host_that_comes_late_is_not_silent_for_ever),
		cmocka_unit_test(test_stations_whose_days_are_one_apart_agree),
		cmocka_unit_test(test_a_station_with_a_wrong_date_makes_nobody_safe),
		cmocka_unit_test(test_between_two_days_a_station_still_speaks),
		cmocka_unit_test(test_forged_beacons_do_not_keep_trickle_at_its_shortest),
		cmocka_unit_test(test_the_duty_cycle_holds_whatever_is_fed),
		cmocka_unit_test(test_a_call_is_said_again_until_it_is_answered),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
