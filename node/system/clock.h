/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Time without a battery clock: what the date is, how good that is, and whether it jumped. The reasons are in
 * node/DESIGN.md, "Time".
 *
 * The logic takes readings of the system's clocks as values, so that it is pure; clock_read takes one. Lives on one
 * thread.
 *
 *   SET      the kernel says that it is synchronised (adjtimex), or [node] clock = set
 *   GUESSED  otherwise: the date is max(system clock, newest own entry at start + time that has passed) */
#ifndef AIDMESH_NODE_SYSTEM_CLOCK_H
#define AIDMESH_NODE_SYSTEM_CLOCK_H

#include "sync/engine.h"

/* The system's clocks at one moment. */
struct clock_reading {
	int64_t real_ms;   /* CLOCK_REALTIME since 1970 */
	mono_ms mono;      /* CLOCK_BOOTTIME: goes on in suspend, never back */
	bool synchronised; /* adjtimex(2) */
};

enum clock_trust { CLOCK_AUTO, CLOCK_ALWAYS_SET, CLOCK_ALWAYS_GUESSED };

struct clock {
	enum clock_trust trust;
	uint32_t floor_s; /* newest own entry at start, seconds since 2020; 0 none */
	mono_ms started;
	int64_t base_ms; /* real_ms - mono when it was last believed */
	struct clock_reading now;
};

struct clock_reading clock_read(void);
/* CLOCK_BOOTTIME in milliseconds. */
mono_ms clock_mono(void);
/* An entry's time (seconds since 2020) as Unix seconds; 0 stays 0. */
int64_t clock_unix_of(uint32_t time_s);

/* "auto", "set" or "guessed" (asserted: config checks it). */
enum clock_trust clock_trust_of(const char *setting);
/* `newest_own_s`: the time of this node's newest entry; 0 none. */
void clock_init(struct clock *clock, enum clock_trust trust, uint32_t newest_own_s, struct clock_reading now);
/* A new reading; all answers are about the last one. */
void clock_update(struct clock *clock, struct clock_reading now);

struct node_time clock_time(const struct clock *clock);
/* By how much the system clock was moved since clock_init or clock_accept, in milliseconds; negative: put back. What a
 * crystal drifts in a day stays below 10 s. */
int64_t clock_shift_ms(const struct clock *clock);
/* More than a day: nothing is retired or refused for such a date, until clock_accept or the next start. */
bool clock_has_jumped(const struct clock *clock);
/* The date of the last reading is believed: shifts count from here on. */
void clock_accept(struct clock *clock);

#endif
