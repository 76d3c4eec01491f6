/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/sim/check.h"

#include <stdlib.h>
#include <string.h>

#include "proto/pack.h"
#include "sync/fold/fold.h"
#include "tests/sim/air.h"
#include "tests/sim/disk.h"
#include "tests/sim/host.h"
#include "tests/sim/host_date.h"
#include "tests/sim/promise.h"

enum { CANARY = 0xC7, ASKED_SIZE = 16 };

/* Two greetings and what each SUMMARY, PROBE and ASK costs come to the first; the second allows for a bad guess. */
enum { PROBES_MAX = 2, ASKS_MAX = 8, COMPARE_SIZE_MAX = 512, DIFFERENCE_SIZE_MAX = 16 };

uint8_t *check_canary(struct node *n, uint32_t which)
{
	return n->memory + ASKED_SIZE + (which ? CANARY_SIZE + n->memory_size : 0);
}

void check_signer(const struct world *w, const struct node *n, const struct candidate *c, const struct public_key *key)
{
	if (c->saying == SAYING_NONE)
		world_fail(w, "node %u finds a signature good under what nobody said", n->index);
	if (w->sayings.all[c->saying].truth == TRUTH_SIGNED &&
	    !public_key_equal(&w->sayings.all[c->saying].author, key))
		world_fail(w, "node %u takes saying %u for somebody else's", n->index, c->saying);
}

void check_taken(const struct world *w, const struct node *n, uint32_t saying, enum sync_rc rc)
{
	if (n->role == ROLE_HONEST && (rc == SYNC_E_STALE || rc == SYNC_E_TIME))
		world_fail(w, "node %u refuses saying %u of its own people: %d", n->index, saying, (int)rc);
}

void check_stored(const struct world *w, const struct node *n, const struct candidate *c)
{
	if (n->role != ROLE_EVIL && w->sayings.all[c->saying].truth != TRUTH_SIGNED)
		world_fail(w, "node %u stores saying %u, which nobody signed", n->index, c->saying);
}

static void check_sent_entry(struct world *w, const struct node *n, struct view entry)
{
	uint8_t room[ENTRY_SIZE_MAX];
	uint32_t saying = sayings_find(&w->sayings, entry_unpack(entry, room));

	if (saying == SAYING_NONE || !disk_has(n, saying))
		world_fail(w, "node %u sends saying %d, which is not on its disk", n->index, (int)saying);
	w->entries_sent++;
}

void check_sent(struct world *w, const struct node *n, struct view frame, uint32_t frame_max)
{
	enum frame_kind kind;
	struct view rest, entry;

	if (n->role == ROLE_EVIL)
		return;
	if (frame.size > frame_max || frame_open(&kind, &rest, frame) != FRAME_OK)
		world_fail(w, "node %u sends a frame of %zu bytes that is not legal", n->index, frame.size);
	w->sent_of[kind]++;
	if (kind != FRAME_ENTRIES)
		w->compare_size += frame.size;
	if (kind == FRAME_ENTRY)
		check_sent_entry(w, n, rest);
	while (kind == FRAME_ENTRIES && rest.size) {
		if (frame_entry_read(&entry, &rest) != FRAME_OK)
			world_fail(w, "node %u sends an entry that is cut off", n->index);
		check_sent_entry(w, n, entry);
	}
}

void check_busy(const struct world *w, const struct node *n)
{
	if (!n->committing)
		world_fail(w, "node %u is busy, and nothing is under way", n->index);
}

/* This version or a newer one. */
static bool is_at(const struct world *w, const struct saying *s, const struct node *peer)
{
	uint32_t theirs = disk_standing(peer, s->place);
	const struct saying *other = theirs == SAYING_NONE ? NULL : &w->sayings.all[theirs];

	return other && (other == s || entry_supersedes(other->head.hlc, &other->id, s->head.hlc, &s->id));
}

/* What a node calls safe is on the other's disk, whatever the days that the two keep: whoever walks on believes it. False:
 * something just left there, and the word of it may be on its way. */
static bool is_superset(const struct world *w, const struct node *n, const struct node *peer)
{
	uint64_t since_ms = w->now_ms > LINK_TIMEOUT_S * MS ? w->now_ms - LINK_TIMEOUT_S * MS : 0;

	for (uint32_t place = 0; place < n->standing_cap; place++) {
		uint32_t ours = disk_standing(n, place);
		const struct saying *s = ours == SAYING_NONE ? NULL : &w->sayings.all[ours];

		if (!s || !saying_is_live(s, world_true_s(w)) || is_at(w, s, peer))
			continue;
		if (disk_let_go_since(peer, place, since_ms))
			return false;
		world_fail(w,
			   "node %u calls node %u safe, which lacks saying %u (written %.1f days ago, dated "
			   "%.1f days ago)",
			   n->index, peer->index, ours, world_days_since(w, s->written_s),
			   world_days_since(w, s->head.hlc.time));
	}
	return true;
}

static bool is_at_some_station(const struct world *w, const struct node *n, const struct saying *s)
{
	for (uint32_t i = 0; i < w->plan.honest; i++)
		if (i != n->index && air_has(w, &w->nodes[i]) && is_at(w, s, &w->nodes[i]))
			return true;
	return false;
}

/* By radio it means that each entry was heard to be at some other station. Of liars it may be untrue. */
static void check_safe_by_radio(const struct world *w, struct node *n)
{
	struct sync_link_status status;
	bool was = n->radio_safe;

	n->radio_safe = air_has(w, n) && sync_link_status(n->sync, RADIO_CARRIER, &status) && status.state == LINK_SAFE;
	for (uint32_t place = 0; n->radio_safe && !was && !w->plan.evil && place < n->standing_cap; place++) {
		uint32_t ours = disk_standing(n, place);
		const struct saying *s = ours == SAYING_NONE ? NULL : &w->sayings.all[ours];

		if (s && saying_is_live(s, world_true_s(w)) && !is_at_some_station(w, n, s))
			world_fail(w,
				   "node %u calls saying %u safe by radio, which no other station has (written %.1f "
				   "days ago, dated %.1f days ago)",
				   n->index, ours, world_days_since(w, s->written_s),
				   world_days_since(w, s->head.hlc.time));
	}
}

/* A flooded author's registers come and go: what stood a moment ago is beyond his bound, here first and there later. */
static void check_safe(struct world *w, struct node *n)
{
	for (uint32_t i = 0; i < SESSIONS_PER_NODE_MAX; i++) {
		struct session *s = n->sessions[i] == NONE ? NULL : &w->sessions[n->sessions[i]];
		struct sync_link_status status;
		uint32_t side;

		if (!s)
			continue;
		side = s->ends[0] == n->index ? 0 : 1;
		if (!sync_link_status(n->sync, s->carrier, &status))
			world_fail(w, "node %u does not know its contact %u", n->index, n->sessions[i]);
		s->safe[side] = status.state == LINK_SAFE;
		s->proved[side] =
			s->safe[side] && (s->proved[side] || has_fault(w, FAULT_FLOOD) || n->role == ROLE_EVIL ||
					  w->nodes[s->ends[1 - side]].role == ROLE_EVIL ||
					  is_superset(w, n, &w->nodes[s->ends[1 - side]]));
	}
}

void check_node(struct world *w, struct node *n)
{
	struct sync_status status;

	for (uint32_t which = 0; which < 2; which++)
		for (uint32_t i = 0; i < CANARY_SIZE; i++)
			if (check_canary(n, which)[i] != CANARY)
				world_fail(w, "node %u writes %s its memory", n->index, which ? "behind" : "before");
	sync_status(n->sync, &status);
	if (status.entries > n->config.entries_max || status.pending > n->config.pending_max ||
	    status.authors > n->config.authors_max)
		world_fail(w, "node %u holds %u entries of %u authors, %u pending: more than its bounds", n->index,
			   status.entries, status.authors, status.pending);
	if (n->role == ROLE_EVIL)
		return;
	if (status.entries != n->stands)
		world_fail(w, "node %u holds %u entries where %u stand", n->index, status.entries, n->stands);
	check_safe(w, n);
	check_safe_by_radio(w, n);
}

/* The end. */

bool check_is_idle(const struct world *w)
{
	for (uint32_t i = 0; i < w->plan.honest; i++)
		if (w->nodes[i].committing || host_date_is_held(&w->nodes[i]))
			return false;
	return true;
}

bool check_is_same(const struct world *w)
{
	const struct node *first = NULL;

	for (uint32_t i = 0; i < w->plan.honest; i++) {
		const struct node *n = &w->nodes[i];

		if (n->role != ROLE_HONEST)
			continue;
		if (!n->sync)
			return false;
		if (!first)
			first = n;
		if (n->stands != first->stands || n->sum[0] != first->sum[0] || n->sum[1] != first->sum[1])
			return false;
	}
	return true;
}

/* Its author said it again since, of so long ago that it is kept no longer: the way it goes when a clock is put right. What was
 * acknowledged to people is promise.c's to hold. */
static bool is_said_again_and_over(const struct world *w, const struct saying *old)
{
	assert(w->sayings.all);
	for (uint32_t i = 0; i < w->sayings.count; i++) {
		const struct saying *s = &w->sayings.all[i];

		if (s->place == old->place && s->truth == TRUTH_SIGNED &&
		    hlc_epoch(s->head.hlc) + retention_days(entry_retention(s->head.kind)) <
			    world_true_s(w) / EPOCH_S &&
		    entry_supersedes(s->head.hlc, &s->id, old->head.hlc, &old->id))
			return true;
	}
	return false;
}

/* What was on an honest disk when it healed, and is neither here nor replaced. */
static bool lacks(const struct world *w, const struct node *n, uint32_t place)
{
	uint32_t must = w->must[place] - 1, has = disk_standing(n, place);
	const struct saying *a, *b;

	if (must == SAYING_NONE || must == has)
		return false;
	a = &w->sayings.all[must];
	b = has == SAYING_NONE ? NULL : &w->sayings.all[has];
	if (b && entry_supersedes(b->head.hlc, &b->id, a->head.hlc, &a->id))
		return false;
	return (b || !disk_is_beyond_room(w, n, must)) && !is_said_again_and_over(w, a);
}

bool check_is_whole(const struct world *w)
{
	for (uint32_t i = 0; i < w->plan.honest; i++)
		for (uint32_t place = 0; place < w->must_count && w->nodes[i].role == ROLE_HONEST; place++)
			if (lacks(w, &w->nodes[i], place))
				return false;
	return true;
}

static void check_must(const struct world *w, const struct node *n)
{
	for (uint32_t place = 0; place < w->must_count; place++)
		if (lacks(w, n, place))
			world_fail(w, "saying %u was on an honest disk and is lost on node %u", w->must[place] - 1,
				   n->index);
}

struct each {
	struct world *w;
	struct node *n;
	uint32_t count;
	struct fold *fold; /* NULL: not this time */
};

static bool take_id(void *user, uint64_t handle, const struct entry_id *id)
{
	struct each *each = user;
	struct node *n = each->n;
	const struct saying *s = &each->w->sayings.all[n->rows[handle - 1].saying];

	if (!entry_id_equal(&s->id, id) || disk_standing(n, s->place) != n->rows[handle - 1].saying)
		world_fail(each->w, "node %u holds row %llu, which does not stand", n->index,
			   (unsigned long long)handle);
	each->count++;
	if (each->fold && fold_put(each->fold, saying_bytes(s), id, &s->author) == FOLD_E_FULL)
		world_fail(each->w, "the picture of node %u has no room", n->index);
	return true;
}

/* The fold's edge is used here alone. */
static struct fold_digest picture_of(struct world *w, struct node *n)
{
	struct fold_config config = { .registers_max = n->stands + 1, .authors_max = n->config.authors_max };
	size_t size = fold_footprint(&config);
	void *memory = malloc(size);
	struct each each = { .w = w, .n = n };
	struct fold_digest digest = { { 0 } };

	assert(memory);
	if (w->plan.fold)
		each.fold = fold_init(memory, size, &config);
	sync_each(n->sync, take_id, &each);
	if (each.count != n->stands)
		world_fail(w, "node %u lists %u entries of %u", n->index, each.count, n->stands);
	if (each.fold) {
		fold_run(each.fold, world_true_s(w));
		fold_digest(each.fold, &digest);
	}
	free(memory);
	return digest;
}

/* Why a link does not say safe, as this side sees it. */
static void say_left(const struct world *w, const struct node *n, const struct session *s)
{
	struct sync_link_status status;

	if (!sync_link_status(n->sync, s->carrier, &status))
		return;
	world_say(w, "node %u: state %d, left there %u by clock, %u by age, %u full, %u by policy; here %u, %u, %u, %u",
		  n->index, (int)status.state, status.left_there.clock, status.left_there.age, status.left_there.full,
		  status.left_there.policy, status.left_here.clock, status.left_here.age, status.left_here.full,
		  status.left_here.policy);
}

static void check_links(const struct world *w, const struct node *n)
{
	for (uint32_t i = 0; i < SESSIONS_PER_NODE_MAX; i++) {
		const struct session *s = n->sessions[i] == NONE ? NULL : &w->sessions[n->sessions[i]];

		if (!s || w->nodes[s->ends[0]].role != ROLE_HONEST || w->nodes[s->ends[1]].role != ROLE_HONEST ||
		    (s->safe[0] && s->safe[1]))
			continue;
		for (uint32_t side = 0; side < 2; side++)
			if (s->up[side])
				say_left(w, &w->nodes[s->ends[side]], s);
		world_fail(w, "nodes %u and %u hold the same and do not say so", s->ends[0], s->ends[1]);
	}
}

/* On a good line, with nobody writing: one comparison, or a second where the first guess was far off. */
static void check_price(const struct world *w)
{
	uint64_t probes = w->sent_of[FRAME_PROBE], asks = w->sent_of[FRAME_ASK];

	world_say(w, "%u apart of %u: %llu series, %llu questions, %llu bytes", w->apart, w->nodes[0].stands,
		  (unsigned long long)probes, (unsigned long long)asks, (unsigned long long)w->compare_size);
	if (probes > PROBES_MAX || asks > ASKS_MAX)
		world_fail(w, "%u differences took %llu series and %llu questions", w->apart,
			   (unsigned long long)probes, (unsigned long long)asks);
	if (w->compare_size > COMPARE_SIZE_MAX + (uint64_t)w->apart * DIFFERENCE_SIZE_MAX)
		world_fail(w, "%u differences took %llu bytes to find", w->apart, (unsigned long long)w->compare_size);
}

void check_end(struct world *w)
{
	struct fold_digest first = { { 0 } };
	bool any = false;

	if (w->plan.story == STORY_PAIR)
		check_price(w);
	for (uint32_t i = 0; i < w->plan.honest; i++) {
		struct node *n = &w->nodes[i];
		struct fold_digest digest;

		if (n->role != ROLE_HONEST)
			continue;
		check_must(w, n);
		promise_check(w, n);
		check_links(w, n);
		digest = picture_of(w, n);
		if (any && memcmp(&digest, &first, sizeof digest) != 0)
			world_fail(w, "node %u shows another picture of the same entries", n->index);
		first = digest;
		any = true;
	}
}
