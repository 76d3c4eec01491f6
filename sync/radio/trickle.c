/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/radio/trickle.h"

static void begin(struct trickle *t, uint32_t interval_ms, mono_ms now, uint32_t chance)
{
	t->interval_ms = interval_ms;
	t->next_ms = 0;
	t->heard = 0;
	t->is_over = false;
	t->begin = now;
	t->due = now + interval_ms / 2 + chance % (interval_ms / 2);
}

/* Of two whose intervals lie askew, one would speak early in the other's each time, and never hear it. */
static uint32_t longest(const struct trickle *t, uint32_t chance)
{
	return t->imax_ms + (uint32_t)((uint64_t)(t->imax_ms / 4) * (chance >> 16) >> 16);
}

void trickle_init(struct trickle *t, uint32_t imin_ms, uint32_t imax_ms, mono_ms now, uint32_t chance)
{
	assert(imin_ms >= 2 && imin_ms <= imax_ms);
	*t = (struct trickle){ .imin_ms = imin_ms, .imax_ms = imax_ms };
	begin(t, imin_ms, now, chance);
}

void trickle_reset(struct trickle *t, uint32_t interval_ms, mono_ms now, uint32_t chance)
{
	if (interval_ms < t->imin_ms)
		interval_ms = t->imin_ms;
	if (t->interval_ms > interval_ms)
		begin(t, interval_ms, now, chance);
}

void trickle_restart(struct trickle *t, uint32_t interval_ms, mono_ms now, uint32_t chance)
{
	begin(t, interval_ms < t->imax_ms ? interval_ms : t->imax_ms, now, chance);
}

void trickle_look(struct trickle *t, uint32_t interval_ms, uint32_t next_ms, mono_ms now, uint32_t chance)
{
	if (t->interval_ms <= interval_ms)
		return;
	trickle_reset(t, interval_ms, now, chance);
	t->next_ms = next_ms;
}

void trickle_hear(struct trickle *t)
{
	t->heard++;
}

static uint32_t next_interval(const struct trickle *t, uint32_t chance)
{
	uint32_t next = t->interval_ms > t->imax_ms / 2 ? longest(t, chance) : 2 * t->interval_ms;

	return next < t->next_ms && (t->heard || t->is_over) ? t->next_ms : next;
}

void trickle_step(struct trickle *t, mono_ms now, uint32_t chance)
{
	if (now - t->begin >= t->interval_ms)
		begin(t, next_interval(t, chance), now, chance);
	if (now >= t->due && t->heard >= TRICKLE_REDUNDANCY)
		t->is_over = true;
}

bool trickle_is_due(const struct trickle *t, mono_ms now)
{
	return !t->is_over && now >= t->due;
}

bool trickle_must_be_said(const struct trickle *t, mono_ms now)
{
	return t->next_ms && !t->heard && trickle_is_due(t, now);
}

void trickle_done(struct trickle *t)
{
	t->is_over = true;
}

mono_ms trickle_deadline(const struct trickle *t)
{
	return t->is_over ? t->begin + t->interval_ms : t->due;
}
