/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/entry.h"
#include "tests/unit/largest.h"

#define AT(field) offsetof(struct entry, field), sizeof(((struct entry *)0)->field)

/* One number changed makes a legal entry illegal. */
static const struct {
	const char *name;
	struct entry (*make)(void);
	size_t offset;
	size_t size;
	uint64_t value;
} ILLEGAL[] = {
	{ "tick above its bound", need_largest, AT(hlc.tick), TICK_MAX + 1 },
	{ "era above its bound", need_largest, AT(hlc.era), ERA_MAX + 1 },
	{ "renewed above its bound", need_largest, AT(hlc.renewed), RENEWED_MAX + 1 },
	{ "a move renewed", move_largest, AT(hlc.renewed), 1 },
	{ "a note renewed", note_largest, AT(hlc.renewed), 1 },
	{ "a keeper's change of a line renewed", need_keepers_largest, AT(hlc.renewed), 1 },
	{ "a keeper's change of a site renewed", site_keepers_largest, AT(hlc.renewed), 1 },
	{ "register 0 of a need", need_largest, AT(number), 0 },
	{ "register 1 of a card", card_largest, AT(number), 1 },
	{ "sealed too short", trust_keeper_largest, AT(sealed_size), 25 },
	{ "sealed too long", trust_keeper_largest, AT(sealed_size), 65 },
	{ "card of another author", card_largest, AT(author), 1 },
	{ "card without a name", card_largest, AT(card.name[0]), 0 },
	{ "card roles", card_largest, AT(card.roles), 0x4000 },
	{ "site state", site_largest, AT(site.state), 5 },
	{ "site people", site_largest, AT(site.people), PEOPLE_MAX + 1 },
	{ "site place south of the pole", site_largest, AT(site.place.lat_e6), (uint32_t)-90000001 },
	{ "site place past the date line", site_largest, AT(site.place.lon_e6), 180000001 },
	{ "site place of 5 digits", site_largest, AT(site.place.digits), 5 },
	{ "site place of 16 digits", site_largest, AT(site.place.digits), 16 },
	{ "site opens at 24:30", site_largest, AT(site.giving.from), 49 },
	{ "site closes at 24:30", site_largest, AT(site.receiving.to), 49 },
	{ "site on the eighth day", site_largest, AT(site.giving.days), 0x80 },
	{ "site facilities", site_largest, AT(site.facilities), 0x80 },
	{ "site's change of nothing", site_keepers_largest, AT(site.amends.of.number), 0 },
	{ "site's change that names nothing", site_keepers_largest, AT(site.amends.named_count), 0 },
	{ "site carried on", site_largest, AT(site.amends.of.number), 1 },
	{ "site's change names a field twice", site_keepers_largest, AT(site.amends.named[1].field), 1 },
	{ "site's change names field 10", site_keepers_largest, AT(site.amends.named[5].field), 10 },
	{ "site's change names too many", site_keepers_largest, AT(site.amends.named_count), NAMED_MAX + 1 },
	{ "site's change says more than it names", site_keepers_largest, AT(site.giving.to), 3 },
	{ "site's change in a round", site_keepers_largest, AT(site.amends.round), 1 },
	{ "site knew of nine", site_largest, AT(site.amends.knew_count), KNEW_MAX + 1 },
	{ "line kind", need_largest, AT(line.kind), 4 },
	{ "round of people", round_largest, AT(line.people), 1 },
	{ "round of a quantity", round_largest, AT(line.quantity_milli), 1 },
	{ "round with a lot", round_largest, AT(line.lot_milli), 1 },
	{ "round that was counted", round_largest, AT(line.counted), 1 },
	{ "round with a reach", round_largest, AT(line.reach_km), 1 },
	{ "round with a substitute", round_largest, AT(line.substitutes[0]), 1 },
	{ "round of a variant", round_largest, AT(line.variant[0]), 'L' },
	{ "round at too many doors", round_largest, AT(line.doors), DOORS_MAX + 1 },
	{ "round where more answer than were asked", round_largest, AT(line.answered), DOORS_MAX + 1 },
	{ "round where more need nothing than answered", round_largest, AT(line.unneeded), DOORS_MAX },
	{ "round every day", round_largest, AT(line.every_h), 24 },
	{ "need at doors", need_largest, AT(line.doors), 1 },
	{ "need until a day", need_largest, AT(line.use_by), 1 },
	{ "need every 721 h", need_largest, AT(line.every_h), EVERY_H_MAX + 1 },
	{ "offer every day", offer_largest, AT(line.every_h), 24 },
	{ "line in site and cell", need_largest, AT(line.cell.digits), 8 },
	{ "line at an author without number", need_largest, AT(line.site.number), 0 },
	{ "line in a cell of 3 digits", need_in_cell_largest, AT(line.cell.digits), 3 },
	{ "line item", need_largest, AT(line.item), ITEM_MAX + 1 },
	{ "line quantity", need_largest, AT(line.quantity_milli), QUANTITY_MILLI_MAX + 1 },
	{ "line lot", need_largest, AT(line.lot_milli), QUANTITY_MILLI_MAX + 1 },
	{ "line people", need_largest, AT(line.people), PEOPLE_MAX + 1 },
	{ "line infants", need_largest, AT(line.infants), VULNERABLE_MAX + 1 },
	{ "line elders", need_largest, AT(line.elders), VULNERABLE_MAX + 1 },
	{ "line powered", need_largest, AT(line.powered), VULNERABLE_MAX + 1 },
	{ "line within 25 h", need_largest, AT(line.within_h), 25 },
	{ "line never created", need_largest, AT(line.created), 0 },
	{ "line first substitute missing", need_largest, AT(line.substitutes[0]), 0 },
	{ "line substitute", need_largest, AT(line.substitutes[1]), ITEM_MAX + 1 },
	{ "line flags", need_largest, AT(line.flags), 0x80 },
	{ "line closed", need_largest, AT(line.closed), 5 },
	{ "line names a field of its own", need_largest, AT(line.amends.named_count), 1 },
	{ "line arrived", need_largest, AT(line.arrived_milli), QUANTITY_MILLI_MAX + 1 },
	{ "need with a reserve", need_largest, AT(line.reserve_milli), 1 },
	{ "need with a reach", need_largest, AT(line.reach_km), 1 },
	{ "offer that arrived", offer_largest, AT(line.arrived_milli), 1 },
	{ "offer with a reserve", offer_largest, AT(line.reserve_milli), 1 },
	{ "offer for people", offer_largest, AT(line.people), 1 },
	{ "offer for infants", offer_largest, AT(line.infants), 1 },
	{ "offer for elders", offer_largest, AT(line.elders), 1 },
	{ "offer for powered", offer_largest, AT(line.powered), 1 },
	{ "offer within 6 h", offer_largest, AT(line.within_h), 6 },
	{ "offer with a ticket", offer_largest, AT(line.ticket), 1 },
	{ "resource reach", resource_largest, AT(line.reach_km), REACH_KM_MAX + 1 },
	{ "resource reserve", resource_largest, AT(line.reserve_milli), QUANTITY_MILLI_MAX + 1 },
	{ "resource with a ticket", resource_largest, AT(line.ticket), 1 },
	{ "line's change of nothing", need_keepers_largest, AT(line.amends.of.number), 0 },
	{ "line's change names the quantity alone", need_keepers_largest, AT(line.amends.named[0].field), 6 },
	{ "line's change says more than it names", need_keepers_largest, AT(line.lot_milli), 1 },
	{ "line's change in a round", need_keepers_largest, AT(line.amends.round), 1 },
	{ "line carried on, never created", need_carried_largest, AT(line.created), 0 },
	{ "line carried on nowhere", need_carried_largest, AT(line.site), 0 },
	{ "keeper's line in a site", need_keepers_largest, AT(line.site.number), 1 },
	{ "keeper's line in a cell", need_keepers_largest, AT(line.cell.digits), 8 },
	{ "keeper's line created", need_keepers_largest, AT(line.created), 1 },
	{ "keeper's line with a ticket", need_keepers_largest, AT(line.ticket), 1 },
	{ "move stage", move_largest, AT(move.stage), 11 },
	{ "move quantity", move_largest, AT(move.quantity_milli), QUANTITY_MILLI_MAX + 1 },
	{ "move of an author without number", move_largest, AT(move.of.number), 0 },
	{ "move from an author without number", move_largest, AT(move.from.number), 0 },
	{ "move after an author without number", move_largest, AT(move.after.number), 0 },
	{ "note kind", note_largest, AT(note.kind), 8 },
	{ "note until a time", note_largest, AT(note.until), 1 },
	{ "denial of nothing", note_largest, AT(note.of), 0 },
	{ "note severity", note_largest, AT(note.severity), 5 },
	{ "note language of one letter", note_largest, AT(note.language[1]), 0 },
	{ "note language in capitals", note_largest, AT(note.language[0]), 'H' },
	{ "note flags", note_largest, AT(note.flags), 0x80 },
	{ "note of two records", note_largest, AT(note.other.number), 1 },
	{ "duplicate of nothing", note_two_refs_largest, AT(note.other), 0 },
	{ "duplicate that is nothing", note_two_refs_largest, AT(note.of), 0 },
	{ "trust kind", trust_keeper_largest, AT(trust.kind), 4 },
	{ "keeper since", trust_keeper_largest, AT(trust.since), 1 },
	{ "keeper of nothing", trust_keeper_largest, AT(trust.site), 0 },
	{ "withdraw of a site", trust_withdraw_largest, AT(trust.site.number), 1 },
};

/* Where the lowest bytes of a number lie, whichever end comes first. */
static const uint8_t *lowest(const uint64_t *value, size_t size)
{
	const uint8_t *bytes = (const uint8_t *)value;

	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? bytes + sizeof *value - size : bytes;
}

static void test_illegal_is_not_encoded(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ILLEGAL) / sizeof(ILLEGAL[0]); i++) {
		struct entry entry = ILLEGAL[i].make();
		uint8_t *at = (uint8_t *)&entry + ILLEGAL[i].offset;
		uint64_t value = ILLEGAL[i].value;
		if (ILLEGAL[i].size > sizeof(value))
			memset(at, 0, ILLEGAL[i].size);
		else
			memcpy(at, lowest(&value, ILLEGAL[i].size), ILLEGAL[i].size);
		uint8_t body[BODY_SIZE_MAX] = { 0 };
		const uint8_t zero[BODY_SIZE_MAX] = { 0 };
		size_t size = 77;
		if (entry_body_encode(body, &size, &entry) != ENTRY_E_BOUNDS)
			fail_msg("%s was encoded", ILLEGAL[i].name);
		assert_int_equal(size, 77);
		assert_memory_equal(body, zero, sizeof(zero));
	}
}

static void test_item_0_needs_a_text(void **state)
{
	(void)state;
	struct entry entry = need_largest();
	uint8_t body[BODY_SIZE_MAX];
	size_t size;
	entry.line.item = 0;
	assert_int_equal(entry_body_encode(body, &size, &entry), ENTRY_OK);
	entry.line.text[0] = '\0';
	assert_int_equal(entry_body_encode(body, &size, &entry), ENTRY_E_BOUNDS);
}

/* A text has the room that its body leaves. */
static void test_note_has_what_room_there_is(void **state)
{
	static const struct {
		size_t text, source;
		enum note_kind kind;
		enum entry_rc rc;
	} ROWS[] = { { NOTE_TEXT_MAX, 0, NOTE_MESSAGE, ENTRY_OK },
		     { NOTE_TEXT_MAX + 1, 0, NOTE_MESSAGE, ENTRY_E_BOUNDS },
		     { NOTE_TEXT_MAX, 1, NOTE_MESSAGE, ENTRY_E_SIZE },
		     { NOTE_TEXT_MAX - NOTE_SOURCE_MAX - 2, NOTE_SOURCE_MAX, NOTE_MESSAGE, ENTRY_OK },
		     { NOTE_TEXT_MAX - NOTE_SOURCE_MAX - 1, NOTE_SOURCE_MAX, NOTE_MESSAGE, ENTRY_E_SIZE },
		     { NOTE_TEXT_MAX - 14, 0, NOTE_DENIAL, ENTRY_OK },
		     { NOTE_TEXT_MAX - 13, 0, NOTE_DENIAL, ENTRY_E_SIZE },
		     { NOTE_TEXT_MAX - 28, 0, NOTE_DUPLICATE, ENTRY_OK },
		     { NOTE_TEXT_MAX - 27, 0, NOTE_DUPLICATE, ENTRY_E_SIZE } };
	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		struct entry entry = note_largest();
		uint8_t body[BODY_SIZE_MAX];
		size_t size;
		memset(&entry.note, 0, sizeof entry.note);
		entry.note.kind = ROWS[i].kind;
		if (ROWS[i].kind != NOTE_MESSAGE)
			entry.note.of = (struct ref){ .author = OTHER_AUTHOR, .number = 1 };
		if (ROWS[i].kind == NOTE_DUPLICATE)
			entry.note.other = (struct ref){ .author = OTHER_AUTHOR, .number = 2 };
		memset(entry.note.text, 'a', ROWS[i].text);
		memset(entry.note.source, 'b', ROWS[i].source);
		if (entry_body_encode(body, &size, &entry) != ROWS[i].rc)
			fail_msg("a text of %zu bytes and a source of %zu", ROWS[i].text, ROWS[i].source);
	}
}

static void test_too_long_with_sealed_says_so(void **state)
{
	(void)state;
	struct entry entry = need_largest();
	uint8_t body[BODY_SIZE_MAX];
	size_t size;
	entry.sealed_size = SEALED_MAX;
	assert_int_equal(entry_body_encode(body, &size, &entry), ENTRY_E_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_illegal_is_not_encoded),
		cmocka_unit_test(test_item_0_needs_a_text),
		cmocka_unit_test(test_note_has_what_room_there_is),
		cmocka_unit_test(test_too_long_with_sealed_says_so),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
