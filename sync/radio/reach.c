/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/radio/reach.h"

void few_hear(struct few *few, uint16_t station, mono_ms memory_ms, mono_ms now)
{
	if (now - few->since > memory_ms) {
		few->before = few->count;
		few->count = 0;
		few->since = now;
	}
	for (uint8_t i = 0; i < few->count; i++)
		if (few->stations[i] == station)
			return;
	if (few->count < MANY)
		few->stations[few->count++] = station;
}

bool few_are_in_reach(const struct few *few)
{
	return few->count < NOT_FEW && few->before < NOT_FEW;
}

bool many_are_in_reach(const struct few *few)
{
	return few->count == MANY || few->before == MANY;
}
