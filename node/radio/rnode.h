/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* RNode: a LoRa stick that speaks KISS. The codec under node/radio/modem.h; pure.
 *
 *   FEND command bytes FEND, where FEND and FESC within the bytes are written FESC TFEND and FESC TFESC
 *
 * Facts from RNode_Firmware (Framing.h, RNode_Firmware.ino, Utilities.h; version 1.85) and from Reticulum's
 * RNodeInterface.py:
 *   - it answers the detect request; firmware 1.52 or later is wanted; every setting is echoed, the frequency as the chip
 *     could set it, within 100 Hz; power is lowered to what the chip can do;
 *   - before a frame heard come its signal strength and signal to noise ratio;
 *   - it never says by itself that its queue has room, and drops what comes while it has none: it is asked after each frame;
 *   - up to 254 bytes go out as one frame, behind a byte of its own; longer ones would be split;
 *   - it listens before it sends; it reports resets, errors, use of the air and its battery;
 *   - others use its sync word too: whatever they say arrives here, and is told from ours above. */
#ifndef AIDMESH_NODE_RADIO_RNODE_H
#define AIDMESH_NODE_RADIO_RNODE_H

#include "node/radio/modem.h"

enum {
	RNODE_MESSAGE_MAX = 508,  /* the firmware's MTU */
	RNODE_HEAD_SIZE = 1,      /* on the air, before a frame */
	RNODE_FIRMWARE_MIN = 152, /* major * 100 + minor */
};

struct rnode {
	struct modem modem;
	/* The message that is coming in. */
	bool is_open, is_escaped, is_overlong, has_command;
	uint8_t command;
	size_t size;
	uint8_t bytes[RNODE_MESSAGE_MAX];
	/* Of the frame that follows. */
	struct modem_signal signal;
	bool has_signal;
	bool is_detected;
	uint8_t platform;  /* 0: not said */
	uint16_t firmware; /* major * 100 + minor; 0: not said */
	uint8_t confirmed; /* settings whose echo was right, a bit each */
	bool has_room;     /* in its queue */
};

extern const struct modem_codec rnode_codec;

/* Symbols before a frame: 24 ms of them, at least 18 (Config.h and updateBitrate() of the firmware). Above 30 kbit/s it takes
 * fewer, which costs nothing to overstate. */
uint16_t rnode_preamble(uint32_t bandwidth_hz, uint8_t spreading);

#endif
