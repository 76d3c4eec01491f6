/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/allocate.h"

#include <string.h>

#include <sodium.h>

#include "proto/catalog.h"
#include "proto/geo.h"
#include "sync/arena.h"
#include "sync/sort.h"

enum { HOUR_S = 3600, DAY_S = 86400, NONE = -1, TIER_RECOVERY = 4 };

struct spot {
	struct geo_point point;
	bool is_known;
};

struct need {
	fold_slot own;
	struct hlc changed; /* its standing version's */
	struct entry_id id;
	const struct public_key *author;
	uint32_t author_index; /* among the needs' authors */
	struct spot spot;
	uint16_t items[1 + SUBSTITUTES_MAX]; /* 0 none */
	bool is_drill;
	uint32_t people, infants, vulnerable, within_h, weight;
	uint32_t created_s, heard_s;
	uint64_t asked, open, lot;
	uint64_t day;      /* thousandths of the unit for all its people and a day; 0: needed once */
	uint64_t served_s; /* that what was received lasts */
	uint64_t until_s;  /* when what was received is used up */
	uint64_t coming_s; /* that what comes lasts, this plan's portions included */
	uint32_t without_h;
	uint64_t stress, covered_s;
	uint64_t drawn; /* by lot, of those that are alike otherwise */
	int refusals;   /* NONE: none */
};

struct source {
	fold_slot own;
	struct entry_id id;
	const struct public_key *holder;
	uint32_t holder_index;
	struct spot spot;
	uint16_t item;
	bool is_drill;
	uint64_t available, lot;
	uint64_t reach_m; /* 0: not said */
};

struct receipt {
	uint32_t need, at_s;
	uint64_t quantity;
};

struct refusal {
	fold_slot source;
	int next;
};

struct work {
	struct fold *f;
	uint32_t hour_s;
	uint16_t item;
	struct need *needs;
	struct source *sources;
	struct receipt *receipts;
	struct refusal *refusals;
	uint32_t *by_slot;   /* needs */
	uint32_t *by_time;   /* receipts */
	uint32_t *by_item;   /* sources */
	uint32_t *heap;      /* needs, the first in turn on top */
	uint8_t *is_trusted; /* a bit for each (holder, author of needs) */
	uint32_t need_count, source_count, receipt_count, heap_count;
	uint32_t author_count, holder_count;
	int refusal_count;
	fold_slot site; /* of the line read last, so that neighbours in the list need not look again */
	struct spot site_spot;
};

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
	w->receipts = arena_take(arena, s.moves, sizeof *w->receipts);
	w->refusals = arena_take(arena, s.moves, sizeof *w->refusals);
	w->by_slot = arena_take(arena, s.needs, sizeof *w->by_slot);
	w->by_time = arena_take(arena, s.moves, sizeof *w->by_time);
	w->by_item = arena_take(arena, s.sources, sizeof *w->by_item);
	w->heap = arena_take(arena, s.needs, sizeof *w->heap);
	w->is_trusted = arena_take(arena, holders * ((authors + 7) / 8), 1);
}

size_t allocate_footprint(const struct fold *f)
{
	struct arena arena = { .base = NULL };
	struct work measured;

	place(&measured, &arena, sizes_of(f));
	return arena.used;
}

/* Candidates. */

static struct spot spot_of(struct place place)
{
	return (struct spot){ .point = { place.lat_e6, place.lon_e6 }, .is_known = place.digits != PLACE_NONE };
}

/* Where a line stands: its site, else its cell, of which only the author's own words speak. */
static struct spot find_spot(struct work *w, const struct fold_line *line, const struct line *said)
{
	struct entry entry;

	if (line->site_standing != FOLD_NONE) {
		if (line->site_standing != w->site) {
			fold_read(w->f, line->site_standing, &entry);
			w->site = line->site_standing;
			w->site_spot = spot_of(entry.site.place);
		}
		return w->site_spot;
	}
	if (line->record.own == line->record.standing)
		return spot_of(said->cell);
	fold_read(w->f, line->record.own, &entry);
	return spot_of(entry.line.cell);
}

static uint32_t created_of(const struct work *w, const struct fold_line *line, const struct line *said)
{
	struct entry own;

	if (line->record.own == line->record.standing)
		return said->created ? said->created : line->record.changed.time;
	fold_read(w->f, line->record.own, &own);
	return own.line.created ? own.line.created : own.hlc.time;
}

/* Grey is not closed: whoever went silent keeps what it last asked for. Who spoke since its end and did not say that it
 * is still needed has let it go. */
static bool is_wanted(const struct fold_line *line, uint32_t heard_s)
{
	return line->status == LINE_OPEN || (line->status == LINE_EXPIRED && heard_s <= line->due_s);
}

static uint64_t draw(const struct entry_id *id, uint32_t day)
{
	uint8_t bytes[sizeof id->bytes + 4], hash[16];
	struct writer w = writer_init(bytes, sizeof bytes);
	struct reader r = reader_init((struct view){ hash, sizeof hash });

	write_bytes(&w, id->bytes, sizeof id->bytes);
	write_u32(&w, day);
	crypto_generichash(hash, sizeof hash, bytes, w.size, NULL, 0);
	return read_u64(&r);
}

static void note_people(struct need *n, const struct line *said)
{
	uint64_t vulnerable = (uint64_t)said->infants + said->elders + said->powered;

	n->people = said->people ? said->people : 1;
	n->infants = said->infants;
	n->vulnerable = vulnerable < n->people ? (uint32_t)vulnerable : n->people;
	n->within_h = said->within_h ? said->within_h : FOLD_WITHIN_DEFAULT_H;
}

static void note_item(struct need *n, const struct line *said)
{
	const struct catalog_item *item = catalog_find_code(said->item);
	unsigned tier = item && item->tier >= 1 && item->tier <= TIER_RECOVERY ? item->tier : TIER_RECOVERY;

	n->items[0] = said->item;
	for (int i = 0; i < SUBSTITUTES_MAX; i++)
		n->items[1 + i] = said->substitutes[i];
	n->weight = 8u >> (tier - 1);
	n->day = item ? (uint64_t)item->per_person_day_milli * n->people : 0;
}

static bool wants(const struct need *n, uint16_t item)
{
	for (int i = 0; i <= SUBSTITUTES_MAX; i++)
		if (n->items[i] && n->items[i] == item)
			return true;
	return false;
}

static void add_need(struct work *w, uint32_t index, const struct fold_line *line)
{
	struct need *n = &w->needs[w->need_count];
	uint32_t heard_s = fold_heard(w->f, line->record.author);
	struct fold_sums sums;
	struct entry said;

	if (!is_wanted(line, heard_s))
		return;
	fold_read(w->f, line->record.standing, &said);
	*n = (struct need){ .own = line->record.own,
			    .changed = line->record.changed,
			    .author = line->record.author,
			    .heard_s = heard_s,
			    .is_drill = said.line.flags & LINE_DRILL,
			    .asked = said.line.quantity_milli,
			    .lot = said.line.lot_milli,
			    .refusals = NONE };
	note_people(n, &said.line);
	note_item(n, &said.line);
	if (!n->items[0] || (w->item && !wants(n, w->item)))
		return;
	fold_line_sums(w->f, index, &sums);
	n->open = sums.open_milli;
	n->spot = find_spot(w, line, &said.line);
	n->until_s = n->created_s = created_of(w, line, &said.line);
	n->id = fold_id(w->f, line->record.standing);
	n->drawn = draw(&n->id, w->hour_s / DAY_S);
	if (!w->need_count || n[-1].author != n->author)
		w->author_count++;
	n->author_index = w->author_count - 1;
	w->need_count++;
}

static void add_source(struct work *w, uint32_t index, const struct fold_line *line)
{
	struct source *s = &w->sources[w->source_count];
	struct fold_sums sums;
	struct entry said;
	int64_t available;

	if (line->status != LINE_OPEN || !line->item || (w->item && line->item != w->item))
		return;
	fold_line_sums(w->f, index, &sums);
	fold_read(w->f, line->record.standing, &said);
	available = sums.on_hand_milli - (int64_t)sums.promised_milli - (int64_t)said.line.reserve_milli;
	if (available <= 0)
		return;
	*s = (struct source){ .own = line->record.own,
			      .id = fold_id(w->f, line->record.standing),
			      .holder = line->record.author,
			      .spot = find_spot(w, line, &said.line),
			      .item = line->item,
			      .is_drill = said.line.flags & LINE_DRILL,
			      .available = (uint64_t)available,
			      .lot = said.line.lot_milli,
			      .reach_m = (uint64_t)said.line.reach_km * 1000 };
	if (!w->source_count || s[-1].holder != s->holder)
		w->holder_count++;
	s->holder_index = w->holder_count - 1;
	w->source_count++;
}

/* The fold's list is in the order of authors, so those of one author follow each other. */
static void gather(struct work *w)
{
	struct fold_line line;

	for (uint32_t i = 0; i < fold_count(w->f, FOLD_LINES); i++) {
		fold_line(w->f, i, &line);
		if (line.kind == LINE_NEED)
			add_need(w, i, &line);
		else
			add_source(w, i, &line);
	}
}

/* Finding. */

static int needs_by_slot(const void *ctx, uint32_t a, uint32_t b)
{
	const struct work *w = ctx;

	return w->needs[a].own < w->needs[b].own ? -1 : w->needs[a].own > w->needs[b].own;
}

static int sources_by_item(const void *ctx, uint32_t a, uint32_t b)
{
	const struct work *w = ctx;
	int order = (int)w->sources[a].item - (int)w->sources[b].item;

	return order ? order : a < b ? -1 : a > b;
}

static void sort_all(struct work *w)
{
	for (uint32_t i = 0; i < w->need_count; i++)
		w->by_slot[i] = i;
	for (uint32_t i = 0; i < w->source_count; i++)
		w->by_item[i] = i;
	sort_numbers(w->by_slot, w->need_count, needs_by_slot, w);
	sort_numbers(w->by_item, w->source_count, sources_by_item, w);
}

static struct need *find_need(const struct work *w, fold_slot own)
{
	uint32_t low = 0, high = w->need_count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (w->needs[w->by_slot[mid]].own < own)
			low = mid + 1;
		else
			high = mid;
	}
	return low < w->need_count && w->needs[w->by_slot[low]].own == own ? &w->needs[w->by_slot[low]] : NULL;
}

/* Where sources of the item begin in by_item. */
static uint32_t first_of_item(const struct work *w, uint16_t item)
{
	uint32_t low = 0, high = w->source_count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (w->sources[w->by_item[mid]].item < item)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* What reached them, what comes, what was declined. */

static uint64_t lasts_s(const struct need *n, uint64_t quantity)
{
	return n->day ? quantity * DAY_S / n->day : 0;
}

static void add_receipt(struct work *w, const struct need *n, uint32_t at_s, uint64_t quantity)
{
	w->receipts[w->receipt_count++] =
		(struct receipt){ .need = (uint32_t)(n - w->needs), .at_s = at_s, .quantity = quantity };
}

/* What left for a place that was not heard since it should have come: nobody knows better than that it came. The fold has
 * opened its quantity again. */
static bool is_taken_as_come(const struct need *n, const struct fold_move *m, uint32_t due_s)
{
	return m->stage == MOVE_SENT && m->lapsed && m->accepted && n->heard_s < due_s;
}

static void note_journey(struct work *w, struct need *n, const struct fold_move *m)
{
	uint32_t at_s = fold_move_time(w->f, m->last), due_s = m->due_s ? m->due_s : at_s + FOLD_DUE_DEFAULT_S;

	if (m->stage == MOVE_RECEIVED || (m->stage == MOVE_GIVEN && m->accepted)) {
		add_receipt(w, n, at_s, m->quantity_milli);
	} else if (m->counts) {
		n->coming_s += lasts_s(n, m->quantity_milli);
	} else if (is_taken_as_come(n, m, due_s)) {
		add_receipt(w, n, due_s, m->quantity_milli);
		n->open -= m->quantity_milli < n->open ? m->quantity_milli : n->open;
	}
}

/* By the source's holder, or by the place itself; it stands until the need is said anew. */
static void note_refusal(struct work *w, struct need *n, const struct fold_move *m)
{
	struct entry first, last;
	struct fold_record source;
	struct ref from;
	uint32_t index;

	fold_read(w->f, m->record.own, &first);
	fold_read(w->f, m->last, &last);
	from = ref_is_none(first.move.from) ? last.move.from : first.move.from;
	index = ref_is_none(from) ? UINT32_MAX : fold_find(w->f, FOLD_LINES, from);
	if (index == UINT32_MAX || hlc_compare(last.hlc, n->changed) <= 0)
		return;
	fold_record(w->f, FOLD_LINES, index, &source);
	w->refusals[w->refusal_count] = (struct refusal){ .source = source.own, .next = n->refusals };
	n->refusals = w->refusal_count++;
}

static int receipts_by_time(const void *ctx, uint32_t a, uint32_t b)
{
	const struct work *w = ctx;
	const struct receipt *x = &w->receipts[a], *y = &w->receipts[b];

	return x->at_s != y->at_s ? (x->at_s < y->at_s ? -1 : 1) : a < b ? -1 : a > b;
}

/* What comes while there is still some is used after it. */
static void apply_receipts(struct work *w)
{
	for (uint32_t i = 0; i < w->receipt_count; i++)
		w->by_time[i] = i;
	sort_numbers(w->by_time, w->receipt_count, receipts_by_time, w);
	for (uint32_t i = 0; i < w->receipt_count; i++) {
		const struct receipt *r = &w->receipts[w->by_time[i]];
		struct need *n = &w->needs[r->need];
		uint64_t lasts = lasts_s(n, r->quantity);

		n->served_s += lasts;
		n->until_s = (n->until_s > r->at_s ? n->until_s : r->at_s) + lasts;
	}
}

static void read_moves(struct work *w)
{
	struct fold_move move;

	for (uint32_t i = 0; i < fold_count(w->f, FOLD_MOVES); i++) {
		struct need *n;

		fold_move(w->f, i, &move);
		n = move.of == FOLD_NONE ? NULL : find_need(w, move.of);
		if (!n)
			continue;
		if (move.stage == MOVE_DECLINED)
			note_refusal(w, n, &move);
		else
			note_journey(w, n, &move);
	}
	apply_receipts(w);
}

/* Trust, looked at once for each holder. */

static size_t trust_bit(const struct work *w, uint32_t holder, uint32_t author)
{
	return (size_t)holder * ((w->author_count + 7) / 8 * 8) + author;
}

static void note_trust_of(struct work *w, const struct source *s)
{
	for (uint32_t i = 0; i < w->need_count; i++) {
		const struct need *n = &w->needs[i];
		size_t bit = trust_bit(w, s->holder_index, n->author_index);

		if (i && n[-1].author_index == n->author_index)
			continue;
		if (fold_distance(w->f, s->holder, n->author) <= FOLD_VOUCHES)
			w->is_trusted[bit / 8] |= (uint8_t)(1u << bit % 8);
	}
}

static void read_trust(struct work *w)
{
	memset(w->is_trusted, 0, (size_t)w->holder_count * ((w->author_count + 7) / 8));
	for (uint32_t i = 0; i < w->source_count; i++)
		if (!i || w->sources[i].holder_index != w->sources[i - 1].holder_index)
			note_trust_of(w, &w->sources[i]);
}

static bool is_trusted(const struct work *w, const struct source *s, const struct need *n)
{
	size_t bit = trust_bit(w, s->holder_index, n->author_index);

	return w->is_trusted[bit / 8] >> bit % 8 & 1;
}

/* The order of turns. */

/* How long they have enough from the hour on; of what is needed once, the covered share of the ask as that of a day. */
static uint64_t covered_s(const struct work *w, const struct need *n)
{
	uint64_t left = n->until_s > w->hour_s ? n->until_s - w->hour_s : 0;

	if (n->day)
		return left + n->coming_s;
	return n->asked ? (n->asked - n->open) * DAY_S / n->asked : DAY_S;
}

/* The largest that entries can say: 1024 x 1440 x 8 x 4,000,000 x 86,400 < 2^62. */
static void rate(const struct work *w, struct need *n)
{
	uint64_t lacking_s;

	n->covered_s = covered_s(w, n);
	lacking_s = n->covered_s < DAY_S ? DAY_S - n->covered_s : 0;
	n->stress = 1024ull * n->without_h * n->weight * (n->people + n->vulnerable) * lacking_s /
		    ((uint64_t)n->people * n->within_h * DAY_S);
}

/* Without: all hours since it was first said, but for those that were served. */
static void find_without(const struct work *w, struct need *n)
{
	uint64_t from_s = n->created_s + n->served_s;
	uint64_t hours = w->hour_s > from_s ? (w->hour_s - from_s) / HOUR_S : 0;

	n->without_h = hours < ALLOCATE_WITHOUT_MAX_H ? (uint32_t)hours : ALLOCATE_WITHOUT_MAX_H;
}

/* A need that names no number takes what lasts for a day. */
static void find_open(struct need *n, uint64_t covered)
{
	if (!n->asked && n->day)
		n->open = covered < DAY_S ? (DAY_S - covered) * n->day / DAY_S : 0;
}

/* Does `a` have its turn before `b`? */
static bool is_before(const struct work *w, uint32_t a, uint32_t b)
{
	const struct need *x = &w->needs[a], *y = &w->needs[b];

	if (x->stress != y->stress)
		return x->stress > y->stress;
	if (x->covered_s != y->covered_s)
		return x->covered_s < y->covered_s;
	return x->drawn != y->drawn ? x->drawn < y->drawn : a < b;
}

static void sift_down(struct work *w, uint32_t at)
{
	for (;;) {
		uint32_t first = at;

		for (uint32_t child = 2 * at + 1; child <= 2 * at + 2 && child < w->heap_count; child++)
			if (is_before(w, w->heap[child], w->heap[first]))
				first = child;
		if (first == at)
			return;
		uint32_t moved = w->heap[at];
		w->heap[at] = w->heap[first];
		w->heap[first] = moved;
		at = first;
	}
}

static void line_up(struct work *w)
{
	for (uint32_t i = 0; i < w->need_count; i++) {
		struct need *n = &w->needs[i];

		find_without(w, n);
		find_open(n, covered_s(w, n));
		rate(w, n);
		if (n->open)
			w->heap[w->heap_count++] = i;
	}
	for (uint32_t at = w->heap_count / 2; at-- > 0;)
		sift_down(w, at);
}

static void leave_line(struct work *w)
{
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
	for (int at = n->refusals; at != NONE; at = w->refusals[at].next)
		if (w->refusals[at].source == s->own)
			return true;
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

static uint64_t more(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The smallest quantity that is worth a way. */
static uint64_t lot_of(const struct need *n, const struct source *s)
{
	return less(more(more(n->lot, s->lot), 1), n->open);
}

static uint64_t portion_of(const struct need *n, const struct source *s)
{
	uint64_t fair = n->day ? n->day : (n->asked + 3) / 4;

	return less(less(more(fair, lot_of(n, s)), n->open), s->available);
}

/* The nearest for each of the two: who knows the author, who does not. */
struct picks {
	struct pick known, strange;
	bool is_known; /* somebody in reach knows the author, though there may be nothing left */
};

static void consider(const struct work *w, struct picks *picks, const struct need *n, struct source *s)
{
	uint32_t distance_m = distance_of(n, s);
	bool known = is_trusted(w, s, n);
	struct pick *pick = known ? &picks->known : &picks->strange;

	if (s->is_drill != n->is_drill || !is_in_reach(s, distance_m))
		return;
	picks->is_known = picks->is_known || known;
	if (s->available < lot_of(n, s) || is_refused(w, n, s))
		return;
	if (!pick->source || distance_m < pick->distance_m)
		*pick = (struct pick){ s, distance_m };
}

static struct picks pick_source(struct work *w, const struct need *n)
{
	struct picks picks = { .is_known = false };

	for (int i = 0; i <= SUBSTITUTES_MAX; i++) {
		uint16_t item = n->items[i];

		if (!item || !is_same_unit(n->items[0], item))
			continue;
		for (uint32_t at = first_of_item(w, item);
		     at < w->source_count && w->sources[w->by_item[at]].item == item; at++)
			consider(w, &picks, n, &w->sources[w->by_item[at]]);
	}
	return picks;
}

/* Suggesting. */

static struct allocate_portion portion(const struct work *w, const struct need *n, const struct pick *pick)
{
	uint64_t quantity = portion_of(n, pick->source);
	uint32_t silent_h = w->hour_s > n->heard_s ? (w->hour_s - n->heard_s) / HOUR_S : 0;

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
		.weight = n->weight,
		.stress = n->stress,
		.covered_s = n->covered_s < UINT32_MAX ? (uint32_t)n->covered_s : UINT32_MAX,
		.days_milli = n->day ? (uint32_t)less(quantity * 1000 / n->day, UINT32_MAX) : 0,
		.distance_m = pick->distance_m,
	};
}

static void suggest(struct work *w, struct allocate_plan *plan, struct need *n, const struct pick *pick)
{
	struct allocate_portion row = portion(w, n, pick);
	struct allocate_portion *last = plan->portion_count ? &plan->portions[plan->portion_count - 1] : NULL;

	pick->source->available -= row.quantity_milli;
	n->open -= row.quantity_milli;
	n->coming_s += lasts_s(n, row.quantity_milli);
	rate(w, n);
	if (last && last->need == row.need && last->source == row.source) {
		last->quantity_milli += row.quantity_milli;
		last->days_milli = (uint32_t)less((uint64_t)last->days_milli + row.days_milli, UINT32_MAX);
	} else {
		plan->portions[plan->portion_count++] = row;
	}
}

static void hand_out(struct work *w, struct allocate_plan *plan)
{
	for (uint32_t portions = 0; w->heap_count && portions < ALLOCATE_PORTIONS_MAX;) {
		struct need *n = &w->needs[w->heap[0]];
		struct picks picks = pick_source(w, n);

		if (picks.known.source) {
			suggest(w, plan, n, &picks.known);
			portions++;
		} else if (picks.strange.source && !picks.is_known && plan->other_count < ALLOCATE_OTHERS_MAX) {
			plan->others[plan->other_count++] = portion(w, n, &picks.strange);
		}
		if (picks.known.source && n->open)
			sift_down(w, 0);
		else
			leave_line(w);
	}
}

/* Digest. */

struct hashing {
	crypto_generichash_state state;
	struct writer writer;
	uint8_t bytes[96];
};

static void begin_part(struct hashing *h)
{
	h->writer = writer_init(h->bytes, sizeof h->bytes);
}

static void end_part(struct hashing *h)
{
	assert(h->writer.ok);
	crypto_generichash_update(&h->state, h->bytes, h->writer.size);
}

static void hash_need(struct hashing *h, const struct need *n)
{
	begin_part(h);
	write_bytes(&h->writer, n->id.bytes, sizeof n->id.bytes);
	write_u64(&h->writer, n->open);
	write_u64(&h->writer, n->stress);
	write_u64(&h->writer, n->covered_s);
	end_part(h);
}

static void hash_source(struct hashing *h, const struct source *s)
{
	begin_part(h);
	write_bytes(&h->writer, s->id.bytes, sizeof s->id.bytes);
	write_u64(&h->writer, s->available);
	end_part(h);
}

static void hash_candidates(struct hashing *h, const struct work *w)
{
	begin_part(h);
	write_u32(&h->writer, w->hour_s);
	write_u16(&h->writer, w->item);
	write_u32(&h->writer, w->need_count);
	write_u32(&h->writer, w->source_count);
	end_part(h);
	for (uint32_t i = 0; i < w->need_count; i++)
		hash_need(h, &w->needs[i]);
	for (uint32_t i = 0; i < w->source_count; i++)
		hash_source(h, &w->sources[i]);
}

static void write_ref(struct writer *w, struct ref ref)
{
	write_u64(w, ref.author);
	write_u32(w, ref.number);
}

static void hash_portions(struct hashing *h, const struct work *w, const struct allocate_portion *list, uint32_t count)
{
	begin_part(h);
	write_u32(&h->writer, count);
	end_part(h);
	for (uint32_t i = 0; i < count; i++) {
		begin_part(h);
		write_ref(&h->writer, fold_ref(w->f, list[i].need));
		write_ref(&h->writer, fold_ref(w->f, list[i].source));
		write_u64(&h->writer, list[i].quantity_milli);
		write_u32(&h->writer, list[i].distance_m);
		write_u32(&h->writer, list[i].silent_h);
		end_part(h);
	}
}

bool allocate_run(struct allocate_plan *plan, void *memory, size_t memory_size, struct fold *f, uint32_t now_s,
		  uint16_t item)
{
	struct work w = { .f = f, .hour_s = now_s - now_s % HOUR_S, .item = item, .site = FOLD_NONE };
	struct arena arena = { .base = memory };
	struct hashing h;

	if (memory_size < allocate_footprint(f))
		return false;
	place(&w, &arena, sizes_of(f));
	gather(&w);
	sort_all(&w);
	read_moves(&w);
	read_trust(&w);
	line_up(&w);
	plan->hour_s = w.hour_s;
	plan->item = item;
	plan->portion_count = plan->other_count = 0;
	crypto_generichash_init(&h.state, NULL, 0, sizeof plan->digest.bytes);
	hash_candidates(&h, &w);
	hand_out(&w, plan);
	hash_portions(&h, &w, plan->portions, plan->portion_count);
	hash_portions(&h, &w, plan->others, plan->other_count);
	crypto_generichash_final(&h.state, plan->digest.bytes, sizeof plan->digest.bytes);
	return true;
}
