/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What people see of this node: most of it is the picture's, all of it as of now or as of when they ask. */
#include <sodium.h>

#include "board/state_said.h"
#include "node/daemon_state.h"
#include "node/history/history.h"
#include "node/questions/questions.h"
#include "node/radio/lora_view.h"
#include "node/store/store_vfs.h"

static uint32_t as_of(struct daemon *d, const struct view_query *query)
{
	uint32_t now = daemon_wall_now(d);

	if (!query || query->at <= EPOCH_UNIX_S)
		return now;
	return query->at - EPOCH_UNIX_S > UINT32_MAX ? UINT32_MAX : (uint32_t)(query->at - EPOCH_UNIX_S);
}

/* What is nearly full, before it is full. */
static void view_rooms(struct daemon *d, struct view_status *status, const struct sync_status *sync)
{
	static_assert(VIEW_ROOM_TRUST - VIEW_ROOM_SITES == ROOM_TRUST - ROOM_SITES, "in one order");
	struct said said;

	status->rooms[VIEW_ROOM_ENTRIES] = (struct view_room){ sync->entries, d->config.entries_max };
	status->rooms[VIEW_ROOM_AUTHORS] = (struct view_room){ sync->authors, DAEMON_AUTHORS_MAX };
	for (enum room room = ROOM_SITES; room <= ROOM_TRUST; room++) {
		uint32_t most = room_registers_max(room);

		status->rooms[VIEW_ROOM_SITES + (room - ROOM_SITES)] =
			(struct view_room){ most - sync_room_left(d->sync, &d->identity.key, room), most };
	}
	state_said_rooms(&said, status);
	if (!said_is_empty(&said) && status->notice_count < VIEW_NOTICES_MAX)
		status->notices[status->notice_count++] =
			(struct view_told){ .notice = VIEW_NEARLY_FULL, .said = said };
}

static void view_status(void *ctx, struct view_status *status)
{
	struct daemon *d = ctx;
	uint32_t now = daemon_wall_now(d);
	struct sync_status sync;
	struct ref site = picture_site(d->picture);
	struct card card = { .name = "" };

	/* What listeners are told of is drawn anew: they ask again only when they are told again. */
	if (d->telling)
		picture_refresh(d->picture, now);
	picture_fold(d->picture, now);
	sync_status(d->sync, &sync);
	*status = (struct view_status){
		.now = clock_unix_of(now),
		.started = d->started,
		.pending = sync.pending,
		.refused = sync.refused_frames + sync.refused_entries + sync.refused_signatures + sync.refused_time +
			   sync.refused_full + (d->links ? links_refused(d->links) : 0),
		.came_in = d->walk.entries_in,
		.came_in_since = d->walk.since,
		.store_bytes = store_size(d->store),
		.households = !d->desk.households->is_set                   ? VIEW_NO_PASSPHRASE
			      : household_key_is_locked(d->desk.households) ? VIEW_LOCKED
									    : VIEW_UNLOCKED,
		.wrong_passphrases = d->desk.wrong_passphrases,
		.display = d->config.display == CONFIG_NO_DISPLAY    ? VIEW_DISPLAY_OFF
			   : d->display && display_is_up(d->display) ? VIEW_DISPLAY_UP
								     : VIEW_DISPLAY_MISSING,
		.store_failed = commit_has_failed(d->commit),
	};
	daemon_clock_view(d, status);
	picture_card(d->picture, &d->identity.key, &card);
	text_cut(status->name, sizeof status->name - 1, card.name);
	text_cut(status->version, sizeof status->version - 1, AIDMESH_VERSION);
	sodium_bin2hex(status->key, sizeof status->key, d->identity.key.bytes, sizeof d->identity.key.bytes);
	if (!ref_is_none(site))
		picture_ref_text(d->picture, site, status->site_ref);
	daemon_keys_view(d, status);
	daemon_network_view(d, status);
	daemon_parts_view(d, status);
	view_rooms(d, status, &sync);
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

	return neighbours_each(&d->neighbours, d->links, daemon_wall_now(d), query, cb, user);
}

static size_t view_authors(void *ctx, const struct view_query *query, view_author_cb cb, void *user)
{
	struct daemon *d = ctx;

	return picture_authors(d->picture, daemon_wall_now(d), query, cb, user);
}

static void view_radio(void *ctx, struct view_radio *radio)
{
	struct daemon *d = ctx;
	uint32_t now_s = daemon_wall_now(d);

	lora_view(radio,
		  &(struct lora_seen){ d->lora, d->sync, d->picture, now_s, daemon_mono_now(d), clock_unix_of(now_s) });
}

static uint64_t memory_in_use(void)
{
	size_t bytes;

	return uv_resident_set_memory(&bytes) == 0 ? bytes : 0;
}

static void view_metrics(void *ctx, struct view_metrics *metrics)
{
	struct daemon *d = ctx;
	struct link_counts links = { 0 };
	struct sync_status sync;

	daemon_wall_now(d);
	sync_status(d->sync, &sync);
	if (d->links)
		links_total(d->links, &links);
	*metrics = (struct view_metrics){ .refused_frames = sync.refused_frames,
					  .refused_entries = sync.refused_entries,
					  .refused_signatures = sync.refused_signatures,
					  .refused_time = sync.refused_time,
					  .refused_full = sync.refused_full,
					  .refused_links = d->links ? links_refused(d->links) : 0,
					  .refused_announcements = d->discovery ? discovery_refused(d->discovery) : 0,
					  .link_bytes_in = links.bytes_in,
					  .link_bytes_out = links.bytes_out,
					  .link_frames_in = links.frames_in,
					  .link_frames_out = links.frames_out,
					  .contacts = d->contacts,
					  .comparisons = d->comparisons,
					  .store_commits = commit_count(d->commit),
					  .store_entries = commit_entries(d->commit),
					  .store_written_bytes = store_vfs_written(),
					  .protocol = LINKS_PROTOCOL,
					  .schema = store_version() };
	metrics->memory_bytes = memory_in_use();
}

static size_t view_ask(void *ctx, struct said *remark, const struct view_asked *asked, view_answer_cb cb, void *user)
{
	struct daemon *d = ctx;
	struct view_query query = { .at = asked->at };
	struct public_key near[LINKS_MAX];
	struct questions questions = { .picture = d->picture,
				       .sync = d->sync,
				       .walk = &d->walk,
				       .self = &d->identity.key,
				       .now_s = as_of(d, &query),
				       .near = near };

	picture_fold(d->picture, questions.now_s);
	/* Who is in contact now says nothing of another time. */
	if (!asked->at)
		questions.near_count = neighbours_authors(&d->neighbours, near, LINKS_MAX);
	return questions_ask(&questions, remark, asked, cb, user);
}

static size_t view_history(void *ctx, const char *ref, view_word_cb cb, void *user)
{
	struct daemon *d = ctx;
	struct history history = { d->store, d->picture, daemon_wall_now(d) };

	return history_each(&history, ref, cb, user);
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

struct board_view daemon_view_of(struct daemon *d)
{
	return (struct board_view){ .ctx = d,
				    .status = view_status,
				    .setup = daemon_setup_view,
				    .upgrade = daemon_upgrade_view,
				    .upgrade_file = daemon_upgrade_file,
				    .sites = view_sites,
				    .lines = view_lines,
				    .moves = view_moves,
				    .notes = view_notes,
				    .peers = view_peers,
				    .authors = view_authors,
				    .radio = view_radio,
				    .metrics = view_metrics,
				    .ask = view_ask,
				    .history = view_history,
				    .plan = view_plan };
}
