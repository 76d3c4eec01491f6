/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Roots are found by Berlekamp's trace algorithm. Nearly all of its work is sums of rows times scalars, so these are
 * done for GF32_LANES columns at once: each row's multiples by the polynomials below x^GF32_WINDOW are laid down, and
 * the scalars are read from the top, GF32_WINDOW bits at a time. */
#include "sync/set/gf32_roots.h"

enum { DEGREE_DIRECT = 3 /* up to this degree roots have a direct formula */ };

static_assert(GF32_COLUMNS % GF32_LANES == 0 && GF32_BITS % GF32_WINDOW == 0, "no block is cut");

/* Sums of rows times scalars. */

void gf32_lay(uint32_t *table, uint32_t at, const struct gf32_row *row, uint32_t width)
{
	uint32_t *multiples = table + (size_t)at * GF32_MULTIPLES * width;

	assert(width % GF32_LANES == 0);
	assert(width <= GF32_COLUMNS);
	memset(multiples, 0, width * sizeof *multiples);
	memcpy(multiples + width, row->c, width * sizeof *multiples);
	for (uint32_t block = 0; block < width; block += GF32_LANES) {
		struct gf32_lanes one = gf32_lanes_read(row->c + block);

		for (size_t m = 2; m < GF32_MULTIPLES; m += 2) {
			struct gf32_lanes even =
				gf32_lanes_times(gf32_lanes_read(multiples + m / 2 * width + block), 1);

			gf32_lanes_write(multiples + m * width + block, even);
			gf32_lanes_write(multiples + (m + 1) * width + block, gf32_lanes_add(even, one));
		}
	}
}

void gf32_combine(struct gf32_roots *r, struct gf32_row *out, const uint32_t *table, uint32_t rows,
		  const uint32_t *scalars, uint32_t width)
{
	assert(width % GF32_LANES == 0);
	assert(rows <= GF32_BITS);
	for (uint32_t block = 0; block < width; block += GF32_LANES) {
		struct gf32_lanes sum = { 0 };

		for (uint32_t shift = GF32_BITS; shift > 0;) {
			const uint32_t *multiples = table + block;

			shift -= GF32_WINDOW;
			sum = gf32_lanes_times(sum, GF32_WINDOW);
			for (uint32_t k = 0; k < rows; k++, multiples += (size_t)GF32_MULTIPLES * width) {
				size_t window = scalars[k] >> shift & (GF32_MULTIPLES - 1);

				sum = gf32_lanes_add(sum, gf32_lanes_read(multiples + window * width));
			}
		}
		gf32_lanes_write(out->c + block, sum);
	}
	r->work += rows * width;
}

/* Divides by the monic polynomial of `degree` whose places below the first are laid down as the first of the pair: the
 * remainder of `dividend`, and into `quotient`, if not NULL, its count - degree places. */
static void divide(struct gf32_roots *r, struct gf32_row *remainder, uint32_t *quotient, uint32_t degree,
		   const uint32_t *dividend, uint32_t count)
{
	uint32_t width = gf32_padded(degree);
	struct gf32_row product;

	assert(degree > 0);
	assert(degree <= count);
	memset(remainder, 0, sizeof *remainder);
	memcpy(remainder->c, dividend, degree * sizeof *dividend);
	for (uint32_t i = degree; i < count; i++) {
		uint32_t lead = remainder->c[0];

		if (quotient)
			quotient[i - degree] = lead;
		gf32_combine(r, &product, r->pair, 1, &lead, width);
		memmove(remainder->c, remainder->c + 1, (degree - 1) * sizeof lead);
		remainder->c[degree - 1] = dividend[i];
		for (uint32_t j = 0; j < width; j++)
			remainder->c[j] ^= product.c[j];
	}
}

/* Lets go of leading zeros; false when nothing else is there. `places` are to be looked at. */
static bool poly_trim(struct gf32_poly *p, uint32_t places)
{
	uint32_t zeros = 0;

	assert(places <= GF32_COLUMNS);
	while (zeros < places && p->row.c[zeros] == 0)
		zeros++;
	if (zeros == places)
		return false;
	memmove(p->row.c, p->row.c + zeros, (places - zeros) * sizeof p->row.c[0]);
	memset(p->row.c + places - zeros, 0, zeros * sizeof p->row.c[0]);
	p->degree = places - zeros - 1;
	return true;
}

/* Euclid without fractions: the greatest common divisor, not monic, ends up in the one that is returned. */
static struct gf32_poly *gcd(struct gf32_roots *r, struct gf32_poly *a, struct gf32_poly *b)
{
	for (;;) {
		uint32_t width = gf32_padded(a->degree + 1);

		gf32_lay(r->pair, 0, &b->row, width);
		while (a->degree >= b->degree) {
			uint32_t leads[2] = { a->row.c[0], b->row.c[0] };

			gf32_lay(r->pair, 1, &a->row, width);
			gf32_combine(r, &a->row, r->pair, 2, leads, width);
			if (!poly_trim(a, a->degree + 1))
				return b;
		}
		struct gf32_poly *smaller = a;

		a = b;
		b = smaller;
	}
}

bool gf32_roots_monic(struct gf32_roots *r, struct gf32_poly *p)
{
	uint32_t scale;

	assert(p->degree < GF32_COLUMNS);
	if (p->row.c[p->degree] == 0)
		return false;
	scale = gf32_invert(p->row.c[0]);
	for (uint32_t i = 0; i <= p->degree; i++)
		p->row.c[i] = gf32_multiply(p->row.c[i], scale);
	r->work += GF32_INVERT_PRODUCTS + p->degree + 1;
	assert(p->row.c[0] == 1);
	return true;
}

void gf32_roots_try(struct gf32_roots *r, struct gf32_poly *p, const uint32_t *candidates, uint32_t count)
{
	for (uint32_t i = 0; i < count && p->degree > 0; i++) {
		struct gf32_row quotient = { .c = { 0 } };
		uint32_t value = 0;

		for (uint32_t j = 0; j <= p->degree; j++)
			quotient.c[j] = value = gf32_multiply(value, candidates[i]) ^ p->row.c[j];
		r->work += p->degree + 1;
		if (value != 0)
			continue;
		assert(r->count < GF32_COLUMNS);
		r->found[r->count++] = candidates[i];
		p->row = quotient;
		p->degree--;
	}
}

/* Roots of few. */

/* quartic * x^4 + gf32_square * x^2 + linear * x = constant, whose left side is linear over the bits of x. */
struct affine {
	uint32_t quartic; /* 0 or 1 */
	uint32_t square, linear, constant;
};

enum { AFFINE_PRODUCTS = 64 };

/* Its solutions, if they are exactly `expected` (2 or 4): false otherwise. By elimination over the 32 bits. */
static bool solve_affine(struct gf32_roots *r, uint32_t solutions[4], const struct affine *a, uint32_t expected)
{
	uint64_t columns[GF32_BITS]; /* image of a sum of bits << 32 | the sum */
	uint64_t solution = (uint64_t)a->constant << 32;
	uint32_t kernel_bits = GF32_BITS, images = 0;
	uint32_t linear = a->linear, squared = a->square, quartic = a->quartic;

	assert(expected == 2 || expected == 4);
	r->work += AFFINE_PRODUCTS;
	for (uint32_t bit = 0; bit < GF32_BITS; bit++) {
		columns[bit] = (uint64_t)(linear ^ squared ^ quartic) << 32 | 1u << bit;
		linear = gf32_times_x(linear, 1);
		squared = gf32_times_x(squared, 2);
		quartic = gf32_times_x(quartic, 4);
	}
	for (uint32_t bit = 2 * GF32_BITS - 1; bit >= GF32_BITS; bit--) {
		uint32_t at = images;
		uint64_t pivot;

		while (at < GF32_BITS && !(columns[at] >> bit & 1))
			at++;
		if (at == GF32_BITS)
			continue;
		pivot = columns[at];
		columns[at] = columns[images];
		columns[images++] = pivot;
		for (uint32_t i = images; i < GF32_BITS; i++)
			columns[i] ^= pivot & (0 - (columns[i] >> bit & 1));
		solution ^= pivot & (0 - (solution >> bit & 1));
	}
	kernel_bits -= images;
	if (solution >> 32 || 1u << kernel_bits != expected)
		return false;
	for (uint32_t i = 0; i < expected; i++) {
		solutions[i] = (uint32_t)solution;
		for (uint32_t k = 0; k < kernel_bits; k++)
			if (i >> k & 1)
				solutions[i] ^= (uint32_t)columns[images + k];
	}
	return true;
}

/* The roots of a monic polynomial up to DEGREE_DIRECT, whose places below the first are `c`; false when they are not
 * distinct elements of the field. One of degree 3 is multiplied by (x + c[0]), which makes it affine. */
static bool roots_direct(struct gf32_roots *r, const uint32_t *c, uint32_t degree)
{
	struct affine equation = { .square = 1, .linear = c[0], .constant = degree > 1 ? c[1] : 0 };
	uint32_t solutions[4];

	assert(degree > 0 && degree <= DEGREE_DIRECT);
	assert(r->count + degree <= GF32_COLUMNS);
	if (degree == 1) {
		r->found[r->count++] = c[0];
		return true;
	}
	if (degree == 3)
		equation = (struct affine){ .quartic = 1,
					    .square = gf32_square(c[0]) ^ c[1],
					    .linear = gf32_multiply(c[0], c[1]) ^ c[2],
					    .constant = gf32_multiply(c[0], c[2]) };
	if (!solve_affine(r, solutions, &equation, degree == 3 ? 4 : 2))
		return false;
	for (uint32_t i = 0; i < (degree == 3 ? 4 : 2); i++)
		if (degree == 2 || solutions[i] != c[0])
			r->found[r->count++] = solutions[i];
	return true;
}

/* Roots of many. */

static_assert((GF32_COLUMNS - 1) / 2 <= GF32_BITS, "each x^(2k) has its row");

/* x^(2k) modulo p as row k - half of the table, for the k from half = ceil(degree / 2) to degree - 1. */
static void lay_even_powers(struct gf32_roots *r, const struct gf32_row *low, uint32_t degree)
{
	struct gf32_row power = *low, next;

	assert(degree > DEGREE_DIRECT);
	gf32_lay(r->pair, 0, low, gf32_padded(degree));
	for (uint32_t n = degree; n < 2 * degree - 1; n++) {
		if (n % 2 == 0)
			gf32_lay(r->table, n / 2 - (degree + 1) / 2, &power, gf32_padded(degree));
		divide(r, &next, NULL, degree, power.c, degree + 1);
		power = next;
	}
}

/* x^(2^i) modulo p for all i below 32, p given by its places below the first. True when x^(2^32) is x again, so that
 * p's roots are distinct elements of the field. Squaring is linear: each coefficient's gf32_square times a known power. */
static bool raise_powers(struct gf32_roots *r, const struct gf32_row *low, uint32_t degree)
{
	uint32_t half = (degree + 1) / 2, squares[GF32_COLUMNS];
	struct gf32_row power = { .c = { 0 } };

	lay_even_powers(r, low, degree);
	power.c[degree - 2] = 1;
	for (uint32_t i = 0; i < GF32_BITS; i++) {
		r->powers[i] = power;
		for (uint32_t k = 0; k < degree; k++)
			squares[k] = gf32_square(r->powers[i].c[degree - 1 - k]);
		gf32_combine(r, &power, r->table, degree - half, squares + half, gf32_padded(degree));
		for (uint32_t k = 0; k < half; k++)
			power.c[degree - 1 - 2 * k] ^= squares[k];
	}
	return memcmp(&power, &r->powers[0], sizeof power) == 0;
}

/* Monic factors, side by side: their places below the first, and how many each has. */
struct factors {
	uint32_t low[GF32_COLUMNS];
	uint32_t count;
	uint8_t degrees[GF32_COLUMNS];
};

/* Where the trace is 0 at some of a factor's roots and 1 at others, what it has in common with the factor splits that.
 * The parts take its place. The degree of the first; 0: it does not split. */
static uint32_t split(struct gf32_roots *r, uint32_t *low, uint32_t degree, const struct gf32_row *trace,
		      uint32_t trace_places)
{
	struct gf32_poly whole = { .degree = degree, .row.c = { 1 } }, rest;
	struct gf32_row factor, part = { .c = { 0 } }, none;
	uint32_t scale, quotient[GF32_COLUMNS];
	const struct gf32_poly *common;

	memcpy(whole.row.c + 1, low, degree * sizeof *low);
	factor = whole.row;
	memcpy(part.c, low, degree * sizeof *low);
	gf32_lay(r->pair, 0, &part, gf32_padded(degree));
	divide(r, &rest.row, NULL, degree, trace->c, trace_places);
	if (!poly_trim(&rest, degree) || rest.degree == 0)
		return 0;
	common = gcd(r, &whole, &rest);
	/* The trace is no constant, so it is 0 at one root at least, and not at all. */
	assert(common->degree > 0);
	assert(common->degree < degree);
	scale = gf32_invert(common->row.c[0]);
	part = (struct gf32_row){ .c = { 0 } };
	for (uint32_t i = 0; i < common->degree; i++)
		part.c[i] = gf32_multiply(common->row.c[i + 1], scale);
	r->work += GF32_INVERT_PRODUCTS + common->degree;
	gf32_lay(r->pair, 0, &part, gf32_padded(common->degree));
	divide(r, &none, quotient, common->degree, factor.c, degree + 1);
	memcpy(low, part.c, common->degree * sizeof *low);
	memcpy(low + common->degree, quotient + 1, (degree - common->degree) * sizeof *low);
	return common->degree;
}

/* Splits each factor that is still of many roots; those of few give them up. False when the work is up. */
static bool split_all(struct gf32_roots *r, struct factors *f, const struct gf32_row *trace, uint32_t trace_places)
{
	struct factors left = { .count = 0 };
	uint32_t *low = f->low, *to = left.low;

	for (uint32_t i = 0; i < f->count; i++) {
		uint32_t parts[2] = { 0 };

		if (r->work > r->work_enough)
			return false;
		parts[0] = split(r, low, f->degrees[i], trace, trace_places);
		parts[1] = f->degrees[i] - parts[0];
		for (uint32_t j = 0; j < 2; low += parts[j++]) {
			if (parts[j] > DEGREE_DIRECT) {
				left.degrees[left.count++] = (uint8_t)parts[j];
				memcpy(to, low, parts[j] * sizeof *low);
				to += parts[j];
			} else if (parts[j] > 0) {
				bool direct = roots_direct(r, low, parts[j]);

				assert(direct);
			}
		}
	}
	*f = left;
	return true;
}

/* All roots of a polynomial that has them all. Any two differ in Tr(b * root) for some b of the basis 1, x, x^2, ...,
 * and Tr(b * x) modulo p is a sum of known powers times b^(2^i). False when the work is up. */
static bool find_roots(struct gf32_roots *r, const struct gf32_row *low, uint32_t degree)
{
	struct factors f = { .count = 1, .degrees = { (uint8_t)degree } };
	uint32_t width = gf32_padded(degree), scalars[GF32_BITS];
	struct gf32_row trace = { .c = { 0 } };

	memcpy(f.low, low->c, degree * sizeof f.low[0]);
	for (uint32_t i = 0; i < GF32_BITS; i++)
		gf32_lay(r->table, i, &r->powers[i], width);
	for (uint32_t bit = 0; f.count > 0; bit++) {
		assert(bit < GF32_BITS);
		scalars[0] = 1u << bit;
		for (uint32_t i = 1; i < GF32_BITS; i++)
			scalars[i] = gf32_square(scalars[i - 1]);
		gf32_combine(r, &trace, r->table, GF32_BITS, scalars, width);
		if (!split_all(r, &f, &trace, degree))
			return false;
	}
	return true;
}

bool gf32_roots_find(struct gf32_roots *r, const struct gf32_poly *p)
{
	struct gf32_row low = { .c = { 0 } };

	assert(p->row.c[0] == 1);
	assert(r->count + p->degree < GF32_COLUMNS);
	memcpy(low.c, p->row.c + 1, p->degree * sizeof low.c[0]);
	if (p->degree <= DEGREE_DIRECT)
		return p->degree == 0 || roots_direct(r, low.c, p->degree);
	return raise_powers(r, &low, p->degree) && find_roots(r, &low, p->degree);
}

uint32_t gf32_roots_overrun(uint32_t degree)
{
	uint32_t width = degree + GF32_LANES;

	return (GF32_BITS + 6 * degree) * width + 2 * (GF32_INVERT_PRODUCTS + degree) + DEGREE_DIRECT * AFFINE_PRODUCTS;
}
