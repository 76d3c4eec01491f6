/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/store/sealed_file.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

enum {
	MAGIC_SIZE = 8,
	PASSES_AT = MAGIC_SIZE,
	MEMORY_AT = PASSES_AT + 4,
	SALT_AT = MEMORY_AT + 4,
	HEADER_AT = SALT_AT + crypto_pwhash_argon2id_SALTBYTES,
	PIECES_AT = HEADER_AT + crypto_secretstream_xchacha20poly1305_HEADERBYTES,
	EXTRA = crypto_secretstream_xchacha20poly1305_ABYTES,
	PASSES = 4,
	MEMORY_KIB = 64 * 1024, /* what the smallest board has to spare */
	PASSES_MAX = 64,
	MEMORY_KIB_MAX = 1024 * 1024, /* a file must not take all the memory of who opens it */
};

static const uint8_t MAGIC[MAGIC_SIZE] = { 'A', 'I', 'D', 'S', 'E', 'A', '1', '\n' };

static void put_u32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static uint32_t get_u32(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* By what the head says. */
static bool key_of(uint8_t key[crypto_secretstream_xchacha20poly1305_KEYBYTES], const uint8_t *head,
		   const char *passphrase)
{
	return crypto_pwhash(key, crypto_secretstream_xchacha20poly1305_KEYBYTES, passphrase, strlen(passphrase),
			     head + SALT_AT, get_u32(head + PASSES_AT), (size_t)get_u32(head + MEMORY_AT) * 1024,
			     crypto_pwhash_ALG_ARGON2ID13) == 0;
}

static void seal_pieces(crypto_secretstream_xchacha20poly1305_state *state, uint8_t *file, const uint8_t *clear,
			size_t size)
{
	uint8_t *out = file + PIECES_AT;
	size_t at = 0;
	bool is_last;

	do {
		size_t piece = size - at < SEALED_PIECE ? size - at : SEALED_PIECE;
		int rc;

		is_last = at + piece == size;
		rc = crypto_secretstream_xchacha20poly1305_push(
			state, out, NULL, clear + at, piece, file, at == 0 ? PIECES_AT : 0,
			is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
		assert(rc == 0);
		(void)rc;
		out += piece + EXTRA;
		at += piece;
	} while (!is_last);
}

enum sealed_rc sealed_make(uint8_t **out, size_t *out_size, const uint8_t *clear, size_t size, const char *passphrase)
{
	uint8_t key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
	crypto_secretstream_xchacha20poly1305_state state;
	size_t pieces = size == 0 ? 1 : (size + SEALED_PIECE - 1) / SEALED_PIECE;
	size_t file_size = PIECES_AT + size + pieces * EXTRA;
	uint8_t *file = malloc(file_size);

	if (file == NULL)
		return SEALED_E_MEMORY;
	memcpy(file, MAGIC, MAGIC_SIZE);
	put_u32(file + PASSES_AT, PASSES);
	put_u32(file + MEMORY_AT, MEMORY_KIB);
	randombytes_buf(file + SALT_AT, HEADER_AT - SALT_AT);
	if (!key_of(key, file, passphrase)) {
		free(file);
		return SEALED_E_MEMORY;
	}
	crypto_secretstream_xchacha20poly1305_init_push(&state, file + HEADER_AT, key);
	seal_pieces(&state, file, clear, size);
	sodium_memzero(key, sizeof key);
	sodium_memzero(&state, sizeof state);
	*out = file;
	*out_size = file_size;
	return SEALED_OK;
}

/* The size of what was opened; -1: a piece does not open, or none is the last. */
static int64_t open_pieces(crypto_secretstream_xchacha20poly1305_state *state, uint8_t *clear, const uint8_t *file,
			   size_t size)
{
	size_t at = PIECES_AT, got = 0;
	uint8_t tag = 0;

	while (at < size) {
		size_t piece = size - at < SEALED_PIECE + EXTRA ? size - at : SEALED_PIECE + EXTRA;

		if (piece < EXTRA || tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL ||
		    crypto_secretstream_xchacha20poly1305_pull(state, clear + got, NULL, &tag, file + at, piece, file,
							       at == PIECES_AT ? PIECES_AT : 0) != 0)
			return -1;
		got += piece - EXTRA;
		at += piece;
	}
	return tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL ? (int64_t)got : -1;
}

static bool is_known(const uint8_t *file, size_t size)
{
	return size > PIECES_AT && memcmp(file, MAGIC, MAGIC_SIZE) == 0 && get_u32(file + PASSES_AT) >= 1 &&
	       get_u32(file + PASSES_AT) <= PASSES_MAX && get_u32(file + MEMORY_AT) >= 8 &&
	       get_u32(file + MEMORY_AT) <= MEMORY_KIB_MAX;
}

enum sealed_rc sealed_open(uint8_t **clear, size_t *clear_size, const uint8_t *file, size_t size,
			   const char *passphrase)
{
	uint8_t key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
	crypto_secretstream_xchacha20poly1305_state state;
	uint8_t *bytes;
	int64_t got = -1;

	if (!is_known(file, size))
		return SEALED_E_OTHER;
	bytes = malloc(size);
	if (bytes == NULL || !key_of(key, file, passphrase)) {
		free(bytes);
		return SEALED_E_MEMORY;
	}
	if (crypto_secretstream_xchacha20poly1305_init_pull(&state, file + HEADER_AT, key) == 0)
		got = open_pieces(&state, bytes, file, size);
	sodium_memzero(key, sizeof key);
	sodium_memzero(&state, sizeof state);
	if (got < 0) {
		sodium_memzero(bytes, size);
		free(bytes);
		return SEALED_E_WRONG;
	}
	*clear = bytes;
	*clear_size = (size_t)got;
	return SEALED_OK;
}
