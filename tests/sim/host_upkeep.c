/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/sim/host_upkeep.h"

#include "sync/clock/upkeep.h"
#include "tests/sim/disk.h"
#include "tests/sim/host.h"
#include "tests/sim/host_date.h"

enum { TURN_MAX = 32 };

static uint16_t today_of(const struct node *n)
{
	return (uint16_t)(date_time(&n->date).wall_s / EPOCH_S);
}

bool host_upkeep_holds(const struct node *n, struct node_time time)
{
	return time.quality == TIME_SET && (!n->upkeep_day || time.wall_s / EPOCH_S > n->upkeep_day + 1u) &&
	       sync_newest_of(n->sync, &n->key.public).time != 0;
}

bool host_upkeep_is_done(const struct node *n)
{
	return n->role == ROLE_EVIL || !n->sync || n->upkeep_day == today_of(n);
}

/* What happened and what was remarked is not said again; nor is what was closed. */
bool host_upkeep_uses(const struct saying *s)
{
	struct entry e;

	if (entry_decode(&e, saying_bytes(s)) != ENTRY_OK || !entry_is_renewable(&e))
		return false;
	return e.kind != ENTRY_UNKNOWN && (e.kind != ENTRY_LINE || e.line.closed == CLOSED_NOT);
}

static enum sync_rc renew(struct world *w, struct node *n, uint32_t old)
{
	struct saying s = w->sayings.all[old];
	uint8_t bytes[ENTRY_SIZE_MAX];
	struct entry e;
	uint32_t fresh;
	size_t size;
	enum sync_rc rc;

	if (entry_decode(&e, saying_bytes(&s)) != ENTRY_OK || !upkeep_renew(&e.hlc, today_of(n)))
		return SYNC_E_STALE;
	size = key_sign(bytes, &e, &n->key, w->plan.signing);
	if (!size)
		return SYNC_E_STALE; /* there is no room for it beside all that it says */
	fresh = sayings_add(&w->sayings, (struct view){ bytes, size }, &s.author, TRUTH_SIGNED);
	w->sayings.all[fresh].written_s = s.written_s;
	w->sayings.all[fresh].origin = s.origin;
	w->sayings.all[fresh].kept_s = world_true_s(w);
	rc = sync_publish(n->sync, saying_bytes(&w->sayings.all[fresh]), &s.author, TAG_UPKEEP);
	world_say(w, "node %u renews saying %u of %.1f days ago as %u: %d", n->index, old,
		  world_days_since(w, s.head.hlc.time), fresh, (int)rc);
	return rc;
}

static uint32_t own_card(const struct world *w, const struct node *n)
{
	for (uint32_t place = 0; place < n->standing_cap; place++) {
		uint32_t has = disk_standing(n, place);
		const struct saying *s = has == SAYING_NONE ? NULL : &w->sayings.all[has];

		if (s && s->head.kind == ENTRY_CARD && public_key_equal(&s->author, &n->key.public))
			return has;
	}
	return SAYING_NONE;
}

void host_upkeep_card(struct world *w, struct node *n, enum entry_kind kind)
{
	uint16_t day;
	uint32_t card;

	if (kind == ENTRY_CARD || !sync_card_epoch(n->sync, &n->key.public, &day) ||
	    !upkeep_needs_card(kind, day, today_of(n)))
		return;
	card = own_card(w, n);
	if (card != SAYING_NONE)
		(void)renew(w, n, card);
}

static bool is_due(const struct node *n, const struct saying *s)
{
	return public_key_equal(&s->author, &n->key.public) && s->head.kind != ENTRY_CARD &&
	       upkeep_is_due(s->head.kind, hlc_epoch(s->head.hlc), s->head.number, today_of(n)) &&
	       !upkeep_is_over(s->head.kind, hlc_epoch(s->head.hlc), today_of(n)) && host_upkeep_uses(s);
}

/* False: there is more. */
static bool renew_all(struct world *w, struct node *n)
{
	uint32_t said = 0;

	for (uint32_t place = 0; place < n->standing_cap; place++) {
		uint32_t has = disk_standing(n, place);

		if (has == SAYING_NONE || !is_due(n, &w->sayings.all[has]))
			continue;
		if (said++ == TURN_MAX || renew(w, n, has) == SYNC_E_BUSY)
			return false;
	}
	return true;
}

void host_upkeep(struct world *w, struct node *n)
{
	uint16_t day = 0;
	uint32_t card;

	if (n->role == ROLE_EVIL || !n->sync || n->committing || host_date_is_held(n) ||
	    date_time(&n->date).quality == TIME_GUESSED || host_upkeep_is_done(n))
		return;
	card = own_card(w, n);
	if (card != SAYING_NONE && sync_card_epoch(n->sync, &n->key.public, &day) &&
	    upkeep_is_due(ENTRY_CARD, day, 0, today_of(n)) && renew(w, n, card) == SYNC_E_BUSY)
		return;
	if (renew_all(w, n))
		n->upkeep_day = today_of(n);
	host_turn(w, n);
}
