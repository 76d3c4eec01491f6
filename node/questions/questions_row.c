/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Rows as questions begin them, before their order and figures are known. */
#include "node/questions/questions_state.h"
#include "proto/catalog/catalog.h"

struct top_row questions_row_blank(void)
{
	return (struct top_row){ .record = FOLD_NONE,
				 .from = FOLD_NONE,
				 .line = FOLD_NONE,
				 .trust = FOLD_NONE,
				 .round = FOLD_NONE,
				 .site = UINT32_MAX };
}

enum top_row_late questions_lateness(const struct fold_line *line)
{
	if (line->check_on_them)
		return TOP_ROW_CHECK;
	return line->status == LINE_OVERDUE ? TOP_ROW_OVERDUE : TOP_ROW_IN_TIME;
}

uint64_t questions_need_order(enum top_row_late late, uint32_t due_s)
{
	return (uint64_t)(late != TOP_ROW_CHECK) << 40 | (uint64_t)due_s << 8;
}

struct top_row questions_row_of_line(const struct asking *a, const struct fold_line *line, const struct fold_sums *sums)
{
	struct top_row f = questions_row_blank();

	f.record = f.line = line->record.own;
	f.list = FOLD_LINES;
	f.site = questions_site_index(a, line->record.own);
	f.item = line->item;
	f.late = (uint8_t)questions_lateness(line);
	f.said_s = picture_line_said(line, sums);
	return f;
}

void questions_row_amount(struct top_row *f, const struct fold_line *line, const struct fold_sums *sums)
{
	f->quantity = line->kind == LINE_NEED ? (int64_t)sums->open_milli : sums->on_hand_milli;
	f->unsaid = line->kind != LINE_RESOURCE && !sums->quantity_milli;
}

uint32_t questions_move_said(const struct asking *a, const struct fold_move *move)
{
	struct entry last;

	fold_read(a->fold, move->last, &last);
	return last.hlc.time;
}

struct top_row questions_row_of_move(const struct asking *a, const struct fold_move *move)
{
	struct top_row f = questions_row_blank();

	f.list = FOLD_MOVES;
	f.record = move->record.own;
	f.line = move->of == FOLD_NONE ? move->from : move->of;
	f.site = questions_site_index(a, f.line);
	f.quantity = (int64_t)move->quantity_milli;
	f.when_s = move->due_s;
	f.said_s = questions_move_said(a, move);
	return f;
}

/* What is said to all, at no place, is near. */
static bool is_row_near(const struct asking *a, const struct top_row *f)
{
	if (!a->asked->km)
		return true;
	if (f->site != UINT32_MAX)
		return questions_is_near(a, a->spots[f->site].distance_m);
	if (f->line != FOLD_NONE)
		return questions_is_near(a, questions_line_distance(a, f->line));
	return f->list == FOLD_NOTES && f->trust == FOLD_NONE;
}

void questions_add(struct asking *a, struct top_row f)
{
	if (is_row_near(a, &f))
		top_rows_add(&a->findings, f);
	else
		a->farther++;
}

uint8_t questions_tier_of(uint16_t item)
{
	const struct catalog_item *found = item ? catalog_find_code(item) : NULL;

	return found ? found->tier : 3;
}

bool questions_no_memory(struct asking *a)
{
	a->findings.out_of_memory = true;
	return true;
}
