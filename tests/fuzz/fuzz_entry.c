/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as an entry: what is decoded can be encoded again, and then says the same in no more bytes; what is packed
 * comes back as it was. */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "proto/pack.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return sodium_init() < 0 ? -1 : 0;
}

static void pack_again(struct view bytes)
{
	uint8_t packed[ENTRY_SIZE_MAX], room[ENTRY_SIZE_MAX];
	size_t size = bytes.size < ENTRY_SIZE_MIN || bytes.size > ENTRY_SIZE_MAX ? 0 : entry_pack(packed, bytes);
	struct view back = entry_unpack((struct view){ packed, size }, room);

	assert(!size || (size < bytes.size && back.size == bytes.size && !memcmp(back.data, bytes.data, back.size)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t room[ENTRY_SIZE_MAX];
	struct view bytes = entry_unpack((struct view){ .data = data, .size = size }, room);
	struct entry_head head;
	struct entry entry, back;
	struct public_key key = { { 0 } };

	assert(bytes.data == data || (bytes.size >= ENTRY_SIZE_MIN && bytes.size <= ENTRY_SIZE_MAX));
	size = bytes.size;
	pack_again(bytes);
	enum entry_rc head_rc = entry_head_decode(&head, bytes);
	entry_card_key(&key, bytes);
	(void)!entry_verify(bytes, &key);
	if (entry_decode(&entry, bytes) != ENTRY_OK)
		return 0;
	assert(head_rc == ENTRY_OK && head.kind == entry.kind && head.author == entry.author);
	if (entry.kind == ENTRY_UNKNOWN)
		return 0;

	uint8_t again[ENTRY_SIZE_MAX] = { 0 };
	size_t body_size = 0;
	enum entry_rc rc = entry_body_encode(again, &body_size, &entry);
	assert(rc == ENTRY_OK && body_size <= size - SIGNATURE_SIZE);
	rc = entry_decode(&back, (struct view){ .data = again, .size = body_size + SIGNATURE_SIZE });
	assert(rc == ENTRY_OK && back.kind == entry.kind && back.number == entry.number);
	return 0;
}
