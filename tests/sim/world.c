/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/sim/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/air.h"
#include "tests/sim/attacker.h"
#include "tests/sim/check.h"
#include "tests/sim/clocks.h"
#include "tests/sim/contact.h"
#include "tests/sim/disk.h"
#include "tests/sim/host.h"
#include "tests/sim/host_date.h"
#include "tests/sim/host_upkeep.h"
#include "tests/sim/map.h"
#include "tests/sim/people.h"
#include "tests/sim/promise.h"
#include "tests/sim/storm.h"

enum { CHECK_MS = 1000, SILENCE_S = 180, EVENTS_PER_MS_MAX = 1000000, HEAL_WALK_S = 200 };

void world_say(const struct world *w, const char *what, ...)
{
	va_list args;

	if (!w->trace)
		return;
	va_start(args, what);
	(void)fprintf(stderr, "%9llu.%03llu ", (unsigned long long)(w->now_ms / MS),
		      (unsigned long long)(w->now_ms % MS));
	(void)vfprintf(stderr, what, args);
	(void)fputc('\n', stderr);
	va_end(args);
}

void world_fail(const struct world *w, const char *what, ...)
{
	va_list args;

	va_start(args, what);
	(void)fflush(stdout);
	(void)fprintf(stderr, "FAILED sim --seed %llu", (unsigned long long)w->plan.seed);
	if (w->year_asked)
		(void)fprintf(stderr, " --year");
	if (w->nodes_asked)
		(void)fprintf(stderr, " --nodes %u", w->nodes_asked);
	(void)fprintf(stderr, " (%s, %llu ms): ", story_name(w->plan.story), (unsigned long long)w->now_ms);
	(void)vfprintf(stderr, what, args);
	(void)fputc('\n', stderr);
	va_end(args);
	_Exit(EXIT_FAILURE);
}

/* Healing. */

static bool is_newer(const struct saying *a, const struct saying *b)
{
	return entry_supersedes(a->head.hlc, &a->id, b->head.hlc, &b->id);
}

/* All that stands on an honest disk now, in its newest version, must be everywhere in the end, but what no right clock lets
 * in: its author signs it again, or had no right to it. */
static void note_musts(struct world *w)
{
	struct node_time now = { .wall_s = world_true_s(w), .quality = TIME_SET };

	w->must_count = w->sayings.place_count;
	w->must = calloc(w->must_count + 1, sizeof *w->must);
	assert(w->must);
	for (uint32_t i = 0; i < w->plan.honest; i++)
		for (uint32_t place = 0; place < w->must_count; place++) {
			uint32_t has = disk_standing(&w->nodes[i], place), must = w->must[place];

			if (has != SAYING_NONE && time_allows(&w->sayings.all[has], now) &&
			    (!must || is_newer(&w->sayings.all[has], &w->sayings.all[must - 1])))
				w->must[place] = has + 1;
		}
}

static void tick(struct world *w, struct node *n)
{
	host_tick(w, n);
	host_upkeep(w, n);
	if (!n->card_due || host_date_is_held(n))
		return;
	people_make_card(w, n);
	n->card_due = false;
}

static void heal_node(struct world *w, struct node *n)
{
	n->offset_s = 0;
	n->drift_ppm = 0;
	n->synchronised = true;
	n->fails_left = 0;
	n->full_until_ms = 0;
	n->batch_max = BATCH_MAX; /* a slow card is one, but takes what there is at once */
	if (n->sync)
		host_tick(w, n);
	else
		host_boot(w, n);
	host_date_answer(w, n);
	/* What a small node says in the end may reach the others long after they hold the same. */
	n->card_due = w->plan.story != STORY_PAIR && n->role == ROLE_HONEST;
	tick(w, n);
}

static void silence_attackers(struct world *w)
{
	for (uint32_t i = w->plan.honest; i < w->node_count; i++)
		host_crash(w, &w->nodes[i]);
	for (uint32_t i = 0; i < w->edge_count; i++)
		if (w->edges[i].ends[0] >= w->plan.honest || w->edges[i].ends[1] >= w->plan.honest)
			w->edges[i].in_reach = false;
}

static void heal(struct world *w)
{
	assert(w->nodes);
	w->phase = PHASE_HEAL;
	world_say(w, "the storm is over");
	silence_attackers(w);
	if (w->partition_until_ms > w->now_ms)
		contact_wake(w);
	w->partition_until_ms = w->now_ms;
	if (dice_permille(&w->network, 500))
		contact_cut_all(w, NONE);
	for (uint32_t i = 0; i < w->plan.honest; i++)
		heal_node(w, &w->nodes[i]);
	for (uint32_t i = 0; i < w->edge_count; i++) {
		const struct edge *e = &w->edges[i];

		if (e->ends[0] < w->plan.honest && e->ends[1] < w->plan.honest &&
		    !map_is_walker(w, &w->nodes[e->ends[0]]) && !map_is_walker(w, &w->nodes[e->ends[1]]))
			contact_reach(w, i, true);
	}
	note_musts(w);
	heap_put(&w->heap, w->now_ms + CHECK_MS, EVENT_CHECK, 0, 0);
}

static double days_old(const struct world *w, uint32_t saying)
{
	return world_days_since(w, w->sayings.all[saying].head.hlc.time);
}

/* Says of one register what one node holds and another does not. */
static void fail_between(const struct world *w, const struct node *a, const struct node *b)
{
	for (uint32_t place = 0; place < w->sayings.place_count; place++) {
		uint32_t has = disk_standing(a, place), other = disk_standing(b, place);

		if (has == SAYING_NONE || has == other)
			continue;
		if (other == SAYING_NONE)
			world_fail(w, "not the same after %u s: node %u holds saying %u (%.1f days old), node %u none",
				   w->plan.heal_s, a->index, has, days_old(w, has), b->index);
		world_fail(w,
			   "not the same after %u s: node %u holds saying %u (%.1f days old), node %u saying %u "
			   "(%.1f days)",
			   w->plan.heal_s, a->index, has, days_old(w, has), b->index, other, days_old(w, other));
	}
}

static void fail_different(struct world *w)
{
	assert(w->nodes);
	for (uint32_t i = 0; i < w->plan.honest; i++)
		for (uint32_t k = 0; k < w->plan.honest; k++)
			if (w->nodes[i].role == ROLE_HONEST && w->nodes[k].role == ROLE_HONEST)
				fail_between(w, &w->nodes[i], &w->nodes[k]);
	check_end(w); /* the same, and not whole: says of what */
	world_fail(w, "not the same after %u s: a node is off or never done", w->plan.heal_s);
}

/* A card that waits until its node's date is put right is still to be said, and what is due on that day as well. */
static bool all_is_said(const struct world *w)
{
	assert(w->nodes);
	for (uint32_t i = 0; i < w->plan.honest; i++)
		if (w->nodes[i].card_due || !host_upkeep_is_done(&w->nodes[i]))
			return false;
	return true;
}

static void check(struct world *w)
{
	bool same = check_is_same(w);

	if (w->phase == PHASE_HEAL && same && all_is_said(w) && check_is_idle(w) && check_is_whole(w) &&
	    promise_is_kept(w)) {
		w->phase = PHASE_QUIET;
		w->same_since_ms = w->now_ms;
		world_say(w, "all hold the same");
	} else if (w->phase == PHASE_HEAL && w->now_ms > (uint64_t)(w->plan.storm_s + w->plan.heal_s) * MS) {
		fail_different(w);
	} else if (w->phase == PHASE_QUIET) {
		uint64_t longest_s = air_longest_s(w), silent_ms = w->same_since_ms;

		silent_ms += (w->plan.quiet_s + 3 * longest_s) * MS;
		if (!same)
			world_fail(w, "what was the same came apart");
		if (w->now_ms >= silent_ms && w->now_ms < silent_ms + CHECK_MS)
			air_expect_silence(w);
		if (w->now_ms >= silent_ms && w->last_frame_ms > silent_ms)
			world_fail(w, "links still talk %u s after all held the same", w->plan.quiet_s);
		if (w->now_ms >= silent_ms + (SILENCE_S + 2 * longest_s) * MS) {
			air_check_silence(w, SILENCE_S + 2 * longest_s);
			check_end(w);
			w->phase = PHASE_DONE;
			return;
		}
	}
	heap_put(&w->heap, w->now_ms + CHECK_MS, EVENT_CHECK, 0, 0);
}

/* Carried at random while it storms; from then on from island to island in turn, as long at each, until all hold the
 * same. Then whoever walks stays where it is. */
static void walk(struct world *w, struct node *n)
{
	bool storms = w->phase == PHASE_STORM;
	uint64_t next_ms = w->now_ms + HEAL_WALK_S * MS, first_ms = (uint64_t)(w->plan.storm_s + HEAL_WALK_S) * MS;

	if (w->phase == PHASE_QUIET)
		return;
	map_walk_to(w, n, (storms ? dice_below(&w->network, w->plan.islands) : n->rounds++) % w->plan.islands);
	if (storms) {
		next_ms = w->now_ms + dice_wait(&w->network, (1 + w->plan.storm_s / 10) * MS);
		next_ms = next_ms < first_ms ? next_ms : first_ms;
	}
	heap_put(&w->heap, next_ms, EVENT_WALK, n->index, 0);
}

static void happen(struct world *w, const struct event *e)
{
	struct node *n = e->subject < w->node_count ? &w->nodes[e->subject] : NULL;
	bool on = n && n->sync, same_boot = on && n->boot == e->tag;

	switch (e->kind) {
	case EVENT_ARRIVE:
		contact_arrive(w, e->subject, e->tag);
		break;
	case EVENT_DOWN:
		contact_down(w, e->subject, e->tag);
		break;
	case EVENT_CUT:
		if (w->phase == PHASE_STORM)
			contact_cut(w, e->subject, e->tag);
		break;
	case EVENT_DIAL:
		contact_dial(w, e->subject);
		break;
	case EVENT_REACH:
		storm_reach(w, e->subject);
		break;
	case EVENT_WALK:
		assert(n);
		walk(w, n);
		break;
	case EVENT_TIMER:
		if (same_boot)
			host_timer(w, n);
		break;
	case EVENT_COMMIT:
		if (same_boot)
			host_commit(w, n);
		break;
	case EVENT_TICK:
		if (same_boot)
			tick(w, n);
		if (same_boot)
			heap_put(&w->heap, w->now_ms + world_tick_ms(w), EVENT_TICK, n->index, n->boot);
		break;
	case EVENT_BOOT:
		if (!on)
			host_boot(w, n);
		break;
	case EVENT_PERSON:
		storm_person(w, n);
		break;
	case EVENT_CLOCK:
		assert(n);
		clocks_put_right(w, n, (enum put_right)e->tag);
		break;
	case EVENT_MISHAP:
		storm_mishap(w, (enum mishap)e->subject);
		break;
	case EVENT_ATTACK:
		storm_attack(w, n);
		break;
	case EVENT_AIR_END:
		air_end(w, n);
		break;
	case EVENT_CHECK:
		check(w);
		break;
	case EVENT_HEAL:
		heal(w);
		break;
	}
}

void world_run(struct world *w, const struct plan *plan, const struct sites *sites)
{
	struct dice seed = { .state = plan->seed ^ 0x51D };
	struct event e;
	uint64_t at_once = 0;

	w->plan = *plan;
	w->sites = sites;
	w->network = dice_split(&seed);
	w->disk = dice_split(&seed);
	w->clock = dice_split(&seed);
	w->people = dice_split(&seed);
	w->attack = dice_split(&seed);
	w->wrong = dice_split(&seed);
	map_make(w);
	air_init(w);
	storm_begin(w);
	heap_put(&w->heap, (uint64_t)plan->storm_s * MS, EVENT_HEAL, 0, 0);
	while (w->phase != PHASE_DONE && heap_take(&w->heap, &e)) {
		at_once = e.at_ms == w->now_ms ? at_once + 1 : 0;
		w->now_ms = e.at_ms;
		w->events++;
		if (at_once > EVENTS_PER_MS_MAX)
			world_fail(w, "time stands still: event %d of %u", (int)e.kind, e.subject);
		happen(w, &e);
	}
}

void world_fini(struct world *w)
{
	contact_fini(w);
	air_fini(w);
	attacker_fini(w);
	map_fini(w);
	sayings_fini(&w->sayings);
	heap_fini(&w->heap);
	free(w->must);
	free(w->promised);
}
