/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Keepers' changes and authors' newer words: which version of a line stands, and what no change can do. */
#include "tests/unit/fold/fold_story_tests.h"

static void keeper_changes(struct story *s)
{
	struct entered *change;

	setting(s);
	keeper(s, SCHOOL, NURSE);
	change = amend(s, NURSE, 60, NEED, &s->said[s->count - 3], 70, NOON + HOUR / 2);
	assert_int_equal(s->said[s->count - 4].entry.number, 10);
	amend(s, SCHOOL, 61, NEED, change, 90, NOON + HOUR / 4);
	amend(s, STRANGER, 62, NEED, change, 1, NOON + HOUR);
}

static void changes_chain(struct fold *f)
{
	struct fold_line line = line_at(f, NEED);
	struct public_key school = key_of(SCHOOL), nurse = key_of(NURSE), stranger = key_of(STRANGER);
	uint32_t at = fold_find(f, FOLD_LINES, NEED);

	fold_slot overtaken[FOLD_OVERTAKEN_MAX];

	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 90);
	assert_int_equal(fold_overtaken(f, line.record.own, overtaken), 0);
	assert_int_equal(entry_at(f, line.record.own).line.quantity_milli, 100);
	assert_true(public_key_equal(line.record.changed_by, &school));
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
	fold_slot overtaken[FOLD_OVERTAKEN_MAX];
	uint64_t sum = 0;

	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 50);
	assert_int_equal(fold_overtaken(f, line_at(f, NEED).record.own, overtaken), 2);
	for (uint32_t i = 0; i < 2; i++)
		sum += entry_at(f, overtaken[i]).line.quantity_milli;
	assert_int_equal(sum, 70 + 90); /* and what the stranger said is nobody's change */
}

static void keeper_ended(struct story *s)
{
	keeper_changes(s);
	trusting(s, SCHOOL, 970, TRUST_KEEPER_END, NURSE, NOON);
}

static void the_change_no_longer_applies(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
}

static void two_keepers_at_once(struct story *s)
{
	struct entered *base;

	setting(s);
	base = need(s, SCHOOL, 12, 100);
	keeper(s, SCHOOL, NURSE);
	keeper(s, SCHOOL, TRUCKER);
	amend(s, NURSE, 60, SCHOOLS(12), base, 70, NOON + 20);
	amend(s, TRUCKER, 61, SCHOOLS(12), base, 60, NOON + 30);
}

static void the_later_of_both_stands(struct fold *f)
{
	fold_slot overtaken[FOLD_OVERTAKEN_MAX];

	NEED_IS(f, SCHOOLS(12), LINE_OPEN, 0, 0, 60);
	assert_int_equal(fold_overtaken(f, line_at(f, SCHOOLS(12)).record.own, overtaken), 1);
	assert_int_equal(entry_at(f, overtaken[0]).line.quantity_milli, 70);
}

static void keeper_retypes(struct story *s)
{
	struct entry other;

	setting(s);
	keeper(s, SCHOOL, NURSE);
	amend(s, NURSE, 60, NEED, &s->said[s->count - 3], 70, NOON + 20);
	other = s->said[s->count - 1].entry;
	other.number = 61;
	other.hlc.time = NOON + 30;
	other.line.kind = LINE_RESOURCE;
	other.line.within_h = 0;
	tell(s, NURSE, &other);
}

static void it_stays_a_need(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 70);
	assert_int_equal(line_at(f, NEED).kind, LINE_NEED);
	assert_int_equal(entry_at(f, line_at(f, NEED).record.standing).line.kind, LINE_NEED);
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
	changes_chain(f);
}

static const struct fold_story STORIES[] = {
	{ "keepers' changes chain", keeper_changes, changes_chain },
	{ "keeper changes a need while its author does", keeper_and_author_change, the_authors_newer_words_stand },
	{ "keeper ended", keeper_ended, the_change_no_longer_applies },
	{ "two keepers change the same", two_keepers_at_once, the_later_of_both_stands },
	{ "a keeper makes stock of a need", keeper_retypes, it_stays_a_need },
	{ "need closed while the truck is under way", closed_under_way, the_move_lives_and_tells },
	{ "a site retyped as a line", retyped, both_registers_stand },
	{ "a pledge for a keeper's change", amendment_as_target, goes_to_no_record },
};

int main(void)
{
	return run_stories(STORIES, sizeof STORIES / sizeof *STORIES);
}
