/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Entries and settings on disk, in two files of SQLite that survive a power cut at any moment.
 *
 * WAL with synchronous=EXTRA set before the switch to WAL, the directory synced before the first acknowledgement, no
 * power-safe-overwrite assumption and 16 KiB sectors (a thin VFS shim). A row is (seq, author, bytes): replaced rows
 * are deleted when the engine drops them, so no index but the rowid is written. The reasons are in
 * node/DESIGN.md, "Durability".
 *
 *   entries.db    what was said; neighbours give it back when it is lost
 *   settings.db   the PIN, households, where this node stands, ...: what nobody else has
 *
 *   writer connection (pool thread)   store_commit, store_set          one at a time, a mutex sees to it
 *   reader connection (loop thread)   store_load, store_each, ...  never waits for the writer
 *
 * Every function may be called from any thread. The two halves run beside each other: a read never waits for a commit
 * and sees only transactions that are on disk. Bytes handed out by store_load live in the reader's buffer, so reading
 * belongs to one thread. No SQLite code passes this header. */
#ifndef AIDMESH_NODE_STORE_STORE_H
#define AIDMESH_NODE_STORE_STORE_H

#include "node/settings/reason.h"
#include "proto/entry.h"

enum store_rc {
	STORE_OK = 0,
	STORE_E_OPEN = -1,    /* no such folder, no permission, not a database */
	STORE_E_VERSION = -2, /* written by a later aidmesh: install that one */
	STORE_E_LOCKED = -3,  /* another daemon uses it */
	STORE_E_IO = -4,      /* the card fails or is full: acknowledge nothing more */
	STORE_E_CORRUPT = -5, /* the file is damaged: see the text for what to do */
	STORE_E_MISSING = -6, /* no such row */
};

struct store;

/* Of the schema that this program writes. */
unsigned store_version(void);

/* Opens or makes `folder`/entries.db and settings.db, takes the folder's lock, and migrates an older schema. On failure
 * `*store` is NULL and `why` holds a sentence for people. */
enum store_rc store_open(struct store **store, struct reason *why, const char *folder)
	__attribute__((warn_unused_result));
/* NULL is allowed. No other call may be under way. */
void store_close(struct store *store);

/* Every row, oldest first. `bytes` and `author` are borrowed for the call; false ends the reading. The callback may
 * not call this store. Rows that cannot be entries (their size is none, their author is gone) are left out. */
typedef bool (*store_row_cb)(void *user, uint64_t handle, struct view bytes, const struct public_key *author);
enum store_rc store_each(struct store *store, store_row_cb cb, void *user) __attribute__((warn_unused_result));
/* How many rows and authors there are, without reading them. */
enum store_rc store_totals(struct store *store, uint64_t *rows, uint64_t *authors) __attribute__((warn_unused_result));
/* The handle of the newest row; 0 none. Later rows have higher ones. */
uint64_t store_newest(struct store *store);
/* How many rows the last store_each left out. */
uint64_t store_left_out(struct store *store);

struct store_insert {
	struct view bytes; /* ENTRY_SIZE_MIN..ENTRY_SIZE_MAX bytes (asserted) */
	struct public_key author;
	uint64_t handle; /* out: rowid, never reused; untouched on failure */
};

/* Of the rows that are deleted those that a newer version replaced: what they said is kept for PAST_DAYS beside the entries,
 * PAST_ROWS_MAX of them at most, the newest. `day` is today, since 2020-01-01. */
struct store_past {
	const uint64_t *handles;
	size_t count;
	uint16_t day;
};

enum { PAST_DAYS = 30, PAST_ROWS_MAX = 10000 };

/* One transaction: all inserts, all deletes (absent handles are no error), or nothing; `past` NULL: nothing is kept. When it returns STORE_OK they
 * are on disk. Authors of whom no entry is left go with their last one. After a failed sync the store takes no more
 * commits: what the kernel then calls written may be lost (Rebello et al., "Can Applications Recover from fsync
 * Failures?"). */
enum store_rc store_commit(struct store *store, struct store_insert *inserts, size_t insert_count,
			   const uint64_t *deletes, size_t delete_count, const struct store_past *past)
	__attribute__((warn_unused_result));

/* What was said and replaced, the first to be replaced first, of the PAST_DAYS before `day`. As store_each. */
typedef bool (*store_past_cb)(void *user, struct view bytes, const struct public_key *author);
void store_each_past(struct store *store, uint16_t day, store_past_cb cb, void *user);

/* The bytes of one row; valid until the next store_load or store_close. Never sees a transaction that is not on
 * disk. */
enum store_rc store_load(struct store *store, uint64_t handle, struct view *bytes) __attribute__((warn_unused_result));

/* What is loaded in between is of one moment, and takes one lock instead of one each. Not nested, and soon over: the log
 * cannot be reset meanwhile. */
void store_loads_begin(struct store *store);
void store_loads_end(struct store *store);

/* Small settings: "self.site", "pin", ... NULL value deletes. Waits for a commit that is under way, and for the card. */
enum store_rc store_set(struct store *store, const char *key, const char *value) __attribute__((warn_unused_result));
/* Copies into value (size bytes with the zero); false when unset or longer. */
bool store_get(struct store *store, const char *key, char *value, size_t size);

/* Every setting whose name begins with `prefix` (not empty), by name. False ends it; the callback may not call this store. */
typedef bool (*store_setting_cb)(void *user, const char *key, const char *value);
void store_each_setting(struct store *store, const char *prefix, store_setting_cb cb, void *user);

/* Whose store this is, as each file notes it; false when that one does not. */
enum store_file { STORE_ENTRIES, STORE_SETTINGS };
bool store_owner(struct store *store, enum store_file file, struct public_key *owner);
/* Notes it in both, the entries first. Waits for the card. */
enum store_rc store_own(struct store *store, const struct public_key *owner) __attribute__((warn_unused_result));
/* There is, or lately was, an entry of that author. */
bool store_has_author(struct store *store, const struct public_key *author);

uint64_t store_size(struct store *store); /* bytes on disk */

#endif
