/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as what happens on a link; the first bit says which side dialled. Nothing but what is on disk is said,
 * filling comes to an end, a frame that had to wait is taken after the commit, and what is stored verifies. */
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
	struct carrier_traits traits = { .kind = CARRIER_LINK,
					 .dialled = first & 1,
					 .frame_max = first & 2 ? LINK_FRAME_MAX : SYNC_LINK_FRAME_MIN };

	c.here_traits = c.peer_traits = traits;
	c.peer_traits.dialled = !traits.dialled;
	contact_play(&c, &r);
	return 0;
}
