/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/sim/contact.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/attacker.h"
#include "tests/sim/check.h"
#include "tests/sim/host.h"
#include "tests/sim/host_date.h"

enum { REDIAL_MS = 4000, UNHEARD_MAX = 20000, FRAME_SIZE_MAX = 2 * LINK_FRAME_MAX };

uint64_t contact_tag(const struct session *s, uint32_t side)
{
	return 2 * s->generation + side;
}

/* NULL when the tag speaks of an earlier session at this place. */
static struct session *session_of(struct world *w, uint32_t index, uint64_t tag, uint32_t *side)
{
	struct session *s = &w->sessions[index];

	*side = tag & 1;
	return s->used && s->generation == tag / 2 ? s : NULL;
}

/* Beginning. */

static uint32_t session_new(struct world *w)
{
	uint32_t at = 0;

	while (at < w->session_count && w->sessions[at].used)
		at++;
	if (at == w->session_count) {
		w->sessions = realloc(w->sessions, (2 * (size_t)at + 16) * sizeof *w->sessions);
		assert(w->sessions);
		w->session_count = 2 * at + 16;
		memset(w->sessions + at, 0, (w->session_count - at) * sizeof *w->sessions);
	}
	return at;
}

static uint32_t *place_of(struct node *n, uint32_t session)
{
	for (uint32_t i = 0; i < SESSIONS_PER_NODE_MAX; i++)
		if (n->sessions[i] == session)
			return &n->sessions[i];
	return NULL;
}

static bool raise_end(struct world *w, uint32_t session, uint32_t side)
{
	struct session *s = &w->sessions[session];
	struct node *n = &w->nodes[s->ends[side]];
	uint32_t *place = place_of(n, NONE);
	struct carrier_traits traits = { .kind = CARRIER_LINK, .dialled = side == 0, .frame_max = s->frame_max };

	if (!place || sync_carrier_up(n->sync, s->carrier, &traits, host_mono(w, n)) != SYNC_OK)
		return false;
	*place = session;
	s->up[side] = true;
	return true;
}

static struct session session_make(struct world *w, uint32_t edge)
{
	static const uint32_t frame_maxes[] = { SYNC_LINK_FRAME_MIN, SYNC_LINK_FRAME_MIN, 8192, LINK_FRAME_MAX };
	struct dice *d = &w->network;
	struct session s = { .used = true, .generation = ++w->generations, .edge = edge, .window = 65536 };

	memcpy(s.ends, w->edges[edge].ends, sizeof s.ends);
	s.carrier = LINK_CARRIER_FIRST + w->carriers++;
	s.frame_max = frame_maxes[dice_below(d, 4)];
	s.latency_ms = dice_between(d, 0, 40);
	s.bytes_per_s = dice_between(d, 200000, 2000000);
	if (w->plan.story == STORY_PAIR)
		return s;
	s.window = dice_between(d, 1, 40000);
	if (dice_permille(d, 200))
		s.latency_ms = dice_below(d, 1500);
	if (dice_permille(d, 300))
		s.bytes_per_s = dice_between(d, 1000, 20000);
	return s;
}

static bool is_parted(const struct world *w, uint32_t from, uint32_t to)
{
	return w->now_ms < w->partition_until_ms && w->side_of[from] && !w->side_of[to];
}

static void retry(struct world *w, uint32_t edge)
{
	heap_put(&w->heap, w->now_ms + dice_wait(&w->network, REDIAL_MS), EVENT_DIAL, edge, 0);
}

void contact_dial(struct world *w, uint32_t edge)
{
	struct edge *e = &w->edges[edge];
	struct node *ends[2] = { &w->nodes[e->ends[0]], &w->nodes[e->ends[1]] };
	uint32_t at;

	if (e->session != NONE || !e->in_reach)
		return;
	if (!ends[0]->sync || !ends[1]->sync || is_parted(w, e->ends[0], e->ends[1]) ||
	    is_parted(w, e->ends[1], e->ends[0])) {
		retry(w, edge);
		return;
	}
	at = session_new(w);
	w->sessions[at] = session_make(w, edge);
	if (!raise_end(w, at, 0)) {
		w->sessions[at].used = false;
		retry(w, edge);
		return;
	}
	e->session = at;
	world_say(w, "contact %u: node %u dials node %u", at, e->ends[0], e->ends[1]);
	if (!raise_end(w, at, 1)) { /* no place there: closed at once */
		w->sessions[at].broken = true;
		heap_put(&w->heap, w->now_ms + 1, EVENT_DOWN, at, contact_tag(&w->sessions[at], 0));
		return;
	}
	if (has_fault(w, FAULT_CUT) && w->phase == PHASE_STORM)
		heap_put(&w->heap, w->now_ms + dice_wait(&w->network, w->plan.mishap_s * MS), EVENT_CUT, at,
			 contact_tag(&w->sessions[at], 0));
	host_turn(w, ends[0]);
	host_turn(w, ends[1]);
}

void contact_reach(struct world *w, uint32_t edge, bool in_reach)
{
	struct edge *e = &w->edges[edge];

	if (e->in_reach == in_reach)
		return;
	e->in_reach = in_reach;
	if (in_reach && e->session == NONE)
		retry(w, edge);
	if (!in_reach && e->session != NONE)
		contact_cut(w, e->session, contact_tag(&w->sessions[e->session], 0));
}

/* Ending. */

static void lane_clear(struct lane *lane)
{
	while (lane->first) {
		struct flight *next = lane->first->next;

		free(lane->first);
		lane->first = next;
	}
	*lane = (struct lane){ 0 };
}

/* The first few of what is on its way still get there. */
static void lane_cut(struct world *w, struct lane *lane)
{
	struct flight **at = &lane->first, *last = NULL;

	while (*at && dice_permille(&w->network, 800)) {
		last = *at;
		at = &last->next;
	}
	while (*at) {
		struct flight *lost = *at;

		*at = lost->next;
		free(lost);
	}
	lane->last = last;
}

void contact_cut(struct world *w, uint32_t session, uint64_t tag)
{
	uint32_t side;
	struct session *s = session_of(w, session, tag, &side);

	if (!s || s->broken)
		return;
	world_say(w, "contact %u breaks", session);
	s->broken = true;
	for (uint32_t i = 0; i < 2; i++) {
		uint32_t late_ms = dice_permille(&w->network, 300) ? LINK_TIMEOUT_S * MS : 200;

		lane_cut(w, &s->lanes[i]);
		if (s->up[i])
			heap_put(&w->heap, w->now_ms + dice_below(&w->network, late_ms), EVENT_DOWN, session,
				 contact_tag(s, i));
	}
}

static void lower_end(struct world *w, uint32_t session, uint32_t side)
{
	struct session *s = &w->sessions[session];
	struct edge *e = &w->edges[s->edge];

	s->up[side] = false;
	*place_of(&w->nodes[s->ends[side]], session) = NONE;
	lane_clear(&s->lanes[side]);
	if (side == 0 && e->session == session) {
		e->session = NONE;
		if (e->in_reach)
			retry(w, s->edge);
	}
	if (s->up[0] || s->up[1])
		return;
	lane_clear(&s->lanes[0]);
	lane_clear(&s->lanes[1]);
	s->used = false;
}

void contact_down(struct world *w, uint32_t session, uint64_t tag)
{
	uint32_t side;
	struct session *s = session_of(w, session, tag, &side);
	struct node *n;

	if (!s || !s->up[side])
		return;
	n = &w->nodes[s->ends[side]];
	sync_carrier_down(n->sync, s->carrier);
	lower_end(w, session, side);
	host_turn(w, n);
}

void contact_crash(struct world *w, struct node *n)
{
	for (uint32_t i = 0; i < SESSIONS_PER_NODE_MAX; i++) {
		uint32_t session = n->sessions[i];
		struct session *s = &w->sessions[session];
		uint32_t side;

		if (session == NONE)
			continue;
		side = s->ends[0] == n->index && s->up[0] ? 0 : 1;
		contact_cut(w, session, contact_tag(s, side));
		lower_end(w, session, side);
	}
}

void contact_fini(struct world *w)
{
	for (uint32_t i = 0; i < w->session_count; i++) {
		lane_clear(&w->sessions[i].lanes[0]);
		lane_clear(&w->sessions[i].lanes[1]);
	}
	free(w->sessions);
}

void contact_cut_all(struct world *w, uint32_t only)
{
	for (uint32_t i = 0; i < w->session_count; i++) {
		const struct session *s = &w->sessions[i];

		if (s->used && (only == NONE || s->ends[0] == only || s->ends[1] == only))
			contact_cut(w, i, contact_tag(s, 0));
	}
}

/* Running. */

static void lane_put(struct world *w, uint32_t session, uint32_t side, struct view frame)
{
	struct session *s = &w->sessions[session];
	struct lane *lane = &s->lanes[1 - side];
	struct flight *flight = malloc(sizeof *flight + frame.size);
	uint64_t begin = lane->free_at_ms > w->now_ms ? lane->free_at_ms : w->now_ms;

	assert(flight);
	lane->free_at_ms = begin + frame.size * MS / s->bytes_per_s;
	*flight = (struct flight){ .at_ms = lane->free_at_ms + s->latency_ms, .size = (uint32_t)frame.size };
	memcpy(flight->bytes, frame.data, frame.size);
	if (lane->last)
		lane->last->next = flight;
	else
		lane->first = flight;
	lane->last = flight;
	heap_put(&w->heap, flight->at_ms, EVENT_ARRIVE, session, contact_tag(s, 1 - side));
}

void contact_send(struct world *w, uint32_t session, uint32_t side, struct view frame)
{
	struct session *s = &w->sessions[session];

	assert(frame.size <= FRAME_SIZE_MAX);
	s->lanes[1 - side].bytes += (uint32_t)frame.size;
	if (!s->broken)
		lane_put(w, session, side, frame);
}

static void fill_session(struct world *w, struct node *n, uint32_t session, uint32_t side)
{
	uint8_t bytes[LINK_FRAME_MAX];
	struct session *s = &w->sessions[session];
	struct lane *lane = &s->lanes[1 - side];

	while (s->up[side] && lane->bytes < s->window) {
		struct view frame = { .data = bytes };

		frame.size = sync_fill(n->sync, s->carrier, bytes, sizeof bytes, host_mono(w, n));
		if (!frame.size)
			return;
		if (n->role != ROLE_EVIL && s->unheard[side]++ > UNHEARD_MAX)
			world_fail(w, "node %u fills contact %u without end", n->index, session);
		check_sent(w, n, frame, s->frame_max);
		if (n->role == ROLE_EVIL) {
			attacker_pass(w, session, side, frame);
			continue;
		}
		if (w->nodes[s->ends[1 - side]].role == ROLE_HONEST && n->role == ROLE_HONEST)
			w->last_frame_ms = w->now_ms;
		contact_send(w, session, side, frame);
	}
}

void contact_fill(struct world *w, struct node *n)
{
	for (uint32_t i = 0; i < SESSIONS_PER_NODE_MAX; i++) {
		uint32_t session = n->sessions[i];

		if (session != NONE)
			fill_session(w, n, session, w->sessions[session].ends[0] == n->index ? 0 : 1);
	}
}

void contact_note(struct world *w, const struct node *n, struct view frame)
{
	static const uint8_t key[crypto_shorthash_KEYBYTES] = "trace";
	uint64_t parts[4] = { w->trace_hash, w->now_ms, n->index, 0 };

	crypto_shorthash((uint8_t *)&parts[3], frame.data, frame.size, key);
	crypto_shorthash((uint8_t *)&w->trace_hash, (const uint8_t *)parts, sizeof parts, key);
	w->delivered++;
	attacker_overhear(w, frame);
}

/* False: the lane stops here. */
static bool lane_deliver(struct world *w, uint32_t session, uint32_t side)
{
	struct session *s = &w->sessions[session];
	struct lane *lane = &s->lanes[side];
	struct node *n = &w->nodes[s->ends[side]], *sender = &w->nodes[s->ends[1 - side]];
	struct flight *flight = lane->first;
	struct view frame;
	uint64_t generation = s->generation;
	enum sync_rc rc;

	if (!s->up[side] || lane->waits || !flight || flight->at_ms > w->now_ms)
		return false;
	host_date_read(w, n);
	if (host_date_is_held(n)) {
		lane->waits = true;
		return false;
	}
	frame = (struct view){ flight->bytes, flight->size };
	rc = sync_feed(n->sync, s->carrier, frame, host_mono(w, n));
	if (rc == SYNC_E_BUSY) {
		host_turn(w, n);
		check_busy(w, n);
		lane->waits = true;
		return false;
	}
	contact_note(w, n, frame);
	s->unheard[side] = 0;
	world_say(w, "contact %u: node %u takes %u bytes of kind %u: %d", session, n->index, flight->size,
		  flight->size > 1 ? flight->bytes[1] : 0, (int)rc);
	lane->first = flight->next;
	if (!lane->first)
		lane->last = NULL;
	lane->bytes -= flight->size;
	free(flight);
	host_turn(w, n);
	s = &w->sessions[session];
	if (s->used && s->generation == generation && s->up[1 - side])
		host_turn(w, sender);
	return true;
}

void contact_arrive(struct world *w, uint32_t session, uint64_t tag)
{
	uint32_t side;
	struct session *s = session_of(w, session, tag, &side);

	if (!s)
		return;
	if (is_parted(w, s->ends[1 - side], s->ends[side])) {
		heap_put(&w->heap, w->partition_until_ms, EVENT_ARRIVE, session, tag);
		return;
	}
	while (lane_deliver(w, session, side))
		if (!session_of(w, session, tag, &side))
			return;
}

void contact_wake(struct world *w)
{
	for (uint32_t i = 0; i < w->session_count; i++)
		for (uint32_t side = 0; w->sessions[i].used && side < 2; side++)
			heap_put(&w->heap, w->now_ms, EVENT_ARRIVE, i, contact_tag(&w->sessions[i], side));
}

void contact_resume(struct world *w, struct node *n)
{
	for (uint32_t i = 0; i < SESSIONS_PER_NODE_MAX; i++) {
		uint32_t session = n->sessions[i], side;

		if (session == NONE)
			continue;
		side = w->sessions[session].ends[0] == n->index ? 0 : 1;
		if (!w->sessions[session].lanes[side].waits)
			continue;
		w->sessions[session].lanes[side].waits = false;
		heap_put(&w->heap, w->now_ms, EVENT_ARRIVE, session, contact_tag(&w->sessions[session], side));
	}
}
