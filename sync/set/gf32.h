/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The field GF(2^32) modulo x^32 + x^7 + x^3 + x^2 + 1, and what makes many products in it quick. Adding is XOR.
 *
 * Pure: static inline functions, since all of sketch.c's and gf32_roots.c's hot loops are made of them. */
#ifndef AIDMESH_SYNC_SET_GF32_H
#define AIDMESH_SYNC_SET_GF32_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	GF32_BITS = 32,
	GF32_LANES = 8, /* columns that are worked on at once */
};

/* In a register of the machine's where it has such; GCC and Clang make do where it has not. */
typedef uint32_t gf32_four __attribute__((vector_size(16)));

/* What x^32 is, times each bit of `high`: x^7 + x^3 + x^2 + 1. */
static inline uint32_t gf32_fold(uint32_t high)
{
	return high ^ high << 2 ^ high << 3 ^ high << 7;
}

static inline uint32_t gf32_reduce(uint64_t product)
{
	uint32_t high = (uint32_t)(product >> 32);

	return (uint32_t)product ^ gf32_fold(high) ^ gf32_fold(high >> 30 ^ high >> 29 ^ high >> 25);
}

/* Times x^bits, at most 8 of them */
static inline uint32_t gf32_times_x(uint32_t a, uint32_t bits)
{
	assert(bits <= 8);
	return a << bits ^ gf32_fold((uint32_t)((uint64_t)a << bits >> 32));
}

/* Products without carries out of products with them: of bits that stand four apart at most 8 meet, whose count has room
 * before the next. Sum number i is good at every fourth place from i on. */
static inline void gf32_add_product(uint64_t sums[4], uint32_t a, uint32_t b)
{
	const uint32_t every_4th = 0x11111111;
	const uint64_t a0 = a & every_4th, a1 = a & every_4th << 1, a2 = a & every_4th << 2, a3 = a & every_4th << 3;
	const uint64_t b0 = b & every_4th, b1 = b & every_4th << 1, b2 = b & every_4th << 2, b3 = b & every_4th << 3;

	sums[0] ^= a0 * b0 ^ a1 * b3 ^ a2 * b2 ^ a3 * b1;
	sums[1] ^= a0 * b1 ^ a1 * b0 ^ a2 * b3 ^ a3 * b2;
	sums[2] ^= a0 * b2 ^ a1 * b1 ^ a2 * b0 ^ a3 * b3;
	sums[3] ^= a0 * b3 ^ a1 * b2 ^ a2 * b1 ^ a3 * b0;
}

static inline uint32_t gf32_sum(const uint64_t sums[4])
{
	const uint64_t every_4th = 0x1111111111111111;

	return gf32_reduce((sums[0] & every_4th) | (sums[1] & every_4th << 1) | (sums[2] & every_4th << 2) |
			   (sums[3] & every_4th << 3));
}

static inline uint32_t gf32_multiply(uint32_t a, uint32_t b)
{
	uint64_t sums[4] = { 0 };

	gf32_add_product(sums, a, b);
	return gf32_sum(sums);
}

static inline uint32_t gf32_square(uint32_t a)
{
	uint64_t spread = a;

	spread = (spread | spread << 16) & 0x0000FFFF0000FFFF;
	spread = (spread | spread << 8) & 0x00FF00FF00FF00FF;
	spread = (spread | spread << 4) & 0x0F0F0F0F0F0F0F0F;
	spread = (spread | spread << 2) & 0x3333333333333333;
	spread = (spread | spread << 1) & 0x5555555555555555;
	return gf32_reduce(spread);
}

enum { GF32_INVERT_PRODUCTS = 8 /* that gf32_invert takes */ };

/* a^(2^32 - 2), by way of a^(2^n - 1) for n = 1, 3, 7, 15, 31 (Itoh, Tsujii 1988). */
static inline uint32_t gf32_invert(uint32_t a)
{
	uint32_t power = a;

	assert(a != 0);
	for (uint32_t n = 1; n < GF32_BITS - 1; n = 2 * n + 1) {
		uint32_t half = power;

		for (uint32_t i = 0; i < n; i++)
			power = gf32_square(power);
		power = gf32_multiply(gf32_square(gf32_multiply(power, half)), a);
	}
	return gf32_square(power);
}

enum { GF32_NIBBLES = GF32_BITS / 4 };

/* One scalar's products with every nibble at every place. */
struct gf32_scalar {
	uint32_t times[GF32_NIBBLES * 16];
};

static inline void gf32_scalar_lay(struct gf32_scalar *s, uint32_t a)
{
	for (uint32_t place = 0; place < GF32_NIBBLES; place++, a = gf32_times_x(a, 4)) {
		const uint32_t twice = gf32_times_x(a, 1), fourfold = gf32_times_x(a, 2),
			       eightfold = gf32_times_x(a, 3);
		const gf32_four below = { 0, a, twice, a ^ twice };
		const gf32_four all[4] = { below, below ^ fourfold, below ^ eightfold, below ^ (fourfold ^ eightfold) };

		memcpy(s->times + (size_t)16 * place, all, sizeof all);
	}
}

static inline uint32_t gf32_scalar_times(const struct gf32_scalar *s, uint32_t b)
{
	return s->times[b & 15] ^ s->times[16 + (b >> 4 & 15)] ^ s->times[32 + (b >> 8 & 15)] ^
	       s->times[48 + (b >> 12 & 15)] ^ s->times[64 + (b >> 16 & 15)] ^ s->times[80 + (b >> 20 & 15)] ^
	       s->times[96 + (b >> 24 & 15)] ^ s->times[112 + (b >> 28)];
}

/* element^(2 * first + 1), where the powers begin. */
static inline uint32_t gf32_odd_power(uint32_t element, uint32_t first)
{
	uint32_t power = element, base = gf32_square(element);

	for (; first; first >>= 1, base = gf32_square(base))
		if (first & 1)
			power = gf32_multiply(power, base);
	return power;
}

/* Columns that are worked on at once. */
struct gf32_lanes {
	gf32_four low, high;
};

static inline struct gf32_lanes gf32_lanes_read(const uint32_t *columns)
{
	struct gf32_lanes lanes;

	memcpy(&lanes, columns, sizeof lanes);
	return lanes;
}

static inline struct gf32_lanes gf32_lanes_add(struct gf32_lanes a, struct gf32_lanes b)
{
	return (struct gf32_lanes){ a.low ^ b.low, a.high ^ b.high };
}

static inline gf32_four gf32_four_times(gf32_four a, int bits)
{
	gf32_four over = a >> (GF32_BITS - bits);

	return a << bits ^ over ^ over << 2 ^ over << 3 ^ over << 7;
}

/* Times x^bits, at most 4 of them */
static inline struct gf32_lanes gf32_lanes_times(struct gf32_lanes a, int bits)
{
	assert(bits > 0 && bits <= 8);
	return (struct gf32_lanes){ gf32_four_times(a.low, bits), gf32_four_times(a.high, bits) };
}

static inline void gf32_lanes_write(uint32_t *columns, struct gf32_lanes lanes)
{
	memcpy(columns, &lanes, sizeof lanes);
}

#endif
