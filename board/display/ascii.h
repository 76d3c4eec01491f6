/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Text for displays that know ASCII or ISO-8859-1 alone: other accents are dropped, ligatures spelt out, the rest is '?'.
 * Pure. */
#ifndef AIDMESH_BOARD_DISPLAY_ASCII_H
#define AIDMESH_BOARD_DISPLAY_ASCII_H

#include <stddef.h>

/* Writes at most `size` - 1 characters and a zero. Control characters become spaces. */
void ascii_fold(char *out, size_t size, const char *utf8);
/* The same for displays that know ISO-8859-1: its characters stay, a byte each. */
void ascii_fold_latin1(char *out, size_t size, const char *utf8);

#endif
