/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "proto/bits.h"

#include <assert.h>

struct bit_reader bit_reader_init(struct view bytes)
{
	assert(bytes.data != NULL || bytes.size == 0);
	return (struct bit_reader){ .bytes = bytes, .ok = true };
}

struct bit_writer bit_writer_init(uint8_t *data, size_t cap)
{
	assert(data != NULL || cap == 0);
	return (struct bit_writer){ .data = data, .cap = cap, .ok = true };
}

uint32_t bits_read(struct bit_reader *r, unsigned width)
{
	uint32_t value = 0;

	assert(width <= 32 && r->at <= 8 * r->bytes.size);
	if (!r->ok || width > 8 * r->bytes.size - r->at) {
		r->ok = false;
		return 0;
	}
	for (unsigned i = 0; i < width; i++, r->at++)
		value |= (uint32_t)(r->bytes.data[r->at / 8] >> r->at % 8 & 1) << i;
	return value;
}

void bits_write(struct bit_writer *w, uint32_t value, unsigned width)
{
	assert(width <= 32 && w->at <= 8 * w->cap);
	if (!w->ok || width > 8 * w->cap - w->at) {
		w->ok = false;
		return;
	}
	for (unsigned i = 0; i < width; i++, w->at++) {
		if (w->at % 8 == 0)
			w->data[w->at / 8] = 0;
		w->data[w->at / 8] |= (uint8_t)((value >> i & 1) << w->at % 8);
	}
}

uint32_t bits_read_gamma(struct bit_reader *r)
{
	unsigned zeros = 0;

	while (r->ok && !bits_read(r, 1))
		zeros++;
	if (zeros > 31)
		r->ok = false;
	return r->ok ? 1u << zeros | bits_read(r, zeros) : 0;
}

void bits_write_gamma(struct bit_writer *w, uint32_t value)
{
	unsigned zeros = 0;

	assert(value);
	while (value >> zeros > 1)
		zeros++;
	bits_write(w, 0, zeros);
	bits_write(w, 1, 1);
	bits_write(w, value & ((1u << zeros) - 1), zeros);
}

uint32_t bits_read_rice(struct bit_reader *r, unsigned width, uint32_t ones_max)
{
	uint32_t ones = 0;

	assert(width < 32 && ones_max <= UINT32_MAX >> width);
	while (bits_read(r, 1))
		if (++ones > ones_max)
			r->ok = false;
	return ones << width | bits_read(r, width);
}

void bits_write_rice(struct bit_writer *w, uint32_t value, unsigned width)
{
	assert(width < 32);
	for (uint32_t ones = value >> width; ones && w->ok; ones--)
		bits_write(w, 1, 1);
	bits_write(w, 0, 1);
	bits_write(w, value & ((1u << width) - 1), width);
}

size_t bits_size(const struct bit_writer *w)
{
	assert(w->at <= 8 * w->cap);
	return (w->at + 7) / 8;
}
