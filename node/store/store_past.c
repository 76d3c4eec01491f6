/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Versions that a newer one replaced, for who wants to know who said what, and for whoever takes his own word back. They left
 * the set: nobody else hears of them, and they go with the store. */
#include <assert.h>
#include <string.h>

#include "node/store/store_state.h"

void store_each_past(struct store *store, uint16_t day, store_past_cb cb, void *user)
{
	sqlite3_stmt *query = store->reads[R_PAST];
	bool more = true;

	pthread_mutex_lock(&store->reader_mutex);
	assert(!sqlite3_stmt_busy(query));
	sqlite3_bind_int(query, 1, store_past_since(day));
	while (more && sqlite3_step(query) == SQLITE_ROW) {
		struct view bytes = { .data = sqlite3_column_blob(query, 0),
				      .size = (size_t)sqlite3_column_bytes(query, 0) };
		struct public_key author;

		if (!entry_size_is_legal(bytes.size) || sqlite3_column_bytes(query, 1) != sizeof author)
			continue;
		memcpy(author.bytes, sqlite3_column_blob(query, 1), sizeof author.bytes);
		more = cb(user, bytes, &author);
	}
	sqlite3_reset(query);
	pthread_mutex_unlock(&store->reader_mutex);
}
