/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a seed means: which story is played, by how many nodes, over which ways, and what goes wrong. */
#ifndef AIDMESH_SIM_PLAN_H
#define AIDMESH_SIM_PLAN_H

#include "tests/sim/dice.h"
#include "tests/sim/keys.h"

/* The stories, one row each in the table that is printed. A seed tells by itself which one it plays. */
enum story {
	STORY_TOWN,   /* links that come and go */
	STORY_WALK,   /* islands, joined only by who walks */
	STORY_CARDS,  /* SD cards: failing, full, pulled out in mid-write */
	STORY_CLOCKS, /* drift, jumps, years; a node from the cupboard */
	STORY_ATTACK, /* peers who lie */
	STORY_FLOOD,  /* one author with more registers than anyone may own, a node whose set is full */
	STORY_RADIO,  /* stations that hear some of the others */
	STORY_ALL,    /* any of it */
	STORY_CROWD,  /* hundreds of nodes */
	STORY_YEAR,   /* thirty sites, a year: only by option */
	STORY_PAIR,   /* two nodes, much in common, a good line: what a comparison costs */
	STORY_COUNT,
};

enum fault {
	FAULT_CUT = 1 << 0,     /* contacts break, with frames on their way */
	FAULT_ONE_WAY = 1 << 1, /* partitions that let bytes through one way only */
	FAULT_CRASH = 1 << 2,   /* the power goes */
	FAULT_STORE = 1 << 3,   /* transactions fail */
	FAULT_SLOW = 1 << 4,    /* transactions take long, batches are small */
	FAULT_FULL_DISK = 1 << 5,
	FAULT_DRIFT = 1 << 6,      /* clocks run fast or slow, jump by minutes */
	FAULT_JUMP = 1 << 7,       /* by days and months, and are taken for right */
	FAULT_YEARS = 1 << 8,      /* ten years ahead */
	FAULT_GUESSED = 1 << 9,    /* nobody ever set them */
	FAULT_CUPBOARD = 1 << 10,  /* a node that was off for three months */
	FAULT_SMALL_SET = 1 << 11, /* a node with room for a few entries */
	FAULT_FORGE = 1 << 12,     /* attackers: entries that nobody signed, junk under true bodies */
	FAULT_MANGLE = 1 << 13,    /* flipped bits, truncation, oversize: lying summaries and sketches among them */
	FAULT_REPLAY = 1 << 14,    /* old frames and old versions, again */
	FAULT_FLOOD = 1 << 15,     /* as much as the line takes */
	FAULT_HINT = 1 << 16,      /* keys that share a hint */
	FAULT_RETYPE = 1 << 17,    /* a site's number under other kinds */
	FAULT_AHEAD = 1 << 18,     /* entries dated ten years ahead */
	FAULT_WITHHOLD = 1 << 19,  /* in the summary, and never sent */
	FAULT_RADIO = 1 << 20,
	FAULT_RADIO_LOSS = 1 << 21,
	FAULT_RADIO_MANGLE = 1 << 22, /* flips, truncation, copies, delay */
	FAULT_WRONG_CLOCK = 1 << 23,  /* nodes that begin with a wrong date; put right later, or never */
};

#define FAULTS_ATTACK                                                                                                  \
	(FAULT_FORGE | FAULT_MANGLE | FAULT_REPLAY | FAULT_FLOOD | FAULT_HINT | FAULT_RETYPE | FAULT_AHEAD |           \
	 FAULT_WITHHOLD)

enum topology { TOPOLOGY_LINE, TOPOLOGY_RING, TOPOLOGY_STAR, TOPOLOGY_MESH, TOPOLOGY_TREE, TOPOLOGY_COUNT };

enum { STATIONS_MAX = 64 };

struct plan {
	uint64_t seed;
	enum story story;
	uint32_t faults; /* bits of enum fault */
	enum signing signing;
	uint32_t honest, walkers, evil; /* walkers are among the honest */
	uint32_t islands;
	enum topology topology;
	uint32_t storm_s;  /* how long everything goes wrong */
	uint32_t heal_s;   /* how long it may take from then on until all hold the same */
	uint32_t quiet_s;  /* then, after that long, nobody says anything more on a link */
	uint32_t person_s; /* mean wait between two things that a person writes */
	uint32_t mishap_s; /* mean wait between two faults of a stream */
	uint32_t entries_max;
	uint32_t start_s; /* the true time at the beginning, seconds since 2020 */
	bool fold;        /* compare the pictures in the end, too */
};

/* `nodes` 0: as many as the seed says. */
struct plan plan_make(uint64_t seed, uint32_t nodes);
/* STORY_YEAR, whatever the seed says else. */
struct plan plan_year(uint64_t seed, uint32_t nodes);
const char *story_name(enum story story);

#endif
