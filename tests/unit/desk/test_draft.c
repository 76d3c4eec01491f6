/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* From what people typed to what a node would sign: items, quantities and places as they are understood, what is said
 * about it, and that no entry tells where a household is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "node/desk/draft.h"
#include "proto/place/plus_code.h"
#include "tests/unit/samples.h"
#include "tests/unit/written.h"

enum { NOW_S = 2400 * EPOCH_S, OAK_LAT = 35108500, OAK_LON = -77044100 };

/* A node that stands at Oak, beside Elm, of which nobody said where it is. */
struct town {
	struct sample_key author;
	struct identity identity;
	struct picture *picture;
	struct draft draft;
	struct door_answer answer;
};

static uint32_t next_number = 1000;

static uint32_t count_up(void *ctx, uint32_t wanted)
{
	(void)ctx;
	if (wanted)
		return wanted;
	return next_number++;
}

static enum door_rc ask(struct town *t, struct door_request request)
{
	struct draft_desk desk = {
		.picture = t->picture, .identity = &t->identity, .now_s = NOW_S, .new_number = count_up
	};

	return draft_make(&t->draft, &t->answer, &desk, &request);
}

static struct sample sign_draft(struct town *t)
{
	t->draft.entry.hlc = (struct hlc){ .time = NOW_S };
	return sample_signed(&t->draft.entry, &t->author);
}

/* Makes it so, and gives its ref. */
static struct ref say(struct town *t, struct door_request request)
{
	struct sample sample;
	struct entry_id id;

	if (ask(t, request) != DOOR_OK)
		fail_msg("%s", written(&t->answer.said));
	sample = sign_draft(t);
	id = entry_id_of(sample_view(&sample), &t->author.public);
	assert_true(picture_put(t->picture, sample_view(&sample), &id, &t->author.public));
	return (struct ref){ public_key_hint(&t->author.public), t->draft.entry.number };
}

static int town_setup(void **state)
{
	static struct town t;
	struct ref oak;

	assert_true(sodium_init() >= 0);
	t = (struct town){ .author = sample_key(1) };
	t.identity.key = t.author.public;
	t.picture = picture_open(1000, 8, &t.author.public);
	assert_non_null(t.picture);
	say(&t, (struct door_request){ .verb = DOOR_SELF, .fields = DOOR_NAME, .name = "Oak node" });
	oak = say(&t, (struct door_request){ .verb = DOOR_SITE,
					     .fields = DOOR_NAME | DOOR_PLACE,
					     .name = "Oak",
					     .where = "35.1085,-77.0441" });
	say(&t, (struct door_request){ .verb = DOOR_SITE, .fields = DOOR_NAME, .name = "Elm" });
	picture_stand_at(t.picture, oak);
	*state = &t;
	return 0;
}

static int town_teardown(void **state)
{
	picture_close(((struct town *)*state)->picture);
	return 0;
}

static struct door_request need(const char *item)
{
	return (struct door_request){ .verb = DOOR_LINE,
				      .fields = DOOR_ITEM | DOOR_WITHIN,
				      .line_kind = VIEW_NEED,
				      .item = item,
				      .within_h = 24 };
}

static void test_items(void **state)
{
	static const struct {
		const char *typed;
		enum door_rc rc;
		uint16_t item;
		const char *words, *said;
	} rows[] = {
		{ "101", DOOR_OK, 101, "", "" },
		{ "Drinking water", DOOR_OK, 101, "", "" },
		{ "eau potable", DOOR_OK, 101, "", "" },
		{ "agua", DOOR_OK, 101, "", "\"agua\" was taken as Drinking water (101)." },
		{ "blakets", DOOR_E_INPUT, 0, NULL,
		  "Which one: Blanket (303)? Say its name or code, or put = before it to keep your own words." },
		{ "= blakets", DOOR_OK, 0, "blakets", "" },
		{ "=blanket", DOOR_OK, 0, "blanket", "" },
		{ "piano", DOOR_OK, 0, "piano", "" },
		{ "diapers", DOOR_E_INPUT, 0, NULL,
		  "Which one: Diapers, infant (601), Diapers, toddler (602) or Adult briefs (507)? Say its name or "
		  "code, or "
		  "put = before it to keep your own words." },
		{ "plum", DOOR_E_INPUT, 0, NULL,
		  "Which one: Plumber (1208)? Say its name or code, or put = before it to keep your own words." },
		{ "9999", DOOR_E_UNKNOWN, 0, NULL, "The catalogue has no item 9999. Say it in words." },
		{ "=", DOOR_E_INPUT, 0, NULL, "Say in words what it is." },
	};
	struct town *t = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		enum door_rc rc = ask(t, need(rows[i].typed));

		if (rc != rows[i].rc)
			fail_msg("%s: %s", rows[i].typed, written(&t->answer.said));
		assert_string_equal(written(&t->answer.said), rows[i].said);
		if (rc != DOOR_OK)
			continue;
		assert_int_equal(t->draft.entry.line.item, rows[i].item);
		assert_string_equal(t->draft.entry.line.text, rows[i].words);
	}
}

/* A row of a table is never held up by a word that may mean two things. */
static void test_items_of_tables_stay_words(void **state)
{
	struct town *t = *state;
	struct door_request row = need("diapers");

	row.long_text = DOOR_CUT;
	assert_int_equal(ask(t, row), DOOR_OK);
	assert_int_equal(t->draft.entry.line.item, 0);
	assert_string_equal(t->draft.entry.line.text, "diapers");
	assert_non_null(strstr(written(&t->answer.said), "may be Diapers, infant (601)"));
}

static void test_quantities(void **state)
{
	static const struct {
		const char *item, *typed;
		enum door_rc rc;
		uint64_t milli;
		const char *said;
	} rows[] = {
		{ "101", "30 gal", DOOR_OK, 113562, "30 gal = 113.562 L." },
		{ "101", "120 L", DOOR_OK, 120000, "" },
		{ "agua", "3 cases of 24 x 0.5 L", DOOR_OK, 36000,
		  "\"agua\" was taken as Drinking water (101). 3 cases of 24 x 0.5 L = 36 L." },
		{ "303", "40 lb", DOOR_OK, 15000, "40 lb = 15, at about 1.2 kg each." },
		{ "piano", "2 packs of 12", DOOR_OK, 24000, "2 packs of 12 = 24." },
		{ "303", "5 gal", DOOR_E_INPUT, 0,
		  "\"5 gal\" does not fit: Blanket is counted in pieces. Write how many, or a weight." },
		{ "101", "3 bushels", DOOR_E_INPUT, 0,
		  "\"3 bushels\" does not fit: Drinking water is counted in L. Write L, ml, gal, qt, pt or fl oz, or a "
		  "weight." },
		{ "piano", "5 kg", DOOR_E_INPUT, 0,
		  "\"5 kg\" does not fit: what is not in the catalogue has no unit. Write the number alone, and the "
		  "unit into "
		  "the words." },
	};
	struct town *t = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct door_request request = need(rows[i].item);
		enum door_rc rc;

		request.fields |= DOOR_QUANTITY;
		request.measure = rows[i].typed;
		rc = ask(t, request);
		if (rc != rows[i].rc)
			fail_msg("%s: %s", rows[i].typed, written(&t->answer.said));
		assert_string_equal(written(&t->answer.said), rows[i].said);
		if (rc == DOOR_OK)
			assert_int_equal(t->draft.entry.line.quantity_milli, rows[i].milli);
	}
}

/* The unit is that of the item as it stands after the request; a pledge's that of its need. */
static void test_quantities_of_edits_stock_and_moves(void **state)
{
	struct town *t = *state;
	struct door_request request = need("drinking-water");
	struct door_request stock = { .verb = DOOR_LINE,
				      .fields = DOOR_ITEM | DOOR_QUANTITY | DOOR_RESERVE | DOOR_LOT,
				      .line_kind = VIEW_RESOURCE,
				      .item = "diesel",
				      .measure = "100 gal",
				      .reserve_measure = "10 gal",
				      .lot_measure = "5 gal" };
	struct door_request move = {
		.verb = DOOR_MOVE, .fields = DOOR_QUANTITY, .stage = VIEW_PLEDGED, .measure = "6x1.5L"
	};
	char ref[VIEW_REF_SIZE];

	request.fields |= DOOR_QUANTITY;
	request.quantity_milli = 50000;
	picture_ref_text(t->picture, say(t, request), ref);
	request = (struct door_request){ .verb = DOOR_LINE, .ref = ref, .fields = DOOR_QUANTITY, .measure = "10 gal" };
	assert_int_equal(ask(t, request), DOOR_OK);
	assert_int_equal(t->draft.entry.line.quantity_milli, 37854);
	move.of = ref;
	assert_int_equal(ask(t, move), DOOR_OK);
	assert_int_equal(t->draft.entry.move.quantity_milli, 9000);
	assert_string_equal(written(&t->answer.said), "6x1.5L = 9 L.");
	move.measure = "3 pairs";
	assert_int_equal(ask(t, move), DOOR_E_INPUT);
	assert_int_equal(ask(t, stock), DOOR_OK);
	assert_int_equal(t->draft.entry.line.quantity_milli, 378541);
	assert_int_equal(t->draft.entry.line.reserve_milli, 37854);
	assert_int_equal(t->draft.entry.line.lot_milli, 18927);
}

static void test_places_of_sites(void **state)
{
	static const struct {
		const char *typed;
		enum door_rc rc;
		int32_t lat_e6, lon_e6;
		uint8_t digits;
	} rows[] = {
		{ "35.1,-77.0", DOOR_OK, 35100000, -77000000, 15 },
		{ "35.1N 77W", DOOR_OK, 35100000, -77000000, 15 },
		{ "8773XW00+", DOOR_OK, 35975000, -78075000, 6 },
		{ "Oak", DOOR_OK, OAK_LAT, OAK_LON, 15 },
		{ "oak", DOOR_OK, OAK_LAT, OAK_LON, 15 },
		{ "Elm", DOOR_E_INPUT, 0, 0, 0 }, /* nobody said where it is */
		{ "Ash", DOOR_E_UNKNOWN, 0, 0, 0 },
		{ "95,0", DOOR_E_INPUT, 0, 0, 0 },
	};
	struct town *t = *state;
	struct door_request site = { .verb = DOOR_SITE, .fields = DOOR_NAME | DOOR_PLACE, .name = "Fir" };
	char code[PLUS_CODE_SIZE];
	const struct geo_point fir = { 35120000, -77060000 };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		site.where = rows[i].typed;
		if (ask(t, site) != rows[i].rc)
			fail_msg("%s: %s", rows[i].typed, written(&t->answer.said));
		if (rows[i].rc != DOOR_OK)
			continue;
		assert_int_equal(t->draft.entry.site.place.lat_e6, rows[i].lat_e6);
		assert_int_equal(t->draft.entry.site.place.lon_e6, rows[i].lon_e6);
		assert_int_equal(t->draft.entry.site.place.digits, rows[i].digits);
	}
	/* Short: the nearest to Oak, where this node stands. */
	plus_code_encode(code, fir, 10);
	site.where = code + 4;
	assert_int_equal(ask(t, site), DOOR_OK);
	assert_in_range(t->draft.entry.site.place.lat_e6, fir.lat_e6 - 63, fir.lat_e6 + 63);
	assert_in_range(-t->draft.entry.site.place.lon_e6, -fir.lon_e6 - 63, -fir.lon_e6 + 63);
	picture_stand_at(t->picture, (struct ref){ 0, 0 });
	assert_int_equal(ask(t, site), DOOR_E_INPUT);
	assert_non_null(strstr(written(&t->answer.said), "write the whole code"));
}

static bool holds(const struct sample *sample, const void *bytes, size_t size)
{
	return memmem(sample->data, sample->size, bytes, size) != NULL;
}

/* As the wire writes a degree, and as a person would. */
static void assert_hides(const struct sample *sample, int32_t e6)
{
	char text[16];

	assert_false(holds(sample, &e6, sizeof e6));
	snprintf(text, sizeof text, "%d", e6 / 100);
	assert_false(holds(sample, text, strlen(text)));
}

static void test_a_household_is_told_as_a_cell(void **state)
{
	static const struct geo_point door = { 35112345, -77054321 };
	static const struct {
		const char *typed; /* NULL: the point with these digits */
		uint8_t digits, signed_digits;
		const char *said;
	} rows[] = {
		{ "35.112345,-77.054321", 0, 6, "The place is told as 8774" },
		{ "35.112345N 77.054321W", 0, 6, "5.6 km wide" },
		{ NULL, 15, 6, "5.6 km wide" },
		{ NULL, 10, 8, "280 m wide" },
		{ NULL, 8, 8, "" },
		{ NULL, 6, 6, "" },
		{ NULL, 4, 4, "" },
	};
	struct town *t = *state;
	char code[PLUS_CODE_SIZE];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct door_request request = need("101");
		struct geo_point middle = geo_coarsen(door, rows[i].signed_digits);
		const struct line *line = &t->draft.entry.line;
		struct sample sample;

		request.fields |= DOOR_PLACE;
		request.where = rows[i].typed;
		request.place = (struct view_place){ door.lat_e6, door.lon_e6, rows[i].digits };
		assert_int_equal(ask(t, request), DOOR_OK);
		assert_true(ref_is_none(line->site));
		assert_int_equal(line->cell.digits, rows[i].signed_digits);
		assert_int_equal(line->cell.lat_e6, middle.lat_e6);
		assert_int_equal(line->cell.lon_e6, middle.lon_e6);
		assert_true(rows[i].said[0] ? strstr(written(&t->answer.said), rows[i].said) != NULL
					    : written(&t->answer.said)[0] == '\0');
		sample = sign_draft(t);
		assert_hides(&sample, door.lat_e6);
		assert_hides(&sample, door.lon_e6);
	}
	/* A Plus Code that was read out at the door is no wish to tell it. */
	for (uint8_t digits = 8; digits <= 12; digits += 2) {
		struct door_request request = need("101");

		plus_code_encode(code, door, digits);
		request.fields |= DOOR_PLACE;
		request.where = code;
		assert_int_equal(ask(t, request), DOOR_OK);
		assert_int_equal(t->draft.entry.line.cell.digits, digits == 8 ? 8 : 6);
	}
}

static void test_a_place_that_is_a_site_is_the_site(void **state)
{
	struct town *t = *state;
	struct door_request request = need("101");

	request.fields |= DOOR_PLACE;
	request.where = "Elm";
	assert_int_equal(ask(t, request), DOOR_OK);
	assert_false(ref_is_none(t->draft.entry.line.site));
	assert_int_equal(t->draft.entry.line.cell.digits, PLACE_NONE);
	assert_string_equal(written(&t->answer.said), "");
}

/* However old it is, it stays where people know it: what came for it does not leave with the receipts. */
static void test_a_line_is_edited_where_it_is_however_old(void **state)
{
	struct town *t = *state;
	struct door_request asked = need("101");
	struct sample sample;
	struct entry_id id;
	struct ref old;
	char ref[VIEW_REF_SIZE];

	assert_int_equal(ask(t, asked), DOOR_OK);
	t->draft.entry.line.created = NOW_S - 200 * EPOCH_S;
	t->draft.entry.hlc = (struct hlc){ .time = NOW_S - 200 * EPOCH_S, .renewed = 190 };
	old = (struct ref){ t->draft.entry.author, t->draft.entry.number };
	sample = sample_signed(&t->draft.entry, &t->author);
	id = entry_id_of(sample_view(&sample), &t->author.public);
	assert_true(picture_put(t->picture, sample_view(&sample), &id, &t->author.public));
	picture_fold(t->picture, NOW_S);
	picture_ref_text(t->picture, old, ref);
	assert_int_equal(
		ask(t, (struct door_request){ .verb = DOOR_LINE, .fields = DOOR_PEOPLE, .ref = ref, .people = 9 }),
		DOOR_OK);
	assert_false(t->draft.is_new);
	assert_int_equal(t->draft.entry.number, old.number);
	assert_int_equal(t->draft.entry.line.created, NOW_S - 200 * EPOCH_S);
	assert_int_equal(t->draft.entry.hlc.renewed, 0);
}

static void test_words_about_what_can_harm_are_not_written(void **state)
{
	struct town *t = *state;
	struct door_request insulin = need("insulin");

	insulin.fields |= DOOR_TEXT;
	insulin.text = "for the man in room 9";
	assert_int_equal(ask(t, insulin), DOOR_E_INPUT);
	assert_non_null(strstr(written(&t->answer.said), "read by everybody"));
	insulin.long_text = DOOR_CUT;
	assert_int_equal(ask(t, insulin), DOOR_OK);
	assert_string_equal(t->draft.entry.line.text, "");
	assert_non_null(strstr(written(&t->answer.said), "left out"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_items, town_setup, town_teardown),
		cmocka_unit_test_setup_teardown(test_items_of_tables_stay_words, town_setup, town_teardown),
		cmocka_unit_test_setup_teardown(test_quantities, town_setup, town_teardown),
		cmocka_unit_test_setup_teardown(test_quantities_of_edits_stock_and_moves, town_setup, town_teardown),
		cmocka_unit_test_setup_teardown(test_places_of_sites, town_setup, town_teardown),
		cmocka_unit_test_setup_teardown(test_a_household_is_told_as_a_cell, town_setup, town_teardown),
		cmocka_unit_test_setup_teardown(test_a_place_that_is_a_site_is_the_site, town_setup, town_teardown),
		cmocka_unit_test_setup_teardown(test_a_line_is_edited_where_it_is_however_old, town_setup,
						town_teardown),
		cmocka_unit_test_setup_teardown(test_words_about_what_can_harm_are_not_written, town_setup,
						town_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
