/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/daemon_state.h"
#include "node/system/notify.h"

static void part_closed(void *user)
{
	struct daemon *d = user;

	d->open_parts--;
}

void daemon_stop(struct daemon *d)
{
	if (d->stopping)
		return;
	d->stopping = true;
	if (d->keys.begins_anew || d->starts_again)
		notify_send_reloading();
	else
		notify_send("STOPPING=1");
	uv_close((uv_handle_t *)&d->timer, NULL);
	uv_close((uv_handle_t *)&d->watchdog, NULL);
	uv_close((uv_handle_t *)&d->signals, NULL);
	if (d->http)
		http_close(d->http);
	if (d->display) {
		d->open_parts++;
		display_close(d->display, part_closed, d);
		d->display = NULL;
	}
	if (d->discovery) {
		d->open_parts++;
		discovery_close(d->discovery, part_closed, d);
	}
	if (d->lora) {
		d->open_parts++;
		lora_close(d->lora, part_closed, d);
		d->lora = NULL;
	}
	if (d->satellites) {
		d->open_parts++;
		satellites_close(d->satellites, part_closed, d);
		d->satellites = NULL;
	}
	if (d->links) {
		d->open_parts++;
		links_close(d->links, part_closed, d);
	}
}
