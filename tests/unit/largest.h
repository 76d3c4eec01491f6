/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The largest legal entries: every field that may be there, at its maximum, each value another one. Their author is
 * sample_key(0). */
#ifndef AIDMESH_TESTS_LARGEST_H
#define AIDMESH_TESTS_LARGEST_H

#include "proto/field.h"
#include "tests/unit/samples.h"

enum { OTHER_AUTHOR = 0x1234567 };

static inline struct entry entry_base(enum entry_kind kind)
{
	struct entry entry;
	memset(&entry, 0, sizeof(entry));
	struct sample_key key = sample_key(0);
	entry.author = public_key_hint(&key.public);
	entry.hlc = (struct hlc){ .time = 0xFFFFFFFE, .tick = TICK_MAX, .era = ERA_MAX };
	entry.number = kind == ENTRY_CARD ? 0 : 0xFFFFFFFD;
	entry.kind = kind;
	entry.hlc.renewed = kind == ENTRY_MOVE || kind == ENTRY_NOTE ? 0 : RENEWED_MAX;
	return entry;
}

static inline void text_fill(char *out, size_t size)
{
	memset(out, 'x', size);
	out[size] = '\0';
}

/* Whose record it is, and what its author said in those fields. */
static inline struct amends keepers_amends(uint32_t fields)
{
	struct amends amends = { .of = { .author = OTHER_AUTHOR, .number = 7 } };
	for (unsigned field = 0; field < FIELD_COUNT; field++)
		if (fields & field_bit(field))
			amends.named[amends.named_count++] =
				(struct named_field){ (uint8_t)field, (uint16_t)(0xFF00 + field) };
	return amends;
}

static inline void know(struct amends *amends, uint8_t count)
{
	amends->knew_count = count;
	for (uint8_t i = 0; i < count; i++)
		amends->knew[i] = (uint16_t)(0xFFF0 + i);
}

static const struct place CELL = { .lat_e6 = -89999999, .lon_e6 = 179999999, .digits = 8 };

static inline struct entry card_largest(void)
{
	struct entry entry = entry_base(ENTRY_CARD);
	entry.card.key = sample_key(0).public;
	memset(entry.card.sealing_key, 0xA5, sizeof(entry.card.sealing_key));
	text_fill(entry.card.name, CARD_NAME_MAX);
	text_fill(entry.card.languages, CARD_LANGUAGES_MAX);
	entry.card.roles = 0x3FFF;
	return entry;
}

static inline struct entry site_largest(void)
{
	struct entry entry = entry_base(ENTRY_SITE);
	struct site *site = &entry.site;
	text_fill(site->name, SITE_NAME_MAX);
	site->place = CELL;
	site->state = SITE_UNLISTED;
	site->people = PEOPLE_MAX;
	site->giving = (struct hours){ .from = 16, .to = 48, .days = 0x7F };
	site->receiving = (struct hours){ .from = 18, .to = 47, .days = 0x1F };
	site->takes = 0xFFFF;
	site->refuses = 0xFFFE;
	site->facilities = 0x7F;
	site->amends.round = UINT32_MAX;
	know(&site->amends, KNEW_MAX);
	return entry;
}

static inline void site_says_nothing_of_hours(struct site *site)
{
	site->giving = site->receiving = (struct hours){ .from = 0 };
}

/* More fields than these do not fit. */
static inline struct entry site_keepers_largest(void)
{
	struct entry entry = site_largest();
	site_says_nothing_of_hours(&entry.site);
	entry.site.takes = 0;
	entry.site.amends = keepers_amends(fields_said(&entry));
	know(&entry.site.amends, 3);
	entry.hlc.renewed = 0;
	return entry;
}

static inline struct entry line_base(enum line_kind kind)
{
	struct entry entry = entry_base(ENTRY_LINE);
	struct line *line = &entry.line;
	line->kind = kind;
	line->site = (struct ref){ .author = OTHER_AUTHOR, .number = 0x89ABCDEF };
	line->item = ITEM_MAX;
	line->quantity_milli = QUANTITY_MILLI_MAX;
	line->created = 0xFFFFFFFA;
	line->substitutes[0] = ITEM_MAX - 1;
	line->substitutes[1] = ITEM_MAX - 2;
	line->lot_milli = QUANTITY_MILLI_MAX - 1;
	line->flags = 0x7F;
	text_fill(line->text, 32);
	line->closed = CLOSED_MOVED;
	know(&line->amends, kind == LINE_NEED ? 0 : 3);
	return entry;
}

static inline struct entry need_largest(void)
{
	struct entry entry = line_base(LINE_NEED);
	struct line *line = &entry.line;
	line->people = PEOPLE_MAX;
	line->infants = VULNERABLE_MAX;
	line->elders = VULNERABLE_MAX - 1;
	line->powered = VULNERABLE_MAX - 2;
	line->within_h = 720;
	line->ticket = 0xFEDCBA9876543210;
	line->amends.round = UINT32_MAX;
	entry.hlc.renewed = 0; /* there is no room left to renew it: it is said anew */
	return entry;
}

/* Of which some has arrived: the text has less room then. */
static inline struct entry need_served_largest(void)
{
	struct entry entry = need_largest();
	struct line *line = &entry.line;
	line->counted = 0xFFFFFFFB;
	line->arrived_milli = QUANTITY_MILLI_MAX - 2;
	memset(line->text, 0, sizeof line->text);
	text_fill(line->text, 16);
	return entry;
}

static inline struct entry need_in_cell_largest(void)
{
	struct entry entry = need_largest();
	entry.line.site = (struct ref){ 0 };
	entry.line.cell = CELL;
	return entry;
}

static inline struct entry offer_largest(void)
{
	struct entry entry = line_base(LINE_OFFER);
	entry.line.reach_km = REACH_KM_MAX;
	return entry;
}

static inline struct entry resource_largest(void)
{
	struct entry entry = line_base(LINE_RESOURCE);
	entry.line.reach_km = REACH_KM_MAX;
	entry.line.counted = 0xFFFFFFFB;
	entry.line.reserve_milli = QUANTITY_MILLI_MAX - 2;
	return entry;
}

/* Of those fields what the whole says: more of them than that do not fit. */
static inline struct entry keepers(struct entry whole, uint32_t fields, uint8_t knew)
{
	struct entry entry = entry_base(ENTRY_LINE);
	entry.line.kind = whole.line.kind;
	fields_copy(&entry, &whole, fields);
	entry.line.amends = keepers_amends(fields);
	know(&entry.line.amends, knew);
	entry.hlc.renewed = 0;
	return entry;
}

static inline struct entry need_keepers_largest(void)
{
	return keepers(need_largest(),
		       field_bit(LINE_FIELD_GOODS) | field_bit(LINE_FIELD_PEOPLE) | field_bit(LINE_FIELD_INFANTS) |
			       field_bit(LINE_FIELD_WITHIN) | field_bit(LINE_FIELD_TEXT) | field_bit(LINE_FIELD_CLOSED),
		       KNEW_MAX);
}

static inline struct entry resource_keepers_largest(void)
{
	return keepers(resource_largest(),
		       fields_of(ENTRY_LINE) & ~(field_bit(LINE_FIELD_TEXT) | field_bit(LINE_FIELD_SUBSTITUTES)), 2);
}

static inline struct entry need_carried_largest(void)
{
	struct entry entry = need_largest();
	entry.line.amends.of = (struct ref){ .author = OTHER_AUTHOR, .number = 7 };
	entry.line.text[32 - 16] = '\0'; /* the room that the name takes */
	return entry;
}

static inline struct entry need_standing_largest(void)
{
	struct entry entry = need_largest();
	entry.line.every_h = EVERY_H_MAX;
	text_fill(entry.line.variant, LINE_VARIANT_MAX);
	entry.line.text[0] = '\0'; /* all the room that there is goes to the variant */
	return entry;
}

static inline struct entry resource_as_it_is_largest(void)
{
	struct entry entry = resource_largest();
	entry.line.use_by = USE_BY_MAX;
	text_fill(entry.line.variant, LINE_VARIANT_MAX);
	entry.line.text[8] = '\0';
	return entry;
}

static inline struct entry round_largest(void)
{
	struct entry entry = entry_base(ENTRY_LINE);
	struct line *line = &entry.line;
	line->kind = LINE_ROUND;
	line->site = (struct ref){ .author = OTHER_AUTHOR, .number = 0x89ABCDEF };
	line->item = ITEM_MAX;
	line->created = 0xFFFFFFFA;
	line->flags = 0x7F;
	line->doors = DOORS_MAX;
	line->answered = DOORS_MAX - 1;
	line->unneeded = DOORS_MAX - 2;
	text_fill(line->text, 32);
	line->closed = CLOSED_MOVED;
	return entry;
}

static inline struct entry move_largest(void)
{
	struct entry entry = entry_base(ENTRY_MOVE);
	struct move *move = &entry.move;
	move->stage = MOVE_WITHDRAWN;
	move->of = (struct ref){ .author = OTHER_AUTHOR, .number = 0x80000001 };
	move->from = (struct ref){ .author = OTHER_AUTHOR + 1, .number = 0x80000002 };
	move->after = (struct ref){ .author = OTHER_AUTHOR + 2, .number = 0x80000003 };
	move->quantity_milli = QUANTITY_MILLI_MAX;
	move->at = 0xFFFFFFF0;
	move->due = 0xFFFFFFF1;
	text_fill(move->text, 32);
	return entry;
}

static inline struct entry note_largest(void)
{
	struct entry entry = entry_base(ENTRY_NOTE);
	struct note *note = &entry.note;
	note->kind = NOTE_DENIAL;
	note->severity = 4;
	strcpy(note->language, "ht");
	text_fill(note->text, 88);
	note->of = (struct ref){ .author = OTHER_AUTHOR, .number = 0x80000001 };
	note->flags = 0x7F;
	return entry;
}

static inline struct entry note_passed_on_largest(void)
{
	struct entry entry = note_largest();
	text_fill(entry.note.text, 88 - 2 - NOTE_SOURCE_MAX);
	text_fill(entry.note.source, NOTE_SOURCE_MAX);
	return entry;
}

static inline struct entry note_two_refs_largest(void)
{
	struct entry entry = note_largest();
	entry.note.kind = NOTE_DUPLICATE;
	text_fill(entry.note.text, 72);
	entry.note.other = (struct ref){ .author = OTHER_AUTHOR + 1, .number = 0x80000002 };
	return entry;
}

static inline struct entry trust_withdraw_largest(void)
{
	struct entry entry = entry_base(ENTRY_TRUST);
	entry.trust.kind = TRUST_WITHDRAW;
	entry.trust.key = sample_key(32).public;
	entry.trust.since = 0xFFFFFFFF;
	return entry;
}

static inline struct entry trust_keeper_largest(void)
{
	struct entry entry = entry_base(ENTRY_TRUST);
	entry.trust.kind = TRUST_KEEPER;
	entry.trust.key = sample_key(32).public;
	entry.trust.site = (struct ref){ .author = OTHER_AUTHOR, .number = 0x80000001 };
	return entry;
}

static inline struct entry trust_keeper_end_largest(void)
{
	struct entry entry = trust_keeper_largest();
	entry.trust.kind = TRUST_KEEPER_END;
	entry.trust.since = 0xFFFFFFFF;
	return entry;
}

static const struct largest {
	const char *name;
	struct entry (*make)(void);
} LARGEST[] = {
	{ "card", card_largest },
	{ "site", site_largest },
	{ "site, keeper's", site_keepers_largest },
	{ "need", need_largest },
	{ "need of which some arrived", need_served_largest },
	{ "need in a cell", need_in_cell_largest },
	{ "need, standing", need_standing_largest },
	{ "need, keeper's", need_keepers_largest },
	{ "offer", offer_largest },
	{ "need, carried on", need_carried_largest },
	{ "resource", resource_largest },
	{ "resource, keeper's", resource_keepers_largest },
	{ "resource as it is", resource_as_it_is_largest },
	{ "round", round_largest },
	{ "move", move_largest },
	{ "note", note_largest },
	{ "note, passed on", note_passed_on_largest },
	{ "note, two references", note_two_refs_largest },
	{ "trust, withdraw", trust_withdraw_largest },
	{ "trust, keeper", trust_keeper_largest },
	{ "trust, keeper no longer", trust_keeper_end_largest },
};

enum { LARGEST_COUNT = sizeof(LARGEST) / sizeof(LARGEST[0]) };

#endif
