/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* From the engine's changes to the disk and back: one batch at a time on the thread pool.
 *
 *   loop: sync_next_change ... -> pool: verify, one transaction -> loop: sync_committed / sync_discarded, fold, drops
 *
 * While a batch is on its way the loop goes on; what arrives meanwhile makes the next batch. When the store has failed
 * nothing is written any more: every change that still comes is answered with COMMIT_FAILED. */
#ifndef AIDMESH_NODE_COMMIT_H
#define AIDMESH_NODE_COMMIT_H

#include <uv.h>

#include "node/log.h"
#include "node/picture.h"
#include "node/store.h"
#include "sync/engine.h"

enum { COMMIT_BATCH_MAX = 256, COMMIT_SETTING_SIZE = 64 };

enum commit_result {
	COMMIT_STORED, /* on disk and standing */
	COMMIT_STALE,  /* on disk no more: a newer version stands */
	COMMIT_BAD_SIGNATURE,
	COMMIT_FAILED, /* the store failed */
};

struct commit_host {
	void *ctx;
	/* Once for each change, in their order. */
	void (*settled)(void *ctx, const struct sync_change *change, enum commit_result result,
			const struct entry_id *id);
	/* The batch is over and the next one was begun if there is something to do. */
	void (*done)(void *ctx);
};

struct commit;

/* NULL when memory is out. Everything passed in outlives it. */
struct commit *commit_open(uv_loop_t *loop, struct sync *sync, struct store *store, struct picture *picture,
			   const struct log *log, const struct commit_host *host);
/* Begins a batch if there is something to do and none is under way. */
void commit_start(struct commit *c);
/* The same at once, on the calling thread and without the loop: for the start, when nothing else runs. */
void commit_now(struct commit *c);
/* A setting (store_set) that goes with the next batch, so that the loop does not wait for the card; of two before it
 * the last is written. Both texts are copied, and shorter than COMMIT_SETTING_SIZE (asserted). */
void commit_set(struct commit *c, const char *key, const char *value);
bool commit_is_idle(const struct commit *c);
bool commit_has_failed(const struct commit *c);
/* Idle only (asserted). */
void commit_close(struct commit *c);

#endif
