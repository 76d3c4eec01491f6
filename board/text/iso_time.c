/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/text/iso_time.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t DAY_S = 86400;
static const int64_t YEAR_10000 = 253402300800;

/* Days from 1970-01-01 to the first of a month, counted in years that begin in March, so that the leap day is last. */
static int64_t days_before(int64_t year, int64_t month)
{
	int64_t years = year - (month <= 2);
	int64_t months = (month + 9) % 12;

	return years * 365 + years / 4 - years / 100 + years / 400 + (months * 306 + 5) / 10 - 719468;
}

static int64_t days_in(int64_t year, int64_t month)
{
	return month == 12 ? 31 : days_before(year, month + 1) - days_before(year, month);
}

void iso_time_format(char out[ISO_TIME_SIZE], int64_t unix_s)
{
	int64_t s = unix_s < 0 ? 0 : unix_s >= YEAR_10000 ? YEAR_10000 - 1 : unix_s;
	int64_t days = s / DAY_S, year = 1970 + days / 366, month = 1;

	s %= DAY_S;
	while (days_before(year + 1, 1) <= days)
		year++;
	days -= days_before(year, 1);
	while (days >= days_in(year, month))
		days -= days_in(year, month++);
	snprintf(out, ISO_TIME_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)year % 10000u, (unsigned)month % 100u,
		 (unsigned)(days + 1) % 100u, (unsigned)(s / 3600) % 100u, (unsigned)(s / 60 % 60) % 100u,
		 (unsigned)(s % 60) % 100u);
}

/* Exactly `count` digits; moves `*text` on. */
static bool digits(int64_t *out, const char **text, int count)
{
	int64_t number = 0;

	for (int i = 0; i < count; i++, (*text)++) {
		if (!isdigit((unsigned char)**text))
			return false;
		number = number * 10 + (**text - '0');
	}
	*out = number;
	return true;
}

static bool literal(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

static bool clock_parse(int64_t *out, const char **text)
{
	int64_t hour, minute, second = 0, zone_h = 0, zone_min = 0;
	int sign = 0;

	if (!digits(&hour, text, 2) || !literal(text, ':') || !digits(&minute, text, 2))
		return false;
	if (literal(text, ':') && !digits(&second, text, 2))
		return false;
	if (!literal(text, 'Z') && (**text == '+' || **text == '-')) {
		sign = **text == '+' ? -1 : 1;
		(*text)++;
		if (!digits(&zone_h, text, 2))
			return false;
		literal(text, ':');
		if (!digits(&zone_min, text, 2))
			return false;
	}
	*out = hour * 3600 + minute * 60 + second + sign * (zone_h * 3600 + zone_min * 60);
	return hour < 24 && minute < 60 && second < 61 && zone_h < 15 && zone_min < 60;
}

bool iso_time_parse(int64_t *unix_s, const char *text)
{
	int64_t year, month, day, s = 0;
	size_t length = strlen(text);

	if (length > 0 && length <= 11 && strspn(text, "0123456789") == length) {
		*unix_s = strtoll(text, NULL, 10);
		return true;
	}
	if (!digits(&year, &text, 4) || !literal(&text, '-') || !digits(&month, &text, 2) || !literal(&text, '-') ||
	    !digits(&day, &text, 2))
		return false;
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_in(year, month))
		return false;
	if ((literal(&text, 'T') || literal(&text, ' ')) && !clock_parse(&s, &text))
		return false;
	s += (days_before(year, month) + day - 1) * DAY_S;
	if (*text != '\0' || s < 0)
		return false;
	*unix_s = s;
	return true;
}
