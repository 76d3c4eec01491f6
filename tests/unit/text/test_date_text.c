/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Dates as people read and type them, in the time zone of the place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "board/text/date_text.h"
#include "board/text/iso_time.h"
#include "board/text/say.h"

static const int64_t NOW = 1796042400; /* 2026-11-30T12:40:00Z */

static void stand_in(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static void dates_are_written_for_the_place(void **state)
{
	static const struct {
		const char *zone;
		enum language language;
		enum date_form form;
		const char *date, *name;
	} ROWS[] = {
		{ "UTC0", LANGUAGE_EN, DATE_MINUTE, "30 Nov 2026 12:40", "UTC" },
		{ "EST5", LANGUAGE_EN, DATE_MINUTE_SHORT, "30 Nov 26 07:40", "EST" },
		{ "NPT-5:45", LANGUAGE_ES, DATE_MINUTE, "30 nov 2026 18:25", "NPT" },
		{ "XXX-12", LANGUAGE_FR, DATE_DAY, "1 déc 2026", "XXX" },
		{ "EST5", LANGUAGE_HT, DATE_DAY, "30 nov 2026", "EST" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		char date[DATE_TEXT_SIZE], zone[DATE_ZONE_SIZE];

		stand_in(ROWS[i].zone);
		date_text_write(date, ROWS[i].form, say_phrase_text(ROWS[i].language, SAY_MONTHS), NOW);
		date_text_zone(zone, NOW);
		assert_string_equal(date, ROWS[i].date);
		assert_string_equal(zone, ROWS[i].name);
	}
}

static void every_language_has_twelve_months(void **state)
{
	(void)state;
	for (int language = 0; language < LANGUAGES; language++) {
		size_t words = 1;

		for (const char *c = say_phrase_text((enum language)language, SAY_MONTHS); *c != '\0'; c++)
			words += *c == ' ';
		assert_int_equal(words, 12);
	}
}

static void dates_are_read_as_people_type_them(void **state)
{
	static const struct {
		const char *zone, *typed, *date; /* NULL: refused */
	} ROWS[] = {
		{ "EST5", "2026-11-30 12:40", "2026-11-30T17:40:00Z" },
		{ "EST5", "2026-11-30T12:40", "2026-11-30T17:40:00Z" },
		{ "EST5", "2026-11-30 12:40:09", "2026-11-30T17:40:09Z" },
		{ "EST5", "2026-11-30T12:40Z", "2026-11-30T12:40:00Z" },
		{ "EST5", "2026-11-30 12:40+02:00", "2026-11-30T10:40:00Z" },
		{ "EST5", "23:59", "2026-12-01T04:59:00Z" },
		{ "EST5", "7:05", "2026-11-30T12:05:00Z" },
		{ "XXX-12", "7:05", "2026-11-30T19:05:00Z" }, /* there it is December */
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-07-01 12:00", "2026-07-01T10:00:00Z" },
		{ "EST5", "2028-1-4 9:05", "2028-01-04T14:05:00Z" },
		{ "EST5", "2028-1-14T9:05Z", "2028-01-14T09:05:00Z" },
		{ "EST5", "2028-11-4 9:05+02:00", "2028-11-04T07:05:00Z" },
		{ "UTC0", "2028-1-4 9:5", NULL }, /* 9:05, or 9:50 with a digit lost? */
		{ "UTC0", "8-1-4 9:05", NULL },
		{ "UTC0", "2028-1-32 9:05", NULL },
		{ "UTC0", "2026-11-30 12:40:09                                                  ", NULL },
		{ "UTC0", "2026-11-30", NULL },
		{ "UTC0", "30.11.2026 12:40", NULL },
		{ "UTC0", "12:40Z", NULL },
		{ "UTC0", "24:00", NULL },
		{ "UTC0", "2026-02-29 12:00", NULL },
		{ "UTC0", "1796042400", NULL },
		{ "UTC0", ":40", NULL },
		{ "UTC0", "a:40", NULL },
		{ "UTC0", "noon", NULL },
		{ "UTC0", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		char iso[ISO_TIME_SIZE] = "";
		int64_t unix_s = 7;
		bool is_read;

		stand_in(ROWS[i].zone);
		is_read = date_text_read(&unix_s, ROWS[i].typed, NOW);
		if (is_read != (ROWS[i].date != NULL))
			fail_msg("\"%s\" was %s", ROWS[i].typed, is_read ? "read" : "refused");
		if (!is_read) {
			assert_int_equal(unix_s, 7);
			continue;
		}
		iso_time_format(iso, unix_s);
		if (strcmp(iso, ROWS[i].date) != 0)
			fail_msg("\"%s\" is %s", ROWS[i].typed, iso);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_are_written_for_the_place),
		cmocka_unit_test(every_language_has_twelve_months),
		cmocka_unit_test(dates_are_read_as_people_type_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
