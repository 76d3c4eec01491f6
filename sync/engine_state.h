/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The engine's inside. For engine.c, engine_edge.c and changes.c alone. */
#ifndef AIDMESH_SYNC_ENGINE_STATE_H
#define AIDMESH_SYNC_ENGINE_STATE_H

#include "sync/engine.h"
#include "sync/link/link.h"
#include "sync/radio/radio.h"
#include "sync/set/authors.h"
#include "sync/set/oldest.h"

enum { RADIOS_MAX = 2 };

enum change_state { CHANGE_FREE = 0, CHANGE_WAITING = 1, CHANGE_OUT = 2 };

/* What is asked of all changes again and again, close together. */
struct change_mark {
	uint64_t seq;
	uint32_t signature; /* its first bytes */
	carrier_id from;
	enum change_state state;
};

/* A candidate on its way through the host. */
struct change_slot {
	struct entry_head head;
	bool urgent;                            /* a need within hours */
	struct entry_id ids[KEYS_PER_HINT_MAX]; /* what its id is if the key of the same index signed it */
	struct sync_change change;
};

/* An entry whose author's card has not arrived: it has no id and is in no summary. */
struct pending {
	uint64_t hint; /* of the author */
	uint64_t tag;
	carrier_id from;
	size_t size; /* 0: the place is free */
	uint8_t bytes[ENTRY_SIZE_MAX];
};

struct sync {
	struct sync_config config;
	struct sync_host host;
	uint8_t key[16];  /* of salts and hash tables */
	uint64_t salts;   /* handed out so far */
	uint64_t seq;     /* of the newest change */
	uint64_t seq_out; /* of the last that was handed out */
	struct set set;
	struct authors authors;
	struct oldest oldest;
	struct change_slot *changes;
	struct change_mark *marks; /* beside `changes` */
	uint32_t change_count;     /* not free */
	struct pending *pending;
	uint32_t pending_next; /* a ring: the oldest gives way */
	bool release_due;      /* a card came, and what waited for it is still parked */
	struct link *links;    /* carriers_max places */
	struct radio radios[RADIOS_MAX];
	struct sketcher sketcher;
	struct compare compare;
	mono_ms now;
	struct node_time time;
	bool time_known;  /* sync_tick was called */
	struct hlc clock; /* newest time said or heard from nearby */
	struct sync_status status;
};

/* changes.c */
/* Takes one entry's bytes in: refuses, parks, or makes it a change. `author` may be NULL. */
enum sync_rc changes_offer(struct sync *s, struct view bytes, const struct public_key *author, carrier_id from,
			   uint64_t tag);
/* True when offering these bytes now would have to wait: their author's card is on its way to the disk, or no place
 * is free for `need` changes. */
bool changes_must_wait(const struct sync *s, struct view bytes, carrier_id from, uint32_t need);
/* True while something that came over this carrier is not yet committed or discarded. */
bool changes_are_under_way(const struct sync *s, carrier_id from);
/* What waited for a card that is committed now goes on, as far as there is room for changes. */
void changes_release(struct sync *s);
/* The place of one that is under way (asserted). */
uint32_t changes_find(const struct sync *s, uint64_t seq);

/* engine_edge.c */
/* The link or radio of that id; of id 0 a place that is free. NULL: none. */
struct link *engine_find_link(const struct sync *s, carrier_id id);
struct radio *engine_find_radio(struct sync *s, carrier_id id);
/* The days kept now. */
struct days engine_days(const struct sync *s);
/* An author's room holds all that it may. */
bool engine_room_is_full(const struct sync *s, uint16_t author, uint8_t field);
/* And a new register of that version would be older than all that are there. */
bool engine_is_beyond_room(struct sync *s, uint16_t author, uint8_t field, struct hlc hlc, const struct entry_id *id);
bool engine_time_is_good(const struct sync *s, const struct entry_head *head);
/* What arrived over a carrier is not taken: SYNC_E_FULL or SYNC_E_FRAME. */
void engine_refused(struct sync *s, carrier_id from, enum sync_rc why);
/* What arrived over a carrier is known: the sender has it; or it is older than the slot, which the sender lacks. */
void engine_unsend(struct sync *s, carrier_id id, uint32_t slot);
void engine_send(struct sync *s, carrier_id id, uint32_t slot);

#endif
