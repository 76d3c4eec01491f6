/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A folder of its own for a store on real files: *state is its path. */
#ifndef AIDMESH_TESTS_STORE_FOLDER_H
#define AIDMESH_TESTS_STORE_FOLDER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/store/store.h"

enum { PATH_SIZE = 128 };

static inline void path_of(char path[PATH_SIZE], const char *folder, const char *name)
{
	snprintf(path, PATH_SIZE, "%s/%s", folder, name);
}

/* Those whose names begin so. */
static inline void lose(const char *folder, const char *beginning)
{
	static const char *const FILES[] = { "entries.db",      "entries.db-wal",  "entries.db-shm", "settings.db",
					     "settings.db-wal", "settings.db-shm", "lock",           "identity.key",
					     "identity.old",    "identity.other",  "identity.saved" };
	char path[PATH_SIZE];

	for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
		path_of(path, folder, FILES[i]);
		if (strncmp(FILES[i], beginning, strlen(beginning)) == 0)
			unlink(path);
	}
}

static inline int folder_setup(void **state)
{
	char *folder = strdup("/tmp/aidmesh-store-XXXXXX");

	*state = folder;
	return folder != NULL && mkdtemp(folder) != NULL ? 0 : -1;
}

static inline int folder_teardown(void **state)
{
	lose(*state, "");
	rmdir(*state);
	free(*state);
	return 0;
}

static inline struct store *open_store(const char *folder)
{
	struct reason why = { "" };
	struct store *store;

	if (store_open(&store, &why, folder) != STORE_OK)
		fail_msg("%s", why.text);
	return store;
}

#endif
