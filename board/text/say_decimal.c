/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/text/say_decimal.h"

#include <assert.h>

struct say say_decimal_error(enum decimal_rc rc, struct say_value field, const char *cell)
{
	assert(rc != DECIMAL_OK);
	switch (rc) {
	case DECIMAL_OK:
	case DECIMAL_E_FORM:
		break;
	case DECIMAL_E_FINE:
		return SAY_OF(API_NUMBER_FINE, field, say_typed(cell));
	case DECIMAL_E_LARGE:
		return SAY_OF(API_NUMBER_LARGE, field, say_typed(cell));
	}
	return SAY_OF(API_MUST_BE_NUMBER, field, say_typed(cell));
}
