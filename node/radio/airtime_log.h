/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The airtime of the last hour, by minutes, and how it outlives a restart: a node whose power comes and goes keeps its
 * duty cycle, and does not fall silent because of it. Pure.
 *
 * What is kept is a number for each ten minutes and the date, if that is known. After a restart each counts as no older
 * than it was then, since the node may have been off for a second, but by what the date tells has passed. */
#ifndef AIDMESH_NODE_RADIO_AIRTIME_LOG_H
#define AIDMESH_NODE_RADIO_AIRTIME_LOG_H

#include "sync/engine.h"

enum {
	AIRTIME_LOG_MINUTES = 61, /* the first and the last one are in part within the hour */
	AIRTIME_LOG_TEXT_SIZE = 64,
	AIRTIME_LOG_KEEP_MS = 600000, /* keep it at least so often while frames go out */
};

/* All zero: nothing was sent. */
struct airtime_log {
	uint32_t us[AIRTIME_LOG_MINUTES];
	uint64_t minute; /* of the last use, from an hour before the start of `now` on */
};

void airtime_log_add(struct airtime_log *book, uint32_t us, mono_ms now);
uint32_t airtime_log_used_ms(const struct airtime_log *book, mono_ms now);

/* `ahead_ms` more is counted as used now: what may be sent until it is kept again. */
void airtime_log_write(const struct airtime_log *book, char text[AIRTIME_LOG_TEXT_SIZE], uint32_t ahead_ms, mono_ms now,
		       struct node_time time);
/* What airtime_log_write wrote. Anything else counts as nothing. */
struct airtime_log airtime_log_read(const char *text, mono_ms now, struct node_time time);

#endif
