/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Section numbers are those of "The Noise Protocol Framework", revision 34. */
#include "node/link/noise.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum { HASH_SIZE = 64, HASH_BLOCK_SIZE = 128, STEP_COUNT = 3, NONCE_SIZE = 12 };

/* Shorter than a hash, so it is padded with zeros (5.2). */
static const char protocol_name[] = "Noise_XX_25519_ChaChaPoly_BLAKE2b";

static_assert(sizeof protocol_name - 1 <= HASH_SIZE, "the name fits the first hash");
static_assert(sizeof(((struct noise *)0)->hash) == HASH_SIZE, "BLAKE2b");

/* What each message carries, in this order (7.5). Even steps are the initiator's. */
enum token { TOKEN_END, TOKEN_E, TOKEN_S, TOKEN_EE, TOKEN_ES, TOKEN_SE };

static const enum token pattern[STEP_COUNT][5] = {
	{ TOKEN_E, TOKEN_END },
	{ TOKEN_E, TOKEN_EE, TOKEN_S, TOKEN_ES, TOKEN_END },
	{ TOKEN_S, TOKEN_SE, TOKEN_END },
};

/* HMAC (RFC 2104) over BLAKE2b; the key is never longer than a block. `b` may be empty. */
static void hmac(uint8_t out[HASH_SIZE], const uint8_t *key, size_t key_size, const uint8_t *a, size_t a_size,
		 const uint8_t *b, size_t b_size)
{
	uint8_t pad[HASH_BLOCK_SIZE] = { 0 };
	uint8_t inner[HASH_SIZE];
	crypto_generichash_state hash;

	assert(key_size <= sizeof pad);
	memcpy(pad, key, key_size);
	for (size_t i = 0; i < sizeof pad; i++)
		pad[i] ^= 0x36;
	crypto_generichash_init(&hash, NULL, 0, HASH_SIZE);
	crypto_generichash_update(&hash, pad, sizeof pad);
	crypto_generichash_update(&hash, a, a_size);
	crypto_generichash_update(&hash, b, b_size);
	crypto_generichash_final(&hash, inner, sizeof inner);
	for (size_t i = 0; i < sizeof pad; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	crypto_generichash_init(&hash, NULL, 0, HASH_SIZE);
	crypto_generichash_update(&hash, pad, sizeof pad);
	crypto_generichash_update(&hash, inner, sizeof inner);
	crypto_generichash_final(&hash, out, HASH_SIZE);
	sodium_memzero(pad, sizeof pad);
	sodium_memzero(inner, sizeof inner);
	sodium_memzero(&hash, sizeof hash);
}

/* HKDF with two outputs (4.3). `first` may be the chaining key itself. */
static void hkdf(uint8_t first[HASH_SIZE], uint8_t second[HASH_SIZE], const uint8_t chaining_key[HASH_SIZE],
		 const uint8_t *material, size_t material_size)
{
	static const uint8_t one = 1, two = 2;
	uint8_t temp_key[HASH_SIZE];

	assert(second != first && second != chaining_key);
	hmac(temp_key, chaining_key, HASH_SIZE, material, material_size, NULL, 0);
	hmac(first, temp_key, sizeof temp_key, &one, 1, NULL, 0);
	hmac(second, temp_key, sizeof temp_key, first, HASH_SIZE, &two, 1);
	sodium_memzero(temp_key, sizeof temp_key);
}

static void cipher_init(struct noise_cipher *cipher, const uint8_t *key)
{
	memcpy(cipher->key, key, NOISE_KEY_SIZE);
	cipher->nonce = 0;
	cipher->has_key = true;
}

/* 4 bytes of zeros and the counter, little endian (12.3). */
static void nonce_of(uint8_t nonce[NONCE_SIZE], uint64_t counter)
{
	memset(nonce, 0, NONCE_SIZE);
	for (size_t i = 0; i < 8; i++)
		nonce[4 + i] = (uint8_t)(counter >> (8 * i));
}

/* The last nonce is reserved (5.1). */
static enum noise_rc cipher_seal(struct noise_cipher *cipher, uint8_t *out, const uint8_t *ad, size_t ad_size,
				 const uint8_t *text, size_t size)
{
	uint8_t nonce[NONCE_SIZE];

	assert(cipher->has_key);
	if (cipher->nonce == UINT64_MAX)
		return NOISE_E_STATE;
	nonce_of(nonce, cipher->nonce++);
	crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, text, size, ad, ad_size, NULL, nonce, cipher->key);
	return NOISE_OK;
}

static enum noise_rc cipher_open(struct noise_cipher *cipher, uint8_t *out, const uint8_t *ad, size_t ad_size,
				 const uint8_t *message, size_t size)
{
	uint8_t nonce[NONCE_SIZE];

	assert(cipher->has_key);
	if (cipher->nonce == UINT64_MAX)
		return NOISE_E_STATE;
	nonce_of(nonce, cipher->nonce);
	if (crypto_aead_chacha20poly1305_ietf_decrypt(out, NULL, NULL, message, size, ad, ad_size, nonce,
						      cipher->key) != 0)
		return NOISE_E_AUTH;
	cipher->nonce++;
	return NOISE_OK;
}

static void mix_hash(struct noise *n, const void *bytes, size_t size)
{
	crypto_generichash_state hash;

	crypto_generichash_init(&hash, NULL, 0, HASH_SIZE);
	crypto_generichash_update(&hash, n->hash, sizeof n->hash);
	crypto_generichash_update(&hash, bytes, size);
	crypto_generichash_final(&hash, n->hash, sizeof n->hash);
}

/* MixKey(DH(secret, public)). A result of all zeros means a key of low order: refused. */
static enum noise_rc mix_dh(struct noise *n, const uint8_t *secret, const uint8_t *public_key)
{
	uint8_t shared[NOISE_KEY_SIZE];
	uint8_t temp_key[HASH_SIZE];

	if (crypto_scalarmult(shared, secret, public_key) != 0)
		return NOISE_E_AUTH;
	hkdf(n->chaining_key, temp_key, n->chaining_key, shared, sizeof shared);
	cipher_init(&n->handshake, temp_key);
	sodium_memzero(shared, sizeof shared);
	sodium_memzero(temp_key, sizeof temp_key);
	return NOISE_OK;
}

static enum noise_rc mix_token_dh(struct noise *n, enum token token)
{
	bool initiator = n->role == NOISE_INITIATOR;

	assert(token == TOKEN_EE || token == TOKEN_ES || token == TOKEN_SE);
	switch (token) {
	case TOKEN_EE:
		return mix_dh(n, n->ephemeral_secret, n->remote_ephemeral);
	case TOKEN_ES:
		return initiator ? mix_dh(n, n->ephemeral_secret, n->remote_static)
				 : mix_dh(n, n->static_secret, n->remote_ephemeral);
	case TOKEN_SE:
		return initiator ? mix_dh(n, n->static_secret, n->remote_ephemeral)
				 : mix_dh(n, n->ephemeral_secret, n->remote_static);
	case TOKEN_END:
	case TOKEN_E:
	case TOKEN_S:
		break;
	}
	return NOISE_E_STATE; /* no key agreement: callers pass none of these */
}

static size_t sealed_size(const struct noise *n, size_t size)
{
	return size + (n->handshake.has_key ? NOISE_TAG_SIZE : 0);
}

/* EncryptAndHash (5.2). The caller has made sure of the room. */
static enum noise_rc encrypt_and_hash(struct noise *n, uint8_t *out, const uint8_t *text, size_t size)
{
	size_t out_size = sealed_size(n, size);
	enum noise_rc rc = NOISE_OK;

	if (n->handshake.has_key)
		rc = cipher_seal(&n->handshake, out, n->hash, sizeof n->hash, text, size);
	else if (size > 0)
		memcpy(out, text, size);
	if (rc == NOISE_OK)
		mix_hash(n, out, out_size);
	return rc;
}

/* DecryptAndHash (5.2). `size` counts the tag where there is one. */
static enum noise_rc decrypt_and_hash(struct noise *n, uint8_t *out, const uint8_t *message, size_t size)
{
	enum noise_rc rc = NOISE_OK;

	if (n->handshake.has_key)
		rc = cipher_open(&n->handshake, out, n->hash, sizeof n->hash, message, size);
	else if (size > 0)
		memcpy(out, message, size);
	if (rc == NOISE_OK)
		mix_hash(n, message, size);
	return rc;
}

/* Split (5.2): the initiator sends with the first key. What the handshake needed is wiped. */
static void split(struct noise *n)
{
	uint8_t first[HASH_SIZE], second[HASH_SIZE];

	assert(n->step == STEP_COUNT);
	assert(n->handshake.has_key && !n->send.has_key && !n->receive.has_key);
	hkdf(first, second, n->chaining_key, NULL, 0);
	cipher_init(&n->send, n->role == NOISE_INITIATOR ? first : second);
	cipher_init(&n->receive, n->role == NOISE_INITIATOR ? second : first);
	sodium_memzero(first, sizeof first);
	sodium_memzero(second, sizeof second);
	sodium_memzero(n->chaining_key, sizeof n->chaining_key);
	sodium_memzero(n->ephemeral_secret, sizeof n->ephemeral_secret);
	sodium_memzero(n->static_secret, sizeof n->static_secret);
	sodium_memzero(&n->handshake, sizeof n->handshake);
}

static void step_done(struct noise *n)
{
	assert(n->step < STEP_COUNT);
	if (++n->step == STEP_COUNT)
		split(n);
}

static bool is_my_turn(const struct noise *n, enum noise_role speaker_at_even)
{
	return n->step < STEP_COUNT && (n->step % 2 == 0) == (n->role == speaker_at_even);
}

void noise_init(struct noise *n, enum noise_role role, const uint8_t static_secret[NOISE_KEY_SIZE],
		const uint8_t ephemeral_secret[NOISE_KEY_SIZE], const void *prologue, size_t prologue_size)
{
	*n = (struct noise){ .role = role };
	memcpy(n->static_secret, static_secret, NOISE_KEY_SIZE);
	memcpy(n->ephemeral_secret, ephemeral_secret, NOISE_KEY_SIZE);
	crypto_scalarmult_base(n->static_key, n->static_secret);
	crypto_scalarmult_base(n->ephemeral_key, n->ephemeral_secret);
	memcpy(n->hash, protocol_name, sizeof protocol_name - 1);
	memcpy(n->chaining_key, n->hash, sizeof n->chaining_key);
	mix_hash(n, prologue, prologue_size);
}

static enum noise_rc write_token(struct noise *n, uint8_t *out, size_t *used, size_t cap, enum token token)
{
	size_t size;
	enum noise_rc rc;

	assert(*used <= cap);
	if (token == TOKEN_E) {
		if (cap - *used < NOISE_KEY_SIZE)
			return NOISE_E_SIZE;
		memcpy(out + *used, n->ephemeral_key, NOISE_KEY_SIZE);
		mix_hash(n, n->ephemeral_key, NOISE_KEY_SIZE);
		*used += NOISE_KEY_SIZE;
		return NOISE_OK;
	}
	if (token != TOKEN_S)
		return mix_token_dh(n, token);
	size = sealed_size(n, NOISE_KEY_SIZE);
	if (cap - *used < size)
		return NOISE_E_SIZE;
	rc = encrypt_and_hash(n, out + *used, n->static_key, NOISE_KEY_SIZE);
	*used += size;
	return rc;
}

/* Works on a copy of the state: a failure leaves the session as it was. */
enum noise_rc noise_handshake_write(struct noise *n, uint8_t *out, size_t *out_size, size_t out_cap,
				    const void *payload, size_t payload_size)
{
	struct noise next = *n;
	enum noise_rc rc = NOISE_OK;
	size_t used = 0;

	if (out_cap > NOISE_MESSAGE_MAX)
		out_cap = NOISE_MESSAGE_MAX;
	if (!is_my_turn(n, NOISE_INITIATOR))
		rc = NOISE_E_STATE;
	for (size_t i = 0; rc == NOISE_OK && pattern[n->step][i] != TOKEN_END; i++)
		rc = write_token(&next, out, &used, out_cap, pattern[n->step][i]);
	if (rc == NOISE_OK && (payload_size > out_cap || out_cap - used < sealed_size(&next, payload_size)))
		rc = NOISE_E_SIZE;
	if (rc == NOISE_OK) {
		size_t size = sealed_size(&next, payload_size);

		rc = encrypt_and_hash(&next, out + used, payload, payload_size);
		used += size;
	}
	if (rc == NOISE_OK) {
		assert(used <= out_cap);
		step_done(&next);
		*n = next;
		*out_size = used;
	}
	sodium_memzero(&next, sizeof next);
	return rc;
}

static enum noise_rc read_token(struct noise *n, const uint8_t **message, size_t *left, enum token token)
{
	size_t size = token == TOKEN_S ? sealed_size(n, NOISE_KEY_SIZE) : NOISE_KEY_SIZE;
	enum noise_rc rc = NOISE_OK;

	if (token != TOKEN_E && token != TOKEN_S)
		return mix_token_dh(n, token);
	if (*left < size)
		return NOISE_E_SIZE;
	if (token == TOKEN_E) {
		memcpy(n->remote_ephemeral, *message, NOISE_KEY_SIZE);
		mix_hash(n, n->remote_ephemeral, NOISE_KEY_SIZE);
	} else {
		rc = decrypt_and_hash(n, n->remote_static, *message, size);
	}
	*message += size;
	*left -= size;
	return rc;
}

enum noise_rc noise_handshake_read(struct noise *n, uint8_t *payload, size_t *payload_size, size_t payload_cap,
				   const uint8_t *message, size_t message_size)
{
	struct noise next = *n;
	enum noise_rc rc = NOISE_OK;
	size_t overhead;

	if (!is_my_turn(n, NOISE_RESPONDER))
		rc = NOISE_E_STATE;
	else if (message_size > NOISE_MESSAGE_MAX)
		rc = NOISE_E_SIZE;
	for (size_t i = 0; rc == NOISE_OK && pattern[n->step][i] != TOKEN_END; i++)
		rc = read_token(&next, &message, &message_size, pattern[n->step][i]);
	overhead = sealed_size(&next, 0);
	if (rc == NOISE_OK && (message_size < overhead || message_size - overhead > payload_cap))
		rc = NOISE_E_SIZE;
	if (rc == NOISE_OK)
		rc = decrypt_and_hash(&next, payload, message, message_size);
	if (rc == NOISE_OK) {
		step_done(&next);
		*n = next;
		*payload_size = message_size - overhead;
		assert(*payload_size <= payload_cap);
	}
	sodium_memzero(&next, sizeof next);
	return rc;
}

bool noise_is_ready(const struct noise *n)
{
	assert(n->step <= STEP_COUNT);
	return n->step == STEP_COUNT;
}

enum noise_rc noise_encrypt(struct noise *n, uint8_t *out, size_t *out_size, size_t out_cap, const uint8_t *text,
			    size_t size)
{
	enum noise_rc rc;

	if (!noise_is_ready(n))
		return NOISE_E_STATE;
	if (size > NOISE_MESSAGE_MAX - NOISE_TAG_SIZE || out_cap < size + NOISE_TAG_SIZE)
		return NOISE_E_SIZE;
	rc = cipher_seal(&n->send, out, NULL, 0, text, size);
	if (rc == NOISE_OK)
		*out_size = size + NOISE_TAG_SIZE;
	return rc;
}

enum noise_rc noise_decrypt(struct noise *n, uint8_t *out, size_t *out_size, size_t out_cap, const uint8_t *message,
			    size_t size)
{
	enum noise_rc rc;

	if (!noise_is_ready(n))
		return NOISE_E_STATE;
	if (size < NOISE_TAG_SIZE || size > NOISE_MESSAGE_MAX || out_cap < size - NOISE_TAG_SIZE)
		return NOISE_E_SIZE;
	rc = cipher_open(&n->receive, out, NULL, 0, message, size);
	if (rc == NOISE_OK)
		*out_size = size - NOISE_TAG_SIZE;
	return rc;
}
