/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/questions/top_rows.h"

#include <stdlib.h>
#include <string.h>

void top_rows_init(struct top_rows *f, uint32_t keep)
{
	*f = (struct top_rows){ .keep = keep };
}

void top_rows_fini(struct top_rows *f)
{
	free(f->rows);
}

static int compare(const void *a, const void *b)
{
	const struct top_row *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	if (x->second != y->second)
		return x->second < y->second ? -1 : 1;
	return x->found < y->found ? -1 : x->found > y->found;
}

static void swap(struct top_row *a, struct top_row *b)
{
	struct top_row kept = *a;

	*a = *b;
	*b = kept;
}

static void rise(struct top_rows *f, uint32_t at)
{
	while (at > 0 && compare(&f->rows[(at - 1) / 2], &f->rows[at]) < 0) {
		swap(&f->rows[(at - 1) / 2], &f->rows[at]);
		at = (at - 1) / 2;
	}
}

static void sink(struct top_rows *f)
{
	uint32_t at = 0;

	for (uint32_t child = 1; child < f->count; child = 2 * at + 1) {
		if (child + 1 < f->count && compare(&f->rows[child], &f->rows[child + 1]) < 0)
			child++;
		if (compare(&f->rows[at], &f->rows[child]) >= 0)
			return;
		swap(&f->rows[at], &f->rows[child]);
		at = child;
	}
}

static bool grow(struct top_rows *f)
{
	uint32_t cap = f->cap ? 2 * f->cap : 64;
	struct top_row *rows;

	if (f->count < f->cap)
		return true;
	rows = realloc(f->rows, cap * sizeof *rows);
	if (!rows) {
		f->out_of_memory = true;
		return false;
	}
	f->rows = rows;
	f->cap = cap;
	return true;
}

void top_rows_add(struct top_rows *f, struct top_row finding)
{
	finding.found = f->total++;
	if (f->count < f->keep) {
		if (!grow(f))
			return;
		f->rows[f->count++] = finding;
		rise(f, f->count - 1);
	} else if (f->count && compare(&finding, &f->rows[0]) < 0) {
		f->rows[0] = finding;
		sink(f);
	}
}

void top_rows_sort(struct top_rows *f)
{
	if (f->count)
		qsort(f->rows, f->count, sizeof *f->rows, compare);
}
