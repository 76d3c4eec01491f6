/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as an entry: what is decoded can be encoded again, and then says the same in no more bytes. */
#include <assert.h>
#include <sodium.h>

#include "proto/entry.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return sodium_init() < 0 ? -1 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view bytes = { .data = data, .size = size };
	struct entry_head head;
	struct entry entry, back;
	struct public_key key = { { 0 } };

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
