/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Edits by an author and by keepers, as their nodes draft them: what is said, what stands, and who carries a line on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "node/desk/draft.h"
#include "node/picture/ref_text.h"
#include "proto/field.h"
#include "tests/unit/samples.h"
#include "tests/unit/written.h"

enum { NOW_S = 2400 * EPOCH_S, TEXT_32 = 32 };
enum who { AUTHOR, NURSE, TRUCKER, STRANGER, WHO_COUNT };

#define FIELD(field) (UINT32_C(1) << (field))

/* Nodes that have all heard the same. */
struct town {
	struct sample_key keys[WHO_COUNT];
	struct identity identities[WHO_COUNT];
	struct picture *picture;
	uint32_t now_s;
	struct draft draft;
	struct door_answer answer;
	char need[VIEW_REF_SIZE], site[VIEW_REF_SIZE];
	struct ref need_ref, site_ref;
};

static uint32_t next_number;

static uint32_t count_up(void *ctx, uint32_t wanted)
{
	(void)ctx;
	return wanted ? wanted : next_number++;
}

static struct draft_desk desk_of(struct town *t, enum who who)
{
	return (struct draft_desk){
		.picture = t->picture, .identity = &t->identities[who], .now_s = t->now_s, .new_number = count_up
	};
}

static enum door_rc ask(struct town *t, enum who who, struct door_request request)
{
	struct draft_desk desk = desk_of(t, who);

	request.sure = true;
	return draft_make(&t->draft, &t->answer, &desk, &request);
}

/* Everybody hears what was drafted. */
static struct ref hear(struct town *t, enum who who, struct picture *picture)
{
	struct sample sample;
	struct entry_id id;

	t->draft.entry.hlc = (struct hlc){ .time = ++t->now_s };
	sample = sample_signed(&t->draft.entry, &t->keys[who]);
	id = entry_id_of(sample_view(&sample), &t->keys[who].public);
	assert_true(picture_put(picture, sample_view(&sample), &id, &t->keys[who].public));
	return (struct ref){ public_key_hint(&t->keys[who].public), t->draft.entry.number };
}

static struct ref say(struct town *t, enum who who, struct door_request request)
{
	if (ask(t, who, request) != DOOR_OK)
		fail_msg("%s", written(&t->answer.said));
	return hear(t, who, t->picture);
}

static struct door_request edit(const char *ref, uint32_t fields)
{
	return (struct door_request){ .verb = DOOR_LINE, .fields = fields, .ref = ref };
}

static void edit_quantity(struct town *t, enum who who, uint64_t litres)
{
	struct door_request request = edit(t->need, DOOR_QUANTITY);

	request.quantity_milli = litres * 1000;
	say(t, who, request);
}

static void edit_people(struct town *t, enum who who, uint32_t people)
{
	struct door_request request = edit(t->need, DOOR_PEOPLE);

	request.people = people;
	say(t, who, request);
}

/* Of all that was said so far. */
static struct fold *fold_now(struct town *t)
{
	picture_refresh(t->picture, t->now_s);
	return picture_fold(t->picture, t->now_s);
}

static struct fold_record record_of(struct town *t, struct entry *standing)
{
	struct fold *fold = fold_now(t);
	struct fold_line line;
	uint32_t at = fold_find(fold, FOLD_LINES, t->need_ref);

	assert_int_not_equal(at, UINT32_MAX);
	fold_line(fold, at, &line);
	fold_read(fold, line.record.standing, standing);
	return line.record;
}

static void stands(struct town *t, uint64_t litres, uint32_t people)
{
	struct fold_change overtaken[FOLD_OVERTAKEN_MAX];
	struct entry standing;
	struct fold_record record = record_of(t, &standing);

	assert_int_equal(standing.line.quantity_milli, litres * 1000);
	assert_int_equal(standing.line.people, people);
	assert_int_equal(fold_overtaken(fold_now(t), record.own, overtaken), 0);
}

static uint32_t named(const struct town *t)
{
	return fields_named(entry_amends_of(&t->draft.entry));
}

static void make_keeper(struct town *t, enum who who)
{
	char key[2 * 32 + 1];

	sodium_bin2hex(key, sizeof key, t->keys[who].public.bytes, 32);
	say(t, AUTHOR, (struct door_request){ .verb = DOOR_TRUST, .trust_kind = 2, .key = key, .site = t->site });
}

/* A school asks for 100 L for 40 people, and has two keepers. */
static int town_setup(void **state)
{
	static struct town t;
	struct door_request need = { .verb = DOOR_LINE,
				     .fields = DOOR_ITEM | DOOR_QUANTITY | DOOR_PEOPLE,
				     .line_kind = VIEW_NEED,
				     .item = "101",
				     .quantity_milli = 100000,
				     .people = 40 };

	assert_true(sodium_init() >= 0);
	t = (struct town){ .now_s = NOW_S };
	next_number = 1000;
	for (enum who who = AUTHOR; who < WHO_COUNT; who++) {
		t.keys[who] = sample_key((uint8_t)(1 + 40 * who));
		t.identities[who].key = t.keys[who].public;
	}
	t.picture = picture_open(1000, 8, &t.keys[AUTHOR].public);
	assert_non_null(t.picture);
	for (enum who who = AUTHOR; who < WHO_COUNT; who++)
		say(&t, who, (struct door_request){ .verb = DOOR_SELF, .fields = DOOR_NAME, .name = "node" });
	t.site_ref = say(&t, AUTHOR, (struct door_request){ .verb = DOOR_SITE, .fields = DOOR_NAME, .name = "School" });
	ref_text_write_full(t.site, t.site_ref);
	make_keeper(&t, NURSE);
	make_keeper(&t, TRUCKER);
	need.site = t.site;
	t.need_ref = say(&t, AUTHOR, need);
	ref_text_write_full(t.need, t.need_ref);
	*state = &t;
	return 0;
}

static int town_teardown(void **state)
{
	picture_close(((struct town *)*state)->picture);
	return 0;
}

static void test_a_keeper_says_what_differs(void **state)
{
	struct town *t = *state;
	uint32_t number;

	edit_quantity(t, NURSE, 80);
	number = t->draft.entry.number;
	assert_true(t->draft.is_new);
	assert_int_equal(named(t), FIELD(LINE_FIELD_GOODS));
	assert_int_equal(t->draft.entry.line.people, 0);
	assert_int_equal(t->draft.entry.line.within_h, 0);
	stands(t, 80, 40);
	edit_people(t, AUTHOR, 50);
	assert_int_equal(t->draft.entry.line.quantity_milli, 80000); /* what stood is the author's own word now */
	stands(t, 80, 50);
	edit_people(t, NURSE, 60);
	assert_false(t->draft.is_new);
	assert_int_equal(t->draft.entry.number, number);
	assert_int_equal(named(t), FIELD(LINE_FIELD_PEOPLE));
	edit_quantity(t, NURSE, 90);
	assert_int_equal(t->draft.entry.number, number);
	assert_int_equal(named(t), FIELD(LINE_FIELD_PEOPLE) | FIELD(LINE_FIELD_GOODS));
	stands(t, 90, 60);
}

/* Neither has heard of the other. */
static void test_different_fields_both_stand(void **state)
{
	struct town *t = *state;
	struct draft nurses;

	edit_quantity(t, NURSE, 80);
	nurses = t->draft;
	picture_close(t->picture);
	assert_int_equal(town_setup(state), 0);
	t = *state;
	edit_people(t, AUTHOR, 50);
	t->draft = nurses;
	hear(t, NURSE, t->picture);
	stands(t, 80, 50);
}

static void test_the_author_overrules(void **state)
{
	struct town *t = *state;
	struct entry standing;

	edit_quantity(t, NURSE, 70);
	edit_quantity(t, AUTHOR, 100);
	assert_int_equal(t->draft.entry.line.amends.round, 1);
	stands(t, 100, 40);
	edit_people(t, AUTHOR, 45);
	assert_int_equal(t->draft.entry.line.amends.round, 1);
	edit_quantity(t, NURSE, 60);
	stands(t, 60, 45);
	edit_quantity(t, AUTHOR, 50);
	assert_int_equal(t->draft.entry.line.amends.round, 1); /* nobody made anything of 50 */
	stands(t, 50, 45);
	edit_quantity(t, AUTHOR, 100);
	assert_int_equal(t->draft.entry.line.amends.round, 2);
	stands(t, 100, 45);
	assert_int_equal(record_of(t, &standing).own, record_of(t, &standing).standing);
}

static void test_keepers_take_turns(void **state)
{
	static const enum who turn[] = { NURSE, TRUCKER, NURSE, AUTHOR };
	struct town *t = *state;
	struct fold_change changes[FOLD_OVERTAKEN_MAX];
	struct entry standing;

	for (uint32_t i = 0; i < 200; i++) {
		edit_quantity(t, turn[i % 4], 101 + i % 37);
		stands(t, 101 + i % 37, 40);
	}
	assert_int_equal(fold_changes(fold_now(t), record_of(t, &standing).own, changes, FOLD_OVERTAKEN_MAX), 2);
}

/* Each day's words of a keeper stay: he may be told later that he was none since one of these days. */
static void test_the_words_of_each_day_stay(void **state)
{
	struct town *t = *state;
	struct fold_change changes[FOLD_OVERTAKEN_MAX];
	struct entry standing;
	uint32_t others;

	edit_quantity(t, NURSE, 60);
	t->now_s += EPOCH_S;
	edit_quantity(t, NURSE, 70);
	stands(t, 70, 40);
	edit_quantity(t, NURSE, 80);
	stands(t, 80, 40);
	others = fold_changes(fold_now(t), record_of(t, &standing).own, changes, FOLD_OVERTAKEN_MAX);
	assert_int_equal(others, 2);
}

/* A keeper who lost says it again of what stands now. */
static void test_what_lost_is_said_again(void **state)
{
	struct town *t = *state;
	struct draft nurses;
	struct fold_change overtaken[FOLD_OVERTAKEN_MAX];
	struct entry standing;
	struct fold_record record;
	struct door_request request = edit(t->need, DOOR_QUANTITY);

	request.quantity_milli = 80000;
	assert_int_equal(ask(t, NURSE, request), DOOR_OK);
	nurses = t->draft;
	edit_quantity(t, TRUCKER, 70);
	t->now_s -= 2; /* said before */
	t->draft = nurses;
	hear(t, NURSE, t->picture);
	t->now_s += 2;
	record = record_of(t, &standing);
	assert_int_equal(standing.line.quantity_milli, 70000);
	assert_int_equal(fold_overtaken(fold_now(t), record.own, overtaken), 1);
	edit_quantity(t, NURSE, 80);
	assert_int_equal(t->draft.entry.number, nurses.entry.number);
	stands(t, 80, 40);
}

static void version_of(struct town *t, char text[2 * 32 + 1])
{
	struct entry standing;
	struct entry_id id = fold_id(fold_now(t), record_of(t, &standing).newest);

	sodium_bin2hex(text, 2 * 32 + 1, id.bytes, sizeof id.bytes);
}

/* A page that was opened before somebody said something newer asks to look again, also where a change stands beside it. */
static void test_who_saw_something_older_looks_again(void **state)
{
	struct town *t = *state;
	char seen[2 * 32 + 1];
	struct door_request nurses = edit(t->need, DOOR_QUANTITY), request = edit(t->need, DOOR_PEOPLE);
	struct draft heard_later;

	nurses.quantity_milli = 80000;
	assert_int_equal(ask(t, NURSE, nurses), DOOR_OK);
	heard_later = t->draft;
	request.people = 50;
	request.was = seen;
	version_of(t, seen);
	say(t, AUTHOR, request);
	assert_int_equal(ask(t, TRUCKER, request), DOOR_E_CHANGED);
	version_of(t, seen);
	t->draft = heard_later;
	hear(t, NURSE, t->picture);
	stands(t, 80, 50);
	assert_int_equal(ask(t, TRUCKER, request), DOOR_E_CHANGED);
	version_of(t, seen);
	edit_people(t, AUTHOR, 51);
	assert_int_equal(ask(t, TRUCKER, request), DOOR_E_CHANGED);
	version_of(t, seen);
	assert_int_equal(ask(t, TRUCKER, request), DOOR_OK);
}

/* What was said already is as new as if it were said now. */
static void test_the_same_is_said_again(void **state)
{
	struct town *t = *state;
	struct entry standing;

	edit_quantity(t, NURSE, 100);
	assert_int_equal(named(t), FIELD(LINE_FIELD_GOODS));
	assert_int_equal(record_of(t, &standing).changed.time, t->now_s);
	stands(t, 100, 40);
}

/* All that a need has, and a text of 32 bytes: it takes two registers, and all of it stands. */
static void test_more_than_fits_stands_all_the_same(void **state)
{
	static const char text[] = "by the gate, ask for the warden.";
	struct town *t = *state;
	struct door_request request = edit(t->need, DOOR_QUANTITY | DOOR_PEOPLE | DOOR_INFANTS | DOOR_ELDERS |
							    DOOR_POWERED | DOOR_WITHIN | DOOR_LOT | DOOR_FLAGS);
	struct entry standing;

	request.quantity_milli = 12345678901;
	request.people = 1999999;
	request.infants = request.elders = request.powered = 16000;
	request.within_h = 720;
	request.lot_milli = 9876543210;
	request.flags = 38;
	say(t, NURSE, request);
	request = edit(t->need, DOOR_TEXT | DOOR_CLOSED);
	request.text = text;
	request.closed = 2;
	assert_int_equal(sizeof text - 1, TEXT_32);
	say(t, NURSE, request);
	assert_true(t->draft.is_new);
	record_of(t, &standing);
	assert_int_equal(standing.line.quantity_milli, 12345678901);
	assert_int_equal(standing.line.people, 1999999);
	assert_int_equal(standing.line.powered, 16000);
	assert_int_equal(standing.line.within_h, 720);
	assert_int_equal(standing.line.lot_milli, 9876543210);
	assert_int_equal(standing.line.flags, 38);
	assert_int_equal(standing.line.closed, CLOSED_NOT_NEEDED);
	assert_string_equal(standing.line.text, text);
}

static void test_a_site_is_changed_alike(void **state)
{
	struct town *t = *state;
	struct fold *fold;
	struct fold_site site;
	struct entry standing;

	say(t, NURSE,
	    (struct door_request){ .verb = DOOR_SITE, .fields = DOOR_STATE, .ref = t->site, .state = VIEW_SITE_FULL });
	assert_int_equal(fields_named(&t->draft.entry.site.amends), FIELD(SITE_FIELD_STATE));
	assert_string_equal(t->draft.entry.site.name, "");
	say(t, AUTHOR,
	    (struct door_request){ .verb = DOOR_SITE, .fields = DOOR_NAME, .ref = t->site, .name = "Oak school" });
	fold = fold_now(t);
	fold_site(fold, fold_find(fold, FOLD_SITES, t->site_ref), &site);
	fold_read(fold, site.record.standing, &standing);
	assert_string_equal(standing.site.name, "Oak school");
	assert_int_equal(standing.site.state, SITE_FULL);
}

/* Carrying on. */

static bool carry(struct town *t, enum who who, struct picture *picture)
{
	struct draft_desk desk = desk_of(t, who);
	struct fold *fold;

	desk.picture = picture;
	picture_refresh(picture, t->now_s);
	fold = picture_fold(picture, t->now_s);
	return draft_carry(&t->draft, &desk, fold_find(fold, FOLD_LINES, t->need_ref));
}

/* What everybody has heard, but for the need in its author's own words. */
static struct picture *without_the_need(struct town *t)
{
	struct picture *picture = picture_open(1000, 8, &t->keys[NURSE].public);
	struct picture *before = t->picture;

	assert_non_null(picture);
	t->picture = picture;
	for (enum who who = AUTHOR; who < WHO_COUNT; who++)
		say(t, who, (struct door_request){ .verb = DOOR_SELF, .fields = DOOR_NAME, .name = "node" });
	assert_int_equal(
		ask(t, AUTHOR, (struct door_request){ .verb = DOOR_SITE, .fields = DOOR_NAME, .name = "School" }),
		DOOR_OK);
	t->draft.entry.number = t->site_ref.number;
	hear(t, AUTHOR, picture);
	make_keeper(t, NURSE);
	make_keeper(t, TRUCKER);
	t->picture = before;
	return picture;
}

static void test_a_keeper_carries_a_line_on(void **state)
{
	struct town *t = *state;
	struct draft carried;
	struct entry standing;
	struct picture *later;

	edit_quantity(t, NURSE, 80);
	assert_false(carry(t, AUTHOR, t->picture));
	assert_false(carry(t, STRANGER, t->picture));
	assert_true(carry(t, TRUCKER, t->picture));
	assert_true(t->draft.is_new);
	assert_int_equal(t->draft.entry.number, t->need_ref.number);
	assert_true(ref_equal(t->draft.entry.line.amends.of, t->need_ref));
	assert_int_equal(t->draft.entry.line.quantity_milli, 80000);
	assert_true(ref_equal(t->draft.entry.line.site, t->site_ref));
	hear(t, TRUCKER, t->picture);
	carried = t->draft;
	stands(t, 80, 40);

	later = without_the_need(t);
	t->draft = carried;
	hear(t, TRUCKER, later);
	picture_close(t->picture);
	t->picture = later;
	stands(t, 80, 40);
	edit_people(t, TRUCKER, 41); /* a change, so that it outlives the author's return */
	assert_int_equal(named(t), FIELD(LINE_FIELD_PEOPLE));
	assert_true(ref_equal(t->draft.entry.line.amends.of, t->need_ref));
	stands(t, 80, 41);
	assert_true(carry(t, TRUCKER, later));
	assert_false(t->draft.is_new);
	assert_int_equal(t->draft.entry.number, t->need_ref.number);
	assert_int_equal(t->draft.entry.line.people, 41);
	hear(t, TRUCKER, later);
	assert_true(carry(t, NURSE, later));
	assert_true(t->draft.is_new);
	assert_int_equal(record_of(t, &standing).own, record_of(t, &standing).standing);
	stands(t, 80, 41);
}

/* The name of whom it stands for takes the room of the text's end. */
static void test_a_long_line_is_carried_on_too(void **state)
{
	struct town *t = *state;
	struct door_request request =
		edit(t->need, DOOR_QUANTITY | DOOR_PEOPLE | DOOR_INFANTS | DOOR_ELDERS | DOOR_POWERED | DOOR_WITHIN |
				      DOOR_LOT | DOOR_FLAGS | DOOR_TEXT);

	request.quantity_milli = 12345678901;
	request.people = 1999999;
	request.infants = request.elders = request.powered = 16000;
	request.within_h = 720;
	request.lot_milli = 9876543210;
	request.flags = 38;
	request.text = "by the gate, ask for the warden.";
	say(t, AUTHOR, request);
	assert_true(carry(t, NURSE, t->picture));
	assert_int_equal(t->draft.entry.line.people, 1999999);
	assert_true(strncmp(t->draft.entry.line.text, request.text, 20) == 0);
	hear(t, NURSE, t->picture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_keeper_says_what_differs, town_setup, town_teardown),
		cmocka_unit_test_setup_teardown(test_different_fields_both_stand, town_setup, town_teardown),
		cmocka_unit_test_setup_teardown(test_the_author_overrules, town_setup, town_teardown),
		cmocka_unit_test_setup_teardown(test_keepers_take_turns, town_setup, town_teardown),
		cmocka_unit_test_setup_teardown(test_the_words_of_each_day_stay, town_setup, town_teardown),
		cmocka_unit_test_setup_teardown(test_what_lost_is_said_again, town_setup, town_teardown),
		cmocka_unit_test_setup_teardown(test_who_saw_something_older_looks_again, town_setup, town_teardown),
		cmocka_unit_test_setup_teardown(test_the_same_is_said_again, town_setup, town_teardown),
		cmocka_unit_test_setup_teardown(test_more_than_fits_stands_all_the_same, town_setup, town_teardown),
		cmocka_unit_test_setup_teardown(test_a_site_is_changed_alike, town_setup, town_teardown),
		cmocka_unit_test_setup_teardown(test_a_keeper_carries_a_line_on, town_setup, town_teardown),
		cmocka_unit_test_setup_teardown(test_a_long_line_is_carried_on_too, town_setup, town_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
