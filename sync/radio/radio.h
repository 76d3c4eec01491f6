/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One radio: everyone in reach hears every frame, or does not. Finds out by broadcast what neighbours lack, and repairs
 * it with as little airtime as may be.
 *
 *   BEACON   at Trickle's moments: a sketch of all that is here, two syndromes when all seems well, more where
 *            differences are likely
 *     equal: silence; or an   decodes: what they lack is sent after a random wait, unless someone else was first;
 *     answer, where it asks            what we lack is asked for
 *     does not decode: CALL for more syndromes, then for parts, each a bucket of the elements; our own beacon says more
 *   CALL     elements that are lacked; who sent the beacon answers, who lacks the same asks later, if need be
 *   ENTRY    what was written here at once; what was heard, where that proved useful (relay.h); what is asked for; what
 *            a neighbour seems to lack
 *
 * A need within hours is passed on at once by those that others need; then, where many are heard, after a random wait by
 * whoever has not heard it again; elsewhere beacons show soon who lacks it. A frame that is lost is made up for by the
 * next beacon. What one frame of a stranger can cause is bounded: one beacon or call makes at most RADIO_REPAIRS_MAX
 * entries go out, beacons that bring nothing stretch the shortest interval, and a token bucket holds the duty cycle
 * whatever happens (duty.h).
 * Pure; part of the engine, which passes the ground in. */
#ifndef AIDMESH_SYNC_RADIO_RADIO_H
#define AIDMESH_SYNC_RADIO_RADIO_H

#include "sync/radio/duty.h"
#include "sync/radio/part.h"
#include "sync/radio/reach.h"
#include "sync/radio/relay.h"
#include "sync/radio/trickle.h"
#include "sync/set/outbox.h"

enum {
	RADIO_SKETCH_MAX = 45,  /* syndromes of a beacon: 200 bytes */
	RADIO_REPAIRS_MAX = 64, /* entries that one beacon or call sets in motion */
	RADIO_CALL_MAX = 48,    /* elements of a CALL */
	RADIO_CALL_TRIES = 3,   /* times that a CALL is said until what it asks for arrives */
};

/* Timers of this module: Trickle; `hold_until`, so that two who waited for the same silence do not speak at once;
 * `settle_until`, while repairs go on; `entries_at`, `call_at`, the random waits of answers; `trial_at`, a relay's trial;
 * the bucket. */

/* What a radio needs of its engine. */
struct radio_ground {
	const struct set *set;
	const struct sync_host *host;
	uint64_t revision; /* of the set */
	uint32_t wall_s;   /* the node's idea of the time */
};

/* A series that did not decode yet. */
struct radio_series {
	bool open;
	uint32_t salt;
	struct days days;
	uint16_t part;
	uint8_t have;
	uint32_t syndromes[SYNDROMES_MAX]; /* the sender's */
};

struct radio {
	carrier_id id; /* 0: the place is free */
	struct carrier_traits traits;
	uint64_t chance; /* state of the random numbers */
	uint32_t slot_ms;
	struct days ours, days; /* kept here; said, narrowed to neighbours a day behind or ahead */
	struct trickle trickle;
	mono_ms hold_until, settle_until;
	uint8_t held; /* times in a row that it was asked late and held on */
	struct duty duty;
	struct outbox outbox;
	mono_ms entries_at;
	bool is_urgent; /* the first of them is a card, or a need within hours */
	struct relay relay;
	mono_ms trial_at;
	uint32_t fresh; /* entries since the last beacon that neighbours may not have */
	uint32_t moved; /* entries since then that went over the air */
	uint32_t doubt; /* differences that a neighbour seems to have */
	uint8_t barren; /* resets of Trickle in a row that no repair came of */
	struct reach reach;
	bool agreed; /* a beacon said what is here, and since then nothing came to be here that others may lack */
	/* The last beacon from here. */
	uint32_t salt;
	struct days said_days;
	uint16_t said_part;
	uint64_t said_revision; /* of the set */
	uint8_t said;           /* syndromes */
	bool more_now;          /* its extension is asked for */
	uint32_t more_to;       /* how far */
	struct parts parts;     /* what the next beacon speaks of */
	/* What is to be asked. */
	struct radio_series series;
	bool call_more;
	mono_ms call_at;
	uint32_t call_salt, call_count;
	uint8_t call_tries;
	uint32_t calls[RADIO_CALL_MAX];
	uint64_t entries_in, entries_out;
};

void radio_memory(struct radio *radio, struct arena *arena, const struct set *set);
void radio_open(struct radio *radio, carrier_id id, const struct carrier_traits *traits, uint64_t chance,
		struct days days, mono_ms now);
void radio_close(struct radio *radio);

/* A BEACON or CALL. `entry` is what it carries besides, borrowed, or empty. SYNC_E_FRAME: refused. */
enum sync_rc radio_feed(struct radio *radio, struct view *entry, const struct radio_ground *ground,
			enum frame_kind kind, struct view rest, mono_ms now);
void radio_days(struct radio *radio, struct days days);
/* An entry stands: written here, come over another carrier, or come over this radio. */
enum radio_source { RADIO_WRITTEN, RADIO_ELSEWHERE, RADIO_HEARD };
void radio_news(struct radio *radio, const struct radio_ground *ground, uint32_t slot, enum radio_source source,
		mono_ms now);
/* Someone sent an entry, known or not. */
void radio_busy(struct radio *radio, mono_ms now);
/* A neighbour holds an older version of it. */
void radio_send(struct radio *radio, uint32_t slot, mono_ms now);
/* Somebody sent what is known here. */
void radio_heard(struct radio *radio, uint32_t slot);
/* It leaves the set. */
void radio_unsend(struct radio *radio, uint32_t slot);

size_t radio_fill(struct radio *radio, const struct radio_ground *ground, uint8_t *frame, size_t frame_cap,
		  mono_ms now);
mono_ms radio_deadline(const struct radio *radio);
void radio_status(const struct radio *radio, struct sync_link_status *status);

#endif
