/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The fold's inside: registers by slot, and beside each what was derived about it. For fold*.c alone. */
#ifndef AIDMESH_SYNC_FOLD_STATE_H
#define AIDMESH_SYNC_FOLD_STATE_H

#include "sync/authors.h"
#include "sync/fold.h"
#include "sync/set.h"

enum { CHAIN_STEPS_MAX = 64, AMEND_STEPS_MAX = 64 };

/* Slots, SET_NONE where there is none. Which fields mean something depends on the register's kind. */
struct derived {
	uint32_t
		next; /* of the list that this register is in: amendments, trust, members of a chain, moves of a line */
	uint32_t first;    /* site, line: amendments of it; move: members of the chain that it begins */
	uint32_t standing; /* site, line: the version that people see */
	uint32_t site;     /* line: where it stands */
	uint32_t keepers;  /* site: trust registers about its keepers */
	uint32_t incoming; /* line: chains that go to it */
	uint32_t outgoing; /* line: chains that leave it */
	uint32_t next_incoming, next_outgoing;
	uint32_t of, from;   /* move: lines; note: of */
	uint32_t to;         /* trust: index of the author vouched for */
	uint32_t length;     /* trust: how many hang below it in its list, itself included */
	uint32_t root;       /* move: the first of its chain */
	uint32_t last;       /* move: the member that gave the stage */
	uint32_t pledger;    /* move: index of the author who promised */
	uint32_t open_needs; /* site */
	uint32_t due_s, at_s, confirmed_s;
	uint8_t stage, status;
	bool is_record; /* appears in a list: no amendment, no later member of a chain */
	bool asked_for; /* move: the destination's side asked for it or accepted it */
	bool stands;    /* trust: the last word of its author about that key */
	bool accepted, counts, lapsed, may_take, ask_still_needed, check_on_them;
	uint64_t quantity, extra;
	uint64_t received, coming, open, promised;
	int64_t on_hand;
};

struct fold {
	struct fold_config config;
	struct set set; /* which version of which register; `handle` unused */
	struct authors authors;
	struct entry *entries;   /* by slot */
	struct derived *derived; /* by slot */
	uint32_t *slots[FOLD_LISTS];
	uint32_t counts[FOLD_LISTS];
	uint32_t *list_memory; /* registers_max: the lists behind each other */
	uint32_t *work;        /* registers_max: one pass's own */
	uint32_t *by_hint;     /* authors in the order of their hints */
	uint32_t hint_count;
	uint32_t *vouches; /* by author: first trust register that vouches */
	uint8_t *distance; /* by author, from `distance_of` */
	uint32_t *queue;
	uint32_t distance_of; /* author index; AUTHOR_NONE: stale */
	uint32_t authors_run; /* places of authors that the last run knew */
	uint32_t hour_s;      /* now, rounded down */
};

static inline const struct public_key *author_key(const struct fold *f, uint32_t slot)
{
	return &f->authors.table[f->set.slots[slot].author].key;
}

/* Of two versions or statements, does `a` stand against `b`? */
static inline bool is_later(const struct fold *f, uint32_t a, uint32_t b)
{
	return entry_supersedes(f->set.slots[a].hlc, &f->set.slots[a].id, f->set.slots[b].hlc, &f->set.slots[b].id);
}

/* When a move happened: as its author says, else when it was written. */
static inline uint32_t move_time(const struct fold *f, uint32_t slot)
{
	const struct entry *e = &f->entries[slot];

	return e->move.at ? e->move.at : e->hlc.time;
}

/* fold_rights.c */
void rights_run(struct fold *f);
/* The register of that kind; SET_NONE when it is not here or the hint fits two keys. */
uint32_t rights_resolve(const struct fold *f, enum entry_kind kind, struct ref ref);
bool rights_keeps(const struct fold *f, uint32_t site, uint32_t author);
/* May speak for a site or line: its author, its site's author, its site's keepers. */
bool rights_may(const struct fold *f, uint32_t record, uint32_t author);
uint32_t rights_distance(struct fold *f, uint32_t from, uint32_t to);

/* fold_moves.c: chains, and what they mean for lines. */
void moves_run(struct fold *f);

/* fold_lines.c: what stands, totals, status. */
void lines_stand(struct fold *f);
void lines_total(struct fold *f);

#endif
