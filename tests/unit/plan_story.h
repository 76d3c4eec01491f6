/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Stories about who should get what: needs, stock and places as people tell of them, and the plan that follows.
 * Include cmocka.h first. */
#ifndef AIDMESH_TESTS_PLAN_STORY_H
#define AIDMESH_TESTS_PLAN_STORY_H

#include "sync/plan/allocate.h"
#include "tests/unit/host.h"
#include "tests/unit/story.h"

enum { LITRE = 1000, WATER = 101, WASHING = 102, TABLETS = 104, MEAL = 201, BLANKET = 303, DIAPERS = 601 };

#define SCHOOLS ref_of(SCHOOL, 10)
#define CHURCHS ref_of(CHURCH, 10)
#define NURSES ref_of(NURSE, 10)
#define MILLS ref_of(MILL, 20)

static const struct fold_config CONFIG = { .registers_max = STORY_MAX + 4, .authors_max = 12, .key = { 9 } };

static uint8_t memory[1 << 16] __attribute__((aligned(16)));
static uint8_t room[1 << 16] __attribute__((aligned(16)));
static struct allocate_plan plan;

/* Telling. */

/* A site so many kilometres north of the mill. */
static inline void stand(struct story *s, enum who who, int32_t km)
{
	struct entered *said = site(s, who, 1);

	said->entry.site.place = (struct place){ 35000000 + km * 1000000 / 111, -77000000, PLACE_POINT };
	story_name(said);
}

struct asking {
	enum who who;
	uint16_t item;
	uint32_t quantity, people, infants;
	uint32_t since_h; /* before NOON */
	uint32_t within_h;
};

/* Register 10 of its author; the pointer is for what a story adds. */
static inline struct entered *ask(struct story *s, struct asking a)
{
	struct entry e = blank(ENTRY_LINE, 10, NOON - HOUR);

	e.line.kind = LINE_NEED;
	e.line.item = a.item;
	e.line.quantity_milli = (uint64_t)a.quantity * LITRE;
	e.line.people = a.people;
	e.line.infants = a.infants;
	e.line.within_h = a.within_h ? a.within_h : 24;
	e.line.created = NOON - a.since_h * HOUR;
	e.line.site = ref_of(a.who, 1);
	return tell(s, a.who, &e);
}

static inline struct entered *shelf(struct story *s, enum who who, uint32_t number, uint16_t item, uint32_t quantity)
{
	struct entered *said = stock(s, who, number, (uint64_t)quantity * LITRE, 0);

	said->entry.line.item = item;
	story_name(said);
	return said;
}

/* The mill has stock and knows all but the stranger; they stand 10, 20 and 30 km north of it. */
static inline void setting(struct story *s)
{
	for (enum who who = SCHOOL; who <= STRANGER; who++)
		card(s, who);
	stand(s, MILL, 0);
	stand(s, SCHOOL, 10);
	stand(s, CHURCH, 20);
	stand(s, NURSE, 30);
	stand(s, STRANGER, 5);
	vouch(s, MILL, SCHOOL);
	vouch(s, MILL, CHURCH);
	vouch(s, MILL, NURSE);
	vouch(s, SCHOOL, MILL);
	vouch(s, CHURCH, MILL);
	s->now_s = NOON;
}

static inline void moved(struct story *s, enum who who, uint32_t number, enum move_stage stage, struct ref need,
			 uint32_t litres, int32_t hours)
{
	struct entered *said =
		move(s, (struct moving){ who, number, stage, need, MILLS, NOTHING, (uint64_t)litres * LITRE, 0, 0 });

	said->entry.hlc.time = said->entry.move.at = (uint32_t)(NOON + hours * HOUR);
	story_name(said);
}

/* Seeing. */

static inline struct fold *fold_new(void)
{
	struct fold *f;

	assert_true(fold_footprint(&CONFIG) <= sizeof memory);
	f = fold_init(memory, sizeof memory, &CONFIG);
	assert_non_null(f);
	return f;
}

static inline void put(struct fold *f, const struct entered *said)
{
	assert_int_not_equal(fold_put(f, said_bytes(said), &said->id, &said->author), FOLD_E_FULL);
}

static inline void draw_up(struct fold *f, uint32_t now_s, uint16_t item)
{
	size_t size;

	fold_run(f, now_s);
	size = allocate_footprint(f);
	assert_true(size <= sizeof room);
	memset(room, 0xA5, sizeof room);
	assert_true(allocate_run(&plan, room, size, f, now_s, item, ALLOCATE_TRUSTED));
}

static inline struct fold *as_told(const struct story *s)
{
	struct fold *f = fold_new();

	for (uint32_t i = 0; i < s->count; i++)
		put(f, &s->said[i]);
	draw_up(f, s->now_s, 0);
	return f;
}

static inline void is_row(struct fold *f, uint32_t row, struct ref need, struct ref source, uint64_t milli)
{
	assert_true(row < plan.portion_count);
	assert_true(ref_equal(fold_ref(f, plan.portions[row].need), need));
	assert_true(ref_equal(fold_ref(f, plan.portions[row].source), source));
	assert_int_equal(plan.portions[row].quantity_milli, milli);
}

#endif
