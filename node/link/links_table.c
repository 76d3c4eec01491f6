/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The table of contacts: who is in it, in what order, and when the last of it is gone. It calls nothing of contacts or dials. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "node/link/links_state.h"

size_t links_open_count(const struct links *links)
{
	size_t count = 0;

	for (const struct contact *c = links->contacts; c != NULL; c = c->next)
		count += contact_is_open(c);
	return count;
}

struct contact *links_find_key(const struct links *links, const uint8_t key[NOISE_KEY_SIZE])
{
	for (struct contact *c = links->contacts; c != NULL; c = c->next) {
		if (c->state == CONTACT_SECURED && memcmp(c->noise->remote_static, key, NOISE_KEY_SIZE) == 0)
			return c;
	}
	return NULL;
}

size_t links_count_key(const struct links *links, const uint8_t key[NOISE_KEY_SIZE])
{
	size_t count = 0;

	for (const struct contact *c = links->contacts; c != NULL; c = c->next)
		count += c->state == CONTACT_SECURED && memcmp(c->noise->remote_static, key, NOISE_KEY_SIZE) == 0;
	return count;
}

struct contact *links_find_ephemeral(const struct links *links, const uint8_t key[NOISE_KEY_SIZE])
{
	for (struct contact *c = links->contacts; c != NULL; c = c->next) {
		if (c->side == CONTACT_DIALLED && contact_is_open(c) &&
		    memcmp(c->noise->ephemeral_key, key, NOISE_KEY_SIZE) == 0)
			return c;
	}
	return NULL;
}

struct contact *links_find(const struct links *links, link_id id)
{
	assert(id != 0);
	for (struct contact *c = links->contacts; c != NULL; c = c->next) {
		if (c->id == id && c->state == CONTACT_SECURED)
			return c;
	}
	return NULL;
}

struct contact *links_after(const struct links *links, link_id id)
{
	/* Newer ones stand before older ones. */
	for (struct contact *c = links->contacts; c != NULL; c = c->next) {
		if (c->id < id)
			return c;
	}
	return links->contacts;
}

bool links_turn_is_over(const struct links *links)
{
	return uv_hrtime() / 1000000 >= uv_now(links->loop) + LINKS_TURN_MS;
}

void links_handle_gone(struct links *links)
{
	void (*done)(void *user) = links->done;
	void *user = links->done_user;

	assert(links->handles > 0);
	if (--links->handles > 0)
		return;
	assert(links->closing && links->contacts == NULL);
	free(links);
	if (done != NULL)
		done(user);
}
