/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "proto/text.h"

#include <assert.h>
#include <string.h>

#include "proto/entry.h"

/* Length of a character by its first byte, 0 where none begins so. */
static size_t character_size(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xC2 && first <= 0xDF)
		return 2;
	if (first >= 0xE0 && first <= 0xEF)
		return 3;
	if (first >= 0xF0 && first <= 0xF4)
		return 4;
	return 0;
}

int32_t text_next(struct view *rest)
{
	static const int32_t first_mask[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	static const int32_t lowest[] = { 0, 0, 0x80, 0x800, 0x10000 };

	assert(rest->size > 0);
	size_t size = character_size(rest->data[0]);
	if (size == 0 || size > rest->size)
		return -1;
	int32_t code = rest->data[0] & first_mask[size];
	for (size_t i = 1; i < size; i++) {
		if ((rest->data[i] & 0xC0) != 0x80)
			return -1;
		code = code << 6 | (rest->data[i] & 0x3F);
	}
	if (code < lowest[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
		return -1;
	rest->data += size;
	rest->size -= size;
	return code;
}

/* The letters of Latin-1 from U+00C0 without their accents; a blank is no letter. */
static const char LATIN[] = "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty";

char text_letter(int32_t code)
{
	if (code >= 'A' && code <= 'Z')
		return (char)(code + 'a' - 'A');
	if ((code >= 'a' && code <= 'z') || (code >= '0' && code <= '9'))
		return (char)code;
	if (code >= 0xC0 && code <= 0xFF)
		return LATIN[code - 0xC0] == ' ' ? '\0' : LATIN[code - 0xC0];
	return code == 0x152 || code == 0x153 ? 'o' : '\0'; /* oe in one */
}

bool text_is_clean(struct view text)
{
	while (text.size > 0) {
		/* Nearly all are ASCII. */
		if (*text.data >= 0x20 && *text.data < 0x7F) {
			text.data++;
			text.size--;
			continue;
		}
		int32_t code = text_next(&text);
		if (code < 0x20 || (code >= 0x7F && code <= 0x9F))
			return false;
	}
	return true;
}

bool text_cut(char *out, size_t size_max, const char *text)
{
	struct view rest = { .data = (const uint8_t *)text, .size = strlen(text) };
	size_t taken = 0;
	while (rest.size > 0) {
		struct view before = rest;
		if (text_next(&rest) < 0)
			break;
		size_t size = before.size - rest.size;
		if (size > size_max - taken)
			break;
		memcpy(out + taken, before.data, size);
		taken += size;
	}
	assert(taken <= size_max);
	out[taken] = '\0';
	return text[taken] == '\0';
}
