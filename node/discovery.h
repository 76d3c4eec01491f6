/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Finds neighbours: a small datagram to our own IPv6 link-local multicast group on every usable interface, repeated by
 * Trickle (RFC 6206: often after something new, rarely when nothing changes).
 *
 *   datagram = "AM" || version 1 || flags 1 || static key 32 || link port 2 (little endian)
 *
 * The group is ff02::a1d:3e54. A hint and nothing more: whoever answers must prove its key on the link. Of two nodes the one
 * with the smaller static key dials. Lives on the loop's thread; follows interfaces as they come and go. */
#ifndef AIDMESH_NODE_DISCOVERY_H
#define AIDMESH_NODE_DISCOVERY_H

#include <uv.h>

#include "node/config.h"

/* A neighbour whose contact is ours to begin. `address` carries its link port and the scope of the interface. */
typedef void (*discovery_found_cb)(void *user, const struct sockaddr *address, const uint8_t static_key[32]);

struct discovery;

int discovery_open(struct discovery **discovery, char why[200], uv_loop_t *loop, const struct config *config,
		   const uint8_t static_key[32], uint16_t link_port, discovery_found_cb found, void *user)
	__attribute__((warn_unused_result));
/* Something changed (a link went down, an interface came up): announce soon. */
void discovery_reset(struct discovery *discovery);
void discovery_close(struct discovery *discovery, void (*done)(void *user), void *user);

#endif
