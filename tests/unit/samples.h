/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Keys and bytes that several tests of proto/ start from. */
#ifndef AIDMESH_TESTS_SAMPLES_H
#define AIDMESH_TESTS_SAMPLES_H

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "proto/entry.h"

struct sample_key {
	struct public_key public;
	uint8_t secret[64];
};

/* The key whose seed is first, first + 1, ... first + 31: 0 and 32 are those of WIRE.md. */
static inline struct sample_key sample_key(uint8_t first)
{
	struct sample_key key;
	uint8_t seed[crypto_sign_SEEDBYTES];
	for (size_t i = 0; i < sizeof(seed); i++)
		seed[i] = (uint8_t)(first + i);
	crypto_sign_seed_keypair(key.public.bytes, key.secret, seed);
	return key;
}

/* Hex digits, blanks and line ends ignored. Gives the size. */
static inline size_t sample_bytes(uint8_t *out, size_t cap, const char *hex)
{
	size_t size;
	const char *end;
	int rc = sodium_hex2bin(out, cap, hex, strlen(hex), " \t\n", &size, &end);
	assert(rc == 0 && *end == '\0');
	return size;
}

/* An entry with its signature. */
struct sample {
	uint8_t data[ENTRY_SIZE_MAX];
	size_t size;
};

static inline struct view sample_view(const struct sample *sample)
{
	return (struct view){ .data = sample->data, .size = sample->size };
}

static inline struct sample sample_signed(const struct entry *entry, const struct sample_key *key)
{
	struct sample sample;
	enum entry_rc rc = entry_sign(sample.data, &sample.size, entry, key->secret);
	assert(rc == ENTRY_OK);
	return sample;
}

/* Signs any body, legal or not. */
static inline struct sample sample_body_signed(const uint8_t *body, size_t size, const struct sample_key *key)
{
	uint8_t message[16 + 32 + BODY_SIZE_MAX] = "aidmesh entry 1";
	struct sample sample = { .size = size + SIGNATURE_SIZE };
	assert(size <= BODY_SIZE_MAX);
	memcpy(message + 16, key->public.bytes, 32);
	memcpy(message + 48, body, size);
	memcpy(sample.data, body, size);
	crypto_sign_detached(sample.data + size, NULL, message, 48 + size, key->secret);
	return sample;
}

#endif
