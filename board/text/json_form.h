/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How this node writes JSON. */
#ifndef AIDMESH_BOARD_TEXT_JSON_FORM_H
#define AIDMESH_BOARD_TEXT_JSON_FORM_H

#include <jansson.h>

/* Enough digits for thousandths and millionths, no more than binary fractions hold. */
#define JSON_FORM ((size_t)(JSON_COMPACT | JSON_REAL_PRECISION(15)))

#endif
