/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/store/walk.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

static const char SETTING[] = "walk";

void walk_init(struct walk *walk, struct store *store)
{
	char text[COMMIT_SETTING_SIZE];
	struct walk noted = { .since = 0 };

	*walk = noted;
	if (store_get(store, SETTING, text, sizeof text) &&
	    sscanf(text, "%" SCNd64 " %" SCNu64, &noted.since, &noted.after) == 2)
		*walk = noted;
}

void walk_restored(struct walk *walk, uint64_t handle)
{
	walk->entries_in += walk->since != 0 && handle > walk->after;
}

void walk_begin(struct walk *walk, struct store *store, struct commit *commit, int64_t unix_now)
{
	char text[COMMIT_SETTING_SIZE];
	int length;

	*walk = (struct walk){ .since = unix_now, .after = store_newest(store) };
	length = snprintf(text, sizeof text, "%" PRId64 " %" PRIu64, walk->since, walk->after);
	assert(length < (int)sizeof text);
	commit_set(commit, SETTING, text);
	commit_start(commit);
}
