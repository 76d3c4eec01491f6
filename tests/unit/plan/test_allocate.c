/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who should get what, story by story: as it was told, then in random orders with duplicates, and always the same list under
 * the same digest. test_allocate_twin.c has what is random. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/plan_story.h"

enum { ORDERS = 200 };

/* The stories. */

static void one_waits_longer(struct story *s)
{
	setting(s);
	ask(s, (struct asking){ SCHOOL, WATER, 120, 40, 0, 10, 0 });
	ask(s, (struct asking){ CHURCH, WATER, 120, 40, 0, 31, 0 });
	shelf(s, MILL, 20, WATER, 60);
}

static void longest_without_first(struct fold *f)
{
	assert_int_equal(plan.portion_count, 1);
	is_row(f, 0, CHURCHS, MILLS, 60 * LITRE);
	assert_int_equal(plan.portions[0].without_h, 31);
	assert_int_equal(plan.portions[0].within_h, 24);
	assert_int_equal(plan.portions[0].people, 40);
	assert_int_equal(plan.portions[0].days_milli, 500);
	assert_int_equal(plan.portions[0].weight, 8);
	assert_true(plan.portions[0].distance_m > 19900 && plan.portions[0].distance_m < 20100);
}

static void one_is_larger(struct story *s)
{
	setting(s);
	ask(s, (struct asking){ SCHOOL, WATER, 120, 40, 0, 10, 0 });
	ask(s, (struct asking){ CHURCH, WATER, 30, 10, 0, 10, 0 });
	shelf(s, MILL, 20, WATER, 75);
}

static uint64_t suggested(struct fold *f, struct ref need)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < plan.portion_count; i++)
		if (ref_equal(fold_ref(f, plan.portions[i].need), need))
			sum += plan.portions[i].quantity_milli;
	return sum;
}

static void the_same_for_each_person(struct fold *f)
{
	assert_int_equal(suggested(f, SCHOOLS), 60 * LITRE);
	assert_int_equal(suggested(f, CHURCHS), 15 * LITRE);
}

static void one_exaggerates(struct story *s)
{
	setting(s);
	ask(s, (struct asking){ SCHOOL, WATER, 120, 40, 0, 10, 0 });
	ask(s, (struct asking){ CHURCH, WATER, 360, 40, 0, 10, 0 });
	shelf(s, MILL, 20, WATER, 240);
}

static void both_get_the_same(struct fold *f)
{
	assert_int_equal(plan.portion_count, 2);
	assert_int_equal(suggested(f, SCHOOLS), 120 * LITRE);
	assert_int_equal(suggested(f, CHURCHS), 120 * LITRE);
	assert_int_equal(plan.portions[0].days_milli, 1000);
}

static void one_has_infants(struct story *s)
{
	setting(s);
	ask(s, (struct asking){ SCHOOL, WATER, 120, 40, 0, 10, 0 });
	ask(s, (struct asking){ CHURCH, WATER, 120, 40, 6, 10, 0 });
	shelf(s, MILL, 20, WATER, 60);
}

static void infants_before_an_equal_place(struct fold *f)
{
	is_row(f, 0, CHURCHS, MILLS, 60 * LITRE);
	assert_int_equal(plan.portions[0].infants, 6);
}

static void one_needs_it_sooner(struct story *s)
{
	setting(s);
	ask(s, (struct asking){ SCHOOL, WATER, 120, 40, 0, 20, 72 });
	ask(s, (struct asking){ CHURCH, WATER, 120, 40, 0, 10, 6 });
	shelf(s, MILL, 20, WATER, 60);
}

static void who_waits_longer_all_the_same(struct fold *f)
{
	is_row(f, 0, SCHOOLS, MILLS, 60 * LITRE);
}

/* Two places of 100 people: one says 6 h. */
static void one_says_six_hours(struct story *s)
{
	setting(s);
	ask(s, (struct asking){ SCHOOL, WATER, 600, 100, 0, 10, 24 });
	ask(s, (struct asking){ CHURCH, WATER, 600, 100, 0, 10, 6 });
	shelf(s, MILL, 20, WATER, 300);
}

static void it_is_served_first_and_not_more(struct fold *f)
{
	assert_int_equal(plan.portion_count, 2);
	is_row(f, 0, CHURCHS, MILLS, 150 * LITRE);
	is_row(f, 1, SCHOOLS, MILLS, 150 * LITRE);
}

/* Of equally many infants; one names all who are there beside. */
static void one_names_everybody(struct story *s)
{
	setting(s);
	ask(s, (struct asking){ SCHOOL, DIAPERS, 400, 36, 36, 10, 0 });
	ask(s, (struct asking){ CHURCH, DIAPERS, 400, 180, 36, 10, 0 });
	shelf(s, MILL, 20, DIAPERS, 360);
}

static void infants_count_for_diapers(struct fold *f)
{
	assert_int_equal(suggested(f, SCHOOLS), 180 * LITRE);
	assert_int_equal(suggested(f, CHURCHS), 180 * LITRE);
}

/* Nobody said how many infants there are: the larger place has five times as many. */
static void nobody_says_how_many(struct story *s)
{
	setting(s);
	ask(s, (struct asking){ SCHOOL, DIAPERS, 400, 50, 0, 10, 0 });
	ask(s, (struct asking){ CHURCH, DIAPERS, 400, 250, 0, 10, 0 });
	shelf(s, MILL, 20, DIAPERS, 60);
}

static void one_in_25_is_taken_for_an_infant(struct fold *f)
{
	assert_int_equal(suggested(f, SCHOOLS), 10 * LITRE);
	assert_int_equal(suggested(f, CHURCHS), 50 * LITRE);
}

/* The school got what it asked for, a day's water, twenty hours ago; the church asks for three days and never had any. */
static void one_will_ask_again(struct story *s)
{
	setting(s);
	ask(s, (struct asking){ SCHOOL, WATER, 120, 40, 0, 31, 0 });
	ask(s, (struct asking){ CHURCH, WATER, 360, 40, 0, 21, 0 });
	moved(s, SCHOOL, 40, MOVE_RECEIVED, SCHOOLS, 120, -20);
	shelf(s, MILL, 20, WATER, 240);
}

static void so_much_is_kept_for_it(struct fold *f)
{
	NEED_IS(f, SCHOOLS, LINE_MET, 120 * LITRE, 0, 0);
	assert_int_equal(plan.portion_count, 1);
	is_row(f, 0, CHURCHS, MILLS, 120 * LITRE);
	assert_int_equal(plan.kept_count, 1);
	assert_true(ref_equal(fold_ref(f, plan.kept[0].need), SCHOOLS));
	assert_int_equal(plan.kept[0].quantity_milli, 120 * LITRE);
}

/* It is used up since a day and an hour, and nobody asked again. */
static void one_has_let_it_go(struct story *s)
{
	one_will_ask_again(s);
	s->said[s->count - 4].entry.line.created = NOON - 60 * HOUR;
	story_name(&s->said[s->count - 4]);
	s->said[s->count - 2].entry.hlc.time = s->said[s->count - 2].entry.move.at = NOON - 49 * HOUR;
	story_name(&s->said[s->count - 2]);
}

static void nothing_is_kept_for_it(struct fold *f)
{
	is_row(f, 0, CHURCHS, MILLS, 240 * LITRE);
}

/* He vouches for the school, and has a huge stock. */
static void stranger_has_stock(struct story *s)
{
	setting(s);
	ask(s, (struct asking){ SCHOOL, WATER, 120, 40, 0, 10, 0 });
	shelf(s, STRANGER, 20, WATER, 9000);
	vouch(s, STRANGER, SCHOOL);
}

static void a_stranger_is_no_source(struct fold *f)
{
	(void)f;
	assert_int_equal(plan.portion_count, 0);
	assert_int_equal(plan.other_count, 1);
}

/* Nobody has met anybody yet. */
static void nobody_has_vouched(struct story *s)
{
	for (enum who who = SCHOOL; who <= STRANGER; who++)
		card(s, who);
	stand(s, MILL, 0);
	stand(s, SCHOOL, 10);
	s->now_s = NOON;
	ask(s, (struct asking){ SCHOOL, WATER, 120, 40, 0, 31, 0 });
	ask(s, (struct asking){ MILL, WATER, 120, 40, 0, 10, 0 });
	shelf(s, MILL, 20, WATER, 120);
}

static void it_stays_and_is_said(struct fold *f)
{
	assert_true(plan.is_without_trust);
	assert_int_equal(plan.portion_count, 1);
	is_row(f, 0, ref_of(MILL, 10), MILLS, 120 * LITRE);
	assert_true(allocate_run(&plan, room, allocate_footprint(f), f, NOON, 0, ALLOCATE_AS_IF_TRUSTED));
	assert_int_equal(plan.portion_count, 2);
	is_row(f, 0, SCHOOLS, MILLS, 60 * LITRE);
	is_row(f, 1, ref_of(MILL, 10), MILLS, 60 * LITRE);
	draw_up(f, NOON, 0);
}

static void one_item_is_for_washing(struct story *s)
{
	setting(s);
	ask(s, (struct asking){ SCHOOL, WASHING, 480, 40, 0, 19, 0 });
	ask(s, (struct asking){ CHURCH, WATER, 120, 40, 0, 10, 0 });
	shelf(s, MILL, 20, WATER, 60);
	shelf(s, MILL, 21, WASHING, 240);
}

static void what_people_die_without_comes_first(struct fold *f)
{
	assert_int_equal(plan.portion_count, 2);
	is_row(f, 0, CHURCHS, MILLS, 60 * LITRE);
	is_row(f, 1, SCHOOLS, ref_of(MILL, 21), 240 * LITRE);
	assert_int_equal(plan.portions[1].weight, 4);
}

/* The nurse's stock is nearer to the church, and keeps 100 L. */
static void two_sources(struct story *s)
{
	struct entered *kept;

	setting(s);
	vouch(s, NURSE, CHURCH);
	vouch(s, CHURCH, NURSE);
	ask(s, (struct asking){ CHURCH, WATER, 120, 40, 0, 10, 0 });
	shelf(s, MILL, 20, WATER, 500);
	kept = shelf(s, NURSE, 20, WATER, 170);
	kept->entry.line.reserve_milli = 100 * LITRE;
	story_name(kept);
}

static void nearest_above_its_reserve(struct fold *f)
{
	assert_int_equal(plan.portion_count, 2);
	is_row(f, 0, CHURCHS, ref_of(NURSE, 20), 70 * LITRE);
	is_row(f, 1, CHURCHS, MILLS, 50 * LITRE);
}

static void two_sources_one_promised(struct story *s)
{
	two_sources(s);
	move(s, (struct moving){ NURSE, 30, MOVE_PLEDGED, ref_of(SCHOOL, 10), ref_of(NURSE, 20), NOTHING, 70 * LITRE, 0,
				 5 });
}

static void what_is_promised_is_gone(struct fold *f)
{
	assert_int_equal(plan.portion_count, 1);
	is_row(f, 0, CHURCHS, MILLS, 120 * LITRE);
}

static void short_reach(struct story *s)
{
	struct entered *near;

	setting(s);
	ask(s, (struct asking){ SCHOOL, WATER, 120, 40, 0, 10, 0 });
	ask(s, (struct asking){ CHURCH, WATER, 120, 40, 0, 31, 0 });
	near = shelf(s, MILL, 20, WATER, 60);
	near->entry.line.reach_km = 15;
	story_name(near);
}

static void nothing_beyond_reach(struct fold *f)
{
	assert_int_equal(plan.portion_count, 1);
	is_row(f, 0, SCHOOLS, MILLS, 60 * LITRE);
}

static void declined(struct story *s)
{
	one_waits_longer(s);
	moved(s, MILL, 40, MOVE_DECLINED, CHURCHS, 60, 0);
}

static void is_not_suggested_again(struct fold *f)
{
	assert_int_equal(plan.portion_count, 1);
	is_row(f, 0, SCHOOLS, MILLS, 60 * LITRE);
	NEED_IS(f, CHURCHS, LINE_OVERDUE, 0, 0, 120 * LITRE);
	STOCK_IS(f, MILLS, 60 * LITRE, 0);
}

/* The church asked the mill for it. */
static void asked_and_declined(struct story *s)
{
	one_waits_longer(s);
	moved(s, CHURCH, 40, MOVE_ASKED, CHURCHS, 60, 0);
	move(s, (struct moving){ MILL, 41, MOVE_DECLINED, NOTHING, NOTHING, ref_of(CHURCH, 40), 0, 0, 0 });
}

static void declined_by_a_stranger(struct story *s)
{
	one_waits_longer(s);
	moved(s, STRANGER, 40, MOVE_DECLINED, CHURCHS, 60, 0);
}

static void declined_and_said_anew(struct story *s)
{
	struct entry e;

	declined(s);
	e = ask(s, (struct asking){ CHURCH, WATER, 130, 40, 0, 31, 0 })->entry;
	s->count -= 1;
	e.hlc.time = NOON + 60;
	tell(s, CHURCH, &e);
}

static void stranger_asks(struct story *s)
{
	setting(s);
	ask(s, (struct asking){ SCHOOL, WATER, 120, 40, 0, 10, 0 });
	ask(s, (struct asking){ STRANGER, WATER, 120, 40, 0, 48, 0 });
	shelf(s, MILL, 20, WATER, 60);
}

static void is_listed_apart(struct fold *f)
{
	assert_int_equal(plan.portion_count, 1);
	is_row(f, 0, SCHOOLS, MILLS, 60 * LITRE);
	assert_int_equal(plan.other_count, 1);
	assert_true(ref_equal(fold_ref(f, plan.others[0].need), ref_of(STRANGER, 10)));
	assert_int_equal(plan.others[0].quantity_milli, 60 * LITRE);
	assert_int_equal(plan.others[0].without_h, 48);
}

static void stranger_is_vouched_for(struct story *s)
{
	stranger_asks(s);
	vouch(s, CHURCH, STRANGER);
	vouch(s, STRANGER, CHURCH);
}

static void friends_of_friends_count(struct fold *f)
{
	assert_int_equal(plan.other_count, 0);
	is_row(f, 0, ref_of(STRANGER, 10), MILLS, 60 * LITRE);
}

/* The church was not heard for 30 hours: its need is overdue. */
static void one_is_silent(struct story *s)
{
	struct entered *said;

	setting(s);
	ask(s, (struct asking){ SCHOOL, WATER, 120, 40, 0, 10, 0 });
	said = ask(s, (struct asking){ CHURCH, WATER, 120, 40, 0, 31, 0 });
	said->entry.hlc.time = NOON - 30 * HOUR;
	story_name(said);
	for (uint32_t i = 0; i + 1 < s->count; i++)
		if (public_key_equal(&s->said[i].author, &said->author)) {
			s->said[i].entry.hlc.time = NOON - 40 * HOUR;
			story_name(&s->said[i]);
		}
	shelf(s, MILL, 20, WATER, 180);
}

static void the_silent_keep_their_share(struct fold *f)
{
	assert_int_equal(line_at(f, CHURCHS).status, LINE_OVERDUE);
	is_row(f, 0, CHURCHS, MILLS, 120 * LITRE);
	is_row(f, 1, SCHOOLS, MILLS, 60 * LITRE);
	assert_int_equal(plan.portions[0].silent_h, 30);
	assert_int_equal(plan.portions[1].silent_h, 0);
}

static void silent_no_more(struct story *s)
{
	one_is_silent(s);
	note(s, CHURCH, 40, NOTE_SEEN, CHURCHS, 0);
}

/* Whatever else it spoke of, nobody met or closed its need. */
static void it_stays_overdue(struct fold *f)
{
	assert_int_equal(line_at(f, CHURCHS).status, LINE_OVERDUE);
	is_row(f, 0, CHURCHS, MILLS, 120 * LITRE);
	is_row(f, 1, SCHOOLS, MILLS, 60 * LITRE);
	assert_int_equal(plan.portions[0].silent_h, 0);
}

/* What was sent to the silent church was due long ago; the truck has not told. */
static void sent_to_the_silent(struct story *s)
{
	one_is_silent(s);
	s->said[s->count - 1].entry.line.quantity_milli = 200 * LITRE;
	story_name(&s->said[s->count - 1]);
	moved(s, MILL, 40, MOVE_SENT, CHURCHS, 80, -20);
	s->said[s->count - 1].entry.move.due = NOON - 10 * HOUR;
	story_name(&s->said[s->count - 1]);
}

/* It may have come, and somebody should ask. But what is missing is missing. */
static void is_not_taken_as_come(struct fold *f)
{
	assert_true(move_at(f, ref_of(MILL, 40)).lapsed);
	assert_int_equal(suggested(f, CHURCHS), 120 * LITRE);
	is_row(f, 1, SCHOOLS, MILLS, 80 * LITRE);
	assert_int_equal(plan.portions[0].maybe_milli, 80 * LITRE);
	assert_int_equal(plan.portions[1].maybe_milli, 0);
}

/* Both without since the same hour; the church got a day's water ten hours ago. */
static void one_was_served(struct story *s)
{
	setting(s);
	ask(s, (struct asking){ SCHOOL, WATER, 120, 40, 0, 31, 0 });
	ask(s, (struct asking){ CHURCH, WATER, 240, 40, 0, 72, 0 });
	moved(s, CHURCH, 40, MOVE_RECEIVED, CHURCHS, 120, -10);
	shelf(s, MILL, 20, WATER, 60);
}

static void what_came_counts_as_days(struct fold *f)
{
	is_row(f, 0, SCHOOLS, MILLS, 60 * LITRE);
}

static void served_long_ago(struct story *s)
{
	one_was_served(s);
	s->said[s->count - 2].entry.hlc.time = s->said[s->count - 2].entry.move.at = NOON - 26 * HOUR;
	story_name(&s->said[s->count - 2]);
}

static void their_days_are_over(struct fold *f)
{
	is_row(f, 0, CHURCHS, MILLS, 60 * LITRE);
	assert_int_equal(plan.portions[0].without_h, 48);
	assert_int_equal(plan.portions[0].covered_s, 0);
}

/* A cup for each does not end forty hours without. */
static void a_cup_came(struct story *s)
{
	one_waits_longer(s);
	moved(s, CHURCH, 40, MOVE_RECEIVED, CHURCHS, 5, -1);
}

static void a_cup_is_no_day(struct fold *f)
{
	is_row(f, 0, CHURCHS, MILLS, 60 * LITRE);
	assert_int_equal(plan.portions[0].without_h, 30);
}

static void substitutes(struct story *s)
{
	struct entered *said;

	setting(s);
	said = ask(s, (struct asking){ SCHOOL, WATER, 120, 40, 0, 10, 0 });
	said->entry.line.substitutes[0] = WASHING; /* L, as water */
	said->entry.line.substitutes[1] = TABLETS; /* each */
	story_name(said);
	shelf(s, MILL, 20, TABLETS, 500);
	shelf(s, MILL, 21, WASHING, 500);
}

static void substitutes_count(struct fold *f)
{
	assert_int_equal(plan.portion_count, 1);
	is_row(f, 0, SCHOOLS, ref_of(MILL, 21), 120 * LITRE);
	assert_int_equal(plan.portions[0].item, WASHING);
	draw_up(f, NOON, WATER);
	assert_int_equal(plan.portion_count, 0);
	draw_up(f, NOON, WASHING);
	assert_int_equal(plan.portion_count, 1);
}

static void only_whole_canisters(struct story *s)
{
	struct entered *said;

	setting(s);
	ask(s, (struct asking){ SCHOOL, WATER, 30, 4, 0, 10, 0 });
	said = shelf(s, MILL, 20, WATER, 45);
	said->entry.line.lot_milli = 20 * LITRE;
	story_name(said);
}

static void at_least_the_smallest_lot(struct fold *f)
{
	assert_int_equal(plan.portion_count, 1);
	is_row(f, 0, SCHOOLS, MILLS, 30 * LITRE); /* 20, and the 10 that were open then */
	assert_int_equal(plan.portions[0].days_milli, 2500);
}

static void blankets(struct story *s)
{
	setting(s);
	ask(s, (struct asking){ SCHOOL, BLANKET, 40, 40, 0, 10, 0 });
	ask(s, (struct asking){ CHURCH, BLANKET, 80, 40, 0, 10, 0 });
	shelf(s, MILL, 20, BLANKET, 60);
}

static void quarters_of_what_is_needed_once(struct fold *f)
{
	assert_int_equal(plan.portion_count, 2);
	assert_int_equal(suggested(f, SCHOOLS), 20 * LITRE);
	assert_int_equal(suggested(f, CHURCHS), 40 * LITRE);
	assert_int_equal(plan.portions[0].days_milli, 0);
}

static void odd_blankets(struct story *s)
{
	setting(s);
	ask(s, (struct asking){ SCHOOL, BLANKET, 30, 30, 0, 10, 0 });
	ask(s, (struct asking){ CHURCH, BLANKET, 13, 13, 0, 10, 0 });
	shelf(s, MILL, 20, BLANKET, 27);
	s->said[s->count - 1].entry.line.reserve_milli = 1500;
	story_name(&s->said[s->count - 1]);
}

static void nobody_gets_half_a_blanket(struct fold *f)
{
	assert_int_equal(suggested(f, SCHOOLS) % LITRE, 0);
	assert_int_equal(suggested(f, CHURCHS) % LITRE, 0);
	assert_int_equal(suggested(f, SCHOOLS) + suggested(f, CHURCHS), 25 * LITRE);
}

static void a_drill(struct story *s)
{
	struct entered *said;

	one_waits_longer(s);
	said = &s->said[s->count - 2];
	said->entry.line.flags = LINE_DRILL;
	story_name(said);
}

static void real_stock_is_for_real_needs(struct fold *f)
{
	assert_int_equal(plan.portion_count, 1);
	is_row(f, 0, SCHOOLS, MILLS, 60 * LITRE);
}

static void no_number(struct story *s)
{
	setting(s);
	ask(s, (struct asking){ SCHOOL, WATER, 0, 40, 0, 10, 0 });
	ask(s, (struct asking){ CHURCH, BLANKET, 0, 40, 0, 10, 0 });
	shelf(s, MILL, 20, WATER, 500);
	shelf(s, MILL, 21, BLANKET, 500);
}

static void no_number_is_a_day(struct fold *f)
{
	assert_int_equal(plan.portion_count, 1);
	is_row(f, 0, SCHOOLS, MILLS, 120 * LITRE);
}

static void say_in_words(struct entered *said)
{
	said->entry.line.item = 0;
	strcpy(said->entry.line.text, "chain saw");
	story_name(said);
}

static void words(struct story *s)
{
	setting(s);
	say_in_words(ask(s, (struct asking){ SCHOOL, WATER, 5, 40, 0, 10, 0 }));
	say_in_words(shelf(s, MILL, 20, WATER, 5));
}

static void are_for_people(struct fold *f)
{
	(void)f;
	assert_int_equal(plan.portion_count + plan.other_count, 0);
}

static void on_its_way(struct story *s)
{
	one_waits_longer(s);
	move(s, (struct moving){ MILL, 40, MOVE_SENT, CHURCHS, NOTHING, NOTHING, 120 * LITRE, 0, 5 });
}

static void who_waits_for_a_truck_is_covered(struct fold *f)
{
	assert_int_equal(plan.portion_count, 1);
	is_row(f, 0, SCHOOLS, MILLS, 60 * LITRE);
}

#define STORY(tell, check)                                                                                             \
	{                                                                                                              \
#tell ": " #check, tell, check                                                                         \
	}

static const struct {
	const char *name;
	void (*tell)(struct story *s);
	void (*check)(struct fold *f);
} STORIES[] = {
	STORY(one_waits_longer, longest_without_first),
	STORY(one_is_larger, the_same_for_each_person),
	STORY(one_exaggerates, both_get_the_same),
	STORY(one_has_infants, infants_before_an_equal_place),
	STORY(one_needs_it_sooner, who_waits_longer_all_the_same),
	STORY(one_says_six_hours, it_is_served_first_and_not_more),
	STORY(one_names_everybody, infants_count_for_diapers),
	STORY(nobody_says_how_many, one_in_25_is_taken_for_an_infant),
	STORY(one_will_ask_again, so_much_is_kept_for_it),
	STORY(one_has_let_it_go, nothing_is_kept_for_it),
	STORY(stranger_has_stock, a_stranger_is_no_source),
	STORY(nobody_has_vouched, it_stays_and_is_said),
	STORY(one_item_is_for_washing, what_people_die_without_comes_first),
	STORY(two_sources, nearest_above_its_reserve),
	STORY(two_sources_one_promised, what_is_promised_is_gone),
	STORY(short_reach, nothing_beyond_reach),
	STORY(declined, is_not_suggested_again),
	STORY(asked_and_declined, is_not_suggested_again),
	STORY(declined_by_a_stranger, longest_without_first),
	STORY(declined_and_said_anew, longest_without_first),
	STORY(stranger_asks, is_listed_apart),
	STORY(stranger_is_vouched_for, friends_of_friends_count),
	STORY(one_is_silent, the_silent_keep_their_share),
	STORY(silent_no_more, it_stays_overdue),
	STORY(sent_to_the_silent, is_not_taken_as_come),
	STORY(one_was_served, what_came_counts_as_days),
	STORY(served_long_ago, their_days_are_over),
	STORY(a_cup_came, a_cup_is_no_day),
	STORY(substitutes, substitutes_count),
	STORY(only_whole_canisters, at_least_the_smallest_lot),
	STORY(blankets, quarters_of_what_is_needed_once),
	STORY(odd_blankets, nobody_gets_half_a_blanket),
	STORY(a_drill, real_stock_is_for_real_needs),
	STORY(no_number, no_number_is_a_day),
	STORY(words, are_for_people),
	STORY(on_its_way, who_waits_for_a_truck_is_covered),
};

enum { STORY_COUNT = sizeof STORIES / sizeof *STORIES };

static void test_stories(void **state)
{
	(void)state;
	for (size_t i = 0; i < STORY_COUNT; i++) {
		struct story s = { .count = 0 };

		print_message("%s\n", STORIES[i].name);
		STORIES[i].tell(&s);
		STORIES[i].check(as_told(&s));
	}
}

/* Puts the story in some order, some of it twice and some of it dropped for a while. */
static void put_in_some_order(struct fold *f, const struct story *s, struct dice *dice)
{
	for (uint32_t i = 0; i < 3 * s->count; i++) {
		const struct entered *said = &s->said[dice_below(dice, s->count)];

		put(f, said);
		if (dice_below(dice, 8) == 0)
			fold_drop(f, &said->id);
		if (dice_below(dice, 16) == 0)
			fold_run(f, NOON - dice_below(dice, 90000));
	}
	for (uint32_t i = s->count; i-- > 0;)
		put(f, &s->said[i]);
}

static void test_the_same_list_in_any_order(void **state)
{
	struct dice dice = { 1 };

	(void)state;
	for (size_t i = 0; i < STORY_COUNT; i++) {
		struct story s = { .count = 0 };
		struct fold_digest told;

		STORIES[i].tell(&s);
		(void)as_told(&s);
		told = plan.digest;
		for (int order = 0; order < ORDERS; order++) {
			struct fold *f = fold_new();

			put_in_some_order(f, &s, &dice);
			draw_up(f, s.now_s + dice_below(&dice, HOUR), 0);
			assert_memory_equal(&plan.digest, &told, sizeof told);
			STORIES[i].check(f);
		}
	}
}

/* One litre more or less in any line, and the hour. */
static void test_the_digest_is_of_the_hour_and_the_candidates(void **state)
{
	uint32_t changed = 0;

	(void)state;
	for (size_t i = 0; i < 9; i++) {
		struct story s = { .count = 0 };
		struct fold_digest told;
		struct fold *f;

		STORIES[i].tell(&s);
		f = as_told(&s);
		told = plan.digest;
		draw_up(f, s.now_s + HOUR, 0);
		assert_memory_not_equal(&plan.digest, &told, sizeof told);
		draw_up(f, s.now_s, WATER);
		assert_memory_not_equal(&plan.digest, &told, sizeof told);
		for (uint32_t at = 0; at < s.count; at++) {
			struct entered kept = s.said[at];

			if (kept.entry.kind != ENTRY_LINE)
				continue;
			s.said[at].entry.line.quantity_milli++;
			story_name(&s.said[at]);
			(void)as_told(&s);
			assert_memory_not_equal(&plan.digest, &told, sizeof told);
			s.said[at] = kept;
			changed++;
		}
		(void)as_told(&s);
		assert_memory_equal(&plan.digest, &told, sizeof told);
	}
	assert_true(changed > 20);
}

/* Handing out at the door leaves the list as it is, and the stock not. */
static void test_the_digest_is_of_what_is_left(void **state)
{
	struct story s = { .count = 0 };
	struct fold_digest told;

	(void)state;
	no_number(&s);
	(void)as_told(&s);
	told = plan.digest;
	move(&s, (struct moving){ MILL, 40, MOVE_GIVEN, NOTHING, MILLS, NOTHING, LITRE, 1, 0 });
	no_number_is_a_day(as_told(&s));
	assert_memory_not_equal(&plan.digest, &told, sizeof told);
}

static void test_memory_that_is_too_small_changes_nothing(void **state)
{
	struct story s = { .count = 0 };
	struct fold *f;
	static struct allocate_plan before;

	(void)state;
	one_waits_longer(&s);
	f = as_told(&s);
	before = plan;
	assert_false(allocate_run(&plan, room, allocate_footprint(f) - 1, f, NOON, 0, ALLOCATE_TRUSTED));
	assert_memory_equal(&plan, &before, sizeof plan);
	f = fold_new();
	draw_up(f, NOON, 0);
	assert_int_equal(plan.portion_count + plan.other_count, 0);
	before = plan;
	draw_up(f, NOON + HOUR, 0);
	assert_memory_not_equal(&plan.digest, &before.digest, sizeof plan.digest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stories),
		cmocka_unit_test(test_the_same_list_in_any_order),
		cmocka_unit_test(test_the_digest_is_of_the_hour_and_the_candidates),
		cmocka_unit_test(test_the_digest_is_of_what_is_left),
		cmocka_unit_test(test_memory_that_is_too_small_changes_nothing),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
