/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/plan/allocate.h"

#include <string.h>

#include "proto/catalog/catalog.h"
#include "proto/goods.h"
#include "sync/plan/allocate_state.h"
#include "sync/set/arena.h"

/* Memory. */

struct sizes {
	uint32_t needs, sources, moves, authors;
};

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static struct sizes sizes_of(const struct fold *f)
{
	struct sizes s = { .moves = fold_count(f, FOLD_MOVES), .authors = fold_author_count(f) };
	struct fold_line line;

	for (uint32_t i = 0; i < fold_count(f, FOLD_LINES); i++) {
		fold_line(f, i, &line);
		if (line.kind == LINE_NEED)
			s.needs++;
		else
			s.sources++;
	}
	return s;
}

static void place(struct work *w, struct arena *arena, struct sizes s)
{
	size_t holders = least(s.sources, s.authors), authors = least(s.needs, s.authors);

	w->needs = arena_take(arena, s.needs, sizeof *w->needs);
	w->sources = arena_take(arena, s.sources, sizeof *w->sources);
	w->receipts = arena_take(arena, (size_t)s.moves * ALLOCATE_RECEIPTS_A_MOVE, sizeof *w->receipts);
	w->refusals = arena_take(arena, s.moves, sizeof *w->refusals);
	w->by_slot = arena_take(arena, s.needs, sizeof *w->by_slot);
	w->by_time = arena_take(arena, (size_t)s.moves * ALLOCATE_RECEIPTS_A_MOVE, sizeof *w->by_time);
	w->by_item = arena_take(arena, s.sources, sizeof *w->by_item);
	w->heap = arena_take(arena, s.needs, sizeof *w->heap);
	w->is_trusted = arena_take(arena, holders * ((authors + 7) / 8), 1);
}

static size_t footprint_of(struct sizes sizes)
{
	struct arena arena = { .base = NULL };
	struct work measured;

	place(&measured, &arena, sizes);
	return arena.used;
}

size_t allocate_footprint(const struct fold *f)
{
	return footprint_of(sizes_of(f));
}

/* The order of turns. */

/* How long they have enough from the hour on; of what is needed once, the covered share of the ask as that of a day. */
static uint64_t covered_s(const struct work *w, const struct need *n)
{
	uint64_t left = n->until_s > w->hour_s ? n->until_s - w->hour_s : 0;

	assert(n->is_kept_for || n->asked == 0 || n->open <= n->asked);
	if (n->day)
		return left + n->coming_s;
	return n->asked ? (n->asked - n->open) * DAY_S / n->asked : DAY_S;
}

/* A portion is the grain of it: of two who have less than that, neither is better off for an hour more. */
static void rate(const struct work *w, struct need *n)
{
	n->covered_s = covered_s(w, n);
	n->portions = n->covered_s * (n->day ? ALLOCATE_PORTIONS_A_DAY : ALLOCATE_PORTIONS_ONCE) / DAY_S;
}

/* Without: all hours since it was first said, but for those that were served. */
static void find_without(const struct work *w, struct need *n)
{
	uint64_t from_s = n->created_s + n->served_s;
	uint64_t hours = w->hour_s > from_s ? (w->hour_s - from_s) / HOUR_S : 0;

	n->without_h = hours < ALLOCATE_WITHOUT_MAX_H ? (uint32_t)hours : ALLOCATE_WITHOUT_MAX_H;
}

static uint64_t whole(const struct need *n, uint64_t quantity)
{
	assert(n->piece > 0);
	return (quantity + n->piece - 1) / n->piece * n->piece;
}

/* A need that names no number takes what lasts for a day; what is kept for one lasts for two, and is no more than it asked for. */
static void find_open(struct need *n, uint64_t covered)
{
	uint64_t wanted_s = n->is_kept_for ? ALLOCATE_KEPT_DAYS * DAY_S : DAY_S;

	if ((n->asked && !n->is_kept_for) || !n->day)
		return;
	n->open = covered < wanted_s ? whole(n, (wanted_s - covered) * n->day / DAY_S) : 0;
	if (n->asked)
		n->open = less(n->open, n->asked);
}

/* Does `a` have its turn before `b`? */
static bool is_before(const struct work *w, uint32_t a, uint32_t b)
{
	const struct need *x = &w->needs[a], *y = &w->needs[b];

	if (x->portions != y->portions)
		return x->portions < y->portions;
	if (x->weight != y->weight)
		return x->weight > y->weight;
	if (x->without_h != y->without_h)
		return x->without_h > y->without_h;
	if (x->frail_permille != y->frail_permille)
		return x->frail_permille > y->frail_permille;
	if (x->within_h != y->within_h)
		return x->within_h < y->within_h;
	if (x->covered_s != y->covered_s)
		return x->covered_s < y->covered_s;
	if (x->drawn != y->drawn)
		return x->drawn < y->drawn;
	return x->drawn_own != y->drawn_own ? x->drawn_own < y->drawn_own : a < b;
}

static void sift_down(struct work *w, uint32_t at)
{
	for (;;) {
		uint32_t first = at, moved = w->heap[at];

		for (uint32_t child = 2 * at + 1; child <= 2 * at + 2 && child < w->heap_count; child++)
			if (is_before(w, w->heap[child], w->heap[first]))
				first = child;
		if (first == at)
			return;
		w->heap[at] = w->heap[first];
		w->heap[first] = moved;
		at = first;
	}
}

static void line_up(struct work *w)
{
	assert(w->heap_count == 0);
	for (uint32_t i = 0; i < w->need_count; i++) {
		struct need *n = &w->needs[i];

		find_without(w, n);
		find_open(n, covered_s(w, n));
		rate(w, n);
		/* Who did not ask again for a day after it was used up has let it go. */
		if (n->is_kept_for && w->hour_s > n->until_s + ALLOCATE_KEPT_H * HOUR_S)
			continue;
		if (n->open)
			w->heap[w->heap_count++] = i;
	}
	for (uint32_t at = w->heap_count / 2; at-- > 0;)
		sift_down(w, at);
}

static void leave_line(struct work *w)
{
	assert(w->heap_count > 0);
	w->heap[0] = w->heap[--w->heap_count];
	sift_down(w, 0);
}

/* Sources. */

struct pick {
	struct source *source;
	uint32_t distance_m;
};

static uint32_t distance_of(const struct need *n, const struct source *s)
{
	return n->spot.is_known && s->spot.is_known ? geo_distance_m(n->spot.point, s->spot.point) : ALLOCATE_FAR;
}

/* What is declined stays declined. */
static bool is_refused(const struct work *w, const struct need *n, const struct source *s)
{
	for (int at = n->refusals; at != NONE; at = w->refusals[at].next) {
		assert(at < w->refusal_count);
		if (w->refusals[at].source == s->own)
			return true;
	}
	return false;
}

/* Reach bounds what is known; a place without coordinates is for people to judge. */
static bool is_in_reach(const struct source *s, uint32_t distance_m)
{
	return !s->reach_m || distance_m == ALLOCATE_FAR || distance_m <= s->reach_m;
}

/* A quantity of another unit cannot be counted against the ask. */
static bool is_same_unit(uint16_t a, uint16_t b)
{
	const struct catalog_item *x = catalog_find_code(a), *y = catalog_find_code(b);

	return a == b || (x && y && strcmp(x->unit, y->unit) == 0);
}

/* The smallest quantity that is worth a way. */
static uint64_t lot_of(const struct need *n, const struct source *s)
{
	assert(n->open > 0);
	return less(more(more(n->lot, s->lot), 1), n->open);
}

/* Never a part of a blanket, unless that is all that is open. */
static uint64_t portion_of(const struct need *n, const struct source *s)
{
	uint64_t fair = n->day ? (n->day + ALLOCATE_PORTIONS_A_DAY - 1) / ALLOCATE_PORTIONS_A_DAY
			       : (n->asked + ALLOCATE_PORTIONS_ONCE - 1) / ALLOCATE_PORTIONS_ONCE;

	fair = whole(n, more(fair, lot_of(n, s)));
	assert(fair > 0);
	return less(less(fair, n->open), s->available);
}

/* The nearest for each of the two: who knows the author, who does not. */
struct picks {
	struct pick known, strange;
	bool is_known; /* somebody in reach knows the author, though there may be nothing left */
};

/* Whoever takes any size leaves alone what another asks for by its size. */
static bool spares_others(const struct need *n, const struct source *s)
{
	return !s->is_wanted || n->variant[0];
}

/* What spares others; then the nearest; then what must be used first. */
static bool is_better(const struct need *n, const struct pick *a, const struct pick *b)
{
	bool spares_a = spares_others(n, a->source), spares_b = spares_others(n, b->source);

	if (spares_a != spares_b)
		return spares_a;
	if (a->distance_m != b->distance_m)
		return a->distance_m < b->distance_m;
	return a->source->use_by < b->source->use_by;
}

static void consider(const struct work *w, struct picks *picks, const struct need *n, struct source *s)
{
	uint32_t distance_m = distance_of(n, s);
	bool known = allocate_is_known(w, s, n);
	struct pick *pick = known ? &picks->known : &picks->strange, found = { s, distance_m };

	if (s->is_drill != n->is_drill || !is_in_reach(s, distance_m) || variants_differ(s->variant, n->variant))
		return;
	picks->is_known = picks->is_known || known;
	if (s->available < lot_of(n, s) || is_refused(w, n, s) || (n->is_kept_for && !spares_others(n, s)))
		return;
	if (!pick->source || is_better(n, &found, pick))
		*pick = found;
}

static struct picks pick_source(struct work *w, const struct need *n)
{
	struct picks picks = { .is_known = false };

	for (int i = 0; i <= SUBSTITUTES_MAX; i++) {
		uint16_t item = n->items[i];

		if (!item || !is_same_unit(n->items[0], item))
			continue;
		for (uint32_t at = allocate_first_of_item(w, item);
		     at < w->source_count && w->sources[w->by_item[at]].item == item; at++)
			consider(w, &picks, n, &w->sources[w->by_item[at]]);
	}
	assert(picks.known.source == NULL || picks.is_known);
	return picks;
}

/* Suggesting. */

static struct allocate_portion portion(const struct work *w, const struct need *n, const struct pick *pick)
{
	uint64_t quantity = portion_of(n, pick->source);
	uint32_t silent_h = w->hour_s > n->heard_s ? (w->hour_s - n->heard_s) / HOUR_S : 0;

	assert(quantity > 0);
	assert(quantity <= pick->source->available);
	return (struct allocate_portion){
		.need = n->own,
		.source = pick->source->own,
		.item = pick->source->item,
		.quantity_milli = quantity,
		.people = n->people,
		.infants = n->infants,
		.vulnerable = n->vulnerable,
		.without_h = n->without_h,
		.within_h = n->within_h,
		.silent_h = silent_h > ALLOCATE_SILENT_H ? silent_h : 0,
		.maybe_milli = n->maybe,
		.late_milli = n->late,
		.due_s = n->due_s,
		.weight = n->weight,
		.covered_s = n->covered_s < UINT32_MAX ? (uint32_t)n->covered_s : UINT32_MAX,
		.days_milli = n->day ? (uint32_t)less(quantity * 1000 / n->day, UINT32_MAX) : 0,
		.distance_m = pick->distance_m,
	};
}

/* Rows of one list. */
struct rows {
	struct allocate_portion *list;
	uint32_t *count;
	uint32_t max;
};

/* The row of this need from this source; a new one, empty, where there is none yet. NULL: the list is full. */
static struct allocate_portion *row_of(const struct rows *rows, const struct allocate_portion *wanted)
{
	struct allocate_portion *row;

	assert(*rows->count <= rows->max);
	for (uint32_t i = 0; i < *rows->count; i++)
		if (rows->list[i].need == wanted->need && rows->list[i].source == wanted->source)
			return &rows->list[i];
	if (*rows->count == rows->max)
		return NULL;
	row = &rows->list[(*rows->count)++];
	*row = *wanted;
	row->quantity_milli = row->days_milli = 0;
	return row;
}

/* Says it, or sets it aside. False: what is said has no room. */
static bool suggest(struct work *w, struct allocate_plan *plan, struct need *n, const struct pick *pick)
{
	struct rows said = { plan->portions, &plan->portion_count, ALLOCATE_ROWS_MAX };
	struct rows kept = { plan->kept, &plan->kept_count, ALLOCATE_KEPT_MAX };
	struct allocate_portion next = portion(w, n, pick), *row = row_of(n->is_kept_for ? &kept : &said, &next);

	if (!row && !n->is_kept_for)
		return false;
	if (row) {
		row->quantity_milli += next.quantity_milli;
		row->days_milli = n->day ? (uint32_t)less(row->quantity_milli * 1000 / n->day, UINT32_MAX) : 0;
	}
	pick->source->available -= next.quantity_milli;
	assert(next.quantity_milli <= n->open);
	n->open -= next.quantity_milli;
	n->coming_s += lasts_s(n, next.quantity_milli);
	rate(w, n);
	return true;
}

/* All that was asked for is covered: up to a day's worth is kept for what they will ask for next. */
static void keep_for(struct need *n)
{
	if (n->open || !n->day || n->is_kept_for)
		return;
	n->is_kept_for = true;
	find_open(n, n->covered_s);
}

/* The first in turn whom somebody can serve; NULL: nobody is left. */
static struct need *next_in_turn(struct work *w, struct allocate_plan *plan, struct pick *pick)
{
	while (w->heap_count) {
		struct need *n = &w->needs[w->heap[0]];
		struct picks picks = pick_source(w, n);

		assert(n->open > 0);
		*pick = picks.known;
		if (pick->source)
			return n;
		if (picks.strange.source && !picks.is_known && !n->is_kept_for &&
		    plan->other_count < ALLOCATE_OTHERS_MAX)
			plan->others[plan->other_count++] = portion(w, n, &picks.strange);
		leave_line(w);
	}
	return NULL;
}

static bool is_above(const struct allocate_portion *a, const struct allocate_portion *b)
{
	return a->weight != b->weight ? a->weight > b->weight : a->due_s < b->due_s;
}

/* What should be brought first stands on top: what people die without sooner, then by the hour at which it is due. */
static void sort_rows(struct allocate_portion *rows, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++) {
		struct allocate_portion row = rows[i];
		uint32_t at = i;

		for (; at && is_above(&row, &rows[at - 1]); at--)
			rows[at] = rows[at - 1];
		rows[at] = row;
	}
}

static void hand_out(struct work *w, struct allocate_plan *plan)
{
	struct pick pick;
	struct need *n;

	for (uint32_t portions = 0; portions < ALLOCATE_PORTIONS_MAX && (n = next_in_turn(w, plan, &pick)) != NULL;) {
		portions += !n->is_kept_for;
		if (!suggest(w, plan, n, &pick))
			return;
		keep_for(n);
		if (n->open)
			sift_down(w, 0);
		else
			leave_line(w);
	}
}

bool allocate_run(struct allocate_plan *plan, void *memory, size_t memory_size, struct fold *f, uint32_t now_s,
		  uint16_t item, enum allocate_trust trust)
{
	struct work w = { .f = f, .hour_s = now_s - now_s % HOUR_S, .item = item, .trust = trust, .site = FOLD_NONE };
	struct arena arena = { .base = memory };
	struct sizes sizes = sizes_of(f);
	struct allocate_hashing h;

	if (memory_size < footprint_of(sizes))
		return false;
	place(&w, &arena, sizes);
	assert(arena.used <= memory_size);
	allocate_read(&w);
	line_up(&w);
	assert(w.need_count <= sizes.needs);
	assert(w.source_count <= sizes.sources);
	plan->hour_s = w.hour_s;
	plan->item = item;
	plan->portion_count = plan->other_count = plan->kept_count = 0;
	plan->is_without_trust = w.has_others && !w.knows_others;
	allocate_hash_candidates(&h, &w);
	hand_out(&w, plan);
	sort_rows(plan->portions, plan->portion_count);
	allocate_hash_plan(&h, &w, plan);
	return true;
}
