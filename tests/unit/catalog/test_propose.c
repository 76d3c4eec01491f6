/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/catalog/propose.h"

/* "12 people, 2 infants, 3 days". */
static const struct {
	const char *item;
	struct party party;
	uint32_t days;
	uint64_t milli;
} ROWS[] = {
	{ "drinking-water", { 12, 2, 0, 0 }, 3, 108000 },
	{ "drinking-water", { 1, 0, 0, 0 }, 1, 3000 },
	{ "diapers-infant", { 12, 2, 0, 0 }, 3, 60000 },
	{ "diapers-infant", { 12, 0, 0, 0 }, 3, 0 },
	{ "formula-powder", { 12, 2, 0, 0 }, 3, 660 },
	{ "blanket", { 12, 2, 0, 0 }, 3, 12000 },        /* once, whatever the days */
	{ "tarp", { 12, 2, 0, 0 }, 3, 0 },               /* the catalogue has no figure */
	{ "water-container", { 12, 0, 0, 0 }, 3, 5000 }, /* 2 a household of five: 4.8, rounded up */
	{ "mosquito-net", { 3, 0, 0, 0 }, 1, 2000 },
	{ "device-power", { 12, 0, 0, 1 }, 2, 48000 },
	{ "clothes-adult", { 12, 2, 0, 0 }, 1, 20000 },
	{ "diapers-toddler", { 12, 2, 0, 0 }, 3, 0 }, /* nobody said that there are any */
	{ "dialysis", { 12, 2, 0, 0 }, 3, 0 },
	{ "drinking-water", { 2000000, 0, 0, 0 }, 365, 2190000000000 },
	{ "drinking-water", { 2000000, 0, 0, 0 }, UINT32_MAX, 2190000000000 },
	{ "drinking-water", { 0, 0, 0, 0 }, 3, 0 },
};

static void test_quantities_for_people_and_days(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		print_message("%s\n", ROWS[i].item);
		assert_int_equal(propose_quantity(catalog_find_name(ROWS[i].item), &ROWS[i].party, ROWS[i].days),
				 ROWS[i].milli);
	}
}

static void test_the_list_names_each_want_once(void **state)
{
	static const struct {
		const char *item;
		bool listed;
	} rows[] = { { "drinking-water", true }, { "hot-meal", true },       { "cereal", false },
		     { "formula-ready", false }, { "diapers-infant", true }, { "blanket", true },
		     { "toothbrush", false },    { "tarp", false } };
	size_t listed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(propose_lists(catalog_find_name(rows[i].item)), rows[i].listed);
	for (size_t i = 0; i < catalog_count(); i++)
		listed += propose_lists(catalog_at(i));
	assert_in_range(listed, 8, 24); /* what a person reads through */
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_quantities_for_people_and_days),
					    cmocka_unit_test(test_the_list_names_each_want_once) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
