/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The world of one seed: nodes, the ways between them, the people, what goes wrong, and what must never happen. One
 * thread, virtual milliseconds, no order from pointers or the machine.
 *
 *   world.c     the events, the storm, and the end that all must reach
 *   host.c      an engine, its disk and its clock       contact.c   contacts by link
 *   people.c    what people write                       air.c       stations by radio
 *   attacker.c  what liars send                         check.c     what must hold
 */
#ifndef AIDMESH_SIM_WORLD_H
#define AIDMESH_SIM_WORLD_H

#include "sync/clock/date.h"
#include "sync/engine.h"
#include "tests/sim/heap.h"
#include "tests/sim/plan.h"
#include "tests/sim/sayings.h"

#define NONE UINT32_MAX

enum { MS = 1000, SESSIONS_PER_NODE_MAX = 24, CANARY_SIZE = 64, BATCH_MAX = 256 };
enum { RADIO_CARRIER = 1, LINK_CARRIER_FIRST = 2, LINK_TIMEOUT_S = 75, TICK_MS = 5000 };

/* Disks. A handle is a row's index + 1; rows are never used twice. */

enum row_state {
	ROW_STANDS,  /* the engine has it */
	ROW_DROPPED, /* the engine let it go; on disk until the next transaction */
	ROW_DELETED,
};

struct row {
	uint32_t saying;
	enum row_state state;
};

/* Who published it. */
enum tag { TAG_CARRIER, TAG_PERSON, TAG_AGAIN /* signed again when the date was put right */, TAG_UPKEEP };

/* A change on its way through a transaction. */
struct candidate {
	uint64_t seq;
	uint64_t tag;
	uint32_t saying;   /* SAYING_NONE: nobody ever said these bytes */
	uint8_t key_index; /* KEYS_PER_HINT_MAX: the signature is bad */
	bool own;
};

enum node_role { ROLE_HONEST, ROLE_SMALL, ROLE_EVIL }; /* small: honest, with room for a few entries */

struct node {
	uint32_t index;
	enum node_role role;
	uint32_t island; /* NONE: carried */
	uint32_t rounds; /* islands seen since the storm, by who is carried */
	struct key key;
	struct key other_key; /* of an attacker: another key with somebody's hint; all zero: none */
	struct sync_config config;

	/* Lost with the power. */
	struct sync *sync; /* NULL: off */
	uint8_t *memory;
	size_t memory_size;
	uint64_t boot;        /* counts */
	uint64_t mono_base;   /* its monotonic clock is now_ms + this */
	uint64_t timer_at_ms; /* 0: none is armed */
	struct date date;
	uint64_t heard_at_ms; /* when neighbours were last asked for the date */
	uint64_t again_at_ms; /* when what failed to be stored may be signed again */
	bool committing, commit_fails;
	struct candidate *batch;
	uint32_t batch_count, delete_count, delete_next;
	uint32_t *deletes; /* rows */
	uint32_t delete_cap;
	bool radio_safe;                          /* as it last said */
	uint32_t sessions[SESSIONS_PER_NODE_MAX]; /* up at this end; NONE: free */

	/* Its clock. */
	int64_t offset_s;
	int32_t drift_ppm;
	bool synchronised;               /* as its kernel says */
	enum date_trust date_trust;      /* as its settings say */
	uint32_t machine, machine_began; /* counts how often it lost power; as of the last start of the program */
	uint16_t upkeep_day;             /* all that was due on it was renewed; 0 none */
	bool card_due;                   /* its card is to be renewed when it may write */
	struct node_time told;           /* what sync_tick was last given */

	/* Its disk. */
	struct row *rows;
	uint32_t row_count, row_cap;
	uint32_t *row_of;    /* by saying: index + 1 of the row that is on disk; 0 none */
	uint32_t *standing;  /* by place: saying + 1; 0 none. What a plain reading of the rules says must be there */
	uint64_t *let_go_ms; /* by place: when its time was over here; 0 never */
	uint32_t row_of_cap, standing_cap, let_go_cap;
	struct date_kept kept;
	uint32_t stands; /* how many */
	uint64_t sum[2]; /* over the ids of what stands */
	uint32_t fails_left;
	uint64_t full_until_ms;
	uint32_t commit_ms, batch_max; /* of a transaction: how long it may take, how many changes */

	/* Its people. */
	uint32_t written; /* so far */
	uint32_t site;    /* row of the table of sites */
};

/* Links. */

struct flight {
	struct flight *next;
	uint64_t at_ms; /* when it is at the other end */
	uint32_t size;
	uint8_t bytes[];
};

/* One direction of a session. */
struct lane {
	struct flight *first, *last;
	uint32_t bytes; /* on their way */
	uint64_t free_at_ms;
	bool waits; /* the receiver is busy: it stopped reading */
};

struct session {
	bool used;
	uint64_t generation;
	uint32_t edge;
	uint32_t ends[2]; /* nodes; the first one dialled */
	bool up[2];
	bool safe[2];        /* as that side last said */
	bool proved[2];      /* since then it was found to be so */
	uint32_t unheard[2]; /* frames from that side since it last heard one */
	bool broken;         /* nothing gets through any more */
	carrier_id carrier;
	uint32_t frame_max, window, latency_ms, bytes_per_s;
	struct lane lanes[2]; /* [0] leads to ends[0] */
};

/* Two nodes that may meet. */
struct edge {
	uint32_t ends[2];
	uint32_t session; /* as who dials knows it; NONE */
	bool in_reach;
};

struct overheard; /* attacker.c */
struct air;       /* air.c */
struct sites;     /* people.c */

enum phase { PHASE_STORM, PHASE_HEAL, PHASE_QUIET, PHASE_DONE };

struct world {
	struct plan plan;
	struct heap heap;
	struct dice network, disk, clock, people, attack, wrong;
	uint64_t now_ms;
	enum phase phase;
	uint32_t nodes_asked; /* by option; 0 none */
	bool year_asked;      /* by option */
	bool trace;           /* print what happens */
	uint64_t trace_hash;  /* of everything delivered */
	uint64_t delivered, entries_sent, events;
	uint64_t sent_of[UINT8_MAX + 1]; /* frames of each kind by link, by honest nodes */
	uint64_t compare_size;           /* bytes of those that compare */
	uint32_t apart;                  /* STORY_PAIR: what only one of the two has */
	uint64_t same_since_ms;          /* PHASE_QUIET */
	uint64_t last_frame_ms;          /* a link frame between honest nodes */
	struct sayings sayings;
	struct node *nodes;
	uint32_t node_count;
	struct edge *edges;
	uint32_t edge_count;
	struct session *sessions;
	uint32_t session_count;
	uint64_t generations;
	carrier_id carriers;
	uint8_t *side_of; /* of a partition, by node */
	uint64_t partition_until_ms;
	struct air *air; /* NULL: no radios */
	const struct sites *sites;
	uint32_t liar;               /* an attacker whose date honest nodes believe; NONE */
	struct overheard *overheard; /* NULL: nobody replays */
	uint32_t *must;              /* by place: saying + 1 that was on an honest disk when it healed */
	uint32_t must_count;
	uint32_t *promised; /* by place: saying + 1, the last that was acknowledged to a person, or was so before */
	uint32_t promised_cap;
};

/* Prints the one line that reruns this, and ends the program. */
_Noreturn void world_fail(const struct world *w, const char *what, ...) __attribute__((format(printf, 2, 3)));
void world_say(const struct world *w, const char *what, ...) __attribute__((format(printf, 2, 3)));
static inline bool has_fault(const struct world *w, enum fault fault)
{
	return (w->plan.faults & (uint32_t)fault) != 0;
}

/* A year goes by in hours, and heals as any storm does. */
static inline uint32_t world_tick_ms(const struct world *w)
{
	bool is_long = w->plan.story == STORY_YEAR && w->now_ms / MS + 2 * 3600 < w->plan.storm_s;

	return is_long ? 3600 * MS : TICK_MS;
}

/* The date as it is, whatever clocks say: seconds since 2020. */
static inline uint32_t world_true_s(const struct world *w)
{
	return w->plan.start_s + (uint32_t)(w->now_ms / MS);
}

static inline double world_days_since(const struct world *w, uint32_t time_s)
{
	return ((double)world_true_s(w) - (double)time_s) / EPOCH_S;
}

/* Plays the seed to its end. */
void world_run(struct world *w, const struct plan *plan, const struct sites *sites);
void world_fini(struct world *w);

#endif
