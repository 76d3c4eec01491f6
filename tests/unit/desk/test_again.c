/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What was said under a wrong date is said again at the right one: over a real store, with the door as people use it. */
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

#include "proto/field.h"
#include "node/desk/intake.h"
#include "tests/unit/desk_said.h"

static int node_setup(void **state)
{
	*state = node_begin(this_one, TIME_GUESSED);
	return 0;
}

struct told {
	char need[VIEW_REF_SIZE], kept[VIEW_REF_SIZE], stock[VIEW_REF_SIZE], household[VIEW_REF_SIZE];
	uint64_t ticket;
	uint32_t all;
};

/* A morning at a site. */
static struct told tell(struct node *n)
{
	struct told t;
	struct door_request household = line(VIEW_NEED, 3);

	tick(n);
	assert_true(desk_ensure_card(&n->desk, "Oak"));
	commit_now(n->at.commit);
	say(n, (struct door_request){ .verb = DOOR_SITE, .fields = DOOR_NAME, .name = "Oak" });
	strcpy(t.need, say(n, line(VIEW_NEED, 100)));
	strcpy(t.kept, say(n, line(VIEW_NEED, 60)));
	strcpy(t.stock, say(n, line(VIEW_RESOURCE, 30)));
	household.name = "Quidam Ignotus";
	household.wants_ticket = true;
	strcpy(t.household, say(n, household));
	t.ticket = said(n, t.household).line.ticket;
	say(n, (struct door_request){ .verb = DOOR_MOVE,
				      .fields = DOOR_QUANTITY | DOOR_DUE,
				      .stage = VIEW_PLEDGED,
				      .of = t.need,
				      .from = t.stock,
				      .due = (int64_t)n->desk.time.wall_s + 3600 + EPOCH_UNIX_S,
				      .quantity_milli = 5000 });
	say(n, (struct door_request){ .verb = DOOR_MOVE,
				      .fields = DOOR_QUANTITY,
				      .stage = VIEW_GIVEN,
				      .from = t.stock,
				      .quantity_milli = 4000 });
	t.all = held(n);
	return t;
}

static void put_right(struct node *n, int64_t shift_s, uint32_t from_s)
{
	struct date_step step = { .shift_s = shift_s, .from_s = from_s, .era = 0 };
	uint32_t count;

	n->desk.era = 1;
	n->desk.time.wall_s = (uint32_t)(n->desk.time.wall_s + shift_s);
	step.now_s = n->desk.time.wall_s;
	tick(n);
	assert_true(desk_say_again(&n->desk, &step, &count));
	assert_true(count > 0);
	if (shift_s < 0)
		sync_clock_back(n->at.sync, n->desk.time, &n->first.key);
	n->desk.time.quality = TIME_SET;
	tick(n);
	commit_now(n->at.commit);
}

static const int64_t OFFSETS[] = { -3650LL * DAY, -400LL * DAY, -40LL * DAY, -3LL * DAY, -2LL * DAY,
				   -4000,         4000,         40LL * DAY,  60LL * DAY, 270LL * DAY };

/* All of it stands, as old as it was, for as long as it has left, and in its order. */
static void nothing_is_lost_and_all_keeps_its_meaning(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof OFFSETS / sizeof OFFSETS[0]; i++) {
		struct node *n;
		void *made = NULL;
		struct entry before, after;
		struct fold_line line_before, line_after;
		struct fold_sums sums;
		uint32_t began, age, index;
		struct told t;

		assert_int_equal(node_setup(&made), 0);
		n = made;
		if (OFFSETS[i] < 0)
			n->desk.time.wall_s = (uint32_t)(STORED_NOW_S - OFFSETS[i]);
		began = n->desk.time.wall_s;
		t = tell(n);
		before = said(n, t.need);
		line_before = line_of(n, t.need);
		age = n->desk.time.wall_s - before.hlc.time;
		put_right(n, OFFSETS[i], began);

		assert_int_equal(held(n), t.all);
		after = said(n, t.need);
		line_after = line_of(n, t.need);
		assert_int_equal(n->desk.time.wall_s - after.hlc.time, age);
		assert_int_equal((int64_t)after.line.created, (int64_t)before.line.created + OFFSETS[i]);
		/* Each is told to the nearest full hour. */
		assert_true(llabs((int64_t)line_after.due_s - ((int64_t)line_before.due_s + OFFSETS[i])) <= 3600);
		assert_int_equal(line_after.status, LINE_OPEN);
		/* What moved after the count still counts after it. */
		index = fold_find(fold_now(n), FOLD_LINES, (struct ref){ after.author, said(n, t.stock).number });
		fold_line_sums(fold_now(n), index, &sums);
		assert_int_equal(sums.on_hand_milli, 26000);
		assert_int_equal(sums.promised_milli, 5000);
		assert_int_equal(said(n, t.household).line.ticket, t.ticket);
		desk_sweep(&n->desk);
		uv_run(&n->at.loop, UV_RUN_DEFAULT);
		/* An edit of later stands before what was signed in any era. */
		say(n, (struct door_request){
			       .verb = DOOR_LINE, .fields = DOOR_QUANTITY, .ref = t.need, .quantity_milli = 90000 });
		assert_int_equal(said(n, t.need).line.quantity_milli, 90000);
		assert_true(said(n, t.need).hlc.time <= n->desk.time.wall_s + 1);
		node_teardown(&made);
	}
}

static bool count_household(void *user, uint32_t number, const struct household *household)
{
	(void)number;
	assert_string_equal(household->name, "Quidam Ignotus");
	(*(uint32_t *)user)++;
	return true;
}

static void households_and_their_codes_follow(void **state)
{
	struct node *n = *state;
	char code[DOOR_TICKET_SIZE];
	uint32_t households = 0, began = STORED_NOW_S + 40 * DAY;
	struct told t;

	n->desk.time.wall_s = began;
	t = tell(n);
	say(n, (struct door_request){ .verb = DOOR_LINE,
				      .fields = DOOR_ITEM | DOOR_QUANTITY | DOOR_SITE_REF,
				      .item = "blanket",
				      .quantity_milli = 2000,
				      .site = "Oak",
				      .name = "Quidam Ignotus",
				      .wants_ticket = true });
	strcpy(code, n->answer.ticket);
	assert_true(code[0] != '\0');
	put_right(n, -40LL * DAY, began);
	desk_sweep(&n->desk);
	uv_run(&n->at.loop, UV_RUN_DEFAULT);
	intake_each(n->at.store, &(struct intake_key){ &n->first, NULL }, count_household, &households);
	assert_int_equal(households, 2);
	/* The code that was given out before is good at the counter. */
	say(n, (struct door_request){ .verb = DOOR_MOVE,
				      .fields = DOOR_QUANTITY,
				      .stage = VIEW_GIVEN,
				      .from = t.stock,
				      .ticket = code,
				      .quantity_milli = 2000 });
}

/* What a keeper changed goes on standing, though the version that he changed is gone. */
static void a_keepers_change_is_taken_over(void **state)
{
	struct node *n = *state;
	uint32_t began = n->desk.time.wall_s;
	char key[2 * 32 + 1];
	struct told t = tell(n);

	sodium_bin2hex(key, sizeof key, n->second.key.bytes, sizeof n->second.key.bytes);
	hear(n, &(struct entry){ .author = public_key_hint(&n->second.key),
				 .kind = ENTRY_CARD,
				 .hlc = { .time = STORED_NOW_S },
				 .card = { .key = n->second.key, .name = "Keeper" } });
	say(n, (struct door_request){ .verb = DOOR_TRUST, .trust_kind = 2, .key = key, .site = "Oak" });
	change_as_keeper(n, t.kept);
	put_right(n, 60LL * DAY, began);
	assert_int_equal(said(n, t.kept).line.quantity_milli, 40000);
	assert_int_not_equal(said(n, t.kept).line.created, 0);
	assert_int_not_equal(said(n, t.kept).line.site.number, 0);
}

/* What was said while the date was known keeps its time. */
static void what_was_said_under_a_true_date_stays(void **state)
{
	struct node *n = *state;
	struct told t = tell(n);
	struct entry early = said(n, t.need), late;
	char full[VIEW_REF_SIZE];

	n->desk.time.wall_s += DAY;
	strcpy(full, say(n, line(VIEW_NEED, 1)));
	late = said(n, full);
	put_right(n, 20LL * DAY, late.hlc.time);
	assert_int_equal(said(n, full).hlc.time, late.hlc.time + 20 * DAY);
	assert_int_equal(hlc_compare(said(n, t.need).hlc, early.hlc), 0);
	assert_int_equal(said(n, t.need).hlc.era, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost_and_all_keeps_its_meaning),
		cmocka_unit_test_setup_teardown(households_and_their_codes_follow, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(a_keepers_change_is_taken_over, node_setup, node_teardown),
		cmocka_unit_test_setup_teardown(what_was_said_under_a_true_date_stays, node_setup, node_teardown),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
