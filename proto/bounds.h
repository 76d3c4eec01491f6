/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Every bound of the wire in one place. Whoever raises one changes what other nodes must accept: it belongs into
 * WIRE.md in the same commit. Sizes are bytes. */
#ifndef AIDMESH_PROTO_BOUNDS_H
#define AIDMESH_PROTO_BOUNDS_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	/* An entry: body and signature, one radio frame. */
	BODY_SIZE_MAX = 140,
	SIGNATURE_SIZE = 64,
	ENTRY_SIZE_MAX = BODY_SIZE_MAX + SIGNATURE_SIZE,
	ENTRY_SIZE_MIN = 1 + SIGNATURE_SIZE,
	BODY_FIELDS_MAX = 64, /* fields and subfields a body may carry before it is refused unread */

	/* Frames. A radio frame in clear is head + one entry; sealed it adds key id's byte, nonce and tag. */
	FRAME_HEAD_SIZE = 2,
	RADIO_SEAL_SIZE = 1 + 8 + 16,
	RADIO_FRAME_MAX = 231,
	LINK_FRAME_MAX = 16384,

	/* Texts, without the terminating zero. UTF-8, cut at character boundaries. */
	CARD_NAME_MAX = 24,
	CARD_LANGUAGES_MAX = 11, /* "en es fr ht" */
	SITE_NAME_MAX = 42,
	/* Of these as much as the body has room for: alone, even under the longest tick, a note's text of this size just fits. */
	LINE_TEXT_MAX = 64,
	MOVE_TEXT_MAX = 64,
	NOTE_TEXT_MAX = 112,
	NOTE_SOURCE_MAX = 24,
	LINE_VARIANT_MAX = 16,
	NOTE_LANGUAGE_SIZE = 2,
	SEALED_MAX = 64, /* key id, nonce and tag included */

	SUBSTITUTES_MAX = 2,
	NAMED_MAX = 16, /* fields that one change names: all that a line has of them */
	KNEW_MAX = 8,   /* changes that one statement says its author saw */
	TICK_BITS = 7,
	TICK_MAX =
		(1 << TICK_BITS) - 1, /* logical part of the clock; a second with more entries borrows from the next */
	ERA_BITS = 7,
	ERA_MAX = (1 << ERA_BITS) - 1, /* above it on the wire: both are two varint bytes at most */
	RENEWED_MAX = 4095,            /* days, above both: four varint bytes at most */
	ITEM_MAX = 9999,
	PEOPLE_MAX = 2000000,
	VULNERABLE_MAX = 16383,
	REACH_KM_MAX = 1000,
	EVERY_H_MAX = 720,
	DOORS_MAX = 16383,
	USE_BY_MAX = 65535, /* days since 2020-01-01 */

	/* Registers of an author, by what they say: in each room the newest stand. None takes another's place. */
	CARDS_PER_AUTHOR_MAX = 1,
	SITES_PER_AUTHOR_MAX = 1024,
	LINES_PER_AUTHOR_MAX = 2048,
	MOVES_PER_AUTHOR_MAX = 2048,
	NOTES_PER_AUTHOR_MAX = 512,
	TRUST_PER_AUTHOR_MAX = 256,
	LATER_PER_AUTHOR_MAX = 256, /* kinds of a later version, all together */
	REGISTERS_PER_AUTHOR_MAX = CARDS_PER_AUTHOR_MAX + SITES_PER_AUTHOR_MAX + LINES_PER_AUTHOR_MAX +
				   MOVES_PER_AUTHOR_MAX + NOTES_PER_AUTHOR_MAX + TRUST_PER_AUTHOR_MAX +
				   LATER_PER_AUTHOR_MAX,
	/* Keys that may share the 8-byte hint of one author before further ones are refused. */
	KEYS_PER_HINT_MAX = 4,

	EPOCH_S = 86400,
	RETAIN_LINE_DAYS = 30, /* lines, notes, and kinds unknown to this version */
	RETAIN_MOVE_DAYS = 90,
	RETAIN_CARD_DAYS = 120, /* cards, sites, trust */
	AHEAD_MAX_S = 86400,    /* a set clock refuses what lies beyond the day that this leads to */
};

/* Thousandths of the item's unit: 34 million units, five varint bytes. */
#define QUANTITY_MILLI_MAX ((1ull << 35) - 1)

/* Entry times count from 2020-01-01T00:00:00Z. */
#define EPOCH_UNIX_S 1577836800u

static_assert(FRAME_HEAD_SIZE + ENTRY_SIZE_MAX + RADIO_SEAL_SIZE <= RADIO_FRAME_MAX, "one entry, one radio frame");
static_assert(FRAME_HEAD_SIZE + 1 + ENTRY_SIZE_MAX <= LINK_FRAME_MAX, "a link frame holds an entry");

/* Whether an entry, body and signature, may be of that size. */
static inline bool entry_size_is_legal(size_t size)
{
	return size >= ENTRY_SIZE_MIN && size <= ENTRY_SIZE_MAX;
}

#endif
