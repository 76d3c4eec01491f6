/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The fields of a site or line that a keeper's change may name, one by one: what each says, whether two entries say the
 * same in it, and the hash by which a change knows what it was made from (WIRE.md, "Changes").
 *
 * A field is a number of aidmesh.proto. What belongs together is one field: the item of a line with its quantity and when
 * that was counted; a place; hours. Sets of fields are masks, a bit for each number.
 *
 * Pure. Every entry here is a site or a line (asserted). */
#ifndef AIDMESH_PROTO_FIELD_H
#define AIDMESH_PROTO_FIELD_H

#include "proto/entry.h"

enum site_field {
	SITE_FIELD_NAME = 1,
	SITE_FIELD_PLACE = 2,
	SITE_FIELD_STATE = 3,
	SITE_FIELD_PEOPLE = 4,
	SITE_FIELD_GIVING = 5,
	SITE_FIELD_RECEIVING = 6,
	SITE_FIELD_TAKES = 7,
	SITE_FIELD_REFUSES = 8,
	SITE_FIELD_FACILITIES = 9,
};

enum line_field {
	LINE_FIELD_GOODS = 5, /* item, quantity, counted */
	LINE_FIELD_PEOPLE = 7,
	LINE_FIELD_INFANTS = 8,
	LINE_FIELD_ELDERS = 9,
	LINE_FIELD_POWERED = 10,
	LINE_FIELD_WITHIN = 11,
	LINE_FIELD_SUBSTITUTES = 14,
	LINE_FIELD_LOT = 15,
	LINE_FIELD_RESERVE = 16,
	LINE_FIELD_REACH = 17,
	LINE_FIELD_FLAGS = 18,
	LINE_FIELD_TEXT = 20,
	LINE_FIELD_CLOSED = 21,
	LINE_FIELD_EVERY = 28,
	LINE_FIELD_USE_BY = 30,
	LINE_FIELD_VARIANT = 31,
};

enum { FIELD_COUNT = 32 }; /* field numbers are below it */

static inline uint32_t field_bit(unsigned field)
{
	assert(field < FIELD_COUNT);
	return UINT32_C(1) << field;
}

/* All that a change of that kind may name; 0 for a kind that nobody changes. */
uint32_t fields_of(enum entry_kind kind);
/* Those that it names. */
uint32_t fields_named(const struct amends *amends);
/* Those in which the two say the same. Both are of one kind. */
uint32_t fields_equal(const struct entry *a, const struct entry *b);
/* Those in which it says anything. */
uint32_t fields_said(const struct entry *e);
/* Lets `to` say in those fields what `from` says. */
void fields_copy(struct entry *to, const struct entry *from, uint32_t fields);

/* What an author's own words say in that field, and his round, in 16 bits: SipHash-2-4 under a public key. Two values share
 * it once in 65,536. */
uint16_t field_hash(const struct entry *own, unsigned field);

/* Of a site or line. */
struct amends *entry_amends(struct entry *e);
const struct amends *entry_amends_of(const struct entry *e);

/* A keeper's change: it names a record, and fields of it. */
static inline bool amends_changes(const struct amends *amends)
{
	return amends->named_count > 0;
}

/* A keeper's whole line in the place of one whose author fell silent. */
static inline bool amends_carries(const struct amends *amends)
{
	return amends->of.number != 0 && amends->named_count == 0;
}

#endif
