/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* From the engine's changes to the disk and back, on the thread pool: signatures on all cores, one transaction at a time.
 *
 *   loop: sync_next_change ...  -> slices of COMMIT_SLICE_MAX, in the order in which they came
 *   pool: signatures, a slice each, on as many threads as there are cores     (a ring of slices)
 *   pool: one transaction of what is verified by then, beside further signatures
 *   loop: sync_committed / sync_discarded in that order, picture, drops
 *
 * A transaction costs the card pages of its own whatever it holds, so it waits for what is being verified until it is
 * full: what comes alone goes at once, what comes by the thousand in few of them. What arrives when the ring is full waits
 * in the engine. When the store has failed nothing is written any more: every change that still comes is answered
 * with COMMIT_FAILED. */
#ifndef AIDMESH_NODE_STORE_COMMIT_H
#define AIDMESH_NODE_STORE_COMMIT_H

#include <uv.h>

#include "node/system/log.h"
#include "node/picture/picture.h"
#include "node/store/store.h"
#include "sync/engine.h"

enum {
	COMMIT_BATCH_MAX = 1024, /* changes of one transaction */
	COMMIT_SLICE_MAX = 32,   /* changes that one job verifies */
	/* One batch on its way to the card, and what is verified beside it; the engine also holds a frame that waits. */
	COMMIT_CHANGES_MAX = COMMIT_BATCH_MAX + 8 * COMMIT_SLICE_MAX,
	COMMIT_ENGINE_CHANGES = COMMIT_CHANGES_MAX + SYNC_FRAME_ENTRIES_MAX,
	COMMIT_SETTING_SIZE = 64,
	COMMIT_VALUE_SIZE = 512,  /* of a setting */
	COMMIT_SETTINGS_MAX = 14, /* names that commit_set is called with, at most */
};

enum commit_result {
	COMMIT_STORED,      /* on disk and standing */
	COMMIT_STALE,       /* on disk no more: a newer version stands */
	COMMIT_OUT_OF_TIME, /* nor these: meanwhile the clock was set, */
	COMMIT_NO_ROOM,     /* or the last place was taken */
	COMMIT_BAD_SIGNATURE,
	COMMIT_FAILED, /* the store failed */
};

struct commit_host {
	void *ctx;
	/* Once for each change, in their order. */
	void (*settled)(void *ctx, const struct sync_change *change, enum commit_result result,
			const struct entry_id *id);
	/* The day since 2020-01-01, for what was replaced; NULL: nothing of that is kept. */
	uint16_t (*today)(void *ctx);
	/* A transaction is over and the next one was begun if there is something to do. */
	void (*done)(void *ctx);
};

struct commit;

/* NULL when memory is out. Everything passed in outlives it. */
struct commit *commit_open(uv_loop_t *loop, struct sync *sync, struct store *store, struct picture *picture,
			   const struct log *log, const struct commit_host *host);
/* Takes what the engine has, as far as there is room. Never waits. */
void commit_start(struct commit *c);
/* The same at once, on the calling thread and without the loop: for the start, when nothing else runs. */
void commit_now(struct commit *c);
/* A setting (store_set) that is written after the next transaction, so that the loop does not wait for the card; of one
 * that is set twice before it the last is written. Both texts are copied, and shorter than COMMIT_SETTING_SIZE and
 * COMMIT_VALUE_SIZE (asserted). */
void commit_set(struct commit *c, const char *key, const char *value);
/* Nothing is under way. */
bool commit_is_idle(const struct commit *c);
bool commit_has_failed(const struct commit *c);
/* How long the transaction under way has taken so far, by the loop's clock; 0: none is. */
uint64_t commit_busy_ms(const struct commit *c);
/* Since the start: transactions that are on disk. */
uint64_t commit_count(const struct commit *c);
/* And the entries that they wrote. */
uint64_t commit_entries(const struct commit *c);
/* Idle only (asserted). */
void commit_close(struct commit *c);

#endif
