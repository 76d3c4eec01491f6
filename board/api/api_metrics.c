/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How the node does, for who gathers it: Prometheus' text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). Only on
 * the control socket: it tells a stranger more than a stranger needs. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "board/api/api_inside.h"
#include "board/text/words.h"

static const char TYPE[] = "text/plain; version=0.0.4; charset=utf-8";

/* HELP and TYPE come before the first line of a name. */
static void begin(struct text_buffer *text, const char *name, const char *type, const char *help)
{
	text_buffer_print(text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void one(struct text_buffer *text, const char *name, const char *type, const char *help, uint64_t value)
{
	begin(text, name, type, help);
	text_buffer_print(text, "%s %" PRIu64 "\n", name, value);
}

/* A line of a name with one label; the value of a label is one of our own words, or escaped. */
static void labelled(struct text_buffer *text, const char *name, const char *label, const char *word, uint64_t value)
{
	text_buffer_print(text, "%s{%s=\"%s\"} %" PRIu64 "\n", name, label, word, value);
}

/* Where one of `words` is the case: 1, and the others 0. */
static void state(struct text_buffer *text, const char *name, const char *help, const char *label,
		  const struct words *words, int which)
{
	begin(text, name, "gauge", help);
	for (int i = 0; i < (int)words->count; i++)
		labelled(text, name, label, words->list[i], i == which);
}

static bool count_peer(void *user, const struct view_peer *peer)
{
	uint64_t *counts = user;

	counts[peer->state]++;
	return true;
}

static void add_peers(struct text_buffer *text, const struct board_view *view)
{
	uint64_t counts[VIEW_PEER_LEFT + 1] = { 0 };

	view->peers(view->ctx, &(struct view_query){ 0 }, count_peer, counts);
	begin(text, "aidmesh_peers", "gauge", "Nodes in contact, by how far the comparison is.");
	for (int i = 0; i <= VIEW_PEER_LEFT; i++)
		labelled(text, "aidmesh_peers", "state", WORDS_PEER_STATE.list[i], counts[i]);
}

static void add_refused(struct text_buffer *text, const struct view_metrics *m)
{
	static const char NAME[] = "aidmesh_refused_total";

	begin(text, NAME, "counter", "What came from others and was refused, by the reason.");
	labelled(text, NAME, "reason", "frame", m->refused_frames);
	labelled(text, NAME, "reason", "entry", m->refused_entries);
	labelled(text, NAME, "reason", "signature", m->refused_signatures);
	labelled(text, NAME, "reason", "time", m->refused_time);
	labelled(text, NAME, "reason", "full", m->refused_full);
	labelled(text, NAME, "reason", "link", m->refused_links);
	labelled(text, NAME, "reason", "announcement", m->refused_announcements);
}

static void add_links(struct text_buffer *text, const struct view_metrics *m)
{
	begin(text, "aidmesh_link_bytes_total", "counter", "Bytes on the sockets of links, everything included.");
	labelled(text, "aidmesh_link_bytes_total", "direction", "in", m->link_bytes_in);
	labelled(text, "aidmesh_link_bytes_total", "direction", "out", m->link_bytes_out);
	begin(text, "aidmesh_link_frames_total", "counter", "Frames of links.");
	labelled(text, "aidmesh_link_frames_total", "direction", "in", m->link_frames_in);
	labelled(text, "aidmesh_link_frames_total", "direction", "out", m->link_frames_out);
	one(text, "aidmesh_contacts_total", "counter", "Contacts with neighbours that came up.", m->contacts);
	one(text, "aidmesh_comparisons_total", "counter", "Comparisons that ended with all being the same.",
	    m->comparisons);
}

static void add_store(struct text_buffer *text, const struct view_status *status, const struct view_metrics *m)
{
	one(text, "aidmesh_entries", "gauge", "Entries that are held.", status->rooms[VIEW_ROOM_ENTRIES].used);
	one(text, "aidmesh_entries_max", "gauge", "Entries that may be held: [node] entries.",
	    status->rooms[VIEW_ROOM_ENTRIES].most);
	one(text, "aidmesh_entries_pending", "gauge", "Entries that wait for their author's card.", status->pending);
	one(text, "aidmesh_store_bytes", "gauge", "Size of the store.", status->store_bytes);
	one(text, "aidmesh_store_commits_total", "counter", "Transactions on the disk.", m->store_commits);
	one(text, "aidmesh_store_entries_total", "counter", "Entries that they wrote.", m->store_entries);
	one(text, "aidmesh_store_written_bytes_total", "counter", "Bytes written to the card by the store.",
	    m->store_written_bytes);
	one(text, "aidmesh_store_failed", "gauge", "1: the card failed, and nothing new is kept.",
	    status->store_failed);
}

static void add_radio(struct text_buffer *text, const struct view_radio *radio)
{
	state(text, "aidmesh_radio_state", "1 for the state that the radio is in.", "state", &WORDS_RADIO_STATE,
	      (int)radio->state);
	begin(text, "aidmesh_radio_frames_total", "counter", "Frames of the radio.");
	labelled(text, "aidmesh_radio_frames_total", "direction", "in", radio->frames_in);
	labelled(text, "aidmesh_radio_frames_total", "direction", "out", radio->frames_out);
	one(text, "aidmesh_radio_lost_total", "counter", "Frames that came while there was no room.", radio->lost);
	one(text, "aidmesh_radio_foreign_total", "counter", "Frames of others, or not of our circle.", radio->foreign);
	one(text, "aidmesh_radio_malformed_total", "counter", "Frames that made no sense.", radio->malformed);
	one(text, "aidmesh_radio_airtime_used_ms", "gauge", "Airtime of the last hour.", radio->used_ms);
	one(text, "aidmesh_radio_airtime_left_ms", "gauge", "Airtime that is still allowed in this hour.",
	    radio->left_ms);
}

static void add_node(struct text_buffer *text, const struct view_status *status, const struct view_metrics *m)
{
	begin(text, "aidmesh_info", "gauge", "The program and what it speaks.");
	text_buffer_print(text, "aidmesh_info{version=\"%s\",protocol=\"%u\",schema=\"%u\"} 1\n", status->version,
			  m->protocol, m->schema);
	one(text, "process_start_time_seconds", "gauge", "When the node began, by its own date.",
	    (uint64_t)(status->started > 0 ? status->started : 0));
	one(text, "process_resident_memory_bytes", "gauge", "Memory in use.", m->memory_bytes);
	one(text, "aidmesh_clock_seconds", "gauge", "The node's date.", (uint64_t)(status->now > 0 ? status->now : 0));
	state(text, "aidmesh_clock_quality", "1 for how well the date is known.", "quality", &WORDS_TIME_QUALITY,
	      (int)status->time_quality);
	one(text, "aidmesh_notices", "gauge", "What stands in the node's way: aidmesh status.", status->notice_count);
	one(text, "aidmesh_trusted", "gauge", "Others that this node trusts.", status->trusts);
}

void api_get_metrics(struct api *api, struct http_exchange *x)
{
	const struct board_view *view = api->config.view;
	struct text_buffer text = API_TEXT_BEGIN;
	struct view_status status = { 0 };
	struct view_metrics metrics = { 0 };
	struct view_radio radio = { 0 };

	if (http_port_of(x) != HTTP_UNIX) {
		api_answer_error(x, 403, SAY(METRICS_ON_SOCKET));
		return;
	}
	view->status(view->ctx, &status);
	view->radio(view->ctx, &radio);
	view->metrics(view->ctx, &metrics);
	add_node(&text, &status, &metrics);
	add_store(&text, &status, &metrics);
	add_peers(&text, view);
	add_links(&text, &metrics);
	add_refused(&text, &metrics);
	add_radio(&text, &radio);
	api_text_answer_as(&text, x, TYPE);
}
