/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Sorting beside its naive twin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/set/sort.h"
#include "tests/unit/host.h"

static uint32_t key_at(const void *ctx, uint32_t number)
{
	return ((const uint32_t *)ctx)[number];
}

/* Beside sorting by insertion. */
static void test_sorting_by_key_is_stable(void **state)
{
	static const uint32_t maxima[] = { 0, 1, 2047, 2048, 70000, UINT32_MAX };
	struct dice dice = { 1 };

	(void)state;
	for (uint32_t round = 0; round < 600; round++) {
		uint32_t max = maxima[round % 6], count = dice_below(&dice, 60);
		uint32_t keys[60], numbers[60], naive[60], scratch[60];

		for (uint32_t i = 0; i < count; i++) {
			uint32_t at = i;

			keys[i] = max == UINT32_MAX ? (uint32_t)dice_u64(&dice) : dice_below(&dice, max + 1);
			if (dice_below(&dice, 2))
				keys[i] = keys[dice_below(&dice, i + 1)];
			numbers[i] = i;
			for (; at && keys[naive[at - 1]] > keys[i]; at--)
				naive[at] = naive[at - 1];
			naive[at] = i;
		}
		sort_by_key(numbers, count, key_at, keys, max, scratch);
		for (uint32_t i = 0; i < count; i++)
			assert_int_equal(numbers[i], naive[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sorting_by_key_is_stable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
