/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "board/ascii.h"
#include "board/lcd.h"
#include "tests/unit/fake_board.h"

/* All pages as one text: rows between bars, a blank line between pages. */
static const char *draw(const struct fake *f, enum lcd_size size)
{
	static char out[8192];
	size_t used = 0, count = lcd_page_count(&f->view, size);

	out[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		struct lcd_page page;

		lcd_render(&page, &f->view, size, i);
		for (size_t row = 0; row < page.rows; row++) {
			assert_int_equal(strlen(page.text[row]), page.cols);
			used += (size_t)snprintf(out + used, sizeof(out) - used, "|%s|\n", page.text[row]);
		}
		used += (size_t)snprintf(out + used, sizeof(out) - used, "\n");
	}
	return out;
}

static void add_need(struct fake *f, const char *item, const char *site)
{
	struct view_line *need = &f->lines[f->line_count++];

	*need = (struct view_line){ .record = fake_record(f->line_count, "Nobody Inparticular"),
				    .kind = VIEW_NEED,
				    .quantity_milli = 120000,
				    .open_milli = 60500,
				    .within_h = 24,
				    .due = FAKE_NOW + 21 * 3600,
				    .unit = "L" };
	snprintf(need->item_name, sizeof(need->item_name), "%s", item);
	snprintf(need->site, sizeof(need->site), "%s", site);
	f->status.needs_open++;
}

static void empty_board_helps(void **state)
{
	struct fake f;

	(void)state;
	fake_init(&f);
	assert_string_equal(draw(&f, LCD_20X4), "|Oak St church       |\n"
						"|0 needs open        |\n"
						"|0 near, time set    |\n"
						"|picture 4f2a1c9d    |\n\n"
						"|No needs heard yet  |\n"
						"|Add one:            |\n"
						"|aidmesh need        |\n"
						"|  drinking-water 120|\n\n"
						"|No neighbour        |\n"
						"|in reach            |\n"
						"|                    |\n"
						"|                    |\n\n");
	assert_string_equal(draw(&f, LCD_16X2), "|Oak St church   |\n"
						"|0 needs 0 near  |\n\n"
						"|No needs heard  |\n"
						"|yet             |\n\n"
						"|No neighbour    |\n"
						"|in reach        |\n\n");
}

static void numbers_are_whole_or_not_there(void **state)
{
	struct fake f;

	(void)state;
	fake_init(&f);
	add_need(&f, "Drinking water", "Oak");
	f.lines[0].open_milli = f.lines[0].quantity_milli = 226796;
	assert_non_null(strstr(draw(&f, LCD_20X4), "|short 226.796 L     |"));
	f.lines[0].open_milli = f.lines[0].quantity_milli = 0;
	assert_non_null(strstr(draw(&f, LCD_20X4), "|how much: not said  |"));
	assert_non_null(strstr(draw(&f, LCD_16X2), "|Drinking water  |"));
}

static void full_board(struct fake *f)
{
	fake_init(f);
	add_need(f, "Drinking water", "École Saint-Cœur de Ñandú");
	f->moves[f->move_count++] = (struct view_move){ .record = fake_record(50, "Nobody Inparticular"),
							.stage = VIEW_SENT,
							.item_name = "Drinking water",
							.unit = "L",
							.to_site = "Oak St church",
							.quantity_milli = 60000,
							.due = FAKE_NOW + 2 * 3600,
							.counts = true };
	f->moves[f->move_count++] =
		(struct view_move){ .stage = VIEW_RECEIVED, .item_name = "Arrived already", .counts = true };
	f->moves[f->move_count++] =
		(struct view_move){ .stage = VIEW_SENT, .item_name = "Given up", .counts = true, .lapsed = true };
	f->notes[f->note_count++] = (struct view_note){ .record = fake_record(60, "Nobody Inparticular"),
							.kind = VIEW_ALERT,
							.severity = 3,
							.text = "Bridge on Oak St is out, go round by the mill" };
	f->notes[f->note_count++] = (struct view_note){ .kind = VIEW_MESSAGE, .text = "No alert" };
	f->peers[f->peer_count++] = (struct view_peer){ .name = "Elm school",
							.state = VIEW_PEER_TRANSFER,
							.entries_in = 40,
							.entries_out = 10,
							.left_in = 30,
							.left_out = 20,
							.since = FAKE_NOW - 90,
							.trust = VIEW_TRUSTED };
	f->status.came_in = 142;
	f->status.came_in_since = FAKE_NOW - 5 * 86400;
}

static void full_board_on_four_rows(void **state)
{
	struct fake f;

	(void)state;
	full_board(&f);
	assert_string_equal(draw(&f, LCD_20X4), "|! severe     3 h ago|\n"
						"|Bridge on Oak St is |\n"
						"|out, go round by the|\n"
						"|mill                |\n\n"
						"|Elm school       50%|\n"
						"|[#########.........]|\n"
						"|in 40 out 10        |\n"
						"|STAY: 50 left       |\n\n"
						"|Oak St church       |\n"
						"|1 need open         |\n"
						"|1 near, time set    |\n"
						"|picture 4f2a1c9d    |\n\n"
						"|Drinking water      |\n"
						"|short 60.5 of 120 L |\n"
						"|Ecole Saint-Coeur de|\n"
						"|in 21 h      3 h ago|\n\n"
						"|Drinking water      |\n"
						"|60 L sent           |\n"
						"|to Oak St church    |\n"
						"|due in 2 h   3 h ago|\n\n"
						"|142 came in         |\n"
						"|since the last walk |\n"
						"|5 d ago             |\n"
						"|                    |\n\n"
						"|Elm school          |\n"
						"|transfer   1 min ago|\n"
						"|in 40 out 10        |\n"
						"|trusted             |\n\n");
}

static void full_board_on_two_rows(void **state)
{
	struct fake f;

	(void)state;
	full_board(&f);
	f.status.time_quality = VIEW_TIME_GUESSED;
	assert_string_equal(draw(&f, LCD_16X2), "|! severe  3h ago|\n|Bridge on Oak St|\n\n"
						"|! severe  3h ago|\n|is out, go round|\n\n"
						"|! severe  3h ago|\n|by the mill     |\n\n"
						"|Elm school   50%|\n|[#######.......]|\n\n"
						"|Oak St church   |\n|1 need 1 near?  |\n\n"
						"|60.5 L Drinking |\n|Ecole Sai 3h ago|\n\n"
						"|+60 L Drinking w|\n|Oak St ch 3h ago|\n\n"
						"|142 came in     |\n|since 5d ago    |\n\n"
						"|Elm school      |\n|transfer  1m ago|\n\n");
}

/* Whose words it passes on stands before the words; nobody runs for a drill. */
static void alerts_say_whose_words_they_are_and_when_it_is_a_drill(void **state)
{
	struct fake f;

	(void)state;
	full_board(&f);
	strcpy(f.notes[0].source, "NWS Newport");
	assert_non_null(strstr(draw(&f, LCD_20X4), "|! severe     3 h ago|\n|NWS Newport: Bridge |\n"));
	f.notes[0].flags = 1;
	assert_non_null(strstr(draw(&f, LCD_16X2), "|! DRILL   3h ago|\n"));
}

static void carrier_is_told_when_to_go(void **state)
{
	struct fake f;

	(void)state;
	full_board(&f);
	f.note_count = 0;
	assert_null(strstr(draw(&f, LCD_20X4), "ALL SAFE"));
	f.peers[0].state = VIEW_PEER_SAFE;
	f.peers[f.peer_count++] = (struct view_peer){ .name = "Mill", .state = VIEW_PEER_CONNECTING };
	assert_null(strstr(draw(&f, LCD_20X4), "ALL SAFE"));
	f.peers[1].state = VIEW_PEER_SAFE;
	assert_ptr_equal(strstr(draw(&f, LCD_20X4), "|ALL SAFE - WALK ON  |\n|2 neighbours"), draw(&f, LCD_20X4));
	assert_ptr_equal(strstr(draw(&f, LCD_16X2), "|ALL SAFE -      |\n|WALK ON         |\n"), draw(&f, LCD_16X2));
	f.status.store_failed = true;
	assert_ptr_equal(strstr(draw(&f, LCD_20X4), "|CARD FAILED"), draw(&f, LCD_20X4));
	assert_null(strstr(draw(&f, LCD_20X4), "ALL SAFE"));
}

static void met_needs_are_not_forgotten(void **state)
{
	struct fake f;

	(void)state;
	fake_init(&f);
	add_need(&f, "Drinking water", "");
	f.lines[0].status = VIEW_CLOSED;
	f.status.needs_open = 0;
	assert_non_null(strstr(draw(&f, LCD_16X2), "|Nothing is short|\n|0 needs covered |"));
	assert_null(strstr(draw(&f, LCD_16X2), "No needs heard"));
}

static void long_lists_end(void **state)
{
	struct fake f;
	struct lcd_page page;

	(void)state;
	full_board(&f);
	for (int i = 0; i < 20; i++)
		add_need(&f, "日本語 \x1b[31m ß", "");
	assert_non_null(strstr(draw(&f, LCD_20X4), "|13 more needs       |\n|aidmesh list"));
	assert_non_null(strstr(draw(&f, LCD_20X4), "|???  [31m ss        |"));
	assert_null(strstr(draw(&f, LCD_16X2), "Nobody"));
	for (int i = 0; i < 100; i++)
		f.notes[f.note_count++] = f.notes[0];
	assert_true(lcd_page_count(&f.view, LCD_16X2) <= LCD_PAGES_MAX);
	lcd_render(&page, &f.view, LCD_20X4, 9999);
	assert_string_equal(page.text[0], "Oak St church       ");
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
	ascii_fold(out, 3, "aßb");
	assert_string_equal(out, "a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_whole_or_not_there),
		cmocka_unit_test(empty_board_helps),
		cmocka_unit_test(full_board_on_four_rows),
		cmocka_unit_test(full_board_on_two_rows),
		cmocka_unit_test(alerts_say_whose_words_they_are_and_when_it_is_a_drill),
		cmocka_unit_test(carrier_is_told_when_to_go),
		cmocka_unit_test(long_lists_end),
		cmocka_unit_test(accents_fold),
		cmocka_unit_test(met_needs_are_not_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
