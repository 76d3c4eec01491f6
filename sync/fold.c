/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/fold.h"

#include <string.h>

#include <sodium.h>

#include "sync/fold_state.h"
#include "sync/sort.h"

static void place(struct fold *f, struct arena *arena, const struct fold_config *config)
{
	static const uint8_t key[16] = "aidmesh fold";
	uint32_t registers = config->registers_max, authors = config->authors_max;

	set_init(&f->set, arena, registers, key);
	authors_init(&f->authors, arena, authors);
	f->entries = arena_take(arena, registers, sizeof *f->entries);
	f->derived = arena_take(arena, registers, sizeof *f->derived);
	f->list_memory = arena_take(arena, registers, sizeof *f->list_memory);
	f->work = arena_take(arena, registers, sizeof *f->work);
	f->by_hint = arena_take(arena, authors, sizeof *f->by_hint);
	f->vouches = arena_take(arena, authors, sizeof *f->vouches);
	f->distance = arena_take(arena, authors, sizeof *f->distance);
	f->queue = arena_take(arena, authors, sizeof *f->queue);
}

size_t fold_footprint(const struct fold_config *config)
{
	struct arena arena = { .base = NULL, .used = sizeof(struct fold) };
	struct fold measured = { 0 };

	place(&measured, &arena, config);
	return arena.used;
}

struct fold *fold_init(void *memory, size_t memory_size, const struct fold_config *config)
{
	struct arena arena = { .base = memory, .used = sizeof(struct fold) };
	struct fold *f = memory;

	if (memory_size < fold_footprint(config))
		return NULL;
	*f = (struct fold){ .config = *config };
	place(f, &arena, config);
	for (int list = 0; list < FOLD_LISTS; list++)
		f->slots[list] = f->list_memory;
	return f;
}

enum fold_rc fold_put(struct fold *f, const struct entry *entry, const struct entry_id *id,
		      const struct public_key *author)
{
	struct set_slot fresh = { .id = *id, .hlc = entry->hlc, .number = entry->number };
	uint32_t old, at;

	fresh.field = (uint8_t)entry->kind;
	if (entry->kind == ENTRY_UNKNOWN || set_find_id(&f->set, id) != SET_NONE)
		return FOLD_STALE;
	fresh.author = authors_add(&f->authors, author);
	if (fresh.author == AUTHOR_NONE)
		return FOLD_E_FULL;
	old = set_find_register(&f->set, fresh.author, fresh.field, fresh.number);
	if (old != SET_NONE && !entry_supersedes(fresh.hlc, id, f->set.slots[old].hlc, &f->set.slots[old].id))
		return FOLD_STALE;
	if (old == SET_NONE && f->set.count == f->config.registers_max)
		return FOLD_E_FULL;
	if (old != SET_NONE)
		set_remove(&f->set, old);
	else
		f->authors.table[fresh.author].entry_count++;
	at = set_insert(&f->set, &fresh);
	assert(at != SET_NONE);
	f->entries[at] = *entry;
	return FOLD_OK;
}

void fold_drop(struct fold *f, const struct entry_id *id)
{
	uint32_t slot = set_find_id(&f->set, id);

	if (slot == SET_NONE)
		return;
	f->authors.table[f->set.slots[slot].author].entry_count--;
	set_remove(&f->set, slot);
}

/* Running. */

static void clear_derived(struct fold *f)
{
	for (uint32_t rank = 0; rank < f->set.count; rank++) {
		uint32_t slot = set_at(&f->set, rank);

		f->derived[slot] = (struct derived){ .next = SET_NONE,
						     .first = SET_NONE,
						     .standing = slot,
						     .site = SET_NONE,
						     .keepers = SET_NONE,
						     .incoming = SET_NONE,
						     .outgoing = SET_NONE,
						     .next_incoming = SET_NONE,
						     .next_outgoing = SET_NONE,
						     .of = SET_NONE,
						     .from = SET_NONE,
						     .last = slot,
						     .root = slot,
						     .pledger = AUTHOR_NONE };
	}
}

static int by_author_and_number(const void *ctx, uint32_t a, uint32_t b)
{
	const struct fold *f = ctx;
	int order = memcmp(author_key(f, a)->bytes, author_key(f, b)->bytes, sizeof(struct public_key));

	if (order)
		return order;
	return f->entries[a].number < f->entries[b].number ? -1 : f->entries[a].number > f->entries[b].number;
}

static enum entry_kind kind_of_list(enum fold_list list)
{
	static const enum entry_kind kinds[FOLD_LISTS] = { [FOLD_SITES] = ENTRY_SITE,
							   [FOLD_LINES] = ENTRY_LINE,
							   [FOLD_MOVES] = ENTRY_MOVE,
							   [FOLD_NOTES] = ENTRY_NOTE };

	return kinds[list];
}

static void collect_lists(struct fold *f)
{
	uint32_t *place_next = f->list_memory;

	for (enum fold_list list = FOLD_SITES; list < FOLD_LISTS; list++) {
		f->slots[list] = place_next;
		for (uint32_t rank = 0; rank < f->set.count; rank++) {
			uint32_t slot = set_at(&f->set, rank);

			if (f->entries[slot].kind == kind_of_list(list) && f->derived[slot].is_record)
				*place_next++ = slot;
		}
		f->counts[list] = (uint32_t)(place_next - f->slots[list]);
		sort_numbers(f->slots[list], f->counts[list], by_author_and_number, f);
	}
}

static void resolve_notes(struct fold *f)
{
	for (uint32_t rank = 0; rank < f->set.count; rank++) {
		uint32_t slot = set_at(&f->set, rank);
		const struct entry *e = &f->entries[slot];
		struct derived *d = &f->derived[slot];

		if (e->kind != ENTRY_NOTE)
			continue;
		d->is_record = true;
		d->of = rights_resolve(f, ENTRY_LINE, e->note.of);
		if (d->of == SET_NONE)
			d->of = rights_resolve(f, ENTRY_SITE, e->note.of);
		if (d->of == SET_NONE)
			d->of = rights_resolve(f, ENTRY_MOVE, e->note.of);
	}
}

void fold_run(struct fold *f, uint32_t now_s)
{
	f->hour_s = now_s - now_s % 3600;
	set_settle(&f->set);
	clear_derived(f);
	rights_run(f);
	lines_stand(f);
	resolve_notes(f);
	moves_run(f);
	lines_total(f);
	collect_lists(f);
}

/* Reading. */

uint32_t fold_count(const struct fold *f, enum fold_list list)
{
	return f->counts[list];
}

static const struct entry *entry_or_null(const struct fold *f, uint32_t slot)
{
	return slot == SET_NONE ? NULL : &f->entries[slot];
}

static struct fold_record record_of(const struct fold *f, uint32_t slot)
{
	uint32_t standing = f->derived[slot].standing;

	return (struct fold_record){ .entry = &f->entries[slot],
				     .standing = &f->entries[standing],
				     .id = f->set.slots[standing].id,
				     .changed = f->entries[standing].hlc,
				     .author = author_key(f, slot),
				     .changed_by = author_key(f, standing) };
}

static uint32_t slot_in(const struct fold *f, enum fold_list list, uint32_t index)
{
	assert(index < f->counts[list]);
	return f->slots[list][index];
}

void fold_site(const struct fold *f, uint32_t index, struct fold_site *site)
{
	uint32_t slot = slot_in(f, FOLD_SITES, index);

	*site = (struct fold_site){ .record = record_of(f, slot),
				    .open_needs = f->derived[slot].open_needs,
				    .heard_s = f->authors.table[f->set.slots[slot].author].newest_s };
}

void fold_line(const struct fold *f, uint32_t index, struct fold_line *line)
{
	uint32_t slot = slot_in(f, FOLD_LINES, index);
	const struct derived *d = &f->derived[slot];

	*line = (struct fold_line){
		.record = record_of(f, slot),
		.site = entry_or_null(f, d->site),
		.site_standing = d->site == SET_NONE ? NULL : entry_or_null(f, f->derived[d->site].standing),
		.status = (enum line_status)d->status,
		.received_milli = d->received,
		.coming_milli = d->coming,
		.open_milli = d->open,
		.on_hand_milli = d->on_hand,
		.promised_milli = d->promised,
		.due_s = d->due_s,
		.confirmed_s = d->confirmed_s,
		.ask_still_needed = d->ask_still_needed,
		.check_on_them = d->check_on_them,
	};
}

void fold_move(const struct fold *f, uint32_t index, struct fold_move *move)
{
	uint32_t slot = slot_in(f, FOLD_MOVES, index);
	const struct derived *d = &f->derived[slot];

	*move = (struct fold_move){
		.record = record_of(f, slot),
		.last = &f->entries[d->last],
		.stage = (enum move_stage)d->stage,
		.quantity_milli = d->quantity,
		.extra_milli = d->extra,
		.due_s = d->due_s,
		.at_s = d->at_s,
		.of = entry_or_null(f, d->of),
		.from = d->may_take ? entry_or_null(f, d->from) : NULL,
		.accepted = d->accepted,
		.counts = d->counts,
		.lapsed = d->lapsed,
		.need_closed = d->of != SET_NONE && f->derived[d->of].status == LINE_CLOSED,
	};
}

void fold_note(const struct fold *f, uint32_t index, struct fold_note *note)
{
	uint32_t slot = slot_in(f, FOLD_NOTES, index);

	*note = (struct fold_note){ .record = record_of(f, slot), .of = entry_or_null(f, f->derived[slot].of) };
}

static uint32_t index_of(const struct fold *f, enum fold_list list, uint32_t slot)
{
	uint32_t low = 0, high = f->counts[list];

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (by_author_and_number(f, f->slots[list][mid], slot) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < f->counts[list] && f->slots[list][low] == slot ? low : UINT32_MAX;
}

uint32_t fold_find(const struct fold *f, enum fold_list list, struct ref ref)
{
	uint32_t slot = rights_resolve(f, kind_of_list(list), ref);

	return slot == SET_NONE ? UINT32_MAX : index_of(f, list, slot);
}

uint32_t fold_find_journey(const struct fold *f, struct ref ref)
{
	uint32_t slot = rights_resolve(f, ENTRY_MOVE, ref);

	return slot == SET_NONE ? UINT32_MAX : index_of(f, FOLD_MOVES, f->derived[slot].root);
}

uint32_t fold_author_count(const struct fold *f)
{
	return f->authors.count;
}

bool fold_author(const struct fold *f, uint32_t index, struct fold_author *author)
{
	const struct author *a = &f->authors.table[index];

	if (!a->entry_count)
		return false;
	*author = (struct fold_author){ .key = a->key, .card = fold_card(f, &a->key), .heard_s = a->newest_s };
	return true;
}

const struct card *fold_card(const struct fold *f, const struct public_key *key)
{
	uint16_t author = authors_find(&f->authors, key);
	uint32_t slot = author == AUTHOR_NONE ? SET_NONE : set_find_register(&f->set, author, ENTRY_CARD, 0);

	return slot == SET_NONE ? NULL : &f->entries[slot].card;
}

uint32_t fold_distance(struct fold *f, const struct public_key *from, const struct public_key *to)
{
	uint16_t a = authors_find(&f->authors, from), b = authors_find(&f->authors, to);

	if (public_key_equal(from, to))
		return 0;
	if (a == AUTHOR_NONE || b == AUTHOR_NONE || a >= f->authors_run || b >= f->authors_run)
		return FOLD_VOUCHES + 1;
	return rights_distance(f, a, b);
}

bool fold_may_change(const struct fold *f, enum fold_list list, uint32_t index, const struct public_key *who)
{
	uint16_t author = authors_find(&f->authors, who);
	uint32_t slot = slot_in(f, list, index);

	if (author == AUTHOR_NONE)
		return false;
	if (list == FOLD_SITES || list == FOLD_LINES)
		return rights_may(f, slot, author);
	return f->set.slots[slot].author == author;
}
