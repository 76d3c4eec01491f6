/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/questions/questions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board/state_said.h"
#include "node/questions/questions_state.h"
#include "node/system/clock.h"
#include "proto/catalog/catalog.h"
#include "proto/text.h"

#define COPY(field, text) text_cut((field), sizeof(field) - 1, (text))

/* Who is trusted, and by whom. */
static void say_trust(const struct asking *a, const struct top_row *f, struct view_answer *view)
{
	char name[VIEW_NAME_SIZE];
	struct entry said;

	fold_read(a->fold, f->trust, &said);
	picture_author_name(a->picture, fold_author_of(a->fold, f->trust), view->by);
	picture_author_name(a->picture, &said.trust.key, name);
	if (f->why == TOP_ROW_KEEPER)
		(void)said_add(&view->about, SAY_OF(WHY_KEEPER, say_text(name)));
	else
		(void)said_add(&view->about, SAY_OF(WHY_VOUCH, say_text(view->by), say_text(name)));
}

static void say_lateness(const struct top_row *f, struct view_answer *view)
{
	switch ((enum top_row_late)f->late) {
	case TOP_ROW_IN_TIME:
		break;
	case TOP_ROW_OVERDUE:
		(void)said_add(&view->about, SAY(WHY_OVERDUE));
		break;
	case TOP_ROW_CHECK:
		(void)said_add(&view->about, SAY(WHY_CHECK));
		break;
	}
}

/* Those that need no figure. */
static const enum say_code WHYS[] = {
	[TOP_ROW_OBSERVED] = SAY_WHY_OBSERVED,
	[TOP_ROW_RECOUNT] = SAY_WHY_RECOUNT,
	[TOP_ROW_UNKNOWN] = SAY_WHY_UNKNOWN,
	[TOP_ROW_STRANGER] = SAY_WHY_STRANGER,
	[TOP_ROW_ONE_VOICE] = SAY_WHY_ONE_VOICE,
	[TOP_ROW_PROMISED] = SAY_WHY_PROMISED,
	[TOP_ROW_SENT] = SAY_WHY_SENT,
	[TOP_ROW_LAPSED] = SAY_WHY_LAPSED,
	[TOP_ROW_LAPSED_COVERED] = SAY_WHY_LAPSED_COVERED,
	[TOP_ROW_TOO_LATE] = SAY_WHY_TOO_LATE,
	[TOP_ROW_FORGOTTEN] = SAY_WHY_FORGOTTEN,
	[TOP_ROW_WANTED] = SAY_WHY_WANTED,
	[TOP_ROW_NEED] = SAY_WHY_NEED,
	[TOP_ROW_OVER] = SAY_WHY_ALERT,
	[TOP_ROW_BEYOND] = SAY_WHY_BEYOND,
	[TOP_ROW_BEYOND_NOW] = SAY_WHY_BEYOND_NOW,
	[TOP_ROW_LAPSES] = SAY_WHY_LAPSES,
	[TOP_ROW_USE_BY] = SAY_WHY_USE_BY,
	[TOP_ROW_PAST_USE] = SAY_WHY_PAST_USE,
	[TOP_ROW_WEIGHT] = SAY_WHY_WEIGHT,
	[TOP_ROW_KINDS] = SAY_NOTHING,
};

static void say_why(const struct asking *a, const struct top_row *f, struct view_answer *view)
{
	if (questions_is_drill(a, (enum fold_list)f->list, f->record))
		(void)said_add(&view->about, SAY(WHY_DRILL));
	say_lateness(f, view);
	if (a->asked->question == VIEW_Q_LOAD && f->list == FOLD_MOVES)
		(void)said_add(&view->about, SAY_OF(WHY_TO_SEND, say_text(view->ref),
						    f->quantity < f->of ? say_amount(f->quantity, "") : say_empty()));
	if (f->unsaid)
		(void)said_add(&view->about,
			       f->unsaid < f->count ? SAY_OF(WHY_UNSAID_SOME, say_number(f->unsaid)) : SAY(WHY_UNSAID));
	if (f->round != FOLD_NONE)
		(void)said_add(&view->about, picture_round_said(a->fold, f->round, clock_unix_of(a->q->now_s)));
	if (f->why == TOP_ROW_PEOPLE)
		(void)said_add(&view->about, SAY_OF(WHY_PEOPLE, say_number(f->people)));
	else if (f->why == TOP_ROW_KEEPER || f->why == TOP_ROW_VOUCH)
		say_trust(a, f, view);
	else if (WHYS[f->why] != SAY_NOTHING)
		(void)said_add(&view->about, (struct say){ .code = WHYS[f->why] });
}

/* What a note says, and whoever denies it at once after it. */
static void say_note(const struct asking *a, uint32_t index, struct view_answer *view)
{
	struct view_note note;

	picture_note_view(a->picture, index, a->q->now_s, &note);
	if (note.instead[0])
		(void)said_add(&view->about, SAY_OF(GO_TO, say_text(note.instead)));
	else
		(void)said_add(&view->about,
			       SAY_OF(WHY_WORDS, say_text(note.source), say_text(note.text), say_text(note.of)));
	if (note.denied_by[0])
		(void)said_add(&view->about, state_said_denial(&note));
	view->what = note.kind == VIEW_ALERT ? SAY_OF(NEWS_ALERT, say_part(SAY_LINE_SEVERITIES, note.severity))
					     : SAY_OF(NEWS_KIND, say_part(SAY_LINE_NOTE_KINDS, (unsigned)note.kind));
}

static void say_what(const struct asking *a, const struct top_row *f, struct view_answer *view)
{
	uint32_t index = f->record == FOLD_NONE ? UINT32_MAX : fold_index(a->fold, (enum fold_list)f->list, f->record);
	struct fold_line line;
	struct fold_move move;

	if (index == UINT32_MAX)
		return;
	switch ((enum fold_list)f->list) {
	case FOLD_SITES:
		view->what = SAY_OF(NEWS_KIND, say_phrase(SAY_NEWS_PLACE));
		break;
	case FOLD_LINES:
		fold_line(a->fold, index, &line);
		view->what = SAY_OF(NEWS_KIND, say_part(SAY_HISTORY_LINES, (unsigned)line.kind));
		break;
	case FOLD_MOVES:
		fold_move(a->fold, index, &move);
		view->what = SAY_OF(NEWS_KIND, say_part(SAY_PAGE_STAGES, (unsigned)move.stage));
		break;
	case FOLD_NOTES:
		say_note(a, index, view);
		break;
	case FOLD_LISTS:
		break;
	}
}

static void name_record(const struct asking *a, const struct top_row *f, struct view_answer *view)
{
	struct fold_record record;
	uint32_t index;

	if (f->record == FOLD_NONE)
		return;
	picture_ref_text(a->picture, fold_ref(a->fold, f->record), view->ref);
	index = fold_index(a->fold, (enum fold_list)f->list, f->record);
	if (index == UINT32_MAX)
		return;
	fold_record(a->fold, (enum fold_list)f->list, index, &record);
	picture_author_name(a->picture, record.author, view->by);
	view->trust = picture_trust(a->picture, record.author);
}

static void name_item(const struct asking *a, const struct top_row *f, struct view_answer *view)
{
	struct line about = { .item = f->item };
	struct fold_record record;
	struct entry standing;
	uint32_t index = f->line == FOLD_NONE ? UINT32_MAX : fold_index(a->fold, FOLD_LINES, f->line);

	if (index != UINT32_MAX) {
		fold_record(a->fold, FOLD_LINES, index, &record);
		fold_read(a->fold, record.standing, &standing);
		about = standing.line;
	}
	if (about.item || index != UINT32_MAX)
		picture_goods_name(&about, view->item_name, view->unit);
}

static void place_row(const struct asking *a, const struct top_row *f, struct view_answer *view)
{
	struct geo_point point;
	bool is_known = false;

	view->way.metres = VIEW_DISTANCE_UNKNOWN;
	if (f->site != UINT32_MAX) {
		COPY(view->site, questions_standing(a, FOLD_SITES, f->site).site.name);
		point = a->spots[f->site].point;
		is_known = a->spots[f->site].is_known;
	} else if (f->line != FOLD_NONE) {
		is_known = questions_line_point(a, f->line, &point);
	}
	if (!is_known || a->here == UINT32_MAX || !a->spots[a->here].is_known)
		return;
	view->way.metres = geo_distance_m(a->spots[a->here].point, point);
	COPY(view->way.direction, geo_direction(a->spots[a->here].point, point));
}

static void row_view(const struct asking *a, const struct top_row *f, struct view_answer *view)
{
	*view = (struct view_answer){
		.quantity_milli = f->quantity,
		.of_milli = f->of,
		.grams = (int64_t)f->grams,
		.is_estimate = f->why == TOP_ROW_PEOPLE || f->why == TOP_ROW_WEIGHT,
		.people = f->people,
		.count = f->count,
		.unsaid = f->unsaid,
		.when = clock_unix_of(f->when_s),
		.said = clock_unix_of(f->said_s),
	};
	name_record(a, f, view);
	name_item(a, f, view);
	place_row(a, f, view);
	if (a->asked->question == VIEW_Q_NEWS || f->list == FOLD_NOTES)
		say_what(a, f, view);
	say_why(a, f, view);
	if (f->from != FOLD_NONE)
		picture_ref_text(a->picture, fold_ref(a->fold, f->from), view->from);
}

static size_t show_rows(struct asking *a, view_answer_cb cb, void *user)
{
	top_rows_sort(&a->findings);
	for (size_t i = a->asked->offset; i < a->findings.count; i++) {
		struct view_answer view;

		if (a->asked->question == VIEW_Q_NEWS)
			questions_news_complete(a, &a->findings.rows[i]);
		row_view(a, &a->findings.rows[i], &view);
		if (!cb(user, &view))
			break;
	}
	return a->findings.total;
}

/* How many rows are wanted, from the first to the end of the page. */
static uint32_t rows_wanted(const struct view_asked *asked)
{
	size_t most = asked->offset + asked->limit;

	return !asked->limit || most < asked->limit || most > UINT32_MAX ? UINT32_MAX : (uint32_t)most;
}

/* What is empty is empty as far as it was asked: a remark on it says all. */
static void say_none(struct asking *a)
{
	static const enum say_code NONE[VIEW_QUESTIONS] = {
		[VIEW_Q_SHORT] = SAY_PAGE_NONE_SHORT,
		[VIEW_Q_RUNS_OUT] = SAY_PAGE_NONE_RUNS_OUT,
		[VIEW_Q_LOAD] = SAY_PAGE_NONE_LOAD,
		[VIEW_Q_NEWS] = SAY_PAGE_NONE_NEWS,
		[VIEW_Q_LATE] = SAY_PAGE_NONE_LATE,
		[VIEW_Q_SURPLUS] = SAY_PAGE_NONE_SURPLUS,
		[VIEW_Q_UNCONFIRMED] = SAY_PAGE_NONE_UNCONFIRMED,
		[VIEW_Q_SILENT] = SAY_PAGE_NONE_SILENT,
		[VIEW_Q_SERVED] = SAY_PAGE_NONE_SERVED,
		[VIEW_Q_EXPIRING] = SAY_PAGE_NONE_EXPIRING,
	};
	struct said all = { 0 };

	if (a->asked->km || a->findings.total || said_is_empty(a->remark))
		return;
	(void)said_add(&all, (struct say){ .code = NONE[a->asked->question] });
	said_add_all(&all, a->remark);
	*a->remark = all;
}

static void say_near(struct asking *a)
{
	struct say_value place, km = say_number(a->asked->km), more = say_number(a->farther);
	struct entry here;

	if (!a->asked->km)
		return;
	here = questions_standing(a, FOLD_SITES, a->here);
	place = say_text(here.site.name);
	(void)said_add(a->remark,
		       a->findings.total ? SAY_OF(NEAR_ONLY, km, place, more) : SAY_OF(NEAR_NONE, km, place, more));
}

size_t questions_ask(const struct questions *q, struct said *remark, const struct view_asked *asked, view_answer_cb cb,
		     void *user)
{
	static bool (*const finders[VIEW_QUESTIONS])(struct asking *) = {
		[VIEW_Q_SHORT] = questions_find_short,
		[VIEW_Q_RUNS_OUT] = questions_find_runs_out,
		[VIEW_Q_LOAD] = questions_find_load,
		[VIEW_Q_NEWS] = questions_find_news,
		[VIEW_Q_LATE] = questions_find_late,
		[VIEW_Q_SURPLUS] = questions_find_surplus,
		[VIEW_Q_UNCONFIRMED] = questions_find_unconfirmed,
		[VIEW_Q_SILENT] = questions_find_silent,
		[VIEW_Q_SERVED] = questions_find_served,
		[VIEW_Q_EXPIRING] = questions_find_expiring,
	};
	struct asking a = { .q = q,
			    .asked = asked,
			    .picture = q->picture,
			    .fold = picture_fold(q->picture, q->now_s),
			    .remark = remark };
	size_t total = SIZE_MAX;

	*remark = (struct said){ 0 };
	a.is_real = fold_is_real(a.fold);
	top_rows_init(&a.findings, rows_wanted(asked));
	if (questions_places(&a) && finders[asked->question](&a)) {
		if (a.findings.out_of_memory)
			(void)said_add(remark, SAY(QUESTION_MEMORY));
		else
			total = show_rows(&a, cb, user);
		say_none(&a);
		say_near(&a);
	}
	top_rows_fini(&a.findings);
	free(a.spots);
	return total;
}
