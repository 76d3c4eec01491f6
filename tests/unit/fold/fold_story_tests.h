/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is asked of every story: first as it was told, then in random orders, with duplicates, with versions that were
 * replaced, dropped and put again, and always the same figures and the same digest; and that what was said comes back,
 * whole or damaged. */
#ifndef AIDMESH_TESTS_FOLD_STORY_TESTS_H
#define AIDMESH_TESTS_FOLD_STORY_TESTS_H

#include "tests/unit/fold/fold_stories.h"

enum { ORDERS = 10000 };

struct fold_story {
	const char *name;
	void (*tell)(struct story *s);
	void (*check)(struct fold *f);
};

struct fold_stories {
	const struct fold_story *all;
	size_t count;
};

static void shuffle(struct entered *said, uint32_t count, struct dice *dice)
{
	for (uint32_t i = count; i-- > 1;) {
		uint32_t other = dice_below(dice, i + 1);
		struct entered kept = said[i];

		said[i] = said[other];
		said[other] = kept;
	}
}

/* Any order, twice or more, with looks and losses in between, and with a word of somebody who then leaves. */
static struct fold *in_some_order(const struct story *s, struct dice *dice)
{
	struct story mixed = *s;
	struct story passing = { .count = 0 };
	struct fold *f = fold_new();

	note(&passing, STRANGER, 999, NOTE_SEEN, NEED, 1);
	shuffle(mixed.said, mixed.count, dice);
	for (uint32_t i = 0; i < mixed.count; i++) {
		put(f, &mixed.said[i]);
		if (dice_below(dice, 4) == 0)
			put(f, &mixed.said[dice_below(dice, i + 1)]);
		if (dice_below(dice, 4) == 0)
			fold_drop(f, &mixed.said[dice_below(dice, i + 1)].id);
		if (dice_below(dice, 16) == 0)
			put(f, &passing.said[0]);
		if (dice_below(dice, 16) == 0)
			fold_run(f, NOON + dice_below(dice, 90000));
	}
	shuffle(mixed.said, mixed.count, dice);
	for (uint32_t i = 0; i < mixed.count; i++)
		put(f, &mixed.said[i]);
	fold_drop(f, &passing.said[0].id);
	return f;
}

static void test_stories_as_told(void **state)
{
	const struct fold_stories *stories = *state;
	for (size_t i = 0; i < stories->count; i++) {
		struct story s = { .count = 0 };
		struct fold *f;

		print_message("%s\n", stories->all[i].name);
		stories->all[i].tell(&s);
		(void)as_told(&s, &f);
		stories->all[i].check(f);
	}
}

static void test_stories_in_any_order(void **state)
{
	const struct fold_stories *stories = *state;
	print_message("%zu stories, seeds 1 to %d each\n", stories->count, ORDERS);
	for (size_t i = 0; i < stories->count; i++) {
		struct story s = { .count = 0 };
		struct fold_digest told, mixed;
		struct fold *f;

		stories->all[i].tell(&s);
		told = as_told(&s, &f);
		for (uint64_t seed = 1; seed <= ORDERS; seed++) {
			struct dice dice = { seed };

			f = in_some_order(&s, &dice);
			mixed = digest_of(f, s.now_s + dice_below(&dice, 3600 - s.now_s % 3600)); /* the same hour */
			if (memcmp(&mixed, &told, sizeof told) != 0)
				fail_msg("%s, seed %llu", stories->all[i].name, (unsigned long long)seed);
			stories->all[i].check(f);
		}
	}
}

/* What the fold keeps of bytes. */

/* A body as others may write it: the message first, then what every body says, in another order. */
static void turn_round(struct entered *said)
{
	uint8_t kept[ENTRY_SIZE_MAX];
	uint32_t tick = hlc_wire_tick(said->entry.hlc);
	size_t head = tick ? 20 : 19, message;

	for (; tick; tick >>= 7)
		head++;
	message = said->size - SIGNATURE_SIZE - head;
	memcpy(kept, said->bytes, sizeof kept);
	memcpy(said->bytes, kept + head, message);
	memcpy(said->bytes + message, kept, head);
}

/* A later version's field: number 30, a varint, behind all others. */
static void add_later_field(struct entered *said)
{
	static const uint8_t field[3] = { 30 * 8 % 128 | 128, 30 * 8 / 128, 1 };
	size_t size = said->size - SIGNATURE_SIZE;

	assert_true(size + sizeof field <= BODY_SIZE_MAX);
	memcpy(said->bytes + size, field, sizeof field);
	memset(said->bytes + size + sizeof field, 0, SIGNATURE_SIZE);
	said->size += sizeof field;
}

static void (*const SPELLINGS[])(struct entered *said) = { NULL, turn_round, add_later_field };

enum { SPELLING_COUNT = sizeof SPELLINGS / sizeof SPELLINGS[0] };

static void agrees(const struct facts *facts, const struct entry *e)
{
	switch (e->kind) {
	case ENTRY_SITE:
		assert_int_equal(facts->values[FACT_WHAT], e->site.state);
		assert_true(ref_equal(fold_facts_ref(facts, FACT_OF), e->site.amends.of));
		assert_int_equal(facts->bytes.size, strlen(e->site.name));
		assert_memory_equal(facts->bytes.data, e->site.name, facts->bytes.size);
		break;
	case ENTRY_LINE:
		assert_int_equal(facts->values[FACT_WHAT], e->line.kind);
		assert_true(ref_equal(fold_facts_ref(facts, FACT_FROM), e->line.site));
		assert_true(ref_equal(fold_facts_ref(facts, FACT_OF), e->line.amends.of));
		assert_int_equal(facts->values[FACT_ITEM], e->line.item);
		assert_int_equal(facts->values[FACT_QUANTITY], e->line.quantity_milli);
		assert_int_equal(facts->values[FACT_WITHIN], e->line.within_h);
		assert_int_equal(facts->values[FACT_CREATED], e->line.created);
		assert_int_equal(facts->values[FACT_COUNTED], e->line.counted);
		assert_int_equal(facts->values[FACT_ARRIVED], e->line.arrived_milli);
		assert_int_equal(facts->values[FACT_FLAGS], e->line.flags);
		assert_int_equal(facts->values[FACT_CLOSED], e->line.closed);
		assert_int_equal(facts->values[FACT_EVERY], e->line.every_h);
		break;
	case ENTRY_MOVE:
		assert_int_equal(facts->values[FACT_WHAT], e->move.stage);
		assert_true(ref_equal(fold_facts_ref(facts, FACT_OF), e->move.of));
		assert_true(ref_equal(fold_facts_ref(facts, FACT_FROM), e->move.from));
		assert_true(ref_equal(fold_facts_ref(facts, FACT_AFTER), e->move.after));
		assert_int_equal(facts->values[FACT_QUANTITY], e->move.quantity_milli);
		assert_int_equal(facts->values[FACT_AT], e->move.at);
		assert_int_equal(facts->values[FACT_DUE], e->move.due);
		break;
	case ENTRY_NOTE:
		assert_int_equal(facts->values[FACT_WHAT], e->note.kind);
		assert_true(ref_equal(fold_facts_ref(facts, FACT_OF), e->note.of));
		break;
	case ENTRY_TRUST:
		assert_int_equal(facts->values[FACT_WHAT], e->trust.kind);
		assert_true(ref_equal(fold_facts_ref(facts, FACT_FROM), e->trust.site));
		assert_int_equal(facts->values[FACT_SINCE], e->trust.since);
		assert_memory_equal(facts->bytes.data, &e->trust.key, sizeof e->trust.key);
		break;
	case ENTRY_UNKNOWN:
	case ENTRY_CARD:
		break;
	}
}

/* One entry alone in the fold comes back as it was said, under its id. */
static void comes_back(const struct entered *said)
{
	struct fold *f = fold_new();
	struct entry expected, found;
	uint8_t one[BODY_SIZE_MAX], other[BODY_SIZE_MAX];
	size_t one_size, other_size;
	struct entry_id id;
	struct facts facts;

	assert_int_equal(entry_decode(&expected, said_bytes(said)), ENTRY_OK);
	fold_facts_clamp(&expected);
	assert_int_equal(fold_put(f, said_bytes(said), &said->id, &said->author), FOLD_OK);
	fold_read(f, 0, &found);
	assert_int_equal(entry_body_encode(one, &one_size, &expected), ENTRY_OK);
	assert_int_equal(entry_body_encode(other, &other_size, &found), ENTRY_OK);
	assert_int_equal(one_size, other_size);
	assert_memory_equal(one, other, one_size);
	id = fold_id(f, 0);
	assert_true(entry_id_equal(&id, &said->id));
	if (expected.kind == ENTRY_CARD)
		return;
	assert_true(fold_facts_read(&facts, f, 0));
	agrees(&facts, &expected);
	fold_drop(f, &said->id);
	fold_run(f, NOON);
	for (enum fold_list list = FOLD_SITES; list < FOLD_LISTS; list++)
		assert_int_equal(fold_count(f, list), 0);
}

/* A few fields are read without decoding the rest: they are what entry_decode finds, however the body is spelled. */
static void test_what_was_said_comes_back(void **state)
{
	static const struct hlc clocks[] = { { .tick = 0 },
					     { .tick = 1 },
					     { .tick = TICK_MAX },
					     { .era = 1 },
					     { .renewed = 1 },
					     { .tick = TICK_MAX, .era = ERA_MAX },
					     { .tick = TICK_MAX, .era = ERA_MAX, .renewed = RENEWED_MAX } };

	const struct fold_stories *stories = *state;
	for (size_t i = 0; i < stories->count; i++) {
		struct story s = { .count = 0 };

		stories->all[i].tell(&s);
		for (uint32_t at = 0; at < s.count; at++)
			for (size_t way = 0; way < SPELLING_COUNT * (sizeof clocks / sizeof *clocks); way++) {
				struct entered said = s.said[at];

				said.entry.hlc.tick = clocks[way / SPELLING_COUNT].tick;
				said.entry.hlc.era = clocks[way / SPELLING_COUNT].era;
				if (entry_is_renewable(&said.entry))
					said.entry.hlc.renewed = clocks[way / SPELLING_COUNT].renewed;
				story_write(&said);
				if (SPELLINGS[way % SPELLING_COUNT] && said.size - SIGNATURE_SIZE <= BODY_SIZE_MAX - 3)
					SPELLINGS[way % SPELLING_COUNT](&said);
				said.id = entry_id_of(said_bytes(&said), &said.author);
				comes_back(&said);
			}
	}
}

static void look_at_all(struct fold *f)
{
	struct fold_digest digest;
	struct entry e;
	struct fold_record record;

	for (enum fold_list list = FOLD_SITES; list < FOLD_LISTS; list++)
		for (uint32_t i = 0; i < fold_count(f, list); i++) {
			fold_record(f, list, i, &record);
			fold_read(f, record.own, &e);
			fold_read(f, record.standing, &e);
		}
	fold_digest(f, &digest);
}

/* A card that lost bits: whatever the words say now, nothing but this record suffers. */
static void test_damaged_words_lead_nobody_astray(void **state)
{
	struct dice dice = { 1 };

	const struct fold_stories *stories = *state;
	for (uint32_t round = 0; round < 40 * stories->count; round++) {
		struct story s = { .count = 0 };
		struct fold *f = fold_new();

		stories->all[round % stories->count].tell(&s);
		for (uint32_t i = 0; i < s.count; i++) {
			struct entered *said = &s.said[i];
			uint32_t words = (uint32_t)(said->size - SIGNATURE_SIZE - 21);

			if (words && dice_below(&dice, 2))
				said->bytes[21 + dice_below(&dice, words)] ^= (uint8_t)(1 + dice_below(&dice, 255));
			put(f, said);
		}
		fold_run(f, s.now_s);
		look_at_all(f);
	}
}

static int run_stories(const struct fold_story *all, size_t count)
{
	struct fold_stories stories = { all, count };
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_stories_as_told, &stories),
		cmocka_unit_test_prestate(test_stories_in_any_order, &stories),
		cmocka_unit_test_prestate(test_what_was_said_comes_back, &stories),
		cmocka_unit_test_prestate(test_damaged_words_lead_nobody_astray, &stories),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
