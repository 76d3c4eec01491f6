/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* PinSketch over GF(2^32): what two sets of 32-bit elements do not share, in 4 bytes a difference (Dodis, Ostrovsky,
 * Reyzin, Smith, "Fuzzy Extractors", 2008, section 6). Bit-compatible with libminisketch's field of 32 bits.
 *
 * A sketch is the odd power sums of its elements, called syndromes, modulo x^32 + x^7 + x^3 + x^2 + 1. Two sketches
 * XORed are the sketch of the symmetric difference; the first syndromes of a long sketch are a short one.
 *
 *   syndromes   [ sum e | sum e^3 | sum e^5 | ... ]    each 4 bytes, little endian when written
 *   ours XOR theirs -> Berlekamp-Massey -> locator -> its roots = the elements that one side lacks
 *
 * Pure: no memory but the caller's and the stack, no global, no chance; the same bytes give the same result. May run on
 * several threads at once. Decoding uses at most 160 KiB of stack, touched only as far as the capacity needs. */
#ifndef AIDMESH_SYNC_SET_SKETCH_H
#define AIDMESH_SYNC_SET_SKETCH_H

#include "proto/bytes.h"

enum {
	SKETCH_CAPACITY_MAX = 64, /* syndromes that one decode takes */
	SKETCH_SYNDROME_SIZE = 4, /* bytes of one when written */
};

enum sketch_rc {
	SKETCH_OK = 0,
	SKETCH_OVERFULL = -1, /* more differences than fit, or no sketch at all: ask for more syndromes or less range */
};

/* Adds each element to syndromes number first .. first + count - 1, which stand in syndromes[0..count); number i sums
 * element^(2i + 1). Adding an element again takes it out. No element is 0 (asserted), which no sketch could show. */
void sketch_add(uint32_t *syndromes, uint32_t first, uint32_t count, const uint32_t *elements, uint32_t element_count);

/* into XOR other: the sketch of what is in one of the two sets alone. */
void sketch_merge(uint32_t *into, const uint32_t *other, uint32_t count);

/* As bytes. Where they do not fit or end early, the cursor is no longer `ok`. */
void sketch_write(struct writer *w, const uint32_t *syndromes, uint32_t count);
void sketch_read(uint32_t *syndromes, uint32_t count, struct reader *r);

/* What a sketch holds: distinct elements, none 0, in no order that means anything. */
struct sketch_elements {
	uint32_t count; /* below the capacity */
	uint32_t elements[SKETCH_CAPACITY_MAX - 1];
	uint32_t work; /* products in the field that it took, set whatever the result; see sketch_work_max */
};

/* The elements whose first `capacity` syndromes (1..SKETCH_CAPACITY_MAX, asserted) these are, if they are fewer than
 * `capacity`: the last syndrome is the check. An overfull sketch passes for another one once in 2^32 times
 * (capacity - 1)!. What comes out always has exactly these syndromes, so a sketch that lies can only name elements
 * that do not exist.
 *
 * `candidates` may hold elements that are likely among them, in any order, twice or wrong: the result is the same set,
 * found sooner when many are right. None: 0. Those beyond 2 * capacity are not looked at.
 *
 * SKETCH_OVERFULL leaves count and elements untouched. The work is bounded by the capacity whatever the bytes are. */
enum sketch_rc sketch_decode(struct sketch_elements *out, const uint32_t *syndromes, uint32_t capacity,
			     const uint32_t *candidates, uint32_t candidate_count) __attribute__((warn_unused_result));

/* No decode of that capacity takes more products, honest or not. */
uint32_t sketch_work_max(uint32_t capacity);

#endif
