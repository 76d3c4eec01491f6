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

static void note(const struct walk *walk, struct commit *commit)
{
	char text[COMMIT_SETTING_SIZE];
	int length = snprintf(text, sizeof text, "%" PRId64 " %" PRIu64, walk->since, walk->after);

	assert(length < (int)sizeof text);
	commit_set(commit, SETTING, text);
}

void walk_begin(struct walk *walk, struct store *store, struct commit *commit, int64_t unix_now)
{
	*walk = (struct walk){ .since = unix_now, .after = store_newest(store) };
	note(walk, commit);
	commit_start(commit);
}

void walk_shift(struct walk *walk, struct commit *commit, int64_t seconds)
{
	if (walk->since == 0)
		return;
	walk->since += seconds;
	note(walk, commit);
}
