/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One timer, set to the earliest of: the moment of this interval's announcement, the end of the interval, the next try
 * on interfaces where sending failed. */
#include "node/link/discovery.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/settings/address.h"
#include "node/system/interfaces.h"
#include "proto/bytes.h"
#include "sync/radio/trickle.h"

enum {
	VERSION = 1,
	KEY_SIZE = 32,
	DATAGRAM_SIZE = 2 + 1 + 1 + KEY_SIZE + 2,
	INTERVAL_MS_MIN = 1000,
	INTERVAL_MS_MAX = 64000,
	REDUNDANCY = 6,               /* RFC 6206's k */
	RETRY_MS = 500,               /* duplicate detection ends after 1.6..2 s */
	RETRY_INTERVAL_MS_MAX = 8000, /* in longer intervals the next announcement is try enough */
	KNOWN_MAX = 64,               /* keys remembered */
	KNOWN_MS = 5 * 60000,         /* after so long without a word a key is new again */
	ONE_WORD_MS =
		400, /* by IPv4 and IPv6, or over two interfaces: one announcement, since the next is at least 500 ms away */
};

/* Never silent twice running: an announcement also says that this node is still here. */
static const struct trickle_bounds TRICKLE = {
	.imin_ms = INTERVAL_MS_MIN, .imax_ms = INTERVAL_MS_MAX, .redundancy = REDUNDANCY, .silences_max = 1
};

#define GROUP "ff02::a1d:3e54"

struct known {
	uint8_t key[KEY_SIZE];
	uint64_t heard_ms;
	bool used;
};

struct discovery {
	uv_loop_t *loop;
	const struct config *config;
	uint8_t key[KEY_SIZE];
	uint16_t link_port;
	discovery_found_cb found;
	void *user;
	uv_udp_t socket, socket4;
	bool has_v6, has_v4;
	uv_poll_t poll;
	uv_timer_t timer;
	struct interfaces interfaces;
	struct trickle trickle;
	uint64_t retry_ms; /* UINT64_MAX: nothing to try again */
	struct known known[KNOWN_MAX];
	uint64_t refused;
	bool closing;
	unsigned int handles;
	void (*done)(void *user);
	void *done_user;
	char in[DATAGRAM_SIZE + 1]; /* one more, so that a longer one shows */
};

static int socket_of(const uv_udp_t *socket)
{
	uv_os_fd_t fd = -1;
	int rc = uv_fileno((const uv_handle_t *)socket, &fd);

	assert(rc == 0);
	return fd;
}

static struct sockaddr_in6 group_address(uint16_t port, unsigned int interface)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_scope_id = interface };
	int rc = inet_pton(AF_INET6, GROUP, &address.sin6_addr);

	assert(rc == 1);
	return address;
}

static bool join(const struct discovery *d, unsigned int interface)
{
	struct ipv6_mreq request = { .ipv6mr_interface = interface };

	assert(interface != 0);
	if (!d->has_v6)
		return true; /* there is no group to join */
	request.ipv6mr_multiaddr = group_address(0, 0).sin6_addr;
	if (setsockopt(socket_of(&d->socket), IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, sizeof request) == 0)
		return true;
	return errno == EADDRINUSE; /* it was down in between: still joined */
}

static void say(const struct discovery *d, uint8_t datagram[DATAGRAM_SIZE])
{
	struct writer w = writer_init(datagram, DATAGRAM_SIZE);

	write_bytes(&w, "AM", 2);
	write_u8(&w, VERSION);
	write_u8(&w, 0);
	write_bytes(&w, d->key, sizeof d->key);
	write_u16(&w, d->link_port);
	assert(w.ok && w.size == DATAGRAM_SIZE);
}

/* Until duplicate detection has ended there is no address to send from (EADDRNOTAVAIL), on an interface that is being
 * set up no route: the interface stays, and is tried again. */
static void announce_on(struct discovery *d, struct interface *interface)
{
	struct sockaddr_in6 address = group_address(d->config->discovery_port, interface->index);
	uint8_t datagram[DATAGRAM_SIZE];
	uv_buf_t buffer = uv_buf_init((char *)datagram, sizeof datagram);

	assert(interface->index != 0);
	say(d, datagram);
	if (!interface->joined)
		interface->joined = join(d, interface->index);
	if (!d->has_v6)
		return;
	interface->retry =
		!interface->joined || uv_udp_try_send(&d->socket, &buffer, 1, (const struct sockaddr *)&address) < 0;
	/* Without a cable nothing will change until netlink says so. */
	if (interface->retry && interface->running && d->trickle.interval_ms <= RETRY_INTERVAL_MS_MAX)
		d->retry_ms = uv_now(d->loop) + RETRY_MS;
}

/* To the network's own broadcast address, out of its own interface, whatever the routes say. What fails now comes again with the
 * next announcement, or when an address comes up. */
static void announce_to(const struct discovery *d, const struct network *network)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(d->config->discovery_port),
				  .sin_addr = network->broadcast };
	struct in_pktinfo info = { .ipi_ifindex = (int)network->index, .ipi_spec_dst = network->own };
	uint8_t datagram[DATAGRAM_SIZE];
	_Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof info)] = { 0 };
	struct iovec bytes = { datagram, sizeof datagram };
	struct msghdr message = { .msg_name = &to,
				  .msg_namelen = sizeof to,
				  .msg_iov = &bytes,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof control };
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	say(d, datagram);
	head->cmsg_level = IPPROTO_IP;
	head->cmsg_type = IP_PKTINFO;
	head->cmsg_len = CMSG_LEN(sizeof info);
	memcpy(CMSG_DATA(head), &info, sizeof info);
	(void)!sendmsg(socket_of(&d->socket4), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void announce_v4(const struct discovery *d)
{
	struct network networks[NETWORKS_MAX];
	size_t count = interfaces_networks(&d->interfaces, networks);

	for (size_t i = 0; i < count; i++)
		announce_to(d, &networks[i]);
}

enum which { ANNOUNCE_EVERYWHERE, ANNOUNCE_RETRIES };

static void announce(struct discovery *d, enum which which)
{
	d->retry_ms = UINT64_MAX;
	for (size_t i = 0; i < INTERFACES_MAX; i++) {
		struct interface *interface = &d->interfaces.table[i];

		if (interface->index != 0 && (which == ANNOUNCE_EVERYWHERE || interface->retry))
			announce_on(d, interface);
	}
	if (which == ANNOUNCE_EVERYWHERE && d->has_v4)
		announce_v4(d);
}

static void arm(struct discovery *d);

static void on_timer(uv_timer_t *timer)
{
	struct discovery *d = timer->data;
	uint64_t now_ms = uv_now(d->loop);

	assert(!d->closing);
	trickle_step(&d->trickle, now_ms, randombytes_random());
	if (trickle_is_due(&d->trickle, now_ms)) {
		trickle_done(&d->trickle);
		announce(d, ANNOUNCE_EVERYWHERE);
	}
	if (now_ms >= d->retry_ms)
		announce(d, ANNOUNCE_RETRIES);
	arm(d);
}

static void arm(struct discovery *d)
{
	uint64_t now_ms = uv_now(d->loop);
	uint64_t next_ms = trickle_deadline(&d->trickle);

	assert(!d->closing);
	if (d->retry_ms < next_ms)
		next_ms = d->retry_ms;
	uv_timer_start(&d->timer, on_timer, next_ms > now_ms ? next_ms - now_ms : 0, 0);
}

enum heard { HEARD_NEW, HEARD_AGAIN, HEARD_TWICE };

/* The one not heard for the longest makes room. */
static enum heard remember(struct discovery *d, const uint8_t *key, uint64_t now_ms)
{
	struct known *oldest = &d->known[0];

	assert(memcmp(key, d->key, KEY_SIZE) != 0); /* our own voice is no neighbour */
	for (size_t i = 0; i < KNOWN_MAX; i++) {
		struct known *k = &d->known[i];

		if (k->used && memcmp(k->key, key, KEY_SIZE) == 0) {
			uint64_t silent_ms = now_ms - k->heard_ms;

			k->heard_ms = now_ms;
			return silent_ms > KNOWN_MS ? HEARD_NEW : silent_ms < ONE_WORD_MS ? HEARD_TWICE : HEARD_AGAIN;
		}
		if (oldest->used && (!k->used || k->heard_ms < oldest->heard_ms))
			oldest = k;
	}
	*oldest = (struct known){ .heard_ms = now_ms, .used = true };
	memcpy(oldest->key, key, KEY_SIZE);
	return HEARD_NEW;
}

bool discovery_announcement_read(struct announcement *announcement, struct view datagram)
{
	struct reader r = reader_init(datagram);
	struct view magic = read_bytes(&r, 2);
	uint8_t version = read_u8(&r);
	struct view key;
	uint16_t port;

	(void)read_u8(&r); /* flags: none in this version, to be ignored */
	key = read_bytes(&r, KEY_SIZE);
	port = read_u16(&r);
	if (!r.ok || r.rest.size != 0 || memcmp(magic.data, "AM", 2) != 0 || version != VERSION)
		return false;
	memcpy(announcement->key, key.data, KEY_SIZE);
	announcement->port = port;
	return true;
}

/* At Imin already nothing changes: whoever shouts cannot make us shout faster. */
static void start_over(struct discovery *d)
{
	trickle_reset(&d->trickle, INTERVAL_MS_MIN, uv_now(d->loop), randombytes_random());
}

/* Mostly our own voice that came back. From elsewhere it is a copy of this card, or somebody who says so: whoever answers there
 * must prove it. */
static void hear_own_key(struct discovery *d, const struct sockaddr *from, const struct announcement *said)
{
	if (said->port != 0 && !interfaces_have(from))
		d->found(d->user, DISCOVERY_OURS, from, said->key);
}

/* Its link port in place of the one that it announced from. */
static void put_port(struct sockaddr_storage *address, uint16_t port)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (address->ss_family == AF_INET) {
		memcpy(&v4, address, sizeof v4);
		v4.sin_port = htons(port);
		memcpy(address, &v4, sizeof v4);
		return;
	}
	memcpy(&v6, address, sizeof v6);
	v6.sin6_port = htons(port);
	memcpy(address, &v6, sizeof v6);
}

static void take_datagram(struct discovery *d, struct view bytes, struct sockaddr_storage from)
{
	const struct sockaddr *at = (const struct sockaddr *)&from;
	struct announcement said;

	assert(!d->closing);
	if (!discovery_announcement_read(&said, bytes)) {
		d->refused++;
		return;
	}
	put_port(&from, said.port);
	if (memcmp(said.key, d->key, KEY_SIZE) == 0) {
		hear_own_key(d, at, &said);
		return;
	}
	switch (remember(d, said.key, uv_now(d->loop))) {
	case HEARD_NEW:
		start_over(d);
		arm(d);
		break;
	case HEARD_AGAIN:
		trickle_hear(&d->trickle);
		break;
	case HEARD_TWICE:
		break;
	}
	if (said.port != 0 && (d->link_port == 0 || memcmp(d->key, said.key, KEY_SIZE) < 0))
		d->found(d->user, DISCOVERY_OURS, at, said.key);
	else
		d->found(d->user, DISCOVERY_THEIRS, at, said.key);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct discovery *d = handle->data;

	(void)suggested;
	*buffer = uv_buf_init(d->in, sizeof d->in);
}

/* What another program's joining on another interface brings here is none of ours. By IPv4 only whoever is on a network of ours is
 * near; where the datagram came in says no more. */
static bool is_near(const struct discovery *d, const struct sockaddr *from)
{
	struct network networks[NETWORKS_MAX];
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;
	size_t count;

	if (from->sa_family == AF_INET6) {
		memcpy(&v6, from, sizeof v6);
		return interfaces_follow(&d->interfaces, v6.sin6_scope_id);
	}
	if (from->sa_family != AF_INET)
		return false;
	memcpy(&v4, from, sizeof v4);
	count = interfaces_networks(&d->interfaces, networks);
	for (size_t i = 0; i < count; i++)
		if (((v4.sin_addr.s_addr ^ networks[i].own.s_addr) & networks[i].mask.s_addr) == 0)
			return true;
	return false;
}

static void on_datagram(uv_udp_t *socket, ssize_t size, const uv_buf_t *buffer, const struct sockaddr *from,
			unsigned int flags)
{
	struct discovery *d = socket->data;
	struct sockaddr_storage address = { .ss_family = AF_UNSPEC };

	(void)flags;
	if (size < 0 || from == NULL || d->closing || !is_near(d, from))
		return;
	memcpy(&address, from, address_size(from));
	take_datagram(d, (struct view){ .data = (const uint8_t *)buffer->base, .size = (size_t)size }, address);
}

static void on_netlink(uv_poll_t *poll, int status, int events)
{
	struct discovery *d = poll->data;

	(void)events;
	if (status < 0)
		return;
	switch (interfaces_read(&d->interfaces)) {
	case INTERFACES_SAME:
		return;
	case INTERFACES_LOST:
		d->found(d->user, DISCOVERY_LOST, NULL, NULL);
		return;
	case INTERFACES_NEW:
		discovery_reset(d);
		return;
	}
}

/* Joined at once, so that others are heard before we speak. */
void discovery_reset(struct discovery *discovery)
{
	for (size_t i = 0; i < INTERFACES_MAX; i++) {
		struct interface *interface = &discovery->interfaces.table[i];

		if (interface->index != 0 && !interface->joined)
			interface->joined = join(discovery, interface->index);
	}
	start_over(discovery);
	arm(discovery);
}

static int open_v6(struct discovery *d)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons(d->config->discovery_port) };
	int rc = uv_udp_bind(&d->socket, (const struct sockaddr *)&any, UV_UDP_REUSEADDR | UV_UDP_IPV6ONLY);

	return rc != 0 ? rc : uv_udp_recv_start(&d->socket, on_alloc, on_datagram);
}

static int open_v4(struct discovery *d)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(d->config->discovery_port) };
	int rc = uv_udp_bind(&d->socket4, (const struct sockaddr *)&any, UV_UDP_REUSEADDR);

	if (rc == 0)
		rc = uv_udp_set_broadcast(&d->socket4, 1);
	return rc != 0 ? rc : uv_udp_recv_start(&d->socket4, on_alloc, on_datagram);
}

/* A kernel may lack one of the two, not both. */
static int open_sockets(struct discovery *d)
{
	int v6 = open_v6(d), v4 = open_v4(d);

	d->has_v6 = v6 == 0;
	d->has_v4 = v4 == 0;
	if (v6 == 0 || v6 == UV_EAFNOSUPPORT)
		return v4 == UV_EAFNOSUPPORT && v6 == 0 ? 0 : v4;
	return v6;
}

static void begin_handles(struct discovery *d)
{
	uv_udp_init(d->loop, &d->socket);
	uv_udp_init(d->loop, &d->socket4);
	uv_timer_init(d->loop, &d->timer);
	d->socket.data = d->socket4.data = d;
	d->timer.data = d;
	d->poll.data = d;
	d->handles = 3;
}

int discovery_open(struct discovery **discovery, uv_loop_t *loop, const struct config *config,
		   const uint8_t static_key[32], uint16_t link_port, discovery_found_cb found, void *user)
{
	struct discovery *d = calloc(1, sizeof *d);
	int rc;

	if (d == NULL)
		return UV_ENOMEM;
	*d = (struct discovery){ .loop = loop, .config = config, .link_port = link_port, .found = found, .user = user };
	d->retry_ms = UINT64_MAX;
	d->interfaces.fd = -1;
	memcpy(d->key, static_key, KEY_SIZE);
	begin_handles(d);
	rc = open_sockets(d);
	if (rc == 0 && interfaces_open(&d->interfaces, config) != 0)
		rc = uv_translate_sys_error(errno);
	if (rc == 0)
		rc = uv_poll_init(loop, &d->poll, d->interfaces.fd);
	if (rc == 0) {
		d->handles++;
		rc = uv_poll_start(&d->poll, UV_READABLE, on_netlink);
	}
	if (rc != 0) {
		discovery_close(d, NULL, NULL);
		return rc;
	}
	trickle_init(&d->trickle, &TRICKLE, uv_now(loop), randombytes_random());
	arm(d);
	*discovery = d;
	return 0;
}

void discovery_set_port(struct discovery *discovery, uint16_t link_port)
{
	discovery->link_port = link_port;
	discovery_reset(discovery);
}

size_t discovery_running(const struct discovery *discovery, char *names, size_t size)
{
	size_t count = 0, used = 0;
	char name[IF_NAMESIZE];

	assert(size > 0);
	names[0] = '\0';
	for (size_t i = 0; i < INTERFACES_MAX; i++) {
		const struct interface *one = &discovery->interfaces.table[i];

		if (one->index == 0 || !one->running || if_indextoname(one->index, name) == NULL)
			continue;
		count++;
		if (used + strlen(name) + 2 <= size)
			used += (size_t)snprintf(names + used, size - used, "%s%s", used > 0 ? " " : "", name);
	}
	return count;
}

uint64_t discovery_refused(const struct discovery *discovery)
{
	return discovery->refused;
}

size_t discovery_interfaces(const struct discovery *discovery)
{
	size_t count = 0;

	for (size_t i = 0; i < INTERFACES_MAX; i++)
		count += discovery->interfaces.table[i].index != 0;
	return count;
}

static void on_closed(uv_handle_t *handle)
{
	struct discovery *d = handle->data;
	void (*done)(void *user) = d->done;
	void *user = d->done_user;

	assert(d->closing && d->handles > 0);
	if (--d->handles > 0)
		return;
	interfaces_close(&d->interfaces);
	free(d);
	if (done != NULL)
		done(user);
}

void discovery_close(struct discovery *discovery, void (*done)(void *user), void *user)
{
	assert(!discovery->closing);
	assert(discovery->handles == 3 || discovery->handles == 4); /* the fourth is the poll */
	discovery->closing = true;
	discovery->done = done;
	discovery->done_user = user;
	if (discovery->handles == 4)
		uv_close((uv_handle_t *)&discovery->poll, on_closed);
	uv_close((uv_handle_t *)&discovery->timer, on_closed);
	uv_close((uv_handle_t *)&discovery->socket, on_closed);
	uv_close((uv_handle_t *)&discovery->socket4, on_closed);
}
