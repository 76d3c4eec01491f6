/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A need that is not met and that nobody who may has closed is on every surface of every node that heard of it, however long
 * its time is over and whatever else was said. Random stories; beside them a plain count of what each need still lacks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "board/display/lcd.h"
#include "board/page/plain.h"
#include "board/tables/export.h"
#include "node/picture/picture_state.h"
#include "node/questions/questions.h"
#include "node/system/clock.h"
#include "node/picture/ref_text.h"
#include "tests/sim/dice.h"
#include "tests/unit/story.h"

enum { STORIES = 300, NEEDS_MAX = 12, LCD_NEEDS = 8, STOCK = 1000000 };

static const uint16_t ITEMS[] = { 101, 202, 303, 404 };
enum { ITEM_COUNT = sizeof ITEMS / sizeof *ITEMS };

/* Who needs, at a place of their own: all but the mill, which has something of everything. */
static const enum who PLACES[] = { SCHOOL, CHURCH, NURSE };
enum { PLACE_COUNT = sizeof PLACES / sizeof *PLACES };

/* What is known of a need without any fold. */
struct plain_need {
	enum who who;
	uint32_t number, item, within_h;
	uint64_t asked, received, promised;
	bool is_closed;
	struct entry said;
};

struct telling {
	struct story story;
	struct dice dice;
	struct plain_need needs[NEEDS_MAX];
	uint32_t count, number, hour;
};

/* One node, as the surfaces see it. */
struct seeing {
	struct picture *picture;
	struct public_key self;
	uint32_t now_s;
	struct board_view view;
	struct walk walk;
};

/* --- telling --- */

static bool is_missing(const struct plain_need *n)
{
	return !n->is_closed && n->received < n->asked;
}

static struct entry line_entry(enum line_kind kind, enum who who, uint32_t number, uint16_t item, uint64_t units,
			       uint32_t time)
{
	struct entry e = blank(ENTRY_LINE, number, time);

	e.line.kind = kind;
	e.line.item = item;
	e.line.quantity_milli = units * 1000;
	e.line.created = time;
	e.line.site = ref_of(who, 1);
	return e;
}

static void tell_places(struct telling *t)
{
	struct story *s = &t->story;

	for (enum who who = SCHOOL; who <= NURSE; who++) {
		struct entry e = blank(ENTRY_SITE, 1, NOON - 30 * HOUR);

		card(s, who);
		snprintf(e.site.name, sizeof e.site.name, "Place %d", (int)who);
		e.site.place = (struct place){ 35000000 + 10000 * (int32_t)who, -77000000, PLACE_POINT };
		e.site.people = 50;
		tell(s, who, &e);
		if (who != MILL) {
			vouch(s, MILL, who);
			vouch(s, who, MILL);
		}
	}
	for (uint32_t i = 0; i < ITEM_COUNT; i++) {
		struct entry e = line_entry(LINE_RESOURCE, MILL, 20 + i, ITEMS[i], STOCK, NOON - HOUR);

		e.line.counted = NOON - HOUR;
		tell(s, MILL, &e);
	}
}

/* No two words in one second. */
static uint32_t time_of(const struct telling *t)
{
	return NOON + t->hour * HOUR + t->story.count;
}

static void tell_need(struct telling *t)
{
	static const uint32_t hours[] = { 0, 6, 24, 72, 168, 720 };
	struct plain_need *n = &t->needs[t->count];
	struct entry e;

	if (t->count == NEEDS_MAX)
		return;
	*n = (struct plain_need){ .who = PLACES[dice_below(&t->dice, PLACE_COUNT)],
				  .number = 100 + t->count,
				  .item = ITEMS[dice_below(&t->dice, ITEM_COUNT)],
				  .within_h = hours[dice_below(&t->dice, 6)] };
	n->asked = 40 + dice_below(&t->dice, 400);
	e = line_entry(LINE_NEED, n->who, n->number, (uint16_t)n->item, n->asked, time_of(t));
	e.line.within_h = n->within_h;
	e.line.people = 1 + dice_below(&t->dice, 60);
	n->said = e;
	t->count++;
	tell(&t->story, n->who, &e);
}

/* Some of it came, or all. */
static void tell_receipt(struct telling *t, struct plain_need *n)
{
	uint64_t left = n->asked - n->received, part = dice_below(&t->dice, 4) ? left / 3 : left;

	if (!left || !part)
		return;
	n->received += part;
	move(&t->story, (struct moving){ n->who, t->number++, MOVE_RECEIVED, ref_of(n->who, n->number), NOTHING,
					 NOTHING, part * 1000, t->hour, 0 });
}

/* Never as much as is missing. */
static void tell_promise(struct telling *t, struct plain_need *n)
{
	uint64_t left = n->asked - n->received;
	uint64_t part = left > n->promised ? (left - n->promised) / 4 : 0;
	uint32_t stock = 20;

	while (ITEMS[stock - 20] != n->item)
		stock++;
	if (!part)
		return;
	n->promised += part;
	move(&t->story, (struct moving){ MILL, t->number++, dice_below(&t->dice, 2) ? MOVE_PLEDGED : MOVE_SENT,
					 ref_of(n->who, n->number), ref_of(MILL, stock), NOTHING, part * 1000, t->hour,
					 t->hour + 4 });
}

static void tell_edit(struct telling *t, struct plain_need *n)
{
	n->said.hlc.time = time_of(t);
	snprintf(n->said.line.text, sizeof n->said.line.text, "at the gate %u", dice_below(&t->dice, 9));
	if (dice_below(&t->dice, 2)) {
		n->asked += dice_below(&t->dice, 20);
		n->said.line.quantity_milli = n->asked * 1000;
	}
	if (dice_below(&t->dice, 6) == 0) {
		n->is_closed = true;
		n->said.line.closed = CLOSED_DONE;
	}
	tell(&t->story, n->who, &n->said);
}

/* Who may not says that it is over. */
static void tell_meddling(struct telling *t, struct plain_need *n)
{
	struct entry says = n->said;

	says.line.closed = CLOSED_NOT_NEEDED;
	tell_change(&t->story, MILL, t->number++, time_of(t),
		    change_of(&n->said, ref_of(n->who, n->number), field_bit(LINE_FIELD_CLOSED), &says), NULL);
}

static void tell_something(struct telling *t)
{
	struct plain_need *n = t->count ? &t->needs[dice_below(&t->dice, t->count)] : NULL;

	t->hour += dice_below(&t->dice, 3) ? dice_below(&t->dice, 3) : dice_below(&t->dice, 30);
	switch (n && !n->is_closed ? dice_below(&t->dice, 9) : 0) {
	case 0:
	case 1:
	case 2:
		tell_need(t);
		break;
	case 3:
		tell_receipt(t, n);
		break;
	case 4:
		tell_promise(t, n);
		break;
	case 5:
		tell_edit(t, n);
		break;
	case 6:
		note(&t->story, n->who, t->number++, NOTE_MESSAGE, NOTHING, t->hour);
		break;
	case 7:
		note(&t->story, n->who, t->number++, NOTE_STILL_NEEDED,
		     dice_below(&t->dice, 2) ? ref_of(n->who, n->number) : ref_of(n->who, 1), t->hour);
		break;
	case 8:
		tell_meddling(t, n);
		break;
	}
}

/* Within the days that a line and a note live. */
static void tell_story(struct telling *t, uint64_t seed)
{
	*t = (struct telling){ .dice = { seed }, .number = 1000 };
	tell_places(t);
	for (uint32_t i = 0; i < 36; i++)
		tell_something(t);
	t->story.now_s = time_of(t) + dice_below(&t->dice, 29 * 24) * HOUR + dice_below(&t->dice, HOUR);
}

/* --- seeing --- */

static void view_status(void *ctx, struct view_status *status)
{
	struct seeing *s = ctx;

	*status = (struct view_status){ .name = "Oak", .time_quality = VIEW_TIME_SET, .now = clock_unix_of(s->now_s) };
	picture_count(s->picture, s->now_s, status);
}

static size_t view_sites(void *ctx, const struct view_query *query, view_site_cb cb, void *user)
{
	struct seeing *s = ctx;

	return picture_sites(s->picture, s->now_s, query, cb, user);
}

static size_t view_lines(void *ctx, const struct view_query *query, view_line_cb cb, void *user)
{
	struct seeing *s = ctx;

	return picture_lines(s->picture, s->now_s, query, cb, user);
}

static size_t view_moves(void *ctx, const struct view_query *query, view_move_cb cb, void *user)
{
	struct seeing *s = ctx;

	return picture_moves(s->picture, s->now_s, query, cb, user);
}

static size_t view_notes(void *ctx, const struct view_query *query, view_note_cb cb, void *user)
{
	struct seeing *s = ctx;

	return picture_notes(s->picture, s->now_s, query, cb, user);
}

static size_t view_nobody(void *ctx, const struct view_query *query, view_peer_cb cb, void *user)
{
	(void)ctx;
	(void)query;
	(void)cb;
	(void)user;
	return 0;
}

static void view_no_radio(void *ctx, struct view_radio *radio)
{
	(void)ctx;
	*radio = (struct view_radio){ .state = VIEW_RADIO_OFF };
}

/* A node that heard all of it, in some order. */
static void see(struct seeing *s, const struct telling *t, enum who self, struct dice *dice)
{
	uint32_t order[STORY_MAX];

	*s = (struct seeing){ .self = key_of(self), .now_s = t->story.now_s };
	s->picture = picture_open(200, 20, &s->self);
	assert_non_null(s->picture);
	for (uint32_t i = 0; i < t->story.count; i++)
		order[i] = i;
	for (uint32_t i = t->story.count; i-- > 1;) {
		uint32_t other = dice_below(dice, i + 1), kept = order[i];

		order[i] = order[other];
		order[other] = kept;
	}
	for (uint32_t i = 0; i < t->story.count; i++) {
		const struct entered *said = &t->story.said[order[i]];

		picture_put(s->picture, said_bytes(said), &said->id, &said->author);
	}
	picture_refresh(s->picture, s->now_s);
	picture_stand_at(s->picture, ref_of(self, 1));
	s->view = (struct board_view){ .ctx = s,
				       .status = view_status,
				       .sites = view_sites,
				       .lines = view_lines,
				       .moves = view_moves,
				       .notes = view_notes,
				       .peers = view_nobody,
				       .radio = view_no_radio };
}

/* --- what is there --- */

struct looking {
	const char *ref;
	size_t at, found; /* rows so far; the place of the last that fits, from 1 */
	uint64_t open, count;
};

static bool on_line(void *user, const struct view_line *line)
{
	struct looking *l = user;

	l->at++;
	if (strcmp(line->record.ref, l->ref) == 0) {
		l->found = l->at;
		l->open = line->open_milli;
	}
	return true;
}

static bool on_answer(void *user, const struct view_answer *answer)
{
	struct looking *l = user;

	l->count += answer->count;
	l->open += (uint64_t)answer->quantity_milli;
	l->found += strcmp(answer->ref, l->ref) == 0;
	return true;
}

static bool on_portion(void *user, const struct view_portion *portion)
{
	struct looking *l = user;

	l->found += strcmp(portion->need, l->ref) == 0;
	return true;
}

static bool on_site(void *user, const struct view_site *site)
{
	struct looking *l = user;

	l->count += site->open_needs;
	return true;
}

static struct looking ask(struct seeing *s, struct view_asked asked, const char *ref)
{
	struct questions q = { .picture = s->picture, .walk = &s->walk, .self = &s->self, .now_s = s->now_s };
	struct looking l = { .ref = ref };
	struct said remark;

	assert_int_not_equal(questions_ask(&q, &remark, &asked, on_answer, &l), SIZE_MAX);
	return l;
}

static void is_in_lists(struct seeing *s, const char *ref, uint64_t open)
{
	struct looking l = { .ref = ref }, by_site = { .ref = ref };

	picture_lines(s->picture, s->now_s, &(struct view_query){ .kind = "need", .status = "open" }, on_line, &l);
	assert_true(l.found > 0);
	assert_int_equal(l.open, open);
	picture_lines(s->picture, s->now_s, &(struct view_query){ .kind = "need" }, on_line, &by_site);
	/* What is open stands before all that is not. */
	assert_int_equal(by_site.found, l.found);
}

/* Itself, or what was promised to it from here and has not left. */
static bool is_loaded(struct seeing *s, const char *site, struct ref need, const char *ref)
{
	struct view_asked asked = { .question = VIEW_Q_LOAD, .site = site };
	struct fold *fold = picture_fold(s->picture, s->now_s);
	bool found = ask(s, asked, ref).found > 0;

	for (uint32_t i = 0; i < fold_count(fold, FOLD_MOVES) && !found; i++) {
		char promise[VIEW_REF_SIZE];
		struct fold_move move;

		fold_move(fold, i, &move);
		if (move.of == FOLD_NONE || !move.promised_milli || !ref_equal(fold_ref(fold, move.of), need))
			continue;
		picture_ref_text(s->picture, fold_ref(fold, move.record.own), promise);
		found = ask(s, asked, promise).found > 0;
	}
	return found;
}

static void is_in_questions(struct seeing *s, const struct plain_need *n, const char *ref)
{
	char site[16];

	struct public_key mill = key_of(MILL);

	assert_true(ask(s, (struct view_asked){ .question = VIEW_Q_UNCONFIRMED }, ref).found);
	assert_true(ask(s, (struct view_asked){ .question = VIEW_Q_EXPIRING }, ref).found ||
		    line_at(picture_fold(s->picture, s->now_s), ref_of(n->who, n->number)).status == LINE_OPEN);
	if (!public_key_equal(&s->self, &mill))
		return;
	snprintf(site, sizeof site, "Place %d", (int)n->who);
	assert_true(is_loaded(s, site, ref_of(n->who, n->number), ref));
}

static void is_in_plan(struct seeing *s, const char *ref)
{
	struct looking l = { .ref = ref };
	struct view_plan plan;

	assert_true(picture_plan(s->picture, s->now_s, 0, &plan, on_portion, &l));
	assert_true(l.found > 0);
}

static bool is_in(const struct text_buffer *buffer, const char *text)
{
	return !buffer->failed && memmem(buffer->data, buffer->size, text, strlen(text)) != NULL;
}

static void is_on_paper(struct seeing *s, const char *ref, const char *full)
{
	struct text_buffer plain = { .size_max = PLAIN_SIZE_MAX }, table = { .size_max = PLAIN_SIZE_MAX };

	plain_write(&plain, &s->view, "en", NULL);
	assert_true(is_in(&plain, ref));
	export_hxl(&table, &s->view, IMPORT_NEED);
	assert_true(is_in(&table, full));
	free(plain.data);
	free(table.data);
}

/* The first of them on the display, and how many more there are. */
static void is_on_display(struct seeing *s, uint32_t open)
{
	static struct lcd_pages pages;
	struct lcd_look look = { .size = LCD_20X4 };
	uint32_t needs = 0;

	lcd_draw(&pages, &s->view, &look);
	for (size_t i = 0; i < pages.count; i++) {
		const char *text = pages.list[i].text[1];

		needs += strstr(text, "short") && !strstr(pages.list[i].text[0], "short");
	}
	assert_int_equal(needs, open < LCD_NEEDS ? open : LCD_NEEDS);
}

/* --- all of it --- */

static void is_everywhere(struct seeing *s, const struct plain_need *n)
{
	struct fold *fold = picture_fold(s->picture, s->now_s);
	struct fold_line line = line_at(fold, ref_of(n->who, n->number));
	struct fold_sums sums = sums_at(fold, ref_of(n->who, n->number));
	char ref[VIEW_REF_SIZE], full[VIEW_REF_SIZE];

	picture_ref_text(s->picture, fold_ref(fold, line.record.own), ref);
	ref_text_write_full(full, fold_ref(fold, line.record.own));
	assert_true(fold_line_is_open(&line));
	assert_true(sums.open_milli > 0);
	is_in_lists(s, ref, sums.open_milli);
	is_in_questions(s, n, ref);
	is_in_plan(s, ref);
	is_on_paper(s, ref, full);
}

static void counts_agree(struct seeing *s, uint32_t open)
{
	struct view_status status = { .needs_open = 0 };
	struct looking sites = { .ref = "" };

	assert_int_equal(ask(s, (struct view_asked){ .question = VIEW_Q_SHORT }, "").count, open);
	picture_count(s->picture, s->now_s, &status);
	assert_int_equal(status.needs_open, open);
	picture_sites(s->picture, s->now_s, &(struct view_query){ .limit = 0 }, on_site, &sites);
	assert_int_equal(sites.count, open);
	is_on_display(s, open);
}

static void look_from(const struct telling *t, enum who self, uint64_t seed)
{
	struct dice dice = { seed };
	struct seeing s;
	uint32_t open = 0;

	see(&s, t, self, &dice);
	for (uint32_t i = 0; i < t->count; i++) {
		if (!is_missing(&t->needs[i]))
			continue;
		open++;
		is_everywhere(&s, &t->needs[i]);
	}
	counts_agree(&s, open);
	picture_close(s.picture);
}

static void test_what_nobody_answered_is_everywhere(void **state)
{
	static struct telling t;
	uint64_t *seed = *state;

	for (*seed = 1; *seed <= STORIES; ++*seed) {
		tell_story(&t, *seed);
		for (enum who self = SCHOOL; self <= CHURCH; self++)
			look_from(&t, self, *seed);
	}
}

/* What reruns a failure. */
static int tell_seed(void **state)
{
	print_message("seed %llu of 1 to %d\n", (unsigned long long)*(uint64_t *)*state, STORIES);
	return 0;
}

int main(void)
{
	static uint64_t seed;
	const struct CMUnitTest tests[] = { cmocka_unit_test_prestate_setup_teardown(
		test_what_nobody_answered_is_everywhere, NULL, tell_seed, &seed) };

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
