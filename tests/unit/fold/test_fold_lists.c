/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The lists and the numbers in them. */
#include "tests/unit/fold/fold_stories.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists_are_in_order_of_key_and_number),
		cmocka_unit_test(test_numbers_that_two_records_have),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
