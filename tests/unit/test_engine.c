/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Two and three engines with hosts in memory: what they hold in the end, what crossed, what was refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/authors.h"
#include "sync/engine.h"
#include "sync/link.h"
#include "tests/unit/host.h"

enum { FRAME_MAX_LEAST = SYNC_LINK_FRAME_MIN };

struct pair {
	struct node a, b;
	struct contact *c;
	mono_ms now;
};

static void pair_init(struct pair *p, uint32_t entries_max)
{
	struct sync_config config = host_config(1, entries_max);

	*p = (struct pair){ .now = 1 };
	node_init(&p->a, &config);
	config.seed = 2;
	node_init(&p->b, &config);
	p->c = contact_new(7, &p->a, &p->b);
}

static void pair_fini(struct pair *p)
{
	node_fini(&p->a);
	node_fini(&p->b);
	free(p->c);
}

static bool pair_run(struct pair *p)
{
	return net_run(&p->c, 1, &p->now);
}

static void steps(struct pair *p, int count)
{
	for (int i = 0; i < count; i++)
		(void)contact_step(p->c, p->now);
}

static void publish(struct node *n, const struct sample_key *key, const struct sample *sample)
{
	assert_int_equal(node_publish(n, sample, key), SYNC_OK);
}

static void publish_notes(struct node *n, const struct sample_key *key, uint32_t first, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct sample note = host_note(key, first + i, HOST_NOW_S - i * 500);

		publish(n, key, &note);
	}
}

static void publish_card(struct node *n, const struct sample_key *key)
{
	struct sample card = host_card(key, HOST_NOW_S - 3600);

	publish(n, key, &card);
}

static struct sync_status status_of(const struct node *n)
{
	struct sync_status status;

	sync_status(n->sync, &status);
	return status;
}

static void assert_converges(struct pair *p)
{
	assert_true(pair_run(p));
	assert_true(nodes_agree(&p->a, &p->b));
	assert_true(contact_is_safe(p->c));
	assert_true(sync_deadline(p->a.sync) == MONO_NEVER && sync_deadline(p->b.sync) == MONO_NEVER);
	p->now += 1000000;
	assert_false(contact_step(p->c, p->now));
}

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

/* Hostile and broken input. */

static size_t wrap_entry(uint8_t *out, struct view entry)
{
	struct writer w = writer_init(out, LINK_FRAME_MAX);

	frame_begin(&w, FRAME_ENTRIES);
	write_u8(&w, (uint8_t)entry.size);
	write_bytes(&w, entry.data, entry.size);
	assert_true(w.ok);
	return w.size;
}

static size_t make_empty(uint8_t *out)
{
	(void)out;
	return 0;
}

static size_t make_junk(uint8_t *out)
{
	memset(out, 0x5A, 300);
	return 300;
}

static size_t make_second_hello(uint8_t *out)
{
	struct writer w = writer_init(out, LINK_FRAME_MAX);
	struct frame_hello hello = { .salt_half = { 1, 2, 3, 4 }, .days = { 0, 9 } };

	frame_begin(&w, FRAME_HELLO);
	frame_hello_write(&w, &hello);
	return w.size;
}

static size_t make_summary(uint8_t *out)
{
	struct writer w = writer_init(out, LINK_FRAME_MAX);
	struct frame_summary summary = { .count = 12 };

	frame_begin(&w, FRAME_SUMMARY);
	frame_summary_write(&w, &summary);
	return w.size;
}

static size_t make_short_summary(uint8_t *out)
{
	return make_summary(out) - 1;
}

/* A question that only the side that dials may be asked. */
static size_t make_ask(uint8_t *out)
{
	struct writer w = writer_init(out, LINK_FRAME_MAX);

	frame_begin(&w, FRAME_ASK);
	frame_ask_write(&w, &(struct frame_ask){ .series = 1, .what = ASK_LIST });
	return w.size;
}

static size_t make_want(uint8_t *out)
{
	struct writer w = writer_init(out, LINK_FRAME_MAX);

	frame_begin(&w, FRAME_WANT);
	frame_want_write(&w, &(struct frame_want){ .series = 1 });
	write_u8(&w, 0xFF);
	return w.size;
}

static size_t make_cut_probe(uint8_t *out)
{
	struct writer w = writer_init(out, LINK_FRAME_MAX);

	frame_begin(&w, FRAME_PROBE);
	frame_probe_write(&w, &(struct frame_probe){ .series = 1, .count = 3 });
	return w.size - 1;
}

/* What belongs on a radio. */
static size_t make_beacon(uint8_t *out)
{
	struct writer w = writer_init(out, LINK_FRAME_MAX);

	frame_begin(&w, FRAME_BEACON);
	frame_beacon_write(&w, &(struct frame_beacon){ .salt = 1, .days = { 0, 9 }, .part = 1 });
	write_u32(&w, 1);
	return w.size;
}

static size_t make_true_entry(uint8_t *out)
{
	struct sample_key x = sample_key(1);
	struct sample note = host_note(&x, 77, HOST_NOW_S);

	return wrap_entry(out, sample_view(&note));
}

static size_t make_cut_entry(uint8_t *out)
{
	return make_true_entry(out) - 1;
}

static size_t make_tiny_entry(uint8_t *out)
{
	return wrap_entry(out, (struct view){ (const uint8_t *)"tiny!", 5 });
}

/* As many as fit, each too small to be anything: no reason to wait for room that will never be. */
static size_t make_many_tiny(uint8_t *out)
{
	struct writer w = writer_init(out, LINK_FRAME_MAX);

	frame_begin(&w, FRAME_ENTRIES);
	while (writer_room(&w) > ENTRY_SIZE_MIN) {
		uint8_t bytes[ENTRY_SIZE_MIN] = { 0 };

		frame_entry_write(&w, (struct view){ bytes, sizeof bytes });
	}
	return w.size;
}

static size_t make_forged(uint8_t *out)
{
	size_t size = make_true_entry(out);

	out[size - 1] ^= 1;
	return size;
}

static size_t make_forged_author(uint8_t *out)
{
	struct sample_key x = sample_key(1), y = sample_key(9);
	struct sample note = host_note(&y, 77, HOST_NOW_S);
	uint64_t hint = public_key_hint(&x.public);

	for (size_t i = 0; i < 8; i++)
		note.data[1 + i] = (uint8_t)(hint >> 8 * i);
	return wrap_entry(out, sample_view(&note));
}

static size_t make_malformed(uint8_t *out)
{
	uint8_t bytes[100];

	memset(bytes, 0xFF, sizeof bytes);
	return wrap_entry(out, (struct view){ bytes, sizeof bytes });
}

static size_t make_too_long(uint8_t *out)
{
	memset(out, 0, LINK_FRAME_MAX + 1);
	out[0] = FRAME_MAGIC;
	out[1] = FRAME_WANT;
	return LINK_FRAME_MAX + 1;
}

enum counted { IN_FRAMES, IN_ENTRIES, IN_SIGNATURES };

static uint64_t refused(const struct node *n, enum counted counter)
{
	struct sync_status status = status_of(n);

	switch (counter) {
	case IN_FRAMES:
		return status.refused_frames;
	case IN_ENTRIES:
		return status.refused_entries;
	case IN_SIGNATURES:
		return status.refused_signatures;
	}
	return 0;
}

static uint64_t refused_all(const struct node *n)
{
	return refused(n, IN_FRAMES) + refused(n, IN_ENTRIES) + refused(n, IN_SIGNATURES);
}

static void test_bad_frames_are_counted_and_change_nothing(void **state)
{
	static const struct {
		size_t (*make)(uint8_t *out);
		enum counted counter;
	} rows[] = {
		{ make_empty, IN_FRAMES },
		{ make_junk, IN_FRAMES },
		{ make_second_hello, IN_FRAMES },
		{ make_short_summary, IN_FRAMES },
		{ make_ask, IN_FRAMES },
		{ make_want, IN_FRAMES },
		{ make_cut_probe, IN_FRAMES },
		{ make_beacon, IN_FRAMES },
		{ make_cut_entry, IN_FRAMES },
		{ make_tiny_entry, IN_FRAMES },
		{ make_many_tiny, IN_FRAMES },
		{ make_too_long, IN_FRAMES },
		{ make_malformed, IN_ENTRIES },
		{ make_forged, IN_SIGNATURES },
		{ make_forged_author, IN_SIGNATURES },
	};
	static uint8_t frame[LINK_FRAME_MAX + 1];
	struct sample_key x = sample_key(1);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct pair p;
		struct holding before, after;

		pair_init(&p, 500);
		publish_card(&p.a, &x);
		publish_card(&p.b, &x);
		publish_notes(&p.a, &x, 1, 40);
		contact_up(p.c, p.now);
		(void)contact_step(p.c, p.now);
		(void)contact_deliver(p.c, 1, p.now); /* their hello */
		before = node_holding(&p.b);
		(void)!sync_feed(p.b.sync, p.c->id, (struct view){ frame, rows[i].make(frame) }, p.now);
		node_settle(&p.b);
		after = node_holding(&p.b);
		assert_memory_equal(&before, &after, sizeof before);
		if (refused(&p.b, rows[i].counter) != 1 || refused_all(&p.b) != 1)
			fail_msg("row %zu was not counted once", i);
		assert_converges(&p);
		pair_fini(&p);
	}
}

static void test_nothing_is_taken_before_their_hello(void **state)
{
	size_t (*const makes[])(uint8_t *) = { make_summary, make_want, make_true_entry };
	static uint8_t frame[LINK_FRAME_MAX + 1];
	struct sample_key x = sample_key(1);
	struct pair p;

	(void)state;
	pair_init(&p, 100);
	publish_card(&p.a, &x);
	publish_card(&p.b, &x);
	contact_up(p.c, p.now);
	for (size_t i = 0; i < sizeof makes / sizeof makes[0]; i++) {
		struct view bytes = { frame, makes[i](frame) };

		assert_int_equal(sync_feed(p.b.sync, p.c->id, bytes, p.now), SYNC_E_FRAME);
		node_settle(&p.b);
		assert_int_equal(refused(&p.b, IN_FRAMES), i + 1);
	}
	assert_int_equal(status_of(&p.b).entries, 1);
	assert_converges(&p);
	pair_fini(&p);
}

/* The contact's frames with one bit changed somewhere; whatever it did, the next contact puts it right. */
static void flip_one_bit(struct pair *p, struct dice *dice)
{
	uint32_t at = dice_below(dice, 12);

	for (uint32_t step = 0; step < 60; step++) {
		struct queue *q = &p->c->to[step % 2];

		if (step >= at && q->count) {
			q->frames[0].bytes[dice_below(dice, (uint32_t)q->frames[0].size)] ^=
				(uint8_t)(1u << dice_below(dice, 8));
			at = UINT32_MAX;
		}
		(void)contact_step(p->c, p->now);
		p->now += 100;
	}
}

static void test_a_flipped_bit_harms_nothing(void **state)
{
	struct sample_key x = sample_key(1), y = sample_key(2);

	(void)state;
	for (uint64_t seed = 1; seed <= 150; seed++) {
		struct dice dice = { seed };
		struct pair p;

		pair_init(&p, 200);
		publish_card(&p.a, &x);
		publish_card(&p.b, &y);
		publish_notes(&p.a, &x, 1, 8);
		publish_notes(&p.b, &y, 1, 8);
		contact_up(p.c, p.now);
		flip_one_bit(&p, &dice);
		contact_down(p.c);
		contact_up(p.c, p.now);
		if (!pair_run(&p) || !nodes_agree(&p.a, &p.b) || status_of(&p.a).entries != 18)
			fail_msg("seed %llu", (unsigned long long)seed);
		pair_fini(&p);
	}
}

static void test_salts_in_the_wrong_order_never_agree(void **state)
{
	struct carrier_traits traits = { .dialled = true, .frame_max = LINK_FRAME_MAX };
	struct sample_key x = sample_key(1);
	struct sync_link_status status;
	struct pair p;

	(void)state;
	pair_init(&p, 100);
	publish_card(&p.a, &x);
	publish_card(&p.b, &x);
	assert_int_equal(sync_carrier_up(p.a.sync, p.c->id, &traits, p.now), SYNC_OK);
	assert_int_equal(sync_carrier_up(p.b.sync, p.c->id, &traits, p.now), SYNC_OK);
	p.c->up = true;
	for (int i = 0; i < 100; i++, p.now += 500)
		steps(&p, 5);
	assert_true(sync_link_status(p.a.sync, p.c->id, &status) && status.state != LINK_SAFE);
	contact_down(p.c);
	contact_up(p.c, p.now);
	assert_converges(&p);
	pair_fini(&p);
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

/* Bounds. */

/* The second run takes them backwards, every later one in any order. */
static void shuffle_for(uint32_t *order, uint32_t count, int run, struct dice *dice)
{
	for (uint32_t i = 0; i < count; i++)
		order[i] = run == 1 ? count - 1 - i : i;
	for (uint32_t i = count; run > 1 && i-- > 1;) {
		uint32_t other = dice_below(dice, i + 1), kept = order[i];

		order[i] = order[other];
		order[other] = kept;
	}
}

static void test_the_lowest_registers_stand_in_any_order(void **state)
{
	enum { COUNT = REGISTERS_PER_AUTHOR_MAX + 20 };
	static struct sample notes[COUNT];
	static uint32_t order[COUNT];
	struct sync_config config = host_config(1, COUNT);
	struct sample_key x = sample_key(1);
	struct holding first = { 0 };
	struct dice dice = { 5 };

	(void)state;
	for (uint32_t i = 0; i < COUNT; i++) {
		notes[i] = host_note(&x, i + 1, HOST_NOW_S - i);
		order[i] = i;
	}
	for (int run = 0; run < 3; run++) {
		struct node n;
		struct holding holding;

		node_init(&n, &config);
		publish_card(&n, &x);
		for (uint32_t i = 0; i < COUNT; i++)
			(void)!node_publish(&n, &notes[order[i]], &x);
		holding = node_holding(&n);
		assert_int_equal(holding.count, 1 + REGISTERS_PER_AUTHOR_MAX);
		assert_true(disk_has(&n, sample_view(&notes[REGISTERS_PER_AUTHOR_MAX - 1])));
		assert_false(disk_has(&n, sample_view(&notes[REGISTERS_PER_AUTHOR_MAX])));
		if (run)
			assert_memory_equal(&holding, &first, sizeof first);
		first = holding;
		node_fini(&n);
		shuffle_for(order, COUNT, run + 1, &dice);
	}
}

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

static void test_a_full_set_refuses_and_still_replaces(void **state)
{
	struct sample_key x = sample_key(1);
	struct sync_link_status link;
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

	/* With a peer that has one more it never says safe, and keeps trying. */
	publish_card(&p.b, &x);
	note = host_note(&x, 20, HOST_NOW_S);
	publish(&p.b, &x, &note);
	contact_up(p.c, p.now);
	for (int i = 0; i < 100; i++, p.now += 1000)
		steps(&p, 5);
	assert_true(sync_link_status(p.a.sync, p.c->id, &link) && link.state != LINK_SAFE);
	assert_int_equal(node_holding(&p.a).count, 20);
	assert_int_equal(node_holding(&p.b).count, 20);
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
	struct sample_key x = sample_key(1);
	struct node set, guessed;
	uint64_t refused_time = 0, kept = 0;

	(void)state;
	node_init(&set, &config);
	node_init(&guessed, &config);
	sync_tick(guessed.sync, 0, (struct node_time){ .wall_s = HOST_NOW_S, .quality = TIME_GUESSED });
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint32_t time = (uint32_t)(HOST_NOW_S - rows[i].age_s);
		struct entry e = host_entry(&x, rows[i].kind, rows[i].kind == ENTRY_CARD ? 0 : (uint32_t)i + 1, time);
		struct sample sample = sample_signed(&e, &x);

		assert_int_equal(node_publish(&set, &sample, &x), rows[i].rc);
		refused_time += rows[i].rc == SYNC_E_TIME;
		assert_int_equal(status_of(&set).refused_time, refused_time);
		(void)!node_publish(&guessed, &sample, &x);
	}
	assert_int_equal(status_of(&guessed).refused_time, 0);
	kept = node_holding(&guessed).count;
	assert_int_equal(kept, 13); /* one card stands */
	assert_int_equal(status_of(&guessed).retired, 0);

	/* The clock is set: now what is too old leaves, and what lies too far ahead. */
	sync_tick(guessed.sync, 0, (struct node_time){ .wall_s = HOST_NOW_S, .quality = TIME_SET });
	node_drain_drops(&guessed);
	assert_int_equal(status_of(&guessed).retired, 7);
	assert_int_equal(node_holding(&guessed).count, 6);
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
	publish(&n, &x, &note);
	publish(&n, &x, &young);
	sync_tick(n.sync, 1, (struct node_time){ .wall_s = midnight - 1, .quality = TIME_SET });
	assert_int_equal(status_of(&n).entries, 2);
	sync_tick(n.sync, 2, (struct node_time){ .wall_s = midnight, .quality = TIME_GUESSED });
	assert_int_equal(status_of(&n).entries, 2);
	sync_tick(n.sync, 3, (struct node_time){ .wall_s = midnight, .quality = TIME_SET });
	node_drain_drops(&n);
	assert_int_equal(node_holding(&n).count, 1);
	assert_true(disk_has(&n, sample_view(&young)));
	node_fini(&n);
}

/* One keeps what the other has retired: they compare what both keep, and are at peace. */
static void test_only_what_both_keep_is_compared_and_sent(void **state)
{
	struct sample_key x = sample_key(1);
	struct sample old = host_note(&x, 500, HOST_NOW_S - 40 * EPOCH_S), later;
	uint64_t frames;
	struct pair p;

	(void)state;
	pair_init(&p, 200);
	sync_tick(p.a.sync, 0, (struct node_time){ .wall_s = 100, .quality = TIME_GUESSED });
	publish_card(&p.a, &x);
	publish_notes(&p.a, &x, 1, 50);
	publish(&p.a, &x, &old);
	contact_up(p.c, p.now);
	assert_true(pair_run(&p));
	assert_true(contact_is_safe(p.c));
	frames = p.c->frames;
	later = host_note(&x, 501, HOST_NOW_S - 40 * EPOCH_S);
	publish(&p.a, &x, &later);
	assert_true(pair_run(&p));
	assert_true(contact_is_safe(p.c));
	assert_int_equal(p.c->frames, frames); /* none of b's business */
	assert_int_equal(status_of(&p.a).entries, 53);
	assert_int_equal(status_of(&p.b).entries, 51);
	assert_int_equal(status_of(&p.b).refused_time, 0);
	pair_fini(&p);
}

static void test_the_clock_is_later_than_what_was_heard(void **state)
{
	struct sync_config config = host_config(1, 100);
	struct node_time time = { .wall_s = HOST_NOW_S, .quality = TIME_GUESSED };
	struct sample_key x = sample_key(1);
	struct sample near = host_note(&x, 1, HOST_NOW_S + 50), far = host_note(&x, 2, HOST_NOW_S + 2 * EPOCH_S);
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
	assert_int_equal(sync_newest_of(n.sync, &x.public), HOST_NOW_S + 2 * EPOCH_S);
	assert_int_equal(sync_card_time(n.sync, &x.public), 0);
	publish_card(&n, &x);
	assert_int_equal(sync_card_time(n.sync, &x.public), HOST_NOW_S - 3600);
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
		cmocka_unit_test(test_bad_frames_are_counted_and_change_nothing),
		cmocka_unit_test(test_nothing_is_taken_before_their_hello),
		cmocka_unit_test(test_a_flipped_bit_harms_nothing),
		cmocka_unit_test(test_salts_in_the_wrong_order_never_agree),
		cmocka_unit_test(test_an_entry_waits_for_its_card),
		cmocka_unit_test(test_a_forged_copy_under_way_does_not_keep_the_true_one_out),
		cmocka_unit_test(test_authors_beyond_the_bound_never_reach_the_disk),
		cmocka_unit_test(test_a_full_node_is_not_sent_the_same_without_end),
		cmocka_unit_test(test_what_waits_is_bounded_and_the_oldest_gives_way),
		cmocka_unit_test(test_a_slow_disk_makes_it_busy_and_loses_nothing),
		cmocka_unit_test(test_what_is_not_on_disk_is_not_announced),
		cmocka_unit_test(test_two_versions_are_under_way_at_once),
		cmocka_unit_test(test_a_store_that_fails_leaves_no_trace),
		cmocka_unit_test(test_a_contact_broken_anywhere_resumes),
		cmocka_unit_test(test_the_lowest_registers_stand_in_any_order),
		cmocka_unit_test(test_authors_with_one_hint_are_kept_apart),
		cmocka_unit_test(test_two_keys_with_one_hint_are_both_candidates),
		cmocka_unit_test(test_a_full_set_refuses_and_still_replaces),
		cmocka_unit_test(test_what_is_too_old_or_ahead_is_refused_by_a_set_clock_alone),
		cmocka_unit_test(test_a_new_day_retires_whole_days),
		cmocka_unit_test(test_only_what_both_keep_is_compared_and_sent),
		cmocka_unit_test(test_the_clock_is_later_than_what_was_heard),
		cmocka_unit_test(test_restoring_in_either_order_leaves_the_newer),
		cmocka_unit_test(test_same_seed_and_calls_same_bytes),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
