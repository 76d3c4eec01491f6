/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The fold: from a set of entries to what people see (DESIGN sections 4 and 8).
 *
 * Pure: order, duplicates and grouping of what is put in never change what comes out; the same entries and the same
 * hour give the same result on every node. Knows no viewpoint: whose node it is changes nothing here. Memory is the
 * caller's. One thread at a time.
 *
 *   fold_put / fold_drop            entries come and go, in any order
 *   fold_run(now)                   derives everything
 *   fold_count / fold_site / ...    reads it; pointers die at the next put, drop or run */
#ifndef AIDMESH_SYNC_FOLD_H
#define AIDMESH_SYNC_FOLD_H

#include "proto/entry.h"

/* What one author may make everybody compute: beyond these the lowest keys stand, the same on every node. */
enum { FOLD_KEEPERS_MAX = 64, FOLD_VOUCHES_PER_AUTHOR_MAX = 128, FOLD_TRUSTED_MAX = 2048 };

enum { FOLD_VOUCHES = 3, FOLD_LAPSE_S = 6 * 3600, FOLD_DUE_DEFAULT_S = 24 * 3600, FOLD_WITHIN_DEFAULT_H = 168 };

struct fold;

struct fold_config {
	uint32_t registers_max;
	uint32_t authors_max;
};

enum fold_rc {
	FOLD_OK = 0,
	FOLD_STALE = 1,   /* a newer version, or this one, was there already */
	FOLD_E_FULL = -1, /* a bound of the config is reached; nothing changed */
};

size_t fold_footprint(const struct fold_config *config);
/* NULL when memory_size is too small. */
struct fold *fold_init(void *memory, size_t memory_size, const struct fold_config *config);

/* A verified entry. Kinds of later versions are ignored (FOLD_STALE). */
enum fold_rc fold_put(struct fold *f, const struct entry *entry, const struct entry_id *id,
		      const struct public_key *author) __attribute__((warn_unused_result));
/* It left the set. Unknown ids are ignored. */
void fold_drop(struct fold *f, const struct entry_id *id);
/* Derives the picture as of `now_s` (seconds since 2020), rounded down to the hour. */
void fold_run(struct fold *f, uint32_t now_s);

/* Digest of the whole picture: equal on two nodes if and only if they show the same. Valid after fold_run. */
struct fold_digest {
	uint8_t bytes[16];
};

void fold_digest(const struct fold *f, struct fold_digest *digest);

/* Reading. Each list is in the order of (author's key, number), so it is the same everywhere. */
enum fold_list { FOLD_SITES, FOLD_LINES, FOLD_MOVES, FOLD_NOTES, FOLD_LISTS };

uint32_t fold_count(const struct fold *f, enum fold_list list);

/* What every record has. `entry` is the author's own words; `standing` the version that people see, which may be a
 * keeper's change of it. */
struct fold_record {
	const struct entry *entry;
	const struct entry *standing;
	struct entry_id id; /* of the standing version */
	struct hlc changed;
	const struct public_key *author;
	const struct public_key *changed_by;
};

struct fold_site {
	struct fold_record record; /* standing->site */
	uint32_t open_needs;
	uint32_t heard_s; /* newest entry of its author */
};

enum line_status { LINE_OPEN, LINE_COVERED, LINE_MET, LINE_CLOSED, LINE_EXPIRED };

struct fold_line {
	struct fold_record record; /* standing->line; site, created and ticket are always the author's own */
	const struct entry *site;  /* the site's author's words; NULL: none, or not here yet */
	const struct entry *site_standing;
	enum line_status status;
	uint64_t received_milli;
	uint64_t coming_milli; /* counted against what is missing, without extra */
	uint64_t open_milli;
	int64_t on_hand_milli; /* offer, resource */
	uint64_t promised_milli;
	uint32_t due_s;       /* need: end of its life */
	uint32_t confirmed_s; /* need: last "still needed" by who may say so, 0 none */
	bool ask_still_needed;
	bool check_on_them;
};

/* A journey: a first move and all that carry it on. */
struct fold_move {
	struct fold_record record; /* of the first move */
	const struct entry *last;  /* newest move of the journey that counts for its stage */
	enum move_stage stage;     /* the strongest fact */
	uint64_t quantity_milli;
	uint64_t extra_milli; /* beyond what was still missing */
	uint32_t due_s;
	uint32_t at_s;
	const struct entry *of;   /* the line it goes to; NULL none */
	const struct entry *from; /* the line it leaves, only if its pledger may take from it */
	bool accepted;            /* asked for, or promised by someone the need's author trusts */
	bool counts;              /* on its way and counted as coming */
	bool lapsed;
	bool need_closed;
};

struct fold_note {
	struct fold_record record; /* standing->note */
	const struct entry *of;    /* NULL: about nothing that is here */
};

void fold_site(const struct fold *f, uint32_t index, struct fold_site *site);
void fold_line(const struct fold *f, uint32_t index, struct fold_line *line);
void fold_move(const struct fold *f, uint32_t index, struct fold_move *move);
void fold_note(const struct fold *f, uint32_t index, struct fold_note *note);

/* Finds a record in its list; UINT32_MAX when it is not there or the hint fits two keys. */
uint32_t fold_find(const struct fold *f, enum fold_list list, struct ref ref);

/* The same for any move of a journey, not only its first. */
uint32_t fold_find_journey(const struct fold *f, struct ref ref);

struct fold_author {
	struct public_key key;
	const struct card *card; /* NULL: not here */
	uint32_t heard_s;
};

uint32_t fold_author_count(const struct fold *f);
/* False for a place that is free. */
bool fold_author(const struct fold *f, uint32_t index, struct fold_author *author);
/* NULL when that author's card is not here. */
const struct card *fold_card(const struct fold *f, const struct public_key *key);
/* Vouches from `from` to `to` as of the last fold_run: 0 the same, 1 vouched for, up to FOLD_VOUCHES; more: a stranger. */
uint32_t fold_distance(struct fold *f, const struct public_key *from, const struct public_key *to);
/* True when `who` may speak for this record: its author, its site's author or a keeper of the site. */
bool fold_may_change(const struct fold *f, enum fold_list list, uint32_t index, const struct public_key *who);

#endif
