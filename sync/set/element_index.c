/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/set/element_index.h"

#include <string.h>

#include "sync/set/sketch.h"

enum { DIGITS = 256, SMALL = 24 };
enum { PROBE_CELLS = 128, LEVEL_CELLS = 16, PROBE_LEVELS = 4, LEVEL_BITS = 3 };
static_assert(PROBE_CELLS / 8 + PROBE_LEVELS * LEVEL_CELLS / 8 == PROBE_PARITY_SIZE, "the probe's cells");

void element_index_memory(struct element_index *elements, struct arena *arena, uint32_t entries_max)
{
	*elements = (struct element_index){ .items = arena_take(arena, entries_max, sizeof *elements->items) };
}

/* Sorting in place by one byte after the other, the highest first (McIlroy, Bostic, McIlroy 1993, "Engineering Radix
 * Sort"): elements are evenly spread, and nobody outside knows the salt. */

static void sort_small(struct element_index_item *items, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++) {
		struct element_index_item item = items[i];
		uint32_t at = i;

		for (; at && items[at - 1].element > item.element; at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
}

static void sort_items(struct element_index_item *items, uint32_t count, unsigned shift)
{
	uint32_t begin[DIGITS], end[DIGITS], counts[DIGITS] = { 0 }, at = 0;

	assert(shift <= 24);
	if (count <= SMALL) {
		sort_small(items, count);
		return;
	}
	for (uint32_t i = 0; i < count; i++)
		counts[items[i].element >> shift & 0xFF]++;
	for (uint32_t d = 0; d < DIGITS; d++) {
		begin[d] = at;
		at += counts[d];
		end[d] = at;
	}
	for (uint32_t d = 0; d < DIGITS; d++)
		while (begin[d] < end[d]) {
			struct element_index_item item = items[begin[d]];
			uint32_t digit = item.element >> shift & 0xFF;

			items[begin[d]] = items[begin[digit]];
			items[begin[digit]++] = item;
		}
	for (uint32_t d = 0; d < DIGITS && shift; d++)
		sort_items(items + end[d] - counts[d], counts[d], shift - 8);
}

/* What occurs twice cancels itself; of three one is left. */
static uint32_t drop_pairs(struct element_index_item *items, uint32_t count)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < count; i++) {
		if (kept && items[kept - 1].element == items[i].element)
			kept--;
		else
			items[kept++] = items[i];
	}
	assert((count - kept) % 2 == 0);
	return kept;
}

void element_index_build(struct element_index *elements, const struct set *set, const struct salt *salt,
			 struct days days)
{
	elements->salt = *salt;
	elements->count = 0;
	for (uint32_t slot = 0; slot < set->used; slot++)
		if (set_is_within(set, slot, days))
			elements->items[elements->count++] = (struct element_index_item){
				.element = element_of(salt, &set->slots[slot].id),
				.slot = slot,
			};
	assert(elements->count <= set->count);
	sort_items(elements->items, elements->count, 24);
	elements->count = drop_pairs(elements->items, elements->count);
}

uint32_t element_index_rank(const struct element_index *elements, uint32_t element)
{
	uint32_t low = 0, high = elements->count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (elements->items[mid].element < element)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The smallest element of a bucket; bucket == buckets is beyond them all. */
static uint32_t bucket_begin(const struct element_index *elements, uint32_t buckets, uint32_t bucket)
{
	assert(bucket <= buckets);
	if (bucket == buckets)
		return elements->count;
	return element_index_rank(elements, (uint32_t)((((uint64_t)bucket << 32) + buckets - 1) / buckets));
}

void element_index_bucket(const struct element_index *elements, uint32_t *first, uint32_t *end, uint32_t buckets,
			  uint32_t bucket)
{
	assert(bucket < buckets);
	*first = bucket_begin(elements, buckets, bucket);
	*end = bucket_begin(elements, buckets, bucket + 1);
	assert(*first <= *end);
	assert(*end <= elements->count);
}

uint32_t element_index_slot(const struct element_index *elements, const struct set *set, uint32_t rank)
{
	const struct element_index_item *item = &elements->items[rank];

	assert(rank < elements->count);
	if (!set_is_live(set, item->slot) || element_of(&elements->salt, &set->slots[item->slot].id) != item->element)
		return SET_NONE;
	return item->slot;
}

void element_index_sketch(const struct element_index *elements, uint32_t *syndromes, uint32_t from, uint32_t to,
			  uint32_t buckets, uint32_t bucket)
{
	uint32_t first, end, batch[64], count = 0;

	assert(from <= to);
	assert(to <= SYNDROMES_MAX);
	element_index_bucket(elements, &first, &end, buckets, bucket);
	for (uint32_t rank = first; rank < end; rank++) {
		batch[count++] = elements->items[rank].element;
		if (count < sizeof batch / sizeof *batch && rank + 1 < end)
			continue;
		sketch_add(syndromes, from, to - from, batch, count);
		count = 0;
	}
}

/* Parity. */

static void flip(uint8_t *parity, uint32_t cell)
{
	parity[cell / 8] ^= (uint8_t)(1u << cell % 8);
}

static uint32_t cell_of(uint32_t element, uint32_t cells)
{
	return (element & 0xFFFF) * cells >> 16;
}

static bool is_sampled(uint32_t element, unsigned level)
{
	return !(element >> 16 & ((1u << level) - 1));
}

void element_index_parity_probe(const struct element_index *elements, uint8_t parity[PROBE_PARITY_SIZE])
{
	memset(parity, 0, PROBE_PARITY_SIZE);
	for (uint32_t rank = 0; rank < elements->count; rank++) {
		uint32_t element = elements->items[rank].element;

		flip(parity, cell_of(element, PROBE_CELLS));
		for (unsigned level = 1; level <= PROBE_LEVELS && is_sampled(element, LEVEL_BITS * level); level++)
			flip(parity, PROBE_CELLS + (level - 1) * LEVEL_CELLS + cell_of(element, LEVEL_CELLS));
	}
}

void element_index_parity(const struct element_index *elements, uint8_t *parity, size_t size, uint8_t level)
{
	assert(size > 0);
	assert(level <= PARITY_LEVEL_MAX);
	memset(parity, 0, size);
	for (uint32_t rank = 0; rank < elements->count; rank++) {
		uint32_t element = elements->items[rank].element;

		if (is_sampled(element, level))
			flip(parity, cell_of(element, (uint32_t)size * 8));
	}
}

static uint32_t odd_cells(const uint8_t *a, const uint8_t *b, size_t size)
{
	uint32_t count = 0;

	for (size_t i = 0; i < size; i++)
		for (unsigned differ = a[i] ^ b[i]; differ; differ &= differ - 1)
			count++;
	return count;
}

/* The number of differences after which so many of `cells` are expected to be odd: each one more makes an even cell odd
 * or an odd one even. Half of them are odd at last, and tell nothing. */
static uint32_t invert(uint32_t odd, uint32_t cells)
{
	uint64_t one = 1u << 24, share = 0;
	uint32_t count = 0;

	assert(odd <= cells);
	while (share * cells < odd * one - one / 2 && count < cells + cells / 4 && odd) {
		share += (one - 2 * share) / cells;
		count++;
	}
	return count;
}

/* The share of odd cells to expect after count / 2^shift differences, of 2^16. */
static uint32_t odd_share(uint32_t count, unsigned shift, uint32_t cells)
{
	uint32_t one = 1u << 24, share = 0, whole = count >> shift, rest = count & ((1u << shift) - 1);

	for (uint32_t i = 0; i < whole && i < 4 * cells; i++)
		share += (one - 2 * share) / cells;
	share += (uint32_t)((uint64_t)((one - 2 * share) / cells) * rest >> shift);
	assert(share <= one);
	return share >> 8 ? share >> 8 : 1;
}

/* log2(2^16 / share), in 2^-8: what it says against a guess when so likely a thing happens. */
static uint32_t surprise(uint32_t share)
{
	uint32_t bits = 0, part = 0;
	uint64_t x = share;

	assert(share > 0);
	assert(share <= 1u << 16);
	for (; x < 1u << 15; x <<= 1)
		bits++;
	/* x / 2^15 lies in 1..2: eight digits of its logarithm, by squaring. */
	for (int i = 0; i < 8; i++) {
		x = x * x >> 15;
		part = part << 1 | (x >= 1u << 16);
		if (x >= 1u << 16)
			x >>= 1;
	}
	return (bits + 1) * 256 - part;
}

static uint64_t surprise_of(uint32_t odd, uint32_t cells, uint32_t count, unsigned shift)
{
	uint32_t share = odd_share(count, shift, cells);

	assert(odd <= cells);
	return (uint64_t)odd * surprise(share) + (uint64_t)(cells - odd) * surprise((1u << 16) - share);
}

/* The likeliest of guesses that grow by a sixteenth, all levels taken together. */
uint32_t element_index_estimate_probe(const uint8_t a[PROBE_PARITY_SIZE], const uint8_t b[PROBE_PARITY_SIZE])
{
	size_t first = PROBE_CELLS / 8, step = LEVEL_CELLS / 8;
	uint32_t all = odd_cells(a, b, first), best = 0;
	uint64_t least = UINT64_MAX;

	for (uint32_t guess = 1; guess < LEVEL_CELLS << LEVEL_BITS * PROBE_LEVELS; guess += guess / 16 + 1) {
		uint64_t against = surprise_of(all, PROBE_CELLS, guess, 0);

		for (unsigned level = 1; level <= PROBE_LEVELS; level++) {
			size_t at = first + (level - 1) * step;

			against += surprise_of(odd_cells(a + at, b + at, step), LEVEL_CELLS, guess, LEVEL_BITS * level);
		}
		if (against >= least)
			continue;
		least = against;
		best = guess;
	}
	return best;
}

uint32_t element_index_estimate(const uint8_t *a, const uint8_t *b, size_t size, uint8_t level)
{
	assert(size > 0);
	assert(level <= PARITY_LEVEL_MAX);
	return invert(odd_cells(a, b, size), (uint32_t)size * 8) << level;
}
