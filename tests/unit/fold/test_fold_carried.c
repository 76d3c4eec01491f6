/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A line whose author fell silent, and whose own words are gone: a keeper of its place carries it on. */
#include "tests/unit/fold/fold_story_tests.h"

/* A keeper says the whole need of the school, as it stood, in its place. */
static struct entry carrying(uint64_t quantity)
{
	struct entry e = need_entry(SCHOOL, 10, quantity, NOON);

	e.line.amends.of = NEED;
	return e;
}

static struct entered *carry(struct story *s, enum who who, uint32_t number, uint64_t quantity, uint32_t time)
{
	struct entry e = carrying(quantity);

	e.number = number;
	e.hlc.time = time;
	return tell(s, who, &e);
}

/* The setting without the school's own words of its need. */
static void school_fell_silent(struct story *s)
{
	setting(s);
	keeper(s, SCHOOL, NURSE);
	keeper(s, SCHOOL, TRUCKER);
	for (uint32_t i = 0; i < s->count; i++)
		if (s->said[i].entry.kind == ENTRY_LINE && s->said[i].entry.number == 10)
			s->said[i] = s->said[--s->count];
}

/* 75 of 80 came in while the school still spoke; 10 more are promised. */
static void with_journeys(struct story *s)
{
	mills(s, 30, MOVE_PLEDGED, 0, 80, 1);
	mills(s, 31, MOVE_SENT, 30, 80, 2);
	schools(s, 32, MOVE_RECEIVED, MILLS(31), 75, 3);
	mills(s, 33, MOVE_PLEDGED, 0, 10, 3);
	note(s, SCHOOL, 40, NOTE_STILL_NEEDED, NEED, 3);
	s->now_s = NOON + 4 * HOUR;
}

static void carried(struct story *s)
{
	school_fell_silent(s);
	vouch(s, NURSE, MILL);
	carry(s, NURSE, 10, 100, NOON + HOUR);
	with_journeys(s);
}

static void it_goes_on(struct fold *f)
{
	struct public_key nurse = key_of(NURSE);
	struct fold_line line = line_at(f, NEED);
	struct fold_note note;

	NEED_IS(f, NEED, LINE_OPEN, 75, 10, 15);
	STOCK_IS(f, STOCK, 420, 10);
	assert_int_equal(fold_count(f, FOLD_LINES), 2);
	assert_true(public_key_equal(line.record.author, &nurse));
	assert_true(ref_equal(fold_ref(f, line.record.own), NEED)); /* the name that people know */
	assert_int_equal(line_at(f, ref_of(NURSE, 10)).record.own, line.record.own);
	assert_int_equal(move_at(f, MILLS(33)).of, line.record.own);
	assert_int_equal(line.confirmed_s, NOON + 3 * HOUR); /* whose need it was may go on speaking of it */
	fold_note(f, 0, &note);
	assert_int_equal(note.of, line.record.own);
	assert_int_equal(fold_kind(f, line.site), ENTRY_SITE);
}

/* A household's ticket is of the name that the need had. */
static void carried_under_another_number(struct story *s)
{
	struct entry e;

	school_fell_silent(s);
	vouch(s, NURSE, MILL);
	e = carrying(100);
	e.number = 77;
	e.line.ticket = 5;
	tell(s, NURSE, &e);
	with_journeys(s);
	move(s, (struct moving){ MILL, 35, MOVE_GIVEN, NEED, STOCK, NOTHING, 3, 3, 0 });
}

static void it_keeps_its_name(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 78, 10, 12);
	assert_true(ref_equal(fold_ref(f, line_at(f, NEED).record.own), NEED));
	assert_int_equal(line_at(f, ref_of(NURSE, 77)).record.own, line_at(f, NEED).record.own);
}

/* Before the school falls silent, or once it is back. */
static void the_author_is_here(struct story *s)
{
	struct entry again = need_entry(SCHOOL, 10, 90, NOON + 2 * HOUR);

	carried(s);
	tell(s, SCHOOL, &again);
	move(s, (struct moving){ MILL, 36, MOVE_PLEDGED, ref_of(NURSE, 10), STOCK, NOTHING, 5, 3, 0 });
}

static void its_words_are_the_record(struct fold *f)
{
	struct public_key school = key_of(SCHOOL);
	struct fold_change overtaken[FOLD_OVERTAKEN_MAX];
	struct fold_line line = line_at(f, NEED);

	NEED_IS(f, NEED, LINE_COVERED, 75, 15, 0); /* also what was promised to it while it was carried */
	assert_int_equal(fold_count(f, FOLD_LINES), 2);
	assert_true(public_key_equal(line.record.author, &school));
	assert_int_equal(line.record.standing, line.record.own);
	assert_int_equal(line_at(f, ref_of(NURSE, 10)).record.own, line.record.own);
	assert_int_equal(fold_overtaken(f, line.record.own, overtaken), 0);
}

static void two_carry(struct story *s)
{
	carried(s);
	carry(s, TRUCKER, 10, 60, NOON + HOUR + 1);
	carry(s, MILL, 10, 1, NOON + 2 * HOUR); /* nobody's keeper */
}

static void the_later_carries(struct fold *f)
{
	struct public_key trucker = key_of(TRUCKER), nurse = key_of(NURSE), mill = key_of(MILL);
	struct fold_line line = line_at(f, NEED);

	assert_int_equal(sums_at(f, NEED).quantity_milli, 60);
	assert_int_equal(sums_at(f, NEED).received_milli, 75);
	assert_int_equal(fold_count(f, FOLD_LINES), 2);
	assert_true(public_key_equal(line.record.author, &trucker));
	assert_int_equal(line_at(f, ref_of(NURSE, 10)).record.own, line.record.own);
	assert_int_equal(fold_carried_by(f, line.record.own, &trucker), line.record.own);
	assert_int_not_equal(fold_carried_by(f, line.record.own, &nurse), FOLD_NONE);
	assert_int_equal(fold_carried_by(f, line.record.own, &mill), FOLD_NONE);
}

static void a_stranger_carries(struct story *s)
{
	school_fell_silent(s);
	carry(s, STRANGER, 10, 1, NOON + 2 * HOUR);
	with_journeys(s);
}

static void nothing_is_carried(struct fold *f)
{
	assert_int_equal(fold_find(f, FOLD_LINES, NEED), UINT32_MAX);
	assert_int_equal(fold_find(f, FOLD_LINES, STRANGERS(10)), UINT32_MAX);
	assert_int_equal(fold_count(f, FOLD_LINES), 1);
	assert_int_equal(move_at(f, MILLS(33)).of, FOLD_NONE);
}

/* A stranger says that the need was at a place of his own, later than the keeper. */
static void a_stranger_takes_over(struct story *s)
{
	struct entry e = carrying(1);

	carried(s);
	site(s, STRANGER, 1);
	e.number = 10;
	e.hlc.time = NOON + 3 * HOUR;
	e.line.site = STRANGERS(1);
	tell(s, STRANGER, &e);
}

static void edited_while_carried(struct story *s)
{
	struct entry own = carrying(100), says;

	carried(s);
	says = own;
	says.line.quantity_milli = 120;
	tell_change(s, NURSE, 60, NOON + 2 * HOUR, change_of(&own, NEED, field_bit(LINE_FIELD_GOODS), &says), NULL);
	says.line.people = 9;
	tell_change(s, TRUCKER, 60, NOON + 2 * HOUR,
		    change_of(&own, ref_of(NURSE, 10), field_bit(LINE_FIELD_PEOPLE), &says), NULL);
}

static void the_edits_stand(struct fold *f)
{
	struct fold_line line = line_at(f, NEED);
	struct entry standing = entry_at(f, line.record.standing);

	NEED_IS(f, NEED, LINE_OPEN, 75, 10, 35);
	assert_int_equal(standing.line.quantity_milli, 120);
	assert_int_equal(standing.line.people, 9);
}

/* It had said 100, and says so again: what was changed meanwhile was made from that. */
static void edited_and_the_author_returns(struct story *s)
{
	struct entry again = need_entry(SCHOOL, 10, 100, NOON + 3 * HOUR);

	edited_while_carried(s);
	tell(s, SCHOOL, &again);
}

/* Who carries what a keeper merely changed, or carried, carries nothing. */
static void carried_in_circles(struct story *s)
{
	struct entry e = carrying(7);

	carried(s);
	e.number = 11;
	e.hlc.time = NOON + 2 * HOUR;
	e.line.amends.of = ref_of(NURSE, 10);
	tell(s, TRUCKER, &e);
	e.number = 12;
	e.line.amends.of = ref_of(TRUCKER, 12);
	tell(s, TRUCKER, &e);
}

/* A trucker, who is no keeper there, asked at the church, and noted himself what came. */
static void a_guests_need_is_carried(struct story *s)
{
	struct entry e = need_entry(CHURCH, 12, 50, NOON + HOUR);

	setting(s);
	e.line.amends.of = ref_of(TRUCKER, 12);
	tell(s, CHURCH, &e);
	move(s, (struct moving){ TRUCKER, 30, MOVE_RECEIVED, ref_of(TRUCKER, 12), NOTHING, NOTHING, 20, 1, 0 });
	move(s, (struct moving){ STRANGER, 31, MOVE_RECEIVED, ref_of(TRUCKER, 12), NOTHING, NOTHING, 9, 1, 0 });
	s->now_s = NOON + 2 * HOUR;
}

static void the_guests_word_counts(struct fold *f)
{
	NEED_IS(f, ref_of(TRUCKER, 12), LINE_OPEN, 20, 0, 30);
}

static void two_keys(struct story *s)
{
	struct entry e = need_entry(CHURCH, 12, 50, NOON + HOUR);

	school_fell_silent(s);
	carry(s, NURSE, 10, 100, NOON + HOUR);
	e.line.amends.of = SCHOOLS(12);
	tell(s, CHURCH, &e);
	card(s, IMPOSTOR);
}

static void nobody_knows_whose_it_is(struct fold *f)
{
	assert_int_equal(fold_find(f, FOLD_LINES, NEED), UINT32_MAX);
	assert_int_equal(fold_find(f, FOLD_LINES, CHURCHS(12)), UINT32_MAX);
	assert_int_equal(fold_count(f, FOLD_LINES), 1);
}

/* As old as the words that it carries on, and kept by the day on which it was signed. Who was a keeper then, and is none any more,
 * carries nothing on. */
static void carried_as_old_as_it_is(struct story *s)
{
	struct entered *said;

	school_fell_silent(s);
	vouch(s, NURSE, MILL);
	said = carry(s, NURSE, 10, 100, NOON);
	said->entry.hlc.renewed = 21;
	story_name(said);
	with_journeys(s);
}

static void its_time_is_the_first(struct fold *f)
{
	it_goes_on(f);
	assert_int_equal(line_at(f, NEED).record.changed.time, NOON);
	assert_int_equal(line_at(f, NEED).due_s, NOON + 24 * HOUR);
}

static void carried_after_the_right_ended(struct story *s)
{
	carried_as_old_as_it_is(s);
	trusting(s, SCHOOL, 996, TRUST_KEEPER_END, NURSE, NOON + 5 * EPOCH_S);
}

static void the_line_is_gone(struct fold *f)
{
	assert_int_equal(fold_find(f, FOLD_LINES, NEED), UINT32_MAX);
}

static const struct fold_story STORIES[] = {
	{ "a keeper carries a need on", carried, it_goes_on },
	{ "a keeper carries a need on under another number", carried_under_another_number, it_keeps_its_name },
	{ "carried while its author speaks", the_author_is_here, its_words_are_the_record },
	{ "two keepers carry", two_carry, the_later_carries },
	{ "a stranger carries", a_stranger_carries, nothing_is_carried },
	{ "a stranger carries to a place of his own", a_stranger_takes_over, it_goes_on },
	{ "edited while it is carried", edited_while_carried, the_edits_stand },
	{ "edited while it was carried, and the author returns", edited_and_the_author_returns, the_edits_stand },
	{ "carried in circles", carried_in_circles, it_goes_on },
	{ "a guest's need is carried on", a_guests_need_is_carried, the_guests_word_counts },
	{ "carried, as old as it is", carried_as_old_as_it_is, its_time_is_the_first },
	{ "carried after the right ended", carried_after_the_right_ended, the_line_is_gone },
	{ "carried for one of two keys", two_keys, nobody_knows_whose_it_is },
};

int main(void)
{
	return run_stories(STORIES, sizeof STORIES / sizeof *STORIES);
}
