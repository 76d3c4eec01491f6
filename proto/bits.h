/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Numbers of a few bits, one behind the other, the lowest bit of a byte first. Pure. */
#ifndef AIDMESH_PROTO_BITS_H
#define AIDMESH_PROTO_BITS_H

#include "proto/bytes.h"

/* Past the end reads give zeros and `ok` is false; writes past the cap are dropped and `ok` is false. */
struct bit_reader {
	struct view bytes;
	size_t at; /* in bits */
	bool ok;
};

struct bit_writer {
	uint8_t *data;
	size_t cap; /* in bytes */
	size_t at;  /* in bits */
	bool ok;
};

struct bit_reader bit_reader_init(struct view bytes);
struct bit_writer bit_writer_init(uint8_t *data, size_t cap);

/* `width` bits, 0..32. */
uint32_t bits_read(struct bit_reader *r, unsigned width);
void bits_write(struct bit_writer *w, uint32_t value, unsigned width);

/* Elias gamma code (1975) of 1..2^31: n zeros, a one, n bits. */
uint32_t bits_read_gamma(struct bit_reader *r);
void bits_write_gamma(struct bit_writer *w, uint32_t value);

/* Rice code (1971): value / 2^width in ones and a zero, then `width` bits. More than `ones_max` ones: not ok. */
uint32_t bits_read_rice(struct bit_reader *r, unsigned width, uint32_t ones_max);
void bits_write_rice(struct bit_writer *w, uint32_t value, unsigned width);

/* Bytes that are begun. */
size_t bits_size(const struct bit_writer *w);

#endif
