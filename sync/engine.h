/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Replicates signed entries over lossy, narrow carriers.
 *
 * Pure: no I/O, clock, thread, global, allocation or hidden randomness; the same config, seed and calls give the same
 * bytes. One thread at a time. Views passed in are borrowed for the call.
 *
 *   carrier bytes -> sync_feed --.                          .--> sync_fill -> carrier bytes
 *                                 +-> next_change -> store -+
 *   a person's entry -> publish --'  (host verifies and     '--> sync_committed / sync_discarded
 *                                     commits one batch)
 *
 * The host's order, always: feed input -> drain changes -> verify and commit them in one transaction -> report each ->
 * drain drops -> fill frames -> arm one timer with sync_deadline. Only what was reported committed is ever announced,
 * counted in a summary or sent, so nothing is announced that is not on disk.
 *
 * What a carrier is, its status and the results of calls are told in set/carrier.h, since links and radios use them, too. */
#ifndef AIDMESH_SYNC_ENGINE_H
#define AIDMESH_SYNC_ENGINE_H

#include "sync/set/carrier.h"

struct sync_config {
	uint64_t seed;        /* salts and jitter, never keys */
	uint32_t entries_max; /* hard bound of the set */
	uint32_t authors_max;
	uint32_t carriers_max;
	uint32_t changes_max; /* handed out and not yet reported; at least one frame full: 256 */
	uint32_t pending_max; /* entries that wait for their author's card */
};

/* Entries an ENTRIES frame of a link can carry at most: what changes_max must at least hold. */
enum { SYNC_FRAME_ENTRIES_MAX = LINK_FRAME_MAX / (1 + ENTRY_SIZE_MIN + 20) + 1 };

struct sync;

/* Memory for each entry, all tables included; what links, changes and authors need comes on top. */
enum { SYNC_BYTES_PER_ENTRY = 96 };

/* Bytes of memory that `config` needs, aligned for max_align_t. */
size_t sync_footprint(const struct sync_config *config);
/* Places the engine into `memory`, which stays the caller's and outlives it. NULL when memory_size is too small. */
struct sync *sync_init(void *memory, size_t memory_size, const struct sync_config *config,
		       const struct sync_host *host);

/* At start only, once for each stored row in any order, before other input. `id` is the entry's. SYNC_E_STALE: a newer version of its
 * register was restored, or its author's room is full of newer ones; it comes out of sync_next_drop, as does the one that this one replaced: drain it as you go.
 * SYNC_E_FULL: more rows than the config allows; raise entries_max instead of losing some. */
enum sync_rc sync_restore(struct sync *s, struct entry_id *id, uint64_t handle, struct view bytes,
			  const struct public_key *author) __attribute__((warn_unused_result));

enum sync_rc sync_carrier_up(struct sync *s, carrier_id id, const struct carrier_traits *traits, mono_ms now)
	__attribute__((warn_unused_result));
void sync_carrier_down(struct sync *s, carrier_id id);

/* One frame from a carrier. SYNC_E_BUSY: nothing was taken, feed it again when changes were reported. */
enum sync_rc sync_feed(struct sync *s, carrier_id id, struct view frame, mono_ms now)
	__attribute__((warn_unused_result));
/* One entry on its own, as from a bundle file or a person. `author` may be NULL: then the card decides, and an entry
 * whose card is unknown waits (SYNC_WAITS). `tag` comes back with the change. */
enum sync_rc sync_publish(struct sync *s, struct view entry, const struct public_key *author, uint64_t tag)
	__attribute__((warn_unused_result));
/* Tells the time. Retires what is too old, and what its author's card has left behind. */
void sync_tick(struct sync *s, mono_ms now, struct node_time time);

/* A candidate to be verified and stored. A plain value: it may be copied to another thread. */
struct sync_change {
	uint64_t seq;
	uint64_t tag;      /* sync_publish's; 0 from carriers */
	carrier_id from;   /* 0: published */
	uint8_t key_count; /* keys that the hint fits; the entry is whose signature it bears */
	struct public_key keys[KEYS_PER_HINT_MAX];
	size_t size;
	uint8_t bytes[ENTRY_SIZE_MAX];
};

/* The oldest change not yet handed out; false when there is none. Each must be reported, in any order. */
bool sync_next_change(struct sync *s, struct sync_change *change);
/* It is on disk under `handle`, and keys[key_index] signed it. SYNC_E_STALE: meanwhile a newer version stands, or
 * its author's room holds newer registers alone;
 * SYNC_E_TIME: meanwhile the clock was set, and it is too old or too far ahead; SYNC_E_FULL. Then the row comes out of
 * sync_next_drop. */
enum sync_rc sync_committed(struct sync *s, uint64_t seq, uint8_t key_index, uint64_t handle)
	__attribute__((warn_unused_result));

enum sync_discard { DISCARD_SIGNATURE, DISCARD_STORE };
/* Not stored: forgotten without trace. DISCARD_SIGNATURE is counted against its bytes. */
void sync_discarded(struct sync *s, uint64_t seq, enum sync_discard why);

/* A row that no longer stands: replaced, retired, or beyond its author's room. Delete it at leisure. */
struct sync_drop {
	uint64_t handle;
	struct entry_id id;
};

bool sync_next_drop(struct sync *s, struct sync_drop *drop);

/* The next frame for this carrier, at most its frame_max and frame_cap bytes; 0: nothing to say now. A radio is filled
 * when its transmitter is idle and it hears no one else; what was filled counts as sent. */
size_t sync_fill(struct sync *s, carrier_id id, uint8_t *frame, size_t frame_cap, mono_ms now);
/* When to call sync_fill again without any input; MONO_NEVER: not before there is some. What can be filled now is not
 * waited for: fill until 0, or until the carrier takes no more, and again when it does. */
mono_ms sync_deadline(const struct sync *s);

/* The clock for a new entry of this node: later than all that was heard (hybrid logical clock), but never more than
 * AHEAD_MAX_S ahead of `time`. */
struct hlc sync_clock_next(struct sync *s, struct node_time time);
/* Among the committed entries of `author` since the start the newest time, and the latest era; 0 none. */
struct hlc sync_newest_of(const struct sync *s, const struct public_key *author);
/* The date was put back to `time`: what `own` said under the wrong one no longer moves the clock for new entries. */
void sync_clock_back(struct sync *s, struct node_time time, const struct public_key *own);

/* The day of the author's card; what they said is kept no longer than it. False: it is not here. */
bool sync_card_epoch(const struct sync *s, const struct public_key *author, uint16_t *epoch);

/* The author's card. False: it is not here. */
bool sync_find_card(const struct sync *s, const struct public_key *author, uint64_t *handle);

/* How many registers more that author may own in that room before the oldest give way; changes under way are counted as if each
 * were a new one. */
uint32_t sync_room_left(const struct sync *s, const struct public_key *author, enum room room);

/* Whether a committed entry of that author has this number, of whatever kind of this version: a new register takes another. */
bool sync_has_number(const struct sync *s, const struct public_key *author, uint32_t number);

/* Looks a committed entry up. False when it is not there. */
bool sync_find(const struct sync *s, const struct entry_id *id, uint64_t *handle);
/* It took the place of the same words since the start, which were only to be kept longer. */
bool sync_is_renewal(const struct sync *s, const struct entry_id *id);
/* The keys known for a hint; at most KEYS_PER_HINT_MAX. */
uint8_t sync_keys_of(const struct sync *s, uint64_t hint, struct public_key keys[KEYS_PER_HINT_MAX]);

bool sync_link_status(const struct sync *s, carrier_id id, struct sync_link_status *status);

/* False when there is no such radio. */
bool sync_radio_queue(const struct sync *s, carrier_id id, struct sync_queue *queue);

struct sync_status {
	uint32_t entries, authors, pending;
	uint64_t revision; /* counts every change of the set */
	uint64_t refused_frames, refused_entries, refused_signatures, refused_time, refused_full;
	uint64_t duplicates, stale;
	uint64_t retired;
};

void sync_status(const struct sync *s, struct sync_status *status);

/* Where a committed entry stands. */
struct sync_register {
	uint64_t handle;
	const struct public_key *author; /* borrowed for the call */
	enum entry_kind kind;
	uint32_t number;
	struct hlc hlc;
	bool is_renewal; /* since the start it took the place of the same words, which were only to be kept longer */
};

/* Every one, in no order. */
typedef void (*sync_register_cb)(void *user, const struct sync_register *reg);
void sync_each_register(const struct sync *s, sync_register_cb cb, void *user);

/* All committed entries that are kept now, for a bundle: the cards first, then the rest in the set's order. False ends it. */
typedef bool (*sync_each_cb)(void *user, uint64_t handle, const struct entry_id *id);
void sync_each(struct sync *s, sync_each_cb cb, void *user);

#endif
