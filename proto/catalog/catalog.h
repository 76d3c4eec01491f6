/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The catalogue of items and services, compiled in from catalog.csv: what an entry's item code stands for. A code is
 * never reused. Pure and read-only; what is handed out lives for ever. */
#ifndef AIDMESH_PROTO_CATALOG_CATALOG_H
#define AIDMESH_PROTO_CATALOG_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum catalog_language { CATALOG_EN = 0, CATALOG_ES = 1, CATALOG_FR = 2, CATALOG_HT = 3, CATALOG_LANGUAGES = 4 };
/* The two letters by which a language of the labels is known: "es". */
const char *catalog_language_name(enum catalog_language language);
enum { CATALOG_SECTORS = 16 };

struct catalog_item {
	uint16_t code;
	const char *slug;                      /* "drinking-water" */
	const char *sector;                    /* "water" */
	const char *unit;                      /* as people say it: "L", "each", "kit" */
	const char *applies_to;                /* whom a quantity is for: "all", "household", "infant"; "" not said */
	uint8_t sector_index;                  /* bit of a site's takes and refuses */
	uint32_t kg_milli;                     /* grams of one unit; 0 unknown */
	bool kg_estimate;                      /* that weight is an estimate: say so on screen */
	uint32_t per_person_day_milli;         /* thousandths of the unit; 0 unknown or not daily */
	uint32_t once_per_unit_milli;          /* thousandths of the unit for each of applies_to, once; 0 none */
	uint8_t tier;                          /* 1 hours-critical .. 4 recovery */
	bool sealed;                           /* details only ever sealed for the circle */
	bool suggestion;                       /* its quantity is an estimate without a source: say so on screen */
	const char *labels[CATALOG_LANGUAGES]; /* "" where not translated yet */
	const char *also;                      /* what else people call it, in any language, between bars; may be "" */
};

size_t catalog_count(void);
/* By place in the list, which is in the order of codes; index below catalog_count() (asserted). */
const struct catalog_item *catalog_at(size_t index);
/* NULL when no item has the code. */
const struct catalog_item *catalog_find_code(uint16_t code);
/* Whether nobody hands out a part of one: blankets, kits, pairs, beds, trips, hours. */
bool catalog_is_in_pieces(const struct catalog_item *item);

/* The item whose slug or label in any language `text` is, without regard to case or to which of blank, '-' and ':'
 * stands between the words: "Drinking water", "other: water" and "OTHER WATER" are found. NULL when there is none. */
const struct catalog_item *catalog_find_name(const char *text);

#endif
