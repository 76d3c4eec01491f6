/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What stands of a site or line, and what a line adds up to. */
#include "sync/fold_state.h"
#include "sync/sort.h"

static const struct amends *amends_of(const struct entry *e)
{
	if (e->kind == ENTRY_SITE)
		return &e->site.amends;
	return e->kind == ENTRY_LINE ? &e->line.amends : NULL;
}

static uint32_t site_named(const struct fold *f, struct ref ref)
{
	uint32_t site = rights_resolve(f, ENTRY_SITE, ref);

	return site != SET_NONE && ref_is_none(f->entries[site].site.amends.of) ? site : SET_NONE;
}

/* A keeper corrects what a line says, and never makes another kind of line of it. */
static bool may_amend(const struct entry *amendment, const struct entry *target)
{
	return ref_is_none(amends_of(target)->of) &&
	       (target->kind != ENTRY_LINE || amendment->line.kind == target->line.kind);
}

/* Own words become records; keepers' changes are hung onto what they change. */
static void sort_out(struct fold *f, uint32_t slot)
{
	const struct entry *e = &f->entries[slot];
	const struct amends *amends = amends_of(e);
	uint32_t target;

	if (!amends)
		return;
	if (ref_is_none(amends->of)) {
		f->derived[slot].is_record = true;
		if (e->kind == ENTRY_LINE)
			f->derived[slot].site = site_named(f, e->line.site);
		return;
	}
	target = rights_resolve(f, e->kind, amends->of);
	if (target == SET_NONE || !may_amend(e, &f->entries[target]))
		return;
	f->derived[slot].next = f->derived[target].first;
	f->derived[target].first = slot;
}

/* The next version after `current`: the latest change that a keeper made of exactly that version. */
static uint32_t next_version(const struct fold *f, uint32_t record, uint32_t current)
{
	uint64_t version = entry_id_version(&f->set.slots[current].id);
	uint32_t best = SET_NONE;

	for (uint32_t at = f->derived[record].first; at != SET_NONE; at = f->derived[at].next) {
		if (amends_of(&f->entries[at])->version != version || !rights_may(f, record, f->set.slots[at].author))
			continue;
		if (best == SET_NONE || is_later(f, at, best))
			best = at;
	}
	return best;
}

void lines_stand(struct fold *f)
{
	for (uint32_t rank = 0; rank < f->set.count; rank++)
		sort_out(f, set_at(&f->set, rank));
	for (uint32_t rank = 0; rank < f->set.count; rank++) {
		uint32_t slot = set_at(&f->set, rank), next = slot;

		if (!f->derived[slot].is_record || !amends_of(&f->entries[slot]))
			continue;
		for (int steps = 0; next != SET_NONE && steps < AMEND_STEPS_MAX; steps++) {
			f->derived[slot].standing = next;
			next = next_version(f, slot, next);
		}
	}
}

static const struct line *line_standing(const struct fold *f, uint32_t slot)
{
	return &f->entries[f->derived[slot].standing].line;
}

/* Needs. */

/* Two pledges for one need: the further gone first, then what was asked for, then by hash, never by a time that its author
 * declared. */
static int by_strength(const void *ctx, uint32_t a, uint32_t b)
{
	const struct fold *f = ctx;
	const struct derived *x = &f->derived[a], *y = &f->derived[b];

	if (x->stage != y->stage)
		return x->stage == MOVE_SENT ? -1 : 1;
	if (x->asked_for != y->asked_for)
		return x->asked_for ? -1 : 1;
	return entry_id_compare(&f->set.slots[a].id, &f->set.slots[b].id);
}

static uint64_t add_received(const struct fold *f, uint32_t line)
{
	uint64_t received = 0;

	for (uint32_t c = f->derived[line].incoming; c != SET_NONE; c = f->derived[c].next_incoming) {
		const struct derived *d = &f->derived[c];
		bool given = d->stage == MOVE_GIVEN && rights_may(f, line, f->set.slots[d->last].author);

		if (d->stage == MOVE_RECEIVED || given)
			received += d->quantity;
	}
	return received;
}

/* Lets what is coming cover what is missing; returns how much it covers. */
static uint64_t cover(struct fold *f, uint32_t line, uint64_t missing)
{
	uint32_t count = 0;
	uint64_t covered = 0;

	for (uint32_t c = f->derived[line].incoming; c != SET_NONE; c = f->derived[c].next_incoming)
		if (f->derived[c].counts)
			f->work[count++] = c;
	sort_numbers(f->work, count, by_strength, f);
	for (uint32_t i = 0; i < count; i++) {
		struct derived *d = &f->derived[f->work[i]];
		uint64_t part = d->quantity < missing - covered ? d->quantity : missing - covered;

		covered += part;
		d->extra = d->quantity - part;
	}
	return covered;
}

static void find_confirmed(struct fold *f)
{
	for (uint32_t rank = 0; rank < f->set.count; rank++) {
		uint32_t slot = set_at(&f->set, rank), of = f->derived[slot].of;
		const struct entry *e = &f->entries[slot];

		if (e->kind != ENTRY_NOTE || e->note.kind != NOTE_STILL_NEEDED || of == SET_NONE ||
		    f->entries[of].kind != ENTRY_LINE || !rights_may(f, of, f->set.slots[slot].author))
			continue;
		if (e->hlc.time > f->derived[of].confirmed_s)
			f->derived[of].confirmed_s = e->hlc.time;
	}
}

static void find_life(struct fold *f, uint32_t slot)
{
	struct derived *d = &f->derived[slot];
	const struct line *line = line_standing(f, slot);
	uint32_t within_s = (line->within_h ? line->within_h : FOLD_WITHIN_DEFAULT_H) * 3600;
	uint64_t from = f->entries[d->standing].hlc.time;

	if (d->confirmed_s > from)
		from = d->confirmed_s;
	d->due_s = from + within_s > UINT32_MAX ? UINT32_MAX : (uint32_t)(from + within_s);
	d->ask_still_needed = f->hour_s >= from + within_s / 4 * 3;
	d->check_on_them = line->within_h == 6 && f->hour_s >= d->due_s;
}

static enum line_status status_of(const struct fold *f, uint32_t slot)
{
	const struct derived *d = &f->derived[slot];
	const struct line *line = line_standing(f, slot);
	bool some = line->quantity_milli == 0; /* no number was said: anything meets it */

	if (line->closed != CLOSED_NOT)
		return LINE_CLOSED;
	if (some ? d->received > 0 : d->received >= line->quantity_milli)
		return LINE_MET;
	if (some ? d->coming > 0 : d->open == 0)
		return LINE_COVERED;
	return f->hour_s >= d->due_s ? LINE_EXPIRED : LINE_OPEN;
}

static void total_need(struct fold *f, uint32_t slot)
{
	struct derived *d = &f->derived[slot];
	uint64_t asked = line_standing(f, slot)->quantity_milli;

	d->received = add_received(f, slot);
	d->open = asked > d->received ? asked - d->received : 0;
	d->coming = cover(f, slot, asked ? d->open : QUANTITY_MILLI_MAX);
	d->open = d->open > d->coming ? d->open - d->coming : 0;
	find_life(f, slot);
	d->status = (uint8_t)status_of(f, slot);
	if (d->status != LINE_OPEN && d->status != LINE_EXPIRED)
		d->ask_still_needed = d->check_on_them = false;
	if (d->status == LINE_OPEN && d->site != SET_NONE)
		f->derived[d->site].open_needs++;
}

/* Offers and stock: the last count and what moved since. */

struct flow {
	uint64_t out, back;
	bool left; /* somebody said that it left, whenever that was */
};

static struct flow flow_of(const struct fold *f, uint32_t chain, uint32_t source, uint32_t counted_s)
{
	struct flow flow = { 0 };

	for (uint32_t m = f->derived[chain].first; m != SET_NONE; m = f->derived[m].next) {
		const struct move *move = &f->entries[m].move;
		uint32_t author = f->set.slots[m].author;
		uint64_t quantity = move->quantity_milli ? move->quantity_milli : f->entries[chain].move.quantity_milli;
		bool theirs = rights_may(f, source, author), since = move_time(f, m) > counted_s;

		if (theirs && (move->stage == MOVE_SENT || move->stage == MOVE_GIVEN)) {
			flow.left = true;
			flow.out += since ? quantity : 0;
		} else if (theirs && move->stage == MOVE_RETURNED && since) {
			flow.back += quantity;
		}
	}
	return flow;
}

static void count_outgoing(struct fold *f, uint32_t slot, uint32_t counted_s)
{
	struct derived *d = &f->derived[slot];

	for (uint32_t c = d->outgoing; c != SET_NONE; c = f->derived[c].next_outgoing) {
		const struct derived *chain = &f->derived[c];
		struct flow flow = flow_of(f, c, slot, counted_s);

		/* What arrived has left, even if nobody noted the leaving. */
		if (!flow.left && chain->stage == MOVE_RECEIVED && chain->at_s > counted_s)
			flow.out = chain->quantity;
		d->on_hand += (int64_t)flow.back - (int64_t)flow.out;
		if (chain->stage == MOVE_PLEDGED && !chain->lapsed)
			d->promised += chain->quantity;
	}
}

static void total_stock(struct fold *f, uint32_t slot)
{
	struct derived *d = &f->derived[slot];
	const struct line *line = line_standing(f, slot);
	uint32_t counted_s = line->counted ? line->counted : f->entries[slot].line.created;

	d->on_hand = (int64_t)line->quantity_milli;
	count_outgoing(f, slot, counted_s);
	for (uint32_t c = d->incoming; c != SET_NONE; c = f->derived[c].next_incoming)
		if (f->derived[c].stage == MOVE_RECEIVED && f->derived[c].at_s > counted_s) {
			d->received += f->derived[c].quantity;
			d->on_hand += (int64_t)f->derived[c].quantity;
		}
	d->coming = cover(f, slot, QUANTITY_MILLI_MAX);
	d->status = line->closed != CLOSED_NOT ? LINE_CLOSED : LINE_OPEN;
}

void lines_total(struct fold *f)
{
	find_confirmed(f);
	for (uint32_t rank = 0; rank < f->set.count; rank++) {
		uint32_t slot = set_at(&f->set, rank);

		if (f->entries[slot].kind != ENTRY_LINE || !f->derived[slot].is_record)
			continue;
		if (f->entries[slot].line.kind == LINE_NEED)
			total_need(f, slot);
		else
			total_stock(f, slot);
	}
}
