/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/radio/airtime_log.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MINUTE_S = 60, MINUTE_MS = 60000, PAGES = 7, PAGE_MINUTES = 10, HOUR_MS = 3600000 };

/* The clock of `now` begins at 0. The log also holds minutes from before that, so minutes count from one hour earlier. */
static uint64_t minute_of(mono_ms now)
{
	return now / MINUTE_MS + AIRTIME_LOG_MINUTES;
}

/* Makes `minute` the newest minute. Nothing was used in the minutes between, so each of their cells is emptied. */
static void turn(struct airtime_log *book, uint64_t minute)
{
	if (minute <= book->minute)
		return;
	if (minute - book->minute >= AIRTIME_LOG_MINUTES)
		memset(book->us, 0, sizeof book->us);
	else
		for (uint64_t empty = book->minute + 1; empty <= minute; empty++)
			book->us[empty % AIRTIME_LOG_MINUTES] = 0;
	book->minute = minute;
	assert(book->us[minute % AIRTIME_LOG_MINUTES] == 0); /* a new minute begins with nothing */
}

void airtime_log_add(struct airtime_log *book, uint32_t us, mono_ms now)
{
	turn(book, minute_of(now));
	book->us[book->minute % AIRTIME_LOG_MINUTES] += us;
}

/* What was used in one page, in milliseconds, rounded up. Page 0 is the newest ten minutes, page 1 the ten minutes before.
 * Page 6 is the one minute that is left. `turned` is a log whose newest minute is now. */
static uint32_t page_ms(const struct airtime_log *turned, int page)
{
	int end = page + 1 < PAGES ? (page + 1) * PAGE_MINUTES : AIRTIME_LOG_MINUTES;
	uint64_t us = 0;

	assert(page >= 0 && page < PAGES);
	assert(turned->minute + 1 >= AIRTIME_LOG_MINUTES); /* so that no minute of the hour is below zero */
	for (int i = page * PAGE_MINUTES; i < end; i++)
		us += turned->us[(turned->minute - (uint64_t)i) % AIRTIME_LOG_MINUTES];
	return (uint32_t)((us + 999) / 1000);
}

uint32_t airtime_log_used_ms(const struct airtime_log *book, mono_ms now)
{
	struct airtime_log turned = *book;
	uint32_t used = 0;

	turn(&turned, minute_of(now));
	for (int page = 0; page < PAGES; page++)
		used += page_ms(&turned, page);
	return used;
}

void airtime_log_write(const struct airtime_log *book, char text[AIRTIME_LOG_TEXT_SIZE], uint32_t ahead_ms, mono_ms now,
		       struct node_time time)
{
	struct airtime_log turned = *book;
	uint32_t ms[PAGES];

	turn(&turned, minute_of(now));
	for (int page = 0; page < PAGES; page++)
		ms[page] = page_ms(&turned, page);
	snprintf(text, AIRTIME_LOG_TEXT_SIZE,
		 "%" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32
		 " %" PRIu32,
		 time.quality == TIME_SET ? time.wall_s : UINT32_MAX, ms[0], ms[1], ms[2], ms[3], ms[4], ms[5], ms[6],
		 ahead_ms);
}

/* How many minutes have surely passed since the text was kept at the date `then`. A date that is a guess says nothing: 0. */
static uint64_t minutes_since(uint32_t then, struct node_time time)
{
	return time.quality == TIME_SET && time.wall_s > then ? (time.wall_s - then) / MINUTE_S : 0;
}

static uint32_t us_of(uint32_t ms)
{
	return (ms < HOUR_MS ? ms : HOUR_MS) * 1000;
}

struct airtime_log airtime_log_read(const char *text, mono_ms now, struct node_time time)
{
	struct airtime_log book = { .minute = minute_of(now) };
	uint32_t then, ms[PAGES], ahead_ms = 0;
	uint64_t age;

	/* Texts of earlier versions end with the last page. */
	if (sscanf(text,
		   "%" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNu32
		   " %" SCNu32,
		   &then, &ms[0], &ms[1], &ms[2], &ms[3], &ms[4], &ms[5], &ms[6], &ahead_ms) < 1 + PAGES)
		return book;
	age = minutes_since(then, time);
	/* The text does not say in which minute of a page the airtime was used. It counts as used in the newest one. */
	for (int page = 0; page < PAGES && age + (uint64_t)page * PAGE_MINUTES < AIRTIME_LOG_MINUTES; page++)
		book.us[(book.minute - age - (uint64_t)page * PAGE_MINUTES) % AIRTIME_LOG_MINUTES] = us_of(ms[page]);
	book.us[book.minute % AIRTIME_LOG_MINUTES] += us_of(ahead_ms);
	return book;
}
