/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/radio/trickle.h"

static void begin(struct trickle *t, uint32_t interval_ms, mono_ms now, uint32_t chance)
{
	assert(interval_ms >= 2);
	t->interval_ms = interval_ms;
	t->next_ms = 0;
	t->heard = 0;
	t->is_over = false;
	t->begin = now;
	t->due = now + interval_ms / 2 + chance % (interval_ms / 2);
	assert(t->due >= now + interval_ms / 2);
	assert(t->due < now + interval_ms);
}

/* Of two whose intervals lie askew, one would speak early in the other's each time, and never hear it. */
static uint32_t longest(const struct trickle *t, uint32_t chance)
{
	return t->bounds.imax_ms + (uint32_t)((uint64_t)t->bounds.spread_ms * (chance >> 16) >> 16);
}

void trickle_init(struct trickle *t, const struct trickle_bounds *bounds, mono_ms now, uint32_t chance)
{
	assert(bounds->imin_ms >= 2 && bounds->imin_ms <= bounds->imax_ms);
	assert(bounds->spread_ms <= UINT32_MAX - bounds->imax_ms);
	assert(bounds->redundancy > 0);
	*t = (struct trickle){ .bounds = *bounds };
	begin(t, bounds->imin_ms, now, chance);
}

void trickle_reset(struct trickle *t, uint32_t interval_ms, mono_ms now, uint32_t chance)
{
	if (interval_ms < t->bounds.imin_ms)
		interval_ms = t->bounds.imin_ms;
	assert(interval_ms >= t->bounds.imin_ms);
	if (t->interval_ms > interval_ms)
		begin(t, interval_ms, now, chance);
}

void trickle_restart(struct trickle *t, uint32_t interval_ms, mono_ms now, uint32_t chance)
{
	begin(t, interval_ms < t->bounds.imax_ms ? interval_ms : t->bounds.imax_ms, now, chance);
}

void trickle_look(struct trickle *t, uint32_t interval_ms, uint32_t next_ms, mono_ms now, uint32_t chance)
{
	assert(next_ms > 0);
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
	uint32_t next = t->interval_ms > t->bounds.imax_ms / 2 ? longest(t, chance) : 2 * t->interval_ms;

	return next < t->next_ms && (t->heard || t->is_over) ? t->next_ms : next;
}

static bool may_be_silent(const struct trickle *t)
{
	return t->heard >= t->bounds.redundancy && (!t->bounds.silences_max || t->silences < t->bounds.silences_max);
}

void trickle_step(struct trickle *t, mono_ms now, uint32_t chance)
{
	assert(now >= t->begin);
	if (now - t->begin >= t->interval_ms)
		begin(t, next_interval(t, chance), now, chance);
	if (now < t->due || t->is_over || !may_be_silent(t))
		return;
	t->is_over = true;
	t->silences++;
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
	t->silences = 0;
}

mono_ms trickle_deadline(const struct trickle *t)
{
	return t->is_over ? t->begin + t->interval_ms : t->due;
}
