/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The radio carrier: a LoRa stick on a serial port (or meshtasticd on TCP), found by probing, set to what the region
 * allows, joined to the engine as a carrier of the kind CARRIER_RADIO.
 *
 *   CLOSED --port opened--> PROBING --a codec is ready--> UP --port gone, device failed--> CLOSED
 *      ^                       |                                                             |
 *      '------- backoff -------'------- nothing answered: next codec, next port <------------'
 *
 * Lives on the loop's thread. All memory is bounded. A stick may be pulled and put back as one likes, under another name
 * when [radio] port = auto. Nothing is asked of a device but what its codec asks (node/radio/rnode.h, node/radio/meshtastic.h).
 *
 * The user that runs the daemon must be in the group dialout, which owns serial ports on Debian. */
#ifndef AIDMESH_NODE_RADIO_LORA_H
#define AIDMESH_NODE_RADIO_LORA_H

#include <uv.h>

#include "node/settings/reason.h"
#include "node/radio/airtime_log.h"
#include "node/settings/config.h"
#include "node/radio/modem.h"
#include "node/radio/stations.h"

enum { LORA_CARRIER = INT32_MAX }; /* its carrier_id: links count from 1 */
enum { LORA_PORT_SIZE = CONFIG_PATH_SIZE };

/* For people. */
enum lora_state {
	LORA_OFF,     /* [radio] port = none */
	LORA_MISSING, /* no port, or it cannot be opened */
	LORA_PROBING, /* a port is open, nothing has answered yet */
	LORA_SETTING, /* the device is known and being set */
	LORA_UP,      /* frames come and go */
	LORA_REFUSED, /* the settings are not allowed, or the device does not do what it should */
};

struct lora_status {
	enum lora_state state;
	char port[LORA_PORT_SIZE]; /* as opened: "/dev/ttyUSB0", "10.41.0.9:4403"; "" none */
	char region[8];            /* "EU868"; "" none */
	struct modem_status modem; /* device, firmware, settings, counts; all 0 while nothing answered */
	struct airtime airtime;    /* as the engine knows it; all 0 unless UP */
	struct said said;          /* the state in plain words, and the way out where one is needed */
	uint32_t used_ms, left_ms; /* airtime of the last hour, and what the duty cycle still allows in it */
	uint64_t frames_in, frames_out;
	uint64_t dropped;           /* frames that the engine had no room for: a later beacon makes up for them */
	uint64_t unsealed;          /* frames that no key of our circle opened: strangers' */
	bool is_sealed;             /* frames go sealed for a circle, [radio] circle: others are dropped unread */
	uint64_t refused;           /* bytes and frames that made no sense, ours that were too long */
	struct modem_signal signal; /* of the frame heard last */
	bool has_signal;
	mono_ms heard_at; /* when that was; 0 never */
};

struct lora_host {
	void *ctx;
	struct sync *sync;
	/* Before anything of the engine is called: tells it the time (sync_tick), and returns it. */
	mono_ms (*now)(void *ctx);
	/* The engine was fed or filled: changes may wait to be committed, its deadline may have moved. */
	void (*moved)(void *ctx);
	/* The state changed; `said`, borrowed, tells how, for the log and listeners. */
	void (*said)(void *ctx, const struct said *said);
	uint16_t station; /* see sync/engine.h */
	/* The airtime of the last hour is to be kept for the next start, with `ahead_ms` more in case the power goes before it
	 * is kept again: with the first frame, after each sixteenth of an hour's share, and at the end: a radio that says little
	 * writes little. NULL: it is forgotten. */
	void (*keep)(void *ctx, const struct airtime_log *book, uint32_t ahead_ms);
	struct airtime_log book; /* as it was kept; all zero: nothing was */
};

struct lora;

/* Whether the settings are allowed. 0, or -1 with a sentence: then lora_open would refuse them, too. */
int lora_check(struct reason *why, const struct config *config) __attribute__((warn_unused_result));
/* 0, or -1 with a sentence in `why` when the settings are wrong: what the region forbids is refused at the start. A stick that
 * is missing is no error: it is looked for. `config` outlives it. With port = none there is no carrier: *lora is NULL. */
int lora_open(struct lora **lora, struct reason *why, uv_loop_t *loop, const struct config *config,
	      const struct lora_host *host) __attribute__((warn_unused_result));
/* The engine may have something to say: after commits, and at its deadline. NULL is fine. */
void lora_kick(struct lora *lora);
/* The modem takes no frame now, or this hour's airtime is used up. When it does again the engine is asked at once: its deadline may well lie in the past until
 * then, and whoever waits for that need not hurry. */
bool lora_is_busy(const struct lora *lora, mono_ms now);
/* Whose beacons are heard; nobody's when NULL. */
const struct stations *lora_stations(const struct lora *lora);
/* NULL is fine: LORA_OFF. */
void lora_status(const struct lora *lora, struct lora_status *status, mono_ms now);
/* Takes the carrier down, says good-bye to the device, and calls `done` when nothing of it is left on the loop. */
void lora_close(struct lora *lora, void (*done)(void *user), void *user);

#endif
