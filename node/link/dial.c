/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The one deadline of a configured dial: next_ms, while it is idle. A found dial has none: discovery repeats it. */
#include "node/link/links_state.h"

#include <assert.h>
#include <netdb.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* Found ones that are on their way at the same time: whoever forges announcements gets no more of us. */
enum { DIAL_FOUND_UNDERWAY_MAX = 8, DIAL_AGAIN_MS = 5000 };

/* Between three quarters and five quarters of the backoff, so that nodes that lost each other together do not call
 * together. */
static void wait_backoff(struct dial *dial)
{
	uint32_t backoff_ms = dial->backoff_ms;

	assert(backoff_ms > 0);
	dial->next_ms =
		uv_now(dial->links->loop) + backoff_ms - backoff_ms / 4 + randombytes_uniform(backoff_ms / 2 + 1);
}

static bool is_configured(const struct dial *dial)
{
	return dial->name[0] != '\0';
}

static void failed(struct dial *dial)
{
	const struct links_times *times = &dial->links->times;
	uint32_t backoff_ms_max = is_configured(dial) ? times->backoff_ms_peer_max : times->backoff_ms_max;

	wait_backoff(dial);
	dial->backoff_ms = dial->backoff_ms < backoff_ms_max / 2 ? dial->backoff_ms * 2 : backoff_ms_max;
}

void dial_init_all(struct links *links)
{
	for (size_t i = 0; i < DIALS_MAX; i++) {
		links->dials[i] = (struct dial){ .links = links, .backoff_ms = links->times.backoff_ms_min };
	}
	dial_set_peers(links, links->config);
}

/* A contact that is up stays, whoever called. */
void dial_set_peers(struct links *links, const struct config *config)
{
	assert(config->peer_count <= CONFIG_PEERS_MAX);
	for (size_t i = 0; i < CONFIG_PEERS_MAX; i++) {
		struct dial *dial = &links->dials[i];
		const char *name = i < config->peer_count ? config->peers[i] : "";

		if (strcmp(dial->name, name) == 0)
			continue;
		snprintf(dial->name, sizeof dial->name, "%s", name);
		dial->is_changed = dial->resolving;
		dial->key_known = false;
		dial->backoff_ms = links->times.backoff_ms_min;
		dial->next_ms = 0;
		if (dial->contact != NULL)
			dial->contact->dial = NULL;
		dial->contact = NULL;
	}
}

static void on_connected(uv_connect_t *request, int status)
{
	struct contact *c = request->handle->data;

	if (!contact_is_open(c))
		return;
	assert(c->state == CONTACT_DIALLING);
	if (status != 0)
		contact_close(c);
	else
		contact_greet(c);
}

static bool is_idle(const struct dial *dial)
{
	return dial->contact == NULL && !dial->resolving;
}

static void call(struct dial *dial, const struct sockaddr *address)
{
	struct contact *c = contact_new(dial->links, CONTACT_DIALLED);

	assert(is_idle(dial) && address_size(address) != 0);
	memset(&dial->address, 0, sizeof dial->address);
	memcpy(&dial->address, address, address_size(address));
	if (c == NULL) {
		failed(dial);
		return;
	}
	dial->contact = c;
	dial->called_ms = uv_now(dial->links->loop);
	c->dial = dial;
	contact_begin(c, CONTACT_DIALLING, address);
	if (uv_tcp_connect(&c->connect, &c->tcp, address, on_connected) != 0)
		contact_close(c);
}

/* Names with several addresses are called at one after the other. */
static const struct addrinfo *choose(const struct addrinfo *list, unsigned int attempt)
{
	const struct addrinfo *chosen = list;
	unsigned int count = 0;

	for (const struct addrinfo *a = list; a != NULL; a = a->ai_next)
		count++;
	for (unsigned int i = 0; count > 0 && i < attempt % count; i++)
		chosen = chosen->ai_next;
	return chosen;
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *list)
{
	struct dial *dial = request->data;
	struct links *links = dial->links;

	assert(dial->resolving);
	dial->resolving = false;
	if (dial->is_changed)
		dial->next_ms = 0;
	if (!links->closing) {
		const struct addrinfo *chosen =
			status == 0 && !dial->is_changed ? choose(list, dial->attempts++) : NULL;

		/* Others may have come while the name was looked up. */
		if (chosen != NULL && address_size(chosen->ai_addr) != 0 && links_open_count(links) < LINKS_MAX)
			call(dial, chosen->ai_addr);
		else if (!dial->is_changed)
			failed(dial);
		dial->is_changed = false;
		links->above.rearm(links);
	}
	uv_freeaddrinfo(list);
	links_handle_gone(links);
}

static void resolve(struct dial *dial, const char *host, uint16_t port)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	char service[8];

	assert(is_idle(dial));
	snprintf(service, sizeof service, "%u", port);
	dial->request.data = dial;
	if (uv_getaddrinfo(dial->links->loop, &dial->request, on_resolved, host, service, &hints) != 0) {
		failed(dial);
		return;
	}
	dial->resolving = true;
	dial->links->handles++;
}

static void call_configured(struct dial *dial)
{
	char host[ADDRESS_HOST_SIZE];
	struct sockaddr_storage address;
	uint16_t port;
	int rc = address_split(host, &port, dial->name);

	assert(dial < dial->links->dials + CONFIG_PEERS_MAX);
	assert(rc == 0); /* config took no other */
	if (address_parse(&address, host, port) == 0)
		call(dial, (const struct sockaddr *)&address);
	else
		resolve(dial, host, port);
}

/* There is a link to whoever answered there last, by this or by another way. */
static bool is_reached(const struct dial *dial)
{
	return dial->key_known && links_find_key(dial->links, dial->key) != NULL;
}

void dial_tick(struct dial *dial, uint64_t now_ms)
{
	if (!is_configured(dial) || !is_idle(dial) || now_ms < dial->next_ms)
		return;
	if (is_reached(dial) || links_open_count(dial->links) >= LINKS_MAX)
		wait_backoff(dial);
	else
		call_configured(dial);
}

uint64_t dial_deadline(const struct dial *dial)
{
	return is_configured(dial) && is_idle(dial) ? dial->next_ms : UINT64_MAX;
}

static struct dial *find_address(struct links *links, const struct sockaddr *address)
{
	for (size_t i = 0; i < DIALS_MAX; i++) {
		if (address_equal((const struct sockaddr *)&links->dials[i].address, address))
			return &links->dials[i];
	}
	return NULL;
}

/* The one that may be called again the longest: never used, or its backoff is over. NULL: all are in use. */
static struct dial *find_slot(struct links *links)
{
	struct dial *best = NULL;

	for (size_t i = CONFIG_PEERS_MAX; i < DIALS_MAX; i++) {
		struct dial *dial = &links->dials[i];

		if (is_idle(dial) && (best == NULL || dial->next_ms < best->next_ms))
			best = dial;
	}
	return best;
}

static size_t found_underway(const struct links *links)
{
	size_t count = 0;

	for (size_t i = CONFIG_PEERS_MAX; i < DIALS_MAX; i++) {
		const struct contact *c = links->dials[i].contact;

		count += c != NULL && c->state != CONTACT_SECURED;
	}
	return count;
}

/* Somebody else is there now: a node that began anew is not to wait for what its old key had coming. Anybody can announce that, so
 * it does not make us call at any rate. */
static bool may_call(const struct dial *dial, const uint8_t *key)
{
	uint64_t now_ms = uv_now(dial->links->loop);

	if (now_ms >= dial->next_ms)
		return true;
	return key != NULL && dial->key_known && memcmp(dial->key, key, NOISE_KEY_SIZE) != 0 &&
	       now_ms - dial->called_ms >= DIAL_AGAIN_MS;
}

static bool is_v4(const struct sockaddr *address)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_UNSPEC };

	if (address->sa_family == AF_INET6)
		memcpy(&v6, address, sizeof v6);
	return address->sa_family == AF_INET || (v6.sin6_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr));
}

/* Who announces itself by IPv4 and by IPv6 is called by one of them; by the other where that one fails. Two addresses of one
 * family may be two nodes of one key: both are called. */
static bool is_called_otherwise(const struct links *links, const struct sockaddr *address, const uint8_t *key)
{
	const struct contact *up = key != NULL ? links_find_key(links, key) : NULL;

	if (key == NULL)
		return false;
	if (up != NULL && is_v4((const struct sockaddr *)&up->peer) != is_v4(address))
		return true;
	for (size_t i = CONFIG_PEERS_MAX; i < DIALS_MAX; i++) {
		const struct dial *dial = &links->dials[i];

		if (!is_idle(dial) && dial->is_announced && memcmp(dial->announced, key, NOISE_KEY_SIZE) == 0 &&
		    is_v4((const struct sockaddr *)&dial->address) != is_v4(address))
			return true;
	}
	return false;
}

void dial_found(struct links *links, const struct sockaddr *address, const uint8_t *key)
{
	struct dial *dial = find_address(links, address);

	assert(!links->closing);
	if (is_called_otherwise(links, address, key))
		return;
	if (address_size(address) == 0 || links_open_count(links) >= LINKS_MAX ||
	    found_underway(links) >= DIAL_FOUND_UNDERWAY_MAX)
		return;
	if (dial == NULL) {
		dial = find_slot(links);
		if (dial == NULL)
			return;
		*dial = (struct dial){ .links = links, .backoff_ms = links->times.backoff_ms_min };
	}
	if (!is_idle(dial) || !may_call(dial, key) || is_reached(dial))
		return;
	dial->is_announced = key != NULL;
	if (key != NULL)
		memcpy(dial->announced, key, NOISE_KEY_SIZE);
	call(dial, address);
}

void dial_learned(struct dial *dial, const uint8_t key[NOISE_KEY_SIZE])
{
	assert(dial->contact != NULL);
	memcpy(dial->key, key, NOISE_KEY_SIZE);
	dial->key_known = true;
	/* Our own address among the peers, or heard back: there is nothing to reach. */
	if (sodium_memcmp(key, dial->links->identity->sealing_key, NOISE_KEY_SIZE) == 0)
		dial->backoff_ms = dial->links->times.backoff_ms_max;
}

void dial_ended(struct dial *dial, uint64_t up_ms)
{
	assert(dial->contact != NULL && !dial->resolving);
	dial->contact = NULL;
	if (up_ms >= dial->links->times.settled_ms)
		dial->backoff_ms = dial->links->times.backoff_ms_min;
	failed(dial);
	if (!dial->links->closing)
		dial->links->above.rearm(dial->links);
}

void dial_cancel(struct dial *dial)
{
	if (dial->resolving)
		(void)uv_cancel((uv_req_t *)&dial->request);
}
