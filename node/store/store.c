/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/store/store.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "node/store/store_state.h"

enum { FADED_MAX = 64 }; /* authors looked at after one commit's deletes; the next start finds the others */

/* Authors that lost an entry in this transaction. */
struct faded {
	int64_t no[FADED_MAX];
	size_t count;
};

int store_run(sqlite3_stmt *query)
{
	int rc, reset_rc;

	assert(!sqlite3_stmt_busy(query));
	rc = sqlite3_step(query);
	reset_rc = sqlite3_reset(query);
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

	assert(slot->no == 0 || slot->key.bytes[0] == key->bytes[0]);
	if (slot->no != 0 && public_key_equal(&slot->key, key)) {
		*no = slot->no;
		return SQLITE_OK;
	}
	sqlite3_bind_blob(query, 1, key->bytes, sizeof key->bytes, SQLITE_STATIC);
	rc = sqlite3_step(query);
	if (rc == SQLITE_ROW)
		*no = sqlite3_column_int64(query, 0);
	sqlite3_reset(query);
	sqlite3_clear_bindings(query);
	if (rc == SQLITE_DONE) {
		query = store->writes[W_AUTHOR_ADD];
		sqlite3_bind_blob(query, 1, key->bytes, sizeof key->bytes, SQLITE_STATIC);
		rc = store_run(query);
		if (rc != SQLITE_OK)
			return rc;
		*no = sqlite3_last_insert_rowid(store->entries.writer);
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
	rc = store_run(query);
	if (rc == SQLITE_OK)
		*handle = (uint64_t)sqlite3_last_insert_rowid(store->entries.writer);
	return rc;
}

static void faded_add(struct faded *faded, int64_t no)
{
	assert(no != 0 && faded->count <= FADED_MAX);
	for (size_t i = 0; i < faded->count; i++) {
		if (faded->no[i] == no)
			return;
	}
	if (faded->count < FADED_MAX)
		faded->no[faded->count++] = no;
}

static void faded_remove(struct faded *faded, int64_t no)
{
	assert(faded->count > 0 && faded->count <= FADED_MAX);
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

	assert(!sqlite3_stmt_busy(query));
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

	assert(!sqlite3_stmt_busy(query));
	while (faded->count > 0 && (rc = sqlite3_step(query)) == SQLITE_ROW)
		faded_remove(faded, sqlite3_column_int64(query, 0));
	sqlite3_reset(query);
	if (rc != SQLITE_DONE && rc != SQLITE_ROW)
		return rc;
	for (size_t i = 0; i < faded->count; i++) {
		sqlite3_bind_int64(store->writes[W_AUTHOR_DROP], 1, faded->no[i]);
		rc = store_run(store->writes[W_AUTHOR_DROP]);
		if (rc != SQLITE_OK)
			return rc;
	}
	if (faded->count > 0)
		memset(store->authors, 0, sizeof store->authors);
	return SQLITE_OK;
}

/* Before the deletes: what those rows say is kept, and what is too old or too much is forgotten. */
static int keep_past(struct store *store, const struct store_past *past)
{
	int rc = SQLITE_OK;

	for (size_t i = 0; i < past->count && rc == SQLITE_OK; i++) {
		assert(past->handles[i] <= INT64_MAX);
		sqlite3_bind_int64(store->writes[W_KEEP], 1, (int64_t)past->handles[i]);
		sqlite3_bind_int(store->writes[W_KEEP], 2, past->day);
		rc = store_run(store->writes[W_KEEP]);
	}
	if (rc != SQLITE_OK || past->count == 0)
		return rc;
	sqlite3_bind_int(store->writes[W_FORGET], 1, store_past_since(past->day));
	sqlite3_bind_int(store->writes[W_FORGET], 2, PAST_ROWS_MAX);
	return store_run(store->writes[W_FORGET]);
}

static int commit_rows(struct store *store, const struct store_insert *inserts, size_t insert_count, uint64_t *handles,
		       const uint64_t *deletes, size_t delete_count, const struct store_past *past)
{
	struct faded faded = { .count = 0 };
	int rc = SQLITE_OK;

	assert(sqlite3_get_autocommit(store->entries.writer) == 0); /* all of it, or nothing */
	assert(!store->sync_failed);
	for (size_t i = 0; i < insert_count && rc == SQLITE_OK; i++)
		rc = insert_one(store, &inserts[i], &handles[i]);
	if (past && rc == SQLITE_OK)
		rc = keep_past(store, past);
	for (size_t i = 0; i < delete_count && rc == SQLITE_OK; i++)
		rc = delete_one(store, deletes[i], &faded);
	return rc == SQLITE_OK ? drop_faded(store, &faded) : rc;
}

/* Whatever went wrong, the transaction must be gone, and with it the numbers of authors that were new in it. */
void store_roll_back(struct store *store, int rc)
{
	assert(rc != SQLITE_OK);
	if (sqlite3_get_autocommit(store->entries.writer) == 0)
		(void)sqlite3_exec(store->entries.writer, "ROLLBACK", NULL, NULL, NULL);
	assert(sqlite3_get_autocommit(store->settings.writer) != 0); /* a setting is one statement */
	memset(store->authors, 0, sizeof store->authors);
	if (rc == SQLITE_IOERR_FSYNC || rc == SQLITE_IOERR_DIR_FSYNC)
		store->sync_failed = true;
}

enum store_rc store_commit(struct store *store, struct store_insert *inserts, size_t insert_count,
			   const uint64_t *deletes, size_t delete_count, const struct store_past *past)
{
	uint64_t *handles;
	int rc = SQLITE_IOERR;

	assert(insert_count == 0 || inserts != NULL);
	assert(delete_count == 0 || deletes != NULL);
	if (insert_count == 0 && delete_count == 0)
		return STORE_OK;
	handles = calloc(insert_count + 1, sizeof *handles);
	if (handles == NULL)
		return STORE_E_IO;
	pthread_mutex_lock(&store->writer_mutex);
	if (!store->sync_failed) {
		rc = sqlite3_exec(store->entries.writer, "BEGIN IMMEDIATE", NULL, NULL, NULL);
		if (rc == SQLITE_OK)
			rc = commit_rows(store, inserts, insert_count, handles, deletes, delete_count, past);
		if (rc == SQLITE_OK)
			rc = sqlite3_exec(store->entries.writer, "COMMIT", NULL, NULL, NULL);
		if (rc != SQLITE_OK)
			store_roll_back(store, rc);
	}
	pthread_mutex_unlock(&store->writer_mutex);
	for (size_t i = 0; i < insert_count && rc == SQLITE_OK; i++)
		inserts[i].handle = handles[i];
	free(handles);
	return store_rc_of_write(rc);
}

enum store_rc store_each(struct store *store, store_row_cb cb, void *user)
{
	enum store_rc result = STORE_OK;
	bool more = true;

	pthread_mutex_lock(&store->reader_mutex);
	assert(!sqlite3_stmt_busy(store->reads[R_EACH]));
	store->left_out = 0;
	while (more && result == STORE_OK) {
		sqlite3_stmt *query = store->reads[R_EACH];
		int rc = sqlite3_step(query);
		struct view bytes;
		struct public_key author;

		if (rc != SQLITE_ROW) {
			result = store_rc_of(rc);
			break;
		}
		bytes = (struct view){ .data = sqlite3_column_blob(query, 1),
				       .size = (size_t)sqlite3_column_bytes(query, 1) };
		if (!entry_size_is_legal(bytes.size) || sqlite3_column_bytes(query, 2) != sizeof author) {
			store->left_out++;
			continue;
		}
		memcpy(author.bytes, sqlite3_column_blob(query, 2), sizeof author.bytes);
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
	assert(!sqlite3_stmt_busy(query));
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
	assert(!sqlite3_stmt_busy(query));
	rc = sqlite3_step(query);
	if (rc == SQLITE_ROW) {
		*rows = (uint64_t)sqlite3_column_int64(query, 0);
		*authors = (uint64_t)sqlite3_column_int64(query, 1);
	}
	sqlite3_reset(query);
	pthread_mutex_unlock(&store->reader_mutex);
	return store_rc_of(rc);
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
	assert(!sqlite3_stmt_busy(query));
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
		result = store_rc_of(rc);
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
	assert(store->is_loading == (which == R_END)); /* not nested */
	store->is_loading = which == R_BEGIN;
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

/* The database and its log. */
static uint64_t size_of(const struct store_db *db)
{
	char log_path[STORE_PATH_SIZE + 4];
	struct stat status;
	uint64_t size = 0;
	int length = snprintf(log_path, sizeof log_path, "%s-wal", db->path);

	assert(length > 0 && length < (int)sizeof log_path);
	if (stat(db->path, &status) == 0)
		size += (uint64_t)status.st_size;
	if (stat(log_path, &status) == 0)
		size += (uint64_t)status.st_size;
	return size;
}

uint64_t store_size(struct store *store)
{
	return size_of(&store->entries) + size_of(&store->settings);
}
