/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The inside of questions.c and questions_find.c; nobody else includes it. */
#ifndef AIDMESH_NODE_QUESTIONS_QUESTIONS_STATE_H
#define AIDMESH_NODE_QUESTIONS_QUESTIONS_STATE_H

#include "node/questions/top_rows.h"
#include "node/picture/picture_state.h"
#include "node/questions/questions.h"
#include "node/questions/totals.h"
#include "proto/place/geo.h"

/* What is known of a site, by its place in the list. */
struct spot {
	struct geo_point point;
	bool is_known;
	uint32_t distance_m; /* UINT32_MAX unknown */
	uint32_t people;
};

struct asking {
	const struct questions *q;
	const struct view_asked *asked;
	struct picture *picture;
	struct fold *fold;
	char *remark;
	struct top_rows findings;
	struct spot *spots;
	uint32_t here; /* place of the site that distances are from; UINT32_MAX unknown */
	uint32_t to;   /* LOAD */
};

/* questions_find.c: fills the findings. False: the remark says what would be right. */
bool find_short(struct asking *a);
bool find_runs_out(struct asking *a);
bool find_load(struct asking *a);
bool find_news(struct asking *a);
bool find_late(struct asking *a);
bool find_surplus(struct asking *a);
bool find_unconfirmed(struct asking *a);
bool find_silent(struct asking *a);
bool find_served(struct asking *a);
bool find_expiring(struct asking *a);

/* Fills in what the row shows beyond its order. */
void news_complete(const struct asking *a, struct top_row *finding);

/* Place of the line's site; UINT32_MAX none. */
uint32_t site_index(const struct asking *a, fold_slot line);
/* How far a line is, also one at a cell; UINT32_MAX unknown. */
uint32_t line_distance(const struct asking *a, fold_slot line);
bool is_near(const struct asking *a, uint32_t distance_m);
/* What of a stock nobody has spoken for. */
int64_t available_of(const struct fold *f, uint32_t index, const struct fold_line *line);

#endif
