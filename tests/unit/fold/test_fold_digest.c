/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The digest is of the figures and of the people, not only of who said what. */
#include "tests/unit/fold/fold_stories.h"

/* Figures change while every id stays: only what is derived tells them apart. */
static void test_the_digest_is_of_the_figures(void **state)
{
	static void (*const TELLS[])(struct story * s) = { two_pledges, pledge_sent_received, below_zero, returned };
	uint32_t changed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof TELLS / sizeof *TELLS; i++) {
		struct story s = { .count = 0 };
		struct fold_digest told, other;
		struct fold *f;

		TELLS[i](&s);
		told = as_told(&s, &f);
		other = digest_of(f, s.now_s + 3600);
		assert_memory_not_equal(&told, &other, sizeof told);
		for (uint32_t at = 0; at < s.count; at++) {
			struct entered kept = s.said[at];

			if (kept.entry.kind == ENTRY_LINE)
				s.said[at].entry.line.quantity_milli--;
			else if (kept.entry.kind == ENTRY_MOVE && kept.entry.move.stage != MOVE_PLEDGED)
				s.said[at].entry.move.quantity_milli--;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_digest_is_of_the_figures),
		cmocka_unit_test(test_the_digest_is_of_the_people),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
