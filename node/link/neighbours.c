/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/link/neighbours.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

static struct neighbour *find(struct neighbours *c, link_id id)
{
	for (size_t i = 0; i < LINKS_MAX; i++)
		if (c->list[i].id == id)
			return &c->list[i];
	return NULL;
}

bool neighbours_is_alone(const struct neighbours *c)
{
	for (size_t i = 0; i < LINKS_MAX; i++)
		if (c->list[i].id)
			return false;
	return true;
}

bool neighbours_up(struct neighbours *c, link_id id, const uint8_t remote_key[32], bool dialled, const char *address,
		   mono_ms now, int64_t unix_now)
{
	struct carrier_traits traits = { .dialled = dialled, .frame_max = LINK_FRAME_MAX };
	struct neighbour *neighbour = find(c, 0);

	assert(id != 0 && find(c, id) == NULL); /* a link comes up once */
	if (neighbour == NULL || sync_carrier_up(c->sync, id, &traits, now) != SYNC_OK)
		return false;
	*neighbour = (struct neighbour){ .id = id, .since = unix_now };
	memcpy(neighbour->remote_key, remote_key, sizeof neighbour->remote_key);
	snprintf(neighbour->address, sizeof neighbour->address, "%s", address);
	return true;
}

void neighbours_down(struct neighbours *c, link_id id)
{
	struct neighbour *neighbour = find(c, id);

	assert(id != 0);
	if (neighbour == NULL)
		return;
	sync_carrier_down(c->sync, id);
	neighbour->id = 0;
}

static enum view_peer_state state_of(enum link_state state)
{
	static const enum view_peer_state states[] = { [LINK_GREETING] = VIEW_PEER_CONNECTING,
						       [LINK_COMPARING] = VIEW_PEER_COMPARING,
						       [LINK_TRANSFER] = VIEW_PEER_TRANSFER,
						       [LINK_SAFE] = VIEW_PEER_SAFE,
						       [LINK_LEFT] = VIEW_PEER_LEFT };

	assert((size_t)state < sizeof states / sizeof *states);
	return states[state];
}

static struct view_left left_of(const struct sync_left *left)
{
	return (struct view_left){ .clock = left->clock, .age = left->age, .full = left->full, .policy = left->policy };
}

static void put_time(struct view_peer *view, const struct node_time *theirs, uint32_t now_s)
{
	static const enum view_time_quality qualities[] = {
		[TIME_GUESSED] = VIEW_TIME_GUESSED, [TIME_TOLD] = VIEW_TIME_TOLD, [TIME_SET] = VIEW_TIME_SET
	};

	view->time_quality = qualities[theirs->quality];
	view->clock_ahead_s = theirs->wall_s ? (int64_t)theirs->wall_s - now_s : 0;
}

static void peer_view(struct neighbours *c, const struct links *links, const struct neighbour *neighbour,
		      uint32_t now_s, struct view_peer *view)
{
	struct sync_link_status status = { .state = LINK_GREETING };
	struct link_counts counts = { 0 };
	struct public_key key;
	struct card card;
	bool is_known = picture_card_of_link(c->picture, neighbour->remote_key, &key, &card);

	sync_link_status(c->sync, neighbour->id, &status);
	links_counts(links, neighbour->id, &counts);
	*view = (struct view_peer){
		.state = state_of(status.state),
		.trust = VIEW_STRANGER,
		.entries_in = status.entries_in,
		.entries_out = status.entries_out,
		.bytes_in = counts.bytes_in,
		.bytes_out = counts.bytes_out,
		.left_in = status.left_in,
		.left_out = status.left_out,
		.not_taken_there = left_of(&status.left_there),
		.not_taken_here = left_of(&status.left_here),
		.since = neighbour->since,
		.copied = links_is_copied(links, neighbour->remote_key),
	};
	put_time(view, &status.time, now_s);
	text_cut(view->name, sizeof view->name - 1, is_known ? card.name : neighbour->address);
	text_cut(view->address, sizeof view->address - 1, neighbour->address);
	if (!is_known)
		return;
	sodium_bin2hex(view->key, sizeof view->key, key.bytes, sizeof key.bytes);
	view->trust = picture_trust(c->picture, &key);
}

static int by_name(const void *a, const void *b)
{
	const struct view_peer *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->address, y->address);
}

/* False: a stranger, or nobody whose card is here. */
static bool trusted_author(const struct neighbours *c, const struct neighbour *neighbour, struct public_key *key)
{
	struct card card;

	return neighbour->id && picture_card_of_link(c->picture, neighbour->remote_key, key, &card) &&
	       picture_trust(c->picture, key) == VIEW_TRUSTED;
}

size_t neighbours_authors(struct neighbours *c, struct public_key *authors, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < LINKS_MAX && count < max; i++)
		count += trusted_author(c, &c->list[i], &authors[count]);
	return count;
}

size_t neighbours_dates(struct neighbours *c, struct date_told *told, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < LINKS_MAX && count < max; i++) {
		struct sync_link_status status;
		struct public_key key;

		if (trusted_author(c, &c->list[i], &key) && sync_link_status(c->sync, c->list[i].id, &status) &&
		    status.time.wall_s != 0)
			told[count++] = (struct date_told){ status.time.wall_s, status.time.quality };
	}
	return count;
}

size_t neighbours_each(struct neighbours *c, const struct links *links, uint32_t now_s, const struct view_query *query,
		       view_peer_cb cb, void *user)
{
	struct view_peer peers[LINKS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < LINKS_MAX; i++)
		if (c->list[i].id)
			peer_view(c, links, &c->list[i], now_s, &peers[count++]);
	qsort(peers, count, sizeof *peers, by_name);
	for (size_t i = 0; i < count; i++)
		if (view_query_shows(query, i) && !cb(user, &peers[i]))
			break;
	return count;
}

void neighbours_shift(struct neighbours *c, int64_t seconds, int64_t unix_now)
{
	for (size_t i = 0; i < LINKS_MAX; i++)
		if (c->list[i].since + seconds <= unix_now)
			c->list[i].since += seconds;
}

void neighbours_news(struct neighbours *c, const struct links *links, uint32_t now_s, view_peer_cb cb, void *user)
{
	for (size_t i = 0; i < LINKS_MAX; i++) {
		struct neighbour *neighbour = &c->list[i];
		struct view_peer peer;
		uint64_t left;

		if (!neighbour->id)
			continue;
		peer_view(c, links, neighbour, now_s, &peer);
		left = view_left_sum(&peer.not_taken_there) + view_left_sum(&peer.not_taken_here);
		if ((peer.state != VIEW_PEER_SAFE && peer.state != VIEW_PEER_LEFT) ||
		    (peer.state == neighbour->told && left == neighbour->told_left))
			continue;
		neighbour->told = peer.state;
		neighbour->told_left = left;
		if (!cb(user, &peer))
			return;
	}
}

enum link_state neighbours_progress(const struct neighbours *c)
{
	enum link_state progress = LINK_SAFE;
	struct sync_link_status status;

	for (size_t i = 0; i < LINKS_MAX; i++) {
		if (!c->list[i].id || !sync_link_status(c->sync, c->list[i].id, &status))
			continue;
		if (status.state == LINK_TRANSFER)
			return LINK_TRANSFER;
		if (status.state == LINK_LEFT && progress == LINK_SAFE)
			progress = LINK_LEFT;
		else if (status.state != LINK_SAFE && status.state != LINK_LEFT)
			progress = LINK_COMPARING;
	}
	return progress;
}

bool neighbours_any_is_safe(const struct neighbours *c)
{
	struct sync_link_status status;

	for (size_t i = 0; i < LINKS_MAX; i++)
		if (c->list[i].id && sync_link_status(c->sync, c->list[i].id, &status) && status.state == LINK_SAFE)
			return true;
	return false;
}
