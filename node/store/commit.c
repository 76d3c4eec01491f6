/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/store/commit.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	SLICES = COMMIT_CHANGES_MAX / COMMIT_SLICE_MAX,
	VERIFIERS_MAX = 3, /* jobs at a time: of libuv's four threads one is left for the card */
	DELETES_MAX = 1024,
};

struct setting {
	char key[COMMIT_SETTING_SIZE]; /* empty: none */
	char value[COMMIT_VALUE_SIZE];
};

/* Rows that are to be deleted, and those of them that a newer version replaced. */
struct leaving {
	size_t count, replaced_count;
	uint64_t all[DELETES_MAX], replaced[DELETES_MAX];
};

enum slice_state { SLICE_FREE, SLICE_FILLED, SLICE_VERIFYING, SLICE_VERIFIED };

/* Some changes, one after the other. While it is being verified it belongs to the pool. */
struct slice {
	enum slice_state state;
	uv_work_t work;
	struct commit *commit;
	size_t count;
	struct sync_change changes[COMMIT_SLICE_MAX];
	uint8_t key_index[COMMIT_SLICE_MAX]; /* KEYS_PER_HINT_MAX: nobody known signed it */
	struct entry_id ids[COMMIT_SLICE_MAX];
};

/* What one transaction writes. While it is under way it belongs to the pool, and so do the slices it comes from. */
struct batch {
	uv_work_t work;
	bool running;
	uint64_t begun_ms; /* uv_now, of the transaction that runs */
	enum store_rc rc;
	size_t slice_count; /* the first of the ring */
	size_t insert_count;
	struct store_insert inserts[COMMIT_BATCH_MAX];
	struct leaving leaving;
	uint16_t day;
	struct setting settings[COMMIT_SETTINGS_MAX];
};

struct commit {
	uv_loop_t *loop;
	struct sync *sync;
	struct store *store;
	struct picture *picture;
	const struct log *log;
	struct commit_host host;
	bool failed;
	uint64_t count, entries; /* transactions on disk, and what they wrote */
	size_t verifiers, verifiers_max;
	size_t first, used; /* slices of the ring that are not free */
	struct slice slices[SLICES];
	struct batch batch;
	struct leaving leaving;                       /* with the next transaction */
	struct setting settings[COMMIT_SETTINGS_MAX]; /* to be written after it */
};

static_assert(COMMIT_BATCH_MAX % COMMIT_SLICE_MAX == 0, "a batch is whole slices");

struct commit *commit_open(uv_loop_t *loop, struct sync *sync, struct store *store, struct picture *picture,
			   const struct log *log, const struct commit_host *host)
{
	struct commit *c = calloc(1, sizeof *c);
	unsigned int cores = uv_available_parallelism();

	if (c == NULL)
		return NULL;
	c->loop = loop;
	c->sync = sync;
	c->store = store;
	c->picture = picture;
	c->log = log;
	c->host = *host;
	c->verifiers_max = cores < VERIFIERS_MAX ? cores : VERIFIERS_MAX;
	assert(c->verifiers_max > 0); /* else nothing would ever be verified */
	c->batch.work.data = c;
	for (size_t i = 0; i < SLICES; i++) {
		c->slices[i].commit = c;
		c->slices[i].work.data = &c->slices[i];
	}
	return c;
}

void commit_set(struct commit *c, const char *key, const char *value)
{
	size_t at = 0;

	assert(key[0] && strlen(key) < COMMIT_SETTING_SIZE && strlen(value) < COMMIT_VALUE_SIZE);
	while (at < COMMIT_SETTINGS_MAX && c->settings[at].key[0] && strcmp(c->settings[at].key, key) != 0)
		at++;
	assert(at < COMMIT_SETTINGS_MAX);
	strcpy(c->settings[at].key, key);
	strcpy(c->settings[at].value, value);
}

bool commit_is_idle(const struct commit *c)
{
	return !c->used && !c->batch.running;
}

bool commit_has_failed(const struct commit *c)
{
	return c->failed;
}

uint64_t commit_busy_ms(const struct commit *c)
{
	return c->batch.running ? uv_now(c->loop) - c->batch.begun_ms : 0;
}

uint64_t commit_count(const struct commit *c)
{
	return c->count;
}

uint64_t commit_entries(const struct commit *c)
{
	return c->entries;
}

void commit_close(struct commit *c)
{
	assert(c == NULL || commit_is_idle(c));
	free(c);
}

static struct slice *slice_at(struct commit *c, size_t i)
{
	assert(i < SLICES && c->used <= SLICES);
	return &c->slices[(c->first + i) % SLICES];
}

/* Verifying. */

static struct view bytes_of(const struct sync_change *change)
{
	return (struct view){ change->bytes, change->size };
}

static uint8_t signer_of(const struct sync_change *change)
{
	for (uint8_t k = 0; k < change->key_count; k++)
		if (entry_verify(bytes_of(change), &change->keys[k]) == ENTRY_OK)
			return k;
	return KEYS_PER_HINT_MAX;
}

/* On the pool: touches nothing but the slice. */
static void verify(uv_work_t *work)
{
	struct slice *slice = work->data;

	assert(slice->count > 0 && slice->count <= COMMIT_SLICE_MAX);
	for (size_t i = 0; i < slice->count; i++) {
		const struct sync_change *change = &slice->changes[i];

		slice->key_index[i] = signer_of(change);
		if (slice->key_index[i] != KEYS_PER_HINT_MAX)
			slice->ids[i] = entry_id_of(bytes_of(change), &change->keys[slice->key_index[i]]);
	}
}

/* The last one if nobody verifies it yet and it has room, else the next free one; NULL: there is none. */
static struct slice *slice_to_fill(struct commit *c)
{
	struct slice *last = c->used ? slice_at(c, c->used - 1) : NULL;

	if (last != NULL && last->state == SLICE_FILLED && last->count < COMMIT_SLICE_MAX)
		return last;
	if (c->used == SLICES)
		return NULL;
	last = slice_at(c, c->used);
	assert(last->state == SLICE_FREE);
	last->count = 0;
	return last;
}

/* The engine's changes into slices. */
static void gather(struct commit *c)
{
	struct slice *slice;

	while ((slice = slice_to_fill(c)) != NULL) {
		size_t before = slice->count;

		while (slice->count < COMMIT_SLICE_MAX && sync_next_change(c->sync, &slice->changes[slice->count]))
			slice->count++;
		if (slice->count == before)
			return;
		c->used += slice->state == SLICE_FREE;
		slice->state = SLICE_FILLED;
	}
}

static void after_verify(uv_work_t *work, int status)
{
	struct slice *slice = work->data;
	struct commit *c = slice->commit;

	(void)status;
	assert(slice->state == SLICE_VERIFYING && c->verifiers > 0);
	slice->state = SLICE_VERIFIED;
	c->verifiers--;
	commit_start(c);
}

static void start_verifying(struct commit *c)
{
	for (size_t i = 0; i < c->used && c->verifiers < c->verifiers_max; i++) {
		struct slice *slice = slice_at(c, i);
		int rc;

		if (slice->state != SLICE_FILLED)
			continue;
		rc = uv_queue_work(c->loop, &slice->work, verify, after_verify);
		assert(rc == 0); /* it fails only without a function to run */
		slice->state = SLICE_VERIFYING;
		c->verifiers++;
	}
	assert(c->verifiers <= c->verifiers_max);
}

/* Storing. */

/* Rows that no longer stand are deleted with the next transaction; until then a restart would only drop them again. */
static void take_drops(struct commit *c)
{
	struct sync_drop drop;

	while (c->leaving.count < DELETES_MAX && sync_next_drop(c->sync, &drop)) {
		if (!picture_drop(c->picture, &drop.id))
			c->leaving.replaced[c->leaving.replaced_count++] = drop.handle;
		c->leaving.all[c->leaving.count++] = drop.handle;
	}
	assert(c->leaving.replaced_count <= c->leaving.count && c->leaving.count <= DELETES_MAX);
}

static void put_inserts(struct batch *batch, const struct slice *slice)
{
	assert(slice->state == SLICE_VERIFIED);
	assert(batch->insert_count + slice->count <= COMMIT_BATCH_MAX);
	for (size_t i = 0; i < slice->count; i++)
		if (slice->key_index[i] != KEYS_PER_HINT_MAX)
			batch->inserts[batch->insert_count++] =
				(struct store_insert){ .bytes = bytes_of(&slice->changes[i]),
						       .author = slice->changes[i].keys[slice->key_index[i]] };
}

/* A transaction has pages of its own, whatever it holds: it waits for what is being verified, until it is full. */
static bool awaits_more(struct commit *c)
{
	size_t changes = 0;

	for (size_t i = 0; i < c->used; i++) {
		const struct slice *slice = slice_at(c, i);

		changes += slice->count;
		if (changes > COMMIT_BATCH_MAX)
			return false;
		if (slice->state != SLICE_VERIFIED)
			return true;
	}
	return false;
}

/* What is verified from the front of the ring on, as much as one transaction takes. False: nothing to do. */
static bool prepare(struct commit *c)
{
	struct batch *batch = &c->batch;
	size_t changes = 0;

	assert(!batch->running);
	take_drops(c);
	batch->slice_count = batch->insert_count = 0;
	while (batch->slice_count < c->used) {
		const struct slice *slice = slice_at(c, batch->slice_count);

		if (slice->state != SLICE_VERIFIED || changes + slice->count > COMMIT_BATCH_MAX)
			break;
		put_inserts(batch, slice);
		changes += slice->count;
		batch->slice_count++;
	}
	assert(changes <= COMMIT_BATCH_MAX && batch->insert_count <= changes);
	batch->leaving = c->leaving;
	batch->day = c->host.today ? c->host.today(c->host.ctx) : 0;
	c->leaving.count = c->leaving.replaced_count = 0;
	memcpy(batch->settings, c->settings, sizeof c->settings);
	memset(c->settings, 0, sizeof c->settings);
	return batch->slice_count || batch->leaving.count || batch->settings[0].key[0];
}

/* On the pool: touches nothing but the batch, its slices and the store's writing side. */
static void store_batch(uv_work_t *work)
{
	struct commit *c = work->data;
	struct batch *batch = &c->batch;
	struct store_past past = { batch->leaving.replaced, batch->leaving.replaced_count, batch->day };

	batch->rc = STORE_E_IO;
	if (c->failed)
		return;
	batch->rc = store_commit(c->store, batch->inserts, batch->insert_count, batch->leaving.all,
				 batch->leaving.count, batch->day ? &past : NULL);
	for (int i = 0; i < COMMIT_SETTINGS_MAX && batch->rc == STORE_OK && batch->settings[i].key[0]; i++)
		batch->rc = store_set(c->store, batch->settings[i].key, batch->settings[i].value);
}

static enum commit_result stored(struct commit *c, const struct slice *slice, size_t i, const struct store_insert *row)
{
	const struct sync_change *change = &slice->changes[i];
	enum sync_rc rc;

	assert(slice->key_index[i] < change->key_count);
	rc = sync_committed(c->sync, change->seq, slice->key_index[i], row->handle);
	if (rc != SYNC_OK)
		return rc == SYNC_E_TIME ? COMMIT_OUT_OF_TIME : rc == SYNC_E_FULL ? COMMIT_NO_ROOM : COMMIT_STALE;
	if (!picture_put(c->picture, row->bytes, &slice->ids[i], &row->author))
		log_write(c->log, LOG_WARNING, "an entry is stored and passed on, but the picture has no room for it");
	return COMMIT_STORED;
}

/* Reports one slice; gives how many rows it had. */
static size_t settle(struct commit *c, const struct slice *slice, const struct store_insert *inserts)
{
	size_t rows = 0;

	assert(slice->state == SLICE_VERIFIED);
	for (size_t i = 0; i < slice->count; i++) {
		const struct sync_change *change = &slice->changes[i];
		bool is_signed = slice->key_index[i] != KEYS_PER_HINT_MAX;
		struct entry_id id = is_signed ? slice->ids[i] : (struct entry_id){ { 0 } };
		enum commit_result result = COMMIT_FAILED;

		if (c->batch.rc != STORE_OK) {
			sync_discarded(c->sync, change->seq, DISCARD_STORE);
		} else if (!is_signed) {
			sync_discarded(c->sync, change->seq, DISCARD_SIGNATURE);
			result = COMMIT_BAD_SIGNATURE;
		} else {
			result = stored(c, slice, i, &inserts[rows]);
		}
		rows += is_signed;
		take_drops(c);
		c->host.settled(c->host.ctx, change, result, &id);
	}
	return rows;
}

static void report(struct commit *c)
{
	struct batch *batch = &c->batch;
	size_t rows = 0;

	if (batch->rc != STORE_OK && !c->failed)
		log_write(c->log, LOG_ERROR,
			  "the store failed: nothing new is kept from now on; check the card, then start again");
	c->failed |= batch->rc != STORE_OK;
	c->count += batch->rc == STORE_OK;
	c->entries += batch->rc == STORE_OK ? batch->insert_count : 0;
	assert(batch->slice_count <= c->used);
	for (; batch->slice_count > 0; batch->slice_count--) {
		struct slice *slice = slice_at(c, 0);

		rows += settle(c, slice, batch->inserts + rows);
		slice->state = SLICE_FREE;
		c->first = (c->first + 1) % SLICES;
		c->used--;
	}
	assert(rows == batch->insert_count); /* each row was reported, and under its own change */
}

static void after_store(uv_work_t *work, int status)
{
	struct commit *c = work->data;

	(void)status;
	assert(c->batch.running);
	report(c); /* which may be asked to start: the batch is in use until it is over */
	c->batch.running = false;
	commit_start(c);
	c->host.done(c->host.ctx);
}

static void start_storing(struct commit *c)
{
	int rc;

	if (c->batch.running || awaits_more(c) || !prepare(c))
		return;
	rc = uv_queue_work(c->loop, &c->batch.work, store_batch, after_store);
	assert(rc == 0);
	c->batch.running = true;
	c->batch.begun_ms = uv_now(c->loop);
}

void commit_start(struct commit *c)
{
	gather(c);
	start_storing(c);
	start_verifying(c);
}

static void verify_now(struct slice *slice)
{
	assert(slice->state == SLICE_FILLED || slice->state == SLICE_VERIFIED); /* the pool has none */
	if (slice->state == SLICE_FILLED)
		verify(&slice->work);
	slice->state = SLICE_VERIFIED;
}

void commit_now(struct commit *c)
{
	assert(commit_is_idle(c));
	for (;;) {
		gather(c);
		for (size_t i = 0; i < c->used; i++)
			verify_now(slice_at(c, i));
		if (!prepare(c))
			return;
		store_batch(&c->batch.work);
		report(c);
	}
}
