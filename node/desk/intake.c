/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/desk/intake.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

/* A setting "intake.<number>": hexadecimal nonce || secretbox of the household, which always has the same size, so that
 * nothing follows from its length. */
enum {
	SEALED_SIZE = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + sizeof(struct household),
	VALUE_SIZE = 2 * SEALED_SIZE + 1,
	NAME_SIZE = 24,
};

static const char PREFIX[] = "intake.";

static void key_of(uint8_t key[crypto_secretbox_KEYBYTES], const struct identity *identity)
{
	static const char what[] = "aidmesh intake 1";

	crypto_generichash(key, crypto_secretbox_KEYBYTES, (const uint8_t *)what, sizeof what, identity->secret_key,
			   crypto_sign_SEEDBYTES);
}

static void name_of(char name[NAME_SIZE], uint32_t number)
{
	snprintf(name, NAME_SIZE, "%s%08" PRIx32, PREFIX, number);
}

enum store_rc intake_put(struct store *store, const struct identity *identity, uint32_t number,
			 const struct household *household)
{
	uint8_t key[crypto_secretbox_KEYBYTES], sealed[SEALED_SIZE];
	char name[NAME_SIZE], value[VALUE_SIZE];

	key_of(key, identity);
	randombytes_buf(sealed, crypto_secretbox_NONCEBYTES);
	crypto_secretbox_easy(sealed + crypto_secretbox_NONCEBYTES, (const uint8_t *)household, sizeof *household,
			      sealed, key);
	sodium_memzero(key, sizeof key);
	sodium_bin2hex(value, sizeof value, sealed, sizeof sealed);
	name_of(name, number);
	return store_set(store, name, value);
}

struct reading {
	uint8_t key[crypto_secretbox_KEYBYTES];
	intake_cb cb;
	void *user;
};

static bool on_setting(void *user, const char *name, const char *value)
{
	struct reading *r = user;
	uint8_t sealed[SEALED_SIZE];
	struct household household;
	size_t size;
	bool more = true;

	if (sodium_hex2bin(sealed, sizeof sealed, value, strlen(value), NULL, &size, NULL) != 0 ||
	    size != sizeof sealed ||
	    crypto_secretbox_open_easy((uint8_t *)&household, sealed + crypto_secretbox_NONCEBYTES,
				       sizeof sealed - crypto_secretbox_NONCEBYTES, sealed, r->key) != 0)
		return true;
	more = r->cb(r->user, (uint32_t)strtoul(name + sizeof PREFIX - 1, NULL, 16), &household);
	sodium_memzero(&household, sizeof household);
	return more;
}

void intake_each(struct store *store, const struct identity *identity, intake_cb cb, void *user)
{
	struct reading r = { .cb = cb, .user = user };

	key_of(r.key, identity);
	store_each_setting(store, PREFIX, on_setting, &r);
	sodium_memzero(r.key, sizeof r.key);
}

enum store_rc intake_drop(struct store *store, uint32_t number)
{
	char name[NAME_SIZE];

	name_of(name, number);
	return store_set(store, name, NULL);
}
