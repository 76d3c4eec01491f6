/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The fold's inside: a log of registers, each with what was derived about it. For fold*.c alone.
 *
 *   log:   | reg | its kind's own | words || reg | its kind's own | words || ...        a slot is a place in it, / 4
 *
 * A put appends; what is replaced or dropped stays readable where it is, dead, until fold_regs.c closes the gaps. Words
 * are the body; where it is written as our own encoder writes it, only what the one message says, since the register
 * knows the rest. */
#ifndef AIDMESH_SYNC_FOLD_FOLD_STATE_H
#define AIDMESH_SYNC_FOLD_FOLD_STATE_H

#include <string.h>

#include "proto/field.h"
#include "sync/fold/fold.h"
#include "sync/set/authors.h"

#define FOLD_NOW UINT32_MAX

enum { CHAIN_STEPS_MAX = FOLD_CHAIN_MAX + 4 };

enum reg_flag {
	REG_DEAD = 1,    /* no longer in the set */
	REG_WHOLE = 2,   /* the words are the whole body */
	REG_LEARNED = 4, /* `what` and OWN are known */
	REG_BROKEN = 8,  /* the words make no sense: as if it were not here */
	REG_OWN = 16,    /* site, line: the words of a record, no change of another's */
	REG_SHOWN = 32,  /* move: the first of a journey that somebody had the right to speak of */
	REG_FIRST = 64,  /* move: the first of a journey; trust: the first that was said about that key */
	REG_STANDS =
		128, /* trust: the last word of its author about that key; move: its quantity counts; note: of a duplicate, denied by who may */
	REG_CARRIES = 128 /* line: a whole line in the place of another's. REG_OWN too where it is the record */
};

enum line_bit {
	LINE_BIT_ASK = 1,
	LINE_BIT_CHECK = 2,
	LINE_BIT_DRILL = 4,
	LINE_BIT_STANDING = 8,
	LINE_BIT_TWICE = 16,
	LINE_BIT_MARKED = 32
};

/* Without the renewal. */
enum { REG_TICK_MAX = ERA_MAX << TICK_BITS | TICK_MAX };

/* Slots, FOLD_NONE where there is none. `Own words` are those of a record. */
struct versions {
	union {
		fold_slot standing; /* own words: the newest change of which a field stands, else themselves */
		uint32_t fields;    /* a change: those in which it stands */
	};
	union {
		fold_slot changes;  /* own words, until fold_changes_run is through: what was made of them */
		fold_slot incoming; /* line, then: first moves of journeys to it */
		fold_slot own;      /* a change, or what carries and is not the record: the record */
	};
	union {
		fold_slot next; /* a change: of those that stand the next, from the newest on */
		fold_slot site; /* own words of a line: where it stands */
	};
};

struct reg {
	uint8_t id[8]; /* the first bytes */
	uint32_t number;
	uint32_t time;
	uint16_t tick;   /* and era, as on the wire; when it was renewed its words tell, which are whole then */
	uint16_t author; /* index */
	uint8_t kind;    /* enum entry_kind */
	uint8_t size;    /* of the words */
	uint8_t flags;   /* enum reg_flag */
	uint8_t what;    /* kind of line, note or trust; stage of a move; state of a site */
	/* The kind's own. A register's place in the log ends after its kind's words: never copy a whole one. */
	union {
		struct {
			struct versions version; /* as a line's, so that both are changed alike */
			fold_slot keepers;       /* trust registers */
			uint32_t open_needs;
			union {
				uint32_t confirmed_s; /* until lines are added up: all that is needed there */
				uint32_t heard_s;     /* from then on */
			};
			fold_slot round; /* the newest that stands there */
		} site;
		struct {
			struct versions version;
			union {
				fold_slot outgoing; /* first moves of journeys that leave it */
				fold_slot
					stays; /* LINE_BIT_TWICE: the line that it is a duplicate of; nothing leaves it then */
			};
			uint32_t confirmed_s;
			uint32_t due_s;
			uint16_t item;
			uint8_t status;
			uint8_t bits; /* enum line_bit */
		} line;
		struct {
			union {
				fold_slot after;  /* at first: the move that it carries on */
				fold_slot first;  /* a later member: the first of its journey */
				uint32_t journey; /* REG_FIRST: index */
			};
			fold_slot next;     /* member of the journey */
			fold_slot of, from; /* lines; REG_FIRST: as the journey has it */
		} move;
		struct {
			fold_slot of;
		} note;
		struct {
			fold_slot next;
			fold_slot other;      /* vouch: the next for the same author */
			uint32_t from, until; /* acts of that span have the right; FOLD_NOW: it holds */
			uint16_t to;          /* index of the author spoken about; AUTHOR_NONE */
			uint16_t length;      /* how many hang below it in its list, itself included */
		} trust;
	};
};

static inline struct hlc reg_hlc(const struct reg *r)
{
	return hlc_of_wire(r->time, r->tick);
}

enum journey_bit {
	JOURNEY_ASKED_FOR = 1,
	JOURNEY_ACCEPTED = 2,
	JOURNEY_COUNTS = 4,
	JOURNEY_LAPSED = 8,
	JOURNEY_MAY_TAKE = 16,
	JOURNEY_NAMED_SOURCE = 32,
	JOURNEY_PLAYED = 64,     /* a drill at one end: it brings the other nothing */
	JOURNEY_ONCE = 128,      /* two said the same, and it counts once */
	JOURNEY_SHELF = 256,     /* from a shelf to nobody: lost, spoiled, or given back to whoever it came from */
	JOURNEY_TOO_LATE = 512,  /* what is promised comes too late; or nothing counts, since it is past its day then */
	JOURNEY_DUE_SAID = 1024, /* somebody said when what is promised comes */
};

struct journey {
	uint64_t promised, on_way; /* what can still be awaited; where all has lapsed, what was */
	uint64_t extra;
	uint64_t lost;                          /* said to be, or missing when its load was taken in */
	fold_slot members;                      /* all, the first included */
	fold_slot last;                         /* the member that says how far it is */
	fold_slot next_incoming, next_outgoing; /* first moves of other journeys */
	uint32_t due_s;
	uint16_t pledger; /* index of the author who promised; AUTHOR_NONE */
	uint16_t bits;    /* enum journey_bit */
};

enum { LISTS = FOLD_LISTS + 1, PEOPLE = FOLD_LISTS }; /* cards and trust that stands, for the digest */

struct table {
	uint32_t size;
	fold_slot *places;
};

/* fold_reach.c: the authors within FOLD_VOUCHES of one, `from`. Arrays by author, but for `found`. */
struct reach {
	uint32_t from; /* AUTHOR_NONE: nobody was asked about yet */
	uint32_t count;
	uint32_t *found; /* the nearest first */
	uint32_t *parent, *cursor, *tail, *next;
	uint8_t *distance;
};

struct fold {
	struct fold_config config;
	struct authors authors;
	uint32_t *log;
	uint32_t log_size, log_end; /* in units of 4 bytes, as slots */
	uint32_t dead_size;
	uint32_t count;
	struct table by_register, by_id;
	struct journey *journeys;
	uint32_t journey_count;
	fold_slot *slots[LISTS];
	uint32_t counts[LISTS];
	fold_slot *list_memory; /* registers_max: the lists behind each other */
	uint32_t *work;         /* registers_max: one pass's own; between runs the reader's */
	uint32_t *shared;       /* numbers that two records have, ascending */
	uint32_t shared_count;
	uint32_t *by_hint; /* authors in the order of their hints */
	uint64_t *hints;   /* of those, in that order */
	uint32_t hint_count;
	uint32_t *rank;     /* by author: place in the order of keys */
	fold_slot *vouches; /* by author: first trust register that vouches */
	fold_slot *vouched; /* by author: first of the spans in which somebody vouched for him */
	struct reach reach;
	fold_slot *
		carried; /* lines that stand in for others, by whom they carry on: registers_max, touched where there are any */
	uint32_t carried_count;
	uint32_t authors_run; /* places of authors that the last run knew */
	uint32_t hour_s;      /* now, rounded down */
	bool is_real;         /* some line that is not closed is no drill */
	bool is_void;
};

/* fold_regs.c: registers, and the ways to find them. */
void fold_regs_place(struct fold *f, struct arena *arena);
void fold_regs_init(struct fold *f);
/* Bytes as fold_put's. */
enum fold_rc fold_regs_put(struct fold *f, struct view bytes, const struct entry_id *id,
			   const struct public_key *author);
bool fold_regs_drop(struct fold *f, const struct entry_id *id);
/* Lets go of what is dead where it is worth it. */
void fold_regs_sweep(struct fold *f);
/* Counts the authors' entries and finds their newest. */
void fold_regs_count_authors(struct fold *f);
fold_slot fold_regs_find(const struct fold *f, uint16_t author, enum entry_kind kind, uint32_t number);
/* The body and SIGNATURE_SIZE zeros, in `out`. */
struct view fold_regs_bytes(const struct fold *f, fold_slot slot, uint8_t out[ENTRY_SIZE_MAX]);
/* The words. */
struct view fold_regs_words(const struct reg *r);
/* fold_facts.c: the few fields that are derived from, read from the words without decoding all of them. */
enum fact {
	FACT_NONE,
	FACT_OF_AUTHOR,
	FACT_FROM_AUTHOR, /* line, trust: site; note: the other */
	FACT_AFTER_AUTHOR,
	FACT_OF,
	FACT_FROM,
	FACT_AFTER,
	FACT_WHAT,
	FACT_QUANTITY,
	FACT_WITHIN,
	FACT_CREATED,
	FACT_COUNTED,
	FACT_TICKET,
	FACT_ITEM,
	FACT_PEOPLE,
	FACT_CLOSED,
	FACT_AT,
	FACT_DUE, /* note: until */
	FACT_SINCE,
	FACT_FLAGS,
	FACT_ARRIVED,
	FACT_EVERY,
	FACT_USE_BY,
	FACT_COUNT
};

struct facts {
	uint64_t values[FACT_COUNT]; /* 0: not said */
	struct view bytes;           /* site: its name; trust: the key */
};

/* False when the words are damaged. Agrees with entry_decode on what that accepts. */
bool fold_facts_read(struct facts *facts, const struct fold *f, fold_slot slot) __attribute__((warn_unused_result));
/* The same, of words that fold_facts_read accepted before. */
struct facts fold_facts_of(const struct fold *f, fold_slot slot);
/* What somebody declares about times is held against when it was signed, in what fold_facts_read and fold_read give. */
void fold_facts_clamp(struct entry *entry);
/* Of a record, by its own words: what people see, changes laid over. */
struct facts fold_standing_facts(const struct fold *f, fold_slot own);
/* `number` is FACT_OF, FACT_FROM or FACT_AFTER. */
struct ref fold_facts_ref(const struct facts *facts, enum fact number);
/* The key of a trust register. */
struct public_key fold_facts_key(const struct facts *facts);

static inline uint64_t least_of(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t less_of(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static inline struct reg *reg_at(const struct fold *f, fold_slot slot)
{
	return (struct reg *)(f->log + slot);
}

/* Bytes that the kind's own takes. */
extern const uint8_t FOLD_REG_OWN_SIZE[ENTRY_TRUST + 1];

/* The line that one is a duplicate of, by the note; FOLD_NONE: it stands for itself. */
static inline fold_slot reg_stays(const struct reg *r)
{
	return r->line.bits & LINE_BIT_TWICE ? r->line.stays : FOLD_NONE;
}

/* In units of the log. */
static inline uint32_t reg_size(const struct reg *r)
{
	return ((uint32_t)offsetof(struct reg, site) + FOLD_REG_OWN_SIZE[r->kind] + r->size + 3) / 4;
}

/* Walks over those that live: regs_next(f, FOLD_NONE) is the first, FOLD_NONE the end. */
static inline fold_slot regs_next(const struct fold *f, fold_slot slot)
{
	fold_slot at = slot == FOLD_NONE ? 0 : slot + reg_size(reg_at(f, slot));

	while (at < f->log_end && (reg_at(f, at)->flags & REG_DEAD))
		at += reg_size(reg_at(f, at));
	return at < f->log_end ? at : FOLD_NONE;
}

static inline bool fold_rights_held(const struct reg *trust, uint32_t when_s)
{
	return trust->trust.from <= when_s && when_s <= trust->trust.until;
}

static inline const struct public_key *author_key(const struct fold *f, fold_slot slot)
{
	return &f->authors.table[reg_at(f, slot)->author].key;
}

static inline struct journey *journey_of(const struct fold *f, fold_slot first)
{
	assert(reg_at(f, first)->flags & REG_FIRST);
	return &f->journeys[reg_at(f, first)->move.journey];
}

/* The line that a journey leaves, as people see it: where nobody promised yet, the one that is asked; else only if the
 * pledger may take from it. */
static inline fold_slot journey_source(const struct fold *f, fold_slot first)
{
	const struct journey *j = journey_of(f, first);

	return (j->bits & JOURNEY_MAY_TAKE) || j->pledger == AUTHOR_NONE ? reg_at(f, first)->move.from : FOLD_NONE;
}

/* The list in which a register appears; LISTS: in none. */
static inline int reg_list(const struct reg *r)
{
	if (r->flags & REG_BROKEN)
		return LISTS;
	switch ((enum entry_kind)r->kind) {
	case ENTRY_SITE:
		return r->flags & REG_OWN ? FOLD_SITES : LISTS;
	case ENTRY_LINE:
		return r->flags & REG_OWN ? FOLD_LINES : LISTS;
	case ENTRY_MOVE:
		return r->flags & REG_SHOWN ? FOLD_MOVES : LISTS;
	case ENTRY_NOTE:
		return FOLD_NOTES;
	case ENTRY_CARD:
		return PEOPLE;
	case ENTRY_TRUST:
		return r->flags & REG_STANDS ? PEOPLE : LISTS;
	case ENTRY_UNKNOWN:
		break;
	}
	return LISTS;
}

/* When it was signed: of what was renewed the day. */
uint32_t fold_regs_signed_s(const struct fold *f, fold_slot slot);
static inline uint32_t hlc_signed_s(struct hlc hlc)
{
	return hlc.renewed ? hlc_epoch(hlc) * EPOCH_S : hlc.time;
}
/* Memcmp's sign; the whole ids decide where the first bytes are the same. */
int fold_regs_compare_ids(const struct fold *f, fold_slot a, fold_slot b);
/* Of two versions or statements, does `a` stand against `b`? */
bool fold_regs_is_later(const struct fold *f, fold_slot a, fold_slot b);

/* fold_rights.c */
void fold_rights_run(struct fold *f);
/* The register of that kind, or what stands in its place (fold_carried.c); FOLD_NONE when none is here or the hint
 * fits two keys. */
fold_slot fold_rights_resolve(const struct fold *f, enum entry_kind kind, struct ref ref);
/* The same of registers alone. */
fold_slot fold_rights_find(const struct fold *f, enum entry_kind kind, struct ref ref);
/* Keys of authors who are here. */
uint32_t fold_rights_keys_of_hint(const struct fold *f, uint64_t hint);
/* He is the only author with that hint. */
bool fold_rights_is_author(const struct fold *f, uint64_t hint, uint16_t author);
/* The only author with that hint is `to`, or vouches for it. */
bool fold_rights_vouches(const struct fold *f, uint64_t hint, uint16_t to);
/* What was done is judged by the rights of its time, `when_s`; FOLD_NOW: by those that are left. */
bool fold_rights_keeps(const struct fold *f, fold_slot site, uint16_t author, uint32_t when_s);
/* May speak for a site or line: its author, its site's author, its site's keepers. */
bool fold_rights_may(const struct fold *f, fold_slot record, uint16_t author, uint32_t when_s);

/* fold_reach.c: vouches from `from` to `to`; more than FOLD_VOUCHES: a stranger. */
uint32_t fold_rights_distance(struct fold *f, uint16_t from, uint16_t to);
/* One who is within reach vouched for `to` at that time, near enough. */
bool fold_rights_trusted(struct fold *f, uint16_t from, uint16_t to, uint32_t when_s);

/* fold_twice.c: lines that stand twice. */
void fold_twice_run(struct fold *f);
/* The one that stays in the end: itself, where it is no duplicate. */
fold_slot fold_twice_stays(const struct fold *f, fold_slot line);
/* The line that a journey's first move named: it goes there, unless it was turned or that is a duplicate. */
fold_slot fold_twice_named(const struct fold *f, fold_slot first);

/* fold_moves.c: chains, and what they mean for lines. */
void fold_moves_run(struct fold *f);
/* When the promise, or the load, was said that began it: by the trust and the need of that time it is judged. */
uint32_t fold_moves_promised_s(const struct fold *f, fold_slot first);

/* fold_settle.c: of those who had the right to speak, marks whose quantities count, and derives what is still to come. */
void fold_settle_journey(struct fold *f, fold_slot first);

/* fold_account.c: what a journey adds up to. What was said up to a time, in thousandths. What nobody put a number to is all
 * that there was. */
struct account {
	uint64_t promised; /* whenever that was said */
	uint64_t left;     /* the source */
	uint64_t received; /* as the destination says */
	uint64_t given;    /* at a door */
	uint64_t back, lost;
	uint64_t received_or_given; /* whichever is more: what was received may have been given on */
	uint64_t arrived;  /* for the line: what was received, or handed out by whoever may say that it was for it */
	uint32_t last_s;   /* when the last of it arrived; 0: nothing has */
	uint32_t newest_s; /* of all that was said of it: when the last of it happened */
};

/* For `line`, to which it goes; FOLD_NONE none. */
struct account fold_account(const struct fold *f, fold_slot first, fold_slot line);
/* Somebody spoke of one of these stages, and it counts: a bit for each. */
bool fold_account_has(const struct fold *f, fold_slot first, uint32_t stages);
/* The same up to each of two times. */
void fold_account_span(const struct fold *f, fold_slot first, fold_slot line, const uint32_t times_s[2],
		       struct account accounts[2]);
/* What came to a line after one time and until another. What came back later is no longer here. */
int64_t fold_account_arrived(const struct fold *f, fold_slot line, uint32_t after_s, uint32_t until_s);
/* How much the stage of the journey is about. */
uint64_t fold_account_quantity(const struct fold *f, fold_slot first, const struct account *account);

/* fold_carried.c: lines that carry on others. */
/* A record in the place of one that is not here. */
bool fold_carried_is(const struct fold *f, fold_slot slot);
/* The line for which one that carries stands, or would. */
struct ref fold_carried_for(const struct fold *f, fold_slot slot);
/* The record in the place of that line; FOLD_NONE. */
fold_slot fold_carried_find(const struct fold *f, struct ref ref);

/* fold_changes.c: what stands of sites and lines. */
void fold_changes_run(struct fold *f);
/* The record that a change is of, and was as of the last run; FOLD_NONE for whatever else it is, or where it may not. */
fold_slot fold_changes_record(const struct fold *f, fold_slot slot);
/* What a register says by itself. False: its words are damaged, and nothing follows from them. */
bool fold_changes_read_alone(const struct fold *f, fold_slot slot, struct entry *entry);
/* Of what stands of a record the newest: its own words, or a change. */
fold_slot fold_changes_newest(const struct fold *f, fold_slot own);
/* As fold_read. */
bool fold_changes_read(const struct fold *f, fold_slot slot, struct entry *entry);

/* fold_heard.c: when sites were last spoken about. After lines are added up. */
void fold_heard_run(struct fold *f);

/* fold_lines.c: totals, status. */
void fold_lines_total(struct fold *f);
void fold_lines_sums(const struct fold *f, fold_slot line, struct fold_sums *sums);
/* fold_standing.c: needs that open again after each period. */
static inline bool facts_are_standing(const struct facts *facts)
{
	return facts->values[FACT_EVERY] > 0;
}

/* When the present period began. */
uint32_t fold_standing_begin(const struct fold *f, const struct facts *facts);
/* Since when they are without, or when the present period is due. */
uint32_t fold_standing_due(const struct fold *f, fold_slot slot, const struct facts *facts);

#endif
