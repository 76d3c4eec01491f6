/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The writer is opened first: it makes the file and settles what the reader finds. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "node/store/store_state.h"
#include "node/store/store_vfs.h"
#include "node/system/folder.h"

enum {
	BUSY_WAIT_MS = 5000, /* for the moments in which the other connection recovers or resets the log */
};

/* migrations[v] leads from version v to v + 1. Version 0 is an empty file: what SQLite makes. A row never changes once
 * it was released; a new version is a new row. */
static const char *const migrations[] = {
	"CREATE TABLE author(no INTEGER PRIMARY KEY, key BLOB UNIQUE NOT NULL);"
	"CREATE TABLE entry(seq INTEGER PRIMARY KEY AUTOINCREMENT, author INTEGER NOT NULL, bytes BLOB NOT NULL);"
	"CREATE TABLE setting(key TEXT PRIMARY KEY, value TEXT);",
};

enum { STORE_VERSION = sizeof migrations / sizeof migrations[0] };

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

enum store_rc store_rc_of(int sqlite_rc)
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

static enum store_rc lock_folder(struct store *store, struct reason *why, const char *folder)
{
	char path[STORE_PATH_SIZE];
	int length = snprintf(path, sizeof path, "%s/lock", folder);

	assert(length > 0 && length < (int)sizeof path); /* shorter than the database's */
	assert(store->lock_fd < 0);
	store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (store->lock_fd < 0) {
		reason_set(why, "cannot write in %.100s (%s): the folder must exist and be ours", folder,
			   strerror(errno));
		return STORE_E_OPEN;
	}
	if (flock(store->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return STORE_OK;
	if (errno == EWOULDBLOCK) {
		reason_set(why, "another aidmeshd uses %.100s: stop it, or give this one its own folder", folder);
		return STORE_E_LOCKED;
	}
	reason_set(why, "cannot lock %.120s: %s", path, strerror(errno));
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
	if (rc == SQLITE_DONE)
		return SQLITE_CORRUPT; /* no answer at all */
	return rc == SQLITE_ROW ? SQLITE_OK : rc;
}

/* One transaction a step, so that a power cut leaves an old version or a new one. */
static int migrate(sqlite3 *db, int version)
{
	int rc = SQLITE_OK;

	assert(version >= 0 && version <= STORE_VERSION);
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
	if (rc == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(query, 0), "ok") == 0)
		rc = SQLITE_OK;
	else if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		rc = SQLITE_CORRUPT;
	sqlite3_finalize(query);
	return rc;
}

static int prepare_all(sqlite3 *db, sqlite3_stmt **queries, const char *const *sql, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int rc;

		assert(sql[i] != NULL && queries[i] == NULL); /* every number of the enum has its text */
		rc = sqlite3_prepare_v3(db, sql[i], -1, SQLITE_PREPARE_PERSISTENT, &queries[i], NULL);

		if (rc != SQLITE_OK)
			return rc;
	}
	return SQLITE_OK;
}

static int connect_db(sqlite3 **db, const char *path, const char *setup)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	int rc;

	assert(*db == NULL);
	rc = sqlite3_open_v2(path, db, flags, STORE_VFS_NAME);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_extended_result_codes(*db, 1);
	sqlite3_busy_timeout(*db, BUSY_WAIT_MS);
	return sqlite3_exec(*db, setup, NULL, NULL, NULL);
}

static enum store_rc open_failed(int rc, struct reason *why, const struct store *store, sqlite3 *db)
{
	enum store_rc result = store_rc_of(rc);
	const char *reason = db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(rc);

	assert(result != STORE_OK);
	if (result == STORE_E_CORRUPT)
		reason_set(why, "%.80s is damaged: move it away and start again; neighbours give the entries back",
			   store->path);
	else if (result == STORE_E_OPEN)
		reason_set(why, "cannot open %.80s (%.40s): is the folder ours to write?", store->path, reason);
	else
		reason_set(why, "the card with %.80s fails or is full (%.40s): free some space or change it",
			   store->path, reason);
	return result;
}

/* The writer first: it makes the file, settles the journal mode and brings the schema up to date. */
static enum store_rc open_writer(struct store *store, struct reason *why, const char *folder)
{
	int version = 0, rc;

	assert(store->lock_fd >= 0); /* nobody else writes */
	rc = connect_db(&store->writer, store->path, writer_setup);

	if (rc == SQLITE_OK)
		rc = single_int(store->writer, &version, "PRAGMA user_version");
	if (rc != SQLITE_OK)
		return open_failed(rc, why, store, store->writer);
	if (version < 0 || version > STORE_VERSION) {
		reason_set(
			why,
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

static enum store_rc open_reader(struct store *store, struct reason *why)
{
	int rc;

	assert(store->writer != NULL);
	rc = connect_db(&store->reader, store->path, reader_setup);
	if (rc == SQLITE_OK)
		rc = prepare_all(store->reader, store->reads, reader_sql, R_COUNT);
	return rc == SQLITE_OK ? STORE_OK : open_failed(rc, why, store, store->reader);
}

enum store_rc store_open(struct store **store, struct reason *why, const char *folder)
{
	struct store *s = calloc(1, sizeof *s);
	enum store_rc rc;

	*store = NULL;
	if (s == NULL || store_vfs_register() != 0) {
		reason_set(why, "there is no memory left to open the entries");
		free(s);
		return STORE_E_IO;
	}
	s->lock_fd = -1;
	pthread_mutex_init(&s->writer_mutex, NULL);
	pthread_mutex_init(&s->reader_mutex, NULL);
	if (snprintf(s->path, sizeof s->path, "%s/entries.db", folder) >= (int)sizeof s->path) {
		reason_set(why, "the folder's path is too long: %.80s...", folder);
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
	int rc;

	if (store == NULL)
		return;
	for (size_t i = 0; i < R_COUNT; i++)
		sqlite3_finalize(store->reads[i]);
	for (size_t i = 0; i < W_COUNT; i++)
		sqlite3_finalize(store->writes[i]);
	/* The writer last: whoever closes last writes the log back into the database. */
	rc = sqlite3_close(store->reader);
	assert(rc == SQLITE_OK); /* every query of it is finalized */
	rc = sqlite3_close(store->writer);
	assert(rc == SQLITE_OK);
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	pthread_mutex_destroy(&store->reader_mutex);
	pthread_mutex_destroy(&store->writer_mutex);
	free(store);
}
