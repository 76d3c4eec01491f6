/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Before goods move: whether they are what is asked for, whether there are so many, whether they come in time and can be used then, and
 * whether the place takes them. */
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
	bool names_end; /* this move says one of them, or is the holder's first word; else they were looked at before */
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
		/* What another was asked about and is sure of, the holder has not seen. */
		g.names_end = g.names_end || !g.journey.pledger;
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

/* The word by which goods are promised or sent, not one that goes on from there. */
static bool begins(const struct goods *g, const struct move *move)
{
	return (move->stage == MOVE_PLEDGED || move->stage == MOVE_SENT || move->stage == MOVE_ASKED) &&
	       (g->is_first || !g->journey.pledger);
}

/* What is to stay there goes to no other place. */
static int64_t kept_of(const struct goods *g, const struct move *move)
{
	struct fold_line shelf, to;

	if (g->of == UINT32_MAX || !begins(g, move))
		return 0;
	fold_line(g->fold, g->from, &shelf);
	fold_line(g->fold, g->of, &to);
	return to.site != FOLD_NONE && to.site == shelf.site ? 0 : (int64_t)g->from_said.line.reserve_milli;
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
	if ((int64_t)now <= left - kept_of(g, move))
		return DOOR_OK;
	picture_item_name(shelf, name, unit);
	return ask(answer,
		   SAY_OF(BEYOND_STOCK, say_amount((int64_t)now, unit), say_amount(left > 0 ? left : 0, unit),
			  say_item(shelf->item, name), say_text(shelf->variant),
			  shelf->reserve_milli ? say_amount((int64_t)shelf->reserve_milli, unit) : say_empty()));
}

/* This node's own stock, or one that it keeps, which has some of what is asked for. */
static bool has_some(struct goods *g, const struct draft_desk *desk, uint32_t index)
{
	struct fold_line line;
	struct fold_sums sums;
	struct entry shelf;

	fold_line(g->fold, index, &line);
	if (line.kind != LINE_RESOURCE || line.status != LINE_OPEN ||
	    line.is_drill != !!(g->to_said.line.flags & LINE_DRILL) ||
	    !fold_may_change(g->fold, FOLD_LINES, index, &desk->identity->key))
		return false;
	fold_read(g->fold, line.record.standing, &shelf);
	if (!is_same_item(&g->to_said.line, &shelf.line) ||
	    variants_differ(g->to_said.line.variant, shelf.line.variant))
		return false;
	fold_line_sums(g->fold, index, &sums);
	return sums.on_hand_milli > (int64_t)sums.promised_milli;
}

/* What is promised from no stock uses up none: the same goods would be promised once more. */
static enum door_rc look_for_shelf(struct door_answer *answer, const struct draft_desk *desk, struct goods *g,
				   const struct move *move)
{
	char refs[SAID_VALUE_MAX / 2] = "", name[VIEW_NAME_SIZE];
	struct fold_record record;

	if (g->from != UINT32_MAX || g->of == UINT32_MAX || move->stage == MOVE_ASKED || !begins(g, move))
		return DOOR_OK;
	for (uint32_t i = 0; i < fold_count(g->fold, FOLD_LINES); i++) {
		if (!has_some(g, desk, i))
			continue;
		fold_record(g->fold, FOLD_LINES, i, &record);
		picture_ref_list(desk->picture, fold_ref(g->fold, record.own), refs, sizeof refs);
	}
	return refs[0] ? ask(answer, SAY_OF(SOURCE_UNSAID, item_said(&g->to_said.line, name), say_text(refs)))
		       : DOOR_OK;
}

/* What is promised from that shelf, and to whom. */
static void list_promises(const struct draft_desk *desk, struct fold *fold, fold_slot shelf, char *out, size_t size)
{
	for (uint32_t i = 0; i < fold_count(fold, FOLD_MOVES); i++) {
		char place[VIEW_NAME_SIZE] = "";
		struct fold_move move;

		fold_move(fold, i, &move);
		if (move.from != shelf || !move.promised_milli || move.lapsed)
			continue;
		if (move.of != FOLD_NONE)
			picture_place_name(desk->picture, move.of, place);
		picture_ref_list_named(desk->picture, fold_ref(fold, move.record.own), place, out, size);
	}
}

enum door_rc confirm_count(struct door_answer *answer, const struct draft_desk *desk, const struct door_request *asked,
			   uint32_t index, const struct line *line)
{
	struct fold *fold = picture_fold(desk->picture, desk->now_s);
	uint64_t left = line->closed == CLOSED_NOT ? line->quantity_milli : 0;
	char name[VIEW_NAME_SIZE], unit[VIEW_UNIT_SIZE], refs[SAID_VALUE_MAX] = "";
	struct fold_record record;
	struct fold_sums sums;
	struct say say;

	/* Of an offer without a number nobody said how much there is. */
	if (line->kind == LINE_OFFER && line->closed == CLOSED_NOT && !left)
		return DOOR_OK;
	fold_line_sums(fold, index, &sums);
	if (line->kind == LINE_NEED || line->kind == LINE_ROUND || sums.promised_milli <= left ||
	    (asked->sure && asked->caller != DOOR_TABLE))
		return DOOR_OK;
	fold_record(fold, FOLD_LINES, index, &record);
	list_promises(desk, fold, record.own, refs, sizeof refs);
	picture_item_name(line, name, unit);
	say = SAY_OF(COUNTED_BELOW, say_amount((int64_t)sums.promised_milli, unit), say_text(refs),
		     say_amount((int64_t)left, unit));
	if (!asked->sure)
		return ask(answer, say);
	(void)said_add(&answer->said, say);
	return DOOR_OK;
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
	if (rc == DOOR_OK)
		rc = look_for_shelf(answer, desk, &g, move);
	if (rc == DOOR_OK && leaves)
		rc = look_at_age(answer, desk, &g, move);
	/* What is lost or given back goes from the shelf, or from a load that has left it. */
	if (rc == DOOR_OK &&
	    (leaves || move->stage == MOVE_ASKED ||
	     (g.is_first && (move->stage == MOVE_LOST || move->stage == MOVE_SPOILED || move->stage == MOVE_RETURNED))))
		rc = look_at_shelf(answer, &g, move);
	return rc;
}
