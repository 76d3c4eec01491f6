/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Quantities as people write them, to and from thousandths, without a detour over binary fractions. Pure. */
#ifndef AIDMESH_BOARD_TEXT_DECIMAL_H
#define AIDMESH_BOARD_TEXT_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

enum { DECIMAL_SIZE = 24 };

enum decimal_rc {
	DECIMAL_OK = 0,
	DECIMAL_E_FORM = -1,  /* not digits with at most one decimal point */
	DECIMAL_E_FINE = -2,  /* more than three decimals */
	DECIMAL_E_LARGE = -3, /* above QUANTITY_MILLI_LIMIT */
};

/* What the wire holds: 34 million units. */
#define QUANTITY_MILLI_LIMIT ((1ull << 35) - 1)

/* "12.5" gives 12500. Spaces around are allowed, a sign, an exponent or a comma is not: whether "1,200" means 1200 or
 * 1.2 depends on who wrote it. `*milli` is untouched on failure. */
enum decimal_rc decimal_parse(uint64_t *milli, const char *text) __attribute__((warn_unused_result));
/* The same for a number that JSON's reader has made a double of: exact for what has up to three decimals. */
enum decimal_rc decimal_of_double(uint64_t *milli, double number) __attribute__((warn_unused_result));
/* "12.5" of 12500, "-3" of -3000. */
void decimal_format(char out[DECIMAL_SIZE], int64_t milli);

#endif
