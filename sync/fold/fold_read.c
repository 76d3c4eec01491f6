/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What people see of the last run: lists, records, who is who. */
#include "sync/fold/fold_state.h"

bool fold_is_void(const struct fold *f)
{
	return f->is_void;
}

uint32_t *fold_scratch(struct fold *f)
{
	return f->work;
}

/* What is left of words that were damaged. */
static void blank(const struct fold *f, fold_slot slot, struct entry *entry)
{
	const struct reg *r = reg_at(f, slot);

	memset(entry, 0, sizeof *entry);
	entry->author = public_key_hint(author_key(f, slot));
	entry->hlc = reg_hlc(r);
	entry->number = r->number;
	entry->kind = (enum entry_kind)r->kind;
}

void fold_read(const struct fold *f, fold_slot slot, struct entry *entry)
{
	if (!fold_changes_read(f, slot, entry))
		blank(f, slot, entry);
	fold_facts_clamp(entry);
}

void fold_read_change(const struct fold *f, fold_slot change, struct entry *entry)
{
	if (!fold_changes_read_alone(f, change, entry))
		blank(f, change, entry);
}

uint32_t fold_slots(const struct fold *f)
{
	return f->log_end;
}

struct ref fold_ref(const struct fold *f, fold_slot slot)
{
	if (slot == FOLD_NONE)
		return (struct ref){ .number = 0 };
	assert(slot < f->log_end);
	if (fold_carried_is(f, slot))
		return fold_carried_for(f, slot);
	return (struct ref){ .author = public_key_hint(author_key(f, slot)), .number = reg_at(f, slot)->number };
}

const struct public_key *fold_author_of(const struct fold *f, fold_slot slot)
{
	assert(slot < f->log_end);
	return author_key(f, slot);
}

enum entry_kind fold_kind(const struct fold *f, fold_slot slot)
{
	assert(slot < f->log_end);
	return (enum entry_kind)reg_at(f, slot)->kind;
}

struct view fold_name(const struct fold *f, fold_slot site)
{
	fold_slot own = fold_changes_record(f, site);

	assert(reg_at(f, site)->kind == ENTRY_SITE);
	if (own == FOLD_NONE || reg_at(f, own)->site.version.standing != site)
		return fold_facts_of(f, site).bytes;
	return fold_standing_facts(f, own).bytes;
}

uint32_t fold_count(const struct fold *f, enum fold_list list)
{
	assert(list < FOLD_LISTS);
	return f->counts[list];
}

static fold_slot slot_in(const struct fold *f, enum fold_list list, uint32_t index)
{
	assert(list < FOLD_LISTS);
	assert(index < f->counts[list]);
	return f->slots[list][index];
}

static struct fold_record record_of(const struct fold *f, fold_slot slot)
{
	const struct reg *r = reg_at(f, slot);
	bool has_changes = r->kind == ENTRY_SITE || r->kind == ENTRY_LINE;
	fold_slot standing = has_changes ? r->line.version.standing : slot;
	fold_slot newest = has_changes ? fold_changes_newest(f, slot) : slot;

	assert(reg_at(f, standing)->kind == r->kind);
	return (struct fold_record){ .own = slot,
				     .standing = standing,
				     .newest = newest,
				     .changed = reg_hlc(reg_at(f, newest)),
				     .author = author_key(f, slot),
				     .changed_by = author_key(f, newest) };
}

void fold_record(const struct fold *f, enum fold_list list, uint32_t index, struct fold_record *record)
{
	*record = record_of(f, slot_in(f, list, index));
}

void fold_site(const struct fold *f, uint32_t index, struct fold_site *site)
{
	fold_slot slot = slot_in(f, FOLD_SITES, index);
	const struct reg *r = reg_at(f, slot);

	*site = (struct fold_site){ .record = record_of(f, slot),
				    .open_needs = r->site.open_needs,
				    .heard_s = r->site.heard_s,
				    .round = r->site.round };
}

uint32_t fold_site_heard(const struct fold *f, fold_slot own)
{
	assert(reg_at(f, own)->kind == ENTRY_SITE);
	return reg_at(f, own)->site.heard_s;
}

void fold_line(const struct fold *f, uint32_t index, struct fold_line *line)
{
	fold_line_at(f, slot_in(f, FOLD_LINES, index), line);
}

void fold_line_at(const struct fold *f, fold_slot slot, struct fold_line *line)
{
	const struct reg *r = reg_at(f, slot);

	assert(r->kind == ENTRY_LINE);
	assert(r->flags & REG_OWN);
	*line = (struct fold_line){ .record = record_of(f, slot),
				    .site = r->line.version.site,
				    .site_standing = fold_site_of_line(f, slot),
				    .kind = (enum line_kind)r->what,
				    .status = (enum line_status)r->line.status,
				    .item = r->line.item,
				    .due_s = r->line.due_s,
				    .confirmed_s = r->line.confirmed_s,
				    .ask_still_needed = r->line.bits & LINE_BIT_ASK,
				    .check_on_them = r->line.bits & LINE_BIT_CHECK,
				    .is_drill = r->line.bits & LINE_BIT_DRILL,
				    .is_marked = r->line.bits & LINE_BIT_MARKED,
				    .is_standing = r->line.bits & LINE_BIT_STANDING,
				    .stays = reg_stays(r) == FOLD_NONE ? FOLD_NONE : fold_twice_stays(f, slot) };
}

bool fold_is_real(const struct fold *f)
{
	return f->is_real;
}

bool fold_line_is_drill(const struct fold *f, fold_slot own)
{
	assert(reg_at(f, own)->kind == ENTRY_LINE);
	return reg_at(f, own)->line.bits & LINE_BIT_DRILL;
}

void fold_line_sums(const struct fold *f, uint32_t index, struct fold_sums *sums)
{
	fold_lines_sums(f, slot_in(f, FOLD_LINES, index), sums);
}

void fold_move(const struct fold *f, uint32_t index, struct fold_move *move)
{
	fold_move_at(f, slot_in(f, FOLD_MOVES, index), move);
}

void fold_move_at(const struct fold *f, fold_slot slot, struct fold_move *move)
{
	const struct reg *r = reg_at(f, slot);
	const struct journey *j = journey_of(f, slot);
	struct account account = fold_account(f, slot, r->move.of);

	assert(r->kind == ENTRY_MOVE);
	assert(reg_at(f, j->last)->kind == ENTRY_MOVE);
	*move = (struct fold_move){
		.record = record_of(f, slot),
		.last = j->last,
		.stage = (enum move_stage)reg_at(f, j->last)->what,
		.quantity_milli = fold_account_quantity(f, slot, &account),
		.extra_milli = j->extra,
		.promised_milli = j->promised,
		.on_way_milli = j->on_way,
		.arrived_milli = r->move.of == FOLD_NONE ? account.received_or_given : account.arrived,
		.lost_milli = j->lost,
		.back_milli = account.back,
		.arrived_s = account.last_s,
		.newest_s = account.newest_s,
		.due_s = j->due_s,
		.of = r->move.of,
		.from = journey_source(f, slot),
		.pledger = j->pledger == AUTHOR_NONE ? NULL : &f->authors.table[j->pledger].key,
		.accepted = j->bits & JOURNEY_ACCEPTED,
		.counts = j->bits & JOURNEY_COUNTS,
		.lapsed = j->bits & JOURNEY_LAPSED,
		.too_late = j->bits & JOURNEY_TOO_LATE,
		.counted_once = j->bits & JOURNEY_ONCE,
		.need_closed = r->move.of != FOLD_NONE && reg_at(f, r->move.of)->line.status == LINE_CLOSED,
	};
}

fold_slot fold_move_of(const struct fold *f, uint32_t index)
{
	return reg_at(f, slot_in(f, FOLD_MOVES, index))->move.of;
}

void fold_note(const struct fold *f, uint32_t index, struct fold_note *note)
{
	fold_note_at(f, slot_in(f, FOLD_NOTES, index), note);
}

/* An alert without an end is over a day after it was said. */
static uint32_t until_of(const struct reg *r, const struct facts *facts)
{
	if (r->what != NOTE_ALERT)
		return 0;
	return facts->values[FACT_DUE] ? (uint32_t)facts->values[FACT_DUE] : r->time + FOLD_ALERT_S;
}

void fold_note_at(const struct fold *f, fold_slot slot, struct fold_note *note)
{
	const struct reg *r = reg_at(f, slot);

	struct facts facts = fold_facts_of(f, slot);

	assert(r->kind == ENTRY_NOTE);
	*note = (struct fold_note){ .record = record_of(f, slot),
				    .kind = (enum note_kind)r->what,
				    .of = r->note.of,
				    .is_withdrawn = facts.values[FACT_FLAGS] & NOTE_WITHDRAWN,
				    .until_s = until_of(r, &facts) };
}

static int by_author_and_number(const struct fold *f, fold_slot slot, const struct public_key *author, uint32_t number)
{
	int order = memcmp(author_key(f, slot)->bytes, author->bytes, sizeof author->bytes);

	if (order)
		return order;
	return reg_at(f, slot)->number < number ? -1 : reg_at(f, slot)->number > number;
}

/* By name, so that a record is also found when a newer version came since the last run. */
static uint32_t index_of(const struct fold *f, enum fold_list list, fold_slot slot)
{
	const struct public_key *author = author_key(f, slot);
	uint32_t number = reg_at(f, slot)->number, low = 0, high = f->counts[list];

	assert(list < FOLD_LISTS);
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (by_author_and_number(f, f->slots[list][mid], author, number) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < f->counts[list] && by_author_and_number(f, f->slots[list][low], author, number) == 0 ? low
													  : UINT32_MAX;
}

uint32_t fold_find(const struct fold *f, enum fold_list list, struct ref ref)
{
	static const enum entry_kind kinds[FOLD_LISTS] = { [FOLD_SITES] = ENTRY_SITE,
							   [FOLD_LINES] = ENTRY_LINE,
							   [FOLD_MOVES] = ENTRY_MOVE,
							   [FOLD_NOTES] = ENTRY_NOTE };
	fold_slot slot = fold_rights_resolve(f, kinds[list], ref);

	assert(list < FOLD_LISTS);
	return slot == FOLD_NONE ? UINT32_MAX : index_of(f, list, slot);
}

/* The first of the journey as of the last run. A move that came since is in none yet. */
static fold_slot first_of(const struct fold *f, fold_slot move)
{
	assert(reg_at(f, move)->kind == ENTRY_MOVE);
	return reg_at(f, move)->flags & REG_FIRST ? move : reg_at(f, move)->move.first;
}

static fold_slot record_at(const struct fold *f, fold_slot slot)
{
	struct reg *r = reg_at(f, slot);
	struct facts facts;

	switch ((enum entry_kind)r->kind) {
	case ENTRY_SITE:
	case ENTRY_LINE:
		if (r->flags & REG_OWN)
			return slot;
		facts = fold_facts_of(f, slot);
		return fold_rights_resolve(f, (enum entry_kind)r->kind, fold_facts_ref(&facts, FACT_OF));
	case ENTRY_MOVE:
		return first_of(f, slot);
	case ENTRY_NOTE:
		return slot;
	case ENTRY_CARD:
	case ENTRY_TRUST:
	case ENTRY_UNKNOWN:
		break;
	}
	return FOLD_NONE;
}

fold_slot fold_record_of(const struct fold *f, enum fold_list *list, const struct public_key *author,
			 enum entry_kind kind, uint32_t number)
{
	uint16_t by = authors_find(&f->authors, author);
	fold_slot slot = by == AUTHOR_NONE || f->is_void ? FOLD_NONE : fold_regs_find(f, by, kind, number);
	int found;

	if (slot == FOLD_NONE || !(reg_at(f, slot)->flags & REG_LEARNED) || (reg_at(f, slot)->flags & REG_BROKEN))
		return FOLD_NONE;
	slot = record_at(f, slot);
	found = slot == FOLD_NONE ? LISTS : reg_list(reg_at(f, slot));
	if (found >= FOLD_LISTS)
		return FOLD_NONE;
	*list = (enum fold_list)found;
	return slot;
}

uint32_t fold_find_journey(const struct fold *f, struct ref ref)
{
	fold_slot slot = fold_rights_resolve(f, ENTRY_MOVE, ref);

	if (slot == FOLD_NONE || f->is_void || !(reg_at(f, slot)->flags & REG_LEARNED))
		return UINT32_MAX;
	return index_of(f, FOLD_MOVES, first_of(f, slot));
}

fold_slot fold_site_of_line(const struct fold *f, fold_slot line)
{
	fold_slot site = reg_at(f, line)->line.version.site;

	assert(reg_at(f, line)->kind == ENTRY_LINE);
	return site == FOLD_NONE ? FOLD_NONE : reg_at(f, site)->site.version.standing;
}

fold_slot fold_site_named_by(const struct fold *f, fold_slot line)
{
	assert(reg_at(f, line)->kind == ENTRY_LINE);
	return reg_at(f, line)->line.version.site;
}

uint32_t fold_index(const struct fold *f, enum fold_list list, fold_slot own)
{
	return index_of(f, list, own);
}

bool fold_number_is_shared(const struct fold *f, uint32_t number)
{
	uint32_t low = 0, high = f->shared_count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (f->shared[mid] < number)
			low = mid + 1;
		else
			high = mid;
	}
	return low < f->shared_count && f->shared[low] == number;
}

/* People. */

uint32_t fold_author_count(const struct fold *f)
{
	return f->authors.count;
}

bool fold_author(const struct fold *f, uint32_t index, struct fold_author *author)
{
	const struct author *a = &f->authors.table[index];

	assert(index < f->authors.count);
	if (!a->entry_count)
		return false;
	*author = (struct fold_author){ .key = a->key, .heard_s = a->newest_s };
	return true;
}

uint32_t fold_heard(const struct fold *f, const struct public_key *author)
{
	uint16_t at = authors_find(&f->authors, author);

	return at == AUTHOR_NONE ? 0 : f->authors.table[at].newest_s;
}

bool fold_card(const struct fold *f, const struct public_key *key, struct card *card)
{
	uint16_t author = authors_find(&f->authors, key);
	fold_slot slot = author == AUTHOR_NONE ? FOLD_NONE : fold_regs_find(f, author, ENTRY_CARD, 0);
	struct entry entry;

	if (slot == FOLD_NONE)
		return false;
	assert(reg_at(f, slot)->kind == ENTRY_CARD);
	fold_read(f, slot, &entry);
	*card = entry.card;
	return true;
}

bool fold_card_epoch(const struct fold *f, const struct public_key *key, uint16_t *epoch)
{
	uint16_t author = authors_find(&f->authors, key);
	fold_slot slot = author == AUTHOR_NONE ? FOLD_NONE : fold_regs_find(f, author, ENTRY_CARD, 0);

	if (slot == FOLD_NONE)
		return false;
	*epoch = fold_epoch(f, slot);
	return true;
}

uint32_t fold_people(const struct fold *f)
{
	return f->counts[PEOPLE];
}

bool fold_trust(const struct fold *f, uint32_t index, struct fold_trust *trust)
{
	fold_slot slot = f->slots[PEOPLE][index];
	const struct reg *r = reg_at(f, slot);
	struct facts facts;

	assert(index < f->counts[PEOPLE]);
	if (r->kind != ENTRY_TRUST)
		return false;
	facts = fold_facts_of(f, slot);
	*trust = (struct fold_trust){ .slot = slot,
				      .kind = (enum trust_kind)r->what,
				      .site = fold_rights_resolve(f, ENTRY_SITE, fold_facts_ref(&facts, FACT_FROM)),
				      .said_s = r->time };
	return true;
}

bool fold_trust_stands(const struct fold *f, const struct public_key *author, uint32_t number)
{
	uint16_t at = authors_find(&f->authors, author);
	fold_slot slot = at == AUTHOR_NONE ? FOLD_NONE : fold_regs_find(f, at, ENTRY_TRUST, number);

	return slot != FOLD_NONE && (reg_at(f, slot)->flags & REG_STANDS);
}

uint32_t fold_distance(struct fold *f, const struct public_key *from, const struct public_key *to)
{
	uint16_t a = authors_find(&f->authors, from), b = authors_find(&f->authors, to);

	if (public_key_equal(from, to))
		return 0;
	if (a == AUTHOR_NONE || b == AUTHOR_NONE || a >= f->authors_run || b >= f->authors_run || f->is_void)
		return FOLD_VOUCHES + 1;
	return fold_rights_distance(f, a, b);
}

bool fold_has_vouched(const struct fold *f, const struct public_key *from, const struct public_key *to)
{
	uint16_t a = authors_find(&f->authors, from), b = authors_find(&f->authors, to);

	if (a == AUTHOR_NONE || b == AUTHOR_NONE || a >= f->authors_run || b >= f->authors_run || f->is_void)
		return false;
	for (fold_slot at = f->vouched[b]; at != FOLD_NONE; at = reg_at(f, at)->trust.other)
		if (reg_at(f, at)->author == a)
			return true;
	return false;
}

bool fold_may_change(const struct fold *f, enum fold_list list, uint32_t index, const struct public_key *who)
{
	uint16_t author = authors_find(&f->authors, who);
	fold_slot slot = slot_in(f, list, index);

	if (author == AUTHOR_NONE)
		return false;
	if (list == FOLD_SITES || list == FOLD_LINES)
		return fold_rights_may(f, slot, author, FOLD_NOW);
	return reg_at(f, slot)->author == author;
}
