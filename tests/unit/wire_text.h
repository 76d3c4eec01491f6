/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Bytes of protobuf, and bits of what is packed, as tests write them down.
 *
 *   protobuf   fields with blanks between them: a number, a letter, what it says
 *       3v16384   varint          2f-5   fixed32          1d0xFF   fixed64
 *       3"Oak"    text            3*43   43 times "x"     1x00ff   bytes
 *       7[ 1v0 ]  message         ~8100  these bytes, whatever they are
 *   bits       WIDTH:VALUE, the lowest bit first; nVALUE a packed number */
#ifndef AIDMESH_TESTS_UNIT_WIRE_TEXT_H
#define AIDMESH_TESTS_UNIT_WIRE_TEXT_H

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "proto/bits.h"
#include "tests/unit/samples.h"

static inline void wire_text_hex(struct writer *w, const char **text)
{
	for (; isxdigit((unsigned char)**text); *text += 2) {
		char digits[3] = { (*text)[0], (*text)[1] };

		write_u8(w, (uint8_t)strtoul(digits, NULL, 16));
	}
}

static inline void wire_text_fields(struct writer *w, const char **text);

/* What is said of a field with wire type 2: its size, then its bytes. */
static inline void wire_text_bytes(struct writer *w, const char **text, char letter)
{
	uint8_t bytes[512];
	struct writer inner = writer_init(bytes, sizeof bytes);

	if (letter == 'x') {
		wire_text_hex(&inner, text);
	} else if (letter == '*') {
		for (long i = strtol(*text, (char **)(uintptr_t)text, 10); i > 0; i--)
			write_u8(&inner, 'x');
	} else if (letter == '"') {
		for (; **text != '"'; (*text)++)
			write_u8(&inner, (uint8_t) * *text);
		(*text)++;
	} else {
		wire_text_fields(&inner, text);
		assert(**text == ']');
		(*text)++;
	}
	assert(inner.ok);
	write_varint(w, inner.size);
	write_bytes(w, bytes, inner.size);
}

static inline void wire_text_field(struct writer *w, const char **text)
{
	unsigned long number = strtoul(*text, (char **)(uintptr_t)text, 10);
	char letter = *(*text)++;
	unsigned type = letter == 'v' ? 0 : letter == 'd' ? 1 : letter == 'f' ? 5 : 2;

	write_varint(w, number << 3 | type);
	if (type == 2)
		wire_text_bytes(w, text, letter);
	else if (type == 0)
		write_varint(w, strtoull(*text, (char **)(uintptr_t)text, 0));
	else if (type == 1)
		write_u64(w, strtoull(*text, (char **)(uintptr_t)text, 0));
	else
		write_u32(w, (uint32_t)strtoll(*text, (char **)(uintptr_t)text, 0));
}

static inline void wire_text_fields(struct writer *w, const char **text)
{
	for (; **text != '\0' && **text != ']'; *text += **text == ' ') {
		if (**text == '~') {
			(*text)++;
			wire_text_hex(w, text);
		} else if (**text != ' ') {
			wire_text_field(w, text);
		}
	}
}

/* Gives the size. */
static inline size_t wire_text_read(uint8_t *out, size_t cap, const char *text)
{
	struct writer w = writer_init(out, cap);

	wire_text_fields(&w, &text);
	assert(w.ok && *text == '\0');
	return w.size;
}

static inline void wire_text_number(struct bit_writer *w, uint64_t value)
{
	do {
		bits_write(w, value & 7, 3);
		value >>= 3;
		bits_write(w, value != 0, 1);
	} while (value);
}

static inline size_t wire_text_bits(uint8_t *out, size_t cap, const char *text)
{
	struct bit_writer w = bit_writer_init(out, cap);

	while (*text != '\0') {
		char *end;

		if (*text == 'n') {
			wire_text_number(&w, strtoull(text + 1, &end, 0));
		} else {
			unsigned width = (unsigned)strtoul(text, &end, 10);

			assert(*end == ':');
			bits_write(&w, (uint32_t)strtoul(end + 1, &end, 0), width);
		}
		text = end + (*end == ' ');
	}
	assert(w.ok);
	return bits_size(&w);
}

#endif
