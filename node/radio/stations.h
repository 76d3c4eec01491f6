/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whose beacons are heard over the radio. */
#ifndef AIDMESH_NODE_RADIO_STATIONS_H
#define AIDMESH_NODE_RADIO_STATIONS_H

#include "board/view.h"
#include "node/radio/modem.h"

struct station {
	uint16_t number; /* SYNC_STATION of its key, as it says: no proof */
	bool has_signal;
	struct modem_signal signal;
	mono_ms heard_at;
};

/* The last heard first; who is heard after so many others is forgotten. All zero: nobody yet. */
struct stations {
	size_t count;
	struct station list[VIEW_STATIONS_MAX];
};

/* A frame of the radio, opened. Only beacons say whose they are. `signal` is NULL where the device does not say. */
void stations_hear(struct stations *stations, struct view frame, const struct modem_signal *signal, mono_ms now);

#endif
