/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/radio/reach.h"

void reach_hear(struct reach *reach, uint16_t station, mono_ms memory_ms, mono_ms now)
{
	assert(now >= reach->since);
	assert(reach->count <= REACH_MANY);
	if (now - reach->since > memory_ms) {
		reach->before = reach->count;
		reach->count = 0;
		reach->since = now;
	}
	for (uint8_t i = 0; i < reach->count; i++)
		if (reach->stations[i] == station)
			return;
	if (reach->count < REACH_MANY)
		reach->stations[reach->count++] = station;
}

bool reach_is_few(const struct reach *reach)
{
	return reach->count < REACH_NOT_FEW && reach->before < REACH_NOT_FEW;
}

bool reach_is_many(const struct reach *reach)
{
	return reach->count == REACH_MANY || reach->before == REACH_MANY;
}
