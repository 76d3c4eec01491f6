/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/sim/plan.h"

#include "proto/bounds.h"

enum { DAY_S = EPOCH_S };

/* Each story: how many nodes, what always goes wrong, and what may. */
struct story_row {
	const char *name;
	uint32_t nodes_min, nodes_max;
	uint32_t storm_s_min, storm_s_max;
	uint32_t always, maybe;
};

#define FAULTS_CARDS (FAULT_CRASH | FAULT_STORE | FAULT_SLOW | FAULT_FULL_DISK)
#define FAULTS_CLOCKS (FAULT_DRIFT | FAULT_JUMP | FAULT_YEARS | FAULT_GUESSED | FAULT_CUPBOARD)
#define STORIES_ORDINARY                                                                                               \
	(1u << STORY_TOWN | 1u << STORY_WALK | 1u << STORY_CLOCKS | 1u << STORY_RADIO | 1u << STORY_ALL)
#define FAULTS_NETWORK (FAULT_CUT | FAULT_ONE_WAY)
#define FAULTS_RADIO (FAULT_RADIO_LOSS | FAULT_RADIO_MANGLE)

static const struct story_row STORIES[STORY_COUNT] = {
	[STORY_TOWN] = { "town", 4, 14, 600, 3600, FAULT_CUT, FAULTS_NETWORK | FAULTS_CARDS | FAULT_DRIFT },
	[STORY_WALK] = { "walk", 6, 24, 3600, 14400, FAULT_CUT, FAULTS_NETWORK | FAULT_CRASH | FAULT_DRIFT },
	[STORY_CARDS] = { "cards", 3, 8, 600, 2400, FAULT_CRASH, FAULTS_CARDS | FAULT_CUT },
	[STORY_CLOCKS] = { "clocks", 3, 10, 3600, 20000, FAULT_DRIFT, FAULTS_CLOCKS | FAULT_CUT | FAULT_CRASH },
	[STORY_ATTACK] = { "attack", 3, 8, 600, 2400, FAULT_FORGE, FAULTS_ATTACK | FAULT_CUT | FAULT_CRASH },
	[STORY_FLOOD] = { "flood", 2, 4, 600, 1200, FAULT_FLOOD, FAULT_SMALL_SET | FAULT_CUT | FAULT_CRASH },
	[STORY_RADIO] = { "radio", 2, 12, 3600, 14400, FAULT_RADIO, FAULTS_RADIO | FAULT_CRASH | FAULT_DRIFT },
	[STORY_ALL] = { "all", 5, 30, 1200, 7200, FAULT_CUT,
			FAULTS_NETWORK | FAULTS_CARDS | FAULTS_CLOCKS | FAULTS_ATTACK | FAULT_SMALL_SET |
				FAULTS_RADIO },
	[STORY_YEAR] = { "year", 30, 30, 366 * DAY_S, 366 * DAY_S, FAULT_CUT | FAULT_CRASH, 0 },
	[STORY_PAIR] = { "pair", 2, 2, 900, 900, 0, 0 },
	[STORY_CROWD] = { "crowd", 200, 600, 300, 900, FAULT_CUT, FAULT_CRASH | FAULT_DRIFT },
};

/* Every 64th seed is a crowd, every 32nd a flood: they cost as much as all the others. */
static enum story story_of(uint64_t seed)
{
	static const enum story often[] = { STORY_TOWN,   STORY_WALK,  STORY_CARDS, STORY_CLOCKS,
					    STORY_ATTACK, STORY_RADIO, STORY_ALL,   STORY_ATTACK };

	if (seed % 64 == 63)
		return STORY_CROWD;
	if (seed % 32 == 15)
		return STORY_FLOOD;
	if (seed % 16 == 7)
		return STORY_PAIR;
	return often[seed % 8];
}

const char *story_name(enum story story)
{
	return STORIES[story].name;
}

/* A fault that is possible happens on every second seed. */
static uint32_t some_of(struct dice *d, uint32_t faults)
{
	uint32_t some = 0;

	for (uint32_t bit = 1; bit && bit <= faults; bit <<= 1)
		if (faults & bit && dice_permille(d, 500))
			some |= bit;
	return some;
}

/* By chance of its own: all else that a seed means stays as it was. */
static uint32_t wrong_clocks_of(uint64_t seed, enum story story)
{
	struct dice d = { .state = ~seed };

	return STORIES_ORDINARY >> story & 1 && dice_permille(&d, 500) ? FAULT_WRONG_CLOCK : 0;
}

/* Noon of a day for which retention has begun; the storm may cross midnight, what heals does not. */
static uint32_t start_of(struct dice *d, uint32_t storm_s)
{
	uint32_t day = 2400 + dice_below(d, 100), second = dice_between(d, 60, EPOCH_S / 3);

	return day * EPOCH_S + second - storm_s;
}

static void plan_sizes(struct plan *plan, struct dice *d, const struct story_row *row, uint32_t nodes)
{
	static const uint32_t entries[STORY_COUNT] = {
		[STORY_FLOOD] = 12000, [STORY_CROWD] = 6000, [STORY_PAIR] = 12000
	};

	plan->honest = nodes ? nodes : dice_between(d, row->nodes_min, row->nodes_max);
	plan->evil = plan->faults & FAULTS_ATTACK ? dice_between(d, 1, 1 + plan->honest / 4) : 0;
	plan->islands = 1;
	if (plan->story == STORY_WALK || (plan->story == STORY_ALL && dice_permille(d, 300))) {
		plan->islands = dice_between(d, 2, 2 + plan->honest / 6);
		plan->walkers = dice_between(d, 1, 1 + plan->honest / 8);
	}
	plan->entries_max = entries[plan->story] ? entries[plan->story] : 3000;
}

static struct plan make(uint64_t seed, enum story story, uint32_t nodes)
{
	struct dice d = { .state = seed };
	struct plan plan = { .seed = seed, .story = story };
	const struct story_row *row = &STORIES[plan.story];

	(void)dice_u64(&d);
	plan.faults = row->always | some_of(&d, row->maybe);
	if (plan.story == STORY_ALL && dice_permille(&d, 300))
		plan.faults |= FAULT_RADIO;
	plan.faults |= wrong_clocks_of(seed, plan.story);
	/* A node without room cannot sign its card again: where the one that stood was dated ahead and left, what it said
	 * before reaches nobody new (sync/DESIGN.md, "What is naive today"). */
	if (plan.faults & (FAULTS_CLOCKS | FAULT_WRONG_CLOCK))
		plan.faults &= ~(uint32_t)FAULT_SMALL_SET;
	plan.topology = (enum topology)dice_below(&d, TOPOLOGY_COUNT);
	plan.storm_s = dice_between(&d, row->storm_s_min, row->storm_s_max);
	plan_sizes(&plan, &d, row, nodes);
	plan.signing = dice_permille(&d, plan.story == STORY_CROWD ? 0 : 150) ? SIGNING_ED25519 : SIGNING_HASH;
	plan.heal_s = 600 + 60 * plan.honest + (plan.walkers ? 7200 : 0) + (plan.faults & FAULT_RADIO ? 14400 : 0);
	plan.quiet_s = 120;
	plan.person_s = plan.storm_s * plan.honest / dice_between(&d, 40, 250) + 1;
	plan.mishap_s = dice_between(&d, 5, 1 + plan.storm_s / 10);
	plan.start_s = start_of(&d, plan.storm_s);
	plan.fold = dice_permille(&d, 300);
	return plan;
}

struct plan plan_make(uint64_t seed, uint32_t nodes)
{
	return make(seed, story_of(seed), nodes);
}

struct plan plan_year(uint64_t seed, uint32_t nodes)
{
	struct plan plan = make(seed, STORY_YEAR, nodes);

	plan.topology = TOPOLOGY_MESH;
	plan.person_s = 8 * DAY_S;
	plan.mishap_s = DAY_S;
	return plan;
}
