/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A statement lives as long as something rests on it: what this node said and is still used is renewed before its days are over.
 * The words and the times in them stay; so nothing looks newer, and nobody has to be told. */
#include <stdlib.h>

#include "node/desk/desk_state.h"
#include "sync/clock/upkeep.h"

struct turn {
	struct desk *desk;
	struct fold *fold;
	uint16_t today;
	uint32_t said;
	bool is_cut; /* there is more than one turn may say */
};

/* What is in use. */

static bool is_line_in_use(const struct turn *t, fold_slot own)
{
	struct fold_line line;

	fold_line_at(t->fold, own, &line);
	return line.status != LINE_CLOSED && line.status != LINE_MET;
}

/* Something that is used is there. */
static bool is_rested_on(const struct turn *t, fold_slot site)
{
	struct fold_record record;

	for (uint32_t i = 0; i < fold_count(t->fold, FOLD_LINES); i++) {
		fold_record(t->fold, FOLD_LINES, i, &record);
		if (fold_site_named_by(t->fold, record.own) == site && is_line_in_use(t, record.own))
			return true;
	}
	return false;
}

static bool is_site_in_use(const struct turn *t, const struct fold_record *record)
{
	struct entry standing;

	fold_read(t->fold, record->standing, &standing);
	return (standing.site.state != SITE_CLOSED && standing.site.state != SITE_MOVED) ||
	       is_rested_on(t, record->own);
}

static bool is_in_use(const struct turn *t, const struct entry *e)
{
	enum fold_list list = e->kind == ENTRY_SITE ? FOLD_SITES : FOLD_LINES;
	struct fold_record record;
	uint32_t index;

	switch (e->kind) {
	case ENTRY_CARD:
		return true;
	case ENTRY_TRUST:
		return fold_trust_stands(t->fold, &t->desk->identity->key, e->number);
	case ENTRY_SITE:
	case ENTRY_LINE:
		break;
	case ENTRY_MOVE:
	case ENTRY_NOTE:
	case ENTRY_UNKNOWN:
		return false;
	}
	if (!desk_is_own_record(e))
		return false;
	index = fold_find(t->fold, list, (struct ref){ e->author, e->number });
	if (index == UINT32_MAX)
		return true; /* nobody can say what it is to others: a key shares its hint */
	fold_record(t->fold, list, index, &record);
	return list == FOLD_SITES ? is_site_in_use(t, &record) : is_line_in_use(t, record.own);
}

/* Saying it. */

/* A keeper's change leaves by its own time: before that its words become the author's, said when the keeper said them. */
static void take_over_in_time(const struct turn *t, struct entry *e)
{
	struct entry change;

	if (!desk_find_change(t->desk, e, &change) ||
	    !upkeep_is_due(e->kind, hlc_epoch(change.hlc), e->number, t->today))
		return;
	desk_take_over(e, &change);
	if (hlc_compare(change.hlc, e->hlc) > 0)
		e->hlc = (struct hlc){ .time = change.hlc.time, .tick = change.hlc.tick, .era = e->hlc.era };
}

static bool is_due(const struct turn *t, const struct desk_spoken *spoken, const struct entry *e)
{
	struct entry change;

	if (upkeep_is_over(spoken->kind, hlc_epoch(spoken->hlc), t->today) && spoken->kind != ENTRY_CARD)
		return false;
	if (upkeep_is_due(spoken->kind, hlc_epoch(spoken->hlc), spoken->number, t->today))
		return true;
	return desk_find_change(t->desk, e, &change) &&
	       upkeep_is_due(e->kind, hlc_epoch(change.hlc), e->number, t->today);
}

static enum sync_rc say(const struct turn *t, struct entry *e)
{
	enum sync_rc rc = desk_say_kept(t->desk, e);

	/* No room for the renewal beside all that it says: it is said anew. */
	return rc == SYNC_E_FRAME ? desk_publish_entry(t->desk, e, (struct hlc){ 0 }, NULL, 0) : rc;
}

static void look_at(struct turn *t, const struct desk_spoken *spoken)
{
	struct entry e;
	enum sync_rc rc;

	/* Whatever it is, it is not looked at closely before half of its time. */
	if (t->is_cut || spoken->kind == ENTRY_MOVE || spoken->kind == ENTRY_NOTE ||
	    !upkeep_is_due(spoken->kind, (uint16_t)(spoken->hlc.time / EPOCH_S), 0, t->today) ||
	    !desk_spoken_read(t->desk, spoken, &e) || !is_due(t, spoken, &e) || !is_in_use(t, &e))
		return;
	if (t->said == DESK_UPKEEP_MAX) {
		t->is_cut = true;
		return;
	}
	take_over_in_time(t, &e);
	if (!upkeep_renew(&e.hlc, t->today))
		return;
	rc = say(t, &e);
	t->said += rc == SYNC_OK;
	t->is_cut = rc == SYNC_E_BUSY;
}

bool desk_upkeep(struct desk *desk, uint32_t *count)
{
	struct turn t = { .desk = desk, .today = (uint16_t)(desk->time.wall_s / EPOCH_S) };
	size_t all;
	struct desk_spoken *spoken = desk_spoken_all(desk, &all);

	*count = 0;
	if (!spoken)
		return false;
	picture_refresh(desk->picture, desk->time.wall_s);
	t.fold = picture_fold(desk->picture, desk->time.wall_s);
	/* The card first: nothing can be verified without it. */
	for (int cards = 1; cards >= 0; cards--)
		for (size_t i = 0; i < all; i++)
			if ((spoken[i].kind == ENTRY_CARD) == cards)
				look_at(&t, &spoken[i]);
	free(spoken);
	*count = t.said;
	return !t.is_cut;
}
