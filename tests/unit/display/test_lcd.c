/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "board/display/lcd.h"
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
				    .said = FAKE_NOW - 3 * 3600,
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
							.since = FAKE_NOW - 80,
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
						"|14 Sep 26 08:00 |\n|HOLD 2x = right |\n\n"
						"|60.5 L Drinking |\n|Ecole Sa 3h 21h!|\n\n"
						"|+60 L Drinking w|\n|Oak St ch 3h ago|\n\n"
						"|142 came in     |\n|since 5d ago    |\n\n"
						"|Elm school      |\n|transfer  1m ago|\n\n");
}

static void the_radio_says_whom_it_hears_or_what_it_lacks(void **state)
{
	struct fake f;
	char drawn[4096];

	(void)state;
	full_board(&f);
	f.radio = (struct view_radio){
		.state = VIEW_RADIO_UP, .used_ms = 3200, .left_ms = 356800, .rest = 12, .urgent = 2, .station_count = 2
	};
	strcpy(f.radio.stations[0].name, "Elm school");
	f.radio.stations[0].heard = FAKE_NOW - 60;
	snprintf(drawn, sizeof(drawn), "%s", draw(&f, LCD_20X4));
	assert_non_null(strstr(drawn, "|Radio: 2 heard      |\n"
				      "|Elm school 1 min ago|\n"
				      "|14 to send          |\n"
				      "|air 3 s of 6 min    |\n"));
	assert_non_null(strstr(draw(&f, LCD_16X2), "|Radio: 2 heard  |\n|Elm schoo 1m ago|\n"));
	f.radio.not_taken.clock = 12;
	assert_non_null(strstr(draw(&f, LCD_20X4), "|12 NOT TAKEN: CLOCK |\n"));
	/* Without a circle anybody may say so. */
	f.radio.not_taken.clock = 0;
	f.radio.is_safe = true;
	assert_non_null(strstr(draw(&f, LCD_20X4), "|others say: have it |\n"));
	f.radio.is_sealed = true;
	assert_non_null(strstr(draw(&f, LCD_20X4), "|others have it all  |\n"));
	f.radio.station_count = 0;
	assert_non_null(strstr(draw(&f, LCD_16X2), "|Radio: 0 heard  |\n|nobody heard    |\n"));
	f.radio.state = VIEW_RADIO_MISSING;
	assert_non_null(strstr(draw(&f, LCD_20X4), "|Radio               |\n|stick missing       |\n"
						   "|                    |\n|aidmesh radio       |\n"));
	f.radio.state = VIEW_RADIO_REFUSED;
	assert_non_null(strstr(draw(&f, LCD_16X2), "|Radio           |\n|bad settings    |\n"));
	f.radio.state = VIEW_RADIO_OFF;
	assert_null(strstr(draw(&f, LCD_20X4), "Radio"));
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

/* Two rows have room for little: what is cut there keeps what tells one from the other. */
static void what_is_cut_is_told_apart(void **state)
{
	static const struct {
		const char *items[2], *sites[2], *pages;
	} table[] = {
		{ { "Diapers, infant", "Diapers, toddler" },
		  { "Oak", "Oak" },
		  "|60.5 L Di.infant|\n|Oak      3h 21h!|\n\n|60.5 L D.toddler|\n|Oak      3h 21h!|\n" },
		{ { "Tarp", "Tarp" },
		  { "Oak Street church", "Oak Street clinic" },
		  "|60.5 L Tarp     |\n|O.church 3h 21h!|\n\n|60.5 L Tarp     |\n|O.clinic 3h 21h!|\n" },
		{ { "Tarp", "Tarp" },
		  { "Oak Street 12", "Oak Street 13" },
		  "|60.5 L Tarp     |\n|Oak S.12 3h 21h!|\n\n|60.5 L Tarp     |\n|Oak S.13 3h 21h!|\n" },
		{ { "Tarp", "Tarp" },
		  { "Grundschule-Nordwest", "Grundschule-Nordost" },
		  "|60.5 L Tarp     |\n|Gru.west 3h 21h!|\n\n|60.5 L Tarp     |\n|Grun.ost 3h 21h!|\n" },
		{ { "Tarp", "Tarp" },
		  { "Escuela Nueva", "Mill" },
		  "|60.5 L Tarp     |\n|Escuela  3h 21h!|\n\n|60.5 L Tarp     |\n|Mill     3h 21h!|\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct fake f;

		fake_init(&f);
		for (size_t k = 0; k < 2; k++) {
			add_need(&f, table[i].items[k], table[i].sites[k]);
			f.lines[k].said = FAKE_NOW - 3 * 3600;
		}
		assert_ptr_not_equal(strstr(draw(&f, LCD_16X2), table[i].pages), NULL);
	}
}

static void two_rows_say_until_when(void **state)
{
	static const struct {
		int64_t due;
		const char *row;
	} table[] = { { FAKE_NOW + 6 * 3600, "|Oak       3h 6h!|" },
		      { FAKE_NOW + 40 * 60, "|Oak      3h 40m!|" },
		      { FAKE_NOW - 2 * 3600, "|Oak      3h -2h!|" },
		      { FAKE_NOW - 72 * 3600, "|Oak      3h -3d!|" },
		      { 0, "|Oak       3h ago|" } };

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct fake f;

		fake_init(&f);
		add_need(&f, "Tarp", "Oak");
		f.lines[0].said = FAKE_NOW - 3 * 3600;
		f.lines[0].due = table[i].due;
		assert_ptr_not_equal(strstr(draw(&f, LCD_16X2), table[i].row), NULL);
	}
}

/* Who reads a need from afar sees first that nobody waits for it. */
static void a_need_of_a_drill_says_so(void **state)
{
	struct fake f;

	(void)state;
	full_board(&f);
	f.lines[0].flags = VIEW_LINE_DRILL;
	assert_non_null(strstr(draw(&f, LCD_20X4), "|DRILL Drinking water|\n|short 60.5 of 120 L |\n"));
	assert_non_null(strstr(draw(&f, LCD_16X2), "|DRILL 60.5 L Dri"));
}

static struct view_peer *add_peer(struct fake *f, const char *name, enum view_trust trust, enum view_peer_state state)
{
	struct view_peer *peer = &f->peers[f->peer_count++];

	*peer = (struct view_peer){ .trust = trust, .state = state, .since = FAKE_NOW - 80 };
	snprintf(peer->name, sizeof(peer->name), "%s", name);
	snprintf(peer->address, sizeof(peer->address), "address of %s", name);
	return peer;
}

static void carrier_is_told_when_to_go(void **state)
{
	struct fake f;

	(void)state;
	full_board(&f);
	f.note_count = 0;
	assert_null(strstr(draw(&f, LCD_20X4), "ALL SAFE"));
	f.peers[0].state = VIEW_PEER_SAFE;
	add_peer(&f, "Mill", VIEW_TRUSTED, VIEW_PEER_CONNECTING);
	assert_null(strstr(draw(&f, LCD_20X4), "ALL SAFE"));
	f.peers[1].state = VIEW_PEER_SAFE;
	assert_ptr_equal(strstr(draw(&f, LCD_20X4),
				"|ALL SAFE - WALK ON  |\n|2 neighbours        |\n|142 came in         |\n"
				"|since 5 d ago       |\n"),
			 draw(&f, LCD_20X4));
	assert_ptr_equal(strstr(draw(&f, LCD_16X2), "|ALL SAFE WITH 2 |\n|WALK ON         |\n"), draw(&f, LCD_16X2));
	f.status.store_failed = true;
	assert_ptr_equal(strstr(draw(&f, LCD_20X4), "|CARD FAILED"), draw(&f, LCD_20X4));
	assert_null(strstr(draw(&f, LCD_20X4), "ALL SAFE"));
}

/* Whoever made up eight nodes makes neither safe what is not, nor unsafe what is. */
static void strangers_do_not_count(void **state)
{
	struct fake f;

	(void)state;
	fake_init(&f);
	add_peer(&f, "Mallory", VIEW_STRANGER, VIEW_PEER_SAFE);
	assert_null(strstr(draw(&f, LCD_20X4), "ALL SAFE"));
	assert_ptr_equal(strstr(draw(&f, LCD_20X4), "|1 STRANGER SAYS     |\n|they have all       |\n"
						    "|Known to you? Then: |\n|aidmesh vouch       |\n"),
			 draw(&f, LCD_20X4));
	assert_ptr_equal(strstr(draw(&f, LCD_16X2), "|1 STRANGER SAYS |\n|they have all   |\n"), draw(&f, LCD_16X2));
	add_peer(&f, "Sybil", VIEW_STRANGER, VIEW_PEER_CONNECTING);
	assert_non_null(strstr(draw(&f, LCD_20X4), "|1 STRANGER SAYS     |"));
	f.peers[1].state = VIEW_PEER_COMPARING;
	assert_null(strstr(draw(&f, LCD_20X4), "STRANGER"));
	assert_null(strstr(draw(&f, LCD_20X4), "STAY"));
	add_peer(&f, "Elm", VIEW_TRUSTED, VIEW_PEER_SAFE);
	assert_ptr_equal(strstr(draw(&f, LCD_20X4), "|ALL SAFE - WALK ON  |\n|1 neighbour         |\n"
						    "|+1 stranger says so |\n|0 came in           |\n"),
			 draw(&f, LCD_20X4));
	f.peers[2].state = VIEW_PEER_TRANSFER;
	assert_null(strstr(draw(&f, LCD_20X4), "SAFE"));
	assert_null(strstr(draw(&f, LCD_20X4), "STRANGER SAYS"));
}

/* All that is known came and went, and more may be found: nothing on the display says that it is done. */
static void comparing_is_not_a_hundred_percent(void **state)
{
	struct fake f;
	struct view_peer *elm;

	(void)state;
	fake_init(&f);
	elm = add_peer(&f, "Elm", VIEW_TRUSTED, VIEW_PEER_COMPARING);
	elm->entries_in = 12;
	assert_ptr_equal(strstr(draw(&f, LCD_20X4), "|Elm                 |\n|STAY: comparing     |\n"
						    "|in 12 out 0         |\n|                    |\n"),
			 draw(&f, LCD_20X4));
	assert_ptr_equal(strstr(draw(&f, LCD_16X2), "|Elm             |\n|STAY: comparing |\n"), draw(&f, LCD_16X2));
	elm->left_in = 4;
	assert_ptr_equal(strstr(draw(&f, LCD_16X2), "|Elm          75%|\n"), draw(&f, LCD_16X2));
}

/* However many strangers stand before it in the list, a trusted one is seen, and counts. */
static void strangers_hide_nobody(void **state)
{
	struct fake f;

	(void)state;
	fake_init(&f);
	for (int i = 0; i < 20; i++)
		add_peer(&f, "A stranger", VIEW_STRANGER, VIEW_PEER_SAFE);
	add_peer(&f, "Elm", VIEW_TRUSTED, VIEW_PEER_TRANSFER)->left_out = 7;
	assert_non_null(strstr(draw(&f, LCD_20X4), "|STAY: 7 left        |"));
	assert_non_null(strstr(draw(&f, LCD_20X4), "|Elm                 |\n|transfer   1 min ago|\n"));
	assert_null(strstr(draw(&f, LCD_20X4), "SAFE"));
	for (int i = 0; i < 12; i++)
		add_peer(&f, "Elm", VIEW_TRUSTED, VIEW_PEER_TRANSFER);
	for (int i = 20; i < 32; i++)
		f.peers[i].state = VIEW_PEER_SAFE;
	assert_null(strstr(draw(&f, LCD_20X4), "SAFE")); /* the thirteenth */
}

static void what_is_not_taken_is_said_with_its_reason(void **state)
{
	static const struct {
		enum view_time_quality ours, its;
	} UNDECIDED[] = { /* both are set, or neither is: who is to blame? */
			  { VIEW_TIME_SET, VIEW_TIME_SET },
			  { VIEW_TIME_GUESSED, VIEW_TIME_TOLD },
			  { VIEW_TIME_TOLD, VIEW_TIME_GUESSED },
			  { VIEW_TIME_GUESSED, VIEW_TIME_GUESSED }
	};
	struct fake f;
	struct view_peer *elm;

	(void)state;
	fake_init(&f);
	elm = add_peer(&f, "Elm Street school", VIEW_TRUSTED, VIEW_PEER_LEFT);
	elm->not_taken_there.clock = 12;
	elm->clock_ahead_s = -40 * 86400;
	f.status.time_quality = VIEW_TIME_SET;
	elm->time_quality = VIEW_TIME_GUESSED;
	add_peer(&f, "Mill", VIEW_TRUSTED, VIEW_PEER_SAFE);
	assert_null(strstr(draw(&f, LCD_20X4), "ALL SAFE"));
	assert_ptr_equal(strstr(draw(&f, LCD_20X4), "|12 NOT TAKEN:       |\n|Elm Street 's CLOCK?|\n"
						    "|40 d behind ours    |\n|there: aidmesh clock|\n"),
			 draw(&f, LCD_20X4));
	for (size_t i = 0; i < sizeof(UNDECIDED) / sizeof(UNDECIDED[0]); i++) {
		f.status.time_quality = UNDECIDED[i].ours;
		elm->time_quality = UNDECIDED[i].its;
		assert_ptr_equal(strstr(draw(&f, LCD_20X4), "|12 NOT TAKEN:       |\n|ONE CLOCK WRONG     |\n"
							    "|40 d apart: Elm Stre|\n|compare with a watch|\n"),
				 draw(&f, LCD_20X4));
		assert_ptr_equal(strstr(draw(&f, LCD_16X2), "|12 NOT TAKEN:   |\n|ONE CLOCK WRONG |\n"),
				 draw(&f, LCD_16X2));
	}
	f.status.time_quality = VIEW_TIME_TOLD;
	elm->time_quality = VIEW_TIME_SET;
	assert_ptr_equal(strstr(draw(&f, LCD_20X4), "|12 NOT TAKEN:       |\n|OUR CLOCK?          |\n"
						    "|40 d behind ours    |\n|aidmesh clock       |\n"),
			 draw(&f, LCD_20X4));
	elm->not_taken_there = (struct view_left){ .full = 3 };
	elm->not_taken_here = (struct view_left){ .age = 4, .policy = 100000 };
	assert_ptr_equal(strstr(draw(&f, LCD_16X2), "|3 NOT TAKEN:    |\n|Elm Street: FULL|\n\n"
						    "|4 NOT HERE:     |\n|they end today  |\n\n"
						    "|100k NOT HERE:  |\n|OUR RULES       |\n\n"),
			 draw(&f, LCD_16X2));
	assert_non_null(
		strstr(draw(&f, LCD_20X4), "|4 NOT TAKEN HERE    |\n|they end today      |\n|Elm Street school   |\n"));
	assert_non_null(strstr(draw(&f, LCD_20X4), "|Elm Street school   |\n|not taken  1 min ago|\n"));
	elm->not_taken_there = elm->not_taken_here = (struct view_left){ 0 };
	assert_ptr_equal(strstr(draw(&f, LCD_16X2), "|Elm Street schoo|\n|not all taken   |\n"), draw(&f, LCD_16X2));
	elm->trust = VIEW_STRANGER; /* what a stranger does not take is not ours to solve */
	assert_ptr_equal(strstr(draw(&f, LCD_16X2), "|ALL SAFE WITH 1 |"), draw(&f, LCD_16X2));
}

/* What keeps a node from its work comes first, before all that is safe. */
static void notices_come_before_all_that_is_safe(void **state)
{
	static const struct {
		enum view_notice notice;
		const char *name, *large, *small;
	} table[] = {
		{ VIEW_KEY_MISSING, "",
		  "|KEY MISSING         |\n|Put the key back    |\n|aidmesh renew       |\n|Nothing is kept",
		  "|KEY MISSING     |\n|Put the key back|\n" },
		{ VIEW_KEY_OTHER, "", "|KEY OF ANOTHER      |\n|Put the key back",
		  "|KEY OF ANOTHER  |\n|Put the key back|\n" },
		{ VIEW_RESTORED, "", "|FROM A BACKUP       |\n|aidmesh renew",
		  "|FROM A BACKUP   |\n|aidmesh renew   |\n" },
		{ VIEW_ENTRIES_GONE, "", "|ENTRIES GONE        |\n|Meet a neighbour",
		  "|ENTRIES GONE    |\n|Meet a neighbour|\n" },
		{ VIEW_CARD_COPIED, "", "|CARD COPIED         |\n|One begins anew:    |\n|aidmesh renew",
		  "|CARD COPIED     |\n|One begins anew:|\n" },
		{ VIEW_PEER_COPIED, "Elm school",
		  "|CARD COPIED         |\n|Elm school          |\n|One begins anew:    |\n|aidmesh renew",
		  "|CARD COPIED     |\n|Elm school      |\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct fake f;

		full_board(&f);
		f.note_count = 0;
		f.peers[0].state = VIEW_PEER_SAFE;
		fake_notice(&f, table[i].notice, table[i].name, SAY(CARD_COPIED));
		assert_ptr_equal(strstr(draw(&f, LCD_20X4), table[i].large), draw(&f, LCD_20X4));
		assert_non_null(strstr(draw(&f, LCD_20X4), "ALL SAFE"));
		assert_ptr_equal(strstr(draw(&f, LCD_16X2), table[i].small), draw(&f, LCD_16X2));
	}
}

/* In the round, while nothing stands still yet; which room it is, and where to read what to do. */
static void what_is_nearly_full_has_a_page(void **state)
{
	struct fake f;

	(void)state;
	fake_init(&f);
	f.status.rooms[VIEW_ROOM_MOVES] = (struct view_room){ 1843, 2048 };
	assert_null(strstr(draw(&f, LCD_20X4), "NEARLY FULL"));
	f.status.rooms[VIEW_ROOM_MOVES].used = 1844;
	f.status.rooms[VIEW_ROOM_ENTRIES] = (struct view_room){ 50000, 50000 };
	fake_notice(&f, VIEW_NEARLY_FULL, "", SAY(CARD_COPIED));
	assert_ptr_equal(strstr(draw(&f, LCD_20X4), "|Oak St church"), draw(&f, LCD_20X4));
	assert_non_null(strstr(draw(&f, LCD_20X4),
			       "|NEARLY FULL         |\n|entries 100%        |\n|50000 of 50000      |\n"
			       "|aidmesh status      |\n\n"
			       "|NEARLY FULL         |\n|moves 90%           |\n|1844 of 2048        |\n"
			       "|aidmesh status      |\n"));
	assert_non_null(strstr(draw(&f, LCD_16X2), "|NEARLY FULL     |\n|moves 90%       |\n"));
}

/* Until somebody says that it is right; in the time of the place. */
static void the_date_is_asked_for(void **state)
{
	struct fake f;

	(void)state;
	fake_init(&f);
	assert_null(strstr(draw(&f, LCD_20X4), "CLOCK?"));
	f.status.time_quality = VIEW_TIME_TOLD;
	assert_non_null(strstr(draw(&f, LCD_20X4),
			       "|Oak St church       |\n|0 needs open        |\n|0 near, CLOCK?      |\n"
			       "|picture 4f2a1c9d    |\n\n"
			       "|CLOCK?          UTC |\n|14 Sep 2026 08:00   |\n"
			       "|told by neighbours  |\n|HOLD 2x: it is right|\n\n"));
	f.status.told_by_guesses = true;
	assert_non_null(strstr(draw(&f, LCD_20X4), "|14 Sep 2026 08:00   |\n|a guess of all      |\n"));
	f.status.told_by_guesses = false;
	f.status.time_quality = VIEW_TIME_GUESSED;
	assert_non_null(strstr(draw(&f, LCD_20X4), "|14 Sep 2026 08:00   |\n|a guess             |\n"));
	f.status.clock_is_wrong = true;
	assert_non_null(strstr(draw(&f, LCD_20X4), "|14 Sep 2026 08:00   |\n|system clock wrong  |\n"));
	f.status.time_quality = VIEW_TIME_SET;
	f.status.clock_is_wrong = false;
	f.status.clock_asks = FAKE_NOW + 40 * 86400;
	assert_non_null(strstr(draw(&f, LCD_20X4), "|CLOCK?          UTC |\n|14 Sep 2026 08:00   |\n"
						   "|or 24 Oct 26 08:00  |\n|HOLD 2x: the second |\n\n"));
	assert_non_null(strstr(draw(&f, LCD_16X2), "|CLOCK?      UTC |\n|14 Sep 26 08:00 |\n\n"
						   "|24 Oct 26 08:00 |\n|HOLD 2x = right |\n\n"));
}

/* In every language the number and the reason are whole, whatever the neighbour is called. */
static void reasons_are_read_in_every_language(void **state)
{
	static const struct {
		enum language language;
		enum lcd_size size;
		const char *rows;
		enum view_time_quality theirs;
	} TABLE[] = {
		{ LANGUAGE_ES, LCD_20X4,
		  "|12 RECHAZADAS:      |\n|UN RELOJ VA MAL     |\n|difieren 40 d: Escue|\n|compare con un reloj|\n",
		  VIEW_TIME_SET },
		{ LANGUAGE_FR, LCD_20X4,
		  "|12 PAS PRISES:      |\n|1 HORLOGE FAUSSE    |\n|ecart 40 j: Escuela |\n|comparez: une montre|\n",
		  VIEW_TIME_SET },
		{ LANGUAGE_HT, LCD_16X2, "|12 PA PRAN:     |\n|YON REVEY PA BON|\n", VIEW_TIME_SET },
		{ LANGUAGE_ES, LCD_20X4,
		  "|12 RECHAZADAS:      |\n|?RELOJ DE Escuela N?|\n|atrasado 40 d       |\n|alli: aidmesh clock |\n",
		  VIEW_TIME_GUESSED },
		{ LANGUAGE_FR, LCD_20X4,
		  "|12 PAS PRISES:      |\n|HORLOGE Escuela Na ?|\n|en retard de 40 j   |\n|la: aidmesh clock   |\n",
		  VIEW_TIME_GUESSED },
		{ LANGUAGE_HT, LCD_16X2, "|12 PA PRAN:     |\n|REVEY Escuela N?|\n", VIEW_TIME_GUESSED },
		{ LANGUAGE_ES, LCD_16X2, "|3 NO AQUI:      |\n|LLENO AQUI      |\n", VIEW_TIME_GUESSED },
		{ LANGUAGE_FR, LCD_20X4, "|3 PAS PRISES ICI    |\n|PLEIN ICI           |\n|Escuela Nandu       |\n",
		  VIEW_TIME_GUESSED },
		{ LANGUAGE_HT, LCD_20X4, "|pa pran    gen 1 min|\n", VIEW_TIME_GUESSED },
	};
	static struct lcd_pages pages;
	struct fake f;
	struct view_peer *peer;

	(void)state;
	fake_init(&f);
	peer = add_peer(&f, "Escuela Ñandú", VIEW_TRUSTED, VIEW_PEER_LEFT);
	peer->not_taken_there.clock = 12;
	peer->not_taken_here.full = 3;
	peer->clock_ahead_s = -40 * 86400;
	for (size_t i = 0; i < sizeof(TABLE) / sizeof(TABLE[0]); i++) {
		struct lcd_look look = { .size = TABLE[i].size, .charset = LCD_GLYPHS, .language = TABLE[i].language };
		char out[4096];
		size_t used = 0;

		peer->time_quality = TABLE[i].theirs;
		lcd_draw(&pages, &f.view, &look);
		for (size_t page = 0; page < pages.count; page++)
			for (size_t row = 0; row < pages.list[page].rows; row++)
				used += (size_t)snprintf(out + used, sizeof(out) - used, "|%s|\n",
							 pages.list[page].text[row]);
		if (strstr(out, TABLE[i].rows) == NULL)
			fail_msg("%s is not in\n%s", TABLE[i].rows, out);
	}
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

static const char *draw_look(const struct fake *f, const struct lcd_look *look)
{
	static char out[8192];
	static struct lcd_pages pages;
	size_t used = 0;

	lcd_draw(&pages, &f->view, look);
	lcd_draw_undone(&pages, &(struct lcd_undone){ .name = "Elm school", .left_in = 3 }, look);
	for (size_t i = 0; i < pages.count; i++)
		for (size_t row = 0; row < pages.list[i].rows; row++)
			used += (size_t)snprintf(out + used, sizeof(out) - used, "|%s|\n", pages.list[i].text[row]);
	return out;
}

static void people_read_their_own_language(void **state)
{
	static const struct {
		enum language language;
		enum lcd_charset charset;
		const char *rows;
	} TABLE[] = {
		{ LANGUAGE_ES, LCD_GLYPHS, "|Agua potable        |\n|faltan 60.5 de 120 L|\n" },
		{ LANGUAGE_ES, LCD_GLYPHS, "|\6 grave     hace 3 h|\n|Bridge" },
		{ LANGUAGE_ES, LCD_LATIN1, "|desde la \xFAltima ruta|\n" },
		{ LANGUAGE_ES, LCD_GLYPHS, "|NO TODO A SALVO     |\n|Elm school          |\n|3 sin llegar        |\n" },
		{ LANGUAGE_FR, LCD_GLYPHS,
		  "|Eau potable         |\n|manque 60.5 / 120 L |\n|Ecole Saint-Coeur de|\n"
		  "|dans 21 h il y a 3 h|\n" },
		{ LANGUAGE_FR, LCD_LATIN1,
		  "|\xC9"
		  "cole Saint-Coeur de|\n" },
		{ LANGUAGE_FR, LCD_LATIN1, "|d'ici 2 h il y a 3 h|\n" },
		{ LANGUAGE_FR, LCD_ASCII, "|transfert      1 min|\n" },
		{ LANGUAGE_HT, LCD_GLYPHS, "|Dlo pou bwe         |\n|manke 60.5 / 120 L  |\n" },
		{ LANGUAGE_HT, LCD_LATIN1, "|pou Oak St church   |\n|rive nan 2 \xE8 gen 3 \xE8|\n" },
	};
	struct fake f;

	(void)state;
	full_board(&f);
	f.lines[0].item = 101;
	for (size_t i = 0; i < sizeof(TABLE) / sizeof(TABLE[0]); i++) {
		struct lcd_look look = { .size = LCD_20X4, .charset = TABLE[i].charset, .language = TABLE[i].language };

		if (strstr(draw_look(&f, &look), TABLE[i].rows) == NULL)
			fail_msg("%s is not in\n%s", TABLE[i].rows, draw_look(&f, &look));
	}
}

/* Fifths of a cell where the display has glyphs for them. */
static void the_bar_is_as_long_as_what_is_done(void **state)
{
	static const struct {
		unsigned done, left;
		const char *ascii, *glyphs;
	} TABLE[] = {
		{ 0, 0, "|[..................]|", "|[                  ]|" },
		{ 0, 9, "|[..................]|", "|[                  ]|" },
		{ 1, 89, "|[..................]|", "|[\1                 ]|" },
		{ 9, 81, "|[#.................]|", "|[\5\4                ]|" },
		{ 89, 1, "|[#################.]|", "|[\5\5\5\5\5\5\5\5\5\5\5\5\5\5\5\5\5\4]|" },
		{ 9, 0, "|[##################]|", "|[\5\5\5\5\5\5\5\5\5\5\5\5\5\5\5\5\5\5]|" },
	};
	struct fake f;

	(void)state;
	full_board(&f);
	for (size_t i = 0; i < sizeof(TABLE) / sizeof(TABLE[0]); i++) {
		f.peers[0].entries_in = TABLE[i].done;
		f.peers[0].entries_out = 0;
		f.peers[0].left_in = 0;
		f.peers[0].left_out = TABLE[i].left;
		assert_non_null(strstr(draw_look(&f, &(struct lcd_look){ .charset = LCD_ASCII }), TABLE[i].ascii));
		assert_non_null(strstr(draw_look(&f, &(struct lcd_look){ .charset = LCD_GLYPHS }), TABLE[i].glyphs));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_whole_or_not_there),
		cmocka_unit_test(empty_board_helps),
		cmocka_unit_test(full_board_on_four_rows),
		cmocka_unit_test(full_board_on_two_rows),
		cmocka_unit_test(alerts_say_whose_words_they_are_and_when_it_is_a_drill),
		cmocka_unit_test(a_need_of_a_drill_says_so),
		cmocka_unit_test(carrier_is_told_when_to_go),
		cmocka_unit_test(what_is_nearly_full_has_a_page),
		cmocka_unit_test(the_date_is_asked_for),
		cmocka_unit_test(reasons_are_read_in_every_language),
		cmocka_unit_test(strangers_do_not_count),
		cmocka_unit_test(comparing_is_not_a_hundred_percent),
		cmocka_unit_test(strangers_hide_nobody),
		cmocka_unit_test(what_is_not_taken_is_said_with_its_reason),
		cmocka_unit_test(what_is_cut_is_told_apart),
		cmocka_unit_test(two_rows_say_until_when),
		cmocka_unit_test(long_lists_end),
		cmocka_unit_test(the_radio_says_whom_it_hears_or_what_it_lacks),
		cmocka_unit_test(people_read_their_own_language),
		cmocka_unit_test(the_bar_is_as_long_as_what_is_done),
		cmocka_unit_test(notices_come_before_all_that_is_safe),
		cmocka_unit_test(met_needs_are_not_forgotten),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
