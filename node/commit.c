/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/commit.h"

#include <stdlib.h>
#include <string.h>

enum { DELETES_MAX = 1024 };

struct setting {
	char key[COMMIT_SETTING_SIZE]; /* empty: none */
	char value[COMMIT_SETTING_SIZE];
};

struct commit {
	uv_loop_t *loop;
	struct sync *sync;
	struct store *store;
	struct picture *picture;
	const struct log *log;
	struct commit_host host;
	uv_work_t work;
	bool running;
	bool failed;
	enum store_rc rc;
	size_t count;
	struct sync_change changes[COMMIT_BATCH_MAX];
	uint8_t key_index[COMMIT_BATCH_MAX]; /* KEYS_PER_HINT_MAX: nobody known signed it */
	struct store_insert inserts[COMMIT_BATCH_MAX];
	size_t insert_count;
	size_t delete_count;
	uint64_t deletes[DELETES_MAX];
	struct setting next_setting, setting;
};

struct commit *commit_open(uv_loop_t *loop, struct sync *sync, struct store *store, struct picture *picture,
			   const struct log *log, const struct commit_host *host)
{
	struct commit *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->loop = loop;
	c->sync = sync;
	c->store = store;
	c->picture = picture;
	c->log = log;
	c->host = *host;
	c->work.data = c;
	return c;
}

void commit_set(struct commit *c, const char *key, const char *value)
{
	assert(key[0] && strlen(key) < COMMIT_SETTING_SIZE && strlen(value) < COMMIT_SETTING_SIZE);
	strcpy(c->next_setting.key, key);
	strcpy(c->next_setting.value, value);
}

bool commit_is_idle(const struct commit *c)
{
	return !c->running;
}

bool commit_has_failed(const struct commit *c)
{
	return c->failed;
}

void commit_close(struct commit *c)
{
	assert(!c || !c->running);
	free(c);
}

/* Rows that no longer stand are deleted with the next batch; until then a restart would only drop them again. */
static void take_drops(struct commit *c)
{
	struct sync_drop drop;

	while (c->delete_count < DELETES_MAX && sync_next_drop(c->sync, &drop)) {
		picture_drop(c->picture, &drop.id);
		c->deletes[c->delete_count++] = drop.handle;
	}
}

static bool gather(struct commit *c)
{
	c->count = 0;
	take_drops(c);
	c->setting = c->next_setting;
	c->next_setting.key[0] = 0;
	while (c->count < COMMIT_BATCH_MAX && sync_next_change(c->sync, &c->changes[c->count]))
		c->count++;
	return c->count || c->delete_count || c->setting.key[0];
}

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

/* On the pool: touches nothing but the batch and the store's writing side. */
static void verify_and_store(uv_work_t *work)
{
	struct commit *c = work->data;

	c->rc = STORE_E_IO;
	if (c->failed)
		return;
	c->insert_count = 0;
	for (size_t i = 0; i < c->count; i++) {
		c->key_index[i] = signer_of(&c->changes[i]);
		if (c->key_index[i] == KEYS_PER_HINT_MAX)
			continue;
		c->inserts[c->insert_count++] = (struct store_insert){ .bytes = bytes_of(&c->changes[i]),
								       .author = c->changes[i].keys[c->key_index[i]] };
	}
	c->rc = store_commit(c->store, c->inserts, c->insert_count, c->deletes, c->delete_count);
	if (c->rc == STORE_OK && c->setting.key[0])
		c->rc = store_set(c->store, c->setting.key, c->setting.value);
}

static void settle(struct commit *c, size_t i, size_t insert)
{
	const struct sync_change *change = &c->changes[i];
	enum commit_result result = COMMIT_STALE;
	struct entry_id id = { { 0 } };

	if (c->rc != STORE_OK) {
		sync_discarded(c->sync, change->seq, DISCARD_STORE);
		result = COMMIT_FAILED;
	} else if (c->key_index[i] == KEYS_PER_HINT_MAX) {
		sync_discarded(c->sync, change->seq, DISCARD_SIGNATURE);
		result = COMMIT_BAD_SIGNATURE;
	} else {
		const struct store_insert *row = &c->inserts[insert];

		id = entry_id_of(row->bytes, &row->author);
		if (sync_committed(c->sync, change->seq, c->key_index[i], row->handle) == SYNC_OK) {
			result = COMMIT_STORED;
			if (!picture_put(c->picture, row->bytes, &id, &row->author))
				log_write(c->log, LOG_WARNING,
					  "an entry is stored and passed on, but the picture has no room for it");
		}
	}
	take_drops(c);
	c->host.settled(c->host.ctx, change, result, &id);
}

static void report(struct commit *c)
{
	size_t insert = 0;

	c->delete_count = 0;
	if (c->rc != STORE_OK && !c->failed)
		log_write(c->log, LOG_ERROR,
			  "the store failed: nothing new is kept from now on; check the card, then start again");
	c->failed |= c->rc != STORE_OK;
	for (size_t i = 0; i < c->count; i++) {
		settle(c, i, insert);
		insert += c->key_index[i] != KEYS_PER_HINT_MAX;
	}
}

static void after_store(uv_work_t *work, int status)
{
	struct commit *c = work->data;

	(void)status;
	report(c);
	c->running = false;
	commit_start(c);
	c->host.done(c->host.ctx);
}

void commit_start(struct commit *c)
{
	int rc;

	if (c->running || !gather(c))
		return;
	rc = uv_queue_work(c->loop, &c->work, verify_and_store, after_store);
	assert(rc == 0); /* it fails only without a function to run */
	c->running = true;
}

void commit_now(struct commit *c)
{
	assert(!c->running);
	while (!c->failed && gather(c)) {
		verify_and_store(&c->work);
		report(c);
	}
}
