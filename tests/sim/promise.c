/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/sim/promise.h"

#include <stdlib.h>
#include <string.h>

#include "tests/sim/disk.h"

/* The same words, kept longer. */
static bool is_kept_longer(const struct world *w, uint32_t a, uint32_t b)
{
	const struct saying *x = &w->sayings.all[a], *y = &w->sayings.all[b];

	return x->origin == y->origin && x->kept_s > y->kept_s;
}

/* Did its author write `a` after `b`? By true time; sayings are counted as they are said. */
static bool is_later(const struct world *w, uint32_t a, uint32_t b)
{
	const struct saying *x = &w->sayings.all[a], *y = &w->sayings.all[b];

	return x->written_s > y->written_s || (x->written_s == y->written_s && x->origin > y->origin);
}

void promise_note(struct world *w, const struct node *n, uint32_t saying)
{
	uint32_t place = w->sayings.all[saying].place, old = w->promised_cap;

	if (n->role != ROLE_HONEST)
		return;
	if (place >= old) {
		w->promised_cap = 2 * place + 64;
		w->promised = realloc(w->promised, w->promised_cap * sizeof *w->promised);
		assert(w->promised);
		memset(w->promised + old, 0, (w->promised_cap - old) * sizeof *w->promised);
	}
	if (!w->promised[place] || is_later(w, saying, w->promised[place] - 1) ||
	    is_kept_longer(w, saying, w->promised[place] - 1))
		w->promised[place] = saying + 1;
}

/* A later one may stand, too: it was on the disk when the power went, and nobody was told. */
static bool is_broken(const struct world *w, const struct node *n, uint32_t place)
{
	uint32_t promised = w->promised[place] - 1, has = disk_standing(n, place);

	if (promised == SAYING_NONE || !saying_is_live(&w->sayings.all[promised], world_true_s(w)))
		return false;
	return has == SAYING_NONE || is_later(w, promised, has);
}

bool promise_is_kept(const struct world *w)
{
	for (uint32_t i = 0; i < w->plan.honest; i++)
		for (uint32_t place = 0; place < w->promised_cap && w->nodes[i].role == ROLE_HONEST; place++)
			if (is_broken(w, &w->nodes[i], place))
				return false;
	return true;
}

void promise_check(const struct world *w, const struct node *n)
{
	for (uint32_t place = 0; place < w->promised_cap; place++) {
		uint32_t promised = w->promised[place] - 1;
		const struct saying *s;

		if (!is_broken(w, n, place))
			continue;
		s = &w->sayings.all[promised];
		world_fail(w, "node %u lacks saying %u, which was acknowledged %.1f days ago, dated %.1f days ago",
			   n->index, promised, world_days_since(w, s->written_s),
			   world_days_since(w, s->head.hlc.time));
	}
}
