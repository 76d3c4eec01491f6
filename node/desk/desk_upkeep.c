/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A statement lives as long as something rests on it: what this node said and is still used is renewed before its days are over.
 * The words and the times in them stay; so nothing looks newer, and nobody has to be told. */
#include <stdlib.h>

#include "node/desk/desk_state.h"
#include "node/desk/draft.h"
#include "sync/clock/upkeep.h"

/* Days: moves live 90. What a line adds up to is reckoned until so long ago that moves of before have had time to come from
 * anywhere, and anew when that is so long ago that twice this many days are left to do it. */
enum { BASE_DAYS = 25, BASE_DAYS_MAX = 50 };
static_assert(BASE_DAYS_MAX + (RETAIN_LINE_DAYS * 2 + 2) / 3 <= RETAIN_MOVE_DAYS, "before the first move leaves");

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
	/* What is over stays as long as moves speak of it: without it they would mean something else. */
	if (line.kind == LINE_ROUND)
		return false; /* it is of its day */
	return (line.status != LINE_CLOSED && (line.status != LINE_MET || line.is_standing)) ||
	       fold_line_has_moved(t->fold, fold_index(t->fold, FOLD_LINES, own));
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

/* What it adds up to. Moves leave before what rests on them: so what they came to is said with it in time. */

/* What people see of it. */
static void read_standing(const struct turn *t, const struct entry *e, struct entry *standing)
{
	struct fold_record record;

	*standing = *e;
	if (desk_find_changed(t->desk, e, &record))
		fold_read(t->fold, record.standing, standing);
}

/* Since when moves are added up. */
static uint32_t base_of(const struct turn *t, const struct entry *e)
{
	struct entry standing;

	read_standing(t, e, &standing);
	return standing.line.counted ? standing.line.counted : e->line.created;
}

/* A need that is closed says so whatever arrived. One that is met must not outlive its receipts. */
static bool outlives_base(const struct turn *t, const struct entry *e, uint32_t index, uint32_t base_s)
{
	struct fold_line line;

	fold_line(t->fold, index, &line);
	if (line.status == LINE_CLOSED)
		return false;
	if (line.status == LINE_MET && !line.is_standing &&
	    upkeep_end(ENTRY_LINE, hlc_epoch(e->hlc)) > upkeep_end(ENTRY_MOVE, (uint16_t)(base_s / EPOCH_S)))
		return true;
	return base_s + BASE_DAYS_MAX * (uint64_t)EPOCH_S <= t->desk->time.wall_s;
}

/* UINT32_MAX: it rests on nothing that leaves before it. */
static uint32_t find_old_base(const struct turn *t, const struct entry *e)
{
	uint32_t index = e->kind == ENTRY_LINE && desk_is_own_record(e)
				 ? fold_find(t->fold, FOLD_LINES, (struct ref){ e->author, e->number })
				 : UINT32_MAX;

	if (index == UINT32_MAX || !fold_line_has_moved(t->fold, index) || !outlives_base(t, e, index, base_of(t, e)))
		return UINT32_MAX;
	return index;
}

static void move_base(const struct turn *t, struct entry *e, uint32_t index)
{
	struct fold_base base;

	e->line.counted = t->desk->time.wall_s - BASE_DAYS * EPOCH_S;
	fold_line_base(t->fold, index, e->line.counted, &base);
	if (e->line.kind == LINE_NEED) {
		e->line.arrived_milli =
			base.arrived_milli < QUANTITY_MILLI_MAX ? base.arrived_milli : QUANTITY_MILLI_MAX;
		return;
	}
	e->line.quantity_milli = base.on_hand_milli > 0 ? (uint64_t)base.on_hand_milli : 0;
	if (e->line.quantity_milli > QUANTITY_MILLI_MAX)
		e->line.quantity_milli = QUANTITY_MILLI_MAX;
	if (e->line.kind == LINE_RESOURCE)
		e->line.flags |= LINE_RECKONED;
}

/* Saying it. */

/* What keepers said leaves by its own time: then the words of the author that it stands over would come back. */
static bool is_change_due(const struct turn *t, const struct entry *e)
{
	struct fold_change changes[FOLD_OVERTAKEN_MAX];
	struct fold_record record;
	uint32_t count = 0;

	if (desk_find_changed(t->desk, e, &record))
		count = fold_changes(t->fold, record.own, changes, FOLD_OVERTAKEN_MAX);
	for (uint32_t i = 0; i < count; i++)
		if (changes[i].fields &&
		    upkeep_is_due(e->kind, fold_epoch(t->fold, changes[i].slot), e->number, t->today))
			return true;
	return false;
}

/* It becomes the author's, said when the keeper said it. */
static void take_over(const struct turn *t, struct entry *e)
{
	struct hlc own = e->hlc;
	struct fold_record record;

	if (!desk_find_changed(t->desk, e, &record))
		return;
	draft_adopt(t->fold, &record, e);
	if (hlc_compare(e->hlc, own) <= 0)
		e->hlc = own;
	e->hlc.era = own.era;
}

/* Not twice on one day: of two renewals of a day none is the later. */
static bool is_due(const struct turn *t, const struct desk_spoken *spoken, const struct entry *e)
{
	uint16_t day = hlc_epoch(spoken->hlc);

	if (day >= t->today || (upkeep_is_over(spoken->kind, day, t->today) && spoken->kind != ENTRY_CARD))
		return false;
	if (find_old_base(t, e) != UINT32_MAX)
		return true;
	return (upkeep_is_due(spoken->kind, day, spoken->number, t->today) || is_change_due(t, e)) && is_in_use(t, e);
}

/* False: it cannot be. */
static bool renew(const struct turn *t, struct entry *e)
{
	uint32_t base = find_old_base(t, e);

	if (base != UINT32_MAX || is_change_due(t, e))
		take_over(t, e);
	if (base != UINT32_MAX) {
		move_base(t, e, base);
		(void)draft_make_fit(e);
	}
	return upkeep_renew(&e->hlc, t->today);
}

static enum sync_rc say(const struct turn *t, struct entry *e)
{
	enum sync_rc rc = desk_say_kept(t->desk, e);

	/* No room for the renewal beside all that it says: it is said anew. */
	return rc == SYNC_E_FRAME ? desk_publish_entry(t->desk, e, (struct hlc){ 0 }, NULL, 0) : rc;
}

/* False: this turn has said enough. */
static bool has_turn(struct turn *t)
{
	t->is_cut |= t->said == DESK_UPKEEP_MAX;
	return !t->is_cut;
}

static void note_said(struct turn *t, enum sync_rc rc)
{
	t->said += rc == SYNC_OK;
	t->is_cut |= rc == SYNC_E_BUSY;
}

static void look_at(struct turn *t, const struct desk_spoken *spoken)
{
	struct entry e;

	if (t->is_cut || spoken->kind == ENTRY_MOVE || spoken->kind == ENTRY_NOTE ||
	    !desk_spoken_read(t->desk, spoken, &e) || !is_due(t, spoken, &e))
		return;
	if (has_turn(t) && renew(t, &e))
		note_said(t, say(t, &e));
}

/* What another said who is silent. */
static void carry(struct turn *t, uint32_t index)
{
	struct entry e;

	if (t->is_cut || !desk_carries(t->desk, index, &e) || !has_turn(t))
		return;
	if (fold_line_has_moved(t->fold, index) &&
	    (e.line.counted ? e.line.counted : e.line.created) + BASE_DAYS_MAX * (uint64_t)EPOCH_S <=
		    t->desk->time.wall_s) {
		move_base(t, &e, index);
		(void)draft_make_fit(&e);
	}
	if (upkeep_renew(&e.hlc, t->today))
		note_said(t, say(t, &e));
}

/* Something that this keeper changed stands in it. */
static bool has_change_of(const struct turn *t, const struct entry *e, const struct public_key *keeper)
{
	struct fold_change changes[FOLD_OVERTAKEN_MAX];
	struct fold_record record;
	uint32_t count = 0;

	if (desk_find_changed(t->desk, e, &record))
		count = fold_changes(t->fold, record.own, changes, FOLD_OVERTAKEN_MAX);
	for (uint32_t i = 0; i < count; i++)
		if (changes[i].fields && public_key_equal(fold_author_of(t->fold, changes[i].slot), keeper))
			return true;
	return false;
}

void desk_take_over_from(struct desk *desk, const struct public_key *keeper)
{
	struct turn t = { .desk = desk, .today = (uint16_t)(desk->time.wall_s / EPOCH_S) };
	size_t all;
	struct desk_spoken *spoken = desk_spoken_all(desk, &all);

	t.fold = picture_fold(desk->picture, desk->time.wall_s);
	for (size_t i = 0; spoken && i < all; i++) {
		struct entry e;

		if ((spoken[i].kind != ENTRY_LINE && spoken[i].kind != ENTRY_SITE) ||
		    !desk_spoken_read(desk, &spoken[i], &e) || !has_change_of(&t, &e, keeper))
			continue;
		take_over(&t, &e);
		(void)say(&t, &e);
	}
	free(spoken);
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
	for (uint32_t i = 0; i < fold_count(t.fold, FOLD_LINES); i++)
		carry(&t, i);
	*count = t.said;
	return !t.is_cut;
}
