/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The airtime that this node used in the last hour. A region allows only so much of it (duty cycle). Pure.
 *
 * The log has one cell for each minute. The hour is the last AIRTIME_LOG_MINUTES cells: the oldest cell and the newest cell lie
 * within the hour only in part.
 *
 *   cell   0   1   2  ...  60       a ring: a minute has the cell minute % AIRTIME_LOG_MINUTES
 *          us  us  us      us       microseconds on the air in that minute
 *
 * The log outlives a restart. A node that loses its power again and again still keeps to its duty cycle. The text that is kept
 * has the date, if the node knows the date, and seven pages: six of ten minutes each, and one of one minute; then what may be used
 * until a text is kept again.
 *
 * After a restart the node may know how much time has passed, or may not:
 *   - With a date then and now, the difference has passed.
 *   - Without a date, no time has passed: the node may have been off for one second.
 * What it may have used after it kept the text counts as used at the restart.
 * So the log never counts less than was used, and sometimes counts more. */
#ifndef AIDMESH_NODE_RADIO_AIRTIME_LOG_H
#define AIDMESH_NODE_RADIO_AIRTIME_LOG_H

#include "sync/engine.h"

enum {
	AIRTIME_LOG_MINUTES = 61, /* 60, and one more because the hour begins within a minute */
	AIRTIME_LOG_TEXT_SIZE = 96,
};

/* All zero: nothing was used. */
struct airtime_log {
	uint32_t us[AIRTIME_LOG_MINUTES];
	uint64_t minute; /* the newest minute in the log. Minutes count from one hour before the clock of `now` began */
};

/* A frame of `us` microseconds went out at `now`. */
void airtime_log_add(struct airtime_log *book, uint32_t us, mono_ms now);
/* What was used in the hour that ends at `now`, in milliseconds. Each page is rounded up. */
uint32_t airtime_log_used_ms(const struct airtime_log *book, mono_ms now);

/* Writes the text that is kept. `ahead_ms`: the node may use so much before the text is kept again, and the power may go
 * before that. */
void airtime_log_write(const struct airtime_log *book, char text[AIRTIME_LOG_TEXT_SIZE], uint32_t ahead_ms, mono_ms now,
		       struct node_time time);
/* The log that airtime_log_write wrote, as it counts at `now`. Any other text gives an empty log. */
struct airtime_log airtime_log_read(const char *text, mono_ms now, struct node_time time);

#endif
