/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What came in: what others said in rows that were stored since. */
#include <stdio.h>
#include <stdlib.h>

#include "node/questions/questions_state.h"

struct reading {
	struct asking *a;
	uint8_t *seen; /* a bit for each slot */
};

enum news_order { NEWS_ALERT, NEWS_NEED, NEWS_STOCK, NEWS_MOVE, NEWS_NOTE, NEWS_SITE };

/* Only what puts it into its place: the rest is looked at when it stands on the page (questions_news_complete). False: a drill
 * that does not count. */
static bool news_of(struct top_row *f, const struct asking *a, enum fold_list list, fold_slot record)
{
	struct fold_line line;
	struct fold_move move;
	struct fold_note note;

	*f = questions_row_blank();
	f->list = (uint8_t)list;
	f->record = record;
	switch (list) {
	case FOLD_SITES:
		f->order = (uint64_t)NEWS_SITE << 32;
		return questions_counts(a, FOLD_SITES, record);
	case FOLD_LINES:
		fold_line_at(a->fold, record, &line);
		f->order = (uint64_t)(line.kind == LINE_NEED    ? NEWS_NEED
				      : line.kind == LINE_ROUND ? NEWS_NOTE
								: NEWS_STOCK)
				   << 32 |
			   line.due_s;
		return questions_counts_line(a, &line.record);
	case FOLD_MOVES:
		fold_move_at(a->fold, record, &move);
		f->order = (uint64_t)NEWS_MOVE << 32 | move.due_s;
		return questions_counts_move(a, &move);
	case FOLD_NOTES:
		fold_note_at(a->fold, record, &note);
		f->order = (uint64_t)(note.kind == NOTE_ALERT ? NEWS_ALERT : NEWS_NOTE) << 32 |
			   (UINT32_MAX - note.record.changed.time);
		return !picture_note_is_over(a->picture, &note, a->q->now_s);
	case FOLD_LISTS:
		break;
	}
	return true;
}

void questions_news_complete(const struct asking *a, struct top_row *f)
{
	uint32_t index = fold_index(a->fold, (enum fold_list)f->list, f->record);
	struct fold_record record;
	struct fold_line line;
	struct fold_sums sums;
	struct fold_move move;

	if (index == UINT32_MAX)
		return;
	fold_record(a->fold, (enum fold_list)f->list, index, &record);
	f->said_s = record.changed.time;
	if (f->list == FOLD_SITES)
		f->site = index;
	if (f->list == FOLD_LINES) {
		fold_line(a->fold, index, &line);
		fold_line_sums(a->fold, index, &sums);
		if (line.kind == LINE_ROUND) {
			f->site = questions_site_index(a, f->record);
			f->round = f->record;
			return;
		}
		f->line = f->record;
		f->said_s = picture_line_said(&line, &sums);
		questions_row_amount(f, &line, &sums);
		f->people = sums.people;
		f->when_s = line.due_s;
	}
	if (f->list == FOLD_MOVES) {
		fold_move(a->fold, index, &move);
		f->line = move.of == FOLD_NONE ? move.from : move.of;
		f->quantity = (int64_t)move.quantity_milli;
		f->when_s = questions_is_awaited(&move) ? move.due_s : 0; /* what came is not late */
		f->said_s = questions_move_said(a, &move);
	}
	if (f->line != FOLD_NONE)
		f->site = questions_site_index(a, f->line);
}

/* What came only to be kept longer was here. */
static void on_register(void *user, const struct sync_register *reg)
{
	struct reading *r = user;
	struct top_row news;
	enum fold_list list;
	fold_slot record;

	if (reg->handle <= r->a->q->walk->after || reg->is_renewal || public_key_equal(reg->author, r->a->q->self))
		return;
	record = fold_record_of(r->a->fold, &list, reg->author, reg->kind, reg->number);
	if (record == FOLD_NONE || (r->seen[record / 8] >> record % 8 & 1))
		return;
	r->seen[record / 8] |= (uint8_t)(1 << record % 8);
	if (!news_of(&news, r->a, list, record))
		return;
	if (r->a->asked->km)
		questions_news_complete(r->a, &news);
	questions_add(r->a, news);
}

bool questions_find_news(struct asking *a)
{
	struct reading r = { .a = a };

	if (!a->q->walk->since) {
		(void)said_add(a->remark, SAY(NOBODY_CAME));
		return true;
	}
	r.seen = calloc(fold_slots(a->fold) / 8 + 1, 1);
	if (!r.seen)
		return questions_no_memory(a);
	sync_each_register(a->q->sync, on_register, &r);
	free(r.seen);
	return true;
}
