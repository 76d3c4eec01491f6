/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "proto/bytes.h"

#include <assert.h>
#include <string.h>

struct reader reader_init(struct view bytes)
{
	return (struct reader){ .rest = bytes, .ok = true };
}

struct view read_bytes(struct reader *r, size_t size)
{
	if (!r->ok || size > r->rest.size) {
		r->ok = false;
		return (struct view){ 0 };
	}
	struct view taken = { .data = r->rest.data, .size = size };
	r->rest.data += size;
	r->rest.size -= size;
	return taken;
}

static uint64_t read_little_endian(struct reader *r, size_t size)
{
	struct view bytes = read_bytes(r, size);
	uint64_t value = 0;
	assert(size <= sizeof value);
	for (size_t i = bytes.size; i > 0; i--)
		value = value << 8 | bytes.data[i - 1];
	return value;
}

uint8_t read_u8(struct reader *r)
{
	return (uint8_t)read_little_endian(r, 1);
}

uint16_t read_u16(struct reader *r)
{
	return (uint16_t)read_little_endian(r, 2);
}

uint32_t read_u32(struct reader *r)
{
	return (uint32_t)read_little_endian(r, 4);
}

uint64_t read_u64(struct reader *r)
{
	return read_little_endian(r, 8);
}

uint32_t read_varint(struct reader *r)
{
	uint64_t value = 0;
	for (unsigned shift = 0; shift < 35; shift += 7) {
		uint8_t byte = read_u8(r);
		value |= (uint64_t)(byte & 0x7F) << shift;
		if (byte & 0x80)
			continue;
		if ((shift && !byte) || value > UINT32_MAX)
			break;
		return (uint32_t)value;
	}
	r->ok = false;
	r->rest = (struct view){ 0 };
	return 0;
}

struct writer writer_init(uint8_t *data, size_t cap)
{
	return (struct writer){ .data = data, .cap = cap, .ok = true };
}

size_t writer_room(const struct writer *w)
{
	assert(w->size <= w->cap);
	return w->ok ? w->cap - w->size : 0;
}

void write_bytes(struct writer *w, const void *bytes, size_t size)
{
	if (!w->ok || size > w->cap - w->size) {
		w->ok = false;
		return;
	}
	if (size > 0)
		memcpy(w->data + w->size, bytes, size);
	w->size += size;
}

static void write_little_endian(struct writer *w, uint64_t value, size_t size)
{
	uint8_t bytes[8];
	assert(size <= sizeof bytes);
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(value >> (8 * i));
	write_bytes(w, bytes, size);
}

void write_u8(struct writer *w, uint8_t value)
{
	write_little_endian(w, value, 1);
}

void write_u16(struct writer *w, uint16_t value)
{
	write_little_endian(w, value, 2);
}

void write_u32(struct writer *w, uint32_t value)
{
	write_little_endian(w, value, 4);
}

void write_u64(struct writer *w, uint64_t value)
{
	write_little_endian(w, value, 8);
}

void write_varint(struct writer *w, uint64_t value)
{
	uint8_t bytes[10];
	size_t size = 0;
	for (; value >= 0x80; value >>= 7)
		bytes[size++] = (uint8_t)(value | 0x80);
	assert(size < sizeof bytes);
	bytes[size++] = (uint8_t)value;
	write_bytes(w, bytes, size);
}
