/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Follows the network interfaces of this machine by rtnetlink(7): which are usable for discovery, as they come and go.
 * Lives on the thread of whoever calls; no loop inside: `fd` is polled by the caller. */
#ifndef AIDMESH_NODE_SYSTEM_INTERFACES_H
#define AIDMESH_NODE_SYSTEM_INTERFACES_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/settings/config.h"

enum { INTERFACES_MAX = 16, NETWORKS_MAX = 16 };

struct interface {
	unsigned int index; /* the kernel's; 0: this slot is free */
	bool running;       /* the cable is in, the station is associated */
	bool joined;        /* the caller's: the group was joined there */
	bool retry;         /* the caller's: the last announcement failed, as before duplicate detection has ended */
};

struct interfaces {
	int fd;
	uint32_t sequence;
	const struct config *config; /* names, when only some are wanted */
	struct interface table[INTERFACES_MAX];
};

/* What one reading brought. */
enum interfaces_news {
	INTERFACES_SAME,
	INTERFACES_LOST, /* one went away, or lost its carrier: who was reached over it is gone */
	INTERFACES_NEW,  /* one became usable, or got an address: announce; others may be lost as well */
};

/* 0 and the first list is asked for, or -1 with errno set. `config` outlives it. */
int interfaces_open(struct interfaces *interfaces, const struct config *config) __attribute__((warn_unused_result));
/* Reads what waits on `fd`; never blocks. Messages lost by the kernel are made up for by asking again. */
enum interfaces_news interfaces_read(struct interfaces *interfaces);
void interfaces_close(struct interfaces *interfaces);
/* This machine has that address now, on whatever interface; ports and scopes are not looked at. */
bool interfaces_have(const struct sockaddr *address);
/* It is usable, and in the table. */
bool interfaces_follow(const struct interfaces *interfaces, unsigned int index);

/* An IPv4 network on an interface of the table. */
struct network {
	unsigned int index;
	struct in_addr own, mask, broadcast;
};

/* As they are now: those that can broadcast. */
size_t interfaces_networks(const struct interfaces *interfaces, struct network networks[NETWORKS_MAX]);

#endif
