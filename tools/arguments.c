/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tools/arguments.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MAX = 23 };

json_t *arguments_quantity(const char *text, const char **right)
{
	*right = "a number, with its unit if you like: 120, 12.5, \"30 gal\" or \"2 packs of 12\"";
	return isdigit((unsigned char)text[0]) ? json_string(text) : NULL;
}

json_t *arguments_count(const char *text, const char **right)
{
	size_t size = strlen(text);

	*right = "a whole number, such as 40";
	if (size == 0 || size > 9 || strspn(text, "0123456789") != size)
		return NULL;
	return json_integer(strtol(text, NULL, 10));
}

/* A number with a letter for its unit, in seconds; -1 when it is none. `unit` is meant where there is no letter. */
static int64_t span_parse(const char *text, char unit)
{
	size_t size = strspn(text, "0123456789");
	int64_t number;

	if (size == 0 || size > 6 || (text[size] != '\0' && text[size + 1] != '\0'))
		return -1;
	number = strtoll(text, NULL, 10);
	switch (text[size] != '\0' ? text[size] : unit) {
	case 'm':
		return number * 60;
	case 'h':
		return number * 3600;
	case 'd':
		return number * 86400;
	case 'w':
		return number * 604800;
	default:
		return -1;
	}
}

json_t *arguments_hours(const char *text, const char **right)
{
	int64_t s = span_parse(text, 'h');

	*right = "hours or days: 6, 24, 3d or 1w";
	return s < 3600 ? NULL : json_integer(s / 3600);
}

json_t *arguments_every(const char *text, const char **right)
{
	json_t *hours = strcmp(text, "once") == 0 ? json_integer(0) : arguments_hours(text, right);

	*right = "hours or days: 24h, 12h, 2d; or once";
	return hours;
}

json_t *arguments_time(const char *text, int64_t now, const char **right)
{
	int64_t s = span_parse(text, '?');

	*right = "a span such as 6h or 2d, or a time such as 2026-09-14T18:00Z";
	if (s >= 0)
		return json_integer(now + s);
	return isdigit((unsigned char)text[0]) && strchr(text, '-') != NULL ? json_string(text) : NULL;
}

json_t *arguments_past(const char *text, int64_t now, const char **right)
{
	int64_t s = span_parse(text, '?');
	json_t *time = s >= 0 ? json_integer(now > s ? now - s : 0) : arguments_time(text, now, right);

	*right = "how long ago, such as 2h or 3d, or a time such as 2026-09-14T18:00Z";
	return time;
}

json_t *arguments_place(const char *text, const char **right)
{
	*right = "degrees such as 35.1,-77.04, a Plus Code such as 8773XW44+22, or a site's name";
	return text[strspn(text, " ")] != '\0' ? json_string(text) : NULL;
}

json_t *arguments_list(const char *text, const char **right)
{
	json_t *list = json_array();
	char *copy = strdup(text), *rest = copy, *word;

	*right = "words between commas, such as water,food";
	while (copy != NULL && (word = strsep(&rest, ", ")) != NULL)
		if (word[0] != '\0')
			json_array_append_new(list, json_string(word));
	free(copy);
	return list;
}

json_t *arguments_opening(const char *text, const char **right)
{
	unsigned from, to, from_min = 0, to_min = 0;
	const char *days = strchr(text, ' ');
	json_t *opening;
	int end = 0;

	*right = "opening hours such as 8-17, 8:30-17:00 or \"8-17 mon,tue\"";
	if (sscanf(text, "%2u:%2u-%n", &from, &from_min, &end) != 2 && sscanf(text, "%2u-%n", &from, &end) != 1)
		return NULL;
	if (end == 0)
		return NULL;
	text += end;
	end = 0;
	if (sscanf(text, "%2u:%2u%n", &to, &to_min, &end) != 2 && sscanf(text, "%2u%n", &to, &end) != 1)
		return NULL;
	if ((text[end] != '\0' && text[end] != ' ') || from > 24 || to > 24 || from_min > 59 || to_min > 59)
		return NULL;
	opening = json_pack("{s:o, s:o}", "from", json_sprintf("%02u:%02u", from, from_min), "to",
			    json_sprintf("%02u:%02u", to, to_min));
	if (days != NULL)
		json_object_set_new(opening, "days", arguments_list(days, right));
	return opening;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Damerau 1964, by the usual table of all beginnings; words beyond WORD_MAX are as far as they are long. */
size_t arguments_distance(const char *a, const char *b)
{
	size_t table[WORD_MAX + 1][WORD_MAX + 1], m = strlen(a), n = strlen(b);

	if (m > WORD_MAX || n > WORD_MAX)
		return m > n ? m : n;
	for (size_t i = 0; i <= m; i++) {
		for (size_t j = 0; j <= n; j++) {
			if (i == 0 || j == 0) {
				table[i][j] = i + j;
				continue;
			}
			table[i][j] = least(least(table[i - 1][j], table[i][j - 1]) + 1,
					    table[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				table[i][j] = least(table[i][j], table[i - 2][j - 2] + 1);
		}
	}
	return table[m][n];
}
