/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a new author says again of an earlier one: over a real store, with the door as people use it. */
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

#include "node/desk/intake.h"
#include "node/picture/ref_text.h"
#include "tests/unit/desk_node.h"

static const struct public_key *the_new_one(const struct node *n)
{
	return &n->second.key;
}

static int node_setup(void **state)
{
	struct node *n = node_begin(the_new_one, TIME_SET);

	*state = n;
	assert_true(desk_ensure_card(&n->desk, "Oak"));
	commit_now(n->at.commit);
	return 0;
}

static struct desk_renewed renew(struct node *n, const struct identity *old)
{
	struct desk_renewed renewed;

	/* What is said from now on is said later: whatever is said again keeps its own time. */
	n->desk.time.wall_s += 3600;
	sync_tick(n->at.sync, 2, n->desk.time);
	n->desk.identity = &n->second;
	assert_true(desk_renew(&n->desk, &renewed, &n->first.key, old, "nobody"));
	return renewed;
}

static struct fold *fold_now(struct node *n)
{
	picture_refresh(n->at.picture, n->desk.time.wall_s);
	return picture_fold(n->at.picture, n->desk.time.wall_s);
}

static uint32_t number_of(const char *full)
{
	struct ref ref = { 0, 0 };
	bool has_author;

	assert_true(ref_text_read(&ref, &has_author, full));
	return ref.number;
}

/* UINT32_MAX: that author has no such line. */
static uint32_t line_of(struct node *n, const struct identity *author, uint32_t number)
{
	return fold_find(fold_now(n), FOLD_LINES, (struct ref){ public_key_hint(&author->key), number });
}

static struct entry said_by(struct node *n, const struct identity *author, uint32_t number)
{
	uint32_t index = line_of(n, author, number);
	struct fold_line line;
	struct entry e;

	assert_int_not_equal(index, UINT32_MAX);
	fold_line(fold_now(n), index, &line);
	fold_read(fold_now(n), line.record.own, &e);
	return e;
}

static uint32_t open_site(struct node *n)
{
	char full[VIEW_REF_SIZE];
	uint32_t number;

	strcpy(full, ask(n, (struct door_request){ .verb = DOOR_SITE, .fields = DOOR_NAME, .name = "Oak" }));
	number = number_of(full);
	ask(n, (struct door_request){ .verb = DOOR_SELF, .site = full });
	return number;
}

static struct door_request line(enum view_line_kind kind, uint64_t quantity)
{
	return (struct door_request){ .verb = DOOR_LINE,
				      .fields = DOOR_ITEM | DOOR_QUANTITY | DOOR_SITE_REF,
				      .line_kind = kind,
				      .item = "blanket",
				      .quantity_milli = quantity * 1000,
				      .site = "Oak" };
}

static void what_stands_is_said_again_with_its_numbers_and_times(void **state)
{
	struct node *n = *state;
	uint32_t site = open_site(n), need, stock, closed;
	char need_full[VIEW_REF_SIZE], stock_full[VIEW_REF_SIZE], closed_full[VIEW_REF_SIZE];
	struct desk_renewed renewed;
	struct fold_line found;
	struct entry e, before;

	strcpy(need_full, ask(n, line(VIEW_NEED, 100)));
	strcpy(stock_full, ask(n, line(VIEW_RESOURCE, 30)));
	strcpy(closed_full, ask(n, line(VIEW_NEED, 7)));
	need = number_of(need_full);
	stock = number_of(stock_full);
	closed = number_of(closed_full);
	ask(n, (struct door_request){
		       .verb = DOOR_LINE, .fields = DOOR_CLOSED, .ref = closed_full, .closed = CLOSED_NOT_NEEDED });
	ask(n, (struct door_request){ .verb = DOOR_MOVE,
				      .fields = DOOR_QUANTITY,
				      .stage = VIEW_GIVEN,
				      .from = stock_full,
				      .quantity_milli = 4000 });
	ask(n, (struct door_request){ .verb = DOOR_MOVE,
				      .fields = DOOR_QUANTITY,
				      .stage = VIEW_PLEDGED,
				      .of = need_full,
				      .from = stock_full,
				      .quantity_milli = 5000 });
	before = said_by(n, &n->first, need);
	renewed = renew(n, &n->first);
	assert_int_equal(renewed.records, 3);

	e = said_by(n, &n->second, need);
	assert_int_equal(e.line.quantity_milli, 100000);
	assert_int_equal(hlc_compare(e.hlc, before.hlc), 0);
	assert_int_equal(e.line.created, before.line.created);
	assert_int_equal(e.line.site.author, public_key_hint(&n->second.key));
	assert_int_equal(e.line.site.number, site);
	/* Four were handed out; the five that are promised leave it. */
	assert_int_equal(said_by(n, &n->second, stock).line.quantity_milli, 26000);
	assert_int_equal(line_of(n, &n->second, closed), UINT32_MAX);
	/* The earlier words stand as they stood, and count as one with the new ones. */
	fold_line(fold_now(n), line_of(n, &n->first, need), &found);
	assert_int_equal(found.status, LINE_CLOSED);
	assert_int_equal(fold_count(fold_now(n), FOLD_MOVES), 2);
	/* Where this node stands follows. */
	assert_int_equal(picture_site(n->at.picture).author, public_key_hint(&n->second.key));
}

/* What is under way to a need came, as far as it came. */
static void a_need_asks_for_what_did_not_come(void **state)
{
	struct node *n = *state;
	char need[VIEW_REF_SIZE], stock[VIEW_REF_SIZE], pledge[VIEW_REF_SIZE];

	open_site(n);
	strcpy(need, ask(n, line(VIEW_NEED, 100)));
	strcpy(stock, ask(n, line(VIEW_RESOURCE, 60)));
	strcpy(pledge, ask(n, (struct door_request){ .verb = DOOR_MOVE,
						     .fields = DOOR_QUANTITY,
						     .stage = VIEW_PLEDGED,
						     .of = need,
						     .from = stock,
						     .quantity_milli = 40000 }));
	ask(n, (struct door_request){ .verb = DOOR_MOVE,
				      .fields = DOOR_QUANTITY,
				      .stage = VIEW_RECEIVED,
				      .after = pledge,
				      .quantity_milli = 40000 });
	renew(n, &n->first);
	assert_int_equal(said_by(n, &n->second, number_of(need)).line.quantity_milli, 60000);
	assert_int_equal(said_by(n, &n->second, number_of(stock)).line.quantity_milli, 20000);
}

static uint32_t count_notes(struct node *n, enum note_kind kind)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < fold_count(fold_now(n), FOLD_NOTES); i++) {
		struct fold_note note;

		fold_note(fold_now(n), i, &note);
		count += note.kind == kind;
	}
	return count;
}

static void trust_goes_both_ways_and_each_record_is_marked(void **state)
{
	struct node *n = *state;
	uint32_t site = open_site(n), index;

	ask(n, line(VIEW_RESOURCE, 30));
	renew(n, &n->first);
	assert_int_equal(fold_distance(fold_now(n), &n->first.key, &n->second.key), 1);
	assert_int_equal(fold_distance(fold_now(n), &n->second.key, &n->first.key), 1);
	index = fold_find(fold_now(n), FOLD_SITES, (struct ref){ public_key_hint(&n->first.key), site });
	assert_true(fold_may_change(fold_now(n), FOLD_SITES, index, &n->second.key));
	assert_int_equal(count_notes(n, NOTE_DUPLICATE), 2);
}

static bool on_household(void *user, uint32_t number, const struct household *household)
{
	(void)number;
	(void)household;
	++*(size_t *)user;
	return true;
}

static size_t opened_by(struct node *n, const struct identity *identity)
{
	size_t count = 0;

	intake_each(n->at.store, &(struct intake_key){ identity, NULL }, on_household, &count);
	return count;
}

static struct door_request household_need(void)
{
	struct door_request request = line(VIEW_NEED, 3);

	request.name = "Quidam Ignotus";
	request.phone = "555 0142";
	return request;
}

static void a_household_keeps_its_code(void **state)
{
	struct node *n = *state;
	struct desk_renewed renewed;
	struct fold_line found;
	uint32_t number;
	uint64_t code;
	struct entry e;

	open_site(n);
	number = number_of(ask(n, household_need()));
	assert_true(ticket_text_read(&code, n->answer.ticket));
	renewed = renew(n, &n->first);
	assert_int_equal(renewed.households, 1);
	assert_int_equal(renewed.lost, 0);
	assert_int_equal(opened_by(n, &n->first), 0);
	assert_int_equal(opened_by(n, &n->second), 1);
	e = said_by(n, &n->second, number);
	assert_true(e.line.ticket == ticket_proof(code, (struct ref){ public_key_hint(&n->second.key), number }));
	/* It does not collect twice. */
	fold_line(fold_now(n), line_of(n, &n->first, number), &found);
	assert_int_equal(found.status, LINE_CLOSED);
}

static void without_the_earlier_key_its_households_are_counted(void **state)
{
	struct node *n = *state;
	struct desk_renewed renewed;
	struct fold_line found;
	uint32_t sealed, open;

	open_site(n);
	sealed = number_of(ask(n, household_need()));
	open = number_of(ask(n, line(VIEW_NEED, 100)));
	renewed = renew(n, NULL);
	assert_int_equal(renewed.households, 0);
	assert_int_equal(renewed.lost, 1);
	assert_int_not_equal(line_of(n, &n->second, open), UINT32_MAX);
	/* Whoever has the code collects for the earlier need. */
	assert_int_equal(line_of(n, &n->second, sealed), UINT32_MAX);
	fold_line(fold_now(n), line_of(n, &n->first, sealed), &found);
	assert_int_equal(found.status, LINE_OPEN);
	/* Nobody speaks in the earlier author's name. */
	assert_int_equal(fold_distance(fold_now(n), &n->first.key, &n->second.key), FOLD_VOUCHES + 1);
}

static void what_was_said_again_is_not_said_twice(void **state)
{
	struct node *n = *state;
	struct sync_status before, after;

	open_site(n);
	ask(n, household_need());
	ask(n, line(VIEW_RESOURCE, 30));
	renew(n, &n->first);
	sync_status(n->at.sync, &before);
	renew(n, &n->first);
	sync_status(n->at.sync, &after);
	assert_int_equal(after.entries, before.entries);
	assert_int_equal(opened_by(n, &n->second), 1);
}

#define RENEW_TEST(f) cmocka_unit_test_setup_teardown(f, node_setup, node_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RENEW_TEST(what_stands_is_said_again_with_its_numbers_and_times),
		RENEW_TEST(a_need_asks_for_what_did_not_come),
		RENEW_TEST(trust_goes_both_ways_and_each_record_is_marked),
		RENEW_TEST(a_household_keeps_its_code),
		RENEW_TEST(without_the_earlier_key_its_households_are_counted),
		RENEW_TEST(what_was_said_again_is_not_said_twice),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
