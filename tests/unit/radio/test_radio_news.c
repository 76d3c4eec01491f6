/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is new on the air: who passes it on, who looks whether it came, who is told that others have it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/set/sketch.h"
#include "tests/unit/air.h"

/* Whoever wrote something wants to know that it is elsewhere as well, and among few nobody would say so for hours. */
static void test_among_few_it_is_soon_known_that_all_is_safe(void **state)
{
	enum { SEEDS = 30, SOON_MS = 20000 };
	struct sample_key key = sample_key(7);

	(void)state;
	for (int count = 2; count <= 3; count++)
		for (uint64_t seed = 1; seed <= SEEDS; seed++) {
			struct sample note = host_note(&key, 5000, HOST_NOW_S);
			struct air a;
			mono_ms end;

			air_init(&a, count, seed, 10);
			for (int i = 0; i < count; i++)
				air_hold(&a, i, 1, 20);
			air_run(&a, SOON_MS);
			assert_true(air_is_safe(&a));
			air_run(&a, 3 * HOUR_MS);
			assert_int_equal(node_publish(&a.nodes[0], &note, &key), SYNC_OK);
			assert_false(air_is_safe(&a));
			for (end = a.now + SOON_MS; a.now < end && !air_is_safe(&a);)
				(void)air_step(&a, end);
			if (!air_is_safe(&a) || !air_agrees(&a))
				fail_msg("seed %llu, %d stations: not told after %d s", (unsigned long long)seed, count,
					 SOON_MS / 1000);
			air_fini(&a);
		}
}

/* The beacon of a station that holds what this one holds. */
static void hear_the_same(struct air *a, uint16_t station, bool asks)
{
	const struct set *set = &a->nodes[0].sync->set;
	struct frame_beacon beacon = {
		.salt = (uint32_t)station << 16, .days = air_radio(a, 0)->ours, .part = 1, .asks = asks
	};
	struct salt salt = salt_of_beacon(beacon.salt);
	uint8_t frame[SYNC_RADIO_FRAME_MIN];
	struct writer w = writer_init(frame, sizeof frame);
	uint32_t syndromes[2] = { 0 };

	for (uint32_t slot = 0; slot < set->used; slot++) {
		uint32_t element = element_of(&salt, &set->slots[slot].id);

		sketch_add(syndromes, 0, 2, &element, 1);
	}
	frame_begin(&w, FRAME_BEACON);
	frame_beacon_write(&w, &beacon);
	sketch_write(&w, syndromes, 2);
	air_feed(a, 0, frame, w.size);
	assert_true(air_radio(a, 0)->agreed);
}

static void hear_stations(struct air *a, int count)
{
	for (int i = 1; i <= count; i++)
		hear_the_same(a, (uint16_t)i, false);
}

/* In a town somebody will say it anyway, and answers cost airtime. */
static void test_among_many_nobody_asks_for_that(void **state)
{
	struct sample_key key = sample_key(7);
	struct sample note = host_note(&key, 5000, HOST_NOW_S);

	(void)state;
	for (int stations = 1; stations <= REACH_NOT_FEW; stations++) {
		struct frame_beacon beacon;
		struct air a;

		air_init(&a, 1, 1, ALWAYS);
		air_hold(&a, 0, 1, 20);
		hear_stations(&a, stations);
		assert_int_equal(node_publish(&a.nodes[0], &note, &key), SYNC_OK);
		air_await(&a, 0, FRAME_BEACON);
		assert_int_equal(frame_beacon_read(&beacon, (struct view){ a.last + 2, a.last_size - 2 }), FRAME_OK);
		assert_int_equal(beacon.asks, stations < REACH_NOT_FEW);
		air_fini(&a);
	}
}

/* One a second, for an hour: of an hour's 36 s it takes few. */
static void test_questions_that_are_forged_cost_little(void **state)
{
	uint64_t before_us;
	struct air a;

	(void)state;
	air_init(&a, 1, 1, 10);
	air_hold(&a, 0, 1, 20);
	air_run(&a, HOUR_MS);
	before_us = a.air_us[0];
	for (mono_ms end = a.now + HOUR_MS; a.now < end;) {
		hear_the_same(&a, 1, true);
		air_run(&a, 1000);
	}
	assert_in_range(a.air_us[0] - before_us, 1, 8000000);
	air_fini(&a);
}

/* Whom nobody asks repeats a need where many hear it, unless somebody else does; elsewhere its beacon asks who lacks it. */
static void test_a_need_within_hours_is_passed_on(void **state)
{
	static const struct {
		const char *what;
		int stations;
		bool need;
		uint32_t age_s, queued;
		bool soon; /* a beacon, sooner than after other news */
		bool is_new;
	} ROWS[] = { { "a need within hours, among many", REACH_MANY, true, 60, 1, false, false },
		     { "the same, not among many", REACH_MANY - 1, true, 60, 0, true, false },
		     { "the same, of one that has just begun", REACH_MANY - 1, true, 60, 1, true, true },
		     { "among many that has to be asked", REACH_MANY, false, 60, 0, false, true },
		     { "an old one: a repair", REACH_MANY, true, 2 * 3600, 0, true, false },
		     { "something else", REACH_MANY, false, 60, 0, false, false } };
	struct sample_key key = sample_key(7);

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		uint32_t time = HOST_NOW_S - ROWS[i].age_s;
		struct sample one = ROWS[i].need ? air_need(&key, 5000, time) : host_note(&key, 5000, time);
		struct trickle *t;
		struct air a;

		air_init(&a, 1, 1, ALWAYS);
		air_hold(&a, 0, 1, 2);
		air_radio(&a, 0)->relay.has_begun = !ROWS[i].is_new;
		hear_stations(&a, ROWS[i].stations);
		air_run(&a, HOUR_MS / 4); /* whatever Trickle began with is over */
		air_hear_entry(&a, 0, &one);
		if (air_status(&a, 0).left_out != ROWS[i].queued)
			fail_msg("%s", ROWS[i].what);
		t = &air_radio(&a, 0)->trickle;
		if ((!t->is_over && t->interval_ms == 8 * t->bounds.imin_ms) != ROWS[i].soon)
			fail_msg("%s: its beacon", ROWS[i].what);
		/* Somebody else was first. Whoever is firm says it all the same. */
		air_hear_entry(&a, 0, &one);
		assert_int_equal(air_status(&a, 0).left_out, ROWS[i].is_new && ROWS[i].queued);
		air_fini(&a);
	}
}

/* On an air that is never quiet for long, as where somebody joins, its beacon still comes. */
static void test_a_need_is_asked_about_on_a_busy_air(void **state)
{
	struct sample_key key = sample_key(7);

	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct sample need = air_need(&key, 5000, HOST_NOW_S - 60);
		struct air a;
		uint32_t beacons;
		mono_ms end;

		air_init(&a, 1, seed, ALWAYS);
		air_hold(&a, 0, 1, 2);
		air_radio(&a, 0)->relay.has_begun = true;
		air_run(&a, HOUR_MS / 4);
		air_hear_entry(&a, 0, &need);
		beacons = a.frames[FRAME_BEACON];
		for (end = a.now + 90000; a.now < end && a.frames[FRAME_BEACON] == beacons;) {
			air_hear_entry(&a, 0, &need); /* known by now */
			air_run(&a, 1000);
		}
		if (a.frames[FRAME_BEACON] == beacons)
			fail_msg("seed %llu: no beacon", (unsigned long long)seed);
		air_fini(&a);
	}
}

/* Whom others asked again and again says what is new, whoever says it too. */
static void test_who_was_asked_passes_on_what_others_say_too(void **state)
{
	struct sample_key key = sample_key(7);
	uint32_t passed_on = 0;
	struct air a;

	(void)state;
	air_init(&a, 1, 1, ALWAYS);
	air_hold(&a, 0, 1, 50);
	for (int asked = 0; asked < 5; asked++) {
		uint8_t frame[SYNC_RADIO_FRAME_MIN];
		uint32_t element;

		air_await(&a, 0, FRAME_BEACON);
		element = air_element_of(air_radio(&a, 0)->salt, 7);
		air_feed(&a, 0, frame, air_write_call(frame, air_radio(&a, 0)->salt, &element, 1));
		air_await(&a, 0, FRAME_ENTRY);
	}
	for (uint32_t number = 5000; number < 5010; number++) {
		struct sample note = host_note(&key, number, HOST_NOW_S);

		air_hear_entry(&a, 0, &note);
		air_hear_entry(&a, 0, &note);
		passed_on += air_status(&a, 0).left_out;
		air_run(&a, HOUR_MS / 60);
	}
	/* But for some that it held back on trial, after which it may stop. */
	assert_true(passed_on >= 5);
	air_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_among_few_it_is_soon_known_that_all_is_safe),
		cmocka_unit_test(test_among_many_nobody_asks_for_that),
		cmocka_unit_test(test_questions_that_are_forged_cost_little),
		cmocka_unit_test(test_a_need_within_hours_is_passed_on),
		cmocka_unit_test(test_a_need_is_asked_about_on_a_busy_air),
		cmocka_unit_test(test_who_was_asked_passes_on_what_others_say_too),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
