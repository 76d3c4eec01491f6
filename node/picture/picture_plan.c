/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who should get what, as people read it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/picture/picture_state.h"
#include "node/system/clock.h"
#include "proto/catalog/catalog.h"
#include "proto/place/plus_code.h"
#include "sync/plan/allocate.h"

enum { CELL_DIGITS_MAX = 8 };

/* "Oak: 40 people, 6 infants, 31 h without, due 24 h, 120 L = 1 day", the infants where there are some; who was not heard
 * for hours is said to be so. How long it lasts is not said where nobody said for how many. */
static void explain(struct view_portion *view, const struct allocate_portion *p, bool counts_people)
{
	bool counted = strcmp(view->unit, "each") == 0;
	struct say_value place =
		view->need_site[0] != '\0' ? say_text(view->need_site) : say_phrase(SAY_PLACE_NAMELESS);
	struct say_value infants = say_number(p->infants);
	struct say_value without = say_number(p->without_h), within = say_number(p->within_h);
	struct say_value amount = say_amount((int64_t)p->quantity_milli, view->unit);
	struct say_value item = counted ? say_item(p->item, view->item_name) : say_empty();
	struct say_value silent = say_number(p->silent_h);
	struct say_value days = say_tenths((int64_t)(((uint64_t)p->days_milli + 50) / 100));

	(void)said_add(&view->why, counts_people ? SAY_OF(PLAN_WHY, place, say_number(p->people), infants, without,
							  within, amount, item, days, silent)
						 : SAY_OF(PLAN_WHY_UNCOUNTED, place, infants, without, within, amount,
							  item, silent));
	if (p->maybe_milli)
		(void)said_add(&view->why, SAY_OF(PLAN_MAYBE, say_amount((int64_t)p->maybe_milli, view->unit)));
}

/* Never finer than a settlement, whatever a node was told. */
static void name_cell(char name[VIEW_NAME_SIZE], struct place cell)
{
	char author[CARD_NAME_MAX + 1], code[PLUS_CODE_SIZE];

	text_cut(author, CARD_NAME_MAX, name);
	plus_code_encode(code, (struct geo_point){ cell.lat_e6, cell.lon_e6 },
			 cell.digits < CELL_DIGITS_MAX ? cell.digits : CELL_DIGITS_MAX);
	snprintf(name, VIEW_NAME_SIZE, "%s (%s)", code, author);
}

/* The site's name; where it stands at none, its cell, and what its author is called: 8773XW00+ (Oak). */
static void place_name(const struct picture *p, fold_slot line, char name[VIEW_NAME_SIZE])
{
	fold_slot site = fold_site_of_line(p->fold, line);
	uint32_t index = fold_find(p->fold, FOLD_LINES, fold_ref(p->fold, line));
	struct fold_record record;
	struct entry said;
	struct card card;

	name[0] = '\0';
	if (site != FOLD_NONE) {
		fold_read(p->fold, site, &said);
		text_cut(name, VIEW_NAME_SIZE - 1, said.site.name);
	} else if (index != UINT32_MAX) {
		fold_record(p->fold, FOLD_LINES, index, &record);
		if (picture_card(p, record.author, &card))
			text_cut(name, VIEW_NAME_SIZE - 1, card.name);
		fold_read(p->fold, record.own, &said);
		if (said.line.cell.digits != PLACE_NONE)
			name_cell(name, said.line.cell);
	}
}

static struct view_portion portion_view(struct picture *p, const struct allocate_portion *portion,
					enum view_portion_kind kind)
{
	struct view_portion view = { .item = portion->item, .quantity_milli = portion->quantity_milli, .kind = kind };
	struct fold_line source;
	struct entry need, shelf;

	fold_read(p->fold, portion->need, &need);
	fold_line_at(p->fold, portion->source, &source);
	fold_read(p->fold, source.record.standing, &shelf);
	picture_ref_text(p, fold_ref(p->fold, portion->need), view.need);
	picture_ref_text(p, fold_ref(p->fold, portion->source), view.from);
	place_name(p, portion->need, view.need_site);
	place_name(p, portion->source, view.from_site);
	picture_goods_name(&shelf.line, view.item_name, view.unit);
	explain(&view, portion, need.line.people > 0);
	return view;
}

struct asked_plan {
	void *room;
	size_t room_size;
	uint32_t now_s;
	uint16_t item;
	view_portion_cb cb;
	void *user;
};

/* A list of portions; false: somebody has seen enough. */
static bool tell(struct picture *p, const struct allocate_portion *portions, uint32_t count,
		 enum view_portion_kind kind, const struct asked_plan *asked)
{
	for (uint32_t i = 0; i < count; i++) {
		struct view_portion view = portion_view(p, &portions[i], kind);

		if (!asked->cb(asked->user, &view))
			return false;
	}
	return true;
}

/* Where nobody trusts anybody yet, what is apart is the list as it would be if they did. */
static bool tell_apart(struct picture *p, const struct asked_plan *asked, struct allocate_plan *drawn,
		       struct view_plan *plan)
{
	if (!drawn->is_without_trust) {
		(void)tell(p, drawn->others, drawn->other_count, VIEW_PORTION_APART, asked);
		return true;
	}
	if (!allocate_run(drawn, asked->room, asked->room_size, p->fold, asked->now_s, asked->item,
			  ALLOCATE_AS_IF_TRUSTED))
		return false;
	(void)said_add(&plan->remark, SAY(PLAN_WITHOUT_TRUST));
	(void)tell(p, drawn->portions, drawn->portion_count, VIEW_PORTION_APART, asked);
	return true;
}

static bool draw_up(struct picture *p, const struct asked_plan *asked, struct allocate_plan *drawn,
		    struct view_plan *plan)
{
	const uint8_t *b = drawn->digest.bytes;

	if (!allocate_run(drawn, asked->room, asked->room_size, p->fold, asked->now_s, asked->item, ALLOCATE_TRUSTED))
		return false;
	(void)snprintf(plan->digest, sizeof plan->digest, "%02x%02x-%02x%02x", b[0], b[1], b[2], b[3]);
	plan->hour = clock_unix_of(drawn->hour_s);
	return !tell(p, drawn->portions, drawn->portion_count, VIEW_PORTION_SUGGESTED, asked) ||
	       !tell(p, drawn->kept, drawn->kept_count, VIEW_PORTION_KEPT, asked) || tell_apart(p, asked, drawn, plan);
}

bool picture_plan(struct picture *p, uint32_t now_s, uint16_t item, struct view_plan *plan, view_portion_cb cb,
		  void *user)
{
	size_t size = allocate_footprint(picture_fold(p, now_s));
	struct allocate_plan *drawn = malloc(sizeof *drawn);
	void *room = malloc(size ? size : 1);
	const struct asked_plan asked = {
		.room = room, .room_size = size, .now_s = now_s, .item = item, .cb = cb, .user = user
	};
	bool ok = drawn && room && draw_up(p, &asked, drawn, plan);

	free(room);
	free(drawn);
	return ok;
}
