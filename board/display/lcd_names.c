/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/display/lcd_names.h"

#include <stdio.h>
#include <string.h>

enum { HEAD_MIN = 1 };

void lcd_names_add(struct lcd_names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->list[i], name) == 0)
			return;
	if (names->count < LCD_NAMES_MAX)
		snprintf(names->list[names->count++], VIEW_NAME_SIZE, "%s", name);
}

static size_t common_start(const char *a, const char *b)
{
	size_t i = 0;

	while (a[i] != '\0' && a[i] == b[i])
		i++;
	return i;
}

/* How far the most alike of the other names goes with it; 0: none that is cut to the same. */
static size_t alike(const struct lcd_names *names, const char *name, size_t room)
{
	size_t most = 0;

	for (size_t i = 0; i < names->count; i++) {
		size_t same = common_start(names->list[i], name);

		if (same >= room && name[same] != '\0' && same > most)
			most = same;
	}
	return most;
}

static size_t word_start(const char *name, size_t at)
{
	while (at > 0 && name[at - 1] != ' ')
		at--;
	return at;
}

void lcd_names_cut(char *out, size_t room, const struct lcd_names *names, const char *name)
{
	size_t size = strlen(name), differs = size > room ? alike(names, name, room) : 0, from, tail, head;

	if (differs == 0 || room < HEAD_MIN + 2) {
		snprintf(out, room + 1, "%s", name);
		return;
	}
	/* From the word that differs on; from its first other letter, where that would be cut off again. */
	tail = room - HEAD_MIN - 1;
	from = word_start(name, differs);
	if (differs - from >= tail)
		from = differs;
	if (size - from < tail)
		tail = size - from;
	head = room - tail - 1;
	snprintf(out, room + 1, "%.*s.%.*s", (int)head, name, (int)tail, name + from);
}
