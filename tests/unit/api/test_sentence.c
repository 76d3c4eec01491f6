/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What rows say as a line of text that people can copy into a message, in their language. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "board/sentence.h"
#include "board/text/utf8.h"

enum { NOW = 1788000000 };

static struct view_answer about(const char *item, const char *unit, int64_t milli)
{
	struct view_answer a = { .quantity_milli = milli, .people = 30, .said = NOW - 7200, .site = "Oak" };

	snprintf(a.item_name, sizeof a.item_name, "%s", item);
	snprintf(a.unit, sizeof a.unit, "%s", unit);
	a.way.metres = 0;
	return a;
}

static void test_amounts(void **state)
{
	static const struct {
		int64_t milli;
		const char *unit, *said;
	} rows[] = { { 60500, "L", "60.5 L" }, { 12000, "each", "12" }, { 12000, "", "12" }, { -3000, "kg", "-3 kg" } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char out[SENTENCE_AMOUNT_SIZE];

		sentence_amount(out, rows[i].milli, rows[i].unit);
		assert_string_equal(out, rows[i].said);
	}
}

static void test_answers(void **state)
{
	struct view_answer blankets = about("Blanket", "each", 28000), insulin = about("Insulin", "each", 0),
			   water = about("Drinking water", "L", 60500), place = about("", "", 0),
			   vouch = about("", "", 0);
	struct {
		enum view_question question;
		struct view_answer *answer;
		const char *said;
	} rows[] = {
		{ VIEW_Q_SERVED, &blankets, "28 Blanket at Oak, 0.933 for each of 30 people. Oldest word 2 h ago." },
		{ VIEW_Q_SERVED, &insulin, "0 Insulin at Oak, 0 for 1 person. Oldest word 2 h ago." },
		{ VIEW_Q_SHORT, &insulin,
		  "Insulin: 0 short in 1 need for 1 person, nearest Oak. Oldest word 2 h ago." },
		{ VIEW_Q_EXPIRING, &water,
		  "60.5 L Drinking water at Oak, ends in 3 h, still needed? Said 2 h ago. 4Q7-K2NX" },
		{ VIEW_Q_EXPIRING, &place,
		  "Oak, ends in 3 h, leaves every node unless it is renewed. Said 2 h ago. 4Q7-K2NX" },
		{ VIEW_Q_EXPIRING, &vouch,
		  "Elm, ends in 3 h, Elm trusts Oak: that leaves every node unless it is renewed. Said 2 h ago by "
		  "Elm." },
	};

	(void)state;
	blankets.of_milli = 933;
	insulin.people = insulin.count = 1;
	water.when = NOW + 3 * 3600;
	(void)said_add(&water.about, SAY(WHY_NEED));
	snprintf(water.ref, sizeof water.ref, "4Q7-K2NX");
	place.when = vouch.when = water.when;
	place.people = 0;
	snprintf(place.ref, sizeof place.ref, "4Q7-K2NX");
	(void)said_add(&place.about, SAY(WHY_FORGOTTEN));
	vouch.site[0] = '\0';
	snprintf(vouch.by, sizeof vouch.by, "Elm");
	(void)said_add(&vouch.about, SAY_OF(WHY_VOUCH, say_text("Elm"), say_text("Oak")));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char out[SENTENCE_SIZE];

		sentence_answer(out, rows[i].question, rows[i].answer, LANGUAGE_EN, NOW);
		assert_string_equal(out, rows[i].said);
	}
}

static struct view_line need(void)
{
	return (struct view_line){ .kind = VIEW_NEED,
				   .status = VIEW_OPEN,
				   .site = "Oak",
				   .item_name = "Drinking water",
				   .unit = "L",
				   .quantity_milli = 120000,
				   .people = 40,
				   .infants = 1,
				   .due = NOW + 7200,
				   .said = NOW - 300,
				   .record = { .author = "Elm", .trust = VIEW_STRANGER, .ref = "4Q7-K2NX" } };
}

/* Nought of what is missing is told; what nobody counted is not. A word that is not the catalogue's stays as it is. */
static void test_records_in_every_language(void **state)
{
	static const char *const SAID[LANGUAGES] = {
		[LANGUAGE_EN] =
			"Need: 0 of 120 L Drinking water at Oak, 40 people, 1 infant, open, due in 2 h. Said 5 min ago "
			"by Elm, a stranger. 4Q7-K2NX",
		[LANGUAGE_ES] =
			"Necesidad: 0 de 120 L Agua potable en Oak, 40 personas, 1 bebé, abierta, plazo en 2 h. Dicho "
			"hace 5 min por Elm, un desconocido. 4Q7-K2NX",
		[LANGUAGE_FR] =
			"Besoin : 0 sur 120 L Eau potable à Oak, 40 personnes, 1 bébé, ouvert, délai dans 2 h. Dit il "
			"y a 5 min par Elm, un inconnu. 4Q7-K2NX",
		[LANGUAGE_HT] =
			"Bezwen: 0 sou 120 L Dlo pou bwè nan Oak, 40 moun, 1 ti bebe, louvri, delè nan 2 è. Di sa gen "
			"5 min dapre Elm, yon enkoni. 4Q7-K2NX",
	};
	struct view_line line = need();
	char out[SENTENCE_SIZE];

	(void)state;
	for (int language = 0; language < LANGUAGES; language++) {
		sentence_line(out, &line, (enum language)language, NOW);
		assert_string_equal(out, SAID[language]);
	}
	line.quantity_milli = 0;
	line.check_on_them = true;
	line.record.trust = VIEW_TRUSTED;
	snprintf(line.item_name, sizeof line.item_name, "a big tarp");
	sentence_line(out, &line, LANGUAGE_ES, NOW);
	assert_string_equal(out,
			    "Necesidad: a big tarp en Oak, 40 personas, 1 bebé, abierta, plazo en 2 h, VAYA A VERLOS. "
			    "Dicho hace 5 min por Elm. 4Q7-K2NX");
}

/* Nobody loads for a drill, or runs from one. */
static void test_a_drill_is_marked(void **state)
{
	struct view_note alert = { .kind = VIEW_ALERT, .text = "Bridge out", .flags = VIEW_NOTE_DRILL };
	struct view_line line = need();
	char out[SENTENCE_SIZE];

	(void)state;
	line.flags = VIEW_LINE_DRILL;
	sentence_line(out, &line, LANGUAGE_EN, NOW);
	assert_non_null(strstr(out, "DRILL. Need: 0 of 120 L"));
	line.kind = VIEW_RESOURCE;
	sentence_line(out, &line, LANGUAGE_ES, NOW);
	assert_non_null(strstr(out, "SIMULACRO. "));
	sentence_note(out, &alert, LANGUAGE_EN, NOW);
	assert_non_null(strstr(out, "DRILL. "));
}

static void test_stock_that_nobody_counted(void **state)
{
	struct view_line line = need();
	char out[SENTENCE_SIZE];

	(void)state;
	line.kind = VIEW_RESOURCE;
	line.on_hand_milli = 70000;
	line.is_reckoned = true;
	sentence_line(out, &line, LANGUAGE_EN, NOW);
	assert_non_null(strstr(out, "Stock: 70 L Drinking water at Oak, reckoned from what came and went: recount it"));
	line.on_hand_milli = -1000;
	sentence_line(out, &line, LANGUAGE_EN, NOW);
	assert_non_null(strstr(out, "Stock: -1 L Drinking water at Oak, recount it"));
}

/* A neighbour's clock is never quite ours. */
static void test_what_was_said_a_moment_ahead_is_now(void **state)
{
	struct view_line line = need();
	struct view_site site = { .name = "Oak", .heard = NOW + 50 };
	char out[SENTENCE_SIZE];

	(void)state;
	line.said = NOW + 50;
	sentence_line(out, &line, LANGUAGE_EN, NOW);
	assert_non_null(strstr(out, "due in 2 h. Said now by Elm"));
	sentence_site(out, &site, LANGUAGE_EN, NOW);
	assert_non_null(strstr(out, "heard now"));
}

/* However long its parts are: cut at a character, within its size. */
static void test_a_line_is_cut(void **state)
{
	struct view_line line = need();
	char out[SENTENCE_SIZE];

	(void)state;
	memset(line.site, 'x', sizeof line.site - 1);
	for (size_t i = 0; i + 2 < sizeof line.text; i += 2)
		memcpy(line.text + i, "é", 2);
	memset(line.item_name, 'y', sizeof line.item_name - 1);
	memset(line.record.author, 'z', sizeof line.record.author - 1);
	for (int language = 0; language < LANGUAGES; language++) {
		sentence_line(out, &line, (enum language)language, NOW);
		assert_true(strlen(out) < SENTENCE_SIZE && utf8_is_valid(out, strlen(out)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_amounts),
					    cmocka_unit_test(test_answers),
					    cmocka_unit_test(test_records_in_every_language),
					    cmocka_unit_test(test_a_drill_is_marked),
					    cmocka_unit_test(test_stock_that_nobody_counted),
					    cmocka_unit_test(test_what_was_said_a_moment_ahead_is_now),
					    cmocka_unit_test(test_a_line_is_cut) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
