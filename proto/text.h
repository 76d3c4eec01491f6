/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* UTF-8 as an entry may carry it, one character after the other. Pure. text_cut() of entry.h shortens a text. */
#ifndef AIDMESH_PROTO_TEXT_H
#define AIDMESH_PROTO_TEXT_H

#include "proto/bytes.h"

/* Takes one character from the front of `rest`: its code point, or -1 where the bytes are not UTF-8 (RFC 3629: no
 * overlong form, no surrogate, nothing above U+10FFFF) or end early. `rest` must not be empty. */
int32_t text_next(struct view *rest);

/* The letter or digit that a character is compared as where case and accents do not matter: "a" of A and of a with any
 * accent of Latin-1. 0 for every other character. */
char text_letter(int32_t code);

/* Valid UTF-8 without control characters (C0, DEL, C1), zero included. */
bool text_is_clean(struct view text);

#endif
