/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a person typed to the items of the catalogue that may be meant, best first: "agua", "PAÑALES", "insuline",
 * "blakets", "mat to sleep", "101".
 *
 * A name is an item's slug, its label in one of the languages, or one of its other names. Case, accents, plurals, the
 * order of the words and small words like "de" do not matter. Every word that was typed must be found in one name: what
 * says more than the catalogue knows is no item's name and gives nothing. Pure; no heap. */
#ifndef AIDMESH_PROTO_CATALOG_CATALOG_SEARCH_H
#define AIDMESH_PROTO_CATALOG_CATALOG_SEARCH_H

#include "proto/catalog/catalog.h"

/* How the worst of the typed words was found in the name, best first. */
enum catalog_match {
	CATALOG_SAME,   /* it is the name, or the code */
	CATALOG_WORDS,  /* whole words of it */
	CATALOG_BEGINS, /* beginnings of words */
	CATALOG_INSIDE, /* parts of words, of at least four letters */
	CATALOG_TYPO,   /* a letter changed, left out, added or swapped in words of five letters; two from eight on */
};

struct catalog_hit {
	const struct catalog_item *item;
	enum catalog_match match;
	uint8_t rest; /* words of the name that nobody typed */
};

enum {
	CATALOG_TEXT_MAX = 96,  /* a longer text names no item */
	CATALOG_WORDS_MAX = 12, /* nor does one of more words */
	CATALOG_ASK_MAX = 5,    /* of how many candidates a person is asked */
};

/* The best candidates; gives their number, at most hits_max. In the order of match, rest, tier (urgent ones first) and
 * code. */
size_t catalog_search(struct catalog_hit *hits, size_t hits_max, const char *text);

/* The item that is meant beyond doubt, of what catalog_search gave, at least two hits of it: the only one that has this name, but
 * for case, accents, plurals, blanks and the order of its words. A word of a name, a beginning, a part and a typo only ever
 * suggest: powdered milk is no infant formula. NULL: ask. */
const struct catalog_item *catalog_clear(const struct catalog_hit *hits, size_t count);

/* The item of that exact name or code, else the clear one; NULL when there is none. */
const struct catalog_item *catalog_find_like(const char *text);

#endif
