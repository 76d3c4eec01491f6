/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Where everything is, and how far from where it is asked. */
#include <stdio.h>
#include <stdlib.h>

#include "node/questions/questions_state.h"
#include "proto/goods.h"

struct entry questions_standing(const struct asking *a, enum fold_list list, uint32_t index)
{
	struct fold_record record;
	struct entry entry;

	fold_record(a->fold, list, index, &record);
	fold_read(a->fold, record.standing, &entry);
	return entry;
}

static void measure_spots(struct asking *a)
{
	uint32_t count = fold_count(a->fold, FOLD_SITES);
	const struct spot *here = a->here == UINT32_MAX ? NULL : &a->spots[a->here];

	for (uint32_t i = 0; i < count; i++) {
		struct entry site = questions_standing(a, FOLD_SITES, i);

		a->spots[i] = (struct spot){ .point = { site.site.place.lat_e6, site.site.place.lon_e6 },
					     .is_known = site.site.place.digits != PLACE_NONE,
					     .distance_m = UINT32_MAX,
					     .people = site.site.people };
	}
	for (uint32_t i = 0; here && here->is_known && i < count; i++)
		if (a->spots[i].is_known)
			a->spots[i].distance_m = geo_distance_m(here->point, a->spots[i].point);
}

/* The site that was named, or where this node stands. False: said so. */
static bool find_place(struct asking *a, uint32_t *index, const char *name)
{
	struct picture_hit hit;

	*index = fold_find(a->fold, FOLD_SITES, picture_site(a->picture));
	if (!name || !*name)
		return true;
	if (picture_find_site(a->picture, a->q->now_s, name, &hit) == FOUND_ONE) {
		*index = hit.index;
		return true;
	}
	(void)said_add(a->remark, SAY_OF(SITE_NONE_SINGLE_LISTED, say_typed(name)));
	return false;
}

bool questions_places(struct asking *a)
{
	bool is_load = a->asked->question == VIEW_Q_LOAD;

	if (is_load && (!a->asked->site || !*a->asked->site)) {
		(void)said_add(a->remark, SAY(LOAD_SITE_MISSING));
		return false;
	}
	if (!find_place(a, &a->to, a->asked->site) || !find_place(a, &a->here, is_load ? NULL : a->asked->site))
		return false;
	if (a->here == UINT32_MAX && (is_load || a->asked->km || a->asked->question == VIEW_Q_SURPLUS)) {
		(void)said_add(a->remark, SAY(SITE_OR_INIT));
		return false;
	}
	a->spots = calloc(fold_count(a->fold, FOLD_SITES) + 1, sizeof *a->spots);
	if (!a->spots) {
		(void)said_add(a->remark, SAY(QUESTION_MEMORY));
		return false;
	}
	measure_spots(a);
	if (a->asked->km && !a->spots[a->here].is_known) {
		(void)said_add(a->remark,
			       SAY_OF(SITE_NOT_PLACED, say_text(questions_standing(a, FOLD_SITES, a->here).site.name)));
		return false;
	}
	return true;
}

uint32_t questions_site_index(const struct asking *a, fold_slot line)
{
	fold_slot site = line == FOLD_NONE ? FOLD_NONE : fold_site_named_by(a->fold, line);

	return site == FOLD_NONE ? UINT32_MAX : fold_index(a->fold, FOLD_SITES, site);
}

bool questions_line_point(const struct asking *a, fold_slot line, struct geo_point *point)
{
	uint32_t site = questions_site_index(a, line);
	struct entry own;

	if (site != UINT32_MAX) {
		*point = a->spots[site].point;
		return a->spots[site].is_known;
	}
	if (line == FOLD_NONE)
		return false;
	fold_read(a->fold, line, &own);
	*point = (struct geo_point){ own.line.cell.lat_e6, own.line.cell.lon_e6 };
	return own.line.cell.digits != PLACE_NONE;
}

uint32_t questions_line_distance(const struct asking *a, fold_slot line)
{
	struct geo_point point;

	if (a->here == UINT32_MAX || !a->spots[a->here].is_known || !questions_line_point(a, line, &point))
		return UINT32_MAX;
	return geo_distance_m(a->spots[a->here].point, point);
}

bool questions_is_near(const struct asking *a, uint32_t distance_m)
{
	return !a->asked->km || (distance_m != UINT32_MAX && distance_m <= a->asked->km * 1000);
}

int64_t questions_available_of(const struct asking *a, uint32_t index, const struct fold_line *line)
{
	struct fold_sums sums;
	struct entry standing;

	fold_read(a->fold, line->record.standing, &standing);
	if ((standing.line.flags & LINE_DAMAGED) || line_is_past_use(&standing.line, a->q->now_s))
		return 0;
	fold_line_sums(a->fold, index, &sums);
	return sums.on_hand_milli - (int64_t)sums.promised_milli - (int64_t)standing.line.reserve_milli;
}
