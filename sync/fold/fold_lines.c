/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a line adds up to. */
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

/* Two pledges for one need: the further gone first, then what was asked for, then by hash, never by a time that its author
 * declared. */
static int by_strength(const void *ctx, uint32_t a, uint32_t b)
{
	const struct fold *f = ctx;
	const struct journey *x = journey_of(f, a), *y = journey_of(f, b);

	if (reg_at(f, x->last)->what != reg_at(f, y->last)->what)
		return reg_at(f, x->last)->what == MOVE_SENT ? -1 : 1;
	if ((x->bits ^ y->bits) & JOURNEY_ASKED_FOR)
		return x->bits & JOURNEY_ASKED_FOR ? -1 : 1;
	return fold_regs_compare_ids(f, a, b);
}

/* Lets what is coming cover what is missing; what is not needed for that is extra. */
static void cover(struct fold *f, fold_slot line, uint64_t missing)
{
	uint32_t count = 0;

	for (fold_slot c = reg_at(f, line)->line.version.incoming; c != FOLD_NONE; c = journey_of(f, c)->next_incoming)
		if (journey_of(f, c)->bits & JOURNEY_COUNTS)
			f->work[count++] = c;
	assert(count <= f->journey_count);
	sort_numbers(f->work, count, by_strength, f);
	for (uint32_t i = 0; i < count; i++) {
		struct journey *j = journey_of(f, f->work[i]);
		uint64_t part = j->quantity < missing ? j->quantity : missing;

		missing -= part;
		assert(part <= j->quantity);
		j->extra = j->quantity - part;
	}
}

static uint64_t add_coming(const struct fold *f, fold_slot line, uint64_t missing)
{
	uint64_t coming = 0;

	for (fold_slot c = reg_at(f, line)->line.version.incoming; c != FOLD_NONE; c = journey_of(f, c)->next_incoming)
		if (journey_of(f, c)->bits & JOURNEY_COUNTS)
			coming += journey_of(f, c)->quantity;
	return coming < missing ? coming : missing;
}

/* Needs. */

/* Handed out for it: the word of its own keepers; of a need with a ticket also that of whoever may promise to it, since
 * its code was shown there and nobody else will see the household come. */
static bool is_handed_over(const struct fold *f, fold_slot line, const struct journey *j, bool has_ticket)
{
	const struct reg *last = reg_at(f, j->last);

	return last->what == MOVE_GIVEN &&
	       (fold_rights_may(f, line, last->author) || (has_ticket && (j->bits & JOURNEY_ACCEPTED)));
}

static uint64_t add_received(const struct fold *f, fold_slot line)
{
	bool has_ticket = fold_facts_of(f, line).values[FACT_TICKET];
	uint64_t received = 0;

	assert(reg_at(f, line)->what == LINE_NEED);
	for (fold_slot c = reg_at(f, line)->line.version.incoming; c != FOLD_NONE;
	     c = journey_of(f, c)->next_incoming) {
		const struct journey *j = journey_of(f, c);

		if (reg_at(f, j->last)->what == MOVE_RECEIVED || is_handed_over(f, line, j, has_ticket))
			received += j->quantity;
	}
	return received;
}

/* What a need still lacks before anything that is coming. One that names no number takes anything. */
static uint64_t missing_of(const struct fold_sums *sums, uint64_t asked)
{
	if (!asked)
		return QUANTITY_MILLI_MAX;
	return asked > sums->received_milli ? asked - sums->received_milli : 0;
}

static void sum_need(const struct fold *f, fold_slot slot, const struct facts *facts, struct fold_sums *sums)
{
	uint64_t asked = facts->values[FACT_QUANTITY], missing;

	sums->received_milli = add_received(f, slot);
	missing = missing_of(sums, asked);
	sums->coming_milli = add_coming(f, slot, missing);
	assert(sums->coming_milli <= missing);
	sums->open_milli = asked ? missing - sums->coming_milli : 0;
}

static void find_life(struct fold *f, fold_slot slot, const struct facts *facts)
{
	struct reg *r = reg_at(f, slot);
	uint32_t within_h = (uint32_t)facts->values[FACT_WITHIN];
	uint32_t within_s = (within_h ? within_h : FOLD_WITHIN_DEFAULT_H) * 3600;
	uint64_t from = reg_at(f, fold_changes_newest(f, slot))->time;

	assert(within_s > 0);
	if (r->line.confirmed_s > from)
		from = r->line.confirmed_s;
	r->line.due_s = from + within_s > UINT32_MAX ? UINT32_MAX : (uint32_t)(from + within_s);
	if (f->hour_s >= from + within_s / 4 * 3)
		r->line.bits |= LINE_BIT_ASK;
	if (within_h == 6 && f->hour_s >= r->line.due_s)
		r->line.bits |= LINE_BIT_CHECK;
}

static enum line_status status_of(const struct fold *f, fold_slot slot, const struct facts *facts,
				  const struct fold_sums *sums)
{
	uint64_t asked = facts->values[FACT_QUANTITY];

	if (facts->values[FACT_CLOSED] != CLOSED_NOT)
		return LINE_CLOSED;
	if (asked ? sums->received_milli >= asked : sums->received_milli > 0)
		return LINE_MET;
	if (asked ? sums->open_milli == 0 : sums->coming_milli > 0)
		return LINE_COVERED;
	return f->hour_s >= reg_at(f, slot)->line.due_s ? LINE_EXPIRED : LINE_OPEN;
}

static void total_need(struct fold *f, fold_slot slot, const struct facts *facts)
{
	struct reg *r = reg_at(f, slot);
	struct fold_sums sums = { 0 };

	assert(r->what == LINE_NEED);
	sum_need(f, slot, facts, &sums);
	cover(f, slot, missing_of(&sums, facts->values[FACT_QUANTITY]));
	find_life(f, slot, facts);
	r->line.status = (uint8_t)status_of(f, slot, facts, &sums);
	if (r->line.status != LINE_OPEN && r->line.status != LINE_EXPIRED)
		r->line.bits = 0;
	assert(r->line.version.site == FOLD_NONE || reg_at(f, r->line.version.site)->kind == ENTRY_SITE);
	if (r->line.status == LINE_OPEN && r->line.version.site != FOLD_NONE)
		reg_at(f, r->line.version.site)->site.open_needs++;
}

/* Offers and stock: the last count and what moved since. */

struct flow {
	uint64_t out, back;
	uint32_t unsaid_s; /* when it first left without a word on how much */
	bool left;         /* somebody said that it left, whenever that was */
	bool said;         /* and how much */
};

static void add_flow(const struct fold *f, fold_slot first, fold_slot m, uint32_t counted_s, struct flow *flow)
{
	uint64_t quantity = fold_facts_of(f, m).values[FACT_QUANTITY];
	uint32_t time = fold_move_time(f, m);
	bool since = time > counted_s;

	assert(reg_at(f, m)->what == MOVE_SENT || reg_at(f, m)->what == MOVE_GIVEN ||
	       reg_at(f, m)->what == MOVE_RETURNED);
	if (reg_at(f, m)->what == MOVE_RETURNED) {
		if (!quantity)
			quantity = fold_facts_of(f, first).values[FACT_QUANTITY];
		flow->back += since ? quantity : 0;
		return;
	}
	if (quantity)
		flow->said = true;
	else if (!flow->unsaid_s || time < flow->unsaid_s)
		flow->unsaid_s = time;
	flow->left = true;
	flow->out += since ? quantity : 0;
}

static struct flow flow_of(const struct fold *f, fold_slot first, fold_slot source, uint32_t counted_s)
{
	struct flow flow = { 0 };

	for (fold_slot m = journey_of(f, first)->members; m != FOLD_NONE; m = reg_at(f, m)->move.next) {
		uint8_t stage = reg_at(f, m)->what;

		if ((stage == MOVE_SENT || stage == MOVE_GIVEN || stage == MOVE_RETURNED) &&
		    fold_rights_may(f, source, reg_at(f, m)->author))
			add_flow(f, first, m, counted_s, &flow);
	}
	/* Where nobody said how much, all that was promised left, once: who says again where it goes moves nothing more. */
	if (flow.left && !flow.said && flow.unsaid_s > counted_s)
		flow.out = fold_facts_of(f, first).values[FACT_QUANTITY];
	assert(!flow.said || flow.left);
	return flow;
}

static void sum_outgoing(const struct fold *f, fold_slot slot, uint32_t counted_s, struct fold_sums *sums)
{
	for (fold_slot c = reg_at(f, slot)->line.outgoing; c != FOLD_NONE; c = journey_of(f, c)->next_outgoing) {
		const struct journey *j = journey_of(f, c);
		uint8_t stage = reg_at(f, j->last)->what;
		struct flow flow = flow_of(f, c, slot, counted_s);

		/* What arrived has left, even if nobody noted the leaving. */
		if (!flow.left && stage == MOVE_RECEIVED && fold_move_time(f, j->last) > counted_s)
			flow.out = j->quantity;
		sums->on_hand_milli += (int64_t)flow.back - (int64_t)flow.out;
		if (stage == MOVE_PLEDGED && !(j->bits & JOURNEY_LAPSED))
			sums->promised_milli += j->quantity;
	}
}

static void sum_stock(const struct fold *f, fold_slot slot, const struct facts *facts, struct fold_sums *sums)
{
	uint32_t counted_s = (uint32_t)facts->values[FACT_COUNTED];

	assert(reg_at(f, slot)->what != LINE_NEED);
	if (!counted_s)
		counted_s = (uint32_t)fold_facts_of(f, slot).values[FACT_CREATED];
	sums->counted_s = counted_s;
	sums->on_hand_milli = (int64_t)facts->values[FACT_QUANTITY];
	sum_outgoing(f, slot, counted_s, sums);
	for (fold_slot c = reg_at(f, slot)->line.version.incoming; c != FOLD_NONE;
	     c = journey_of(f, c)->next_incoming) {
		const struct journey *j = journey_of(f, c);

		if (reg_at(f, j->last)->what == MOVE_RECEIVED && fold_move_time(f, j->last) > counted_s) {
			sums->received_milli += j->quantity;
			sums->on_hand_milli += (int64_t)j->quantity;
		}
	}
	sums->coming_milli = add_coming(f, slot, QUANTITY_MILLI_MAX);
}

static void total_stock(struct fold *f, fold_slot slot, const struct facts *facts)
{
	cover(f, slot, QUANTITY_MILLI_MAX);
	reg_at(f, slot)->line.status = facts->values[FACT_CLOSED] != CLOSED_NOT ? LINE_CLOSED : LINE_OPEN;
}

void fold_lines_total(struct fold *f)
{
	for (fold_slot slot = next_line(f, FOLD_NONE); slot != FOLD_NONE; slot = next_line(f, slot)) {
		struct facts facts = fold_standing_facts(f, slot);

		reg_at(f, slot)->line.item = (uint16_t)facts.values[FACT_ITEM];
		if (reg_at(f, slot)->what == LINE_NEED)
			total_need(f, slot, &facts);
		else
			total_stock(f, slot, &facts);
	}
}

void fold_lines_sums(const struct fold *f, fold_slot line, struct fold_sums *sums)
{
	struct facts facts = fold_standing_facts(f, line);

	assert(reg_at(f, line)->kind == ENTRY_LINE);
	assert(reg_at(f, line)->flags & REG_OWN);
	*sums = (struct fold_sums){ .quantity_milli = facts.values[FACT_QUANTITY],
				    .people = (uint32_t)facts.values[FACT_PEOPLE] };
	if (reg_at(f, line)->what == LINE_NEED)
		sum_need(f, line, &facts, sums);
	else
		sum_stock(f, line, &facts, sums);
}
