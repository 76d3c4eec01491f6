/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The set as one series of a comparison sees it: the elements of all entries within the epochs that both sides keep, in
 * ascending order. It is a snapshot: what comes or goes meanwhile does not change it, so that the parts of a series fit
 * together. Elements that occur twice cancel each other in a sketch, so they are left out here as well.
 *
 * Pure; memory from the caller's arena. */
#ifndef AIDMESH_SYNC_SET_ELEMENT_INDEX_H
#define AIDMESH_SYNC_SET_ELEMENT_INDEX_H

#include "sync/set/set.h"

struct element_index_item {
	uint32_t element;
	uint32_t slot; /* it may have left the set since */
};

struct element_index {
	uint32_t count;
	struct element_index_item *items;
	struct salt salt;
};

void element_index_memory(struct element_index *elements, struct arena *arena, uint32_t entries_max);
/* Costs a hash and about a dozen steps of sorting for each entry. */
void element_index_build(struct element_index *elements, const struct set *set, const struct salt *salt,
			 struct days days);

/* The first rank whose element is at least `element`. */
uint32_t element_index_rank(const struct element_index *elements, uint32_t element);
/* A bucket's ranks: from *first to below *end. */
void element_index_bucket(const struct element_index *elements, uint32_t *first, uint32_t *end, uint32_t buckets,
			  uint32_t bucket);
/* The slot at a rank, if what was there still is; else SET_NONE. */
uint32_t element_index_slot(const struct element_index *elements, const struct set *set, uint32_t rank);

/* Adds a bucket's syndromes number from..to-1 into `syndromes`, which the caller cleared. */
void element_index_sketch(const struct element_index *elements, uint32_t *syndromes, uint32_t from, uint32_t to,
			  uint32_t buckets, uint32_t bucket);

/* How large is a difference? Each side cuts a hash of its elements into cells and says whether it has an even or an odd
 * number in each: two sides that differ in d elements differ in about as many cells while there are many more cells
 * than that. The probe's first 16 bytes are about all elements, then four times 2 bytes about an eighth of
 * what went before. */
void element_index_parity_probe(const struct element_index *elements, uint8_t parity[PROBE_PARITY_SIZE]);
uint32_t element_index_estimate_probe(const uint8_t a[PROBE_PARITY_SIZE], const uint8_t b[PROBE_PARITY_SIZE]);
/* `size` bytes about one of 2^level elements. */
void element_index_parity(const struct element_index *elements, uint8_t *parity, size_t size, uint8_t level);
uint32_t element_index_estimate(const uint8_t *a, const uint8_t *b, size_t size, uint8_t level);

#endif
