/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Opens the radio and the receiver of satellites: at the start, and when their settings are others. */
#include "node/daemon_state.h"

static const char AIRTIME_SETTING[] = "radio.airtime"; /* airtime_log.h */
static_assert((int)AIRTIME_LOG_TEXT_SIZE <= (int)COMMIT_VALUE_SIZE, "it fits");

static void keep_airtime(void *ctx, const struct airtime_log *book, uint32_t ahead_ms)
{
	struct daemon *d = ctx;
	char text[AIRTIME_LOG_TEXT_SIZE];

	daemon_wall_now(d);
	airtime_log_write(book, text, ahead_ms, daemon_mono_now(d), d->desk.time);
	commit_set(d->commit, AIRTIME_SETTING, text);
	commit_start(d->commit);
}

int daemon_open_radio(struct daemon *d, struct reason *why)
{
	struct lora_host host = { .ctx = d,
				  .sync = d->sync,
				  .now = daemon_radio_now,
				  .moved = daemon_radio_moved,
				  .said = daemon_radio_said,
				  .station = SYNC_STATION(&d->identity.key),
				  .keep = keep_airtime };
	char text[AIRTIME_LOG_TEXT_SIZE];

	if (owner_is_locked(&d->keys.owner))
		return 0;
	daemon_wall_now(d);
	if (store_get(d->store, AIRTIME_SETTING, text, sizeof text))
		host.book = airtime_log_read(text, daemon_mono_now(d), d->desk.time);
	return lora_open(&d->lora, why, &d->loop, &d->config, &host);
}

int daemon_open_satellites(struct daemon *d, struct reason *why)
{
	if (!d->config.gps_port)
		return 0;
	d->satellites = satellites_open(&d->loop, d->config.gps_port, daemon_satellites_said, d);
	if (d->satellites)
		return 0;
	reason_set(why, "Not enough memory to start.");
	return -1;
}
