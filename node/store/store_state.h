/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The inside of the store, for store.c and store_open.c alone.
 *
 *   store_open.c  the folder's lock, the schema, both connections: opened and closed
 *   store.c       what is written and read through them */
#ifndef AIDMESH_NODE_STORE_STORE_STATE_H
#define AIDMESH_NODE_STORE_STORE_STATE_H

#include <pthread.h>
#include <sqlite3.h>

#include "node/store/store.h"

enum {
	STORE_PATH_SIZE = 512,
	AUTHOR_SLOTS = 256, /* remembered author numbers */
};

enum writer_query { W_INSERT, W_DELETE, W_AUTHOR_FIND, W_AUTHOR_ADD, W_AUTHOR_DROP, W_SCAN, W_SET, W_UNSET, W_COUNT };
enum reader_query { R_BEGIN, R_END, R_LOAD, R_EACH, R_TOTALS, R_NEWEST, R_GET, R_SETTINGS, R_COUNT };

/* A remembered author number; no 0: empty. */
struct author_slot {
	struct public_key key;
	int64_t no;
};

struct store {
	int lock_fd;
	char path[STORE_PATH_SIZE]; /* of the database */

	pthread_mutex_t writer_mutex; /* guards what follows */
	sqlite3 *writer;
	sqlite3_stmt *writes[W_COUNT];
	struct author_slot authors[AUTHOR_SLOTS]; /* by the key's first byte */
	bool sync_failed;                         /* no commit is taken any more */

	pthread_mutex_t reader_mutex; /* guards what follows */
	sqlite3 *reader;
	sqlite3_stmt *reads[R_COUNT];
	uint8_t loaded[ENTRY_SIZE_MAX];
	uint64_t left_out; /* rows, by the last store_each */
	bool is_loading;   /* between store_loads_begin and store_loads_end */
};

static_assert(AUTHOR_SLOTS == 256, "one slot for each first byte of a key");

/* What an SQLite code is to those above. */
enum store_rc store_rc_of(int sqlite_rc);

#endif
