/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Comparing with a peer that lies: answers of another shape are refused, counts that lie and junk come to an end, no rank
 * beyond the set is looked at, and silence does not hold the comparison for long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/talk.h"

struct lie {
	const char *what;
	uint32_t buckets, first;
	uint8_t to;
	size_t size; /* of the syndromes */
	enum sync_rc rc;
};

static enum sync_rc lie_sketch(struct talk *t, const struct lie *lie)
{
	static const uint8_t JUNK[LINK_FRAME_MAX] = { 1, 2, 3 };
	struct frame_sketch sketch = { t->series, lie->buckets, lie->to, lie->first, { JUNK, lie->size } };

	return compare_sketch(&t->decoder.compare, &sketch, &t->decoder.set, &t->decoder.lacks, NOW);
}

static void test_sketches_that_lie_are_refused(void **state)
{
	struct talk *t = talk_new(300, 45, 45, 1, LINK_FRAME_MAX);
	struct frame_ask ask = ask_of(t, ASK_SYNDROMES);
	size_t each = (size_t)(ask.to - ask.from) * sizeof(uint32_t);
	const struct lie LIES[] = {
		{ "another first", ask.buckets, 1, ask.to, each, SYNC_E_FRAME },
		{ "first beyond", ask.buckets, ask.buckets, ask.to, each, SYNC_E_FRAME },
		{ "other buckets", ask.buckets + 1, 0, ask.to, each, SYNC_E_FRAME },
		{ "as many buckets as can be", BUCKETS_MAX, 0, ask.to, each, SYNC_E_FRAME },
		{ "fewer syndromes", ask.buckets, 0, (uint8_t)(ask.to - 1), each, SYNC_E_FRAME },
		{ "all syndromes", ask.buckets, 0, SYNDROMES_MAX, each, SYNC_E_FRAME },
		{ "no whole bucket", ask.buckets, 0, ask.to, each - 4, SYNC_E_FRAME },
		{ "more than all", ask.buckets, 0, ask.to, (ask.buckets + 3) * each, SYNC_E_FRAME },
	};

	(void)state;
	assert_true(ask.buckets > 1);
	for (size_t i = 0; i < sizeof LIES / sizeof *LIES; i++)
		if (lie_sketch(t, &LIES[i]) != LIES[i].rc)
			fail_msg("%s", LIES[i].what);
	/* Junk of the right form is taken, and ends. */
	for (int frames = 0; compare_is_busy(&t->decoder.compare) && frames < 20; frames++) {
		struct compare *c = &t->decoder.compare;
		struct lie junk = { "junk", c->buckets, c->next, c->to, (size_t)(c->to - c->have) * sizeof(uint32_t),
				    SYNC_OK };
		struct writer w = writer_init(t->frame, t->frame_max);

		if (compare_has_to_say(c))
			(void)compare_fill(c, &w);
		else
			assert_int_equal(lie_sketch(t, &junk), SYNC_OK);
	}
	assert_false(compare_is_busy(&t->decoder.compare));
	assert_int_equal(missing(&t->decoder, &t->asked, FOUND_EXACTLY), 45 - t->decoder.lacks.count);
	assert_int_equal(lie_sketch(t, &LIES[0]), SYNC_OK); /* too late: nobody listens */
	talk_fini(t);
}

static void test_sizes_and_lists_that_lie_are_refused(void **state)
{
	static const struct lie SIZES[] = {
		{ "one syndrome", 4, 0, 1, 16, SYNC_E_FRAME },
		{ "not the first", 4, 1, 40, 160, SYNC_E_FRAME },
		{ "more buckets than there is room for: a list, then", BUCKETS_MAX, 0, 40, 160, SYNC_OK },
	};
	uint8_t elements[4 * 2000] = { 0 };
	struct talk *t;

	(void)state;
	for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
		t = talk_new(900, 90, 90, 1, LINK_FRAME_MAX);
		(void)ask_of(t, ASK_SIZE);
		if (lie_sketch(t, &SIZES[i]) != SIZES[i].rc)
			fail_msg("%s", SIZES[i].what);
		talk_fini(t);
	}
	t = talk_new(10, 500, 500, 1, LINK_FRAME_MAX);
	(void)ask_of(t, ASK_LIST);
	for (int i = 0; i < 3; i++) {
		struct frame_list lies[] = { { t->series, 1, { elements, 4 } },
					     { t->series, 0, { elements, 4 * (t->asked.elements.count + 1) } },
					     { t->series, UINT32_MAX, { elements, 4 } } };

		assert_int_equal(compare_list(&t->decoder.compare, &lies[i], &t->decoder.set, &t->decoder.lacks, NOW),
				 SYNC_E_FRAME);
	}
	/* Always the same element, not one of anybody's: all of ours goes, and so much is asked for as was promised. */
	struct frame_list same = { t->series, 0, { elements, 4 * t->asked.elements.count } };
	assert_int_equal(compare_list(&t->decoder.compare, &same, &t->decoder.set, &t->decoder.lacks, NOW), SYNC_OK);
	assert_int_equal(t->decoder.lacks.count, 510);
	while (compare_has_to_say(&t->decoder.compare)) {
		struct writer w = writer_init(t->frame, t->frame_max);

		t->wanted += compare_fill(&t->decoder.compare, &w);
	}
	assert_int_equal(t->wanted, t->asked.elements.count);
	assert_false(compare_is_busy(&t->decoder.compare));
	talk_fini(t);
}

/* A count that is more than there is memory for is not even begun; less or more than the truth ends by itself. */
static void test_counts_that_lie_end(void **state)
{
	static const uint32_t COUNTS[] = { 0, 1, 5, 399, 401, 5000, 30000, 1u << 20, UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++) {
		struct talk *t = talk_new(300, 100, 5, i, LINK_FRAME_MAX);
		struct compare *c = &t->decoder.compare;
		struct frame_probe probe;

		t->series = 1;
		t->salt = salt_of_link(KEY, KEY, 1);
		probe = probe_of(t);
		probe.count = COUNTS[i];
		compare_begin(c, LINK, &probe, &t->decoder.set, &t->salt, ALL, &t->decoder.lacks, NOW);
		assert_true(COUNTS[i] != UINT32_MAX || !compare_is_busy(c));
		for (int frames = 0; compare_has_to_say(c); frames++) {
			assert_true(frames < 100);
			hear(t);
		}
		assert_true(!compare_is_busy(c) || c->step == COMPARE_LISTING);
		talk_fini(t);
	}
}

/* WANTs of a peer that lies, one after the other at the same elements. */
static void test_wants_that_lie_are_refused(void **state)
{
	struct talk *t = talk_new(200, 0, 0, 1, LINK_FRAME_MAX);
	uint32_t first, end;

	(void)state;
	begin(t);
	element_index_bucket(&t->asked.elements, &first, &end, 4, 0);
	assert_in_range(end - first, 47, 63); /* so that a rank has five bits behind its ones */
	const struct {
		const char *what;
		uint32_t buckets, count;
		uint32_t gap, wanted, held, ones, last; /* gap 0: none is there; the first rank's code */
		enum sync_rc rc;
	} ROWS[] = {
		{ "one rank", 4, 1, 1, 1, (end - first) & 15, 0, 0, SYNC_OK },
		{ "nothing", 4, 1, 4, 0, 0, 0, 0, SYNC_OK },
		{ "no bucket is said to follow", 4, 0, 1, 1, 0, 0, 0, SYNC_OK },
		{ "a bucket beyond", 4, 1, 5, 0, 0, 0, 0, SYNC_E_FRAME },
		{ "far beyond", 4, 1, UINT32_MAX >> 1, 0, 0, 0, 0, SYNC_E_FRAME },
		{ "another number is held", 4, 1, 1, 1, (end - first + 1) & 15, 0, 0, SYNC_E_FRAME },
		{ "more than are held", 64, 1, 1, 63, 0, 0, 0, SYNC_E_FRAME },
		{ "a rank beyond", 4, 1, 1, 1, (end - first) & 15, 60, 0, SYNC_E_FRAME },
		{ "just beyond", 4, 1, 1, 1, (end - first) & 15, 1, 31, SYNC_E_FRAME },
		{ "the bits end in the gap", 4, 1, 0, 0, 0, 0, 0, SYNC_E_FRAME },
		{ "the bits end before the count", 4, 2, 1, 0, 0, 0, 0, SYNC_E_FRAME },
		{ "the bits end in the ranks", 4, 1, 1, 40, (end - first) & 15, 0, 0, SYNC_E_FRAME },
		{ "buckets without end", BUCKETS_MAX, UINT32_MAX, 1, 0, 0, 0, 0, SYNC_E_FRAME },
		{ "listed, beyond", 0, 200, 1, 0, 0, 0, 0, SYNC_E_FRAME },
		{ "listed, far beyond", 0, UINT32_MAX, 1, 0, 0, 0, 0, SYNC_E_FRAME },
		{ "listed, the last", 0, 199, 1, 0, 0, 0, 0, SYNC_OK },
	};
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		uint8_t bytes[16] = { 0 };
		struct bit_writer w = bit_writer_init(bytes, sizeof bytes);
		struct frame_want want = { .series = 1, .buckets = ROWS[i].buckets, .first = ROWS[i].count };

		if (ROWS[i].gap)
			bits_write_gamma(&w, ROWS[i].gap);
		bits_write(&w, ROWS[i].wanted, 6);
		if (ROWS[i].wanted)
			bits_write(&w, ROWS[i].held, 4);
		for (uint32_t ones = ROWS[i].ones; ones; ones--)
			bits_write(&w, 1, 1);
		if (ROWS[i].ones || ROWS[i].wanted == 1)
			bits_write(&w, ROWS[i].last << 1, 8); /* the ones' end, and more bits than the rank needs */
		want.bits = (struct view){ bytes, bits_size(&w) };
		if (compare_answer_want(&want, &t->progress, &t->asked.elements, &t->asked.set, &t->asked.lacks) !=
		    ROWS[i].rc)
			fail_msg("%s", ROWS[i].what);
	}
	/* What was named before the lie is sent: it is there, and the peer's own loss. */
	assert_in_range(t->asked.lacks.count, 2, 10);
	talk_fini(t);
}

static void test_a_silent_peer_does_not_hold_it(void **state)
{
	struct talk *t = talk_new(100, 40, 40, 1, LINK_FRAME_MAX);
	struct compare *c = &t->decoder.compare;

	(void)state;
	assert_true(compare_is_free(c, 9, NOW));
	(void)ask_of(t, ASK_SYNDROMES);
	assert_true(compare_is_free(c, LINK, NOW));
	assert_false(compare_is_free(c, 9, NOW + COMPARE_IDLE_MS));
	assert_true(compare_is_free(c, 9, NOW + COMPARE_IDLE_MS + 1));
	/* What is refused is no sign of life. */
	struct lie lie = { "another first", c->buckets, 1, c->to, 4, SYNC_E_FRAME };
	assert_int_equal(lie_sketch(t, &lie), SYNC_E_FRAME);
	assert_true(compare_is_free(c, 9, NOW + COMPARE_IDLE_MS + 1));
	compare_end(c);
	assert_true(compare_is_free(c, 9, NOW));
	assert_true(compare_has_passed(c, 12345));
	talk_fini(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sketches_that_lie_are_refused),
		cmocka_unit_test(test_sizes_and_lists_that_lie_are_refused),
		cmocka_unit_test(test_counts_that_lie_end),
		cmocka_unit_test(test_wants_that_lie_are_refused),
		cmocka_unit_test(test_a_silent_peer_does_not_hold_it),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
