/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Meshtastic: a radio with a firmware and a display of its own, or meshtasticd, which drives the HATs of a Pi. The codec under
 * node/radio/modem.h for its StreamAPI; pure.
 *
 *   94 C3 || size 2 (big endian, at most 512) || protobuf (node/radio/meshtastic.proto)      anything outside of that is log text
 *
 * Facts from its firmware 2.8 (src/mesh: StreamAPI, PhoneAPI, MeshService, Router, RadioInterface, MeshRadio.h;
 * src/modules/AdminModule) and github.com/meshtastic/protobufs:
 *   - bytes of C3 wake a sleeping device, which then needs 100 ms; after 15 minutes without traffic it sleeps;
 *   - it says what it is when asked with a nonce, of which 69420 leaves out the other nodes; the nonce ends it; after a
 *     restart it says nothing until it is asked again;
 *   - each packet and each heartbeat is answered with the room left in its queue;
 *   - 255 bytes go out at once: 16 of its head, 8 around a payload, and 66 of a signature where that still fits;
 *   - what is asked over its port needs no password, unless it is managed by someone else.
 *
 * Its own settings stay as they are: it must have been given its region, and everything else works as its owner set it up. One thing
 * is added: a channel named "aidmesh" with a key of its own, so that it never takes our frames for messages of others.
 * That key is public, as it stands in meshtastic.c: it separates, it hides nothing. Nothing of ours is relayed by others
 * (hop_limit 0): our own gossip does that. */
#ifndef AIDMESH_NODE_RADIO_MESHTASTIC_H
#define AIDMESH_NODE_RADIO_MESHTASTIC_H

#include "node/radio/modem.h"

enum {
	MESHTASTIC_MESSAGE_MAX = 512,
	MESHTASTIC_PAYLOAD_MAX = 231,
	MESHTASTIC_CHANNELS = 8,
	MESHTASTIC_KEY_SIZE = 32,
	MESHTASTIC_NAME_SIZE = 12,      /* of a channel */
	MESHTASTIC_HEAD_SIZE = 16 + 8,  /* what it adds to a frame on the air */
	MESHTASTIC_SIGNATURE_SIZE = 66, /* and where it signs */
};

enum meshtastic_step {
	MESHTASTIC_WAKE,   /* wake it */
	MESHTASTIC_ASK,    /* ask what it is */
	MESHTASTIC_LISTEN, /* it answers */
};

struct meshtastic_channel {
	uint8_t role; /* 0: free */
	uint8_t name_size, key_size;
	uint8_t name[MESHTASTIC_NAME_SIZE], key[MESHTASTIC_KEY_SIZE];
};

/* What it said of its radio. */
struct meshtastic_radio {
	bool is_known, has_preset, may_send;
	uint32_t preset, bandwidth, spreading, coding, region;
	int32_t power;
	float frequency_mhz; /* 0: it follows from other settings */
};

struct meshtastic {
	struct modem modem;
	/* The message that is coming in. */
	uint8_t have_head; /* bytes of its head */
	uint16_t size, have;
	uint8_t bytes[MESHTASTIC_MESSAGE_MAX];
	mono_ms heard_at; /* any byte of a message */
	/* What it is. */
	uint32_t number; /* its own; 0 not said */
	bool signs;
	struct meshtastic_radio radio;
	struct meshtastic_channel channels[MESHTASTIC_CHANNELS];
	uint8_t channel; /* ours */
	/* How far we are. */
	enum meshtastic_step step;
	uint8_t channel_tries;
	bool has_answered;
	uint32_t packet_id;                    /* of the next */
	uint32_t waits_for;                    /* the packet whose fate is not known yet; 0 none */
	uint32_t room;                         /* in its queue */
	mono_ms asked_at;                      /* since when it is asked */
	uint8_t frame[MESHTASTIC_PAYLOAD_MAX]; /* heard last */
};

extern const struct modem_codec meshtastic_codec;

#endif
