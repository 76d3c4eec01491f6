/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/entry.h"
#include "tests/unit/samples.h"

static void test_text_is_cut_between_characters(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t size_max;
		const char *out;
		bool whole;
	} rows[] = {
		{ "", 3, "", true },
		{ "abc", 3, "abc", true },
		{ "abcd", 3, "abc", false },
		{ "a\xC3\xA9", 3, "a\xC3\xA9", true },
		{ "ab\xC3\xA9", 3, "ab", false },
		{ "\xF0\x9F\x92\xA7", 3, "", false },
		{ "a\xFF"
		  "b",
		  3, "a", false },
		{ "a\xC3", 3, "a", false },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char out[8];
		memset(out, '#', sizeof(out));
		assert_int_equal(text_cut(out, rows[i].size_max, rows[i].text), rows[i].whole);
		assert_string_equal(out, rows[i].out);
		assert_int_equal(out[rows[i].size_max + 1], '#');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_is_cut_between_characters),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
