/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What systemd hears: that the loop turns, and how the node is, in a sentence for whoever looks after it. */
#include <stdio.h>
#include <string.h>

#include "node/daemon_state.h"
#include "node/system/notify.h"

/* So long a bad card may take for one transaction: the kernel calls a task hung after the same time, and gives a card several tries
 * of ten seconds before. What takes longer does not come back by waiting, and a restart at least says so. */
enum { STUCK_MS = 120000 };

static void on_watchdog(uv_timer_t *timer)
{
	struct daemon *d = timer->data;
	bool is_stuck = commit_busy_ms(d->commit) > STUCK_MS;

	if (is_stuck && !d->is_stuck)
		log_write(&d->log, LOG_ERROR,
			  "the card has kept one transaction for 2 minutes: the watchdog ends this run");
	d->is_stuck = is_stuck;
	if (!is_stuck)
		notify_send("WATCHDOG=1");
}

void daemon_service_open(struct daemon *d)
{
	uint64_t each_ms = notify_watchdog_ms();

	if (each_ms != 0)
		uv_timer_start(&d->watchdog, on_watchdog, 0, each_ms);
}

static void add(char *text, size_t size, const char *more)
{
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%s%s", used ? "; " : "", more);
}

static void add_neighbours(const struct daemon *d, char *text, size_t size)
{
	static const char *const PROGRESS[] = { [LINK_GREETING] = "greeting",
						[LINK_COMPARING] = "comparing",
						[LINK_TRANSFER] = "exchanging",
						[LINK_SAFE] = "all safe",
						[LINK_LEFT] = "not all is taken" };
	char more[64];
	size_t count = 0;

	for (size_t i = 0; i < LINKS_MAX; i++)
		count += d->neighbours.list[i].id != 0;
	if (count == 0)
		snprintf(more, sizeof more, "nobody near");
	else
		snprintf(more, sizeof more, "%zu neighbour%s, %s", count, count == 1 ? "" : "s",
			 PROGRESS[neighbours_progress(&d->neighbours)]);
	add(text, size, more);
}

static const char *radio_trouble(const struct daemon *d)
{
	struct view_radio radio;

	if (!d->lora)
		return NULL;
	d->view.radio(d->view.ctx, &radio);
	switch (radio.state) {
	case VIEW_RADIO_MISSING:
		return "no radio is plugged in";
	case VIEW_RADIO_REFUSED:
		return "the radio is refused: aidmesh radio";
	case VIEW_RADIO_OFF:
	case VIEW_RADIO_STARTING:
	case VIEW_RADIO_UP:
		break;
	}
	return NULL;
}

static void add_trouble(const struct daemon *d, char *text, size_t size)
{
	const char *radio = radio_trouble(d);
	char more[96];

	if (commit_has_failed(d->commit))
		add(text, size, "the card failed, nothing new is kept");
	if (owner_is_locked(&d->keys.owner))
		add(text, size, "it writes nothing, aidmesh status says why");
	if (d->desk.time.quality == TIME_GUESSED)
		add(text, size, "the date is a guess");
	if (radio)
		add(text, size, radio);
	if (d->told_unreached)
		add(text, size, "nodes are heard and not reached");
	for (enum part which = 0; which < PARTS; which++)
		if (d->parts[which].wait_ms != 0) {
			snprintf(more, sizeof more, "%s waits", d->parts[which].name);
			add(text, size, more);
		}
}

void daemon_service_tell(struct daemon *d)
{
	char text[sizeof d->status_text] = "", state[sizeof text + 8];
	struct card card;

	if (picture_card(d->picture, &d->identity.key, &card))
		for (size_t i = 0; card.name[i]; i++)
			text[i] = (unsigned char)card.name[i] < 0x20 ? '?' : card.name[i];
	add_neighbours(d, text, sizeof text);
	add_trouble(d, text, sizeof text);
	if (d->stopping || strcmp(text, d->status_text) == 0)
		return;
	memcpy(d->status_text, text, sizeof text);
	snprintf(state, sizeof state, "STATUS=%s", text);
	notify_send(state);
}
