/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One contact with one peer over a carrier that loses nothing: finds out what the other side lacks and sends it.
 *
 *   dials                          is dialled
 *   HELLO            <->           HELLO        salt halves, the days each keeps; again when those change
 *                     <-           SUMMARY      of it all; equal: AGREE, both are safe, silence
 *   PROBE             ->                        unequal: a series begins, the dialled side decodes (compare.h)
 *                     <-           ASK, WANT    more syndromes; what it lacks, by rank
 *   SKETCH, LIST      ->
 *   ENTRIES          <->           ENTRIES      stream at any time, the most urgent first
 *   LEFT             <->           LEFT         what will not come to be the same, and why; before a SUMMARY
 *
 * A link goes through phases, by these moves and no others (link_move asserts them):
 *
 *   FREE ----------> GREETING ------------> OPEN <------------> ASKED
 *         opened               HELLO heard          PROBE said,
 *                                                   answered
 *
 *   OPEN -> ASKED   PROBE is said; from ASKED to ASKED when it is said again, in another series
 *   ASKED -> OPEN   a SUMMARY or AGREE is heard, ours agrees with what was heard, or the peer asks for all the rest;
 *                   the same in OPEN changes nothing
 *   any -> FREE     closed
 *
 * Only the side that dialled says PROBE, so the other one is never ASKED. What both sides agree on is no phase: it is a fact
 * about one revision of the set (`agreed_revision`), and the set changes without a word on this link.
 *
 * Both are safe when what a side holds is what it last said and what it last heard, and nobody holds what the other does not
 * take. What a link remembers is bounded: a bit for each entry that it still has to send, and one question. A contact that
 * breaks loses what was on its way.
 * Pure; part of the engine, which passes the ground in. */
#ifndef AIDMESH_SYNC_LINK_LINK_H
#define AIDMESH_SYNC_LINK_LINK_H

#include "sync/link/compare.h"

/* Timers of this module: one, `compare_at`. First try LINK_QUIET_MS after the last traffic, doubled each time that a
 * comparison brought nothing, up to LINK_QUIET_MS_MAX. The side that dialled waits twice as long. Who decoded
 * does not wait once all that it asked for is here and all that the peer lacked is gone. */
enum { LINK_QUIET_MS = 200, LINK_QUIET_MS_MAX = 30000 };

/* What costs a look through the whole set is bounded in time: a PROBE is taken at most every LINK_PROBE_MS, a HELLO
 * LINK_HELLOS times and then once in LINK_HELLO_MS. */
enum { LINK_PROBE_MS = 100, LINK_HELLOS = 8, LINK_HELLO_MS = 10000 };

/* A date that moved by more than this against what was said of it is said again. */
enum { LINK_TIME_S = 60 };

/* A frame of sketches is at most so long: decoding one costs a Pi Zero 2 some tens of milliseconds. */
enum { LINK_SKETCH_FRAME_MAX = 4096 };

/* What the asked sides look through; one for all links, made anew when another one needs it. */
struct sketcher {
	carrier_id link; /* whose series it shows; 0 nobody's */
	struct element_index elements;
};

/* What all links of an engine share. */
struct link_ground {
	const struct set *set;
	const struct sync_host *host;
	struct sketcher *sketcher;
	struct compare *compare;
	uint64_t revision; /* of the set */
	struct node_time time;
};

struct link_question {
	bool open;
	enum ask_what what;
	uint32_t buckets;
	uint8_t from, to;
	uint8_t level;
	uint8_t parity_size;
	uint8_t parity[ASK_PARITY_MAX];
	uint32_t next;                  /* bucket or rank to be said next */
	uint8_t picks[BUCKETS_MAX / 8]; /* buckets asked for */
};

enum link_phase {
	LINK_PHASE_FREE,     /* the place is nobody's */
	LINK_PHASE_GREETING, /* no HELLO from the peer yet: every other frame is refused */
	LINK_PHASE_OPEN,
	LINK_PHASE_ASKED, /* since our last PROBE no SUMMARY came: the peer still compares */
};

struct link {
	carrier_id id; /* 0: the place is free */
	enum link_phase phase;
	struct carrier_traits traits;
	bool hello_now;
	uint32_t hellos;             /* heard */
	mono_ms opened_at, probe_at; /* probe_at: when the next PROBE may come */
	uint8_t salt_half[SALT_HALF_SIZE], their_half[SALT_HALF_SIZE];
	struct salt salt;                       /* of fingerprints */
	struct days ours, theirs, days;         /* `days`: what both keep */
	struct node_time said_time, heard_time; /* of the last HELLO from here and from there */
	mono_ms said_time_at, heard_time_at;
	bool has_said, has_heard; /* a SUMMARY from us, from them */
	bool is_unanswered;       /* our last SUMMARY: none and no AGREE came since */
	struct frame_summary said, heard;
	uint64_t whole_revision; /* of the set when `whole` was computed; 0 never */
	struct frame_summary whole;
	uint32_t ahead, old;   /* outside of the peer's days, as of then */
	uint32_t full, policy; /* entries of the peer that were not taken since the series began */
	struct frame_left left_said, left_heard;
	uint64_t agreed_revision; /* of the set when it was last found to be what both said; 0 never */
	bool state_now;           /* a SUMMARY is due at once */
	bool agree_now;
	bool probe_now;
	bool was_turned_away;    /* its PROBE came while another link compared */
	uint8_t series;          /* of the last PROBE from here */
	uint64_t probe_revision; /* of the set then */
	mono_ms quiet_ms, compare_at;
	struct link_question question;
	struct want_progress progress;
	bool is_served; /* something of what was asked for came, and the whole was not stated since */
	struct outbox outbox;
	uint32_t left_in;
	uint64_t entries_in, entries_out;
};

void link_memory(struct link *link, struct arena *arena, const struct set *set);
void link_open(struct link *link, carrier_id id, const struct carrier_traits *traits,
	       const uint8_t salt_half[SALT_HALF_SIZE], struct days days, mono_ms now);
void link_close(struct link *link, const struct link_ground *ground);

/* The peer has said HELLO. */
static inline bool link_is_greeted(const struct link *link)
{
	return link->phase == LINK_PHASE_OPEN || link->phase == LINK_PHASE_ASKED;
}

/* What arrived. SYNC_E_FRAME: refused. */
enum sync_rc link_feed(struct link *link, const struct link_ground *ground, enum frame_kind kind, struct view rest,
		       mono_ms now);

/* The days that we keep, and our date, for now. */
void link_time(struct link *link, struct days days, struct node_time time, mono_ms now);
/* An entry of the peer is not taken. */
void link_refused(struct link *link, enum sync_rc why);
/* The set changed: queue an entry for the peer, or forget about it. */
void link_send(struct link *link, uint32_t slot);
void link_unsend(struct link *link, uint32_t slot);
/* An entry that was new here came from this peer, and is committed. */
void link_received(struct link *link, mono_ms now);
/* Entries are coming in: comparing waits until they have ended. */
void link_heard(struct link *link, mono_ms now);

/* The next frame; 0 when there is nothing to say now. */
size_t link_fill(struct link *link, const struct link_ground *ground, uint8_t *frame, size_t frame_cap, mono_ms now);
/* MONO_NEVER also while something is queued: then link_fill has something to say at once. */
mono_ms link_deadline(const struct link *link, const struct compare *compare, uint64_t revision);
void link_status(const struct link *link, uint64_t revision, struct node_time time, struct sync_link_status *status,
		 mono_ms now);

#endif
