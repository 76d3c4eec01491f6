/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A field of an object as text. */
#ifndef AIDMESH_TOOLS_FIELD_H
#define AIDMESH_TOOLS_FIELD_H

#include <jansson.h>

/* A number or text of a field as text; "" when it is absent or null. */
const char *field_text(char out[64], const json_t *object, const char *field);
/* A text of a field, borrowed; "" when it is absent or no text. */
const char *field_string(const json_t *object, const char *field);

#endif
