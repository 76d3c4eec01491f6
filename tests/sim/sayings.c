/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/sim/sayings.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { GRACE_S = 3 * 3600 };

static uint64_t hash_of(const void *bytes, size_t size)
{
	static const uint8_t key[crypto_shorthash_KEYBYTES] = "sayings";
	uint64_t hash;

	crypto_shorthash((uint8_t *)&hash, bytes, size, key);
	return hash;
}

static uint64_t place_hash(const struct saying *s)
{
	struct {
		struct public_key author;
		uint32_t field, number;
	} place = { s->author, s->head.field, s->head.number };

	return hash_of(&place, sizeof place);
}

static bool is_same_place(const struct saying *a, const struct saying *b)
{
	return a->head.field == b->head.field && a->head.number == b->head.number &&
	       public_key_equal(&a->author, &b->author);
}

struct view saying_bytes(const struct saying *saying)
{
	return (struct view){ .data = saying->bytes, .size = saying->size };
}

bool saying_is_live(const struct saying *saying, uint32_t true_s)
{
	uint32_t days = retention_days(entry_retention(saying->head.kind));

	return saying->kept_s / EPOCH_S + days >= (true_s + GRACE_S) / EPOCH_S;
}

void sayings_fini(struct sayings *sayings)
{
	free(sayings->all);
	free(sayings->by_bytes);
	free(sayings->by_place);
	*sayings = (struct sayings){ 0 };
}

/* Where these bytes are in the table, or the free place where they belong. */
static uint32_t bytes_at(const struct sayings *sayings, struct view bytes)
{
	uint32_t at = (uint32_t)hash_of(bytes.data, bytes.size) & sayings->mask;

	for (; sayings->by_bytes[at]; at = (at + 1) & sayings->mask) {
		const struct saying *s = &sayings->all[sayings->by_bytes[at] - 1];

		if (s->size == bytes.size && memcmp(s->bytes, bytes.data, bytes.size) == 0)
			break;
	}
	return at;
}

static uint32_t place_at(const struct sayings *sayings, const struct saying *said)
{
	uint32_t at = (uint32_t)place_hash(said) & sayings->mask;

	while (sayings->by_place[at] && !is_same_place(&sayings->all[sayings->by_place[at] - 1], said))
		at = (at + 1) & sayings->mask;
	return at;
}

static void index_saying(struct sayings *sayings, uint32_t index)
{
	struct saying *s = &sayings->all[index];
	uint32_t at = place_at(sayings, s);

	sayings->by_bytes[bytes_at(sayings, saying_bytes(s))] = index + 1;
	if (!sayings->by_place[at])
		sayings->by_place[at] = index + 1;
}

/* At most half full. */
static void grow(struct sayings *sayings)
{
	uint32_t cap = sayings->cap ? 2 * sayings->cap : 512;

	sayings->cap = cap;
	sayings->mask = 2 * cap - 1;
	sayings->all = realloc(sayings->all, cap * sizeof *sayings->all);
	free(sayings->by_bytes);
	free(sayings->by_place);
	sayings->by_bytes = calloc(2 * (size_t)cap, sizeof *sayings->by_bytes);
	sayings->by_place = calloc(2 * (size_t)cap, sizeof *sayings->by_place);
	assert(sayings->all && sayings->by_bytes && sayings->by_place);
	for (uint32_t i = 0; i < sayings->count; i++)
		index_saying(sayings, i);
}

uint32_t sayings_find(const struct sayings *sayings, struct view bytes)
{
	if (!sayings->count)
		return SAYING_NONE;
	return sayings->by_bytes[bytes_at(sayings, bytes)] - 1;
}

uint32_t sayings_add(struct sayings *sayings, struct view bytes, const struct public_key *author, enum truth truth)
{
	struct saying s = { .author = *author, .truth = truth, .size = (uint16_t)bytes.size };
	uint32_t found = sayings_find(sayings, bytes), at;
	enum entry_rc rc = entry_head_decode(&s.head, bytes);

	assert(rc == ENTRY_OK);
	if (found != SAYING_NONE)
		return found;
	if (sayings->count == sayings->cap)
		grow(sayings);
	memcpy(s.bytes, bytes.data, bytes.size);
	s.id = entry_id_of(bytes, author);
	s.written_s = s.head.hlc.time;
	s.kept_s = hlc_epoch(s.head.hlc) * EPOCH_S + s.head.hlc.time % EPOCH_S;
	at = place_at(sayings, &s);
	s.place = sayings->by_place[at] ? sayings->all[sayings->by_place[at] - 1].place : sayings->place_count++;
	s.origin = sayings->count;
	sayings->all[sayings->count] = s;
	index_saying(sayings, sayings->count);
	return sayings->count++;
}
