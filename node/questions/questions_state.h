/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The inside of questions*.c; nobody else includes it. */
#ifndef AIDMESH_NODE_QUESTIONS_QUESTIONS_STATE_H
#define AIDMESH_NODE_QUESTIONS_QUESTIONS_STATE_H

#include "node/questions/top_rows.h"
#include "node/picture/picture_state.h"
#include "node/questions/questions.h"
#include "node/questions/totals.h"
#include "proto/catalog/propose.h"
#include "proto/place/geo.h"

/* What is known of a site, by its place in the list. */
struct spot {
	struct geo_point point;
	bool is_known;
	uint32_t distance_m; /* UINT32_MAX unknown */
	uint32_t people;
	struct party party; /* as far as the place and its needs say who is there: after questions_find_parties */
};

struct asking {
	const struct questions *q;
	const struct view_asked *asked;
	struct picture *picture;
	struct fold *fold;
	struct said *remark;
	struct top_rows findings;
	struct spot *spots;
	uint32_t here;    /* place of the site that distances are from; UINT32_MAX unknown */
	uint32_t to;      /* LOAD */
	uint32_t farther; /* so many were left out, since they lie beyond `km` or nobody said where */
	bool is_real;     /* some line is no drill: drills are left out */
};

/* questions_place.c: before the first record is looked at. Spots of all sites, `here` and `to`. False: the remark says what
 * would be right. `spots` is the caller's to free. */
bool questions_places(struct asking *a);
/* What stands of a record. */
struct entry questions_standing(const struct asking *a, enum fold_list list, uint32_t index);
/* Place of the line's site; UINT32_MAX none. */
uint32_t questions_site_index(const struct asking *a, fold_slot line);
/* Where a line is, also one at a cell. False: unknown. */
bool questions_line_point(const struct asking *a, fold_slot line, struct geo_point *point);
/* How far that is; UINT32_MAX unknown. */
uint32_t questions_line_distance(const struct asking *a, fold_slot line);
bool questions_is_near(const struct asking *a, uint32_t distance_m);
/* What of a stock nobody has spoken for, and can be used. */
int64_t questions_available_of(const struct asking *a, uint32_t index, const struct fold_line *line);

/* questions_heads.c */
/* Who is at each place. */
void questions_find_parties(struct asking *a);
/* For how many of those at a place an item is, in thousandths; of a place of which nobody said how many are there, 0. */
uint64_t questions_heads_milli(const struct asking *a, uint32_t site, uint16_t item);

/* questions_drill.c: a drill is never added to what is real. Where all is a drill it counts. */
bool questions_counts_line(const struct asking *a, const struct fold_record *line);
bool questions_counts_move(const struct asking *a, const struct fold_move *move);
bool questions_is_drill(const struct asking *a, enum fold_list list, fold_slot own);
/* The same of any record; of none, and of a note, true. */
bool questions_counts(const struct asking *a, enum fold_list list, fold_slot own);

/* questions_row.c */
/* A row about nothing yet. */
struct top_row questions_row_blank(void);
enum top_row_late questions_lateness(const struct fold_line *line);
/* Of needs: where people should be looked after first, then by when they are due. The lowest 8 bits are free. */
uint64_t questions_need_order(enum top_row_late late, uint32_t due_s);
struct top_row questions_row_of_line(const struct asking *a, const struct fold_line *line,
				     const struct fold_sums *sums);
/* What is missing of it, or there; that nobody said how much is not none. */
void questions_row_amount(struct top_row *f, const struct fold_line *line, const struct fold_sums *sums);
/* The tier of an item (proto/catalog); of what the catalogue does not have, 3. */
uint8_t questions_tier_of(uint16_t item);
/* Promised or on its way, and not lapsed for good. */
bool questions_is_awaited(const struct fold_move *move);
/* When it was said how far the journey is. */
uint32_t questions_move_said(const struct asking *a, const struct fold_move *move);
struct top_row questions_row_of_move(const struct asking *a, const struct fold_move *move);
/* Unless it lies farther than is asked for. */
void questions_add(struct asking *a, struct top_row f);
/* For a question to return: the answer will say so. */
bool questions_no_memory(struct asking *a);

/* questions_find.c, questions_load.c, questions_news.c, questions_expiring.c: one pass over the records each, which fills the findings. False:
 * the remark says what would be right. */
bool questions_find_short(struct asking *a);
bool questions_find_runs_out(struct asking *a);
bool questions_find_load(struct asking *a);
bool questions_find_news(struct asking *a);
bool questions_find_late(struct asking *a);
bool questions_find_surplus(struct asking *a);
bool questions_find_unconfirmed(struct asking *a);
bool questions_find_silent(struct asking *a);
bool questions_find_served(struct asking *a);
bool questions_find_expiring(struct asking *a);
/* Fills in what a row of the news shows beyond its order. */
void questions_news_complete(const struct asking *a, struct top_row *f);

#endif
