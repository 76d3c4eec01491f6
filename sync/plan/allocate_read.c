/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the rule asks of the fold, read once. */
#include <string.h>
#include <strings.h>

#include "proto/catalog/propose.h"
#include "proto/goods.h"
#include "sync/plan/allocate_state.h"
#include "sync/set/sort.h"

enum { TIER_RECOVERY = 4 };

/* Candidates. */

static struct spot spot_of(struct place place)
{
	return (struct spot){ .point = { place.lat_e6, place.lon_e6 }, .is_known = place.digits != PLACE_NONE };
}

static void look_at_site(struct work *w, fold_slot standing)
{
	struct entry entry;

	if (standing == w->site)
		return;
	fold_read(w->f, standing, &entry);
	w->site = standing;
	w->site_spot = spot_of(entry.site.place);
	w->site_is_gone = site_is_gone(&entry.site);
	w->site_refuses = entry.site.refuses;
}

/* Nothing is brought to a place that is gone or does not take it, and nobody hands out at one that is gone. */
static bool is_gone(struct work *w, const struct fold_line *line)
{
	if (line->site_standing == FOLD_NONE)
		return false;
	look_at_site(w, line->site_standing);
	return w->site_is_gone;
}

static bool is_refused(struct work *w, const struct fold_line *line, uint16_t code)
{
	const struct catalog_item *item = catalog_find_code(code);

	return line->site_standing != FOLD_NONE && item && (w->site_refuses >> item->sector_index & 1);
}

/* Where a line stands: its site, else its cell, of which only the author's own words speak. */
static struct spot find_spot(struct work *w, const struct fold_line *line, const struct line *said)
{
	struct entry entry;

	if (line->site_standing != FOLD_NONE) {
		look_at_site(w, line->site_standing);
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

/* It has, or will have, all that it asked for. */
static bool is_served(const struct fold_line *line)
{
	return line->status == LINE_MET || line->status == LINE_COVERED;
}

/* Who has what is needed once will not ask again. */
static bool is_daily(uint16_t code)
{
	const struct catalog_item *item = catalog_find_code(code);

	return item && item->per_person_day_milli;
}

static uint64_t draw(const uint8_t name[32], uint32_t day)
{
	uint8_t bytes[32 + 4], hash[16];
	struct writer w = writer_init(bytes, sizeof bytes);
	struct reader r = reader_init((struct view){ hash, sizeof hash });

	write_bytes(&w, name, 32);
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
	n->frail_permille = (uint32_t)((uint64_t)n->vulnerable * 1000 / n->people);
	n->within_h = said->within_h ? said->within_h : said->every_h ? said->every_h : FOLD_WITHIN_DEFAULT_H;
}

/* For how many of its people it is: diapers are for infants, whatever crowd is named beside. */
static uint64_t heads_milli(const struct catalog_item *item, const struct need *n, const struct line *said)
{
	const struct party party = { .people = n->people,
				     .infants = (uint32_t)less(said->infants, n->people),
				     .elders = said->elders,
				     .powered = (uint32_t)less(said->powered, n->people) };

	return propose_heads_likely_milli(item, &party);
}

static void note_item(struct need *n, const struct line *said)
{
	const struct catalog_item *item = catalog_find_code(said->item);
	unsigned tier = item && item->tier >= 1 && item->tier <= TIER_RECOVERY ? item->tier : TIER_RECOVERY;

	n->items[0] = said->item;
	for (int i = 0; i < SUBSTITUTES_MAX; i++)
		n->items[1 + i] = said->substitutes[i];
	n->weight = 8u >> (tier - 1);
	n->piece = item && catalog_is_in_pieces(item) ? 1000 : 1;
	n->day = item ? item->per_person_day_milli * heads_milli(item, n, said) / 1000 : 0;
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
	uint32_t heard_s =
		line->site == FOLD_NONE ? fold_heard(w->f, line->record.author) : fold_site_heard(w->f, line->site);
	struct fold_sums sums;
	struct entry said;

	if (!fold_line_is_open(line) && !(is_served(line) && is_daily(line->item)))
		return;
	fold_read(w->f, line->record.standing, &said);
	*n = (struct need){ .own = line->record.own,
			    .changed = line->record.changed,
			    .author = line->record.author,
			    .heard_s = heard_s,
			    .due_s = line->due_s,
			    .is_drill = said.line.flags & LINE_DRILL,
			    .asked = said.line.quantity_milli,
			    .lot = said.line.lot_milli,
			    .refusals = NONE };
	note_people(n, &said.line);
	note_item(n, &said.line);
	memcpy(n->variant, said.line.variant, sizeof n->variant);
	if (!n->items[0] || (w->item && !wants(n, w->item)) || is_gone(w, line) || is_refused(w, line, said.line.item))
		return;
	fold_line_sums(w->f, index, &sums);
	n->open = sums.open_milli;
	assert(n->asked == 0 || n->open <= n->asked);
	n->is_kept_for = is_served(line);
	if (n->is_kept_for && !n->day)
		return;
	n->spot = find_spot(w, line, &said.line);
	n->until_s = n->created_s = created_of(w, line, &said.line);
	n->id = fold_id(w->f, line->record.standing);
	n->drawn = draw(n->author->bytes, w->hour_s / DAY_S);
	n->drawn_own = draw(n->id.bytes, w->hour_s / DAY_S);
	if (!w->need_count || n[-1].author != n->author)
		w->author_count++;
	assert(w->author_count > 0);
	assert(w->author_count <= w->need_count + 1);
	n->author_index = w->author_count - 1;
	w->need_count++;
}

static void add_source(struct work *w, uint32_t index, const struct fold_line *line)
{
	struct source *s = &w->sources[w->source_count];
	const struct catalog_item *item = catalog_find_code(line->item);
	struct fold_sums sums;
	struct entry said;
	int64_t available;

	if (line->status != LINE_OPEN || !line->item || (w->item && line->item != w->item) || is_gone(w, line))
		return;
	fold_read(w->f, line->record.standing, &said);
	/* Nobody is sent what cannot be used. */
	if ((said.line.flags & LINE_DAMAGED) || line_is_past_use(&said.line, w->hour_s))
		return;
	fold_line_sums(w->f, index, &sums);
	available = sums.on_hand_milli - (int64_t)sums.promised_milli - (int64_t)said.line.reserve_milli;
	/* Half a kit is left for nobody. */
	if (item && catalog_is_in_pieces(item))
		available -= available % 1000;
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
			      .use_by = said.line.use_by ? said.line.use_by : UINT16_MAX,
			      .reach_m = (uint64_t)said.line.reach_km * 1000 };
	memcpy(s->variant, said.line.variant, sizeof s->variant);
	if (!w->source_count || s[-1].holder != s->holder)
		w->holder_count++;
	assert(w->holder_count > 0);
	assert(w->holder_count <= w->source_count + 1);
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

	assert(own != FOLD_NONE);
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (w->needs[w->by_slot[mid]].own < own)
			low = mid + 1;
		else
			high = mid;
	}
	return low < w->need_count && w->needs[w->by_slot[low]].own == own ? &w->needs[w->by_slot[low]] : NULL;
}

uint32_t allocate_first_of_item(const struct work *w, uint16_t item)
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

/* Of the sizes that somebody asks for by name, whoever takes any size is given the others first. */
static void note_wanted(struct work *w, const struct need *n)
{
	for (int i = 0; n->variant[0] && i <= SUBSTITUTES_MAX; i++)
		for (uint32_t at = n->items[i] ? allocate_first_of_item(w, n->items[i]) : w->source_count;
		     at < w->source_count && w->sources[w->by_item[at]].item == n->items[i]; at++)
			if (strcasecmp(w->sources[w->by_item[at]].variant, n->variant) == 0)
				w->sources[w->by_item[at]].is_wanted = true;
}

/* What reached them, what comes, what was declined. */

static void add_receipt(struct work *w, const struct need *n, uint32_t at_s, uint64_t quantity)
{
	assert(n >= w->needs && n < w->needs + w->need_count);
	w->receipts[w->receipt_count++] =
		(struct receipt){ .need = (uint32_t)(n - w->needs), .at_s = at_s, .quantity = quantity };
}

/* What left and was not heard of again may have come: somebody should ask, and what is missing stays missing. */
static bool may_have_come(const struct fold_move *m)
{
	return m->stage == MOVE_SENT && m->lapsed && m->accepted;
}

static void note_journey(struct work *w, struct need *n, const struct fold_move *m)
{
	uint32_t due_s = m->due_s ? m->due_s : fold_move_time(w->f, m->last) + FOLD_DUE_DEFAULT_S;

	if (m->arrived_milli) {
		add_receipt(w, n, m->arrived_s, m->arrived_milli);
		n->came_s = m->arrived_s > n->came_s ? m->arrived_s : n->came_s;
	}
	if (m->too_late)
		n->late += m->promised_milli;
	if (m->counts) {
		n->coming_s += lasts_s(n, m->on_way_milli + (m->too_late ? 0 : m->promised_milli));
	} else if (may_have_come(m)) {
		/* Where the place is silent as well, others have their turn before. */
		if (n->heard_s < due_s)
			add_receipt(w, n, due_s, m->on_way_milli);
		n->maybe += m->on_way_milli;
		n->maybe_s = due_s > n->maybe_s ? due_s : n->maybe_s;
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
	/* Who is named next came earlier: the chain ends. */
	assert(n->refusals < w->refusal_count);
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

		assert(r->need < w->need_count);
		n->served_s += lasts;
		n->until_s = more(n->until_s, r->at_s) + lasts;
	}
}

static void read_moves(struct work *w)
{
	struct fold_move move;

	for (uint32_t i = 0; i < fold_count(w->f, FOLD_MOVES); i++) {
		fold_slot of = fold_move_of(w->f, i);
		struct need *n = of == FOLD_NONE ? NULL : find_need(w, of);

		if (!n)
			continue;
		fold_move(w->f, i, &move);
		if (move.stage == MOVE_DECLINED)
			note_refusal(w, n, &move);
		else
			note_journey(w, n, &move);
	}
	assert(w->receipt_count <= ALLOCATE_RECEIPTS_A_MOVE * fold_count(w->f, FOLD_MOVES));
	assert((uint32_t)w->refusal_count <= fold_count(w->f, FOLD_MOVES));
	apply_receipts(w);
	/* Who noted since that something came would have noted that, too. */
	for (uint32_t i = 0; i < w->need_count; i++)
		if (w->needs[i].came_s > w->needs[i].maybe_s)
			w->needs[i].maybe = 0;
}

/* Trust, looked at once for each holder. */

static size_t trust_bit(const struct work *w, uint32_t holder, uint32_t author)
{
	return (size_t)holder * ((w->author_count + 7) / 8 * 8) + author;
}

/* Both ways: a stranger who vouches for a place does not become its source by that. */
static bool trust_each_other(struct work *w, const struct public_key *holder, const struct public_key *author)
{
	bool is_same = public_key_equal(holder, author), is_known;

	is_known = w->trust == ALLOCATE_AS_IF_TRUSTED || (fold_distance(w->f, holder, author) <= FOLD_VOUCHES &&
							  fold_distance(w->f, author, holder) <= FOLD_VOUCHES);
	w->has_others = w->has_others || !is_same;
	w->knows_others = w->knows_others || (is_known && !is_same);
	return is_known;
}

static void note_trust_of(struct work *w, const struct source *s)
{
	for (uint32_t i = 0; i < w->need_count; i++) {
		const struct need *n = &w->needs[i];
		size_t bit = trust_bit(w, s->holder_index, n->author_index);

		if (i && n[-1].author_index == n->author_index)
			continue;
		assert(s->holder_index < w->holder_count);
		assert(n->author_index < w->author_count);
		if (trust_each_other(w, s->holder, n->author))
			w->is_trusted[bit / 8] |= (uint8_t)(1u << bit % 8);
	}
}

static void read_trust(struct work *w)
{
	if (w->holder_count && w->author_count)
		memset(w->is_trusted, 0, (size_t)w->holder_count * ((w->author_count + 7) / 8));
	for (uint32_t i = 0; i < w->source_count; i++)
		if (!i || w->sources[i].holder_index != w->sources[i - 1].holder_index)
			note_trust_of(w, &w->sources[i]);
}

bool allocate_is_known(const struct work *w, const struct source *s, const struct need *n)
{
	size_t bit = trust_bit(w, s->holder_index, n->author_index);

	return w->is_trusted[bit / 8] >> bit % 8 & 1;
}

void allocate_read(struct work *w)
{
	gather(w);
	sort_all(w);
	for (uint32_t i = 0; i < w->need_count; i++)
		note_wanted(w, &w->needs[i]);
	read_moves(w);
	read_trust(w);
}
