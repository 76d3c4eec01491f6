/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "node/store/backup.h"
#include "node/store/backup_state.h"
#include "node/store/owner.h"
#include "node/store/sealed_file.h"
#include "node/store/store_state.h"
#include "node/system/folder.h"

static const char UNPACKED[] = "restored", BEFORE[] = "before-restore";

static void path_in(char path[BACKUP_PATH_SIZE], const char *folder, const char *sub, const char *name)
{
	snprintf(path, BACKUP_PATH_SIZE, "%s/%s%s%s", folder, sub, name[0] != '\0' ? "/" : "", name);
}

static int fail(struct reason *why, const char *what, const char *path)
{
	reason_set(why, "cannot %s %.140s: %s", what, path, strerror(errno));
	return -1;
}

/* Unpacked, and looked at as at a start. */

static uint64_t get_u64(const uint8_t *at)
{
	uint64_t value = 0;

	for (int i = 7; i >= 0; i--)
		value = value << 8 | at[i];
	return value;
}

/* What a cut restore or an earlier refusal left. SQLite's own files beside a database go with it. */
static void clear_unpacked(const char *folder)
{
	static const char *const ENDINGS[] = { "", "-wal", "-shm", ".new" };
	char path[BACKUP_PATH_SIZE], name[64];

	for (size_t i = 0; i < BACKUP_FILES_COUNT; i++)
		for (size_t j = 0; j < sizeof ENDINGS / sizeof *ENDINGS; j++) {
			snprintf(name, sizeof name, "%s%s", BACKUP_FILES[i].name, ENDINGS[j]);
			path_in(path, folder, UNPACKED, name);
			(void)unlink(path);
		}
	path_in(path, folder, UNPACKED, "lock");
	(void)unlink(path);
	path_in(path, folder, UNPACKED, "");
	(void)rmdir(path);
}

static int unpack(struct reason *why, const char *unpacked, const uint8_t *clear, size_t size)
{
	size_t at = 0;

	while (size - at >= BACKUP_HEAD_SIZE) {
		size_t file = clear[at];
		uint64_t length = get_u64(clear + at + 1);

		at += BACKUP_HEAD_SIZE;
		if (file >= BACKUP_FILES_COUNT || length > size - at)
			break;
		if (folder_write_file(unpacked, BACKUP_FILES[file].name, clear + at, (size_t)length) != 0)
			return fail(why, "write in", unpacked);
		at += (size_t)length;
	}
	if (at == size)
		return 0;
	reason_set(why, "this backup was written by a later aidmesh: install that one first");
	return -1;
}

/* The key fits the entries, the pages hang together, and this program knows their versions. From now on it is marked. */
static int look_at(struct reason *why, const char *unpacked)
{
	struct store *store;
	struct identity identity = { .secret_key = NULL };
	struct owner owner;
	int rc = -1;

	if (!identity_is_there(unpacked)) {
		reason_set(why, "there is no key in this backup");
		return -1;
	}
	if (store_open(&store, why, unpacked) != STORE_OK)
		return -1;
	if (owner_open(&owner, &identity, why, store, unpacked) == 0) {
		if (owner.state == OWNER_KEY_MISSING || owner.state == OWNER_OTHERS)
			reason_set(why, "the key in this backup is not the one that its entries were written with");
		else if (owner_mark_restored(store) != STORE_OK)
			reason_set(why, "the card fails or is full: free some space or change it");
		else
			rc = 0;
	}
	identity_close(&identity);
	store_close(store);
	return rc;
}

/* In place. */

static int rename_file(struct reason *why, const char *from, const char *to)
{
	return rename(from, to) == 0 || errno == ENOENT ? 0 : fail(why, "rename", from);
}

/* One file and what SQLite keeps beside it. What is there already is of the restore that was cut: then it stays. */
static int put_aside(struct reason *why, const char *folder, const char *name)
{
	static const char *const ENDINGS[] = { "-wal", "-shm", "" };
	char from[BACKUP_PATH_SIZE], to[BACKUP_PATH_SIZE], whole[64];

	for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++) {
		snprintf(whole, sizeof whole, "%s%s", name, ENDINGS[i]);
		snprintf(from, sizeof from, "%s/%s", folder, whole);
		path_in(to, folder, BEFORE, whole);
		if (access(to, F_OK) == 0 ? unlink(from) != 0 && errno != ENOENT : rename_file(why, from, to) != 0)
			return fail(why, "rename", from);
	}
	return 0;
}

static int make_aside(struct reason *why, const char *folder)
{
	char before[BACKUP_PATH_SIZE];

	path_in(before, folder, BEFORE, "");
	(void)rmdir(before); /* of a restore that put nothing aside */
	if (identity_is_there(folder) && access(before, F_OK) == 0) {
		reason_set(why, "%.140s holds another node already, from an earlier restore: move it away first",
			   before);
		return -1;
	}
	return mkdir(before, 0700) == 0 || errno == EEXIST ? 0 : fail(why, "make", before);
}

static int sync_both(struct reason *why, const char *folder)
{
	char before[BACKUP_PATH_SIZE];

	path_in(before, folder, BEFORE, "");
	return folder_sync(before) == 0 && folder_sync(folder) == 0 ? 0 : fail(why, "write in", folder);
}

static int put_in_place(struct reason *why, const char *folder, const char *name)
{
	char from[BACKUP_PATH_SIZE], to[BACKUP_PATH_SIZE];

	path_in(from, folder, UNPACKED, name);
	snprintf(to, sizeof to, "%s/%s", folder, name);
	return rename_file(why, from, to);
}

/* The key goes first and comes last: without it nothing is written here. Between the two one database always says that there is an
 * owner, so that no key is made. */
static int exchange(struct reason *why, const char *folder)
{
	const char *key = BACKUP_FILES[BACKUP_FILES_COUNT - 1].name;

	if (make_aside(why, folder) != 0 || put_aside(why, folder, key) != 0 || sync_both(why, folder) != 0)
		return -1;
	for (size_t i = 0; i + 1 < BACKUP_FILES_COUNT; i++)
		if (put_aside(why, folder, BACKUP_FILES[i].name) != 0 ||
		    put_in_place(why, folder, BACKUP_FILES[i].name) != 0)
			return -1;
	if (sync_both(why, folder) != 0 || put_in_place(why, folder, key) != 0)
		return -1;
	return sync_both(why, folder);
}

static int open_sealed(struct reason *why, uint8_t **clear, size_t *clear_size, const uint8_t *file, size_t size,
		       const char *passphrase)
{
	switch (sealed_open(clear, clear_size, file, size, passphrase)) {
	case SEALED_OK:
		return 0;
	case SEALED_E_OTHER:
		reason_set(why, "this is no backup of aidmesh, or one of a later aidmesh");
		break;
	case SEALED_E_WRONG:
		reason_set(why, "it does not open: the passphrase is another one, or the file was damaged or cut off");
		break;
	case SEALED_E_MEMORY:
		reason_set(why, "there is not enough memory to open the backup: stop other programs first");
		break;
	}
	return -1;
}

static int restore_locked(struct reason *why, const char *folder, const uint8_t *file, size_t size,
			  const char *passphrase)
{
	char unpacked[BACKUP_PATH_SIZE];
	uint8_t *clear;
	size_t clear_size;
	int rc = -1;

	if (open_sealed(why, &clear, &clear_size, file, size, passphrase) != 0)
		return -1;
	clear_unpacked(folder);
	path_in(unpacked, folder, UNPACKED, "");
	if (mkdir(unpacked, 0700) != 0)
		(void)fail(why, "make", unpacked);
	else
		rc = unpack(why, unpacked, clear, clear_size);
	sodium_memzero(clear, clear_size);
	free(clear);
	if (rc == 0)
		rc = look_at(why, unpacked);
	if (rc == 0)
		rc = exchange(why, folder);
	clear_unpacked(folder);
	return rc;
}

int backup_restore(struct reason *why, const char *folder, const uint8_t *file, size_t size, const char *passphrase)
{
	int lock_fd = -1, rc = -1;

	if (store_lock(&lock_fd, why, folder) == STORE_OK)
		rc = restore_locked(why, folder, file, size, passphrase);
	if (lock_fd >= 0)
		close(lock_fd);
	return rc;
}
