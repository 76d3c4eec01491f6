/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What households are sealed with where a passphrase was set: a key pair of X25519, in the file households.key of the node's folder.
 *
 *   public half   writes, without the passphrase
 *   secret half   reads; wrapped under Argon2id(passphrase), and in memory from the moment that somebody gives it
 *
 * Without the file there is no passphrase. What waits for Argon2id says so: some seconds on a small board, for the pool. */
#ifndef AIDMESH_NODE_SETUP_HOUSEHOLD_KEY_H
#define AIDMESH_NODE_SETUP_HOUSEHOLD_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/settings/reason.h"

enum { PASSPHRASE_LETTERS_MIN = 12, PASSPHRASE_SIZE = 200 };

struct household_key {
	bool is_set; /* there is a passphrase */
	uint8_t public_half[32];
	uint8_t *secret_half; /* 32 bytes, sodium_malloc; NULL: locked, or no passphrase */
};

static inline bool household_key_is_locked(const struct household_key *key)
{
	return key->is_set && key->secret_half == NULL;
}

/* Loads the public half; the secret half that is in memory already stays when it belongs to it. -1 with a sentence: the file is damaged. */
int household_key_open(struct household_key *key, struct reason *why, const char *folder)
	__attribute__((warn_unused_result));
/* Wipes and forgets the secret half. */
void household_key_lock(struct household_key *key);
/* At least PASSPHRASE_LETTERS_MIN characters of text, fewer than PASSPHRASE_SIZE bytes. */
bool household_key_is_fine(const char *passphrase);

/* These wait for Argon2id. */

enum household_key_rc {
	HOUSEHOLD_KEY_OK = 0,
	HOUSEHOLD_KEY_WRONG = -1, /* it is another passphrase */
	HOUSEHOLD_KEY_FILE = -2,  /* the file cannot be read or written; errno */
	HOUSEHOLD_KEY_MEMORY = -3,
};

/* A new pair into `key`, open, and into the file. */
enum household_key_rc household_key_make(struct household_key *key, const char *folder, const char *passphrase)
	__attribute__((warn_unused_result));
/* Opens the secret half. */
enum household_key_rc household_key_unlock(struct household_key *key, const char *folder, const char *passphrase)
	__attribute__((warn_unused_result));
/* The same pair under another passphrase; `key` is open. */
enum household_key_rc household_key_change(const struct household_key *key, const char *folder, const char *passphrase)
	__attribute__((warn_unused_result));
/* Writes over the file and removes it, when nothing is sealed with it any more; `key` is then of no passphrase. */
enum household_key_rc household_key_remove(struct household_key *key, const char *folder)
	__attribute__((warn_unused_result));

#endif
