/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/radio/stations.h"

#include <string.h>

#include "proto/frame.h"

void stations_hear(struct stations *stations, struct view frame, const struct modem_signal *signal, mono_ms now)
{
	struct station heard = { .heard_at = now, .has_signal = signal != NULL };
	struct frame_beacon beacon;
	enum frame_kind kind;
	struct view rest;
	size_t at = 0;

	if (frame_open(&kind, &rest, frame) != FRAME_OK || kind != FRAME_BEACON ||
	    frame_beacon_read(&beacon, rest) != FRAME_OK)
		return;
	heard.number = (uint16_t)(beacon.salt >> 16);
	if (signal)
		heard.signal = *signal;
	while (at < stations->count && stations->list[at].number != heard.number)
		at++;
	if (at == stations->count && stations->count < VIEW_STATIONS_MAX)
		stations->count++;
	else if (at == stations->count)
		at--;
	memmove(&stations->list[1], &stations->list[0], at * sizeof stations->list[0]);
	stations->list[0] = heard;
}
