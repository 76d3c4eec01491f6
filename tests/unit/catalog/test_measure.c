/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Quantities as people type them, beside what they are in the item's unit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/bounds.h"
#include "proto/catalog/measure.h"
#include "board/text/say_measure.h"
#include "tests/unit/written.h"

enum {
	WATER = 101,
	RICE = 202,
	CANS = 209,
	TENT = 302,
	BLANKET = 303,
	FLOOR = 307,
	FOOD_BOX = 211,
	DIESEL = 702,
	GLOVES = 804,
	PLYWOOD = 809,
	BOAT = 907,
	RIDE = 901,
	TRUCK_OF_WATER = 107,
	OWN_WORDS = 0
};

static const struct {
	const char *typed;
	uint16_t item;
	enum measure_rc rc;
	uint64_t milli;
	const char *remark; /* NULL: nothing was converted */
} ROWS[] = {
	{ "120", WATER, MEASURE_OK, 120000, NULL },
	{ "12.5", WATER, MEASURE_OK, 12500, NULL },
	{ "12,5", WATER, MEASURE_OK, 12500, NULL },
	{ "0,500", WATER, MEASURE_OK, 500, NULL },
	{ "120 L", WATER, MEASURE_OK, 120000, NULL },
	{ "120L", WATER, MEASURE_OK, 120000, NULL },
	{ " 120  litros ", WATER, MEASURE_OK, 120000, NULL },
	{ "120 lt.", WATER, MEASURE_OK, 120000, NULL },
	{ "0", WATER, MEASURE_OK, 0, NULL },
	{ "30 gal", WATER, MEASURE_OK, 113562, "30 gal = 113.562 L" },
	{ "30 gallons", WATER, MEASURE_OK, 113562, "30 gallons = 113.562 L" },
	{ "30 galones", WATER, MEASURE_OK, 113562, "30 galones = 113.562 L" },
	{ "1 gal", WATER, MEASURE_OK, 3785, "1 gal = 3.785 L" },
	{ "4 qt", WATER, MEASURE_OK, 3785, "4 qt = 3.785 L" },
	{ "8 pints", WATER, MEASURE_OK, 3785, "8 pints = 3.785 L" },
	{ "128 fl oz", WATER, MEASURE_OK, 3785, "128 fl oz = 3.785 L" },
	{ "128 fl. oz.", WATER, MEASURE_OK, 3785, "128 fl. oz. = 3.785 L" },
	{ "500 ml", WATER, MEASURE_OK, 500, "500 ml = 0.5 L" },
	{ "33 cl", WATER, MEASURE_OK, 330, "33 cl = 0.33 L" },
	{ "0.5 ml", WATER, MEASURE_OK, 1, "0.5 ml = 0.001 L" },
	{ "0.4 ml", WATER, MEASURE_E_SMALL, 0, NULL },
	{ "3 cases of 24 x 0.5 L", WATER, MEASURE_OK, 36000, "3 cases of 24 x 0.5 L = 36 L" },
	{ "3 cajas de 24 x 0,5 l", WATER, MEASURE_OK, 36000, "3 cajas de 24 x 0,5 l = 36 L" },
	{ "3 caisses de 24 bouteilles de 50 cl", WATER, MEASURE_OK, 36000,
	  "3 caisses de 24 bouteilles de 50 cl = 36 L" },
	{ "6x1.5L", WATER, MEASURE_OK, 9000, "6x1.5L = 9 L" },
	{ "6 \xC3\x97 1,5 L", WATER, MEASURE_OK, 9000, "6 \xC3\x97 1,5 L = 9 L" },
	{ "6*1.5 L each", WATER, MEASURE_OK, 9000, "6*1.5 L each = 9 L" },
	{ "1.5 L x 6", WATER, MEASURE_OK, 9000, "1.5 L x 6 = 9 L" },
	{ "2 t", WATER, MEASURE_OK, 2000000, "2 t = 2000 L, at 1 kg a L" },
	{ "10 lb", WATER, MEASURE_OK, 4536, "10 lb = 4.536 L, at 1 kg a L" },
	{ "84 kg", DIESEL, MEASURE_OK, 100000, "84 kg = 100 L, at about 0.84 kg a L" },
	{ "40 lb", RICE, MEASURE_OK, 18144, "40 lb = 18.144 kg" },
	{ "40 libras", RICE, MEASURE_OK, 18144, "40 libras = 18.144 kg" },
	{ "16 oz", RICE, MEASURE_OK, 454, "16 oz = 0.454 kg" },
	{ "400 g", RICE, MEASURE_OK, 400, "400 g = 0.4 kg" },
	{ "20 kilos", RICE, MEASURE_OK, 20000, NULL },
	{ "2 bags of 25 kg", RICE, MEASURE_OK, 50000, "2 bags of 25 kg = 50 kg" },
	{ "2 sak 25 kg", RICE, MEASURE_E_FORM, 0, NULL },
	{ "2 packs of 12", BLANKET, MEASURE_OK, 24000, "2 packs of 12 = 24" },
	{ "2 paquetes de 12", BLANKET, MEASURE_OK, 24000, "2 paquetes de 12 = 24" },
	{ "12", BLANKET, MEASURE_OK, 12000, NULL },
	{ "12 pcs", BLANKET, MEASURE_OK, 12000, NULL },
	{ "12 unidades", BLANKET, MEASURE_OK, 12000, NULL },
	{ "12 pi\xC3\xA8"
	  "ces",
	  BLANKET, MEASURE_OK, 12000, NULL },
	{ "1 dozen", BLANKET, MEASURE_OK, 12000, "1 dozen = 12" },
	{ "2 docenas", BLANKET, MEASURE_OK, 24000, "2 docenas = 24" },
	{ "3 douzaines", BLANKET, MEASURE_OK, 36000, "3 douzaines = 36" },
	{ "40 lb", BLANKET, MEASURE_OK, 15000, "40 lb = 15, at about 1.2 kg each" },
	{ "1 lb", TENT, MEASURE_E_SMALL, 0, NULL },
	{ "9 kg", TENT, MEASURE_OK, 1000, "9 kg = 1, at about 18 kg each" }, /* half a tent is rounded up */
	{ "24 cans of 400 g", CANS, MEASURE_OK, 24000, "24 cans of 400 g = 24" },
	{ "2 cases of 24 cans", CANS, MEASURE_OK, 48000, "2 cases of 24 cans = 48" },
	{ "30 latas", CANS, MEASURE_OK, 30000, NULL },
	{ "3 boxes", FOOD_BOX, MEASURE_OK, 3000, NULL },
	{ "3 kits", FOOD_BOX, MEASURE_OK, 3000, NULL },
	{ "12 pairs", GLOVES, MEASURE_OK, 12000, NULL },
	{ "1 dozen pairs", GLOVES, MEASURE_OK, 12000, "1 dozen pairs = 12 pair" },
	{ "6 hours", BOAT, MEASURE_OK, 6000, NULL },
	{ "6 personas", RIDE, MEASURE_OK, 6000, NULL },
	{ "35 m2", FLOOR, MEASURE_OK, 35000, NULL },
	{ "35 m\xC2\xB2", FLOOR, MEASURE_OK, 35000, NULL },
	{ "2 trips", TRUCK_OF_WATER, MEASURE_OK, 2000, NULL },
	{ "15", OWN_WORDS, MEASURE_OK, 15000, NULL },
	{ "2 packs of 12", OWN_WORDS, MEASURE_OK, 24000, "2 packs of 12 = 24" },
	/* what cannot be, or may be two things */
	{ "5 gal", BLANKET, MEASURE_E_KIND, 0, NULL },
	{ "5 L", RICE, MEASURE_E_KIND, 0, NULL },
	{ "5 gal", OWN_WORDS, MEASURE_E_KIND, 0, NULL },
	{ "5 kg", PLYWOOD, MEASURE_E_KIND, 0, NULL }, /* no weight is known */
	{ "5 kg", BOAT, MEASURE_E_KIND, 0, NULL },
	{ "12 pieces", GLOVES, MEASURE_E_KIND, 0, NULL },
	{ "2 packs", BLANKET, MEASURE_E_CONTENT, 0, NULL },
	{ "3 cases of 24", WATER, MEASURE_E_CONTENT, 0, NULL },
	{ "24 bottles", WATER, MEASURE_E_CONTENT, 0, NULL },
	{ "2 bags", RICE, MEASURE_E_CONTENT, 0, NULL },
	{ "1,200", WATER, MEASURE_E_COMMA, 0, NULL },
	{ "12,345 gal", WATER, MEASURE_E_COMMA, 0, NULL },
	{ "3 bushels", WATER, MEASURE_E_WORD, 0, NULL },
	{ "2 tons", WATER, MEASURE_E_WORD, 0, NULL },
	{ "3 abcdefghijklmnopqrstuvwxyz", WATER, MEASURE_E_WORD, 0, NULL },
	{ "12.3456", WATER, MEASURE_E_FINE, 0, NULL },
	{ "34359738.368", WATER, MEASURE_E_LARGE, 0, NULL },
	{ "34359738.367", WATER, MEASURE_OK, QUANTITY_MILLI_MAX, NULL },
	{ "99999999999999999999", WATER, MEASURE_E_LARGE, 0, NULL },
	{ "9000000 gal", WATER, MEASURE_OK, 34068706056, "9000000 gal = 34068706.056 L" },
	{ "9999999 gal", WATER, MEASURE_E_LARGE, 0, NULL },
	{ "30000000 x 30000000 x 30000000", WATER, MEASURE_E_LARGE, 0, NULL },
	{ "", WATER, MEASURE_E_FORM, 0, NULL },
	{ "L", WATER, MEASURE_E_FORM, 0, NULL },
	{ "lots", WATER, MEASURE_E_FORM, 0, NULL },
	{ "-5", WATER, MEASURE_E_FORM, 0, NULL },
	{ "12 x", WATER, MEASURE_E_FORM, 0, NULL },
	{ "12 of L", WATER, MEASURE_E_FORM, 0, NULL },
	{ "12 13", WATER, MEASURE_E_FORM, 0, NULL },
	{ "1.2.3", WATER, MEASURE_E_FORM, 0, NULL },
	{ "12.", WATER, MEASURE_E_FORM, 0, NULL },
	{ "5 L 5 gal", WATER, MEASURE_E_FORM, 0, NULL },
	{ "5 L x 5 gal", WATER, MEASURE_E_FORM, 0, NULL },
	{ "1e3", WATER, MEASURE_E_WORD, 0, NULL },
	{ "5\xFF", WATER, MEASURE_E_FORM, 0, NULL },
	{ "about 5", WATER, MEASURE_E_FORM, 0, NULL },
};

static void test_what_people_type(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		const struct catalog_item *item = ROWS[i].item ? catalog_find_code(ROWS[i].item) : NULL;
		struct measure m = { .milli = 77 };
		const char *said;
		enum measure_rc rc = measure_read(&m, ROWS[i].typed, item);

		if (rc != ROWS[i].rc || (rc == MEASURE_OK && m.milli != ROWS[i].milli))
			fail_msg("\"%s\" of %u gives %d, %llu", ROWS[i].typed, ROWS[i].item, rc,
				 (unsigned long long)m.milli);
		if (rc != MEASURE_OK) {
			assert_int_equal(m.milli, 77);
			said = written_say(say_measure_error(rc, ROWS[i].typed, item));
			assert_true(strlen(said) > 20 && said[strlen(said) - 1] == '.');
			continue;
		}
		if (m.converted != (ROWS[i].remark != NULL))
			fail_msg("\"%s\" is%s converted", ROWS[i].typed, m.converted ? "" : " not");
		said = written_say(say_measure(&m, ROWS[i].typed, item));
		if (m.converted) {
			assert_true(strncmp(said, ROWS[i].remark, strlen(ROWS[i].remark)) == 0);
			assert_string_equal(said + strlen(ROWS[i].remark), ".");
		}
	}
}

static void test_sentences_say_what_would_be_right(void **state)
{
	const char *said;

	(void)state;
	said = written_say(say_measure_error(MEASURE_E_KIND, "5 gal", catalog_find_code(BLANKET)));
	assert_string_equal(said, "\"5 gal\" does not fit: Blanket is counted in pieces. Write how many, or a weight.");
	said = written_say(say_measure_error(MEASURE_E_CONTENT, "3 cases of 24", catalog_find_code(WATER)));
	assert_string_equal(said, "\"3 cases of 24\": how much is in one? Write 3 cases of 24 x 0.5 L.");
	said = written_say(say_measure_error(MEASURE_E_WORD, "3 bushels", catalog_find_code(RICE)));
	assert_string_equal(said, "\"3 bushels\" does not fit: Rice/flour is counted in kg. Write kg, g, t, lb or oz.");
}

/* Beside it, long double: never further off than the rounding. */
static void test_conversions_beside_floating_point(void **state)
{
	static const struct {
		const char *unit;
		uint16_t item;
		long double factor;
	} units[] = { { "gal", WATER, 3.785411784L },
		      { "fl oz", WATER, 3.785411784L / 128 },
		      { "lb", RICE, 0.45359237L },
		      { "oz", RICE, 0.45359237L / 16 },
		      { "qt", WATER, 3.785411784L / 4 } };
	uint32_t seed = 11;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		size_t u = (size_t)i % 5;
		struct measure m;
		char typed[40];
		long double wanted;

		seed = seed * 1664525 + 1013904223;
		snprintf(typed, sizeof typed, "%u.%03u %s", (seed >> 10) + 1, seed % 1000, units[u].unit);
		wanted = strtold(typed, NULL) * units[u].factor * 1000;
		assert_int_equal(measure_read(&m, typed, catalog_find_code(units[u].item)), MEASURE_OK);
		if ((long double)m.milli - wanted > 0.5001L || wanted - (long double)m.milli > 0.5001L)
			fail_msg("%s gives %llu", typed, (unsigned long long)m.milli);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_people_type),
		cmocka_unit_test(test_sentences_say_what_would_be_right),
		cmocka_unit_test(test_conversions_beside_floating_point),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
