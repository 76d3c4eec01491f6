/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/set/sort.h"

#include <assert.h>
#include <string.h>

static void swap(uint32_t *a, uint32_t *b)
{
	uint32_t kept = *a;

	*a = *b;
	*b = kept;
}

static void sift_down(uint32_t *heap, uint32_t at, uint32_t count, sort_compare compare, const void *ctx)
{
	for (uint32_t child = 2 * at + 1; child < count; at = child, child = 2 * at + 1) {
		if (child + 1 < count && compare(ctx, heap[child], heap[child + 1]) < 0)
			child++;
		if (compare(ctx, heap[at], heap[child]) >= 0)
			return;
		swap(&heap[at], &heap[child]);
	}
}

void sort_numbers(uint32_t *numbers, uint32_t count, sort_compare compare, const void *ctx)
{
	for (uint32_t i = count / 2; i-- > 0;)
		sift_down(numbers, i, count, compare, ctx);
	for (uint32_t i = count; i-- > 1;) {
		swap(&numbers[0], &numbers[i]);
		sift_down(numbers, 0, i, compare, ctx);
	}
}

enum { DIGIT_BITS = 11, DIGIT_COUNT = 1 << DIGIT_BITS, DIGITS_MAX = 3 };

static_assert(DIGIT_BITS * DIGITS_MAX >= 32, "every key has its digits");

static uint32_t digit_of(uint32_t key, unsigned digit)
{
	return key >> digit * DIGIT_BITS & (DIGIT_COUNT - 1);
}

/* From how many there are of each to where the first of each goes. */
static void counts_to_starts(uint32_t counts[DIGIT_COUNT])
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < DIGIT_COUNT; i++) {
		uint32_t count = counts[i];

		counts[i] = sum;
		sum += count;
	}
}

void sort_by_key(uint32_t *numbers, uint32_t count, sort_key key, const void *ctx, uint32_t key_max, uint32_t *scratch)
{
	uint32_t starts[DIGITS_MAX][DIGIT_COUNT] = { { 0 } };
	uint32_t *from = numbers, *to = scratch;
	unsigned digits = 1;

	assert(numbers != scratch);
	while (digits < DIGITS_MAX && key_max >> digits * DIGIT_BITS)
		digits++;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t value = key(ctx, numbers[i]);

		for (unsigned d = 0; d < digits; d++)
			starts[d][digit_of(value, d)]++;
	}
	for (unsigned d = 0; d < digits; d++) {
		uint32_t *kept = from;

		counts_to_starts(starts[d]);
		for (uint32_t i = 0; i < count; i++)
			to[starts[d][digit_of(key(ctx, from[i]), d)]++] = from[i];
		from = to;
		to = kept;
	}
	if (from != numbers)
		memcpy(numbers, from, count * sizeof *numbers);
}
