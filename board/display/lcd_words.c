/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/display/lcd_words.h"

#include <assert.h>

enum say_code lcd_words_for(enum language language, unsigned long long count, enum say_code one, enum say_code several)
{
	return language_is_one(language, count) ? one : several;
}

void lcd_words_fill(char *out, size_t size, const char *text, const char *first, const char *second)
{
	size_t used = 0;

	assert(size > 0);
	for (; *text != '\0' && used < size - 1; text++) {
		if (text[0] != '{' || text[1] != '}') {
			out[used++] = *text;
			continue;
		}
		assert(first != NULL);
		while (*first != '\0' && used < size - 1)
			out[used++] = *first++;
		first = second;
		second = NULL;
		text++;
	}
	out[used] = '\0';
}
