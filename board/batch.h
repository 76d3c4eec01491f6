/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Many requests through the door: a bounded number under way, and patience where the door is busy.
 *
 * One thread, the loop's. Its one timer runs only while the door is busy and nothing is under way. */
#ifndef AIDMESH_BOARD_BATCH_H
#define AIDMESH_BOARD_BATCH_H

#include <stdbool.h>

#include <uv.h>

#include "board/door.h"

enum {
	BATCH_UNDER_WAY_MAX = 256, /* a transaction of theirs is worth its pages */
	BATCH_RETRY_MS = 50,
	BATCH_RETRIES_MAX = 600, /* then DOOR_E_BUSY is the answer */
};

struct batch_ops {
	/* Fills the zeroed request number `index`, whose texts must live until `request` is called again. False: there
	 * is nothing to submit for this one. May be called again for one that was refused as busy. */
	bool (*request)(void *user, size_t index, struct door_request *request);
	void (*answer)(void *user, size_t index, const struct door_answer *answer);
	/* All are answered; the batch is gone afterwards. Not called after batch_cancel. */
	void (*finished)(void *user);
};

enum batch_patience { BATCH_WAITS, BATCH_TELLS_BUSY };

struct batch;

/* Submits requests 0..count-1 in order. `finished` may come before it returns. NULL when memory is out, and nothing
 * was submitted; or when it is finished already: ask `*failed`. */
struct batch *batch_start(bool *failed, uv_loop_t *loop, const struct board_door *door, size_t count,
			  enum batch_patience patience, const struct batch_ops *ops, void *user);
/* Submits no more and calls nobody; what is under way ends by itself. */
void batch_cancel(struct batch *batch);

#endif
