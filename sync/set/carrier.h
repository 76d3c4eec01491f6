/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A carrier as the engine sees it: what it can do, how it stands, what waits on it; and the results and the clock of the
 * calls about it. Plain data, for links, radios and the engine's edge; engine.h includes it. */
#ifndef AIDMESH_SYNC_SET_CARRIER_H
#define AIDMESH_SYNC_SET_CARRIER_H

#include "proto/frame.h"

typedef uint64_t mono_ms;    /* for waiting; never goes back */
typedef uint32_t carrier_id; /* the host's choice; unique among carriers that are up */

#define MONO_NEVER UINT64_MAX

/* The node's idea of the date. Only a set clock refuses and retires something for its time. */
struct node_time {
	uint32_t wall_s; /* seconds since 2020-01-01T00:00:00Z */
	enum time_quality quality;
};

enum sync_rc {
	SYNC_OK = 0,
	SYNC_WAITS = 1,    /* kept, bounded, until its author's card arrives */
	SYNC_E_BUSY = -1,  /* changes wait to be committed: keep the bytes, feed them again after sync_committed */
	SYNC_E_FULL = -2,  /* a bound is reached, nothing changed: tell people */
	SYNC_E_STALE = -3, /* the register already holds this version or a newer one */
	SYNC_E_FRAME = -4, /* refused and counted; keep the link */
	SYNC_E_TIME = -5,  /* too old to be kept, or too far ahead of a set clock */
};

struct sync_host {
	void *ctx;
	/* Reads a committed entry's bytes by the handle that sync_committed or sync_restore was given. The bytes stay
	 * valid until the next load. SYNC_E_FULL when the store cannot read: the entry is skipped. */
	enum sync_rc (*load)(void *ctx, uint64_t handle, struct view *bytes);
};

enum carrier_kind {
	CARRIER_LINK,  /* two ends; loses nothing, keeps the order: TCP, a pipe */
	CARRIER_RADIO, /* everyone in reach hears it; frames are lost, and slow */
};

/* What a frame costs on the air: frame_us + its bytes * byte_us (Semtech AN1200.13 is close to a line). */
struct airtime {
	uint32_t frame_us; /* preamble and head */
	uint32_t byte_us;
	uint16_t duty_permille; /* of the time this station may send, 1..1000 */
};

struct carrier_traits {
	enum carrier_kind kind;
	bool dialled;           /* link: this side began the contact, its salt half goes first */
	uint32_t frame_max;     /* link: SYNC_LINK_FRAME_MIN..LINK_FRAME_MAX; radio: at least SYNC_RADIO_FRAME_MIN */
	struct airtime airtime; /* radio */
	uint16_t station;       /* radio: said in beacons, so that people see whom they hear; see SYNC_STATION */
};

/* The first two bytes of a key as a station: whose beacon it is, as far as two bytes tell, and no proof. */
#define SYNC_STATION(key) ((uint16_t)((key)->bytes[0] | (key)->bytes[1] << 8))

enum { SYNC_LINK_FRAME_MIN = 4096, SYNC_RADIO_FRAME_MIN = FRAME_HEAD_SIZE + ENTRY_SIZE_MAX };

/* For people: copied out, plain numbers. */
enum link_state {
	LINK_GREETING,
	LINK_COMPARING,
	LINK_TRANSFER,
	LINK_SAFE, /* all that is live here is on the other side's disk, and the other way round */
	LINK_LEFT, /* compared, and nothing moves any more, but one side does not take all: see sync_left */
};

/* What one side holds and the other does not take, by the reason. */
struct sync_left {
	uint32_t clock; /* outside of the other's days */
	uint32_t age;  /* the same, but the two dates differ by a day at most: its time is over there a little sooner */
	uint32_t full; /* the other has no room */
	uint32_t policy; /* against the other's rules, or a bad signature */
};

static inline uint32_t sync_left_sum(const struct sync_left *left)
{
	return left->clock + left->age + left->full + left->policy;
}

struct sync_link_status {
	enum link_state state;
	uint64_t entries_in, entries_out;
	uint32_t left_out;           /* known to be missing there */
	uint32_t left_in;            /* asked for and not yet here, or the difference of the counts */
	struct sync_left left_there; /* live here, and not taken there */
	struct sync_left left_here;  /* there, as the other side says, and not taken here */
	struct node_time time;       /* link: the other side's date for now, as it says; wall_s 0: not heard yet */
};

/* What waits to go out over a radio, in the order of going. */
struct sync_queue {
	uint32_t cards;  /* of authors: without them nothing of theirs can be verified */
	uint32_t urgent; /* needs within hours */
	uint32_t rest;
};

#endif
