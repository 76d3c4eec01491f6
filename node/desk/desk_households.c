/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The passphrase that seals households: given, set, changed and taken away, on the pool, since Argon2id takes seconds there. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "node/desk/desk_state.h"

enum { TRIES_MAX = 10, TRIES_MS = 60000 }; /* wrong ones */

/* What is done with the passphrases that were given. */
enum step { UNLOCK, SET, CHANGE, REMOVE, FORGET };

struct turn {
	uv_work_t work;
	struct desk *desk;
	enum step step;
	char passphrase[PASSPHRASE_SIZE], next[PASSPHRASE_SIZE];
	struct household_key key; /* the desk's, when it is done */
	enum household_key_rc rc;
	enum store_rc store_rc;
	door_told done;
	void *user;
};

static void reseal(struct turn *turn, const struct household_key *to_households,
		   const struct household_key *from_households)
{
	struct intake_key to = { turn->desk->identity, to_households },
			  from = { turn->desk->identity, from_households };
	uint32_t kept, lost;

	turn->store_rc = intake_reseal(turn->desk->store, &to, &from, &kept, &lost);
}

/* Whatever is cut off in the middle leaves households that one of the two keys opens, and a start goes on with what is missing. */
static void work(uv_work_t *request)
{
	struct turn *turn = request->data;
	const char *folder = turn->desk->folder;

	if (turn->step == SET) {
		turn->rc = household_key_make(&turn->key, folder, turn->next);
		if (turn->rc == HOUSEHOLD_KEY_OK)
			reseal(turn, &turn->key, NULL);
		return;
	}
	if (turn->step == FORGET) {
		turn->store_rc = intake_drop_sealed(turn->desk->store, &turn->key);
		if (turn->store_rc == STORE_OK)
			turn->rc = household_key_remove(&turn->key, folder);
		return;
	}
	turn->rc = household_key_unlock(&turn->key, folder, turn->passphrase);
	if (turn->rc != HOUSEHOLD_KEY_OK || turn->step == UNLOCK)
		return;
	if (turn->step == CHANGE) {
		turn->rc = household_key_change(&turn->key, folder, turn->next);
		return;
	}
	reseal(turn, NULL, &turn->key);
	if (turn->store_rc == STORE_OK)
		turn->rc = household_key_remove(&turn->key, folder);
}

static enum door_rc fail(struct said *said, enum door_rc rc, struct say say)
{
	said_decide(said, say);
	return rc;
}

static enum door_rc tell(const struct turn *turn, struct said *said)
{
	static const enum say_code DONE[] = {
		[UNLOCK] = SAY_HOUSEHOLDS_UNLOCKED,  [SET] = SAY_PASSPHRASE_SET,
		[CHANGE] = SAY_PASSPHRASE_CHANGED,   [REMOVE] = SAY_PASSPHRASE_REMOVED,
		[FORGET] = SAY_PASSPHRASE_FORGOTTEN,
	};

	if (turn->store_rc != STORE_OK)
		return fail(said, DOOR_E_STORE, SAY(CARD_NOT_KEPT));
	switch (turn->rc) {
	case HOUSEHOLD_KEY_OK:
		said_decide(said, (struct say){ .code = DONE[turn->step] });
		return DOOR_OK;
	case HOUSEHOLD_KEY_WRONG:
		return fail(said, DOOR_E_RIGHT, SAY_OF(PASSPHRASE_WRONG, say_number(turn->desk->wrong_passphrases)));
	case HOUSEHOLD_KEY_FILE:
		return fail(said, DOOR_E_STORE, SAY(PASSPHRASE_FILE));
	case HOUSEHOLD_KEY_MEMORY:
		return fail(said, DOOR_E_BUSY, SAY(MEMORY));
	}
	return DOOR_E_STORE;
}

static void after(uv_work_t *request, int status)
{
	struct turn *turn = request->data;
	struct desk *desk = turn->desk;
	struct said said = { 0 };
	enum door_rc rc;

	(void)status;
	desk->is_resealing = false;
	household_key_lock(desk->households);
	*desk->households = turn->key;
	desk->wrong_passphrases += turn->rc == HOUSEHOLD_KEY_WRONG;
	desk->passphrase_tries += turn->rc == HOUSEHOLD_KEY_WRONG;
	rc = tell(turn, &said);
	turn->done(turn->user, rc, &said);
	sodium_memzero(turn, sizeof *turn);
	free(turn);
}

/* False: it was answered. */
static bool may_try(struct desk *desk, door_told done, void *user)
{
	struct said said = { 0 };
	mono_ms now = uv_now(desk->loop);
	struct say refusal;

	if (now - desk->passphrase_tries_since >= TRIES_MS) {
		desk->passphrase_tries_since = now;
		desk->passphrase_tries = 0;
	}
	if (desk_refuses(desk, &refusal))
		done(user, fail(&said, DOOR_E_STORE, refusal), &said);
	else if (desk->passphrase_tries >= TRIES_MAX)
		done(user, fail(&said, DOOR_E_RIGHT, SAY(PASSPHRASE_TRIES)), &said);
	else if (desk->is_resealing || desk->ticket_jobs > 0)
		done(user, fail(&said, DOOR_E_BUSY, SAY(BUSY)), &said);
	else
		return true;
	return false;
}

/* The secret half goes with the turn: nobody reads while it is under way. */
static void begin(struct desk *desk, enum step step, const char *passphrase, const char *next, door_told done,
		  void *user)
{
	struct turn *turn;
	int rc;

	if (!may_try(desk, done, user))
		return;
	turn = calloc(1, sizeof *turn);
	if (!turn) {
		struct said said = { 0 };

		done(user, fail(&said, DOOR_E_BUSY, SAY(MEMORY)), &said);
		return;
	}
	*turn = (struct turn){ .desk = desk, .step = step, .key = *desk->households, .done = done, .user = user };
	desk->households->secret_half = NULL;
	turn->work.data = turn;
	snprintf(turn->passphrase, sizeof turn->passphrase, "%s", passphrase);
	snprintf(turn->next, sizeof turn->next, "%s", next);
	desk->is_resealing = true;
	rc = uv_queue_work(desk->loop, &turn->work, work, after);
	assert(rc == 0); /* it fails only without a function to run */
	(void)rc;
}

static void lock(struct desk *desk, door_told done, void *user)
{
	struct said said = { 0 };

	household_key_lock(desk->households);
	said_decide(&said, SAY(HOUSEHOLDS_LOCKED));
	done(user, DOOR_OK, &said);
}

static bool count_one(void *user, uint32_t number)
{
	uint32_t *count = user;

	(void)number;
	++*count;
	return true;
}

static void ask_to_forget(struct desk *desk, door_told done, void *user)
{
	const struct intake_key key = { NULL, desk->households };
	struct said said = { 0 };
	uint32_t count = 0;

	intake_each_number(desk->store, &key, count_one, &count);
	done(user, fail(&said, DOOR_E_ASK, SAY_OF(PASSPHRASE_FORGET, say_number(count))), &said);
}

void desk_households(void *ctx, enum door_households verb, const char *passphrase, const char *next, door_told done,
		     void *user)
{
	struct desk *desk = ctx;
	bool is_set = desk->households && desk->households->is_set;
	struct said said = { 0 };

	if (!desk->households || (!is_set && verb != DOOR_HOUSEHOLDS_PASSPHRASE) || (!is_set && next[0] == '\0'))
		done(user, fail(&said, DOOR_E_INPUT, SAY(PASSPHRASE_NONE)), &said);
	else if (verb == DOOR_HOUSEHOLDS_LOCK)
		lock(desk, done, user);
	else if (verb == DOOR_HOUSEHOLDS_FORGOTTEN)
		ask_to_forget(desk, done, user);
	else if (verb == DOOR_HOUSEHOLDS_FORGET)
		begin(desk, FORGET, "", "", done, user);
	else if (is_set && passphrase[0] == '\0')
		done(user, fail(&said, DOOR_E_RIGHT, SAY(PASSPHRASE_WANTED)), &said);
	else if (verb == DOOR_HOUSEHOLDS_UNLOCK)
		begin(desk, UNLOCK, passphrase, "", done, user);
	else if (next[0] != '\0' && !household_key_is_fine(next))
		done(user, fail(&said, DOOR_E_INPUT, SAY(PASSPHRASE_FORM)), &said);
	else
		begin(desk, !is_set ? SET : next[0] ? CHANGE : REMOVE, passphrase, next, done, user);
}

bool desk_open_households(struct desk *desk)
{
	struct intake_key to = desk_intake_key(desk), from = { desk->identity, NULL };
	uint32_t kept, lost;

	if (!desk->households->is_set || desk->identity->secret_key == NULL)
		return true;
	return intake_reseal(desk->store, &to, &from, &kept, &lost) == STORE_OK;
}
