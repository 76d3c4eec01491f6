/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* UTF-8 (RFC 3629): walking, checking, and what is taken for Latin-1. Pure. */
#ifndef AIDMESH_BOARD_TEXT_UTF8_H
#define AIDMESH_BOARD_TEXT_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The character at `*text`, which moves behind it. A byte that begins none counts as U+FFFD; 0 at the end. */
uint32_t utf8_next(const char **text);
bool utf8_is_valid(const char *data, size_t size);
/* Puts a question mark for every byte that is part of no character: for sentences that quote a cut text. */
void utf8_repair(char *text);
/* Ends the text behind the last character that lies within `size_max` bytes. True when something was cut off. */
bool utf8_cut(char *text, size_t size_max);
/* A malloc'd copy in UTF-8 of bytes that are each one character; NULL when memory is out. */
char *utf8_of_latin1(const char *data, size_t size, size_t *out_size);

#endif
