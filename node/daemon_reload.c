/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SIGHUP: the settings are read again. Parts whose settings are others are closed, and opened with the new ones when all have closed;
 * what a running node cannot change is named. Settings that are wrong change nothing. */
#include <string.h>

#include "node/daemon_state.h"
#include "node/radio/lora.h"
#include "node/system/notify.h"

static bool display_differs(const struct config *a, const struct config *b)
{
	return a->display != b->display || strcmp(a->display_path, b->display_path) != 0 ||
	       strcmp(a->lcdproc_host, b->lcdproc_host) != 0 || a->lcdproc_port != b->lcdproc_port ||
	       (a->role == CONFIG_CARRIED) != (b->role == CONFIG_CARRIED) || a->display_size != b->display_size ||
	       a->display_language != b->display_language || memcmp(a->buttons, b->buttons, sizeof a->buttons) != 0;
}

static bool radio_differs(const struct config *a, const struct config *b)
{
	return strcmp(a->radio_port, b->radio_port) != 0 || a->radio != b->radio ||
	       strcmp(a->radio_region, b->radio_region) != 0 || a->radio_frequency_hz != b->radio_frequency_hz ||
	       a->radio_bandwidth_hz != b->radio_bandwidth_hz || a->radio_spreading != b->radio_spreading ||
	       a->radio_power_dbm != b->radio_power_dbm || a->circle_count != b->circle_count ||
	       memcmp(a->circles, b->circles, sizeof a->circles) != 0;
}

static bool discovery_differs(const struct config *a, const struct config *b)
{
	return a->discovery != b->discovery || a->discovery_port != b->discovery_port ||
	       a->interface_count != b->interface_count ||
	       memcmp(a->interfaces, b->interfaces, sizeof a->interfaces) != 0;
}

/* What is in use from the start to the end keeps its setting, and is named where the file has another one. */
static void keep_fixed(struct daemon *d, struct config *next)
{
	const struct config *now = &d->config;
	const struct {
		const char *name;
		bool differs;
	} FIXED[] = {
		{ "[node] folder", strcmp(now->folder, next->folder) != 0 },
		{ "[node] name", strcmp(now->name, next->name) != 0 },
		{ "[node] entries", now->entries_max != next->entries_max },
		{ "[node] clock", strcmp(now->clock, next->clock) != 0 },
		{ "[control] socket", strcmp(now->control, next->control) != 0 },
		{ "[control] listen",
		  strcmp(now->http_host, next->http_host) != 0 || now->http_port != next->http_port },
		{ "[link] listen", strcmp(now->link_host, next->link_host) != 0 || now->link_port != next->link_port ||
					   now->link_listen != next->link_listen },
	};

	for (size_t i = 0; i < sizeof FIXED / sizeof *FIXED; i++)
		if (FIXED[i].differs)
			log_write(&d->log, LOG_WARNING, "%s has changed and wants a restart of this node",
				  FIXED[i].name);
	memcpy(next->folder, now->folder, sizeof next->folder);
	memcpy(next->name, now->name, sizeof next->name);
	next->entries_max = now->entries_max;
	memcpy(next->clock, now->clock, sizeof next->clock);
	memcpy(next->control, now->control, sizeof next->control);
	memcpy(next->http_host, now->http_host, sizeof next->http_host);
	next->http_port = now->http_port;
	memcpy(next->link_host, now->link_host, sizeof next->link_host);
	next->link_port = now->link_port;
	next->link_listen = now->link_listen;
}

/* Its settings were found right before the earlier one was closed: what fails now is memory. */
static void open_again(struct daemon *d)
{
	struct reason why = { "" };

	if ((!d->lora && daemon_open_radio(d, &why) != 0) || (!d->satellites && daemon_open_satellites(d, &why) != 0))
		log_write(&d->log, LOG_ERROR, "%s", why.text);
	for (enum part which = 0; which < PARTS; which++)
		d->parts[which].wait_ms = 0;
	daemon_parts_open(d);
}

static void is_over(struct daemon *d)
{
	d->reload.is_on = false;
	notify_send("READY=1");
	if (d->reload.is_asked) {
		d->reload.is_asked = false;
		daemon_reload(d);
	}
}

static void apply(struct daemon *d)
{
	struct config *next = &d->reload.config;
	bool has_other_pin = strcmp(d->config.pin, next->pin) != 0;

	keep_fixed(d, next);
	d->config = *next;
	d->log.level = d->config.log;
	if (has_other_pin)
		desk_set_fixed_pin(&d->desk, d->config.pin);
	if (d->links)
		links_set_peers(d->links, &d->config);
	open_again(d);
	log_write(&d->log, LOG_INFO, "the settings were read again");
	daemon_tell(d);
	daemon_arm_timer(d);
	is_over(d);
}

static void one_closed(void *user)
{
	struct daemon *d = user;

	d->open_parts--;
	if (--d->reload.closing == 0 && !d->stopping)
		apply(d);
}

static void close_one(struct daemon *d)
{
	d->open_parts++;
	d->reload.closing++;
}

static void close_what_differs(struct daemon *d)
{
	const struct config *now = &d->config, *next = &d->reload.config;

	if (d->display && display_differs(now, next)) {
		close_one(d);
		display_close(d->display, one_closed, d);
		d->display = NULL;
	}
	if (d->discovery && discovery_differs(now, next)) {
		close_one(d);
		discovery_close(d->discovery, one_closed, d);
		d->discovery = NULL;
	}
	if (d->lora && radio_differs(now, next)) {
		close_one(d);
		lora_close(d->lora, one_closed, d);
		d->lora = NULL;
	}
	if (d->satellites && now->gps_port != next->gps_port) {
		close_one(d);
		satellites_close(d->satellites, one_closed, d);
		d->satellites = NULL;
	}
}

void daemon_reload(struct daemon *d)
{
	struct reason why = { "" };

	if (d->stopping)
		return;
	if (d->reload.is_on) {
		d->reload.is_asked = true;
		return;
	}
	d->reload.is_on = true;
	notify_send_reloading();
	if (d->settings.read(d->settings.ctx, &d->reload.config, &why) != 0 ||
	    lora_check(&why, &d->reload.config) != 0) {
		log_write(&d->log, LOG_ERROR, "the settings stay as they were: %s", why.text);
		is_over(d);
		return;
	}
	/* One more, so that nothing is applied while parts are still being asked to close. */
	close_one(d);
	close_what_differs(d);
	one_closed(d);
}
