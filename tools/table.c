/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tools/table.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* Out of memory a program for the command line ends: nothing is lost with it. */
static void *must(void *memory)
{
	if (memory == NULL) {
		fputs("aidmesh: out of memory\n", stderr);
		exit(EXIT_FAILURE);
	}
	return memory;
}

/* U+202A..202E and U+2066..2069, which make a terminal write the other way round: what a stranger wrote must not turn
 * the figures beside it. */
static bool turns_the_line(const unsigned char *c)
{
	return c[0] == 0xE2 &&
	       ((c[1] == 0x80 && c[2] >= 0xAA && c[2] <= 0xAE) || (c[1] == 0x81 && c[2] >= 0xA6 && c[2] <= 0xA9));
}

void table_add(struct table *t, const char *text)
{
	char *copy = must(strdup(text));

	if (t->cells == t->cap) {
		t->cap = t->cap == 0 ? 64 : 2 * t->cap;
		t->texts = must(realloc(t->texts, t->cap * sizeof(*t->texts)));
	}
	for (char *c = copy; *c != '\0'; c++)
		if (turns_the_line((unsigned char *)c))
			memset(c, ' ', 3);
		else if ((unsigned char)*c < 0x20 || *c == 0x7F)
			*c = ' ';
	t->texts[t->cells++] = copy;
}

void table_init(struct table *t, const char *headings)
{
	char *copy = must(strdup(headings)), *rest = copy, *heading;

	*t = (struct table){ 0 };
	while ((heading = strsep(&rest, "|")) != NULL && t->columns < TABLE_COLUMNS_MAX) {
		table_add(t, heading);
		t->columns++;
	}
	free(copy);
}

void table_fini(struct table *t)
{
	for (size_t i = 0; i < t->cells; i++)
		free(t->texts[i]);
	free(t->texts);
}

/* By the locale's widths; a byte that is no character there counts as one column. */
size_t table_text_width(const char *text)
{
	mbstate_t state = { 0 };
	size_t width = 0, size = strlen(text);

	while (size > 0) {
		wchar_t wide;
		size_t length = mbrtowc(&wide, text, size, &state);
		int columns = 1;

		if (length == (size_t)-1 || length == (size_t)-2 || length == 0) {
			length = 1;
			memset(&state, 0, sizeof(state));
		} else {
			columns = wcwidth(wide);
		}
		width += columns > 0 ? (size_t)columns : 0;
		text += length;
		size -= length;
	}
	return width;
}

void table_print(const struct table *t, FILE *out)
{
	size_t widths[TABLE_COLUMNS_MAX] = { 0 };

	assert(t->columns > 0);
	for (size_t i = 0; i < t->cells; i++) {
		size_t width = table_text_width(t->texts[i]) - (i < t->columns && t->texts[i][0] == '>');

		if (width > widths[i % t->columns])
			widths[i % t->columns] = width;
	}
	for (size_t i = 0; i < t->cells; i++) {
		size_t column = i % t->columns;
		bool is_right = t->texts[column][0] == '>', is_last = column + 1 == t->columns;
		const char *text = t->texts[i] + (i < t->columns && is_right);
		int blank = (int)(widths[column] - table_text_width(text));

		fprintf(out, "%*s%s%*s%s", is_right ? blank : 0, "", text, is_right || is_last ? 0 : blank, "",
			is_last ? "\n" : "  ");
	}
}
