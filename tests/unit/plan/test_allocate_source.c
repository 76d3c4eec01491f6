/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Which of several stocks a need is served from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/plan_story.h"

static struct entered *diapers(struct story *s, uint32_t number, const char *variant, uint32_t days)
{
	struct entered *said = shelf(s, MILL, number, DIAPERS, 40);

	strcpy(said->entry.line.variant, variant);
	said->entry.line.use_by = days ? (uint16_t)(NOON / EPOCH_S + days) : 0;
	story_name(said);
	return said;
}

/* The church takes any size, and the school size 3 alone. */
static void one_takes_any_size(struct story *s)
{
	setting(s);
	strcpy(ask(s, (struct asking){ SCHOOL, DIAPERS, 40, 10, 5, 10, 0 })->entry.line.variant, "3");
	story_name(&s->said[s->count - 1]);
	ask(s, (struct asking){ CHURCH, DIAPERS, 40, 10, 5, 30, 0 });
	diapers(s, 20, "3", 0);
	diapers(s, 21, "1", 0);
}

static void it_gets_what_nobody_else_can_use(struct fold *f)
{
	assert_int_equal(plan.portion_count, 2);
	is_row(f, 0, CHURCHS, ref_of(MILL, 21), 40 * LITRE);
	is_row(f, 1, SCHOOLS, MILLS, 40 * LITRE);
}

static void two_days_to_use_it(struct story *s)
{
	setting(s);
	ask(s, (struct asking){ SCHOOL, DIAPERS, 40, 10, 5, 10, 0 });
	diapers(s, 20, "", 0);
	diapers(s, 21, "", 9);
	diapers(s, 22, "", 2);
}

static void first_to_expire_first_out(struct fold *f)
{
	assert_int_equal(plan.portion_count, 1);
	is_row(f, 0, SCHOOLS, ref_of(MILL, 22), 40 * LITRE);
}

static void test_who_takes_any_size_leaves_what_another_asks_for(void **state)
{
	struct story s = { .count = 0 };

	(void)state;
	one_takes_any_size(&s);
	it_gets_what_nobody_else_can_use(as_told(&s));
}

static void test_what_must_be_used_first_goes_first(void **state)
{
	struct story s = { .count = 0 };

	(void)state;
	two_days_to_use_it(&s);
	first_to_expire_first_out(as_told(&s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_takes_any_size_leaves_what_another_asks_for),
		cmocka_unit_test(test_what_must_be_used_first_goes_first),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
