/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What links.c, dial.c, contact.c and links_table.c share; nobody else includes it but their test, which shortens the times.
 *
 *   links.c        the public face: listening, who may stay, the one timer
 *   dial.c         whom we call, when, and when again
 *   contact.c      one TCP connection: handshake, frames in, frames out, silence
 *   links_table.c  the table of contacts
 *
 * Contacts live in a list and are freed by the loop when their socket is closed, never inside a callback of ours: a
 * pointer taken before a call to the host is valid after it, its state may have become CONTACT_CLOSING. */
#ifndef AIDMESH_NODE_LINK_LINKS_STATE_H
#define AIDMESH_NODE_LINK_LINKS_STATE_H

#include "node/settings/address.h"
#include "node/link/links.h"
#include "node/link/noise.h"

enum {
	LINK_MESSAGE_MAX = LINK_FRAME_MAX + NOISE_TAG_SIZE,
	LINK_SIZE_SIZE = 2, /* the size before each message */
	DIAL_FOUND_MAX = 16,
	DIALS_MAX = CONFIG_PEERS_MAX + DIAL_FOUND_MAX,
	LINKS_COPIED_MAX = 8,
	LINKS_COPIES_MAX = 2, /* contacts under one key that two nodes hold */
};

static_assert(LINK_MESSAGE_MAX <= UINT16_MAX, "a message's size fits its two bytes");

/* The waiting times, all in milliseconds, all served by the one timer of struct links. */
struct links_times {
	uint64_t greeting_ms; /* from dialling or accepting to a proven key */
	uint64_t ping_ms;     /* without anything sent, until a frame of size 0 goes */
	uint64_t silence_ms;  /* without anything heard, until the link is dead */
	uint64_t probe_ms;    /* after links_probe without anything heard, until the link is dead */
	uint64_t settled_ms;  /* a link that lasted so long resets the backoff */
	uint32_t backoff_ms_min, backoff_ms_max;
	uint32_t backoff_ms_peer_max; /* of configured peers: tried again within 10 s, with the quarter more */
};

/*   NEW --dialled--> DIALLING --connected--> GREETING --key proven, admitted--> SECURED
 *    '------------------accepted------------------^  '--key proven, another stays--> DOUBTED <--another came--'
 *   DIALLING, GREETING, SECURED, DOUBTED --any error, silence, drop--> CLOSING --the loop lets go of the socket--> freed
 */
enum contact_state {
	CONTACT_NEW,      /* a socket, not in the table */
	CONTACT_DIALLING, /* no connection yet */
	CONTACT_GREETING, /* the handshake is under way */
	CONTACT_SECURED,  /* up: the host knows it */
	CONTACT_DOUBTED, /* gave way to another contact of the same key; one node gives it up as well, a copy goes on */
	CONTACT_CLOSING, /* ours no more; stays in the table until the loop lets go of its socket */
	CONTACT_STATES
};

enum contact_side { CONTACT_ACCEPTED, CONTACT_DIALLED };

struct contact {
	uv_tcp_t tcp;
	uv_connect_t connect;
	struct links *links;
	struct contact *next;
	struct dial *dial; /* NULL: accepted, or the dial has forgotten it */
	link_id id;
	enum contact_state state;
	enum contact_side side;
	struct sockaddr_storage peer; /* family AF_UNSPEC: unknown */
	char address[ADDRESS_TEXT_SIZE];
	struct noise *noise; /* sodium_malloc */
	uint64_t born_ms;    /* of its present state */
	uint64_t heard_ms;   /* when bytes last arrived */
	uint64_t sent_ms;    /* when bytes were last given to the socket */
	bool probing;        /* links_probe asked for a sign of life at probed_ms, and nothing was heard since */
	uint64_t probed_ms;
	bool is_self;    /* dialled: the other end is in this process */
	bool has_spoken; /* since it is up: the other end has admitted it */
	bool waits;      /* gave way, and is asked when the contact that stays has spoken */
	bool has_asked;  /* dialled: whether whoever answers there has another contact with us */
	bool proving;    /* its answers to '?' are counted, which end at PROOF_ROUNDS */
	uint8_t rounds;
	bool held; /* the host was busy: the plaintext of the first message in `in` is offered again */
	size_t held_size;
	bool paused;      /* the turn of the loop was over: not read, goes on in a later one */
	bool draining;    /* messages are being taken from `in` */
	bool kicked;      /* to be pumped when the present pumping is over */
	size_t unsent;    /* bytes given to the socket whose write is not reported yet: memory that is in use */
	size_t untaken;   /* bytes of frames sent that the peer did not say it took */
	size_t ungranted; /* bytes of frames taken that the peer was not told of */
	struct link_counts counts;
	size_t have; /* bytes in `in` */
	uint8_t in[LINK_SIZE_SIZE + LINK_MESSAGE_MAX];
};

/* Whom we call. The first CONFIG_PEERS_MAX of the table are the configured peers, the others were found. */
struct dial {
	struct links *links;
	char name[ADDRESS_TEXT_SIZE];    /* host:port, configured, called for ever; "": found, called when heard of */
	struct sockaddr_storage address; /* where it was last called; family 0: nowhere yet */
	struct contact *contact;         /* on its way or up */
	uv_getaddrinfo_t request;
	bool resolving;
	unsigned int attempts; /* chooses among several addresses of one name */
	uint64_t next_ms;      /* not before */
	uint64_t called_ms;    /* the last time */
	uint32_t backoff_ms;
	bool is_changed; /* another name was set while the last one was being looked up */
	bool key_known;  /* who answered there */
	uint8_t key[NOISE_KEY_SIZE];
	bool is_announced;                 /* by discovery: */
	uint8_t announced[NOISE_KEY_SIZE]; /* who should answer there */
};

/* Who gave way answers so often after the other contact had spoken: no word that was on its way can be taken for that. */
enum { PROOF_ROUNDS = 3 };

enum contact_verdict {
	CONTACT_ADMITTED,
	CONTACT_REFUSED,
	CONTACT_TOLD,  /* refused, after it was told who we are */
	CONTACT_ASKED, /* refused, and is to be asked whether it has the contact that stays */
	CONTACT_GIVES_WAY,
};

/* What a contact tells those above it. links.c sets it once, at the start: contact.c and dial.c call nothing of the files that
 * stand above them. */
struct contact_host {
	/* Whether this contact, whose peer's key is proven, may stay. May end another contact. */
	enum contact_verdict (*admit)(struct links *links, struct contact *contact);
	/* Two contacts of its key are alive, at two nodes. */
	void (*copied)(struct links *links, struct contact *contact);
	/* The peer at the other end of a dialled contact has proved its key. */
	void (*learned)(struct dial *dial, const uint8_t key[NOISE_KEY_SIZE]);
	/* A dialled contact is over. It was up for `up_ms`; 0: never. */
	void (*ended)(struct dial *dial, uint64_t up_ms);
	/* A deadline has moved: the timer is to be set anew. */
	void (*rearm)(struct links *links);
	/* The contact is paused: it is to be served in one of the next turns, all such contacts one after the other. */
	void (*want_turn)(struct links *links);
};

struct links {
	uv_loop_t *loop;
	const struct config *config;
	const struct identity *identity;
	struct links_host host;
	struct contact_host above;
	struct links_times times;
	uv_tcp_t listener;
	enum { LISTENER_NONE, LISTENER_UP, LISTENER_CLOSING } listener_state;
	uv_timer_t timer;
	uv_idle_t turns; /* runs while a contact is paused: the loop goes round without waiting */
	struct contact *contacts;
	link_id served_id;  /* who had the last turn of the paused ones */
	link_id resumed_id; /* who was asked first at the last links_resume */
	struct dial dials[DIALS_MAX];
	link_id last_id;
	size_t copied_count;
	uint8_t copied[LINKS_COPIED_MAX][NOISE_KEY_SIZE]; /* keys that two nodes hold */
	uint64_t refused;
	struct link_counts ended; /* of contacts that are gone */
	bool pumping;             /* `batch` is in use */
	bool closing;
	unsigned int handles; /* that the loop still knows: timer, turns, listener, contacts, name requests */
	void (*done)(void *user);
	void *done_user;
	uint8_t batch[2 * (LINK_SIZE_SIZE + LINK_MESSAGE_MAX)]; /* frames of one write */
};

/* contact.c */
/* A socket without a connection, not in the list yet. NULL: no memory. */
struct contact *contact_new(struct links *links, enum contact_side side);
/* Puts it into the list with its first state's deadline. */
void contact_begin(struct contact *contact, enum contact_state state, const struct sockaddr *address);
/* Connected: reads, and as the dialling side speaks first. */
void contact_greet(struct contact *contact);
void contact_pump(struct contact *contact);
/* Goes on where the host was busy or the turn was over. */
void contact_resume(struct contact *contact);
/* The same with one frame at least, however long this turn of the loop has taken already. */
void contact_take_turn(struct contact *contact);
/* Ends it; tells the host when it was up. Nothing when it is closing already. */
void contact_close(struct contact *contact);
/* It gives way to another contact of its key, and is watched for a while. */
void contact_doubt(struct contact *contact);
/* Does what is due. */
void contact_probe(struct contact *contact);
void contact_tick(struct contact *contact, uint64_t now_ms);
/* When contact_tick must be called at the latest; UINT64_MAX never. */
uint64_t contact_deadline(const struct contact *contact);

static inline bool contact_is_open(const struct contact *contact)
{
	return contact->state != CONTACT_CLOSING;
}

/* dial.c */
void dial_init_all(struct links *links);
/* Whom to call for ever, as the settings say now. */
void dial_set_peers(struct links *links, const struct config *config);
void dial_found(struct links *links, const struct sockaddr *address, const uint8_t *key);
/* contact_host: learned, ended. */
void dial_learned(struct dial *dial, const uint8_t key[NOISE_KEY_SIZE]);
void dial_ended(struct dial *dial, uint64_t up_ms);
void dial_tick(struct dial *dial, uint64_t now_ms);
uint64_t dial_deadline(const struct dial *dial);
/* Gives up a name that is being looked up; the loop tells when it has stopped. */
void dial_cancel(struct dial *dial);

/* links_table.c */
/* How many are up with whoever holds that key. */
size_t links_count_key(const struct links *links, const uint8_t key[NOISE_KEY_SIZE]);
/* The first of them; NULL: none. */
struct contact *links_find_key(const struct links *links, const uint8_t key[NOISE_KEY_SIZE]);
/* The dialled one with that ephemeral key: its other end; NULL: it is not in this process. */
struct contact *links_find_ephemeral(const struct links *links, const uint8_t key[NOISE_KEY_SIZE]);
/* The one that is up under that id; NULL: none. */
struct contact *links_find(const struct links *links, link_id id);
size_t links_open_count(const struct links *links);
/* The one after `id` in the order of the table, which is a ring; NULL: there are no contacts. */
struct contact *links_after(const struct links *links, link_id id);
/* This turn of the loop has lasted long enough: what else there is to take waits for the next, so that every contact
 * and whoever else lives on the loop gets a turn. */
bool links_turn_is_over(const struct links *links);
/* The loop has forgotten one handle; frees all with the last. */
void links_handle_gone(struct links *links);

/* links.c */
/* Sets the timer to the earliest deadline. */
void links_arm(struct links *links);

#endif
