/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The roots of polynomials over GF(2^32), and the sums of rows that they are made of.
 *
 * Polynomials are arrays with the highest coefficient first. Those that are monic leave their leading 1 away, so the
 * remainder of a division by them has the same places. Arrays are zero from their degree to the next multiple of
 * GF32_LANES. Pure: no memory but the caller's and the stack. */
#ifndef AIDMESH_SYNC_SET_GF32_ROOTS_H
#define AIDMESH_SYNC_SET_GF32_ROOTS_H

#include <stdbool.h>

#include "sync/set/gf32.h"

enum {
	GF32_COLUMNS = 64, /* coefficients of a polynomial at most: its degree is below that */
	GF32_WINDOW = 4,   /* bits of a scalar that are looked up at once */
	GF32_MULTIPLES = 1 << GF32_WINDOW,
};

struct gf32_row {
	uint32_t c[GF32_COLUMNS];
};

/* What is worked with. The caller sets work and count to 0, and work_enough; the rest need not be set. */
struct gf32_roots {
	uint32_t work;        /* products that it took so far */
	uint32_t work_enough; /* where gf32_roots_find gives up */
	uint32_t count;       /* of found[] */
	uint32_t found[GF32_COLUMNS];
	struct gf32_row powers[GF32_BITS];                         /* x^(2^i) modulo the locator */
	uint32_t pair[2 * GF32_MULTIPLES * GF32_COLUMNS];          /* multiples of one or two rows */
	uint32_t table[GF32_BITS * GF32_MULTIPLES * GF32_COLUMNS]; /* of many */
};

/* A polynomial with its leading coefficient, which is not 0; all places after the last are 0. */
struct gf32_poly {
	uint32_t degree;
	struct gf32_row row;
};

/* `columns` up to the next multiple of GF32_LANES. */
static inline uint32_t gf32_padded(uint32_t columns)
{
	return (columns + GF32_LANES - 1) / GF32_LANES * GF32_LANES;
}

/* Lays `row`'s multiples down as number `at` of the table, `width` columns each (a multiple of GF32_LANES). */
void gf32_lay(uint32_t *table, uint32_t at, const struct gf32_row *row, uint32_t width);
/* out = sum of scalars[k] * row k of the table. */
void gf32_combine(struct gf32_roots *r, struct gf32_row *out, const uint32_t *table, uint32_t rows,
		  const uint32_t *scalars, uint32_t width);

/* From the locator, the product of (1 - root * x), to the monic polynomial of its roots: the same coefficients, read
 * from the other end. False when 0 would be a root. */
bool gf32_roots_monic(struct gf32_roots *r, struct gf32_poly *p);
/* Horner's rule gives the quotient on the way: candidates that are roots leave the polynomial. */
void gf32_roots_try(struct gf32_roots *r, struct gf32_poly *p, const uint32_t *candidates, uint32_t count);
/* All roots of the monic `p` go into `found`. False when it has not as many distinct ones as its degree, or when
 * work_enough is up. */
bool gf32_roots_find(struct gf32_roots *r, const struct gf32_poly *p);
/* No call of the three takes more products beyond work_enough: a trace and a split may have been begun. */
uint32_t gf32_roots_overrun(uint32_t degree);

#endif
