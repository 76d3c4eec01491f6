/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/sim/heap.h"

#include <assert.h>
#include <stdlib.h>

void heap_fini(struct heap *heap)
{
	free(heap->events);
	*heap = (struct heap){ 0 };
}

static bool is_before(const struct event *a, const struct event *b)
{
	return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

void heap_put(struct heap *heap, uint64_t at_ms, enum event_kind kind, uint32_t subject, uint64_t tag)
{
	struct event event = { .at_ms = at_ms, .order = heap->order++, .tag = tag, .subject = subject, .kind = kind };
	size_t at = heap->count++;

	if (at == heap->cap) {
		heap->cap = heap->cap ? 2 * heap->cap : 256;
		heap->events = realloc(heap->events, heap->cap * sizeof *heap->events);
		assert(heap->events);
	}
	for (; at && is_before(&event, &heap->events[(at - 1) / 2]); at = (at - 1) / 2)
		heap->events[at] = heap->events[(at - 1) / 2];
	heap->events[at] = event;
}

bool heap_take(struct heap *heap, struct event *event)
{
	struct event last;
	size_t at = 0, child;

	if (!heap->count)
		return false;
	*event = heap->events[0];
	last = heap->events[--heap->count];
	for (; (child = 2 * at + 1) < heap->count; at = child) {
		if (child + 1 < heap->count && is_before(&heap->events[child + 1], &heap->events[child]))
			child++;
		if (!is_before(&heap->events[child], &last))
			break;
		heap->events[at] = heap->events[child];
	}
	heap->events[at] = last;
	return true;
}
