/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* When a place was heard from: when somebody spoke about that place, who may. */
#include "tests/unit/fold/fold_story_tests.h"

static uint32_t heard(struct fold *f, struct ref site_ref)
{
	struct fold_site folded;

	fold_site(f, fold_find(f, FOLD_SITES, site_ref), &folded);
	return folded.heard_s;
}

#define HEARD_AT(f, site_ref, hours) assert_int_equal(heard(f, site_ref), NOON + (hours)*HOUR)

/* The school wrote down a second place, and goes on speaking of its own. */
static void two_places(struct story *s)
{
	struct entry later = need_entry(SCHOOL, 10, 120, NOON + 5 * HOUR);

	setting(s);
	site(s, SCHOOL, 2);
	tell(s, SCHOOL, &later);
	note(s, SCHOOL, 60, NOTE_MESSAGE, NOTHING, 7);
	note(s, SCHOOL, 61, NOTE_MESSAGE, SCHOOLS(2), 8);
	s->now_s = NOON + 9 * HOUR;
}

static void the_other_is_silent(struct fold *f)
{
	HEARD_AT(f, SCHOOLS(1), 5);
	HEARD_AT(f, SCHOOLS(2), -30);
}

/* What is promised and sent to a place says nothing of it, what is taken in there does. */
static void goods(struct story *s)
{
	setting(s);
	mills(s, 30, MOVE_PLEDGED, 0, 80, 2);
	mills(s, 31, MOVE_SENT, 30, 80, 3);
	schools(s, 32, MOVE_ASKED, MILLS(30), 80, 4);
	s->now_s = NOON + 6 * HOUR;
}

static void the_place_of_the_stock_is_heard(struct fold *f)
{
	HEARD_AT(f, SCHOOLS(1), 0);
	HEARD_AT(f, MILLS(1), 3);
}

static void goods_taken_in(struct story *s)
{
	goods(s);
	schools(s, 33, MOVE_RECEIVED, MILLS(31), 80, 5);
}

static void both_are_heard(struct fold *f)
{
	HEARD_AT(f, SCHOOLS(1), 5);
	HEARD_AT(f, MILLS(1), 3);
}

/* The school trusts the mill and made the church its keeper; nobody knows the stranger. */
static void others_speak(struct story *s)
{
	setting(s);
	keeper(s, SCHOOL, CHURCH);
	note(s, CHURCH, 60, NOTE_STILL_NEEDED, NEED, 2);
	note(s, MILL, 61, NOTE_SEEN, NEED, 3);
	note(s, STRANGER, 62, NOTE_SEEN, NEED, 4);
	note(s, NURSE, 63, NOTE_SEEN, SCHOOLS(1), 5);
	s->now_s = NOON + 6 * HOUR;
}

static void who_is_trusted_is_believed(struct fold *f)
{
	HEARD_AT(f, SCHOOLS(1), 3);
}

static void a_friends_friend_speaks(struct story *s)
{
	others_speak(s);
	vouch(s, MILL, NURSE);
}

static void he_is_believed(struct fold *f)
{
	HEARD_AT(f, SCHOOLS(1), 5);
}

/* A need at somebody else's place. */
static void a_line_of_another(struct story *s)
{
	struct entry mills_need = need_entry(SCHOOL, 40, 10, NOON + 2 * HOUR);
	struct entry strangers = need_entry(SCHOOL, 41, 10, NOON + 3 * HOUR);

	setting(s);
	tell(s, MILL, &mills_need);
	tell(s, STRANGER, &strangers);
}

static void it_is_about_that_place(struct fold *f)
{
	HEARD_AT(f, SCHOOLS(1), 2);
	HEARD_AT(f, MILLS(1), 0);
}

static const struct fold_story STORIES[] = {
	{ "who writes down two places", two_places, the_other_is_silent },
	{ "what is on its way", goods, the_place_of_the_stock_is_heard },
	{ "what was taken in", goods_taken_in, both_are_heard },
	{ "a keeper, a friend and strangers speak", others_speak, who_is_trusted_is_believed },
	{ "a friend's friend speaks", a_friends_friend_speaks, he_is_believed },
	{ "a need at another's place", a_line_of_another, it_is_about_that_place },
};

int main(void)
{
	return run_stories(STORIES, sizeof STORIES / sizeof *STORIES);
}
