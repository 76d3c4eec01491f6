/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Finds neighbours: a small datagram to our own IPv6 link-local multicast group on every usable interface, and the same to the
 * broadcast address of every IPv4 network there, for networks and machines that have only one of the two. It is repeated by
 * Trickle (RFC 6206: often after something new, rarely when nothing changes).
 *
 *   datagram = "AM" || version 1 || flags 1 || static key 32 || link port 2 (little endian)
 *
 * The group is ff02::a1d:3e54. A hint and nothing more: whoever answers must prove its key on the link. Of two nodes
 * the one with the smaller static key dials; one that does not listen (port 0) dials whoever it hears.
 *
 * Trickle (sync/radio/trickle.h): Imin 1 s, Imax 64 s and up to a quarter more. k = 6 announcements heard from known keys
 * suppress our own, but never twice running: an announcement also says that we are still here. A key not heard for a while, or a usable interface that appears,
 * resets the interval to Imin.
 *
 * Lives on the loop's thread; follows interfaces as they come and go: all that are up and take multicast or broadcasts, loopback only
 * where config names it. */
#ifndef AIDMESH_NODE_LINK_DISCOVERY_H
#define AIDMESH_NODE_LINK_DISCOVERY_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "node/settings/config.h"
#include "proto/bytes.h"

enum discovery_news {
	DISCOVERY_OURS, /* a neighbour whose contact is ours to begin; also our own key at an address that is not ours */
	DISCOVERY_THEIRS, /* one that begins it */
	DISCOVERY_LOST,   /* an interface went away: no key, no address */
};

/* Each time one is heard. `address` (borrowed) carries its link port and the scope of the interface. */
typedef void (*discovery_found_cb)(void *user, enum discovery_news news, const struct sockaddr *address,
				   const uint8_t static_key[32]);

/* What a datagram says. */
struct announcement {
	uint8_t key[32];
	uint16_t port; /* 0: does not listen */
};

/* False, with nothing written: not ours, of a later version, or not of that size. */
bool discovery_announcement_read(struct announcement *announcement, struct view datagram);

struct discovery;

/* 0, or libuv's error (UV_EADDRINUSE: a program that does not share the port has it); then the loop frees what was begun as it runs
 * on, and it may be tried again. A machine without IPv6 uses IPv4 alone, and the other way round. `config` outlives it. */
int discovery_open(struct discovery **discovery, uv_loop_t *loop, const struct config *config,
		   const uint8_t static_key[32], uint16_t link_port, discovery_found_cb found, void *user)
	__attribute__((warn_unused_result));
/* This node listens there from now on; 0 nowhere. */
void discovery_set_port(struct discovery *discovery, uint16_t link_port);
/* Something changed (a link went down, an interface came up): announce soon. */
void discovery_reset(struct discovery *discovery);
/* How many interfaces have a network (the cable is in, the station is associated), and their names with blanks between. */
size_t discovery_running(const struct discovery *discovery, char *names, size_t size);
/* Datagrams that were not ours: wrong size, wrong head, a later version. */
uint64_t discovery_refused(const struct discovery *discovery);
/* Interfaces on which it announces. */
size_t discovery_interfaces(const struct discovery *discovery);
/* `done` is called from the loop when all handles are closed and the memory is freed. */
void discovery_close(struct discovery *discovery, void (*done)(void *user), void *user);

#endif
