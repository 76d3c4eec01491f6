/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Roots are found by Berlekamp's trace algorithm. Nearly all of its work is sums of rows times scalars, so these are
 * done for LANES columns at once: each row's multiples by the polynomials below x^WINDOW are laid down, and the scalars
 * are read from the top, WINDOW bits at a time.
 *
 * Polynomials are arrays with the highest coefficient first. Those that are monic leave their leading 1 away, so the
 * remainder of a division by them has the same places. Arrays are zero from their degree to the next multiple of
 * LANES. */
#include "sync/set/sketch.h"

#include <assert.h>
#include <string.h>

enum {
	FIELD_BITS = 32,
	LANES = 8,
	WINDOW = 4,
	MULTIPLES = 1 << WINDOW,
	COLUMNS = SKETCH_CAPACITY_MAX,
	DEGREE_DIRECT = 3, /* up to this degree roots have a direct formula */
};

static_assert(COLUMNS % LANES == 0 && FIELD_BITS % WINDOW == 0, "no block is cut");

/* In a register of the machine's where it has such; GCC and Clang make do where it has not. */
typedef uint32_t four __attribute__((vector_size(16)));

/* The field. */

/* What x^32 is, times each bit of `high`: x^7 + x^3 + x^2 + 1. */
static inline uint32_t fold_high(uint32_t high)
{
	return high ^ high << 2 ^ high << 3 ^ high << 7;
}

static inline uint32_t reduce(uint64_t product)
{
	uint32_t high = (uint32_t)(product >> 32);

	return (uint32_t)product ^ fold_high(high) ^ fold_high(high >> 30 ^ high >> 29 ^ high >> 25);
}

/* times x^bits, at most 8 of them */
static inline uint32_t times_x(uint32_t a, uint32_t bits)
{
	return a << bits ^ fold_high((uint32_t)((uint64_t)a << bits >> 32));
}

/* Products without carries out of products with them: of bits that stand four apart at most 8 meet, whose count has room
 * before the next. Sum number i is good at every fourth place from i on. */
static inline void add_product(uint64_t sums[4], uint32_t a, uint32_t b)
{
	const uint32_t every_4th = 0x11111111;
	const uint64_t a0 = a & every_4th, a1 = a & every_4th << 1, a2 = a & every_4th << 2, a3 = a & every_4th << 3;
	const uint64_t b0 = b & every_4th, b1 = b & every_4th << 1, b2 = b & every_4th << 2, b3 = b & every_4th << 3;

	sums[0] ^= a0 * b0 ^ a1 * b3 ^ a2 * b2 ^ a3 * b1;
	sums[1] ^= a0 * b1 ^ a1 * b0 ^ a2 * b3 ^ a3 * b2;
	sums[2] ^= a0 * b2 ^ a1 * b1 ^ a2 * b0 ^ a3 * b3;
	sums[3] ^= a0 * b3 ^ a1 * b2 ^ a2 * b1 ^ a3 * b0;
}

static inline uint32_t sum_of_products(const uint64_t sums[4])
{
	const uint64_t every_4th = 0x1111111111111111;

	return reduce((sums[0] & every_4th) | (sums[1] & every_4th << 1) | (sums[2] & every_4th << 2) |
		      (sums[3] & every_4th << 3));
}

static inline uint32_t multiply(uint32_t a, uint32_t b)
{
	uint64_t sums[4] = { 0 };

	add_product(sums, a, b);
	return sum_of_products(sums);
}

static uint32_t square(uint32_t a)
{
	uint64_t spread = a;

	spread = (spread | spread << 16) & 0x0000FFFF0000FFFF;
	spread = (spread | spread << 8) & 0x00FF00FF00FF00FF;
	spread = (spread | spread << 4) & 0x0F0F0F0F0F0F0F0F;
	spread = (spread | spread << 2) & 0x3333333333333333;
	spread = (spread | spread << 1) & 0x5555555555555555;
	return reduce(spread);
}

enum { INVERT_PRODUCTS = 8 };

/* a^(2^32 - 2), by way of a^(2^n - 1) for n = 1, 3, 7, 15, 31 (Itoh, Tsujii 1988). */
static uint32_t invert(uint32_t a)
{
	uint32_t power = a;

	for (uint32_t n = 1; n < FIELD_BITS - 1; n = 2 * n + 1) {
		uint32_t half = power;

		for (uint32_t i = 0; i < n; i++)
			power = square(power);
		power = multiply(square(multiply(power, half)), a);
	}
	return square(power);
}

/* Adding. */

enum { NIBBLES = FIELD_BITS / 4 };

/* One scalar's products with every nibble at every place. */
struct scalar {
	uint32_t times[NIBBLES * 16];
};

static void scalar_lay(struct scalar *s, uint32_t a)
{
	for (uint32_t place = 0; place < NIBBLES; place++, a = times_x(a, 4)) {
		const uint32_t twice = times_x(a, 1), fourfold = times_x(a, 2), eightfold = times_x(a, 3);
		const four below = { 0, a, twice, a ^ twice };
		const four all[4] = { below, below ^ fourfold, below ^ eightfold, below ^ (fourfold ^ eightfold) };

		memcpy(s->times + (size_t)16 * place, all, sizeof all);
	}
}

static inline uint32_t scalar_times(const struct scalar *s, uint32_t b)
{
	return s->times[b & 15] ^ s->times[16 + (b >> 4 & 15)] ^ s->times[32 + (b >> 8 & 15)] ^
	       s->times[48 + (b >> 12 & 15)] ^ s->times[64 + (b >> 16 & 15)] ^ s->times[80 + (b >> 20 & 15)] ^
	       s->times[96 + (b >> 24 & 15)] ^ s->times[112 + (b >> 28)];
}

/* element^(2 * first + 1), where the powers begin. */
static uint32_t odd_power(uint32_t element, uint32_t first)
{
	uint32_t power = element, base = square(element);

	for (; first; first >>= 1, base = square(base))
		if (first & 1)
			power = multiply(power, base);
	return power;
}

/* Powers two apart in the sequence are made side by side: neither waits for the other. */
static void add_one(uint32_t *syndromes, uint32_t first, uint32_t count, uint32_t element)
{
	uint32_t squared = square(element);
	uint32_t power = odd_power(element, first), next = multiply(power, squared);
	struct scalar step;

	scalar_lay(&step, square(squared));
	for (uint32_t i = 0; i + 1 < count; i += 2) {
		syndromes[i] ^= power;
		syndromes[i + 1] ^= next;
		power = scalar_times(&step, power);
		next = scalar_times(&step, next);
	}
	if (count % 2)
		syndromes[count - 1] ^= power;
}

void sketch_add(uint32_t *syndromes, uint32_t first, uint32_t count, const uint32_t *elements, uint32_t element_count)
{
	for (uint32_t i = 0; i < element_count; i++) {
		assert(elements[i] != 0);
		add_one(syndromes, first, count, elements[i]);
	}
}

void sketch_merge(uint32_t *into, const uint32_t *other, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		into[i] ^= other[i];
}

void sketch_write(struct writer *w, const uint32_t *syndromes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		write_u32(w, syndromes[i]);
}

void sketch_read(uint32_t *syndromes, uint32_t count, struct reader *r)
{
	for (uint32_t i = 0; i < count; i++)
		syndromes[i] = read_u32(r);
}

/* Sums of rows times scalars. */

struct row {
	uint32_t c[COLUMNS];
};

struct decoder {
	uint32_t work, work_enough; /* products; when it gives up */
	uint32_t count;             /* roots found */
	uint32_t roots[COLUMNS];
	struct row powers[FIELD_BITS];                    /* x^(2^i) modulo the locator */
	uint32_t pair[2 * MULTIPLES * COLUMNS];           /* multiples of one or two rows */
	uint32_t table[FIELD_BITS * MULTIPLES * COLUMNS]; /* of many */
};

static uint32_t padded(uint32_t columns)
{
	return (columns + LANES - 1) / LANES * LANES;
}

/* Columns that are worked on at once. */
struct lanes {
	four low, high;
};

static inline struct lanes lanes_read(const uint32_t *columns)
{
	struct lanes lanes;

	memcpy(&lanes, columns, sizeof lanes);
	return lanes;
}

static inline struct lanes lanes_add(struct lanes a, struct lanes b)
{
	return (struct lanes){ a.low ^ b.low, a.high ^ b.high };
}

static inline four four_times(four a, int bits)
{
	four over = a >> (FIELD_BITS - bits);

	return a << bits ^ over ^ over << 2 ^ over << 3 ^ over << 7;
}

/* times x^bits, at most WINDOW of them */
static inline struct lanes lanes_times(struct lanes a, int bits)
{
	return (struct lanes){ four_times(a.low, bits), four_times(a.high, bits) };
}

static inline void lanes_write(uint32_t *columns, struct lanes lanes)
{
	memcpy(columns, &lanes, sizeof lanes);
}

/* Lays `row`'s multiples down as number `at` of the table, `width` columns each (a multiple of LANES). */
static void lay(uint32_t *table, uint32_t at, const struct row *row, uint32_t width)
{
	uint32_t *multiples = table + (size_t)at * MULTIPLES * width;

	memset(multiples, 0, width * sizeof *multiples);
	memcpy(multiples + width, row->c, width * sizeof *multiples);
	for (uint32_t block = 0; block < width; block += LANES) {
		struct lanes one = lanes_read(row->c + block);

		for (size_t m = 2; m < MULTIPLES; m += 2) {
			struct lanes even = lanes_times(lanes_read(multiples + m / 2 * width + block), 1);

			lanes_write(multiples + m * width + block, even);
			lanes_write(multiples + (m + 1) * width + block, lanes_add(even, one));
		}
	}
}

/* out = sum of scalars[k] * row k of the table. */
static void combine(struct decoder *d, struct row *out, const uint32_t *table, uint32_t rows, const uint32_t *scalars,
		    uint32_t width)
{
	for (uint32_t block = 0; block < width; block += LANES) {
		struct lanes sum = { 0 };

		for (uint32_t shift = FIELD_BITS; shift > 0;) {
			const uint32_t *multiples = table + block;

			shift -= WINDOW;
			sum = lanes_times(sum, WINDOW);
			for (uint32_t k = 0; k < rows; k++, multiples += (size_t)MULTIPLES * width) {
				size_t window = scalars[k] >> shift & (MULTIPLES - 1);

				sum = lanes_add(sum, lanes_read(multiples + window * width));
			}
		}
		lanes_write(out->c + block, sum);
	}
	d->work += rows * width;
}

/* Divides by the monic polynomial of `degree` whose places below the first are laid down as the first of the pair: the
 * remainder of `dividend`, and into `quotient`, if not NULL, its count - degree places. */
static void divide(struct decoder *d, struct row *remainder, uint32_t *quotient, uint32_t degree,
		   const uint32_t *dividend, uint32_t count)
{
	uint32_t width = padded(degree);
	struct row product;

	memset(remainder, 0, sizeof *remainder);
	memcpy(remainder->c, dividend, degree * sizeof *dividend);
	for (uint32_t i = degree; i < count; i++) {
		uint32_t lead = remainder->c[0];

		if (quotient)
			quotient[i - degree] = lead;
		combine(d, &product, d->pair, 1, &lead, width);
		memmove(remainder->c, remainder->c + 1, (degree - 1) * sizeof lead);
		remainder->c[degree - 1] = dividend[i];
		for (uint32_t j = 0; j < width; j++)
			remainder->c[j] ^= product.c[j];
	}
}

/* A polynomial with its leading coefficient, which is not 0; all places after the last are 0. */
struct poly {
	uint32_t degree;
	struct row row;
};

/* Lets go of leading zeros; false when nothing else is there. `places` are to be looked at. */
static bool poly_trim(struct poly *p, uint32_t places)
{
	uint32_t zeros = 0;

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
static struct poly *gcd(struct decoder *d, struct poly *a, struct poly *b)
{
	for (;;) {
		uint32_t width = padded(a->degree + 1);

		lay(d->pair, 0, &b->row, width);
		while (a->degree >= b->degree) {
			uint32_t leads[2] = { a->row.c[0], b->row.c[0] };

			lay(d->pair, 1, &a->row, width);
			combine(d, &a->row, d->pair, 2, leads, width);
			if (!poly_trim(a, a->degree + 1))
				return b;
		}
		struct poly *smaller = a;

		a = b;
		b = smaller;
	}
}

/* The locator. */

/* Berlekamp-Massey without inversions, over the 2 * capacity power sums of which the even ones are squares: there the
 * discrepancy is always 0 (Dodis et al.). The locator's coefficients, the constant one first, and its degree;
 * `capacity` when that is not below it. */
static uint32_t find_locator(struct decoder *d, struct row *locator, const uint32_t *syndromes, uint32_t capacity)
{
	uint32_t sums[2 * SKETCH_CAPACITY_MAX + 1];
	struct row previous = { .c = { 0, 1 } };
	uint32_t previous_discrepancy = 1, length = 0;

	for (uint32_t i = 0; i < capacity; i++)
		sums[2 * i + 1] = syndromes[i];
	for (uint32_t i = 1; i <= capacity; i++)
		sums[2 * i] = square(sums[i]);
	*locator = (struct row){ .c = { 1 } };
	for (uint32_t n = 1; n < 2 * capacity; n += 2) {
		uint64_t products[4] = { 0 };
		uint32_t discrepancy;

		for (uint32_t i = 0; i <= length; i++)
			add_product(products, locator->c[i], sums[n - i]);
		discrepancy = sum_of_products(products);
		d->work += length + 1;
		if (discrepancy != 0) {
			uint32_t scalars[2] = { previous_discrepancy, discrepancy };
			bool grows = 2 * length < n;
			uint32_t grown = grows ? n - length : length, width = padded(grown + 1);
			struct row before = *locator;

			if (grown >= capacity)
				return capacity;
			lay(d->pair, 0, locator, width);
			lay(d->pair, 1, &previous, width);
			combine(d, locator, d->pair, 2, scalars, width);
			if (grows) {
				previous = before;
				previous_discrepancy = discrepancy;
				length = grown;
			}
		}
		memmove(previous.c + 2, previous.c, (COLUMNS - 2) * sizeof previous.c[0]);
		previous.c[0] = previous.c[1] = 0;
	}
	return length;
}

/* From the locator, the product of (1 - root * x), to the monic polynomial of its roots: the same coefficients, read
 * from the other end. False when 0 would be a root. */
static bool make_monic(struct decoder *d, struct poly *p)
{
	uint32_t scale;

	if (p->row.c[p->degree] == 0)
		return false;
	scale = invert(p->row.c[0]);
	for (uint32_t i = 0; i <= p->degree; i++)
		p->row.c[i] = multiply(p->row.c[i], scale);
	d->work += INVERT_PRODUCTS + p->degree + 1;
	return true;
}

/* Horner's rule gives the quotient on the way: candidates that are roots leave the polynomial. */
static void try_candidates(struct decoder *d, struct poly *p, const uint32_t *candidates, uint32_t count)
{
	for (uint32_t i = 0; i < count && p->degree > 0; i++) {
		struct row quotient = { .c = { 0 } };
		uint32_t value = 0;

		for (uint32_t j = 0; j <= p->degree; j++)
			quotient.c[j] = value = multiply(value, candidates[i]) ^ p->row.c[j];
		d->work += p->degree + 1;
		if (value != 0)
			continue;
		d->roots[d->count++] = candidates[i];
		p->row = quotient;
		p->degree--;
	}
}

/* Roots of few. */

/* quartic * x^4 + square * x^2 + linear * x = constant, whose left side is linear over the bits of x. */
struct affine {
	uint32_t quartic; /* 0 or 1 */
	uint32_t square, linear, constant;
};

enum { AFFINE_PRODUCTS = 64 };

/* Its solutions, if they are exactly `expected` (2 or 4): false otherwise. By elimination over the 32 bits. */
static bool solve_affine(struct decoder *d, uint32_t solutions[4], const struct affine *a, uint32_t expected)
{
	uint64_t columns[FIELD_BITS]; /* image of a sum of bits << 32 | the sum */
	uint64_t solution = (uint64_t)a->constant << 32;
	uint32_t kernel_bits = FIELD_BITS, images = 0;
	uint32_t linear = a->linear, squared = a->square, quartic = a->quartic;

	d->work += AFFINE_PRODUCTS;
	for (uint32_t bit = 0; bit < FIELD_BITS; bit++) {
		columns[bit] = (uint64_t)(linear ^ squared ^ quartic) << 32 | 1u << bit;
		linear = times_x(linear, 1);
		squared = times_x(squared, 2);
		quartic = times_x(quartic, 4);
	}
	for (uint32_t bit = 2 * FIELD_BITS - 1; bit >= FIELD_BITS; bit--) {
		uint32_t at = images;
		uint64_t pivot;

		while (at < FIELD_BITS && !(columns[at] >> bit & 1))
			at++;
		if (at == FIELD_BITS)
			continue;
		pivot = columns[at];
		columns[at] = columns[images];
		columns[images++] = pivot;
		for (uint32_t i = images; i < FIELD_BITS; i++)
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
static bool roots_direct(struct decoder *d, const uint32_t *c, uint32_t degree)
{
	struct affine equation = { .square = 1, .linear = c[0], .constant = degree > 1 ? c[1] : 0 };
	uint32_t solutions[4];

	if (degree == 1) {
		d->roots[d->count++] = c[0];
		return true;
	}
	if (degree == 3)
		equation = (struct affine){ .quartic = 1,
					    .square = square(c[0]) ^ c[1],
					    .linear = multiply(c[0], c[1]) ^ c[2],
					    .constant = multiply(c[0], c[2]) };
	if (!solve_affine(d, solutions, &equation, degree == 3 ? 4 : 2))
		return false;
	for (uint32_t i = 0; i < (degree == 3 ? 4 : 2); i++)
		if (degree == 2 || solutions[i] != c[0])
			d->roots[d->count++] = solutions[i];
	return true;
}

/* Roots of many. */

static_assert((SKETCH_CAPACITY_MAX - 1) / 2 <= FIELD_BITS, "each x^(2k) has its row");

/* x^(2k) modulo p as row k - half of the table, for the k from half = ceil(degree / 2) to degree - 1. */
static void lay_even_powers(struct decoder *d, const struct row *low, uint32_t degree)
{
	struct row power = *low, next;

	lay(d->pair, 0, low, padded(degree));
	for (uint32_t n = degree; n < 2 * degree - 1; n++) {
		if (n % 2 == 0)
			lay(d->table, n / 2 - (degree + 1) / 2, &power, padded(degree));
		divide(d, &next, NULL, degree, power.c, degree + 1);
		power = next;
	}
}

/* x^(2^i) modulo p for all i below 32, p given by its places below the first. True when x^(2^32) is x again, so that
 * p's roots are distinct elements of the field. Squaring is linear: each coefficient's square times a known power. */
static bool raise_powers(struct decoder *d, const struct row *low, uint32_t degree)
{
	uint32_t half = (degree + 1) / 2, squares[COLUMNS];
	struct row power = { .c = { 0 } };

	lay_even_powers(d, low, degree);
	power.c[degree - 2] = 1;
	for (uint32_t i = 0; i < FIELD_BITS; i++) {
		d->powers[i] = power;
		for (uint32_t k = 0; k < degree; k++)
			squares[k] = square(d->powers[i].c[degree - 1 - k]);
		combine(d, &power, d->table, degree - half, squares + half, padded(degree));
		for (uint32_t k = 0; k < half; k++)
			power.c[degree - 1 - 2 * k] ^= squares[k];
	}
	return memcmp(&power, &d->powers[0], sizeof power) == 0;
}

/* Monic factors, side by side: their places below the first, and how many each has. */
struct factors {
	uint32_t low[COLUMNS];
	uint32_t count;
	uint8_t degrees[COLUMNS];
};

/* Where the trace is 0 at some of a factor's roots and 1 at others, what it has in common with the factor splits that.
 * The parts take its place. The degree of the first; 0: it does not split. */
static uint32_t split(struct decoder *d, uint32_t *low, uint32_t degree, const struct row *trace, uint32_t trace_places)
{
	struct poly whole = { .degree = degree, .row.c = { 1 } }, rest;
	struct row factor, part = { .c = { 0 } }, none;
	uint32_t scale, quotient[COLUMNS];
	const struct poly *common;

	memcpy(whole.row.c + 1, low, degree * sizeof *low);
	factor = whole.row;
	memcpy(part.c, low, degree * sizeof *low);
	lay(d->pair, 0, &part, padded(degree));
	divide(d, &rest.row, NULL, degree, trace->c, trace_places);
	if (!poly_trim(&rest, degree) || rest.degree == 0)
		return 0;
	common = gcd(d, &whole, &rest);
	scale = invert(common->row.c[0]);
	part = (struct row){ .c = { 0 } };
	for (uint32_t i = 0; i < common->degree; i++)
		part.c[i] = multiply(common->row.c[i + 1], scale);
	d->work += INVERT_PRODUCTS + common->degree;
	lay(d->pair, 0, &part, padded(common->degree));
	divide(d, &none, quotient, common->degree, factor.c, degree + 1);
	memcpy(low, part.c, common->degree * sizeof *low);
	memcpy(low + common->degree, quotient + 1, (degree - common->degree) * sizeof *low);
	return common->degree;
}

/* Splits each factor that is still of many roots; those of few give them up. False when the work is up. */
static bool split_all(struct decoder *d, struct factors *f, const struct row *trace, uint32_t trace_places)
{
	struct factors left = { .count = 0 };
	uint32_t *low = f->low, *to = left.low;

	for (uint32_t i = 0; i < f->count; i++) {
		uint32_t parts[2] = { 0 };

		if (d->work > d->work_enough)
			return false;
		parts[0] = split(d, low, f->degrees[i], trace, trace_places);
		parts[1] = f->degrees[i] - parts[0];
		for (uint32_t j = 0; j < 2; low += parts[j++]) {
			if (parts[j] > DEGREE_DIRECT) {
				left.degrees[left.count++] = (uint8_t)parts[j];
				memcpy(to, low, parts[j] * sizeof *low);
				to += parts[j];
			} else if (parts[j] > 0) {
				bool direct = roots_direct(d, low, parts[j]);

				assert(direct);
			}
		}
	}
	*f = left;
	return true;
}

/* All roots of a polynomial that has them all. Any two differ in Tr(b * root) for some b of the basis 1, x, x^2, ...,
 * and Tr(b * x) modulo p is a sum of known powers times b^(2^i). False when the work is up. */
static bool find_roots(struct decoder *d, const struct row *low, uint32_t degree)
{
	struct factors f = { .count = 1, .degrees = { (uint8_t)degree } };
	uint32_t width = padded(degree), scalars[FIELD_BITS];
	struct row trace = { .c = { 0 } };

	memcpy(f.low, low->c, degree * sizeof f.low[0]);
	for (uint32_t i = 0; i < FIELD_BITS; i++)
		lay(d->table, i, &d->powers[i], width);
	for (uint32_t bit = 0; f.count > 0; bit++) {
		assert(bit < FIELD_BITS);
		scalars[0] = 1u << bit;
		for (uint32_t i = 1; i < FIELD_BITS; i++)
			scalars[i] = square(scalars[i - 1]);
		combine(d, &trace, d->table, FIELD_BITS, scalars, width);
		if (!split_all(d, &f, &trace, degree))
			return false;
	}
	return true;
}

static bool find_all(struct decoder *d, const struct poly *p)
{
	struct row low = { .c = { 0 } };

	memcpy(low.c, p->row.c + 1, p->degree * sizeof low.c[0]);
	if (p->degree <= DEGREE_DIRECT)
		return p->degree == 0 || roots_direct(d, low.c, p->degree);
	return raise_powers(d, &low, p->degree) && find_roots(d, &low, p->degree);
}

/* What random elements need is about 31 * capacity^2, and each further trace 32 * capacity at the most; one element in
 * eight of those that four roots share stays unsplit after each. So an honest sketch has enough for some ten traces more
 * than it usually needs, while elements that were chosen to have their traces in common do not buy more. */
static uint32_t work_enough(uint32_t capacity)
{
	return 32 * capacity * capacity + 512 * capacity;
}

/* A trace and a split may have been begun. */
uint32_t sketch_work_max(uint32_t capacity)
{
	uint32_t width = capacity + LANES;

	return work_enough(capacity) + (FIELD_BITS + 6 * capacity) * width + 2 * (INVERT_PRODUCTS + capacity) +
	       DEGREE_DIRECT * AFFINE_PRODUCTS;
}

enum sketch_rc sketch_decode(struct sketch_elements *out, const uint32_t *syndromes, uint32_t capacity,
			     const uint32_t *candidates, uint32_t candidate_count)
{
	struct decoder d;
	struct poly p;
	bool found;

	assert(capacity > 0 && capacity <= SKETCH_CAPACITY_MAX);
	d.work = d.count = 0;
	d.work_enough = work_enough(capacity);
	p.degree = find_locator(&d, &p.row, syndromes, capacity);
	found = p.degree < capacity && make_monic(&d, &p);
	if (found) {
		try_candidates(&d, &p, candidates, candidate_count < 2 * capacity ? candidate_count : 2 * capacity);
		found = find_all(&d, &p);
	}
	out->work = d.work;
	if (!found)
		return SKETCH_OVERFULL;
	out->count = d.count;
	memcpy(out->elements, d.roots, d.count * sizeof d.roots[0]);
	return SKETCH_OK;
}
