/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/sim/host_date.h"

#include <string.h>

#include "tests/sim/contact.h"
#include "tests/sim/disk.h"
#include "tests/sim/host.h"
#include "tests/sim/host_upkeep.h"
#include "tests/sim/people.h"

enum { HEAR_MS = 1000, KEEP_MS = 600 * MS, BUILT_DAYS = 280, WATCH_S = 3600 };

/* Real milliseconds since 1970, by a clock that is so far from the true one. */
static int64_t real_ms(const struct world *w, int64_t offset_ms)
{
	int64_t ms = ((int64_t)EPOCH_UNIX_S + w->plan.start_s) * MS + (int64_t)w->now_ms + offset_ms;

	return ms > 0 ? ms : 0;
}

static struct date_reading read_clocks(const struct world *w, const struct node *n)
{
	int64_t offset_ms = n->offset_s * MS + (int64_t)w->now_ms * n->drift_ppm / 1000000;

	return (struct date_reading){ .real_ms = real_ms(w, offset_ms),
				      .mono = host_mono(w, n),
				      .synchronised = n->synchronised,
				      .boot = n->machine };
}

static uint32_t floor_of(const struct world *w)
{
	return w->plan.start_s - BUILT_DAYS * EPOCH_S;
}

void host_date_boot(struct world *w, struct node *n)
{
	if (n->role == ROLE_EVIL)
		return;
	date_init(&n->date, n->date_trust, floor_of(w), &n->kept, sync_newest_of(n->sync, &n->key.public),
		  read_clocks(w, n));
	world_say(w, "node %u takes it for %.1f days ago, source %d%s", n->index,
		  world_days_since(w, date_time(&n->date).wall_s), (int)n->date.source,
		  n->date.is_due ? ", which it did not before" : "");
	n->heard_at_ms = 0;
}

/* Neighbours. */

static bool is_trusted(const struct world *w, uint32_t peer)
{
	return w->nodes[peer].role != ROLE_EVIL || peer == w->liar;
}

static void hear(struct world *w, struct node *n)
{
	struct date_told told[SESSIONS_PER_NODE_MAX];
	size_t count = 0;

	for (uint32_t i = 0; i < SESSIONS_PER_NODE_MAX; i++) {
		const struct session *s = n->sessions[i] == NONE ? NULL : &w->sessions[n->sessions[i]];
		struct sync_link_status status;

		if (!s || !is_trusted(w, s->ends[s->ends[0] == n->index]))
			continue;
		if (sync_link_status(n->sync, s->carrier, &status) && status.time.wall_s)
			told[count++] = (struct date_told){ status.time.wall_s, status.time.quality };
	}
	date_hear(&n->date, told, count);
	n->heard_at_ms = w->now_ms;
}

/* Steps. */

bool host_date_is_held(const struct node *n)
{
	return n->role != ROLE_EVIL && n->date.is_due;
}

uint8_t host_date_era(const struct node *n)
{
	uint8_t era = date_era(&n->date), newest = sync_newest_of(n->sync, &n->key.public).era;

	return era > newest ? era : newest;
}

/* Everything but when it was is as before. */
static void check_same_words(const struct world *w, const struct node *n, struct entry before,
			     const struct entry *after)
{
	uint8_t bodies[2][BODY_SIZE_MAX];
	size_t sizes[2];

	before.hlc = after->hlc;
	if (before.kind == ENTRY_LINE) {
		before.line.created = after->line.created;
		before.line.counted = after->line.counted;
	} else if (before.kind == ENTRY_MOVE) {
		before.move.at = after->move.at;
		before.move.due = after->move.due;
	} else if (before.kind == ENTRY_TRUST) {
		before.trust.since = after->trust.since;
	}
	if (entry_body_encode(bodies[0], &sizes[0], &before) != ENTRY_OK ||
	    entry_body_encode(bodies[1], &sizes[1], after) != ENTRY_OK || sizes[0] != sizes[1] ||
	    memcmp(bodies[0], bodies[1], sizes[0]) != 0)
		world_fail(w, "node %u says something else when it signs again", n->index);
}

static uint32_t sign_again(struct world *w, struct node *n, uint32_t old)
{
	struct saying s = w->sayings.all[old];
	uint8_t bytes[ENTRY_SIZE_MAX];
	struct entry before, entry;
	enum entry_rc rc = entry_decode(&entry, saying_bytes(&s));
	uint32_t fresh;
	size_t size;

	assert(rc == ENTRY_OK);
	before = entry;
	date_shift(&entry, &n->date.due);
	entry.hlc.era = date_era(&n->date);
	check_same_words(w, n, before, &entry);
	size = key_sign(bytes, &entry, &n->key, w->plan.signing);
	if (!size)
		world_fail(w, "node %u cannot sign saying %u again", n->index, old);
	fresh = sayings_add(&w->sayings, (struct view){ bytes, size }, &s.author, TRUTH_SIGNED);
	w->sayings.all[fresh].written_s = s.written_s;
	w->sayings.all[fresh].origin = s.origin;
	w->sayings.all[fresh].kept_s = s.kept_s;
	return fresh;
}

/* False: there was nothing. */
static bool sign_all_again(struct world *w, struct node *n)
{
	bool any = false;

	for (uint32_t place = 0; place < n->standing_cap; place++) {
		uint32_t old = disk_standing(n, place), fresh;
		const struct saying *s = old == SAYING_NONE ? NULL : &w->sayings.all[old];
		enum sync_rc rc;

		if (!s || !public_key_equal(&s->author, &n->key.public) || !date_concerns(&n->date.due, s->head.hlc))
			continue;
		fresh = sign_again(w, n, old);
		s = &w->sayings.all[fresh];
		rc = sync_publish(n->sync, saying_bytes(s), &s->author, TAG_AGAIN);
		world_say(w, "node %u says saying %u of %.1f days ago again as %u of %.1f, era %u: %d", n->index, old,
			  world_days_since(w, w->sayings.all[old].head.hlc.time), fresh,
			  world_days_since(w, s->head.hlc.time), s->head.hlc.era, (int)rc);
		any = true;
		if (rc == SYNC_E_BUSY)
			return true;
		if (rc != SYNC_OK)
			world_fail(w, "node %u cannot say saying %u again: %d", n->index, old, (int)rc);
	}
	return any;
}

static void tell_engine(struct world *w, struct node *n)
{
	n->told = date_time(&n->date);
	if (host_upkeep_holds(n, n->told))
		n->told.quality = TIME_GUESSED;
	sync_tick(n->sync, host_mono(w, n), n->told);
	host_drain(w, n);
}

static void end_step(struct world *w, struct node *n)
{
	bool is_back = n->date.due.shift_s < 0;

	date_step_done(&n->date);
	if (is_back)
		sync_clock_back(n->sync, date_time(&n->date), &n->key.public);
	host_date_keep(n);
	tell_engine(w, n);
	contact_resume(w, n);
}

void host_date_step(struct world *w, struct node *n)
{
	if (!host_date_is_held(n) || n->committing || w->now_ms < n->again_at_ms)
		return;
	world_say(w, "node %u takes a step of %.1f days, from %.1f days ago on", n->index,
		  (double)n->date.due.shift_s / EPOCH_S, world_days_since(w, n->date.due.from_s));
	if (!sign_all_again(w, n))
		end_step(w, n);
}

/* Uses. */

void host_date_keep(struct node *n)
{
	if (n->role != ROLE_EVIL && !n->date.is_due)
		date_keep(&n->kept, &n->date);
}

static bool is_to_be_kept(const struct node *n)
{
	return n->date.source != n->kept.source || n->date.era != n->kept.era ||
	       date_time(&n->date).wall_s >= n->kept.date_s + KEEP_MS / MS;
}

void host_date_read(struct world *w, struct node *n)
{
	if (n->role == ROLE_EVIL)
		return;
	date_update(&n->date, read_clocks(w, n));
	if (w->now_ms >= n->heard_at_ms + HEAR_MS)
		hear(w, n);
	if (!n->date.is_due && is_to_be_kept(n))
		host_date_keep(n);
	tell_engine(w, n);
	if (n->date.is_due)
		host_turn(w, n);
}

/* People. */

void host_date_set(struct world *w, struct node *n, enum date_source source)
{
	enum date_rc rc = date_set(&n->date, source, real_ms(w, 0), true);

	world_say(w, "node %u is told the date by source %d: %d", n->index, (int)source, (int)rc);
}

void host_date_answer(struct world *w, struct node *n)
{
	uint32_t asked_s = date_asked_s(&n->date), now_s = world_true_s(w);

	if (!asked_s)
		return;
	if (asked_s <= now_s + WATCH_S && now_s <= asked_s + WATCH_S)
		(void)!date_confirm(&n->date, true);
	else
		host_date_set(w, n, DATE_PERSON);
}
