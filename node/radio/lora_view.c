/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/radio/lora_view.h"

#include <stdio.h>
#include <string.h>

/* After so long nobody is said to be in reach: a consistent neighbourhood says a beacon in some twenty minutes. */
enum { QUIET_MS = 2 * 3600 * 1000 };

/* An author's key begins with the station's number: its name, unless there are two of them. */
struct naming {
	struct view_radio *radio;
	char begins[VIEW_STATIONS_MAX][5];
	uint32_t found[VIEW_STATIONS_MAX];
};

static bool on_author(void *user, const struct view_author *author)
{
	struct naming *naming = user;

	for (size_t i = 0; i < naming->radio->station_count; i++)
		if (strncmp(author->key, naming->begins[i], 4) == 0 && naming->found[i]++ == 0)
			snprintf(naming->radio->stations[i].name, VIEW_NAME_SIZE, "%s", author->name);
	return true;
}

/* One look through the authors for all of them. */
static void name_stations(struct view_radio *radio, const struct lora_seen *seen)
{
	struct view_query all = { 0 };
	struct naming naming = { .radio = radio };

	for (size_t i = 0; i < radio->station_count; i++) {
		uint16_t number = lora_stations(seen->lora)->list[i].number;

		snprintf(naming.begins[i], sizeof naming.begins[i], "%02x%02x", number & 0xFF, number >> 8);
	}
	if (radio->station_count)
		picture_authors(seen->picture, seen->wall_s, &all, on_author, &naming);
	for (size_t i = 0; i < radio->station_count; i++)
		if (naming.found[i] != 1)
			snprintf(radio->stations[i].name, VIEW_NAME_SIZE, "%s", naming.begins[i]);
}

static enum view_radio_state state_of(enum lora_state state)
{
	switch (state) {
	case LORA_OFF:
		return VIEW_RADIO_OFF;
	case LORA_MISSING:
		return VIEW_RADIO_MISSING;
	case LORA_PROBING:
	case LORA_SETTING:
		return VIEW_RADIO_STARTING;
	case LORA_REFUSED:
		return VIEW_RADIO_REFUSED;
	case LORA_UP:
		return VIEW_RADIO_UP;
	}
	return VIEW_RADIO_OFF;
}

static void view_device(struct view_radio *radio, const struct lora_status *is)
{
	const struct band_setting *setting = &is->modem.setting;

	snprintf(radio->port, sizeof radio->port, "%s", is->port);
	snprintf(radio->device, sizeof radio->device, "%s", is->modem.device);
	snprintf(radio->firmware, sizeof radio->firmware, "%s", is->modem.firmware);
	snprintf(radio->region, sizeof radio->region, "%s", is->region);
	radio->frequency_hz = setting->frequency_hz;
	radio->bandwidth_hz = setting->bandwidth_hz;
	radio->spreading = setting->spreading;
	radio->coding = setting->coding;
	radio->power_dbm = setting->power_dbm;
	radio->duty_permille = is->airtime.duty_permille;
	radio->used_ms = is->used_ms;
	radio->left_ms = is->left_ms;
	radio->frames_in = is->frames_in;
	radio->frames_out = is->frames_out;
	radio->lost = is->dropped;
	radio->foreign = is->unsealed + is->modem.foreign;
	radio->malformed = is->refused;
}

static void view_stations(struct view_radio *radio, const struct lora_seen *seen)
{
	for (size_t i = 0; i < lora_stations(seen->lora)->count; i++) {
		const struct station *station = &lora_stations(seen->lora)->list[i];
		struct view_station *view = &radio->stations[radio->station_count];

		if (seen->now - station->heard_at > QUIET_MS)
			break;
		*view = (struct view_station){ .has_signal = station->has_signal,
					       .rssi_dbm = station->signal.rssi_dbm,
					       .snr_quarter_db = station->signal.snr_quarter_db,
					       .heard = seen->unix_s -
							(int64_t)((seen->now - station->heard_at) / 1000) };
		radio->station_count++;
	}
	name_stations(radio, seen);
}

void lora_view(struct view_radio *radio, const struct lora_seen *seen)
{
	struct lora_status is;
	struct sync_link_status link;
	struct sync_queue queue = { 0 };

	lora_status(seen->lora, &is, seen->now);
	*radio = (struct view_radio){ .state = state_of(is.state), .is_sealed = is.is_sealed };
	view_device(radio, &is);
	view_stations(radio, seen);
	if (sync_radio_queue(seen->sync, LORA_CARRIER, &queue)) {
		radio->cards = queue.cards;
		radio->urgent = queue.urgent;
		radio->rest = queue.rest;
	}
	if (sync_link_status(seen->sync, LORA_CARRIER, &link)) {
		radio->is_safe = link.state == LINK_SAFE;
		radio->not_taken.clock = link.left_there.clock;
		radio->not_taken.age = link.left_there.age;
	}
	/* What an antenna that is missing looks like from here. */
	if (radio->state == VIEW_RADIO_UP && radio->station_count == 0)
		said_decide(&radio->said, is.is_sealed ? SAY(RADIO_NOBODY_IN_CIRCLE) : SAY(RADIO_NOBODY));
	else
		radio->said = is.said;
}
