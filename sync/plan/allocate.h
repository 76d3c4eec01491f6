/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who should get what: a list of suggestions, computed from the fold, the same on every node with the same entries and
 * hour. Whose node it is changes nothing. It is always a suggestion; people decide. The rule and its reasons are in
 * sync/DESIGN.md, "Who should get what".
 *
 * One rule: equal coverage for equal people, in portions, the longest without first.
 *
 *   repeat: the need that is first in turn gets one portion from the nearest source that may serve it, of what is there from
 *           what must be used first, and is covered so much longer
 *
 *   first in turn: fewest portions covered; then the item that people die without sooner; then most hours without; then the
 *                  largest share of infants, elders and people on power; then needed within fewer hours
 *
 * Pure: integers only, no heap, no clock. Memory is the caller's. Work is bounded by (needs + ALLOCATE_PORTIONS_MAX) x
 * the sources of an item, and what reading the fold once takes. */
#ifndef AIDMESH_SYNC_PLAN_ALLOCATE_H
#define AIDMESH_SYNC_PLAN_ALLOCATE_H

#include "sync/fold/fold.h"

enum {
	ALLOCATE_ROWS_MAX = 256,      /* more than a day's work for whoever loads the trucks */
	ALLOCATE_PORTIONS_MAX = 1024, /* of all rows */
	ALLOCATE_PORTIONS_A_DAY = 2, /* half a day each, so that scarce water is for all before it is enough for some */
	ALLOCATE_PORTIONS_ONCE = 4,  /* of what is needed once: a quarter of the ask each */
	ALLOCATE_OTHERS_MAX = 64,
	ALLOCATE_KEPT_MAX = 64,
	ALLOCATE_SILENT_H = 6,
	/* So much is kept for who will ask again, more than anybody gets while some lack it; and at most what was asked for. */
	ALLOCATE_KEPT_DAYS = 2,
	ALLOCATE_KEPT_H = 24,             /* who has enough asks again within a day of its end */
	ALLOCATE_WITHOUT_MAX_H = 60 * 24, /* a line goes on as a new one after that: nobody is without for longer */
};

#define ALLOCATE_FAR UINT32_MAX /* the distance where one of the two has no place */

/* One suggestion and its reasons, as they were when its first turn came. */
struct allocate_portion {
	fold_slot need, source; /* the authors' own words: fold_ref names the lines */
	uint16_t item;          /* what leaves the source: the need's item or a substitute */
	uint64_t quantity_milli;
	uint32_t people; /* at least 1 */
	uint32_t infants;
	uint32_t vulnerable; /* infants, elders, people on power: at most `people` */
	uint32_t without_h;
	uint32_t within_h;
	uint32_t silent_h;    /* hours since its place was heard from, at none its author; 0 up to ALLOCATE_SILENT_H */
	uint64_t maybe_milli; /* sent there, and not heard of since it lapsed: it may have come */
	uint64_t late_milli;  /* promised to it, and late or for later than it is wanted */
	uint32_t due_s;
	uint32_t weight;     /* of the item's tier: 8, 4, 2, 1 */
	uint32_t covered_s;  /* how long after the hour what they have, and what comes, lasts; of an item that is needed
				once, the share of the ask that is covered, of a day */
	uint32_t days_milli; /* thousandths of a day that the portion lasts; 0: an item that is needed once */
	uint32_t distance_m; /* or ALLOCATE_FAR */
};

struct allocate_plan {
	uint32_t hour_s; /* of the fold, rounded down */
	uint16_t item;
	uint32_t portion_count, other_count, kept_count;
	/* What people die without sooner first, then by the hour at which the need is due, then in the order of being suggested
	 * first; all portions of one source for one need are one row. */
	struct allocate_portion portions[ALLOCATE_ROWS_MAX];
	/* Needs that only holders could serve who do not trust the author, or whom he does not trust, within FOLD_VOUCHES: at most
	 * one portion each, for people to decide; it takes nothing from the others. */
	struct allocate_portion others[ALLOCATE_OTHERS_MAX];
	/* What is set aside, of daily items, for who has what he asked for and will ask again: without it whoever asks for more, and
	 * sooner, would be better covered. The first of them; all of it is taken off the stock. */
	struct allocate_portion kept[ALLOCATE_KEPT_MAX];
	/* Needs and stock of several authors are here, and none of these trusts another: what is suggested stays with its
	 * holder's own place. */
	bool is_without_trust;
	/* Of hour, item, candidates and lists: the same digest, the same list. */
	struct fold_digest digest;
};

/* Bytes of memory, aligned for max_align_t, that a plan over the fold as it is now takes. */
size_t allocate_footprint(const struct fold *f);

/* ALLOCATE_AS_IF_TRUSTED: what the list would be if all who are named in it trusted each other. */
enum allocate_trust { ALLOCATE_TRUSTED, ALLOCATE_AS_IF_TRUSTED };

/* Suggests how to hand out `item` of the catalogue, or with 0 everything that somebody has. The fold was run at `now_s`.
 * What has no catalogue item cannot be compared and stays out. `memory` is free again afterwards. False when it is too
 * small; the plan is then untouched. */
bool allocate_run(struct allocate_plan *plan, void *memory, size_t memory_size, struct fold *f, uint32_t now_s,
		  uint16_t item, enum allocate_trust trust) __attribute__((warn_unused_result));

#endif
