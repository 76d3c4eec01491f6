/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who signs, and how: Ed25519 as on every node, or on most seeds a keyed hash in its place, which is a hundred times
 * cheaper. Both are checked alike: the hint, a card's own key, every byte of the body. Only this program has the second. */
#ifndef AIDMESH_SIM_KEYS_H
#define AIDMESH_SIM_KEYS_H

#include "proto/entry.h"
#include "tests/sim/dice.h"

enum signing { SIGNING_HASH, SIGNING_ED25519 };

struct key {
	struct public_key public;
	uint8_t secret[64]; /* SIGNING_ED25519 */
};

struct key key_make(struct dice *dice, enum signing signing);
/* Another key whose hint is `like`'s. SIGNING_HASH alone: nobody finds one for Ed25519. */
struct key key_make_like(struct dice *dice, const struct public_key *like);

/* Encodes and signs; 0 when the entry breaks a bound. */
size_t key_sign(uint8_t bytes[ENTRY_SIZE_MAX], const struct entry *entry, const struct key *key, enum signing signing);
/* Did `key` sign these bytes? As entry_verify. */
bool key_verify(struct view bytes, const struct public_key *key, enum signing signing);

#endif
