/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A word that its author takes back counts nothing; what others witnessed stays. */
#include "tests/unit/fold/fold_stories.h"

static void withdraw(struct story *s, enum who who, uint32_t number, struct ref of, struct ref from, struct ref after)
{
	move(s, (struct moving){ who, number, MOVE_WITHDRAWN, of, from, after, 80, 9, 0 });
	s->now_s = NOON + 10 * HOUR;
}

static void test_a_pledge_that_was_never_so(void **state)
{
	struct story s = { .count = 0 };
	struct fold *f;

	(void)state;
	setting(&s);
	mills(&s, 30, MOVE_PLEDGED, 0, 80, 1);
	withdraw(&s, MILL, 30, NEED, STOCK, NOTHING);
	f = told(&s);
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
	STOCK_IS(f, STOCK, 500, 0);
	assert_int_equal(fold_count(f, FOLD_MOVES), 0);
}

static void test_a_load_that_never_left_is_promised_again(void **state)
{
	struct story s = { .count = 0 };
	struct fold *f;

	(void)state;
	setting(&s);
	mills(&s, 30, MOVE_PLEDGED, 0, 80, 1);
	mills(&s, 31, MOVE_SENT, 30, 80, 2);
	withdraw(&s, MILL, 31, NEED, NOTHING, MILLS(30));
	f = told(&s);
	NEED_IS(f, NEED, LINE_OPEN, 0, 80, 20);
	STOCK_IS(f, STOCK, 500, 80);
	MOVE_IS(f, MILLS(30), MOVE_PLEDGED, 80, true);
}

static void test_a_receipt_typed_at_the_wrong_need(void **state)
{
	struct story s = { .count = 0 };
	struct fold *f;

	(void)state;
	setting(&s);
	mills(&s, 30, MOVE_SENT, 0, 80, 1);
	schools(&s, 32, MOVE_RECEIVED, MILLS(30), 80, 3);
	move(&s, (struct moving){ SCHOOL, 32, MOVE_WITHDRAWN, NEED, NOTHING, MILLS(30), 80, 9, 0 });
	s.now_s = NOON + 10 * HOUR;
	f = told(&s);
	NEED_IS(f, NEED, LINE_OPEN, 0, 80, 20);
	STOCK_IS(f, STOCK, 420, 0);
}

/* The mill takes back what the school saw arrive: it was there, and it left the mill. */
static void test_what_somebody_saw_arrive_stays(void **state)
{
	struct story s = { .count = 0 };
	struct fold *f;

	(void)state;
	setting(&s);
	mills(&s, 30, MOVE_SENT, 0, 80, 1);
	schools(&s, 32, MOVE_RECEIVED, MILLS(30), 75, 3);
	withdraw(&s, MILL, 30, NEED, STOCK, NOTHING);
	f = told(&s);
	NEED_IS(f, NEED, LINE_OPEN, 75, 0, 25);
	STOCK_IS(f, STOCK, 425, 0);
}

static void test_a_refusal_that_is_taken_back_lets_the_promise_stand(void **state)
{
	struct story s = { .count = 0 };
	struct fold *f;

	(void)state;
	setting(&s);
	mills(&s, 30, MOVE_PLEDGED, 0, 80, 1);
	mills(&s, 31, MOVE_RELEASED, 30, 80, 2);
	mills(&s, 33, MOVE_GIVEN, 0, 40, 2);
	withdraw(&s, MILL, 31, NEED, NOTHING, MILLS(30));
	withdraw(&s, MILL, 33, NEED, STOCK, NOTHING);
	f = told(&s);
	NEED_IS(f, NEED, LINE_OPEN, 0, 80, 20);
	STOCK_IS(f, STOCK, 500, 80);
}

/* A stranger takes back nothing that others said. */
static void test_nobody_takes_back_anothers_word(void **state)
{
	struct story s = { .count = 0 };
	struct fold *f;

	(void)state;
	setting(&s);
	mills(&s, 30, MOVE_PLEDGED, 0, 80, 1);
	withdraw(&s, STRANGER, 30, NEED, STOCK, NOTHING);
	withdraw(&s, STRANGER, 31, NEED, NOTHING, MILLS(30));
	f = told(&s);
	NEED_IS(f, NEED, LINE_OPEN, 0, 80, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_pledge_that_was_never_so),
		cmocka_unit_test(test_a_load_that_never_left_is_promised_again),
		cmocka_unit_test(test_a_receipt_typed_at_the_wrong_need),
		cmocka_unit_test(test_what_somebody_saw_arrive_stays),
		cmocka_unit_test(test_a_refusal_that_is_taken_back_lets_the_promise_stand),
		cmocka_unit_test(test_nobody_takes_back_anothers_word),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
