/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who said what about a record, and when. What stands is in the picture; what was replaced is in the store, for PAST_DAYS.
 * Lives on the loop's thread. */
#ifndef AIDMESH_NODE_HISTORY_HISTORY_H
#define AIDMESH_NODE_HISTORY_HISTORY_H

#include "board/view.h"
#include "node/picture/picture.h"
#include "node/store/store.h"

/* Rows of one record; beyond them the oldest are left out, and counted. */
enum { HISTORY_MAX = 500 };

struct history {
	struct store *store;
	struct picture *picture;
	uint32_t now_s;
};

/* Calls back for every word of the record that `text` names, the newest first; false ends it. Gives how many there are;
 * SIZE_MAX: no record is called so, or several are. */
size_t history_each(const struct history *h, const char *text, view_word_cb cb, void *user);

/* The version of that register of `author` that stood before `before`. False: none is known. */
bool history_find_before(const struct history *h, const struct public_key *author, const struct entry *before,
			 struct entry *earlier);

/* What `now` says; where `before` is an earlier version of the same register, what it changes. Nothing is said where they say
 * the same. */
void history_tell(struct said *said, struct picture *picture, const struct entry *before, const struct entry *now);

#endif
