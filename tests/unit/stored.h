/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A node without links: a real store in a folder of its own, engine, picture and commits on a real loop. */
#ifndef AIDMESH_TESTS_STORED_H
#define AIDMESH_TESTS_STORED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/store/commit.h"

enum { STORED_ENTRIES_MAX = 1500, STORED_AUTHORS_MAX = 8, STORED_NOW_S = 2400 * EPOCH_S, STORED_FOLDER_SIZE = 64 };

struct stored {
	char folder[STORED_FOLDER_SIZE];
	uv_loop_t loop;
	struct store *store;
	void *memory;
	struct sync *sync;
	struct picture *picture;
	struct log log;
	struct commit *commit;
};

static inline enum sync_rc stored_load(void *ctx, uint64_t handle, struct view *bytes)
{
	struct stored *s = ctx;

	return store_load(s->store, handle, bytes) == STORE_OK ? SYNC_OK : SYNC_E_FULL;
}

/* The folder; then whatever is to be in it before stored_open. */
static inline void stored_begin(struct stored *s)
{
	strcpy(s->folder, "/tmp/aidmesh-stored-XXXXXX");
	assert_non_null(mkdtemp(s->folder));
}

static inline void stored_open(struct stored *s, const struct public_key *self, const struct commit_host *host)
{
	struct sync_config config = { .entries_max = STORED_ENTRIES_MAX,
				      .authors_max = STORED_AUTHORS_MAX,
				      .carriers_max = 1,
				      .changes_max = COMMIT_ENGINE_CHANGES,
				      .pending_max = 16 };
	struct sync_host sync_host = { .ctx = s, .load = stored_load };
	struct reason why = { "" };

	assert_int_equal(uv_loop_init(&s->loop), 0);
	assert_int_equal(store_open(&s->store, &why, s->folder), STORE_OK);
	s->memory = calloc(1, sync_footprint(&config));
	s->sync = sync_init(s->memory, sync_footprint(&config), &config, &sync_host);
	s->picture = picture_open(STORED_ENTRIES_MAX, STORED_AUTHORS_MAX, self);
	s->log = (struct log){ .level = LOG_ERROR, .fd = -1 };
	s->commit = commit_open(&s->loop, s->sync, s->store, s->picture, &s->log, host);
	assert_true(s->memory && s->sync && s->picture && s->commit);
	sync_tick(s->sync, 1, (struct node_time){ .wall_s = STORED_NOW_S, .quality = TIME_SET });
}

static inline void stored_close(struct stored *s)
{
	static const char *const files[] = { "entries.db",      "entries.db-wal",  "entries.db-shm", "settings.db",
					     "settings.db-wal", "settings.db-shm", "lock",           "identity.key" };
	char path[STORED_FOLDER_SIZE + 32];

	commit_close(s->commit);
	picture_close(s->picture);
	free(s->memory);
	store_close(s->store);
	assert_int_equal(uv_loop_close(&s->loop), 0);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		snprintf(path, sizeof path, "%s/%s", s->folder, files[i]);
		unlink(path);
	}
	rmdir(s->folder);
}

#endif
