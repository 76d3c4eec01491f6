/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One radio. Everyone in reach hears a frame, or loses it. A radio finds out by broadcast what its neighbours lack, and
 * sends that with as little airtime as possible.
 *
 *   BEACON   A sketch of all that is here, said at Trickle's moments. It has two syndromes when all seems well, and more
 *            where differences are likely. A station that hears it compares:
 *              the same          Silence. Where the beacon asks who holds the same, the own beacon comes soon.
 *              it decodes        What the sender lacks is sent after a random wait, unless someone else was first. What
 *                                this station lacks is called for.
 *              it does not       A CALL asks for more syndromes, then for parts of the set (part.h). The own next beacon
 *                                says more, too.
 *   CALL     The elements that a station lacks. The station that said the beacon answers. A station that lacks the same
 *            waits, and calls later if need be.
 *   ENTRY    What was written here, at once. What was heard, by stations that proved useful (relay.h). What somebody calls
 *            for. What a neighbour seems to lack.
 *
 * A need within hours is passed on at once by the stations that others need. Where many stations are heard, the others send
 * it after a random wait, unless they hear it again. Elsewhere a beacon shows soon who lacks it. When a frame is lost, the
 * next beacon makes up for it.
 *
 * What one frame of a stranger can cause is bounded. A beacon or call makes at most RADIO_REPAIRS_MAX entries go out.
 * Beacons that bring nothing stretch the shortest interval. A token bucket holds the duty cycle whatever happens (duty.h).
 *
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
	/* Syndromes of a beacon at most. Bounded by the frame: 194 bytes with the longest head (asserted in radio_say.c).
	 * tools/bench sync decodes all sketches of 5 to 45. */
	RADIO_SKETCH_MAX = 45,
	/* Entries at most that one beacon or call sets in motion. Bounded by what a forged one may cost. A sketch of 45
	 * finds 44, and a call names 48. */
	RADIO_REPAIRS_MAX = 64,
	/* Elements of a CALL at most. Bounded by the frame: 149 bytes (asserted in radio_say.c). */
	RADIO_CALL_MAX = 48,
	/* Times that a CALL is said until what it asks for arrives. tools/bench radio, "calls are said once": the 99th
	 * percentile of a need 25 -> 34 s with 200 stations, 10 % lost. */
	RADIO_CALL_TRIES = 3,
};

/* Timers of this module:
 *   trickle        when the next beacon is due
 *   hold_until     two stations that waited for the same silence do not speak at once
 *   settle_until   repairs go on; a beacon waits for their end
 *   entries_at     the random wait before entries go out
 *   call_at        the random wait before a call
 *   trial_at       the beacon of a relay's trial
 *   duty           when the bucket holds enough for a frame */

/* What a radio needs of its engine. */
struct radio_ground {
	const struct set *set;
	const struct sync_host *host;
	uint64_t revision; /* of the set */
	struct node_time time;
};

/* What was heard of a beacon and its extensions that did not decode yet. */
struct radio_series {
	bool open;
	uint32_t salt;
	struct days days;
	uint16_t part;
	uint8_t have;                      /* syndromes heard */
	uint32_t syndromes[SYNDROMES_MAX]; /* the sender's */
};

struct radio {
	carrier_id id; /* 0: the place is free */
	struct carrier_traits traits;
	uint64_t chance; /* state of the random numbers */
	uint32_t slot_ms;
	struct days ours; /* kept here */
	struct days days; /* said in the next beacon: `ours`, narrowed to those of neighbours a day behind or ahead */
	struct trickle trickle;
	mono_ms hold_until, settle_until;
	uint8_t held; /* times in a row that radio_fill was called late and held on */
	struct duty duty;
	struct outbox outbox;
	mono_ms entries_at;
	bool is_urgent; /* the first entry of the outbox is a card, or a need within hours */
	struct relay relay;
	mono_ms trial_at;
	uint32_t fresh; /* entries since the last beacon that neighbours may lack */
	uint32_t moved; /* entries since the last beacon that went over the air */
	uint32_t doubt; /* differences that a neighbour seems to have */
	uint8_t barren; /* resets of Trickle in a row that brought no entry; at most RADIO_BARREN_MAX */
	struct reach reach;
	bool agreed; /* a neighbour's beacon said what is here, and nothing has come since that others may lack */
	struct sync_left left; /* live here, and outside of the days of the last beacon that was heard */
	/* The last beacon from here. */
	uint32_t salt;
	struct days said_days;
	uint16_t said_part;
	uint64_t said_revision; /* of the set */
	uint8_t said;           /* syndromes */
	bool more_now;          /* a neighbour asked for its extension */
	uint32_t more_to;       /* the syndromes of beacon and extension */
	struct parts parts;     /* which part the next beacon speaks of */
	/* What is to be asked. */
	struct radio_series series;
	bool call_more; /* for more syndromes of `series` */
	mono_ms call_at;
	uint32_t call_salt, call_count; /* the beacon whose elements are lacked; how many */
	uint8_t call_tries;             /* times that they were called for, by whomever */
	uint32_t calls[RADIO_CALL_MAX];
	uint64_t entries_in, entries_out;
};

void radio_memory(struct radio *radio, struct arena *arena, const struct set *set);
void radio_open(struct radio *radio, carrier_id id, const struct carrier_traits *traits, uint64_t chance,
		struct days days, mono_ms now);
void radio_close(struct radio *radio);

/* A BEACON or CALL was heard. *entry is the entry that a CALL carries, borrowed; empty: none. SYNC_E_FRAME: refused. */
enum sync_rc radio_feed(struct radio *radio, struct view *entry, const struct radio_ground *ground,
			enum frame_kind kind, struct view rest, mono_ms now);
void radio_days(struct radio *radio, struct days days);
/* An entry stands now: it was written here, came over another carrier, or came over this radio. */
enum radio_source { RADIO_WRITTEN, RADIO_ELSEWHERE, RADIO_HEARD };
void radio_news(struct radio *radio, const struct radio_ground *ground, uint32_t slot, enum radio_source source,
		mono_ms now);
/* Someone sends entries, whether they are known here or not. */
void radio_busy(struct radio *radio, mono_ms now);
/* A neighbour holds an older version of the entry in `slot`. */
void radio_send(struct radio *radio, uint32_t slot, mono_ms now);
/* Somebody sent the entry in `slot`, which is known here. */
void radio_heard(struct radio *radio, uint32_t slot);
/* The entry in `slot` leaves the set, or need not be sent. */
void radio_unsend(struct radio *radio, uint32_t slot);

size_t radio_fill(struct radio *radio, const struct radio_ground *ground, uint8_t *frame, size_t frame_cap,
		  mono_ms now);
mono_ms radio_deadline(const struct radio *radio);
void radio_status(const struct radio *radio, struct sync_link_status *status);

#endif
