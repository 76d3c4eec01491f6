/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/daemon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <sodium.h>
#include <uv.h>

#include "board/api/api.h"
#include "board/display/display.h"
#include "node/system/address.h"
#include "node/system/clock.h"
#include "node/store/commit.h"
#include "node/link/neighbours.h"
#include "node/desk/desk.h"
#include "node/link/discovery.h"
#include "node/link/links.h"
#include "node/system/log.h"
#include "node/radio/lora_view.h"
#include "node/system/notify.h"
#include "node/system/process.h"
#include "node/questions/questions.h"
#include "node/picture/ref_text.h"
#include "node/store/restore.h"

enum { TICK_MS = 60000, TELL_MS = 250, TELL_SHARE = 10, PROGRESS_MS = 500, PENDING_MAX = 256, AUTHORS_MAX = 4096 };
enum { BUSY_MS = 100 };                                /* while the radio takes no frame */
static const char AIRTIME_SETTING[] = "radio.airtime"; /* airtime_log.h */
static_assert((int)AIRTIME_LOG_TEXT_SIZE <= (int)COMMIT_SETTING_SIZE, "it fits");

struct daemon {
	uv_loop_t loop;
	struct config config;
	struct log log;
	struct identity identity;
	struct store *store;
	struct clock clock;
	void *sync_memory;
	struct sync *sync;
	struct picture *picture;
	struct commit *commit;
	struct desk desk;
	struct neighbours neighbours;
	struct walk walk;
	uint32_t swept_day;
	struct links *links;
	struct discovery *discovery;
	struct lora *lora; /* NULL: there is no radio */
	struct board_view view;
	struct board_door door;
	struct api *api;
	struct http *http;
	struct display *display; /* NULL: none is configured */
	char lcdproc[ADDRESS_TEXT_SIZE];
	uv_timer_t timer;
	uv_poll_t signals;
	int signal_fd;
	int64_t started;          /* Unix seconds */
	enum link_state progress; /* of all contacts, as listeners were last told */
	mono_ms told_at;          /* when listeners last heard of a change */
	mono_ms tell_wait;        /* until they may hear of the next */
	bool untold;              /* something changed since */
	bool radio_is_safe;       /* as listeners were last told */
	bool telling;             /* api_changed is at it: whoever looks now is a listener */
	bool stopping;
	uint32_t open_parts; /* links, discovery, radio and display that still close */
};

/* Time. */

static uint32_t wall_now(struct daemon *d)
{
	struct node_time time;

	clock_update(&d->clock, clock_read());
	time = clock_time(&d->clock);
	/* After a jump of more than a day nothing is retired or refused until a person confirms the date. */
	if (clock_has_jumped(&d->clock))
		time.quality = TIME_GUESSED;
	d->desk.time = time;
	sync_tick(d->sync, d->clock.now.mono, time);
	return time.wall_s;
}

static mono_ms mono_now(const struct daemon *d)
{
	return d->clock.now.mono;
}

/* What people see has changed: listeners are told, at most every TELL_MS, and less often where drawing is slow: it may
 * take a tenth of the time. */
static void tell(struct daemon *d)
{
	mono_ms now = clock_mono();

	d->untold = now < d->told_at + d->tell_wait;
	if (d->untold)
		return;
	d->progress = neighbours_progress(&d->neighbours);
	d->telling = true;
	api_changed(d->api);
	if (d->display)
		display_changed(d->display);
	d->telling = false;
	d->told_at = clock_mono();
	d->tell_wait = TELL_SHARE * (d->told_at - now);
	if (d->tell_wait < TELL_MS)
		d->tell_wait = TELL_MS;
}

static void tell_progress(struct daemon *d)
{
	enum link_state progress = neighbours_progress(&d->neighbours);

	if (d->untold || progress != d->progress || progress == LINK_TRANSFER)
		tell(d);
}

static void on_timer(uv_timer_t *timer);

static void arm_timer(struct daemon *d)
{
	mono_ms now = clock_mono(), due = sync_deadline(d->sync), wait = TICK_MS;

	if (d->stopping)
		return;
	if (neighbours_progress(&d->neighbours) == LINK_TRANSFER)
		wait = PROGRESS_MS;
	if (d->untold && d->told_at + d->tell_wait < now + wait)
		wait = d->told_at + d->tell_wait > now ? d->told_at + d->tell_wait - now : 1;
	if (due != MONO_NEVER && due < now + wait)
		wait = due > now ? due - now : lora_is_busy(d->lora, now) ? BUSY_MS : 1;
	uv_timer_start(&d->timer, on_timer, wait, 0);
}

/* Not while the date is a guess: what is missing then may come back. */
static void sweep(struct daemon *d)
{
	uint32_t day = d->desk.time.wall_s / EPOCH_S;

	if (day == d->swept_day || d->desk.time.quality != TIME_SET)
		return;
	d->swept_day = day;
	desk_sweep(&d->desk);
}

static void on_timer(uv_timer_t *timer)
{
	struct daemon *d = timer->data;

	wall_now(d);
	commit_start(d->commit);
	links_kick_all(d->links);
	lora_kick(d->lora);
	sweep(d);
	tell_progress(d);
	arm_timer(d);
}

/* Links. */

static void link_up(void *ctx, link_id id, const uint8_t remote_key[32], bool dialled, const char *address)
{
	struct daemon *d = ctx;
	bool alone;

	wall_now(d);
	alone = neighbours_is_alone(&d->neighbours);
	if (!neighbours_up(&d->neighbours, id, remote_key, dialled, address, mono_now(d),
			   clock_unix_of(d->desk.time.wall_s))) {
		links_drop(d->links, id);
		return;
	}
	log_write(&d->log, LOG_INFO, "contact with %s", address);
	if (alone)
		walk_begin(&d->walk, d->store, d->commit, clock_unix_of(d->desk.time.wall_s));
	links_kick(d->links, id);
	tell(d);
	arm_timer(d);
}

static enum links_taken link_frame(void *ctx, link_id id, struct view frame)
{
	struct daemon *d = ctx;
	enum sync_rc rc;

	wall_now(d);
	rc = sync_feed(d->sync, id, frame, mono_now(d));
	if (rc == SYNC_E_BUSY)
		return LINKS_BUSY;
	commit_start(d->commit);
	links_kick(d->links, id);
	if (neighbours_progress(&d->neighbours) != d->progress)
		tell(d);
	arm_timer(d);
	return LINKS_TAKEN;
}

static size_t link_fill_frame(void *ctx, link_id id, uint8_t *frame, size_t cap)
{
	struct daemon *d = ctx;
	size_t size;

	wall_now(d);
	store_loads_begin(d->store);
	size = sync_fill(d->sync, id, frame, cap, mono_now(d));
	store_loads_end(d->store);
	return size;
}

static void link_down(void *ctx, link_id id)
{
	struct daemon *d = ctx;
	struct sync_link_status status = { .entries_in = 0 };

	sync_link_status(d->sync, id, &status);
	log_write(&d->log, LOG_INFO, "a contact ended: %llu entries came, %llu went",
		  (unsigned long long)status.entries_in, (unsigned long long)status.entries_out);
	if (d->display)
		display_contact_ends(d->display);
	neighbours_down(&d->neighbours, id);
	if (d->discovery && !d->stopping)
		discovery_reset(d->discovery);
	if (d->stopping)
		return;
	tell(d);
	arm_timer(d);
}

/* Who announces itself may have come back from a walk: a link that we still take for up is asked whether it lives. */
static void found_neighbour(void *user, enum discovery_news news, const struct sockaddr *address,
			    const uint8_t static_key[32])
{
	struct daemon *d = user;

	links_probe(d->links, static_key);
	if (news == DISCOVERY_OURS)
		links_dial(d->links, address);
}

/* Commits. */

static void settled(void *ctx, const struct sync_change *change, enum commit_result result, const struct entry_id *id)
{
	struct daemon *d = ctx;

	if (result == COMMIT_STORED && !public_key_equal(&change->keys[0], &d->identity.key))
		d->walk.entries_in++;
	desk_settled(&d->desk, change, result, id);
}

static void committed(void *ctx)
{
	struct daemon *d = ctx;

	if (d->stopping)
		return;
	desk_go_on(&d->desk);
	links_resume(d->links);
	links_kick_all(d->links);
	lora_kick(d->lora);
	tell(d);
	arm_timer(d);
}

/* The radio. */

static void say(void *ctx, const char *sentence)
{
	struct daemon *d = ctx;

	log_write(&d->log, LOG_INFO, "%s", sentence);
}

static mono_ms radio_now(void *ctx)
{
	wall_now(ctx);
	return mono_now(ctx);
}

static void radio_moved(void *ctx)
{
	struct daemon *d = ctx;
	struct sync_link_status status;
	bool is_safe = sync_link_status(d->sync, LORA_CARRIER, &status) && status.state == LINK_SAFE;

	commit_start(d->commit);
	if (is_safe != d->radio_is_safe)
		tell(d);
	d->radio_is_safe = is_safe;
	arm_timer(d);
}

static void radio_said(void *ctx, const char *sentence)
{
	struct daemon *d = ctx;

	say(d, sentence);
	if (d->api && !d->stopping)
		tell(d);
}

/* What people see. */

static uint32_t as_of(struct daemon *d, const struct view_query *query)
{
	uint32_t now = wall_now(d);

	if (!query || query->at <= EPOCH_UNIX_S)
		return now;
	return query->at - EPOCH_UNIX_S > UINT32_MAX ? UINT32_MAX : (uint32_t)(query->at - EPOCH_UNIX_S);
}

static void view_status(void *ctx, struct view_status *status)
{
	struct daemon *d = ctx;
	uint32_t now = wall_now(d);
	struct sync_status sync;
	struct ref site = picture_site(d->picture);
	struct card card = { .name = "" };

	/* What listeners are told of is drawn anew: they ask again only when they are told again. */
	if (d->telling)
		picture_refresh(d->picture, now);
	picture_fold(d->picture, now);
	sync_status(d->sync, &sync);
	*status = (struct view_status){
		.time_quality = d->desk.time.quality == TIME_SET ? VIEW_TIME_SET : VIEW_TIME_GUESSED,
		.now = clock_unix_of(now),
		.started = d->started,
		.entries = sync.entries,
		.entries_max = d->config.entries_max,
		.pending = sync.pending,
		.refused = sync.refused_frames + sync.refused_entries + sync.refused_signatures + sync.refused_time +
			   sync.refused_full + links_refused(d->links),
		.came_in = d->walk.entries_in,
		.came_in_since = d->walk.since,
		.store_bytes = store_size(d->store),
		.store_failed = commit_has_failed(d->commit),
	};
	picture_card(d->picture, &d->identity.key, &card);
	text_cut(status->name, sizeof status->name - 1, card.name);
	text_cut(status->version, sizeof status->version - 1, AIDMESH_VERSION);
	sodium_bin2hex(status->key, sizeof status->key, d->identity.key.bytes, sizeof d->identity.key.bytes);
	if (!ref_is_none(site))
		picture_ref_text(d->picture, site, status->site_ref);
	picture_digest(d->picture, now, status->picture);
	picture_count(d->picture, now, status);
}

static size_t view_sites(void *ctx, const struct view_query *query, view_site_cb cb, void *user)
{
	struct daemon *d = ctx;

	return picture_sites(d->picture, as_of(d, query), query, cb, user);
}

static size_t view_lines(void *ctx, const struct view_query *query, view_line_cb cb, void *user)
{
	struct daemon *d = ctx;

	return picture_lines(d->picture, as_of(d, query), query, cb, user);
}

static size_t view_moves(void *ctx, const struct view_query *query, view_move_cb cb, void *user)
{
	struct daemon *d = ctx;

	return picture_moves(d->picture, as_of(d, query), query, cb, user);
}

static size_t view_notes(void *ctx, const struct view_query *query, view_note_cb cb, void *user)
{
	struct daemon *d = ctx;

	return picture_notes(d->picture, as_of(d, query), query, cb, user);
}

static size_t view_peers(void *ctx, const struct view_query *query, view_peer_cb cb, void *user)
{
	struct daemon *d = ctx;

	return neighbours_each(&d->neighbours, d->links, query, cb, user);
}

static size_t view_authors(void *ctx, const struct view_query *query, view_author_cb cb, void *user)
{
	struct daemon *d = ctx;

	return picture_authors(d->picture, wall_now(d), query, cb, user);
}

static void view_radio(void *ctx, struct view_radio *radio)
{
	struct daemon *d = ctx;
	uint32_t now_s = wall_now(d);

	lora_view(radio, &(struct lora_seen){ d->lora, d->sync, d->picture, now_s, mono_now(d), clock_unix_of(now_s) });
}

static size_t view_ask(void *ctx, struct said *remark, const struct view_asked *asked, view_answer_cb cb,
		       void *user)
{
	struct daemon *d = ctx;
	struct view_query query = { .at = asked->at };
	struct questions questions = { .picture = d->picture,
				       .sync = d->sync,
				       .walk = &d->walk,
				       .self = &d->identity.key,
				       .now_s = as_of(d, &query) };

	return questions_ask(&questions, remark, asked, cb, user);
}

static bool view_plan(void *ctx, struct view_plan *plan, uint16_t item, int64_t at, view_portion_cb cb, void *user)
{
	struct daemon *d = ctx;

	if (!picture_plan(d->picture, as_of(d, &(struct view_query){ .at = at }), item, plan, cb, user))
		return false;
	/* Whose clock is guessed cannot say of which hour the list is. */
	if (d->desk.time.quality != TIME_SET)
		plan->digest[0] = '\0';
	return true;
}

/* Start. */

static enum sync_rc load_row(void *ctx, uint64_t handle, struct view *bytes)
{
	struct daemon *d = ctx;

	return store_load(d->store, handle, bytes) == STORE_OK ? SYNC_OK : SYNC_E_FULL;
}

static int restore(struct daemon *d, char why[DAEMON_WHY_SIZE])
{
	struct restore_to to = { d->store, d->sync, d->picture, &d->walk, &d->log, d->config.entries_max, AUTHORS_MAX };
	char text[REF_TEXT_SIZE];
	struct ref site;
	bool has_author;

	switch (restore_rows(&to, &d->identity.key)) {
	case RESTORE_OK:
		break;
	case RESTORE_E_STORE:
		snprintf(why, DAEMON_WHY_SIZE,
			 "The store in %s cannot be read: check the card, or move the folder away to start empty.",
			 d->config.folder);
		return -1;
	case RESTORE_E_ROOM:
		snprintf(why, DAEMON_WHY_SIZE, "This node's own entries are more than %u: raise [node] entries.",
			 d->config.entries_max);
		return -1;
	}
	if (store_get(d->store, "self.site", text, sizeof text) && ref_text_read(&site, &has_author, text))
		picture_stand_at(d->picture, site);
	return 0;
}

static int open_engine(struct daemon *d, char why[DAEMON_WHY_SIZE])
{
	struct sync_config config = { .entries_max = d->config.entries_max,
				      .authors_max = AUTHORS_MAX,
				      .carriers_max = LINKS_MAX + 1, /* and the radio */
				      .changes_max = 2 * COMMIT_BATCH_MAX,
				      .pending_max = PENDING_MAX };
	struct sync_host host = { .ctx = d, .load = load_row };
	struct commit_host commit_host = { .ctx = d, .settled = settled, .done = committed };
	size_t size;

	randombytes_buf(&config.seed, sizeof config.seed);
	size = sync_footprint(&config);
	/* Pages of calloc's that are never needed are never touched. */
	d->sync_memory = calloc(1, size);
	d->picture = picture_open(d->config.entries_max, AUTHORS_MAX, &d->identity.key);
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
	snprintf(why, DAEMON_WHY_SIZE, "Not enough memory for %u entries: lower [node] entries.",
		 d->config.entries_max);
	return -1;
}

static int open_desk(struct daemon *d, char why[DAEMON_WHY_SIZE])
{
	char name[65] = "";

	d->desk.sync = d->sync;
	d->desk.loop = &d->loop;
	d->desk.store = d->store;
	d->desk.picture = d->picture;
	d->desk.commit = d->commit;
	d->desk.identity = &d->identity;
	d->desk.walk = &d->walk;
	desk_init(&d->desk, &d->door);
	clock_init(&d->clock, clock_trust_of(d->config.clock), sync_newest_of(d->sync, &d->identity.key), clock_read());
	wall_now(d);
	d->started = clock_unix_of(d->desk.time.wall_s);
	process_host_name(name, sizeof name);
	if (desk_open_pin(&d->desk, d->config.pin) &&
	    desk_ensure_card(&d->desk, d->config.name[0] ? d->config.name : name)) {
		commit_now(d->commit);
		if (!commit_has_failed(d->commit))
			return 0;
	}
	snprintf(why, DAEMON_WHY_SIZE, "This node's card cannot be written to %s: is the disk full or read-only?",
		 d->config.folder);
	return -1;
}

static int open_disk(struct daemon *d, char why[DAEMON_WHY_SIZE])
{
	if (store_open(&d->store, why, d->config.folder) != STORE_OK)
		return -1;
	return identity_open(&d->identity, why, d->config.folder) == IDENTITY_OK ? 0 : -1;
}

static void keep_airtime(void *ctx, const struct airtime_log *book, uint32_t ahead_ms)
{
	struct daemon *d = ctx;
	char text[AIRTIME_LOG_TEXT_SIZE];

	wall_now(d);
	airtime_log_write(book, text, ahead_ms, mono_now(d), d->desk.time);
	commit_set(d->commit, AIRTIME_SETTING, text);
	commit_start(d->commit);
}

static int open_radio(struct daemon *d, char why[DAEMON_WHY_SIZE])
{
	struct lora_host host = { .ctx = d,
				  .sync = d->sync,
				  .now = radio_now,
				  .moved = radio_moved,
				  .said = radio_said,
				  .station = SYNC_STATION(&d->identity.key),
				  .keep = keep_airtime };
	char text[AIRTIME_LOG_TEXT_SIZE];

	wall_now(d);
	if (store_get(d->store, AIRTIME_SETTING, text, sizeof text))
		host.book = airtime_log_read(text, mono_now(d), d->desk.time);
	return lora_open(&d->lora, why, &d->loop, &d->config, &host);
}

static int open_network(struct daemon *d, char why[DAEMON_WHY_SIZE])
{
	struct links_host host = { d, link_up, link_frame, link_fill_frame, link_down };

	if (links_open(&d->links, why, &d->loop, &d->config, &d->identity, &host) != 0)
		return -1;
	if (!d->config.discovery)
		return 0;
	return discovery_open(&d->discovery, why, &d->loop, &d->config, d->identity.sealing_key, links_port(d->links),
			      found_neighbour, d);
}

static int open_board(struct daemon *d, char why[DAEMON_WHY_SIZE])
{
	struct api_config api = { .loop = &d->loop,
				  .view = &d->view,
				  .door = &d->door,
				  .hosts = d->config.hosts[0] ? d->config.hosts : NULL,
				  .pin = d->desk.pin };
	struct http_config http = { .address = d->config.http_host[0] ? d->config.http_host : NULL,
				    .port = d->config.http_port ? d->config.http_port : -1,
				    .socket_path = d->config.control[0] ? d->config.control : NULL,
				    .handler = api_handle };
	enum http_rc rc = HTTP_E_SYSTEM;

	d->view = (struct board_view){ .ctx = d,
				       .status = view_status,
				       .sites = view_sites,
				       .lines = view_lines,
				       .moves = view_moves,
				       .notes = view_notes,
				       .peers = view_peers,
				       .authors = view_authors,
				       .radio = view_radio,
				       .ask = view_ask,
				       .plan = view_plan };
	d->api = api_open(&api);
	http.ctx = d->api;
	if (d->api)
		rc = http_open(&d->http, &d->loop, &http);
	if (rc == HTTP_OK)
		return 0;
	snprintf(why, DAEMON_WHY_SIZE, "The control socket %s or port %u cannot be used: %s", d->config.control,
		 d->config.http_port, http_rc_text(rc));
	return -1;
}

/* Last: it draws from the first turn of the loop on. */
static int open_display(struct daemon *d, char why[DAEMON_WHY_SIZE])
{
	bool is_lcdproc = d->config.display == CONFIG_LCDPROC;
	struct sockaddr_storage address;
	struct display_config config = { .loop = &d->loop,
					 .view = &d->view,
					 .output = is_lcdproc ? DISPLAY_LCDPROC : DISPLAY_CHARLCD,
					 .where = is_lcdproc ? d->lcdproc : d->config.display_path,
					 .address = (const struct sockaddr *)&address,
					 .size = d->config.display_size,
					 .language = d->config.display_language,
					 .ctx = d,
					 .say = say };

	if (d->config.display == CONFIG_NO_DISPLAY)
		return 0;
	if (address_parse(&address, d->config.lcdproc_host, d->config.lcdproc_port) != 0) {
		snprintf(why, DAEMON_WHY_SIZE, "[display] lcdproc = %s names an interface that is not there.",
			 d->config.lcdproc_host);
		return -1;
	}
	address_print(d->lcdproc, config.address);
	static_assert((int)CONFIG_BUTTONS_MAX <= (int)DISPLAY_BUTTONS_MAX, "each has a place");
	for (size_t i = 0; i < CONFIG_BUTTONS_MAX; i++)
		config.buttons[i] = d->config.buttons[i][0] ? d->config.buttons[i] : NULL;
	d->display = display_open(&config);
	if (d->display)
		return 0;
	snprintf(why, DAEMON_WHY_SIZE, "Not enough memory for the display.");
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

/* Stop: nothing new comes in, the batch under way is finished, what is open is closed. */

static void part_closed(void *user)
{
	struct daemon *d = user;

	d->open_parts--;
}

static void stop(struct daemon *d)
{
	if (d->stopping)
		return;
	d->stopping = true;
	notify_send("STOPPING=1");
	uv_close((uv_handle_t *)&d->timer, NULL);
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
	if (d->links) {
		d->open_parts++;
		links_close(d->links, part_closed, d);
	}
}

static void on_signal(uv_poll_t *handle, int status, int events)
{
	struct daemon *d = handle->data;
	struct signalfd_siginfo info;

	(void)status;
	(void)events;
	if (read(d->signal_fd, &info, sizeof info) != sizeof info)
		return;
	log_write(&d->log, LOG_INFO, "stopping (signal %u)", info.ssi_signo);
	stop(d);
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

struct daemon *daemon_open(char why[DAEMON_WHY_SIZE], const struct config *config)
{
	struct daemon *d = calloc(1, sizeof *d);

	if (!d || uv_loop_init(&d->loop) != 0 || open_signals(d) != 0) {
		snprintf(why, DAEMON_WHY_SIZE, "Not enough memory to start.");
		free(d);
		return NULL;
	}
	d->config = *config;
	log_init(&d->log, config->log);
	uv_timer_init(&d->loop, &d->timer);
	d->timer.data = d;
	process_make_folder(config->folder);
	if (open_disk(d, why) == 0 && open_engine(d, why) == 0 && restore(d, why) == 0 && open_desk(d, why) == 0 &&
	    open_board(d, why) == 0 && open_network(d, why) == 0 && open_radio(d, why) == 0 &&
	    open_display(d, why) == 0)
		return d;
	daemon_close(d);
	return NULL;
}

void daemon_run(struct daemon *d)
{
	log_write(&d->log, LOG_INFO, "node %02x%02x%02x%02x, store %s, control %s", d->identity.key.bytes[0],
		  d->identity.key.bytes[1], d->identity.key.bytes[2], d->identity.key.bytes[3], d->config.folder,
		  d->config.control);
	arm_timer(d);
	notify_send("READY=1");
	uv_run(&d->loop, UV_RUN_DEFAULT);
}

void daemon_close(struct daemon *d)
{
	stop(d);
	uv_run(&d->loop, UV_RUN_DEFAULT);
	assert(d->open_parts == 0);
	desk_close(&d->desk);
	close_parts(d);
}
