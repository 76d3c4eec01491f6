/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/text/text_buffer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool text_buffer_add(struct text_buffer *s, const void *data, size_t size)
{
	assert(s->size <= s->cap && s->size <= s->size_max);
	if (s->failed || size > s->size_max - s->size) {
		s->failed = true;
		return false;
	}
	if (s->size + size > s->cap) {
		size_t cap = 2 * (s->size + size);
		char *grown = realloc(s->data, cap);

		if (grown == NULL) {
			s->failed = true;
			return false;
		}
		s->data = grown;
		s->cap = cap;
	}
	if (size > 0)
		memcpy(s->data + s->size, data, size);
	s->size += size;
	return true;
}

bool text_buffer_add_text(struct text_buffer *s, const char *text)
{
	return text_buffer_add(s, text, strlen(text));
}

bool text_buffer_print(struct text_buffer *s, const char *format, ...)
{
	char text[400];
	va_list list;
	int size;

	va_start(list, format);
	size = vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	if (size < 0 || (size_t)size >= sizeof(text)) {
		s->failed = true;
		return false;
	}
	return text_buffer_add(s, text, (size_t)size);
}
