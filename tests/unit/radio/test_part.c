/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Parts of a set, one after another: how many, when they end, what a lie costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/radio/part.h"

static void test_parts_suit_what_differs(void **state)
{
	static const struct {
		uint32_t buckets, differ, count;
	} ROWS[] = { { 1, 0, 2 },
		     { 1, 61, 2 },
		     { 1, 62, 4 },
		     { 1, 900, 32 },
		     { 8, 0, 16 },
		     { 8, 90, 32 },
		     { 1, UINT32_MAX, PARTS_MAX },
		     { PARTS_MAX, 0, PARTS_MAX } };

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		struct parts parts = { 0 };

		parts_begin(&parts, ROWS[i].buckets, ROWS[i].differ);
		if (parts.count != ROWS[i].count)
			fail_msg("row %zu: %u parts", i, parts.count);
	}
}

static void test_each_part_is_said_once_and_then_all(void **state)
{
	struct parts parts = { 0 };

	(void)state;
	assert_int_equal(parts_next(&parts, true), 1);
	parts_begin(&parts, 1, 200);
	for (uint16_t i = 0; i < 8; i++)
		assert_int_equal(parts_next(&parts, true), 8 + i);
	assert_int_equal(parts_next(&parts, true), 1);
	assert_int_equal(parts_next(&parts, false), 1);
}

/* On a poor air one or another part brings nothing; where none does, or nothing ever did, they end. */
static void test_parts_that_bring_nothing_end(void **state)
{
	struct parts parts = { 0 };
	uint32_t said = 0;

	(void)state;
	parts_begin(&parts, 1, 900);
	while (parts_next(&parts, false) > 1)
		said++;
	assert_int_equal(said, PARTS_QUIET_MAX);
	parts_begin(&parts, 1, 900);
	for (uint32_t i = 0; i < 32; i++)
		assert_int_equal(parts_next(&parts, i % 3 == 0), 32 + i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parts_suit_what_differs),
		cmocka_unit_test(test_each_part_is_said_once_and_then_all),
		cmocka_unit_test(test_parts_that_bring_nothing_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
