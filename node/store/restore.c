/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/store/restore.h"

#include <assert.h>
#include <stdlib.h>

/* Where the rows may be more than there is room for, in two passes: what this node said itself comes first, and must find
 * room. */
struct restoring {
	const struct restore_to *to;
	const struct public_key *own;
	enum { RESTORE_ALL, RESTORE_OWN, RESTORE_OTHERS } pass;
	uint32_t own_without_room, others_without_room; /* they stay on disk, for a start with more room */
	uint64_t *gone;                                 /* rows that no longer stand */
	size_t gone_count, gone_room;
};

/* A row that finds no memory here is met again at the next start. */
static void collect_drops(struct restoring *r)
{
	struct sync_drop drop;

	while (sync_next_drop(r->to->sync, &drop)) {
		(void)picture_drop(r->to->picture, &drop.id);
		if (r->gone_count == r->gone_room) {
			size_t room = r->gone_room ? 2 * r->gone_room : 64;
			uint64_t *grown = realloc(r->gone, room * sizeof *grown);

			if (grown == NULL)
				continue;
			r->gone = grown;
			r->gone_room = room;
		}
		assert(r->gone_count < r->gone_room);
		r->gone[r->gone_count++] = drop.handle;
	}
}

static bool restore_row(void *user, uint64_t handle, struct view bytes, const struct public_key *author)
{
	struct restoring *r = user;
	const struct restore_to *to = r->to;
	bool is_own = public_key_equal(author, r->own);
	struct entry_id id;
	enum sync_rc rc;

	if (r->pass != RESTORE_ALL && is_own != (r->pass == RESTORE_OWN))
		return true;
	rc = sync_restore(to->sync, &id, handle, bytes, author);
	if (rc == SYNC_OK) {
		picture_put(to->picture, bytes, &id, author);
		if (!is_own)
			walk_restored(to->walk, handle);
	} else if (rc == SYNC_E_FULL && is_own) {
		r->own_without_room++;
	} else if (rc == SYNC_E_FULL) {
		r->others_without_room++;
	}
	collect_drops(r);
	return true;
}

static enum store_rc each_row(struct restoring *r)
{
	uint64_t rows, authors;
	enum store_rc rc = store_totals(r->to->store, &rows, &authors);

	if (rc == STORE_OK && rows <= r->to->entries_max && authors <= r->to->authors_max)
		return store_each(r->to->store, restore_row, r);
	assert(r->pass == RESTORE_ALL);
	r->pass = RESTORE_OWN;
	if (rc == STORE_OK)
		rc = store_each(r->to->store, restore_row, r);
	r->pass = RESTORE_OTHERS;
	return rc == STORE_OK ? store_each(r->to->store, restore_row, r) : rc;
}

static void say_what_was_left_out(const struct restoring *r)
{
	const struct restore_to *to = r->to;
	uint64_t damaged = store_left_out(to->store);

	if (damaged)
		log_write(to->log, LOG_WARNING, "%llu rows in the store are damaged and left out",
			  (unsigned long long)damaged);
	if (r->others_without_room)
		log_write(to->log, LOG_WARNING,
			  "%u entries of others find no room and wait on disk: raise [node] entries (%u; authors: %u)",
			  r->others_without_room, to->entries_max, to->authors_max);
	if (r->gone_count && store_commit(to->store, NULL, 0, r->gone, r->gone_count, NULL) != STORE_OK)
		log_write(to->log, LOG_WARNING, "%zu old rows cannot be deleted: is the card full?", r->gone_count);
}

enum restore_rc restore_rows(const struct restore_to *to, const struct public_key *own)
{
	struct restoring r = { .to = to, .own = own, .pass = RESTORE_ALL };
	enum store_rc rc;

	walk_init(to->walk, to->store);
	rc = each_row(&r);
	if (rc == STORE_OK)
		say_what_was_left_out(&r);
	free(r.gone);
	if (rc != STORE_OK)
		return RESTORE_E_STORE;
	return r.own_without_room ? RESTORE_E_ROOM : RESTORE_OK;
}
