/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/store/backup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>
#include <sqlite3.h>

#include "node/store/backup_state.h"
#include "node/store/identity.h"
#include "node/store/sealed_file.h"

enum { BUSY_WAIT_MS = 5000, SMALL_FILE_MAX = 1024 * 1024 };

const struct backup_file BACKUP_FILES[BACKUP_FILES_COUNT] = {
	{ "settings.db", true, true },      { "entries.db", true, true },    { "answers.conf", false, false },
	{ "households.key", false, false }, { "identity.key", false, true },
};

/* What is gathered. */
struct pile {
	uint8_t *bytes;
	size_t size;
};

static void pile_fini(struct pile *pile)
{
	if (pile->bytes != NULL)
		sodium_memzero(pile->bytes, pile->size);
	free(pile->bytes);
}

/* Not by realloc, which would leave the earlier bytes behind. */
static int pile_add(struct pile *pile, struct reason *why, size_t file, const void *data, size_t size)
{
	struct pile grown = { .size = pile->size + BACKUP_HEAD_SIZE + size };
	uint8_t *at;

	if (grown.size > BACKUP_SIZE_MAX || (grown.bytes = malloc(grown.size)) == NULL) {
		reason_set(why, "there is not enough memory for all that this node has");
		return -1;
	}
	if (pile->size > 0)
		memcpy(grown.bytes, pile->bytes, pile->size);
	at = grown.bytes + pile->size;
	*at++ = (uint8_t)file;
	for (int i = 0; i < 8; i++)
		*at++ = (uint8_t)((uint64_t)size >> 8 * i);
	memcpy(at, data, size);
	pile_fini(pile);
	*pile = grown;
	return 0;
}

/* One moment of a database that others write: SQLite's own backup, into memory. */
static int snapshot(sqlite3 **memory, const char *path)
{
	sqlite3 *live = NULL;
	sqlite3_backup *copy;
	int rc = sqlite3_open_v2(path, &live, SQLITE_OPEN_READWRITE, NULL);

	*memory = NULL;
	if (rc == SQLITE_OK)
		rc = sqlite3_open(":memory:", memory);
	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(live, BUSY_WAIT_MS);
		copy = sqlite3_backup_init(*memory, "main", live, "main");
		if (copy != NULL)
			(void)sqlite3_backup_step(copy, -1);
		rc = copy != NULL ? sqlite3_backup_finish(copy) : sqlite3_errcode(*memory);
	}
	sqlite3_close(live);
	return rc;
}

static int add_database(struct pile *pile, struct reason *why, size_t file, const char *path)
{
	sqlite3 *memory;
	sqlite3_int64 size = 0;
	unsigned char *bytes = NULL;
	int rc = snapshot(&memory, path), added = -1;

	if (rc == SQLITE_OK)
		bytes = sqlite3_serialize(memory, "main", &size, 0);
	if (bytes != NULL)
		added = pile_add(pile, why, file, bytes, (size_t)size);
	else
		reason_set(
			why,
			"cannot read %.130s (%.40s): does a node keep its things there, and are you its user or root?",
			path, sqlite3_errstr(rc == SQLITE_OK ? SQLITE_NOMEM : rc));
	sqlite3_free(bytes);
	sqlite3_close(memory);
	return added;
}

static int add_small(struct pile *pile, struct reason *why, size_t file, const char *path)
{
	uint8_t *bytes = malloc(SMALL_FILE_MAX);
	FILE *in = bytes != NULL ? fopen(path, "re") : NULL;
	size_t got;
	int rc = -1;

	if (in == NULL && bytes != NULL && errno == ENOENT && !BACKUP_FILES[file].must_be) {
		free(bytes);
		return 0;
	}
	if (in == NULL) {
		reason_set(why, "cannot read %.150s: %s", path, strerror(errno));
	} else {
		got = fread(bytes, 1, SMALL_FILE_MAX, in);
		rc = pile_add(pile, why, file, bytes, got);
		sodium_memzero(bytes, got);
		fclose(in);
	}
	free(bytes);
	return rc;
}

/* Between two keys there is no moment to be kept. */
static bool is_renewing(struct reason *why, const char *folder)
{
	char path[BACKUP_PATH_SIZE];

	snprintf(path, sizeof path, "%s/identity.old", folder);
	if (access(path, F_OK) != 0)
		return false;
	reason_set(why, "this node is becoming another author: start it, and do this again when it has said so");
	return true;
}

static int gather(struct pile *pile, struct reason *why, const char *folder)
{
	char path[BACKUP_PATH_SIZE];
	int rc = is_renewing(why, folder) ? -1 : 0;

	for (size_t i = 0; i < BACKUP_FILES_COUNT && rc == 0; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, BACKUP_FILES[i].name);
		rc = BACKUP_FILES[i].is_database ? add_database(pile, why, i, path) : add_small(pile, why, i, path);
	}
	return rc;
}

int backup_make(uint8_t **file, size_t *size, struct reason *why, const char *folder, const char *passphrase)
{
	struct pile pile = { NULL, 0 };
	int rc = gather(&pile, why, folder);

	if (rc == 0 && sealed_make(file, size, pile.bytes, pile.size, passphrase) != SEALED_OK) {
		reason_set(why, "there is not enough memory to seal the backup: stop other programs first");
		rc = -1;
	}
	pile_fini(&pile);
	return rc;
}
