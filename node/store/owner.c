/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/store/owner.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

const char OWNER_GAPS_SETTING[] = "gaps", OWNER_TIME_SETTING[] = "time";
/* FRESH: the folder was empty, and a key is about to be made in it. RENEW: whose words are to be said again, and how far
 * that is. RESTORED: it comes out of a backup, and nobody has decided yet. */
static const char FRESH_SETTING[] = "fresh", RENEW_SETTING[] = "renew", RESTORED_SETTING[] = "restored";

enum { KEY_TEXT_SIZE = 2 * sizeof(struct public_key) + 1, RENEW_TEXT_SIZE = KEY_TEXT_SIZE + 8 };

/* A new author, step by step: each is on disk before the next. */
enum renew_step { RENEW_MOVE = 'm', RENEW_MAKE = 'k', RENEW_SAY = 's' };

/* What the files note. */
struct noted {
	bool has_entries_owner, has_settings_owner, is_fresh, is_restored;
	struct public_key entries_owner, settings_owner;
	uint64_t rows;
};

static int card_fails(struct reason *why)
{
	reason_set(why, "the card fails or is full: free some space or change it");
	return -1;
}

/* Gaps. */

static void gaps_write(const struct owner *owner, char text[OWNER_GAPS_SIZE])
{
	char state = owner->state == OWNER_KEY_ALONE ? 'k' : owner->state == OWNER_ENTRIES_GONE ? 'e' : 'b';
	int length = snprintf(text, OWNER_GAPS_SIZE, "%c %" PRIu32 " %" PRIu32, state, owner->floor_s, owner->lost_s);

	assert(length > 0 && length < OWNER_GAPS_SIZE);
}

/* False: they were never lost. */
static bool gaps_read(struct owner *owner, struct store *store)
{
	char text[OWNER_GAPS_SIZE], state;
	uint32_t floor_s, lost_s;

	if (!store_get(store, OWNER_GAPS_SETTING, text, sizeof text) ||
	    sscanf(text, "%c %" SCNu32 " %" SCNu32, &state, &floor_s, &lost_s) != 3)
		return false;
	owner->was_lost = true;
	owner->floor_s = floor_s;
	owner->lost_s = lost_s;
	owner->state = state == 'k' ? OWNER_KEY_ALONE : state == 'e' ? OWNER_ENTRIES_GONE : OWNER_OURS;
	return true;
}

void owner_fill_gaps(struct owner *owner, char text[OWNER_GAPS_SIZE], uint32_t now_s)
{
	assert(owner_has_gaps(owner) && owner->was_lost);
	owner->state = OWNER_OURS;
	if (now_s > owner->floor_s)
		owner->floor_s = now_s;
	gaps_write(owner, text);
}

void owner_date_loss(struct owner *owner, char text[OWNER_GAPS_SIZE], uint32_t now_s)
{
	assert(owner->was_lost && owner->lost_s == 0);
	owner->lost_s = now_s;
	gaps_write(owner, text);
}

/* Before anything notes that there is an owner: whoever starts next must find the same. */
static int lose(struct owner *owner, struct reason *why, struct store *store, enum owner_state state)
{
	char text[OWNER_GAPS_SIZE], time_text[16];
	uint32_t time_s;

	*owner = (struct owner){ .state = state, .was_lost = true };
	if (store_get(store, OWNER_TIME_SETTING, time_text, sizeof time_text) &&
	    sscanf(time_text, "%" SCNu32, &time_s) == 1)
		owner->floor_s = time_s;
	gaps_write(owner, text);
	return store_set(store, OWNER_GAPS_SETTING, text) == STORE_OK ? 0 : card_fails(why);
}

/* Beginning anew. */

static enum store_rc note_step(struct store *store, const struct public_key *from, enum renew_step step)
{
	char text[RENEW_TEXT_SIZE];

	sodium_bin2hex(text, sizeof text, from->bytes, sizeof from->bytes);
	snprintf(text + KEY_TEXT_SIZE - 1, sizeof text - KEY_TEXT_SIZE + 1, " %c", (char)step);
	return store_set(store, RENEW_SETTING, text);
}

static bool read_step(struct store *store, struct public_key *from, enum renew_step *step)
{
	char text[RENEW_TEXT_SIZE];
	size_t size;

	if (!store_get(store, RENEW_SETTING, text, sizeof text) || strlen(text) != KEY_TEXT_SIZE + 1)
		return false;
	*step = (enum renew_step)text[KEY_TEXT_SIZE];
	return sodium_hex2bin(from->bytes, sizeof from->bytes, text, KEY_TEXT_SIZE - 1, NULL, &size, NULL) == 0 &&
	       size == sizeof from->bytes;
}

enum store_rc owner_begin_anew(struct store *store, const struct public_key *from)
{
	enum store_rc rc = note_step(store, from, RENEW_MOVE);

	/* After the step: between the two it is asked again. */
	return rc == STORE_OK ? store_set(store, RESTORED_SETTING, NULL) : rc;
}

/* A copy out of a backup. */

enum store_rc owner_mark_restored(struct store *store)
{
	return store_set(store, RESTORED_SETTING, "yes");
}

enum store_rc owner_take_over(struct store *store, uint32_t now_s)
{
	struct owner owner = { .state = OWNER_OURS };
	char text[OWNER_GAPS_SIZE], time_text[16];
	uint32_t time_s;
	enum store_rc rc;

	(void)gaps_read(&owner, store);
	owner.state = OWNER_OURS;
	owner.floor_s = now_s;
	owner.lost_s = 0;
	if (store_get(store, OWNER_TIME_SETTING, time_text, sizeof time_text) &&
	    sscanf(time_text, "%" SCNu32, &time_s) == 1 && time_s > now_s)
		owner.floor_s = time_s;
	gaps_write(&owner, text);
	rc = store_set(store, OWNER_GAPS_SETTING, text);
	return rc == STORE_OK ? store_set(store, RESTORED_SETTING, NULL) : rc;
}

static int go_on_anew(struct owner *owner, struct identity *identity, struct reason *why, struct store *store,
		      const char *folder, enum renew_step step)
{
	struct public_key from = owner->renewed;
	char text[OWNER_GAPS_SIZE];

	if (step == RENEW_MOVE) {
		if (identity_put_away(why, folder) != IDENTITY_OK)
			return -1;
		if (note_step(store, &from, RENEW_MAKE) != STORE_OK)
			return card_fails(why);
	}
	if (identity_open(identity, why, folder) != IDENTITY_OK)
		return -1;
	if (step != RENEW_SAY &&
	    (store_own(store, &identity->key) != STORE_OK || note_step(store, &from, RENEW_SAY) != STORE_OK))
		return card_fails(why);
	/* Lost words were the earlier author's; households may still wait for their needs. */
	if (gaps_read(owner, store)) {
		*owner = (struct owner){ .state = OWNER_OURS, .was_lost = true, .lost_s = owner->lost_s };
		gaps_write(owner, text);
		if (store_set(store, OWNER_GAPS_SETTING, text) != STORE_OK)
			return card_fails(why);
	}
	owner->key = identity->key;
	owner->is_renewing = true;
	owner->renewed = from;
	return 0;
}

int owner_end_anew(struct owner *owner, struct reason *why, struct store *store, const char *folder)
{
	struct identity old;
	bool is_given_up = true;

	assert(owner->is_renewing);
	if (identity_open_old(&old, folder) == IDENTITY_OK) {
		is_given_up = public_key_equal(&old.key, &owner->renewed);
		identity_close(&old);
	}
	if ((is_given_up ? identity_destroy_old(why, folder) : identity_keep_other(why, folder)) != IDENTITY_OK)
		return -1;
	if (store_set(store, RENEW_SETTING, NULL) != STORE_OK)
		return card_fails(why);
	owner->is_renewing = false;
	return 0;
}

/* At the start. */

static int read_notes(struct noted *noted, struct reason *why, struct store *store)
{
	char text[4];
	uint64_t authors;

	*noted = (struct noted){ .rows = 0 };
	if (store_totals(store, &noted->rows, &authors) != STORE_OK)
		return card_fails(why);
	noted->has_entries_owner = store_owner(store, STORE_ENTRIES, &noted->entries_owner);
	noted->has_settings_owner = store_owner(store, STORE_SETTINGS, &noted->settings_owner);
	noted->is_fresh = store_get(store, FRESH_SETTING, text, sizeof text);
	noted->is_restored = store_get(store, RESTORED_SETTING, text, sizeof text);
	return 0;
}

/* Until somebody puts the key back or begins anew. */
static int lock(struct owner *owner, struct identity *identity, enum owner_state state, const struct noted *noted)
{
	*owner = (struct owner){ .state = state };
	if (noted->has_entries_owner)
		owner->key = noted->entries_owner;
	else if (noted->has_settings_owner)
		owner->key = noted->settings_owner;
	*identity = (struct identity){ .key = owner->key };
	return 0;
}

static int make_first(struct owner *owner, struct identity *identity, struct reason *why, struct store *store,
		      const char *folder)
{
	if (store_set(store, FRESH_SETTING, "yes") != STORE_OK)
		return card_fails(why);
	if (identity_open(identity, why, folder) != IDENTITY_OK)
		return -1;
	*owner = (struct owner){ .state = OWNER_OURS, .key = identity->key };
	if (store_own(store, &identity->key) != STORE_OK || store_set(store, FRESH_SETTING, NULL) != STORE_OK)
		return card_fails(why);
	return 0;
}

static bool is_of(const struct noted *noted, struct store *store, const struct public_key *key)
{
	if (noted->has_entries_owner && !public_key_equal(&noted->entries_owner, key))
		return false;
	if (noted->has_settings_owner && !public_key_equal(&noted->settings_owner, key))
		return false;
	/* A store of an earlier aidmesh notes nobody; its node had signed its card before anything came in. */
	return noted->has_entries_owner || noted->rows == 0 || store_has_author(store, key);
}

/* The key fits. */
static int open_ours(struct owner *owner, const struct identity *identity, struct reason *why, struct store *store,
		     const struct noted *noted)
{
	bool is_empty = !noted->has_entries_owner && noted->rows == 0;
	char pin[32];

	*owner = (struct owner){ .state = OWNER_OURS };
	if (!gaps_read(owner, store) && is_empty && !noted->is_fresh) {
		if (noted->has_settings_owner && lose(owner, why, store, OWNER_ENTRIES_GONE) != 0)
			return -1;
		/* An earlier aidmesh whose first start was cut off had a PIN, and had said nothing. */
		if (!noted->has_settings_owner && !store_get(store, "pin", pin, sizeof pin) &&
		    lose(owner, why, store, OWNER_KEY_ALONE) != 0)
			return -1;
	}
	owner->key = identity->key;
	if ((!noted->has_entries_owner || !noted->has_settings_owner) && store_own(store, &identity->key) != STORE_OK)
		return card_fails(why);
	if (noted->is_fresh && store_set(store, FRESH_SETTING, NULL) != STORE_OK)
		return card_fails(why);
	return 0;
}

int owner_open(struct owner *owner, struct identity *identity, struct reason *why, struct store *store,
	       const char *folder)
{
	struct identity found;
	struct noted noted;
	enum renew_step step;
	int rc;

	*owner = (struct owner){ .state = OWNER_OURS };
	if (read_notes(&noted, why, store) != 0)
		return -1;
	if (noted.is_restored && identity_is_there(folder))
		return lock(owner, identity, OWNER_RESTORED, &noted);
	if (read_step(store, &owner->renewed, &step))
		return go_on_anew(owner, identity, why, store, folder, step);
	if (!identity_is_there(folder)) {
		if (!noted.has_entries_owner && !noted.has_settings_owner && noted.rows == 0)
			return make_first(owner, identity, why, store, folder);
		return lock(owner, identity, OWNER_KEY_MISSING, &noted);
	}
	if (identity_open(&found, why, folder) != IDENTITY_OK)
		return -1;
	if (!is_of(&noted, store, &found.key)) {
		identity_close(&found);
		return lock(owner, identity, OWNER_OTHERS, &noted);
	}
	rc = open_ours(owner, &found, why, store, &noted);
	if (rc == 0)
		*identity = found;
	else
		identity_close(&found);
	return rc;
}
