/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Bytes of a port as tests write them down: "C0 08 46 C0". */
#ifndef AIDMESH_TESTS_UNIT_HEX_TEXT_H
#define AIDMESH_TESTS_UNIT_HEX_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Returns how many there are; `bytes` holds them all. */
static inline size_t hex_text_read(uint8_t *bytes, const char *text)
{
	size_t size = 0;

	for (char *end; *text; text = end) {
		unsigned long value = strtoul(text, &end, 16);

		if (end == text)
			break;
		bytes[size++] = (uint8_t)value;
	}
	return size;
}

/* The other way; `text` holds 3 characters for each, and one. */
static inline void hex_text_write(char *text, const uint8_t *bytes, size_t size)
{
	text[0] = '\0';
	for (size_t i = 0; i < size; i++)
		text += sprintf(text, "%s%02X", i ? " " : "", bytes[i]);
}

#endif
