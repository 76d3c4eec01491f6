/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A host round an engine for fuzzing: a world of numbered entries, rows in memory with canaries behind the engine's own,
 * and signatures that a fuzzer can make: a key signed what ends in an even byte and names the key's last bit before it.
 *
 *   engine's memory | canary          rows: what was committed; each frame that is filled says nothing else
 */
#ifndef AIDMESH_FUZZ_WORLD_H
#define AIDMESH_FUZZ_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "proto/pack.h"
#include "sync/engine.h"

enum { WORLD_KEYS = 8, WORLD_ENTRIES = 160, WORLD_NOW_S = 2400 * EPOCH_S + EPOCH_S / 2, WORLD_CARRIER = 3 };
enum { WORLD_ENTRIES_MAX = 256, WORLD_ROWS_MAX = 1024, WORLD_CANARY = 64, WORLD_FILLS_MAX = 4000 };

struct world_row {
	bool live;
	uint8_t size;
	struct public_key key;
	uint8_t bytes[ENTRY_SIZE_MAX];
};

struct world_node {
	struct sync *sync;
	struct sync_config config;
	uint8_t *memory;
	size_t memory_size;
	struct node_time time;
	uint32_t row_count;
	struct world_row rows[WORLD_ROWS_MAX]; /* handle - 1 */
};

/* Key 7 has the hint of key 6. */
static inline struct public_key world_key(uint32_t at)
{
	struct public_key key;

	for (size_t i = 0; i < sizeof key.bytes; i++)
		key.bytes[i] = (uint8_t)((at == 7 && i < 8 ? 6 : at) * 37 + i * 11 + 1);
	return key;
}

static inline bool world_is_signed(struct view bytes, const struct public_key *key)
{
	struct public_key own;

	if (entry_card_key(&own, bytes) && !public_key_equal(&own, key))
		return false;
	return bytes.data[bytes.size - 1] % 2 == 0 && (bytes.data[bytes.size - 2] ^ key->bytes[31]) % 2 == 0;
}

/* Entry `at`: the first are the cards. The version grows with `at / WORLD_ENTRIES`. */
static inline size_t world_make(uint8_t bytes[ENTRY_SIZE_MAX], uint32_t at, struct public_key *key)
{
	uint32_t number = at % WORLD_ENTRIES, author = number % WORLD_KEYS;
	struct entry e = { .number = number, .kind = number % 3 ? ENTRY_NOTE : ENTRY_LINE };
	enum entry_rc rc;
	size_t size;

	*key = world_key(author);
	e.author = public_key_hint(key);
	e.hlc.time = WORLD_NOW_S - number * 4000 + at / WORLD_ENTRIES * 60;
	if (number < WORLD_KEYS) {
		e.number = 0;
		e.kind = ENTRY_CARD;
		e.card.key = *key;
		strcpy(e.card.name, "Oak");
	} else if (e.kind == ENTRY_LINE) {
		e.line = (struct line){ .item = 101, .created = e.hlc.time, .within_h = number % 2 ? 6 : 0 };
	} else {
		(void)snprintf(e.note.text, sizeof e.note.text, "%u", at);
	}
	rc = entry_body_encode(bytes, &size, &e);
	assert(rc == ENTRY_OK);
	memset(bytes + size, 0, SIGNATURE_SIZE);
	bytes[size + SIGNATURE_SIZE - 2] = key->bytes[31];
	return size + SIGNATURE_SIZE;
}

/* The same, made once for the versions that are asked for most. */
static inline size_t world_entry(uint8_t bytes[ENTRY_SIZE_MAX], uint32_t at, struct public_key *key)
{
	static struct world_row made[2 * WORLD_ENTRIES];
	struct world_row *row = &made[at % (2 * WORLD_ENTRIES)];

	if (at >= 2 * WORLD_ENTRIES)
		return world_make(bytes, at, key);
	if (!row->size)
		row->size = (uint8_t)world_make(row->bytes, at, &row->key);
	memcpy(bytes, row->bytes, row->size);
	*key = row->key;
	return row->size;
}

static inline enum sync_rc world_load(void *ctx, uint64_t handle, struct view *bytes)
{
	struct world_node *n = ctx;
	const struct world_row *row = &n->rows[handle - 1];

	assert(handle && handle <= n->row_count && row->live);
	*bytes = (struct view){ row->bytes, row->size };
	return SYNC_OK;
}

static inline void world_check_canary(const struct world_node *n)
{
	for (size_t i = 0; i < WORLD_CANARY; i++)
		assert(n->memory[n->memory_size + i] == 0xC5);
}

/* An engine in memory that nobody cleared, with what the rows hold. */
static inline void world_boot(struct world_node *n, mono_ms now)
{
	struct sync_host host = { .ctx = n, .load = world_load };
	struct sync_drop drop;
	struct entry_id id;

	memset(n->memory, 0xA5, n->memory_size);
	n->sync = sync_init(n->memory, n->memory_size, &n->config, &host);
	assert(n->sync);
	for (uint32_t at = 0; at < n->row_count; at++) {
		struct world_row *row = &n->rows[at];

		if (row->live)
			(void)!sync_restore(n->sync, &id, at + 1, (struct view){ row->bytes, row->size }, &row->key);
	}
	while (sync_next_drop(n->sync, &drop))
		n->rows[drop.handle - 1].live = false;
	sync_tick(n->sync, now, n->time);
	while (sync_next_drop(n->sync, &drop))
		n->rows[drop.handle - 1].live = false;
}

/* A node that holds the world's entries from..to-1. */
static inline void world_open(struct world_node *n, uint64_t seed, uint32_t from, uint32_t to)
{
	n->config = (struct sync_config){ .seed = seed,
					  .entries_max = WORLD_ENTRIES_MAX,
					  .authors_max = 16,
					  .carriers_max = 2,
					  .changes_max = SYNC_FRAME_ENTRIES_MAX,
					  .pending_max = 8 };
	n->memory_size = sync_footprint(&n->config);
	n->memory = malloc(n->memory_size + WORLD_CANARY);
	assert(n->memory);
	memset(n->memory + n->memory_size, 0xC5, WORLD_CANARY);
	n->time = (struct node_time){ .wall_s = WORLD_NOW_S, .quality = TIME_SET };
	n->row_count = 0;
	for (uint32_t at = from; at < to; at++) {
		struct world_row *row = &n->rows[n->row_count++];

		row->size = (uint8_t)world_entry(row->bytes, at, &row->key);
		row->live = true;
	}
	world_boot(n, 0);
}

static inline void world_close(struct world_node *n)
{
	world_check_canary(n);
	free(n->memory);
}

static inline void world_drain_drops(struct world_node *n)
{
	struct sync_drop drop;

	while (sync_next_drop(n->sync, &drop)) {
		assert(drop.handle && drop.handle <= n->row_count && n->rows[drop.handle - 1].live);
		n->rows[drop.handle - 1].live = false;
	}
}

static inline void world_commit(struct world_node *n, const struct sync_change *change)
{
	struct view bytes = { change->bytes, change->size };
	struct world_row *row = &n->rows[n->row_count];
	struct entry_head head;
	enum entry_rc rc = entry_head_decode(&head, bytes);
	uint8_t k = 0;

	assert(rc == ENTRY_OK && change->key_count >= 1 && change->key_count <= KEYS_PER_HINT_MAX);
	while (k < change->key_count && !world_is_signed(bytes, &change->keys[k]))
		k++;
	if (k == change->key_count || n->row_count == WORLD_ROWS_MAX) {
		sync_discarded(n->sync, change->seq, k == change->key_count ? DISCARD_SIGNATURE : DISCARD_STORE);
		return;
	}
	assert(public_key_hint(&change->keys[k]) == head.author);
	*row = (struct world_row){ .live = true, .size = (uint8_t)change->size, .key = change->keys[k] };
	memcpy(row->bytes, change->bytes, change->size);
	(void)!sync_committed(n->sync, change->seq, k, ++n->row_count);
}

/* Commits at most `count` changes. */
static inline void world_settle(struct world_node *n, uint32_t count)
{
	struct sync_change change;

	for (; count && sync_next_change(n->sync, &change); count--)
		world_commit(n, &change);
	world_drain_drops(n);
}

static inline bool world_has(const struct world_node *n, struct view bytes)
{
	uint8_t room[ENTRY_SIZE_MAX];

	bytes = entry_unpack(bytes, room);
	for (uint32_t at = 0; at < n->row_count; at++)
		if (n->rows[at].live && n->rows[at].size == bytes.size &&
		    memcmp(n->rows[at].bytes, bytes.data, bytes.size) == 0)
			return true;
	return false;
}

/* What a frame says is on disk. */
static inline void world_check_said(const struct world_node *n, struct view frame)
{
	enum frame_kind kind;
	struct frame_call call;
	struct view rest, entry;
	bool whole = frame_open(&kind, &rest, frame) == FRAME_OK;

	assert(whole);
	if (kind == FRAME_ENTRY)
		assert(world_has(n, rest));
	while (kind == FRAME_ENTRIES && rest.size) {
		whole = frame_entry_read(&entry, &rest) == FRAME_OK;
		assert(whole && world_has(n, entry));
	}
	if (kind == FRAME_CALL) {
		whole = frame_call_read(&call, rest) == FRAME_OK;
		assert(whole && (!call.entry.size || world_has(n, call.entry)));
	}
}

/* The next frame, checked; 0: none. Then nothing is due until later, at the second look at the latest: what was queued may
 * have turned out to be nothing. */
static inline size_t world_fill(struct world_node *n, uint8_t frame[LINK_FRAME_MAX], mono_ms now)
{
	size_t size = 0;

	for (int looks = 0; !size && looks < 3 && (!looks || sync_deadline(n->sync) <= now); looks++)
		size = sync_fill(n->sync, WORLD_CARRIER, frame, LINK_FRAME_MAX, now);
	assert(size <= LINK_FRAME_MAX);
	if (size)
		world_check_said(n, (struct view){ frame, size });
	else
		assert(sync_deadline(n->sync) > now);
	return size;
}

/* What must hold at the end whatever was said. */
static inline void world_check(struct world_node *n)
{
	struct sync_status status;
	struct sync_link_status link;
	uint32_t live = 0;

	sync_status(n->sync, &status);
	for (uint32_t at = 0; at < n->row_count; at++) {
		const struct world_row *row = &n->rows[at];
		struct view bytes = { row->bytes, row->size };
		struct entry_id id = entry_id_of(bytes, &row->key);
		uint64_t handle;

		live += row->live;
		assert(world_is_signed(bytes, &row->key));
		assert(!sync_find(n->sync, &id, &handle) || n->rows[handle - 1].live);
	}
	assert(status.entries <= live && status.entries <= WORLD_ENTRIES_MAX);
	(void)!sync_link_status(n->sync, WORLD_CARRIER, &link);
	world_check_canary(n);
}

#endif
