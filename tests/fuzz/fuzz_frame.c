/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as a frame: what is read lies inside them. */
#include <assert.h>

#include "proto/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ranges_read(struct view rest)
{
	struct range range;
	while (rest.size > 0 && frame_range_read(&range, &rest) == FRAME_OK) {
		assert(point_compare(range.from, range.to) <= 0 && point_compare(range.to, POINT_END) <= 0);
		for (uint32_t i = 0; range.mode != RANGE_FINGERPRINT && i < range.count; i++)
			(void)range_element(&range, i);
	}
}

static void entries_read(struct view rest)
{
	struct view entry;
	struct entry decoded;
	while (rest.size > 0 && frame_entry_read(&entry, &rest) == FRAME_OK)
		(void)!entry_decode(&decoded, entry);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum frame_kind kind;
	struct view rest;
	struct frame_hello hello;
	struct frame_summary summary;

	if (frame_open(&kind, &rest, (struct view){ .data = data, .size = size }) != FRAME_OK)
		return 0;
	switch (kind) {
	case FRAME_HELLO:
		(void)!frame_hello_read(&hello, rest);
		break;
	case FRAME_RANGES:
		ranges_read(rest);
		break;
	case FRAME_SUMMARY:
		(void)!frame_summary_read(&summary, rest);
		break;
	case FRAME_ENTRIES:
		entries_read(rest);
		break;
	}
	return 0;
}
