/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "proto/frame.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static_assert(crypto_shorthash_siphashx24_BYTES == FINGERPRINT_SIZE, "SipHash-128");
static_assert(crypto_shorthash_siphashx24_KEYBYTES == sizeof(struct salt), "SipHash's key");
static_assert(crypto_shorthash_siphash24_BYTES == ELEMENT_SIZE, "SipHash-64");
static_assert(crypto_shorthash_siphash24_KEYBYTES == sizeof(struct salt), "SipHash's key");
static_assert(ENTRY_SIZE_MAX <= UINT8_MAX, "an entry's size is one byte");

enum frame_rc frame_open(enum frame_kind *kind, struct view *rest, struct view bytes)
{
	struct reader r = reader_init(bytes);
	uint8_t magic = read_u8(&r);
	uint8_t found = read_u8(&r);
	if (!r.ok || magic != FRAME_MAGIC || found < FRAME_HELLO || found > FRAME_ENTRIES)
		return FRAME_E_FOREIGN;
	*kind = found;
	*rest = r.rest;
	return FRAME_OK;
}

void frame_begin(struct writer *w, enum frame_kind kind)
{
	write_u8(w, FRAME_MAGIC);
	write_u8(w, (uint8_t)kind);
}

void frame_hello_write(struct writer *w, const struct frame_hello *hello)
{
	write_bytes(w, hello->salt_half, sizeof(hello->salt_half));
	for (size_t i = 0; i < RETENTION_COUNT; i++) {
		write_u16(w, hello->windows[i].low);
		write_u16(w, hello->windows[i].high);
	}
}

enum frame_rc frame_hello_read(struct frame_hello *hello, struct view rest)
{
	struct reader r = reader_init(rest);
	struct frame_hello found;
	struct view salt_half = read_bytes(&r, sizeof(found.salt_half));
	bool ordered = true;
	for (size_t i = 0; i < RETENTION_COUNT; i++) {
		found.windows[i].low = read_u16(&r);
		found.windows[i].high = read_u16(&r);
		ordered = ordered && found.windows[i].low <= found.windows[i].high;
	}
	if (!r.ok || r.rest.size != 0 || !ordered)
		return FRAME_E_MALFORMED;
	memcpy(found.salt_half, salt_half.data, sizeof(found.salt_half));
	*hello = found;
	return FRAME_OK;
}

int point_compare(struct point a, struct point b)
{
	if (a.retention != b.retention)
		return a.retention < b.retention ? -1 : 1;
	if (a.epoch != b.epoch)
		return a.epoch < b.epoch ? -1 : 1;
	return (a.prefix > b.prefix) - (a.prefix < b.prefix);
}

static uint64_t byte_swap(uint64_t value)
{
	uint64_t swapped = 0;
	for (int i = 0; i < 8; i++, value >>= 8)
		swapped = swapped << 8 | (value & 0xFF);
	return swapped;
}

static void point_write(struct writer *w, struct point point)
{
	write_u8(w, point.retention);
	write_u16(w, point.epoch);
	write_u64(w, byte_swap(point.prefix));
}

static struct point point_read(struct reader *r)
{
	struct point point = { .retention = read_u8(r) };
	point.epoch = read_u16(r);
	point.prefix = byte_swap(read_u64(r));
	return point;
}

struct fingerprint fingerprint_zero(void)
{
	return (struct fingerprint){ { 0 } };
}

void fingerprint_add(struct fingerprint *sum, const struct salt *salt, const struct entry_id *id)
{
	uint8_t hash[FINGERPRINT_SIZE];
	crypto_shorthash_siphashx24(hash, id->bytes, sizeof(id->bytes), salt->bytes);
	unsigned carry = 0;
	for (size_t i = 0; i < FINGERPRINT_SIZE; i++) {
		carry += (unsigned)sum->bytes[i] + hash[i];
		sum->bytes[i] = (uint8_t)carry;
		carry >>= 8;
	}
}

bool fingerprint_equal(const struct fingerprint *a, const struct fingerprint *b)
{
	return memcmp(a->bytes, b->bytes, FINGERPRINT_SIZE) == 0;
}

uint64_t element_of(const struct salt *salt, const struct entry_id *id)
{
	uint8_t hash[ELEMENT_SIZE];
	crypto_shorthash_siphash24(hash, id->bytes, sizeof(id->bytes), salt->bytes);
	struct reader r = reader_init((struct view){ .data = hash, .size = sizeof(hash) });
	return read_u64(&r);
}

size_t range_size(enum range_mode mode, uint32_t count)
{
	switch (mode) {
	case RANGE_FINGERPRINT:
		return RANGE_HEAD_SIZE + sizeof(uint32_t) + FINGERPRINT_SIZE;
	case RANGE_LIST:
	case RANGE_WANT:
		return RANGE_HEAD_SIZE + sizeof(uint16_t) + (size_t)count * ELEMENT_SIZE;
	}
	return 0;
}

void frame_range_write(struct writer *w, const struct range *range)
{
	point_write(w, range->from);
	point_write(w, range->to);
	write_u8(w, (uint8_t)range->mode);
	switch (range->mode) {
	case RANGE_FINGERPRINT:
		write_u32(w, range->count);
		write_bytes(w, range->fingerprint.bytes, FINGERPRINT_SIZE);
		break;
	case RANGE_LIST:
	case RANGE_WANT:
		assert(range->count <= RANGE_ELEMENTS_MAX);
		write_u16(w, (uint16_t)range->count);
		break;
	}
}

/* What the mode carries, from the reader's front. False: cut off, too many, or a mode that is none. */
static bool range_content_read(struct range *range, struct reader *r)
{
	struct view fingerprint;
	switch (range->mode) {
	case RANGE_FINGERPRINT:
		range->count = read_u32(r);
		fingerprint = read_bytes(r, FINGERPRINT_SIZE);
		if (r->ok)
			memcpy(range->fingerprint.bytes, fingerprint.data, FINGERPRINT_SIZE);
		return r->ok;
	case RANGE_LIST:
	case RANGE_WANT:
		range->count = read_u16(r);
		if (range->count > RANGE_ELEMENTS_MAX)
			return false;
		range->elements = read_bytes(r, (size_t)range->count * ELEMENT_SIZE);
		return r->ok;
	}
	return false;
}

enum frame_rc frame_range_read(struct range *range, struct view *rest)
{
	struct reader r = reader_init(*rest);
	struct range found = { .from = point_read(&r) };
	found.to = point_read(&r);
	found.mode = read_u8(&r);
	if (point_compare(found.from, found.to) > 0 || point_compare(found.to, POINT_END) > 0)
		return FRAME_E_MALFORMED;
	if (!range_content_read(&found, &r))
		return FRAME_E_MALFORMED;
	*range = found;
	*rest = r.rest;
	return FRAME_OK;
}

uint64_t range_element(const struct range *range, uint32_t index)
{
	assert(index < range->count);
	struct view bytes = { .data = range->elements.data + (size_t)index * ELEMENT_SIZE, .size = ELEMENT_SIZE };
	struct reader r = reader_init(bytes);
	return read_u64(&r);
}

void frame_summary_write(struct writer *w, const struct frame_summary *summary)
{
	write_u32(w, summary->count);
	write_bytes(w, summary->fingerprint.bytes, FINGERPRINT_SIZE);
}

enum frame_rc frame_summary_read(struct frame_summary *summary, struct view rest)
{
	struct reader r = reader_init(rest);
	struct frame_summary found = { .count = read_u32(&r) };
	struct view fingerprint = read_bytes(&r, FINGERPRINT_SIZE);
	if (!r.ok || r.rest.size != 0)
		return FRAME_E_MALFORMED;
	memcpy(found.fingerprint.bytes, fingerprint.data, FINGERPRINT_SIZE);
	*summary = found;
	return FRAME_OK;
}

void frame_entry_write(struct writer *w, struct view entry)
{
	assert(entry.size >= ENTRY_SIZE_MIN && entry.size <= ENTRY_SIZE_MAX);
	if (writer_room(w) < 1 + entry.size) {
		w->ok = false; /* all of it or nothing */
		return;
	}
	write_u8(w, (uint8_t)entry.size);
	write_bytes(w, entry.data, entry.size);
}

enum frame_rc frame_entry_read(struct view *entry, struct view *rest)
{
	struct reader r = reader_init(*rest);
	struct view found = read_bytes(&r, read_u8(&r));
	if (!r.ok || found.size < ENTRY_SIZE_MIN || found.size > ENTRY_SIZE_MAX)
		return FRAME_E_MALFORMED;
	*entry = found;
	*rest = r.rest;
	return FRAME_OK;
}
