/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/store/identity.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/system/folder.h"

/* The file: magic 8 || Ed25519 seed 32 || X25519 secret 32 || BLAKE2b-128 of what stands before it. */
enum {
	MAGIC_SIZE = 8,
	SEED_AT = MAGIC_SIZE,
	SEALING_AT = SEED_AT + crypto_sign_SEEDBYTES,
	CHECK_AT = SEALING_AT + crypto_scalarmult_SCALARBYTES,
	CHECK_SIZE = 16,
	FILE_SIZE = CHECK_AT + CHECK_SIZE,
	PATH_SIZE = 512,
};

static const uint8_t magic[MAGIC_SIZE] = { 'A', 'I', 'D', 'K', 'E', 'Y', '1', '\n' };

static_assert(crypto_sign_PUBLICKEYBYTES == sizeof(((struct identity *)0)->key.bytes), "an author's key is Ed25519");
static_assert(crypto_scalarmult_BYTES == sizeof(((struct identity *)0)->sealing_key), "a sealing key is X25519");

static void check_of(uint8_t check[CHECK_SIZE], const uint8_t *file)
{
	crypto_generichash(check, CHECK_SIZE, file, CHECK_AT, NULL, 0);
}

static enum identity_rc file_error(struct reason *why, const char *verb, const char *path)
{
	reason_set(why, "cannot %s %.130s: %s", verb, path, strerror(errno));
	return IDENTITY_E_FILE;
}

/* Reads until `size` bytes are there or the file ends. */
static ssize_t read_whole(int fd, uint8_t *out, size_t size)
{
	size_t have = 0;

	while (have < size) {
		ssize_t got = read(fd, out + have, size - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	assert(have <= size);
	return (ssize_t)have;
}

static enum identity_rc load_file(uint8_t *file, struct reason *why, const char *path, int fd)
{
	uint8_t check[CHECK_SIZE];
	struct stat status;
	ssize_t got;

	if (fstat(fd, &status) != 0)
		return file_error(why, "read", path);
	if ((status.st_mode & 077) != 0) {
		reason_set(why, "others can read the key: chmod 600 %.130s", path);
		return IDENTITY_E_MODE;
	}
	got = read_whole(fd, file, FILE_SIZE);
	if (got < 0)
		return file_error(why, "read", path);
	check_of(check, file);
	if (got != FILE_SIZE || status.st_size != FILE_SIZE || memcmp(file, magic, MAGIC_SIZE) != 0 ||
	    memcmp(file + CHECK_AT, check, CHECK_SIZE) != 0) {
		reason_set(why,
			   "%.90s is damaged: restore it from a copy; or move it away, start again, and begin anew: "
			   "aidmesh renew",
			   path);
		return IDENTITY_E_DAMAGED;
	}
	return IDENTITY_OK;
}

static enum identity_rc make_file(uint8_t *file, struct reason *why, const char *path, const char *folder)
{
	const char *name = strrchr(path, '/') + 1;

	memcpy(file, magic, MAGIC_SIZE);
	randombytes_buf(file + SEED_AT, CHECK_AT - SEED_AT);
	check_of(file + CHECK_AT, file);
	return folder_write_file(folder, name, file, FILE_SIZE) == 0 ? IDENTITY_OK : file_error(why, "write", path);
}

/* The public halves follow from the secret ones. */
static void derive(struct identity *identity, const uint8_t *file)
{
	assert(memcmp(file, magic, MAGIC_SIZE) == 0); /* loaded or made, and whole */
	crypto_sign_seed_keypair(identity->key.bytes, identity->secret_key, file + SEED_AT);
	memcpy(identity->sealing_secret, file + SEALING_AT, crypto_scalarmult_SCALARBYTES);
	crypto_scalarmult_base(identity->sealing_key, identity->sealing_secret);
}

static bool path_of(char path[PATH_SIZE], const char *folder, const char *name)
{
	return snprintf(path, PATH_SIZE, "%s/%s", folder, name) < PATH_SIZE;
}

/* The file's bytes into `file`: loaded, or where there is none made or not. */
static enum identity_rc read_or_make(uint8_t *file, struct reason *why, const char *path, const char *make_in)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum identity_rc rc;

	if (fd < 0)
		return errno == ENOENT && make_in != NULL ? make_file(file, why, path, make_in)
							  : file_error(why, "open", path);
	rc = load_file(file, why, path, fd);
	close(fd);
	return rc;
}

/* `make_in`: the folder in which it is made when there is none; NULL: it is not. */
static enum identity_rc open_file(struct identity *identity, struct reason *why, const char *path, const char *make_in)
{
	struct identity fresh = { .secret_key = NULL };
	uint8_t *file = sodium_malloc(FILE_SIZE);
	enum identity_rc rc = IDENTITY_E_FILE;

	fresh.secret_key = sodium_malloc(crypto_sign_SECRETKEYBYTES);
	fresh.sealing_secret = sodium_malloc(crypto_scalarmult_SCALARBYTES);
	if (file != NULL && fresh.secret_key != NULL && fresh.sealing_secret != NULL)
		rc = read_or_make(file, why, path, make_in);
	else
		reason_set(why, "there is no memory left for the keys");
	if (rc == IDENTITY_OK) {
		derive(&fresh, file);
		*identity = fresh;
		fresh = (struct identity){ .secret_key = NULL };
	}
	sodium_free(file);
	identity_close(&fresh);
	return rc;
}

enum identity_rc identity_open(struct identity *identity, struct reason *why, const char *folder)
{
	char path[PATH_SIZE];

	if (sodium_init() < 0 || !path_of(path, folder, "identity.key")) {
		reason_set(why, "the folder's path is too long, or the system has no random numbers");
		return IDENTITY_E_FILE;
	}
	return open_file(identity, why, path, folder);
}

bool identity_is_there(const char *folder)
{
	char path[PATH_SIZE];
	struct stat status;

	return path_of(path, folder, "identity.key") && lstat(path, &status) == 0;
}

static enum identity_rc change_name(struct reason *why, const char *folder, const char *from, const char *to)
{
	char path[PATH_SIZE], new_path[PATH_SIZE];

	if (!path_of(path, folder, from) || !path_of(new_path, folder, to)) {
		reason_set(why, "the folder's path is too long");
		return IDENTITY_E_FILE;
	}
	if (rename(path, new_path) != 0 && errno != ENOENT)
		return file_error(why, "rename", path);
	return folder_sync(folder) == 0 ? IDENTITY_OK : file_error(why, "rename", path);
}

enum identity_rc identity_put_away(struct reason *why, const char *folder)
{
	return change_name(why, folder, "identity.key", "identity.old");
}

enum identity_rc identity_keep_other(struct reason *why, const char *folder)
{
	return change_name(why, folder, "identity.old", "identity.other");
}

enum identity_rc identity_open_old(struct identity *old, const char *folder)
{
	char path[PATH_SIZE];
	struct reason why;

	return path_of(path, folder, "identity.old") ? open_file(old, &why, path, NULL) : IDENTITY_E_FILE;
}

enum identity_rc identity_destroy_old(struct reason *why, const char *folder)
{
	static const uint8_t nothing[FILE_SIZE];
	char path[PATH_SIZE];
	int fd;

	if (!path_of(path, folder, "identity.old"))
		return IDENTITY_OK; /* then it was never made */
	fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? IDENTITY_OK : file_error(why, "open", path);
	(void)folder_write_synced(fd, nothing, sizeof nothing); /* removed all the same */
	close(fd);
	if (unlink(path) != 0 || folder_sync(folder) != 0)
		return file_error(why, "remove", path);
	return IDENTITY_OK;
}

void identity_close(struct identity *identity)
{
	/* sodium_free wipes, and takes NULL. */
	sodium_free(identity->secret_key);
	sodium_free(identity->sealing_secret);
	*identity = (struct identity){ .secret_key = NULL };
}
