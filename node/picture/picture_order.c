/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The orders in which people see the lists. Sorted once for each run of the fold, when somebody asks. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "node/picture/picture_state.h"
#include "sync/set/sort.h"

/* What decides, the first most. Equal ones stay in the fold's own order (author's key, number), which is the same on every
 * node. */
enum { KEYS = 4 };

struct keys {
	uint32_t by[KEYS];
};

struct sorting {
	const struct keys *keys;
	int key;
};

static uint32_t key_of(const void *ctx, uint32_t index)
{
	const struct sorting *s = ctx;

	return s->keys[index].by[s->key];
}

static uint32_t largest(const struct keys *keys, uint32_t count, int key)
{
	uint32_t most = 0;

	for (uint32_t i = 0; i < count; i++)
		if (keys[i].by[key] > most)
			most = keys[i].by[key];
	return most;
}

static void sort(struct picture *p, uint32_t *order, uint32_t count, const struct keys *keys)
{
	for (uint32_t i = 0; i < count; i++)
		order[i] = i;
	for (int key = KEYS; key-- > 0;) {
		struct sorting sorting = { .keys = keys, .key = key };
		uint32_t most = largest(keys, count, key);

		if (most)
			sort_by_key(order, count, key_of, &sorting, most, fold_scratch(p->fold));
	}
}

/* As strcasecmp orders names that end with their view. */
static int sites_by_name(const void *ctx, uint32_t a, uint32_t b)
{
	const struct picture *p = ctx;
	struct fold_record x, y;
	struct view one, other;
	int order;

	fold_record(p->fold, FOLD_SITES, a, &x);
	fold_record(p->fold, FOLD_SITES, b, &y);
	one = fold_name(p->fold, x.standing);
	other = fold_name(p->fold, y.standing);
	order = one.size && other.size ? strncasecmp((const char *)one.data, (const char *)other.data,
						     one.size < other.size ? one.size : other.size)
				       : 0;
	if (!order)
		order = one.size < other.size ? -1 : one.size > other.size;
	return order ? order : a < b ? -1 : a > b;
}

/* Where people should be looked after first; then overdue needs, those longest overdue before others; then what is open, covered, met, closed; then offers; then stock; then rounds, the newest first. A
 * drill stands behind all that is real of its kind. */
static uint32_t line_group(const struct fold *f, const struct fold_line *line)
{
	static const uint32_t groups[] = {
		[LINE_OVERDUE] = 1, [LINE_OPEN] = 2, [LINE_COVERED] = 3, [LINE_MET] = 4, [LINE_CLOSED] = 5
	};

	return (uint32_t)line->kind * 16 + (fold_is_real(f) && line->is_drill ? 8 : 0) +
	       (line->check_on_them ? 0 : groups[line->status]);
}

/* By place of a site: which name comes how late. 0 is for lines without a site. NULL when memory is out. */
static uint32_t *rank_sites(struct picture *p)
{
	uint32_t count = fold_count(p->fold, FOLD_SITES);
	const uint32_t *order = picture_order(p, FOLD_SITES);
	uint32_t *ranks = calloc(count + 1, sizeof *ranks);

	for (uint32_t i = 0; ranks && order && i < count; i++)
		ranks[order[i]] = i + 1;
	return ranks;
}

static void key_lines(struct picture *p, struct keys *keys, uint32_t count)
{
	uint32_t *ranks = rank_sites(p);

	for (uint32_t i = 0; i < count; i++) {
		struct fold_line line;
		uint32_t site;

		fold_line(p->fold, i, &line);
		site = line.site == FOLD_NONE ? UINT32_MAX : fold_index(p->fold, FOLD_SITES, line.site);
		keys[i] = (struct keys){ { line_group(p->fold, &line),
					   line.kind == LINE_ROUND ? UINT32_MAX - line.record.changed.time : line.due_s,
					   ranks && site != UINT32_MAX ? ranks[site] : 0, line.item } };
	}
	free(ranks);
}

/* Those that count first, by due time. */
static void key_moves(struct picture *p, struct keys *keys, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct fold_move move;

		fold_move(p->fold, i, &move);
		keys[i] = (struct keys){ { !move.counts, move.due_s, 0, 0 } };
	}
}

/* The newest first. */
static void key_notes(struct picture *p, struct keys *keys, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct fold_note note;

		fold_note(p->fold, i, &note);
		keys[i] = (struct keys){ { UINT32_MAX - note.record.changed.time, TICK_MAX - note.record.changed.tick,
					   0, 0 } };
	}
}

static bool make_order(struct picture *p, enum fold_list list, uint32_t *order, uint32_t count)
{
	struct keys *keys;

	if (list == FOLD_SITES) {
		for (uint32_t i = 0; i < count; i++)
			order[i] = i;
		sort_numbers(order, count, sites_by_name, p);
		return true;
	}
	keys = malloc((count + 1) * sizeof *keys);
	if (!keys)
		return false;
	if (list == FOLD_LINES)
		key_lines(p, keys, count);
	else if (list == FOLD_MOVES)
		key_moves(p, keys, count);
	else
		key_notes(p, keys, count);
	sort(p, order, count, keys);
	free(keys);
	return true;
}

const uint32_t *picture_order(struct picture *p, enum fold_list list)
{
	uint32_t count = fold_count(p->fold, list);

	if (p->orders[list])
		return p->orders[list];
	p->orders[list] = malloc((count + 1) * sizeof *p->orders[list]);
	if (p->orders[list] && make_order(p, list, p->orders[list], count))
		return p->orders[list];
	free(p->orders[list]);
	p->orders[list] = NULL;
	return NULL;
}

void picture_forget_orders(struct picture *p)
{
	for (enum fold_list list = FOLD_SITES; list < FOLD_LISTS; list++) {
		free(p->orders[list]);
		p->orders[list] = NULL;
	}
}
