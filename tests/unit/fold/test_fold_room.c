/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What comes, is replaced and leaves: bounds are kept, and what was derived lasts until the next run. */
#include "tests/unit/fold/fold_stories.h"

static void test_replaced_stale_full(void **state)
{
	struct story s = { .count = 0 };
	struct entry newer = need_entry(SCHOOL, 10, 70, NOON + 5);
	struct entered unknown;
	struct entered *old, *new, *extra;
	struct fold *f = fold_new();

	(void)state;
	old = need(&s, SCHOOL, 10, 100);
	new = tell(&s, SCHOOL, &newer);
	assert_int_equal(fold_put(f, said_bytes(old), &old->id, &old->author), FOLD_OK);
	assert_int_equal(fold_put(f, said_bytes(old), &old->id, &old->author), FOLD_STALE);
	assert_int_equal(fold_put(f, said_bytes(new), &new->id, &new->author), FOLD_OK);
	assert_int_equal(fold_put(f, said_bytes(old), &old->id, &old->author), FOLD_STALE);
	unknown = *new;
	assert_int_equal(unknown.bytes[19], ENTRY_LINE << 3 | 2);
	unknown.bytes[19] = (ENTRY_TRUST + 1) << 3 | 2; /* a later version's kind */
	assert_int_equal(fold_put(f, said_bytes(&unknown), &(struct entry_id){ { 3 } }, &new->author), FOLD_STALE);
	unknown.size = ENTRY_SIZE_MIN - 1;
	assert_int_equal(fold_put(f, said_bytes(&unknown), &(struct entry_id){ { 3 } }, &new->author), FOLD_STALE);
	fold_drop(f, &old->id); /* no longer here */
	fold_run(f, NOON);
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 70);
	fold_drop(f, &new->id);
	fold_run(f, NOON);
	assert_int_equal(fold_count(f, FOLD_LINES), 0);
	for (uint32_t i = 0; i < REGISTERS_MAX; i++) {
		extra = need(&s, SCHOOL, 100 + i, 1);
		put(f, extra);
		s.count--;
	}
	extra = need(&s, SCHOOL, 99, 1);
	assert_int_equal(fold_put(f, said_bytes(extra), &extra->id, &extra->author), FOLD_E_FULL);
	fold_run(f, NOON);
	assert_int_equal(fold_count(f, FOLD_LINES), REGISTERS_MAX);
}

/* Between two runs people go on seeing what was there at the first. */
static void test_what_was_derived_lasts_until_the_next_run(void **state)
{
	struct entry newer = need_entry(SCHOOL, 10, 70, NOON + 5);
	struct story s = { .count = 0 };
	struct entered *change;
	struct fold_digest told, now;
	struct fold *f;

	(void)state;
	pledge_sent_received(&s);
	told = as_told(&s, &f);
	change = tell(&s, SCHOOL, &newer);
	put(f, change);
	fold_drop(f, &s.said[s.count - 2].id);
	put(f, note(&s, MILL, 77, NOTE_SEEN, NEED, 1));
	assert_false(fold_is_void(f));
	is_counted_once(f);
	fold_digest(f, &now);
	assert_memory_equal(&told, &now, sizeof told);
	assert_int_equal(fold_find(f, FOLD_NOTES, MILLS(77)), UINT32_MAX);
	fold_run(f, s.now_s);
	NEED_IS(f, NEED, LINE_COVERED, 0, 70, 0);
	assert_int_not_equal(fold_find(f, FOLD_NOTES, MILLS(77)), UINT32_MAX);
}

/* However often registers change while nobody looks, the fold keeps to its memory. */
static void test_much_that_is_replaced_makes_room(void **state)
{
	struct story s = { .count = 0 };
	struct fold *f;
	uint32_t voids = 0;

	(void)state;
	pledge_sent_received(&s);
	(void)as_told(&s, &f);
	for (uint32_t i = 1; i <= 20000; i++) {
		struct entry newer = need_entry(SCHOOL, 10, 100 + i % 50, NOON + i);
		struct entered *change = tell(&s, SCHOOL, &newer);

		assert_int_equal(fold_put(f, said_bytes(change), &change->id, &change->author), FOLD_OK);
		s.count--;
		assert_true(f->log_end <= f->log_size);
		if (!fold_is_void(f))
			continue;
		voids++;
		assert_int_equal(fold_count(f, FOLD_LINES), 0);
		assert_int_equal(fold_find(f, FOLD_LINES, NEED), UINT32_MAX);
		assert_int_equal(fold_find_journey(f, MILLS(31)), UINT32_MAX);
		fold_run(f, NOON + 4 * HOUR);
		assert_false(fold_is_void(f));
		NEED_IS(f, NEED, LINE_OPEN, 75, 0, 25 + i % 50);
	}
	assert_true(voids > 100);
}

static void test_authors_who_left_make_room(void **state)
{
	struct story s = { .count = 0 };
	struct fold *f = fold_new();

	(void)state;
	for (uint32_t i = 0; i < 3 * CONFIG.authors_max; i++) {
		struct entered *said = need(&s, SCHOOL, 10, 1);

		memset(said->author.bytes, (int)i + 1, sizeof said->author.bytes);
		said->entry.author = public_key_hint(&said->author);
		story_name(said);
		assert_int_equal(fold_put(f, said_bytes(said), &said->id, &said->author), FOLD_OK);
		if (i >= CONFIG.authors_max - 1)
			fold_drop(f, &s.said[i + 1 - CONFIG.authors_max].id);
	}
	fold_run(f, NOON);
	assert_int_equal(fold_count(f, FOLD_LINES), CONFIG.authors_max - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replaced_stale_full),
		cmocka_unit_test(test_what_was_derived_lasts_until_the_next_run),
		cmocka_unit_test(test_much_that_is_replaced_makes_room),
		cmocka_unit_test(test_authors_who_left_make_room),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
