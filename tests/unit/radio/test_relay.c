/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who passes on at once what it hears: whoever was asked, as long as somebody misses what it holds back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/radio/relay.h"

/* Fresh random numbers that make it pass on, or try, whatever its firmness; neither forgets an ask. */
enum { PASSES_ON = 0xFF01, TRIES = 0x0001 };

static struct relay firm(uint8_t firmness)
{
	return (struct relay){ .firmness = firmness };
}

static void test_a_new_one_among_many_waits(void **state)
{
	struct relay relay = firm(0);

	(void)state;
	relay_begin(&relay, true);
	relay_begin(&relay, false);
	assert_int_equal(relay_choose(&relay, PASSES_ON), RELAY_WAIT);
}

static void test_a_new_one_passes_on_until_nobody_misses_it(void **state)
{
	struct relay relay = firm(0);

	(void)state;
	relay_begin(&relay, false);
	assert_int_equal(relay_choose(&relay, PASSES_ON), RELAY_PASS_ON);
	assert_int_equal(relay_choose(&relay, TRIES), RELAY_TRY);
	relay_said(&relay);
	assert_int_equal(relay_choose(&relay, PASSES_ON), RELAY_WAIT);
	relay_begin(&relay, false);
	assert_int_equal(relay_choose(&relay, PASSES_ON), RELAY_WAIT);
}

static void test_nobody_passes_on_unasked(void **state)
{
	struct relay relay = firm(0);

	(void)state;
	for (uint32_t chance = 0; chance < 1u << 16; chance += 255)
		assert_int_equal(relay_choose(&relay, chance), RELAY_WAIT);
}

static void test_who_is_asked_twice_passes_on(void **state)
{
	struct relay relay = firm(0);

	(void)state;
	relay_asked(&relay);
	assert_int_equal(relay_choose(&relay, PASSES_ON), RELAY_WAIT);
	relay_asked(&relay);
	assert_int_equal(relay_choose(&relay, PASSES_ON), RELAY_PASS_ON);
	for (int i = 0; i < 10; i++)
		relay_asked(&relay);
	assert_int_equal(relay.firmness, RELAY_FIRMNESS_MAX);
}

static void test_an_ask_long_ago_does_not_count(void **state)
{
	struct relay relay = firm(0);

	(void)state;
	relay_asked(&relay);
	for (uint32_t chance = 0; chance < RELAY_ASKS_LAST; chance++)
		(void)relay_choose(&relay, chance);
	relay_asked(&relay);
	assert_int_equal(relay_choose(&relay, PASSES_ON), RELAY_WAIT);
}

/* Of equally likely numbers one in 2^firmness. */
static void test_the_firmer_the_fewer_trials(void **state)
{
	(void)state;
	for (unsigned firmness = 1; firmness <= RELAY_FIRMNESS_MAX; firmness++) {
		uint32_t trials = 0;

		for (uint32_t chance = 0; chance < 1u << 16; chance++) {
			struct relay relay = firm((uint8_t)firmness);

			trials += relay_choose(&relay, chance) == RELAY_TRY;
		}
		assert_int_equal(trials, (1u << 16) >> firmness);
	}
}

static void test_what_nobody_misses_need_not_be_passed_on(void **state)
{
	struct relay relay = firm(RELAY_FIRMNESS_MAX);
	int trials = 0;

	(void)state;
	for (; relay_choose(&relay, TRIES) == RELAY_TRY; trials++)
		relay_said(&relay);
	assert_int_equal(trials, 3); /* 4, 2, 1 */
	assert_int_equal(relay_choose(&relay, PASSES_ON), RELAY_WAIT);
}

static void test_a_trial_counts_only_when_it_was_said_and_nobody_called(void **state)
{
	struct relay relay = firm(2);

	(void)state;
	assert_int_equal(relay_choose(&relay, TRIES), RELAY_TRY);
	assert_int_equal(relay_choose(&relay, TRIES), RELAY_TRY);
	relay_said(&relay);
	relay_called(&relay);
	assert_int_equal(relay_choose(&relay, PASSES_ON), RELAY_PASS_ON);
	assert_int_equal(relay.firmness, 2);
}

static void test_what_goes_out_anyway_is_remembered_within_bounds(void **state)
{
	struct relay relay = firm(1);

	(void)state;
	for (uint32_t slot = 0; slot <= RELAY_OWN_MAX; slot++)
		relay_own(&relay, slot);
	for (uint32_t slot = 0; slot <= RELAY_OWN_MAX; slot++)
		assert_int_equal(relay_is_own(&relay, slot), slot < RELAY_OWN_MAX);
	relay_forget(&relay, 3);
	assert_false(relay_is_own(&relay, 3));
	relay_own(&relay, RELAY_OWN_MAX);
	assert_true(relay_is_own(&relay, RELAY_OWN_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_new_one_among_many_waits),
		cmocka_unit_test(test_a_new_one_passes_on_until_nobody_misses_it),
		cmocka_unit_test(test_nobody_passes_on_unasked),
		cmocka_unit_test(test_who_is_asked_twice_passes_on),
		cmocka_unit_test(test_an_ask_long_ago_does_not_count),
		cmocka_unit_test(test_the_firmer_the_fewer_trials),
		cmocka_unit_test(test_what_nobody_misses_need_not_be_passed_on),
		cmocka_unit_test(test_a_trial_counts_only_when_it_was_said_and_nobody_called),
		cmocka_unit_test(test_what_goes_out_anyway_is_remembered_within_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
