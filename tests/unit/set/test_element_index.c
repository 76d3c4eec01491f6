/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The elements beside its naive twin, which hashes, sorts and cancels with qsort; buckets; what left the set; and how well
 * parity guesses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sync/set/element_index.h"
#include "sync/set/sketch.h"
#include "tests/unit/host.h"

enum { ENTRIES_MAX = 20000, SPARE = 8, TODAY = 2400 };

static const uint8_t KEY[16] = { 1, 2, 3 };
static const struct days ALL = { .today = 0, .last = UINT16_MAX };

struct bench {
	struct set set;
	struct element_index elements;
	void *memory;
};

static void bench_init(struct bench *b, uint32_t entries_max)
{
	struct arena arena = { .base = NULL };

	set_init(&b->set, &arena, entries_max, SPARE, 1, KEY);
	element_index_memory(&b->elements, &arena, entries_max);
	b->memory = malloc(arena.used);
	assert_non_null(b->memory);
	memset(b->memory, 0xA5, arena.used);
	arena = (struct arena){ .base = b->memory };
	set_init(&b->set, &arena, entries_max, SPARE, 1, KEY);
	element_index_memory(&b->elements, &arena, entries_max);
	b->set.card_epochs[0] = TODAY; /* all are of one author */
}

static struct salt salt_numbered(uint64_t seed)
{
	return salt_of_beacon((uint32_t)(seed * 2654435761u + 1));
}

/* Entry `at` of a world: id, register and day follow from it. */
static struct set_slot numbered(uint64_t world, uint32_t at)
{
	static const uint8_t FIELDS[] = { ENTRY_LINE, ENTRY_MOVE, ENTRY_SITE };
	struct set_slot slot = { .number = at, .field = FIELDS[at % 3], .handle = at };
	uint64_t name[2] = { world, at };

	crypto_generichash(slot.id.bytes, sizeof slot.id.bytes, (const uint8_t *)name, sizeof name, NULL, 0);
	slot.hlc.time = (TODAY - at % 150) * EPOCH_S;
	return slot;
}

static void fill(struct bench *b, uint64_t world, uint32_t from, uint32_t to)
{
	for (uint32_t at = from; at < to; at++) {
		struct set_slot slot = numbered(world, at);

		assert_int_not_equal(set_insert(&b->set, &slot), SET_NONE);
	}
}

static int by_element(const void *a, const void *b)
{
	uint32_t x = ((const struct element_index_item *)a)->element,
		 y = ((const struct element_index_item *)b)->element;

	return (x > y) - (x < y);
}

/* Elements of even number vanish, of odd number one stays. */
static uint32_t naive_build(struct element_index_item *items, const struct set *set, const struct salt *salt,
			    struct days days)
{
	uint32_t count = 0, kept = 0;

	for (uint32_t slot = 0; slot < set->used; slot++)
		if (set_is_live(set, slot) &&
		    days_include(days, slot_retention(&set->slots[slot]), hlc_epoch(set->slots[slot].hlc)) &&
		    days_include(days, RETENTION_CARD, set->card_epochs[0]))
			items[count++] = (struct element_index_item){ element_of(salt, &set->slots[slot].id), slot };
	qsort(items, count, sizeof *items, by_element);
	for (uint32_t i = 0, end; i < count; i = end) {
		for (end = i; end < count && items[end].element == items[i].element; end++)
			;
		if ((end - i) % 2)
			items[kept++] = items[i];
	}
	return kept;
}

static bool build_agrees(struct bench *b, const struct salt *salt, struct days days)
{
	struct element_index_item *naive = calloc(b->set.entries_max, sizeof *naive);
	uint32_t count = naive_build(naive, &b->set, salt, days);
	bool good;

	element_index_build(&b->elements, &b->set, salt, days);
	good = b->elements.count == count;
	for (uint32_t i = 0; good && i < count; i++)
		good = b->elements.items[i].element == naive[i].element &&
		       element_of(salt, &b->set.slots[b->elements.items[i].slot].id) == naive[i].element;
	free(naive);
	return good;
}

static void test_it_sorts_as_its_twin_does(void **state)
{
	static const uint32_t COUNTS[] = { 0, 1, 2, 23, 24, 25, 26, 300, 5000, ENTRIES_MAX };
	static const struct days DAYS[] = {
		{ 0, UINT16_MAX }, { TODAY, TODAY + 1 }, { TODAY, TODAY - 40 }, { 9000, 9000 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++)
		for (size_t d = 0; d < sizeof DAYS / sizeof *DAYS; d++) {
			struct bench b;
			struct salt salt = salt_numbered(i);

			bench_init(&b, COUNTS[i] + 1);
			fill(&b, i, 0, COUNTS[i]);
			for (uint32_t at = 0; at < COUNTS[i]; at += 7) {
				struct set_slot slot = numbered(i, at);
				uint64_t handle;

				set_remove(&b.set, set_find_id(&b.set, &slot.id));
				if (at % 2) /* some wait to be dropped, some places are free */
					assert_true(set_next_drop(&b.set, &handle, &slot.id));
			}
			if (!build_agrees(&b, &salt, DAYS[d]))
				fail_msg("%u entries, days %zu", COUNTS[i], d);
			free(b.memory);
		}
}

/* Ids whose elements are equal under one salt: searched for, as nobody outside could. */
static void test_what_occurs_twice_is_left_out(void **state)
{
	enum { TRIED = 200000, PLACES = 1 << 20 };
	struct salt salt = salt_numbered(5);
	uint32_t *seen = calloc(PLACES, sizeof *seen), pairs = 0;
	struct bench b;

	(void)state;
	assert_non_null(seen);
	bench_init(&b, 100);
	/* A birthday: of 200,000 elements of 32 bits some four pairs are equal. */
	for (uint32_t at = 1; at <= TRIED; at++) {
		struct set_slot slot = numbered(9, at);
		uint32_t element = element_of(&salt, &slot.id), place = element % PLACES;

		for (; seen[place]; place = (place + 1) % PLACES) {
			struct set_slot other = numbered(9, seen[place]);

			if (element_of(&salt, &other.id) != element)
				continue;
			pairs++;
			assert_int_not_equal(set_insert(&b.set, &slot), SET_NONE);
			assert_int_not_equal(set_insert(&b.set, &other), SET_NONE);
		}
		seen[place] = at;
	}
	assert_true(pairs >= 1);
	fill(&b, 10, 0, 50);
	assert_true(build_agrees(&b, &salt, ALL));
	assert_int_equal(b.elements.count, 50);
	free(seen);
	free(b.memory);
}

static void test_buckets_cover_everything_once(void **state)
{
	static const uint32_t BUCKETS[] = { 1, 2, 3, 7, 64, 100, 1000, 4097, BUCKETS_MAX };
	struct bench b;
	struct salt salt = salt_numbered(3);

	(void)state;
	bench_init(&b, 3000);
	fill(&b, 1, 0, 3000);
	element_index_build(&b.elements, &b.set, &salt, ALL);
	for (size_t i = 0; i < sizeof BUCKETS / sizeof *BUCKETS; i++) {
		uint32_t at = 0;

		for (uint32_t bucket = 0; bucket < BUCKETS[i]; bucket++) {
			uint32_t first, end;

			element_index_bucket(&b.elements, &first, &end, BUCKETS[i], bucket);
			assert_int_equal(first, at);
			for (at = first; at < end; at++)
				assert_int_equal(bucket_of(b.elements.items[at].element, BUCKETS[i]), bucket);
		}
		assert_int_equal(at, b.elements.count);
	}
	for (uint32_t rank = 0; rank < b.elements.count; rank++) {
		assert_int_equal(element_index_rank(&b.elements, b.elements.items[rank].element), rank);
		assert_int_equal(element_index_rank(&b.elements, b.elements.items[rank].element + 1), rank + 1);
	}
	free(b.memory);
}

/* Elements on both sides of every bound: where the division leaves a rest, the bound is the number above. */
static void test_bounds_of_buckets_are_where_elements_change_theirs(void **state)
{
	static const uint32_t BUCKETS[] = { 2, 3, 7, 100, 4097, BUCKETS_MAX };
	struct bench b;

	(void)state;
	bench_init(&b, 3 * BUCKETS_MAX);
	for (size_t i = 0; i < sizeof BUCKETS / sizeof *BUCKETS; i++) {
		uint32_t rank = 0;

		b.elements.count = 0;
		for (uint32_t bucket = 1; bucket < BUCKETS[i]; bucket++)
			for (uint32_t near = 0; near < 3; near++)
				b.elements.items[b.elements.count++].element =
					(uint32_t)(((uint64_t)bucket << 32) / BUCKETS[i]) - 1 + near;
		for (uint32_t bucket = 0; bucket < BUCKETS[i]; bucket++) {
			uint32_t first, end;

			element_index_bucket(&b.elements, &first, &end, BUCKETS[i], bucket);
			assert_int_equal(first, rank);
			for (; rank < end; rank++)
				assert_int_equal(bucket_of(b.elements.items[rank].element, BUCKETS[i]), bucket);
		}
		assert_int_equal(rank, b.elements.count);
	}
	free(b.memory);
}

static void test_a_buckets_sketch_is_of_its_elements(void **state)
{
	struct bench b;
	struct salt salt = salt_numbered(4);

	(void)state;
	bench_init(&b, 500);
	fill(&b, 1, 0, 500);
	element_index_build(&b.elements, &b.set, &salt, ALL);
	for (uint32_t buckets = 1; buckets < 5; buckets++)
		for (uint32_t bucket = 0; bucket < buckets; bucket++) {
			uint32_t naive[20] = { 0 }, syndromes[20] = { 0 };

			for (uint32_t i = 0; i < b.elements.count; i++)
				if (bucket_of(b.elements.items[i].element, buckets) == bucket)
					sketch_add(naive, 0, 20, &b.elements.items[i].element, 1);
			element_index_sketch(&b.elements, syndromes, 0, 7, buckets, bucket);
			element_index_sketch(&b.elements, syndromes + 7, 7, 20, buckets, bucket);
			assert_memory_equal(naive, syndromes, sizeof naive);
		}
	free(b.memory);
}

/* A place may be taken by another entry meanwhile: then it is not what the elements saw. */
static void test_what_left_is_not_named(void **state)
{
	struct bench b;
	struct salt salt = salt_numbered(6);
	uint32_t gone = 0, stays = 0;

	(void)state;
	bench_init(&b, 300);
	fill(&b, 1, 0, 300);
	element_index_build(&b.elements, &b.set, &salt, ALL);
	for (uint32_t at = 0; at < 300; at += 3) {
		struct set_slot slot = numbered(1, at), fresh = numbered(2, 1000 + at);
		uint64_t handle;

		set_remove(&b.set, set_find_id(&b.set, &slot.id));
		assert_true(at % 2 || set_next_drop(&b.set, &handle, &slot.id));
		if (at % 4 == 0)
			assert_int_not_equal(set_insert(&b.set, &fresh), SET_NONE);
	}
	for (uint32_t rank = 0; rank < b.elements.count; rank++) {
		uint32_t slot = element_index_slot(&b.elements, &b.set, rank);

		gone += slot == SET_NONE;
		stays += slot != SET_NONE;
		if (slot != SET_NONE)
			assert_int_equal(element_of(&salt, &b.set.slots[slot].id), b.elements.items[rank].element);
	}
	assert_int_equal(gone, 100);
	assert_int_equal(stays, 200);
	free(b.memory);
}

/* Cell by cell as WIRE.md says it: which cell, and whose bits from 16 on begin with so many zeros. */
static void naive_parity(const struct element_index *elements, uint8_t *parity, uint32_t cells, uint32_t zeros)
{
	for (uint32_t rank = 0; rank < elements->count; rank++) {
		uint32_t element = elements->items[rank].element, cell = element % 65536 * cells / 65536;

		if (element / 65536 % (1u << zeros) == 0)
			parity[cell / 8] ^= (uint8_t)(1u << cell % 8);
	}
}

static void test_parity_is_what_the_wire_says(void **state)
{
	uint8_t naive[PROBE_PARITY_SIZE] = { 0 }, probe[PROBE_PARITY_SIZE];
	struct salt salt = salt_numbered(8);
	struct bench b;

	(void)state;
	bench_init(&b, 5000);
	fill(&b, 1, 0, 5000);
	element_index_build(&b.elements, &b.set, &salt, ALL);
	element_index_parity_probe(&b.elements, probe);
	naive_parity(&b.elements, naive, 128, 0);
	for (uint32_t level = 1; level <= 4; level++)
		naive_parity(&b.elements, naive + 14 + 2 * (size_t)level, 16, 3 * level);
	assert_memory_equal(probe, naive, sizeof probe);
	for (uint32_t level = 0; level <= PARITY_LEVEL_MAX; level += 3) {
		uint8_t asked[40], wanted[40] = { 0 };

		element_index_parity(&b.elements, asked, sizeof asked, (uint8_t)level);
		naive_parity(&b.elements, wanted, 8 * sizeof wanted, level);
		assert_memory_equal(asked, wanted, sizeof asked);
	}
	free(b.memory);
}

/* Two sets that differ in d of their entries; the guesses of many salts, in percent of d. */
struct guesses {
	uint32_t below_half, above_double;
	double mean;
};

enum { SALTS = 200 };

static struct guesses guess_probe(struct bench *a, struct bench *b, uint32_t d)
{
	struct guesses g = { 0 };

	for (uint64_t s = 0; s < SALTS; s++) {
		uint8_t x[PROBE_PARITY_SIZE], y[PROBE_PARITY_SIZE];
		struct salt salt = salt_numbered(s);
		uint32_t guess;

		element_index_build(&a->elements, &a->set, &salt, ALL);
		element_index_build(&b->elements, &b->set, &salt, ALL);
		element_index_parity_probe(&a->elements, x);
		element_index_parity_probe(&b->elements, y);
		guess = element_index_estimate_probe(x, y);
		g.below_half += guess < d / 2;
		g.above_double += guess > 2 * d;
		g.mean += (double)guess / SALTS / d;
	}
	return g;
}

static struct guesses guess_asked(struct bench *a, struct bench *b, uint32_t d, size_t size, uint8_t level)
{
	struct guesses g = { 0 };

	for (uint64_t s = 0; s < SALTS; s++) {
		uint8_t x[ASK_PARITY_MAX], y[ASK_PARITY_MAX];
		struct salt salt = salt_numbered(s);
		uint32_t guess;

		element_index_build(&a->elements, &a->set, &salt, ALL);
		element_index_build(&b->elements, &b->set, &salt, ALL);
		element_index_parity(&a->elements, x, size, level);
		element_index_parity(&b->elements, y, size, level);
		guess = element_index_estimate(x, y, size, level);
		g.below_half += guess < d / 2;
		g.above_double += guess > 2 * d;
		g.mean += (double)guess / SALTS / d;
	}
	return g;
}

static void test_parity_guesses_how_large_a_difference_is(void **state)
{
	static const struct {
		uint32_t d;
		uint32_t wrong_max; /* probes of SALTS that are off by more than a factor of two */
		size_t size;        /* of an asker's parity; 0: none */
		uint8_t level;
	} ROWS[] = {
		{ 8, 30, 0, 0 },    { 30, 10, 16, 0 },    { 100, 10, 32, 0 },
		{ 300, 60, 64, 0 }, { 1000, 60, 128, 1 }, { 3000, 60, 128, 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		uint32_t d = ROWS[i].d;
		struct bench a, b;
		struct guesses g;

		bench_init(&a, 200 + d);
		bench_init(&b, 200 + d);
		fill(&a, 1, 0, 200 + d / 2);
		fill(&b, 1, 0, 200);
		fill(&b, 1, 200 + d / 2, 200 + d);
		g = guess_probe(&a, &b, d);
		if (g.below_half + g.above_double > ROWS[i].wrong_max || g.mean < 0.7 || g.mean > 1.5)
			fail_msg("probe, d %u: %u below half, %u above double, mean %.2f", d, g.below_half,
				 g.above_double, g.mean);
		if (ROWS[i].size)
			g = guess_asked(&a, &b, d, ROWS[i].size, ROWS[i].level);
		if (ROWS[i].size && (g.below_half + g.above_double > 1 || g.mean < 0.85 || g.mean > 1.2))
			fail_msg("asked, d %u: %u below half, %u above double, mean %.2f", d, g.below_half,
				 g.above_double, g.mean);
		free(a.memory);
		free(b.memory);
	}
}

/* Any two parities, honest or not, give a guess, and one that is bounded. */
static void test_any_parity_gives_a_bounded_guess(void **state)
{
	struct dice dice = { 1 };
	uint8_t a[ASK_PARITY_MAX] = { 0 }, b[ASK_PARITY_MAX];

	(void)state;
	assert_int_equal(element_index_estimate(a, a, sizeof a, 12), 0);
	for (int i = 0; i < 20000; i++) {
		size_t size = 1 + dice_below(&dice, ASK_PARITY_MAX);
		uint8_t level = (uint8_t)dice_below(&dice, PARITY_LEVEL_MAX + 1);

		for (size_t at = 0; at < sizeof b; at++)
			b[at] = (uint8_t)(i % 3 ? dice_u64(&dice) : i % 2 ? 0xFF : 1u << dice_below(&dice, 8));
		assert_true(element_index_estimate(a, b, size, level) <= (3 * 8 * ASK_PARITY_MAX) << PARITY_LEVEL_MAX);
		assert_in_range(element_index_estimate_probe(a, b), 1, 1 << 16);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_sorts_as_its_twin_does),
		cmocka_unit_test(test_what_occurs_twice_is_left_out),
		cmocka_unit_test(test_buckets_cover_everything_once),
		cmocka_unit_test(test_bounds_of_buckets_are_where_elements_change_theirs),
		cmocka_unit_test(test_a_buckets_sketch_is_of_its_elements),
		cmocka_unit_test(test_what_left_is_not_named),
		cmocka_unit_test(test_parity_is_what_the_wire_says),
		cmocka_unit_test(test_parity_guesses_how_large_a_difference_is),
		cmocka_unit_test(test_any_parity_gives_a_bounded_guess),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
