/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as a sketch and as candidates: what is decoded has exactly these syndromes, whatever was guessed, and never
 * took more work than its capacity allows. */
#include <assert.h>
#include <string.h>

#include "sync/set/sketch.h"

enum { CANDIDATES_MAX = 2 * SKETCH_CAPACITY_MAX };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_elements(const struct sketch_elements *found, const uint32_t *syndromes, uint32_t capacity)
{
	uint32_t again[SKETCH_CAPACITY_MAX] = { 0 };

	assert(found->count < capacity);
	for (uint32_t i = 0; i < found->count; i++) {
		assert(found->elements[i] != 0);
		for (uint32_t j = 0; j < i; j++)
			assert(found->elements[i] != found->elements[j]);
	}
	sketch_add(again, 0, capacity, found->elements, found->count);
	assert(memcmp(again, syndromes, capacity * sizeof again[0]) == 0);
}

/* Without candidates and with them. */
static void check(const uint32_t *syndromes, uint32_t capacity, const uint32_t *candidates, uint32_t candidate_count)
{
	struct sketch_elements found, guessed;
	enum sketch_rc rc = sketch_decode(&found, syndromes, capacity, NULL, 0);
	enum sketch_rc guessed_rc = sketch_decode(&guessed, syndromes, capacity, candidates, candidate_count);

	assert(found.work <= sketch_work_max(capacity) && guessed.work <= sketch_work_max(capacity));
	if (rc == SKETCH_OK)
		check_elements(&found, syndromes, capacity);
	if (guessed_rc == SKETCH_OK)
		check_elements(&guessed, syndromes, capacity);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_init((struct view){ .data = data, .size = size });
	uint32_t capacity = 1 + read_u8(&r) % SKETCH_CAPACITY_MAX, candidate_count = 0;
	uint32_t syndromes[SKETCH_CAPACITY_MAX], honest[SKETCH_CAPACITY_MAX] = { 0 }, candidates[CANDIDATES_MAX];

	sketch_read(syndromes, capacity, &r);
	while (candidate_count < CANDIDATES_MAX && r.ok && r.rest.size >= SKETCH_SYNDROME_SIZE)
		candidates[candidate_count++] = read_u32(&r);
	check(syndromes, capacity, candidates, candidate_count);
	/* Chance hardly ever makes a sketch that means something: the same numbers as elements do. */
	for (uint32_t i = 0; i < capacity; i++)
		if (syndromes[i] != 0)
			sketch_add(honest, 0, capacity, &syndromes[i], 1);
	check(honest, capacity, syndromes, capacity);
	return 0;
}
