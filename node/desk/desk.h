/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* board/door.h for this node: drafts, signs and publishes what people do, and answers when it is on disk. Also takes
 * bundle files in and writes them. Lives on the loop's thread. */
#ifndef AIDMESH_NODE_DESK_DESK_H
#define AIDMESH_NODE_DESK_DESK_H

#include "board/door.h"
#include "node/desk/draft.h"
#include "node/store/commit.h"
#include "node/settings/config.h"
#include "node/setup/household_key.h"
#include "node/store/identity.h"
#include "node/store/owner.h"
#include "node/store/walk.h"
#include "sync/clock/date.h"

enum {
	DESK_REQUESTS_MAX = 384,
	DESK_IMPORTS_MAX = 4,
	DESK_VOLUNTEERS_SHARE = 4,     /* of each room of its own registers a node keeps a quarter free of visitors */
	DESK_VISITORS_PER_MINUTE = 30, /* new records, of all visitors together */
	DESK_WORDS_MAX = 16,           /* of what was said here, to be taken back one after the other */
	DESK_UPKEEP_MAX = 32,          /* renewed in one turn: airtime belongs to all */
};

struct desk_request {
	uint64_t tag;           /* 0: the place is free */
	uint32_t number;        /* of the register that it writes */
	bool is_undo;           /* it takes back the newest of the words */
	bool is_word;           /* it becomes one */
	struct draft_word word; /* what it becomes */
	door_done done;
	void *user;
	struct door_answer answer;
};

struct desk_import {
	uint64_t tag;         /* 0: the place is free */
	uint64_t waiting_tag; /* of entries that are handed over before their author's card */
	struct view rest;
	bool is_read;       /* everything was handed to the engine */
	uint32_t under_way; /* changes with `tag` not yet settled */
	uint32_t waiting;   /* entries with `waiting_tag` not yet settled; without a card they never are */
	uint32_t patience;  /* batches for which those are still waited for */
	uint32_t expected;  /* entries, as the head says */
	struct door_import result;
	door_imported done;
	void *user;
};

struct desk {
	struct sync *sync;
	uv_loop_t *loop; /* of the pool that hashes tickets */
	struct store *store;
	struct picture *picture;
	struct commit *commit;
	const struct identity *identity;
	struct walk *walk;       /* begins with a bundle as well; NULL: nobody asks */
	struct node_time time;   /* the daemon keeps it true */
	uint8_t era;             /* and of what it says */
	void (*look)(void *ctx); /* reads the clocks, and does what is due for them; NULL: `time` is true as it is */
	/* board_door's set_clock; NULL: the date is nobody's to set */
	enum door_rc (*set_clock)(void *ctx, struct said *why, enum door_clock verb, int64_t unix_s, bool sure);
	void (*take_over)(void *ctx);  /* OWNER_RESTORED: it is to stop, and to go on in the place of the original */
	void (*begin_anew)(void *ctx); /* the node is to stop, and to start as a new author; NULL: it cannot */
	void (*upgrade)(void *ctx, uint8_t *data, size_t size, door_told done, void *user); /* board_door's */
	void (*setup)(void *ctx, const struct door_given *given, size_t count, door_told done,
		      void *user); /* board_door's setup; NULL: nothing is asked */
	void *host_ctx;            /* of these four */
	const struct owner *owner; /* whose store it is; NULL: ours, and nothing was ever lost */
	struct hlc said;           /* the newest that this node said itself; the tick is nothing */
	uint32_t noted_s;          /* own words up to this time are covered by OWNER_TIME_SETTING */
	uint64_t tag;
	uint32_t ticket_jobs;             /* under way */
	struct household_key *households; /* the passphrase's key; NULL: there never is one */
	const char *folder;               /* in which that is kept */
	bool is_resealing;                /* households are being sealed anew: no ticket is made meanwhile */
	uint32_t wrong_passphrases;       /* since the start */
	uint32_t passphrase_tries;        /* wrong ones in the minute that began: */
	mono_ms passphrase_tries_since;
	char pin[CONFIG_PIN_SIZE];
	bool pin_is_fixed;      /* by the configuration file */
	mono_ms visitors_since; /* the minute in which visitors_new is counted */
	uint32_t visitors_new;
	struct draft_word words[DESK_WORDS_MAX]; /* the newest last; noted in the store */
	size_t word_count;
	struct desk_request requests[DESK_REQUESTS_MAX];
	struct desk_import imports[DESK_IMPORTS_MAX];
};

/* Fills in the door; desk->commit may be set later, before the first request. */
void desk_init(struct desk *desk, struct board_door *door);
/* The volunteers' PIN: `fixed` if that is not empty, else the one that was noted, else a new one. At start; false when it
 * cannot be noted. */
/* While the node runs: the PIN of the settings; "": the one that people set, else the present one stays. */
void desk_set_fixed_pin(struct desk *desk, const char *fixed);
bool desk_open_pin(struct desk *desk, const char *fixed);
/* Households that were sealed before the passphrase was set are sealed with it. At start, before they are read; false when the card
 * fails. */
bool desk_open_households(struct desk *desk);
/* What was said here last, from the store. At start. */
void desk_open_words(struct desk *desk);
/* Signs the node's card if it has none; where it was lost with the entries, the one that was noted is said again. At start, before anything else is written; `name` is used when there is no card yet. False when
 * signing fails. */
bool desk_ensure_card(struct desk *desk, const char *name);
/* From commit_host: a change that carries a tag of ours, or not. */
void desk_settled(struct desk *desk, const struct sync_change *change, enum commit_result result,
		  const struct entry_id *id);
/* A change of that tag came in a bundle. */
bool desk_is_import(const struct desk *desk, uint64_t tag);
/* After each batch: imports that had to wait go on. */
void desk_go_on(struct desk *desk);
/* Once a day: what is kept of households whose needs were missing on two days is forgotten. Not while needs that were lost may still
 * come back: OWNER_HOLD_DAYS. */
void desk_sweep(struct desk *desk);

/* Says again what that step of the date concerns. Nothing may be under way (commit_is_idle). `count`: so many entries. False:
 * the card failed, or there was no room: nothing may be retired, and it is tried again. */
bool desk_say_again(struct desk *desk, const struct date_step *step, uint32_t *count);

/* Renews what this node said and is still used, where it is time (sync/clock/upkeep.h); at most DESK_UPKEEP_MAX at once. Daily, and
 * after a start; never by a date that is a guess. False: there is more, or no memory: again in a minute. */
bool desk_upkeep(struct desk *desk, uint32_t *count);
/* There is something of this node's own. */
bool desk_has_spoken(const struct desk *desk);

/* What a state of the store means, and the ways out of it. Not for OWNER_OURS (asserted). */
struct say desk_says_owner(enum owner_state state);
/* What stands of this node's own is its own: at the start, and where lost words are back. */
void desk_claim(struct desk *desk);
/* It may be an own word of before that was not kept here; what is later than all that this node said is another's. */
bool desk_may_have_said(const struct desk *desk, struct hlc hlc);
/* True where nothing is written, with the reason. */
bool desk_refuses(const struct desk *desk, struct say *why);

/* A new author says again what the earlier one said and stands: places, stock, needs, offers, trust, households, where this
 * node stands (renew.c). At start, with the card. `old`: NULL: its key is lost. False: the card failed or there is no room;
 * at the next start again, and what was said is not said twice. */
struct desk_renewed {
	uint32_t records, households, lost; /* lost: households that nobody can open any more */
};
bool desk_renew(struct desk *desk, struct desk_renewed *renewed, const struct public_key *from,
		const struct identity *old, const char *name);
/* With that word `author` ended: whoever said it goes on under another key. It is later than all else that they said. */
bool desk_is_last_word(const struct entry *e, const struct public_key *author);
/* When the loop has ended: answers what is still open. */
void desk_close(struct desk *desk);

#endif
