/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What engines do with bytes that are broken, forged, or not to be said yet: refuse, count, and lose nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/pair.h"

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
	struct frame_hello hello = { .salt_half = { 1, 2, 3, 4 }, .time_s = 9 };

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_frames_are_counted_and_change_nothing),
		cmocka_unit_test(test_nothing_is_taken_before_their_hello),
		cmocka_unit_test(test_a_flipped_bit_harms_nothing),
		cmocka_unit_test(test_salts_in_the_wrong_order_never_agree),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
