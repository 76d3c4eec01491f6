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
	struct picture *p;
	const struct fold_line *need;
	struct line said;
	struct view_place at;
	fold_slot declined[DECLINED_MAX];
	uint32_t declined_count;
	enum reason best;
	char variant[LINE_VARIANT_MAX + 1]; /* of a stock of another size */
};

/* Which stock was declined for it since it was said. */
static void note_declined(struct unserved *u)
{
	for (uint32_t i = 0; i < fold_count(u->p->fold, FOLD_MOVES) && u->declined_count < DECLINED_MAX; i++) {
		struct fold_move move;
		struct entry last;

		if (fold_move_of(u->p->fold, i) != u->need->record.own)
			continue;
		fold_move(u->p->fold, i, &move);
		if (move.stage != MOVE_DECLINED || move.from == FOLD_NONE)
			continue;
		fold_read(u->p->fold, move.last, &last);
		if (hlc_compare(last.hlc, u->need->record.changed) > 0)
			u->declined[u->declined_count++] = move.from;
	}
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

static bool is_out_of_reach(const struct unserved *u, const struct fold_line *stock, const struct line *shelf)
{
	struct view_place from = place_of(u->p, stock);

	return shelf->reach_km && from.digits != PLACE_NONE && u->at.digits != PLACE_NONE &&
	       geo_distance_m((struct geo_point){ from.lat_e6, from.lon_e6 },
			      (struct geo_point){ u->at.lat_e6, u->at.lon_e6 }) > shelf->reach_km * 1000;
}

static enum reason judge(const struct unserved *u, uint32_t index, const struct fold_line *stock,
			 const struct line *shelf)
{
	struct fold_sums sums;

	if ((shelf->flags & LINE_DAMAGED) || line_is_past_use(shelf, u->p->run_s))
		return UNUSABLE;
	if (variants_differ(shelf->variant, u->said.variant))
		return OTHER_SIZE;
	if (is_out_of_reach(u, stock, shelf))
		return OUT_OF_REACH;
	if (is_declined(u, stock->record.own))
		return DECLINED;
	fold_line_sums(u->p->fold, index, &sums);
	return sums.on_hand_milli > (int64_t)(sums.promised_milli + shelf->reserve_milli) ? OTHERS_FIRST : TAKEN;
}

static void look_at(struct unserved *u, uint32_t index)
{
	struct fold_line stock;
	struct entry shelf, site;
	enum reason reason;

	fold_line(u->p->fold, index, &stock);
	if (stock.kind == LINE_NEED || stock.kind == LINE_ROUND || stock.status != LINE_OPEN ||
	    stock.is_drill != u->need->is_drill || !serves(&u->said, stock.item))
		return;
	if (stock.site_standing != FOLD_NONE) {
		fold_read(u->p->fold, stock.site_standing, &site);
		if (site_is_gone(&site.site))
			return;
	}
	fold_read(u->p->fold, stock.record.standing, &shelf);
	reason = judge(u, index, &stock, &shelf.line);
	if (reason < u->best)
		return;
	u->best = reason;
	if (reason == OTHER_SIZE)
		memcpy(u->variant, shelf.line.variant, sizeof u->variant);
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

/* What lies in the need itself; false: nothing, it is the stock. */
static bool say_of_need(struct say *say, const struct unserved *u)
{
	const struct catalog_item *item = catalog_find_code(u->said.item);
	struct entry site = { .kind = ENTRY_SITE };

	if (u->need->site_standing != FOLD_NONE)
		fold_read(u->p->fold, u->need->site_standing, &site);
	if (!item)
		*say = SAY(UNSERVED_WORDS);
	else if (!u->said.quantity_milli && !item->per_person_day_milli)
		*say = SAY(UNSERVED_UNSAID);
	else if (site_is_gone(&site.site))
		*say = SAY_OF(UNSERVED_PLACE, say_part(SAY_LINE_SITE_STATES, site.site.state));
	else if (site_refuses(&site.site, item->sector_index))
		*say = SAY(UNSERVED_REFUSED);
	else
		return false;
	return true;
}

static void explain(struct picture *p, const struct fold_line *need, struct said *why)
{
	struct unserved u = { .p = p, .need = need, .at = place_of(p, need) };
	struct entry said;
	struct say say;

	fold_read(p->fold, need->record.standing, &said);
	u.said = said.line;
	if (!say_of_need(&say, &u)) {
		note_declined(&u);
		for (uint32_t i = 0; i < fold_count(p->fold, FOLD_LINES); i++)
			look_at(&u, i);
		say = say_reason(&u);
	}
	(void)said_add(why, say);
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

static struct view_portion portion_of(struct picture *p, uint32_t index, const struct fold_line *need)
{
	struct view_portion view = { .kind = VIEW_PORTION_NONE, .item = need->item };
	struct fold_sums sums;
	struct entry said;

	fold_line_sums(p->fold, index, &sums);
	fold_read(p->fold, need->record.standing, &said);
	view.quantity_milli = sums.open_milli;
	picture_ref_text(p, fold_ref(p->fold, need->record.own), view.need);
	picture_place_name(p, need->record.own, view.need_site);
	picture_goods_name(&said.line, view.item_name, view.unit);
	explain(p, need, &view.why);
	return view;
}

uint32_t picture_unserved(struct picture *p, const uint8_t *is_served, uint16_t item, view_portion_cb cb, void *user)
{
	const uint32_t *order = picture_order(p, FOLD_LINES);
	uint32_t found = 0;

	for (uint32_t i = 0; i < fold_count(p->fold, FOLD_LINES); i++) {
		uint32_t index = order ? order[i] : i;
		struct fold_line need;
		struct view_portion view;

		fold_line(p->fold, index, &need);
		if (!is_unserved(p, is_served, item, &need) || ++found > EXPLAINED_MAX)
			continue;
		view = portion_of(p, index, &need);
		if (!cb(user, &view))
			break;
	}
	return found > EXPLAINED_MAX ? found - EXPLAINED_MAX : 0;
}
