/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A file that a passphrase opens: a key by Argon2id, and the bytes in pieces by crypto_secretstream_xchacha20poly1305, of which none can be
 * left out, moved or cut off without notice. Waits for Argon2id: some seconds on a small board.
 *
 *   "AIDSEA1\n" 8 || passes u32 || memory in KiB u32 || salt 16 || header 24 || pieces of SEALED_PIECE + 17, the last is marked as such
 *
 * Numbers are little-endian. All before the pieces is bound to the first of them. */
#ifndef AIDMESH_NODE_STORE_SEALED_FILE_H
#define AIDMESH_NODE_STORE_SEALED_FILE_H

#include <stddef.h>
#include <stdint.h>

enum { SEALED_PIECE = 64 * 1024 };

enum sealed_rc {
	SEALED_OK = 0,
	SEALED_E_OTHER = -1,  /* it is no such file, or of a form that is not known */
	SEALED_E_WRONG = -2,  /* another passphrase, or the file was changed or cut off: nobody can tell which */
	SEALED_E_MEMORY = -3, /* for the bytes, or for Argon2id */
};

/* `*out` is the caller's to wipe and free. */
enum sealed_rc sealed_make(uint8_t **out, size_t *out_size, const uint8_t *clear, size_t size, const char *passphrase)
	__attribute__((warn_unused_result));
enum sealed_rc sealed_open(uint8_t **clear, size_t *clear_size, const uint8_t *file, size_t size,
			   const char *passphrase) __attribute__((warn_unused_result));

#endif
