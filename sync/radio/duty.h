/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The airtime that a station may use: a token bucket that keeps it within its share of any hour, wherever the hour begins.
 * Pure; part of a radio.
 *
 *   share of an hour = what the bucket holds + what comes in within an hour + the frame that empties it
 *                      1/4 less a frame        3/4                             one frame
 *
 * Where a quarter of the share is less than a frame, the bucket holds nothing, and an hour may see one frame more. */
#ifndef AIDMESH_SYNC_RADIO_DUTY_H
#define AIDMESH_SYNC_RADIO_DUTY_H

#include "sync/set/carrier.h"

struct duty {
	struct airtime airtime;
	int64_t full_us;   /* what the bucket holds */
	int64_t credit_us; /* in it at `at`; below 0: wait */
	mono_ms at;
};

/* The last quarter of the bucket is for needs within hours, and cards, alone. */
enum duty_use { DUTY_ORDINARY, DUTY_URGENT };

/* The bucket is full: whoever starts over and over is the host's to hold back. */
void duty_init(struct duty *duty, const struct airtime *airtime, uint32_t frame_max, mono_ms now);
/* What a frame of `size` bytes takes, rounded up. */
uint32_t duty_airtime_ms(const struct duty *duty, size_t size);
/* Takes in what has come until `now`. Call it before the next three. */
void duty_earn(struct duty *duty, mono_ms now);
bool duty_is_open(const struct duty *duty, enum duty_use use);
/* Half empty: leave to others what they can do as well. */
bool duty_is_low(const struct duty *duty);
void duty_spend(struct duty *duty, size_t size);
/* When it will be open. */
mono_ms duty_deadline(const struct duty *duty, enum duty_use use);

#endif
