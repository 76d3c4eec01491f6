/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Why a need that is open gets nothing from the plan. Who asks reads the reason that stands in the way of the stock that came nearest to
 * it, since this is what people can change. The rule is sync/plan/allocate.h's; here it is only told. */
#include <stdlib.h>
#include <string.h>

#include "node/picture/picture_state.h"
#include "proto/catalog/catalog.h"
#include "proto/goods.h"
#include "proto/place/geo.h"

enum { EXPLAINED_MAX = 64, DECLINED_MAX = 32 };

/* How far the best stock came. */
enum reason { NO_STOCK, UNUSABLE, OTHER_SIZE, OUT_OF_REACH, DECLINED, TAKEN, OTHERS_FIRST };

struct unserved {
	uint32_t index;
	struct fold_line need;
	struct line said;
	bool is_explained; /* what lies in the need itself */
	struct said why;
	struct view_place at;
	fold_slot declined[DECLINED_MAX];
	uint32_t declined_count;
	enum reason best;
	char variant[LINE_VARIANT_MAX + 1]; /* of a stock of another size */
};

struct unserved_list {
	struct picture *p;
	uint32_t count, found;
	struct unserved all[EXPLAINED_MAX];
};

/* Which stock was declined for it since it was said. */
static void note_declined(struct unserved *u, const struct fold *f, uint32_t index)
{
	struct fold_move move;
	struct entry last;

	if (fold_move_of(f, index) != u->need.record.own || u->declined_count == DECLINED_MAX)
		return;
	fold_move(f, index, &move);
	if (move.stage != MOVE_DECLINED || move.from == FOLD_NONE)
		return;
	fold_read(f, move.last, &last);
	if (hlc_compare(last.hlc, u->need.record.changed) > 0)
		u->declined[u->declined_count++] = move.from;
}

static bool is_declined(const struct unserved *u, fold_slot stock)
{
	for (uint32_t i = 0; i < u->declined_count; i++)
		if (u->declined[i] == stock)
			return true;
	return false;
}

static bool serves(const struct line *need, uint16_t item)
{
	bool is_substitute = false;

	for (size_t i = 0; i < SUBSTITUTES_MAX; i++)
		is_substitute = is_substitute || need->substitutes[i] == item;
	return item && (need->item == item || is_substitute);
}

static struct view_place place_of(const struct picture *p, const struct fold_line *line)
{
	struct entry entry;

	if (line->site_standing == FOLD_NONE) {
		fold_read(p->fold, line->record.own, &entry);
		return (struct view_place){ entry.line.cell.lat_e6, entry.line.cell.lon_e6, entry.line.cell.digits };
	}
	fold_read(p->fold, line->site_standing, &entry);
	return (struct view_place){ entry.site.place.lat_e6, entry.site.place.lon_e6, entry.site.place.digits };
}

/* A stock that stands somewhere. */
struct shelf {
	uint32_t index;
	struct fold_line stock;
	struct line said;
	struct view_place at;
};

static bool is_out_of_reach(const struct unserved *u, const struct shelf *shelf)
{
	return shelf->said.reach_km && shelf->at.digits != PLACE_NONE && u->at.digits != PLACE_NONE &&
	       geo_distance_m((struct geo_point){ shelf->at.lat_e6, shelf->at.lon_e6 },
			      (struct geo_point){ u->at.lat_e6, u->at.lon_e6 }) > shelf->said.reach_km * 1000;
}

static enum reason judge(const struct unserved *u, const struct picture *p, const struct shelf *shelf)
{
	struct fold_sums sums;

	if ((shelf->said.flags & LINE_DAMAGED) || line_is_past_use(&shelf->said, p->run_s))
		return UNUSABLE;
	if (variants_differ(shelf->said.variant, u->said.variant))
		return OTHER_SIZE;
	if (is_out_of_reach(u, shelf))
		return OUT_OF_REACH;
	if (is_declined(u, shelf->stock.record.own))
		return DECLINED;
	fold_line_sums(p->fold, shelf->index, &sums);
	return sums.on_hand_milli > (int64_t)(sums.promised_milli + shelf->said.reserve_milli) ? OTHERS_FIRST : TAKEN;
}

static void look_at(struct unserved *u, const struct picture *p, const struct shelf *shelf)
{
	enum reason reason = judge(u, p, shelf);

	if (reason < u->best)
		return;
	u->best = reason;
	if (reason == OTHER_SIZE)
		memcpy(u->variant, shelf->said.variant, sizeof u->variant);
}

static bool may_serve(const struct unserved *u, const struct fold_line *stock)
{
	return !u->is_explained && stock->is_drill == u->need.is_drill && serves(&u->said, stock->item);
}

/* False: nobody hands out there. */
static bool read_shelf(struct shelf *shelf, const struct picture *p)
{
	struct entry entry = { .kind = ENTRY_SITE };

	if (shelf->stock.site_standing != FOLD_NONE)
		fold_read(p->fold, shelf->stock.site_standing, &entry);
	if (site_is_gone(&entry.site))
		return false;
	shelf->at = place_of(p, &shelf->stock);
	fold_read(p->fold, shelf->stock.record.standing, &entry);
	shelf->said = entry.line;
	return true;
}

/* One look at each line serves all who get nothing. */
static void look_at_line(struct unserved_list *l, uint32_t index)
{
	struct shelf shelf = { .index = index };
	bool is_read = false;

	fold_line(l->p->fold, index, &shelf.stock);
	if (shelf.stock.kind == LINE_NEED || shelf.stock.kind == LINE_ROUND || shelf.stock.status != LINE_OPEN)
		return;
	for (uint32_t i = 0; i < l->count; i++) {
		if (!may_serve(&l->all[i], &shelf.stock))
			continue;
		if (!is_read && !read_shelf(&shelf, l->p))
			return;
		is_read = true;
		look_at(&l->all[i], l->p, &shelf);
	}
}

static struct say say_reason(const struct unserved *u)
{
	switch (u->best) {
	case NO_STOCK:
		break;
	case UNUSABLE:
		return SAY(UNSERVED_UNUSABLE);
	case OTHER_SIZE:
		return SAY_OF(UNSERVED_SIZE, say_text(u->variant), say_text(u->said.variant));
	case OUT_OF_REACH:
		return SAY(UNSERVED_REACH);
	case DECLINED:
		return SAY(UNSERVED_DECLINED);
	case TAKEN:
		return SAY(UNSERVED_TAKEN);
	case OTHERS_FIRST:
		return SAY(UNSERVED_OTHERS_FIRST);
	}
	return SAY(UNSERVED_NO_STOCK);
}

/* What lies in the need itself; SAY_NOTHING: nothing, it is the stock. */
static struct say say_of_need(const struct unserved *u, const struct picture *p)
{
	const struct catalog_item *item = catalog_find_code(u->said.item);
	struct entry site = { .kind = ENTRY_SITE };

	if (u->need.site_standing != FOLD_NONE)
		fold_read(p->fold, u->need.site_standing, &site);
	if (!item)
		return SAY(UNSERVED_WORDS);
	if (!u->said.quantity_milli && !item->per_person_day_milli)
		return SAY(UNSERVED_UNSAID);
	if (site_is_gone(&site.site))
		return SAY_OF(UNSERVED_PLACE, say_part(SAY_LINE_SITE_STATES, site.site.state));
	return site_refuses(&site.site, item->sector_index) ? SAY(UNSERVED_REFUSED)
							    : (struct say){ .code = SAY_NOTHING };
}

static bool is_unserved(const struct picture *p, const uint8_t *is_served, uint16_t item, const struct fold_line *need)
{
	struct entry said;

	if (need->kind != LINE_NEED || !fold_line_is_open(need) ||
	    (is_served[need->record.own / 8] >> need->record.own % 8 & 1))
		return false;
	if (!item)
		return true;
	fold_read(p->fold, need->record.standing, &said);
	return serves(&said.line, item);
}

static void add_need(struct unserved_list *l, uint32_t index, const struct fold_line *need)
{
	struct unserved *u = &l->all[l->count];
	struct entry said;
	struct say say;

	if (l->found++ >= EXPLAINED_MAX)
		return;
	fold_read(l->p->fold, need->record.standing, &said);
	*u = (struct unserved){ .index = index, .need = *need, .said = said.line, .at = place_of(l->p, need) };
	say = say_of_need(u, l->p);
	u->is_explained = say.code != SAY_NOTHING;
	if (u->is_explained)
		(void)said_add(&u->why, say);
	l->count++;
}

static void explain(struct unserved_list *l)
{
	for (uint32_t i = 0; i < fold_count(l->p->fold, FOLD_MOVES); i++)
		for (uint32_t k = 0; k < l->count; k++)
			note_declined(&l->all[k], l->p->fold, i);
	for (uint32_t i = 0; i < fold_count(l->p->fold, FOLD_LINES); i++)
		look_at_line(l, i);
	for (uint32_t k = 0; k < l->count; k++)
		if (!l->all[k].is_explained)
			(void)said_add(&l->all[k].why, say_reason(&l->all[k]));
}

static struct view_portion portion_of(struct picture *p, const struct unserved *u)
{
	struct view_portion view = { .kind = VIEW_PORTION_NONE, .item = u->need.item, .why = u->why };
	struct fold_sums sums;

	fold_line_sums(p->fold, u->index, &sums);
	view.quantity_milli = sums.open_milli;
	picture_ref_text(p, fold_ref(p->fold, u->need.record.own), view.need);
	picture_place_name(p, u->need.record.own, view.need_site);
	picture_goods_name(&u->said, view.item_name, view.unit);
	return view;
}

static void find(struct unserved_list *l, const uint8_t *is_served, uint16_t item)
{
	const uint32_t *order = picture_order(l->p, FOLD_LINES);

	for (uint32_t i = 0; i < fold_count(l->p->fold, FOLD_LINES); i++) {
		uint32_t index = order ? order[i] : i;
		struct fold_line need;

		fold_line(l->p->fold, index, &need);
		if (is_unserved(l->p, is_served, item, &need))
			add_need(l, index, &need);
	}
}

bool picture_unserved(struct picture *p, uint32_t *more, const uint8_t *is_served, uint16_t item, view_portion_cb cb,
		      void *user)
{
	struct unserved_list *l = calloc(1, sizeof *l);

	if (!l)
		return false;
	l->p = p;
	find(l, is_served, item);
	explain(l);
	*more = l->found - l->count;
	for (uint32_t i = 0; i < l->count; i++) {
		struct view_portion view = portion_of(p, &l->all[i]);

		if (!cb(user, &view))
			break;
	}
	free(l);
	return true;
}
