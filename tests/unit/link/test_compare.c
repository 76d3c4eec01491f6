/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Comparing two sets: what each side is found to lack is exactly the difference that counting tells, for sets large and
 * small, also while they change; and of several peers none waits for one that falls silent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sync/engine_state.h"
#include "tests/unit/talk.h"

enum { SEEDS = 3, SERIES_MAX = 4, QUESTIONS_MAX = 4 };

static void test_what_is_found_is_the_difference(void **state)
{
	static const uint32_t COMMON[] = { 0, 1, 40, 1000, 6000 };
	static const uint32_t APART[][2] = {
		{ 0, 0 },  { 1, 0 },   { 0, 1 },    { 2, 1 },     { 2, 2 },    { 20, 20 },  { 60, 0 },
		{ 0, 60 }, { 50, 50 }, { 120, 90 }, { 500, 500 }, { 1500, 0 }, { 0, 1500 }, { 2000, 2000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof COMMON / sizeof *COMMON; i++)
		for (size_t j = 0; j < sizeof APART / sizeof *APART; j++)
			for (uint64_t seed = 0; seed < SEEDS; seed++) {
				uint32_t d = APART[j][0] + APART[j][1], left = d, series = 0;
				struct talk *t = talk_new(COMMON[i], APART[j][0], APART[j][1], seed,
							  seed ? LINK_FRAME_MAX : SYNC_LINK_FRAME_MIN);

				while (left && series < SERIES_MAX) {
					run_series(t);
					left = missing(&t->asked, &t->decoder, FOUND_EXACTLY) +
					       missing(&t->decoder, &t->asked,
						       t->rest ? FOUND_AND_MORE : FOUND_EXACTLY);
					if (t->questions > QUESTIONS_MAX || (!series && left > d / 10))
						break;
					series++;
				}
				if (left || t->questions > QUESTIONS_MAX || t->refused)
					fail_msg("common %u, apart %u and %u, seed %u: %u not found, %u questions",
						 COMMON[i], APART[j][0], APART[j][1], (unsigned)seed, left,
						 t->questions);
				assert_int_equal(t->asked.lacks.count, APART[j][0]);
				assert_true(t->decoder.lacks.count == APART[j][1] ||
					    (t->rest && t->decoder.lacks.count <= ASK_REST_MAX));
				talk_fini(t);
			}
}

/* Entries come and go while the question is on its way: nothing is named that is not there. */
static void test_a_set_that_changes_in_the_middle(void **state)
{
	static const uint32_t APART[] = { 30, 300 };

	(void)state;
	for (size_t i = 0; i < 2 * SEEDS; i++) {
		uint32_t d = APART[i % 2];
		struct talk *t = talk_new(500, d, d, i, SYNC_LINK_FRAME_MIN);

		begin(t);
		for (uint32_t at = 0; at < 500 + d; at += 3) {
			struct set_slot gone = numbered(i, at);
			uint64_t handle;

			set_remove(&t->asked.set, set_find_id(&t->asked.set, &gone.id));
			assert_true(set_next_drop(&t->asked.set, &handle, &gone.id));
			if (at % 2)
				fill(&t->asked, i + 100, at + 100000, at + 100001);
			gone = numbered(i, at < 500 ? at : at + d);
			set_remove(&t->decoder.set, set_find_id(&t->decoder.set, &gone.id));
			assert_true(set_next_drop(&t->decoder.set, &handle, &gone.id));
		}
		while (compare_is_busy(&t->decoder.compare))
			hear(t);
		for (uint32_t slot = 0; slot < t->asked.set.used; slot++)
			if (outbox_has(&t->asked.lacks, slot))
				assert_true(set_is_live(&t->asked.set, slot) &&
					    t->asked.set.slots[slot].number < 100000);
		for (uint32_t slot = 0; slot < t->decoder.set.used; slot++)
			if (outbox_has(&t->decoder.lacks, slot))
				assert_true(set_is_live(&t->decoder.set, slot));
		assert_true(t->asked.lacks.count >= d / 2 && t->decoder.lacks.count >= d / 2);
		talk_fini(t);
	}
}

/* Engines: two contacts of one node, both of sets that differ much. */

enum { OWN = 150, SHARED = 400 };

struct three {
	struct node n, a, b;
	struct contact *with_a, *with_b;
	mono_ms now;
};

static void three_init(struct three *t)
{
	struct sync_config config = host_config(1, 4000);
	struct node *nodes[] = { &t->n, &t->a, &t->b };

	*t = (struct three){ .now = 1 };
	for (uint8_t i = 0; i < 3; i++) {
		struct sample_key own = sample_key((uint8_t)(40 * i)), shared = sample_key(200);
		struct sample card = host_card(&own, HOST_NOW_S);

		config.seed = i;
		node_init(nodes[i], &config);
		assert_int_equal(node_publish(nodes[i], &card, &own), SYNC_OK);
		for (uint32_t at = 1; at <= SHARED; at++) {
			const struct sample note = at <= OWN ? host_note(&own, at, HOST_NOW_S - at)
							     : host_note(&shared, at, HOST_NOW_S - at);

			assert_int_equal(node_publish(nodes[i], &note, at <= OWN ? &own : &shared), SYNC_OK);
		}
	}
	t->with_a = contact_new(1, &t->a, &t->n);
	t->with_b = contact_new(2, &t->b, &t->n);
	contact_up(t->with_a, t->now);
	contact_up(t->with_b, t->now);
}

static void three_fini(struct three *t)
{
	node_fini(&t->n);
	node_fini(&t->a);
	node_fini(&t->b);
	free(t->with_a);
	free(t->with_b);
}

static uint64_t refused(const struct node *n)
{
	struct sync_status status;

	sync_status(n->sync, &status);
	return status.refused_frames;
}

static void test_two_links_at_once_both_end_safe(void **state)
{
	struct three t;
	struct contact *contacts[2];

	(void)state;
	three_init(&t);
	contacts[0] = t.with_a;
	contacts[1] = t.with_b;
	assert_true(net_run(contacts, 2, &t.now));
	assert_true(nodes_agree(&t.n, &t.a) && nodes_agree(&t.n, &t.b));
	assert_true(contact_is_safe(t.with_a) && contact_is_safe(t.with_b));
	assert_int_equal(refused(&t.n) + refused(&t.a) + refused(&t.b), 0);
	/* Six times somebody lacks what somebody has; what was under way when a series began may come twice. */
	assert_in_range(t.with_a->entries + t.with_b->entries, 6 * (OWN + 1), 6 * (OWN + 1) * 11 / 10);
	three_fini(&t);
}

static void test_whoever_falls_silent_in_a_comparison_does_not_stop_others(void **state)
{
	struct three t;
	mono_ms begun;

	(void)state;
	three_init(&t);
	while (t.n.sync->compare.link != 1) {
		assert_true(t.now < 10000);
		(void)contact_step(t.with_a, t.now);
		t.now += 5;
	}
	begun = t.now;
	while (!contact_is_safe(t.with_b) && t.now < begun + 60000) {
		(void)contact_step(t.with_b, t.now);
		t.now += 20;
	}
	assert_true(t.now - begun < 3 * COMPARE_IDLE_MS);
	assert_true(nodes_agree(&t.n, &t.b));
	three_fini(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_found_is_the_difference),
		cmocka_unit_test(test_a_set_that_changes_in_the_middle),
		cmocka_unit_test(test_two_links_at_once_both_end_safe),
		cmocka_unit_test(test_whoever_falls_silent_in_a_comparison_does_not_stop_others),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
