/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Which page is shown when: a person before a display, told second by second. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "board/display/rotation.h"
#include "tests/unit/fake_board.h"

enum { SECOND = 1000 };

struct stand {
	struct fake fake;
	struct rotation rotation;
	struct lcd_page page;
	uint64_t now, due;
};

static void show(struct stand *s, enum rotation_button button)
{
	s->due = rotation_show(&s->rotation, &s->page, &s->fake.view, button, s->now);
	assert_true(s->due > s->now);
}

/* As the host does: at every deadline, and at the end. */
static void wait_for(struct stand *s, uint64_t ms)
{
	uint64_t end = s->now + ms;

	while (s->due <= end) {
		s->now = s->due;
		show(s, ROTATION_NO_BUTTON);
	}
	s->now = end;
	show(s, ROTATION_NO_BUTTON);
}

static void start(struct stand *s, enum lcd_size size)
{
	fake_init(&s->fake);
	s->now = 5 * SECOND;
	rotation_init(&s->rotation, &(struct lcd_look){ .size = size });
}

static void assert_shows(const struct stand *s, const char *beginning)
{
	if (strncmp(s->page.text[0], beginning, strlen(beginning)) != 0)
		fail_msg("at %llu ms \"%s\" is shown, not \"%s\"", (unsigned long long)s->now, s->page.text[0],
			 beginning);
}

static struct view_peer *meet(struct stand *s, const char *name, enum view_peer_state state)
{
	struct view_peer *peer = &s->fake.peers[s->fake.peer_count++];

	*peer = (struct view_peer){ .state = state,
				    .trust = VIEW_TRUSTED,
				    .left_in = 30,
				    .left_out = 12,
				    .since = FAKE_NOW + (int64_t)s->now };
	snprintf(peer->name, sizeof(peer->name), "%s", name);
	snprintf(peer->key, sizeof(peer->key), "key of %s", name);
	snprintf(peer->address, sizeof(peer->address), "address of %s", name);
	return peer;
}

static void add_alert(struct stand *s, size_t number, const char *text)
{
	memmove(&s->fake.notes[1], &s->fake.notes[0], s->fake.note_count++ * sizeof(s->fake.notes[0]));
	s->fake.notes[0] = (struct view_note){ .record = fake_record(number, "Oak"), .kind = VIEW_ALERT };
	snprintf(s->fake.notes[0].text, sizeof(s->fake.notes[0].text), "%s", text);
}

static void pages_turn_by_themselves(void **state)
{
	static struct stand s;

	(void)state;
	start(&s, LCD_20X4);
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "Oak St church");
	wait_for(&s, ROTATION_TURN_MS - 1);
	assert_shows(&s, "Oak St church");
	wait_for(&s, 1);
	assert_shows(&s, "No needs heard yet");
	wait_for(&s, ROTATION_TURN_MS);
	assert_shows(&s, "No neighbour");
	wait_for(&s, ROTATION_TURN_MS);
	assert_shows(&s, "Oak St church");
}

/* What happens in between neither delays the turn nor loses the place. */
static void news_leave_the_page_where_it_is(void **state)
{
	static struct stand s;

	(void)state;
	start(&s, LCD_20X4);
	show(&s, ROTATION_NO_BUTTON);
	wait_for(&s, ROTATION_TURN_MS);
	assert_shows(&s, "No needs heard yet");
	wait_for(&s, ROTATION_TURN_MS);
	assert_shows(&s, "No neighbour");
	s.fake.status.came_in_since = FAKE_NOW - 60; /* a page more before it */
	wait_for(&s, 100);
	assert_shows(&s, "No neighbour");
	wait_for(&s, ROTATION_TURN_MS - 101);
	assert_shows(&s, "No neighbour");
	wait_for(&s, 1);
	assert_shows(&s, "Oak St church");
}

static void buttons_turn_and_give_time(void **state)
{
	static struct stand s;

	(void)state;
	start(&s, LCD_20X4);
	show(&s, ROTATION_NO_BUTTON);
	show(&s, ROTATION_NEXT);
	assert_shows(&s, "No needs heard yet");
	wait_for(&s, ROTATION_READ_MS - 1);
	assert_shows(&s, "No needs heard yet");
	wait_for(&s, 1);
	assert_shows(&s, "No neighbour");
	show(&s, ROTATION_NEXT);
	assert_shows(&s, "Oak St church");
	show(&s, ROTATION_PREVIOUS);
	assert_shows(&s, "No neighbour");
}

static void a_held_page_stays(void **state)
{
	static struct stand s;

	(void)state;
	start(&s, LCD_20X4);
	show(&s, ROTATION_NEXT);
	show(&s, ROTATION_HOLD);
	assert_string_equal(s.page.text[0], "No needs heard yet =");
	wait_for(&s, 120 * SECOND);
	assert_shows(&s, "No needs heard yet =");
	show(&s, ROTATION_NEXT); /* turned by hand it stays held */
	wait_for(&s, 60 * SECOND);
	assert_shows(&s, "No neighbour       =");
	add_alert(&s, 60, "Bridge out");
	wait_for(&s, 1);
	assert_shows(&s, "! alert");
	wait_for(&s, ROTATION_ALERT_MS);
	assert_shows(&s, "No neighbour       =");
	show(&s, ROTATION_HOLD);
	assert_shows(&s, "No neighbour        ");
	wait_for(&s, ROTATION_TURN_MS);
	assert_shows(&s, "! alert");
}

static void nobody_holds_for_ever(void **state)
{
	static struct stand s;

	(void)state;
	start(&s, LCD_20X4);
	show(&s, ROTATION_HOLD);
	wait_for(&s, ROTATION_HELD_MS - 1);
	assert_shows(&s, "Oak St church      =");
	wait_for(&s, ROTATION_TURN_MS);
	assert_null(strchr(s.page.text[0], '='));
}

static void a_new_alert_breaks_in_once(void **state)
{
	static struct stand s;

	(void)state;
	start(&s, LCD_20X4);
	show(&s, ROTATION_NO_BUTTON);
	add_alert(&s, 60, "Bridge out");
	wait_for(&s, 100);
	assert_string_equal(s.page.text[1], "Bridge out          ");
	wait_for(&s, ROTATION_ALERT_MS - 1);
	assert_shows(&s, "! alert");
	wait_for(&s, 1);
	assert_shows(&s, "Oak St church");
	wait_for(&s, ROTATION_TURN_MS * 3); /* in the round it takes its turn */
	assert_shows(&s, "! alert");
	wait_for(&s, ROTATION_TURN_MS);
	assert_shows(&s, "Oak St church");
}

/* However late in the time of the one before. */
static void the_next_alert_has_its_own_time(void **state)
{
	static struct stand s;

	(void)state;
	start(&s, LCD_20X4);
	add_alert(&s, 60, "Bridge out");
	show(&s, ROTATION_NO_BUTTON);
	wait_for(&s, ROTATION_ALERT_MS - 1);
	add_alert(&s, 61, "Dam breaks");
	s.now += 1;
	show(&s, ROTATION_NO_BUTTON);
	assert_string_equal(s.page.text[1], "Dam breaks          ");
	wait_for(&s, ROTATION_ALERT_MS - 1);
	assert_shows(&s, "! alert");
	wait_for(&s, 1);
	assert_shows(&s, "Oak St church");
}

static void an_alert_is_read_to_its_end(void **state)
{
	static struct stand s;
	static const char *const ROWS[] = { "Go up the hill  ", "at once, leave  ", "the cars where  ",
					    "they are, take  ", "all children    " };

	(void)state;
	start(&s, LCD_16X2);
	add_alert(&s, 60, "Go up the hill  at once, leave  the cars where  they are, take  all children");
	show(&s, ROTATION_NO_BUTTON);
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		assert_string_equal(s.page.text[1], ROWS[i]);
		wait_for(&s, ROTATION_TURN_MS);
	}
	assert_shows(&s, "Oak St church");
	add_alert(&s, 61, "Go up the hill  at once");
	show(&s, ROTATION_NO_BUTTON);
	show(&s, ROTATION_NEXT); /* who has read it goes on */
	assert_string_equal(s.page.text[1], "at once         ");
	show(&s, ROTATION_NEXT);
	assert_shows(&s, "Oak St church");
}

static void syncing_stays_in_front_until_all_is_safe(void **state)
{
	static struct stand s;
	struct view_peer *elm;

	(void)state;
	start(&s, LCD_20X4);
	show(&s, ROTATION_NO_BUTTON);
	elm = meet(&s, "Elm school", VIEW_PEER_CONNECTING);
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "Oak St church");
	elm->state = VIEW_PEER_COMPARING;
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "Elm school        0%");
	elm->state = VIEW_PEER_TRANSFER;
	elm->entries_in = 42;
	wait_for(&s, 90 * SECOND);
	assert_shows(&s, "Elm school       50%");
	assert_string_equal(s.page.text[3], "STAY: 42 left       ");
	elm->state = VIEW_PEER_SAFE;
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "ALL SAFE - WALK ON");
	wait_for(&s, ROTATION_SAFE_MS - 1);
	assert_shows(&s, "ALL SAFE - WALK ON");
	wait_for(&s, 1);
	assert_shows(&s, "Oak St church");
}

static void what_was_too_fast_to_be_seen_is_said(void **state)
{
	static struct stand s;

	(void)state;
	start(&s, LCD_16X2);
	show(&s, ROTATION_NO_BUTTON);
	meet(&s, "Elm school", VIEW_PEER_SAFE);
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "ALL SAFE WITH 1");
	s.fake.peer_count = 0; /* and gone, well */
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "Oak St church");
}

/* Neighbours who stay pass on every word of each other; nobody wants to see that. */
static void small_talk_of_neighbours_who_stay_does_not_take_the_front(void **state)
{
	static struct stand s;
	struct view_peer *elm;

	(void)state;
	start(&s, LCD_20X4);
	elm = meet(&s, "Elm school", VIEW_PEER_SAFE);
	show(&s, ROTATION_NO_BUTTON);
	wait_for(&s, ROTATION_SAFE_MS);
	assert_shows(&s, "Oak St church");
	elm->state = VIEW_PEER_TRANSFER;
	wait_for(&s, ROTATION_LASTING_MS - 1);
	assert_shows(&s, "Oak St church");
	elm->state = VIEW_PEER_SAFE;
	wait_for(&s, 1);
	assert_shows(&s, "Oak St church");
	elm->state = VIEW_PEER_TRANSFER; /* a stick was read in, say: this one lasts */
	show(&s, ROTATION_NO_BUTTON);
	wait_for(&s, ROTATION_LASTING_MS);
	assert_shows(&s, "Elm school");
	elm->state = VIEW_PEER_SAFE;
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "ALL SAFE");
}

static void a_broken_contact_says_what_is_undone(void **state)
{
	static struct stand s;
	struct view_peer *elm;

	(void)state;
	start(&s, LCD_20X4);
	show(&s, ROTATION_NO_BUTTON);
	elm = meet(&s, "Elm school", VIEW_PEER_TRANSFER);
	show(&s, ROTATION_NO_BUTTON);
	elm->left_in = 7; /* what is known at the last moment */
	rotation_look(&s.rotation, &s.fake.view, s.now);
	s.fake.peer_count = 0;
	show(&s, ROTATION_NO_BUTTON);
	assert_string_equal(s.page.text[0], "NOT ALL SAFE        ");
	assert_string_equal(s.page.text[1], "Elm school          ");
	assert_string_equal(s.page.text[2], "7 not come          ");
	assert_string_equal(s.page.text[3], "12 not gone         ");
	wait_for(&s, ROTATION_UNDONE_MS - 1);
	assert_shows(&s, "NOT ALL SAFE");
	wait_for(&s, 1);
	assert_shows(&s, "Oak St church");
	wait_for(&s, 60 * SECOND); /* it is no page of the round */
	for (int i = 0; i < 6; i++, wait_for(&s, ROTATION_TURN_MS))
		assert_memory_not_equal(s.page.text[0], "NOT ALL", 7);
}

static void the_next_contact_ends_what_was_undone(void **state)
{
	static struct stand s;

	(void)state;
	start(&s, LCD_16X2);
	meet(&s, "Elm school", VIEW_PEER_COMPARING);
	show(&s, ROTATION_NO_BUTTON);
	s.fake.peer_count = 0;
	show(&s, ROTATION_NO_BUTTON);
	assert_string_equal(s.page.text[1], "Elm school      ");
	wait_for(&s, ROTATION_TURN_MS); /* on two rows in turns */
	assert_string_equal(s.page.text[0], "30 not come     ");
	meet(&s, "Mill", VIEW_PEER_CONNECTING);
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "Oak St church");
	s.fake.peer_count = 0; /* nothing was begun: nothing is undone */
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "Oak St church");
}

/* Two nodes that call each other at once have two contacts for a moment, and give one up. */
static void of_two_contacts_with_one_neighbour_one_may_go(void **state)
{
	static struct stand s;

	(void)state;
	start(&s, LCD_20X4);
	meet(&s, "Elm school", VIEW_PEER_COMPARING);
	strcpy(meet(&s, "Elm school", VIEW_PEER_COMPARING)->address, "another");
	show(&s, ROTATION_NO_BUTTON);
	s.fake.peer_count = 1;
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "Elm school");
	s.fake.peers[0].state = VIEW_PEER_SAFE;
	show(&s, ROTATION_NO_BUTTON);
	wait_for(&s, ROTATION_SAFE_MS - 1);
	assert_shows(&s, "ALL SAFE");
	wait_for(&s, 1);
	assert_shows(&s, "Oak St church");
}

static void who_looks_something_up_is_not_disturbed_by_a_contact(void **state)
{
	static struct stand s;

	(void)state;
	start(&s, LCD_20X4);
	show(&s, ROTATION_NO_BUTTON);
	meet(&s, "Elm school", VIEW_PEER_TRANSFER);
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "Elm school");
	show(&s, ROTATION_NEXT);
	assert_shows(&s, "Oak St church");
	wait_for(&s, ROTATION_READ_MS - 1);
	assert_memory_not_equal(s.page.text[1], "[..", 3);
	wait_for(&s, 1);
	assert_shows(&s, "Elm school        0%");
	add_alert(&s, 60, "Bridge out");
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "! alert");
	wait_for(&s, ROTATION_ALERT_MS);
	assert_shows(&s, "Elm school        0%");
}

/* It never compares to an end, or never says a word. */
static void a_stranger_holds_nobody(void **state)
{
	static struct stand s;
	struct view_peer *mallory, *elm;

	(void)state;
	start(&s, LCD_20X4);
	show(&s, ROTATION_NO_BUTTON);
	elm = meet(&s, "Elm school", VIEW_PEER_TRANSFER);
	mallory = meet(&s, "Mallory", VIEW_PEER_COMPARING);
	mallory->trust = VIEW_STRANGER;
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "Elm school");
	elm->state = VIEW_PEER_SAFE;
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "ALL SAFE - WALK ON");
	mallory->state = VIEW_PEER_TRANSFER;
	wait_for(&s, ROTATION_SAFE_MS - 1);
	assert_shows(&s, "ALL SAFE - WALK ON");
	wait_for(&s, 1);
	assert_shows(&s, "Oak St church");
	s.fake.peer_count = 1; /* and goes in the middle of it */
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "Oak St church");
	meet(&s, "Mallory", VIEW_PEER_SAFE)->trust = VIEW_STRANGER;
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "Oak St church");
}

static void strangers_say_so_for_a_while(void **state)
{
	static struct stand s;
	struct view_peer *elm;

	(void)state;
	start(&s, LCD_20X4);
	show(&s, ROTATION_NO_BUTTON);
	elm = meet(&s, "Elm school", VIEW_PEER_TRANSFER);
	elm->trust = VIEW_STRANGER;
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "Oak St church");
	elm->state = VIEW_PEER_SAFE;
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "1 STRANGER SAYS");
	wait_for(&s, ROTATION_SAFE_MS);
	assert_shows(&s, "Oak St church");
	elm->trust = VIEW_TRUSTED; /* somebody vouched for it */
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "ALL SAFE - WALK ON");
}

static void what_is_not_taken_stays_in_front(void **state)
{
	static struct stand s;
	struct view_peer *elm;

	(void)state;
	start(&s, LCD_20X4);
	show(&s, ROTATION_NO_BUTTON);
	elm = meet(&s, "Elm", VIEW_PEER_TRANSFER);
	show(&s, ROTATION_NO_BUTTON);
	elm->state = VIEW_PEER_LEFT;
	elm->left_in = elm->left_out = 0;
	elm->not_taken_there.clock = 12;
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "12 NOT TAKEN:");
	assert_string_equal(s.page.text[1], "Elm's CLOCK?        ");
	wait_for(&s, 3600 * SECOND);
	assert_shows(&s, "12 NOT TAKEN:");
	elm->state = VIEW_PEER_TRANSFER; /* a word more, which it takes */
	wait_for(&s, 100);
	elm->state = VIEW_PEER_LEFT;
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "12 NOT TAKEN:");
	show(&s, ROTATION_NEXT);
	assert_memory_not_equal(s.page.text[0], "12 NOT TAKEN:", 13);
	wait_for(&s, ROTATION_READ_MS - 1);
	assert_memory_not_equal(s.page.text[0], "12 NOT TAKEN:", 13);
	meet(&s, "Mill", VIEW_PEER_SAFE);
	show(&s, ROTATION_NO_BUTTON);
	assert_memory_not_equal(s.page.text[0], "ALL SAFE", 8);
	elm->state = VIEW_PEER_SAFE;
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "ALL SAFE - WALK ON");
}

static void who_goes_without_having_taken_all_is_remembered(void **state)
{
	static struct stand s;
	struct view_peer *elm;

	(void)state;
	start(&s, LCD_20X4);
	show(&s, ROTATION_NO_BUTTON);
	elm = meet(&s, "Elm", VIEW_PEER_LEFT);
	elm->left_in = elm->left_out = 0;
	elm->not_taken_there = (struct view_left){ .full = 2, .clock = 12 };
	elm->not_taken_here.policy = 3;
	elm->time_quality = VIEW_TIME_SET;
	s.fake.status.time_quality = VIEW_TIME_GUESSED;
	show(&s, ROTATION_NO_BUTTON);
	s.fake.peer_count = 0;
	show(&s, ROTATION_NO_BUTTON);
	assert_string_equal(s.page.text[0], "NOT ALL SAFE        ");
	assert_string_equal(s.page.text[1], "Elm                 ");
	assert_string_equal(s.page.text[2], "12 NOT TAKEN:       ");
	assert_string_equal(s.page.text[3], "OUR CLOCK?          ");
	wait_for(&s, ROTATION_UNDONE_MS);
	assert_shows(&s, "Oak St church");
}

static void to_the_clock(struct stand *s)
{
	start(s, LCD_20X4);
	s->fake.status.time_quality = VIEW_TIME_GUESSED;
	show(s, ROTATION_NO_BUTTON);
	show(s, ROTATION_NEXT);
	assert_shows(s, "CLOCK?");
}

/* Once holds the page, twice says that the date on it is right. */
static void a_date_is_confirmed_by_holding_it_twice(void **state)
{
	static struct stand s;
	struct lcd_answer answer = { .is_set = true };

	(void)state;
	to_the_clock(&s);
	show(&s, ROTATION_HOLD);
	assert_false(s.rotation.has_confirmed);
	wait_for(&s, ROTATION_HELD_MS - 1);
	assert_shows(&s, "CLOCK?");
	show(&s, ROTATION_HOLD);
	assert_true(s.rotation.has_confirmed);
	s.rotation.has_confirmed = false;
	s.fake.status.time_quality = VIEW_TIME_SET;
	rotation_answer(&s.rotation, &answer, s.now);
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "DATE IS SET:");
	assert_string_equal(s.page.text[1], "14 Sep 2026 08:00   ");
	add_alert(&s, 60, "Bridge out");
	wait_for(&s, ROTATION_ANSWER_MS - 1);
	assert_shows(&s, "DATE IS SET:");
	wait_for(&s, 1);
	assert_shows(&s, "! alert");
	wait_for(&s, 60 * SECOND);
	for (int i = 0; i < 6; i++, wait_for(&s, ROTATION_TURN_MS))
		assert_memory_not_equal(s.page.text[0], "CLOCK?", 6);
}

static void a_date_that_is_refused_says_why(void **state)
{
	static struct stand s;
	struct lcd_answer answer = { .is_set = false };

	(void)state;
	to_the_clock(&s);
	show(&s, ROTATION_HOLD);
	show(&s, ROTATION_HOLD);
	said_decide(&answer.why, SAY(CARD_FAILED));
	rotation_answer(&s.rotation, &answer, s.now);
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "DATE NOT SET:");
	assert_memory_not_equal(s.page.text[1], "     ", 5);
	show(&s, ROTATION_NEXT); /* who has read it goes on */
	assert_shows(&s, "CLOCK?");
}

/* Nobody says so by letting a page go. */
static void a_date_is_not_confirmed_by_chance(void **state)
{
	static struct stand s;

	(void)state;
	to_the_clock(&s);
	show(&s, ROTATION_HOLD);
	wait_for(&s, ROTATION_HELD_MS); /* whoever held it has gone */
	while (strncmp(s.page.text[0], "CLOCK?", 6) != 0)
		wait_for(&s, ROTATION_TURN_MS);
	show(&s, ROTATION_HOLD);
	assert_false(s.rotation.has_confirmed);
	show(&s, ROTATION_NEXT);
	show(&s, ROTATION_HOLD);
	assert_false(s.rotation.has_confirmed);
	show(&s, ROTATION_HOLD); /* held elsewhere, turned to it by hand, and let go */
	show(&s, ROTATION_PREVIOUS);
	assert_shows(&s, "CLOCK?");
	show(&s, ROTATION_HOLD);
	assert_false(s.rotation.has_confirmed);
}

static void a_failed_card_is_said_at_once(void **state)
{
	static struct stand s;

	(void)state;
	start(&s, LCD_20X4);
	show(&s, ROTATION_NO_BUTTON);
	meet(&s, "Elm school", VIEW_PEER_SAFE);
	s.fake.status.store_failed = true;
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "CARD FAILED");
	wait_for(&s, ROTATION_ALERT_MS);
	assert_shows(&s, "Oak St church");
}

/* Whatever happens, a page is shown and the next deadline lies ahead. */
/* A carried node: dark between what is worth a look. */
static void one_that_sleeps_is_dark_until_something_happens(void **state)
{
	static struct stand s;
	struct view_peer *elm;

	(void)state;
	start(&s, LCD_20X4);
	s.rotation.look.sleeps = true;
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "Oak St church");
	wait_for(&s, ROTATION_AWAKE_MS);
	assert_true(s.page.is_dark);
	assert_shows(&s, "                    ");
	assert_true(s.due >= s.now + ROTATION_ASLEEP_MS / 2); /* the processor sleeps as well */

	elm = meet(&s, "Elm", VIEW_PEER_TRANSFER);
	show(&s, ROTATION_NO_BUTTON);
	wait_for(&s, ROTATION_AWAKE_MS * 2);
	assert_false(s.page.is_dark);
	elm->state = VIEW_PEER_SAFE;
	show(&s, ROTATION_NO_BUTTON);
	assert_shows(&s, "ALL SAFE");
	wait_for(&s, ROTATION_SAFE_MS + ROTATION_AWAKE_MS);
	assert_true(s.page.is_dark);
}

static void the_first_button_only_wakes(void **state)
{
	static struct stand s;
	uint64_t key;

	(void)state;
	start(&s, LCD_20X4);
	s.rotation.look.sleeps = true;
	show(&s, ROTATION_NO_BUTTON);
	wait_for(&s, ROTATION_AWAKE_MS);
	assert_true(s.page.is_dark);
	key = s.page.key;
	show(&s, ROTATION_NEXT);
	assert_false(s.page.is_dark);
	assert_true(s.page.key == key);
	show(&s, ROTATION_NEXT);
	assert_true(s.page.key != key);
	wait_for(&s, ROTATION_AWAKE_MS - 1);
	assert_false(s.page.is_dark);
	wait_for(&s, 1);
	assert_true(s.page.is_dark);
	wait_for(&s, 3600 * SECOND);
	assert_true(s.page.is_dark);
}

static void anything_may_happen(void **state)
{
	static struct stand s;
	uint32_t dice = 1;

	(void)state;
	for (int run = 0; run < 200; run++) {
		start(&s, run % 2 ? LCD_16X2 : LCD_20X4);
		for (int step = 0; step < 100; step++) {
			dice = dice * 1664525u + 1013904223u;
			if (dice >> 28 < 3 && s.fake.peer_count < 8)
				meet(&s, "Elm", (enum view_peer_state)((dice >> 10) % 5))->trust =
					(enum view_trust)((dice >> 14) % 3);
			else if (dice >> 28 < 5 && s.fake.peer_count > 0)
				s.fake.peers[(dice >> 12) % s.fake.peer_count].state =
					(enum view_peer_state)((dice >> 10) % 5);
			else if (dice >> 28 < 7 && s.fake.peer_count > 0)
				s.fake.peer_count--;
			else if (dice >> 28 == 7)
				add_alert(&s, dice >> 8 & 255, "Words of an alert that go over several pages");
			else if (dice >> 28 == 8)
				s.fake.note_count = 0;
			s.fake.status.time_quality = (enum view_time_quality)((dice >> 20) % 3);
			s.now += dice >> 4 & 8191;
			show(&s, (enum rotation_button)(dice >> 6 & 3));
			assert_int_equal(strlen(s.page.text[s.page.rows - 1]), s.page.cols);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_turn_by_themselves),
		cmocka_unit_test(news_leave_the_page_where_it_is),
		cmocka_unit_test(buttons_turn_and_give_time),
		cmocka_unit_test(a_held_page_stays),
		cmocka_unit_test(nobody_holds_for_ever),
		cmocka_unit_test(a_new_alert_breaks_in_once),
		cmocka_unit_test(the_next_alert_has_its_own_time),
		cmocka_unit_test(an_alert_is_read_to_its_end),
		cmocka_unit_test(syncing_stays_in_front_until_all_is_safe),
		cmocka_unit_test(what_was_too_fast_to_be_seen_is_said),
		cmocka_unit_test(small_talk_of_neighbours_who_stay_does_not_take_the_front),
		cmocka_unit_test(a_broken_contact_says_what_is_undone),
		cmocka_unit_test(the_next_contact_ends_what_was_undone),
		cmocka_unit_test(of_two_contacts_with_one_neighbour_one_may_go),
		cmocka_unit_test(who_looks_something_up_is_not_disturbed_by_a_contact),
		cmocka_unit_test(a_date_is_confirmed_by_holding_it_twice),
		cmocka_unit_test(a_date_that_is_refused_says_why),
		cmocka_unit_test(a_date_is_not_confirmed_by_chance),
		cmocka_unit_test(a_stranger_holds_nobody),
		cmocka_unit_test(strangers_say_so_for_a_while),
		cmocka_unit_test(what_is_not_taken_stays_in_front),
		cmocka_unit_test(who_goes_without_having_taken_all_is_remembered),
		cmocka_unit_test(a_failed_card_is_said_at_once),
		cmocka_unit_test(one_that_sleeps_is_dark_until_something_happens),
		cmocka_unit_test(the_first_button_only_wakes),
		cmocka_unit_test(anything_may_happen),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
