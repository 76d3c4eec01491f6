/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Heapsort over small numbers that stand for something: in place, no allocation, no worst case. Pure. */
#ifndef AIDMESH_SYNC_SORT_H
#define AIDMESH_SYNC_SORT_H

#include <stdint.h>

/* Below, above or at 0: `a` comes before, after, or is as good as `b`. */
typedef int (*sort_compare)(const void *ctx, uint32_t a, uint32_t b);

void sort_numbers(uint32_t *numbers, uint32_t count, sort_compare compare, const void *ctx);

#endif
