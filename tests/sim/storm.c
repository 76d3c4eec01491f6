/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/sim/storm.h"

#include "tests/sim/attacker.h"
#include "tests/sim/clocks.h"
#include "tests/sim/contact.h"
#include "tests/sim/host.h"
#include "tests/sim/map.h"
#include "tests/sim/people.h"

enum { OUT_OF_REACH_S = 3 * EPOCH_S, OFF_S = 5 * EPOCH_S, NEWCOMERS = 6, NEWCOMER_S = 55 * EPOCH_S };
enum { ATTACK_MS = 3000, BOOT_SPREAD_MS = 5000, PAIR_AUTHORS = 8 };

static void again(struct world *w, struct dice *d, uint32_t mean_ms, enum event_kind kind, uint32_t subject)
{
	if (w->phase == PHASE_STORM)
		heap_put(&w->heap, w->now_ms + dice_wait(d, mean_ms), kind, subject, 0);
}

/* So many, more often few than many. */
static uint32_t some_many(struct dice *d, uint32_t bits_max)
{
	return dice_below(d, 2u << dice_below(d, bits_max));
}

/* Two disks with much in common and some that only one has. Nobody writes anything more. */
static void remember_pair(struct world *w)
{
	uint32_t common = some_many(&w->people, 12), apart = 1 + some_many(&w->people, 11);
	struct key keys[PAIR_AUTHORS];
	uint32_t said[PAIR_AUTHORS];

	for (uint32_t i = 0; i < PAIR_AUTHORS; i++) {
		keys[i] = key_make(&w->people, w->plan.signing);
		said[i] = people_say(w, &w->nodes[0], &keys[i], 0,
				     (struct hlc){ .time = w->plan.start_s, .tick = (uint8_t)i });
		host_remember(w, &w->nodes[0], said[i]);
		host_remember(w, &w->nodes[1], said[i]);
	}
	for (uint32_t i = 0; i < common + apart; i++) {
		struct hlc then = { .time = w->plan.start_s - dice_below(&w->people, 20 * EPOCH_S), .tick = 0 };
		/* Each author says something of each kind, within its rooms. */
		uint32_t saying = people_say(w, &w->nodes[0], &keys[i % PAIR_AUTHORS], 1 + i / PAIR_AUTHORS, then);
		bool first = dice_permille(&w->people, 500);

		if (saying == SAYING_NONE)
			continue;
		if (i < common || first)
			host_remember(w, &w->nodes[0], saying);
		if (i < common || !first)
			host_remember(w, &w->nodes[1], saying);
		w->apart += i >= common;
	}
}

/* In a year some come late. */
static uint64_t comes_at_ms(const struct world *w, uint32_t node)
{
	if (w->plan.story != STORY_YEAR || node + NEWCOMERS < w->plan.honest)
		return 0;
	return (uint64_t)(node + NEWCOMERS + 1 - w->plan.honest) * NEWCOMER_S * MS;
}

void storm_begin(struct world *w)
{
	bool people = w->plan.story != STORY_PAIR;

	clocks_begin(w);
	if (!people)
		remember_pair(w);
	for (uint32_t i = 0; i < w->node_count; i++) {
		struct node *n = &w->nodes[i];

		heap_put(&w->heap, comes_at_ms(w, i) + dice_below(&w->disk, BOOT_SPREAD_MS), EVENT_BOOT, i, 0);
		if (n->role == ROLE_EVIL)
			again(w, &w->attack, ATTACK_MS, EVENT_ATTACK, i);
		else if (people)
			again(w, &w->people, 10 * MS, EVENT_PERSON, i);
		if (map_is_walker(w, n))
			again(w, &w->network, 10 * MS, EVENT_WALK, i);
	}
	for (uint32_t i = 0; i < w->edge_count; i++) {
		struct edge *e = &w->edges[i];

		if (map_is_walker(w, &w->nodes[e->ends[0]]) || map_is_walker(w, &w->nodes[e->ends[1]]))
			continue;
		e->in_reach = true;
		heap_put(&w->heap, BOOT_SPREAD_MS + dice_below(&w->network, BOOT_SPREAD_MS), EVENT_DIAL, i, 0);
		if (has_fault(w, FAULT_CUT) && dice_permille(&w->network, 500))
			again(w, &w->network, w->plan.mishap_s * MS, EVENT_REACH, i);
	}
	for (uint32_t i = 0; i < MISHAP_COUNT; i++)
		again(w, &w->network, w->plan.mishap_s * MS, EVENT_MISHAP, i);
}

void storm_reach(struct world *w, uint32_t edge)
{
	if (w->phase != PHASE_STORM)
		return;
	contact_reach(w, edge, !w->edges[edge].in_reach);
	/* In a year nobody is out of reach for longer than that. */
	if (w->plan.story == STORY_YEAR && !w->edges[edge].in_reach)
		heap_put(&w->heap, w->now_ms + dice_between(&w->network, MS, OUT_OF_REACH_S * MS), EVENT_REACH, edge,
			 0);
	else
		again(w, &w->network, w->plan.mishap_s * MS, EVENT_REACH, edge);
}

void storm_person(struct world *w, struct node *n)
{
	if (w->phase != PHASE_STORM)
		return;
	if (n->sync)
		people_write(w, n);
	again(w, &w->people, w->plan.person_s * MS, EVENT_PERSON, n->index);
}

void storm_attack(struct world *w, struct node *n)
{
	if (w->phase != PHASE_STORM)
		return;
	if (n->sync)
		attacker_act(w, n);
	if (n->sync)
		host_turn(w, n);
	again(w, &w->attack, ATTACK_MS, EVENT_ATTACK, n->index);
}

/* Mishaps. */

/* Some hear all of the others and cannot answer. */
static void part(struct world *w)
{
	uint32_t lasts_s = dice_wait(&w->network, 40);

	if (w->now_ms < w->partition_until_ms)
		return;
	for (uint32_t i = 0; i < w->node_count; i++)
		w->side_of[i] = dice_permille(&w->network, 500);
	w->partition_until_ms = w->now_ms + (uint64_t)lasts_s * MS;
	world_say(w, "a partition for %u s", lasts_s);
	for (uint32_t i = 0; lasts_s > LINK_TIMEOUT_S && i < w->session_count; i++) {
		const struct session *s = &w->sessions[i];

		if (s->used && w->side_of[s->ends[0]] != w->side_of[s->ends[1]])
			heap_put(&w->heap, w->now_ms + LINK_TIMEOUT_S * MS, EVENT_CUT, i, contact_tag(s, 0));
	}
}

static void hurt_network(struct world *w)
{
	if (has_fault(w, FAULT_ONE_WAY) && dice_permille(&w->network, 500))
		part(w);
}

static uint32_t off_ms(struct world *w)
{
	return w->plan.story == STORY_YEAR ? dice_between(&w->disk, MS, OFF_S * MS) : dice_wait(&w->disk, 40 * MS);
}

static void hurt_disk(struct world *w)
{
	struct node *n = map_some_honest(w, &w->disk);

	switch (dice_below(&w->disk, 4)) {
	case 0:
	case 1:
		if (!has_fault(w, FAULT_CRASH) || !n->sync)
			break;
		host_crash(w, n);
		heap_put(&w->heap, w->now_ms + off_ms(w), EVENT_BOOT, n->index, 0);
		break;
	case 2:
		if (has_fault(w, FAULT_STORE))
			n->fails_left = dice_between(&w->disk, 1, 5);
		break;
	default:
		if (has_fault(w, FAULT_FULL_DISK))
			n->full_until_ms = w->now_ms + dice_wait(&w->disk, 100 * MS);
		break;
	}
}

void storm_mishap(struct world *w, enum mishap mishap)
{
	struct dice *streams[MISHAP_COUNT] = { &w->network, &w->disk, &w->clock };

	assert(mishap < MISHAP_COUNT);
	if (w->phase != PHASE_STORM)
		return;
	switch (mishap) {
	case MISHAP_NETWORK:
		hurt_network(w);
		break;
	case MISHAP_DISK:
		hurt_disk(w);
		break;
	case MISHAP_CLOCK:
		clocks_hurt(w);
		break;
	case MISHAP_COUNT:
		break;
	}
	again(w, streams[mishap], w->plan.mishap_s * MS, EVENT_MISHAP, mishap);
}
