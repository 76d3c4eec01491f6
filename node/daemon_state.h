/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The inside of the daemon, for daemon*.c alone.
 *
 *   daemon.c         opens and closes what it is made of, and runs the loop
 *   daemon_events.c  what its parts tell it, and what it then does
 *   daemon_clock.c   the date, and what follows when it is put right
 *   daemon_upkeep.c  what is signed again so that it stays
 *   daemon_keys.c    whose words are stored here, and who else writes under this key
 *   daemon_devices.c opens the radio and the receiver of satellites
 *   daemon_network.c who is heard, and whether that comes to a contact
 *   daemon_parts.c   what it can do without, and tries again
 *   daemon_reload.c  the settings, read again
 *   daemon_service.c what systemd hears of it
 *   daemon_upgrade.c what is handed to it as a newer aidmesh
 *   daemon_setup.c   what is asked at the first start, and changed later
 *   daemon_stop.c    how it ends
 *   daemon_view.c    what people see of it */
#ifndef AIDMESH_NODE_DAEMON_STATE_H
#define AIDMESH_NODE_DAEMON_STATE_H

#include <uv.h>

#include "board/api/api.h"
#include "board/display/display.h"
#include "node/daemon.h"
#include "node/desk/desk.h"
#include "node/link/discovery.h"
#include "node/link/heard.h"
#include "node/link/links.h"
#include "node/link/neighbours.h"
#include "node/store/owner.h"
#include "node/radio/lora.h"
#include "node/store/commit.h"
#include "node/settings/address.h"
#include "node/system/clock.h"
#include "node/system/log.h"
#include "node/system/satellites.h"

enum { DAEMON_AUTHORS_MAX = 4096, COPIED_PEERS_MAX = 8 };

/* What is known of keys in this run. */
struct keys {
	struct owner owner;
	bool is_copied; /* another node writes under this key */
	size_t copied_count;
	uint8_t copied[COPIED_PEERS_MAX][32]; /* neighbours' sealing keys that two nodes hold */
	bool own_came_back;                   /* by a bundle, while there are gaps */
	bool has_renewed;                     /* at this start: */
	struct desk_renewed renewed;
	mono_ms anew_at;  /* then the node stops, and becomes another author; 0: it does not */
	bool begins_anew; /* it stopped for that */
	bool takes_over;  /* it stopped to go on in the place of its original */
};

/* What a node can do without. */
enum part { PART_LINK_PORT, PART_DISCOVERY, PART_PAGE, PART_DISPLAY, PARTS };

struct waiting {
	const char *name;
	uint32_t wait_ms; /* 0: it is there, or not wanted */
	mono_ms due;
	struct said said; /* what is missing */
};

/* Settings that were read again, while the parts that used the earlier ones close. */
struct reload {
	bool is_on, is_asked; /* asked: once more, when this one is over */
	unsigned closing;
	struct config config;
};

struct daemon {
	uv_loop_t loop;
	struct daemon_settings settings;
	struct config config;
	struct waiting parts[PARTS];
	struct reload reload;
	struct heard heard;
	uint64_t contacts, comparisons; /* that came up; that ended with all safe */
	mono_ms alone_since;            /* 0: somebody is near */
	bool told_unreached;            /* as the log was told last */
	uv_timer_t watchdog;
	char status_text[256]; /* as systemd was told last */
	bool is_stuck;         /* the card keeps a transaction for too long */
	struct log log;
	struct identity identity;
	struct store *store;
	struct date date;
	struct date_kept date_kept; /* as it was noted last */
	mono_ms date_kept_at;
	uint64_t date_kept_entries; /* so many were written by then */
	mono_ms heard_dates_at;
	void (*wake)(struct daemon *d); /* daemon_arm_timer, once the loop is there to be woken */
	discovery_found_cb found;       /* daemon_found_neighbour, likewise */
	bool heard_set_date;            /* a neighbour whose date is set was heard since neighbours tell ours */
	void *sync_memory;
	struct sync *sync;
	struct picture *picture;
	struct commit *commit;
	struct desk desk;
	struct neighbours neighbours;
	struct walk walk;
	struct keys keys;
	uint32_t swept_day;
	uint32_t upkeep_day; /* on which all was renewed that was due */
	mono_ms upkeep_at;   /* the last turn of a day that is not done; 0 none */
	struct links *links; /* NULL: without a key there is nobody to be */
	struct discovery *discovery;
	struct lora *lora;             /* NULL: there is no radio */
	struct satellites *satellites; /* NULL: no receiver is looked for */
	struct board_view view;
	struct board_door door;
	struct api *api;
	struct http *http;
	struct display *display; /* NULL: none is configured */
	char lcdproc[ADDRESS_TEXT_SIZE];
	uv_timer_t timer;
	uv_poll_t signals;
	int signal_fd;
	int64_t started;               /* Unix seconds */
	enum link_state progress;      /* of all contacts, as listeners were last told */
	mono_ms told_at;               /* when listeners last heard of a change */
	mono_ms tell_wait;             /* until they may hear of the next */
	bool untold;                   /* something changed since */
	enum link_state radio_state;   /* as listeners were last told */
	bool telling;                  /* api_changed is at it: whoever looks now is a listener */
	bool is_upgrading;             /* a file is being written */
	struct setup_turn *setup_turn; /* answers under way; NULL: none */
	uint32_t run;                  /* of this start, never 0 */
	bool starts_again;             /* as keys.begins_anew, and as the same author: its settings are others */
	bool stopping;
	uint32_t open_parts; /* links, discovery, radio and display that still close */
};

/* daemon_stop.c: nothing new comes in, the batch under way is finished, what is open is closed. */
void daemon_stop(struct daemon *d);

/* daemon_parts.c */
/* At the start, and where a part was closed for other settings. What cannot be had is said and waits. */
void daemon_parts_open(struct daemon *d);
/* Tries again what is due. True: people see something else. */
bool daemon_parts_look(struct daemon *d);
mono_ms daemon_parts_deadline(const struct daemon *d);
/* display_config: a sentence for the log. */
void daemon_say(void *ctx, const char *sentence);
void daemon_parts_view(const struct daemon *d, struct view_status *status);

/* daemon_network.c */
/* It announced itself. True: it has for a while, without a contact, and whoever's call it is, it may be called. */
bool daemon_network_heard(struct daemon *d, const struct sockaddr *address, const uint8_t key[32]);
/* There is a contact with it. */
void daemon_network_reached(struct daemon *d, const uint8_t key[32]);
/* True: people see something else. */
bool daemon_network_look(struct daemon *d);
void daemon_network_view(struct daemon *d, struct view_status *status);

/* daemon_reload.c */
/* Somebody asked for it by SIGHUP. */
void daemon_reload(struct daemon *d);
/* daemon_devices.c. Those of d->config; 0, or -1 with a sentence. */
int daemon_open_radio(struct daemon *d, struct reason *why);
int daemon_open_satellites(struct daemon *d, struct reason *why);

/* daemon_service.c */
/* Begins to send what the watchdog waits for, where there is one. */
void daemon_service_open(struct daemon *d);
/* Tells how the node is, where that is another sentence than before. */
void daemon_service_tell(struct daemon *d);

/* daemon_events.c. `ctx` is the daemon. */
/* People see something else: they are told, as often as is good for them. */
void daemon_tell(struct daemon *d);
/* desk.look */
void daemon_look(void *ctx);
/* desk.set_clock, and what satellites say. */
enum door_rc daemon_set_clock(void *ctx, struct said *why, enum door_clock verb, int64_t unix_s, bool sure);
void daemon_satellites_said(void *ctx, int64_t unix_ms);
/* Sets the one timer to the earliest deadline. After anything that may have moved one. */
void daemon_arm_timer(struct daemon *d);
/* links_host */
void daemon_link_up(void *ctx, link_id id, const uint8_t remote_key[32], bool dialled, const char *address);
enum links_taken daemon_link_frame(void *ctx, link_id id, struct view frame);
size_t daemon_link_fill_frame(void *ctx, link_id id, uint8_t *frame, size_t cap);
void daemon_link_down(void *ctx, link_id id);
void daemon_link_copied(void *ctx, const uint8_t key[32]);
/* desk.begin_anew */
void daemon_begin_anew(void *ctx);
/* desk.take_over */
void daemon_take_over(void *ctx);
/* discovery_open's callback */
void daemon_found_neighbour(void *user, enum discovery_news news, const struct sockaddr *address,
			    const uint8_t static_key[32]);
/* commit_host */
void daemon_settled(void *ctx, const struct sync_change *change, enum commit_result result, const struct entry_id *id);
void daemon_committed(void *ctx);
/* lora_host */
mono_ms daemon_radio_now(void *ctx);
void daemon_radio_moved(void *ctx);
void daemon_radio_said(void *ctx, const struct said *said);

/* daemon_clock.c */
/* At the start, when all rows are restored and before anything is written or compared. */
void daemon_clock_open(struct daemon *d);
/* Reads the clocks and tells them to the engine; returns seconds since 2020. Before anything of the engine is called. */
uint32_t daemon_wall_now(struct daemon *d);
/* The same as a day; `ctx` is the daemon. */
uint16_t daemon_today(void *ctx);
/* As daemon_wall_now read it last. */
mono_ms daemon_mono_now(const struct daemon *d);
/* Where the date was put right, what was said under the wrong one is said again, as soon as nothing is under way. True: nothing
 * is due any more. Until then nothing is taken from neighbours, nor sent. */
bool daemon_clock_settle(struct daemon *d);
/* Something is due, and will be done. Where the card failed nothing is said again, and what is held goes on being passed on. */
bool daemon_clock_holds(const struct daemon *d);
/* Notes the date where that is due, with the next commit. */
void daemon_clock_keep(struct daemon *d);
/* When the loop has ended: what is due is done, and the date noted, so that what somebody said of it outlives a stop. */
void daemon_clock_close(struct daemon *d);
/* Listens to what neighbours say about the date. */
void daemon_clock_hear(struct daemon *d);
mono_ms daemon_clock_deadline(const struct daemon *d);
/* As board_door.set_clock: the date is another one, and what follows from it is still to be done. */
enum door_rc daemon_clock_set(struct daemon *d, struct said *why, enum door_clock verb, int64_t unix_s, bool sure);
/* A receiver of satellites has the date; false: it cannot be. */
bool daemon_clock_satellites(struct daemon *d, int64_t unix_ms);
void daemon_clock_view(const struct daemon *d, struct view_status *status);

/* daemon_upkeep.c */
/* The date jumped over days, or the node starts: before anything is retired for it, what is still used is renewed. For the engine the
 * date is a guess until then. */
bool daemon_upkeep_holds(const struct daemon *d, struct node_time time);
/* When something may be due; MONO_NEVER: all of today is done, or nothing may be. */
mono_ms daemon_upkeep_deadline(const struct daemon *d);
/* Renews what is due today; a turn a minute at most. */
void daemon_upkeep(struct daemon *d);

/* daemon_keys.c */
int daemon_keys_open(struct daemon *d, struct reason *why);
/* Whose newest word is the floor of the clock. */
const struct public_key *daemon_keys_author(const struct daemon *d);
/* At the start, where a card may be signed: says again what an earlier author said. False: the card failed. */
bool daemon_keys_speak(struct daemon *d);
/* Something may have been compared. True: people see something else. */
bool daemon_keys_look(struct daemon *d);
/* That entry was stored. */
void daemon_keys_stored(struct daemon *d, const struct sync_change *change, const struct entry_id *id);
/* Before households are looked through. */
void daemon_keys_sweep(struct daemon *d);
/* Two nodes hold that sealing key; it may be this node's own. */
void daemon_keys_copied(struct daemon *d, const uint8_t key[32]);
void daemon_keys_view(struct daemon *d, struct view_status *status);

/* daemon_upgrade.c */
/* board_view.upgrade and upgrade_file, board_door.upgrade */
void daemon_upgrade_view(void *ctx, struct view_upgrade *upgrade);
uint8_t *daemon_upgrade_file(void *ctx, size_t *size);
void daemon_upgrade(void *ctx, uint8_t *data, size_t size, door_told done, void *user);

/* daemon_setup.c */
/* When the loop is about to run. */
void daemon_setup_speak(struct daemon *d);
/* board_door.setup; `ctx` is the daemon, as of: */
void daemon_setup(void *ctx, const struct door_given *given, size_t count, door_told done, void *user);
/* board_view.setup */
void daemon_setup_view(void *ctx, struct view_setup *setup);

/* daemon_view.c: board/view.h for this node. */
struct board_view daemon_view_of(struct daemon *d);

#endif
