/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Two and three engines with hosts in memory: what they hold in the end, what crossed, what waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/link/link.h"
#include "tests/unit/pair.h"

enum { FRAME_MAX_LEAST = SYNC_LINK_FRAME_MIN };

/* Convergence. */

static void test_two_nodes_end_with_the_same_and_are_silent(void **state)
{
	static const struct {
		uint32_t a, b, both;
		uint32_t frame_max;
	} rows[] = {
		{ 0, 0, 0, 0 },
		{ 5, 0, 0, 0 },
		{ 0, 5, 0, 0 },
		{ 0, 0, 500, 0 },
		{ 1, 0, 500, 0 },
		{ 3, 4, 300, 0 },
		{ 40, 40, 40, 0 },
		{ 0, 3000, 0, 0 },
		{ 3000, 0, 0, 0 },
		{ 2000, 2000, 0, 0 },
		{ 60, 70, 100, FRAME_MAX_LEAST },
		{ 33, 0, 0, FRAME_MAX_LEAST },
		{ 1, 1, 25, FRAME_MAX_LEAST }, /* a list that would not fit one frame */
	};
	struct sample_key x = sample_key(1), y = sample_key(2), z = sample_key(3);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint32_t a = rows[i].a + !!rows[i].a, b = rows[i].b + !!rows[i].b;
		struct pair p;

		pair_init(&p, 5000);
		p.c->frame_max = rows[i].frame_max;
		if (a)
			publish_card(&p.a, &x);
		if (b)
			publish_card(&p.b, &y);
		publish_notes(&p.a, &x, 1, rows[i].a);
		publish_notes(&p.b, &y, 1, rows[i].b);
		publish_notes(&p.a, &z, 1, rows[i].both);
		publish_notes(&p.b, &z, 1, rows[i].both);
		contact_up(p.c, p.now);
		assert_converges(&p);
		assert_int_equal(status_of(&p.a).entries, a + b + rows[i].both);
		assert_int_equal(p.c->entries, a + b); /* each crossed once */
		assert_int_equal(status_of(&p.a).refused_frames + status_of(&p.b).refused_frames, 0);
		if (!a && !b)
			assert_int_equal(p.c->frames, 4); /* hello, summary: no more to say among equals */
		pair_fini(&p);
	}
}

/* Not only after the quiet that ends other traffic. */
static void test_who_asked_says_so_when_all_has_come(void **state)
{
	struct sample_key key = sample_key(1);
	struct pair p;
	mono_ms begun;

	(void)state;
	pair_init(&p, 1000);
	publish_card(&p.a, &key);
	publish_card(&p.b, &key);
	publish_notes(&p.a, &key, 1, 300);
	publish_notes(&p.b, &key, 1, 300);
	publish_notes(&p.a, &key, 1000, 4);
	publish_notes(&p.b, &key, 2000, 4);
	contact_up(p.c, p.now);
	begun = p.now;
	assert_converges(&p);
	assert_true(p.now - 1000000 - begun <= LINK_PROBE_MS);
	pair_fini(&p);
}

static void test_a_newer_version_replaces_and_the_stale_side_gets_it(void **state)
{
	struct sample_key x = sample_key(1);
	struct sample old = host_note(&x, 5, HOST_NOW_S - 100), new = host_note(&x, 5, HOST_NOW_S - 50);
	struct pair p;
	struct view frame;
	uint8_t bytes[2 + 1 + ENTRY_SIZE_MAX];
	struct writer w = writer_init(bytes, sizeof bytes);

	(void)state;
	pair_init(&p, 100);
	publish_card(&p.a, &x);
	publish(&p.a, &x, &old);
	contact_up(p.c, p.now);
	assert_converges(&p);
	publish(&p.a, &x, &new);
	assert_int_equal(node_publish(&p.a, &old, &x), SYNC_E_STALE);
	assert_converges(&p);
	assert_int_equal(status_of(&p.b).entries, 2);
	assert_true(disk_has(&p.b, sample_view(&new)));
	assert_false(disk_has(&p.b, sample_view(&old)));

	/* A peer that says the old one again is told the new one. */
	frame_begin(&w, FRAME_ENTRIES);
	frame_entry_write(&w, sample_view(&old));
	frame = (struct view){ bytes, w.size };
	p.c->entries = 0;
	assert_int_equal(sync_feed(p.b.sync, p.c->id, frame, p.now), SYNC_OK);
	assert_int_equal(status_of(&p.b).stale, 1);
	assert_true(contact_fill(p.c, 1, p.now));
	assert_int_equal(p.c->entries, 1);
	assert_converges(&p);
	pair_fini(&p);
}

static void test_entries_published_during_a_contact_cross_at_once(void **state)
{
	struct sample_key x = sample_key(1);
	struct pair p;

	(void)state;
	pair_init(&p, 100);
	contact_up(p.c, p.now);
	assert_converges(&p);
	publish_card(&p.b, &x);
	publish_notes(&p.b, &x, 1, 3);
	steps(&p, 5); /* without any time passing */
	assert_true(nodes_agree(&p.a, &p.b));
	assert_int_equal(p.c->entries, 4);
	assert_converges(&p);
	pair_fini(&p);
}

static void test_a_line_of_three_passes_on(void **state)
{
	struct sync_config config = host_config(3, 200);
	struct sample_key x = sample_key(1), y = sample_key(2);
	struct node n[3];
	struct contact *c[2];
	mono_ms now = 1;

	(void)state;
	for (int i = 0; i < 3; i++)
		node_init(&n[i], &config);
	c[0] = contact_new(1, &n[0], &n[1]);
	c[1] = contact_new(2, &n[2], &n[1]);
	contact_up(c[0], now);
	contact_up(c[1], now);
	publish_card(&n[0], &x);
	publish_notes(&n[0], &x, 1, 50);
	publish_card(&n[2], &y);
	assert_true(net_run(c, 2, &now));
	publish_notes(&n[2], &y, 1, 20);
	publish_notes(&n[0], &x, 100, 1);
	assert_true(net_run(c, 2, &now));
	assert_int_equal(status_of(&n[1]).entries, 73);
	assert_true(nodes_agree(&n[0], &n[1]) && nodes_agree(&n[1], &n[2]));
	assert_true(contact_is_safe(c[0]) && contact_is_safe(c[1]));
	assert_int_equal(c[0]->entries + c[1]->entries, 2 * 73);
	for (int i = 0; i < 3; i++)
		node_fini(&n[i]);
	free(c[0]);
	free(c[1]);
}

static void test_a_carried_node_brings_it_over(void **state)
{
	struct sync_config config = host_config(3, 200);
	struct sample_key x = sample_key(1), y = sample_key(2);
	struct node n[3];
	mono_ms now = 1;

	(void)state;
	for (int i = 0; i < 3; i++)
		node_init(&n[i], &config);
	publish_card(&n[0], &x);
	publish_notes(&n[0], &x, 1, 50);
	publish_card(&n[2], &y);
	publish_notes(&n[2], &y, 1, 30);
	for (int place = 0; place < 3; place++) { /* there, over, and back */
		struct contact *c = contact_new(1, &n[1], &n[place == 1 ? 2 : 0]);

		contact_up(c, now);
		assert_true(net_run(&c, 1, &now));
		assert_true(contact_is_safe(c));
		contact_down(c);
		free(c);
	}
	assert_true(nodes_agree(&n[0], &n[1]) && nodes_agree(&n[1], &n[2]));
	assert_int_equal(status_of(&n[0]).entries, 82);
	for (int i = 0; i < 3; i++)
		node_fini(&n[i]);
}

/* Waiting for cards, and for the disk. */

/* What it cannot take is offered again, but ever more rarely. */
static void test_a_full_node_is_not_sent_the_same_without_end(void **state)
{
	struct sample_key x = sample_key(1);
	struct sync_link_status link;
	struct pair p;

	(void)state;
	pair_init(&p, 500);
	node_fini(&p.b);
	p.b.config.entries_max = 100;
	{
		struct sync_config config = p.b.config;

		node_init(&p.b, &config);
	}
	publish_card(&p.a, &x);
	publish_notes(&p.a, &x, 1, 300);
	contact_up(p.c, p.now);
	for (mono_ms end = p.now + 300000; p.now < end; p.now += 50)
		while (contact_step(p.c, p.now))
			;
	assert_true(sync_link_status(p.a.sync, p.c->id, &link));
	assert_in_range(link.entries_out, 300, 301 + 40 * 201);
	pair_fini(&p);
}

static void test_an_entry_waits_for_its_card(void **state)
{
	struct sync_config config = host_config(1, 1000);
	struct sample_key x = sample_key(1), y = sample_key(2);
	struct sample card = host_card(&x, HOST_NOW_S), note, forged = host_note(&x, 900, HOST_NOW_S);
	struct node n;

	(void)state;
	config.changes_max = SYNC_FRAME_ENTRIES_MAX;
	config.pending_max = 400;
	node_init(&n, &config);
	for (uint32_t i = 1; i <= 300; i++) {
		note = host_note(&x, i, HOST_NOW_S);
		assert_int_equal(sync_publish(n.sync, sample_view(&note), NULL, 0), SYNC_WAITS);
		assert_int_equal(sync_publish(n.sync, sample_view(&note), NULL, 0), SYNC_WAITS); /* once */
	}
	note = host_note(&y, 1, HOST_NOW_S);
	assert_int_equal(sync_publish(n.sync, sample_view(&note), NULL, 0), SYNC_WAITS);
	forged.data[forged.size - 1] ^= 1;
	assert_int_equal(sync_publish(n.sync, sample_view(&forged), NULL, 0), SYNC_WAITS);
	assert_int_equal(status_of(&n).pending, 302);
	assert_int_equal(status_of(&n).entries, 0);
	assert_int_equal(sync_publish(n.sync, sample_view(&card), NULL, 0), SYNC_OK);
	node_settle(&n); /* more wait than there is room for changes */
	assert_int_equal(status_of(&n).entries, 301);
	assert_int_equal(status_of(&n).pending, 1); /* of the other author */
	assert_int_equal(status_of(&n).refused_signatures, 1);
	node_fini(&n);
}

/* The id does not cover the signature: whoever overhears an entry can send it with a bad one. */
static void test_a_forged_copy_under_way_does_not_keep_the_true_one_out(void **state)
{
	struct sync_config config = host_config(1, 100);
	struct sample_key x = sample_key(1);
	struct sample card = host_card(&x, HOST_NOW_S), note = host_note(&x, 1, HOST_NOW_S), forged = note;
	struct node n;

	(void)state;
	node_init(&n, &config);
	assert_int_equal(node_publish(&n, &card, &x), SYNC_OK);
	forged.data[forged.size - 1] ^= 1;
	assert_int_equal(sync_publish(n.sync, sample_view(&forged), NULL, 0), SYNC_OK);
	assert_int_equal(sync_publish(n.sync, sample_view(&forged), NULL, 0), SYNC_E_STALE); /* once */
	assert_int_equal(sync_publish(n.sync, sample_view(&note), NULL, 0), SYNC_OK);
	node_settle(&n);
	assert_true(disk_has(&n, sample_view(&note)));
	assert_int_equal(status_of(&n).entries, 2);
	node_fini(&n);
}

static void test_authors_beyond_the_bound_never_reach_the_disk(void **state)
{
	struct sync_config config = host_config(1, 100);
	uint32_t taken = 0;
	struct node n;

	(void)state;
	config.authors_max = 5;
	node_init(&n, &config);
	for (uint8_t i = 1; i <= 12; i++) {
		struct sample_key key = sample_key(i);
		struct sample card = host_card(&key, HOST_NOW_S);

		taken += sync_publish(n.sync, sample_view(&card), NULL, 0) == SYNC_OK;
	}
	node_settle(&n);
	assert_int_equal(taken, 5);
	assert_int_equal(n.commits, 5);
	assert_int_equal(status_of(&n).refused_full, 7);
	node_fini(&n);
}

static void test_what_waits_is_bounded_and_the_oldest_gives_way(void **state)
{
	struct sync_config config = host_config(1, 100);
	struct sample_key x = sample_key(1);
	struct sample card = host_card(&x, HOST_NOW_S), note;
	struct node n;

	(void)state;
	config.pending_max = 8;
	node_init(&n, &config);
	for (uint32_t i = 1; i <= 20; i++) {
		note = host_note(&x, i, HOST_NOW_S);
		assert_int_equal(sync_publish(n.sync, sample_view(&note), NULL, 0), SYNC_WAITS);
	}
	assert_int_equal(status_of(&n).pending, 8);
	publish(&n, &x, &card);
	assert_int_equal(status_of(&n).entries, 9);
	assert_int_equal(status_of(&n).pending, 0);
	note = host_note(&x, 20, HOST_NOW_S);
	assert_true(disk_has(&n, sample_view(&note)));
	note = host_note(&x, 12, HOST_NOW_S);
	assert_false(disk_has(&n, sample_view(&note)));
	node_fini(&n);
}

static void sync_to_a_slow_disk(uint32_t count)
{
	struct sample_key x = sample_key(1);
	struct pair p;
	struct view front;

	pair_init(&p, 2000);
	publish_card(&p.a, &x);
	publish_notes(&p.a, &x, 1, count);
	p.b.batch = 0;
	contact_up(p.c, p.now);
	steps(&p, 50);
	assert_int_equal(status_of(&p.b).entries, 0);
	front = (struct view){ p.c->to[1].frames[0].bytes, p.c->to[1].frames[0].size };
	assert_int_equal(front.data[1], FRAME_ENTRIES);
	assert_int_equal(sync_feed(p.b.sync, p.c->id, front, p.now), SYNC_E_BUSY);
	p.b.batch = 3;
	assert_converges(&p);
	assert_int_equal(status_of(&p.b).entries, count + 1);
	assert_int_equal(status_of(&p.b).duplicates, 0);
	pair_fini(&p);
}

static void test_a_slow_disk_makes_it_busy_and_loses_nothing(void **state)
{
	(void)state;
	sync_to_a_slow_disk(60);
	sync_to_a_slow_disk(1500);
}

static void test_what_is_not_on_disk_is_not_announced(void **state)
{
	struct sample_key x = sample_key(1);
	struct sample card = host_card(&x, HOST_NOW_S);
	struct pair p;
	struct sync_change change;

	(void)state;
	pair_init(&p, 100);
	assert_int_equal(sync_publish(p.a.sync, sample_view(&card), &x.public, 5), SYNC_OK);
	p.a.batch = 0;
	contact_up(p.c, p.now);
	assert_true(pair_run(&p));
	assert_true(contact_is_safe(p.c)); /* both hold nothing */
	assert_int_equal(p.c->entries, 0);
	assert_true(sync_next_change(p.a.sync, &change));
	assert_int_equal(change.tag, 5);
	assert_false(sync_next_change(p.a.sync, &change));
	steps(&p, 5);
	assert_int_equal(p.c->entries, 0);
	node_commit(&p.a, &change);
	assert_converges(&p);
	assert_int_equal(status_of(&p.b).entries, 1);
	pair_fini(&p);
}

/* Reported in any order, the newer version stands; the same one on its way twice is one change. */
static void test_two_versions_are_under_way_at_once(void **state)
{
	struct sync_config config = host_config(1, 100);
	struct sample_key x = sample_key(1);
	struct sample versions[] = { host_note(&x, 1, HOST_NOW_S - 9), host_note(&x, 1, HOST_NOW_S - 5) };

	(void)state;
	for (int first = 0; first < 2; first++) {
		struct sync_change changes[2], none;
		struct node n;

		node_init(&n, &config);
		for (int i = 0; i < 2; i++) {
			struct view bytes = sample_view(&versions[i]);

			assert_int_equal(sync_publish(n.sync, bytes, &x.public, 0), SYNC_OK);
			assert_int_equal(sync_publish(n.sync, bytes, &x.public, 0), SYNC_E_STALE);
			assert_true(sync_next_change(n.sync, &changes[i]));
			assert_int_equal(sync_publish(n.sync, bytes, &x.public, 0), SYNC_E_STALE);
			assert_false(sync_next_change(n.sync, &none));
		}
		node_commit(&n, &changes[first]);
		node_commit(&n, &changes[1 - first]);
		node_drain_drops(&n);
		assert_int_equal(node_holding(&n).count, 1);
		assert_true(disk_has(&n, sample_view(&versions[1])));
		node_fini(&n);
	}
}

static void test_a_store_that_fails_leaves_no_trace(void **state)
{
	struct sample_key x = sample_key(1);
	struct sync_link_status status;
	struct pair p;

	(void)state;
	pair_init(&p, 500);
	publish_card(&p.a, &x);
	publish_notes(&p.a, &x, 1, 60);
	p.b.store_fails = 10;
	contact_up(p.c, p.now);
	assert_converges(&p);
	assert_int_equal(p.b.commits, 61);

	p.b.store_fails = 1;
	publish_notes(&p.a, &x, 100, 1);
	while (p.b.store_fails)
		steps(&p, 1);
	assert_int_equal(status_of(&p.b).entries, 61);
	p.now = sync_deadline(p.a.sync);
	assert_true(p.now != MONO_NEVER);
	(void)contact_fill(p.c, 0, p.now); /* their summary tells b that something is missing */
	assert_true(contact_deliver(p.c, 1, p.now));
	assert_true(sync_link_status(p.b.sync, p.c->id, &status) && status.state != LINK_SAFE);
	assert_converges(&p);
	assert_int_equal(status_of(&p.b).entries, 62);
	pair_fini(&p);
}

/* Contacts that break. */

static void test_a_contact_broken_anywhere_resumes(void **state)
{
	struct sample_key x = sample_key(1), y = sample_key(2);
	bool broke = true;

	(void)state;
	for (uint64_t cut = 1; broke; cut++) {
		struct pair p;

		pair_init(&p, 1000);
		publish_card(&p.a, &x);
		publish_card(&p.b, &y);
		publish_notes(&p.a, &x, 1, 150);
		publish_notes(&p.b, &y, 1, 150);
		contact_up(p.c, p.now);
		while (p.c->frames < cut && contact_step(p.c, p.now))
			;
		broke = p.c->frames >= cut;
		contact_down(p.c);
		p.now += 1000;
		contact_up(p.c, p.now);
		assert_converges(&p);
		assert_int_equal(status_of(&p.a).entries, 302);
		assert_in_range(status_of(&p.a).duplicates + status_of(&p.b).duplicates, 0, SYNC_FRAME_ENTRIES_MAX);
		assert_int_equal(p.a.commits + p.b.commits, 2 * 302);
		pair_fini(&p);
	}
}

/* Start. */

static void test_restoring_in_either_order_leaves_the_newer(void **state)
{
	struct sync_config config = host_config(1, 2);
	struct sample_key x = sample_key(1);
	struct sample versions[] = { host_note(&x, 1, HOST_NOW_S - 9), host_note(&x, 1, HOST_NOW_S - 5) };
	struct sample others[] = { host_note(&x, 2, HOST_NOW_S), host_note(&x, 3, HOST_NOW_S) };

	(void)state;
	for (int first = 0; first < 2; first++) {
		struct node n;
		enum sync_rc rc;

		node_init(&n, &config);
		for (int i = 0; i < 2; i++) {
			struct view bytes = sample_view(&versions[i ^ first]);

			rc = sync_restore(n.sync, &(struct entry_id){ { 0 } }, disk_add(&n, bytes, &x.public), bytes,
					  &x.public);
			assert_int_equal(rc, i && first ? SYNC_E_STALE : SYNC_OK);
		}
		node_drain_drops(&n);
		assert_int_equal(node_holding(&n).count, 1);
		assert_true(disk_has(&n, sample_view(&versions[1])));
		/* The same row twice on the disk. */
		rc = sync_restore(n.sync, &(struct entry_id){ { 0 } },
				  disk_add(&n, sample_view(&versions[1]), &x.public), sample_view(&versions[1]),
				  &x.public);
		assert_int_equal(rc, SYNC_E_STALE);
		node_drain_drops(&n);
		assert_int_equal(node_holding(&n).count, 1);
		assert_int_equal(
			sync_restore(n.sync, &(struct entry_id){ { 0 } }, 7, sample_view(&others[0]), &x.public),
			SYNC_OK);
		assert_int_equal(
			sync_restore(n.sync, &(struct entry_id){ { 0 } }, 8, sample_view(&others[1]), &x.public),
			SYNC_E_FULL);
		node_fini(&n);
	}
}

static void transcript(uint8_t out[16], uint64_t seed)
{
	struct sample_key x = sample_key(1), y = sample_key(2);
	struct pair p;

	pair_init(&p, 500);
	node_fini(&p.a);
	node_init(&p.a, &(struct sync_config){ seed, 500, 64, 4, 256, 256 });
	publish_card(&p.a, &x);
	publish_card(&p.b, &y);
	publish_notes(&p.a, &x, 1, 100);
	publish_notes(&p.b, &y, 1, 120);
	contact_up(p.c, p.now);
	assert_converges(&p);
	crypto_generichash_final(&p.a.said, out, 16);
	pair_fini(&p);
}

static void test_same_seed_and_calls_same_bytes(void **state)
{
	uint8_t one[16], again[16], other[16];

	(void)state;
	transcript(one, 11);
	transcript(again, 11);
	transcript(other, 12);
	assert_memory_equal(one, again, 16);
	assert_memory_not_equal(one, other, 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_nodes_end_with_the_same_and_are_silent),
		cmocka_unit_test(test_who_asked_says_so_when_all_has_come),
		cmocka_unit_test(test_a_newer_version_replaces_and_the_stale_side_gets_it),
		cmocka_unit_test(test_entries_published_during_a_contact_cross_at_once),
		cmocka_unit_test(test_a_line_of_three_passes_on),
		cmocka_unit_test(test_a_carried_node_brings_it_over),
		cmocka_unit_test(test_a_full_node_is_not_sent_the_same_without_end),
		cmocka_unit_test(test_an_entry_waits_for_its_card),
		cmocka_unit_test(test_a_forged_copy_under_way_does_not_keep_the_true_one_out),
		cmocka_unit_test(test_authors_beyond_the_bound_never_reach_the_disk),
		cmocka_unit_test(test_what_waits_is_bounded_and_the_oldest_gives_way),
		cmocka_unit_test(test_a_slow_disk_makes_it_busy_and_loses_nothing),
		cmocka_unit_test(test_what_is_not_on_disk_is_not_announced),
		cmocka_unit_test(test_two_versions_are_under_way_at_once),
		cmocka_unit_test(test_a_store_that_fails_leaves_no_trace),
		cmocka_unit_test(test_a_contact_broken_anywhere_resumes),
		cmocka_unit_test(test_restoring_in_either_order_leaves_the_newer),
		cmocka_unit_test(test_same_seed_and_calls_same_bytes),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
