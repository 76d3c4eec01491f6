/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/text/date_text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "board/text/iso_time.h"

enum { TYPED_SIZE = 64 };

static struct tm local_of(int64_t unix_s)
{
	time_t seconds = (time_t)unix_s;
	struct tm local = { .tm_mday = 1, .tm_year = 70 };

	localtime_r(&seconds, &local);
	return local;
}

void date_text_write(char out[DATE_TEXT_SIZE], enum date_form form, const char *months, int64_t unix_s)
{
	struct tm local = local_of(unix_s);
	int year = local.tm_year + 1900;
	size_t size;

	for (int i = 0; i < local.tm_mon; i++) {
		months += strcspn(months, " ");
		months += *months == ' ';
	}
	size = strcspn(months, " ");
	if (form == DATE_DAY)
		snprintf(out, DATE_TEXT_SIZE, "%d %.*s %d", local.tm_mday, (int)size, months, year);
	else
		snprintf(out, DATE_TEXT_SIZE, form == DATE_MINUTE ? "%d %.*s %d %02d:%02d" : "%d %.*s %02d %02d:%02d",
			 local.tm_mday, (int)size, months, form == DATE_MINUTE ? year : year % 100, local.tm_hour,
			 local.tm_min);
}

void date_text_zone(char out[DATE_ZONE_SIZE], int64_t unix_s)
{
	struct tm local = local_of(unix_s);

	snprintf(out, DATE_ZONE_SIZE, "%s", local.tm_zone != NULL ? local.tm_zone : "");
}

/* Hours and minutes as the machine's zone has them on that day. */
static int64_t unix_of_local(int64_t as_utc, const struct tm *day)
{
	int64_t s = as_utc % 86400;
	struct tm local = { .tm_year = day->tm_year,
			    .tm_mon = day->tm_mon,
			    .tm_mday = day->tm_mday,
			    .tm_hour = (int)(s / 3600),
			    .tm_min = (int)(s / 60 % 60),
			    .tm_sec = (int)(s % 60),
			    .tm_isdst = -1 };

	return (int64_t)mktime(&local);
}

static struct tm utc_of(int64_t unix_s)
{
	time_t seconds = (time_t)unix_s;
	struct tm day = { 0 };

	gmtime_r(&seconds, &day);
	return day;
}

/* Behind the hours stands a zone. */
static bool has_zone(const char *text)
{
	const char *colon = strchr(text, ':');

	return colon != NULL && strpbrk(colon, "Z+-") != NULL;
}

/* "2028-1-4 9:05": up to the hours a digit that stands alone leaves nothing open, and gets its nought. */
static bool widen(char out[TYPED_SIZE], const char *text)
{
	const char *colon = strchr(text, ':');
	size_t used = 0;

	for (const char *c = text; *c != '\0'; c++) {
		bool is_alone = c < colon && isdigit((unsigned char)*c) && !isdigit((unsigned char)c[1]) &&
				(c == text || !isdigit((unsigned char)c[-1]));

		if (used + 2 >= TYPED_SIZE)
			return false;
		if (is_alone)
			out[used++] = '0';
		out[used++] = *c;
	}
	out[used] = '\0';
	return true;
}

bool date_text_read(int64_t *unix_s, const char *typed, int64_t now)
{
	char text[TYPED_SIZE], whole[TYPED_SIZE + 16];
	struct tm day;
	int64_t read;

	if (strchr(typed, ':') == NULL || !widen(text, typed))
		return false; /* a day alone is no moment */
	if (strchr(text, ':') - text <= 2) {
		snprintf(whole, sizeof(whole), "1970-01-01 %s", text);
		if (has_zone(text) || !iso_time_parse(&read, whole))
			return false;
		day = local_of(now);
		*unix_s = unix_of_local(read, &day);
		return true;
	}
	if (!iso_time_parse(&read, text))
		return false;
	day = utc_of(read);
	*unix_s = has_zone(text) ? read : unix_of_local(read, &day);
	return true;
}
