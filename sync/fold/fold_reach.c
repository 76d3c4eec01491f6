/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who is within three vouches of an author, kept for the author who was asked about last.
 *
 * At most FOLD_TRUSTED_MAX count: the nearer first, and of those that are equally near as many through each of those whom
 * the author himself vouched for, and so on down. Whoever brings in a crowd of puppets fills his own share with them. */
#include "sync/fold/fold_state.h"

/* Those who were reached through one author stand in a ring: whoever was last in turn is its tail. */
static void ring_add(struct reach *r, uint32_t of, uint32_t author)
{
	uint32_t tail = r->tail[of];

	r->next[author] = tail == AUTHOR_NONE ? author : r->next[tail];
	if (tail != AUTHOR_NONE)
		r->next[tail] = author;
	r->tail[of] = author;
}

static void ring_leave_next(struct reach *r, uint32_t of)
{
	uint32_t tail = r->tail[of], out = r->next[tail];

	if (out == tail)
		r->tail[of] = AUTHOR_NONE;
	else
		r->next[tail] = r->next[out];
}

/* Each layer begins with all rings full. */
static void rings_fill(struct reach *r)
{
	for (uint32_t i = 0; i < r->count; i++)
		r->tail[r->found[i]] = AUTHOR_NONE;
	for (uint32_t i = 1; i < r->count; i++)
		ring_add(r, r->parent[r->found[i]], r->found[i]);
}

/* The next whom this author vouches for, and who was not reached before; AUTHOR_NONE: no more. */
static uint32_t next_vouched(struct fold *f, uint32_t by)
{
	struct reach *r = &f->reach;

	while (r->cursor[by] != FOLD_NONE) {
		const struct reg *vouch = reg_at(f, r->cursor[by]);

		r->cursor[by] = vouch->trust.next;
		assert(vouch->trust.to < f->authors_run);
		if (r->distance[vouch->trust.to] <= FOLD_VOUCHES)
			continue;
		r->parent[vouch->trust.to] = by;
		return vouch->trust.to;
	}
	return AUTHOR_NONE;
}

/* The next who is `steps` + 1 vouches from `from`, each of those between in turn. */
static uint32_t next_below(struct fold *f, uint32_t from, int steps)
{
	struct reach *r = &f->reach;

	if (!steps)
		return next_vouched(f, from);
	while (r->tail[from] != AUTHOR_NONE) {
		uint32_t child = r->next[r->tail[from]], found = next_below(f, child, steps - 1);

		if (found != AUTHOR_NONE) {
			r->tail[from] = child;
			return found;
		}
		ring_leave_next(r, from);
	}
	return AUTHOR_NONE;
}

static void reach_add(struct fold *f, uint32_t author, int distance)
{
	struct reach *r = &f->reach;

	assert(author < f->authors_run);
	r->distance[author] = (uint8_t)distance;
	r->cursor[author] = f->vouches[author];
	r->found[r->count++] = author;
}

static void measure_from(struct fold *f, uint16_t from)
{
	struct reach *r = &f->reach;

	memset(r->distance, FOLD_VOUCHES + 1, f->authors_run);
	r->count = 0;
	reach_add(f, from, 0);
	for (int layer = 1; layer <= FOLD_VOUCHES; layer++) {
		rings_fill(r);
		while (r->count < FOLD_TRUSTED_MAX) {
			uint32_t found = next_below(f, from, layer - 1);

			if (found == AUTHOR_NONE)
				break;
			reach_add(f, found, layer);
		}
	}
	assert(r->count <= f->authors_run);
	r->from = from;
}

uint32_t fold_rights_distance(struct fold *f, uint16_t from, uint16_t to)
{
	assert(from < f->authors_run);
	assert(to < f->authors_run);
	if (f->reach.from != from)
		measure_from(f, from);
	return f->reach.distance[to];
}

/* Who vouches himself, for the first time, means what the other has said so far as well. Whom others vouch for is trusted in
 * what he says from then on. */
static bool covers(const struct reg *vouch, uint16_t from, uint32_t when_s)
{
	if (vouch->author == from && (vouch->flags & REG_FIRST))
		return when_s <= vouch->trust.until;
	return fold_rights_held(vouch, when_s);
}

bool fold_rights_trusted(struct fold *f, uint16_t from, uint16_t to, uint32_t when_s)
{
	if (from == to)
		return true;
	for (fold_slot at = f->vouched[to]; at != FOLD_NONE; at = reg_at(f, at)->trust.other)
		if (covers(reg_at(f, at), from, when_s) &&
		    fold_rights_distance(f, from, reg_at(f, at)->author) < FOLD_VOUCHES)
			return true;
	return false;
}
