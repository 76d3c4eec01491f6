/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "proto/bounds.h"
#include "proto/catalog/catalog.h"

static void test_every_item_is_sound(void **state)
{
	(void)state;
	assert_int_equal(catalog_count(), 163);
	uint16_t last = 0;
	for (size_t i = 0; i < catalog_count(); i++) {
		const struct catalog_item *item = catalog_at(i);
		assert_in_range(item->code, last + 1, ITEM_MAX);
		last = item->code;
		assert_ptr_equal(catalog_find_code(item->code), item);
		assert_ptr_equal(catalog_find_name(item->slug), item);
		assert_int_equal(item->sector_index, item->code / 100 - 1);
		assert_in_range(item->sector_index, 0, CATALOG_SECTORS - 1);
		assert_in_range(item->tier, 1, 4);
		assert_true(item->unit[0] != '\0');
		for (size_t language = 0; language < CATALOG_LANGUAGES; language++) {
			const char *label = item->labels[language];
			if (language >= CATALOG_HT && label[0] == '\0')
				continue; /* not translated yet; the first three are whole */
			assert_true(label[0] != '\0' && label[0] != '"');
			assert_ptr_equal(catalog_find_name(label), item);
		}
	}
	assert_null(catalog_find_code(0));
	assert_null(catalog_find_code(100));
	assert_null(catalog_find_code(UINT16_MAX));
}

static void test_rows_say_what_the_table_says(void **state)
{
	(void)state;
	const struct catalog_item *water = catalog_find_code(101);
	assert_string_equal(water->slug, "drinking-water");
	assert_string_equal(water->sector, "water");
	assert_string_equal(water->unit, "L");
	assert_string_equal(water->applies_to, "all");
	assert_int_equal(water->kg_milli, 1000);
	assert_int_equal(water->per_person_day_milli, 3000);
	assert_int_equal(water->once_per_unit_milli, 0);
	assert_int_equal(water->tier, 1);
	assert_false(water->sealed);
	assert_false(water->suggestion);
	assert_string_equal(water->labels[CATALOG_HT], "Dlo pou bw\xC3\xA8");

	assert_int_equal(catalog_find_code(103)->kg_milli, 800);
	assert_int_equal(catalog_find_code(103)->once_per_unit_milli, 2000);
	assert_int_equal(catalog_find_code(104)->kg_milli, 5);
	assert_int_equal(catalog_find_code(107)->kg_milli, 0);
	assert_int_equal(catalog_find_code(202)->per_person_day_milli, 400);
	assert_int_equal(catalog_find_code(411)->per_person_day_milli, 430);
	assert_int_equal(catalog_find_code(501)->per_person_day_milli, 8); /* 0.0083 kg */
	assert_int_equal(catalog_find_code(502)->per_person_day_milli, 7); /* 0.0067 kg */
	assert_true(catalog_find_code(201)->suggestion);                   /* its source is an assumption */
	assert_true(catalog_find_code(213)->suggestion);                   /* from memory */
	assert_false(catalog_find_code(303)->suggestion);                  /* Sphere */
	assert_false(catalog_find_code(301)->suggestion);                  /* no quantity, no source */
	assert_true(catalog_find_code(404)->sealed);
	assert_false(catalog_find_code(405)->sealed);
	assert_string_equal(catalog_find_code(601)->labels[CATALOG_EN], "Diapers, infant");
	assert_string_equal(catalog_find_code(214)->labels[CATALOG_HT], "Asy\xC3\xA8t, gode, kiy\xC3\xA8");
	assert_string_equal(catalog_find_code(502)->slug, "laundry-soap");
	assert_int_equal(catalog_find_code(1699)->sector_index, 15);
}

/* What is carried has a weight, and where that is not a matter of definition it is marked as an estimate. */
static void test_weights_are_known_or_marked_as_estimates(void **state)
{
	static const uint16_t unknown[] = { 409, 809, 1506 }; /* cylinders, timber and money come in all sizes */
	size_t weighed = 0, estimated = 0;
	(void)state;
	for (size_t i = 0; i < catalog_count(); i++) {
		const struct catalog_item *item = catalog_at(i);
		bool is_goods = strcmp(item->unit, "each") == 0 || strcmp(item->unit, "kit") == 0 ||
				strcmp(item->unit, "pair") == 0 || strcmp(item->unit, "L") == 0;
		bool is_open = item->code % 100 == 99 || strcmp(item->sector, "information") == 0 || item->code == 1607;
		for (size_t j = 0; j < sizeof(unknown) / sizeof(unknown[0]); j++)
			is_open = is_open || item->code == unknown[j];
		weighed += item->kg_milli > 0;
		estimated += item->kg_estimate;
		if (strcmp(item->unit, "kg") == 0)
			assert_true(item->kg_milli == 1000 && !item->kg_estimate);
		else if (is_goods && !is_open)
			assert_true(item->kg_milli > 0 && (item->kg_estimate || strcmp(item->unit, "L") == 0));
		else if (!is_goods)
			assert_int_equal(item->kg_milli, 0);
		assert_true(item->kg_milli > 0 || !item->kg_estimate);
	}
	print_message("%zu items have a weight, %zu of them as an estimate\n", weighed, estimated);
	assert_false(catalog_find_code(101)->kg_estimate);
	assert_true(catalog_find_code(303)->kg_estimate);
	assert_int_equal(catalog_find_code(701)->kg_milli, 740);
}

static void test_names_are_found_however_they_are_typed(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint16_t code; /* 0: no item */
	} rows[] = {
		{ "drinking-water", 101 },
		{ "DRINKING WATER", 101 },
		{ "  drinking   water", 0 }, /* nothing stands before the first word */
		{ "Agua Potable", 101 },
		{ "eau potable", 101 },
		{ "DLO POU BW\xC3\x88", 101 },
		{ "Other: water", 199 },
		{ "other water", 199 },
		{ "other:water", 199 },
		{ "autre: eau", 199 },
		{ "Autre : eau", 199 },
		{ "OTRO: AGUA", 199 },
		{ "L\xC3\x92T: dlo", 199 },
		{ "diapers, infant", 601 },
		{ "drinking", 0 },
		{ "drinking water 2", 0 },
		{ "drinkingwater", 0 },
		{ "water", 0 },
		{ "", 0 },
		{ "-", 0 },
		{ "\xFF", 0 },
		{ "drinking water\xFF", 0 },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct catalog_item *item = catalog_find_name(rows[i].text);
		uint16_t code = item ? item->code : 0;
		if (code != rows[i].code)
			fail_msg("'%s' gives %u instead of %u", rows[i].text, code, rows[i].code);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_item_is_sound),
		cmocka_unit_test(test_rows_say_what_the_table_says),
		cmocka_unit_test(test_weights_are_known_or_marked_as_estimates),
		cmocka_unit_test(test_names_are_found_however_they_are_typed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
