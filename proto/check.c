/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "proto/check.h"

#include <assert.h>
#include <string.h>

#include "proto/field.h"
#include "proto/text.h"

enum { LAT_E6_MAX = 90000000, LON_E6_MAX = 180000000, HALF_HOURS_MAX = 48, DAYS_MAX = 0x7F };
enum { ROLES_MAX = 0x3FFF, FACILITIES_MAX = 0x7F, FLAGS_MAX = 0x7F, SEVERITY_MAX = 4 };

static bool text_is_legal(const char *text, size_t size_max)
{
	size_t size = strnlen(text, size_max + 1);
	return size <= size_max && text_is_clean((struct view){ .data = (const uint8_t *)text, .size = size });
}

/* No author without a number. */
static bool ref_is_legal(struct ref ref)
{
	return ref.number != 0 || ref.author == 0;
}

static bool place_is_legal(const struct place *place)
{
	switch (place->digits) {
	case PLACE_NONE:
		return true;
	case PLACE_POINT:
	case 4:
	case 6:
	case 8:
	case 10:
		return place->lat_e6 >= -LAT_E6_MAX && place->lat_e6 <= LAT_E6_MAX && place->lon_e6 >= -LON_E6_MAX &&
		       place->lon_e6 <= LON_E6_MAX;
	default:
		return false;
	}
}

static bool hours_are_legal(const struct hours *hours)
{
	return hours->from <= HALF_HOURS_MAX && hours->to <= HALF_HOURS_MAX && hours->days <= DAYS_MAX;
}

/* Fields by ascending number, each once, of those that a change may name. */
static bool named_are_legal(const struct amends *amends, enum entry_kind kind)
{
	uint8_t last = 0;
	if (amends->named_count > NAMED_MAX)
		return false;
	for (size_t i = 0; i < amends->named_count; i++) {
		uint8_t field = amends->named[i].field;
		if (field <= last || field >= FIELD_COUNT || !(fields_of(kind) & field_bit(field)))
			return false;
		last = field;
	}
	return true;
}

/* A change says what it names and nothing else; a round is of whole words alone. */
static bool amends_are_legal(const struct entry *entry)
{
	const struct amends *amends = entry_amends_of(entry);
	if (!ref_is_legal(amends->of) || !named_are_legal(amends, entry->kind) || amends->knew_count > KNEW_MAX)
		return false;
	if (!amends_changes(amends))
		return entry->kind == ENTRY_LINE || amends->of.number == 0;
	return amends->of.number != 0 && amends->round == 0 && (fields_said(entry) & ~fields_named(amends)) == 0;
}

static bool card_is_legal(const struct card *card, uint64_t author)
{
	return public_key_hint(&card->key) == author && card->name[0] != '\0' &&
	       text_is_legal(card->name, CARD_NAME_MAX) && text_is_legal(card->languages, CARD_LANGUAGES_MAX) &&
	       card->roles <= ROLES_MAX;
}

static bool site_is_legal(const struct site *site)
{
	return text_is_legal(site->name, SITE_NAME_MAX) && place_is_legal(&site->place) &&
	       site->state <= SITE_UNLISTED && site->people <= PEOPLE_MAX && hours_are_legal(&site->giving) &&
	       hours_are_legal(&site->receiving) && site->facilities <= FACILITIES_MAX;
}

static bool within_is_legal(uint32_t within_h)
{
	return within_h == 0 || within_h == 6 || within_h == 24 || within_h == 72 || within_h == 168 || within_h == 720;
}

/* Whom it is for is a need's to say. */
static bool line_people_are_legal(const struct line *line)
{
	if (line->kind != LINE_NEED)
		return line->people == 0 && line->infants == 0 && line->elders == 0 && line->powered == 0 &&
		       line->within_h == 0 && line->ticket == 0 && line->every_h == 0;
	return line->people <= PEOPLE_MAX && line->infants <= VULNERABLE_MAX && line->elders <= VULNERABLE_MAX &&
	       line->powered <= VULNERABLE_MAX && within_is_legal(line->within_h) && line->every_h <= EVERY_H_MAX;
}

/* What was found at the doors is a round's to say; a round asks for nothing and has nothing. */
static bool line_round_is_legal(const struct line *line)
{
	if (line->kind != LINE_ROUND)
		return line->doors == 0 && line->answered == 0 && line->unneeded == 0;
	return line->doors <= DOORS_MAX && line->answered <= line->doors && line->unneeded <= line->answered &&
	       line->quantity_milli == 0 && line->lot_milli == 0 && line->substitutes[0] == 0 && line->reach_km == 0 &&
	       line->counted == 0;
}

/* What can be used until when is known of what is there. */
static bool line_goods_are_legal(const struct line *line)
{
	if (line->use_by != 0 && line->kind != LINE_OFFER && line->kind != LINE_RESOURCE)
		return false;
	return text_is_legal(line->variant, LINE_VARIANT_MAX) && (line->variant[0] == '\0' || line->kind != LINE_ROUND);
}

static bool line_quantities_are_legal(const struct line *line)
{
	if (line->kind != LINE_RESOURCE && line->reserve_milli != 0)
		return false;
	if (line->kind != LINE_NEED && line->arrived_milli != 0)
		return false;
	if (line->kind == LINE_NEED && line->reach_km != 0)
		return false;
	return line->quantity_milli <= QUANTITY_MILLI_MAX && line->lot_milli <= QUANTITY_MILLI_MAX &&
	       line->reserve_milli <= QUANTITY_MILLI_MAX && line->arrived_milli <= QUANTITY_MILLI_MAX &&
	       line->reach_km <= REACH_KM_MAX;
}

static bool line_items_are_legal(const struct line *line)
{
	bool names_none = line->item == 0 && line->text[0] == '\0';
	if (line->item > ITEM_MAX || (names_none && !amends_changes(&line->amends) && line->kind != LINE_ROUND))
		return false;
	for (size_t i = 0; i < SUBSTITUTES_MAX; i++) {
		if (line->substitutes[i] > ITEM_MAX)
			return false;
		if (i > 0 && line->substitutes[i] != 0 && line->substitutes[i - 1] == 0)
			return false;
	}
	return true;
}

/* Where a line is, since when, and for whose ticket stays its author's alone to say. Who carries it on says it after him,
 * and has the right from the site. */
static bool line_origin_is_legal(const struct line *line)
{
	bool placed = !ref_is_none(line->site) || line->cell.digits != PLACE_NONE;
	if (amends_changes(&line->amends))
		return !placed && line->created == 0 && line->ticket == 0;
	if (amends_carries(&line->amends) && ref_is_none(line->site))
		return false;
	return line->created != 0 && (ref_is_none(line->site) || line->cell.digits == PLACE_NONE);
}

static bool line_is_legal(const struct line *line)
{
	return line->kind <= LINE_ROUND && ref_is_legal(line->site) && place_is_legal(&line->cell) &&
	       line_origin_is_legal(line) && line_items_are_legal(line) && line_people_are_legal(line) &&
	       line_quantities_are_legal(line) && line_round_is_legal(line) && line_goods_are_legal(line) &&
	       line->flags <= FLAGS_MAX && text_is_legal(line->text, LINE_TEXT_MAX) && line->closed <= CLOSED_MOVED;
}

static bool move_is_legal(const struct move *move)
{
	return move->stage <= MOVE_WITHDRAWN && ref_is_legal(move->of) && ref_is_legal(move->from) &&
	       ref_is_legal(move->after) && move->quantity_milli <= QUANTITY_MILLI_MAX &&
	       text_is_legal(move->text, MOVE_TEXT_MAX);
}

static bool language_is_legal(const char *language)
{
	if (language[0] == '\0')
		return true;
	for (size_t i = 0; i < NOTE_LANGUAGE_SIZE; i++)
		if (language[i] < 'a' || language[i] > 'z')
			return false;
	return language[NOTE_LANGUAGE_SIZE] == '\0';
}

static bool note_is_legal(const struct note *note)
{
	bool two_refs = !ref_is_none(note->of) && !ref_is_none(note->other);
	if (note->kind > NOTE_DENIAL || note->severity > SEVERITY_MAX || !language_is_legal(note->language))
		return false;
	if (!ref_is_legal(note->of) || !ref_is_legal(note->other))
		return false;
	if (note->kind == NOTE_DUPLICATE ? !two_refs : !ref_is_none(note->other))
		return false;
	if (note->flags > FLAGS_MAX || !text_is_legal(note->source, NOTE_SOURCE_MAX))
		return false;
	if (note->until != 0 && note->kind != NOTE_ALERT)
		return false;
	if (note->kind == NOTE_DENIAL && ref_is_none(note->of))
		return false;
	return text_is_legal(note->text, NOTE_TEXT_MAX);
}

static bool trust_is_legal(const struct trust *trust)
{
	bool keeper = trust->kind == TRUST_KEEPER || trust->kind == TRUST_KEEPER_END;
	return trust->kind <= TRUST_KEEPER_END && ref_is_legal(trust->site) && keeper == !ref_is_none(trust->site) &&
	       (trust->since == 0 || trust->kind == TRUST_WITHDRAW || trust->kind == TRUST_KEEPER_END);
}

bool entry_is_legal(const struct entry *entry)
{
	if (entry->hlc.tick > TICK_MAX || entry->hlc.era > ERA_MAX || entry->hlc.renewed > RENEWED_MAX)
		return false;
	if (entry->hlc.renewed != 0 && !entry_is_renewable(entry))
		return false;
	if (entry->sealed_size != 0 && (entry->sealed_size <= RADIO_SEAL_SIZE || entry->sealed_size > SEALED_MAX))
		return false;
	if (entry->kind != ENTRY_UNKNOWN && (entry->kind == ENTRY_CARD) != (entry->number == 0))
		return false;
	switch (entry->kind) {
	case ENTRY_UNKNOWN:
		return true;
	case ENTRY_CARD:
		return card_is_legal(&entry->card, entry->author);
	case ENTRY_SITE:
		return site_is_legal(&entry->site) && amends_are_legal(entry);
	case ENTRY_LINE:
		return line_is_legal(&entry->line) && amends_are_legal(entry);
	case ENTRY_MOVE:
		return move_is_legal(&entry->move);
	case ENTRY_NOTE:
		return note_is_legal(&entry->note);
	case ENTRY_TRUST:
		return trust_is_legal(&entry->trust);
	}
	return false;
}
