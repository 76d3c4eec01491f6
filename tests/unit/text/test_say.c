/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is said, in every language: values in their places, parts that are left out, counts, and bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "board/text/said_json.h"
#include "board/text/utf8.h"
#include "tests/unit/written.h"

static const char *in(enum language language, struct say say)
{
	static char out[SAID_WRITTEN_SIZE];

	say_write(out, sizeof(out), language, say);
	return out;
}

static void values_stand_in_their_places(void **state)
{
	(void)state;
	assert_string_equal(in(LANGUAGE_EN, SAY(QUANTITY_MISSING)), "Say how much.");
	assert_string_equal(in(LANGUAGE_EN, SAY_OF(WITHIN_HOURS, say_number(7))),
			    "Within is one of 6, 24, 72, 168 or 720 hours, not 7.");
	assert_string_equal(
		in(LANGUAGE_ES, SAY_OF(ITEM_TAKEN, say_typed("agua"), say_item(101, NULL), say_number(101))),
		"«agua» se tomó como Agua potable (101).");
	assert_string_equal(
		in(LANGUAGE_EN, SAY_OF(ITEM_SEVERAL, say_items("303 304 302"))),
		"Which one: Blanket (303), Sleeping mat (304) or Tent (302)? Say its name or code, or put = "
		"before it to keep your own words.");
	assert_string_equal(in(LANGUAGE_EN, SAY_OF(API_MUST_BE_WORDS, say_text("days"), say_text("mon"))),
			    "days must be a list of words such as [\"mon\"].");
	assert_string_equal(in(LANGUAGE_FR, SAY_OF(API_MUST_BE_ONE_OF, say_text("kind"), say_words(&WORDS_LINE_KIND))),
			    "kind doit être need, offer, stock ou round.");
	assert_string_equal(in(LANGUAGE_ES, SAY_OF(PLACE_REFUSES, say_text("Oak"), say_item(101, NULL),
						   say_part(SAY_PAGE_SECTORS, 0))),
			    "Oak no recibe Agua potable (agua). ¿Llevarlo allí de todos modos?");
}

/* A need of a node with a later catalogue is talked about, too. */
static void an_item_that_this_catalogue_lacks_is_called_by_its_words(void **state)
{
	(void)state;
	assert_string_equal(
		in(LANGUAGE_ES, SAY_OF(ITEM_TAKEN, say_typed("x"), say_item(65000, "item 65000"), say_number(65000))),
		"«x» se tomó como item 65000 (65000).");
}

static void parts_without_a_value_are_left_out(void **state)
{
	(void)state;
	assert_string_equal(
		in(LANGUAGE_EN, SAY_OF(SIMILAR_NEED, say_text("7KD-9QX"), say_amount(120000, "L"), say_item(101, NULL),
				       say_text("5 L"), say_number(40), say_span(300))),
		"Is it the same as 7KD-9QX: 120 L Drinking water · 5 L for 40 people, said 5 min ago?");
	assert_string_equal(in(LANGUAGE_ES, SAY_OF(SIMILAR_NEED, say_text("7KD-9QX"), say_amount(0, ""),
						   say_item(0, "mantas"), say_empty(), say_number(1), say_span(30))),
			    "¿Es lo mismo que 7KD-9QX: mantas para 1 persona, dicho hace 1 min?");
	assert_string_equal(in(LANGUAGE_EN, SAY_OF(PLAN_WHY, say_text("Oak"), say_number(40), say_number(0),
						   say_number(31), say_number(24), say_amount(6000, "each"),
						   say_item(303, NULL), say_tenths(25), say_number(0))),
			    "Oak: 40 people, 31 h without, wanted within 24 h, 6 Blanket = 2.5 days");
	assert_string_equal(
		in(LANGUAGE_HT,
		   SAY_OF(PLAN_WHY, say_text("Oak"), say_number(40), say_number(6), say_number(31), say_number(24),
			  say_amount(120000, "L"), say_empty(), say_tenths(10), say_number(9))),
		"Oak: 40 moun, 6 ti bebe, 31 è san anyen, yo mande l nan 24 è, 120 L = 1 jou, san nouvèl depi 9 è");
}

static void counts_take_the_word_of_their_language(void **state)
{
	static const struct {
		enum language language;
		int64_t count;
		const char *said;
	} ROWS[] = {
		{ LANGUAGE_EN, 0, "0 entries wait" },  { LANGUAGE_EN, 1, "1 entry waits" },
		{ LANGUAGE_EN, 2, "2 entries wait" },  { LANGUAGE_FR, 0, "0 entrée attend" },
		{ LANGUAGE_FR, 1, "1 entrée attend" }, { LANGUAGE_ES, 0, "0 entradas esperan" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		const char *said = in(ROWS[i].language, SAY_OF(BUNDLE_CARDS_MISSING, say_number(ROWS[i].count)));

		if (strncmp(said, ROWS[i].said, strlen(ROWS[i].said)) != 0)
			fail_msg("%s", said);
	}
}

/* Whatever its values are, no sentence shows a sign of its own making, and none is empty. */
static void every_sentence_is_whole_in_every_language(void **state)
{
	static const char *const LEFT[] = { "{0", "{1", "{2", "{3", "|", "[," };

	(void)state;
	for (int code = SAY_NOTHING + 1; code < SAY_CODES; code++) {
		struct say say = { .code = (enum say_code)code };

		for (size_t i = 0; i < SAY_VALUES_MAX; i++)
			say.values[i] = say_number((int64_t)i);
		for (int language = 0; language < LANGUAGES; language++) {
			const char *text = in((enum language)language, say);

			assert_true(text[0] != '\0' && utf8_is_valid(text, strlen(text)));
			for (size_t i = 0; i < sizeof(LEFT) / sizeof(LEFT[0]); i++)
				if (strstr(text, LEFT[i]) != NULL)
					fail_msg("%s: %s", say_code_name(say.code), text);
		}
	}
}

static void what_finds_no_room_is_left_out_whole(void **state)
{
	char huge[2 * SAID_TEXT_SIZE], out[40];
	struct said said = { 0 };

	(void)state;
	memset(huge, 'x', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	assert_true(said_add(&said, SAY_OF(ITEM_NO_CODE, say_typed(huge))));
	assert_int_equal(strlen(said.texts), SAID_TYPED_MAX);
	assert_true(said_add(&said, SAY_OF(PLACE_FULL, say_text(huge))));
	assert_false(said_add(&said, SAY_OF(PLACE_FULL, say_text(huge))));
	assert_int_equal(said.count, 2);
	/* What decides makes room for itself. */
	said_decide(&said, SAY_OF(API_FIELD_UNKNOWN, say_typed(huge), say_text("line"), say_text(huge)));
	assert_int_equal(said.count, 1);
	for (int i = 0; i < 20; i++)
		(void)said_add(&said, SAY(BUSY));
	assert_int_equal(said.count, SAID_MAX);
	/* A text is cut between characters. */
	said = (struct said){ 0 };
	assert_true(said_add(&said, SAY_OF(PLACE_FULL, say_text("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"))));
	said_write(out, 6, LANGUAGE_EN, &said);
	assert_string_equal(out, "\xC3\xA9\xC3\xA9");
	/* What somebody cut before is repaired. */
	said = (struct said){ 0 };
	assert_true(said_add(&said, SAY_OF(PLACE_FULL, say_text("Caf\xC3"))));
	assert_true(utf8_is_valid(written(&said), strlen(written(&said))));
}

static void remarks_come_before_what_decides(void **state)
{
	struct said said = { 0 };
	json_t *answer = json_object();

	(void)state;
	assert_true(said_add(&said, SAY_OF(ITEM_TAKEN, say_typed("agua"), say_item(101, NULL), say_number(101))));
	said_decide(&said, SAY_OF(UNUSUAL_QUANTITY, say_amount(5000000, "L"), say_number(12), say_amount(144000, "L"),
				  say_number(3)));
	said_json_refuse(answer, &said, LANGUAGE_ES);
	assert_string_equal(
		json_string_value(json_object_get(answer, "error")),
		"«agua» se tomó como Agua potable (101). ¿5000 L para 12 personas? Lo usual es 144 L para 3 "
		"días.");
	assert_string_equal(json_string_value(json_object_get(answer, "code")), "unusual-quantity");
	assert_int_equal(json_integer_value(json_object_get(json_object_get(answer, "values"), "quantity")), 5000);
	assert_string_equal(json_string_value(json_object_get(json_object_get(answer, "values"), "quantity_unit")),
			    "L");
	assert_int_equal(json_integer_value(json_object_get(json_object_get(answer, "values"), "people")), 12);
	assert_int_equal(json_array_size(json_object_get(answer, "remark_said")), 1);
	json_decref(answer);
	/* Nothing said is a refusal all the same. */
	answer = json_object();
	said_json_refuse(answer, &(struct said){ 0 }, LANGUAGE_EN);
	assert_string_equal(json_string_value(json_object_get(answer, "code")), "node-refused");
	json_decref(answer);
}

static void the_same_is_told_from_another(void **state)
{
	const struct say rows[] = { SAY(BUSY),
				    SAY(MEMORY),
				    SAY_OF(WITHIN_HOURS, say_number(7)),
				    SAY_OF(WITHIN_HOURS, say_number(8)),
				    SAY_OF(PLACE_FULL, say_text("Oak")),
				    SAY_OF(PLACE_FULL, say_text("Elm")),
				    SAY_OF(PLACE_FULL, say_typed("Oak")) };
	enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
	struct said said[ROWS] = { 0 }, more = { 0 };

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		assert_true(said_add(&said[i], rows[i]));
	for (size_t i = 0; i < ROWS; i++)
		for (size_t j = 0; j < ROWS; j++)
			assert_int_equal(said_is_equal(&said[i], &said[j]), i == j);
	assert_false(said_is_equal(&more, &said[0]));
	said_add_all(&more, &said[0]);
	assert_true(said_is_equal(&more, &said[0]));
	said_add_all(&more, &said[1]);
	assert_false(said_is_equal(&more, &said[0]));
}

static void languages_are_found_by_preference(void **state)
{
	(void)state;
	assert_int_equal(language_accepted("xx-YY, es;q=0.8, en"), LANGUAGE_ES);
	assert_int_equal(language_accepted("fr_CA.UTF-8"), LANGUAGE_FR);
	assert_int_equal(language_accepted("C.UTF-8"), LANGUAGE_EN);
	assert_int_equal(language_accepted(NULL), LANGUAGE_EN);
	assert_int_equal(language_find("xx"), LANGUAGES);
	assert_string_equal(language_item(LANGUAGE_ES, 101), "Agua potable");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_stand_in_their_places),
		cmocka_unit_test(an_item_that_this_catalogue_lacks_is_called_by_its_words),
		cmocka_unit_test(parts_without_a_value_are_left_out),
		cmocka_unit_test(counts_take_the_word_of_their_language),
		cmocka_unit_test(every_sentence_is_whole_in_every_language),
		cmocka_unit_test(what_finds_no_room_is_left_out_whole),
		cmocka_unit_test(remarks_come_before_what_decides),
		cmocka_unit_test(the_same_is_told_from_another),
		cmocka_unit_test(languages_are_found_by_preference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
