/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The rooms of a node's own registers, as people meet them at the door: over a real store and a real loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/picture/ref_text.h"
#include "tests/unit/desk_node.h"

static const struct public_key *this_one(const struct node *n)
{
	return &n->first.key;
}

static int node_setup(void **state)
{
	*state = node_begin(this_one, TIME_SET);
	return 0;
}

static uint32_t left(const struct node *n, enum room room)
{
	return sync_room_left(n->at.sync, &n->first.key, room);
}

/* So many words of that kind are here, as if they had been written one by one. */
static void fill(struct node *n, enum entry_kind kind, uint32_t count)
{
	struct entry e = { .author = public_key_hint(&n->first.key), .kind = kind };

	if (kind == ENTRY_TRUST)
		e.trust.key = n->second.key;
	for (uint32_t i = 0; i < count; i++) {
		uint8_t bytes[ENTRY_SIZE_MAX];
		struct view entry = { .data = bytes };

		e.number = 1000 + i;
		e.hlc.time = STORED_NOW_S - 5000 + i;
		assert_int_equal(entry_sign(bytes, &entry.size, &e, n->first.secret_key), ENTRY_OK);
		while (sync_publish(n->at.sync, entry, &n->first.key, 0) == SYNC_E_BUSY)
			commit_now(n->at.commit);
	}
	commit_now(n->at.commit);
}

static bool has(const struct node *n, uint32_t number)
{
	return sync_has_number(n->at.sync, &n->first.key, number);
}

static const struct door_request ALERT = {
	.verb = DOOR_NOTE, .fields = DOOR_TEXT, .note_kind = VIEW_ALERT, .text = "The bridge is out."
};

static struct door_request alert_of(const char *text)
{
	struct door_request alert = ALERT;

	alert.text = text;
	return alert;
}

static enum door_rc refused(struct node *n, struct door_request request)
{
	request.sure = true;
	n->door.submit(n->door.ctx, &request, on_answer, n);
	uv_run(&n->at.loop, UV_RUN_DEFAULT);
	return n->answer.rc;
}

/* An alert is always taken: what was written longest ago leaves, and whoever writes hears so. */
static void test_an_alert_finds_room_among_notes(void **state)
{
	struct node *n = *state;

	ask(n, (struct door_request){ .verb = DOOR_SELF, .fields = DOOR_NAME, .name = "Oak" });
	fill(n, ENTRY_NOTE, NOTES_PER_AUTHOR_MAX - 1);
	ask(n, ALERT);
	assert_true(said_is_empty(&n->answer.said));
	assert_true(has(n, 1000));
	ask(n, alert_of("Bridge out at Elm"));
	assert_non_null(strstr(written(&n->answer.said), "One node may have 512 notes, and this node has them all."));
	assert_false(has(n, 1000));
	assert_true(has(n, 1001));
	assert_int_equal(left(n, ROOM_NOTES), 0);
}

/* A file of many rows would push out what is there, and its own first rows. */
static void test_rows_of_a_table_push_nothing_out(void **state)
{
	struct node *n = *state;
	struct door_request row = ALERT;

	ask(n, (struct door_request){ .verb = DOOR_SELF, .fields = DOOR_NAME, .name = "Oak" });
	fill(n, ENTRY_NOTE, NOTES_PER_AUTHOR_MAX - 1);
	row.caller = DOOR_TABLE;
	ask(n, row);
	row.text = "Bridge out at Elm";
	assert_int_equal(refused(n, row), DOOR_E_FULL);
	assert_true(has(n, 1000));
}

/* A keeper is no less needed for having been named long ago. */
static void test_a_vouch_too_many_is_refused(void **state)
{
	struct node *n = *state;
	struct door_request vouch = { .verb = DOOR_TRUST };
	char key[65];

	ask(n, (struct door_request){ .verb = DOOR_SELF, .fields = DOOR_NAME, .name = "Oak" });
	/* Somebody whom none of them is about. */
	memset(key, 'a', sizeof key - 1);
	key[sizeof key - 1] = '\0';
	vouch.key = key;
	fill(n, ENTRY_TRUST, TRUST_PER_AUTHOR_MAX);
	assert_int_equal(refused(n, vouch), DOOR_E_FULL);
	assert_non_null(strstr(written(&n->answer.said), "edit one of them, or write on another node."));
	assert_true(has(n, 1000));
	ask(n, ALERT);
}

static void say_card_of_second(struct node *n)
{
	struct entry card = { .author = public_key_hint(&n->second.key), .kind = ENTRY_CARD };
	uint8_t bytes[ENTRY_SIZE_MAX];
	struct view entry = { .data = bytes };

	card.hlc.time = STORED_NOW_S - 6000;
	card.card.key = n->second.key;
	snprintf(card.card.name, sizeof card.card.name, "Elm");
	assert_int_equal(entry_sign(bytes, &entry.size, &card, n->second.secret_key), ENTRY_OK);
	assert_int_equal(sync_publish(n->at.sync, entry, &n->second.key, 0), SYNC_OK);
	commit_now(n->at.commit);
}

static uint32_t vouches_to_second(struct node *n)
{
	picture_refresh(n->at.picture, STORED_NOW_S);
	return fold_distance(picture_fold(n->at.picture, STORED_NOW_S), &n->first.key, &n->second.key);
}

/* Who no longer trusts somebody is heard in any case, and told what gave way. */
static void test_a_withdrawal_finds_room_among_vouches(void **state)
{
	struct node *n = *state;

	ask(n, (struct door_request){ .verb = DOOR_SELF, .fields = DOOR_NAME, .name = "Oak" });
	say_card_of_second(n);
	fill(n, ENTRY_TRUST, TRUST_PER_AUTHOR_MAX);
	assert_int_equal(vouches_to_second(n), 1);
	ask(n, (struct door_request){ .verb = DOOR_TRUST, .trust_kind = TRUST_WITHDRAW, .key = "Elm" });
	assert_non_null(strstr(written(&n->answer.said), "the one that was written longest ago leaves."));
	assert_false(has(n, 1000));
	assert_true(has(n, 1001));
	assert_int_not_equal(vouches_to_second(n), 1);
}

/* The last quarter of each room is kept from visitors. */
static void test_visitors_leave_a_quarter_of_the_room(void **state)
{
	struct node *n = *state;
	struct door_request message = ALERT;

	ask(n, (struct door_request){ .verb = DOOR_SELF, .fields = DOOR_NAME, .name = "Oak" });
	fill(n, ENTRY_NOTE, NOTES_PER_AUTHOR_MAX - NOTES_PER_AUTHOR_MAX / 4 - 1);
	message.note_kind = VIEW_MESSAGE;
	message.caller = DOOR_VISITOR;
	ask(n, message);
	message.text = "Come by boat";
	assert_int_equal(refused(n, message), DOOR_E_FULL);
	message.caller = DOOR_VOLUNTEER;
	ask(n, message);
}

static int64_t on_hand(struct node *n, const char *full)
{
	struct ref ref = { 0, 0 };
	struct fold_sums sums;
	bool has_author;
	struct fold *fold;

	assert_true(ref_text_read(&ref, &has_author, full));
	picture_refresh(n->at.picture, n->desk.time.wall_s);
	fold = picture_fold(n->at.picture, n->desk.time.wall_s);
	fold_line_sums(fold, fold_find(fold, FOLD_LINES, ref), &sums);
	return sums.on_hand_milli;
}

/* Two phones at one door: none of the two writes over what the other has not yet on disk. */
static void test_two_taps_at_once_both_count(void **state)
{
	struct node *n = *state;
	char stock[VIEW_REF_SIZE];
	struct door_request give = {
		.verb = DOOR_MOVE, .fields = DOOR_QUANTITY, .stage = VIEW_GIVEN, .from = stock, .quantity_milli = 1000
	};

	ask(n, (struct door_request){ .verb = DOOR_SELF, .fields = DOOR_NAME, .name = "Oak" });
	ask(n, (struct door_request){ .verb = DOOR_SITE, .fields = DOOR_NAME, .name = "Oak", .where = "35.1,-77.0" });
	snprintf(stock, sizeof stock, "%s", n->answer.full);
	ask(n, (struct door_request){ .verb = DOOR_LINE,
				      .fields = DOOR_ITEM | DOOR_QUANTITY,
				      .line_kind = VIEW_RESOURCE,
				      .item = "101",
				      .site = stock,
				      .quantity_milli = 50000 });
	snprintf(stock, sizeof stock, "%s", n->answer.full);
	n->desk.time.wall_s += 60;
	ask(n, give);
	for (int i = 0; i < 5; i++)
		n->door.submit(n->door.ctx, &give, on_answer, n);
	uv_run(&n->at.loop, UV_RUN_DEFAULT);
	assert_int_equal(n->answer.rc, DOOR_OK);
	assert_int_equal(on_hand(n, stock), 44000);
}

int main(void)
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, node_setup, node_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_an_alert_finds_room_among_notes),      TEST(test_rows_of_a_table_push_nothing_out),
		TEST(test_a_vouch_too_many_is_refused),          TEST(test_a_withdrawal_finds_room_among_vouches),
		TEST(test_visitors_leave_a_quarter_of_the_room), TEST(test_two_taps_at_once_both_count),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
