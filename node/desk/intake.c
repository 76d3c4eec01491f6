/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/desk/intake.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

/* A setting "intake.<number>": hexadecimal nonce || secretbox of the household, or where there is a passphrase a sealed box of it.
 * Each always has the same size, so that nothing follows from its length, and one is told from the other by it. */
enum {
	OWN_SIZE = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + sizeof(struct household),
	BOX_SIZE = crypto_box_SEALBYTES + sizeof(struct household),
	SEALED_SIZE_MAX = BOX_SIZE,
	VALUE_SIZE = 2 * SEALED_SIZE_MAX + 1,
	NAME_SIZE = 24,
};

static_assert((int)OWN_SIZE < (int)BOX_SIZE, "they are told apart by their size");

static const char PREFIX[] = "intake.";

static bool has_passphrase(const struct intake_key *key)
{
	return key->households != NULL && key->households->is_set;
}

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

static size_t seal(uint8_t sealed[SEALED_SIZE_MAX], const struct intake_key *with, const struct household *household)
{
	uint8_t key[crypto_secretbox_KEYBYTES];

	if (has_passphrase(with)) {
		crypto_box_seal(sealed, (const uint8_t *)household, sizeof *household, with->households->public_half);
		return BOX_SIZE;
	}
	key_of(key, with->identity);
	randombytes_buf(sealed, crypto_secretbox_NONCEBYTES);
	crypto_secretbox_easy(sealed + crypto_secretbox_NONCEBYTES, (const uint8_t *)household, sizeof *household,
			      sealed, key);
	sodium_memzero(key, sizeof key);
	return OWN_SIZE;
}

enum store_rc intake_put(struct store *store, const struct intake_key *key, uint32_t number,
			 const struct household *household)
{
	uint8_t sealed[SEALED_SIZE_MAX];
	char name[NAME_SIZE], value[VALUE_SIZE];
	size_t size = seal(sealed, key, household);

	sodium_bin2hex(value, sizeof value, sealed, size);
	name_of(name, number);
	return store_set(store, name, value);
}

static uint32_t number_of(const char *name)
{
	return (uint32_t)strtoul(name + sizeof PREFIX - 1, NULL, 16);
}

/* A key, ready to open many. */
struct opener {
	bool has_own;
	uint8_t own[crypto_secretbox_KEYBYTES];
	const struct household_key *households; /* NULL: no passphrase */
};

static void opener_init(struct opener *opener, const struct intake_key *key)
{
	*opener = (struct opener){ .has_own = key->identity != NULL && key->identity->secret_key != NULL };
	if (opener->has_own)
		key_of(opener->own, key->identity);
	if (has_passphrase(key))
		opener->households = key->households;
}

enum opened {
	OPENED,
	SEALED_TO_LOCKED, /* by its size under a passphrase, that of this key while it is locked */
	SEALED_BY_ANOTHER,
};

static enum opened unseal(struct household *household, bool *is_box, const char *value, const struct opener *with)
{
	uint8_t sealed[SEALED_SIZE_MAX];
	size_t size;
	bool ok = false;

	if (sodium_hex2bin(sealed, sizeof sealed, value, strlen(value), NULL, &size, NULL) != 0)
		return SEALED_BY_ANOTHER;
	*is_box = size == BOX_SIZE;
	if (*is_box && with->households != NULL && household_key_is_locked(with->households))
		return SEALED_TO_LOCKED;
	if (*is_box && with->households != NULL)
		ok = crypto_box_seal_open((uint8_t *)household, sealed, size, with->households->public_half,
					  with->households->secret_half) == 0;
	else if (size == OWN_SIZE && with->has_own)
		ok = crypto_secretbox_open_easy((uint8_t *)household, sealed + crypto_secretbox_NONCEBYTES,
						OWN_SIZE - crypto_secretbox_NONCEBYTES, sealed, with->own) == 0;
	return ok ? OPENED : SEALED_BY_ANOTHER;
}

struct reading {
	struct opener opener;
	intake_cb cb;
	intake_number_cb number_cb; /* one of the two */
	void *user;
};

static bool on_setting(void *user, const char *name, const char *value)
{
	struct reading *r = user;
	struct household household;
	bool is_box, more = true;
	enum opened opened = unseal(&household, &is_box, value, &r->opener);

	if (r->cb != NULL && opened == OPENED)
		more = r->cb(r->user, number_of(name), &household);
	if (r->number_cb != NULL && opened != SEALED_BY_ANOTHER)
		more = r->number_cb(r->user, number_of(name));
	sodium_memzero(&household, sizeof household);
	return more;
}

static void read_each(struct store *store, const struct intake_key *key, struct reading *r)
{
	opener_init(&r->opener, key);
	if (r->opener.has_own || r->opener.households != NULL)
		store_each_setting(store, PREFIX, on_setting, r);
	sodium_memzero(&r->opener, sizeof r->opener);
}

void intake_each(struct store *store, const struct intake_key *key, intake_cb cb, void *user)
{
	struct reading r = { .cb = cb, .user = user };

	read_each(store, key, &r);
}

void intake_each_number(struct store *store, const struct intake_key *key, intake_number_cb cb, void *user)
{
	struct reading r = { .number_cb = cb, .user = user };

	read_each(store, key, &r);
}

/* Those that `from` opens, in memory that is wiped; the store is not called while it is read. */
struct resealing {
	struct opener to, from;
	bool is_out_of_memory;
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

/* What is under the node's own key goes under the passphrase's, where there is one. */
static bool is_under(const struct opener *to, enum opened opened, bool is_box)
{
	return opened != SEALED_BY_ANOTHER && is_box == (to->households != NULL);
}

static bool on_sealed(void *user, const char *name, const char *value)
{
	struct resealing *r = user;
	struct household household;
	bool is_box = false;

	if (is_under(&r->to, unseal(&household, &is_box, value, &r->to), is_box)) {
		r->kept++;
	} else if (unseal(&household, &is_box, value, &r->from) != OPENED) {
		r->lost++;
	} else if (grow(r)) {
		r->moved[r->count++] = (struct moved){ number_of(name), household };
	} else {
		r->is_out_of_memory = true;
	}
	sodium_memzero(&household, sizeof household);
	return !r->is_out_of_memory;
}

enum store_rc intake_reseal(struct store *store, const struct intake_key *to, const struct intake_key *from,
			    uint32_t *kept, uint32_t *lost)
{
	struct resealing r = { .count = 0 };
	enum store_rc rc;

	opener_init(&r.to, to);
	opener_init(&r.from, from);
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

/* Some at a time: the store is not called while it is read. */
struct dropping {
	uint32_t numbers[64];
	size_t count;
};

static bool on_number(void *user, uint32_t number)
{
	struct dropping *d = user;

	d->numbers[d->count++] = number;
	return d->count < sizeof d->numbers / sizeof *d->numbers;
}

enum store_rc intake_drop_sealed(struct store *store, const struct household_key *households)
{
	const struct intake_key key = { NULL, households };
	enum store_rc rc = STORE_OK;
	struct dropping d;

	do {
		d.count = 0;
		intake_each_number(store, &key, on_number, &d);
		for (size_t i = 0; i < d.count && rc == STORE_OK; i++)
			rc = drop(store, d.numbers[i]);
	} while (d.count > 0 && rc == STORE_OK);
	return rc;
}
