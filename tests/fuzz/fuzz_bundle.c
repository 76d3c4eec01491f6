/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as a bundle file, taken in as the node does: the head written again is the same, every entry goes through
 * the engine, what is stored verifies, and importing it again adds nothing. */
#include "node/store/bundle.h"
#include "tests/fuzz/world.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return sodium_init() < 0 ? -1 : 0;
}

static void take_in(struct world_node *n, struct view rest)
{
	struct view entry;

	while (rest.size && frame_entry_read(&entry, &rest) == FRAME_OK) {
		if (sync_publish(n->sync, entry, NULL, 1) == SYNC_E_BUSY) {
			enum sync_rc rc;

			world_settle(n, UINT32_MAX);
			rc = sync_publish(n->sync, entry, NULL, 1);
			assert(rc != SYNC_E_BUSY);
		}
	}
	world_settle(n, UINT32_MAX);
	world_settle(n, UINT32_MAX); /* what waited for a card */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world_node n;
	struct view rest = { .data = data, .size = size };
	uint8_t again[BUNDLE_HEAD_SIZE];
	struct sync_status first, second;
	struct bundle_head head;

	if (!bundle_head_read(&head, &rest))
		return 0;
	assert(rest.size == size - BUNDLE_HEAD_SIZE);
	bundle_head_write(again, &head);
	assert(memcmp(again, data, sizeof again) == 0);
	world_open(&n, 1, 0, 0);
	take_in(&n, rest);
	sync_status(n.sync, &first);
	take_in(&n, rest);
	sync_status(n.sync, &second);
	/* Unless what was parked the first time found its card only now, or there was no room. */
	assert(second.entries == first.entries || first.pending || second.pending || first.refused_full);
	world_check(&n);
	world_close(&n);
	return 0;
}
