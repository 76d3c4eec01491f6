/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* board/door.h for this node: drafts, signs and publishes what people do, and answers when it is on disk. Also takes
 * bundle files in and writes them. Lives on the loop's thread. */
#ifndef AIDMESH_NODE_DESK_DESK_H
#define AIDMESH_NODE_DESK_DESK_H

#include "board/door.h"
#include "node/store/commit.h"
#include "node/settings/config.h"
#include "node/store/identity.h"
#include "node/store/walk.h"

enum {
	DESK_REQUESTS_MAX = 128,
	DESK_IMPORTS_MAX = 4,
	/* Of this node's own registers visitors may fill so many; and so fast, all of them together. */
	DESK_VOLUNTEERS_REGISTERS = 1024, /* of its own registers a node keeps so many free of visitors */
	DESK_VISITORS_PER_MINUTE = 30,
	CARD_FRESH_S = 30 * EPOCH_S,
};

struct desk_request {
	uint64_t tag;    /* 0: the place is free */
	uint32_t number; /* of the register that it writes */
	door_done done;
	void *user;
	struct door_answer answer;
};

struct desk_import {
	uint64_t tag;         /* 0: the place is free */
	uint64_t waiting_tag; /* of entries that are handed over before their author's card */
	struct view rest;
	bool is_read;       /* everything was handed to the engine */
	uint32_t under_way; /* changes with `tag` not yet settled */
	uint32_t waiting;   /* entries with `waiting_tag` not yet settled; without a card they never are */
	uint32_t patience;  /* batches for which those are still waited for */
	uint32_t expected;  /* entries, as the head says */
	struct door_import result;
	door_imported done;
	void *user;
};

struct desk {
	struct sync *sync;
	uv_loop_t *loop; /* of the pool that hashes tickets */
	struct store *store;
	struct picture *picture;
	struct commit *commit;
	const struct identity *identity;
	struct walk *walk;     /* begins with a bundle as well; NULL: nobody asks */
	struct node_time time; /* the daemon keeps it true */
	uint64_t tag;
	uint32_t ticket_jobs; /* under way */
	char pin[CONFIG_PIN_SIZE];
	bool pin_is_fixed;      /* by the configuration file */
	mono_ms visitors_since; /* the minute in which visitors_new is counted */
	uint32_t visitors_new;
	struct desk_request requests[DESK_REQUESTS_MAX];
	struct desk_import imports[DESK_IMPORTS_MAX];
};

/* Fills in the door; desk->commit may be set later, before the first request. */
void desk_init(struct desk *desk, struct board_door *door);
/* The volunteers' PIN: `fixed` if that is not empty, else the one that was noted, else a new one. At start; false when it
 * cannot be noted. */
bool desk_open_pin(struct desk *desk, const char *fixed);
/* Signs the node's card if it has none, or one older than CARD_FRESH_S. At start, before anything else is written;
 * `name` is used when there is no card yet. False when signing fails. */
bool desk_ensure_card(struct desk *desk, const char *name);
/* From commit_host: a change that carries a tag of ours, or not. */
void desk_settled(struct desk *desk, const struct sync_change *change, enum commit_result result,
		  const struct entry_id *id);
/* After each batch: imports that had to wait go on. */
void desk_go_on(struct desk *desk);
/* Once a day: what is kept of households whose needs have left the set is forgotten. */
void desk_sweep(struct desk *desk);
/* When the loop has ended: answers what is still open. */
void desk_close(struct desk *desk);

#endif
