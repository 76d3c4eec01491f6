/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a region allows: its own defaults, and each way of leaving it, refused with what would be right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "node/settings/band.h"
#include "proto/bounds.h"

/* An RNode's: one byte more, and its preamble. */
enum { SIZE_MAX_ON_AIR = RADIO_FRAME_MAX + 1, PREAMBLE = 24 };

static void test_defaults_are_allowed(void **state)
{
	const struct band *band;
	size_t count = 0;

	(void)state;
	for (; (band = band_at(count)) != NULL; count++) {
		struct reason why = { "" };

		if (!band_allows(band, &why, &band->setting, PREAMBLE, SIZE_MAX_ON_AIR))
			fail_msg("%s: %s", band->name, why.text);
		assert_ptr_equal(band_find(band->name), band);
		assert_true(band->duty_permille >= 1 && band->duty_permille <= 1000);
	}
	assert_int_equal(count, 9);
	assert_ptr_equal(band_find("eu868"), band_find("EU868"));
	assert_null(band_find("EU86"));
	assert_null(band_find(""));
}

static void test_verdicts(void **state)
{
	static const struct {
		const char *band;
		struct band_setting setting;
		const char *says; /* NULL: allowed */
	} rows[] = {
		{ "EU868", { 869525000, 250000, 9, 5, 22 }, NULL },
		{ "EU868", { 869462500, 125000, 12, 5, 27 }, NULL }, /* the channel's edge on the band's */
		{ "EU868", { 869462499, 125000, 9, 5, 14 }, "869.4625 to 869.5875" },
		{ "EU868", { 869587501, 125000, 9, 5, 14 }, "869.4625 to 869.5875" },
		{ "EU868", { 868100000, 125000, 9, 5, 14 }, "such as 869.525" },
		{ "EU868", { 869525000, 500000, 9, 5, 14 }, "at most 250" },
		{ "EU868", { 869525000, 130000, 9, 5, 14 }, "31.25, 41.7" },
		{ "EU868", { 869525000, 125000, 9, 5, 28 }, "0 to 27" },
		{ "EU868", { 869525000, 125000, 9, 5, -1 }, "0 to 27" },
		{ "EU868", { 869525000, 125000, 6, 5, 14 }, "7 to 12" },
		{ "EU868", { 869525000, 125000, 13, 5, 14 }, "7 to 12" },
		{ "EU433", { 433300000, 125000, 9, 5, 11 }, "0 to 10" },
		{ "US915", { 915000000, 125000, 7, 5, 20 }, NULL },
		{ "US915", { 915000000, 125000, 8, 5, 20 }, "spreading = 7" },
		{ "US915", { 915000000, 250000, 12, 5, 20 }, "spreading = 8" },
		{ "US915", { 915000000, 62500, 7, 5, 20 }, "bandwidth = 500" },
		{ "US915", { 915000000, 500000, 12, 5, 20 }, NULL },
		{ "US915", { 902100000, 500000, 9, 5, 20 }, "902.2500 to 927.7500" },
		{ "AU915", { 914000000, 500000, 9, 5, 20 }, "915.2500" },
		{ "AS923", { 923300000, 125000, 8, 5, 14 }, "AS923 allows 400: write spreading = 7" },
		{ "AS923", { 923300000, 125000, 7, 5, 15 }, "0 to 14" },
		{ "IN865", { 868000000, 125000, 9, 5, 14 }, "865.0625 to 866.9375" },
		{ "KR920", { 921900000, 125000, 9, 5, 10 }, "922.0625" },
		{ "KR920", { 922700000, 125000, 12, 5, 13 }, "0 to 12" },
		{ "JP920", { 922400000, 125000, 9, 5, 13 }, "spreading = 7" },
		{ "NZ865", { 869525000, 125000, 9, 5, 14 }, "864.0625 to 867.9375" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct reason why = { "" };
		bool allowed = band_allows(band_find(rows[i].band), &why, &rows[i].setting, PREAMBLE, SIZE_MAX_ON_AIR);

		if (allowed != (rows[i].says == NULL) || (rows[i].says && !strstr(why.text, rows[i].says)))
			fail_msg("row %zu, %s: %s", i, rows[i].band, allowed ? "allowed" : why.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults_are_allowed),
		cmocka_unit_test(test_verdicts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
