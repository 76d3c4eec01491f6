/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/store/store_vfs.h"
#include "node/system/folder.h"

enum {
	STORE_PATH_SIZE = 512,
	STORE_WHY_SIZE = 200,
	AUTHOR_SLOTS = 256,  /* remembered author numbers */
	FADED_MAX = 64,      /* authors looked at after one commit's deletes; the next start finds the others */
	BUSY_WAIT_MS = 5000, /* for the moments in which the other connection recovers or resets the log */
};

/* migrations[v] leads from version v to v + 1. Version 0 is an empty file: what SQLite makes. A row never changes once
 * it was released; a new version is a new row. */
static const char *const migrations[] = {
	"CREATE TABLE author(no INTEGER PRIMARY KEY, key BLOB UNIQUE NOT NULL);"
	"CREATE TABLE entry(seq INTEGER PRIMARY KEY AUTOINCREMENT, author INTEGER NOT NULL, bytes BLOB NOT NULL);"
	"CREATE TABLE setting(key TEXT PRIMARY KEY, value TEXT);",
};

enum { STORE_VERSION = sizeof(migrations) / sizeof(migrations[0]) };

/* In this order: synchronous must be EXTRA before the switch to WAL, or an old journal can come back after a power cut.
 * Checkpoints of at most a few hundred pages keep a commit short on a slow card. */
static const char writer_setup[] = "PRAGMA cache_size=-2048;"
				   "PRAGMA mmap_size=0;"
				   "PRAGMA synchronous=EXTRA;"
				   "PRAGMA journal_mode=WAL;"
				   "PRAGMA wal_autocheckpoint=256;"
				   "PRAGMA journal_size_limit=4194304;"
				   "PRAGMA temp_store=MEMORY;";
static const char reader_setup[] = "PRAGMA cache_size=-2048;"
				   "PRAGMA mmap_size=0;"
				   "PRAGMA query_only=ON;"
				   "PRAGMA temp_store=MEMORY;";

enum writer_query { W_INSERT, W_DELETE, W_AUTHOR_FIND, W_AUTHOR_ADD, W_AUTHOR_DROP, W_SCAN, W_SET, W_UNSET, W_COUNT };
enum reader_query { R_BEGIN, R_END, R_LOAD, R_EACH, R_TOTALS, R_NEWEST, R_GET, R_SETTINGS, R_COUNT };

static const char *const writer_sql[W_COUNT] = {
	[W_INSERT] = "INSERT INTO entry(author, bytes) VALUES(?1, ?2)",
	[W_DELETE] = "DELETE FROM entry WHERE seq=?1 RETURNING author",
	[W_AUTHOR_FIND] = "SELECT no FROM author WHERE key=?1",
	[W_AUTHOR_ADD] = "INSERT INTO author(key) VALUES(?1)",
	[W_AUTHOR_DROP] = "DELETE FROM author WHERE no=?1",
	[W_SCAN] = "SELECT author FROM entry ORDER BY seq DESC",
	[W_SET] = "INSERT INTO setting(key, value) VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET value=?2",
	[W_UNSET] = "DELETE FROM setting WHERE key=?1",
};

static const char *const reader_sql[R_COUNT] = {
	[R_BEGIN] = "BEGIN",
	[R_END] = "COMMIT",
	[R_LOAD] = "SELECT bytes FROM entry WHERE seq=?1",
	[R_EACH] = "SELECT e.seq, e.bytes, a.key FROM entry e LEFT JOIN author a ON a.no=e.author ORDER BY e.seq",
	[R_TOTALS] = "SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM author)",
	[R_NEWEST] = "SELECT seq FROM sqlite_sequence WHERE name='entry'",
	[R_GET] = "SELECT value FROM setting WHERE key=?1",
	[R_SETTINGS] = "SELECT key, value FROM setting WHERE substr(key, 1, length(?1))=?1 ORDER BY key",
};

/* A remembered author number; no 0: empty. */
struct author_slot {
	struct public_key key;
	int64_t no;
};

/* Authors that lost an entry in this transaction. */
struct faded {
	int64_t no[FADED_MAX];
	size_t count;
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
};

static_assert(AUTHOR_SLOTS == 256, "one slot for each first byte of a key");

static enum store_rc rc_of(int sqlite_rc)
{
	switch (sqlite_rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return STORE_OK;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return STORE_E_CORRUPT;
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_READONLY:
		return STORE_E_OPEN;
	default:
		return STORE_E_IO;
	}
}

static enum store_rc lock_folder(struct store *store, char *why, const char *folder)
{
	char path[STORE_PATH_SIZE];

	snprintf(path, sizeof(path), "%s/lock", folder);
	store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (store->lock_fd < 0) {
		snprintf(why, STORE_WHY_SIZE, "cannot write in %.100s (%s): the folder must exist and be ours", folder,
			 strerror(errno));
		return STORE_E_OPEN;
	}
	if (flock(store->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return STORE_OK;
	if (errno == EWOULDBLOCK) {
		snprintf(why, STORE_WHY_SIZE, "another aidmeshd uses %.100s: stop it, or give this one its own folder",
			 folder);
		return STORE_E_LOCKED;
	}
	snprintf(why, STORE_WHY_SIZE, "cannot lock %.120s: %s", path, strerror(errno));
	return STORE_E_OPEN;
}

static int single_int(sqlite3 *db, int *value, const char *sql)
{
	sqlite3_stmt *query;
	int rc = sqlite3_prepare_v2(db, sql, -1, &query, NULL);

	if (rc != SQLITE_OK)
		return rc;
	rc = sqlite3_step(query);
	if (rc == SQLITE_ROW)
		*value = sqlite3_column_int(query, 0);
	sqlite3_finalize(query);
	return rc == SQLITE_ROW ? SQLITE_OK : rc;
}

/* One transaction a step, so that a power cut leaves an old version or a new one. */
static int migrate(sqlite3 *db, int version)
{
	int rc = SQLITE_OK;

	for (; version < STORE_VERSION && rc == SQLITE_OK; version++) {
		char *sql = sqlite3_mprintf("BEGIN IMMEDIATE; %s PRAGMA user_version=%d; COMMIT;", migrations[version],
					    version + 1);

		if (sql == NULL)
			return SQLITE_NOMEM;
		rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
		sqlite3_free(sql);
	}
	return rc;
}

/* The pages must hang together before anything is added to them. */
static int check_pages(sqlite3 *db)
{
	sqlite3_stmt *query;
	int rc = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &query, NULL);

	if (rc != SQLITE_OK)
		return rc;
	rc = sqlite3_step(query);
	if (rc == SQLITE_ROW)
		rc = strcmp((const char *)sqlite3_column_text(query, 0), "ok") == 0 ? SQLITE_OK : SQLITE_CORRUPT;
	sqlite3_finalize(query);
	return rc;
}

static int prepare_all(sqlite3 *db, sqlite3_stmt **queries, const char *const *sql, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int rc = sqlite3_prepare_v3(db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &queries[i], NULL);

		if (rc != SQLITE_OK)
			return rc;
	}
	return SQLITE_OK;
}

static int connect_db(sqlite3 **db, const char *path, const char *setup)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	int rc = sqlite3_open_v2(path, db, flags, STORE_VFS_NAME);

	if (rc != SQLITE_OK)
		return rc;
	sqlite3_extended_result_codes(*db, 1);
	sqlite3_busy_timeout(*db, BUSY_WAIT_MS);
	return sqlite3_exec(*db, setup, NULL, NULL, NULL);
}

static enum store_rc open_failed(int rc, char *why, const struct store *store, sqlite3 *db)
{
	enum store_rc result = rc_of(rc);
	const char *reason = db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(rc);

	if (result == STORE_E_CORRUPT)
		snprintf(why, STORE_WHY_SIZE,
			 "%.80s is damaged: move it away and start again; neighbours give the entries back",
			 store->path);
	else if (result == STORE_E_OPEN)
		snprintf(why, STORE_WHY_SIZE, "cannot open %.80s (%.40s): is the folder ours to write?", store->path,
			 reason);
	else
		snprintf(why, STORE_WHY_SIZE,
			 "the card with %.80s fails or is full (%.40s): free some space or change it", store->path,
			 reason);
	return result;
}

/* The writer first: it makes the file, settles the journal mode and brings the schema up to date. */
static enum store_rc open_writer(struct store *store, char *why, const char *folder)
{
	int version = 0;
	int rc = connect_db(&store->writer, store->path, writer_setup);

	if (rc == SQLITE_OK)
		rc = single_int(store->writer, &version, "PRAGMA user_version");
	if (rc != SQLITE_OK)
		return open_failed(rc, why, store, store->writer);
	if (version < 0 || version > STORE_VERSION) {
		snprintf(why, STORE_WHY_SIZE,
			 "%.80s was written by a later aidmesh (version %d, this one knows %d): install that one again",
			 store->path, version, STORE_VERSION);
		return STORE_E_VERSION;
	}
	rc = check_pages(store->writer);
	if (rc == SQLITE_OK)
		rc = migrate(store->writer, version);
	if (rc == SQLITE_OK && folder_sync(folder) != 0)
		rc = SQLITE_IOERR_DIR_FSYNC;
	if (rc == SQLITE_OK)
		rc = prepare_all(store->writer, store->writes, writer_sql, W_COUNT);
	/* What a commit with very many deletes left behind. */
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(store->writer, "DELETE FROM author WHERE no NOT IN (SELECT author FROM entry)", NULL,
				  NULL, NULL);
	return rc == SQLITE_OK ? STORE_OK : open_failed(rc, why, store, store->writer);
}

static enum store_rc open_reader(struct store *store, char *why)
{
	int rc = connect_db(&store->reader, store->path, reader_setup);

	if (rc == SQLITE_OK)
		rc = prepare_all(store->reader, store->reads, reader_sql, R_COUNT);
	return rc == SQLITE_OK ? STORE_OK : open_failed(rc, why, store, store->reader);
}

enum store_rc store_open(struct store **store, char why[200], const char *folder)
{
	struct store *s = calloc(1, sizeof(*s));
	enum store_rc rc;

	*store = NULL;
	if (s == NULL || store_vfs_register() != 0) {
		snprintf(why, STORE_WHY_SIZE, "there is no memory left to open the entries");
		free(s);
		return STORE_E_IO;
	}
	s->lock_fd = -1;
	pthread_mutex_init(&s->writer_mutex, NULL);
	pthread_mutex_init(&s->reader_mutex, NULL);
	if (snprintf(s->path, sizeof(s->path), "%s/entries.db", folder) >= (int)sizeof(s->path)) {
		snprintf(why, STORE_WHY_SIZE, "the folder's path is too long: %.80s...", folder);
		rc = STORE_E_OPEN;
	} else {
		rc = lock_folder(s, why, folder);
	}
	if (rc == STORE_OK)
		rc = open_writer(s, why, folder);
	if (rc == STORE_OK)
		rc = open_reader(s, why);
	if (rc != STORE_OK) {
		store_close(s);
		return rc;
	}
	*store = s;
	return STORE_OK;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	for (size_t i = 0; i < R_COUNT; i++)
		sqlite3_finalize(store->reads[i]);
	for (size_t i = 0; i < W_COUNT; i++)
		sqlite3_finalize(store->writes[i]);
	/* The writer last: whoever closes last writes the log back into the database. */
	sqlite3_close(store->reader);
	sqlite3_close(store->writer);
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	pthread_mutex_destroy(&store->reader_mutex);
	pthread_mutex_destroy(&store->writer_mutex);
	free(store);
}

/* Runs a query that gives no rows we want, and leaves it ready for the next time. */
static int run(sqlite3_stmt *query)
{
	int rc = sqlite3_step(query);
	int reset_rc = sqlite3_reset(query);

	sqlite3_clear_bindings(query);
	if (rc == SQLITE_DONE || rc == SQLITE_ROW)
		return reset_rc;
	return rc;
}

static int author_number(struct store *store, int64_t *no, const struct public_key *key)
{
	struct author_slot *slot = &store->authors[key->bytes[0]];
	sqlite3_stmt *query = store->writes[W_AUTHOR_FIND];
	int rc;

	if (slot->no != 0 && public_key_equal(&slot->key, key)) {
		*no = slot->no;
		return SQLITE_OK;
	}
	sqlite3_bind_blob(query, 1, key->bytes, sizeof(key->bytes), SQLITE_STATIC);
	rc = sqlite3_step(query);
	if (rc == SQLITE_ROW)
		*no = sqlite3_column_int64(query, 0);
	sqlite3_reset(query);
	sqlite3_clear_bindings(query);
	if (rc == SQLITE_DONE) {
		query = store->writes[W_AUTHOR_ADD];
		sqlite3_bind_blob(query, 1, key->bytes, sizeof(key->bytes), SQLITE_STATIC);
		rc = run(query);
		if (rc != SQLITE_OK)
			return rc;
		*no = sqlite3_last_insert_rowid(store->writer);
	} else if (rc != SQLITE_ROW) {
		return rc;
	}
	*slot = (struct author_slot){ .key = *key, .no = *no };
	return SQLITE_OK;
}

static int insert_one(struct store *store, const struct store_insert *insert, uint64_t *handle)
{
	sqlite3_stmt *query = store->writes[W_INSERT];
	int64_t author = 0;
	int rc;

	assert(entry_size_is_legal(insert->bytes.size));
	rc = author_number(store, &author, &insert->author);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(query, 1, author);
	sqlite3_bind_blob(query, 2, insert->bytes.data, (int)insert->bytes.size, SQLITE_STATIC);
	rc = run(query);
	if (rc == SQLITE_OK)
		*handle = (uint64_t)sqlite3_last_insert_rowid(store->writer);
	return rc;
}

static void faded_add(struct faded *faded, int64_t no)
{
	for (size_t i = 0; i < faded->count; i++) {
		if (faded->no[i] == no)
			return;
	}
	if (faded->count < FADED_MAX)
		faded->no[faded->count++] = no;
}

static void faded_remove(struct faded *faded, int64_t no)
{
	for (size_t i = 0; i < faded->count; i++) {
		if (faded->no[i] == no) {
			faded->no[i] = faded->no[--faded->count];
			return;
		}
	}
}

static int delete_one(struct store *store, uint64_t handle, struct faded *faded)
{
	sqlite3_stmt *query = store->writes[W_DELETE];
	int64_t author = 0;
	int rc;

	if (handle > INT64_MAX)
		return SQLITE_OK;
	sqlite3_bind_int64(query, 1, (int64_t)handle);
	rc = sqlite3_step(query);
	if (rc == SQLITE_ROW) {
		author = sqlite3_column_int64(query, 0);
		rc = sqlite3_step(query);
	}
	sqlite3_reset(query);
	sqlite3_clear_bindings(query);
	if (rc != SQLITE_DONE)
		return rc;
	if (author != 0)
		faded_add(faded, author);
	return SQLITE_OK;
}

/* One walk from the newest row back strikes off whoever is still there. A replaced row's author stands near the end,
 * so the walk is short; it is long once in an author's life, when it is really gone. */
static int drop_faded(struct store *store, struct faded *faded)
{
	sqlite3_stmt *query = store->writes[W_SCAN];
	int rc = SQLITE_DONE;

	while (faded->count > 0 && (rc = sqlite3_step(query)) == SQLITE_ROW)
		faded_remove(faded, sqlite3_column_int64(query, 0));
	sqlite3_reset(query);
	if (rc != SQLITE_DONE && rc != SQLITE_ROW)
		return rc;
	for (size_t i = 0; i < faded->count; i++) {
		sqlite3_bind_int64(store->writes[W_AUTHOR_DROP], 1, faded->no[i]);
		rc = run(store->writes[W_AUTHOR_DROP]);
		if (rc != SQLITE_OK)
			return rc;
	}
	if (faded->count > 0)
		memset(store->authors, 0, sizeof(store->authors));
	return SQLITE_OK;
}

static int commit_rows(struct store *store, const struct store_insert *inserts, size_t insert_count, uint64_t *handles,
		       const uint64_t *deletes, size_t delete_count)
{
	struct faded faded = { .count = 0 };
	int rc = SQLITE_OK;

	for (size_t i = 0; i < insert_count && rc == SQLITE_OK; i++)
		rc = insert_one(store, &inserts[i], &handles[i]);
	for (size_t i = 0; i < delete_count && rc == SQLITE_OK; i++)
		rc = delete_one(store, deletes[i], &faded);
	return rc == SQLITE_OK ? drop_faded(store, &faded) : rc;
}

/* Whatever went wrong, the transaction must be gone, and with it the numbers of authors that were new in it. */
static void roll_back(struct store *store, int rc)
{
	if (sqlite3_get_autocommit(store->writer) == 0)
		(void)sqlite3_exec(store->writer, "ROLLBACK", NULL, NULL, NULL);
	memset(store->authors, 0, sizeof(store->authors));
	if (rc == SQLITE_IOERR_FSYNC || rc == SQLITE_IOERR_DIR_FSYNC)
		store->sync_failed = true;
}

enum store_rc store_commit(struct store *store, struct store_insert *inserts, size_t insert_count,
			   const uint64_t *deletes, size_t delete_count)
{
	uint64_t *handles;
	int rc = SQLITE_IOERR;

	if (insert_count == 0 && delete_count == 0)
		return STORE_OK;
	handles = calloc(insert_count + 1, sizeof(*handles));
	if (handles == NULL)
		return STORE_E_IO;
	pthread_mutex_lock(&store->writer_mutex);
	if (!store->sync_failed) {
		rc = sqlite3_exec(store->writer, "BEGIN IMMEDIATE", NULL, NULL, NULL);
		if (rc == SQLITE_OK)
			rc = commit_rows(store, inserts, insert_count, handles, deletes, delete_count);
		if (rc == SQLITE_OK)
			rc = sqlite3_exec(store->writer, "COMMIT", NULL, NULL, NULL);
		if (rc != SQLITE_OK)
			roll_back(store, rc);
	}
	pthread_mutex_unlock(&store->writer_mutex);
	for (size_t i = 0; i < insert_count && rc == SQLITE_OK; i++)
		inserts[i].handle = handles[i];
	free(handles);
	return rc_of(rc) == STORE_E_OPEN ? STORE_E_IO : rc_of(rc);
}

enum store_rc store_set(struct store *store, const char *key, const char *value)
{
	int rc = SQLITE_IOERR;

	pthread_mutex_lock(&store->writer_mutex);
	if (!store->sync_failed) {
		sqlite3_stmt *query = store->writes[value != NULL ? W_SET : W_UNSET];

		sqlite3_bind_text(query, 1, key, -1, SQLITE_STATIC);
		if (value != NULL)
			sqlite3_bind_text(query, 2, value, -1, SQLITE_STATIC);
		rc = run(query);
		if (rc != SQLITE_OK)
			roll_back(store, rc);
	}
	pthread_mutex_unlock(&store->writer_mutex);
	return rc_of(rc) == STORE_E_OPEN ? STORE_E_IO : rc_of(rc);
}

enum store_rc store_each(struct store *store, store_row_cb cb, void *user)
{
	enum store_rc result = STORE_OK;
	bool more = true;

	pthread_mutex_lock(&store->reader_mutex);
	store->left_out = 0;
	while (more && result == STORE_OK) {
		sqlite3_stmt *query = store->reads[R_EACH];
		int rc = sqlite3_step(query);
		struct view bytes;
		struct public_key author;

		if (rc != SQLITE_ROW) {
			result = rc_of(rc);
			break;
		}
		bytes = (struct view){ .data = sqlite3_column_blob(query, 1),
				       .size = (size_t)sqlite3_column_bytes(query, 1) };
		if (!entry_size_is_legal(bytes.size) || sqlite3_column_bytes(query, 2) != sizeof(author)) {
			store->left_out++;
			continue;
		}
		memcpy(author.bytes, sqlite3_column_blob(query, 2), sizeof(author.bytes));
		more = cb(user, (uint64_t)sqlite3_column_int64(query, 0), bytes, &author);
	}
	sqlite3_reset(store->reads[R_EACH]);
	pthread_mutex_unlock(&store->reader_mutex);
	return result;
}

uint64_t store_newest(struct store *store)
{
	sqlite3_stmt *query = store->reads[R_NEWEST];
	uint64_t newest = 0;

	pthread_mutex_lock(&store->reader_mutex);
	if (sqlite3_step(query) == SQLITE_ROW)
		newest = (uint64_t)sqlite3_column_int64(query, 0);
	sqlite3_reset(query);
	pthread_mutex_unlock(&store->reader_mutex);
	return newest;
}

enum store_rc store_totals(struct store *store, uint64_t *rows, uint64_t *authors)
{
	sqlite3_stmt *query = store->reads[R_TOTALS];
	int rc;

	pthread_mutex_lock(&store->reader_mutex);
	rc = sqlite3_step(query);
	if (rc == SQLITE_ROW) {
		*rows = (uint64_t)sqlite3_column_int64(query, 0);
		*authors = (uint64_t)sqlite3_column_int64(query, 1);
	}
	sqlite3_reset(query);
	pthread_mutex_unlock(&store->reader_mutex);
	return rc_of(rc);
}

uint64_t store_left_out(struct store *store)
{
	uint64_t count;

	pthread_mutex_lock(&store->reader_mutex);
	count = store->left_out;
	pthread_mutex_unlock(&store->reader_mutex);
	return count;
}

enum store_rc store_load(struct store *store, uint64_t handle, struct view *bytes)
{
	sqlite3_stmt *query = store->reads[R_LOAD];
	enum store_rc result = STORE_E_MISSING;
	int rc;

	if (handle > INT64_MAX)
		return STORE_E_MISSING;
	pthread_mutex_lock(&store->reader_mutex);
	sqlite3_bind_int64(query, 1, (int64_t)handle);
	rc = sqlite3_step(query);
	if (rc == SQLITE_ROW) {
		size_t size = (size_t)sqlite3_column_bytes(query, 0);

		result = STORE_E_CORRUPT;
		if (entry_size_is_legal(size)) {
			memcpy(store->loaded, sqlite3_column_blob(query, 0), size);
			*bytes = (struct view){ .data = store->loaded, .size = size };
			result = STORE_OK;
		}
	} else if (rc != SQLITE_DONE) {
		result = rc_of(rc);
	}
	/* An open read would keep the log from being reset. */
	sqlite3_reset(query);
	pthread_mutex_unlock(&store->reader_mutex);
	return result;
}

/* Neither fails but where it changes nothing: the first read takes the lock. */
static void read_step(struct store *store, enum reader_query which)
{
	pthread_mutex_lock(&store->reader_mutex);
	(void)sqlite3_step(store->reads[which]);
	sqlite3_reset(store->reads[which]);
	pthread_mutex_unlock(&store->reader_mutex);
}

void store_loads_begin(struct store *store)
{
	read_step(store, R_BEGIN);
}

void store_loads_end(struct store *store)
{
	read_step(store, R_END);
}

bool store_get(struct store *store, const char *key, char *value, size_t size)
{
	sqlite3_stmt *query = store->reads[R_GET];
	bool found = false;

	pthread_mutex_lock(&store->reader_mutex);
	sqlite3_bind_text(query, 1, key, -1, SQLITE_STATIC);
	if (sqlite3_step(query) == SQLITE_ROW) {
		const unsigned char *text = sqlite3_column_text(query, 0);
		size_t text_size = (size_t)sqlite3_column_bytes(query, 0);

		if (text != NULL && text_size < size) {
			memcpy(value, text, text_size + 1);
			found = true;
		}
	}
	sqlite3_reset(query);
	sqlite3_clear_bindings(query);
	pthread_mutex_unlock(&store->reader_mutex);
	return found;
}

void store_each_setting(struct store *store, const char *prefix, store_setting_cb cb, void *user)
{
	sqlite3_stmt *query = store->reads[R_SETTINGS];

	pthread_mutex_lock(&store->reader_mutex);
	sqlite3_bind_text(query, 1, prefix, -1, SQLITE_STATIC);
	while (sqlite3_step(query) == SQLITE_ROW)
		if (!cb(user, (const char *)sqlite3_column_text(query, 0), (const char *)sqlite3_column_text(query, 1)))
			break;
	sqlite3_reset(query);
	pthread_mutex_unlock(&store->reader_mutex);
}

uint64_t store_size(struct store *store)
{
	char log_path[STORE_PATH_SIZE + 4];
	struct stat status;
	uint64_t size = 0;

	snprintf(log_path, sizeof(log_path), "%s-wal", store->path);
	if (stat(store->path, &status) == 0)
		size += (uint64_t)status.st_size;
	if (stat(log_path, &status) == 0)
		size += (uint64_t)status.st_size;
	return size;
}
