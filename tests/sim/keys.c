/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/sim/keys.h"

#include <sodium.h>
#include <string.h>

struct key key_make(struct dice *dice, enum signing signing)
{
	struct key key = { 0 };
	uint8_t seed[crypto_sign_SEEDBYTES];

	for (size_t i = 0; i < sizeof seed; i++)
		seed[i] = (uint8_t)dice_u64(dice);
	if (signing == SIGNING_ED25519)
		crypto_sign_seed_keypair(key.public.bytes, key.secret, seed);
	else
		memcpy(key.public.bytes, seed, sizeof seed);
	return key;
}

struct key key_make_like(struct dice *dice, const struct public_key *like)
{
	struct key key = key_make(dice, SIGNING_HASH);

	memcpy(key.public.bytes, like->bytes, 8);
	return key;
}

static void sign_by_hash(uint8_t signature[SIGNATURE_SIZE], struct view body, const struct public_key *key)
{
	for (size_t at = 0; at < SIGNATURE_SIZE; at += 8) {
		uint8_t half[crypto_shorthash_KEYBYTES];

		memcpy(half, key->bytes + at % 32, 8);
		memset(half + 8, (int)at, 8);
		crypto_shorthash(signature + at, body.data, body.size, half);
	}
}

size_t key_sign(uint8_t bytes[ENTRY_SIZE_MAX], const struct entry *entry, const struct key *key, enum signing signing)
{
	size_t size;

	if (signing == SIGNING_ED25519)
		return entry_sign(bytes, &size, entry, key->secret) == ENTRY_OK ? size : 0;
	if (entry_body_encode(bytes, &size, entry) != ENTRY_OK)
		return 0;
	sign_by_hash(bytes + size, (struct view){ bytes, size }, &key->public);
	return size + SIGNATURE_SIZE;
}

bool key_verify(struct view bytes, const struct public_key *key, enum signing signing)
{
	uint8_t signature[SIGNATURE_SIZE];
	struct entry_head head;
	struct public_key own;
	size_t size = bytes.size - SIGNATURE_SIZE;

	if (signing == SIGNING_ED25519)
		return entry_verify(bytes, key) == ENTRY_OK;
	if (entry_head_decode(&head, bytes) != ENTRY_OK || head.author != public_key_hint(key))
		return false;
	if (head.kind == ENTRY_CARD && (!entry_card_key(&own, bytes) || !public_key_equal(&own, key)))
		return false;
	sign_by_hash(signature, (struct view){ bytes.data, size }, key);
	return memcmp(signature, bytes.data + size, sizeof signature) == 0;
}
