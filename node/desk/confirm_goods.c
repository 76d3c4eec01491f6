/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Before goods move: whether they are what is asked for, whether there are so many, and whether the place takes them. */
#include "node/desk/confirm.h"

#include <string.h>
#include <strings.h>

#include "board/sentence.h"
#include "node/picture/picture_state.h"
#include "proto/catalog/catalog.h"
#include "proto/goods.h"

/* Both ends, as the move or the journey that it carries on names them; UINT32_MAX none. */
struct goods {
	struct fold *fold;
	uint32_t of, from;
	struct entry to_said, from_said; /* what stands of them */
	struct fold_move journey;
	bool is_first;
	bool names_end; /* this move says one of them; else they were looked at before */
};

static enum door_rc ask(struct door_answer *answer, struct say say)
{
	return door_refuse(answer, DOOR_E_ASK, say);
}

static uint32_t line_of(struct fold *fold, struct ref said, fold_slot journeys, struct entry *standing)
{
	struct ref ref = ref_is_none(said) && journeys != FOLD_NONE ? fold_ref(fold, journeys) : said;
	uint32_t index = ref_is_none(ref) ? UINT32_MAX : fold_find(fold, FOLD_LINES, ref);
	struct fold_record record;

	if (index == UINT32_MAX)
		return index;
	fold_record(fold, FOLD_LINES, index, &record);
	fold_read(fold, record.standing, standing);
	return index;
}

static struct goods goods_of(const struct draft_desk *desk, const struct move *move)
{
	struct goods g = { .fold = picture_fold(desk->picture, desk->now_s),
			   .journey = { .of = FOLD_NONE, .from = FOLD_NONE },
			   .is_first = true,
			   .names_end = !ref_is_none(move->of) || !ref_is_none(move->from) };
	uint32_t index = ref_is_none(move->after) ? UINT32_MAX : fold_find_journey(g.fold, move->after);

	if (index != UINT32_MAX) {
		g.is_first = false;
		fold_move(g.fold, index, &g.journey);
	}
	g.of = line_of(g.fold, move->of, g.journey.of, &g.to_said);
	g.from = line_of(g.fold, move->from, g.journey.from, &g.from_said);
	return g;
}

/* --- what is asked for --- */

static bool is_same_item(const struct line *asked, const struct line *shelf)
{
	const struct catalog_item *want = asked->item ? catalog_find_code(asked->item) : NULL;
	const struct catalog_item *has = shelf->item ? catalog_find_code(shelf->item) : NULL;

	if (asked->item == shelf->item)
		return asked->item || strcasecmp(asked->text, shelf->text) == 0;
	for (size_t i = 0; i < SUBSTITUTES_MAX; i++)
		if (shelf->item && asked->substitutes[i] == shelf->item)
			return want && has && strcmp(want->unit, has->unit) == 0;
	return false;
}

static struct say_value item_said(const struct line *line, char name[VIEW_NAME_SIZE])
{
	char unit[VIEW_UNIT_SIZE];

	picture_item_name(line, name, unit);
	return say_item(line->item, name);
}

/* A pallet of one thing meets no need of another, in whatever number. */
static enum door_rc look_at_items(struct door_answer *answer, const struct goods *g)
{
	const struct line *asked = &g->to_said.line, *shelf = &g->from_said.line;
	char wanted[VIEW_NAME_SIZE], there[VIEW_NAME_SIZE];

	if (g->of == UINT32_MAX || g->from == UINT32_MAX || !g->names_end)
		return DOOR_OK;
	if (!is_same_item(asked, shelf))
		return ask(answer, SAY_OF(ITEMS_DIFFER, item_said(shelf, there), item_said(asked, wanted)));
	if (variants_differ(asked->variant, shelf->variant))
		return ask(answer, SAY_OF(VARIANTS_DIFFER, item_said(asked, wanted), say_text(shelf->variant),
					  say_text(asked->variant)));
	return DOOR_OK;
}

/* What comes after the hour leaves the need open, and whoever promises it should know. */
static enum door_rc look_at_time(struct door_answer *answer, const struct draft_desk *desk, const struct goods *g,
				 const struct move *move)
{
	struct fold_line need;

	if (g->of == UINT32_MAX || move->stage != MOVE_PLEDGED)
		return DOOR_OK;
	fold_line(g->fold, g->of, &need);
	if (need.kind != LINE_NEED || !fold_line_is_open(&need) || need.due_s < desk->now_s ||
	    move->due <= need.due_s + FOLD_LATE_S)
		return DOOR_OK;
	return ask(answer, SAY_OF(COMES_LATE, say_span(need.due_s - desk->now_s), say_span(move->due - desk->now_s)));
}

enum door_rc confirm_ends(struct door_answer *answer, const struct draft_desk *desk, const struct move *move)
{
	struct goods g = goods_of(desk, move);
	enum door_rc rc = look_at_items(answer, &g);

	return rc == DOOR_OK ? look_at_time(answer, desk, &g, move) : rc;
}

/* --- what is there --- */

static enum door_rc look_at_age(struct door_answer *answer, const struct draft_desk *desk, const struct goods *g,
				const struct move *move)
{
	const struct line *shelf = &g->from_said.line;
	uint32_t when_s = move->due > desk->now_s ? move->due : desk->now_s;
	char name[VIEW_NAME_SIZE];

	if (g->from == UINT32_MAX || (!g->names_end && move->stage == MOVE_PLEDGED) || !line_is_past_use(shelf, when_s))
		return DOOR_OK;
	if (!line_is_past_use(shelf, desk->now_s))
		return ask(answer, SAY_OF(PAST_USE_THEN, item_said(shelf, name), say_text(shelf->variant)));
	return ask(answer, SAY_OF(PAST_USE, item_said(shelf, name), say_text(shelf->variant),
				  say_number((int64_t)(desk->now_s / EPOCH_S - shelf->use_by))));
}

/* Before a pallet is promised twice, or ten of them for one. What goes on from a promise was counted with it. */
static enum door_rc look_at_shelf(struct door_answer *answer, const struct goods *g, const struct move *move)
{
	/* Of a tally the move says the sum. */
	uint64_t now = answer->quantity_milli ? answer->quantity_milli : move->quantity_milli;
	char name[VIEW_NAME_SIZE], unit[VIEW_UNIT_SIZE];
	const struct line *shelf = &g->from_said.line;
	struct fold_sums sums;
	int64_t left;

	/* An offer may say no number. */
	if (g->from == UINT32_MAX || (shelf->kind != LINE_RESOURCE && !shelf->quantity_milli))
		return DOOR_OK;
	fold_line_sums(g->fold, g->from, &sums);
	left = sums.on_hand_milli - (int64_t)sums.promised_milli;
	if (!g->is_first && !g->journey.lapsed)
		left += (int64_t)g->journey.promised_milli + (int64_t)g->journey.on_way_milli;
	if ((int64_t)now <= left)
		return DOOR_OK;
	picture_item_name(shelf, name, unit);
	return ask(answer,
		   SAY_OF(BEYOND_STOCK, say_amount((int64_t)now, unit), say_amount(left > 0 ? left : 0, unit),
			  say_item(shelf->item, name), say_text(shelf->variant),
			  shelf->reserve_milli ? say_amount((int64_t)shelf->reserve_milli, unit) : say_empty()));
}

/* --- where it goes --- */

static struct say_value state_said(const struct site *site)
{
	return say_phrase(site->state == SITE_CLOSED ? SAY_PAGE_CLOSED : SAY_PAGE_MOVED);
}

/* Before a truck drives to a place that does not take what it brings. */
static enum door_rc look_at_destination(struct door_answer *answer, const struct draft_desk *desk,
					const struct goods *g)
{
	char instead[VIEW_NAME_SIZE], instead_ref[VIEW_REF_SIZE];
	const struct catalog_item *item;
	struct fold_line line;
	struct entry site;

	if (g->of == UINT32_MAX)
		return DOOR_OK;
	fold_line(g->fold, g->of, &line);
	if (line.site_standing == FOLD_NONE)
		return DOOR_OK;
	fold_read(g->fold, line.site_standing, &site);
	item = line.item ? catalog_find_code(line.item) : NULL;
	picture_instead(desk->picture, fold_index(g->fold, FOLD_SITES, line.site), instead, instead_ref);
	if (site_is_gone(&site.site))
		return ask(answer, SAY_OF(PLACE_CLOSED, say_text(site.site.name), state_said(&site.site),
					  instead[0] ? say_text(instead) : say_empty()));
	if (line.kind != LINE_NEED && site.site.state == SITE_FULL)
		return ask(answer, SAY_OF(PLACE_FULL, say_text(site.site.name)));
	if (item && site_refuses(&site.site, item->sector_index))
		return ask(answer, SAY_OF(PLACE_REFUSES, say_text(site.site.name), say_item(item->code, NULL),
					  say_part(SAY_PAGE_SECTORS, item->sector_index)));
	return DOOR_OK;
}

enum door_rc confirm_place(struct door_answer *answer, const struct draft_desk *desk, const struct line *line)
{
	struct fold *fold = picture_fold(desk->picture, desk->now_s);
	uint32_t index = ref_is_none(line->site) ? UINT32_MAX : fold_find(fold, FOLD_SITES, line->site);

	return index == UINT32_MAX || line->kind == LINE_ROUND ? DOOR_OK : confirm_open(answer, desk, index);
}

enum door_rc confirm_open(struct door_answer *answer, const struct draft_desk *desk, uint32_t index)
{
	struct fold *fold = picture_fold(desk->picture, desk->now_s);
	char instead[VIEW_NAME_SIZE], instead_ref[VIEW_REF_SIZE];
	struct fold_record record;
	struct entry site;

	fold_record(fold, FOLD_SITES, index, &record);
	fold_read(fold, record.standing, &site);
	if (!site_is_gone(&site.site))
		return DOOR_OK;
	picture_instead(desk->picture, index, instead, instead_ref);
	return ask(answer, SAY_OF(PLACE_GONE, say_text(site.site.name), state_said(&site.site),
				  instead[0] ? say_text(instead) : say_empty()));
}

enum door_rc confirm_goods(struct door_answer *answer, const struct draft_desk *desk, const struct move *move)
{
	struct goods g = goods_of(desk, move);
	bool leaves = move->stage == MOVE_PLEDGED || move->stage == MOVE_SENT || move->stage == MOVE_GIVEN;
	enum door_rc rc = DOOR_OK;

	if (leaves || move->stage == MOVE_ASKED)
		rc = look_at_items(answer, &g);
	if (rc == DOOR_OK && (move->stage == MOVE_PLEDGED || move->stage == MOVE_SENT))
		rc = look_at_destination(answer, desk, &g);
	if (rc == DOOR_OK)
		rc = look_at_time(answer, desk, &g, move);
	if (rc == DOOR_OK && leaves)
		rc = look_at_age(answer, desk, &g, move);
	/* What is lost or given back goes from the shelf, or from a load that has left it. */
	if (rc == DOOR_OK &&
	    (leaves || move->stage == MOVE_ASKED ||
	     (g.is_first && (move->stage == MOVE_LOST || move->stage == MOVE_SPOILED || move->stage == MOVE_RETURNED))))
		rc = look_at_shelf(answer, &g, move);
	return rc;
}
