/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What this node said and somebody will read: up to SAID_MAX sentences that are kept, their texts copied. Pure; no heap. */
#ifndef AIDMESH_BOARD_TEXT_SAID_H
#define AIDMESH_BOARD_TEXT_SAID_H

#include "board/text/say.h"

enum {
	SAID_MAX = 5,
	SAID_TEXT_SIZE = 840,     /* of all texts of one struct said */
	SAID_VALUE_MAX = 400,     /* bytes of one value; more is cut at a character */
	SAID_TYPED_MAX = 48,      /* of what somebody typed */
	SAID_WRITTEN_SIZE = 1200, /* room for what said_write writes in any language */
};

struct said_value {
	enum say_kind kind;
	uint16_t text; /* where in `texts` */
	int64_t number;
	const struct words *words;
};

/* All zero: nothing was said. Plain data: it may be copied. */
struct said {
	uint8_t count;
	uint16_t used; /* of `texts` */
	struct said_sentence {
		enum say_code code;
		struct said_value values[SAY_VALUES_MAX];
	} sentences[SAID_MAX];
	char texts[SAID_TEXT_SIZE];
};

/* Says one sentence more. False where it finds no room: nothing was added. */
bool said_add(struct said *said, struct say say);
/* What decides comes last: where there is no room for it, what was remarked before gives way. */
void said_decide(struct said *said, struct say say);
/* All sentences of `more`, as far as there is room for them. */
void said_add_all(struct said *said, const struct said *more);
static inline bool said_is_empty(const struct said *said)
{
	return said->count == 0;
}

/* Whether the same was said, with the same values. */
bool said_is_equal(const struct said *a, const struct said *b);

/* Writes all of it, a blank between two sentences, cut at a character where `size` is too small; always terminated. */
void said_write(char *out, size_t size, enum language language, const struct said *said);

#endif
