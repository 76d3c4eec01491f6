/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "proto/entry.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

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

const char *entry_rc_text(enum entry_rc rc)
{
	switch (rc) {
	case ENTRY_OK:
		return "The entry is sound.";
	case ENTRY_E_SIZE:
		return "It is longer or shorter than an entry can be; a shorter text may help.";
	case ENTRY_E_MALFORMED:
		return "These bytes are not an entry.";
	case ENTRY_E_BOUNDS:
		return "A value is outside what an entry may say, or does not go with another one.";
	case ENTRY_E_SIGNATURE:
		return "The signature does not belong to these bytes.";
	case ENTRY_E_HINT:
		return "The key does not belong to the author named.";
	}
	return "The entry is refused.";
}

enum entry_rc entry_head_decode(struct entry_head *head, struct view bytes)
{
	struct scan scan;
	enum entry_rc rc = entry_scan(&scan, bytes);
	if (rc == ENTRY_OK)
		*head = scan.head;
	return rc;
}

static struct signed_message signed_message_of(struct view body, const struct public_key *key)
{
	struct signed_message message;
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
	if (crypto_sign_verify_detached(signature, message.bytes, message.size, key->bytes) != 0)
		return ENTRY_E_SIGNATURE;
	return ENTRY_OK;
}

struct entry_id entry_id_of(struct view bytes, const struct public_key *key)
{
	assert(bytes.size >= ENTRY_SIZE_MIN && bytes.size <= ENTRY_SIZE_MAX);
	struct entry_id id;
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, sizeof(id.bytes));
	crypto_generichash_update(&state, key->bytes, sizeof(key->bytes));
	crypto_generichash_update(&state, bytes.data, bytes.size - SIGNATURE_SIZE);
	crypto_generichash_final(&state, id.bytes, sizeof(id.bytes));
	return id;
}

static uint64_t first_8_bytes(const uint8_t bytes[32])
{
	struct reader r = reader_init((struct view){ .data = bytes, .size = 8 });
	return read_u64(&r);
}

uint64_t public_key_hint(const struct public_key *key)
{
	return first_8_bytes(key->bytes);
}

bool public_key_equal(const struct public_key *a, const struct public_key *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool entry_id_equal(const struct entry_id *a, const struct entry_id *b)
{
	return entry_id_compare(a, b) == 0;
}

int entry_id_compare(const struct entry_id *a, const struct entry_id *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

uint64_t entry_id_version(const struct entry_id *id)
{
	return first_8_bytes(id->bytes);
}

int hlc_compare(struct hlc a, struct hlc b)
{
	if (a.time != b.time)
		return a.time < b.time ? -1 : 1;
	return (a.tick > b.tick) - (a.tick < b.tick);
}

bool ref_is_none(struct ref ref)
{
	return ref.number == 0;
}

bool ref_equal(struct ref a, struct ref b)
{
	return a.author == b.author && a.number == b.number;
}

bool entry_supersedes(struct hlc a, const struct entry_id *a_id, struct hlc b, const struct entry_id *b_id)
{
	int order = hlc_compare(a, b);
	return order != 0 ? order > 0 : entry_id_compare(a_id, b_id) > 0;
}

enum retention entry_retention(enum entry_kind kind)
{
	switch (kind) {
	case ENTRY_UNKNOWN:
	case ENTRY_LINE:
	case ENTRY_NOTE:
		return RETENTION_LINE;
	case ENTRY_MOVE:
		return RETENTION_MOVE;
	case ENTRY_CARD:
	case ENTRY_SITE:
	case ENTRY_TRUST:
		return RETENTION_CARD;
	}
	return RETENTION_LINE;
}

uint32_t retention_days(enum retention retention)
{
	static const uint32_t days[RETENTION_COUNT] = {
		[RETENTION_LINE] = RETAIN_LINE_DAYS,
		[RETENTION_MOVE] = RETAIN_MOVE_DAYS,
		[RETENTION_CARD] = RETAIN_CARD_DAYS,
	};
	assert(retention < RETENTION_COUNT);
	return days[retention];
}

uint16_t hlc_epoch(struct hlc hlc)
{
	static_assert(UINT32_MAX / EPOCH_S <= UINT16_MAX, "every time has an epoch");
	return (uint16_t)(hlc.time / EPOCH_S);
}
