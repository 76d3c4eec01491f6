/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as what happens on a radio. Nothing but what is on disk is said, no frame is longer than the air takes, and
 * whatever is fed, the station stays within its duty cycle. */
#include "tests/fuzz/contact.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return sodium_init() < 0 ? -1 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct contact c;
	struct reader r = reader_init((struct view){ .data = data, .size = size });
	uint8_t first = read_u8(&r);
	struct airtime airtime = { .frame_us = 92000, .byte_us = 4540, .duty_permille = first & 1 ? 1 : 1000 };
	uint64_t hour_us, longest_us, begun;

	c.here_traits = c.peer_traits = (struct carrier_traits){
		.kind = CARRIER_RADIO,
		.frame_max = first & 2 ? RADIO_FRAME_MAX : SYNC_RADIO_FRAME_MIN,
		.airtime = airtime,
	};
	c.peer_traits.airtime.duty_permille = 1000;
	contact_play(&c, &r);
	/* An hour's share at once, at most, and the frame that it ended in; each start is given as much. */
	begun = c.restarts + 1;
	hour_us = begun * 3600 * 1000 * airtime.duty_permille;
	longest_us = begun * (airtime.frame_us + c.here_traits.frame_max * airtime.byte_us);
	assert(c.air_us <= hour_us + longest_us + c.now * airtime.duty_permille);
	return 0;
}
