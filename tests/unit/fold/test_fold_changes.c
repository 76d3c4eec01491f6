/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Keepers' changes and authors' newer words: which version of a line stands, and what no change can do. */
#include "tests/unit/fold/fold_story_tests.h"

enum { GOODS = 1 << LINE_FIELD_GOODS, HEADS = 1 << LINE_FIELD_PEOPLE, TEXT = 1 << LINE_FIELD_TEXT };

/* The school's words of its need, as the setting has them. */
static struct entered *the_need(struct story *s)
{
	for (uint32_t i = 0; i < s->count; i++)
		if (s->said[i].entry.kind == ENTRY_LINE && s->said[i].entry.number == 10)
			return &s->said[i];
	fail_msg("the setting has no need");
	return NULL;
}

static void keepers(struct story *s)
{
	setting(s);
	keeper(s, SCHOOL, NURSE);
	keeper(s, SCHOOL, TRUCKER);
}

/* The school says its need anew. */
static void say_anew(struct story *s, struct entry e, uint32_t time, const struct entered *knew)
{
	e.hlc.time = time;
	if (knew)
		e.line.amends.knew[e.line.amends.knew_count++] = entry_id_short(&knew->id);
	tell(s, SCHOOL, &e);
}

static struct entry stands_of(const struct fold *f, struct ref ref)
{
	return entry_at(f, line_at(f, ref).record.standing);
}

/* Those fields of one change were lost, and nothing else. */
static void is_overtaken(const struct fold *f, struct ref ref, struct ref change, uint32_t fields)
{
	struct fold_change overtaken[FOLD_OVERTAKEN_MAX];

	assert_int_equal(fold_overtaken(f, line_at(f, ref).record.own, overtaken), 1);
	assert_true(ref_equal(fold_ref(f, overtaken[0].slot), change));
	assert_int_equal(overtaken[0].fields, fields);
}

static void none_is_overtaken(const struct fold *f, struct ref ref)
{
	struct fold_change overtaken[FOLD_OVERTAKEN_MAX];

	assert_int_equal(fold_overtaken(f, line_at(f, ref).record.own, overtaken), 0);
}

static void keeper_changes(struct story *s)
{
	struct entry says;
	struct entered *change;

	keepers(s);
	change = amend(s, NURSE, 60, NEED, the_need(s), 70, NOON + HOUR / 2);
	says = the_need(s)->entry;
	says.line.quantity_milli = 90;
	tell_change(s, TRUCKER, 61, NOON + HOUR / 4 * 3, change_of(&the_need(s)->entry, NEED, GOODS, &says), change);
	amend(s, STRANGER, 62, NEED, the_need(s), 1, NOON + HOUR);
}

static void the_last_keepers_word_stands(struct fold *f)
{
	struct fold_line line = line_at(f, NEED);
	struct public_key trucker = key_of(TRUCKER), nurse = key_of(NURSE), stranger = key_of(STRANGER);
	uint32_t at = fold_find(f, FOLD_LINES, NEED);

	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 90);
	none_is_overtaken(f, NEED);
	assert_int_equal(entry_at(f, line.record.own).line.quantity_milli, 100);
	assert_true(public_key_equal(line.record.changed_by, &trucker));
	assert_int_equal(fold_count(f, FOLD_LINES), 2);
	assert_true(fold_may_change(f, FOLD_LINES, at, &nurse));
	assert_false(fold_may_change(f, FOLD_LINES, at, &stranger));
}

static void keeper_and_author_change(struct story *s)
{
	struct entry own = need_entry(SCHOOL, 10, 50, NOON + HOUR / 3);

	keeper_changes(s);
	tell(s, SCHOOL, &own);
}

static void the_authors_newer_words_stand(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 50);
	is_overtaken(f, NEED, ref_of(TRUCKER, 61),
		     GOODS); /* who knew of the nurse's; a stranger's is nobody's change */
}

/* The author changes how many people, a keeper how much. */
static void different_fields(struct story *s)
{
	struct entry own;

	keepers(s);
	amend(s, NURSE, 60, NEED, the_need(s), 80, NOON + 30);
	own = the_need(s)->entry;
	own.line.people = 50;
	strcpy(own.line.text, "by the gate");
	say_anew(s, own, NOON + 40, NULL);
}

static void both_fields_stand(struct fold *f)
{
	struct public_key school = key_of(SCHOOL);
	struct entry standing = stands_of(f, NEED);

	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 80);
	assert_int_equal(sums_at(f, NEED).people, 50);
	assert_int_equal(standing.line.quantity_milli, 80);
	assert_int_equal(standing.line.people, 50);
	assert_string_equal(standing.line.text, "by the gate");
	assert_true(ref_equal(standing.line.site, SCHOOLS(1)));
	assert_int_equal(standing.line.created, NOON);
	assert_true(public_key_equal(line_at(f, NEED).record.changed_by, &school)); /* who spoke last */
	assert_int_equal(line_at(f, NEED).record.changed.time, NOON + 40);
	assert_int_equal(standing.hlc.time, NOON + 40);
	none_is_overtaken(f, NEED);
}

/* Three change three things, none of them knowing of the others. */
static void three_fields(struct story *s)
{
	struct entry says;

	different_fields(s);
	says = need_entry(SCHOOL, 10, 100, NOON);
	says.line.within_h = 6;
	says.line.closed = CLOSED_DONE;
	tell_change(s, TRUCKER, 61, NOON + 20,
		    change_of(&the_need(s)->entry, NEED, field_bit(LINE_FIELD_WITHIN) | field_bit(LINE_FIELD_CLOSED),
			      &says),
		    NULL);
}

static void all_three_stand(struct fold *f)
{
	struct entry standing = stands_of(f, NEED);

	assert_int_equal(line_at(f, NEED).status, LINE_CLOSED);
	assert_int_equal(line_at(f, NEED).due_s, NOON + 6 * HOUR);
	assert_int_equal(standing.line.closed, CLOSED_DONE);
	assert_int_equal(standing.line.within_h, 6);
	assert_int_equal(standing.line.quantity_milli, 80);
	assert_int_equal(standing.line.people, 50);
	none_is_overtaken(f, NEED);
}

/* The trucker says two things, of which the nurse says one later, not knowing. */
static void half_is_overtaken(struct story *s)
{
	struct entry says;

	keepers(s);
	says = the_need(s)->entry;
	says.line.quantity_milli = 60;
	says.line.people = 12;
	tell_change(s, TRUCKER, 61, NOON + 20, change_of(&the_need(s)->entry, NEED, GOODS | HEADS, &says), NULL);
	amend(s, NURSE, 60, NEED, the_need(s), 80, NOON + 30);
}

static void the_other_half_stands(struct fold *f)
{
	assert_int_equal(stands_of(f, NEED).line.quantity_milli, 80);
	assert_int_equal(stands_of(f, NEED).line.people, 12);
	is_overtaken(f, NEED, ref_of(TRUCKER, 61), GOODS);
}

static void keeper_clears(struct story *s)
{
	struct entry own, says;

	keepers(s);
	own = the_need(s)->entry;
	strcpy(own.line.text, "by the gate");
	own.line.people = 40;
	say_anew(s, own, NOON + 10, NULL);
	says = own;
	says.line.text[0] = '\0';
	says.line.people = 0;
	tell_change(s, NURSE, 60, NOON + 20, change_of(&own, NEED, TEXT | HEADS, &says), NULL);
}

static void it_is_cleared(struct fold *f)
{
	assert_string_equal(stands_of(f, NEED).line.text, "");
	assert_int_equal(stands_of(f, NEED).line.people, 0);
	assert_int_equal(sums_at(f, NEED).people, 0);
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
}

/* The school sees the nurse's 70 and says 100 again: its words, in a round of their own. */
static void author_overrules(struct story *s)
{
	struct entered *change;
	struct entry own;

	keepers(s);
	own = the_need(s)->entry;
	change = amend(s, NURSE, 60, NEED, the_need(s), 70, NOON + 20);
	own.line.amends.round = 1;
	say_anew(s, own, NOON + 30, change);
}

static void the_author_is_heard(struct fold *f)
{
	struct entry again = entry_at(f, line_at(f, NEED).record.own);

	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
	none_is_overtaken(f, NEED);
	assert_false(fold_would_change(f, line_at(f, NEED).record.own, &again));
	again.line.amends.round = 0;
	assert_true(fold_would_change(f, line_at(f, NEED).record.own, &again));
	again.line.quantity_milli = 70;
	assert_false(fold_would_change(f, line_at(f, NEED).record.own, &again));
}

/* 100, then 80, then 100 anew: the nurse changed the first, and the school does not know. */
static void there_and_back(struct story *s)
{
	struct entry own;

	keepers(s);
	own = the_need(s)->entry;
	amend(s, NURSE, 60, NEED, the_need(s), 70, NOON + 20);
	own.line.quantity_milli = 80;
	say_anew(s, own, NOON + 30, NULL);
	own.line.quantity_milli = 100;
	own.line.amends.round = 1;
	say_anew(s, own, NOON + 40, NULL);
}

static void the_change_is_of_a_round_before(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
	is_overtaken(f, NEED, ref_of(NURSE, 60), GOODS);
}

/* One keeper after the other, each of whom saw what stood; the nurse speaks twice. */
static void three_in_turn(struct story *s)
{
	static const enum who turn[] = { TRUCKER, NURSE, SCHOOL, NURSE };
	struct entry own, says, change;
	const struct entered *before[WHO_COUNT] = { NULL };

	keepers(s);
	own = says = the_need(s)->entry;
	for (uint32_t i = 0; i < 4; i++) {
		says.line.quantity_milli = 60 + i;
		change = change_of(&own, NEED, GOODS, &says);
		for (enum who who = SCHOOL; who < WHO_COUNT; who++)
			if (before[who] && who != turn[i])
				change.line.amends.knew[change.line.amends.knew_count++] =
					entry_id_short(&before[who]->id);
		before[turn[i]] = tell_change(s, turn[i], 60, NOON + 10 * (i + 1), change, NULL);
	}
}

static void the_last_stands_and_all_knew(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 63);
	none_is_overtaken(f, NEED);
}

/* The nurse knew what stood for how many, and changed how much: that is no answer to it. */
static void knew_and_spoke_of_another_field(struct story *s)
{
	struct entered *people;
	struct entry own, says;

	keepers(s);
	own = says = the_need(s)->entry;
	says.line.people = 12;
	people = tell_change(s, TRUCKER, 61, NOON + 10, change_of(&own, NEED, HEADS, &says), NULL);
	says.line.quantity_milli = 70;
	tell_change(s, NURSE, 60, NOON + 20, change_of(&own, NEED, GOODS, &says), people);
	says.line.people = 30;
	tell_change(s, SCHOOL, 62, NOON + 30, change_of(&own, NEED, HEADS, &says), NULL);
}

static void it_was_answered_by_nobody(struct fold *f)
{
	assert_int_equal(stands_of(f, NEED).line.people, 30);
	assert_int_equal(stands_of(f, NEED).line.quantity_milli, 70);
	is_overtaken(f, NEED, ref_of(TRUCKER, 61), HEADS);
}

static void keeper_ended(struct story *s)
{
	keepers(s);
	amend(s, NURSE, 60, NEED, the_need(s), 70, NOON + HOUR / 2);
	trusting(s, SCHOOL, 970, TRUST_KEEPER_END, NURSE, NOON);
}

static void the_change_no_longer_applies(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
}

static void two_keepers_at_once(struct story *s)
{
	struct entered *base;

	keepers(s);
	base = need(s, SCHOOL, 12, 100);
	amend(s, NURSE, 60, SCHOOLS(12), base, 70, NOON + 20);
	amend(s, TRUCKER, 61, SCHOOLS(12), base, 60, NOON + 30);
}

static void the_later_of_both_stands(struct fold *f)
{
	NEED_IS(f, SCHOOLS(12), LINE_OPEN, 0, 0, 60);
	is_overtaken(f, SCHOOLS(12), ref_of(NURSE, 60), GOODS);
}

static void keeper_retypes(struct story *s)
{
	struct entry other;

	keepers(s);
	amend(s, NURSE, 60, NEED, the_need(s), 70, NOON + 20);
	other = s->said[s->count - 1].entry;
	other.number = 61;
	other.hlc.time = NOON + 30;
	other.line.kind = LINE_RESOURCE;
	other.line.quantity_milli = 5;
	tell(s, NURSE, &other);
}

static void it_stays_a_need(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 70);
	assert_int_equal(line_at(f, NEED).kind, LINE_NEED);
	assert_int_equal(stands_of(f, NEED).line.kind, LINE_NEED);
}

/* A shelf: what was counted stands with when it was, and what moved since is added to it. */
static void keeper_counts(struct story *s)
{
	struct entry own, says;

	setting(s);
	keeper(s, MILL, NURSE);
	own = says = s->said[s->count - 2].entry;
	assert_int_equal(own.number, 20);
	says.line.quantity_milli = 300;
	says.line.counted = NOON + 2 * HOUR;
	tell_change(s, NURSE, 60, NOON + 2 * HOUR, change_of(&own, STOCK, GOODS, &says), NULL);
	move(s, (struct moving){ MILL, 30, MOVE_GIVEN, NOTHING, STOCK, NOTHING, 40, 1, 0 }); /* before the count */
	move(s, (struct moving){ MILL, 31, MOVE_GIVEN, NOTHING, STOCK, NOTHING, 7, 3, 0 });
	own.line.reserve_milli = 9;
	own.hlc.time = NOON + 3 * HOUR;
	tell(s, MILL, &own);
	s->now_s = NOON + 4 * HOUR;
}

static void the_count_stands_with_its_time(struct fold *f)
{
	STOCK_IS(f, STOCK, 293, 0);
	assert_int_equal(sums_at(f, STOCK).counted_s, NOON + 2 * HOUR);
	assert_int_equal(stands_of(f, STOCK).line.reserve_milli, 9);
}

/* A place is full, says a keeper, while its author gives it another name. */
static void site_changes(struct story *s)
{
	struct entry own = blank(ENTRY_SITE, 1, NOON - 30 * HOUR), says;

	keepers(s);
	strcpy(own.site.name, "Hall");
	says = own;
	says.site.state = SITE_FULL;
	says.site.people = 80;
	tell_change(s, NURSE, 60, NOON + 20,
		    change_of(&own, SCHOOLS(1), field_bit(SITE_FIELD_STATE) | field_bit(SITE_FIELD_PEOPLE), &says),
		    NULL);
	own.hlc.time = NOON + 10;
	strcpy(own.site.name, "Gym");
	tell(s, SCHOOL, &own);
}

static void both_say_the_site(struct fold *f)
{
	struct fold_site site;
	struct entry standing;
	struct view name;

	fold_site(f, fold_find(f, FOLD_SITES, SCHOOLS(1)), &site);
	standing = entry_at(f, site.record.standing);
	name = fold_name(f, site.record.standing);
	assert_string_equal(standing.site.name, "Gym");
	assert_int_equal(standing.site.state, SITE_FULL);
	assert_int_equal(standing.site.people, 80);
	assert_int_equal(name.size, 3);
	assert_memory_equal(name.data, "Gym", 3);
	assert_true(ref_equal(fold_ref(f, line_at(f, NEED).site_standing), ref_of(NURSE, 60)));
}

static void closed_under_way(struct story *s)
{
	struct entry closed = need_entry(SCHOOL, 10, 100, NOON + 3 * HOUR);

	setting(s);
	mills(s, 30, MOVE_SENT, 0, 80, 1);
	closed.line.closed = CLOSED_NOT_NEEDED;
	tell(s, SCHOOL, &closed);
	s->now_s = NOON + 4 * HOUR;
}

static void the_move_lives_and_tells(struct fold *f)
{
	struct fold_move found = move_at(f, MILLS(30));

	assert_int_equal(line_at(f, NEED).status, LINE_CLOSED);
	assert_true(found.need_closed && found.counts && found.of != FOLD_NONE);
	assert_int_equal(found.stage, MOVE_SENT);
}

static void retyped(struct story *s)
{
	struct entry line = need_entry(SCHOOL, 1, 5, NOON + 9);

	setting(s);
	tell(s, SCHOOL, &line);
	note(s, MILL, 31, NOTE_SEEN, SCHOOLS(1), 1);
}

static void both_registers_stand(struct fold *f)
{
	struct fold_note seen;

	assert_int_not_equal(fold_find(f, FOLD_SITES, SCHOOLS(1)), UINT32_MAX);
	NEED_IS(f, SCHOOLS(1), LINE_OPEN, 0, 0, 5);
	assert_int_not_equal(line_at(f, NEED).site, FOLD_NONE);
	assert_int_equal(fold_kind(f, line_at(f, NEED).site), ENTRY_SITE);
	fold_note(f, 0, &seen);
	assert_int_equal(fold_kind(f, seen.of), ENTRY_LINE);
}

static void amendment_as_target(struct story *s)
{
	keeper_changes(s);
	move(s, (struct moving){ NURSE, 30, MOVE_PLEDGED, ref_of(NURSE, 60), NOTHING, NOTHING, 5, 1, 0 });
}

static void goes_to_no_record(struct fold *f)
{
	assert_int_equal(move_at(f, ref_of(NURSE, 30)).of, FOLD_NONE);
	the_last_keepers_word_stands(f);
}

static const struct fold_story STORIES[] = {
	{ "keepers change a need one after the other", keeper_changes, the_last_keepers_word_stands },
	{ "keeper changes a need while its author does", keeper_and_author_change, the_authors_newer_words_stand },
	{ "author and keeper change different fields", different_fields, both_fields_stand },
	{ "three change three things", three_fields, all_three_stand },
	{ "of two things that a keeper said one is overtaken", half_is_overtaken, the_other_half_stands },
	{ "a keeper clears fields", keeper_clears, it_is_cleared },
	{ "the author overrules a keeper", author_overrules, the_author_is_heard },
	{ "there and back", there_and_back, the_change_is_of_a_round_before },
	{ "three keepers in turn", three_in_turn, the_last_stands_and_all_knew },
	{ "who knew, and spoke of another field", knew_and_spoke_of_another_field, it_was_answered_by_nobody },
	{ "keeper ended", keeper_ended, the_change_no_longer_applies },
	{ "two keepers change the same", two_keepers_at_once, the_later_of_both_stands },
	{ "a keeper makes stock of a need", keeper_retypes, it_stays_a_need },
	{ "a keeper counts a stock", keeper_counts, the_count_stands_with_its_time },
	{ "keeper and author change a site", site_changes, both_say_the_site },
	{ "need closed while the truck is under way", closed_under_way, the_move_lives_and_tells },
	{ "a site retyped as a line", retyped, both_registers_stand },
	{ "a pledge for a keeper's change", amendment_as_target, goes_to_no_record },
};

int main(void)
{
	return run_stories(STORIES, sizeof STORIES / sizeof *STORIES);
}
