/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What rows say as a line of text: English that people can copy into a message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "board/sentence.h"

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
			   water = about("Drinking water", "L", 60500);
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
	};

	(void)state;
	blankets.of_milli = 933;
	insulin.people = insulin.count = 1;
	water.when = NOW + 3 * 3600;
	(void)said_add(&water.about, SAY(WHY_NEED));
	snprintf(water.ref, sizeof water.ref, "4Q7-K2NX");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char out[SENTENCE_SIZE];

		sentence_answer(out, rows[i].question, rows[i].answer, NOW);
		assert_string_equal(out, rows[i].said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_amounts), cmocka_unit_test(test_answers) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
