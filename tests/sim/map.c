/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/sim/map.h"

#include <stdlib.h>
#include <string.h>

#include "tests/sim/attacker.h"
#include "tests/sim/contact.h"
#include "tests/sim/host.h"

enum { STAR_MAX = 18, DEGREE_SPARE = 3, CHORDS_PER_NODE = 1 };

static bool are_joined(const struct world *w, uint32_t a, uint32_t b)
{
	for (uint32_t i = 0; i < w->edge_count; i++)
		if ((w->edges[i].ends[0] == a && w->edges[i].ends[1] == b) ||
		    (w->edges[i].ends[0] == b && w->edges[i].ends[1] == a))
			return true;
	return false;
}

static uint32_t degree_of(const struct world *w, uint32_t node)
{
	uint32_t degree = 0;

	for (uint32_t i = 0; i < w->edge_count; i++)
		degree += w->edges[i].ends[0] == node || w->edges[i].ends[1] == node;
	return degree;
}

static void join(struct world *w, uint32_t a, uint32_t b)
{
	bool swap = dice_permille(&w->network, 500);

	if (a == b || are_joined(w, a, b) || degree_of(w, a) >= STAR_MAX || degree_of(w, b) >= STAR_MAX)
		return;
	w->edges = realloc(w->edges, (w->edge_count + 1) * sizeof *w->edges);
	assert(w->edges);
	w->edges[w->edge_count++] = (struct edge){ .ends = { swap ? b : a, swap ? a : b }, .session = NONE };
}

/* Joins members[0 .. count) as the plan says. */
static void join_island(struct world *w, const uint32_t *members, uint32_t count)
{
	enum topology topology = w->plan.topology;

	if (topology == TOPOLOGY_STAR && count > STAR_MAX - 3)
		topology = TOPOLOGY_TREE;
	for (uint32_t i = 1; i < count; i++)
		switch (topology) {
		case TOPOLOGY_STAR:
			join(w, members[0], members[i]);
			break;
		case TOPOLOGY_TREE:
			join(w, members[i - 1 - dice_below(&w->network, i < 4 ? i : 4)], members[i]);
			break;
		case TOPOLOGY_LINE:
		case TOPOLOGY_RING:
		case TOPOLOGY_MESH:
		case TOPOLOGY_COUNT:
			join(w, members[i - 1], members[i]);
			break;
		}
	if (topology == TOPOLOGY_RING || topology == TOPOLOGY_MESH)
		join(w, members[0], members[count - 1]);
	for (uint32_t i = 0; topology == TOPOLOGY_MESH && i < CHORDS_PER_NODE * count; i++)
		join(w, members[i], members[dice_below(&w->network, count)]);
}

bool map_is_walker(const struct world *w, const struct node *n)
{
	return n->index < w->plan.honest && n->island == NONE;
}

struct node *map_some_honest(struct world *w, struct dice *d)
{
	return &w->nodes[dice_below(d, w->plan.honest)];
}

/* The honest that stay, island by island. */
static void make_islands(struct world *w)
{
	uint32_t *members = calloc(w->plan.honest, sizeof *members);

	assert(members);
	for (uint32_t island = 0; island < w->plan.islands; island++) {
		uint32_t count = 0;

		for (uint32_t i = 0; i < w->plan.honest; i++)
			if (w->nodes[i].role == ROLE_HONEST && w->nodes[i].island == island)
				members[count++] = i;
		join_island(w, members, count);
	}
	free(members);
}

static uint32_t some_resident(struct world *w)
{
	return dice_between(&w->network, w->nodes[0].role == ROLE_SMALL, w->plan.honest - w->plan.walkers - 1);
}

/* Who walks meets one or two of each island; who is no honest, whole node meets up to three. */
static void join_the_rest(struct world *w)
{
	for (uint32_t i = 0; i < w->node_count; i++) {
		const struct node *n = &w->nodes[i];

		if (map_is_walker(w, n))
			for (uint32_t first = 0; first < w->plan.islands; first++) {
				uint32_t to = w->nodes[0].role == ROLE_SMALL;

				while (w->nodes[to].island != first)
					to++;
				join(w, i, to);
				join(w, i, some_resident(w));
			}
		else if (n->role != ROLE_HONEST)
			for (uint32_t k = dice_between(&w->network, 1, 3); k; k--)
				join(w, i, some_resident(w));
	}
}

static void make_nodes(struct world *w)
{
	const struct plan *p = &w->plan;
	uint32_t residents = p->honest - p->walkers;
	bool small = has_fault(w, FAULT_SMALL_SET) && residents > 2 * p->islands;

	w->node_count = p->honest + p->evil;
	w->nodes = calloc(w->node_count, sizeof *w->nodes);
	w->side_of = calloc(w->node_count, sizeof *w->side_of);
	assert(w->nodes && w->side_of);
	for (uint32_t i = 0; i < w->node_count; i++) {
		struct node *n = &w->nodes[i];

		n->index = i;
		n->site = dice_below(&w->people, 1u << 16);
		n->island = i < residents ? i % p->islands : NONE;
		n->role = i >= p->honest ? ROLE_EVIL : i == 0 && small ? ROLE_SMALL : ROLE_HONEST;
	}
}

void map_make(struct world *w)
{
	make_nodes(w);
	if (w->plan.story != STORY_RADIO) {
		make_islands(w);
		join_the_rest(w);
	}
	for (uint32_t i = 0; i < w->node_count; i++)
		host_init(w, &w->nodes[i], degree_of(w, i) + DEGREE_SPARE);
	for (uint32_t i = w->plan.honest; i < w->node_count; i++)
		attacker_init(w, &w->nodes[i]);
	static_assert(STAR_MAX + DEGREE_SPARE <= SESSIONS_PER_NODE_MAX, "every edge of a node may be up");
}

void map_fini(struct world *w)
{
	for (uint32_t i = 0; i < w->node_count; i++)
		host_fini(&w->nodes[i]);
	free(w->nodes);
	free(w->side_of);
	free(w->edges);
}

void map_walk_to(struct world *w, struct node *n, uint32_t island)
{
	world_say(w, "node %u walks to island %u", n->index, island);
	for (uint32_t i = 0; i < w->edge_count; i++) {
		const struct edge *e = &w->edges[i];

		if (e->ends[0] == n->index || e->ends[1] == n->index)
			contact_reach(w, i, w->nodes[e->ends[e->ends[0] == n->index]].island == island);
	}
}
