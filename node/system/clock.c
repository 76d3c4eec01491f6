/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/system/clock.h"

#include <string.h>
#include <sys/timex.h>
#include <time.h>

enum { MS_PER_S = 1000, JUMP_MS = 86400 * MS_PER_S };

static int64_t clock_ms(clockid_t id)
{
	struct timespec t;
	int rc = clock_gettime(id, &t);

	assert(rc == 0);
	return (int64_t)t.tv_sec * MS_PER_S + t.tv_nsec / 1000000;
}

mono_ms clock_mono(void)
{
	return (mono_ms)clock_ms(CLOCK_BOOTTIME);
}

struct clock_reading clock_read(void)
{
	struct timex state = { .modes = 0 };
	int rc = adjtimex(&state);

	return (struct clock_reading){
		.real_ms = clock_ms(CLOCK_REALTIME),
		.mono = clock_mono(),
		.synchronised = rc >= 0 && rc != TIME_ERROR && (state.status & STA_UNSYNC) == 0,
	};
}

int64_t clock_unix_of(uint32_t time_s)
{
	return time_s ? (int64_t)time_s + EPOCH_UNIX_S : 0;
}

enum clock_trust clock_trust_of(const char *setting)
{
	if (strcmp(setting, "set") == 0)
		return CLOCK_ALWAYS_SET;
	if (strcmp(setting, "guessed") == 0)
		return CLOCK_ALWAYS_GUESSED;
	assert(strcmp(setting, "auto") == 0);
	return CLOCK_AUTO;
}

void clock_init(struct clock *clock, enum clock_trust trust, uint32_t newest_own_s, struct clock_reading now)
{
	*clock = (struct clock){ .trust = trust, .floor_s = newest_own_s, .started = now.mono, .now = now };
	clock_accept(clock);
}

void clock_update(struct clock *clock, struct clock_reading now)
{
	assert(now.mono >= clock->now.mono);
	clock->now = now;
}

/* Seconds since 2020; dates outside of what 32 bits hold are cut to the nearest end. */
static uint32_t wall_of(int64_t real_ms)
{
	int64_t seconds = real_ms / MS_PER_S - (int64_t)EPOCH_UNIX_S;

	if (seconds < 0)
		return 0;
	return seconds > UINT32_MAX ? UINT32_MAX : (uint32_t)seconds;
}

static enum time_quality quality_of(const struct clock *clock)
{
	switch (clock->trust) {
	case CLOCK_ALWAYS_SET:
		return TIME_SET;
	case CLOCK_ALWAYS_GUESSED:
		return TIME_GUESSED;
	case CLOCK_AUTO:
		break;
	}
	return clock->now.synchronised ? TIME_SET : TIME_GUESSED;
}

struct node_time clock_time(const struct clock *clock)
{
	struct node_time time = { .wall_s = wall_of(clock->now.real_ms), .quality = quality_of(clock) };
	uint64_t least = clock->floor_s + (clock->now.mono - clock->started) / MS_PER_S;

	if (time.quality == TIME_GUESSED && clock->floor_s != 0 && time.wall_s < least)
		time.wall_s = least > UINT32_MAX ? UINT32_MAX : (uint32_t)least;
	return time;
}

int64_t clock_shift_ms(const struct clock *clock)
{
	return clock->now.real_ms - (int64_t)clock->now.mono - clock->base_ms;
}

bool clock_has_jumped(const struct clock *clock)
{
	int64_t shift = clock_shift_ms(clock);

	return shift > JUMP_MS || shift < -(int64_t)JUMP_MS;
}

void clock_accept(struct clock *clock)
{
	clock->base_ms = clock->now.real_ms - (int64_t)clock->now.mono;
}
