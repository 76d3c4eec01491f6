/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Noise_XX_25519_ChaChaPoly_BLAKE2b (noiseprotocol.org, revision 34) on libsodium: what secures a link. Pure but for
 * its caller's ephemeral key: bytes in, bytes out; no I/O.
 *
 *   -> e                      the dialling side
 *   <- e, ee, s, es
 *   -> s, se                  then both hold two keys, one for each direction
 */
#ifndef AIDMESH_NODE_LINK_NOISE_H
#define AIDMESH_NODE_LINK_NOISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NOISE_KEY_SIZE = 32, NOISE_TAG_SIZE = 16, NOISE_MESSAGE_MAX = 65535 };

enum noise_rc {
	NOISE_OK = 0,
	NOISE_E_SIZE = -1,  /* shorter than the message must be, or the output has no room */
	NOISE_E_AUTH = -2,  /* a tag does not fit: drop the link */
	NOISE_E_STATE = -3, /* not this side's turn, or the nonces are used up: drop the link */
};

enum noise_role { NOISE_INITIATOR, NOISE_RESPONDER };

struct noise_cipher {
	uint8_t key[NOISE_KEY_SIZE];
	uint64_t nonce;
	bool has_key;
};

/* Full of secrets: it lives in sodium_malloc memory, and sodium_free wipes it. */
struct noise {
	enum noise_role role;
	uint8_t step; /* messages so far, 3: the handshake is over */
	uint8_t static_secret[NOISE_KEY_SIZE];
	uint8_t static_key[NOISE_KEY_SIZE];
	uint8_t ephemeral_secret[NOISE_KEY_SIZE];
	uint8_t ephemeral_key[NOISE_KEY_SIZE];
	uint8_t remote_static[NOISE_KEY_SIZE]; /* valid after the handshake */
	uint8_t remote_ephemeral[NOISE_KEY_SIZE];
	uint8_t chaining_key[64];
	uint8_t hash[64]; /* at the end: unique to this session */
	struct noise_cipher handshake;
	struct noise_cipher send;
	struct noise_cipher receive;
};

/* `ephemeral_secret` is 32 fresh random bytes, never used twice. */
void noise_init(struct noise *n, enum noise_role role, const uint8_t static_secret[NOISE_KEY_SIZE],
		const uint8_t ephemeral_secret[NOISE_KEY_SIZE], const void *prologue, size_t prologue_size);
/* The next handshake message with `payload` inside. */
enum noise_rc noise_handshake_write(struct noise *n, uint8_t *out, size_t *out_size, size_t out_cap,
				    const void *payload, size_t payload_size) __attribute__((warn_unused_result));
enum noise_rc noise_handshake_read(struct noise *n, uint8_t *payload, size_t *payload_size, size_t payload_cap,
				   const uint8_t *message, size_t message_size) __attribute__((warn_unused_result));
bool noise_is_ready(const struct noise *n);
/* Adds NOISE_TAG_SIZE bytes. In place is allowed. */
enum noise_rc noise_encrypt(struct noise *n, uint8_t *out, size_t *out_size, size_t out_cap, const uint8_t *text,
			    size_t size) __attribute__((warn_unused_result));
enum noise_rc noise_decrypt(struct noise *n, uint8_t *out, size_t *out_size, size_t out_cap, const uint8_t *message,
			    size_t size) __attribute__((warn_unused_result));

#endif
