/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The languages that people read (languages/), and which of them somebody wants. Pure. */
#ifndef AIDMESH_BOARD_TEXT_LANGUAGE_H
#define AIDMESH_BOARD_TEXT_LANGUAGE_H

#include <stdbool.h>
#include <stdint.h>

/* enum language: made of the language files. */
#include "board/text/language_codes.inc"

/* The language of that short name, of which the first two bytes count ("es-MX"); LANGUAGES where it is none of ours. */
enum language language_find(const char *name);
/* "es". */
const char *language_name(enum language language);
/* The first of ours in a list by preference, as the header Accept-Language has it; English where there is none. */
enum language language_accepted(const char *list);
/* Whether a count takes the word for one: French says "0 besoin". */
bool language_is_one(enum language language, unsigned long long count);
/* What the catalogue calls an item in that language, else in English. `code` is one of the catalogue's. */
const char *language_item(enum language language, uint16_t code);

#endif
