/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Many changes of one need: who takes turns is heard at every turn, and what lost is the same list in any order of arrival,
 * also where it is longer than can be shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/host.h"
#include "tests/unit/story.h"

enum { CHANGES = 100, REGISTERS_MAX = CHANGES + 40, TURNS = 200, ORDERS = 300, GOODS = 1 << LINE_FIELD_GOODS };

#define NEED ref_of(SCHOOL, 10)

static const struct fold_config CONFIG = { .registers_max = REGISTERS_MAX, .authors_max = WHO_COUNT };
static uint8_t memory[1 << 20] __attribute__((aligned(16)));

static void put(struct fold *f, const struct entered *said)
{
	assert_int_not_equal(fold_put(f, said_bytes(said), &said->id, &said->author), FOLD_E_FULL);
}

/* A school with two keepers, and its need for 100. */
static struct fold *school(struct story *s)
{
	struct fold *f;

	assert_true(fold_footprint(&CONFIG) <= sizeof memory);
	f = fold_init(memory, sizeof memory, &CONFIG);
	assert_non_null(f);
	s->count = 0;
	card(s, SCHOOL);
	site(s, SCHOOL, 1);
	keeper(s, SCHOOL, NURSE);
	keeper(s, SCHOOL, TRUCKER);
	need(s, SCHOOL, 10, 100);
	for (uint32_t i = 0; i < s->count; i++)
		put(f, &s->said[i]);
	return f;
}

static struct entry of_quantity(const struct story *s, uint64_t quantity)
{
	const struct entry *own = &s->said[s->count - 1].entry;
	struct entry says = *own;

	says.line.quantity_milli = quantity;
	return change_of(own, NEED, GOODS, &says);
}

static uint32_t overtaken_of(struct fold *f, struct fold_change overtaken[FOLD_OVERTAKEN_MAX])
{
	fold_run(f, NOON + HOUR);
	return fold_overtaken(f, line_at(f, NEED).record.own, overtaken);
}

/* Each replaces his own words, and has seen the other's. */
static void test_two_keepers_take_turns(void **state)
{
	static const enum who turn[] = { NURSE, TRUCKER };
	struct story s, turns = { .count = 0 };
	struct fold *f = school(&s);
	struct fold_change overtaken[FOLD_OVERTAKEN_MAX];
	struct entered last = { .size = 0 };

	(void)state;
	for (uint32_t i = 0; i < TURNS; i++) {
		turns.count = 0;
		last = *tell_change(&turns, turn[i % 2], 60, NOON + i + 1, of_quantity(&s, 200 + i), i ? &last : NULL);
		put(f, &last);
		assert_int_equal(overtaken_of(f, overtaken), 0);
		NEED_IS(f, NEED, LINE_OPEN, 0, 0, 200 + i);
		assert_true(public_key_equal(line_at(f, NEED).record.changed_by, &last.author));
	}
}

/* Two in each second, which the id tells apart; the last of all was said by one who knew of as many before it as `knew`. */
static void tell_many(const struct story *s, struct entered many[CHANGES], uint8_t knew)
{
	struct story one;

	for (uint32_t i = 0; i < CHANGES; i++) {
		struct entry e = of_quantity(s, 200 + i);

		for (uint8_t k = 0; i == CHANGES - 1 && k < knew; k++)
			e.line.amends.knew[e.line.amends.knew_count++] = entry_id_short(&many[CHANGES - 2 - k].id);
		one.count = 0;
		many[i] = *tell_change(&one, i % 3 ? NURSE : TRUCKER, 100 + i,
				       i == CHANGES - 1 ? NOON + CHANGES : NOON + 1 + i / 2, e, NULL);
	}
}

static int newest_first(const void *a, const void *b)
{
	const struct entered *x = a, *y = b;
	int order = hlc_compare(y->entry.hlc, x->entry.hlc);

	return order ? order : entry_id_compare(&y->id, &x->id);
}

static void the_newest_are_shown(struct fold *f, const struct entered *lost, uint32_t count)
{
	struct fold_change overtaken[FOLD_OVERTAKEN_MAX];
	uint32_t shown = count < FOLD_OVERTAKEN_MAX ? count : FOLD_OVERTAKEN_MAX;

	assert_int_equal(overtaken_of(f, overtaken), shown);
	for (uint32_t i = 0; i < shown; i++) {
		struct entry_id id = fold_id(f, overtaken[i].slot);

		assert_true(entry_id_equal(&id, &lost[i].id));
		assert_int_equal(overtaken[i].fields, GOODS);
	}
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 200 + CHANGES - 1);
}

static void in_any_order(uint8_t knew)
{
	struct story s;
	static struct entered many[CHANGES], sorted[CHANGES];
	struct dice dice = { 1 };

	for (uint32_t order = 0; order < ORDERS; order++) {
		struct fold *f = school(&s);

		tell_many(&s, many, knew);
		/* What was known of was answered: it is no longer in the list. */
		memcpy(sorted, many, (CHANGES - 1u - knew) * sizeof *many);
		qsort(sorted, CHANGES - 1u - knew, sizeof *sorted, newest_first);
		for (uint32_t i = CHANGES; i-- > 1;) {
			uint32_t other = dice_below(&dice, i + 1);
			struct entered kept = many[i];

			many[i] = many[other];
			many[other] = kept;
		}
		for (uint32_t i = 0; i < CHANGES; i++)
			put(f, &many[i]);
		the_newest_are_shown(f, sorted, CHANGES - 1u - knew);
	}
}

static void test_the_newest_of_many_in_any_order(void **state)
{
	(void)state;
	in_any_order(0);
}

static void test_what_was_known_makes_room(void **state)
{
	(void)state;
	in_any_order(KNEW_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_keepers_take_turns),
		cmocka_unit_test(test_the_newest_of_many_in_any_order),
		cmocka_unit_test(test_what_was_known_makes_room),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
