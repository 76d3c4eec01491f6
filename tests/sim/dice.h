/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Chance that repeats itself: splitmix64 (Steele, Lea, Flood 2014). One die for each stream of a run, all from one
 * seed, so that a change in one of them leaves the others as they were. Pure. */
#ifndef AIDMESH_SIM_DICE_H
#define AIDMESH_SIM_DICE_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

struct dice {
	uint64_t state;
};

static inline uint64_t dice_u64(struct dice *d)
{
	uint64_t z = d->state += 0x9E3779B97F4A7C15;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
	z = (z ^ z >> 27) * 0x94D049BB133111EB;
	return z ^ z >> 31;
}

/* 0 .. bound - 1; bound above 0. */
static inline uint32_t dice_below(struct dice *d, uint32_t bound)
{
	assert(bound);
	return (uint32_t)(dice_u64(d) % bound);
}

/* low .. high, both included. */
static inline uint32_t dice_between(struct dice *d, uint32_t low, uint32_t high)
{
	return low + dice_below(d, high - low + 1);
}

/* True so many times in a thousand. */
static inline bool dice_permille(struct dice *d, uint32_t permille)
{
	return dice_below(d, 1000) < permille;
}

/* A wait around `mean`: mostly short, now and then up to eight times as long. At least 1. */
static inline uint32_t dice_wait(struct dice *d, uint32_t mean)
{
	uint32_t wait = 1 + dice_below(d, mean ? mean : 1);

	for (int i = 0; i < 3 && dice_permille(d, 300); i++)
		wait *= 2;
	return wait;
}

static inline struct dice dice_split(struct dice *d)
{
	return (struct dice){ .state = dice_u64(d) };
}

#endif
