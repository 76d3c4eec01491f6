/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/text/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { REPLACEMENT = 0xFFFD };

/* Bytes of the character at `data` and the character itself; 0 when there is none. Overlong forms, surrogates and what
 * is above U+10FFFF are none. */
static size_t decode(uint32_t *out, const unsigned char *data, size_t size)
{
	static const uint32_t LEAST[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = data[0] < 0x80       ? 1
			: data[0] >> 5 == 6  ? 2
			: data[0] >> 4 == 14 ? 3
			: data[0] >> 3 == 30 ? 4
					     : 0;
	uint32_t c;

	if (length == 0 || length > size)
		return 0;
	c = length == 1 ? data[0] : data[0] & (0xFFu >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		if (data[i] >> 6 != 2)
			return 0;
		c = c << 6 | (data[i] & 0x3Fu);
	}
	if (c < LEAST[length] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
		return 0;
	*out = c;
	return length;
}

uint32_t utf8_next(const char **text)
{
	const unsigned char *data = (const unsigned char *)*text;
	size_t size = 0, length;
	uint32_t c = REPLACEMENT;

	while (size < 4 && data[size] != '\0')
		size++;
	if (size == 0)
		return 0;
	length = decode(&c, data, size);
	*text += length > 0 ? length : 1;
	return c;
}

bool utf8_is_valid(const char *data, size_t size)
{
	const unsigned char *bytes = (const unsigned char *)data;
	uint32_t c;

	for (size_t at = 0; at < size;) {
		size_t length = decode(&c, bytes + at, size - at);

		if (length == 0)
			return false;
		at += length;
	}
	return true;
}

void utf8_repair(char *text)
{
	size_t size = strlen(text), length;
	uint32_t c;

	for (size_t at = 0; at < size; at += length) {
		length = decode(&c, (const unsigned char *)text + at, size - at);
		if (length == 0) {
			text[at] = '?';
			length = 1;
		}
	}
}

bool utf8_cut(char *text, size_t size_max)
{
	size_t size = strlen(text), at = size_max;

	if (size <= size_max)
		return false;
	while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80)
		at--;
	text[at] = '\0';
	return true;
}

char *utf8_of_latin1(const char *data, size_t size, size_t *out_size)
{
	char *out = malloc(2 * size + 1);
	size_t used = 0;

	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)data[i];

		if (c < 0x80) {
			out[used++] = (char)c;
		} else {
			out[used++] = (char)(0xC0 | c >> 6);
			out[used++] = (char)(0x80 | (c & 0x3F));
		}
	}
	out[used] = '\0';
	*out_size = used;
	return out;
}
