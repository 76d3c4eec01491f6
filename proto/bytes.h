/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Borrowed bytes, and the little-endian cursor with which frames are read and written. Pure. */
#ifndef AIDMESH_PROTO_BYTES_H
#define AIDMESH_PROTO_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that belong to someone else. Passed by value; how long they live is said where they are handed over. */
struct view {
	const uint8_t *data;
	size_t size;
};

/* Reads from the front of `rest`. After the first read past the end `ok` is false, every later read gives zeros, and
 * the caller checks once at the end. */
struct reader {
	struct view rest;
	bool ok;
};

struct reader reader_init(struct view bytes);
uint8_t read_u8(struct reader *r);
uint16_t read_u16(struct reader *r);
uint32_t read_u32(struct reader *r);
uint64_t read_u64(struct reader *r);
/* 1 to 5 bytes, seven bits each, the lowest first. Longer than needed, or above 32 bits: not ok. */
uint32_t read_varint(struct reader *r);
/* Borrowed from the bytes being read; empty when they end early. */
struct view read_bytes(struct reader *r, size_t size);

/* Writes into `data`. After the first write past `cap` `ok` is false and nothing more is written. */
struct writer {
	uint8_t *data;
	size_t cap;
	size_t size;
	bool ok;
};

struct writer writer_init(uint8_t *data, size_t cap);
size_t writer_room(const struct writer *w);
void write_u8(struct writer *w, uint8_t value);
void write_u16(struct writer *w, uint16_t value);
void write_u32(struct writer *w, uint32_t value);
void write_u64(struct writer *w, uint64_t value);
void write_varint(struct writer *w, uint64_t value); /* in as few bytes as it takes */
void write_bytes(struct writer *w, const void *bytes, size_t size);

#endif
