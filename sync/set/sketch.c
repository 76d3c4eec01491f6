/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The field is gf32.h's, roots are gf32_roots.c's; here is what makes a sketch of them: the syndromes and the locator. */
#include "sync/set/sketch.h"

#include <assert.h>
#include <string.h>

#include "sync/set/gf32_roots.h"

static_assert((int)SKETCH_CAPACITY_MAX <= (int)GF32_COLUMNS, "a locator has its places");

/* Powers two apart in the sequence are made side by side: neither waits for the other. */
static void add_one(uint32_t *syndromes, uint32_t first, uint32_t count, uint32_t element)
{
	uint32_t squared = gf32_square(element);
	uint32_t power = gf32_odd_power(element, first), next = gf32_multiply(power, squared);
	struct gf32_scalar step;

	gf32_scalar_lay(&step, gf32_square(squared));
	for (uint32_t i = 0; i + 1 < count; i += 2) {
		syndromes[i] ^= power;
		syndromes[i + 1] ^= next;
		power = gf32_scalar_times(&step, power);
		next = gf32_scalar_times(&step, next);
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

/* The locator. */

/* Berlekamp-Massey without inversions, over the 2 * capacity power sums of which the even ones are squares: there the
 * discrepancy is always 0 (Dodis et al.). The locator's coefficients, the constant one first, and its degree;
 * `capacity` when that is not below it. */
static uint32_t find_locator(struct gf32_roots *roots, struct gf32_row *locator, const uint32_t *syndromes,
			     uint32_t capacity)
{
	uint32_t sums[2 * SKETCH_CAPACITY_MAX + 1];
	struct gf32_row previous = { .c = { 0, 1 } };
	uint32_t previous_discrepancy = 1, length = 0;

	for (uint32_t i = 0; i < capacity; i++)
		sums[2 * i + 1] = syndromes[i];
	for (uint32_t i = 1; i <= capacity; i++)
		sums[2 * i] = gf32_square(sums[i]);
	*locator = (struct gf32_row){ .c = { 1 } };
	for (uint32_t n = 1; n < 2 * capacity; n += 2) {
		uint64_t products[4] = { 0 };
		uint32_t discrepancy;

		for (uint32_t i = 0; i <= length; i++)
			gf32_add_product(products, locator->c[i], sums[n - i]);
		discrepancy = gf32_sum(products);
		roots->work += length + 1;
		if (discrepancy != 0) {
			uint32_t scalars[2] = { previous_discrepancy, discrepancy };
			bool grows = 2 * length < n;
			uint32_t grown = grows ? n - length : length, width = gf32_padded(grown + 1);
			struct gf32_row before = *locator;

			if (grown >= capacity)
				return capacity;
			gf32_lay(roots->pair, 0, locator, width);
			gf32_lay(roots->pair, 1, &previous, width);
			gf32_combine(roots, locator, roots->pair, 2, scalars, width);
			if (grows) {
				previous = before;
				previous_discrepancy = discrepancy;
				length = grown;
			}
		}
		memmove(previous.c + 2, previous.c, (GF32_COLUMNS - 2) * sizeof previous.c[0]);
		previous.c[0] = previous.c[1] = 0;
	}
	assert(length < capacity);
	assert(locator->c[0] != 0);
	return length;
}

/* What random elements need is about 31 * capacity^2, and each further trace 32 * capacity at the most; one element in
 * eight of those that four roots share stays unsplit after each. So an honest sketch has enough for some ten traces more
 * than it usually needs, while elements that were chosen to have their traces in common do not buy more. */
static uint32_t work_enough(uint32_t capacity)
{
	return 32 * capacity * capacity + 512 * capacity;
}

uint32_t sketch_work_max(uint32_t capacity)
{
	return work_enough(capacity) + gf32_roots_overrun(capacity);
}

enum sketch_rc sketch_decode(struct sketch_elements *out, const uint32_t *syndromes, uint32_t capacity,
			     const uint32_t *candidates, uint32_t candidate_count)
{
	struct gf32_roots roots;
	struct gf32_poly p;
	bool found;

	assert(capacity > 0 && capacity <= SKETCH_CAPACITY_MAX);
	roots.work = roots.count = 0;
	roots.work_enough = work_enough(capacity);
	p.degree = find_locator(&roots, &p.row, syndromes, capacity);
	found = p.degree < capacity && gf32_roots_monic(&roots, &p);
	if (found) {
		gf32_roots_try(&roots, &p, candidates, candidate_count < 2 * capacity ? candidate_count : 2 * capacity);
		found = gf32_roots_find(&roots, &p);
	}
	assert(roots.work <= sketch_work_max(capacity));
	out->work = roots.work;
	if (!found)
		return SKETCH_OVERFULL;
	assert(roots.count < capacity);
	out->count = roots.count;
	memcpy(out->elements, roots.found, roots.count * sizeof roots.found[0]);
	return SKETCH_OK;
}
