/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/setup/household_key.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "node/settings/config.h"
#include "node/system/folder.h"
#include "proto/text.h"

/* The file: magic 8 || public half 32 || salt 16 || nonce 24 || secretbox of the secret half 48 || BLAKE2b-128 of all before it. */
enum {
	MAGIC_SIZE = 8,
	PUBLIC_AT = MAGIC_SIZE,
	SALT_AT = PUBLIC_AT + crypto_box_PUBLICKEYBYTES,
	NONCE_AT = SALT_AT + crypto_pwhash_argon2id_SALTBYTES,
	WRAPPED_AT = NONCE_AT + crypto_secretbox_NONCEBYTES,
	CHECK_AT = WRAPPED_AT + crypto_secretbox_MACBYTES + crypto_box_SECRETKEYBYTES,
	CHECK_SIZE = crypto_generichash_BYTES_MIN,
	FILE_SIZE = CHECK_AT + CHECK_SIZE,
	MEMORY = 64 * 1024 * 1024,
	PASSES = 4,
};

static const uint8_t MAGIC[MAGIC_SIZE] = { 'A', 'I', 'D', 'H', 'O', 'U', '1', '\n' };
static const char FILE_NAME[] = "households.key";

static_assert(crypto_box_PUBLICKEYBYTES == 32 && crypto_box_SECRETKEYBYTES == 32, "as household_key.h has them");

static void check_of(uint8_t check[CHECK_SIZE], const uint8_t *file)
{
	crypto_generichash(check, CHECK_SIZE, file, CHECK_AT, NULL, 0);
}

/* The bytes of the file; -1 and errno, ENOENT where there is none, EBADMSG where it is damaged. */
static int read_file(uint8_t file[FILE_SIZE], const char *folder)
{
	char path[CONFIG_PATH_SIZE + sizeof FILE_NAME];
	uint8_t check[CHECK_SIZE], more;
	FILE *in;
	bool ok;

	snprintf(path, sizeof path, "%s/%s", folder, FILE_NAME);
	in = fopen(path, "re");
	if (in == NULL)
		return -1;
	ok = fread(file, 1, FILE_SIZE, in) == FILE_SIZE && fread(&more, 1, 1, in) == 0;
	fclose(in);
	check_of(check, file);
	if (ok && memcmp(file, MAGIC, MAGIC_SIZE) == 0 && memcmp(file + CHECK_AT, check, CHECK_SIZE) == 0)
		return 0;
	errno = EBADMSG;
	return -1;
}

int household_key_open(struct household_key *key, struct reason *why, const char *folder)
{
	uint8_t file[FILE_SIZE] = { 0 };

	if (read_file(file, folder) == 0) {
		if (!key->is_set || memcmp(key->public_half, file + PUBLIC_AT, sizeof key->public_half) != 0)
			household_key_lock(key);
		key->is_set = true;
		memcpy(key->public_half, file + PUBLIC_AT, sizeof key->public_half);
		return 0;
	}
	household_key_lock(key);
	*key = (struct household_key){ .is_set = false };
	if (errno == ENOENT)
		return 0;
	reason_set(why,
		   "%.150s/%s %s: restore it from a copy; or move it away, and the households that were sealed with it "
		   "are lost",
		   folder, FILE_NAME, errno == EBADMSG ? "is damaged" : "cannot be read");
	return -1;
}

void household_key_lock(struct household_key *key)
{
	sodium_free(key->secret_half); /* wipes, and takes NULL */
	key->secret_half = NULL;
}

bool household_key_is_fine(const char *passphrase)
{
	struct view rest = { (const uint8_t *)passphrase, strlen(passphrase) };
	size_t letters = 0;

	if (rest.size >= PASSPHRASE_SIZE || !text_is_clean(rest))
		return false;
	while (rest.size > 0 && text_next(&rest) >= 0)
		letters++;
	return rest.size == 0 && letters >= PASSPHRASE_LETTERS_MIN;
}

static bool key_of(uint8_t out[crypto_secretbox_KEYBYTES], const char *passphrase, const uint8_t *salt)
{
	return crypto_pwhash(out, crypto_secretbox_KEYBYTES, passphrase, strlen(passphrase), salt, PASSES, MEMORY,
			     crypto_pwhash_ALG_ARGON2ID13) == 0;
}

/* The pair of an open key, wrapped. */
static enum household_key_rc write_wrapped(const struct household_key *key, const char *folder, const char *passphrase)
{
	uint8_t file[FILE_SIZE], wrap[crypto_secretbox_KEYBYTES];

	memcpy(file, MAGIC, MAGIC_SIZE);
	memcpy(file + PUBLIC_AT, key->public_half, sizeof key->public_half);
	randombytes_buf(file + SALT_AT, WRAPPED_AT - SALT_AT);
	if (!key_of(wrap, passphrase, file + SALT_AT))
		return HOUSEHOLD_KEY_MEMORY;
	crypto_secretbox_easy(file + WRAPPED_AT, key->secret_half, crypto_box_SECRETKEYBYTES, file + NONCE_AT, wrap);
	sodium_memzero(wrap, sizeof wrap);
	check_of(file + CHECK_AT, file);
	return folder_write_file(folder, FILE_NAME, file, FILE_SIZE) == 0 ? HOUSEHOLD_KEY_OK : HOUSEHOLD_KEY_FILE;
}

enum household_key_rc household_key_make(struct household_key *key, const char *folder, const char *passphrase)
{
	struct household_key made = { .is_set = true, .secret_half = sodium_malloc(crypto_box_SECRETKEYBYTES) };
	enum household_key_rc rc;

	assert(household_key_is_fine(passphrase));
	if (made.secret_half == NULL)
		return HOUSEHOLD_KEY_MEMORY;
	crypto_box_keypair(made.public_half, made.secret_half);
	rc = write_wrapped(&made, folder, passphrase);
	if (rc != HOUSEHOLD_KEY_OK) {
		household_key_lock(&made);
		return rc;
	}
	household_key_lock(key);
	*key = made;
	return HOUSEHOLD_KEY_OK;
}

enum household_key_rc household_key_unlock(struct household_key *key, const char *folder, const char *passphrase)
{
	uint8_t file[FILE_SIZE] = { 0 }, wrap[crypto_secretbox_KEYBYTES];
	uint8_t *secret;
	bool ok;

	if (read_file(file, folder) != 0)
		return HOUSEHOLD_KEY_FILE;
	secret = sodium_malloc(crypto_box_SECRETKEYBYTES);
	if (secret == NULL || !key_of(wrap, passphrase, file + SALT_AT)) {
		sodium_free(secret);
		return HOUSEHOLD_KEY_MEMORY;
	}
	ok = crypto_secretbox_open_easy(secret, file + WRAPPED_AT, CHECK_AT - WRAPPED_AT, file + NONCE_AT, wrap) == 0;
	sodium_memzero(wrap, sizeof wrap);
	if (!ok) {
		sodium_free(secret);
		return HOUSEHOLD_KEY_WRONG;
	}
	household_key_lock(key);
	*key = (struct household_key){ .is_set = true, .secret_half = secret };
	memcpy(key->public_half, file + PUBLIC_AT, sizeof key->public_half);
	return HOUSEHOLD_KEY_OK;
}

enum household_key_rc household_key_change(const struct household_key *key, const char *folder, const char *passphrase)
{
	assert(key->secret_half != NULL && household_key_is_fine(passphrase));
	return write_wrapped(key, folder, passphrase);
}

enum household_key_rc household_key_remove(struct household_key *key, const char *folder)
{
	static const uint8_t nothing[FILE_SIZE];
	char path[CONFIG_PATH_SIZE + sizeof FILE_NAME];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, FILE_NAME);
	file = fopen(path, "r+e");
	if (file != NULL) {
		(void)!fwrite(nothing, 1, sizeof nothing, file); /* removed all the same */
		(void)fflush(file);
		(void)fsync(fileno(file));
		fclose(file);
	}
	if ((unlink(path) != 0 && errno != ENOENT) || folder_sync(folder) != 0)
		return HOUSEHOLD_KEY_FILE;
	household_key_lock(key);
	*key = (struct household_key){ .is_set = false };
	return HOUSEHOLD_KEY_OK;
}
