/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Of each file the writer is opened first: it makes the file and settles what the reader finds. */
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

/* entries_steps[v] leads from version v to v + 1. Version 0 is an empty file: what SQLite makes. A row never changes once
 * it was released; a new version is a new row. */
static const char *const entries_steps[] = {
	"CREATE TABLE author(no INTEGER PRIMARY KEY, key BLOB UNIQUE NOT NULL);"
	"CREATE TABLE entry(seq INTEGER PRIMARY KEY AUTOINCREMENT, author INTEGER NOT NULL, bytes BLOB NOT NULL);"
	"CREATE TABLE setting(key TEXT PRIMARY KEY, value TEXT);",
	/* Not before the settings are in their own file: move_settings. */
	"DROP TABLE setting;"
	"CREATE TABLE owner(one INTEGER PRIMARY KEY CHECK(one=1), key BLOB NOT NULL);",
	"CREATE TABLE past(seq INTEGER PRIMARY KEY AUTOINCREMENT, day INTEGER NOT NULL, author BLOB NOT NULL, bytes "
	"BLOB NOT NULL);",
};

static const char *const settings_steps[] = {
	"CREATE TABLE setting(key TEXT PRIMARY KEY, value TEXT);",
};

enum {
	ENTRIES_VERSION = sizeof entries_steps / sizeof entries_steps[0],
	SETTINGS_INSIDE_VERSION = 1, /* of the entries: the settings stood among them */
	SETTINGS_VERSION = sizeof settings_steps / sizeof settings_steps[0],
};

/* In this order: synchronous must be EXTRA before the switch to WAL, or an old journal can come back after a power cut.
 * Checkpoints of at most a few hundred pages keep a commit short on a slow card. */
static const char writer_setup[] = "PRAGMA cache_size=-512;"
				   "PRAGMA mmap_size=0;"
				   "PRAGMA synchronous=EXTRA;"
				   "PRAGMA journal_mode=WAL;"
				   "PRAGMA wal_autocheckpoint=256;"
				   "PRAGMA journal_size_limit=4194304;"
				   "PRAGMA temp_store=MEMORY;";
/* Settings are few: their log need not grow, where each of them takes a sector. */
static const char settings_setup[] = "PRAGMA wal_autocheckpoint=4;";
static const char reader_setup[] = "PRAGMA cache_size=-512;"
				   "PRAGMA mmap_size=0;"
				   "PRAGMA query_only=ON;"
				   "PRAGMA temp_store=MEMORY;";

/* A row that goes, with its author's key. */
static const char KEEP_SQL[] = "INSERT INTO past(day, author, bytes) "
			       "SELECT ?2, key, bytes FROM entry JOIN author ON no=entry.author WHERE seq=?1";

static const char *const writer_sql[W_COUNT] = {
	[W_INSERT] = "INSERT INTO entry(author, bytes) VALUES(?1, ?2)",
	[W_DELETE] = "DELETE FROM entry WHERE seq=?1 RETURNING author",
	[W_AUTHOR_FIND] = "SELECT no FROM author WHERE key=?1",
	[W_AUTHOR_ADD] = "INSERT INTO author(key) VALUES(?1)",
	[W_AUTHOR_DROP] = "DELETE FROM author WHERE no=?1",
	[W_SCAN] = "SELECT author FROM entry ORDER BY seq DESC",
	[W_OWN] = "INSERT INTO owner(one, key) VALUES(1, ?1) ON CONFLICT(one) DO UPDATE SET key=?1",
	[W_KEEP] = KEEP_SQL,
	[W_FORGET] = "DELETE FROM past WHERE day<?1 OR seq<=(SELECT max(seq) FROM past)-?2",
};

static const char *const setter_sql[SET_COUNT] = {
	[SET_ONE] = "INSERT INTO setting(key, value) VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET value=?2",
	[SET_NONE] = "DELETE FROM setting WHERE key=?1",
};

static const char *const reader_sql[R_COUNT] = {
	[R_BEGIN] = "BEGIN",
	[R_END] = "COMMIT",
	[R_LOAD] = "SELECT bytes FROM entry WHERE seq=?1",
	[R_EACH] = "SELECT e.seq, e.bytes, a.key FROM entry e LEFT JOIN author a ON a.no=e.author ORDER BY e.seq",
	[R_TOTALS] = "SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM author)",
	[R_NEWEST] = "SELECT seq FROM sqlite_sequence WHERE name='entry'",
	[R_OWNER] = "SELECT key FROM owner",
	[R_AUTHOR] = "SELECT no FROM author WHERE key=?1",
	[R_PAST] = "SELECT bytes, author FROM past WHERE day>=?1 ORDER BY seq",
};

static const char *const getter_sql[GET_COUNT] = {
	[GET_ONE] = "SELECT value FROM setting WHERE key=?1",
	[GET_EACH] = "SELECT key, value FROM setting WHERE substr(key, 1, length(?1))=?1 ORDER BY key",
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

enum store_rc store_rc_of_write(int sqlite_rc)
{
	enum store_rc rc = store_rc_of(sqlite_rc);

	return rc == STORE_E_OPEN ? STORE_E_IO : rc;
}

enum store_rc store_lock(int *lock_fd, struct reason *why, const char *folder)
{
	char path[STORE_PATH_SIZE];
	int length = snprintf(path, sizeof path, "%s/lock", folder);

	assert(length > 0 && length < (int)sizeof path); /* shorter than the database's */
	assert(*lock_fd < 0);
	*lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*lock_fd < 0) {
		reason_set(why, "cannot write in %.100s (%s): the folder must exist and be ours", folder,
			   strerror(errno));
		return STORE_E_OPEN;
	}
	if (flock(*lock_fd, LOCK_EX | LOCK_NB) == 0)
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

unsigned store_version(void)
{
	return ENTRIES_VERSION;
}

/* One transaction a step, so that a power cut leaves an old version or a new one. */
static int migrate(sqlite3 *db, const char *const *steps, int version, int last)
{
	int rc = SQLITE_OK;

	assert(version >= 0 && version <= last);
	for (; version < last && rc == SQLITE_OK; version++) {
		char *sql = sqlite3_mprintf("BEGIN IMMEDIATE; %s PRAGMA user_version=%d; COMMIT;", steps[version],
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

static enum store_rc open_failed(int rc, struct reason *why, const struct store *store, const struct store_db *db)
{
	enum store_rc result = store_rc_of(rc);
	const char *reason = db->writer != NULL ? sqlite3_errmsg(db->writer) : sqlite3_errstr(rc);

	assert(result != STORE_OK);
	if (result == STORE_E_CORRUPT)
		reason_set(why, "%.80s is damaged: move it away and start again; %s", db->path,
			   db == &store->entries
				   ? "neighbours give the entries back"
				   : "the PIN is then a new one, and households are known by their code alone");
	else if (result == STORE_E_OPEN)
		reason_set(why, "cannot open %.80s (%.40s): is the folder ours to write?", db->path, reason);
	else
		reason_set(why, "the card with %.80s fails or is full (%.40s): free some space or change it", db->path,
			   reason);
	return result;
}

/* The writer makes the file and settles the journal mode. `version` is of its schema. */
static enum store_rc open_writer(struct store *store, struct reason *why, struct store_db *db, int *version, int last)
{
	int rc;

	assert(store->lock_fd >= 0); /* nobody else writes */
	rc = connect_db(&db->writer, db->path, writer_setup);
	if (rc == SQLITE_OK)
		rc = single_int(db->writer, version, "PRAGMA user_version");
	if (rc == SQLITE_OK && (*version < 0 || *version > last)) {
		reason_set(
			why,
			"%.80s was written by a later aidmesh (version %d, this one knows %d): install that one again",
			db->path, *version, last);
		return STORE_E_VERSION;
	}
	if (rc == SQLITE_OK)
		rc = check_pages(db->writer);
	return rc == SQLITE_OK ? STORE_OK : open_failed(rc, why, store, db);
}

static int copy_settings(struct store *store)
{
	sqlite3_stmt *from = NULL, *to = NULL;
	int rc = sqlite3_prepare_v2(store->entries.writer, "SELECT key, value FROM setting", -1, &from, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(store->settings.writer, "INSERT OR IGNORE INTO setting VALUES(?1, ?2)", -1, &to,
					NULL);
	while (rc == SQLITE_OK && (rc = sqlite3_step(from)) == SQLITE_ROW) {
		sqlite3_bind_value(to, 1, sqlite3_column_value(from, 0));
		sqlite3_bind_value(to, 2, sqlite3_column_value(from, 1));
		(void)sqlite3_step(to);
		rc = sqlite3_reset(to);
	}
	sqlite3_finalize(from);
	sqlite3_finalize(to);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Settings that stand among the entries go into their own file. They leave the entries when they are on the card in both,
 * so a power cut at any moment costs nothing; whatever was copied before is not copied over. */
static int move_settings(struct store *store)
{
	int rc = sqlite3_exec(store->settings.writer, "BEGIN IMMEDIATE", NULL, NULL, NULL);

	if (rc != SQLITE_OK)
		return rc;
	rc = copy_settings(store);
	if (rc != SQLITE_OK) {
		(void)sqlite3_exec(store->settings.writer, "ROLLBACK", NULL, NULL, NULL);
		return rc;
	}
	return sqlite3_exec(store->settings.writer, "COMMIT", NULL, NULL, NULL);
}

static enum store_rc open_settings(struct store *store, struct reason *why, const char *folder)
{
	struct store_db *db = &store->settings;
	int version = 0, rc;
	enum store_rc opened = open_writer(store, why, db, &version, SETTINGS_VERSION);

	if (opened != STORE_OK)
		return opened;
	rc = sqlite3_exec(db->writer, settings_setup, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = migrate(db->writer, settings_steps, version, SETTINGS_VERSION);
	if (rc == SQLITE_OK && folder_sync(folder) != 0)
		rc = SQLITE_IOERR_DIR_FSYNC;
	if (rc == SQLITE_OK)
		rc = prepare_all(db->writer, store->setters, setter_sql, SET_COUNT);
	if (rc == SQLITE_OK)
		rc = connect_db(&db->reader, db->path, reader_setup);
	if (rc == SQLITE_OK)
		rc = prepare_all(db->reader, store->getters, getter_sql, GET_COUNT);
	return rc == SQLITE_OK ? STORE_OK : open_failed(rc, why, store, db);
}

/* After the settings, which may come out of it. */
static enum store_rc open_entries(struct store *store, struct reason *why, const char *folder)
{
	struct store_db *db = &store->entries;
	int version = 0, rc = SQLITE_OK;
	enum store_rc opened = open_writer(store, why, db, &version, ENTRIES_VERSION);

	if (opened != STORE_OK)
		return opened;
	assert(store->settings.writer != NULL);
	if (version == SETTINGS_INSIDE_VERSION)
		rc = move_settings(store);
	if (rc == SQLITE_OK)
		rc = migrate(db->writer, entries_steps, version, ENTRIES_VERSION);
	if (rc == SQLITE_OK && folder_sync(folder) != 0)
		rc = SQLITE_IOERR_DIR_FSYNC;
	if (rc == SQLITE_OK)
		rc = prepare_all(db->writer, store->writes, writer_sql, W_COUNT);
	/* What a commit with very many deletes left behind. */
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db->writer, "DELETE FROM author WHERE no NOT IN (SELECT author FROM entry)", NULL,
				  NULL, NULL);
	if (rc == SQLITE_OK)
		rc = connect_db(&db->reader, db->path, reader_setup);
	if (rc == SQLITE_OK)
		rc = prepare_all(db->reader, store->reads, reader_sql, R_COUNT);
	return rc == SQLITE_OK ? STORE_OK : open_failed(rc, why, store, db);
}

static bool set_path(struct store_db *db, const char *folder, const char *name)
{
	return snprintf(db->path, sizeof db->path, "%s/%s", folder, name) < (int)sizeof db->path;
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
	if (!set_path(&s->entries, folder, "entries.db") || !set_path(&s->settings, folder, "settings.db")) {
		reason_set(why, "the folder's path is too long: %.80s...", folder);
		rc = STORE_E_OPEN;
	} else {
		rc = store_lock(&s->lock_fd, why, folder);
	}
	if (rc == STORE_OK)
		rc = open_settings(s, why, folder);
	if (rc == STORE_OK)
		rc = open_entries(s, why, folder);
	if (rc != STORE_OK) {
		store_close(s);
		return rc;
	}
	*store = s;
	return STORE_OK;
}

static void finalize_all(sqlite3_stmt **queries, size_t count)
{
	for (size_t i = 0; i < count; i++)
		sqlite3_finalize(queries[i]);
}

/* The writer last: whoever closes last writes the log back into the database. */
static void close_db(struct store_db *db)
{
	int rc = sqlite3_close(db->reader);

	assert(rc == SQLITE_OK); /* every query of it is finalized */
	rc = sqlite3_close(db->writer);
	assert(rc == SQLITE_OK);
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	finalize_all(store->reads, R_COUNT);
	finalize_all(store->writes, W_COUNT);
	finalize_all(store->getters, GET_COUNT);
	finalize_all(store->setters, SET_COUNT);
	close_db(&store->entries);
	close_db(&store->settings);
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	pthread_mutex_destroy(&store->reader_mutex);
	pthread_mutex_destroy(&store->writer_mutex);
	free(store);
}
