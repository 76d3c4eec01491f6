/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "proto/field.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

/* A part of a field: where it stands in the struct. Numbers are 1 to 8 bytes there, texts as large as their array. */
struct part {
	uint8_t kind, field;
	bool is_text;
	uint8_t size;
	uint16_t offset;
};

#define PART(kind, field, member, is_text)                                                                             \
	{                                                                                                              \
		kind, field, is_text, sizeof(((struct entry *)NULL)->member), offsetof(struct entry, member)           \
	}

static const struct part PARTS[] = {
	PART(ENTRY_SITE, SITE_FIELD_NAME, site.name, true),
	PART(ENTRY_SITE, SITE_FIELD_PLACE, site.place.lat_e6, false),
	PART(ENTRY_SITE, SITE_FIELD_PLACE, site.place.lon_e6, false),
	PART(ENTRY_SITE, SITE_FIELD_PLACE, site.place.digits, false),
	PART(ENTRY_SITE, SITE_FIELD_STATE, site.state, false),
	PART(ENTRY_SITE, SITE_FIELD_PEOPLE, site.people, false),
	PART(ENTRY_SITE, SITE_FIELD_GIVING, site.giving.from, false),
	PART(ENTRY_SITE, SITE_FIELD_GIVING, site.giving.to, false),
	PART(ENTRY_SITE, SITE_FIELD_GIVING, site.giving.days, false),
	PART(ENTRY_SITE, SITE_FIELD_RECEIVING, site.receiving.from, false),
	PART(ENTRY_SITE, SITE_FIELD_RECEIVING, site.receiving.to, false),
	PART(ENTRY_SITE, SITE_FIELD_RECEIVING, site.receiving.days, false),
	PART(ENTRY_SITE, SITE_FIELD_TAKES, site.takes, false),
	PART(ENTRY_SITE, SITE_FIELD_REFUSES, site.refuses, false),
	PART(ENTRY_SITE, SITE_FIELD_FACILITIES, site.facilities, false),
	PART(ENTRY_LINE, LINE_FIELD_GOODS, line.item, false),
	PART(ENTRY_LINE, LINE_FIELD_GOODS, line.quantity_milli, false),
	PART(ENTRY_LINE, LINE_FIELD_GOODS, line.counted, false),
	PART(ENTRY_LINE, LINE_FIELD_GOODS, line.arrived_milli, false),
	PART(ENTRY_LINE, LINE_FIELD_PEOPLE, line.people, false),
	PART(ENTRY_LINE, LINE_FIELD_INFANTS, line.infants, false),
	PART(ENTRY_LINE, LINE_FIELD_ELDERS, line.elders, false),
	PART(ENTRY_LINE, LINE_FIELD_POWERED, line.powered, false),
	PART(ENTRY_LINE, LINE_FIELD_WITHIN, line.within_h, false),
	PART(ENTRY_LINE, LINE_FIELD_SUBSTITUTES, line.substitutes[0], false),
	PART(ENTRY_LINE, LINE_FIELD_SUBSTITUTES, line.substitutes[1], false),
	PART(ENTRY_LINE, LINE_FIELD_LOT, line.lot_milli, false),
	PART(ENTRY_LINE, LINE_FIELD_RESERVE, line.reserve_milli, false),
	PART(ENTRY_LINE, LINE_FIELD_REACH, line.reach_km, false),
	PART(ENTRY_LINE, LINE_FIELD_FLAGS, line.flags, false),
	PART(ENTRY_LINE, LINE_FIELD_TEXT, line.text, true),
	PART(ENTRY_LINE, LINE_FIELD_CLOSED, line.closed, false),
	PART(ENTRY_LINE, LINE_FIELD_EVERY, line.every_h, false),
	PART(ENTRY_LINE, LINE_FIELD_USE_BY, line.use_by, false),
	PART(ENTRY_LINE, LINE_FIELD_VARIANT, line.variant, true),
};

enum { PARTS_COUNT = sizeof(PARTS) / sizeof(PARTS[0]) };

static_assert(SUBSTITUTES_MAX == 2, "each has its part");

static bool is_of(const struct part *part, const struct entry *e)
{
	return part->kind == (uint8_t)e->kind;
}

/* A place without digits and hours without a span say nothing, whatever else stands there. */
static bool is_void(const struct entry *e, unsigned field)
{
	const struct site *site = &e->site;
	if (e->kind != ENTRY_SITE)
		return false;
	return (field == SITE_FIELD_PLACE && site->place.digits == PLACE_NONE) ||
	       (field == SITE_FIELD_GIVING && site->giving.from == site->giving.to) ||
	       (field == SITE_FIELD_RECEIVING && site->receiving.from == site->receiving.to);
}

static uint64_t number_at(const void *at, size_t size)
{
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;
	switch (size) {
	case sizeof(u8):
		return memcpy(&u8, at, size), u8;
	case sizeof(u16):
		return memcpy(&u16, at, size), u16;
	case sizeof(u32):
		return memcpy(&u32, at, size), u32;
	default:
		assert(size == sizeof(u64));
		return memcpy(&u64, at, size), u64;
	}
}

/* A number as 8 bytes, a text as it is. */
static void part_write(struct writer *w, const struct entry *e, const struct part *part)
{
	const char *at = (const char *)e + part->offset;
	if (part->is_text)
		write_bytes(w, at, strnlen(at, part->size));
	else
		write_u64(w, is_void(e, part->field) ? 0 : number_at(at, part->size));
}

static void field_write(struct writer *w, const struct entry *e, unsigned field)
{
	for (size_t i = 0; i < PARTS_COUNT; i++)
		if (is_of(&PARTS[i], e) && PARTS[i].field == field)
			part_write(w, e, &PARTS[i]);
}

enum { FIELD_SIZE_MAX = 64 };

static_assert((int)SITE_NAME_MAX <= (int)FIELD_SIZE_MAX && (int)LINE_TEXT_MAX <= (int)FIELD_SIZE_MAX, "texts fit");

uint16_t field_hash(const struct entry *own, unsigned field)
{
	static const uint8_t key[crypto_shorthash_KEYBYTES] = "aidmesh field 1"; /* and a zero */
	uint8_t in[5 + FIELD_SIZE_MAX], out[crypto_shorthash_BYTES];
	struct writer w = writer_init(in, sizeof(in));
	assert(fields_of(own->kind) & field_bit(field));
	write_u8(&w, (uint8_t)field);
	write_u32(&w, entry_amends_of(own)->round);
	field_write(&w, own, field);
	assert(w.ok);
	crypto_shorthash(out, in, w.size, key);
	return (uint16_t)(out[0] | out[1] << 8);
}

uint32_t fields_of(enum entry_kind kind)
{
	uint32_t fields = 0;
	for (size_t i = 0; i < PARTS_COUNT; i++)
		if (PARTS[i].kind == (uint8_t)kind)
			fields |= field_bit(PARTS[i].field);
	return fields;
}

uint32_t fields_named(const struct amends *amends)
{
	uint32_t fields = 0;
	assert(amends->named_count <= NAMED_MAX);
	for (size_t i = 0; i < amends->named_count; i++)
		fields |= field_bit(amends->named[i].field);
	return fields;
}

uint32_t fields_equal(const struct entry *a, const struct entry *b)
{
	uint32_t fields = fields_of(a->kind);
	assert(a->kind == b->kind);
	for (size_t i = 0; i < PARTS_COUNT; i++) {
		uint8_t one[FIELD_SIZE_MAX], other[FIELD_SIZE_MAX];
		struct writer x = writer_init(one, sizeof(one)), y = writer_init(other, sizeof(other));
		if (!is_of(&PARTS[i], a))
			continue;
		part_write(&x, a, &PARTS[i]);
		part_write(&y, b, &PARTS[i]);
		assert(x.ok && y.ok);
		if (x.size != y.size || memcmp(one, other, x.size) != 0)
			fields &= ~field_bit(PARTS[i].field);
	}
	return fields;
}

uint32_t fields_said(const struct entry *e)
{
	struct entry nothing;
	memset(&nothing, 0, sizeof(nothing));
	nothing.kind = e->kind;
	return fields_of(e->kind) & ~fields_equal(e, &nothing);
}

void fields_copy(struct entry *to, const struct entry *from, uint32_t fields)
{
	assert(to->kind == from->kind);
	for (size_t i = 0; i < PARTS_COUNT; i++)
		if (is_of(&PARTS[i], to) && fields & field_bit(PARTS[i].field))
			memcpy((char *)to + PARTS[i].offset, (const char *)from + PARTS[i].offset, PARTS[i].size);
}

const struct amends *entry_amends_of(const struct entry *e)
{
	assert(e->kind == ENTRY_SITE || e->kind == ENTRY_LINE);
	return e->kind == ENTRY_SITE ? &e->site.amends : &e->line.amends;
}

struct amends *entry_amends(struct entry *e)
{
	return (struct amends *)(uintptr_t)entry_amends_of(e);
}
