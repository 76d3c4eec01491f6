/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who this node is: an Ed25519 key that signs, an X25519 key that seals and secures links. Made at the first start,
 * never shipped in an image. The file is `folder`/identity.key, mode 0600; keys live in sodium_malloc memory. */
#ifndef AIDMESH_NODE_STORE_IDENTITY_H
#define AIDMESH_NODE_STORE_IDENTITY_H

#include "node/settings/reason.h"
#include "proto/entry.h"

struct identity {
	struct public_key key;
	uint8_t sealing_key[32]; /* public */
	uint8_t *secret_key;     /* 64 bytes, sodium_malloc */
	uint8_t *sealing_secret; /* 32 bytes, sodium_malloc */
};

enum identity_rc {
	IDENTITY_OK = 0,
	IDENTITY_E_FILE = -1, /* cannot read or write it; `why` says which file and what to do */
	IDENTITY_E_DAMAGED =
		-2,           /* wrong size or check: restore it from a copy, or move it away to become a new author */
	IDENTITY_E_MODE = -3, /* readable by others: refuse, say chmod 600 */
};

/* Loads the key, or makes it (temporary file, fsync, rename, fsync of the folder) when there is none. */
enum identity_rc identity_open(struct identity *identity, struct reason *why, const char *folder)
	__attribute__((warn_unused_result));
/* There is a file, whatever is in it. */
bool identity_is_there(const char *folder);

/* A node that begins anew keeps its earlier key as identity.old until all is said under the new one. */
/* What is identity.key becomes identity.old; nothing where there is none. */
enum identity_rc identity_put_away(struct reason *why, const char *folder) __attribute__((warn_unused_result));
/* IDENTITY_E_FILE, with nothing said: there is none. */
enum identity_rc identity_open_old(struct identity *old, const char *folder) __attribute__((warn_unused_result));
/* Writes over it and removes it. Whoever reads the card's raw flash may still find it. */
enum identity_rc identity_destroy_old(struct reason *why, const char *folder) __attribute__((warn_unused_result));
/* It was another node's: it becomes identity.other, and is not ours to destroy. */
enum identity_rc identity_keep_other(struct reason *why, const char *folder) __attribute__((warn_unused_result));

/* Wipes and frees the secrets. */
void identity_close(struct identity *identity);

#endif
