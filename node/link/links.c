/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One timer, set to the earliest deadline of all contacts and dials: see contact.c and dial.c. */
#include "node/link/links.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/link/links_state.h"

enum { LISTEN_BACKLOG = 16 };

static const struct links_times default_times = {
	.greeting_ms = 10000,
	.ping_ms = 30000,
	.silence_ms = 75000,
	.probe_ms = 5000,
	.settled_ms = 10000,
	.backoff_ms_min = 1000,
	.backoff_ms_max = 60000,
	.backoff_ms_peer_max = 8000,
};

static bool is_copied(const struct links *links, const uint8_t key[NOISE_KEY_SIZE])
{
	for (size_t i = 0; i < links->copied_count; i++)
		if (memcmp(links->copied[i], key, NOISE_KEY_SIZE) == 0)
			return true;
	return false;
}

static void tell_copied(struct links *links, const uint8_t key[NOISE_KEY_SIZE])
{
	if (!is_copied(links, key) && links->copied_count < LINKS_COPIED_MAX)
		memcpy(links->copied[links->copied_count++], key, NOISE_KEY_SIZE);
	if (links->host.copied != NULL)
		links->host.copied(links->host.ctx, key);
}

/* Both are alive, at two nodes: the one that is up stays. */
static void copied(struct links *links, struct contact *contact)
{
	tell_copied(links, contact->noise->remote_static);
	if (contact->state == CONTACT_DOUBTED)
		contact_close(contact);
}

/* Our own key at the other end: this process, by its own address or a voice that came back; or a copy of this card. Only the
 * dialling end sees which, since it alone ends the contact before the third message. */
static enum contact_verdict admit_own_key(struct links *links, const struct contact *contact)
{
	if (contact->is_self)
		return CONTACT_REFUSED;
	tell_copied(links, links->identity->sealing_key);
	return CONTACT_TOLD;
}

/* Where two nodes hold the key, both have a contact: so each comes to see what the other one says in its name. Whoever is here
 * stays while it lives: else they would push each other off for ever. */
static enum contact_verdict admit_copy(const struct links *links, struct contact *other)
{
	if (links_count_key(links, other->noise->remote_static) < LINKS_COPIES_MAX)
		return CONTACT_ADMITTED;
	contact_probe(other);
	return CONTACT_REFUSED;
}

/* The rule of links.h. Both sides reach the same end: of two directions the smaller key's stays; in one direction only
 * the dialler can refuse, before the other side knows whose contact it is. */
static enum contact_verdict admit(struct links *links, struct contact *contact)
{
	const uint8_t *own = links->identity->sealing_key;
	const uint8_t *theirs = contact->noise->remote_static;
	struct contact *other = links_find_key(links, theirs);
	int order = memcmp(own, theirs, NOISE_KEY_SIZE);
	enum contact_side right_side = order < 0 ? CONTACT_DIALLED : CONTACT_ACCEPTED;

	assert(contact->state == CONTACT_GREETING && other != contact);
	if (order == 0)
		return admit_own_key(links, contact);
	if (other == NULL)
		return CONTACT_ADMITTED;
	if (is_copied(links, theirs))
		return admit_copy(links, other);
	if (contact->side == other->side ? contact->side == CONTACT_DIALLED : contact->side != right_side)
		return contact->side == CONTACT_DIALLED ? CONTACT_ASKED : CONTACT_GIVES_WAY;
	other->waits = true; /* until this one has spoken */
	contact_doubt(other);
	return contact_is_open(contact) ? CONTACT_ADMITTED : CONTACT_REFUSED;
}

static bool wants_turn(const struct contact *c)
{
	return c->paused && contact_is_open(c);
}

/* One frame at least, so that there is progress even where others use up every turn. */
static void on_turn(uv_idle_t *turns)
{
	struct links *links = turns->data;
	struct contact *first = links_after(links, links->served_id), *c = first;
	bool served = false, more = false;

	assert(!links->closing);
	uv_idle_stop(turns);
	if (c == NULL)
		return;
	do {
		if (wants_turn(c)) {
			links->served_id = c->id;
			contact_take_turn(c);
			served = true;
		}
		c = links_after(links, c->id);
	} while (c != first && !(served && links_turn_is_over(links)));
	for (c = links->contacts; c != NULL; c = c->next)
		more |= wants_turn(c);
	if (more && !links->closing)
		uv_idle_start(turns, on_turn);
}

static void want_turn(struct links *links)
{
	uv_idle_start(&links->turns, on_turn);
}

static void on_timer(uv_timer_t *timer)
{
	struct links *links = timer->data;
	uint64_t now_ms = uv_now(links->loop);

	assert(!links->closing);
	for (struct contact *c = links->contacts; c != NULL; c = c->next)
		contact_tick(c, now_ms);
	for (size_t i = 0; i < DIALS_MAX; i++)
		dial_tick(&links->dials[i], now_ms);
	links_arm(links);
}

void links_arm(struct links *links)
{
	uint64_t now_ms = uv_now(links->loop);
	uint64_t next_ms = UINT64_MAX;

	if (links->closing)
		return;
	for (const struct contact *c = links->contacts; c != NULL; c = c->next) {
		uint64_t deadline_ms = contact_deadline(c);

		next_ms = deadline_ms < next_ms ? deadline_ms : next_ms;
	}
	for (size_t i = 0; i < DIALS_MAX; i++) {
		uint64_t deadline_ms = dial_deadline(&links->dials[i]);

		next_ms = deadline_ms < next_ms ? deadline_ms : next_ms;
	}
	if (next_ms == UINT64_MAX)
		uv_timer_stop(&links->timer);
	else
		uv_timer_start(&links->timer, on_timer, next_ms > now_ms ? next_ms - now_ms : 0, 0);
}

struct accepted {
	size_t count, strangers; /* who have not proved their key */
	struct contact *oldest;  /* of the strangers */
};

/* Those from the same source as `from`; NULL: all. */
static struct accepted count_accepted(const struct links *links, const struct sockaddr *from)
{
	struct accepted accepted = { .count = 0 };

	for (struct contact *c = links->contacts; c != NULL; c = c->next) {
		if (c->side != CONTACT_ACCEPTED || !contact_is_open(c) ||
		    (from != NULL && !address_same_source((const struct sockaddr *)&c->peer, from)))
			continue;
		accepted.count++;
		if (c->state != CONTACT_GREETING)
			continue;
		accepted.strangers++;
		if (accepted.oldest == NULL || c->id < accepted.oldest->id)
			accepted.oldest = c;
	}
	assert(accepted.strangers <= accepted.count);
	assert((accepted.oldest != NULL) == (accepted.strangers > 0));
	return accepted;
}

/* Makes room for one more accepted contact; false when there is none. */
static bool make_room(struct links *links, const struct sockaddr *from)
{
	struct accepted all = count_accepted(links, NULL), same = count_accepted(links, from);
	struct contact *leaving = all.oldest;

	assert(all.count <= LINKS_ACCEPTED_MAX && all.strangers <= LINKS_GREETING_MAX);
	assert(same.count <= LINKS_SOURCE_MAX && same.count <= all.count);
	if (same.count >= LINKS_SOURCE_MAX)
		leaving = same.oldest;
	else if (all.strangers < LINKS_GREETING_MAX && all.count < LINKS_ACCEPTED_MAX &&
		 links_open_count(links) < LINKS_MAX)
		return true;
	links->refused++;
	if (leaving == NULL)
		return false;
	contact_close(leaving);
	return true;
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct links *links = listener->data;
	struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
	int address_length = sizeof address;
	struct contact *c;
	bool room;

	if (status != 0 || links->closing)
		return;
	c = contact_new(links, CONTACT_ACCEPTED);
	/* Without memory the connection waits in the listener; the loop goes on when the next one comes. */
	if (c == NULL)
		return;
	if (uv_accept(listener, (uv_stream_t *)&c->tcp) == 0)
		(void)uv_tcp_getpeername(&c->tcp, (struct sockaddr *)&address, &address_length);
	room = make_room(links, (const struct sockaddr *)&address);
	contact_begin(c, CONTACT_GREETING, (const struct sockaddr *)&address);
	if (room)
		contact_greet(c);
	else
		contact_close(c);
	assert(links_open_count(links) <= LINKS_MAX);
}

/* A kernel without IPv6 still takes IPv4 where everything was meant. */
static int bind_listener(struct links *links, struct sockaddr_storage *address)
{
	const struct config *config = links->config;
	int rc;

	if (address_parse(address, config->link_host, config->link_port) != 0)
		return UV_EADDRNOTAVAIL;
	rc = uv_tcp_bind(&links->listener, (const struct sockaddr *)address, 0);
	if (rc == UV_EAFNOSUPPORT && strcmp(config->link_host, "::") == 0 &&
	    address_parse(address, "0.0.0.0", config->link_port) == 0)
		rc = uv_tcp_bind(&links->listener, (const struct sockaddr *)address, 0);
	return rc;
}

static void on_listener_closed(uv_handle_t *handle)
{
	struct links *links = handle->data;

	links->listener_state = LISTENER_NONE;
	links_handle_gone(links);
}

int links_listen(struct links *links)
{
	struct sockaddr_storage address;
	int rc;

	assert(!links->closing);
	if (links->listener_state != LISTENER_NONE)
		return links->listener_state == LISTENER_UP ? 0 : UV_EBUSY;
	uv_tcp_init(links->loop, &links->listener);
	links->listener.data = links;
	links->handles++;
	rc = bind_listener(links, &address);
	if (rc == 0)
		rc = uv_listen((uv_stream_t *)&links->listener, LISTEN_BACKLOG, on_connection);
	links->listener_state = rc == 0 ? LISTENER_UP : LISTENER_CLOSING;
	if (rc != 0)
		uv_close((uv_handle_t *)&links->listener, on_listener_closed);
	return rc;
}

void links_set_peers(struct links *links, const struct config *config)
{
	dial_set_peers(links, config);
	links_arm(links);
}

int links_open(struct links **links, struct reason *why, uv_loop_t *loop, const struct config *config,
	       const struct identity *identity, const struct links_host *host)
{
	struct links *l = calloc(1, sizeof *l);

	if (l == NULL) {
		reason_set(why, "there is no memory left for links");
		return -1;
	}
	l->loop = loop;
	l->config = config;
	l->identity = identity;
	l->host = *host;
	l->above = (struct contact_host){ admit, copied, dial_learned, dial_ended, links_arm, want_turn };
	l->times = default_times;
	uv_timer_init(loop, &l->timer);
	l->timer.data = l;
	uv_idle_init(loop, &l->turns);
	l->turns.data = l;
	l->handles = 2;
	dial_init_all(l);
	links_arm(l);
	*links = l;
	return 0;
}

uint16_t links_port(const struct links *links)
{
	struct sockaddr_storage address;
	int length = sizeof address;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (links->listener_state != LISTENER_UP ||
	    uv_tcp_getsockname(&links->listener, (struct sockaddr *)&address, &length) != 0)
		return 0;
	if (address.ss_family == AF_INET) {
		memcpy(&v4, &address, sizeof v4);
		return ntohs(v4.sin_port);
	}
	memcpy(&v6, &address, sizeof v6);
	return ntohs(v6.sin6_port);
}

void links_dial(struct links *links, const struct sockaddr *address, const uint8_t *key)
{
	if (!links->closing)
		dial_found(links, address, key);
}

enum { DOUBT_MS = 1000 };

void links_probe(struct links *links, const uint8_t *key)
{
	for (struct contact *c = links->contacts; c != NULL; c = c->next) {
		bool meant = key == NULL || memcmp(c->noise->remote_static, key, NOISE_KEY_SIZE) == 0;

		/* Who was heard a moment ago is there; but over which interface, nobody knows when one goes. */
		if (c->state == CONTACT_SECURED && meant &&
		    (key == NULL || uv_now(links->loop) - c->heard_ms >= DOUBT_MS))
			contact_probe(c);
	}
	links_arm(links);
}

void links_kick(struct links *links, link_id id)
{
	struct contact *c = links_find(links, id);

	if (c != NULL)
		contact_pump(c);
}

void links_kick_all(struct links *links)
{
	for (struct contact *c = links->contacts; c != NULL; c = c->next) {
		if (c->state == CONTACT_SECURED)
			contact_pump(c);
	}
}

void links_resume(struct links *links)
{
	struct contact *first = links_after(links, links->resumed_id), *c = first;

	if (c == NULL)
		return;
	links->resumed_id = first->id;
	do {
		contact_resume(c);
		c = links_after(links, c->id);
	} while (c != first);
}

void links_drop(struct links *links, link_id id)
{
	struct contact *c = links_find(links, id);

	if (c != NULL)
		contact_close(c);
	assert(links_find(links, id) == NULL); /* at once */
}

void links_forget_copied(struct links *links, const uint8_t key[32])
{
	for (size_t i = 0; i < links->copied_count; i++)
		if (memcmp(links->copied[i], key, NOISE_KEY_SIZE) == 0) {
			memmove(links->copied[i], links->copied[--links->copied_count], NOISE_KEY_SIZE);
			return;
		}
}

bool links_is_up(const struct links *links, const uint8_t key[32])
{
	return links_find_key(links, key) != NULL;
}

bool links_is_copied(const struct links *links, const uint8_t key[32])
{
	return is_copied(links, key);
}

bool links_counts(const struct links *links, link_id id, struct link_counts *counts)
{
	const struct contact *c = links_find(links, id);

	if (c == NULL)
		return false;
	*counts = c->counts;
	return true;
}

static void add_counts(struct link_counts *sum, const struct link_counts *more)
{
	sum->bytes_in += more->bytes_in;
	sum->bytes_out += more->bytes_out;
	sum->frames_in += more->frames_in;
	sum->frames_out += more->frames_out;
}

void links_total(const struct links *links, struct link_counts *counts)
{
	*counts = links->ended;
	for (const struct contact *c = links->contacts; c != NULL; c = c->next)
		if (contact_is_open(c))
			add_counts(counts, &c->counts);
}

uint64_t links_refused(const struct links *links)
{
	return links->refused;
}

static void on_handle_closed(uv_handle_t *handle)
{
	links_handle_gone(handle->data);
}

void links_close(struct links *links, void (*done)(void *user), void *user)
{
	assert(!links->closing);
	links->closing = true;
	links->done = done;
	links->done_user = user;
	for (struct contact *c = links->contacts; c != NULL; c = c->next)
		contact_close(c);
	for (size_t i = 0; i < DIALS_MAX; i++)
		dial_cancel(&links->dials[i]);
	if (links->listener_state == LISTENER_UP)
		uv_close((uv_handle_t *)&links->listener, on_handle_closed);
	uv_close((uv_handle_t *)&links->timer, on_handle_closed);
	uv_close((uv_handle_t *)&links->turns, on_handle_closed);
}
