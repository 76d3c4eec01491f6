/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <assert.h>
#include <stdalign.h>
#include <string.h>

#include "proto/aidmesh.pb-c.h"
#include "proto/check.h"
#include "proto/entry.h"
#include "proto/scan.h"

/* Where protobuf-c's structs live while one entry is copied out of them. The scan lets through 64 fields in 140 bytes;
 * the worst of those (all unknown, so that each costs a record of 40 bytes while parsing, a record of 24 bytes and a
 * rounded-up copy) take less than 6 KiB. What would need more is refused. */
struct arena {
	alignas(max_align_t) uint8_t bytes[8192];
	size_t used;
};

static void *arena_alloc(void *data, size_t size)
{
	struct arena *arena = data;
	const size_t unit = alignof(max_align_t);
	assert(arena->used <= sizeof(arena->bytes) && arena->used % unit == 0);
	if (size > sizeof(arena->bytes) - arena->used)
		return NULL;
	void *taken = arena->bytes + arena->used;
	size_t rounded = (size + unit - 1) / unit * unit;
	arena->used = rounded > sizeof(arena->bytes) - arena->used ? sizeof(arena->bytes) : arena->used + rounded;
	return taken;
}

static void arena_free(void *data, void *taken)
{
	(void)data;
	(void)taken;
}

/* The readers below clear `*ok` when a value does not fit where it goes; bounds are entry_is_legal()'s. */

static void text_read(char *out, size_t size_max, const char *text, bool *ok)
{
	size_t size = text ? strlen(text) : 0;
	assert(size <= BODY_SIZE_MAX);
	if (size > size_max) {
		*ok = false;
		return;
	}
	memcpy(out, text ? text : "", size + 1);
}

static void key_read(uint8_t out[32], ProtobufCBinaryData bytes, bool *ok)
{
	if (bytes.len == 32)
		memcpy(out, bytes.data, 32);
	else
		*ok = false;
}

static uint8_t u8_read(uint32_t value, bool *ok)
{
	*ok = *ok && value <= UINT8_MAX;
	return (uint8_t)value;
}

static uint16_t u16_read(uint32_t value, bool *ok)
{
	*ok = *ok && value <= UINT16_MAX;
	return (uint16_t)value;
}

static struct ref ref_make(bool has_author, uint64_t author, uint32_t number, uint64_t own)
{
	if (number == 0)
		return (struct ref){ .author = has_author ? author : 0 };
	return (struct ref){ .author = has_author ? author : own, .number = number };
}

#define READ_REF(message, field, own)                                                                                  \
	ref_make((message)->has_##field##_author, (message)->field##_author, (message)->field##_number, own)

static struct place place_read(const Aidmesh__Wire__Place *wire, bool *ok)
{
	if (!wire)
		return (struct place){ 0 };
	/* On the wire a point says no digits at all. */
	*ok = *ok && (!wire->has_digits || (wire->digits != PLACE_NONE && wire->digits != PLACE_POINT));
	return (struct place){
		.lat_e6 = wire->lat,
		.lon_e6 = wire->lon,
		.digits = wire->has_digits ? u8_read(wire->digits, ok) : PLACE_POINT,
	};
}

static struct hours hours_read(const Aidmesh__Wire__Hours *wire, bool *ok)
{
	if (!wire)
		return (struct hours){ 0 };
	return (struct hours){
		.from = u8_read(wire->from, ok),
		.to = u8_read(wire->to, ok),
		.days = u8_read(wire->days, ok),
	};
}

static void card_read(struct card *card, const Aidmesh__Wire__Card *wire, bool *ok)
{
	key_read(card->key.bytes, wire->key, ok);
	key_read(card->sealing_key, wire->sealing_key, ok);
	text_read(card->name, CARD_NAME_MAX, wire->name, ok);
	text_read(card->languages, CARD_LANGUAGES_MAX, wire->languages, ok);
	card->roles = wire->roles;
}

static void was_read(struct amends *amends, ProtobufCBinaryData bytes, bool *ok)
{
	struct reader r = reader_init((struct view){ .data = bytes.data, .size = bytes.len });
	if (bytes.len % 3 != 0 || bytes.len / 3 > NAMED_MAX) {
		*ok = false;
		return;
	}
	amends->named_count = (uint8_t)(bytes.len / 3);
	for (size_t i = 0; i < amends->named_count; i++) {
		amends->named[i].field = read_u8(&r);
		amends->named[i].was = read_u16(&r);
	}
}

static void knew_read(struct amends *amends, ProtobufCBinaryData bytes, bool *ok)
{
	struct reader r = reader_init((struct view){ .data = bytes.data, .size = bytes.len });
	if (bytes.len % 2 != 0 || bytes.len / 2 > KNEW_MAX) {
		*ok = false;
		return;
	}
	amends->knew_count = (uint8_t)(bytes.len / 2);
	for (size_t i = 0; i < amends->knew_count; i++)
		amends->knew[i] = read_u16(&r);
}

#define READ_AMENDS(amends, wire, own, ok)                                                                             \
	do {                                                                                                           \
		(amends)->of = READ_REF(wire, of, own);                                                                \
		was_read(amends, (wire)->was, ok);                                                                     \
		knew_read(amends, (wire)->knew, ok);                                                                   \
		(amends)->round = (wire)->round;                                                                       \
	} while (0)

static void site_read(struct site *site, const Aidmesh__Wire__Site *wire, uint64_t own, bool *ok)
{
	text_read(site->name, SITE_NAME_MAX, wire->name, ok);
	site->place = place_read(wire->place, ok);
	site->state = wire->state;
	site->people = wire->people;
	site->giving = hours_read(wire->giving, ok);
	site->receiving = hours_read(wire->receiving, ok);
	site->takes = u16_read(wire->takes, ok);
	site->refuses = u16_read(wire->refuses, ok);
	site->facilities = u8_read(wire->facilities, ok);
	READ_AMENDS(&site->amends, wire, own, ok);
}

static void substitutes_read(struct line *line, const Aidmesh__Wire__Line *wire, bool *ok)
{
	if (wire->n_substitutes > SUBSTITUTES_MAX) {
		*ok = false;
		return;
	}
	for (size_t i = 0; i < wire->n_substitutes; i++) {
		line->substitutes[i] = u16_read(wire->substitutes[i], ok);
		*ok = *ok && wire->substitutes[i] != 0;
	}
}

static void doors_read(struct line *line, const Aidmesh__Wire__Line *wire, bool *ok)
{
	if (wire->n_doors == 0)
		return;
	if (wire->n_doors != 3 || wire->doors[0] == 0) {
		*ok = false;
		return;
	}
	line->doors = u16_read(wire->doors[0], ok);
	line->answered = u16_read(wire->doors[1], ok);
	line->unneeded = u16_read(wire->doors[2], ok);
}

static void line_read(struct line *line, const Aidmesh__Wire__Line *wire, uint64_t own, bool *ok)
{
	line->kind = wire->kind;
	line->site = READ_REF(wire, site, own);
	line->cell = place_read(wire->cell, ok);
	line->item = u16_read(wire->item, ok);
	line->quantity_milli = wire->quantity;
	line->people = wire->people;
	line->infants = wire->infants;
	line->elders = wire->elders;
	line->powered = wire->powered;
	line->within_h = wire->within;
	line->ticket = wire->ticket;
	line->created = wire->created;
	line->counted = wire->counted;
	line->arrived_milli = wire->arrived;
	substitutes_read(line, wire, ok);
	line->lot_milli = wire->lot;
	line->reserve_milli = wire->reserve;
	line->reach_km = wire->reach;
	line->flags = u8_read(wire->flags, ok);
	text_read(line->text, LINE_TEXT_MAX, wire->text, ok);
	line->closed = wire->closed;
	line->every_h = wire->every;
	doors_read(line, wire, ok);
	line->use_by = u16_read(wire->use_by, ok);
	text_read(line->variant, LINE_VARIANT_MAX, wire->variant, ok);
	READ_AMENDS(&line->amends, wire, own, ok);
}

static void move_read(struct move *move, const Aidmesh__Wire__Move *wire, uint64_t own, bool *ok)
{
	move->stage = wire->stage;
	move->of = READ_REF(wire, of, own);
	move->from = READ_REF(wire, from, own);
	move->after = READ_REF(wire, after, own);
	move->quantity_milli = wire->quantity;
	move->at = wire->at;
	move->due = wire->due;
	text_read(move->text, MOVE_TEXT_MAX, wire->text, ok);
}

static void note_read(struct note *note, const Aidmesh__Wire__Note *wire, uint64_t own, bool *ok)
{
	note->kind = wire->kind;
	note->severity = wire->severity;
	text_read(note->language, NOTE_LANGUAGE_SIZE, wire->language, ok);
	text_read(note->text, NOTE_TEXT_MAX, wire->text, ok);
	note->of = READ_REF(wire, of, own);
	note->other = READ_REF(wire, other, own);
	text_read(note->source, NOTE_SOURCE_MAX, wire->source, ok);
	note->flags = u8_read(wire->flags, ok);
	note->until = wire->until;
}

static void trust_read(struct trust *trust, const Aidmesh__Wire__Trust *wire, uint64_t own, bool *ok)
{
	trust->kind = wire->kind;
	key_read(trust->key.bytes, wire->key, ok);
	trust->since = wire->since;
	trust->site = READ_REF(wire, site, own);
}

static void says_read(struct entry *entry, const Aidmesh__Wire__EntryBody *body, bool *ok)
{
	/* The scan and protobuf-c found the same. */
	assert(entry->kind == ENTRY_UNKNOWN || (unsigned)body->says_case == (unsigned)entry->kind);
	switch (entry->kind) {
	case ENTRY_UNKNOWN:
		break;
	case ENTRY_CARD:
		card_read(&entry->card, body->card, ok);
		break;
	case ENTRY_SITE:
		site_read(&entry->site, body->site, entry->author, ok);
		break;
	case ENTRY_LINE:
		line_read(&entry->line, body->line, entry->author, ok);
		break;
	case ENTRY_MOVE:
		move_read(&entry->move, body->move, entry->author, ok);
		break;
	case ENTRY_NOTE:
		note_read(&entry->note, body->note, entry->author, ok);
		break;
	case ENTRY_TRUST:
		trust_read(&entry->trust, body->trust, entry->author, ok);
		break;
	}
}

static bool sealed_read(struct entry *entry, const Aidmesh__Wire__EntryBody *body)
{
	if (!body->has_sealed)
		return true;
	if (body->sealed.len == 0 || body->sealed.len > SEALED_MAX)
		return false;
	memcpy(entry->sealed, body->sealed.data, body->sealed.len);
	entry->sealed_size = (uint8_t)body->sealed.len;
	return true;
}

enum entry_rc entry_decode(struct entry *entry, struct view bytes)
{
	struct scan scan;
	enum entry_rc rc = entry_scan(&scan, bytes);
	if (rc != ENTRY_OK)
		return rc;
	struct arena arena;
	arena.used = 0;
	ProtobufCAllocator allocator = { .alloc = arena_alloc, .free = arena_free, .allocator_data = &arena };
	const Aidmesh__Wire__EntryBody *body =
		aidmesh__wire__entry_body__unpack(&allocator, scan.body.size, scan.body.data);
	if (!body)
		return ENTRY_E_MALFORMED;
	assert(body->author == scan.head.author && body->number == scan.head.number);
	assert(body->time == scan.head.hlc.time && body->tick == hlc_wire_tick(scan.head.hlc));

	struct entry found = {
		.author = scan.head.author, .hlc = scan.head.hlc, .number = scan.head.number, .kind = scan.head.kind
	};
	bool ok = sealed_read(&found, body);
	says_read(&found, body, &ok);
	if (!ok || !entry_is_legal(&found))
		return ENTRY_E_BOUNDS;
	assert((found.kind == ENTRY_CARD) == (found.number == 0) || found.kind == ENTRY_UNKNOWN);
	*entry = found;
	return ENTRY_OK;
}
