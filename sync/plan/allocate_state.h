/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The inside of allocate*.c, for them alone: candidates as they were read from the fold, and what changes while portions are
 * handed out. */
#ifndef AIDMESH_SYNC_PLAN_ALLOCATE_STATE_H
#define AIDMESH_SYNC_PLAN_ALLOCATE_STATE_H

#include <sodium.h>

#include "proto/place/geo.h"
#include "sync/plan/allocate.h"

/* What arrived, and what is taken as come. */
enum { ALLOCATE_RECEIPTS_A_MOVE = 2 };

enum { HOUR_S = 3600, DAY_S = 86400, NONE = -1 };

/* However much somebody says that they got: sums of these cannot overflow. */
enum { LASTS_MAX_S = 3650 * DAY_S };

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
	char variant[LINE_VARIANT_MAX + 1];
	bool is_drill;
	bool is_kept_for; /* it has what it asked for, for now, and will ask again */
	uint32_t people, infants, vulnerable, within_h, weight;
	uint32_t frail_permille; /* of the people: infants, elders, on power */
	uint32_t created_s, heard_s, due_s;
	uint32_t came_s, maybe_s; /* when the last of it came; when the last that nobody heard of was due; 0: nothing */
	uint64_t asked, open, lot;
	uint64_t late;     /* promised, and late or for later */
	uint64_t maybe;    /* sent, and nobody said whether it came */
	uint64_t piece;    /* thousandths of what cannot be parted */
	uint64_t day;      /* thousandths of the unit for all its people and a day; 0: needed once */
	uint64_t served_s; /* that what was received lasts */
	uint64_t until_s;  /* when what was received is used up */
	uint64_t coming_s; /* that what comes lasts, this plan's portions included */
	uint32_t without_h;
	uint64_t covered_s, portions; /* that what they have lasts; whole portions of it */
	uint64_t
		drawn; /* by lot, of those that are alike otherwise: by the author's key, which nobody chooses; then by hash */
	uint64_t drawn_own;
	int refusals; /* NONE: none */
};

struct source {
	fold_slot own;
	struct entry_id id;
	const struct public_key *holder;
	uint32_t holder_index;
	struct spot spot;
	uint16_t item;
	char variant[LINE_VARIANT_MAX + 1];
	bool is_drill;
	bool is_wanted;  /* somebody asks for this size and no other */
	uint16_t use_by; /* UINT16_MAX: it keeps */
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
	enum allocate_trust trust;
	bool has_others,
		knows_others; /* somebody's need and another's stock are here; and some of these trust each other */
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
	bool site_is_gone;
	uint16_t site_refuses; /* bits by sector */
};

/* allocate_read.c: candidates in the fold's order, what reached them and what comes, who declined, who trusts whom. */
void allocate_read(struct work *w);
/* Do the source's holder and the need's author trust each other? */
bool allocate_is_known(const struct work *w, const struct source *s, const struct need *n);
/* Where sources of the item begin in by_item. */
uint32_t allocate_first_of_item(const struct work *w, uint16_t item);

/* allocate_digest.c: before portions are handed out, and after. */
struct allocate_hashing {
	crypto_generichash_state state;
	struct writer writer;
	uint8_t bytes[96];
};

void allocate_hash_candidates(struct allocate_hashing *h, const struct work *w);
void allocate_hash_plan(struct allocate_hashing *h, const struct work *w, struct allocate_plan *plan);

static inline uint64_t more(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static inline uint64_t less(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t lasts_s(const struct need *n, uint64_t quantity)
{
	return n->day ? less(quantity * DAY_S / n->day, LASTS_MAX_S) : 0;
}

#endif
