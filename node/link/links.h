/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* TCP links: listens, dials, secures (Noise XX), frames, and hands whole frames over. The carrier with no loss.
 *
 * On the wire: each Noise message and each frame after it is size 2 (little endian) || that many bytes; prologue
 * "aidmesh link 1". After the handshake the size covers ciphertext and tag. The payloads of the handshake are empty, but for the
 * one below. A
 * frame of size 0 (a tag and nothing else) says "I am still here": it is sent where there was nothing else to send for
 * 30 s, and answers a frame of one byte, "?", which asks for it. A link on which nothing arrived for 75 s is
 * dead and closed; so a peer that lost its power is noticed without relying on TCP, whose own keepalive differs between
 * kernels.
 *
 *   dialling --connected--> greeting --XX done--> secured --any error, silence, drop--> closing
 *      '----------10 s----------'-----------------------------------------------------------^
 *
 * A frame of one other byte n, at most LINKS_GRANT_MAX, says that n KiB more of what the other side sent were taken. Nobody
 * has more than LINKS_WINDOW bytes of frames under way that were not: when a contact breaks, no more than that was sent
 * in vain, however much the kernels on the way would have kept.
 *
 * Lives on the loop's thread. Everything received is bounded: one message per link is held; when the host is busy the
 * socket is not read. Everything sent is bounded: `fill` is pulled while fewer than LINKS_QUEUE_MAX bytes wait, small
 * frames leave in one write. One turn of the loop takes frames for about LINKS_TURN_MS; what is left waits for the next
 * turn, one contact after the other.
 *
 * At most LINKS_MAX contacts. Of these at most LINKS_ACCEPTED_MAX were accepted, so that keys made up for the purpose
 * cannot keep us from calling; at most LINKS_SOURCE_MAX came from one address (a global IPv6 address: from one /64); and
 * at most LINKS_GREETING_MAX accepted ones have not proved their key: when more come, the oldest of those gives way.
 *
 * Contacts with ourselves and second contacts with the same peer are closed by one rule on both sides: of two, the one
 * that the smaller static key dialled stays. Of two that the same side dialled, the dialler keeps the first (it alone
 * can know both), the other side the last (the dialler may have lost power since).
 *
 * Two nodes of one key, as a copied card makes them, are told from one node with two contacts by what a contact does that
 * had to give way: one node gives it up as well, a copy goes on answering. So it is watched for a while, and asked three
 * times, when the other contact has spoken. A dialler, who ends the second contact before it has shown its own key, asks there
 * with a '?' in the payload of the third handshake message, "have you another contact with me?": an empty message says no.
 * From then on each of the two may have a contact, and so sees what the other one says. Of its own key a node hears by
 * dialling a copy; it knows itself by the ephemeral key at the other end.
 *
 * The process must ignore SIGPIPE. */
#ifndef AIDMESH_NODE_LINK_LINKS_H
#define AIDMESH_NODE_LINK_LINKS_H

#include <uv.h>

#include "node/settings/config.h"
#include "node/settings/reason.h"
#include "node/store/identity.h"
#include "proto/bounds.h"
#include "proto/bytes.h"

typedef uint32_t link_id; /* never 0, not reused while the daemon runs */

enum {
	LINKS_PROTOCOL = 1, /* the prologue's */
	LINKS_MAX = 32,
	LINKS_ACCEPTED_MAX = LINKS_MAX - 8,
	LINKS_SOURCE_MAX = 4,
	LINKS_GREETING_MAX = 8,
	LINKS_QUEUE_MAX = 65536,
	LINKS_WINDOW = 3 * LINK_FRAME_MAX,
	LINKS_GRANT_MAX = 32,
	LINKS_TURN_MS = 10,
};

enum links_taken { LINKS_TAKEN, LINKS_BUSY };

struct links_host {
	void *ctx;
	/* The peer proved that it holds `remote_key` (its X25519 sealing key). `address` is borrowed. */
	void (*up)(void *ctx, link_id id, const uint8_t remote_key[32], bool dialled, const char *address);
	/* One frame, borrowed. LINKS_BUSY: offered again after links_resume (called later, not from here); until then
	 * this link is not read. */
	enum links_taken (*frame)(void *ctx, link_id id, struct view frame);
	/* The next frame to send, at most `cap` bytes; 0: none. Called while the link has room in its queue. */
	size_t (*fill)(void *ctx, link_id id, uint8_t *frame, size_t cap);
	/* Two living nodes hold that sealing key, which may be this node's own. May be called again; NULL: nobody asks. */
	void (*copied)(void *ctx, const uint8_t key[32]);
	/* Once for each link that was up, whoever ended it: also from inside links_drop and links_close. */
	void (*down)(void *ctx, link_id id);
};

struct links;

/* 0, or -1 with a sentence in `why` (memory is out). Dials config->peers and keeps dialling them with backoff (1 s doubling to 8 s,
 * a quarter more or less: never later than 10 s after one was lost). `config` and `identity` outlive it. The host may call links_dial, links_kick and links_drop from its callbacks. */
int links_open(struct links **links, struct reason *why, uv_loop_t *loop, const struct config *config,
	       const struct identity *identity, const struct links_host *host) __attribute__((warn_unused_result));
/* Listens as config says. 0, also where it listens already; or libuv's error (UV_EADDRINUSE: another program has the port): then it
 * may be called again later, and dials meanwhile. */
int links_listen(struct links *links) __attribute__((warn_unused_result));
/* Other peers to keep in contact with than those of `config` at the start; contacts that are up stay. */
void links_set_peers(struct links *links, const struct config *config);
/* The port really listened on; 0 none. */
uint16_t links_port(const struct links *links);
/* Dials an address found by discovery, once, unless a contact to it is up or on its way, or it failed a short while ago
 * (the same backoff; less where another `key` is announced there than the one that answered last; NULL: none is). May be called as
 * often as the address is heard. */
void links_dial(struct links *links, const struct sockaddr *address, const uint8_t *key);
/* Are they still there? A link of `key` (32 bytes; NULL: every link) that was silent for a while is asked for a sign of
 * life, and is closed when none comes within 5 s. For when there is reason to doubt: the peer announces itself anew, or
 * an interface went away. Someone who comes back after a walk must not wait for 75 s. */
void links_probe(struct links *links, const uint8_t *key);
/* There may be something to send: pulls `fill` until it has none or the queue is full. */
void links_kick(struct links *links, link_id id);
void links_kick_all(struct links *links);
/* The host takes frames again. */
void links_resume(struct links *links);
/* Ends a link at once; what waited to be sent is lost. An id that is no longer up is no error. */
void links_drop(struct links *links, link_id id);

/* There is a link with whoever holds that sealing key. */
bool links_is_up(const struct links *links, const uint8_t key[32]);
/* In this run two living nodes were met that hold that sealing key. */
bool links_is_copied(const struct links *links, const uint8_t key[32]);
/* One of the two goes on under another key. */
void links_forget_copied(struct links *links, const uint8_t key[32]);

struct link_counts {
	uint64_t bytes_in, bytes_out; /* on the socket, everything included */
	uint64_t frames_in, frames_out;
};

/* False: no such link. */
bool links_counts(const struct links *links, link_id id, struct link_counts *counts);
/* Of all links since the start, those that ended too. */
void links_total(const struct links *links, struct link_counts *counts);
uint64_t links_refused(const struct links *links); /* contacts and messages that were refused */
/* Closes everything; `done` is called from the loop when all handles are closed and the memory is freed. */
void links_close(struct links *links, void (*done)(void *user), void *user);

#endif
