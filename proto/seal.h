/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The seal of a closed circle on the air: who does not hold the circle's key can neither read a frame nor put one in, and
 * a stranger's frame costs one tag and no signature. Pure.
 *
 *   sealed = 0xAE || key id 1 || nonce 8 || ChaCha20-Poly1305(key, nonce, what is said; said aloud: the first two bytes)
 *   what is said = a frame of frame.h without its first byte
 *
 * RADIO_SEAL_SIZE bytes more than the frame. ChaCha20-Poly1305 is the original one of 64-bit nonces (Bernstein 2008, as in
 * libsodium): random ones of the author's, so that two members meet in one after some 2^32 frames, more than a circle will
 * ever send. A frame that somebody sends a second time says nothing new: entries are idempotent. */
#ifndef AIDMESH_PROTO_SEAL_H
#define AIDMESH_PROTO_SEAL_H

#include "proto/frame.h"

enum { SEAL_MAGIC = 0xAE, SEAL_KEY_SIZE = 32, SEAL_NONCE_SIZE = 8 };

/* Secret: every member of the circle holds it. */
struct seal_key {
	uint8_t bytes[SEAL_KEY_SIZE];
	uint8_t id; /* set by seal_key_init: finds the key, and hides nothing */
};

void seal_key_init(struct seal_key *key, const uint8_t bytes[SEAL_KEY_SIZE]);

/* Returns the size of `sealed`; 0: `frame` is none of frame.h's, or `cap` is too small. `nonce` is fresh random bytes. */
size_t seal_close(uint8_t *sealed, size_t cap, const struct seal_key *key, const uint8_t nonce[SEAL_NONCE_SIZE],
		  struct view frame);
/* Opens with any of `keys`. Returns the size of `frame`; 0: nobody of ours sealed it, or `cap` is too small. */
size_t seal_open(uint8_t *frame, size_t cap, const struct seal_key *keys, size_t key_count, struct view sealed);

#endif
