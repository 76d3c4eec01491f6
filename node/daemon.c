/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdio.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <sodium.h>

#include "node/daemon_state.h"
#include "node/picture/ref_text.h"
#include "node/store/restore.h"
#include "node/system/folder.h"
#include "node/system/notify.h"
#include "node/system/process.h"

enum { PENDING_MAX = 256 };

/* Start. */

static enum sync_rc load_row(void *ctx, uint64_t handle, struct view *bytes)
{
	struct daemon *d = ctx;

	return store_load(d->store, handle, bytes) == STORE_OK ? SYNC_OK : SYNC_E_FULL;
}

static int restore(struct daemon *d, struct reason *why)
{
	struct restore_to to = { d->store,          d->sync, d->picture, &d->walk, &d->log, d->config.entries_max,
				 DAEMON_AUTHORS_MAX };
	char text[REF_TEXT_SIZE];
	struct ref site;
	bool has_author;

	switch (restore_rows(&to, &d->identity.key)) {
	case RESTORE_OK:
		break;
	case RESTORE_E_STORE:
		reason_set(why,
			   "The store in %s cannot be read: check the card, or move the folder away to start empty.",
			   d->config.folder);
		return -1;
	case RESTORE_E_ROOM:
		reason_set(why, "This node's own entries are more than %u: raise [node] entries.",
			   d->config.entries_max);
		return -1;
	}
	if (store_get(d->store, "self.site", text, sizeof text) && ref_text_read(&site, &has_author, text))
		picture_stand_at(d->picture, site);
	return 0;
}

static int open_engine(struct daemon *d, struct reason *why)
{
	struct sync_config config = { .entries_max = d->config.entries_max,
				      .authors_max = DAEMON_AUTHORS_MAX,
				      .carriers_max = LINKS_MAX + 1, /* and the radio */
				      .changes_max = COMMIT_ENGINE_CHANGES,
				      .pending_max = PENDING_MAX };
	struct sync_host host = { .ctx = d, .load = load_row };
	struct commit_host commit_host = {
		.ctx = d, .settled = daemon_settled, .today = daemon_today, .done = daemon_committed
	};
	size_t size;

	randombytes_buf(&config.seed, sizeof config.seed);
	size = sync_footprint(&config);
	/* Pages of calloc's that are never needed are never touched. */
	d->sync_memory = calloc(1, size);
	d->picture = picture_open(d->config.entries_max, DAEMON_AUTHORS_MAX, &d->identity.key);
	if (!d->sync_memory || !d->picture)
		goto no_memory;
	d->sync = sync_init(d->sync_memory, size, &config, &host);
	d->commit = commit_open(&d->loop, d->sync, d->store, d->picture, &d->log, &commit_host);
	if (!d->commit)
		goto no_memory;
	d->neighbours.sync = d->sync;
	d->neighbours.picture = d->picture;
	return 0;
no_memory:
	reason_set(why, "Not enough memory for %u entries: lower [node] entries.", d->config.entries_max);
	return -1;
}

static int open_desk(struct daemon *d, struct reason *why)
{
	d->desk.sync = d->sync;
	d->desk.loop = &d->loop;
	d->desk.store = d->store;
	d->desk.picture = d->picture;
	d->desk.commit = d->commit;
	d->desk.identity = &d->identity;
	d->desk.walk = &d->walk;
	desk_init(&d->desk, &d->door);
	d->desk.host_ctx = d;
	d->desk.look = daemon_look;
	d->desk.set_clock = daemon_set_clock;
	d->desk.begin_anew = daemon_begin_anew;
	d->desk.take_over = daemon_take_over;
	d->desk.setup = daemon_setup;
	d->desk.upgrade = daemon_upgrade;
	daemon_clock_open(d);
	d->started = clock_unix_of(d->desk.time.wall_s);
	desk_open_words(&d->desk);
	if (desk_open_pin(&d->desk, d->config.pin) && desk_open_households(&d->desk) && daemon_keys_speak(d))
		return 0;
	reason_set(why, "This node's card cannot be written to %s: is the disk full or read-only?", d->config.folder);
	return -1;
}

static int open_disk(struct daemon *d, struct reason *why)
{
	if (store_open(&d->store, why, d->config.folder) != STORE_OK)
		return -1;
	if (household_key_open(d->desk.households, why, d->config.folder) != 0)
		return -1;
	return daemon_keys_open(d, why);
}

static int open_network(struct daemon *d, struct reason *why)
{
	struct links_host host = { .ctx = d,
				   .up = daemon_link_up,
				   .frame = daemon_link_frame,
				   .fill = daemon_link_fill_frame,
				   .copied = daemon_link_copied,
				   .down = daemon_link_down };

	/* Without a key there is nobody to be. */
	if (owner_is_locked(&d->keys.owner))
		return 0;
	return links_open(&d->links, why, &d->loop, &d->config, &d->identity, &host);
}

static int open_board(struct daemon *d, struct reason *why)
{
	struct api_config api = {
		.loop = &d->loop, .view = &d->view, .door = &d->door, .hosts = d->config.hosts, .pin = d->desk.pin
	};
	struct http_config http = { .port = -1, /* the page's is a part that may wait */
				    .socket_path = d->config.control[0] ? d->config.control : NULL,
				    .handler = api_handle };
	enum http_rc rc = HTTP_E_SYSTEM;

	d->view = daemon_view_of(d);
	d->api = api_open(&api);
	http.ctx = d->api;
	folder_make_parent(d->config.control);
	if (d->api)
		rc = http_open(&d->http, &d->loop, &http);
	if (rc == HTTP_OK)
		return 0;
	if (rc == HTTP_E_ADDRESS && !folder_has_parent(d->config.control))
		reason_set(why,
			   "The folder of the control socket %s is missing and cannot be made: make it, or name "
			   "another place with [control] socket.",
			   d->config.control);
	else
		reason_set(why, "The control socket %s cannot be used: %s", d->config.control, http_rc_text(rc));
	return -1;
}

static void close_parts(struct daemon *d)
{
	if (d->commit)
		commit_close(d->commit);
	picture_close(d->picture);
	free(d->sync_memory);
	if (d->api)
		api_close(d->api);
	if (d->store)
		store_close(d->store);
	identity_close(&d->identity);
	uv_loop_close(&d->loop);
	close(d->signal_fd);
	free(d);
}

/* Signals. */

static void on_signal(uv_poll_t *handle, int status, int events)
{
	struct daemon *d = handle->data;
	struct signalfd_siginfo info;

	(void)status;
	(void)events;
	if (read(d->signal_fd, &info, sizeof info) != sizeof info)
		return;
	if (info.ssi_signo == SIGHUP) {
		daemon_reload(d);
		return;
	}
	log_write(&d->log, LOG_INFO, "stopping (signal %u)", info.ssi_signo);
	daemon_stop(d);
}

static int open_signals(struct daemon *d)
{
	d->signal_fd = process_open_signals();
	if (d->signal_fd < 0)
		return -1;
	uv_poll_init(&d->loop, &d->signals, d->signal_fd);
	d->signals.data = d;
	return uv_poll_start(&d->signals, UV_READABLE, on_signal);
}

int daemon_open(struct daemon **daemon, struct reason *why, const struct config *config,
		struct household_key *households, const struct daemon_settings *settings)
{
	struct daemon *d = calloc(1, sizeof *d);

	*daemon = NULL;
	if (!d || uv_loop_init(&d->loop) != 0 || open_signals(d) != 0) {
		reason_set(why, "Not enough memory to start.");
		free(d);
		return -1;
	}
	d->config = *config;
	d->settings = *settings;
	d->found = daemon_found_neighbour;
	d->run = 1 + randombytes_uniform(UINT32_MAX);
	d->desk.households = households;
	d->desk.folder = d->config.folder;
	log_init(&d->log, config->log);
	uv_timer_init(&d->loop, &d->timer);
	uv_timer_init(&d->loop, &d->watchdog);
	d->watchdog.data = d;
	d->timer.data = d;
	folder_make(config->folder);
	if (open_disk(d, why) == 0 && open_engine(d, why) == 0 && restore(d, why) == 0 && open_desk(d, why) == 0 &&
	    open_board(d, why) == 0 && open_network(d, why) == 0 && daemon_open_radio(d, why) == 0 &&
	    daemon_open_satellites(d, why) == 0) {
		daemon_parts_open(d);
		*daemon = d;
		return 0;
	}
	daemon_close(d);
	return -1;
}

void daemon_run(struct daemon *d)
{
	log_write(&d->log, LOG_INFO, "node %02x%02x%02x%02x, store %s, control %s", d->identity.key.bytes[0],
		  d->identity.key.bytes[1], d->identity.key.bytes[2], d->identity.key.bytes[3], d->config.folder,
		  d->config.control);
	d->wake = daemon_arm_timer;
	daemon_arm_timer(d);
	(void)daemon_network_look(d); /* alone from now on */
	daemon_service_open(d);
	daemon_setup_speak(d);
	notify_send("READY=1");
	daemon_service_tell(d);
	uv_run(&d->loop, UV_RUN_DEFAULT);
}

bool daemon_begins_anew(const struct daemon *d)
{
	return (d->keys.begins_anew || d->starts_again) && !commit_has_failed(d->commit);
}

/* Everything else is on disk by now: what is noted here decides what the next start is. */
static void note_anew(struct daemon *d)
{
	if (d->keys.begins_anew && !commit_has_failed(d->commit) &&
	    owner_begin_anew(d->store, &d->keys.owner.key) != STORE_OK)
		log_write(&d->log, LOG_ERROR, "the card fails: this node does not begin anew");
	if (d->keys.takes_over && !commit_has_failed(d->commit) &&
	    owner_take_over(d->store, d->desk.time.wall_s) != STORE_OK)
		log_write(&d->log, LOG_ERROR, "the card fails: this node still waits for a word about its original");
}

void daemon_close(struct daemon *d)
{
	daemon_stop(d);
	uv_run(&d->loop, UV_RUN_DEFAULT);
	assert(d->open_parts == 0);
	if (d->commit)
		note_anew(d);
	daemon_clock_close(d);
	desk_close(&d->desk);
	close_parts(d);
}
