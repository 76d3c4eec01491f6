/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the date is, how good that is, and what this node has to say again when it turns out to have been wrong.
 *
 * A small computer has no battery clock. Its date comes from whoever knows better, and goes on with the clock that is
 * never set (mono):
 *
 *   NTP, GPS, PERSON, PHONE, SETTING   set: entries may be refused and retired for it
 *   PEERS                              told: what neighbours say that this node trusts
 *   NOBODY                             guessed: the latest of the system's clock, the last date that was in use, and the day
 *                                      on which the program was built
 *
 * What contradicts a date that was known before by more than a day is not believed at once: it is asked about, and until
 * somebody answers the date counts as guessed. Entries of others never move the date.
 *
 * When the date moves by more than DATE_STEP_S, what this node said under the wrong one is signed again, shifted
 * (date_shift), before anything is refused, retired or compared: while that is due, the date counts as guessed, too.
 *
 * Pure: readings of clocks come in as values. Lives on one thread. */
#ifndef AIDMESH_SYNC_CLOCK_DATE_H
#define AIDMESH_SYNC_CLOCK_DATE_H

#include "sync/set/carrier.h"

enum {
	/* A smaller step is drift. */
	DATE_STEP_S = 300,
	/* A larger one is not believed without a question; and how long a node may have been off without saying that its own
	 * clock was wrong. */
	DATE_DAY_S = 86400,
	/* Where a person or a phone had set the date before the power went: a longer gap is taken for a wrong date, and a shorter
	 * one for time without power. Bounded by the shortest retention, of which it must leave the most. */
	DATE_OFF_S = 7 * DATE_DAY_S,
	/* After a step that neighbours caused the next one waits so long, and after that one twice as long, up to 2^10 times:
	 * each step costs an era, and neighbours may lie. */
	DATE_TOLD_PAUSE_MS = 60 * 1000,
	DATE_TOLD_DOUBLINGS = 10,
	/* A date that is told to 4 s, and was on its way for a while. */
	DATE_TOLD_NEAR_S = 6,
	DATE_TOLD_MAX = 64, /* neighbours that are listened to */
};

/* In the order of their weight. */
enum date_source { DATE_NOBODY, DATE_PEERS, DATE_SETTING, DATE_PHONE, DATE_PERSON, DATE_GPS, DATE_NTP };
enum { DATE_SOURCES = DATE_NTP + 1 };

/* [node] clock. */
enum date_trust {
	DATE_AUTO,           /* the system's clock is right when the kernel calls it synchronised */
	DATE_ALWAYS_SET,     /* always: there is a battery clock */
	DATE_ALWAYS_GUESSED, /* never */
};

/* The system's clocks at one moment. */
struct date_reading {
	int64_t real_ms;   /* since 1970 */
	mono_ms mono;      /* goes on in suspend, never back */
	bool synchronised; /* the kernel says so */
	uint32_t boot;     /* which start of the machine this is; 0 unknown */
};

/* What was said before the span and later than `ahead_s` lay ahead of a date that somebody was sure of. It is dated `by_s`
 * earlier, in this era or a later one, until the date turns out to have been right. `by_s` 0: nothing. */
struct date_moved {
	uint32_t ahead_s;
	uint32_t by_s;
	uint8_t era;
};

/* What outlives a restart. All zero: nothing is known. Seconds since 2020. */
struct date_kept {
	uint32_t date_s;  /* the last date that was in use */
	uint32_t span_s;  /* what this node signed from here on was never confirmed by a source that cannot be wrong */
	uint32_t older_s; /* as span_s, but over starts whose date a person or a phone had set: people err */
	uint32_t good_s;  /* the last date that was known to be true */
	/* What was said before this, and before span_s, is of a date that nobody doubted; 0 nothing. */
	uint32_t before_s;
	struct date_moved moved;
	enum date_source source;
	uint8_t era;
	uint32_t boot;   /* the reading's; where it is the same at the next start, the date has gone on */
	int64_t base_ms; /* date less mono, since 1970 */
};

/* What a neighbour says that this node trusts, for now. */
struct date_told {
	uint32_t date_s;
	enum time_quality quality;
};

/* What this node said from `from_s` on is to be signed again, `shift_s` later and in the next era. What was said before
 * stays, but for what was moved and is no longer, or now is. What is of a later era than `era` was signed again already. */
struct date_step {
	int64_t shift_s;
	uint32_t from_s;
	struct date_moved was, is;
	uint32_t now_s;
	uint8_t era;
};

struct date {
	enum date_trust trust;
	uint32_t floor_s;
	struct date_reading now;
	int64_t base_ms;
	int64_t system_ms; /* real less mono of the reading before */
	enum date_source source;
	uint32_t span_s, older_s, good_s, before_s;
	struct date_moved moved;
	uint8_t era;
	enum date_source asked; /* NOBODY: nothing is asked */
	int64_t asked_ms;       /* the base that is asked about */
	bool is_wrong;          /* the system's clock says what cannot be */
	uint8_t told_steps;     /* that neighbours caused, at most DATE_TOLD_DOUBLINGS + 1 */
	mono_ms told_at;        /* when the last one was */
	bool is_worn;           /* no era is left: nothing can be signed again, so nothing is retired any more */
	bool is_due;
	struct date_step due;
};

enum date_rc {
	DATE_OK = 0,
	DATE_E_FLOOR = -1, /* earlier than the program, which cannot be: set it right */
	DATE_E_ASK = -2,   /* more than a day from a date that was known to be true: ask, and say it again as sure */
	DATE_E_LATE = -3,  /* beyond what 32 bits hold */
	DATE_E_NTP = -4,   /* the net's time stands: where it is wrong, [node] clock = guessed makes it silent */
};

/* `floor_s`: the day on which the program was built. `newest_own`: of this node's entries, for where nothing is
 * kept; all zero: none. A step may be due at once: do it before anything else. */
void date_init(struct date *date, enum date_trust trust, uint32_t floor_s, const struct date_kept *kept,
	       struct hlc newest_own, struct date_reading now);
/* A new reading; all answers are about the last one. */
void date_update(struct date *date, struct date_reading now);

/* For the engine: guessed also while something is asked or a step is due. */
struct node_time date_time(const struct date *date);
/* For people. */
enum time_quality date_quality(const struct date *date);
/* What is asked about, for now; 0 nothing. */
uint32_t date_asked_s(const struct date *date);

/* The last date that was known to be true, for now where it is; 0 none. */
uint32_t date_known_s(const struct date *date);

/* What neighbours say, all of them anew. At most DATE_TOLD_MAX count. Nothing happens while the date is set. */
void date_hear(struct date *date, const struct date_told *told, size_t count);
/* Somebody says what the date is. A PHONE is heard where nobody better was; where it contradicts what was known, a person is
 * asked. */
enum date_rc date_set(struct date *date, enum date_source source, int64_t real_ms, bool sure)
	__attribute__((warn_unused_result));
/* A person says that what is asked about is right, or else the date as it stands. DATE_E_ASK, unless `sure`. */
enum date_rc date_confirm(struct date *date, bool sure) __attribute__((warn_unused_result));

/* Whether that step concerns what was signed then. */
bool date_concerns(const struct date_step *step, struct hlc hlc);
/* Moves the entry's time, and the times within that came from the same wrong date. */
void date_shift(struct entry *entry, const struct date_step *step);
/* The step that is due is done, and on disk. */
void date_step_done(struct date *date);

/* As of the last reading. Not while a step is due (asserted): until it is done what was kept before holds. */
void date_keep(struct date_kept *kept, const struct date *date);
/* The number that entries of this node carry now. */
uint8_t date_era(const struct date *date);

#endif
