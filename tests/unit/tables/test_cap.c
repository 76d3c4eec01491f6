/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* CAP messages as they come in: what is taken of them, and what is refused with which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "board/tables/cap.h"
#include "board/tables/cap_import.h"
#include "tests/unit/fake_board.h"
#include "tests/unit/written.h"

enum { MESSAGE_MAX = 20000 };

#define HEAD                                                                                                           \
	"<identifier>A1</identifier><sender>nws@noaa.gov</sender><sent>2026-09-14T06:30:00-04:00</sent>"               \
	"<status>Actual</status><msgType>Alert</msgType><scope>Public</scope>"
#define INFO                                                                                                           \
	"<info><language>es-PR</language><category>Met</category><event>Flood</event><urgency>Future</urgency>"        \
	"<severity>Extreme</severity><certainty>Observed</certainty><senderName>NWS San Juan</senderName>"             \
	"<headline>Río  crecido\n hoy</headline></info>"

/* HEAD and INFO as a message in which `from` was replaced by `to`. */
static const char *message(const char *from, const char *to)
{
	static const char WHOLE[] = "<?xml version=\"1.0\"?>\n<alert xmlns=\"" CAP_NAMESPACE "\">" HEAD INFO "</alert>";
	static char text[MESSAGE_MAX];
	const char *at = strstr(WHOLE, from);

	assert_non_null(at);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - WHOLE), WHOLE, to, at + strlen(from));
	return text;
}

static void messages_are_taken_or_refused(void **state)
{
	static const struct {
		const char *from, *to;
		const char *reason; /* part of the sentence; NULL: it is taken */
	} ROWS[] = {
		{ "", "", NULL },
		{ "<?xml version=\"1.0\"?>\n", "", NULL },
		{ "<status>Actual", "<status> Exercise ", NULL },
		{ "<msgType>Alert", "<msgType>Update", NULL },
		{ "2026-09-14T06:30:00-04:00", "2026-09-14T06:30:00Z", NULL }, /* wrong, and understood */
		{ "<certainty>Observed", "<certainty>Very Likely", NULL },
		{ INFO, INFO INFO, NULL },
		{ "<headline>", "<web>http://x</web><headline>", NULL },
		{ "<identifier>A1</identifier>", "", "<identifier> is missing" },
		{ "<identifier>A1</identifier>", "<identifier> </identifier>", "<identifier> is missing" },
		{ "nws@noaa.gov", "nws at noaa", "has a blank" },
		{ ">A1<", ">A,1<", "a comma" },
		{ ">A1<", ">A&lt;1<", "which CAP does not allow" },
		{ "<status>Actual</status>", "", "<status> is missing" },
		{ "<status>Actual", "<status>Real", "<status> must be Actual, Exercise" },
		{ "<status>Actual", "<status>Draft", "Its status is Draft" },
		{ "<msgType>Alert", "<msgType>Error", "It is an Error" },
		{ "<scope>Public", "<scope>Restricted", "Its scope is Restricted" },
		{ "<category>Met", "<category>Weather", "<category> must be Geo, Met" },
		{ "<severity>Extreme", "<severity>Red", "<severity> must be Unknown, Minor" },
		{ "<urgency>Future</urgency>", "", "<urgency> is missing" },
		{ "<event>Flood</event>", "", "<event> is missing" },
		{ INFO, "", "<info> is missing" },
		{ "2026-09-14T06:30:00-04:00", "2026-09-14T06:30:00", "<sent> must be a time" },
		{ "2026-09-14T06:30:00-04:00", "14 Sep 2026", "<sent> must be a time" },
		{ "<headline>", "<expires>tonight</expires><headline>", "<expires> must be a time" },
		{ "cap:1.2", "cap:1.1", "only 1.2 is read" },
		{ "<alert xmlns=\"" CAP_NAMESPACE "\">", "<alert>", "no CAP message" },
		{ "</alert>", "", "broken at line" },
		{ "<event>Flood", "<event>Fl\xFFod", "broken at line" },
		{ "\n<alert", "\n<!DOCTYPE alert><alert", "declares a DTD" },
		{ "<headline>", "<headline>&undeclared;", "broken at line" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		static struct cap_alert alert;
		struct said error = { 0 };
		const char *text = message(ROWS[i].from, ROWS[i].to);
		bool taken = cap_read(&alert, &error, text, strlen(text));

		if (taken != (ROWS[i].reason == NULL) || (!taken && strstr(written(&error), ROWS[i].reason) == NULL))
			fail_msg("\"%s\" for \"%s\": %s", ROWS[i].to, ROWS[i].from, taken ? "taken" : written(&error));
	}
}

static void message_is_taken_apart(void **state)
{
	static struct cap_alert alert;
	struct said error = { 0 };
	const char *text = message("</scope>", "</scope><references>a@b,7,2026-09-13T00:00:00-00:00\n\t"
					       "broken nws@noaa.gov,A1,2026-09-14T06:30:00-04:00</references>");

	(void)state;
	assert_true(cap_read(&alert, &error, text, strlen(text)));
	assert_string_equal(alert.source, "NWS San Juan");
	assert_string_equal(alert.text, "Río crecido hoy");
	assert_string_equal(alert.language, "es");
	assert_int_equal(alert.severity, 4);
	assert_int_equal(alert.reference_count, 2);
	assert_int_equal(alert.references[1], alert.number);
	assert_int_not_equal(alert.references[0], alert.number);
	text = message("<senderName>NWS San Juan</senderName><headline>Río  crecido\n hoy</headline>", "");
	assert_true(cap_read(&alert, &error, text, strlen(text)));
	assert_string_equal(alert.source, "nws@noaa.gov");
	assert_string_equal(alert.text, "Flood");
}

/* Entities that would grow to gigabytes are not even read; nesting and length end in a sentence or a cut. */
static void bombs_do_not_go_off(void **state)
{
	static const char LAUGHS[] = "<!DOCTYPE x [<!ENTITY a \"haha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
				     "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><x>&c;</x>";
	static struct cap_alert alert;
	static char deep[2000], large[200000];
	struct said error = { 0 };
	size_t used = 0;

	(void)state;
	assert_false(cap_read(&alert, &error, LAUGHS, strlen(LAUGHS)));
	assert_non_null(strstr(written(&error), "DTD"));
	used = (size_t)sprintf(deep, "<alert xmlns=\"" CAP_NAMESPACE "\">");
	for (int i = 0; i < 100; i++)
		used += (size_t)sprintf(deep + used, "<x>");
	assert_false(cap_read(&alert, &error, deep, used));
	assert_non_null(strstr(written(&error), "too deeply"));
	used = (size_t)sprintf(large, "<alert xmlns=\"" CAP_NAMESPACE "\">" HEAD);
	used += (size_t)sprintf(large + used, "<info><category>Met</category><urgency>Past</urgency><severity>Minor"
					      "</severity><certainty>Likely</certainty><event>");
	while (used < 150000)
		used += (size_t)sprintf(large + used, "€");
	used += (size_t)sprintf(large + used, "</event></info></alert>");
	assert_true(cap_read(&alert, &error, large, used));
	assert_in_range(strlen(alert.text), CAP_TEXT_SIZE - 8, CAP_TEXT_SIZE - 1);
	assert_int_equal(strlen(alert.text) % 3, 0);
}

static void numbers_are_the_same_everywhere(void **state)
{
	(void)state;
	/* FNV-1a of "a,b,c" by its definition, computed elsewhere. */
	assert_int_equal(cap_number("a", "b", "c"), 0x7a8f5e87);
	assert_int_not_equal(cap_number("a", "b", "c"), cap_number("a", "b", "d"));
	assert_int_equal(cap_number("aidmesh:03a107bff3ce10be", "aidmesh:03a107bff3ce10be:0a0b0c0d", "x"), 0x0a0b0c0d);
	assert_int_equal(cap_number("any", "aidmesh:03a107bff3ce10be:0a0b0c0d", "y"), 0x0a0b0c0d);
	assert_int_not_equal(cap_number("any", "aidmesh:03a107bff3ce10be:00000000", "y"), 0);
	assert_int_not_equal(cap_number("any", "aidmesh:03a107bff3ce10be:0a0b0c0", "y"), 0x0a0b0c0);
}

/* --- through the door --- */

static void on_finished(void *user, json_t *result)
{
	*(json_t **)user = result;
}

static json_t *import(struct fake *f, const char *text, struct said *error)
{
	uv_loop_t loop;
	json_t *result = NULL;
	struct cap_import *im = NULL;
	struct import_config config = { .loop = &loop,
					.view = &f->view,
					.door = &f->door,
					.data = text,
					.size = strlen(text),
					.finished = on_finished,
					.user = &result };

	uv_loop_init(&loop);
	(void)!cap_import_start(&im, error, &config);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	return result;
}

static void texts_fit_a_note(void **state)
{
	static const struct {
		const char *from, *to, *text;
	} ROWS[] = {
		{ "", "", "Río crecido hoy" },
		{ "<headline>", "<expires>2026-12-31T23:59:00-00:00</expires><headline>", "Río crecido hoy" },
		{ "<msgType>Alert", "<msgType>Cancel", "Cancelled: Río crecido hoy" },
		{ "Río  crecido\n hoy",
		  "012345678901234567890123456789012345678901234567890123456789"
		  "012345678901234567890123456789012345678é89",
		  "012345678901234567890123456789012345678901234567890123456789"
		  "012345678901234567890123456789012345678" },
	};
	static struct fake f;
	struct said error = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		json_t *result;

		fake_init(&f);
		result = import(&f, message(ROWS[i].from, ROWS[i].to), &error);
		assert_int_equal(json_integer_value(json_object_get(result, "added")), 1);
		assert_string_equal(f.last_text, ROWS[i].text);
		assert_int_equal(f.last.until, i == 1 ? 1798761540 : 0);
		assert_int_equal(f.last.note_kind, VIEW_ALERT);
		assert_int_equal(json_array_size(json_object_get(result, "remarks")), i > 2);
		json_decref(result);
	}
}

static void time_is_only_held_against_an_alert_by_a_clock_that_is_set(void **state)
{
	static struct fake f;
	struct said error = { 0 };
	const char *old = message("<headline>", "<expires>2026-09-14T07:59:59-00:00</expires><headline>");
	json_t *result;

	(void)state;
	fake_init(&f);
	assert_null(import(&f, old, &error));
	assert_string_equal(written(&error),
			    "The alert expired at 2026-09-14T07:59:59Z: ask for the one that holds now.");
	assert_int_equal(f.submitted, 0);
	f.status.time_quality = VIEW_TIME_GUESSED;
	result = import(&f, old, &error);
	assert_int_equal(json_integer_value(json_object_get(result, "added")), 1);
	json_decref(result);
}

static void busy_door_and_empty_cancellation_are_told(void **state)
{
	static struct fake f;
	struct said error = { 0 };
	char cancel[MESSAGE_MAX];
	json_t *result;

	(void)state;
	fake_init(&f);
	f.busy = 3;
	result = import(&f, message("", ""), &error);
	assert_int_equal(json_integer_value(json_object_get(result, "added")), 1);
	json_decref(result);
	snprintf(cancel, sizeof(cancel), "%s",
		 "<alert xmlns=\"" CAP_NAMESPACE "\"><identifier>C</identifier><sender>s</sender>"
		 "<sent>2026-09-14T06:30:00-04:00</sent><status>Actual</status><msgType>Cancel</msgType>"
		 "<scope>Public</scope><references>a,b,c</references></alert>");
	assert_null(import(&f, cancel, &error));
	assert_non_null(strstr(written(&error), "cancels an alert that is not here"));
	f.notes[f.note_count++] = (struct view_note){ .record = fake_record(0x7a8f5e87, "Oak"),
						      .kind = VIEW_ALERT,
						      .text = "River rises" };
	result = import(&f, cancel, &error);
	assert_string_equal(f.last_text, "Cancelled: River rises");
	json_decref(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_taken_or_refused),
		cmocka_unit_test(message_is_taken_apart),
		cmocka_unit_test(bombs_do_not_go_off),
		cmocka_unit_test(numbers_are_the_same_everywhere),
		cmocka_unit_test(texts_fit_a_note),
		cmocka_unit_test(time_is_only_held_against_an_alert_by_a_clock_that_is_set),
		cmocka_unit_test(busy_door_and_empty_cancellation_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
