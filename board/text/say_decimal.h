/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is wrong with a number, as it is said to whoever wrote it. Pure. */
#ifndef AIDMESH_BOARD_TEXT_SAY_DECIMAL_H
#define AIDMESH_BOARD_TEXT_SAY_DECIMAL_H

#include "board/text/decimal.h"
#include "board/text/say.h"

/* `field` is the field or column that holds it, `cell` what stands there ("" where that is not to be repeated; borrowed).
 * `rc` is not DECIMAL_OK. */
struct say say_decimal_error(enum decimal_rc rc, struct say_value field, const char *cell);

#endif
