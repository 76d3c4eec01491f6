/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* At the start: what the store holds into engine and picture, on the calling thread and before anything else runs. */
#ifndef AIDMESH_NODE_STORE_RESTORE_H
#define AIDMESH_NODE_STORE_RESTORE_H

#include "node/system/log.h"
#include "node/picture/picture.h"
#include "node/store/store.h"
#include "node/store/walk.h"
#include "sync/engine.h"

struct restore_to {
	struct store *store;
	struct sync *sync;
	struct picture *picture;
	struct walk *walk;
	const struct log *log; /* hears of rows that are damaged, find no room, or cannot be deleted */
	uint32_t entries_max, authors_max;
};

enum restore_rc {
	RESTORE_OK = 0,
	RESTORE_E_STORE = -1, /* it cannot be read: check the card */
	RESTORE_E_ROOM = -2,  /* not even what `own` said fits: raise entries_max */
};

/* Where not all fits, what `own` said comes first; the rest of others' stays on disk. Rows that no longer stand are deleted. */
enum restore_rc restore_rows(const struct restore_to *to, const struct public_key *own)
	__attribute__((warn_unused_result));

#endif
