/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is written at this node, over a real store and a real loop, with randomness that repeats itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "node/desk/desk.h"
#include "node/desk/intake.h"
#include "node/picture/picture_state.h"
#include "node/store/bundle.h"
#include "tests/sim/dice.h"
#include "tests/unit/samples.h"
#include "tests/unit/stored.h"
#include "tests/unit/written.h"

enum { ASKED_MAX = 16 };

/* Libsodium's randomness: what is drawn as a number is the script's while that lasts. */
static uint32_t script[16];
static size_t script_at, script_size;

static const char *script_name(void)
{
	return "script";
}

static uint32_t script_random(void)
{
	assert_true(script_at < script_size);
	return script[script_at++];
}

static void script_buf(void *out, size_t size)
{
	static struct dice dice = { 1 };

	for (size_t i = 0; i < size; i++)
		((uint8_t *)out)[i] = (uint8_t)dice_u64(&dice);
}

static struct randombytes_implementation scripted = { .implementation_name = script_name,
						      .random = script_random,
						      .buf = script_buf };

static void draw(size_t count, const uint32_t numbers[])
{
	assert_int_equal(script_at, script_size);
	memcpy(script, numbers, count * sizeof *numbers);
	script_at = 0;
	script_size = count;
}

#define DRAW(...) draw(sizeof(uint32_t[]){ __VA_ARGS__ } / sizeof(uint32_t), (const uint32_t[]){ __VA_ARGS__ })

struct node {
	struct stored at;
	struct identity identity;
	struct desk desk;
	struct board_door door;
	size_t answered;
	struct door_answer answers[ASKED_MAX];
};

static void settled(void *ctx, const struct sync_change *change, enum commit_result result, const struct entry_id *id)
{
	struct node *n = ctx;

	desk_settled(&n->desk, change, result, id);
}

static void done(void *ctx)
{
	struct node *n = ctx;

	desk_go_on(&n->desk);
}

static void answer(void *user, const struct door_answer *answer)
{
	struct node *n = user;

	n->answers[n->answered++] = *answer;
}

static void ask(struct node *n, struct door_request request)
{
	n->door.submit(n->door.ctx, &request, answer, n);
}

static void finish(struct node *n)
{
	uv_run(&n->at.loop, UV_RUN_DEFAULT);
	for (size_t i = 0; i < n->answered; i++)
		if (n->answers[i].rc != DOOR_OK)
			fail_msg("%s", written(&n->answers[i].said));
}

static int node_setup(void **state)
{
	struct node *n = calloc(1, sizeof *n);
	struct commit_host commit_host = { .ctx = n, .settled = settled, .done = done };
	struct reason why = { "" };

	assert_non_null(n);
	*state = n;
	stored_begin(&n->at);
	assert_int_equal(identity_open(&n->identity, &why, n->at.folder), IDENTITY_OK);
	stored_open(&n->at, &n->identity.key, &commit_host);
	n->desk = (struct desk){ .sync = n->at.sync,
				 .loop = &n->at.loop,
				 .store = n->at.store,
				 .picture = n->at.picture,
				 .commit = n->at.commit,
				 .identity = &n->identity,
				 .time = { .wall_s = STORED_NOW_S, .quality = TIME_SET } };
	desk_init(&n->desk, &n->door);
	assert_true(desk_ensure_card(&n->desk, "Oak"));
	commit_start(n->at.commit);
	finish(n);
	return 0;
}

static int node_teardown(void **state)
{
	struct node *n = *state;

	desk_close(&n->desk);
	identity_close(&n->identity);
	stored_close(&n->at);
	free(n);
	return 0;
}

static const struct door_request note = { .verb = DOOR_NOTE, .fields = DOOR_TEXT, .text = "The road is open." };
static const struct door_request passed_on = { .verb = DOOR_NOTE, .fields = DOOR_TEXT, .text = "Flood.", .number = 9 };
static const struct door_request site = { .verb = DOOR_SITE, .fields = DOOR_NAME, .name = "Oak" };
static const struct door_request need = { .verb = DOOR_LINE,
					  .fields = DOOR_ITEM | DOOR_SITE_REF,
					  .line_kind = VIEW_NEED,
					  .item = "drinking-water",
					  .site = "Oak",
					  .wants_ticket = true };

static uint32_t held(const struct node *n)
{
	struct sync_status status;

	sync_status(n->at.sync, &status);
	return status.entries;
}

/* Whatever stage the register is in that has the number already: on disk, on its way there, or behind a ticket that is
 * still being made. What was answered as written stands. */
static void test_a_number_that_is_drawn_twice_replaces_nothing(void **state)
{
	struct node *n = *state;

	DRAW(7);
	ask(n, site);
	finish(n);
	DRAW(7, 8, 8, 7, 9, 9, 10, 0, 7, 8, 9, 10, 11, 10, 12);
	ask(n, note);
	ask(n, need);
	ask(n, note);
	finish(n);
	ask(n, passed_on);
	finish(n);
	assert_int_equal(script_at, script_size);
	assert_int_equal(n->answered, 5);
	assert_int_equal(held(n), 6);
	for (size_t i = 0; i < n->answered; i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(n->answers[i].ref, n->answers[k].ref);
}

static bool on_household(void *user, uint32_t number, const struct household *household)
{
	size_t *count = user;

	assert_true(number != 0 && household->ticket[0] != '\0');
	++*count;
	return true;
}

static size_t households(const struct node *n)
{
	size_t count = 0;

	intake_each(n->at.store, &(struct intake_key){ &n->identity, NULL }, on_household, &count);
	return count;
}

/* A day later. */
static void sweep_next_day(struct node *n)
{
	n->desk.time.wall_s += EPOCH_S;
	desk_sweep(&n->desk);
	finish(n);
}

/* Who a household is stays as long as its need does, and no longer than a day after. */
static void test_a_household_goes_when_its_need_leaves_the_set(void **state)
{
	struct node *n = *state;

	DRAW(7, 8);
	ask(n, site);
	finish(n);
	ask(n, need);
	finish(n);
	assert_int_equal(households(n), 1);
	desk_sweep(&n->desk);
	finish(n);
	assert_int_equal(households(n), 1);
	n->desk.time.wall_s += (RETAIN_LINE_DAYS + 2) * EPOCH_S;
	sync_tick(n->at.sync, 2, n->desk.time);
	commit_start(n->at.commit);
	finish(n);
	desk_sweep(&n->desk);
	finish(n);
	desk_sweep(&n->desk);
	finish(n);
	assert_int_equal(households(n), 1);
	sweep_next_day(n);
	assert_int_equal(households(n), 0);
}

static const struct household missed = { .name = "Quidam Ignotus", .ticket = "BABAB-BABAB-000" };

static bool on_another(void *user, uint32_t number, const struct household *household)
{
	(void)number;
	*(bool *)user |= strcmp(household->ticket, missed.ticket) != 0;
	return true;
}

/* It is written before its need is, and a sweep in between sees no need: were that number missed the day before, too. */
static void test_a_household_whose_need_is_under_way_is_kept(void **state)
{
	struct node *n = *state;
	bool is_written = false;

	assert_int_equal(intake_put(n->at.store, &(struct intake_key){ &n->identity, NULL }, 8, &missed), STORE_OK);
	desk_sweep(&n->desk);
	n->desk.time.wall_s += EPOCH_S;
	sync_tick(n->at.sync, 2, n->desk.time);
	DRAW(7, 8);
	ask(n, site);
	finish(n);
	ask(n, need);
	while (!is_written)
		intake_each(n->at.store, &(struct intake_key){ &n->identity, NULL }, on_another, &is_written);
	desk_sweep(&n->desk);
	finish(n);
	assert_int_equal(households(n), 1);
}

/* Missing on two days means from the one to the other. */
static void test_a_household_whose_need_was_there_in_between_is_kept(void **state)
{
	struct node *n = *state;

	assert_int_equal(intake_put(n->at.store, &(struct intake_key){ &n->identity, NULL }, 8, &missed), STORE_OK);
	sweep_next_day(n);
	DRAW(7, 8);
	ask(n, site);
	finish(n);
	ask(n, need);
	finish(n);
	sweep_next_day(n);
	n->desk.time.wall_s += (RETAIN_LINE_DAYS + 2) * EPOCH_S;
	sync_tick(n->at.sync, 2, n->desk.time);
	commit_start(n->at.commit);
	finish(n);
	sweep_next_day(n);
	assert_int_equal(households(n), 1);
	sweep_next_day(n);
	assert_int_equal(households(n), 0);
}

/* --- bundles --- */

enum { STICK_SIZE = 400000 };

/* A file as it comes from somewhere else. */
struct stick {
	uint8_t bytes[STICK_SIZE];
	struct writer w;
	struct bundle_head head;
};

static void stick_add(struct stick *stick, const struct sample_key *key, const struct entry *entry, bool is_forged)
{
	struct sample sample = sample_signed(entry, key);

	sample.data[sample.size - 1] ^= is_forged;
	frame_entry_write(&stick->w, sample_view(&sample));
	stick->head.count++;
}

static void add_card(struct stick *stick, const struct sample_key *key)
{
	struct entry card = { .author = public_key_hint(&key->public),
			      .kind = ENTRY_CARD,
			      .hlc = { .time = STORED_NOW_S },
			      .card = { .key = key->public, .name = "Elm" } };

	stick_add(stick, key, &card, false);
}

static struct entry note_of(const struct sample_key *key, uint32_t number, uint32_t time)
{
	return (struct entry){ .author = public_key_hint(&key->public),
			       .number = number,
			       .kind = ENTRY_NOTE,
			       .hlc = { .time = time },
			       .note = { .language = "en", .text = "Flood" } };
}

static void add_note(struct stick *stick, const struct sample_key *key, uint32_t number, uint32_t time)
{
	struct entry entry = note_of(key, number, time);

	stick_add(stick, key, &entry, false);
}

static void stick_begin(struct stick *stick)
{
	stick->head.count = 0;
	stick->w = writer_init(stick->bytes + BUNDLE_HEAD_SIZE, sizeof stick->bytes - BUNDLE_HEAD_SIZE);
}

static void imported(void *user, const struct door_import *result)
{
	*(struct door_import *)user = *result;
}

/* `more`: so many than are there the head speaks of. */
static struct door_import import_stick(struct node *n, struct stick *stick, uint32_t more)
{
	struct door_import result = { .rc = DOOR_E_BUSY };

	stick->head.count += more;
	bundle_head_write(stick->bytes, &stick->head);
	n->door.import_bundle(n->door.ctx, stick->bytes, BUNDLE_HEAD_SIZE + stick->w.size, imported, &result);
	finish(n);
	assert_int_equal(result.rc, DOOR_OK);
	assert_int_equal(result.entries, result.added + result.known + result.refused);
	return result;
}

static void test_a_bundle_says_what_of_it_is_not_here_and_why(void **state)
{
	struct node *n = *state;
	struct sample_key elm = sample_key(0), nobody = sample_key(32);
	struct stick *stick = malloc(sizeof *stick);
	struct entry forged = note_of(&elm, 5, STORED_NOW_S);
	struct door_import result;
	const char *said;

	stick_begin(stick);
	add_card(stick, &elm);
	add_note(stick, &elm, 1, STORED_NOW_S);
	result = import_stick(n, stick, 0);
	assert_int_equal(result.added, 2);
	assert_int_equal(result.refused + result.missing, 0);
	assert_true(said_is_empty(&result.said));

	stick_begin(stick);
	add_card(stick, &elm);
	add_note(stick, &elm, 2, STORED_NOW_S + 3 * EPOCH_S);
	add_note(stick, &elm, 3, STORED_NOW_S - (RETAIN_LINE_DAYS + 3) * EPOCH_S);
	add_note(stick, &elm, 4, STORED_NOW_S - (RETAIN_LINE_DAYS + 3) * EPOCH_S);
	stick_add(stick, &elm, &forged, true);
	add_note(stick, &nobody, 1, STORED_NOW_S);
	result = import_stick(n, stick, 4);
	assert_int_equal(result.entries, 6);
	assert_int_equal(result.known, 1);
	assert_int_equal(result.not_taken.clock, 1);
	assert_int_equal(result.not_taken.age, 2);
	assert_int_equal(result.not_taken.policy, 1);
	assert_int_equal(result.waiting, 1);
	assert_int_equal(result.refused, 5);
	assert_int_equal(result.missing, 4);
	said = written(&result.said);
	assert_ptr_equal(strstr(said, "The file ends early: 6 of 10 entries were there."), said);
	assert_non_null(strstr(said, "1 entry not taken: dated later than this node's date, 28 Jul 2026 00:00."));
	assert_non_null(strstr(said, "2 entries not taken: their time is over by this node's date, 28 Jul 2026"));
	assert_non_null(strstr(said, "1 entry not taken: damaged, or not signed"));
	assert_non_null(strstr(said, "1 entry waits for the cards"));
	free(stick);
}

/* Also where a picture takes long, and what comes from others may wait. */
static void test_what_a_bundle_brought_is_seen_at_once(void **state)
{
	struct node *n = *state;
	struct sample_key elm = sample_key(0);
	struct stick *stick = malloc(sizeof *stick);

	for (uint32_t i = 1; i < 4; i++) {
		stick_begin(stick);
		add_card(stick, &elm);
		add_note(stick, &elm, i, STORED_NOW_S);
		assert_true(import_stick(n, stick, 0).added > 0);
		assert_int_equal(fold_count(picture_fold(n->at.picture, STORED_NOW_S), FOLD_NOTES), i);
		n->at.picture->run_ms = 3600000;
	}
	free(stick);
}

static void test_a_bundle_for_a_full_node_says_so(void **state)
{
	struct node *n = *state;
	struct sample_key elm = sample_key(0);
	struct stick *stick = malloc(sizeof *stick);
	struct door_import result;
	uint32_t room = STORED_ENTRIES_MAX - held(n);

	stick_begin(stick);
	add_card(stick, &elm);
	for (uint32_t i = 1; i < room + 7; i++) {
		struct entry entry = note_of(&elm, i, STORED_NOW_S);

		if (i % 4)
			entry.kind = ENTRY_MOVE;
		if (i % 4)
			entry.move = (struct move){ .stage = MOVE_ASKED };
		stick_add(stick, &elm, &entry, false);
	}
	result = import_stick(n, stick, 0);
	assert_int_equal(result.added, room);
	assert_int_equal(result.not_taken.full, 7);
	assert_non_null(strstr(written(&result.said), "7 entries not taken: this node has no room for more."));
	free(stick);
}

/* The entries were lost, and with them the needs that may still come back. */
static void test_a_household_is_kept_while_its_need_may_come_back(void **state)
{
	struct owner owner = { .state = OWNER_ENTRIES_GONE, .was_lost = true };
	struct node *n = *state;

	n->desk.owner = &owner;
	assert_int_equal(intake_put(n->at.store, &(struct intake_key){ &n->identity, NULL }, 7, &missed), STORE_OK);
	desk_sweep(&n->desk);
	finish(n);
	assert_int_equal(households(n), 1);
	owner.lost_s = n->desk.time.wall_s;
	n->desk.time.wall_s += (OWNER_HOLD_DAYS - 1) * EPOCH_S;
	desk_sweep(&n->desk);
	finish(n);
	assert_int_equal(households(n), 1);
	sweep_next_day(n);
	assert_int_equal(households(n), 1);
	sweep_next_day(n);
	assert_int_equal(households(n), 0);
}

/* Once its need was back, it goes with it as ever. */
static void test_a_household_whose_need_came_back_goes_with_it(void **state)
{
	struct owner owner = { .state = OWNER_OURS, .was_lost = true, .lost_s = STORED_NOW_S };
	struct node *n = *state;

	n->desk.owner = &owner;
	DRAW(7, 8);
	ask(n, site);
	finish(n);
	ask(n, need);
	finish(n);
	desk_sweep(&n->desk);
	finish(n);
	n->desk.time.wall_s += (RETAIN_LINE_DAYS + 2) * EPOCH_S;
	sync_tick(n->at.sync, 2, n->desk.time);
	commit_start(n->at.commit);
	finish(n);
	sweep_next_day(n);
	sweep_next_day(n);
	assert_true(owner_holds(&owner, n->desk.time.wall_s));
	assert_int_equal(households(n), 0);
}

static void test_what_was_lost_is_not_written_below(void **state)
{
	struct owner owner = { .state = OWNER_OURS, .was_lost = true, .floor_s = STORED_NOW_S + 3000 };
	struct node *n = *state;

	n->desk.owner = &owner;
	DRAW(7);
	ask(n, site);
	finish(n);
	assert_true(sync_newest_of(n->at.sync, &n->identity.key).time >= owner.floor_s);
	/* A note so far ahead was of a wrong date. */
	owner.floor_s = STORED_NOW_S + 10 * EPOCH_S;
	DRAW(8);
	ask(n, note);
	finish(n);
	assert_true(sync_newest_of(n->at.sync, &n->identity.key).time < owner.floor_s);
}

static void on_undo(void *user, const struct door_answer *answer)
{
	*(struct door_answer *)user = *answer;
}

struct hasty {
	struct node *n;
	struct door_answer undo;
};

static void undo_at_once(void *user, const struct door_answer *answer)
{
	struct hasty *h = user;

	assert_int_equal(answer->rc, DOOR_OK);
	h->n->door.submit(h->n->door.ctx, &(struct door_request){ .verb = DOOR_UNDO }, on_undo, &h->undo);
}

/* Before what was replaced has its place among what is past. */
static void test_what_was_edited_a_moment_ago_is_undone(void **state)
{
	struct node *n = *state;
	struct hasty h = { .n = n };
	struct door_request edit = { .verb = DOOR_SITE, .fields = DOOR_PEOPLE, .people = 40, .sure = true };
	char ref[VIEW_REF_SIZE];

	DRAW(7, 8, 9);
	ask(n, site);
	finish(n);
	snprintf(ref, sizeof ref, "%s", n->answers[n->answered - 1].full);
	edit.ref = ref;
	n->door.submit(n->door.ctx, &edit, undo_at_once, &h);
	uv_run(&n->at.loop, UV_RUN_DEFAULT);
	if (h.undo.rc != DOOR_E_ASK)
		fail_msg("%s", written(&h.undo.said));
	assert_non_null(strstr(written(&h.undo.said), "people: 0 \u2192 40"));
}

static void test_nothing_is_written_where_the_key_is_missing(void **state)
{
	static const enum owner_state refusing[] = { OWNER_KEY_MISSING, OWNER_OTHERS, OWNER_KEY_ALONE };
	struct owner owner = { .state = OWNER_OURS };
	struct node *n = *state;
	uint32_t before = held(n);

	n->desk.owner = &owner;
	for (size_t i = 0; i < sizeof refusing / sizeof *refusing; i++) {
		struct said why = { 0 };

		owner.state = refusing[i];
		n->answered = 0;
		ask(n, note);
		assert_int_equal(n->answered, 1);
		assert_int_equal(n->answers[0].rc, DOOR_E_STORE);
		assert_non_null(strstr(written(&n->answers[0].said), "aidmesh renew"));
		assert_int_equal(n->door.set_pin(n->door.ctx, &why, "4711"), DOOR_E_STORE);
		uv_run(&n->at.loop, UV_RUN_DEFAULT);
	}
	n->answered = 0;
	assert_int_equal(held(n), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_a_bundle_brought_is_seen_at_once, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(test_a_bundle_says_what_of_it_is_not_here_and_why, node_setup,
						node_teardown),
		cmocka_unit_test_setup_teardown(test_a_bundle_for_a_full_node_says_so, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(test_a_number_that_is_drawn_twice_replaces_nothing, node_setup,
						node_teardown),
		cmocka_unit_test_setup_teardown(test_a_household_goes_when_its_need_leaves_the_set, node_setup,
						node_teardown),
		cmocka_unit_test_setup_teardown(test_a_household_whose_need_is_under_way_is_kept, node_setup,
						node_teardown),
		cmocka_unit_test_setup_teardown(test_a_household_whose_need_was_there_in_between_is_kept, node_setup,
						node_teardown),
		cmocka_unit_test_setup_teardown(test_a_household_is_kept_while_its_need_may_come_back, node_setup,
						node_teardown),
		cmocka_unit_test_setup_teardown(test_a_household_whose_need_came_back_goes_with_it, node_setup,
						node_teardown),
		cmocka_unit_test_setup_teardown(test_what_was_lost_is_not_written_below, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(test_what_was_edited_a_moment_ago_is_undone, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(test_nothing_is_written_where_the_key_is_missing, node_setup,
						node_teardown),
	};

	setenv("TZ", "UTC", 1);
	randombytes_set_implementation(&scripted);
	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
