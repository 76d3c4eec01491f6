/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Tickets: what a household holds instead of its name in an entry.
 *
 * The code is two made-up words and a number, "BUMEL-TAKIS-417": 43,200 words twice and 1,000 numbers, which is 40.7
 * bits. A word is of five letters, as node/setup/made_word.h makes them, so that it can be said over a counter.
 * The line carries only ticket_proof; whoever shows the code is whom the need was written down for.
 *
 * Any thread; needs sodium_init() once before. */
#ifndef AIDMESH_NODE_DESK_TICKET_H
#define AIDMESH_NODE_DESK_TICKET_H

#include "proto/entry.h"

enum { TICKET_TEXT_SIZE = 16 };

/* A new one, of the system's randomness. */
uint64_t ticket_random(void);
void ticket_text_write(char text[TICKET_TEXT_SIZE], uint64_t code);
/* As people write what they heard: any case, blanks or dashes or none, accents of Latin-1 left out, v for b, c, q or qu for k, z for s, y for i. False: it is no code. */
bool ticket_text_read(uint64_t *code, const char *text);

/* The first 8 bytes of Argon2id(code, salt = author's hint || number || 0), little endian, never 0: 8 MiB and two
 * passes, some tens of milliseconds on a small board. 0 when memory is out. */
uint64_t ticket_proof(uint64_t code, struct ref need);

#endif
