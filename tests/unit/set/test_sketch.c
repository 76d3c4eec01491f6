/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The sketch beside its naive twins (products bit by bit, power sums one by one, differences by sorting), against the
 * published vectors, and against elements that were chosen to make it work hard.
 *
 * What is random prints its seed; AIDMESH_SEED=<seed> runs exactly that one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sync/set/sketch.h"

enum { SYNDROMES_MAX = 2 * SKETCH_CAPACITY_MAX, LINE_SIZE = 2048, ELEMENTS_MAX = 256 };

/* Elements without order. */
struct bag {
	uint32_t count;
	uint32_t elements[ELEMENTS_MAX];
};

/* SplitMix64. */
static uint64_t roll(uint64_t *seed)
{
	uint64_t z = *seed += 0x9E3779B97F4A7C15;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
	z = (z ^ z >> 27) * 0x94D049BB133111EB;
	return z ^ z >> 31;
}

static uint32_t roll_element(uint64_t *seed)
{
	uint32_t element;

	do
		element = (uint32_t)roll(seed);
	while (element == 0);
	return element;
}

static uint32_t roll_below(uint64_t *seed, uint32_t bound)
{
	return (uint32_t)(roll(seed) % bound);
}

static uint64_t first_seed(void)
{
	const char *chosen = getenv("AIDMESH_SEED");
	uint64_t seed = chosen ? strtoull(chosen, NULL, 10) : 20201124;

	print_message("AIDMESH_SEED=%llu\n", (unsigned long long)seed);
	return seed;
}

/* The naive twins. */

static uint32_t naive_product(uint32_t a, uint32_t b)
{
	uint32_t product = 0;

	for (int bit = 31; bit >= 0; bit--) {
		product = product << 1 ^ (product >> 31 ? 0x8Du : 0);
		if (b >> bit & 1)
			product ^= a;
	}
	return product;
}

static void naive_add(uint32_t *syndromes, uint32_t count, const struct bag *bag)
{
	for (uint32_t e = 0; e < bag->count; e++)
		for (uint32_t i = 0; i < count; i++) {
			uint32_t power = bag->elements[e];

			for (uint32_t n = 0; n < 2 * i; n++)
				power = naive_product(power, bag->elements[e]);
			syndromes[i] ^= power;
		}
}

static int compare_elements(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void sort_bag(struct bag *bag)
{
	qsort(bag->elements, bag->count, sizeof bag->elements[0], compare_elements);
}

/* What is in one of two bags alone, by sorting both into one. */
static struct bag naive_difference(const struct bag *a, const struct bag *b)
{
	struct bag all = *a, difference = { .count = 0 };

	memcpy(all.elements + all.count, b->elements, b->count * sizeof b->elements[0]);
	all.count += b->count;
	sort_bag(&all);
	for (uint32_t i = 0; i < all.count; i++) {
		if (i + 1 < all.count && all.elements[i] == all.elements[i + 1])
			i++;
		else
			difference.elements[difference.count++] = all.elements[i];
	}
	return difference;
}

/* Helpers of the tests. */

static struct bag roll_bag(uint64_t *seed, uint32_t count)
{
	struct bag bag = { .count = 0 };

	while (bag.count < count) {
		uint32_t element = roll_element(seed), i = 0;

		while (i < bag.count && bag.elements[i] != element)
			i++;
		if (i == bag.count)
			bag.elements[bag.count++] = element;
	}
	return bag;
}

static void sketch_of(uint32_t *syndromes, uint32_t count, const struct bag *bag)
{
	memset(syndromes, 0, count * sizeof *syndromes);
	sketch_add(syndromes, 0, count, bag->elements, bag->count);
}

/* Decodes and sorts; an overfull one must have left everything as it was. */
static enum sketch_rc decode(struct bag *found, const uint32_t *syndromes, uint32_t capacity, const struct bag *likely)
{
	struct sketch_elements out, before;
	enum sketch_rc rc;

	memset(&out, 0xA5, sizeof out);
	before = out;
	rc = sketch_decode(&out, syndromes, capacity, likely ? likely->elements : NULL, likely ? likely->count : 0);
	assert_true(out.work <= sketch_work_max(capacity));
	if (rc != SKETCH_OK) {
		assert_int_equal(rc, SKETCH_OVERFULL);
		before.work = out.work;
		assert_memory_equal(&out, &before, sizeof out);
		return rc;
	}
	assert_true(out.count < capacity);
	found->count = out.count;
	memcpy(found->elements, out.elements, out.count * sizeof out.elements[0]);
	sort_bag(found);
	return rc;
}

static void assert_decodes(const uint32_t *syndromes, uint32_t capacity, const struct bag *likely,
			   const struct bag *expected)
{
	struct bag found = { .count = 0 }, sorted = *expected;

	sort_bag(&sorted);
	assert_int_equal(decode(&found, syndromes, capacity, likely), SKETCH_OK);
	assert_int_equal(found.count, sorted.count);
	assert_memory_equal(found.elements, sorted.elements, sorted.count * sizeof sorted.elements[0]);
}

/* What libminisketch wrote. */

struct vector {
	uint32_t capacity;
	int decoded; /* elements; below 0: overfull */
	struct bag common, only_a, only_b;
	uint8_t sketch_a[4 * SKETCH_CAPACITY_MAX], sketch_b[4 * SKETCH_CAPACITY_MAX], merged[4 * SKETCH_CAPACITY_MAX];
};

static void read_elements(struct bag *bag, const char *text)
{
	char *end;

	for (bag->count = 0;; text = end) {
		unsigned long element = strtoul(text, &end, 10);

		if (end == text)
			return;
		bag->elements[bag->count++] = (uint32_t)element;
	}
}

static void read_hex(uint8_t *bytes, size_t size, const char *text)
{
	for (size_t i = 0; i < size; i++) {
		unsigned int byte;

		assert_int_equal(sscanf(text + 2 * i, "%2x", &byte), 1);
		bytes[i] = (uint8_t)byte;
	}
}

static void read_field(struct vector *v, const char *name, const char *value)
{
	size_t size = (size_t)v->capacity * SKETCH_SYNDROME_SIZE;

	if (!strcmp(name, "capacity") || !strcmp(name, "overfull_capacity"))
		*v = (struct vector){ .capacity = (uint32_t)strtoul(value, NULL, 10) };
	else if (!strcmp(name, "common"))
		read_elements(&v->common, value);
	else if (!strcmp(name, "only_a") || !strcmp(name, "elements"))
		read_elements(&v->only_a, value);
	else if (!strcmp(name, "only_b"))
		read_elements(&v->only_b, value);
	else if (!strcmp(name, "sketch_a") || !strcmp(name, "sketch"))
		read_hex(v->sketch_a, size, value);
	else if (!strcmp(name, "sketch_b"))
		read_hex(v->sketch_b, size, value);
	else if (!strcmp(name, "merged"))
		read_hex(v->merged, size, value);
	else if (!strcmp(name, "decoded"))
		v->decoded = (int)strtol(value, NULL, 10);
	else
		fail_msg("no such field: %s", name);
}

static struct bag joined(const struct bag *a, const struct bag *b)
{
	struct bag all = *a;

	memcpy(all.elements + all.count, b->elements, b->count * sizeof b->elements[0]);
	all.count += b->count;
	return all;
}

static void assert_bytes(const uint32_t *syndromes, uint32_t count, const uint8_t *expected)
{
	uint8_t bytes[4 * SKETCH_CAPACITY_MAX];
	struct writer w = writer_init(bytes, sizeof bytes);

	sketch_write(&w, syndromes, count);
	assert_true(w.ok);
	assert_int_equal(w.size, count * SKETCH_SYNDROME_SIZE);
	assert_memory_equal(bytes, expected, w.size);
}

/* libminisketch decodes a full sketch too; ours keeps one syndrome to spare and calls it overfull. */
static void check_vector(const struct vector *v)
{
	uint32_t a[SKETCH_CAPACITY_MAX], b[SKETCH_CAPACITY_MAX], merged[SKETCH_CAPACITY_MAX];
	struct bag all_a = joined(&v->common, &v->only_a), all_b = joined(&v->common, &v->only_b);
	struct bag difference = joined(&v->only_a, &v->only_b), none;
	struct reader r = reader_init((struct view){ v->merged, v->capacity * SKETCH_SYNDROME_SIZE });

	sketch_of(a, v->capacity, &all_a);
	assert_bytes(a, v->capacity, v->sketch_a);
	if (v->decoded < 0) {
		assert_int_equal(decode(&none, a, v->capacity, NULL), SKETCH_OVERFULL);
		return;
	}
	sketch_of(b, v->capacity, &all_b);
	assert_bytes(b, v->capacity, v->sketch_b);
	sketch_merge(a, b, v->capacity);
	assert_bytes(a, v->capacity, v->merged);
	sketch_read(merged, v->capacity, &r);
	assert_true(r.ok && r.rest.size == 0);
	assert_int_equal(v->decoded, difference.count);
	if (difference.count < v->capacity)
		assert_decodes(merged, v->capacity, NULL, &difference);
	else
		assert_int_equal(decode(&none, merged, v->capacity, NULL), SKETCH_OVERFULL);
}

static void decodes_what_the_reference_wrote(void **state)
{
	FILE *file = fopen(SOURCE_DIR "/tests/data/minisketch32.txt", "r");
	struct vector v = { .capacity = 0 };
	char line[LINE_SIZE], name[32];
	uint32_t count = 0;

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		int at = 0;

		if (line[0] == '#' || sscanf(line, "%31s %n", name, &at) != 1)
			continue;
		read_field(&v, name, line + at);
		if (!strcmp(name, "decoded")) {
			check_vector(&v);
			count++;
		}
	}
	fclose(file);
	assert_int_equal(count, 31);
}

/* Adding. */

static void adds_power_sums(void **state)
{
	static const struct {
		uint32_t first, count, elements;
	} rows[] = { { 0, 1, 1 }, { 0, 2, 1 }, { 0, 64, 3 }, { 1, 1, 5 }, { 0, 0, 5 }, { 7, 12, 9 }, { 63, 65, 2 } };
	uint64_t seed = first_seed();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct bag bag = roll_bag(&seed, rows[i].elements);
		uint32_t sums[SYNDROMES_MAX] = { 0 }, expected[SYNDROMES_MAX] = { 0 };

		bag.elements[0] = i % 2 ? 1 : UINT32_MAX;
		naive_add(expected, rows[i].first + rows[i].count, &bag);
		sketch_add(sums, rows[i].first, rows[i].count, bag.elements, bag.count);
		assert_memory_equal(sums, expected + rows[i].first, rows[i].count * sizeof sums[0]);
		sketch_add(sums, rows[i].first, rows[i].count, bag.elements, bag.count);
		memset(expected, 0, sizeof expected);
		assert_memory_equal(sums, expected, sizeof sums);
	}
}

static void extends_by_the_later_syndromes_alone(void **state)
{
	uint64_t seed = first_seed();

	(void)state;
	for (uint32_t known = 0; known <= SKETCH_CAPACITY_MAX; known++) {
		struct bag bag = roll_bag(&seed, 1 + roll_below(&seed, 60));
		uint32_t direct[SKETCH_CAPACITY_MAX], extended[SKETCH_CAPACITY_MAX] = { 0 };

		sketch_of(direct, SKETCH_CAPACITY_MAX, &bag);
		sketch_add(extended, 0, known, bag.elements, bag.count);
		assert_memory_equal(extended, direct, known * sizeof direct[0]);
		sketch_add(extended + known, known, SKETCH_CAPACITY_MAX - known, bag.elements, bag.count);
		assert_memory_equal(extended, direct, sizeof direct);
	}
}

static void never_takes_the_element_0(void **state)
{
	const uint32_t zero = 0;
	uint32_t syndrome = 0;
	int status;
	pid_t child = fork();

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		fclose(stderr);
		sketch_add(&syndrome, 0, 1, &zero, 1);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static void short_bytes_are_noticed(void **state)
{
	uint8_t bytes[11] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct reader r = reader_init((struct view){ bytes, sizeof bytes });
	struct writer w = writer_init(bytes, sizeof bytes);
	uint32_t syndromes[3];

	(void)state;
	sketch_read(syndromes, 2, &r);
	assert_true(r.ok);
	assert_int_equal(syndromes[0], 0x04030201);
	assert_int_equal(syndromes[1], 0x08070605);
	sketch_read(syndromes, 1, &r);
	assert_false(r.ok);
	sketch_write(&w, syndromes, 3);
	assert_false(w.ok);
}

/* Decoding. */

/* Two sets that share some elements; of the others each belongs to one of the two by chance. */
static void check_difference(uint64_t seed, uint32_t capacity, uint32_t different)
{
	struct bag all = roll_bag(&seed, different + 20), a = { .count = 0 }, b = { .count = 0 }, difference, none;
	uint32_t sums_a[SKETCH_CAPACITY_MAX], sums_b[SKETCH_CAPACITY_MAX];

	for (uint32_t i = 0; i < all.count; i++) {
		uint32_t side = i < different ? roll_below(&seed, 2) : 2;

		if (side != 1)
			a.elements[a.count++] = all.elements[i];
		if (side != 0)
			b.elements[b.count++] = all.elements[i];
	}
	difference = naive_difference(&a, &b);
	assert_int_equal(difference.count, different);
	sketch_of(sums_a, capacity, &a);
	sketch_of(sums_b, capacity, &b);
	sketch_merge(sums_a, sums_b, capacity);
	if (different >= capacity) {
		assert_int_equal(decode(&none, sums_a, capacity, NULL), SKETCH_OVERFULL);
		assert_int_equal(decode(&none, sums_a, capacity, &a), SKETCH_OVERFULL);
		return;
	}
	assert_decodes(sums_a, capacity, NULL, &difference);
	assert_decodes(sums_a, capacity, &a, &difference);
	assert_decodes(sums_a, capacity, &difference, &difference);
}

static void finds_every_difference_that_fits(void **state)
{
	uint64_t seed = first_seed();

	(void)state;
	for (uint32_t capacity = 1; capacity <= SKETCH_CAPACITY_MAX; capacity++)
		for (uint32_t different = 0; different <= capacity + 3; different++)
			for (uint32_t round = 0; round < 4; round++)
				check_difference(roll(&seed), capacity, different);
}

static void says_overfull_when_it_is(void **state)
{
	uint64_t seed = first_seed();

	(void)state;
	for (uint32_t round = 0; round < 20000; round++) {
		uint32_t capacity = 1 + roll_below(&seed, 12), different = capacity + roll_below(&seed, 100);
		struct bag bag = roll_bag(&seed, different), none;
		uint32_t sums[SKETCH_CAPACITY_MAX];

		sketch_of(sums, capacity, &bag);
		assert_int_equal(decode(&none, sums, capacity, NULL), SKETCH_OVERFULL);
	}
}

/* Right, wrong, doubled, and 0, in any mixture: hints change nothing but the work. */
static void any_candidates_give_the_same(void **state)
{
	uint64_t seed = first_seed();

	(void)state;
	for (uint32_t round = 0; round < 3000; round++) {
		uint32_t capacity = 1 + roll_below(&seed, SKETCH_CAPACITY_MAX);
		struct bag bag = roll_bag(&seed, roll_below(&seed, capacity)), likely = { .count = 0 };
		uint32_t sums[SKETCH_CAPACITY_MAX], count = roll_below(&seed, 3 * capacity);

		while (likely.count < count) {
			bool right = bag.count > 0 && roll_below(&seed, 2);

			likely.elements[likely.count++] = right ? bag.elements[roll_below(&seed, bag.count)]
								: roll_element(&seed) & (0 - roll_below(&seed, 2));
		}
		sketch_of(sums, capacity, &bag);
		assert_decodes(sums, capacity, &likely, &bag);
	}
}

/* Bytes that are nobody's sketch: few of them mean something, and what comes out has exactly these syndromes. */
static void what_it_finds_has_these_syndromes(void **state)
{
	uint64_t seed = first_seed();
	uint32_t decoded = 0;

	(void)state;
	for (uint32_t round = 0; round < 20000; round++) {
		uint32_t capacity = 1 + roll_below(&seed, 32), filled = roll_below(&seed, capacity + 1);
		uint32_t sums[SKETCH_CAPACITY_MAX] = { 0 }, again[SKETCH_CAPACITY_MAX];
		struct bag found;

		for (uint32_t i = 0; i < filled; i++)
			sums[i] = roll_below(&seed, 2) ? (uint32_t)roll(&seed) : roll_below(&seed, 3);
		if (decode(&found, sums, capacity, NULL) != SKETCH_OK)
			continue;
		decoded++;
		sketch_of(again, capacity, &found);
		assert_memory_equal(again, sums, capacity * sizeof sums[0]);
	}
	assert_true(decoded > 100);
}

/* The syndromes of whatever roots x^degree + c[0] x^(degree - 1) + ... has, in this field or beyond it (Newton). */
static void sums_of_roots(uint32_t *syndromes, uint32_t capacity, const uint32_t *c, uint32_t degree)
{
	uint32_t sums[2 * SKETCH_CAPACITY_MAX] = { 0 };

	for (uint32_t n = 1; n < 2 * capacity; n++) {
		sums[n] = n % 2 && n <= degree ? c[n - 1] : 0;
		for (uint32_t i = 1; i < n && i <= degree; i++)
			sums[n] ^= naive_product(c[i - 1], sums[n - i]);
		if (n % 2)
			syndromes[n / 2] = sums[n];
	}
}

/* Most polynomials have roots that are no elements: half of degree 2, 5 of 6 of degree 3, nearly all of higher ones. Their
 * sketches look honest until the roots are sought. */
static void roots_beyond_the_field_are_no_elements(void **state)
{
	uint64_t seed = first_seed();
	uint32_t decoded[8] = { 0 };

	(void)state;
	for (uint32_t round = 0; round < 8000; round++) {
		uint32_t degree = 1 + round % 7, capacity = degree + 1 + roll_below(&seed, 4);
		uint32_t c[8], sums[SKETCH_CAPACITY_MAX], again[SKETCH_CAPACITY_MAX];
		struct bag found;

		for (uint32_t i = 0; i < degree; i++)
			c[i] = (uint32_t)roll(&seed);
		sums_of_roots(sums, capacity, c, degree);
		if (decode(&found, sums, capacity, NULL) != SKETCH_OK)
			continue;
		assert_int_equal(found.count, degree);
		decoded[degree]++;
		sketch_of(again, capacity, &found);
		assert_memory_equal(again, sums, capacity * sizeof sums[0]);
	}
	assert_int_equal(decoded[1], 1143);
	assert_in_range(decoded[2], 500, 640);
	assert_in_range(decoded[3], 130, 250);
	assert_in_range(decoded[4], 20, 80);
	assert_in_range(decoded[7], 0, 5);
}

/* Work. */

/* Elements whose traces Tr(x^j * element) are as wished: bit j of `traces`. By elimination. */
static uint32_t element_of_traces(uint32_t traces)
{
	uint64_t rows[32];
	uint32_t element = 0, used = 0;
	uint32_t traces_of_powers[63];

	for (uint32_t n = 0, power = 1; n < 63; n++, power = naive_product(power, 2)) {
		uint32_t sum = 0, square = power;

		for (uint32_t i = 0; i < 32; i++, square = naive_product(square, square))
			sum ^= square;
		traces_of_powers[n] = sum;
	}
	for (uint32_t j = 0; j < 32; j++) {
		rows[j] = (uint64_t)(traces >> j & 1) << 32;
		for (uint32_t i = 0; i < 32; i++)
			rows[j] |= (uint64_t)traces_of_powers[i + j] << i;
	}
	for (uint32_t bit = 0; bit < 32; bit++, used++) {
		uint32_t at = used;
		uint64_t pivot;

		while (!(rows[at] >> bit & 1))
			at++;
		pivot = rows[at];
		rows[at] = rows[used];
		rows[used] = pivot;
		for (uint32_t j = 0; j < 32; j++)
			if (j != used && rows[j] >> bit & 1)
				rows[j] ^= pivot;
	}
	for (uint32_t bit = 0; bit < 32; bit++)
		element |= (uint32_t)(rows[bit] >> 32) << bit;
	return element;
}

static uint32_t work_of(const struct bag *bag, uint32_t capacity, enum sketch_rc *rc)
{
	struct sketch_elements out;
	uint32_t sums[SKETCH_CAPACITY_MAX];

	sketch_of(sums, capacity, bag);
	*rc = sketch_decode(&out, sums, capacity, NULL, 0);
	return out.work;
}

/* One root splits off with each trace; all roots agree in all traces but the last six. Neither takes much more work than
 * elements that nobody chose, which all decode. */
static void chosen_elements_cost_no_more(void **state)
{
	uint64_t seed = first_seed();

	(void)state;
	for (uint32_t capacity = 8; capacity <= SKETCH_CAPACITY_MAX; capacity += 8) {
		struct bag one_by_one = { .count = 0 }, alike = { .count = 0 };
		uint64_t honest = 0;
		enum sketch_rc rc;

		for (uint32_t round = 0; round < 100; round++) {
			struct bag bag = roll_bag(&seed, capacity - 1);

			honest += work_of(&bag, capacity, &rc);
			assert_int_equal(rc, SKETCH_OK);
		}
		honest /= 100;
		for (uint32_t i = 0; i < capacity - 1; i++) {
			if (i < 32)
				one_by_one.elements[one_by_one.count++] = element_of_traces(1u << i);
			alike.elements[alike.count++] = element_of_traces((i + 1) << 26);
		}
		print_message("capacity %u: honest %llu, one by one %u, alike %u, at most %u\n", capacity,
			      (unsigned long long)honest, work_of(&one_by_one, capacity, &rc),
			      work_of(&alike, capacity, &rc), sketch_work_max(capacity));
		assert_true(work_of(&one_by_one, capacity, &rc) <= sketch_work_max(capacity));
		assert_true(work_of(&alike, capacity, &rc) <= sketch_work_max(capacity));
		assert_true(capacity < 16 || sketch_work_max(capacity) <= 3 * honest);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_what_the_reference_wrote),
		cmocka_unit_test(adds_power_sums),
		cmocka_unit_test(extends_by_the_later_syndromes_alone),
		cmocka_unit_test(never_takes_the_element_0),
		cmocka_unit_test(short_bytes_are_noticed),
		cmocka_unit_test(finds_every_difference_that_fits),
		cmocka_unit_test(says_overfull_when_it_is),
		cmocka_unit_test(any_candidates_give_the_same),
		cmocka_unit_test(what_it_finds_has_these_syndromes),
		cmocka_unit_test(roots_beyond_the_field_are_no_elements),
		cmocka_unit_test(chosen_elements_cost_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
