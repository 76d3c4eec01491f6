/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/fold/fold_state.h"
#include "sync/set/sort.h"

static void place(struct fold *f, struct arena *arena)
{
	uint32_t registers = f->config.registers_max, authors = f->config.authors_max;

	fold_regs_place(f, arena);
	authors_init(&f->authors, arena, authors, f->config.key);
	f->journeys = arena_take(arena, registers + 1, sizeof *f->journeys);
	f->list_memory = arena_take(arena, registers, sizeof *f->list_memory);
	f->work = arena_take(arena, registers, sizeof *f->work);
	f->shared = arena_take(arena, registers / 2 + 1, sizeof *f->shared);
	f->by_hint = arena_take(arena, authors, sizeof *f->by_hint);
	f->hints = arena_take(arena, authors, sizeof *f->hints);
	f->rank = arena_take(arena, authors, sizeof *f->rank);
	f->vouches = arena_take(arena, authors, sizeof *f->vouches);
	f->carried = arena_take(arena, registers, sizeof *f->carried);
	f->vouched = arena_take(arena, authors, sizeof *f->vouched);
	f->reach.found = arena_take(arena, authors, sizeof *f->reach.found);
	f->reach.parent = arena_take(arena, authors, sizeof *f->reach.parent);
	f->reach.cursor = arena_take(arena, authors, sizeof *f->reach.cursor);
	f->reach.tail = arena_take(arena, authors, sizeof *f->reach.tail);
	f->reach.next = arena_take(arena, authors, sizeof *f->reach.next);
	f->reach.distance = arena_take(arena, authors, sizeof *f->reach.distance);
}

size_t fold_footprint(const struct fold_config *config)
{
	struct arena arena = { .base = NULL, .used = sizeof(struct fold) };
	struct fold measured = { .config = *config };

	place(&measured, &arena);
	return arena.used;
}

struct fold *fold_init(void *memory, size_t memory_size, const struct fold_config *config)
{
	struct arena arena = { .base = memory, .used = sizeof(struct fold) };
	struct fold *f = memory;

	if (memory_size < fold_footprint(config))
		return NULL;
	assert(config->registers_max > 0);
	assert(config->authors_max > 0);
	*f = (struct fold){ .config = *config, .reach = { .from = AUTHOR_NONE } };
	place(f, &arena);
	assert(arena.used <= memory_size);
	fold_regs_init(f);
	for (int list = 0; list < LISTS; list++)
		f->slots[list] = f->list_memory;
	return f;
}

enum fold_rc fold_put(struct fold *f, struct view bytes, const struct entry_id *id, const struct public_key *author)
{
	return fold_regs_put(f, bytes, id, author);
}

bool fold_drop(struct fold *f, const struct entry_id *id)
{
	return fold_regs_drop(f, id);
}

/* Running. */

/* What follows from the words alone is learned once. */
static void learn(struct fold *f, fold_slot slot)
{
	struct reg *r = reg_at(f, slot);
	struct facts facts;

	if (r->flags & REG_LEARNED)
		return;
	r->flags |= REG_LEARNED;
	assert(r->kind >= ENTRY_CARD && r->kind <= ENTRY_TRUST);
	if (r->kind == ENTRY_CARD)
		return;
	if (!fold_facts_read(&facts, f, slot)) {
		r->flags |= REG_BROKEN;
		return;
	}
	r->what = (uint8_t)facts.values[FACT_WHAT];
	if (r->kind == ENTRY_LINE && facts.values[FACT_OF] && facts.values[FACT_CREATED])
		r->flags |= REG_CARRIES;
	if ((r->kind == ENTRY_SITE || r->kind == ENTRY_LINE) && !facts.values[FACT_OF])
		r->flags |= REG_OWN;
}

static void clear_derived(struct fold *f)
{
	for (fold_slot slot = regs_next(f, FOLD_NONE); slot != FOLD_NONE; slot = regs_next(f, slot)) {
		struct reg *r = reg_at(f, slot);

		learn(f, slot);
		if (r->kind != ENTRY_LINE)
			r->flags &= (uint8_t) ~(REG_SHOWN | REG_FIRST | REG_STANDS);
		else if (r->flags & REG_CARRIES)
			r->flags &= (uint8_t)~REG_OWN;
		if (r->kind == ENTRY_SITE) {
			r->site.keepers = FOLD_NONE;
			r->site.open_needs = r->site.confirmed_s = 0;
			r->site.round = FOLD_NONE;
		}
	}
}

/* "Still needed", of a need, or of a place and all that was asked for there until then. */
static void confirm(struct fold *f, const struct reg *note)
{
	struct reg *of = reg_at(f, note->note.of);
	uint32_t *confirmed_s = of->kind == ENTRY_LINE ? &of->line.confirmed_s : &of->site.confirmed_s;

	assert(note->what == NOTE_STILL_NEEDED);
	if (of->kind != ENTRY_LINE && of->kind != ENTRY_SITE)
		return;
	if (note->time > *confirmed_s && fold_rights_may(f, note->note.of, note->author, note->time))
		*confirmed_s = note->time;
}

static void resolve_note(struct fold *f, fold_slot slot)
{
	static const enum entry_kind kinds[] = { ENTRY_LINE, ENTRY_SITE, ENTRY_MOVE, ENTRY_NOTE };
	struct reg *r = reg_at(f, slot);
	struct facts facts = fold_facts_of(f, slot);

	assert(r->kind == ENTRY_NOTE);
	r->note.of = FOLD_NONE;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds && r->note.of == FOLD_NONE; i++)
		r->note.of = fold_rights_resolve(f, kinds[i], fold_facts_ref(&facts, FACT_OF));
	if (r->what == NOTE_STILL_NEEDED && r->note.of != FOLD_NONE && !(facts.values[FACT_FLAGS] & NOTE_WITHDRAWN))
		confirm(f, r);
}

static void resolve_notes(struct fold *f)
{
	for (fold_slot slot = regs_next(f, FOLD_NONE); slot != FOLD_NONE; slot = regs_next(f, slot))
		if (reg_at(f, slot)->kind == ENTRY_NOTE && !(reg_at(f, slot)->flags & REG_BROKEN))
			resolve_note(f, slot);
}

static uint32_t number_of(const void *ctx, uint32_t slot)
{
	return reg_at(ctx, slot)->number;
}

static uint32_t list_and_author_of(const void *ctx, uint32_t slot)
{
	const struct fold *f = ctx;
	const struct reg *r = reg_at(f, slot);

	return (uint32_t)reg_list(r) * f->authors.count + f->rank[r->author];
}

/* All that lists show are here in the order of their numbers. */
static void find_shared(struct fold *f, uint32_t count)
{
	uint32_t last = 0; /* no register but a card has this number */

	f->shared_count = 0;
	for (uint32_t i = 0; i < count; i++) {
		const struct reg *r = reg_at(f, f->list_memory[i]);
		bool again = f->shared_count && f->shared[f->shared_count - 1] == r->number;

		if (reg_list(r) == PEOPLE)
			continue;
		assert(r->number >= last);
		if (r->number == last && !again)
			f->shared[f->shared_count++] = r->number;
		last = r->number;
	}
}

static void collect_lists(struct fold *f)
{
	uint32_t count = 0;

	memset(f->counts, 0, sizeof f->counts);
	for (fold_slot slot = regs_next(f, FOLD_NONE); slot != FOLD_NONE; slot = regs_next(f, slot)) {
		int list = reg_list(reg_at(f, slot));

		if (list == LISTS)
			continue;
		f->list_memory[count++] = slot;
		f->counts[list]++;
	}
	assert(count <= f->count);
	sort_by_key(f->list_memory, count, number_of, f, UINT32_MAX, f->work);
	find_shared(f, count);
	sort_by_key(f->list_memory, count, list_and_author_of, f, LISTS * (uint32_t)f->authors.count, f->work);
	f->slots[0] = f->list_memory;
	for (int list = 1; list < LISTS; list++)
		f->slots[list] = f->slots[list - 1] + f->counts[list - 1];
}

void fold_run(struct fold *f, uint32_t now_s)
{
	f->hour_s = now_s - now_s % 3600;
	fold_regs_sweep(f);
	f->is_void = false;
	fold_regs_count_authors(f);
	clear_derived(f);
	fold_rights_run(f);
	fold_changes_run(f);
	resolve_notes(f);
	fold_twice_run(f);
	fold_moves_run(f);
	fold_lines_total(f);
	fold_heard_run(f);
	collect_lists(f);
	assert(f->count <= f->config.registers_max);
	assert(f->journey_count <= f->count);
	assert(f->log_end <= f->log_size);
}
