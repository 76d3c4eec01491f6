/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One entry: the signed statement that is the unit of replication.
 *
 *   entry     = body || signature                  body: protobuf EntryBody, 1..BODY_SIZE_MAX bytes
 *   signature = Ed25519("aidmesh entry 1" || 0x00 || public key || body)
 *   entry id  = BLAKE2b-256(public key || body)    a re-signed copy is the same entry
 *
 * The received bytes are what is stored, hashed, verified and passed on; nobody encodes them again. Decoding gives a
 * plain struct without pointers: it may be copied and outlives the bytes it came from.
 *
 * Pure: no I/O, clock, randomness, global or allocation from the heap. Any thread. Needs sodium_init() once before. */
#ifndef AIDMESH_PROTO_ENTRY_H
#define AIDMESH_PROTO_ENTRY_H

#include "proto/bounds.h"
#include "proto/bytes.h"

struct public_key {
	uint8_t bytes[32];
};

struct entry_id {
	uint8_t bytes[32];
};

/* Hybrid logical clock (Kulkarni et al. 2014): says when, is never waited on. `era` counts how often its author put the
 * date back: of one register the version of the later era stands, whatever the wrong date before it was. `renewed` is how
 * long after it was said its author signed it again, so that it is kept longer. Neither says when, so hlc_compare does not
 * look at them. */
struct hlc {
	uint32_t time;    /* seconds since 2020-01-01T00:00:00Z */
	uint8_t tick;     /* 0..TICK_MAX */
	uint8_t era;      /* 0..ERA_MAX */
	uint16_t renewed; /* days, 0..RENEWED_MAX; 0: never */
};

/* Tick, era and renewal as the wire has them, in one number. */
enum { WIRE_TICK_MAX = RENEWED_MAX << (TICK_BITS + ERA_BITS) | ERA_MAX << TICK_BITS | TICK_MAX };

static inline uint32_t hlc_wire_tick(struct hlc hlc)
{
	return (uint32_t)hlc.renewed << (TICK_BITS + ERA_BITS) | (uint32_t)hlc.era << TICK_BITS | hlc.tick;
}

static inline struct hlc hlc_of_wire(uint32_t time, uint32_t tick)
{
	return (struct hlc){ .time = time,
			     .tick = tick & TICK_MAX,
			     .era = tick >> TICK_BITS & ERA_MAX,
			     .renewed = tick >> (TICK_BITS + ERA_BITS) & RENEWED_MAX };
}

/* A register as others name it: (author's hint, number). `number` 0 means none. A hint finds candidates, it is never
 * an identity: one that fits two keys resolves to nothing. */
struct ref {
	uint64_t author;
	uint32_t number;
};

enum entry_kind {
	ENTRY_UNKNOWN = 0, /* a later version's kind: carried like any other, never shown */
	ENTRY_CARD = 5,    /* the values are the field numbers of aidmesh.proto */
	ENTRY_SITE = 6,
	ENTRY_LINE = 7,
	ENTRY_MOVE = 8,
	ENTRY_NOTE = 9,
	ENTRY_TRUST = 10,
};

enum place_digits {
	PLACE_NONE = 0,
	PLACE_POINT = 15, /* else 4, 6, 8 or 10: a Plus Code cell of so many digits */
};

struct place {
	int32_t lat_e6; /* millionths of a degree; the centre when it is a cell */
	int32_t lon_e6;
	uint8_t digits; /* PLACE_NONE: unknown */
};

struct hours {
	uint8_t from; /* half hours since local midnight, 0..48; from == to: not stated */
	uint8_t to;
	uint8_t days; /* bit 0 Monday; 0 every day */
};

struct card {
	struct public_key key;
	uint8_t sealing_key[32]; /* X25519 */
	char name[CARD_NAME_MAX + 1];
	char languages[CARD_LANGUAGES_MAX + 1];
	uint32_t roles; /* enum card_role, at most 14 bits */
};

enum card_role { ROLE_SITE = 1, ROLE_COURIER = 2, ROLE_COORDINATOR = 4 };

/* One field that a change names: its number in aidmesh.proto, and field_hash() of what the record's author said in it when
 * the change was made. */
struct named_field {
	uint8_t field;
	uint16_t was;
};

/* How what is said of a site or line goes with what others said of it. `of.number` 0: the author's own words. Else a
 * keeper's: a change that says the fields it names and nothing else, or, where it names none, a whole line that carries on
 * the one whose author fell silent. */
struct amends {
	struct ref of;
	uint32_t
		round; /* the author's own: raised when his words are to stand against changes made before; 0 at first */
	uint8_t named_count;
	uint8_t knew_count;
	struct named_field named[NAMED_MAX]; /* by ascending field */
	uint16_t knew[KNEW_MAX];             /* entry_id_short() of others' changes that its author saw */
};

enum site_state { SITE_OPEN = 0, SITE_FULL = 1, SITE_CLOSED = 2, SITE_MOVED = 3, SITE_UNLISTED = 4 };
enum site_facility {
	FACILITY_STEP_FREE = 1,
	FACILITY_POWER = 2,
	FACILITY_PETS = 4,
	FACILITY_NO_ID = 8,
	SITE_DRILL = 16
};

struct site {
	char name[SITE_NAME_MAX + 1];
	struct place place;
	enum site_state state;
	uint32_t people; /* 0: not said */
	struct hours giving;
	struct hours receiving;
	uint16_t takes; /* bits by sector of the catalogue; 0: not said */
	uint16_t refuses;
	uint8_t facilities;
	struct amends amends;
};

enum line_kind {
	LINE_NEED = 0,
	LINE_OFFER = 1,
	LINE_RESOURCE = 2,
	LINE_ROUND = 3 /* somebody asked there from door to door */
};
enum line_flag {
	LINE_DAMAGED = 1,
	LINE_CAN_COLLECT = 2,
	LINE_NEEDS_TRANSPORT = 4,
	LINE_DRILL = 8,
	LINE_RECKONED = 16,
	LINE_KEEP_COLD = 32,
	LINE_USED = 64
};
enum line_closed { CLOSED_NOT = 0, CLOSED_DONE = 1, CLOSED_NOT_NEEDED = 2, CLOSED_MISTAKE = 3, CLOSED_MOVED = 4 };

struct line {
	enum line_kind kind;
	struct ref site;   /* or */
	struct place cell; /* never both; neither in a change */
	uint16_t item;     /* code of the catalogue; 0: see text */
	uint64_t quantity_milli;
	uint32_t people; /* need only, as the next five */
	uint32_t infants;
	uint32_t elders;
	uint32_t powered;
	uint32_t within_h; /* 6, 24, 72, 168 or 720; 0 reads as 168 */
	uint64_t ticket;
	uint32_t created; /* seconds since 2020; kept through edits; 0 in a change */
	uint32_t counted; /* until when what arrived and left is in the numbers; of a stock: when it was counted */
	uint64_t arrived_milli;                /* need only: of the quantity, what had arrived until `counted` */
	uint16_t substitutes[SUBSTITUTES_MAX]; /* 0: none */
	uint64_t lot_milli;
	uint64_t reserve_milli; /* resource only */
	uint32_t reach_km;      /* offer and resource; 0: not said */
	uint8_t flags;
	char text[LINE_TEXT_MAX + 1];
	enum line_closed closed;
	uint32_t every_h; /* need only: after so many hours it opens anew; 0: it is asked once */
	/* Round only: asked at so many doors, so many answered, so many of these need nothing. 0, 0, 0: nobody counted. */
	uint16_t doors, answered, unneeded;
	uint16_t use_by; /* offer, resource: the last day since 2020-01-01 on which it can be used; 0: not said */
	char variant[LINE_VARIANT_MAX + 1]; /* size or form, as people say it; empty: not said */
	struct amends amends;
};

enum move_stage {
	MOVE_ASKED = 0,    /* the destination wants this: after a pledge it accepts it, before one it asks for it */
	MOVE_DECLINED = 1, /* the answer to an ask or a pledge; alone: this source does not serve that need */
	MOVE_PLEDGED = 2,
	MOVE_SENT = 3,
	MOVE_RECEIVED = 4,
	MOVE_GIVEN = 5,    /* handed out at the door */
	MOVE_RELEASED = 6, /* a pledge taken back */
	MOVE_RETURNED = 7,
	MOVE_LOST = 8,
	MOVE_SPOILED = 9,    /* lost, since it went bad */
	MOVE_WITHDRAWN = 10, /* its author takes this word back: it never was so */
};

struct move {
	enum move_stage stage;
	struct ref of;    /* the need it serves, or the resource it tops up */
	struct ref from;  /* the resource or offer it leaves */
	struct ref after; /* the earlier move that this one carries on */
	uint64_t quantity_milli;
	uint32_t at;  /* seconds since 2020 */
	uint32_t due; /* 0: not said */
	char text[MOVE_TEXT_MAX + 1];
};

enum note_kind {
	NOTE_MESSAGE = 0,
	NOTE_ALERT = 1,
	NOTE_DUPLICATE = 2,
	NOTE_SEEN = 3,
	NOTE_WRONG_PLACE = 4,
	NOTE_STILL_NEEDED = 5,
	NOTE_ABUSE = 6,
	NOTE_DENIAL = 7, /* what that note says is not so */
};
enum note_flag { NOTE_DRILL = 1, NOTE_WITHDRAWN = 2 };

struct note {
	enum note_kind kind;
	uint32_t severity; /* CAP 1.2: 0 unknown, 1 minor, 2 moderate, 3 severe, 4 extreme */
	char language[NOTE_LANGUAGE_SIZE + 1];
	char text[NOTE_TEXT_MAX + 1];
	struct ref of;
	struct ref other;                 /* NOTE_DUPLICATE: the record that stays */
	char source[NOTE_SOURCE_MAX + 1]; /* who said it, where the author only passes it on; "" the author */
	uint8_t flags;                    /* enum note_flag, at most 7 bits */
	uint32_t until;                   /* NOTE_ALERT: seconds since 2020 when it is over; 0: not said */
};

enum trust_kind { TRUST_VOUCH = 0, TRUST_WITHDRAW = 1, TRUST_KEEPER = 2, TRUST_KEEPER_END = 3 };

struct trust {
	enum trust_kind kind;
	struct public_key key; /* of whom */
	uint32_t since;  /* TRUST_WITHDRAW, TRUST_KEEPER_END: what was done since has no right; 0: since it was said */
	struct ref site; /* TRUST_KEEPER, TRUST_KEEPER_END */
};

struct entry {
	uint64_t author; /* hint: first 8 bytes of the public key, little endian */
	struct hlc hlc;
	uint32_t number; /* the register; 0 for a card, never 0 otherwise */
	enum entry_kind kind;
	union {
		struct card card;
		struct site site;
		struct line line;
		struct move move;
		struct note note;
		struct trust trust;
	};
	uint8_t sealed_size;
	uint8_t sealed[SEALED_MAX];
};

enum entry_rc {
	ENTRY_OK = 0,
	ENTRY_E_SIZE = -1,      /* longer or shorter than an entry can be */
	ENTRY_E_MALFORMED = -2, /* no body of WIRE.md: not protobuf, too many fields, one that is required is missing */
	ENTRY_E_BOUNDS = -3,    /* well-formed, and a field breaks a bound, a combination or UTF-8 */
	ENTRY_E_SIGNATURE = -4, /* no key given signed these bytes */
	ENTRY_E_HINT = -5,      /* the key does not belong to the author's hint */
};

/* One sentence for people, never NULL. */
const char *entry_rc_text(enum entry_rc rc);

/* The head of an entry, read without decoding what it says: enough to place it in the set. Accepts every kind that a
 * later version may bring, within the bounds. */
struct entry_head {
	uint64_t author;
	struct hlc hlc;
	uint32_t number;
	enum entry_kind kind;
	uint32_t field; /* the field that says something, as on the wire; for ENTRY_UNKNOWN it tells registers apart */
};

enum entry_rc entry_head_decode(struct entry_head *head, struct view bytes) __attribute__((warn_unused_result));

/* What tells the registers of one author apart. */
struct register_name {
	uint32_t number;
	uint8_t field; /* 5..14 as on the wire; REGISTER_LATER: `number` has the field in it (WIRE.md, "Kinds of a later version") */
};

enum { REGISTER_LATER = 16 };

struct register_name entry_register(const struct entry_head *head);

/* Decodes everything. References that omit the author come back with the entry's own. `entry` is untouched on failure.
 * Does not check the signature. */
enum entry_rc entry_decode(struct entry *entry, struct view bytes) __attribute__((warn_unused_result));

/* Encodes the body of `entry` into `body`. ENTRY_E_BOUNDS when a field breaks a bound; ENTRY_E_SIZE when the whole is
 * longer than BODY_SIZE_MAX (shorten the text). Nothing is written on failure. */
enum entry_rc entry_body_encode(uint8_t body[BODY_SIZE_MAX], size_t *body_size, const struct entry *entry)
	__attribute__((warn_unused_result));

/* Encodes and signs. `secret_key` is libsodium's 64-byte Ed25519 key; entry->author must be its hint (ENTRY_E_HINT). */
enum entry_rc entry_sign(uint8_t bytes[ENTRY_SIZE_MAX], size_t *size, const struct entry *entry,
			 const uint8_t secret_key[64]) __attribute__((warn_unused_result));

/* ENTRY_OK when `key` signed these bytes and the author's hint is that key's. A card must carry `key` itself. */
enum entry_rc entry_verify(struct view bytes, const struct public_key *key) __attribute__((warn_unused_result));

/* The id that these bytes have if `key` is their author. The bytes must be of legal size (asserted). */
struct entry_id entry_id_of(struct view bytes, const struct public_key *key);

/* The key inside a card, unverified; false when the bytes are no card. */
bool entry_card_key(struct public_key *key, struct view bytes);

uint64_t public_key_hint(const struct public_key *key);
bool public_key_equal(const struct public_key *a, const struct public_key *b);
bool entry_id_equal(const struct entry_id *a, const struct entry_id *b);
int entry_id_compare(const struct entry_id *a, const struct entry_id *b); /* memcmp's sign */
uint16_t entry_id_short(const struct entry_id *id);                       /* first 2 bytes, little endian */
int hlc_compare(struct hlc a, struct hlc b);
/* Said at one moment, however often it was renewed: the same words, as long as their author writes no two at once. */
bool hlc_is_same(struct hlc a, struct hlc b);
bool place_equal(const struct place *a, const struct place *b);
/* Do the two lines stand at one site, or in one cell, or both nowhere? */
bool line_is_at(const struct line *a, const struct line *b);
bool ref_is_none(struct ref ref);
bool ref_equal(struct ref a, struct ref b);
int ref_compare(struct ref a, struct ref b); /* by author, then number: below, above or at 0 */

/* Which of two versions of one register stands: the later (era, time, tick, renewed, id). True when `a` stands. */
bool entry_supersedes(struct hlc a, const struct entry_id *a_id, struct hlc b, const struct entry_id *b_id);

/* Retention: how long an entry is kept, by its own time, or by the day on which it was renewed. */
enum retention { RETENTION_LINE = 0, RETENTION_MOVE = 1, RETENTION_CARD = 2, RETENTION_COUNT = 3 };
enum retention entry_retention(enum entry_kind kind);
uint32_t retention_days(enum retention retention);
uint16_t hlc_epoch(struct hlc hlc); /* day since 2020-01-01, that of a renewal where there was one */
/* May its author renew it? What happened, what was remarked and what was changed for another is not said again. */
bool entry_is_renewable(const struct entry *entry);

/* The rooms that an author's registers have, by what they say (WIRE.md, "What a node holds"). Beyond a room's bound the
 * newest stand. */
enum room { ROOM_LATER, ROOM_CARD, ROOM_SITES, ROOM_LINES, ROOM_MOVES, ROOM_NOTES, ROOM_TRUST, ROOM_COUNT };
/* `field` is a kind or a register's field. */
enum room entry_room(uint32_t field);
/* How many registers of one author it holds. */
uint32_t room_registers_max(enum room room);
/* Of two registers of one author in one room, by the versions that stand: is `a` newer, so that `b` gives way first? */
bool entry_is_newer(struct hlc a, const struct entry_id *a_id, struct hlc b, const struct entry_id *b_id);

/* Copies `text` into `out`, whose capacity is `size_max` + 1, cut at a UTF-8 character boundary where it is too long.
 * True when all of it fitted. Invalid UTF-8 ends the copy there. */
bool text_cut(char *out, size_t size_max, const char *text);

#endif
