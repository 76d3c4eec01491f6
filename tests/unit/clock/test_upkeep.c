/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/clock/upkeep.h"

enum { DAY = 2400 };

static const enum entry_kind KINDS[] = { ENTRY_CARD, ENTRY_SITE, ENTRY_LINE, ENTRY_MOVE, ENTRY_NOTE, ENTRY_TRUST };

static uint32_t days_kept(enum entry_kind kind)
{
	return retention_days(entry_retention(kind));
}

/* Each register has a day between half and two thirds of its time, and no other one before it is over. */
static void test_it_is_due_between_half_and_two_thirds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
		for (uint32_t number = 0; number < 200; number++) {
			uint32_t day = DAY;

			while (!upkeep_is_due(KINDS[i], DAY, number, (uint16_t)day))
				day++;
			assert_in_range(day - DAY, days_kept(KINDS[i]) / 2, days_kept(KINDS[i]) * 2 / 3);
			for (; day < upkeep_end(KINDS[i], DAY); day++)
				assert_true(upkeep_is_due(KINDS[i], DAY, number, (uint16_t)day));
			assert_true(upkeep_is_overdue(KINDS[i], DAY, (uint16_t)day));
		}
}

static void test_registers_have_days_of_their_own(void **state)
{
	uint32_t due = 0;

	(void)state;
	for (uint32_t number = 0; number < 1000; number++)
		due += upkeep_is_due(ENTRY_SITE, DAY, number * 2654435761u, DAY + 60);
	assert_in_range(due, 1, 150);
}

/* A need of today is kept 30 days, a card of 90 days ago as well. */
static void test_the_card_goes_first_where_it_would_leave_before(void **state)
{
	static const struct {
		enum entry_kind kind;
		uint32_t age;
		bool needs;
	} ROWS[] = { { ENTRY_LINE, 90, false }, { ENTRY_LINE, 91, true }, { ENTRY_NOTE, 91, true },
		     { ENTRY_MOVE, 30, false }, { ENTRY_MOVE, 31, true }, { ENTRY_SITE, 0, false },
		     { ENTRY_SITE, 1, true },   { ENTRY_TRUST, 1, true } };

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		uint16_t card = (uint16_t)(DAY - ROWS[i].age);

		assert_int_equal(upkeep_needs_card(ROWS[i].kind, card, DAY), ROWS[i].needs);
		assert_int_equal(upkeep_end(ENTRY_CARD, card) < upkeep_end(ROWS[i].kind, DAY), ROWS[i].needs);
	}
}

static void test_a_renewal_counts_from_its_day(void **state)
{
	struct hlc hlc = { .time = DAY * EPOCH_S + 5, .tick = 3, .era = 2 };

	(void)state;
	assert_true(upkeep_renew(&hlc, DAY + 15));
	assert_int_equal(hlc_epoch(hlc), DAY + 15);
	assert_true(upkeep_renew(&hlc, DAY + 31));
	assert_int_equal(hlc.renewed, 31);
	assert_int_equal(hlc.time, DAY * EPOCH_S + 5);
	assert_true(hlc.tick == 3 && hlc.era == 2);
	assert_false(upkeep_renew(&hlc, DAY - 1));
	assert_false(upkeep_renew(&hlc, DAY + RENEWED_MAX + 1));
	assert_int_equal(hlc.renewed, 31);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_is_due_between_half_and_two_thirds),
		cmocka_unit_test(test_registers_have_days_of_their_own),
		cmocka_unit_test(test_the_card_goes_first_where_it_would_leave_before),
		cmocka_unit_test(test_a_renewal_counts_from_its_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
