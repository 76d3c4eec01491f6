/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is kept beside the entries, in a file of its own: entries come back from neighbours, settings do not. */
#include "node/store/store.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

#include "node/store/store_state.h"

static const char OWNER_SETTING[] = "owner";

enum store_rc store_set(struct store *store, const char *key, const char *value)
{
	int rc = SQLITE_IOERR;

	assert(key[0] != '\0');
	pthread_mutex_lock(&store->writer_mutex);
	if (!store->sync_failed) {
		sqlite3_stmt *query = store->setters[value != NULL ? SET_ONE : SET_NONE];

		sqlite3_bind_text(query, 1, key, -1, SQLITE_STATIC);
		if (value != NULL)
			sqlite3_bind_text(query, 2, value, -1, SQLITE_STATIC);
		rc = store_run(query);
		if (rc != SQLITE_OK)
			store_roll_back(store, rc);
	}
	pthread_mutex_unlock(&store->writer_mutex);
	return store_rc_of_write(rc);
}

bool store_get(struct store *store, const char *key, char *value, size_t size)
{
	sqlite3_stmt *query = store->getters[GET_ONE];
	bool found = false;

	assert(size > 0);
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
	sqlite3_stmt *query = store->getters[GET_EACH];

	assert(prefix[0] != '\0');
	pthread_mutex_lock(&store->reader_mutex);
	sqlite3_bind_text(query, 1, prefix, -1, SQLITE_STATIC);
	while (sqlite3_step(query) == SQLITE_ROW)
		if (!cb(user, (const char *)sqlite3_column_text(query, 0), (const char *)sqlite3_column_text(query, 1)))
			break;
	sqlite3_reset(query);
	pthread_mutex_unlock(&store->reader_mutex);
}

/* Whose it is. */

static bool owner_of_entries(struct store *store, struct public_key *owner)
{
	sqlite3_stmt *query = store->reads[R_OWNER];
	bool found;

	pthread_mutex_lock(&store->reader_mutex);
	found = sqlite3_step(query) == SQLITE_ROW && sqlite3_column_bytes(query, 0) == sizeof owner->bytes;
	if (found)
		memcpy(owner->bytes, sqlite3_column_blob(query, 0), sizeof owner->bytes);
	sqlite3_reset(query);
	pthread_mutex_unlock(&store->reader_mutex);
	return found;
}

bool store_owner(struct store *store, enum store_file file, struct public_key *owner)
{
	char text[2 * sizeof owner->bytes + 1];
	struct public_key read;
	size_t size;

	if (file == STORE_ENTRIES)
		return owner_of_entries(store, owner);
	if (!store_get(store, OWNER_SETTING, text, sizeof text) ||
	    sodium_hex2bin(read.bytes, sizeof read.bytes, text, strlen(text), NULL, &size, NULL) != 0 ||
	    size != sizeof read.bytes)
		return false;
	*owner = read;
	return true;
}

enum store_rc store_own(struct store *store, const struct public_key *owner)
{
	char text[2 * sizeof owner->bytes + 1];
	int rc = SQLITE_IOERR;

	pthread_mutex_lock(&store->writer_mutex);
	if (!store->sync_failed) {
		sqlite3_bind_blob(store->writes[W_OWN], 1, owner->bytes, sizeof owner->bytes, SQLITE_STATIC);
		rc = store_run(store->writes[W_OWN]);
		if (rc != SQLITE_OK)
			store_roll_back(store, rc);
	}
	pthread_mutex_unlock(&store->writer_mutex);
	if (rc != SQLITE_OK)
		return store_rc_of_write(rc);
	sodium_bin2hex(text, sizeof text, owner->bytes, sizeof owner->bytes);
	return store_set(store, OWNER_SETTING, text);
}

bool store_has_author(struct store *store, const struct public_key *author)
{
	sqlite3_stmt *query = store->reads[R_AUTHOR];
	bool found;

	pthread_mutex_lock(&store->reader_mutex);
	sqlite3_bind_blob(query, 1, author->bytes, sizeof author->bytes, SQLITE_STATIC);
	found = sqlite3_step(query) == SQLITE_ROW;
	sqlite3_reset(query);
	sqlite3_clear_bindings(query);
	pthread_mutex_unlock(&store->reader_mutex);
	return found;
}
