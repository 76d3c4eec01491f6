/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The largest and the oddest that signed entries can say, from authors who mean harm: every question and the plan come to
 * an end, and their figures stay what they are (the asan preset looks for what overflows). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "node/picture/picture_state.h"
#include "node/questions/questions.h"
#include "tests/unit/story.h"

enum { ROUNDS = 400, NUMBERS = 12, SITES = 3 };

static const uint64_t QUANTITIES[] = { 0, 1, 999, 1000, 120000, QUANTITY_MILLI_MAX - 1, QUANTITY_MILLI_MAX };
static const uint32_t PEOPLE[] = { 0, 1, 40, VULNERABLE_MAX, PEOPLE_MAX };
static const uint16_t ITEMS[] = { 0, 1, 101, 102, 303, 601, 603, ITEM_MAX };
static const uint16_t WITHIN[] = { 0, 6, 24, 720 };
static const int32_t LATS[] = { -90000000, 0, 35000000, 90000000 }, LONS[] = { -180000000, -1, 0, 180000000 };
static const uint32_t TIMES[] = { 1, NOON - 40 * EPOCH_S, NOON, NOON + 86400, UINT32_MAX - 1, UINT32_MAX };

#define ONE_OF(list) ((list)[draw(seed) % (sizeof(list) / sizeof *(list))])

static uint32_t draw(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

static enum who who_of(uint64_t *seed)
{
	return (enum who)(draw(seed) % WHO_COUNT);
}

/* Any record, one that is not there, or nothing. */
static struct ref ref_any(uint64_t *seed)
{
	return draw(seed) % 8 ? ref_of(who_of(seed), 1 + draw(seed) % NUMBERS) : (struct ref){ draw(seed), draw(seed) };
}

static struct place place_any(uint64_t *seed)
{
	static const uint8_t digits[] = { PLACE_NONE, PLACE_POINT, 4, 8, 10 };
	struct place place = { ONE_OF(LATS), ONE_OF(LONS), ONE_OF(digits) };

	if (place.digits == PLACE_NONE)
		place.lat_e6 = place.lon_e6 = 0;
	return place;
}

static void say_line(struct line *line, uint64_t *seed)
{
	line->kind = (enum line_kind)(draw(seed) % 3);
	line->item = ONE_OF(ITEMS);
	line->quantity_milli = ONE_OF(QUANTITIES);
	line->lot_milli = draw(seed) % 3 ? 0 : ONE_OF(QUANTITIES);
	line->created = draw(seed) % 4 ? NOON - HOUR : ONE_OF(TIMES);
	line->substitutes[0] = ONE_OF(ITEMS);
	if (draw(seed) % 4)
		line->site = (struct ref){ ref_of(who_of(seed), 1).author, 1 + draw(seed) % SITES };
	else
		line->cell = place_any(seed);
	if (line->kind == LINE_NEED) {
		line->people = ONE_OF(PEOPLE);
		line->infants = line->elders = line->people < VULNERABLE_MAX ? line->people : VULNERABLE_MAX;
		line->within_h = ONE_OF(WITHIN);
		line->ticket = draw(seed) % 3 == 0;
	} else {
		line->reach_km = draw(seed) % 2 ? 0 : REACH_KM_MAX;
	}
	if (line->kind == LINE_RESOURCE) {
		line->reserve_milli = draw(seed) % 2 ? 0 : ONE_OF(QUANTITIES);
		line->counted = ONE_OF(TIMES);
	}
	if (!line->item)
		strcpy(line->text, "=1+1\"'");
}

static void say_move(struct move *move, uint64_t *seed)
{
	move->stage = (enum move_stage)(draw(seed) % (MOVE_WITHDRAWN + 1));
	move->of = draw(seed) % 4 ? ref_any(seed) : NOTHING;
	move->from = draw(seed) % 2 ? ref_any(seed) : NOTHING;
	move->after = draw(seed) % 3 ? NOTHING : ref_any(seed);
	move->quantity_milli = ONE_OF(QUANTITIES);
	move->at = ONE_OF(TIMES);
	move->due = draw(seed) % 2 ? 0 : ONE_OF(TIMES);
}

/* Tells one thing if it is one that the wire can carry. */
static void tell_any(struct story *s, uint64_t *seed)
{
	static const enum entry_kind kinds[] = {
		ENTRY_LINE, ENTRY_LINE, ENTRY_LINE, ENTRY_MOVE, ENTRY_MOVE, ENTRY_SITE
	};
	struct entry e = blank(ONE_OF(kinds), 1 + draw(seed) % NUMBERS, draw(seed) % 4 ? NOON : ONE_OF(TIMES));
	uint8_t body[BODY_SIZE_MAX];
	size_t size;

	if (e.kind == ENTRY_LINE)
		say_line(&e.line, seed);
	if (e.kind == ENTRY_MOVE)
		say_move(&e.move, seed);
	if (e.kind == ENTRY_SITE) {
		e.number = 1 + draw(seed) % SITES;
		strcpy(e.site.name, "Hall");
		e.site.place = place_any(seed);
		e.site.people = ONE_OF(PEOPLE);
	}
	e.author = 1;
	if (entry_body_encode(body, &size, &e) == ENTRY_OK)
		tell(s, who_of(seed), &e);
}

static bool on_row(void *user, const struct view_answer *row)
{
	(void)user;
	assert_true(row->grams >= 0 && row->of_milli >= 0);
	return true;
}

static bool on_portion(void *user, const struct view_portion *portion)
{
	(void)user;
	assert_true((portion->quantity_milli > 0 || portion->kind == VIEW_PORTION_NONE) &&
		    portion->quantity_milli <= QUANTITY_MILLI_MAX);
	return true;
}

static void ask_all(struct picture *p, uint32_t now_s, const struct public_key *self)
{
	struct walk walk = { .since = 0 };
	struct questions q = { .picture = p, .walk = &walk, .self = self, .now_s = now_s };
	struct view_plan plan;
	struct said remark;
	char site[VIEW_REF_SIZE];

	picture_ref_text(p, ref_of(MILL, 1), site);
	for (int question = 0; question < VIEW_QUESTIONS; question++)
		(void)questions_ask(&q, &remark,
				    &(struct view_asked){ .question = (enum view_question)question,
							  .site = question == VIEW_Q_LOAD ? site : NULL,
							  .km = now_s % 2 ? 20100 : 0 },
				    on_row, NULL);
	assert_true(picture_plan(p, now_s, 0, &plan, on_portion, NULL));
}

static void test_whatever_they_say(void **state)
{
	static struct story story;
	struct public_key self = key_of(SCHOOL);

	(void)state;
	for (uint64_t round = 1; round <= ROUNDS; round++) {
		struct picture *p = picture_open(200, 50, &self);
		uint64_t state_of = round, *seed = &state_of;

		assert_non_null(p);
		story = (struct story){ .now_s = NOON };
		for (enum who who = SCHOOL; who < IMPOSTOR; who++)
			card(&story, who);
		while (story.count < STORY_MAX)
			tell_any(&story, seed);
		for (uint32_t i = 0; i < story.count; i++)
			picture_put(p, said_bytes(&story.said[i]), &story.said[i].id, &story.said[i].author);
		for (int turn = 0; turn < 2; turn++) {
			uint32_t now_s = turn ? ONE_OF(TIMES) : NOON;

			picture_refresh(p, now_s);
			picture_stand_at(p, ref_of(SCHOOL, 1));
			ask_all(p, now_s, &self);
		}
		picture_close(p);
	}
}

static bool keep_row(void *user, const struct view_answer *row)
{
	*(struct view_answer *)user = *row;
	return true;
}

/* 2,200 needs of two million people each are more than a count of 32 bits. */
static void test_a_crowd_beyond_count_is_not_a_small_one(void **state)
{
	static struct story story;
	struct public_key self = key_of(SCHOOL);
	struct picture *p = picture_open(3000, 50, &self);
	struct walk walk = { .since = 0 };
	struct questions q = { .picture = p, .walk = &walk, .self = &self, .now_s = NOON };
	struct entry e = need_entry(SCHOOL, 10, 1000, NOON);
	struct view_answer row = { .people = 0 };
	struct said remark;

	(void)state;
	assert_non_null(p);
	e.line.item = 101;
	e.line.people = PEOPLE_MAX;
	for (e.number = 10; e.number < 2210; e.number++) {
		story.count = 0;
		tell(&story, SCHOOL, &e);
		picture_put(p, said_bytes(&story.said[0]), &story.said[0].id, &story.said[0].author);
	}
	picture_refresh(p, NOON);
	assert_int_equal(questions_ask(&q, &remark, &(struct view_asked){ .question = VIEW_Q_SHORT }, keep_row, &row),
			 1);
	assert_int_equal(row.count, 2200);
	assert_int_equal(row.people, UINT32_MAX);
	picture_close(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whatever_they_say),
		cmocka_unit_test(test_a_crowd_beyond_count_is_not_a_small_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
