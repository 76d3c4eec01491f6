/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The system's clocks, read; and what is kept of the date. What follows from them is sync/clock/date.h's. */
#ifndef AIDMESH_NODE_SYSTEM_CLOCK_H
#define AIDMESH_NODE_SYSTEM_CLOCK_H

#include "sync/clock/date.h"

enum { CLOCK_KEPT_SIZE = 112 };

/* The kernel's word, or where asking is not allowed (EPERM under the service's sandbox) that of aidmesh-synchronised: whether
 * the file exists that the environment's AIDMESH_SYNCHRONISED names. */
bool clock_is_synchronised(void);

/* All of them at one moment. The first call reads which start of the machine this is. */
struct date_reading clock_read(void);
/* CLOCK_BOOTTIME in milliseconds. */
mono_ms clock_mono(void);
/* An entry's time (seconds since 2020) as Unix seconds; 0 stays 0. */
int64_t clock_unix_of(uint32_t time_s);
/* The day on which this program was built, seconds since 2020: no date can be earlier. */
uint32_t clock_floor(void);

/* "auto", "set" or "guessed" (asserted: config checks it). */
enum date_trust clock_trust_of(const char *setting);

/* What outlives a restart, as a setting, and back; false: it is none, and `kept` is untouched. */
void clock_kept_write(char text[CLOCK_KEPT_SIZE], const struct date_kept *kept);
bool clock_kept_read(struct date_kept *kept, const char *text) __attribute__((warn_unused_result));

#endif
