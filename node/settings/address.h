/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Addresses as people write them (host:port, [v6]:port) and as sockets know them. Pure; any thread. */
#ifndef AIDMESH_NODE_SETTINGS_ADDRESS_H
#define AIDMESH_NODE_SETTINGS_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum { ADDRESS_HOST_SIZE = 64, ADDRESS_TEXT_SIZE = 80 };

/* Splits `text` into host (without brackets) and port. 0, or -1 when it has not that form: no port, port above 65535,
 * an IPv6 address without brackets. The host is not looked up. */
int address_split(char host[ADDRESS_HOST_SIZE], uint16_t *port, const char *text) __attribute__((warn_unused_result));

/* A numeric host and port as a socket address; an IPv6 host may name its interface: fe80::1%wlan0. 0, or -1. */
int address_parse(struct sockaddr_storage *address, const char *host, uint16_t port)
	__attribute__((warn_unused_result));

/* [fe80::1%wlan0]:24363 or 10.41.0.1:24363; "?" for other families. */
void address_print(char text[ADDRESS_TEXT_SIZE], const struct sockaddr *address);

/* Same family, host, port and interface. */
bool address_equal(const struct sockaddr *a, const struct sockaddr *b);

/* Whether whoever holds one of these can be expected to hold the other: the same host, or global IPv6 hosts of the same
 * /64. IPv4 is the same written either way. Ports do not matter. */
bool address_same_source(const struct sockaddr *a, const struct sockaddr *b);

/* Bytes of the address of its family; 0 for families other than IPv4 and IPv6. */
socklen_t address_size(const struct sockaddr *address);

#endif
