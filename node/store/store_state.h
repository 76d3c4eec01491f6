/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The inside of the store, for store.c and store_open.c alone.
 *
 *   store_open.c      the folder's lock, the schemas, two connections for each file: opened and closed
 *   store.c           entries that are written and read through them
 *   store_past.c      what was said and replaced
 *   store_settings.c  settings, and whose store it is */
#ifndef AIDMESH_NODE_STORE_STORE_STATE_H
#define AIDMESH_NODE_STORE_STORE_STATE_H

#include <pthread.h>
#include <sqlite3.h>

#include "node/store/store.h"

enum {
	STORE_PATH_SIZE = 512,
	AUTHOR_SLOTS = 256, /* remembered author numbers */
};

enum writer_query {
	W_INSERT,
	W_DELETE,
	W_AUTHOR_FIND,
	W_AUTHOR_ADD,
	W_AUTHOR_DROP,
	W_SCAN,
	W_OWN,
	W_KEEP,
	W_FORGET,
	W_COUNT
};
enum reader_query { R_BEGIN, R_END, R_LOAD, R_EACH, R_TOTALS, R_NEWEST, R_OWNER, R_AUTHOR, R_PAST, R_COUNT };
enum setter_query { SET_ONE, SET_NONE, SET_COUNT };
enum getter_query { GET_ONE, GET_EACH, GET_COUNT };

/* A remembered author number; no 0: empty. */
struct author_slot {
	struct public_key key;
	int64_t no;
};

/* One database. */
struct store_db {
	char path[STORE_PATH_SIZE];
	sqlite3 *writer, *reader; /* each under the mutex of its half */
};

struct store {
	int lock_fd;
	struct store_db entries, settings;

	pthread_mutex_t writer_mutex; /* guards the writers and what follows */
	sqlite3_stmt *writes[W_COUNT];
	sqlite3_stmt *setters[SET_COUNT];
	struct author_slot authors[AUTHOR_SLOTS]; /* by the key's first byte */
	bool sync_failed;                         /* no commit is taken any more */

	pthread_mutex_t reader_mutex; /* guards the readers and what follows */
	sqlite3_stmt *reads[R_COUNT];
	sqlite3_stmt *getters[GET_COUNT];
	uint8_t loaded[ENTRY_SIZE_MAX];
	uint64_t left_out; /* rows, by the last store_each */
	bool is_loading;   /* between store_loads_begin and store_loads_end */
};

static_assert(AUTHOR_SLOTS == 256, "one slot for each first byte of a key");

/* Takes the folder for this process, until `*lock_fd` is closed. */
enum store_rc store_lock(int *lock_fd, struct reason *why, const char *folder) __attribute__((warn_unused_result));
/* What an SQLite code is to those above. */
enum store_rc store_rc_of(int sqlite_rc);
/* The same of something that was written: what cannot be opened then is a card that fails. */
enum store_rc store_rc_of_write(int sqlite_rc);
/* Runs a query that gives no rows we want, and leaves it ready for the next time. */
int store_run(sqlite3_stmt *query);
/* The first day of which what was replaced is still known. */
static inline uint16_t store_past_since(uint16_t day)
{
	return day > PAST_DAYS ? (uint16_t)(day - PAST_DAYS) : 0;
}
/* A write failed: its transaction is gone, and with a failed sync all writing is over. The writer's mutex is held. */
void store_roll_back(struct store *store, int sqlite_rc);

#endif
