/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The fold: from a set of entries to what people see (why: sync/DESIGN.md, "The fold").
 *
 * Pure: order, duplicates and grouping of what is put in never change what comes out; the same entries and the same
 * hour give the same result on every node. Knows no viewpoint: whose node it is changes nothing here. Memory is the
 * caller's. One thread at a time.
 *
 *   fold_put / fold_drop            entries come and go, in any order: cheap, nothing is derived
 *   fold_run(now)                   derives everything
 *   fold_count / fold_site / ...    what the last run derived
 *   fold_read / fold_ref / fold_id  what an entry says, decoded when somebody looks
 *
 * What was derived can be read until the next run, also while entries come and go, and shows what was there at the last
 * run; fold_is_void tells when it cannot. Figures that stand beside each record are kept; sums of a line are added up,
 * and entries decoded, each time they are asked for.
 *
 * A register costs its body, without what every body says at its beginning, and 24 to 52 bytes beside it; 19 for the
 * ways to find and list it, and 4 where lines are carried on; a journey 40 more. Of all this memory a sixteenth may lie
 * waste. Pages of it are touched when they are needed. */
#ifndef AIDMESH_SYNC_FOLD_FOLD_H
#define AIDMESH_SYNC_FOLD_FOLD_H

#include "proto/entry.h"

/* What one author may make everybody compute: beyond these the lowest keys stand, the same on every node. */
enum { FOLD_KEEPERS_MAX = 64, FOLD_VOUCHES_PER_AUTHOR_MAX = 128, FOLD_TRUSTED_MAX = 2048 };

enum {
	FOLD_VOUCHES = 3,
	FOLD_LAPSE_S = 6 * 3600,
	FOLD_DUE_DEFAULT_S = 24 * 3600,
	FOLD_LATE_S = 3600, /* so much after a need's time a promise is still in time */
	FOLD_WITHIN_DEFAULT_H = 168,
	FOLD_ALERT_S = 24 * 3600
};

/* Declared times are held against the time at which they were signed. What happened, was counted or was first said lies at
 * most FOLD_AHEAD_S after it: a move that follows a count within one second is written a second later. What lies further
 * ahead reads as the time of signing. The others read as the nearest that is allowed. */
enum { FOLD_AHEAD_S = 120, FOLD_CREATED_MAX_S = 60 * 86400, FOLD_DUE_MAX_S = 60 * 86400 };

struct fold;

struct fold_config {
	uint32_t registers_max;
	uint32_t authors_max;
	uint8_t key[16]; /* of the hash tables: random, so that nobody can make them collide; changes no result */
};

enum fold_rc {
	FOLD_OK = 0,
	FOLD_STALE = 1,   /* a newer version, or this one, was there already; or nothing that is shown */
	FOLD_E_FULL = -1, /* a bound of the config is reached; nothing changed */
};

/* Bytes of memory that `config` needs, aligned for max_align_t. */
size_t fold_footprint(const struct fold_config *config);
/* Places the fold into `memory`, which stays the caller's and outlives it. NULL when memory_size is too small. */
struct fold *fold_init(void *memory, size_t memory_size, const struct fold_config *config);

/* A verified entry with its id and its author's key; the bytes are borrowed for the call. What cannot be decoded, or is
 * of a later version's kind, is not shown (FOLD_STALE). */
enum fold_rc fold_put(struct fold *f, struct view bytes, const struct entry_id *id, const struct public_key *author)
	__attribute__((warn_unused_result));
/* It left the set. False: it did not stand here: a newer version had taken its place, or nobody had put it. */
bool fold_drop(struct fold *f, const struct entry_id *id);
/* Derives the picture as of `now_s` (seconds since 2020), rounded down to the hour. */
void fold_run(struct fold *f, uint32_t now_s);
/* So much was replaced since the last run that its results made room: every list is empty until the next. */
bool fold_is_void(const struct fold *f);

/* Digest of the whole picture: equal on two nodes if and only if they show the same. Valid after fold_run. */
struct fold_digest {
	uint8_t bytes[16];
};

void fold_digest(const struct fold *f, struct fold_digest *digest);

/* What somebody said, by its place in the fold; dies with the next run. */
typedef uint32_t fold_slot;

#define FOLD_NONE UINT32_MAX

/* Slots are below this number. */
uint32_t fold_slots(const struct fold *f);

/* Decodes what was said. A record's standing version comes with all that stands: its author's words, under his name and
 * number, and over them what each change changed, under the time of the newest words. Any other change comes as it was said: the
 * fields that it names. Words that were damaged on their way here come back empty, under the register's name. */
void fold_read(const struct fold *f, fold_slot slot, struct entry *entry);
/* A change as it was said, whether it is a standing version or not. */
void fold_read_change(const struct fold *f, fold_slot change, struct entry *entry);
/* The register that it was said in; a none-ref for FOLD_NONE. Of a line that is carried on the one that it was first said in:
 * by this name others know it, and its ticket is of it. */
struct ref fold_ref(const struct fold *f, fold_slot slot);
/* Its id, computed anew. */
struct entry_id fold_id(const struct fold *f, fold_slot slot);
enum entry_kind fold_kind(const struct fold *f, fold_slot slot);
/* Who said it; borrowed as fold_name's. */
const struct public_key *fold_author_of(const struct fold *f, fold_slot slot);
/* A site's name, borrowed from the fold until the next put, drop or run; not terminated. */
struct view fold_name(const struct fold *f, fold_slot site);
/* When a move happened: as its author says, else when it was written. */
uint32_t fold_move_time(const struct fold *f, fold_slot move);

/* Reading. Each list is in the order of (author's key, number), so it is the same everywhere. */
enum fold_list { FOLD_SITES, FOLD_LINES, FOLD_MOVES, FOLD_NOTES, FOLD_LISTS };

uint32_t fold_count(const struct fold *f, enum fold_list list);

/* What every record has. `own` is the author's own words; `standing` the version that people see: the newest keeper's change
 * of which a field stands, else the own words. */
struct fold_record {
	fold_slot own;
	fold_slot standing;
	fold_slot newest;   /* words that stand: a change, or the author's own. By these an editor tells what he saw */
	struct hlc changed; /* their time */
	const struct public_key *author;
	const struct public_key *changed_by; /* who said them */
};

void fold_record(const struct fold *f, enum fold_list list, uint32_t index, struct fold_record *record);

struct fold_site {
	struct fold_record record;
	uint32_t open_needs; /* overdue ones too; drills only where all is a drill */
	uint32_t heard_s;    /* when it was last spoken about, by who keeps it or whom its author trusts */
	fold_slot round;     /* the newest there that is not taken back, its author's words; FOLD_NONE none */
};

/* LINE_OVERDUE: as open as LINE_OPEN, and past its time. */
enum line_status { LINE_OPEN, LINE_COVERED, LINE_MET, LINE_CLOSED, LINE_OVERDUE };

struct fold_line {
	struct fold_record record; /* site, created and ticket are always the author's own */
	fold_slot site;            /* the site's author's words; FOLD_NONE: none, or not here yet */
	fold_slot site_standing;
	enum line_kind kind;
	enum line_status status;
	uint16_t item;        /* of the standing version */
	uint32_t due_s;       /* need: its hours since `created` */
	uint32_t confirmed_s; /* need: last "still needed" of it or its place by who may say so, 0 none */
	bool ask_still_needed;
	bool check_on_them;
	bool is_drill;    /* in the standing version */
	bool is_marked;   /* offer, resource: damaged, or with a last day: whoever counts on it reads more */
	bool is_standing; /* need: opens again after each period */
	fold_slot stays;  /* the line that this one is a duplicate of; FOLD_NONE: it stands for itself */
};

/* Nobody has closed it, and something is still missing: in time or past it. Offers and stock: not closed. */
static inline bool fold_line_is_open(const struct fold_line *line)
{
	return line->status == LINE_OPEN || line->status == LINE_OVERDUE;
}

/* What a line adds up to, and the figures of the standing version that this rests on. */
struct fold_sums {
	uint64_t quantity_milli; /* asked, offered, counted */
	uint32_t people;
	uint32_t created_s; /* as its author says; 0: he does not */
	uint32_t counted_s; /* since when moves are added up */
	/* Noted by who may speak for the line; of a need with a ticket also handed out by who may promise to it. */
	uint64_t received_milli; /* of a standing need: in the present period */
	uint64_t ever_milli;     /* need: all that was received, whenever that was */
	uint64_t coming_milli;   /* counted against what is missing, without extra */
	uint64_t open_milli;
	int64_t on_hand_milli; /* offer, resource */
	uint64_t promised_milli;
};

/* A journey: a first move and all that carry it on. Each litre of it is in one place: still promised, on its way, arrived,
 * lost or back. */
struct fold_move {
	struct fold_record record; /* of the first move */
	fold_slot last;            /* the newest move that says how far it is */
	enum move_stage
		stage; /* sent while some of it is on its way, pledged while more is promised; else what it ended with */
	uint64_t quantity_milli; /* that the stage is about */
	uint64_t promised_milli; /* and has not left */
	uint64_t on_way_milli;
	uint64_t arrived_milli; /* as whoever it is for says; without a line that it goes to: what was handed out */
	uint64_t lost_milli;
	uint64_t back_milli;
	uint64_t extra_milli; /* beyond what was still missing */
	uint32_t arrived_s;   /* the last of it; 0: nothing has */
	uint32_t newest_s;    /* when the last thing that was said of it happened */
	uint32_t due_s;
	fold_slot of; /* the line it goes to; FOLD_NONE none */
	fold_slot
		from; /* the line it is asked from; once promised the one it leaves, only if its pledger may take from it */
	const struct public_key *pledger; /* who promised, and says where it goes; NULL: nobody yet */
	bool accepted;                    /* asked for, or promised by someone the need's author trusts */
	bool counts;                      /* on its way and counted as coming */
	bool lapsed;
	bool too_late; /* what is promised comes after the need's time; or all of it is past its day when it comes */
	bool counted_once; /* two noted the same, and it counts once */
	bool need_closed;
};

struct fold_note {
	struct fold_record record;
	enum note_kind kind;
	fold_slot of; /* FOLD_NONE: about nothing that is here */
	bool is_withdrawn;
	uint32_t until_s; /* of an alert: when it is over; else 0 */
};

void fold_site(const struct fold *f, uint32_t index, struct fold_site *site);
void fold_line(const struct fold *f, uint32_t index, struct fold_line *line);
/* The same by the author's own words of a record that is in the list. */
void fold_line_at(const struct fold *f, fold_slot own, struct fold_line *line);
void fold_move_at(const struct fold *f, fold_slot first, struct fold_move *move);
void fold_note_at(const struct fold *f, fold_slot own, struct fold_note *note);
/* Is it played, in the standing version? By its author's own words. */
bool fold_line_is_drill(const struct fold *f, fold_slot own);
/* Some line that is not closed is no drill: then drills are counted nowhere. */
bool fold_is_real(const struct fold *f);
/* Looks through every move of the line. */
void fold_line_sums(const struct fold *f, uint32_t index, struct fold_sums *sums);
void fold_move(const struct fold *f, uint32_t index, struct fold_move *move);
void fold_note(const struct fold *f, uint32_t index, struct fold_note *note);
/* The line that a journey goes to, without the rest of it; FOLD_NONE none. */
fold_slot fold_move_of(const struct fold *f, uint32_t index);

/* A standing need (`every_h`) opens again after each period, for the same people: what came counts for the period in which it
 * came, and what did not come is not added to the next. So many periods back are looked at, the present one included. */
enum { FOLD_PERIODS = 7 };

struct fold_period {
	uint32_t from_s, until_s;
	uint64_t asked_milli; /* 0: no number was said, or another than now */
	uint64_t met_milli;
};

/* `back` 0: the present period, below FOLD_PERIODS. False: it is asked once, or had not begun. */
bool fold_line_period(const struct fold *f, uint32_t index, uint32_t back, struct fold_period *period);

enum { FOLD_OVERTAKEN_MAX = 64 };

/* A keeper's change of a record, and fields of it (a mask of proto/field.h). */
struct fold_change {
	fold_slot slot;
	uint32_t fields;
};

/* The newest `max` changes of that record by those who may, the newest first, each with the fields in which it stands. Gives
 * how many; looks through all registers, as the next two. */
uint32_t fold_changes(const struct fold *f, fold_slot own, struct fold_change *changes, uint32_t max);
/* The newest changes that lost, each with the fields in which it says something else than what stands, and in which nobody
 * who said something else knew of it. */
uint32_t fold_overtaken(const struct fold *f, fold_slot own, struct fold_change overtaken[FOLD_OVERTAKEN_MAX]);
/* Were these the author's words of the record, would a change that is here make something else of them? */
bool fold_would_change(const struct fold *f, fold_slot own, const struct entry *said);
/* What that author says in the place of this line, or would should its own author fall silent; FOLD_NONE. */
fold_slot fold_carried_by(const struct fold *f, fold_slot own, const struct public_key *who);

/* What a line's numbers would say if they spoke of the time up to `until_s`, which is not before counted_s: so that moves of
 * an earlier time are no longer asked about. */
struct fold_base {
	uint32_t counted_s;     /* until when they speak now */
	uint64_t arrived_milli; /* need: what had arrived */
	int64_t on_hand_milli;  /* offer, resource: what was there; below 0: recount */
};

/* Some move was ever made of it, or promised, that is here. */
bool fold_line_has_moved(const struct fold *f, uint32_t index);
void fold_line_base(const struct fold *f, uint32_t index, uint32_t until_s, struct fold_base *base);

/* Every word that belongs to a record of the lists, by its author's own words, in no order: themselves, changes of them, moves
 * and notes about them, all words of a journey. Looks through all registers. */
typedef void (*fold_word_cb)(void *user, fold_slot word);
void fold_each_word(const struct fold *f, enum fold_list list, fold_slot own, fold_word_cb cb, void *user);
/* That register of that author, run or not; FOLD_NONE when it is not here. */
fold_slot fold_register(const struct fold *f, const struct public_key *author, enum entry_kind kind, uint32_t number);

/* Finds a record in its list; UINT32_MAX when it is not there or the hint fits two keys. */
uint32_t fold_find(const struct fold *f, enum fold_list list, struct ref ref);

/* The record of the last run to which what that register says belongs: itself, what a keeper's change is of, the first move
 * of a journey. FOLD_NONE where it shows in no list. */
fold_slot fold_record_of(const struct fold *f, enum fold_list *list, const struct public_key *author,
			 enum entry_kind kind, uint32_t number);

/* The same for any move of a journey, not only its first. */
uint32_t fold_find_journey(const struct fold *f, struct ref ref);

/* Which word of a journey a new one of that stage answers: the load that it speaks of, while one is on its way; else the
 * newest of its stage that others said, so that it adds to that; else the journey's first. */
struct fold_answer {
	struct ref after;
	uint64_t load_milli; /* of the load that it names; 0: it names none */
	uint32_t steps;      /* from the first: of at most FOLD_CHAIN_MAX */
};

/* Two authors speak of one thing when they count it within a tenth, and date it within six hours. */
enum { FOLD_CHAIN_MAX = 60, FOLD_SAME_SHARE = 10, FOLD_SAME_S = 6 * 3600 };

struct fold_answer fold_answer(const struct fold *f, uint32_t index, enum move_stage stage, uint64_t quantity_milli,
			       const struct public_key *who);
/* The same, where more of that load is still to come: it names no load, since whoever names one has seen all of it. */
struct fold_answer fold_answer_in_part(const struct fold *f, uint32_t index, enum move_stage stage,
				       const struct public_key *who);

/* The site that people see at a line; FOLD_NONE where it names none that is here. */
fold_slot fold_site_of_line(const struct fold *f, fold_slot line);
/* The same in its author's own words. */
fold_slot fold_site_named_by(const struct fold *f, fold_slot line);
/* When a site, by its author's own words, was last spoken about. */
uint32_t fold_site_heard(const struct fold *f, fold_slot own);
/* The place in the list of a record of the last run, by its author's own words; UINT32_MAX when it is in none. */
uint32_t fold_index(const struct fold *f, enum fold_list list, fold_slot own);

/* True when two records of the lists have this number. */
bool fold_number_is_shared(const struct fold *f, uint32_t number);

/* Room for registers_max numbers, for whoever puts a list into another order; the next run overwrites it. */
uint32_t *fold_scratch(struct fold *f);

struct fold_author {
	struct public_key key;
	uint32_t heard_s; /* as of the last run */
};

uint32_t fold_author_count(const struct fold *f);
/* False for a place that is free. */
bool fold_author(const struct fold *f, uint32_t index, struct fold_author *author);
/* The newest entry of that author as of the last run; 0: none is here. */
uint32_t fold_heard(const struct fold *f, const struct public_key *author);
/* The card that is here now, run or not. False when none is. */
bool fold_card(const struct fold *f, const struct public_key *key, struct card *card);
/* The day since 2020-01-01 from which what was said is kept: on which it was said, or renewed last. */
uint16_t fold_epoch(const struct fold *f, fold_slot slot);
/* The same of the author's card, which is here now, run or not. False when none is. */
bool fold_card_epoch(const struct fold *f, const struct public_key *key, uint16_t *epoch);

/* A word of trust that stands. */
struct fold_trust {
	fold_slot slot;
	enum trust_kind kind;
	fold_slot site; /* FOLD_NONE: of none that is here */
	uint32_t said_s;
};

/* Places in the list of cards and of trust that stands. */
uint32_t fold_people(const struct fold *f);
/* False: a card. */
bool fold_trust(const struct fold *f, uint32_t index, struct fold_trust *trust);
/* Is that trust register the last word of its author about whom and what it is? As of the last run. */
bool fold_trust_stands(const struct fold *f, const struct public_key *author, uint32_t number);
/* Vouches from `from` to `to` as of the last fold_run: 0 the same, 1 vouched for, up to FOLD_VOUCHES; more: a stranger. */
uint32_t fold_distance(struct fold *f, const struct public_key *from, const struct public_key *to);
/* `from` vouches for `to`, or did before. */
bool fold_has_vouched(const struct fold *f, const struct public_key *from, const struct public_key *to);
/* True when `who` may speak for this record: its author, its site's author or a keeper of the site. */
bool fold_may_change(const struct fold *f, enum fold_list list, uint32_t index, const struct public_key *who);

#endif
