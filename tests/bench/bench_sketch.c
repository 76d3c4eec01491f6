/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What decoding and adding cost beside verifying a signature, in one run. Prints a table; exits with 1 where decoding a
 * difference takes more than its share of the verification that the difference is worth.
 *
 *   capacity   decode, us   us a difference   of a verification
 *
 * Each figure is the median of many runs, and what is compared is measured in turns, since machines do not hold still. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <sodium.h>

#include "sync/set/sketch.h"

enum { RUNS = 301, BATCH = 8, ADDED = 100000, ADD_RUNS = 9, ADD_SYNDROMES = 32, MESSAGE_SIZE = 140 };

#define SHARE_MAX 0.20

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *figures, size_t count)
{
	qsort(figures, count, sizeof *figures, compare_doubles);
	return figures[count / 2];
}

static uint32_t roll_element(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 32) | 1;
}

struct signature {
	uint8_t key[crypto_sign_PUBLICKEYBYTES], bytes[crypto_sign_BYTES], message[MESSAGE_SIZE];
};

static void sign(struct signature *s)
{
	uint8_t seed[crypto_sign_SEEDBYTES] = { 1 }, secret[crypto_sign_SECRETKEYBYTES];

	for (size_t i = 0; i < MESSAGE_SIZE; i++)
		s->message[i] = (uint8_t)i;
	crypto_sign_seed_keypair(s->key, secret, seed);
	crypto_sign_detached(s->bytes, NULL, s->message, MESSAGE_SIZE, secret);
}

static double verify_us(const struct signature *s)
{
	double begun = now_us();

	for (int i = 0; i < BATCH; i++)
		if (crypto_sign_verify_detached(s->bytes, s->message, MESSAGE_SIZE, s->key) != 0)
			abort();
	return (now_us() - begun) / BATCH;
}

/* Full sketches of that capacity: capacity - 1 elements each. */
static double decode_us(uint64_t *seed, uint32_t capacity)
{
	uint32_t syndromes[BATCH][SKETCH_CAPACITY_MAX] = { 0 };
	struct sketch_elements found;
	double begun;

	for (int i = 0; i < BATCH; i++)
		for (uint32_t j = 1; j < capacity; j++) {
			uint32_t element = roll_element(seed);

			sketch_add(syndromes[i], 0, capacity, &element, 1);
		}
	begun = now_us();
	for (int i = 0; i < BATCH; i++)
		if (sketch_decode(&found, syndromes[i], capacity, NULL, 0) != SKETCH_OK || found.count != capacity - 1)
			abort();
	return (now_us() - begun) / BATCH;
}

static int bench_decode(uint64_t *seed, const struct signature *signature)
{
	static const uint32_t capacities[] = { 2, 4, 8, 16, 24, 32, 48, 64 };
	static double decodes[RUNS], verifies[RUNS];
	int failed = 0;

	printf("%-10s %12s %18s %20s\n", "capacity", "decode, us", "us a difference", "of a verification");
	for (size_t i = 0; i < sizeof capacities / sizeof capacities[0]; i++) {
		uint32_t capacity = capacities[i];
		double decode, verify, each;

		for (int run = 0; run < RUNS; run++) {
			decodes[run] = decode_us(seed, capacity);
			verifies[run] = verify_us(signature);
		}
		decode = median(decodes, RUNS);
		verify = median(verifies, RUNS);
		each = decode / (capacity - 1);
		printf("%-10u %12.2f %18.2f %19.1f%%\n", capacity, decode, each, 100 * each / verify);
		failed |= each / verify > SHARE_MAX;
	}
	printf("one verification: %.1f us; limit: %.0f%% of it a difference\n", median(verifies, RUNS),
	       100 * SHARE_MAX);
	return failed;
}

static void bench_add(uint64_t *seed)
{
	static uint32_t elements[ADDED];
	double runs[ADD_RUNS];

	for (size_t i = 0; i < ADDED; i++)
		elements[i] = roll_element(seed);
	for (int run = 0; run < ADD_RUNS; run++) {
		uint32_t syndromes[ADD_SYNDROMES] = { 0 };
		double begun = now_us();

		sketch_add(syndromes, 0, ADD_SYNDROMES, elements, ADDED);
		runs[run] = (now_us() - begun) / 1e3;
	}
	printf("adding %d elements to %d syndromes: %.1f ms\n", ADDED, ADD_SYNDROMES, median(runs, ADD_RUNS));
}

int main(void)
{
	struct signature signature;
	uint64_t seed = 1;
	int failed;

	if (sodium_init() < 0)
		return 2;
	sign(&signature);
	failed = bench_decode(&seed, &signature);
	bench_add(&seed);
	return failed;
}
