/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Sorting small numbers that stand for something: no allocation, no worst case. Pure. */
#ifndef AIDMESH_SYNC_SET_SORT_H
#define AIDMESH_SYNC_SET_SORT_H

#include <stdint.h>

/* Below, above or at 0: `a` comes before, after, or is as good as `b`. */
typedef int (*sort_compare)(const void *ctx, uint32_t a, uint32_t b);

/* Heapsort, in place. */
void sort_numbers(uint32_t *numbers, uint32_t count, sort_compare compare, const void *ctx);

typedef uint32_t (*sort_key)(const void *ctx, uint32_t number);

/* Radix sort by a key of at most key_max, in linear time; equal keys stay in the order in which they came. `scratch` has
 * room for `count` numbers. */
void sort_by_key(uint32_t *numbers, uint32_t count, sort_key key, const void *ctx, uint32_t key_max, uint32_t *scratch);

#endif
