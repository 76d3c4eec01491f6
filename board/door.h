/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What people do, as plain data: the one door through which everything typed, tapped or imported becomes an entry.
 *
 * `node` implements it: it resolves names, fills in clock and key, signs, hands the entry to the engine and answers
 * when it is on disk. One thread; `done` may be called before `submit` returns or later from the loop. */
#ifndef AIDMESH_BOARD_DOOR_H
#define AIDMESH_BOARD_DOOR_H

#include "board/view.h"

enum door_rc {
	DOOR_OK = 0,
	DOOR_E_INPUT = -1,   /* what was asked is wrong; the text says what would be right */
	DOOR_E_UNKNOWN = -2, /* no such record, site, item or peer */
	DOOR_E_RIGHT = -3,   /* only its author or the site's keepers may do that */
	DOOR_E_FULL = -4,    /* a bound of the node is reached */
	DOOR_E_STORE = -5,   /* the card failed: nothing was kept */
	DOOR_E_BUSY = -6,    /* too much under way: try again in a moment */
	DOOR_E_CHANGED = -8, /* somebody changed it since the version that `was` names: look again */
	DOOR_E_ASK = -7,     /* it looks wrong or is there already; the text asks: submit it again with `sure` */
};

enum door_verb {
	DOOR_SITE, /* open a place, or edit it */
	DOOR_LINE, /* open a need, offer or resource, or edit, count or close it; tell of a round */
	DOOR_MOVE, /* ask, decline, pledge, send, receive, give, release, return, lose */
	DOOR_NOTE,
	DOOR_TRUST,    /* vouch, withdraw, keeper, keeper no longer */
	DOOR_SELF,     /* this node's name, languages, and the site it stands at */
	DOOR_WITHDRAW, /* take back what this node said of `ref`: it was never so. A node's name: its vouch */
	DOOR_UNDO,     /* take back the last thing that was said here, or what was changed last */
};

/* Which fields a request states; the others keep what the record says, or their default in a new one. */
enum door_field {
	DOOR_NAME = 1u << 0,
	DOOR_PLACE = 1u << 1,
	DOOR_STATE = 1u << 2,
	DOOR_PEOPLE = 1u << 3,
	DOOR_INFANTS = 1u << 4,
	DOOR_ELDERS = 1u << 5,
	DOOR_POWERED = 1u << 6,
	DOOR_QUANTITY = 1u << 7,
	DOOR_WITHIN = 1u << 8,
	DOOR_TEXT = 1u << 9,
	DOOR_ITEM = 1u << 10,
	DOOR_SITE_REF = 1u << 11,
	DOOR_FLAGS = 1u << 12,
	DOOR_LOT = 1u << 13,
	DOOR_RESERVE = 1u << 14,
	DOOR_REACH = 1u << 15,
	DOOR_GIVING = 1u << 16,
	DOOR_RECEIVING = 1u << 17,
	DOOR_TAKES = 1u << 18,
	DOOR_REFUSES = 1u << 19,
	DOOR_FACILITIES = 1u << 20,
	DOOR_CLOSED = 1u << 21,
	DOOR_DUE = 1u << 22,
	DOOR_LANGUAGE = 1u << 23,
	DOOR_SEVERITY = 1u << 24,
	DOOR_AT = 1u << 26,
	DOOR_DAYS = 1u << 27,
	DOOR_DOORS = 1u << 28, /* doors, answered and unneeded */
	DOOR_EVERY = 1u << 29,
	DOOR_UNTIL = 1u << 30,
};

#define DOOR_REST_KEEP "keep"
#define DOOR_REST_CLOSE "close"

/* All texts are zero-terminated UTF-8, borrowed for the call, NULL or "" when absent. A text that is too long is
 * refused with the length that fits; imports cut it at a character and say so. */
struct door_request {
	enum door_verb verb;
	uint32_t fields;  /* enum door_field */
	const char *ref;  /* the record to edit or close, or this node's own move or note to correct; NULL: a new one */
	const char *was;  /* the id of the version that the editor saw; NULL: whatever stands */
	const char *site; /* DOOR_LINE, DOOR_TRUST keeper: ref or name; DOOR_SELF: where it stands */
	const char *name;
	const char *text;
	const char *item;                      /* code, a name in any language, or free text; = before it: free text */
	const char *of, *from, *after, *other; /* refs: DOOR_MOVE, DOOR_NOTE */
	const char *key;                       /* DOOR_TRUST: hexadecimal key, or a peer's name where that is unique */
	const char *language;                  /* DOOR_SELF: "en es"; DOOR_NOTE: "en" */
	/* With `name`, who the household of a new need is: it then gets a ticket. Stays on this node, sealed. */
	const char *phone, *address;
	const char
		*ticket; /* DOOR_MOVE received or given: the code that was shown; names the need where `of` does not */
	/* DOOR_SITE, an edit that closes it: what becomes of its needs and stock, DOOR_REST_KEEP, DOOR_REST_CLOSE, or the place that
	 * has them from now on; and where people go instead (also of a full place). */
	const char *rest, *instead;
	const char *source; /* DOOR_NOTE: whose words it passes on; cut where it is too long */
	/* Quantities as typed ("30 gal", "2 packs of 12"), for the node to understand by the item; NULL: the numbers below. */
	const char *measure, *lot_measure, *reserve_measure;
	/* DOOR_LINE: size or form; the last day on which it can be used, "2026-12-24". NULL: as it was; "": not said. */
	const char *variant, *use_by;
	const char *where; /* a place as typed: degrees, a Plus Code, a site's name or ref; NULL: `place` */
	struct view_place place;
	enum view_site_state state;
	enum view_line_kind line_kind;
	enum view_move_stage stage;
	enum view_note_kind note_kind;
	uint8_t trust_kind; /* 0 vouch, 1 withdraw, 2 keeper, 3 keeper no longer */
	uint64_t quantity_milli, lot_milli, reserve_milli;
	uint32_t number; /* DOOR_NOTE: of the new record, where what it passes on gives it one; 0: any */
	uint32_t people, infants, elders, powered, within_h, reach_km, severity;
	uint32_t every_h;                   /* DOOR_LINE need: opens again after so many hours */
	uint32_t doors, answered, unneeded; /* DOOR_LINE round */
	uint16_t takes, refuses;
	uint8_t facilities, flags;
	uint8_t flags_set, flags_clear; /* DOOR_LINE: of what the record says, or `flags`, beside them */
	struct view_hours giving, receiving;
	uint8_t closed;    /* 0 open again, 1 done, 2 not needed, 3 mistake, 4 moved elsewhere */
	uint32_t days;     /* DOOR_DAYS: of a need without a quantity, which the catalogue proposes */
	int64_t at, due;   /* Unix seconds; at 0: now; DOOR_TRUST: since when an end holds */
	int64_t until;     /* DOOR_NOTE: Unix seconds, the end of an alert */
	bool more;         /* DOOR_MOVE received or given: the rest of that load is still to come */
	bool all;          /* DOOR_TRUST withdraw, keeper no longer: nothing that they ever did counts */
	bool wants_ticket; /* of a new need, also where nothing is said of the household */
	bool sure;         /* not to be asked back */
	bool dry;          /* nothing is written: the answer says what would be */
	enum { DOOR_EXACT, DOOR_CUT } long_text; /* what happens to a text that is too long */
	enum {
		DOOR_VOLUNTEER,
		DOOR_VISITOR, /* showed no PIN: rates and the node's registers are kept from it */
		DOOR_TABLE    /* a row of many: where there is no room it is refused, and nothing gives way to it */
	} caller;
};

enum { DOOR_TICKET_SIZE = 16 };

struct door_answer {
	enum door_rc rc;
	bool unchanged; /* DOOR_OK, and nothing was written: it says that already, as the remark tells */
	char ref[VIEW_REF_SIZE];
	char full[VIEW_REF_SIZE];
	char id[VIEW_KEY_SIZE];
	char ticket[DOOR_TICKET_SIZE]; /* of a new need: for the person; shown this once */
	/* DOOR_MOVE: what was said now, in the item's unit; a tally's record has the sum. 0: the journey's, whatever that is. */
	uint64_t quantity_milli;
	struct said said; /* remarks ("the name was cut"), and last, where rc != 0, what is wrong or asked */
};

/* Ends the answer with what is wrong, or asked; what was remarked before stays in front of it. Returns rc. */
static inline enum door_rc door_refuse(struct door_answer *answer, enum door_rc rc, struct say say)
{
	said_decide(&answer->said, say);
	answer->rc = rc;
	return rc;
}

typedef void (*door_done)(void *user, const struct door_answer *answer);

/* What importing a bundle did. */
struct door_import {
	enum door_rc rc;
	uint32_t entries;           /* in the file */
	uint32_t added;             /* new here, and on disk */
	uint32_t known;             /* already held, or older than what stands */
	uint32_t refused;           /* all that was not taken, of that: */
	struct view_left not_taken; /* by reason; policy: bad signature or malformed */
	uint32_t waiting;           /* of an author whose card is not there */
	uint32_t missing;           /* the file ends before them */
	struct said said;
};

/* What somebody says about the date. */
enum door_clock {
	DOOR_CLOCK_SET,     /* a person says what it is */
	DOOR_CLOCK_CONFIRM, /* a person says that the one shown (view_status.clock_asks, else now) is right */
	DOOR_CLOCK_PHONE,   /* the clock of a volunteer's phone; heard where nothing better is known */
};

typedef void (*door_imported)(void *user, const struct door_import *result);

/* Tickets that were looked for. */
struct door_ticket {
	char ref[VIEW_REF_SIZE]; /* of the need */
	char ticket[DOOR_TICKET_SIZE];
	char name[64], phone[32], address[128]; /* known where it was taken down; elsewhere empty */
};

enum { DOOR_TICKETS_MAX = 100 };

/* `count` at most DOOR_TICKETS_MAX; borrowed for the call. `is_locked`: whom they are of is not read until the passphrase is given. */
typedef void (*door_tickets)(void *user, const struct door_ticket *tickets, size_t count, bool is_locked);

/* What becomes of the passphrase that seals households. */
enum door_households {
	DOOR_HOUSEHOLDS_UNLOCK, /* `passphrase` is given: they can be read until a stop, or until: */
	DOOR_HOUSEHOLDS_LOCK,
	DOOR_HOUSEHOLDS_FORGOTTEN, /* asks back: DOOR_E_ASK, with how many would be lost */
	DOOR_HOUSEHOLDS_FORGET,    /* what it seals is dropped, and there is none */
	DOOR_HOUSEHOLDS_PASSPHRASE, /* `next` is the passphrase from now on, "" none; `passphrase` the one that was, where one was */
};

/* An answer of those that are asked at the first start (node/settings/README.md), by its name. */
struct door_given {
	const char *name, *value;
};

/* Once: what was done, or why not. */
typedef void (*door_told)(void *user, enum door_rc rc, const struct said *said);

/* A bundle being written out: called with pieces in order; false stops. */
typedef bool (*door_write_cb)(void *user, const uint8_t *data, size_t size);

enum door_renew { DOOR_RENEW_ASK /* asks back: DOOR_E_ASK */, DOOR_RENEW_SURE, DOOR_RENEW_GONE /* the original is */ };

struct board_door {
	void *ctx;
	/* One request; `done` is called exactly once, after the entry is on disk or with what went wrong. */
	void (*submit)(void *ctx, const struct door_request *request, door_done done, void *user);
	/* `data` is borrowed until `done` has been called. */
	void (*import_bundle)(void *ctx, const uint8_t *data, size_t size, door_imported done, void *user);
	bool (*export_bundle)(void *ctx, door_write_cb write, void *user);
	/* Another PIN for the volunteers. DOOR_E_RIGHT: the configuration file has one, which stands. */
	enum door_rc (*set_pin)(void *ctx, struct said *why, const char *pin);
	/* `unix_s`: DOOR_CLOCK_SET and PHONE. DOOR_E_INPUT: it cannot be, `why` says so. DOOR_E_ASK: it contradicts what was
	 * known; again with `sure`. A phone's date that is not needed is DOOR_OK and changes nothing. */
	enum door_rc (*set_clock)(void *ctx, struct said *why, enum door_clock verb, int64_t unix_s, bool sure);
	/* This node becomes a new author that keeps its places, stock, needs, households and PIN; or, restored from a backup, goes on in the
	 * place of an original that is gone. DOOR_OK: it stops and starts again in a moment; `why` says so. */
	enum door_rc (*renew)(void *ctx, struct said *why, enum door_renew how);
	/* By a code, or here where they were taken down by a part of the name, phone or address or the need's ref; "" all of
	 * them. `text` is borrowed for the call. */
	void (*find_tickets)(void *ctx, const char *text, door_tickets done, void *user);
	/* Texts are borrowed for the call. DOOR_OK: the answers are kept, and the node starts again in a moment. */
	void (*setup)(void *ctx, const struct door_given *given, size_t count, door_told done, void *user);
	/* A newer aidmesh in a file: kept for who installs it. `data` comes from malloc, and is the door's to free. */
	void (*upgrade)(void *ctx, uint8_t *data, size_t size, door_told done, void *user);
	/* Texts are borrowed for the call. Takes some seconds on a small board, in the background. */
	void (*households)(void *ctx, enum door_households verb, const char *passphrase, const char *next,
			   door_told done, void *user);
};

#endif
