/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Two needs that are one count once, by who may say so, until somebody who may denies it. */
#include "tests/unit/fold/fold_stories.h"

enum { TWIN = 12 };

/* The school wrote it down twice: 100 of it are needed, and not 200. It trusts the mill and the nurse. */
static void twins(struct story *s)
{
	setting(s);
	vouch(s, SCHOOL, NURSE);
	need(s, SCHOOL, TWIN, 100);
}

static struct entered *duplicate(struct story *s, enum who who, uint32_t number, uint32_t of, uint32_t other)
{
	struct entry e = blank(ENTRY_NOTE, number, NOON);

	e.note.kind = NOTE_DUPLICATE;
	e.note.of = SCHOOLS(of);
	e.note.other = SCHOOLS(other);
	return tell(s, who, &e);
}

/* How much of both is open. */
static void expect(const struct story *s, uint64_t open_milli)
{
	struct fold *f = told(s);
	struct fold_site site;

	assert_int_equal(sums_at(f, NEED).open_milli + sums_at(f, SCHOOLS(TWIN)).open_milli, open_milli);
	fold_site(f, fold_find(f, FOLD_SITES, SCHOOLS(1)), &site);
	assert_int_equal(site.open_needs, open_milli / 100);
}

static void test_its_author_says_so(void **state)
{
	struct story s = { .count = 0 };

	(void)state;
	twins(&s);
	expect(&s, 200);
	duplicate(&s, SCHOOL, 60, TWIN, 10);
	expect(&s, 100);
	assert_int_equal(line_at(told(&s), SCHOOLS(TWIN)).status, LINE_CLOSED);
}

static void test_one_voice_is_not_enough_and_two_are(void **state)
{
	struct story s = { .count = 0 };

	(void)state;
	twins(&s);
	duplicate(&s, MILL, 60, TWIN, 10);
	duplicate(&s, MILL, 61, TWIN, 10);
	duplicate(&s, STRANGER, 62, TWIN, 10);
	expect(&s, 200);
	duplicate(&s, NURSE, 64, TWIN, 10);
	expect(&s, 100);
}

static void test_who_said_it_denies_it(void **state)
{
	struct story s = { .count = 0 };
	struct entered *denial;

	(void)state;
	twins(&s);
	duplicate(&s, MILL, 60, TWIN, 10);
	duplicate(&s, NURSE, 64, TWIN, 10);
	note(&s, STRANGER, 70, NOTE_DENIAL, MILLS(60), 1); /* nobody's to deny */
	expect(&s, 100);
	note(&s, SCHOOL, 71, NOTE_DENIAL, MILLS(60), 1);
	expect(&s, 200);
	denial = note(&s, SCHOOL, 71, NOTE_DENIAL, MILLS(60), 2);
	denial->entry.note.flags = NOTE_WITHDRAWN;
	story_name(denial);
	expect(&s, 100);
}

static void test_a_note_that_is_taken_back_parts_them(void **state)
{
	struct story s = { .count = 0 };
	struct entered *again;

	(void)state;
	twins(&s);
	duplicate(&s, SCHOOL, 60, TWIN, 10);
	again = duplicate(&s, SCHOOL, 60, TWIN, 10);
	again->entry.hlc.time += HOUR;
	again->entry.note.flags = NOTE_WITHDRAWN;
	story_name(again);
	expect(&s, 200);
}

static void test_what_goes_to_one_covers_the_other(void **state)
{
	struct story s = { .count = 0 };
	struct fold *f;

	(void)state;
	twins(&s);
	move(&s, (struct moving){ MILL, 30, MOVE_SENT, SCHOOLS(TWIN), STOCK, NOTHING, 60, 1, 0 });
	move(&s, (struct moving){ SCHOOL, 31, MOVE_RECEIVED, NOTHING, NOTHING, MILLS(30), 60, 2, 0 });
	move(&s, (struct moving){ MILL, 32, MOVE_PLEDGED, SCHOOLS(TWIN), STOCK, NOTHING, 30, 2, 0 });
	duplicate(&s, SCHOOL, 60, TWIN, 10);
	s.now_s = NOON + 3 * HOUR;
	f = told(&s);
	NEED_IS(f, NEED, LINE_OPEN, 60, 30, 10);
	STOCK_IS(f, STOCK, 440, 30);
	assert_int_equal(sums_at(f, SCHOOLS(TWIN)).open_milli, 0);
}

/* Each calls the other the duplicate: one of them stays, the same on every node. */
static void test_a_circle_leaves_one(void **state)
{
	struct story s = { .count = 0 };

	(void)state;
	twins(&s);
	duplicate(&s, SCHOOL, 60, TWIN, 10);
	duplicate(&s, SCHOOL, 61, 10, TWIN);
	expect(&s, 100);
}

static void test_what_cannot_be_one_counts_as_two(void **state)
{
	struct story s = { .count = 0 };
	struct entered *other;

	(void)state;
	twins(&s);
	other = need(&s, SCHOOL, TWIN, 100);
	other->entry.hlc.time += HOUR;
	other->entry.line.item = 8;
	story_name(other);
	duplicate(&s, SCHOOL, 60, TWIN, 10);
	expect(&s, 200);
}

/* The one that stays was a mistake itself: then nobody's need is lost with it. */
static void test_a_mistake_stays_for_nothing(void **state)
{
	struct story s = { .count = 0 };
	struct entered *other;

	(void)state;
	twins(&s);
	duplicate(&s, SCHOOL, 60, 10, TWIN);
	other = need(&s, SCHOOL, TWIN, 100);
	other->entry.hlc.time += HOUR;
	other->entry.line.closed = CLOSED_MISTAKE;
	story_name(other);
	NEED_IS(told(&s), NEED, LINE_OPEN, 0, 0, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_its_author_says_so),
		cmocka_unit_test(test_one_voice_is_not_enough_and_two_are),
		cmocka_unit_test(test_who_said_it_denies_it),
		cmocka_unit_test(test_a_note_that_is_taken_back_parts_them),
		cmocka_unit_test(test_what_goes_to_one_covers_the_other),
		cmocka_unit_test(test_a_circle_leaves_one),
		cmocka_unit_test(test_what_cannot_be_one_counts_as_two),
		cmocka_unit_test(test_a_mistake_stays_for_nothing),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
