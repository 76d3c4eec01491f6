/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Frames: what travels between two engines on any carrier. A frame is a two-byte head and one of four messages.
 *
 *   head    = magic (0xAD) || kind
 *   HELLO   = salt 8 || for each retention class: lowest epoch 2, highest epoch 2
 *   RANGES  = range*        range = from point 11 || to point 11 || mode 1 || what the mode carries
 *   SUMMARY = count 4 || fingerprint 16           of the whole set, within the epochs that both keep
 *   ENTRIES = (size 1 || entry bytes)*
 *
 * All numbers little endian, but a point's prefix, which is in the order of ids. Pure; borrowed bytes only. */
#ifndef AIDMESH_PROTO_FRAME_H
#define AIDMESH_PROTO_FRAME_H

#include "proto/entry.h"

enum { FRAME_MAGIC = 0xAD, FRAME_SALT_SIZE = 8, FINGERPRINT_SIZE = 16, ELEMENT_SIZE = 8, POINT_SIZE = 11 };
enum { HELLO_SIZE = FRAME_HEAD_SIZE + FRAME_SALT_SIZE + RETENTION_COUNT * 4 };
enum { RANGE_HEAD_SIZE = 2 * POINT_SIZE + 1, RANGE_ELEMENTS_MAX = 1024 };

enum frame_kind { FRAME_HELLO = 1, FRAME_RANGES = 2, FRAME_SUMMARY = 3, FRAME_ENTRIES = 4 };

enum frame_rc {
	FRAME_OK = 0,
	FRAME_E_FOREIGN = -1,   /* not ours: another network's bytes, or a later version */
	FRAME_E_MALFORMED = -2, /* ours, and wrong */
};

/* Reads the head; `rest` is what follows it, borrowed from `bytes`. */
enum frame_rc frame_open(enum frame_kind *kind, struct view *rest, struct view bytes)
	__attribute__((warn_unused_result));
void frame_begin(struct writer *w, enum frame_kind kind);

/* A salt for every session, so that nobody can grind collisions: both sides' halves, the dialling side's first. */
struct salt {
	uint8_t bytes[16];
};

/* The epochs of one class that a node keeps, both ends included. */
struct window {
	uint16_t low;
	uint16_t high;
};

struct frame_hello {
	uint8_t salt_half[FRAME_SALT_SIZE];
	struct window windows[RETENTION_COUNT];
};

void frame_hello_write(struct writer *w, const struct frame_hello *hello);
enum frame_rc frame_hello_read(struct frame_hello *hello, struct view rest) __attribute__((warn_unused_result));

/* A place in the set's order: (retention class, epoch, first 8 bytes of the id as a big-endian number). */
struct point {
	uint8_t retention;
	uint16_t epoch;
	uint64_t prefix;
};

int point_compare(struct point a, struct point b);
/* The whole order: from POINT_FIRST up to, not including, POINT_END. */
#define POINT_FIRST ((struct point){ .retention = 0, .epoch = 0, .prefix = 0 })
#define POINT_END ((struct point){ .retention = RETENTION_COUNT, .epoch = 0, .prefix = 0 })

/* Order-independent: the sum mod 2^128 of SipHash-128(salt, id). */
struct fingerprint {
	uint8_t bytes[FINGERPRINT_SIZE];
};

struct fingerprint fingerprint_zero(void);
void fingerprint_add(struct fingerprint *sum, const struct salt *salt, const struct entry_id *id);
bool fingerprint_equal(const struct fingerprint *a, const struct fingerprint *b);
/* What stands for an id inside a session; never an identity. */
uint64_t element_of(const struct salt *salt, const struct entry_id *id);

enum range_mode {
	RANGE_FINGERPRINT = 0, /* count 4 || fingerprint 16: this is what I hold there */
	RANGE_LIST = 1,        /* count 2 || elements 8 each: all that I hold there, one by one */
	RANGE_WANT = 2,        /* count 2 || elements 8 each: send me these */
};

struct range {
	struct point from;
	struct point to; /* not included */
	enum range_mode mode;
	uint32_t count;
	struct fingerprint fingerprint; /* RANGE_FINGERPRINT */
	struct view elements;           /* RANGE_LIST, RANGE_WANT: count * ELEMENT_SIZE bytes, borrowed */
};

/* Bytes that the range takes in a frame. */
size_t range_size(enum range_mode mode, uint32_t count);
/* A list's elements follow by write_u64, `count` of them. */
void frame_range_write(struct writer *w, const struct range *range);
/* Takes the next range from the front of `rest`. FRAME_E_MALFORMED: from after to, too many elements, cut off. */
enum frame_rc frame_range_read(struct range *range, struct view *rest) __attribute__((warn_unused_result));
uint64_t range_element(const struct range *range, uint32_t index);

struct frame_summary {
	uint32_t count;
	struct fingerprint fingerprint;
};

void frame_summary_write(struct writer *w, const struct frame_summary *summary);
enum frame_rc frame_summary_read(struct frame_summary *summary, struct view rest) __attribute__((warn_unused_result));

void frame_entry_write(struct writer *w, struct view entry);
/* Takes the next entry from the front of `rest`; its bytes are borrowed. Only sizes are checked. */
enum frame_rc frame_entry_read(struct view *entry, struct view *rest) __attribute__((warn_unused_result));

#endif
