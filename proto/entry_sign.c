/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "proto/entry.h"
#include "proto/scan.h"

/* With the zero that ends it: what a signature of this protocol begins with. */
static const char SIGNATURE_CONTEXT[] = "aidmesh entry 1";

struct signed_message {
	uint8_t bytes[sizeof(SIGNATURE_CONTEXT) + sizeof(struct public_key) + BODY_SIZE_MAX];
	size_t size;
};

static_assert(sizeof(SIGNATURE_CONTEXT) == 16, "the context and its zero");
static_assert(crypto_sign_BYTES == SIGNATURE_SIZE, "Ed25519");
static_assert(crypto_sign_PUBLICKEYBYTES == sizeof(struct public_key), "Ed25519");

static struct signed_message signed_message_of(struct view body, const struct public_key *key)
{
	struct signed_message message;
	assert(body.size >= 1 && body.size <= BODY_SIZE_MAX);
	struct writer w = writer_init(message.bytes, sizeof(message.bytes));
	write_bytes(&w, SIGNATURE_CONTEXT, sizeof(SIGNATURE_CONTEXT));
	write_bytes(&w, key->bytes, sizeof(key->bytes));
	write_bytes(&w, body.data, body.size);
	assert(w.ok);
	message.size = w.size;
	return message;
}

enum entry_rc entry_sign(uint8_t bytes[ENTRY_SIZE_MAX], size_t *size, const struct entry *entry,
			 const uint8_t secret_key[64])
{
	struct public_key key;
	crypto_sign_ed25519_sk_to_pk(key.bytes, secret_key);
	if (public_key_hint(&key) != entry->author)
		return ENTRY_E_HINT;
	uint8_t body[BODY_SIZE_MAX];
	size_t body_size;
	enum entry_rc rc = entry_body_encode(body, &body_size, entry);
	if (rc != ENTRY_OK)
		return rc;
	struct signed_message message = signed_message_of((struct view){ .data = body, .size = body_size }, &key);
	memcpy(bytes, body, body_size);
	crypto_sign_detached(bytes + body_size, NULL, message.bytes, message.size, secret_key);
	*size = body_size + SIGNATURE_SIZE;
	assert(entry_size_is_legal(*size));
	return ENTRY_OK;
}

/* The key field of a card's message. */
static bool card_key(struct public_key *key, struct view card)
{
	while (card.size > 0) {
		struct field field;
		if (!field_next(&field, &card))
			return false;
		if (field.number == 1 && field.bytes.size == sizeof(key->bytes)) {
			memcpy(key->bytes, field.bytes.data, sizeof(key->bytes));
			return true;
		}
	}
	return false;
}

bool entry_card_key(struct public_key *key, struct view bytes)
{
	struct scan scan;
	return entry_scan(&scan, bytes) == ENTRY_OK && scan.head.kind == ENTRY_CARD && card_key(key, scan.says);
}

enum entry_rc entry_verify(struct view bytes, const struct public_key *key)
{
	struct scan scan;
	enum entry_rc rc = entry_scan(&scan, bytes);
	if (rc != ENTRY_OK)
		return rc;
	if (scan.head.author != public_key_hint(key))
		return ENTRY_E_HINT;
	struct public_key own;
	if (scan.head.kind == ENTRY_CARD && (!card_key(&own, scan.says) || !public_key_equal(&own, key)))
		return ENTRY_E_HINT;
	struct signed_message message = signed_message_of(scan.body, key);
	const uint8_t *signature = bytes.data + scan.body.size;
	assert(scan.body.size + SIGNATURE_SIZE == bytes.size);
	if (crypto_sign_verify_detached(signature, message.bytes, message.size, key->bytes) != 0)
		return ENTRY_E_SIGNATURE;
	return ENTRY_OK;
}
