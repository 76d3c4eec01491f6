/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* From what a person asked at the door to the entry that says it: names are resolved, rights and bounds checked, what
 * was not stated is kept from the version that stands. Writes nothing anywhere; every refusal is a sentence. */
#ifndef AIDMESH_NODE_DESK_DRAFT_H
#define AIDMESH_NODE_DESK_DRAFT_H

#include <string.h>

#include "board/door.h"
#include "node/store/identity.h"
#include "node/picture/picture.h"

/* Of a word that was said here. */
struct draft_word {
	enum entry_kind kind;
	bool is_new; /* it began the register: there is none before it */
	uint32_t number;
	struct hlc hlc; /* of that version */
};

struct draft_desk {
	struct picture *picture;
	const struct identity *identity;
	uint32_t now_s;   /* seconds since 2020 */
	struct ref shown; /* the need whose ticket was shown; a none-ref otherwise */
	void *ctx;
	uint32_t moves_left; /* so many registers more this author may own in the room of moves */
	/* A version of that register is on its way to the disk, and not in the picture yet. NULL: none ever is. */
	bool (*is_under_way)(void *ctx, uint32_t number);
	/* Of a new register: `wanted` if that is neither 0 nor the number of a register that this node has, else any such. */
	uint32_t (*new_number)(void *ctx, uint32_t wanted);
	/* DOOR_UNDO: the newest word that was said here and not taken back; false: none is known. */
	bool (*last_word)(void *ctx, struct draft_word *word);
	/* The version that stood before that one; false: it is not kept. */
	bool (*word_before)(void *ctx, const struct entry *word, struct entry *before);
};

struct draft {
	struct entry entry; /* author, number, kind and message are set; the clock is the caller's to set */
	struct hlc after;   /* the new version must be later than this one */
	bool is_new;        /* a register that this author does not own yet */
	bool is_unchanged;  /* it says what stands already: nothing is to be written */
	bool wants_ticket;  /* a need whose ticket is still to be made */
};

/* DOOR_OK, or what is wrong as answer->said ends. A remark ("the name was cut") may stand there as well. */
enum door_rc draft_make(struct draft *draft, struct door_answer *answer, const struct draft_desk *desk,
			const struct door_request *request) __attribute__((warn_unused_result));

/* What stands of a record, as its author says it anew: keepers' changes are his own words then. */
void draft_adopt(const struct fold *fold, const struct fold_record *record, struct entry *e);

/* Drafts a line of this node's that stands in the place of another's whose author is silent: all that people see of it, under
 * the name that it has (proto/entry.h, `amends`). `line` is its place in the list; said again, it replaces what this node
 * carried before. While the author's own words are here it changes nothing. False: this node may not speak for it, or is its
 * author, or it is at no site. */
bool draft_carry(struct draft *draft, const struct draft_desk *desk, uint32_t line) __attribute__((warn_unused_result));

/* That line of the list stands at that site, by its author's own words, and is asked for or there still. */
bool draft_is_left(const struct fold *fold, uint32_t line, fold_slot site);

/* Whoever closes a place names another one that has its needs and stock from now on. */
static inline bool draft_hands_over(const struct door_request *asked)
{
	return asked->rest && *asked->rest && strcmp(asked->rest, DOOR_REST_KEEP) != 0 &&
	       strcmp(asked->rest, DOOR_REST_CLOSE) != 0;
}

/* A line of which more is to be said than its author said: what is least missed goes where the whole does not fit, and the
 * text is cut. False: even so it does not. */
bool draft_make_fit(struct entry *line);

#endif
