/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What its author signs again only so that it is kept looks as it did: as old, as due, as little confirmed, as long not heard of. */
#include "tests/unit/fold/fold_story_tests.h"

enum { LATER_DAYS = 15 };

/* The same words, kept so many days longer. */
static struct entered *renew(struct story *s, uint32_t at, uint16_t days)
{
	struct entered *said = &s->said[s->count++];

	assert_true(s->count <= STORY_MAX);
	*said = s->said[at];
	said->entry.hlc.renewed = days;
	story_name(said);
	return said;
}

static void renew_all(struct story *s, uint16_t days)
{
	for (uint32_t at = 0, count = s->count; at < count; at++)
		if (entry_is_renewable(&s->said[at].entry))
			renew(s, at, days);
}

static void all_is_renewed(struct story *s)
{
	setting(s);
	renew_all(s, LATER_DAYS);
	s->now_s = NOON + 20 * HOUR;
}

static void nothing_looks_newer(struct fold *f)
{
	struct fold_line line = line_at(f, NEED);
	struct fold_site site;

	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
	STOCK_IS(f, STOCK, 500, 0);
	assert_int_equal(entry_at(f, line.record.standing).hlc.renewed, LATER_DAYS);
	assert_int_equal(line.record.changed.time, NOON);
	assert_int_equal(line.due_s, NOON + 24 * HOUR);
	assert_int_equal(line.confirmed_s, 0);
	assert_true(line.ask_still_needed);
	fold_site(f, fold_find(f, FOLD_SITES, SCHOOLS(1)), &site);
	assert_int_equal(site.heard_s, NOON);
	assert_int_equal(fold_count(f, FOLD_LINES), 2);
	assert_int_equal(fold_count(f, FOLD_SITES), 3);
}

/* Of renewals the latest stands, and before all of them what is said anew. */
static void edited_and_renewed(struct story *s)
{
	uint32_t own = 0;
	struct entry edited;

	setting(s);
	while (s->said[own].entry.kind != ENTRY_LINE)
		own++;
	renew(s, own, 30);
	renew(s, own, 31);
	renew(s, own, 9);
	edited = need_entry(SCHOOL, 10, 70, NOON + 1);
	tell(s, SCHOOL, &edited);
	renew(s, s->count - 1, 2);
	renew(s, s->count - 2, 1);
}

static void the_edit_stands(struct fold *f)
{
	struct fold_line line = line_at(f, NEED);

	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 70);
	assert_int_equal(entry_at(f, line.record.standing).hlc.renewed, 2);
}

/* What it adds up to is reckoned until a day after it was said: that is no time ahead of what can be known. */
static void reckoned_when_renewed(struct story *s)
{
	uint32_t own = 0;

	setting(s);
	while (s->said[own].entry.kind != ENTRY_LINE)
		own++;
	renew(s, own, 60);
	s->said[s->count - 1].entry.line.counted = NOON + 35 * EPOCH_S;
	s->said[s->count - 1].entry.line.arrived_milli = 30;
	story_name(&s->said[s->count - 1]);
	schools(s, 31, MOVE_RECEIVED, NOTHING, 10, 34 * 24);
	schools(s, 32, MOVE_RECEIVED, NOTHING, 7, 36 * 24);
	s->now_s = NOON + 60 * EPOCH_S;
}

static void moves_count_since_then(struct fold *f)
{
	NEED_IS(f, NEED, LINE_OVERDUE, 37, 0, 63);
}

/* A right stands or falls by when it was given and taken, not by what was signed again last. */
static void withdrawn_and_renewed(struct story *s)
{
	setting(s);
	trusting(s, SCHOOL, 990, TRUST_WITHDRAW, MILL, NOON - HOUR);
	renew_all(s, 60);
	for (uint32_t at = 0; at < s->count; at++)
		if (s->said[at].entry.kind == ENTRY_TRUST && s->said[at].entry.trust.kind == TRUST_VOUCH) {
			renew(s, at, 90);
			break;
		}
	mills(s, 30, MOVE_PLEDGED, 0, 80, 1);
	s->now_s = NOON + 2 * HOUR;
}

static void it_stays_withdrawn(struct fold *f)
{
	struct public_key school = key_of(SCHOOL), mill = key_of(MILL);

	NEED_IS(f, NEED, LINE_OPEN, 0, 0, 100);
	assert_true(fold_distance(f, &school, &mill) > FOLD_VOUCHES);
}

static const struct fold_story STORIES[] = {
	{ "all is renewed", all_is_renewed, nothing_looks_newer },
	{ "edited and renewed", edited_and_renewed, the_edit_stands },
	{ "reckoned when renewed", reckoned_when_renewed, moves_count_since_then },
	{ "withdrawn and renewed", withdrawn_and_renewed, it_stays_withdrawn },
};

int main(void)
{
	return run_stories(STORIES, sizeof STORIES / sizeof *STORIES);
}
