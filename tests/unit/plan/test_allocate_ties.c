/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who comes first of those that are alike in all that counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/plan_story.h"

/* It changes from day to day. */
static void test_ties_are_drawn_anew_every_day(void **state)
{
	uint32_t schools = 0;

	(void)state;
	for (uint32_t day = 0; day < 64; day++) {
		struct story s = { .count = 0 };
		struct fold *f = fold_new();

		setting(&s);
		ask(&s, (struct asking){ SCHOOL, WATER, 120, 40, 0, 10, 0 });
		ask(&s, (struct asking){ CHURCH, WATER, 120, 40, 0, 10, 0 });
		shelf(&s, MILL, 20, WATER, 60);
		for (uint32_t i = 0; i < s.count; i++) {
			s.said[i].entry.hlc.time += day * EPOCH_S;
			if (s.said[i].entry.kind == ENTRY_LINE)
				s.said[i].entry.line.created += day * EPOCH_S;
			story_name(&s.said[i]);
			put(f, &s.said[i]);
		}
		draw_up(f, NOON + day * EPOCH_S, 0);
		assert_int_equal(plan.portion_count, 1);
		schools += ref_equal(fold_ref(f, plan.portions[0].need), SCHOOLS);
	}
	assert_true(schools > 16 && schools < 48);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ties_are_drawn_anew_every_day),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
