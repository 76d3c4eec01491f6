/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a line adds up to. */
#include <sodium.h>

#include "proto/goods.h"
#include "sync/fold/fold_state.h"
#include "sync/set/sort.h"

static fold_slot next_line(const struct fold *f, fold_slot slot)
{
	do
		slot = regs_next(f, slot);
	while (slot != FOLD_NONE && reg_list(reg_at(f, slot)) != FOLD_LINES);
	return slot;
}

/* What comes in. */

/* Who is first of those that are alike otherwise: drawn by the need and the key of whoever promised, since nobody can choose
 * what follows from these two. */
static uint64_t drawn(const struct fold *f, fold_slot first)
{
	static const uint8_t public_key_of_draw[crypto_shorthash_KEYBYTES] = "aidmesh a draw";
	const struct journey *j = journey_of(f, first);
	fold_slot need = reg_at(f, first)->move.of;
	uint8_t bytes[12 + sizeof(struct public_key)], hash[crypto_shorthash_BYTES];
	struct writer w = writer_init(bytes, sizeof bytes);
	struct reader r = reader_init((struct view){ hash, sizeof hash });

	assert(j->pledger != AUTHOR_NONE);
	write_u64(&w, public_key_hint(author_key(f, need)));
	write_u32(&w, reg_at(f, need)->number);
	write_bytes(&w, f->authors.table[j->pledger].key.bytes, sizeof(struct public_key));
	assert(w.ok);
	crypto_shorthash(hash, bytes, w.size, public_key_of_draw);
	return read_u64(&r);
}

/* Two promises for one need: what was asked for first, then by lot; of one author, which is his own affair, by hash. */
static int by_turn(const void *ctx, uint32_t a, uint32_t b)
{
	const struct fold *f = ctx;
	const struct journey *x = journey_of(f, a), *y = journey_of(f, b);
	uint64_t one, other;

	if ((x->bits ^ y->bits) & JOURNEY_ASKED_FOR)
		return x->bits & JOURNEY_ASKED_FOR ? -1 : 1;
	one = drawn(f, a);
	other = drawn(f, b);
	return one != other ? (one < other ? -1 : 1) : fold_regs_compare_ids(f, a, b);
}

/* When it comes, nobody can use it any more. */
static bool is_past_use(const struct fold *f, fold_slot first)
{
	fold_slot from = journey_source(f, first);
	uint32_t due_s = journey_of(f, first)->due_s;

	return from != FOLD_NONE && day_is_over((uint16_t)fold_standing_facts(f, from).values[FACT_USE_BY],
						due_s > f->hour_s ? due_s : f->hour_s);
}

/* A promise covers a need when it comes by the need's time; one made later, until the time that it names itself. */
static bool is_in_time(const struct fold *f, fold_slot line, fold_slot first)
{
	uint32_t due_s = reg_at(f, line)->line.due_s, comes_s = journey_of(f, first)->due_s;

	if (fold_moves_promised_s(f, first) >= due_s)
		return f->hour_s < comes_s;
	/* Who says no time promises to be in time. */
	if (!(journey_of(f, first)->bits & JOURNEY_DUE_SAID))
		return f->hour_s < due_s;
	return comes_s <= due_s + FOLD_LATE_S && (f->hour_s < due_s || f->hour_s < comes_s);
}

/* What nobody can use when it comes covers nothing. What else has left is awaited until it lapses. */
static void judge_promises(struct fold *f, fold_slot line)
{
	for (fold_slot c = reg_at(f, line)->line.version.incoming; c != FOLD_NONE;
	     c = journey_of(f, c)->next_incoming) {
		struct journey *j = journey_of(f, c);

		if (!(j->bits & JOURNEY_COUNTS))
			continue;
		if (is_past_use(f, c))
			j->bits = (uint16_t)((j->bits & ~JOURNEY_COUNTS) | JOURNEY_TOO_LATE);
		else if (j->promised && !is_in_time(f, line, c))
			j->bits |= JOURNEY_TOO_LATE;
	}
}

static uint64_t promised_in_time(const struct journey *j)
{
	return j->bits & JOURNEY_TOO_LATE ? 0 : j->promised;
}

/* Lets what is coming cover what is missing, what has left before what is only promised; what is not needed for that is
 * extra. */
static void cover(struct fold *f, fold_slot line, uint64_t missing)
{
	uint32_t count = 0;

	for (fold_slot c = reg_at(f, line)->line.version.incoming; c != FOLD_NONE; c = journey_of(f, c)->next_incoming)
		if (journey_of(f, c)->bits & JOURNEY_COUNTS)
			f->work[count++] = c;
	assert(count <= f->journey_count);
	sort_numbers(f->work, count, by_turn, f);
	for (uint32_t i = 0; i < 2 * count; i++) { /* all that has left, then all that is promised */
		struct journey *j = journey_of(f, f->work[i % count]);
		uint64_t quantity = i < count ? j->on_way : promised_in_time(j);
		uint64_t part = quantity < missing ? quantity : missing;

		missing -= part;
		j->extra += quantity - part;
	}
}

static uint64_t add_coming(const struct fold *f, fold_slot line, uint64_t missing)
{
	uint64_t coming = 0;

	for (fold_slot c = reg_at(f, line)->line.version.incoming; c != FOLD_NONE; c = journey_of(f, c)->next_incoming)
		if (journey_of(f, c)->bits & JOURNEY_COUNTS)
			coming += journey_of(f, c)->on_way + promised_in_time(journey_of(f, c));
	return coming < missing ? coming : missing;
}

/* Needs. */

/* What a need still lacks before anything that is coming. One that names no number takes anything. */
static uint64_t missing_of(const struct fold_sums *sums, uint64_t asked)
{
	if (!asked)
		return QUANTITY_MILLI_MAX;
	return asked > sums->received_milli ? asked - sums->received_milli : 0;
}

static uint64_t arrived_until(const struct fold *f, fold_slot slot, const struct facts *facts, uint32_t until_s)
{
	int64_t arrived = (int64_t)facts->values[FACT_ARRIVED] +
			  fold_account_arrived(f, slot, (uint32_t)facts->values[FACT_COUNTED], until_s);

	return arrived > 0 ? (uint64_t)arrived : 0;
}

static uint64_t arrived_now(const struct fold *f, fold_slot slot, const struct facts *facts)
{
	uint32_t begin_s = fold_standing_begin(f, facts);
	int64_t arrived = fold_account_arrived(f, slot, begin_s ? begin_s - 1 : 0, FOLD_NOW);

	return arrived > 0 ? (uint64_t)arrived : 0;
}

static void sum_need(const struct fold *f, fold_slot slot, const struct facts *facts, struct fold_sums *sums)
{
	uint64_t asked = facts->values[FACT_QUANTITY], missing;

	sums->counted_s = (uint32_t)facts->values[FACT_COUNTED];
	sums->ever_milli = sums->received_milli = arrived_until(f, slot, facts, FOLD_NOW);
	if (facts_are_standing(facts))
		sums->received_milli = arrived_now(f, slot, facts);
	missing = missing_of(sums, asked);
	sums->coming_milli = add_coming(f, slot, missing);
	assert(sums->coming_milli <= missing);
	sums->open_milli = asked ? missing - sums->coming_milli : 0;
}

/* "Still needed", said of the need or, since it was asked for, of its place. */
static void note_confirmed(struct fold *f, fold_slot slot, uint32_t created_s)
{
	struct reg *r = reg_at(f, slot);
	fold_slot site = r->line.version.site;
	uint32_t all_s = site == FOLD_NONE ? 0 : reg_at(f, site)->site.confirmed_s;

	if (all_s >= created_s && all_s > r->line.confirmed_s)
		r->line.confirmed_s = all_s;
}

/* The picture is of a full hour: what is due then is overdue from then on, on every node, and no minute before it is told. */
static uint32_t nearest_hour(uint64_t time_s)
{
	uint64_t hour_s = (time_s + 1799) / 3600 * 3600;

	return hour_s < UINT32_MAX ? (uint32_t)hour_s : UINT32_MAX;
}

/* Since it was asked for. No later word puts it off: who says that it is still needed does not need it later. */
static void find_life(struct fold *f, fold_slot slot, const struct facts *facts)
{
	struct reg *r = reg_at(f, slot);
	uint32_t within_h = (uint32_t)facts->values[FACT_WITHIN];
	uint32_t within_s = (within_h ? within_h : FOLD_WITHIN_DEFAULT_H) * 3600;
	uint64_t from = facts->values[FACT_CREATED] ? facts->values[FACT_CREATED] : r->time;

	assert(within_s > 0);
	note_confirmed(f, slot, (uint32_t)from);
	r->line.due_s = nearest_hour(from + within_s);
	if (facts_are_standing(facts)) {
		r->line.bits |= LINE_BIT_STANDING;
		r->line.due_s = fold_standing_due(f, slot, facts);
		within_s = FOLD_WITHIN_DEFAULT_H * 3600; /* nobody is asked each day */
	}
	if (r->line.confirmed_s > from)
		from = r->line.confirmed_s;
	if (f->hour_s >= from + within_s / 4 * 3)
		r->line.bits |= LINE_BIT_ASK;
	if (within_h == 6 && f->hour_s >= r->line.due_s)
		r->line.bits |= LINE_BIT_CHECK;
}

static enum line_status status_of(const struct fold *f, fold_slot slot, const struct facts *facts,
				  const struct fold_sums *sums)
{
	uint64_t asked = facts->values[FACT_QUANTITY];

	if (facts->values[FACT_CLOSED] != CLOSED_NOT || reg_stays(reg_at(f, slot)) != FOLD_NONE)
		return LINE_CLOSED;
	if (asked ? sums->received_milli >= asked : sums->received_milli > 0)
		return LINE_MET;
	if (asked ? sums->open_milli == 0 : sums->coming_milli > 0)
		return LINE_COVERED;
	return f->hour_s >= reg_at(f, slot)->line.due_s ? LINE_OVERDUE : LINE_OPEN;
}

static void total_need(struct fold *f, fold_slot slot, const struct facts *facts)
{
	struct reg *r = reg_at(f, slot);
	struct fold_sums sums = { 0 };

	assert(r->what == LINE_NEED);
	find_life(f, slot, facts);
	judge_promises(f, slot);
	sum_need(f, slot, facts, &sums);
	cover(f, slot, missing_of(&sums, facts->values[FACT_QUANTITY]));
	r->line.status = (uint8_t)status_of(f, slot, facts, &sums);
	if (r->line.status != LINE_OPEN && r->line.status != LINE_OVERDUE)
		r->line.bits &= LINE_BIT_DRILL | LINE_BIT_STANDING | LINE_BIT_TWICE | LINE_BIT_MARKED;
}

/* Offers and stock: the last count and what moved since. */

static fold_slot leaving_of(const struct fold *f, fold_slot slot)
{
	return reg_stays(reg_at(f, slot)) == FOLD_NONE ? reg_at(f, slot)->line.outgoing : FOLD_NONE;
}

/* What was given back from the shelf is not back on it. */
static int64_t left_of(const struct fold *f, fold_slot first, const struct account *account)
{
	return (int64_t)account->left - (journey_of(f, first)->bits & JOURNEY_SHELF ? 0 : (int64_t)account->back);
}

/* What left after one time and until another, without what came back. */
static int64_t add_left(const struct fold *f, fold_slot slot, uint32_t after_s, uint32_t until_s)
{
	const uint32_t times_s[2] = { after_s, until_s };
	struct account accounts[2];
	int64_t left = 0;

	for (fold_slot c = leaving_of(f, slot); c != FOLD_NONE; c = journey_of(f, c)->next_outgoing) {
		if (!fold_account_has(
			    f, c, ~(1u << MOVE_ASKED | 1u << MOVE_DECLINED | 1u << MOVE_PLEDGED | 1u << MOVE_RELEASED)))
			continue;
		fold_account_span(f, c, FOLD_NONE, times_s, accounts);
		left += left_of(f, c, &accounts[1]) - left_of(f, c, &accounts[0]);
	}
	return left;
}

static uint64_t add_promised(const struct fold *f, fold_slot slot)
{
	uint64_t promised = 0;

	for (fold_slot c = leaving_of(f, slot); c != FOLD_NONE; c = journey_of(f, c)->next_outgoing)
		promised += journey_of(f, c)->bits & JOURNEY_LAPSED ? 0 : journey_of(f, c)->promised;
	return promised;
}

static uint32_t counted_of(const struct fold *f, fold_slot slot, const struct facts *facts)
{
	if (facts->values[FACT_COUNTED])
		return (uint32_t)facts->values[FACT_COUNTED];
	return (uint32_t)fold_facts_of(f, slot).values[FACT_CREATED];
}

static void sum_stock(const struct fold *f, fold_slot slot, const struct facts *facts, struct fold_sums *sums)
{
	int64_t arrived;

	assert(reg_at(f, slot)->what != LINE_NEED);
	sums->counted_s = counted_of(f, slot, facts);
	arrived = fold_account_arrived(f, slot, sums->counted_s, FOLD_NOW);
	sums->received_milli = arrived > 0 ? (uint64_t)arrived : 0;
	sums->on_hand_milli =
		(int64_t)facts->values[FACT_QUANTITY] + arrived - add_left(f, slot, sums->counted_s, FOLD_NOW);
	sums->promised_milli = add_promised(f, slot);
	sums->coming_milli = add_coming(f, slot, QUANTITY_MILLI_MAX);
}

static void total_stock(struct fold *f, fold_slot slot, const struct facts *facts)
{
	bool is_over = facts->values[FACT_CLOSED] != CLOSED_NOT || reg_stays(reg_at(f, slot)) != FOLD_NONE;

	cover(f, slot, QUANTITY_MILLI_MAX);
	reg_at(f, slot)->line.status = is_over ? LINE_CLOSED : LINE_OPEN;
}

/* The later round of two; by the time that people say. */
static void note_round(struct fold *f, fold_slot slot)
{
	struct reg *site = reg_at(f, reg_at(f, slot)->line.version.site);
	fold_slot other = site->site.round;
	uint64_t when_s = fold_facts_of(f, slot).values[FACT_CREATED];
	uint64_t other_s = other == FOLD_NONE ? 0 : fold_facts_of(f, other).values[FACT_CREATED];

	assert(site->kind == ENTRY_SITE);
	if (other == FOLD_NONE || when_s > other_s || (when_s == other_s && fold_regs_is_later(f, slot, other)))
		site->site.round = slot;
}

/* What each place says of itself: what is open there, and the last round. A drill is added to nothing that is real. */
static void tell_places(struct fold *f)
{
	for (fold_slot slot = next_line(f, FOLD_NONE); slot != FOLD_NONE; slot = next_line(f, slot)) {
		const struct reg *r = reg_at(f, slot);
		bool is_open = r->line.status == LINE_OPEN || r->line.status == LINE_OVERDUE;

		if (!is_open || r->line.version.site == FOLD_NONE || (f->is_real && (r->line.bits & LINE_BIT_DRILL)))
			continue;
		assert(reg_at(f, r->line.version.site)->kind == ENTRY_SITE);
		if (r->what == LINE_NEED)
			reg_at(f, r->line.version.site)->site.open_needs++;
		else if (r->what == LINE_ROUND)
			note_round(f, slot);
	}
}

void fold_lines_total(struct fold *f)
{
	f->is_real = false;
	for (fold_slot slot = next_line(f, FOLD_NONE); slot != FOLD_NONE; slot = next_line(f, slot)) {
		struct facts facts = fold_standing_facts(f, slot);

		reg_at(f, slot)->line.item = (uint16_t)facts.values[FACT_ITEM];
		if (facts.values[FACT_FLAGS] & LINE_DRILL)
			reg_at(f, slot)->line.bits |= LINE_BIT_DRILL;
		if ((facts.values[FACT_FLAGS] & LINE_DAMAGED) || facts.values[FACT_USE_BY])
			reg_at(f, slot)->line.bits |= LINE_BIT_MARKED;
		if (reg_at(f, slot)->what == LINE_NEED)
			total_need(f, slot, &facts);
		else
			total_stock(f, slot, &facts);
		if (!(reg_at(f, slot)->line.bits & LINE_BIT_DRILL) && reg_at(f, slot)->line.status != LINE_CLOSED)
			f->is_real = true;
	}
	tell_places(f);
}

void fold_lines_sums(const struct fold *f, fold_slot line, struct fold_sums *sums)
{
	struct facts facts = fold_standing_facts(f, line);

	assert(reg_at(f, line)->kind == ENTRY_LINE);
	assert(reg_at(f, line)->flags & REG_OWN);
	*sums = (struct fold_sums){ .quantity_milli = facts.values[FACT_QUANTITY],
				    .people = (uint32_t)facts.values[FACT_PEOPLE],
				    .created_s = (uint32_t)facts.values[FACT_CREATED] };
	/* A duplicate counts nowhere. */
	if (reg_stays(reg_at(f, line)) != FOLD_NONE)
		return;
	if (reg_at(f, line)->what == LINE_NEED)
		sum_need(f, line, &facts, sums);
	else
		sum_stock(f, line, &facts, sums);
}

bool fold_line_has_moved(const struct fold *f, uint32_t index)
{
	const struct reg *r = reg_at(f, f->slots[FOLD_LINES][index]);

	assert(index < f->counts[FOLD_LINES]);
	return r->line.version.incoming != FOLD_NONE || (reg_stays(r) == FOLD_NONE && r->line.outgoing != FOLD_NONE);
}

void fold_line_base(const struct fold *f, uint32_t index, uint32_t until_s, struct fold_base *base)
{
	fold_slot line = f->slots[FOLD_LINES][index];
	struct facts facts = fold_standing_facts(f, line);
	uint32_t counted_s = counted_of(f, line, &facts);

	assert(index < f->counts[FOLD_LINES]);
	*base = (struct fold_base){ .counted_s = counted_s };
	if (reg_at(f, line)->what == LINE_NEED)
		base->arrived_milli = arrived_until(f, line, &facts, until_s);
	else
		base->on_hand_milli = (int64_t)facts.values[FACT_QUANTITY] +
				      fold_account_arrived(f, line, counted_s, until_s) -
				      add_left(f, line, counted_s, until_s);
}
