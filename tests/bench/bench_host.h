/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A host round an engine for benchmarks of reconciliation alone: rows in memory, every signature taken for good. */
#ifndef AIDMESH_TESTS_BENCH_HOST_H
#define AIDMESH_TESTS_BENCH_HOST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "sync/engine.h"

/* Odd, so that each author writes every kind. */
enum { AUTHORS = 129, NOW_S = 2400 * EPOCH_S + EPOCH_S / 2 };

static struct public_key keys[AUTHORS];

struct row {
	uint8_t size;
	uint8_t bytes[ENTRY_SIZE_MAX];
};

struct host {
	struct sync *sync;
	void *memory;
	struct row *rows; /* handle - 1 */
	uint64_t count, cap;
};

static inline void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

static inline double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline enum sync_rc load(void *ctx, uint64_t handle, struct view *bytes)
{
	const struct row *row = &((struct host *)ctx)->rows[handle - 1];

	*bytes = (struct view){ row->bytes, row->size };
	return SYNC_OK;
}

static inline void host_init(struct host *h, uint64_t seed, uint32_t entries_max)
{
	struct sync_config config = { .seed = seed,
				      .entries_max = entries_max,
				      .authors_max = 2 * AUTHORS,
				      .carriers_max = 1,
				      .changes_max = 512,
				      .pending_max = 16 };
	struct sync_host host = { .ctx = h, .load = load };
	size_t size = sync_footprint(&config);

	h->memory = malloc(size);
	h->rows = malloc(entries_max * sizeof *h->rows);
	h->count = 0;
	h->cap = entries_max;
	must(h->memory && h->rows, "no memory");
	h->sync = sync_init(h->memory, size, &config, &host);
	sync_tick(h->sync, 0, (struct node_time){ .wall_s = NOW_S, .quality = TIME_SET });
}

static inline void host_fini(struct host *h)
{
	free(h->memory);
	free(h->rows);
}

static inline uint64_t host_store(struct host *h, struct view bytes)
{
	struct row *row = &h->rows[h->count++];

	must(h->count <= h->cap, "the store is full");
	row->size = (uint8_t)bytes.size;
	memcpy(row->bytes, bytes.data, bytes.size);
	return h->count;
}

/* Entry number `at` of a world, with a signature of no one: needs, moves and notes of the last days. */
static inline size_t make_entry(uint8_t bytes[ENTRY_SIZE_MAX], uint32_t at, uint16_t *author)
{
	struct entry e = { .number = at * 2654435761u | 1 };
	struct ref other;
	size_t size;

	*author = (uint16_t)(at % AUTHORS);
	memcpy(&e.author, keys[*author].bytes, sizeof e.author);
	memcpy(&other.author, keys[(at + 1) % AUTHORS].bytes, sizeof other.author);
	other.number = (at + 1) * 2654435761u | 1;
	e.hlc.time = NOW_S - at * 7 % (20 * EPOCH_S);
	if (at % 4 < 2) {
		e.kind = ENTRY_LINE;
		e.line = (struct line){ .kind = LINE_NEED,
					.site = { .author = e.author, .number = at % 7 + 1 },
					.item = (uint16_t)(100 + at % 50),
					.quantity_milli = 1000 * (1 + at % 300),
					.people = at % 200,
					.infants = at % 5,
					.within_h = 24,
					.created = e.hlc.time };
		if (at % 4)
			strcpy(e.line.text, "for the night shift");
	} else if (at % 4 == 2) {
		e.kind = ENTRY_MOVE;
		e.move = (struct move){ .stage = MOVE_PLEDGED,
					.of = other,
					.from = { .author = e.author, .number = at % 9 + 1 },
					.quantity_milli = 5000 * (1 + at % 40),
					.at = e.hlc.time,
					.due = e.hlc.time + 7200 };
	} else {
		e.kind = ENTRY_NOTE;
		e.note = (struct note){ .kind = NOTE_MESSAGE, .language = "en", .of = other };
		strcpy(e.note.text, "Bridge closed, come by the north road");
	}
	must(entry_body_encode(bytes, &size, &e) == ENTRY_OK, "an entry cannot be encoded");
	for (size_t i = 0; i < SIGNATURE_SIZE; i++)
		bytes[size + i] = (uint8_t)(at >> 8 * (i % 4) ^ i);
	return size + SIGNATURE_SIZE;
}

static inline void host_restore(struct host *h, uint32_t from, uint32_t to)
{
	uint8_t bytes[ENTRY_SIZE_MAX];

	for (uint32_t at = from; at < to; at++) {
		uint16_t author;
		size_t size = make_entry(bytes, at, &author);
		struct view view = { bytes, size };
		struct entry_id id;

		must(sync_restore(h->sync, &id, host_store(h, view), view, &keys[author]) == SYNC_OK, "restore");
	}
}

static inline void drain(struct host *h)
{
	struct sync_change change;

	while (sync_next_change(h->sync, &change)) {
		struct view view = { change.bytes, change.size };

		must(sync_committed(h->sync, change.seq, 0, host_store(h, view)) == SYNC_OK, "commit");
	}
}

static inline void bench_keys(void)
{
	must(sodium_init() >= 0, "libsodium");
	for (size_t i = 0; i < AUTHORS; i++)
		crypto_generichash(keys[i].bytes, 32, (const uint8_t *)&i, sizeof i, NULL, 0);
}

#endif
