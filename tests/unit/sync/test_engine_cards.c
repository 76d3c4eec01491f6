/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Nothing outlives the card that it needs, on any node: what nobody new could verify is not kept, not counted, and not said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/pair.h"

enum { CARD_DAYS = 119, NEWCOMER = 9 };

static struct node_time in_days(uint32_t days)
{
	return (struct node_time){ .wall_s = HOST_NOW_S + days * EPOCH_S, .quality = TIME_SET };
}

static struct sample site_of(const struct sample_key *key, uint32_t time, uint16_t renewed)
{
	struct entry e = host_entry(key, ENTRY_SITE, 1, time);

	e.hlc.renewed = renewed;
	return sample_signed(&e, key);
}

/* Both hold a place of ten days and a card that leaves in two. */
static void pair_with_an_old_card(struct pair *p, const struct sample_key *x)
{
	struct sample card = host_card(x, HOST_NOW_S - CARD_DAYS * EPOCH_S);
	struct sample site = site_of(x, HOST_NOW_S - 10 * EPOCH_S, 0);

	pair_init(p, 100);
	publish(&p->a, x, &card);
	publish(&p->a, x, &site);
	contact_up(p->c, p->now);
	assert_converges(p);
	assert_int_equal(node_holding(&p->b).count, 2);
}

static void pass_days(struct pair *p, uint32_t days)
{
	sync_tick(p->a.sync, p->now, in_days(days));
	sync_tick(p->b.sync, p->now, in_days(days));
	node_drain_drops(&p->a);
	node_drain_drops(&p->b);
}

/* Another node comes to `at` with nothing. */
static void assert_newcomer_is_safe(struct pair *p, struct node *at, uint32_t days, uint32_t holds)
{
	struct sync_config config = host_config(3, 100);
	struct node newcomer;
	struct contact *c;

	node_init(&newcomer, &config);
	sync_tick(newcomer.sync, p->now, in_days(days));
	c = contact_new(NEWCOMER, &newcomer, at);
	contact_up(c, p->now);
	assert_true(net_run(&c, 1, &p->now));
	assert_true(contact_is_safe(c));
	assert_true(c->frames < 20);
	assert_int_equal(node_holding(&newcomer).count, holds);
	assert_int_equal(status_of(&newcomer).pending, 0);
	p->now += 86400 * 1000ull;
	assert_false(contact_step(c, p->now));
	contact_down(c);
	node_fini(&newcomer);
	free(c);
}

static void test_what_an_author_said_leaves_with_the_card(void **state)
{
	struct sample_key x = sample_key(1);
	struct pair p;

	(void)state;
	pair_with_an_old_card(&p, &x);
	pass_days(&p, 1);
	assert_int_equal(node_holding(&p.a).count, 2);
	pass_days(&p, 2);
	assert_int_equal(node_holding(&p.a).count, 0);
	assert_int_equal(node_holding(&p.b).count, 0);
	assert_converges(&p);
	assert_newcomer_is_safe(&p, &p.a, 2, 0);
	pair_fini(&p);
}

/* One midnight comes a little earlier: who still holds the card does not go on offering what it is needed for. */
static void test_a_day_apart_nobody_offers_what_the_other_cannot_verify(void **state)
{
	struct sample_key x = sample_key(1);
	struct sync_config config = host_config(3, 100);
	struct node newcomer;
	struct contact *c;
	struct pair p;

	(void)state;
	pair_with_an_old_card(&p, &x);
	pass_days(&p, 1);
	node_init(&newcomer, &config);
	sync_tick(newcomer.sync, p.now, in_days(2));
	c = contact_new(NEWCOMER, &newcomer, &p.a);
	contact_up(c, p.now);
	for (int minutes = 0; minutes < 24 * 60; minutes++) {
		for (int i = 0; i < 3; i++)
			(void)contact_step(c, p.now);
		p.now += 60 * 1000;
	}
	assert_int_equal(c->entries, 0);
	assert_int_equal(status_of(&newcomer).pending, 0);
	contact_down(c);
	node_fini(&newcomer);
	free(c);
	pair_fini(&p);
}

/* The card that is signed again in time keeps all; one that comes too late brings all back that its author still holds. */
static void test_a_newer_card_keeps_or_brings_back(void **state)
{
	struct sample_key x = sample_key(1);
	struct sample card = host_card(&x, HOST_NOW_S + 2 * EPOCH_S - 60);
	struct sample site = site_of(&x, HOST_NOW_S - 10 * EPOCH_S, 10);
	struct pair p;

	(void)state;
	for (int in_time = 0; in_time < 2; in_time++) {
		pair_with_an_old_card(&p, &x);
		pass_days(&p, in_time ? 1 : 2);
		publish(&p.a, &x, &card);
		publish(&p.a, &x, &site);
		assert_true(pair_run(&p));
		pass_days(&p, 3);
		assert_converges(&p);
		assert_int_equal(node_holding(&p.b).count, 2);
		assert_newcomer_is_safe(&p, &p.b, 3, 2);
		pair_fini(&p);
	}
}

/* What is renewed is kept by the day on which it was, and what is renewed ahead of a set clock is not taken. */
static void test_a_renewal_keeps_longer_and_not_from_days_to_come(void **state)
{
	struct sync_config config = host_config(1, 100);
	struct sample_key x = sample_key(1);
	struct sample card = host_card(&x, HOST_NOW_S), old = site_of(&x, HOST_NOW_S - 200 * EPOCH_S, 0);
	struct sample kept = site_of(&x, HOST_NOW_S - 200 * EPOCH_S, 100);
	struct sample ahead = site_of(&x, HOST_NOW_S - 200 * EPOCH_S, 202);
	struct node n;

	(void)state;
	node_init(&n, &config);
	publish(&n, &x, &card);
	assert_int_equal(node_publish(&n, &old, &x), SYNC_E_TIME);
	assert_int_equal(node_publish(&n, &ahead, &x), SYNC_E_TIME);
	publish(&n, &x, &kept);
	sync_tick(n.sync, 1, in_days(20));
	assert_int_equal(node_holding(&n).count, 2);
	sync_tick(n.sync, 2, in_days(21));
	node_drain_drops(&n);
	assert_int_equal(node_holding(&n).count, 1);
	node_fini(&n);
}

/* What was said for other eyes than those of hours ago is no emergency. */
static void test_a_renewed_need_is_not_urgent_again(void **state)
{
	struct sample_key x = sample_key(1);
	struct entry e = host_entry(&x, ENTRY_LINE, 2, HOST_NOW_S - 15 * EPOCH_S);
	const struct carrier_traits air = { .kind = CARRIER_RADIO,
					    .frame_max = RADIO_FRAME_MAX,
					    .airtime = { .frame_us = 100000, .byte_us = 4000, .duty_permille = 100 } };
	struct sync_config config = host_config(1, 100);
	struct sync_queue queue;

	(void)state;
	e.line.within_h = 6;
	for (uint16_t renewed = 0; renewed <= 15; renewed += 15) {
		struct node n;
		struct sample need;

		e.hlc.renewed = renewed;
		need = sample_signed(&e, &x);
		node_init(&n, &config);
		publish_card(&n, &x);
		assert_int_equal(sync_carrier_up(n.sync, 5, &air, 0), SYNC_OK);
		publish(&n, &x, &need);
		assert_true(sync_radio_queue(n.sync, 5, &queue));
		assert_int_equal(queue.urgent, !renewed);
		assert_int_equal(queue.rest, 0); /* a beacon shows who lacks it */
		node_fini(&n);
	}
}

/* Nor does it go before a place that is new. */
static void test_a_renewed_need_waits_its_turn(void **state)
{
	struct sample_key x = sample_key(1);
	struct entry e = host_entry(&x, ENTRY_LINE, 2, HOST_NOW_S - 15 * EPOCH_S);
	struct sample site = site_of(&x, HOST_NOW_S, 0);

	(void)state;
	e.line.within_h = 6;
	for (uint16_t renewed = 0; renewed <= 15; renewed += 15) {
		struct entry_head first;
		struct sample need;
		struct pair p;

		e.hlc.renewed = renewed;
		need = sample_signed(&e, &x);
		pair_init(&p, 100);
		publish_card(&p.a, &x);
		publish(&p.a, &x, &site);
		publish(&p.a, &x, &need);
		contact_up(p.c, p.now);
		assert_converges(&p);
		assert_int_equal(entry_head_decode(&first, (struct view){ p.b.rows[1].bytes, p.b.rows[1].size }),
				 ENTRY_OK);
		assert_int_equal(first.kind, renewed ? ENTRY_SITE : ENTRY_LINE);
		pair_fini(&p);
	}
}

static bool count(void *user, uint64_t handle, const struct entry_id *id)
{
	(void)handle;
	(void)id;
	++*(uint32_t *)user;
	return true;
}

/* Into a file, too, goes only what whoever reads it can verify. */
static void test_a_bundle_has_the_card_of_all_that_is_in_it(void **state)
{
	struct sync_config config = host_config(1, 100);
	struct sample_key x = sample_key(1);
	struct sample note = host_note(&x, 1, HOST_NOW_S);
	uint32_t found = 0;
	struct node n;

	(void)state;
	node_init(&n, &config);
	publish(&n, &x, &note);
	sync_each(n.sync, count, &found);
	assert_int_equal(found, 0);
	publish_card(&n, &x);
	sync_each(n.sync, count, &found);
	assert_int_equal(found, 2);
	node_fini(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_an_author_said_leaves_with_the_card),
		cmocka_unit_test(test_a_day_apart_nobody_offers_what_the_other_cannot_verify),
		cmocka_unit_test(test_a_newer_card_keeps_or_brings_back),
		cmocka_unit_test(test_a_renewal_keeps_longer_and_not_from_days_to_come),
		cmocka_unit_test(test_a_renewed_need_is_not_urgent_again),
		cmocka_unit_test(test_a_renewed_need_waits_its_turn),
		cmocka_unit_test(test_a_bundle_has_the_card_of_all_that_is_in_it),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
