/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The bounds of an engine: authors, entries, days. Those of registers are in test_engine_rooms.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/set/authors.h"
#include "tests/unit/pair.h"

/* Bounds. */

static struct public_key artificial_key(uint8_t tail)
{
	struct public_key key = { { 1, 2, 3, 4, 5, 6, 7, 8 } };

	key.bytes[31] = tail;
	return key;
}

static void test_authors_with_one_hint_are_kept_apart(void **state)
{
	static alignas(max_align_t) uint8_t memory[4096];
	struct arena arena = { .base = memory };
	const uint8_t secret[16] = { 7 };
	struct authors authors;
	struct public_key keys[KEYS_PER_HINT_MAX], key;

	(void)state;
	authors_init(&authors, &arena, KEYS_PER_HINT_MAX, secret);
	assert_true(arena.used <= sizeof memory);
	for (int i = 0; i < KEYS_PER_HINT_MAX; i++) {
		key = artificial_key((uint8_t)i);
		assert_int_equal(authors_add(&authors, &key), i);
		authors.table[i].entry_count = 1;
		assert_int_equal(authors_keys(&authors, public_key_hint(&key), keys), i + 1);
	}
	key = artificial_key(KEYS_PER_HINT_MAX);
	assert_int_equal(authors_add(&authors, &key), AUTHOR_NONE);
	authors.table[1].entry_count = 0;
	assert_int_equal(authors_add(&authors, &key), 1);
	authors.table[1].entry_count = 1;
	assert_int_equal(authors_find(&authors, &key), 1);
	key = artificial_key(1);
	assert_int_equal(authors_find(&authors, &key), AUTHOR_NONE);
}

/* Bytes that nobody signed: only for what does not verify. */
static struct sample unsigned_note(const struct public_key *key, uint32_t number, uint32_t time)
{
	struct entry e = { .kind = ENTRY_NOTE, .author = public_key_hint(key), .number = number, .hlc.time = time };
	struct sample sample = { .size = 0 };
	size_t size;

	assert_int_equal(entry_body_encode(sample.data, &size, &e), ENTRY_OK);
	sample.size = size + SIGNATURE_SIZE;
	return sample;
}

static void test_two_keys_with_one_hint_are_both_candidates(void **state)
{
	struct sync_config config = host_config(1, 100);
	struct public_key one = artificial_key(1), two = artificial_key(2), keys[KEYS_PER_HINT_MAX];
	struct sample note = unsigned_note(&one, 5, HOST_NOW_S), other = unsigned_note(&one, 5, HOST_NOW_S - 9);
	struct sync_change change;
	struct entry_id id;
	struct node n;
	uint64_t handle;

	(void)state;
	node_init(&n, &config);
	assert_int_equal(sync_restore(n.sync, &(struct entry_id){ { 0 } }, disk_add(&n, sample_view(&note), &one),
				      sample_view(&note), &one),
			 SYNC_OK);
	assert_int_equal(sync_restore(n.sync, &(struct entry_id){ { 0 } }, disk_add(&n, sample_view(&note), &two),
				      sample_view(&note), &two),
			 SYNC_OK);
	assert_int_equal(status_of(&n).entries, 2);
	assert_int_equal(sync_keys_of(n.sync, public_key_hint(&one), keys), 2);
	note = unsigned_note(&one, 6, HOST_NOW_S);
	assert_int_equal(sync_publish(n.sync, sample_view(&note), NULL, 0), SYNC_OK);
	assert_true(sync_next_change(n.sync, &change));
	assert_int_equal(change.key_count, 2);
	assert_true(public_key_equal(&change.keys[1], &two));
	assert_int_equal(sync_committed(n.sync, change.seq, 1, disk_add(&n, sample_view(&note), &two)), SYNC_OK);
	id = entry_id_of(sample_view(&note), &two);
	assert_true(sync_find(n.sync, &id, &handle));
	id = entry_id_of(sample_view(&note), &one);
	assert_false(sync_find(n.sync, &id, &handle));

	/* Older than what both keys hold there: stale whoever signed it, and not worth a signature. */
	assert_int_equal(sync_publish(n.sync, sample_view(&other), NULL, 0), SYNC_E_STALE);
	assert_false(sync_next_change(n.sync, &change));
	node_drain_drops(&n);
	assert_int_equal(node_holding(&n).count, 3);
	node_fini(&n);
}

static void assert_left(const struct pair *p, int side, struct sync_left there, struct sync_left here)
{
	struct sync_link_status link;

	assert_true(sync_link_status(p->c->ends[side]->sync, p->c->id, &link));
	assert_int_equal(link.state, LINK_LEFT);
	assert_memory_equal(&link.left_there, &there, sizeof there);
	assert_memory_equal(&link.left_here, &here, sizeof here);
}

static void test_a_full_set_refuses_and_still_replaces(void **state)
{
	struct sample_key x = sample_key(1);
	const struct sync_left full = { .full = 1 };
	struct sample note;
	struct pair p;

	(void)state;
	pair_init(&p, 20);
	publish_card(&p.a, &x);
	publish_notes(&p.a, &x, 1, 19);
	note = host_note(&x, 20, HOST_NOW_S);
	assert_int_equal(node_publish(&p.a, &note, &x), SYNC_E_FULL);
	assert_int_equal(status_of(&p.a).refused_full, 1);
	note = host_note(&x, 19, HOST_NOW_S + 1);
	publish(&p.a, &x, &note);
	assert_true(disk_has(&p.a, sample_view(&note)));
	assert_int_equal(node_holding(&p.a).count, 20);

	/* With a peer that has one more, and no room either, it never says safe: both say what they have no room for. */
	publish_card(&p.b, &x);
	note = host_note(&x, 20, HOST_NOW_S);
	publish(&p.b, &x, &note);
	contact_up(p.c, p.now);
	for (int i = 0; i < 100; i++, p.now += 1000)
		steps(&p, 5);
	for (int side = 0; side < 2; side++)
		assert_left(&p, side, full, full);
	assert_int_equal(node_holding(&p.a).count, 20);
	assert_int_equal(node_holding(&p.b).count, 20);
	pair_fini(&p);
}

/* A card that lost a bit gives nobody its entry: that is said, and the rest is passed on. When the true one comes by another
 * way, nothing is left. */
static void test_what_breaks_the_others_rules_is_said(void **state)
{
	struct sample_key x = sample_key(1);
	struct sample note;
	struct pair p;

	(void)state;
	pair_init(&p, 200);
	publish_card(&p.a, &x);
	publish_notes(&p.a, &x, 1, 10);
	p.a.rows[5].bytes[p.a.rows[5].size - 1] ^= 1;
	contact_up(p.c, p.now);
	for (int i = 0; i < 100; i++, p.now += 1000)
		steps(&p, 5);
	assert_left(&p, 0, (struct sync_left){ .policy = 1 }, (struct sync_left){ 0 });
	assert_left(&p, 1, (struct sync_left){ 0 }, (struct sync_left){ .policy = 1 });
	assert_int_equal(node_holding(&p.b).count, 10);
	note = host_note(&x, 5, HOST_NOW_S - 4 * 500);
	publish(&p.b, &x, &note);
	assert_true(pair_run(&p));
	assert_true(contact_is_safe(p.c));
	pair_fini(&p);
}

/* Time. */

/* Up to the end of the day that AHEAD_MAX_S leads to: it is noon. */
enum { AHEAD_LAST_S = AHEAD_MAX_S + EPOCH_S / 2 - 1 };

static void test_what_is_too_old_or_ahead_is_refused_by_a_set_clock_alone(void **state)
{
	static const struct {
		enum entry_kind kind;
		int64_t age_s;
		enum sync_rc rc;
	} rows[] = {
		{ ENTRY_NOTE, 30 * EPOCH_S, SYNC_OK },          { ENTRY_NOTE, 31 * EPOCH_S, SYNC_E_TIME },
		{ ENTRY_LINE, 30 * EPOCH_S, SYNC_OK },          { ENTRY_LINE, 31 * EPOCH_S, SYNC_E_TIME },
		{ ENTRY_MOVE, 90 * EPOCH_S, SYNC_OK },          { ENTRY_MOVE, 91 * EPOCH_S, SYNC_E_TIME },
		{ ENTRY_SITE, 120 * EPOCH_S, SYNC_OK },         { ENTRY_SITE, 121 * EPOCH_S, SYNC_E_TIME },
		{ ENTRY_TRUST, 120 * EPOCH_S, SYNC_OK },        { ENTRY_TRUST, 121 * EPOCH_S, SYNC_E_TIME },
		{ ENTRY_CARD, 120 * EPOCH_S, SYNC_OK },         { ENTRY_CARD, 121 * EPOCH_S, SYNC_E_TIME },
		{ ENTRY_NOTE, -AHEAD_LAST_S, SYNC_OK },         { ENTRY_NOTE, -AHEAD_LAST_S - 1, SYNC_E_TIME },
		{ ENTRY_CARD, -AHEAD_LAST_S - 1, SYNC_E_TIME },
	};
	struct sync_config config = host_config(1, 100);
	struct sample_key x = sample_key(1), y = sample_key(2);
	struct node set, guessed;
	uint64_t refused_time = 0, kept = 0;

	(void)state;
	node_init(&set, &config);
	node_init(&guessed, &config);
	sync_tick(guessed.sync, 0, (struct node_time){ .wall_s = HOST_NOW_S, .quality = TIME_GUESSED });
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint32_t time = (uint32_t)(HOST_NOW_S - rows[i].age_s);
		/* What is of x is kept as long as the card of x. */
		const struct sample_key *key = rows[i].kind == ENTRY_CARD && rows[i].age_s < 0 ? &y : &x;
		struct entry e = host_entry(key, rows[i].kind, rows[i].kind == ENTRY_CARD ? 0 : (uint32_t)i + 1, time);
		struct sample sample = sample_signed(&e, key);

		assert_int_equal(node_publish(&set, &sample, key), rows[i].rc);
		refused_time += rows[i].rc == SYNC_E_TIME;
		assert_int_equal(status_of(&set).refused_time, refused_time);
		(void)!node_publish(&guessed, &sample, key);
	}
	assert_int_equal(status_of(&guessed).refused_time, 0);
	kept = node_holding(&guessed).count;
	assert_int_equal(kept, 14); /* of the two cards of x one stands */
	assert_int_equal(status_of(&guessed).retired, 0);

	/* The clock is set: now what is too old leaves, and what lies too far ahead. */
	sync_tick(guessed.sync, 0, (struct node_time){ .wall_s = HOST_NOW_S, .quality = TIME_SET });
	node_drain_drops(&guessed);
	assert_int_equal(status_of(&guessed).retired, 7);
	assert_int_equal(node_holding(&guessed).count, 7);
	node_fini(&set);
	node_fini(&guessed);
}

static void test_a_new_day_retires_whole_days(void **state)
{
	struct sync_config config = host_config(1, 100);
	struct sample_key x = sample_key(1);
	struct sample note = host_note(&x, 1, HOST_NOW_S - 30 * EPOCH_S), young = host_note(&x, 2, HOST_NOW_S);
	uint32_t midnight = HOST_NOW_S - HOST_NOW_S % EPOCH_S + EPOCH_S;
	struct node n;

	(void)state;
	node_init(&n, &config);
	publish_card(&n, &x);
	publish(&n, &x, &note);
	publish(&n, &x, &young);
	sync_tick(n.sync, 1, (struct node_time){ .wall_s = midnight - 1, .quality = TIME_SET });
	assert_int_equal(status_of(&n).entries, 3);
	sync_tick(n.sync, 2, (struct node_time){ .wall_s = midnight, .quality = TIME_GUESSED });
	assert_int_equal(status_of(&n).entries, 3);
	sync_tick(n.sync, 3, (struct node_time){ .wall_s = midnight, .quality = TIME_SET });
	node_drain_drops(&n);
	assert_int_equal(node_holding(&n).count, 2);
	assert_true(disk_has(&n, sample_view(&young)));
	node_fini(&n);
}

/* While words are signed again the date is a guess. Of that the other side hears nothing, and answers all the same. */
static void test_days_that_come_back_unsaid_are_agreed_on_again(void **state)
{
	struct node_time set = { .wall_s = HOST_NOW_S, .quality = TIME_SET }, guessed = set;
	struct sample_key x = sample_key(1);

	(void)state;
	guessed.quality = TIME_GUESSED;
	for (int side = 0; side < 2; side++) {
		struct pair p;

		pair_init(&p, 200);
		publish_card(&p.a, &x);
		publish_notes(&p.a, &x, 1, 10);
		contact_up(p.c, p.now);
		assert_true(pair_run(&p));
		for (int i = 0; i < 3; i++) {
			sync_tick(p.c->ends[side]->sync, p.now, guessed);
			sync_tick(p.c->ends[side]->sync, p.now, set);
			assert_true(pair_run(&p));
			assert_true(contact_is_safe(p.c));
		}
		pair_fini(&p);
	}
}

/* The date that was put back is set: what is over by it leaves. */
static void test_a_date_put_back_retires_when_it_is_told(void **state)
{
	struct sync_config config = host_config(1, 100);
	struct sample_key x = sample_key(1);
	struct sample note = host_note(&x, 1, HOST_NOW_S - 31 * EPOCH_S);
	struct node_time set = { .wall_s = HOST_NOW_S, .quality = TIME_SET };
	struct node n;

	(void)state;
	node_init(&n, &config);
	sync_tick(n.sync, 1, (struct node_time){ .wall_s = HOST_NOW_S + 40 * EPOCH_S, .quality = TIME_GUESSED });
	publish(&n, &x, &note);
	assert_int_equal(status_of(&n).entries, 1);
	sync_clock_back(n.sync, set, &x.public);
	assert_int_equal(status_of(&n).entries, 1);
	sync_tick(n.sync, 2, set);
	assert_int_equal(status_of(&n).entries, 0);
	node_fini(&n);
}

/* Only what both keep is compared. What one side does not take for its date is counted on both sides, and nobody says safe.
 * A date that is not set does not say of anything that it is over. */
static void test_what_the_others_days_leave_out_is_counted(void **state)
{
	static const struct {
		const char *name;
		int64_t clock_s; /* of the one that holds it, against the other's, which is set */
		enum time_quality quality;
		int64_t written_s; /* by its clock */
		struct sync_left left;
	} rows[] = {
		{ "guessed, 270 days behind", -270 * EPOCH_S, TIME_GUESSED, 0, { .clock = 3 } },
		{ "guessed, 10 years ahead", 3650 * EPOCH_S, TIME_GUESSED, 0, { .clock = 3 } },
		{ "told, 3 days ahead", 3 * EPOCH_S, TIME_TOLD, 0, { .clock = 3 } },
		{ "set, and wrong", 40 * EPOCH_S, TIME_SET, 0, { .clock = 3 } },
		{ "2 days ahead", 2 * EPOCH_S, TIME_GUESSED, 0, { .clock = 3 } },
		{ "right, and holds what another dated ahead", 0, TIME_TOLD, 3650 * EPOCH_S, { .clock = 3 } },
		{ "it ends today, and there the day is over", -EPOCH_S, TIME_SET, -30 * EPOCH_S, { .age = 2 } },
		{ "guessed: what seems over may be somebody's who is put right later",
		  0,
		  TIME_GUESSED,
		  -40 * EPOCH_S,
		  { .age = 2 } },
		{ "guessed and right", 0, TIME_GUESSED, -10, { 0 } },
		{ "a little behind", -100, TIME_GUESSED, 0, { 0 } },
	};
	struct sample_key x = sample_key(1);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint32_t now_s = (uint32_t)(HOST_NOW_S + rows[i].clock_s), at = (uint32_t)(now_s + rows[i].written_s);
		struct entry card = host_entry(&x, ENTRY_CARD, 0, at);
		struct sample samples[3] = { sample_signed(&card, &x), host_note(&x, 1, at), host_note(&x, 2, at) };
		struct pair p;

		pair_init(&p, 200);
		sync_tick(p.a.sync, 0, (struct node_time){ .wall_s = now_s, .quality = rows[i].quality });
		for (size_t k = 0; k < 3; k++)
			publish(&p.a, &x, &samples[k]);
		contact_up(p.c, p.now);
		if (!pair_run(&p))
			fail_msg("%s: no end", rows[i].name);
		if (!sync_left_sum(&rows[i].left) && !contact_is_safe(p.c))
			fail_msg("%s: not safe", rows[i].name);
		if (sync_left_sum(&rows[i].left)) {
			assert_left(&p, 0, rows[i].left, (struct sync_left){ 0 });
			assert_left(&p, 1, (struct sync_left){ 0 }, rows[i].left);
		}
		assert_int_equal(status_of(&p.b).refused_time, 0);
		pair_fini(&p);
	}
}

/* What both hold is replaced on one side by words that the other does not take: it goes on being missed there and offered
 * here, and both say what it is. */
static void test_a_replaced_version_that_only_the_other_takes_is_counted(void **state)
{
	struct sample_key x = sample_key(1);
	struct sample note = host_note(&x, 1, HOST_NOW_S), ahead = host_note(&x, 1, HOST_NOW_S + 40 * EPOCH_S);
	struct sync_link_status links[2];
	uint64_t frames;
	struct pair p;

	(void)state;
	pair_init(&p, 200);
	publish_card(&p.a, &x);
	publish(&p.a, &x, &note);
	contact_up(p.c, p.now);
	assert_true(pair_run(&p));
	assert_true(contact_is_safe(p.c));
	sync_tick(p.a.sync, p.now, (struct node_time){ .wall_s = HOST_NOW_S + 40 * EPOCH_S, .quality = TIME_TOLD });
	publish(&p.a, &x, &ahead);
	for (int i = 0; i < 100; i++, p.now += 1000)
		steps(&p, 5);
	for (int side = 0; side < 2; side++) {
		assert_true(sync_link_status(p.c->ends[side]->sync, p.c->id, &links[side]));
		assert_int_equal(links[side].state, LINK_LEFT);
	}
	assert_int_equal(links[0].left_there.clock, 1);
	assert_int_equal(links[1].left_here.clock, 1);
	frames = p.c->frames;
	for (int i = 0; i < 300; i++, p.now += 1000)
		steps(&p, 5);
	assert_in_range(p.c->frames - frames, 0, 300); /* a try in half a minute */
	pair_fini(&p);
}

/* When the date is put right and what was left out is said again, all is safe. */
static void test_a_date_put_right_makes_safe(void **state)
{
	struct sample_key x = sample_key(1);
	struct entry card = host_entry(&x, ENTRY_CARD, 0, HOST_NOW_S + 40 * EPOCH_S);
	struct sample wrong = sample_signed(&card, &x), right;
	struct sync_link_status link;
	struct pair p;

	(void)state;
	pair_init(&p, 200);
	sync_tick(p.a.sync, 0, (struct node_time){ .wall_s = HOST_NOW_S + 40 * EPOCH_S, .quality = TIME_TOLD });
	publish(&p.a, &x, &wrong);
	contact_up(p.c, p.now);
	assert_true(pair_run(&p));
	assert_left(&p, 0, (struct sync_left){ .clock = 1 }, (struct sync_left){ 0 });
	assert_true(sync_link_status(p.b.sync, p.c->id, &link));
	assert_int_equal(link.time.quality, TIME_TOLD);
	assert_in_range(link.time.wall_s, HOST_NOW_S + 40 * EPOCH_S, HOST_NOW_S + 40 * EPOCH_S + 1000);
	assert_true(sync_link_status(p.a.sync, p.c->id, &link));
	assert_int_equal(link.time.quality, TIME_SET);
	assert_in_range(link.time.wall_s, HOST_NOW_S, HOST_NOW_S + 1000);

	card.hlc = (struct hlc){ .time = HOST_NOW_S, .era = 1 };
	right = sample_signed(&card, &x);
	publish(&p.a, &x, &right);
	sync_tick(p.a.sync, p.now, (struct node_time){ .wall_s = HOST_NOW_S, .quality = TIME_SET });
	node_drain_drops(&p.a);
	assert_converges(&p);
	assert_true(disk_has(&p.b, sample_view(&right)));
	pair_fini(&p);
}

/* Its author put the date back: everybody takes that version for the later one, also who holds the one from days to come. */
static void test_a_later_era_replaces_what_lies_ahead(void **state)
{
	struct sample_key x = sample_key(1);
	struct entry e = host_entry(&x, ENTRY_NOTE, 7, HOST_NOW_S + 400 * EPOCH_S);
	struct sample ahead = sample_signed(&e, &x), again;
	struct sync_config config = host_config(1, 100);
	struct node n;

	(void)state;
	node_init(&n, &config);
	sync_tick(n.sync, 0, (struct node_time){ .wall_s = HOST_NOW_S, .quality = TIME_GUESSED });
	publish(&n, &x, &ahead);
	e.hlc = (struct hlc){ .time = HOST_NOW_S, .era = 1 };
	again = sample_signed(&e, &x);
	publish(&n, &x, &again);
	assert_int_equal(node_publish(&n, &ahead, &x), SYNC_E_STALE);
	node_drain_drops(&n);
	assert_true(disk_has(&n, sample_view(&again)));
	assert_int_equal(node_holding(&n).count, 1);
	assert_int_equal(sync_newest_of(n.sync, &x.public).era, 1);
	node_fini(&n);
}

static void test_the_clock_is_later_than_what_was_heard(void **state)
{
	struct sync_config config = host_config(1, 100);
	struct node_time time = { .wall_s = HOST_NOW_S, .quality = TIME_GUESSED };
	struct sample_key x = sample_key(1);
	struct sample near = host_note(&x, 1, HOST_NOW_S + 50), far = host_note(&x, 2, HOST_NOW_S + 2 * EPOCH_S);
	uint16_t epoch;
	struct hlc hlc;
	struct node n;

	(void)state;
	node_init(&n, &config);
	sync_tick(n.sync, 0, time);
	hlc = sync_clock_next(n.sync, time);
	assert_true(hlc.time == HOST_NOW_S && hlc.tick == 0);
	hlc = sync_clock_next(n.sync, time);
	assert_true(hlc.time == HOST_NOW_S && hlc.tick == 1);
	publish(&n, &x, &near);
	hlc = sync_clock_next(n.sync, time);
	assert_true(hlc.time == HOST_NOW_S + 50 && hlc.tick == 1);
	publish(&n, &x, &far);
	hlc = sync_clock_next(n.sync, time);
	assert_true(hlc.time == HOST_NOW_S + 50 && hlc.tick == 2);
	assert_int_equal(sync_newest_of(n.sync, &x.public).time, HOST_NOW_S + 2 * EPOCH_S);
	assert_false(sync_card_epoch(n.sync, &x.public, &epoch));
	publish_card(&n, &x);
	assert_true(sync_card_epoch(n.sync, &x.public, &epoch));
	assert_int_equal(epoch, HOST_NOW_S / EPOCH_S);
	for (uint32_t i = 0; i < TICK_MAX; i++)
		hlc = sync_clock_next(n.sync, time);
	assert_true(hlc.time == HOST_NOW_S + 51 && hlc.tick == 1);
	node_fini(&n);

	/* What was restored before anyone knew the time does not drag the clock into the future either. */
	node_boot(&n, &config);
	assert_int_equal(sync_restore(n.sync, &(struct entry_id){ { 0 } }, 1, sample_view(&far), &x.public), SYNC_OK);
	hlc = sync_clock_next(n.sync, time);
	assert_int_equal(hlc.time, HOST_NOW_S);
	free(n.memory);
}

/* Else a node's first word after a start, by a clock that is behind, would lose to what it said before. */
static void test_what_was_restored_moves_the_clock(void **state)
{
	struct sync_config config = host_config(1, 100);
	struct node_time time = { .wall_s = HOST_NOW_S, .quality = TIME_GUESSED };
	struct sample_key x = sample_key(1);
	struct sample near = host_note(&x, 1, HOST_NOW_S + 50);
	struct hlc hlc;
	struct node n;

	(void)state;
	node_boot(&n, &config);
	assert_int_equal(sync_restore(n.sync, &(struct entry_id){ { 0 } }, 1, sample_view(&near), &x.public), SYNC_OK);
	sync_tick(n.sync, 0, time);
	hlc = sync_clock_next(n.sync, time);
	assert_true(hlc.time == HOST_NOW_S + 50 && hlc.tick == 1);
	free(n.memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_authors_with_one_hint_are_kept_apart),
		cmocka_unit_test(test_two_keys_with_one_hint_are_both_candidates),
		cmocka_unit_test(test_a_full_set_refuses_and_still_replaces),
		cmocka_unit_test(test_what_is_too_old_or_ahead_is_refused_by_a_set_clock_alone),
		cmocka_unit_test(test_a_new_day_retires_whole_days),
		cmocka_unit_test(test_a_date_put_back_retires_when_it_is_told),
		cmocka_unit_test(test_days_that_come_back_unsaid_are_agreed_on_again),
		cmocka_unit_test(test_what_breaks_the_others_rules_is_said),
		cmocka_unit_test(test_what_the_others_days_leave_out_is_counted),
		cmocka_unit_test(test_a_replaced_version_that_only_the_other_takes_is_counted),
		cmocka_unit_test(test_a_date_put_right_makes_safe),
		cmocka_unit_test(test_a_later_era_replaces_what_lies_ahead),
		cmocka_unit_test(test_the_clock_is_later_than_what_was_heard),
		cmocka_unit_test(test_what_was_restored_moves_the_clock),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
