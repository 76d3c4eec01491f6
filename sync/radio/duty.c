/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/radio/duty.h"

enum { HOUR_MS = 3600 * 1000, PARTS = 4, RESERVE_PARTS = 4 };

uint32_t duty_airtime_ms(const struct duty *duty, size_t size)
{
	return (duty->airtime.frame_us + (uint32_t)size * duty->airtime.byte_us) / 1000 + 1;
}

void duty_init(struct duty *duty, const struct airtime *airtime, uint32_t frame_max, mono_ms now)
{
	assert(airtime->duty_permille > 0 && airtime->duty_permille <= 1000);
	*duty = (struct duty){ .airtime = *airtime, .at = now };
	duty->full_us =
		(int64_t)HOUR_MS * airtime->duty_permille / PARTS - (int64_t)duty_airtime_ms(duty, frame_max) * 1000;
	if (duty->full_us < 0)
		duty->full_us = 0;
	assert(duty->full_us >= 0);
	duty->credit_us = duty->full_us;
}

void duty_earn(struct duty *duty, mono_ms now)
{
	assert(now >= duty->at);
	/* Whole steps only, so that nothing is lost by rounding. */
	mono_ms steps = (now - duty->at) / PARTS;

	duty->credit_us += (int64_t)steps * (PARTS - 1) * duty->airtime.duty_permille;
	duty->at += steps * PARTS;
	assert(now - duty->at < PARTS);
	if (duty->credit_us > duty->full_us)
		duty->credit_us = duty->full_us;
}

static int64_t least_us(const struct duty *duty, enum duty_use use)
{
	return use == DUTY_URGENT ? 0 : duty->full_us / RESERVE_PARTS;
}

bool duty_is_open(const struct duty *duty, enum duty_use use)
{
	return duty->credit_us >= least_us(duty, use);
}

bool duty_is_low(const struct duty *duty)
{
	return duty->credit_us < duty->full_us / 2;
}

void duty_spend(struct duty *duty, size_t size)
{
	/* One frame may empty the bucket, and none goes out of an empty one. */
	assert(duty->credit_us >= 0);
	assert(size > 0);
	duty->credit_us -= (int64_t)duty_airtime_ms(duty, size) * 1000;
}

mono_ms duty_deadline(const struct duty *duty, enum duty_use use)
{
	int64_t short_us = least_us(duty, use) - duty->credit_us, step_us = (PARTS - 1) * duty->airtime.duty_permille;

	assert(step_us > 0);
	return short_us > 0 ? duty->at + (mono_ms)((short_us + step_us - 1) / step_us) * PARTS : duty->at;
}
