/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Hosts around engines, in memory: a node has an engine and a disk of rows, a contact carries frames between two nodes.
 * A node does what engine.h asks of its host: feed, drain changes, verify and commit, drain drops, fill. Every frame of
 * entries that leaves a node is compared with its disk. Time stands still until nobody has anything to say; then it
 * jumps to the next deadline. Include cmocka.h first. */
#ifndef AIDMESH_TESTS_HOST_H
#define AIDMESH_TESTS_HOST_H

#include <stdlib.h>

#include "proto/pack.h"
#include "sync/engine.h"
#include "tests/unit/samples.h"

enum { HOST_NOW_S = 2400 * EPOCH_S + EPOCH_S / 2, HOST_QUEUE_MAX = 4, HOST_STEPS_MAX = 100000 };

struct row {
	uint8_t bytes[ENTRY_SIZE_MAX];
	size_t size;
	struct entry_id id;
	struct public_key author;
	bool live;
};

struct node {
	struct sync *sync;
	struct sync_config config;
	void *memory;
	struct row *rows; /* handle - 1 is the index */
	size_t row_count, row_cap;
	uint32_t batch;       /* commits at most so many changes at a time */
	uint32_t store_fails; /* so many commits fail from now on */
	uint64_t commits;
	crypto_generichash_state said; /* of all frames filled */
};

struct frame_bytes {
	size_t size;
	uint8_t bytes[LINK_FRAME_MAX];
};

struct queue {
	uint32_t count;
	struct frame_bytes frames[HOST_QUEUE_MAX];
};

struct contact {
	struct node *ends[2]; /* the first one dialled */
	carrier_id id;
	bool up;
	uint32_t frame_max; /* 0: LINK_FRAME_MAX */
	struct queue to[2];
	uint64_t frames, entries; /* delivered */
};

static inline enum sync_rc host_load(void *ctx, uint64_t handle, struct view *bytes)
{
	struct node *n = ctx;
	const struct row *row = &n->rows[handle - 1];

	assert_true(handle && handle <= n->row_count && row->live);
	*bytes = (struct view){ .data = row->bytes, .size = row->size };
	return SYNC_OK;
}

static inline struct sync_config host_config(uint64_t seed, uint32_t entries_max)
{
	return (struct sync_config){ .seed = seed,
				     .entries_max = entries_max,
				     .authors_max = 64,
				     .carriers_max = 4,
				     .changes_max = 256,
				     .pending_max = 256 };
}

/* An engine in memory that nobody cleared. */
static inline void node_boot(struct node *n, const struct sync_config *config)
{
	struct sync_host host = { .ctx = n, .load = host_load };
	size_t size = sync_footprint(config);

	n->config = *config;
	n->memory = malloc(size);
	assert_non_null(n->memory);
	memset(n->memory, 0xA5, size);
	assert_null(sync_init(n->memory, size - 1, config, &host));
	n->sync = sync_init(n->memory, size, config, &host);
	assert_non_null(n->sync);
}

static inline void node_init(struct node *n, const struct sync_config *config)
{
	*n = (struct node){ .batch = UINT32_MAX };
	crypto_generichash_init(&n->said, NULL, 0, 16);
	node_boot(n, config);
	sync_tick(n->sync, 0, (struct node_time){ .wall_s = HOST_NOW_S, .quality = TIME_SET });
}

static inline void node_fini(struct node *n)
{
	free(n->memory);
	free(n->rows);
}

static inline uint64_t disk_add(struct node *n, struct view bytes, const struct public_key *author)
{
	struct row *row;

	if (n->row_count == n->row_cap) {
		n->row_cap = n->row_cap ? 2 * n->row_cap : 64;
		n->rows = realloc(n->rows, n->row_cap * sizeof *n->rows);
		assert_non_null(n->rows);
	}
	row = &n->rows[n->row_count++];
	*row = (struct row){ .size = bytes.size, .id = entry_id_of(bytes, author), .author = *author, .live = true };
	memcpy(row->bytes, bytes.data, bytes.size);
	return n->row_count;
}

/* Packed or not. */
static inline bool disk_has(const struct node *n, struct view bytes)
{
	uint8_t room[ENTRY_SIZE_MAX];

	bytes = entry_unpack(bytes, room);
	for (uint64_t i = 0; i < n->row_count; i++)
		if (n->rows[i].live && n->rows[i].size == bytes.size &&
		    memcmp(n->rows[i].bytes, bytes.data, bytes.size) == 0)
			return true;
	return false;
}

static inline uint64_t disk_count(const struct node *n)
{
	uint64_t count = 0;

	for (uint64_t i = 0; i < n->row_count; i++)
		count += n->rows[i].live;
	return count;
}

static inline void node_drain_drops(struct node *n)
{
	struct sync_drop drop;

	while (sync_next_drop(n->sync, &drop)) {
		struct row *row = &n->rows[drop.handle - 1];

		assert_true(drop.handle && drop.handle <= n->row_count && row->live);
		assert_true(entry_id_equal(&row->id, &drop.id));
		row->live = false;
	}
}

static inline void node_commit(struct node *n, const struct sync_change *change)
{
	struct view bytes = { .data = change->bytes, .size = change->size };
	uint8_t key = 0;

	while (key < change->key_count && entry_verify(bytes, &change->keys[key]) != ENTRY_OK)
		key++;
	if (key == change->key_count) {
		sync_discarded(n->sync, change->seq, DISCARD_SIGNATURE);
	} else if (n->store_fails) {
		n->store_fails--;
		sync_discarded(n->sync, change->seq, DISCARD_STORE);
	} else {
		n->commits++;
		(void)!sync_committed(n->sync, change->seq, key, disk_add(n, bytes, &change->keys[key]));
	}
}

static inline void node_settle(struct node *n)
{
	struct sync_change change;

	for (uint32_t i = 0; i < n->batch && sync_next_change(n->sync, &change); i++)
		node_commit(n, &change);
	node_drain_drops(n);
}

/* As a person's entry: its author is known. */
static inline enum sync_rc node_publish(struct node *n, const struct sample *sample, const struct sample_key *key)
{
	enum sync_rc rc = sync_publish(n->sync, sample_view(sample), &key->public, 1);

	node_settle(n);
	return rc;
}

/* Nothing but whole entries that are on the sender's disk. */
static inline uint64_t check_entries(const struct node *n, struct view frame)
{
	enum frame_kind kind;
	struct view rest, entry;
	uint64_t count = 0;

	assert_int_equal(frame_open(&kind, &rest, frame), FRAME_OK);
	for (; kind == FRAME_ENTRIES && rest.size; count++) {
		assert_int_equal(frame_entry_read(&entry, &rest), FRAME_OK);
		assert_true(disk_has(n, entry));
	}
	return count;
}

static inline bool contact_fill(struct contact *c, int side, mono_ms now)
{
	struct queue *q = &c->to[1 - side];
	struct node *n = c->ends[side];
	bool moved = false;

	while (q->count < HOST_QUEUE_MAX) {
		struct frame_bytes *frame = &q->frames[q->count];

		frame->size = sync_fill(n->sync, c->id, frame->bytes, sizeof frame->bytes, now);
		if (!frame->size)
			break;
		crypto_generichash_update(&n->said, frame->bytes, frame->size);
		c->entries += check_entries(n, (struct view){ frame->bytes, frame->size });
		q->count++;
		moved = true;
	}
	return moved;
}

/* The oldest frame on its way to that side. False: there is none, or the engine is busy and it stays. */
static inline bool contact_deliver(struct contact *c, int side, mono_ms now)
{
	struct queue *q = &c->to[side];
	enum sync_rc rc;

	if (!q->count)
		return false;
	rc = sync_feed(c->ends[side]->sync, c->id, (struct view){ q->frames[0].bytes, q->frames[0].size }, now);
	if (rc == SYNC_E_BUSY)
		return false;
	q->count--;
	memmove(q->frames, q->frames + 1, q->count * sizeof q->frames[0]);
	c->frames++;
	return true;
}

static inline struct contact *contact_new(carrier_id id, struct node *dialling, struct node *dialled)
{
	struct contact *c = calloc(1, sizeof *c);

	assert_non_null(c);
	*c = (struct contact){ .id = id, .ends = { dialling, dialled } };
	return c;
}

static inline void contact_up(struct contact *c, mono_ms now)
{
	struct carrier_traits traits = { .dialled = true, .frame_max = c->frame_max ? c->frame_max : LINK_FRAME_MAX };

	c->to[0].count = c->to[1].count = 0;
	c->up = true;
	assert_int_equal(sync_carrier_up(c->ends[0]->sync, c->id, &traits, now), SYNC_OK);
	traits.dialled = false;
	assert_int_equal(sync_carrier_up(c->ends[1]->sync, c->id, &traits, now), SYNC_OK);
}

static inline void contact_down(struct contact *c)
{
	c->up = false;
	sync_carrier_down(c->ends[0]->sync, c->id);
	sync_carrier_down(c->ends[1]->sync, c->id);
}

/* One frame each way, at most; commits; then what there is to say. */
static inline bool contact_step(struct contact *c, mono_ms now)
{
	bool moved = false;

	for (int side = 0; c->up && side < 2; side++) {
		moved |= contact_deliver(c, side, now);
		node_settle(c->ends[side]);
	}
	for (int side = 0; c->up && side < 2; side++)
		moved |= contact_fill(c, side, now);
	return moved;
}

/* Until all are silent for good. False: they never were. */
static inline bool net_run(struct contact **contacts, size_t count, mono_ms *now)
{
	for (uint32_t step = 0; step < HOST_STEPS_MAX; step++) {
		mono_ms due = MONO_NEVER;
		bool moved = false;

		for (size_t i = 0; i < count; i++)
			moved |= contact_step(contacts[i], *now);
		for (size_t i = 0; i < 2 * count; i++) {
			mono_ms next = sync_deadline(contacts[i / 2]->ends[i % 2]->sync);

			due = next < due ? next : due;
		}
		if (!moved && due == MONO_NEVER)
			return true;
		if (!moved)
			*now = due > *now ? due : *now + 1;
	}
	return false;
}

static inline bool contact_is_safe(const struct contact *c)
{
	struct sync_link_status status;

	for (int side = 0; side < 2; side++)
		if (!sync_link_status(c->ends[side]->sync, c->id, &status) || status.state != LINK_SAFE ||
		    status.left_in || status.left_out)
			return false;
	return true;
}

/* What a node holds: the ids, sorted, in one hash. */
struct holding {
	uint32_t count;
	uint8_t hash[16];
};

static inline int compare_ids(const void *a, const void *b)
{
	return entry_id_compare(a, b);
}

/* Also: the disk holds exactly what the engine says. */
static inline struct holding node_holding(struct node *n)
{
	struct entry_id *ids = calloc(n->row_count + 1, sizeof *ids);
	struct holding holding = { .count = 0 };
	struct sync_status status;

	assert_non_null(ids);
	for (uint64_t i = 0; i < n->row_count; i++) {
		uint64_t handle;

		if (!n->rows[i].live)
			continue;
		assert_true(sync_find(n->sync, &n->rows[i].id, &handle) && handle == i + 1);
		ids[holding.count++] = n->rows[i].id;
	}
	sync_status(n->sync, &status);
	assert_int_equal(holding.count, status.entries);
	qsort(ids, holding.count, sizeof *ids, compare_ids);
	crypto_generichash(holding.hash, sizeof holding.hash, (uint8_t *)ids, holding.count * sizeof *ids, NULL, 0);
	free(ids);
	return holding;
}

static inline bool nodes_agree(struct node *a, struct node *b)
{
	struct holding x = node_holding(a), y = node_holding(b);

	return x.count == y.count && memcmp(x.hash, y.hash, sizeof x.hash) == 0;
}

/* Entries. */

static inline struct entry host_entry(const struct sample_key *key, enum entry_kind kind, uint32_t number,
				      uint32_t time)
{
	struct entry e;

	memset(&e, 0, sizeof e);
	e.author = public_key_hint(&key->public);
	e.kind = kind;
	e.number = number;
	e.hlc.time = time;
	if (kind == ENTRY_CARD) {
		e.card.key = key->public;
		strcpy(e.card.name, "Oak");
	}
	if (kind == ENTRY_LINE)
		e.line.created = time;
	if (kind == ENTRY_LINE)
		e.line.item = 1;
	return e;
}

static inline struct sample host_card(const struct sample_key *key, uint32_t time)
{
	struct entry e = host_entry(key, ENTRY_CARD, 0, time);

	return sample_signed(&e, key);
}

static inline struct sample host_note(const struct sample_key *key, uint32_t number, uint32_t time)
{
	struct entry e = host_entry(key, ENTRY_NOTE, number, time);

	snprintf(e.note.text, sizeof e.note.text, "note %u", (unsigned)number);
	return sample_signed(&e, key);
}

/* One seed reproduces a run (splitmix64). */
struct dice {
	uint64_t state;
};

static inline uint64_t dice_u64(struct dice *d)
{
	uint64_t z = d->state += 0x9E3779B97F4A7C15;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
	z = (z ^ z >> 27) * 0x94D049BB133111EB;
	return z ^ z >> 31;
}

static inline uint32_t dice_below(struct dice *d, uint32_t bound)
{
	return (uint32_t)(dice_u64(d) % bound);
}

#endif
