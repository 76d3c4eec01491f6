/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One contact with one peer over a carrier that loses nothing: finds out what the other side lacks and sends it.
 *
 *   both:     HELLO                                    salt halves, the epochs each keeps
 *   both:     SUMMARY of the whole set                 equal: both are safe, silence
 *   unequal:  RANGES, split where they differ          until a side holds few enough to list them
 *   a list:   what the lister lacks is queued for it; what we lack goes into a WANT
 *   ENTRIES   stream at any time, cards first, then the newest
 *
 * Both are safe when what a side holds is what it last said and what it last heard. Comparing is stateless: a range
 * that is lost or dropped for want of room is found again by the next SUMMARY. What a link remembers is bounded: a bit
 * for each entry it still has to send, a stack of ranges, a ring of wanted elements.
 * Pure; part of the engine, which passes the set in. */
#ifndef AIDMESH_SYNC_LINK_H
#define AIDMESH_SYNC_LINK_H

#include "sync/engine.h"
#include "sync/set.h"

enum {
	LINK_RANGES_MAX = 2048, /* waiting to be said; depth first, so that a split never floods it */
	LINK_FRAME_RANGES_MAX = 64,
	LINK_WANTS_MAX = 2048,
	LINK_LIST_MAX = 32, /* a range with at most so many entries on one side is listed */
	LINK_SPLIT = 16,
};

/* Timers of this module: one, `compare_at`. First try LINK_QUIET_MS after the last traffic, doubled each time that a
 * comparison brought nothing, up to LINK_QUIET_MS_MAX. The side that was dialled waits twice as long. */
enum { LINK_QUIET_MS = 200, LINK_QUIET_MS_MAX = 30000 };

struct link_range {
	struct point from, to;
	enum range_mode mode; /* RANGE_FINGERPRINT or RANGE_LIST; filled in when it is sent */
};

struct link {
	carrier_id id; /* 0: the place is free */
	struct carrier_traits traits;
	bool hello_sent, hello_received;
	uint8_t salt_half[FRAME_SALT_SIZE];
	struct salt salt;
	struct window windows[RETENTION_COUNT]; /* ours, as said; after their HELLO what both keep */
	bool has_said, has_heard;               /* a SUMMARY from us, from them */
	struct frame_summary said, heard;       /* the last of each */
	uint64_t whole_revision;                /* of the set when `whole` was computed; 0 never */
	struct frame_summary whole;             /* what we hold within the windows */
	uint64_t agreed_revision;               /* of the set when it was last found to be what both said; 0 never */
	bool state_now;                         /* a SUMMARY is due at once */
	mono_ms quiet_ms, compare_at;
	uint32_t range_count;
	struct link_range *ranges; /* a stack */
	uint32_t want_first, want_count;
	uint64_t *wants; /* a ring */
	uint32_t send_count;
	uint32_t *send; /* a bit for each slot */
	uint32_t left_in;
	uint64_t entries_in, entries_out;
};

void link_memory(struct link *link, struct arena *arena, uint32_t entries_max);
void link_open(struct link *link, carrier_id id, const struct carrier_traits *traits, const uint8_t salt_half[8],
	       const struct window windows[RETENTION_COUNT], mono_ms now);

/* What arrived. SYNC_E_FRAME: refused. */
enum sync_rc link_hello(struct link *link, struct view rest, mono_ms now);
enum sync_rc link_summary(struct link *link, const struct set *set, uint64_t revision, struct view rest, mono_ms now);
enum sync_rc link_ranges(struct link *link, const struct set *set, struct view rest, mono_ms now);

/* The set changed: queue an entry for the peer, or forget about it. */
void link_send(struct link *link, uint32_t slot);
void link_unsend(struct link *link, uint32_t slot);
/* An entry that was new here came from this peer, and is committed. */
void link_received(struct link *link, mono_ms now);
/* Entries are coming in: comparing waits until they have ended. */
void link_heard(struct link *link, mono_ms now);

/* The next frame; 0 when there is nothing to say now. */
size_t link_fill(struct link *link, const struct set *set, const struct sync_host *host, uint64_t revision,
		 uint8_t *frame, size_t frame_cap, mono_ms now);
/* MONO_NEVER also while something is queued: then link_fill has something to say at once. */
mono_ms link_deadline(const struct link *link, uint64_t revision);
void link_status(const struct link *link, uint64_t revision, struct sync_link_status *status);

#endif
