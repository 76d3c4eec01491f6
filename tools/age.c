/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tools/age.h"

#include <stdio.h>
#include <time.h>

int64_t age_read(const char *iso)
{
	struct tm tm = { 0 };

	if (iso == NULL || strptime(iso, "%Y-%m-%dT%H:%M:%SZ", &tm) == NULL)
		return 0;
	return (int64_t)timegm(&tm);
}

/* To the nearest: a moment after "within 6 h" there are 6 h left. */
static void span_print(char out[12], int64_t s)
{
	if (s + 30 < 3600)
		snprintf(out, 12, "%d min", (int)((s + 30) / 60));
	else if (s + 1800 < 48 * 3600)
		snprintf(out, 12, "%d h", (int)((s + 1800) / 3600));
	else
		snprintf(out, 12, "%u d", (unsigned)((s + 43200) / 86400) % 100000u);
}

void age_write(char out[16], const char *iso, int64_t now)
{
	int64_t then = age_read(iso);
	char span[12];

	out[0] = '\0';
	span_print(span, now - then);
	if (then != 0 && now - then < 60)
		snprintf(out, 16, "now");
	else if (then != 0)
		snprintf(out, 16, "%.9s ago", span);
}

void age_write_due(char out[16], const char *iso, int64_t now)
{
	int64_t due = age_read(iso);
	char span[12];

	out[0] = '\0';
	span_print(span, due > now ? due - now : now - due);
	if (due != 0 && due - now < 60 && now - due < 60)
		snprintf(out, 16, "now");
	else if (due != 0)
		snprintf(out, 16, due > now ? "in %.9s" : "%.9s late", span);
}
