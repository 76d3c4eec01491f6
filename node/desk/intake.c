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

static uint32_t number_of(const char *name)
{
	return (uint32_t)strtoul(name + sizeof PREFIX - 1, NULL, 16);
}

/* False: another key sealed it. */
static bool unseal(struct household *household, const char *value, const uint8_t key[crypto_secretbox_KEYBYTES])
{
	uint8_t sealed[SEALED_SIZE];
	size_t size;

	return sodium_hex2bin(sealed, sizeof sealed, value, strlen(value), NULL, &size, NULL) == 0 &&
	       size == sizeof sealed &&
	       crypto_secretbox_open_easy((uint8_t *)household, sealed + crypto_secretbox_NONCEBYTES,
					  sizeof sealed - crypto_secretbox_NONCEBYTES, sealed, key) == 0;
}

struct reading {
	uint8_t key[crypto_secretbox_KEYBYTES];
	intake_cb cb;
	void *user;
};

static bool on_setting(void *user, const char *name, const char *value)
{
	struct reading *r = user;
	struct household household;
	bool more;

	if (!unseal(&household, value, r->key))
		return true;
	more = r->cb(r->user, number_of(name), &household);
	sodium_memzero(&household, sizeof household);
	return more;
}

void intake_each(struct store *store, const struct identity *identity, intake_cb cb, void *user)
{
	struct reading r = { .cb = cb, .user = user };

	if (identity->secret_key == NULL)
		return;
	key_of(r.key, identity);
	store_each_setting(store, PREFIX, on_setting, &r);
	sodium_memzero(r.key, sizeof r.key);
}

/* Those that `from` opens, in memory that is wiped; the store is not called while it is read. */
struct resealing {
	uint8_t to[crypto_secretbox_KEYBYTES], from[crypto_secretbox_KEYBYTES];
	bool has_from, is_out_of_memory;
	uint32_t kept, lost;
	struct moved {
		uint32_t number;
		struct household household;
	} * moved;
	size_t count, room;
};

static bool grow(struct resealing *r)
{
	size_t room = r->room ? 2 * r->room : 64;
	struct moved *grown;

	if (r->count < r->room)
		return true;
	grown = calloc(room, sizeof *grown);
	if (grown == NULL)
		return false;
	if (r->count > 0) {
		memcpy(grown, r->moved, r->count * sizeof *grown);
		sodium_memzero(r->moved, r->count * sizeof *grown);
	}
	free(r->moved);
	r->moved = grown;
	r->room = room;
	return true;
}

static bool on_sealed(void *user, const char *name, const char *value)
{
	struct resealing *r = user;
	struct household household;

	if (unseal(&household, value, r->to)) {
		r->kept++;
	} else if (!r->has_from || !unseal(&household, value, r->from)) {
		r->lost++;
	} else if (grow(r)) {
		r->moved[r->count++] = (struct moved){ number_of(name), household };
	} else {
		r->is_out_of_memory = true;
	}
	sodium_memzero(&household, sizeof household);
	return !r->is_out_of_memory;
}

enum store_rc intake_reseal(struct store *store, const struct identity *to, const struct identity *from, uint32_t *kept,
			    uint32_t *lost)
{
	struct resealing r = { .has_from = from != NULL };
	enum store_rc rc;

	key_of(r.to, to);
	if (from != NULL)
		key_of(r.from, from);
	store_each_setting(store, PREFIX, on_sealed, &r);
	rc = r.is_out_of_memory ? STORE_E_IO : STORE_OK;
	for (size_t i = 0; i < r.count && rc == STORE_OK; i++)
		rc = intake_put(store, to, r.moved[i].number, &r.moved[i].household);
	if (r.moved != NULL)
		sodium_memzero(r.moved, r.room * sizeof *r.moved);
	free(r.moved);
	*kept = r.kept + (uint32_t)r.count;
	*lost = r.lost;
	sodium_memzero(&r, sizeof r);
	return rc;
}

static void back_name_of(char name[NAME_SIZE], uint32_t number)
{
	snprintf(name, NAME_SIZE, "back.%08" PRIx32, number);
}

enum store_rc intake_note_back(struct store *store, uint32_t number)
{
	char name[NAME_SIZE];

	back_name_of(name, number);
	return store_set(store, name, "yes");
}

bool intake_is_back(struct store *store, uint32_t number)
{
	char name[NAME_SIZE], value[4];

	back_name_of(name, number);
	return store_get(store, name, value, sizeof value);
}

static void gone_name_of(char name[NAME_SIZE], uint32_t number)
{
	snprintf(name, NAME_SIZE, "gone.%08" PRIx32, number);
}

/* False: at the last sweep it was there, or there was none yet. */
static bool gone_day(struct store *store, uint32_t number, uint32_t *day)
{
	char name[NAME_SIZE], value[16];

	gone_name_of(name, number);
	return store_get(store, name, value, sizeof value) && sscanf(value, "%" SCNu32, day) == 1;
}

enum store_rc intake_note_here(struct store *store, uint32_t number)
{
	char name[NAME_SIZE];
	uint32_t day;

	gone_name_of(name, number);
	return gone_day(store, number, &day) ? store_set(store, name, NULL) : STORE_OK;
}

static enum store_rc drop(struct store *store, uint32_t number)
{
	char name[NAME_SIZE];
	enum store_rc rc;

	name_of(name, number);
	rc = store_set(store, name, NULL);
	back_name_of(name, number);
	if (rc == STORE_OK && intake_is_back(store, number))
		rc = store_set(store, name, NULL);
	return rc == STORE_OK ? intake_note_here(store, number) : rc;
}

enum store_rc intake_note_gone(struct store *store, uint32_t number, uint32_t day)
{
	char name[NAME_SIZE], value[16];
	uint32_t before;

	if (gone_day(store, number, &before) && before <= day)
		return before == day ? STORE_OK : drop(store, number);
	gone_name_of(name, number);
	snprintf(value, sizeof value, "%" PRIu32, day);
	return store_set(store, name, value);
}
