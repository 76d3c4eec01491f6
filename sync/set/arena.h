/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Carves the memory that a caller gave into pieces, once, at init. With `base` NULL it only counts, so that one function
 * both measures and places. Pure. */
#ifndef AIDMESH_SYNC_SET_ARENA_H
#define AIDMESH_SYNC_SET_ARENA_H

#include <assert.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

struct arena {
	uint8_t *base; /* NULL: measuring */
	size_t used;
};

/* `count` items of `size` bytes, aligned for anything; NULL while measuring. The bytes are as the caller left them. */
static inline void *arena_take(struct arena *a, size_t count, size_t size)
{
	size_t align = alignof(max_align_t);
	size_t at = (a->used + align - 1) & ~(align - 1);

	assert(size > 0);
	assert(count <= (SIZE_MAX - at) / size);
	a->used = at + count * size;
	return a->base ? a->base + at : NULL;
}

#endif
