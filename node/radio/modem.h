/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What every radio modem is to the carrier above it (node/radio/lora.h): a codec between the bytes of its port and the frames of
 * the engine. Pure: bytes and time in, bytes, frames and a deadline out; no port, no clock, no heap, one thread.
 *
 *                 port                       codec                         carrier
 *        bytes ----------------> feed  --> one frame heard at a time, with its signal
 *        bytes <---------------- out   <-- send: one frame, when `can_send` says so
 *                                tick at `deadline`: what is asked again, and what is given up
 *
 *   GREETING --it answered--> SETTING --it confirmed what we asked--> READY
 *      ^                         |                                      |
 *      '------ rebooted ---------'------------ rebooted, silent --------'
 *      GREETING, SETTING, READY --silent, wrong device, setting refused--> FAILED (the carrier closes the port)
 *
 * What a device says is never trusted: no byte of it makes the codec grow, wait for ever, or say more than one answer. */
#ifndef AIDMESH_NODE_RADIO_MODEM_H
#define AIDMESH_NODE_RADIO_MODEM_H

#include "board/text/said.h"
#include "node/settings/band.h"
#include "proto/bytes.h"
#include "sync/engine.h"

enum {
	MODEM_NAME_SIZE = 32,
	MODEM_OUT_SIZE = 1024, /* bytes that may wait for the port */
};

enum modem_state { MODEM_GREETING, MODEM_SETTING, MODEM_READY, MODEM_FAILED };

/* What the codec is to do with the device. */
struct modem_wish {
	const struct band *band; /* of [radio] region; NULL: none was given */
	struct band_setting
		setting; /* as band_setting made it; all 0 without a band. A Meshtastic device keeps its own */
	uint32_t chance; /* nonces and packet ids start there; differs from start to start */
};

/* How well a frame was heard. */
struct modem_signal {
	int16_t rssi_dbm;
	int16_t snr_quarter_db; /* in steps of 0.25 dB */
};

struct modem_heard {
	struct view frame; /* borrowed until the next call; size 0: none */
	struct modem_signal signal;
	bool has_signal; /* false: the device did not say */
};

struct modem_status {
	enum modem_state state;
	char device[MODEM_NAME_SIZE];   /* "RNode (ESP32)", "Meshtastic"; "" before it answered */
	char firmware[MODEM_NAME_SIZE]; /* "1.85", "2.8.0.1a2b3c4"; "" unknown */
	struct band_setting setting;    /* what the device is on; frequency_hz 0: it keeps that to itself */
	uint16_t preamble;              /* symbols before a frame */
	uint16_t frame_max;             /* bytes of a frame it carries, 0 before it is ready */
	uint16_t frame_overhead;        /* bytes it adds to a frame on the air, at most */
	uint16_t duty_permille;         /* of the time it may send; 0 before it is ready */
	uint16_t air_permille;          /* of the last hour the device says it sent; 0 also where it does not say */
	uint8_t battery_percent;        /* 0: it does not say */
	uint32_t frames_in, frames_out;
	uint32_t refused; /* what it said that was no message of its protocol, or longer than a frame may be */
	uint32_t foreign; /* messages that are others' business */
	uint32_t failed;  /* frames of ours that it says it did not send */
	struct said said; /* what is wrong and the way out; nothing while all is well */
};

enum modem_rc {
	MODEM_OK = 0,
	MODEM_E_BUSY = -1, /* not ready, or its queue is full: ask can_send first */
	MODEM_E_SIZE = -2, /* empty, or longer than it carries: counted and refused, it will never go */
};

/* `self` is the struct of the codec, the caller's memory. */
struct modem_codec {
	const char *name; /* as in [radio] device */
	size_t self_size;
	/* Begins the greeting: the port was opened, or its device is asked from the start. Forgets everything. */
	void (*open)(void *self, const struct modem_wish *wish, mono_ms now);
	/* Takes bytes of the port from the front, up to the end of the first frame heard, and returns how many: call again
	 * with the rest while there is one. */
	size_t (*feed)(void *self, struct modem_heard *heard, struct view bytes, mono_ms now);
	/* Whether a frame may be sent now. */
	bool (*can_send)(const void *self);
	/* Takes a copy. */
	enum modem_rc (*send)(void *self, struct view frame, mono_ms now);
	/* Does what is due. */
	void (*tick)(void *self, mono_ms now);
	/* Says good-bye before the port is closed: bytes for the port. */
	void (*leave)(void *self);
};

/* What every codec's struct begins with. */
struct modem {
	struct modem_wish wish;
	struct modem_status status;
	uint8_t out[MODEM_OUT_SIZE]; /* bytes that wait for the port */
	size_t out_size;
	mono_ms due_at;        /* when to ask again; MONO_NEVER: not before it speaks */
	mono_ms trouble_until; /* while a mishap is told; 0: none is */
	uint8_t tries;         /* asked in vain */
};

/* Moves at most `cap` bytes for the port to `bytes` and returns how many. */
size_t modem_take(struct modem *modem, uint8_t *bytes, size_t cap);
/* When to tick again. */
mono_ms modem_deadline(const struct modem *modem);

/* For the codecs. */

/* All of it goes to the port, or nothing: false when there is no room. */
bool modem_put(struct modem *modem, const void *bytes, size_t size);
/* What is wrong and the way out; said in place of what was said before. */
void modem_say(struct modem *modem, struct say say);
/* The same of a mishap: it is told for a minute. */
void modem_say_trouble(struct modem *modem, struct say say, mono_ms now);
/* It may carry frames; asks for room at once. */
void modem_become_ready(struct modem *modem, mono_ms now);
/* What was said last stays told. */
void modem_fail(struct modem *modem);
/* The beginning of `tick`: false while nothing is to be asked. */
bool modem_is_due(struct modem *modem, mono_ms now);
/* The beginning of `send`: whether the frame may go, now or later; what may not is counted. */
bool modem_may_carry(struct modem *modem, struct view frame);

#endif
