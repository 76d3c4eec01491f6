/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/contacts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

static struct contact *find(struct contacts *c, link_id id)
{
	for (size_t i = 0; i < LINKS_MAX; i++)
		if (c->list[i].id == id)
			return &c->list[i];
	return NULL;
}

static bool is_alone(const struct contacts *c)
{
	for (size_t i = 0; i < LINKS_MAX; i++)
		if (c->list[i].id)
			return false;
	return true;
}

bool contacts_up(struct contacts *c, link_id id, const uint8_t remote_key[32], bool dialled, const char *address,
		 mono_ms now, int64_t unix_now)
{
	struct carrier_traits traits = { .dialled = dialled, .frame_max = LINK_FRAME_MAX };
	struct contact *contact = find(c, 0);

	if (!contact || sync_carrier_up(c->sync, id, &traits, now) != SYNC_OK)
		return false;
	if (is_alone(c)) {
		c->walk_since = unix_now;
		c->walk_entries_in = 0;
	}
	*contact = (struct contact){ .id = id, .since = unix_now };
	memcpy(contact->remote_key, remote_key, sizeof contact->remote_key);
	snprintf(contact->address, sizeof contact->address, "%s", address);
	return true;
}

void contacts_down(struct contacts *c, link_id id)
{
	struct contact *contact = find(c, id);

	if (!contact)
		return;
	sync_carrier_down(c->sync, id);
	contact->id = 0;
}

void contacts_count_in(struct contacts *c, carrier_id from)
{
	if (from)
		c->walk_entries_in++;
}

static enum view_peer_state state_of(enum link_state state)
{
	static const enum view_peer_state states[] = { [LINK_GREETING] = VIEW_PEER_CONNECTING,
						       [LINK_COMPARING] = VIEW_PEER_COMPARING,
						       [LINK_TRANSFER] = VIEW_PEER_TRANSFER,
						       [LINK_SAFE] = VIEW_PEER_SAFE };

	return states[state];
}

static void peer_view(struct contacts *c, const struct links *links, const struct contact *contact,
		      struct view_peer *view)
{
	struct sync_link_status status = { .state = LINK_GREETING };
	struct link_counts counts = { 0 };
	struct public_key key;
	const struct card *card = picture_card_of_link(c->picture, contact->remote_key, &key);

	sync_link_status(c->sync, contact->id, &status);
	links_counts(links, contact->id, &counts);
	*view = (struct view_peer){
		.state = state_of(status.state),
		.trust = VIEW_STRANGER,
		.entries_in = status.entries_in,
		.entries_out = status.entries_out,
		.bytes_in = counts.bytes_in,
		.bytes_out = counts.bytes_out,
		.left_in = status.left_in,
		.left_out = status.left_out,
		.since = contact->since,
	};
	text_cut(view->name, sizeof view->name - 1, card ? card->name : contact->address);
	text_cut(view->address, sizeof view->address - 1, contact->address);
	if (!card)
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

void contacts_each(struct contacts *c, const struct links *links, view_peer_cb cb, void *user)
{
	struct view_peer peers[LINKS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < LINKS_MAX; i++)
		if (c->list[i].id)
			peer_view(c, links, &c->list[i], &peers[count++]);
	qsort(peers, count, sizeof *peers, by_name);
	for (size_t i = 0; i < count && cb(user, &peers[i]); i++)
		;
}

bool contacts_are_moving(const struct contacts *c)
{
	struct sync_link_status status;

	for (size_t i = 0; i < LINKS_MAX; i++)
		if (c->list[i].id && sync_link_status(c->sync, c->list[i].id, &status) && status.state != LINK_SAFE)
			return true;
	return false;
}
