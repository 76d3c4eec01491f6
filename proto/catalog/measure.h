/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Quantities as people type them, in an item's own unit: "120", "12,5", "30 gal", "40 lb", "2 packs of 12",
 * "3 cases of 24 x 0.5 L", "6x1.5L", "1 dozen", "2 t".
 *
 *   measure = factor { ("x" | "of" ...) factor }       a factor is a number, and a word of what it counts
 *
 * Unit words are known in English, Spanish, French and Haitian Creole. Exact fractions of integers up to the last step,
 * where the result is rounded to the nearest thousandth, halves up; what is counted in pieces and was given by weight,
 * to the nearest whole piece. Pure; no heap.
 *
 * Conversions are exact by definition: the US gallon of 231 cubic inches is 3.785411784 L (quart, pint and fluid ounce
 * its 4th, 8th and 128th), the pound 0.45359237 kg (ounce its 16th), the tonne 1000 kg. A "ton" is not known: it may be
 * either of two. */
#ifndef AIDMESH_PROTO_CATALOG_MEASURE_H
#define AIDMESH_PROTO_CATALOG_MEASURE_H

#include "proto/catalog/catalog.h"

enum measure_rc {
	MEASURE_OK = 0,
	MEASURE_E_FORM = -1,    /* no number, or no measure */
	MEASURE_E_COMMA = -2,   /* "1,200": thousands or a fraction */
	MEASURE_E_WORD = -3,    /* a word that is no unit */
	MEASURE_E_CONTENT = -4, /* "2 packs": of how many */
	MEASURE_E_KIND = -5,    /* that unit cannot become the item's */
	MEASURE_E_FINE = -6,    /* more than three decimals, and nothing to convert */
	MEASURE_E_LARGE = -7,   /* above 2^35 - 1 thousandths */
	MEASURE_E_SMALL = -8,   /* rounds to nothing */
};

struct measure {
	uint64_t milli; /* thousandths of the item's unit */
	bool converted; /* more was done than to read a number: say what was understood */
	bool by_weight; /* with the item's kg_milli */
};

/* `item` NULL: words of a person's own, which have no unit. `*measure` is untouched on failure. */
enum measure_rc measure_read(struct measure *measure, const char *text, const struct catalog_item *item)
	__attribute__((warn_unused_result));

/* Whether it is a measure of anything at all: MEASURE_OK, or what is wrong whatever the item is. */
enum measure_rc measure_check(const char *text) __attribute__((warn_unused_result));

/* What a quantity of an item may be written in; words of a person's own take the number alone. */
enum measure_takes { MEASURE_TAKES_NUMBER, MEASURE_TAKES_VOLUME, MEASURE_TAKES_MASS, MEASURE_TAKES_PIECES };
enum measure_takes measure_takes(const struct catalog_item *item);

#endif
