/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/text/decimal.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum decimal_rc decimal_parse(uint64_t *out, const char *text)
{
	uint64_t milli = 0;
	int decimals = -1, digits = 0; /* decimals: -1 before the point */
	enum decimal_rc rc = DECIMAL_OK;

	while (isspace((unsigned char)*text))
		text++;
	for (; isdigit((unsigned char)*text) || (*text == '.' && decimals < 0); text++) {
		if (*text == '.') {
			decimals = 0;
			continue;
		}
		digits++;
		if (decimals >= 3) {
			if (*text != '0')
				rc = DECIMAL_E_FINE;
			continue;
		}
		decimals += decimals >= 0;
		milli = milli * 10 + (uint64_t)(*text - '0');
		if (milli > QUANTITY_MILLI_LIMIT)
			return DECIMAL_E_LARGE;
	}
	while (isspace((unsigned char)*text))
		text++;
	if (*text != '\0' || digits == 0)
		return DECIMAL_E_FORM;
	for (int i = decimals < 0 ? 0 : decimals; i < 3; i++)
		milli *= 10;
	if (milli > QUANTITY_MILLI_LIMIT)
		return DECIMAL_E_LARGE;
	if (rc == DECIMAL_OK)
		*out = milli;
	return rc;
}

/* A decimal of up to 15 digits is the nearest double's only such neighbour, so rounding the product brings back the
 * thousandths that were written; what is further from a whole thousandth than the rounding error had more decimals. */
enum decimal_rc decimal_of_double(uint64_t *out, double number)
{
	double scaled = number * 1000.0;
	double whole = round(scaled);

	if (!(number >= 0))
		return DECIMAL_E_FORM;
	if (scaled > (double)QUANTITY_MILLI_LIMIT)
		return DECIMAL_E_LARGE;
	if (fabs(scaled - whole) > 1e-12 + whole * 1e-15)
		return DECIMAL_E_FINE;
	*out = (uint64_t)whole;
	return DECIMAL_OK;
}

void decimal_format(char out[DECIMAL_SIZE], int64_t milli)
{
	uint64_t size = milli < 0 ? 0 - (uint64_t)milli : (uint64_t)milli;
	unsigned rest = (unsigned)(size % 1000);
	int end = snprintf(out, DECIMAL_SIZE, "%s%llu", milli < 0 ? "-" : "", (unsigned long long)(size / 1000));

	if (rest == 0)
		return;
	end += snprintf(out + end, DECIMAL_SIZE - (size_t)end, ".%03u", rest);
	while (out[end - 1] == '0')
		out[--end] = '\0';
}
