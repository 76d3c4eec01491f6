/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "proto/seal.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

enum { HEAD_SIZE = 2, TAG_SIZE = 16, BEFORE_SIZE = HEAD_SIZE + SEAL_NONCE_SIZE };

static_assert(SEAL_KEY_SIZE == crypto_aead_chacha20poly1305_KEYBYTES, "as libsodium has it");
static_assert(SEAL_NONCE_SIZE == crypto_aead_chacha20poly1305_NPUBBYTES, "as libsodium has it");
static_assert(TAG_SIZE == crypto_aead_chacha20poly1305_ABYTES, "as libsodium has it");
static_assert(BEFORE_SIZE + TAG_SIZE - 1 == RADIO_SEAL_SIZE, "what a seal adds");

void seal_key_init(struct seal_key *key, const uint8_t bytes[SEAL_KEY_SIZE])
{
	static const unsigned char what[] = "aidmesh circle 1";
	uint8_t hash[crypto_generichash_BYTES];

	memcpy(key->bytes, bytes, SEAL_KEY_SIZE);
	crypto_generichash(hash, sizeof hash, what, sizeof what, bytes, SEAL_KEY_SIZE);
	key->id = hash[0];
}

size_t seal_close(uint8_t *sealed, size_t cap, const struct seal_key *key, const uint8_t nonce[SEAL_NONCE_SIZE],
		  struct view frame)
{
	unsigned long long size = 0;

	if (frame.size < FRAME_HEAD_SIZE || frame.data[0] != FRAME_MAGIC || frame.size + RADIO_SEAL_SIZE > cap)
		return 0;
	sealed[0] = SEAL_MAGIC;
	sealed[1] = key->id;
	memcpy(sealed + HEAD_SIZE, nonce, SEAL_NONCE_SIZE);
	crypto_aead_chacha20poly1305_encrypt(sealed + BEFORE_SIZE, &size, frame.data + 1, frame.size - 1, sealed,
					     HEAD_SIZE, NULL, nonce, key->bytes);
	assert(BEFORE_SIZE + size == frame.size + RADIO_SEAL_SIZE);
	return BEFORE_SIZE + (size_t)size;
}

size_t seal_open(uint8_t *frame, size_t cap, const struct seal_key *keys, size_t key_count, struct view sealed)
{
	const uint8_t *nonce = sealed.data + HEAD_SIZE;
	unsigned long long size = 0;

	if (sealed.size < FRAME_HEAD_SIZE + RADIO_SEAL_SIZE || sealed.data[0] != SEAL_MAGIC ||
	    sealed.size - RADIO_SEAL_SIZE > cap)
		return 0;
	for (size_t i = 0; i < key_count; i++) {
		if (keys[i].id != sealed.data[1] ||
		    crypto_aead_chacha20poly1305_decrypt(frame + 1, &size, NULL, sealed.data + BEFORE_SIZE,
							 sealed.size - BEFORE_SIZE, sealed.data, HEAD_SIZE, nonce,
							 keys[i].bytes) != 0)
			continue;
		assert(1 + size == sealed.size - RADIO_SEAL_SIZE);
		frame[0] = FRAME_MAGIC;
		return 1 + (size_t)size;
	}
	return 0;
}
