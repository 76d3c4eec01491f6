/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who should get what, as people read it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/picture/picture_state.h"
#include "node/system/clock.h"
#include "sync/plan/allocate.h"

/* A need that opens again is due before it does. 0: nobody said. */
static uint32_t hours_said(const struct line *need)
{
	bool opens_sooner = need->every_h && (!need->within_h || need->every_h < need->within_h);

	return opens_sooner ? need->every_h : need->within_h;
}

/* "Oak: 40 people, 6 infants, 31 h without, wanted within 24 h, 120 L = 1 day", the infants where there are some; who was not heard
 * for hours is said to be so. How long it lasts is not said where nobody said for how many, nor within how many hours where nobody
 * said that. */
static void explain(struct view_portion *view, const struct allocate_portion *p, const struct line *need)
{
	bool counted = strcmp(view->unit, "each") == 0;
	struct say_value place =
		view->need_site[0] != '\0' ? say_text(view->need_site) : say_phrase(SAY_PLACE_NAMELESS);
	struct say_value infants = say_number(p->infants);
	struct say_value without = say_number(p->without_h), within = say_number(hours_said(need));
	struct say_value amount = say_amount((int64_t)p->quantity_milli, view->unit);
	struct say_value item = counted ? say_item(p->item, view->item_name) : say_empty();
	struct say_value silent = say_number(p->silent_h);
	struct say_value days = say_tenths((int64_t)(((uint64_t)p->days_milli + 50) / 100));

	(void)said_add(&view->why, need->people > 0 ? SAY_OF(PLAN_WHY, place, say_number(p->people), infants, without,
							     within, amount, item, days, silent)
						    : SAY_OF(PLAN_WHY_UNCOUNTED, place, infants, without, within,
							     amount, item, silent));
	if (p->maybe_milli)
		(void)said_add(&view->why, SAY_OF(PLAN_MAYBE, say_amount((int64_t)p->maybe_milli, view->unit)));
	if (p->late_milli)
		(void)said_add(&view->why, SAY_OF(PLAN_LATE, say_amount((int64_t)p->late_milli, view->unit)));
}

static struct view_portion portion_view(struct picture *p, const struct allocate_portion *portion,
					enum view_portion_kind kind)
{
	struct view_portion view = { .item = portion->item, .quantity_milli = portion->quantity_milli, .kind = kind };
	struct fold_line source, wanted;
	struct entry need, shelf;

	fold_line_at(p->fold, portion->need, &wanted);
	fold_read(p->fold, wanted.record.standing, &need);
	fold_line_at(p->fold, portion->source, &source);
	fold_read(p->fold, source.record.standing, &shelf);
	picture_ref_text(p, fold_ref(p->fold, portion->need), view.need);
	picture_ref_text(p, fold_ref(p->fold, portion->source), view.from);
	picture_place_name(p, portion->need, view.need_site);
	picture_place_name(p, portion->source, view.from_site);
	picture_goods_name(&shelf.line, view.item_name, view.unit);
	explain(&view, portion, &need.line);
	return view;
}

struct asked_plan {
	void *room;
	size_t room_size;
	uint32_t now_s;
	uint16_t item;
	uint8_t *is_served; /* a bit for each slot of a need that the list is for */
	view_portion_cb cb;
	void *user;
};

/* A list of portions; false: somebody has seen enough. */
static bool tell(struct picture *p, const struct allocate_portion *portions, uint32_t count,
		 enum view_portion_kind kind, const struct asked_plan *asked)
{
	for (uint32_t i = 0; i < count; i++) {
		struct view_portion view = portion_view(p, &portions[i], kind);

		asked->is_served[portions[i].need / 8] |= (uint8_t)(1u << portions[i].need % 8);
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
	if (!tell(p, drawn->portions, drawn->portion_count, VIEW_PORTION_SUGGESTED, asked) ||
	    !tell(p, drawn->kept, drawn->kept_count, VIEW_PORTION_KEPT, asked))
		return true;
	if (!tell_apart(p, asked, drawn, plan))
		return false;
	return picture_unserved(p, &plan->unserved_more, asked->is_served, asked->item, asked->cb, asked->user);
}

bool picture_plan(struct picture *p, uint32_t now_s, uint16_t item, struct view_plan *plan, view_portion_cb cb,
		  void *user)
{
	size_t size = allocate_footprint(picture_fold(p, now_s));
	struct allocate_plan *drawn = malloc(sizeof *drawn);
	void *room = malloc(size ? size : 1);
	const struct asked_plan asked = { .room = room,
					  .room_size = size,
					  .now_s = now_s,
					  .item = item,
					  .is_served = calloc(fold_slots(p->fold) / 8 + 1, 1),
					  .cb = cb,
					  .user = user };
	bool ok = drawn && room && asked.is_served && draw_up(p, &asked, drawn, plan);

	free(asked.is_served);
	free(room);
	free(drawn);
	return ok;
}
