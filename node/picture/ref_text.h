/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Names of records as people type them: seven letters and digits ("4Q7-K2NX": the register's number in Crockford's
 * base 32), the author's hint behind an @ where that is not unique, or the full form "hint:number" in hexadecimal.
 * Pure. */
#ifndef AIDMESH_NODE_PICTURE_REF_TEXT_H
#define AIDMESH_NODE_PICTURE_REF_TEXT_H

#include "proto/entry.h"

enum { REF_TEXT_SIZE = 28 };

enum ref_form { REF_SHORT, REF_WITH_AUTHOR };

void ref_text_write(char text[REF_TEXT_SIZE], struct ref ref, enum ref_form form);
/* "hint:number", the same on every node. */
void ref_text_write_full(char text[REF_TEXT_SIZE], struct ref ref);
/* Any of the three forms; upper and lower case, with or without the hyphen, O for 0, I and L for 1. `has_author` false:
 * only the number was given. False when it is none of them. */
bool ref_text_read(struct ref *ref, bool *has_author, const char *text);

/* Whether a person typed anything there: nothing is NULL as well as "". */
static inline bool ref_text_is_given(const char *text)
{
	return text && *text;
}

#endif
