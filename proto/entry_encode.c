/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <assert.h>
#include <string.h>

#include "proto/aidmesh.pb-c.h"
#include "proto/check.h"
#include "proto/field.h"

enum { DOORS_COUNT = 3 };

/* A field that is zero stays off the wire. */
#define PUT(message, field, from)                                                                                      \
	do {                                                                                                           \
		(message)->field = (from);                                                                             \
		(message)->has_##field = (from) != 0;                                                                  \
	} while (0)

/* A reference: the author is left out when it is the entry's own. */
#define PUT_REF(message, field, ref, own)                                                                              \
	do {                                                                                                           \
		(message)->field##_number = (ref).number;                                                              \
		(message)->has_##field##_number = (ref).number != 0;                                                   \
		(message)->field##_author = (ref).author;                                                              \
		(message)->has_##field##_author = (ref).number != 0 && (ref).author != (own);                          \
	} while (0)

/* The messages of one body: what hangs below EntryBody lives as long as it. */
struct wire {
	Aidmesh__Wire__EntryBody body;
	union {
		Aidmesh__Wire__Card card;
		Aidmesh__Wire__Site site;
		Aidmesh__Wire__Line line;
		Aidmesh__Wire__Move move;
		Aidmesh__Wire__Note note;
		Aidmesh__Wire__Trust trust;
	};
	Aidmesh__Wire__Place place;
	Aidmesh__Wire__Hours giving;
	Aidmesh__Wire__Hours receiving;
	uint32_t substitutes[SUBSTITUTES_MAX];
	uint32_t doors[DOORS_COUNT];
	uint8_t was[3 * NAMED_MAX], knew[2 * KNEW_MAX];
};

/* protobuf-c's structs know no const; packing does not write. */
static char *text_of(const char *text)
{
	return text[0] == '\0' ? NULL : (char *)(uintptr_t)text;
}

static ProtobufCBinaryData bytes_of(const uint8_t *data, size_t size)
{
	return (ProtobufCBinaryData){ .len = size, .data = (uint8_t *)(uintptr_t)data };
}

static Aidmesh__Wire__Place *place_fill(Aidmesh__Wire__Place *wire, const struct place *place)
{
	if (place->digits == PLACE_NONE)
		return NULL;
	assert(place->digits == PLACE_POINT || (place->digits >= 4 && place->digits <= 10));
	aidmesh__wire__place__init(wire);
	wire->lat = place->lat_e6;
	wire->lon = place->lon_e6;
	wire->digits = place->digits;
	wire->has_digits = place->digits != PLACE_POINT;
	return wire;
}

static Aidmesh__Wire__Hours *hours_fill(Aidmesh__Wire__Hours *wire, const struct hours *hours)
{
	if (hours->from == hours->to)
		return NULL;
	assert(hours->from <= 48 && hours->to <= 48);
	aidmesh__wire__hours__init(wire);
	PUT(wire, from, hours->from);
	PUT(wire, to, hours->to);
	PUT(wire, days, hours->days);
	return wire;
}

/* Borrowed from `wire`. */
static ProtobufCBinaryData was_fill(struct wire *wire, const struct amends *amends)
{
	struct writer w = writer_init(wire->was, sizeof(wire->was));
	for (size_t i = 0; i < amends->named_count; i++) {
		write_u8(&w, amends->named[i].field);
		write_u16(&w, amends->named[i].was);
	}
	assert(w.ok);
	return bytes_of(wire->was, w.size);
}

static ProtobufCBinaryData knew_fill(struct wire *wire, const struct amends *amends)
{
	struct writer w = writer_init(wire->knew, sizeof(wire->knew));
	for (size_t i = 0; i < amends->knew_count; i++)
		write_u16(&w, amends->knew[i]);
	assert(w.ok);
	return bytes_of(wire->knew, w.size);
}

/* Sites and lines have the same fields for it. */
#define PUT_AMENDS(message, wire, amends, own)                                                                         \
	do {                                                                                                           \
		PUT_REF(message, of, (amends)->of, own);                                                               \
		(message)->was = was_fill(wire, amends);                                                               \
		(message)->has_was = (amends)->named_count != 0;                                                       \
		(message)->knew = knew_fill(wire, amends);                                                             \
		(message)->has_knew = (amends)->knew_count != 0;                                                       \
		PUT(message, round, (amends)->round);                                                                  \
	} while (0)

static void card_fill(struct wire *wire, const struct card *card)
{
	Aidmesh__Wire__Card *c = &wire->card;
	assert(card->name[0] != '\0');
	aidmesh__wire__card__init(c);
	c->key = bytes_of(card->key.bytes, sizeof(card->key.bytes));
	c->sealing_key = bytes_of(card->sealing_key, sizeof(card->sealing_key));
	c->name = (char *)(uintptr_t)card->name;
	c->languages = text_of(card->languages);
	PUT(c, roles, card->roles);
	wire->body.card = c;
	wire->body.says_case = AIDMESH__WIRE__ENTRY_BODY__SAYS_CARD;
}

static void site_fill(struct wire *wire, const struct site *site, uint64_t own)
{
	Aidmesh__Wire__Site *s = &wire->site;
	assert((site->amends.of.number != 0) == amends_changes(&site->amends));
	aidmesh__wire__site__init(s);
	s->name = text_of(site->name);
	s->place = place_fill(&wire->place, &site->place);
	PUT(s, state, site->state);
	PUT(s, people, site->people);
	s->giving = hours_fill(&wire->giving, &site->giving);
	s->receiving = hours_fill(&wire->receiving, &site->receiving);
	PUT(s, takes, site->takes);
	PUT(s, refuses, site->refuses);
	PUT(s, facilities, site->facilities);
	PUT_AMENDS(s, wire, &site->amends, own);
	wire->body.site = s;
	wire->body.says_case = AIDMESH__WIRE__ENTRY_BODY__SAYS_SITE;
}

static void substitutes_fill(struct wire *wire, const struct line *line)
{
	wire->line.substitutes = wire->substitutes;
	while (wire->line.n_substitutes < SUBSTITUTES_MAX && line->substitutes[wire->line.n_substitutes] != 0) {
		wire->substitutes[wire->line.n_substitutes] = line->substitutes[wire->line.n_substitutes];
		wire->line.n_substitutes++;
	}
	assert(wire->line.n_substitutes <= SUBSTITUTES_MAX);
}

static void doors_fill(struct wire *wire, const struct line *line)
{
	assert(line->answered <= line->doors && line->unneeded <= line->answered);
	if (line->doors == 0)
		return;
	wire->doors[0] = line->doors;
	wire->doors[1] = line->answered;
	wire->doors[2] = line->unneeded;
	wire->line.doors = wire->doors;
	wire->line.n_doors = DOORS_COUNT;
}

static void line_fill(struct wire *wire, const struct line *line, uint64_t own)
{
	Aidmesh__Wire__Line *l = &wire->line;
	assert(ref_is_none(line->site) || line->cell.digits == PLACE_NONE);
	assert(amends_changes(&line->amends) == (line->created == 0));
	aidmesh__wire__line__init(l);
	l->kind = line->kind;
	PUT_REF(l, site, line->site, own);
	l->cell = place_fill(&wire->place, &line->cell);
	PUT(l, item, line->item);
	PUT(l, quantity, line->quantity_milli);
	PUT(l, people, line->people);
	PUT(l, infants, line->infants);
	PUT(l, elders, line->elders);
	PUT(l, powered, line->powered);
	PUT(l, within, line->within_h);
	PUT(l, created, line->created);
	PUT(l, counted, line->counted);
	PUT(l, arrived, line->arrived_milli);
	substitutes_fill(wire, line);
	PUT(l, lot, line->lot_milli);
	PUT(l, reserve, line->reserve_milli);
	PUT(l, reach, line->reach_km);
	PUT(l, flags, line->flags);
	PUT(l, ticket, line->ticket);
	l->text = text_of(line->text);
	PUT(l, closed, line->closed);
	PUT(l, every, line->every_h);
	doors_fill(wire, line);
	PUT(l, use_by, line->use_by);
	l->variant = text_of(line->variant);
	PUT_AMENDS(l, wire, &line->amends, own);
	wire->body.line = l;
	wire->body.says_case = AIDMESH__WIRE__ENTRY_BODY__SAYS_LINE;
}

static void move_fill(struct wire *wire, const struct move *move, uint64_t own)
{
	Aidmesh__Wire__Move *m = &wire->move;
	assert(move->stage <= MOVE_WITHDRAWN);
	aidmesh__wire__move__init(m);
	m->stage = move->stage;
	PUT_REF(m, of, move->of, own);
	PUT_REF(m, from, move->from, own);
	PUT_REF(m, after, move->after, own);
	PUT(m, quantity, move->quantity_milli);
	PUT(m, at, move->at);
	PUT(m, due, move->due);
	m->text = text_of(move->text);
	wire->body.move = m;
	wire->body.says_case = AIDMESH__WIRE__ENTRY_BODY__SAYS_MOVE;
}

static void note_fill(struct wire *wire, const struct note *note, uint64_t own)
{
	Aidmesh__Wire__Note *n = &wire->note;
	assert((note->kind == NOTE_DUPLICATE) == !ref_is_none(note->other));
	aidmesh__wire__note__init(n);
	n->kind = note->kind;
	PUT(n, severity, note->severity);
	n->language = text_of(note->language);
	n->text = text_of(note->text);
	PUT_REF(n, of, note->of, own);
	PUT_REF(n, other, note->other, own);
	n->source = text_of(note->source);
	PUT(n, flags, note->flags);
	PUT(n, until, note->until);
	wire->body.note = n;
	wire->body.says_case = AIDMESH__WIRE__ENTRY_BODY__SAYS_NOTE;
}

static void trust_fill(struct wire *wire, const struct trust *trust, uint64_t own)
{
	Aidmesh__Wire__Trust *t = &wire->trust;
	assert((trust->kind >= TRUST_KEEPER) == !ref_is_none(trust->site));
	aidmesh__wire__trust__init(t);
	t->kind = trust->kind;
	t->key = bytes_of(trust->key.bytes, sizeof(trust->key.bytes));
	PUT(t, since, trust->since);
	PUT_REF(t, site, trust->site, own);
	wire->body.trust = t;
	wire->body.says_case = AIDMESH__WIRE__ENTRY_BODY__SAYS_TRUST;
}

static void says_fill(struct wire *wire, const struct entry *entry)
{
	switch (entry->kind) {
	case ENTRY_UNKNOWN:
		assert(entry->kind != ENTRY_UNKNOWN); /* the caller has looked */
		break;
	case ENTRY_CARD:
		card_fill(wire, &entry->card);
		break;
	case ENTRY_SITE:
		site_fill(wire, &entry->site, entry->author);
		break;
	case ENTRY_LINE:
		line_fill(wire, &entry->line, entry->author);
		break;
	case ENTRY_MOVE:
		move_fill(wire, &entry->move, entry->author);
		break;
	case ENTRY_NOTE:
		note_fill(wire, &entry->note, entry->author);
		break;
	case ENTRY_TRUST:
		trust_fill(wire, &entry->trust, entry->author);
		break;
	}
}

enum entry_rc entry_body_encode(uint8_t body[BODY_SIZE_MAX], size_t *body_size, const struct entry *entry)
{
	if (entry->kind == ENTRY_UNKNOWN || !entry_is_legal(entry))
		return ENTRY_E_BOUNDS;
	struct wire wire = { .body = AIDMESH__WIRE__ENTRY_BODY__INIT };
	wire.body.author = entry->author;
	wire.body.time = entry->hlc.time;
	PUT(&wire.body, tick, hlc_wire_tick(entry->hlc));
	wire.body.number = entry->number;
	says_fill(&wire, entry);
	assert(wire.body.says_case != AIDMESH__WIRE__ENTRY_BODY__SAYS__NOT_SET);
	wire.body.sealed = bytes_of(entry->sealed, entry->sealed_size);
	wire.body.has_sealed = entry->sealed_size != 0;

	size_t size = aidmesh__wire__entry_body__get_packed_size(&wire.body);
	if (size > BODY_SIZE_MAX)
		return ENTRY_E_SIZE;
	*body_size = aidmesh__wire__entry_body__pack(&wire.body, body);
	assert(*body_size == size);
	return ENTRY_OK;
}
