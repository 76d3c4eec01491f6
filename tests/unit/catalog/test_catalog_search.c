/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What people type for an item, in four languages, hastily and wrong, and what must come first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/catalog/catalog_search.h"

/* "ask": the first of several that may be meant, so that a person is asked. */
enum verdict { CLEAR, ASK };

static const struct {
	const char *typed;
	uint16_t first;
	enum verdict verdict;
} ROWS[] = {
	/* codes and names */
	{ "101", 101, CLEAR },
	{ "1302", 1302, CLEAR },
	{ "drinking-water", 101, CLEAR },
	{ "Drinking water", 101, CLEAR },
	{ "DRINKING WATER", 101, CLEAR },
	{ "water drinking", 101, CLEAR },
	{ "drinkingwater", 101, CLEAR },
	{ "  blanket  ", 303, CLEAR },
	/* what everybody says for it */
	{ "water", 101, CLEAR },
	{ "agua", 101, CLEAR },
	{ "AGUA", 101, CLEAR },
	{ "eau", 101, CLEAR },
	{ "dlo", 101, CLEAR },
	{ "bottled water", 101, CLEAR },
	{ "jerry can", 103, CLEAR },
	{ "jerrycans", 103, CLEAR },
	{ "bleach", 106, CLEAR },
	{ "clorox", 106, CLEAR },
	{ "lejia", 106, CLEAR },
	{ "rice", 202, CLEAR },
	{ "arroz", 202, CLEAR },
	{ "riz", 202, CLEAR },
	{ "diri", 202, CLEAR },
	{ "beans", 203, CLEAR },
	{ "frijoles", 203, CLEAR },
	{ "MRE", 208, CLEAR },
	{ "canned goods", 209, CLEAR },
	{ "tarps", 301, CLEAR },
	{ "tarpaulin", 301, CLEAR },
	{ "lona", 301, CLEAR },
	{ "bache", 301, CLEAR },
	{ "prela", 301, CLEAR },
	{ "carpa", 302, CLEAR },
	{ "tienda de campana", 302, CLEAR },
	{ "cobijas", 303, CLEAR },
	{ "frazada", 303, CLEAR },
	{ "couvertures", 303, CLEAR },
	{ "lenn", 303, CLEAR },
	{ "camp bed", 305, CLEAR },
	{ "mosquiteros", 308, CLEAR },
	{ "insulin", 404, CLEAR },
	{ "insulina", 404, CLEAR },
	{ "insuline", 404, CLEAR },
	{ "ensilin", 404, CLEAR },
	{ "paracetamol", 406, CLEAR },
	{ "suero", 407, CLEAR },
	{ "asthma", 408, CLEAR },
	{ "wheelchairs", 414, CLEAR },
	{ "silla de ruedas", 414, CLEAR },
	{ "nurse", 416, CLEAR },
	{ "m\xC3\xA9"
	  "decin",
	  416, CLEAR },
	{ "medecin", 416, CLEAR },
	{ "narcan", 418, CLEAR },
	{ "jabon", 501, CLEAR },
	{ "tooth brush", 503, CLEAR },
	{ "tampons", 505, CLEAR },
	{ "pads", 505, CLEAR },
	{ "toallas sanitarias", 505, CLEAR },
	{ "toilet paper", 506, CLEAR },
	{ "papel higi\xC3\xA9nico", 506, CLEAR },
	{ "adult diapers", 507, CLEAR },
	{ "pampers", 601, CLEAR },
	{ "couches b\xC3\xA9"
	  "b\xC3\xA9",
	  601, CLEAR },
	{ "pa\xC3\xB1"
	  "ales para beb\xC3\xA9",
	  601, CLEAR },
	{ "toddler diapers", 602, CLEAR },
	{ "baby formula", 603, CLEAR },
	{ "leche de formula", 603, CLEAR },
	{ "toallitas", 606, CLEAR },
	{ "cuna", 609, CLEAR },
	{ "petrol", 701, CLEAR },
	{ "generador", 705, CLEAR },
	{ "planta el\xC3\xA9"
	  "ctrica",
	  705, CLEAR },
	{ "groupe electrogene", 705, CLEAR },
	{ "jenerate", 705, CLEAR },
	{ "battery", 706, CLEAR },
	{ "piles", 706, CLEAR },
	{ "batterie", 706, CLEAR },
	{ "torch", 710, CLEAR },
	{ "flash light", 710, CLEAR },
	{ "lampe torche", 710, CLEAR },
	{ "linternas", 710, CLEAR },
	{ "shovels", 801, CLEAR },
	{ "guantes", 804, CLEAR },
	{ "plywood", 809, CLEAR },
	{ "wifi", 1005, CLEAR },
	{ "walkie talkie", 1003, CLEAR },
	{ "zapatos", 1104, CLEAR },
	{ "voluntarios", 1201, CLEAR },
	{ "traductor", 1204, CLEAR },
	{ "comida para perro", 1301, CLEAR },
	{ "abogado", 1501, CLEAR },
	{ "sandbag", 1608, CLEAR },
	{ "chaleco salvavidas", 1609, CLEAR },
	/* an accent that comes as a character of its own */
	{ "pan\xCC\x83"
	  "al de adulto",
	  507, CLEAR },
	/* typos */
	{ "blakets", 303, ASK },
	{ "balnkets", 303, ASK },
	{ "ensulina", 404, ASK },
	{ "genrator", 705, ASK },
	{ "generater", 705, ASK },
	{ "flashlite", 710, ASK },
	{ "toothbrsh", 503, ASK },
	{ "menstrul pads", 505, ASK },
	{ "cubija", 303, ASK },
	{ "tronconeuse", 803, ASK },
	/* several may be meant, or too little was said */
	{ "tortillas", 215, ASK },
	{ "patrol", 701, ASK },
	{ "compost", 607, ASK },
	{ "powdered milk", 603, ASK },
	{ "diapers", 601, ASK },
	{ "pa\xC3\xB1"
	  "ales",
	  601, ASK },
	{ "PA\xC3\x91"
	  "ALES",
	  601, ASK },
	{ "panal", 601, ASK },
	{ "gas", 701, ASK },
	{ "drinking", 101, ASK },
	{ "mat to sleep", 304, ASK },
	{ "gener", 705, ASK },
	{ "wheel", 414, ASK },
	{ "chairs", 414, ASK },
	{ "brush", 503, ASK },
	{ "flashl", 710, ASK },
};

/* Not in the catalogue, however near a word of it comes: these travel as text. */
static const char *const NOTHING[] = {
	"",
	" ",
	"-",
	"piano",
	"mater",
	"dower",
	"zebra",
	"goat",
	"horse",
	"xyz",
	"computer",
	"paint",
	"love",
	"bread",
	"coffee",
	"9999",
	"0",
	"100",
	"blankets for dogs",
	"water and a sofa",
	"two old horses",
	"Mrs Smith needs her cat",
	"de la",
	"qqqqqqqq",
	"1e3",
	"101 blankets",
	"\xFF",
	"water\xFF",
	"\xE4\xB8\xAD\xE6\x96\x87",
	"wood stove pipe",
	"laptop",
	"milkshake",
	"drinkng watr", /* four letters are too few to guess from */
	"a b c d e f g h i j k l m n o p q r s t u v w x y z",
	"water water water water water water water water water water water water water water water water water water",
};

static void test_what_people_type(void **state)
{
	(void)state;
	assert_true(sizeof ROWS / sizeof *ROWS >= 80);
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		struct catalog_hit hits[CATALOG_ASK_MAX];
		size_t count = catalog_search(hits, CATALOG_ASK_MAX, ROWS[i].typed);
		const struct catalog_item *clear = catalog_find_like(ROWS[i].typed);

		if (count == 0 || hits[0].item->code != ROWS[i].first)
			fail_msg("\"%s\" gives %u first instead of %u", ROWS[i].typed, count ? hits[0].item->code : 0,
				 ROWS[i].first);
		if ((clear ? CLEAR : ASK) != ROWS[i].verdict || (clear && clear->code != ROWS[i].first))
			fail_msg("\"%s\" is %s", ROWS[i].typed, clear ? "clear" : "not clear");
	}
}

static void test_what_is_no_item_gives_nothing(void **state)
{
	struct catalog_hit hits[4];

	(void)state;
	for (size_t i = 0; i < sizeof NOTHING / sizeof *NOTHING; i++) {
		if (catalog_search(hits, 4, NOTHING[i]) > 0)
			fail_msg("\"%s\" gives %s", NOTHING[i], hits[0].item->slug);
		assert_null(catalog_find_like(NOTHING[i]));
	}
}

/* Every name finds its own item first, and no item hides behind another's. */
static void test_every_name_finds_its_item(void **state)
{
	(void)state;
	for (size_t i = 0; i < catalog_count(); i++) {
		const struct catalog_item *item = catalog_at(i);
		struct catalog_hit hits[8];
		bool found = false;

		assert_ptr_equal(catalog_find_like(item->slug), item);
		for (size_t l = 0; l < CATALOG_LANGUAGES; l++)
			if (item->labels[l][0])
				assert_ptr_equal(catalog_find_like(item->labels[l]), item);
		for (const char *also = item->also; *also;) {
			size_t size = strcspn(also, "|"), count;
			char name[CATALOG_TEXT_MAX + 1];

			snprintf(name, sizeof name, "%.*s", (int)size, also);
			count = catalog_search(hits, 8, name);
			found = false;
			for (size_t h = 0; h < count; h++)
				found = found || (hits[h].item == item && hits[h].match == CATALOG_SAME);
			if (!found)
				fail_msg("\"%s\" does not find %s", name, item->slug);
			also += size + (also[size] == '|');
		}
	}
}

/* The best come first, whatever room there is for them. */
static void test_order_and_room(void **state)
{
	struct catalog_hit all[200], few[3];
	size_t count = catalog_search(all, 200, "wat");

	(void)state;
	assert_in_range(count, 5, 30);
	for (size_t i = 1; i < count; i++) {
		assert_true(all[i - 1].match <= all[i].match);
		if (all[i - 1].match == all[i].match && all[i - 1].rest == all[i].rest)
			assert_true(all[i - 1].item->tier < all[i].item->tier ||
				    (all[i - 1].item->tier == all[i].item->tier &&
				     all[i - 1].item->code < all[i].item->code));
	}
	assert_int_equal(catalog_search(few, 3, "wat"), 3);
	for (size_t i = 0; i < 3; i++)
		assert_ptr_equal(few[i].item, all[i].item);
	assert_int_equal(catalog_search(few, 0, "wat"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_people_type),
		cmocka_unit_test(test_what_is_no_item_gives_nothing),
		cmocka_unit_test(test_every_name_finds_its_item),
		cmocka_unit_test(test_order_and_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
