/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/sort.h"

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
