/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Frames: what travels between two engines on any carrier. A frame is a two-byte head and one message.
 *
 *   head    = magic (0xAD) || kind
 *
 *   on a link                                                        on a radio
 *   HELLO   = salt half 4 || date 4                                  ENTRY  = entry
 *   SUMMARY = count v || fingerprint 16                              BEACON = salt 4 || what follows 1 || days 2, 4 ||
 *   AGREE   = first 4 bytes of the fingerprint that both hold                 part 0, 2 || from 0, 1 || syndrome 4 *
 *   PROBE   = series 1 || count v || parity 24 || 4 syndromes 4      CALL   = salt 2 || have 1 || holds v, or
 *                                                                             elements 1 || element 3 *; an entry or nothing
 *   ASK     = series 1 || what 1 || what it carries                  ENTRIES, too; entries are packed (pack.h)
 *   SKETCH  = series 1 || buckets v || to 1 || first v || syndrome 4 *
 *   LIST    = series 1 || first v || element 4 *
 *   WANT    = series 1 || buckets v || first v || bits
 *   ENTRIES = (size 1 || entry bytes)*
 *   LEFT    = ahead v || old v || full v || policy v
 *
 * All numbers little endian; v is a number of 1 to 5 bytes, seven bits each, the lowest first. Pure; borrowed bytes
 * only. Each message has a writer and a reader. The reader refuses what breaks a rule of WIRE.md; the writer asserts that
 * its message breaks none, so that no node of ours is refused by another. */
#ifndef AIDMESH_PROTO_FRAME_H
#define AIDMESH_PROTO_FRAME_H

#include "proto/entry.h"

enum { FRAME_MAGIC = 0xAD, SALT_HALF_SIZE = 4, FINGERPRINT_SIZE = 16, ELEMENT_SIZE = 4 };
enum { PROBE_PARITY_SIZE = 24, PROBE_SYNDROMES = 4, ASK_PARITY_MAX = 128 };
/* What comes before a beacon's syndromes, at least and at most. */
enum {
	BEACON_SIZE = FRAME_HEAD_SIZE + 4 + 1 + 2,
	BEACON_SIZE_MAX = BEACON_SIZE + 2 + 2 + 1,
	CALL_SIZE = FRAME_HEAD_SIZE + 2 + 1
};

enum frame_kind {
	FRAME_HELLO = 1,
	FRAME_SUMMARY = 2,
	FRAME_AGREE = 3,
	FRAME_PROBE = 4,
	FRAME_ASK = 5,
	FRAME_SKETCH = 6,
	FRAME_LIST = 7,
	FRAME_WANT = 8,
	FRAME_ENTRIES = 9,
	FRAME_ENTRY = 10,
	FRAME_BEACON = 11,
	FRAME_CALL = 12,
	FRAME_LEFT = 13,
};

enum frame_rc {
	FRAME_OK = 0,
	FRAME_E_FOREIGN = -1,   /* not ours: another network's bytes, or a later version */
	FRAME_E_MALFORMED = -2, /* ours, and wrong */
};

/* Reads the head; `rest` is what follows it, borrowed from `bytes`. */
enum frame_rc frame_open(enum frame_kind *kind, struct view *rest, struct view bytes)
	__attribute__((warn_unused_result));
void frame_begin(struct writer *w, enum frame_kind kind);

/* The key of fingerprints and elements: new for every session and series, so that nobody can grind collisions. */
struct salt {
	uint8_t bytes[16];
};

/* Of a link: both sides' halves, the dialling side's first. Series 0 is the session's own. */
struct salt salt_of_link(const uint8_t dialler[SALT_HALF_SIZE], const uint8_t listener[SALT_HALF_SIZE], uint8_t series);
struct salt salt_of_beacon(uint32_t salt);

/* The epochs that a node keeps: of a class from `today` less the class's days (0: all from the first) to `last`. A
 * guessed clock says 0 and UINT16_MAX. */
struct days {
	uint16_t today;
	uint16_t last;
};

/* The epochs of one class, both ends included; none when low is above high. */
struct window {
	uint16_t low;
	uint16_t high;
};

struct window days_window(struct days days, enum retention retention);
/* What both keep. */
struct days days_both(struct days a, struct days b);
bool days_include(struct days days, enum retention retention, uint16_t epoch);

/* Order-independent: the sum mod 2^128 of SipHash-2-4-128(salt, id), two little-endian halves. */
struct fingerprint {
	uint64_t low, high;
};

void fingerprint_add(struct fingerprint *sum, const struct salt *salt, const struct entry_id *id);
bool fingerprint_equal(const struct fingerprint *a, const struct fingerprint *b);
void fingerprint_write(struct writer *w, const struct fingerprint *fingerprint);
struct fingerprint fingerprint_read(struct reader *r);
/* What stands for an id inside a series, never 0 and never an identity: the first 4 bytes of SipHash-2-4(salt, id). */
uint32_t element_of(const struct salt *salt, const struct entry_id *id);
/* The elements are cut into `buckets` ranges of equal width; which one this is in. */
uint32_t bucket_of(uint32_t element, uint32_t buckets);

/* How good a node's date is, as a HELLO says it. */
enum time_quality {
	TIME_GUESSED = 0,
	TIME_TOLD = 1, /* by neighbours that it trusts */
	TIME_SET = 2,
};

/* What a node keeps that takes `time_s` for now. */
struct days days_of(uint32_t time_s, enum time_quality quality);

/* What the sender keeps follows from its date: days_of. */
struct frame_hello {
	uint8_t salt_half[SALT_HALF_SIZE];
	uint32_t time_s; /* what the sender takes for now, seconds since 2020; read back: a multiple of 4 */
	enum time_quality quality;
};

void frame_hello_write(struct writer *w, const struct frame_hello *hello);
enum frame_rc frame_hello_read(struct frame_hello *hello, struct view rest) __attribute__((warn_unused_result));

/* What a node holds of the epochs that both keep. */
struct frame_summary {
	uint32_t count;
	struct fingerprint fingerprint;
};

void frame_summary_write(struct writer *w, const struct frame_summary *summary);
enum frame_rc frame_summary_read(struct frame_summary *summary, struct view rest) __attribute__((warn_unused_result));
void frame_agree_write(struct writer *w, const struct fingerprint *fingerprint);
/* `mark` is the fingerprint's lowest 4 bytes. */
enum frame_rc frame_agree_read(uint32_t *mark, struct view rest) __attribute__((warn_unused_result));

/* What will not come to be the same on both sides, and why. */
struct frame_left {
	uint32_t ahead;  /* that the sender holds, dated after the other's last day */
	uint32_t old;    /* that the sender holds, dated before the other's days */
	uint32_t full;   /* of the other's entries that the sender has no room for */
	uint32_t policy; /* of the other's entries that are against the sender's rules */
};

void frame_left_write(struct writer *w, const struct frame_left *left);
enum frame_rc frame_left_read(struct frame_left *left, struct view rest) __attribute__((warn_unused_result));

/* Opens a series: what the sender holds, how to guess the size of the difference, and the first syndromes of it all. */
struct frame_probe {
	uint8_t series; /* 1.. */
	uint32_t count; /* elements, those that occur twice left out */
	uint8_t parity[PROBE_PARITY_SIZE];
	uint32_t syndromes[PROBE_SYNDROMES];
};

void frame_probe_write(struct writer *w, const struct frame_probe *probe);
enum frame_rc frame_probe_read(struct frame_probe *probe, struct view rest) __attribute__((warn_unused_result));

enum ask_what {
	ASK_SYNDROMES = 0, /* buckets v || from 1 || to 1 || a bit for each bucket, none: all of them */
	ASK_SIZE = 1,      /* level 1 || parity 1..128: choose buckets that fit the difference, and begin */
	ASK_LIST = 2,      /* nothing: all elements, one by one */
	ASK_REST = 3,      /* elements 4 *: this is all that I hold, send everything else */
};

struct frame_ask {
	uint8_t series;
	enum ask_what what;
	uint32_t buckets; /* 1..BUCKETS_MAX */
	uint8_t from, to; /* syndromes from..to-1 of each bucket asked for; from < to <= SYNDROMES_MAX */
	uint8_t level;    /* at most PARITY_LEVEL_MAX */
	struct view bits; /* borrowed; ASK_REST: elements */
};

enum { ASK_REST_MAX = 64, /* elements */ BUCKETS_MAX = 16384, SYNDROMES_MAX = 64, PARITY_LEVEL_MAX = 12 };

void frame_ask_write(struct writer *w, const struct frame_ask *ask);
enum frame_rc frame_ask_read(struct frame_ask *ask, struct view rest) __attribute__((warn_unused_result));

/* The syndromes asked for, bucket after bucket, as far as the frame goes. */
struct frame_sketch {
	uint8_t series;
	uint32_t buckets;
	uint8_t to;
	uint32_t first;        /* bucket */
	struct view syndromes; /* borrowed: read_u32 */
};

void frame_sketch_write(struct writer *w, const struct frame_sketch *sketch); /* the syndromes follow by write_u32 */
enum frame_rc frame_sketch_read(struct frame_sketch *sketch, struct view rest) __attribute__((warn_unused_result));

/* Elements in ascending order, the one of rank `first` first. */
struct frame_list {
	uint8_t series;
	uint32_t first;
	struct view elements; /* borrowed: read_u32 */
};

void frame_list_write(struct writer *w, const struct frame_list *list); /* the elements follow by write_u32 */
enum frame_rc frame_list_read(struct frame_list *list, struct view rest) __attribute__((warn_unused_result));

/* Which of the receiver's elements the sender lacks, by their rank among the receiver's elements of the bucket.
 * `buckets` 0: after a LIST, a bit for each element from rank `first` on. Else see WIRE.md and want_read. */
struct frame_want {
	uint8_t series;
	uint32_t buckets;
	uint32_t first;   /* rank, or how many buckets follow */
	struct view bits; /* borrowed */
};

void frame_want_write(struct writer *w, const struct frame_want *want); /* the bits follow */
enum frame_rc frame_want_read(struct frame_want *want, struct view rest) __attribute__((warn_unused_result));

/* A radio's sketch of a part of what the sender holds. Two syndromes, which find one difference, cost little more than a
 * fingerprint would. */
struct frame_beacon {
	uint32_t salt; /* new for each series: a beacon and its extensions */
	struct days days;
	uint16_t part;         /* 2^k + i: bucket i of 2^k; 1: all */
	uint8_t from;          /* number of the first syndrome */
	bool asks;             /* who holds the same is to say so: the sender has not heard it */
	struct view syndromes; /* at least one */
};

void frame_beacon_write(struct writer *w, const struct frame_beacon *beacon); /* the syndromes follow by write_u32 */
enum frame_rc frame_beacon_read(struct frame_beacon *beacon, struct view rest) __attribute__((warn_unused_result));

/* To whoever holds what a beacon's series speaks about: send me these, or more syndromes. What room is left may carry an
 * entry, since the head of a frame costs more time than what it says. */
struct frame_call {
	uint16_t salt;  /* the lower half of the beacon's */
	uint8_t have;   /* syndromes that were not enough; 0: it decoded, the elements are what I lack */
	uint32_t holds; /* with `have`: so many entries I hold of what the beacon speaks of */
	uint8_t count;  /* of the elements, 1..127 */
	struct view elements;
	struct view entry; /* empty: none */
};

/* An element's lowest 3 bytes: that another of the same is sent in vain costs less than the fourth. */
enum { CALL_ELEMENT_SIZE = 3, CALL_ELEMENT_MASK = 0xFFFFFF };

/* The elements follow, then the entry. */
void frame_call_write(struct writer *w, const struct frame_call *call);
void frame_call_element_write(struct writer *w, uint32_t element);
uint32_t frame_call_element_read(struct reader *r);
enum frame_rc frame_call_read(struct frame_call *call, struct view rest) __attribute__((warn_unused_result));

void frame_entry_write(struct writer *w, struct view entry);
/* Takes the next entry of an ENTRIES frame from the front of `rest`; its bytes are borrowed. Only sizes are checked.
 * An ENTRY frame's rest is the entry itself. */
enum frame_rc frame_entry_read(struct view *entry, struct view *rest) __attribute__((warn_unused_result));

#endif
