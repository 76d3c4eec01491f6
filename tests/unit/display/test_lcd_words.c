/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The display's words: each fits where it stands, in every language and in both of the displays' alphabets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "board/display/ascii.h"
#include "board/display/lcd_words.h"

/* For how many columns a word is, and values as large as they usually get. A word beside an age leaves it room. */
struct room {
	enum say_code word;
	size_t cols;
	const char *first, *second;
};

static const struct room ROOMS[] = {
	{ SAY_LCD_MINUTES, 6, "59", NULL },
	{ SAY_LCD_HOURS, 6, "47", NULL },
	{ SAY_LCD_DAYS, 6, "365", NULL },
	{ SAY_LCD_MINUTES_SHORT, 4, "59", NULL },
	{ SAY_LCD_HOURS_SHORT, 4, "47", NULL },
	{ SAY_LCD_DAYS_SHORT, 4, "365", NULL },
	{ SAY_LCD_NOW, 6, NULL, NULL },
	{ SAY_LCD_AGO, 13, "59 min", NULL },
	{ SAY_LCD_SINCE, 16, "59mn", NULL },
	{ SAY_LCD_SINCE_NOW, 16, NULL, NULL },
	{ SAY_LCD_CARD_FAILED, 16, NULL, NULL },
	{ SAY_LCD_NOTHING_KEPT, 16, NULL, NULL },
	{ SAY_LCD_NOTHING_NEW_KEPT, 20, NULL, NULL },
	{ SAY_LCD_SAVE, 20, NULL, NULL },
	{ SAY_LCD_CHANGE_CARD, 20, NULL, NULL },
	{ SAY_LCD_KEY_MISSING, 16, NULL, NULL },
	{ SAY_LCD_KEY_OTHER, 16, NULL, NULL },
	{ SAY_LCD_RESTORED, 16, NULL, NULL },
	{ SAY_LCD_ENTRIES_GONE, 16, NULL, NULL },
	{ SAY_LCD_CARD_COPIED, 16, NULL, NULL },
	{ SAY_LCD_KEY_BACK, 16, NULL, NULL },
	{ SAY_LCD_MEET, 16, NULL, NULL },
	{ SAY_LCD_ONE_ANEW, 16, NULL, NULL },
	{ SAY_LCD_RENEW, 16, NULL, NULL },
	{ SAY_LCD_STARTS, 16, NULL, NULL },
	{ SAY_LCD_CANNOT_START, 20, NULL, NULL },
	{ SAY_LCD_CANNOT_START_SHORT, 16, NULL, NULL },
	{ SAY_LCD_DRILL, 9, NULL, NULL }, /* after "! ", before " 59mn" */
	{ SAY_LCD_SEVERITY_0, 9, NULL, NULL },
	{ SAY_LCD_SEVERITY_1, 9, NULL, NULL },
	{ SAY_LCD_SEVERITY_2, 9, NULL, NULL },
	{ SAY_LCD_SEVERITY_3, 9, NULL, NULL },
	{ SAY_LCD_SEVERITY_4, 9, NULL, NULL },
	{ SAY_LCD_IN_OUT, 20, "99999", "99999" },
	{ SAY_LCD_STAY, 20, "99999", NULL },
	{ SAY_LCD_STAY_COMPARING, 16, NULL, NULL },
	{ SAY_LCD_ALL_SAFE, 20, NULL, NULL },
	{ SAY_LCD_ALL_SAFE_1, 16, "32", NULL },
	{ SAY_LCD_ALL_SAFE_2, 16, NULL, NULL },
	{ SAY_LCD_STRANGER_TOO, 20, "1", NULL },
	{ SAY_LCD_STRANGERS_TOO, 20, "9", NULL },
	{ SAY_LCD_STRANGER_SAYS, 16, "1", NULL },
	{ SAY_LCD_STRANGERS_SAY, 16, "32", NULL },
	{ SAY_LCD_THEY_HAVE_ALL, 16, NULL, NULL },
	{ SAY_LCD_TRUST_THEM, 20, NULL, NULL },
	{ SAY_LCD_NOT_TAKEN, 16, "999", NULL },
	{ SAY_LCD_NOT_TAKEN_HERE, 20, "999", NULL },
	{ SAY_LCD_NOT_HERE, 16, "999", NULL },
	{ SAY_LCD_ITS_CLOCK, 16, "Elm", NULL },
	{ SAY_LCD_OUR_CLOCK, 16, NULL, NULL },
	{ SAY_LCD_A_CLOCK, 16, NULL, NULL },
	{ SAY_LCD_APART, 20, "365 d", "Elm" },
	{ SAY_LCD_COMPARE_WATCH, 20, NULL, NULL },
	{ SAY_LCD_END_TODAY, 16, NULL, NULL },
	{ SAY_LCD_IS_FULL, 16, "Elm", NULL },
	{ SAY_LCD_FULL_HERE, 16, NULL, NULL },
	{ SAY_LCD_ITS_RULES, 16, "Elm", NULL },
	{ SAY_LCD_OUR_RULES, 16, NULL, NULL },
	{ SAY_LCD_NOT_ALL, 16, NULL, NULL },
	{ SAY_LCD_BEHIND, 20, "365 d", NULL },
	{ SAY_LCD_AHEAD, 20, "365 d", NULL },
	{ SAY_LCD_CLOCK_THERE, 20, NULL, NULL },
	{ SAY_LCD_LEFT_STATE, 11, NULL, NULL }, /* before " 59mn" */
	{ SAY_LCD_NEIGHBOUR, 16, "1", NULL },
	{ SAY_LCD_NEIGHBOURS, 16, "32", NULL },
	{ SAY_LCD_CAME_IN, 16, "99999", NULL },
	{ SAY_LCD_NEARLY_FULL, 16, NULL, NULL },
	{ SAY_LCD_PART_WAITS, 16, NULL, NULL },
	{ SAY_LCD_SEE_STATUS, 16, NULL, NULL },
	{ SAY_LCD_NOT_REACHED, 16, NULL, NULL },
	{ SAY_LCD_HEARD_NO_CONTACT, 16, NULL, NULL },
	{ SAY_LCD_OTHER_NETWORK, 20, NULL, NULL },
	{ SAY_LCD_CARRY_STICK, 20, NULL, NULL },
	{ SAY_LCD_ROOM_ENTRIES, 16, "100", NULL },
	{ SAY_LCD_ROOM_AUTHORS, 16, "100", NULL },
	{ SAY_LCD_ROOM_SITES, 16, "100", NULL },
	{ SAY_LCD_ROOM_LINES, 16, "100", NULL },
	{ SAY_LCD_ROOM_MOVES, 16, "100", NULL },
	{ SAY_LCD_ROOM_NOTES, 16, "100", NULL },
	{ SAY_LCD_ROOM_TRUST, 16, "100", NULL },
	{ SAY_LCD_ROOM_OF, 20, "99999", "99999" },
	{ SAY_LCD_PLACE_CLOSED, 16, NULL, NULL },
	{ SAY_LCD_PLACE_MOVED, 16, NULL, NULL },
	{ SAY_LCD_PLACE_FULL, 16, NULL, NULL },
	{ SAY_LCD_GO_TO, 20, "Oak St church", NULL },
	{ SAY_LCD_NOT_SAFE, 16, NULL, NULL },
	{ SAY_LCD_NOT_COME, 16, "99999", NULL },
	{ SAY_LCD_NOT_GONE, 16, "9999", NULL },
	{ SAY_LCD_NOT_COMPARED, 16, NULL, NULL },
	{ SAY_LCD_NEED_OPEN, 20, "1", NULL },
	{ SAY_LCD_NEEDS_OPEN, 20, "99999", NULL },
	{ SAY_LCD_NEED_NEAR, 16, "1", "9" },
	{ SAY_LCD_NEEDS_NEAR, 16, "99", "9?" },
	{ SAY_LCD_NEAR_TIME_GUESSED, 20, "9", NULL },
	{ SAY_LCD_NEAR_TIME_SET, 20, "32", NULL },
	{ SAY_LCD_PICTURE, 20, "3f2a-91c0", NULL },
	{ SAY_LCD_CLOCK, 12, NULL, NULL }, /* before "  CET" */
	{ SAY_LCD_CLOCK_TOLD, 20, NULL, NULL },
	{ SAY_LCD_CLOCK_GUESSED, 20, NULL, NULL },
	{ SAY_LCD_CLOCK_GUESS_OF_ALL, 20, NULL, NULL },
	{ SAY_LCD_CLOCK_WRONG, 20, NULL, NULL },
	{ SAY_LCD_CLOCK_OR, 20, "30 Nov 26 12:40", NULL },
	{ SAY_LCD_CLOCK_HOLD, 20, NULL, NULL },
	{ SAY_LCD_CLOCK_HOLD_SECOND, 20, NULL, NULL },
	{ SAY_LCD_CLOCK_HOLD_SHORT, 16, NULL, NULL },
	{ SAY_LCD_CLOCK_IS_SET, 16, NULL, NULL },
	{ SAY_LCD_CLOCK_NOT_SET, 16, NULL, NULL },
	{ SAY_LCD_NOTHING_SHORT, 16, NULL, NULL },
	{ SAY_LCD_NEED_COVERED, 16, "1", NULL },
	{ SAY_LCD_NEEDS_COVERED, 16, "99", NULL },
	{ SAY_LCD_NO_NEEDS, 20, NULL, NULL },
	{ SAY_LCD_NO_NEEDS_1, 16, NULL, NULL },
	{ SAY_LCD_NO_NEEDS_2, 16, NULL, NULL },
	{ SAY_LCD_ADD_ONE, 20, NULL, NULL },
	{ SAY_LCD_MORE_NEED, 16, "1", NULL },
	{ SAY_LCD_MORE_NEEDS, 16, "9999", NULL },
	{ SAY_LCD_NO_SITE, 11, NULL, NULL },
	{ SAY_LCD_SHORT_OF, 20, "60.5", "120 L" },
	{ SAY_LCD_SHORT, 20, "1000 each", NULL },
	{ SAY_LCD_NOT_SAID, 20, NULL, NULL },
	{ SAY_LCD_CHECK_ON_IT, 13, NULL, NULL }, /* before " 59 min" */
	{ SAY_LCD_OVERDUE, 13, NULL, NULL },
	{ SAY_LCD_WITHIN, 13, "720 h", NULL },
	{ SAY_LCD_PLEDGED, 20, "1000 each", NULL },
	{ SAY_LCD_SENT, 20, "1000 each", NULL },
	{ SAY_LCD_TO, 20, "Oak St church", NULL },
	{ SAY_LCD_NO_TIME, 13, NULL, NULL },
	{ SAY_LCD_LATE, 13, "365 d", NULL },
	{ SAY_LCD_DUE_IN, 13, "47 h", NULL },
	{ SAY_LCD_SINCE_WALK, 20, NULL, NULL },
	{ SAY_LCD_CONNECTING, 11, NULL, NULL }, /* before " 59mn" */
	{ SAY_LCD_COMPARING, 11, NULL, NULL },
	{ SAY_LCD_TRANSFERRING, 11, NULL, NULL },
	{ SAY_LCD_SAFE_STATE, 11, NULL, NULL },
	{ SAY_LCD_SELF, 20, NULL, NULL },
	{ SAY_LCD_TRUSTED, 20, NULL, NULL },
	{ SAY_LCD_STRANGER, 20, NULL, NULL },
	{ SAY_LCD_NO_NEIGHBOUR_1, 16, NULL, NULL },
	{ SAY_LCD_NO_NEIGHBOUR_2, 16, NULL, NULL },
	{ SAY_LCD_DENIED, 15, NULL, NULL },
	{ SAY_LCD_DENIED_BEFORE, 23, NULL, NULL },
	{ SAY_LCD_TO_HERE, 9, NULL, NULL },
	{ SAY_LCD_RADIO_HEARD, 16, "16", NULL },
	{ SAY_LCD_RADIO_WAITING, 20, "99999", NULL },
	{ SAY_LCD_RADIO_SAFE, 20, NULL, NULL },
	{ SAY_LCD_RADIO_SAYS, 20, NULL, NULL },
	{ SAY_LCD_RADIO_CLOCK, 20, "123", NULL },
	{ SAY_LCD_RADIO_AIR, 20, "119 s", "60 min" },
	{ SAY_LCD_RADIO, 16, NULL, NULL },
	{ SAY_LCD_RADIO_MISSING, 16, NULL, NULL },
	{ SAY_LCD_RADIO_STARTING, 16, NULL, NULL },
	{ SAY_LCD_RADIO_REFUSED, 16, NULL, NULL },
	{ SAY_LCD_RADIO_NOBODY, 16, NULL, NULL },
};

/* Whatever stands in the language files for the display was given its room above. */
static void every_word_has_its_room(void **state)
{
	size_t words = 0;

	(void)state;
	for (int code = SAY_NOTHING + 1; code < SAY_CODES; code++)
		words += strncmp(say_code_name((enum say_code)code), "lcd-", 4) == 0;
	assert_int_equal(words, sizeof(ROOMS) / sizeof(*ROOMS));
	for (size_t i = 0; i < sizeof(ROOMS) / sizeof(*ROOMS); i++)
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(ROOMS[i].word, ROOMS[j].word);
}

static void every_word_fits_in_every_language(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ROOMS) / sizeof(*ROOMS); i++) {
		const struct room *room = &ROOMS[i];

		for (int language = 0; language < LANGUAGES; language++) {
			const char *text = say_phrase_text((enum language)language, room->word);
			char line[96], ascii[96], latin1[96];

			assert_non_null(text);
			lcd_words_fill(line, sizeof(line), text, room->first, room->second);
			ascii_fold(ascii, sizeof(ascii), line);
			ascii_fold_latin1(latin1, sizeof(latin1), line);
			if (strlen(ascii) > room->cols || strlen(latin1) > room->cols)
				fail_msg("\"%s\" does not fit %zu columns", ascii, room->cols);
		}
	}
}

/* A text takes the values that the English one takes, in that order. */
static void translations_lose_no_value(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ROOMS) / sizeof(*ROOMS); i++)
		for (int language = 0; language < LANGUAGES; language++) {
			const char *text = say_phrase_text((enum language)language, ROOMS[i].word);
			size_t values = 0;

			for (const char *at = text; (at = strstr(at, "{}")) != NULL; at++)
				values++;
			if (values != (size_t)(ROOMS[i].first != NULL) + (ROOMS[i].second != NULL))
				fail_msg("\"%s\" has %zu values", text, values);
		}
}

static void accents_fold(void **state)
{
	static const struct {
		const char *in, *out;
	} ROWS[] = { { "áàâäãåāă", "aaaaaaaa" },
		     { "Ñandú Œuvre Straße", "Nandu OEuvre Strasse" },
		     { "Łódź Čapek Şişli", "Lodz Capek Sisli" },
		     { "“a” – ‘b’…", "\"a\" - 'b'..." },
		     { "5 € 20 °C", "5 EUR 20  degC" },
		     { "e\xCC\x81", "e" },
		     { "\xFF\xC3", "??" },
		     { "😀漢", "??" },
		     { "a\tb\n", "a b " },
		     { "dlo pou bwè", "dlo pou bwe" },
		     { "", "" } };
	char out[64];

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		ascii_fold(out, sizeof(out), ROWS[i].in);
		assert_string_equal(out, ROWS[i].out);
	}
	ascii_fold_latin1(out, sizeof(out), "Ñandú Œuvre \u00A0\u00AD\u00FF\u0100 日");
	assert_string_equal(out, "\xD1"
				 "and\xFA OEuvre  \xFF"
				 "A ?");
	ascii_fold(out, 3, "aßb");
	assert_string_equal(out, "a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_has_its_room),
		cmocka_unit_test(every_word_fits_in_every_language),
		cmocka_unit_test(translations_lose_no_value),
		cmocka_unit_test(accents_fold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
