/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Stories for the fold, and how they are folded: a school, a mill and a church, who asks, who gives, who may speak.
 * fold_story_tests.h tells each story in every way. */
#ifndef AIDMESH_TESTS_FOLD_STORIES_H
#define AIDMESH_TESTS_FOLD_STORIES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/fold/fold_state.h"
#include "tests/unit/host.h"
#include "tests/unit/story.h"

enum { REGISTERS_MAX = STORY_MAX + 4 };

#define NEED ref_of(SCHOOL, 10)
#define OTHER_NEED ref_of(CHURCH, 11)
#define STOCK ref_of(MILL, 20)
#define MILLS(number) ref_of(MILL, number)
#define CHURCHS(number) ref_of(CHURCH, number)
#define SCHOOLS(number) ref_of(SCHOOL, number)
#define STRANGERS(number) ref_of(STRANGER, number)

#define NEED ref_of(SCHOOL, 10)
#define OTHER_NEED ref_of(CHURCH, 11)
#define STOCK ref_of(MILL, 20)
#define MILLS(number) ref_of(MILL, number)
#define CHURCHS(number) ref_of(CHURCH, number)
#define SCHOOLS(number) ref_of(SCHOOL, number)
#define STRANGERS(number) ref_of(STRANGER, number)

/* A school that asks for 100 and trusts the mill, which has 500. */
static inline void setting(struct story *s)
{
	for (enum who who = SCHOOL; who <= STRANGER; who++)
		card(s, who);
	site(s, SCHOOL, 1);
	site(s, MILL, 1);
	site(s, CHURCH, 1);
	vouch(s, SCHOOL, MILL);
	need(s, SCHOOL, 10, 100);
	stock(s, MILL, 20, 500, 0);
	s->now_s = NOON + HOUR;
}

static inline struct entered *pledge(struct story *s, enum who who, uint32_t number, uint64_t quantity)
{
	return move(s, (struct moving){ who, number, MOVE_PLEDGED, NEED, NOTHING, NOTHING, quantity, 1, 0 });
}

static inline void mills(struct story *s, uint32_t number, enum move_stage stage, uint32_t after, uint64_t quantity,
			 uint32_t hours)
{
	struct ref before = after ? MILLS(after) : NOTHING;

	move(s, (struct moving){ MILL, number, stage, NEED, after ? NOTHING : STOCK, before, quantity, hours, 0 });
}

static inline void schools(struct story *s, uint32_t number, enum move_stage stage, struct ref after, uint64_t quantity,
			   uint32_t hours)
{
	move(s, (struct moving){ SCHOOL, number, stage, NEED, NOTHING, after, quantity, hours, 0 });
}

/* Stories that are told in more than one place. */

static inline void pledge_sent_received(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_PLEDGED, 0, 80, 1);
	mills(s, 31, MOVE_SENT, 30, 80, 2);
	schools(s, 32, MOVE_RECEIVED, MILLS(31), 75, 3);
	s->now_s = NOON + 4 * HOUR;
}

static inline void is_counted_once(struct fold *f)
{
	struct fold_site site;

	NEED_IS(f, NEED, LINE_OPEN, 75, 0, 25);
	STOCK_IS(f, STOCK, 420, 0);
	MOVE_IS(f, MILLS(30), MOVE_RECEIVED, 75, false);
	assert_int_equal(fold_count(f, FOLD_MOVES), 1);
	fold_site(f, fold_find(f, FOLD_SITES, SCHOOLS(1)), &site);
	assert_int_equal(site.open_needs, 1);
	assert_int_equal(site.heard_s, NOON + 3 * HOUR);
}

static inline void two_pledges(struct story *s)
{
	setting(s);
	vouch(s, SCHOOL, CHURCH);
	mills(s, 30, MOVE_PLEDGED, 0, 80, 1);
	pledge(s, CHURCH, 31, 60);
}

static inline void two_counts(struct story *s)
{
	struct entry edited;

	setting(s);
	stock(s, MILL, 20, 300, 5 * HOUR);
	move(s, (struct moving){ MILL, 30, MOVE_GIVEN, NOTHING, STOCK, NOTHING, 40, 3, 0 }); /* before the count */
	move(s, (struct moving){ MILL, 31, MOVE_GIVEN, NOTHING, STOCK, NOTHING, 20, 5, 0 }); /* in its very second */
	move(s, (struct moving){ MILL, 32, MOVE_GIVEN, NOTHING, STOCK, NOTHING, 7, 6, 0 });
	move(s, (struct moving){ CHURCH, 33, MOVE_SENT, STOCK, NOTHING, NOTHING, 50, 6, 0 });
	move(s, (struct moving){ MILL, 34, MOVE_RECEIVED, NOTHING, NOTHING, CHURCHS(33), 50, 7, 0 });
	edited = s->said[11].entry;
	for (uint32_t i = 0; i < s->count; i++)
		if (s->said[i].entry.kind == ENTRY_LINE && s->said[i].entry.line.counted == NOON + 5 * HOUR)
			edited = s->said[i].entry;
	edited.hlc.time = NOON + 8 * HOUR; /* another edit keeps when it was counted */
	edited.line.reserve_milli = 9;
	tell(s, MILL, &edited);
	s->now_s = NOON + 9 * HOUR;
}

static inline void below_zero(struct story *s)
{
	setting(s);
	move(s, (struct moving){ MILL, 30, MOVE_GIVEN, NOTHING, STOCK, NOTHING, 520, 3, 0 });
	s->now_s = NOON + 4 * HOUR;
}

static inline void returned(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_SENT, 0, 40, 1);
	mills(s, 31, MOVE_RETURNED, 30, 40, 2);
	s->now_s = NOON + 3 * HOUR;
}

/* Folding them. */

static const struct fold_config CONFIG = { .registers_max = REGISTERS_MAX, .authors_max = WHO_COUNT + 1 };
static uint8_t memory[1 << 20] __attribute__((aligned(16)));

static inline struct fold *fold_new(void)
{
	struct fold *f;
	size_t size = fold_footprint(&CONFIG);

	assert_true(size < sizeof memory);
	memset(memory, 0xA5, size);
	assert_null(fold_init(memory, size - 1, &CONFIG));
	f = fold_init(memory, size, &CONFIG);
	assert_non_null(f);
	return f;
}

static inline void put(struct fold *f, const struct entered *said)
{
	assert_int_not_equal(fold_put(f, said_bytes(said), &said->id, &said->author), FOLD_E_FULL);
}

static inline struct fold_digest digest_of(struct fold *f, uint32_t now_s)
{
	struct fold_digest digest;

	fold_run(f, now_s);
	fold_digest(f, &digest);
	return digest;
}

static inline struct fold_digest as_told(const struct story *s, struct fold **out)
{
	struct fold *f = fold_new();

	for (uint32_t i = 0; i < s->count; i++)
		put(f, &s->said[i]);
	*out = f;
	return digest_of(f, s->now_s);
}

/* In whatever order it is heard. */
static inline struct fold *told(const struct story *s)
{
	struct fold_digest forward, backward;
	struct fold *f;

	forward = as_told(s, &f);
	f = fold_new();
	for (uint32_t i = s->count; i-- > 0;)
		put(f, &s->said[i]);
	backward = digest_of(f, s->now_s);
	assert_memory_equal(&forward, &backward, sizeof forward);
	return f;
}

#endif
