/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the parts of the daemon tell it, and what it then does. The one timer of the daemon is set here. */
#include "board/sentence.h"
#include "node/daemon_state.h"
#include "node/system/notify.h"

enum { TICK_MS = 60000, TELL_MS = 250, TELL_SHARE = 10, PROGRESS_MS = 500 };
enum { ANEW_MS = 500 }; /* whoever asked for another author reads the answer meanwhile */
enum { BUSY_MS = 100 }; /* while the radio takes no frame */

/* For the log: with whom all is safe, and what is not taken. */
static bool log_peer(void *user, const struct view_peer *peer)
{
	struct daemon *d = user;
	char left[SENTENCE_SIZE];

	sentence_left(left, peer, d->desk.time.quality == TIME_SET ? VIEW_TIME_SET : VIEW_TIME_GUESSED, LANGUAGE_EN);
	if (peer->state == VIEW_PEER_LEFT)
		log_write(&d->log, LOG_WARNING, "not all is taken between %s and this node: %s", peer->name, left);
	else
		d->comparisons++;
	if (peer->state != VIEW_PEER_LEFT)
		log_write(&d->log, LOG_INFO, "%s %s all that is here", peer->name,
			  peer->trust == VIEW_TRUSTED ? "holds" : "is a stranger, and says that it holds");
	return true;
}

/* What people see has changed: listeners are told, at most every TELL_MS, and less often where drawing is slow: it may
 * take a tenth of the time. */
void daemon_tell(struct daemon *d)
{
	mono_ms now = clock_mono();

	d->untold = now < d->told_at + d->tell_wait;
	if (d->untold)
		return;
	d->progress = neighbours_progress(&d->neighbours);
	picture_fold(d->picture, daemon_wall_now(d));
	neighbours_news(&d->neighbours, d->links, d->desk.time.wall_s, log_peer, d);
	d->telling = true;
	api_changed(d->api);
	if (d->display)
		display_changed(d->display);
	daemon_service_tell(d);
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
		daemon_tell(d);
}

/* The date is read, and what follows from it is done. */
void daemon_look(void *ctx)
{
	struct daemon *d = ctx;

	daemon_wall_now(d);
	daemon_clock_hear(d);
	if (daemon_clock_settle(d))
		daemon_upkeep(d);
	daemon_clock_keep(d);
	commit_start(d->commit);
}

static void on_timer(uv_timer_t *timer);

static mono_ms sooner(mono_ms a, mono_ms b)
{
	return a < b ? a : b;
}

void daemon_arm_timer(struct daemon *d)
{
	mono_ms now = clock_mono(), wait = TICK_MS;
	mono_ms due = sooner(sooner(sync_deadline(d->sync), daemon_clock_deadline(d)),
			     sooner(daemon_parts_deadline(d), heard_deadline(&d->heard, now)));

	if (d->stopping)
		return;
	if (d->keys.anew_at != 0 && wait > PROGRESS_MS)
		wait = PROGRESS_MS;
	if (neighbours_progress(&d->neighbours) == LINK_TRANSFER)
		wait = PROGRESS_MS;
	if (d->untold && d->told_at + d->tell_wait < now + wait)
		wait = d->told_at + d->tell_wait > now ? d->told_at + d->tell_wait - now : 1;
	if (due != MONO_NEVER && due < now + wait)
		wait = due > now ? due - now : lora_is_busy(d->lora, now) ? BUSY_MS : 1;
	uv_timer_start(&d->timer, on_timer, wait, 0);
}

enum door_rc daemon_set_clock(void *ctx, struct said *why, enum door_clock verb, int64_t unix_s, bool sure)
{
	struct daemon *d = ctx;
	enum door_rc rc = daemon_clock_set(d, why, verb, unix_s, sure);

	daemon_look(d);
	daemon_tell(d);
	daemon_arm_timer(d);
	return rc;
}

void daemon_satellites_said(void *ctx, int64_t unix_ms)
{
	struct daemon *d = ctx;

	if (d->stopping || !daemon_clock_satellites(d, unix_ms))
		return;
	daemon_look(d);
	daemon_tell(d);
	daemon_arm_timer(d);
}

/* Not while the date is a guess: what is missing then may come back. */
static void sweep(struct daemon *d)
{
	uint32_t day = d->desk.time.wall_s / EPOCH_S;

	if (day == d->swept_day || d->desk.time.quality != TIME_SET)
		return;
	d->swept_day = day;
	daemon_keys_sweep(d);
	desk_sweep(&d->desk);
}

static void on_timer(uv_timer_t *timer)
{
	struct daemon *d = timer->data;

	daemon_look(d);
	if (d->keys.anew_at != 0 && daemon_mono_now(d) >= d->keys.anew_at) {
		d->keys.begins_anew = !d->starts_again;
		daemon_stop(d);
		return;
	}
	if (daemon_parts_look(d) || daemon_network_look(d))
		daemon_tell(d);
	if (owner_is_locked(&d->keys.owner)) {
		tell_progress(d);
		daemon_arm_timer(d);
		return;
	}
	commit_start(d->commit);
	links_kick_all(d->links);
	lora_kick(d->lora);
	sweep(d);
	if (daemon_keys_look(d))
		daemon_tell(d);
	tell_progress(d);
	daemon_arm_timer(d);
}

/* Links. */

void daemon_link_up(void *ctx, link_id id, const uint8_t remote_key[32], bool dialled, const char *address)
{
	struct daemon *d = ctx;
	bool alone;

	daemon_wall_now(d);
	alone = neighbours_is_alone(&d->neighbours);
	if (!neighbours_up(&d->neighbours, id, remote_key, dialled, address, daemon_mono_now(d),
			   clock_unix_of(d->desk.time.wall_s))) {
		links_drop(d->links, id);
		return;
	}
	log_write(&d->log, LOG_INFO, "contact with %s", address);
	daemon_network_reached(d, remote_key);
	d->contacts++;
	if (alone)
		walk_begin(&d->walk, d->store, d->commit, clock_unix_of(d->desk.time.wall_s));
	links_kick(d->links, id);
	daemon_tell(d);
	daemon_arm_timer(d);
}

enum links_taken daemon_link_frame(void *ctx, link_id id, struct view frame)
{
	struct daemon *d = ctx;
	enum sync_rc rc;

	daemon_look(d);
	/* Nothing is compared with what is still of a wrong date: the socket waits for the commit that is under way. */
	if (daemon_clock_holds(d))
		return LINKS_BUSY;
	rc = sync_feed(d->sync, id, frame, daemon_mono_now(d));
	if (rc == SYNC_E_BUSY)
		return LINKS_BUSY;
	commit_start(d->commit);
	links_kick(d->links, id);
	if (daemon_keys_look(d) || neighbours_progress(&d->neighbours) != d->progress)
		daemon_tell(d);
	daemon_arm_timer(d);
	return LINKS_TAKEN;
}

size_t daemon_link_fill_frame(void *ctx, link_id id, uint8_t *frame, size_t cap)
{
	struct daemon *d = ctx;
	size_t size;

	daemon_wall_now(d);
	if (daemon_clock_holds(d))
		return 0;
	store_loads_begin(d->store);
	size = sync_fill(d->sync, id, frame, cap, daemon_mono_now(d));
	store_loads_end(d->store);
	return size;
}

void daemon_link_down(void *ctx, link_id id)
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
	daemon_tell(d);
	daemon_arm_timer(d);
}

void daemon_link_copied(void *ctx, const uint8_t key[32])
{
	struct daemon *d = ctx;

	daemon_keys_copied(d, key);
	if (!d->stopping)
		daemon_tell(d);
}

/* Who announces itself may have come back from a walk: a link that we still take for up is asked whether it lives. */
void daemon_found_neighbour(void *user, enum discovery_news news, const struct sockaddr *address,
			    const uint8_t static_key[32])
{
	struct daemon *d = user;
	bool is_late;

	links_probe(d->links, static_key);
	if (news == DISCOVERY_LOST)
		return;
	is_late = daemon_network_heard(d, address, static_key);
	if (news == DISCOVERY_OURS || is_late)
		links_dial(d->links, address, static_key);
	if (daemon_network_look(d))
		daemon_tell(d);
	daemon_arm_timer(d);
}

/* Beginning anew. */

void daemon_begin_anew(void *ctx)
{
	struct daemon *d = ctx;

	if (d->keys.anew_at == 0)
		d->keys.anew_at = daemon_mono_now(d) + ANEW_MS;
	daemon_arm_timer(d);
}

/* Commits. */

void daemon_settled(void *ctx, const struct sync_change *change, enum commit_result result, const struct entry_id *id)
{
	struct daemon *d = ctx;

	if (result == COMMIT_STORED && !public_key_equal(&change->keys[0], &d->identity.key) &&
	    !sync_is_renewal(d->sync, id))
		d->walk.entries_in++;
	if (result == COMMIT_STORED)
		daemon_keys_stored(d, change, id);
	desk_settled(&d->desk, change, result, id);
}

void daemon_committed(void *ctx)
{
	struct daemon *d = ctx;

	if (d->stopping)
		return;
	daemon_look(d);
	desk_go_on(&d->desk);
	(void)daemon_keys_look(d);
	links_resume(d->links);
	links_kick_all(d->links);
	lora_kick(d->lora);
	daemon_tell(d);
	daemon_arm_timer(d);
}

/* The radio. */

mono_ms daemon_radio_now(void *ctx)
{
	daemon_wall_now(ctx);
	return daemon_mono_now(ctx);
}

/* Of the radio people see whether all is safe, and what is not taken. */
static bool is_told(enum link_state state)
{
	return state == LINK_SAFE || state == LINK_LEFT;
}

void daemon_radio_moved(void *ctx)
{
	struct daemon *d = ctx;
	struct sync_link_status status;
	enum link_state state = sync_link_status(d->sync, LORA_CARRIER, &status) ? status.state : LINK_GREETING;

	commit_start(d->commit);
	if (daemon_keys_look(d) || (state != d->radio_state && (is_told(state) || is_told(d->radio_state))))
		daemon_tell(d);
	d->radio_state = state;
	daemon_arm_timer(d);
}

void daemon_radio_said(void *ctx, const struct said *said)
{
	struct daemon *d = ctx;
	char sentence[SAID_WRITTEN_SIZE];

	said_write(sentence, sizeof sentence, LANGUAGE_EN, said);
	daemon_say(d, sentence);
	if (d->api && !d->stopping)
		daemon_tell(d);
}
