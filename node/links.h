/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* TCP links: listens, dials, secures (Noise XX), frames, and hands whole frames over. The carrier with no loss.
 *
 * On the wire: each Noise message and each frame after it is size 2 (little endian) || that many bytes; prologue
 * "aidmesh link 1". After the handshake the size covers ciphertext and tag. The payloads of the handshake are empty.
 *
 * Lives on the loop's thread. Everything received is bounded: one message per link is held; when the host is busy the
 * socket is not read. Contacts with ourselves and second contacts with the same peer are closed by one rule on both
 * sides: of two, the one that the smaller static key dialled stays. */
#ifndef AIDMESH_NODE_LINKS_H
#define AIDMESH_NODE_LINKS_H

#include <uv.h>

#include "node/config.h"
#include "node/identity.h"
#include "proto/bytes.h"

typedef uint32_t link_id; /* never 0, not reused while the daemon runs */

enum { LINKS_MAX = 32 };

enum links_taken { LINKS_TAKEN, LINKS_BUSY };

struct links_host {
	void *ctx;
	/* The peer proved that it holds `remote_key` (its X25519 sealing key). `address` is borrowed. */
	void (*up)(void *ctx, link_id id, const uint8_t remote_key[32], bool dialled, const char *address);
	/* One frame. LINKS_BUSY: offered again after links_resume; until then this link is not read. */
	enum links_taken (*frame)(void *ctx, link_id id, struct view frame);
	/* The next frame to send, at most `cap` bytes; 0: none. Called while the link has room in its queue. */
	size_t (*fill)(void *ctx, link_id id, uint8_t *frame, size_t cap);
	void (*down)(void *ctx, link_id id);
};

struct links;

/* 0, or -1 with a sentence in `why` (address in use: name the port). Dials config->peers and keeps dialling them with
 * backoff (1 s doubling to 60 s, jittered). */
int links_open(struct links **links, char why[200], uv_loop_t *loop, const struct config *config,
	       const struct identity *identity, const struct links_host *host) __attribute__((warn_unused_result));
/* The port really listened on; 0 none. */
uint16_t links_port(const struct links *links);
/* Dials an address found by discovery, once, unless a contact to it is up or on its way. */
void links_dial(struct links *links, const struct sockaddr *address);
/* There may be something to send: pulls `fill` until it has none or the queue is full. */
void links_kick(struct links *links, link_id id);
void links_kick_all(struct links *links);
/* The host takes frames again. */
void links_resume(struct links *links);
void links_drop(struct links *links, link_id id);

struct link_counts {
	uint64_t bytes_in, bytes_out;   /* on the socket, everything included */
	uint64_t frames_in, frames_out;
};

bool links_counts(const struct links *links, link_id id, struct link_counts *counts);
uint64_t links_refused(const struct links *links); /* contacts and messages that were refused */
/* Closes everything; `done` is called from the loop when all handles are closed and the memory is freed. */
void links_close(struct links *links, void (*done)(void *user), void *user);

#endif
