/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The words by which the API names what view.h numbers. A table lists the values from 0; of a set, the bits from 0.
 * Pure. */
#ifndef AIDMESH_BOARD_TEXT_WORDS_H
#define AIDMESH_BOARD_TEXT_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct words {
	size_t count;
	const char *const *list;
};

extern const struct words WORDS_TRUST;      /* self trusted stranger */
extern const struct words WORDS_SITE_STATE; /* open full closed moved unlisted */
extern const struct words WORDS_LINE_KIND;  /* need offer stock */
extern const struct words WORDS_LINE_STATUS;
extern const struct words WORDS_CLOSED; /* as it is typed: open done not-needed mistake moved */
extern const struct words WORDS_REASON; /* why it is closed, as lists have it */
extern const struct words WORDS_STAGE;
extern const struct words WORDS_NOTE_KIND;
extern const struct words WORDS_SEVERITY;
extern const struct words WORDS_PEER_STATE;
extern const struct words WORDS_TRUST_KIND; /* vouch withdraw keeper keeper-end */
extern const struct words WORDS_TIME_QUALITY;
extern const struct words WORDS_CLOCK_SOURCE;
extern const struct words WORDS_ROOM;        /* what has a bound */
extern const struct words WORDS_NOTICE;      /* what stands in a node's way */
extern const struct words WORDS_SECTORS;     /* set: the catalogue's, bit = code / 100 - 1 */
extern const struct words WORDS_FACILITIES;  /* set */
extern const struct words WORDS_FLAGS;       /* set, of a line */
extern const struct words WORDS_FLAGS_TYPED; /* those that people say: for sentences, no bits */
extern const struct words WORDS_CONDITION;   /* new used damaged */
extern const struct words WORDS_CHANGES;     /* set, of a line: what a change changes */
extern const struct words WORDS_NOTE_FLAGS;  /* set */
extern const struct words WORDS_DAYS;        /* set */

extern const struct words WORDS_RADIO_STATE;
extern const struct words WORDS_QUESTION;

/* "?" when the value is not in the table. */
const char *words_text(const struct words *words, size_t value);
/* The value of `text`, without regard to ASCII case; -1 when there is none. */
int words_find(const struct words *words, const char *text);

#endif
