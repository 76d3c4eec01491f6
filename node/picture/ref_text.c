/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/picture/ref_text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS = 7 };

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void ref_text_write(char text[REF_TEXT_SIZE], struct ref ref, enum ref_form form)
{
	char digits[DIGITS];
	uint32_t rest = ref.number;
	int size;

	for (int i = DIGITS; i-- > 0; rest /= 32)
		digits[i] = alphabet[rest % 32];
	size = snprintf(text, REF_TEXT_SIZE, "%.3s-%.4s", digits, digits + 3);
	if (form == REF_WITH_AUTHOR)
		snprintf(text + size, (size_t)(REF_TEXT_SIZE - size), "@%016" PRIx64, ref.author);
}

void ref_text_write_full(char text[REF_TEXT_SIZE], struct ref ref)
{
	snprintf(text, REF_TEXT_SIZE, "%016" PRIx64 ":%08" PRIx32, ref.author, ref.number);
}

static bool read_hex(uint64_t *value, const char *text, size_t digits)
{
	if (strlen(text) < digits || strspn(text, "0123456789abcdefABCDEF") < digits)
		return false;
	*value = strtoull(text, NULL, 16);
	return true;
}

static bool read_full(struct ref *ref, const char *text)
{
	uint64_t author, number;
	char head[17];

	if (strlen(text) != 25 || text[16] != ':')
		return false;
	memcpy(head, text, 16);
	head[16] = 0;
	if (!read_hex(&author, head, 16) || !read_hex(&number, text + 17, 8) || !number)
		return false;
	*ref = (struct ref){ .author = author, .number = (uint32_t)number };
	return true;
}

/* One digit as a person may write it; -1 for what is none. */
static int digit_of(char c)
{
	const char *found;

	c = (char)toupper((unsigned char)c);
	if (c == 'O')
		c = '0';
	if (c == 'I' || c == 'L')
		c = '1';
	found = c ? strchr(alphabet, c) : NULL;
	return found ? (int)(found - alphabet) : -1;
}

bool ref_text_read(struct ref *ref, bool *has_author, const char *text)
{
	uint64_t number = 0, author = 0;
	const char *at = text;
	int digits = 0;

	if (read_full(ref, text)) {
		*has_author = true;
		return true;
	}
	for (; *at && *at != '@'; at++) {
		int digit = digit_of(*at);

		if (*at == '-' && digits == 3)
			continue;
		if (digit < 0 || ++digits > DIGITS)
			return false;
		number = number * 32 + (uint64_t)digit;
	}
	if (digits != DIGITS || !number || number > UINT32_MAX)
		return false;
	if (*at == '@' && (strlen(at + 1) != 16 || !read_hex(&author, at + 1, 16)))
		return false;
	*ref = (struct ref){ .author = author, .number = (uint32_t)number };
	*has_author = *at == '@';
	return true;
}
