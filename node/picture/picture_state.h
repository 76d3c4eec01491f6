/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The picture's inside, for picture*.c alone. */
#ifndef AIDMESH_NODE_PICTURE_PICTURE_STATE_H
#define AIDMESH_NODE_PICTURE_PICTURE_STATE_H

#include "node/system/clock.h"
#include "node/picture/picture.h"

/* A record of which a note says that it is another one. */
struct twice {
	fold_slot slot;
	struct ref stays;
};

/* A note that says of another that it is not true; or an alert that takes the place of an earlier one. */
struct denial {
	fold_slot of, own;
	bool updates;
	struct hlc said;
};

/* Of the last run (picture_count.c). */
struct picture_counts {
	bool are_known;
	uint32_t needs_open, needs_covered, offers, resources, moves_coming, moves_late, sites, trusts;
	uint32_t alerts, alerts_until_s; /* so many, until then */
};

struct picture {
	struct fold *fold;
	void *memory;
	const struct public_key *self;
	struct ref site;
	bool dirty;      /* entries came or went since the last run */
	bool looked_for; /* one of them was said or brought by somebody here, who looks for it at once */
	uint32_t run_s;
	mono_ms ran_at;               /* when the last run ended */
	mono_ms run_ms;               /* how long it took */
	char digest[20];              /* of the last run; empty: not computed yet */
	uint32_t *orders[FOLD_LISTS]; /* of the last run; NULL: not sorted yet */
	struct twice *twice;          /* of the last run */
	uint32_t twice_count;
	struct denial *denials; /* as twice */
	uint32_t denial_count;
	bool twice_is_known;
	struct picture_counts counts;
};

/* picture_find_in in the last run. */
enum picture_found picture_look_in(struct picture *p, const char *text, enum fold_list list, struct picture_hit *hit);

/* The number of the record's author's own register. */
struct ref picture_ref_at(const struct picture *p, enum fold_list list, uint32_t index);

/* The places of a list in the order in which people see it (picture_order.c); NULL when memory is out. */
const uint32_t *picture_order(struct picture *p, enum fold_list list);
/* Before the fold is run again. */
void picture_forget_orders(struct picture *p);

/* The record that stays where that one stands twice, by its author's own words; a none-ref: it does not (picture_twice.c). */
struct ref picture_stays(struct picture *p, fold_slot own);
/* A later alert of the same author is about that one. */
bool picture_is_updated(struct picture *p, fold_slot note);
/* The note that says of that one that it is not true, of several the one whose author is trusted most; FOLD_NONE. */
fold_slot picture_denial(struct picture *p, fold_slot note);
/* Before the fold is run again. */
void picture_forget_twice(struct picture *p);

/* Where to go instead of that site of the list, as who keeps it says: its name and ref; empty where nobody says (picture_instead.c). */
void picture_instead(struct picture *p, uint32_t site, char name[VIEW_NAME_SIZE], char ref[VIEW_REF_SIZE]);

/* The same of a note that says it, by whomever: false, and `name` untouched, where it says something else. */
bool picture_note_instead(struct picture *p, const struct fold_note *note, char name[VIEW_NAME_SIZE]);
/* That place is open again, or somebody who keeps it has said another one since. */
bool picture_instead_is_over(struct picture *p, const struct fold_note *note);

/* When it was asked for or confirmed, offered or counted: who mends a text, moves it to another place or takes that back says nothing
 * of how old it is. What is closed: when it was; a round: when somebody told of it. */
uint32_t picture_line_said(const struct fold_line *line, const struct fold_sums *sums);
/* A note of the list as people see it (picture_lists.c). */
void picture_note_view(struct picture *p, uint32_t index, uint32_t now_s, struct view_note *view);
/* What people call an author: the card's name, else the beginning of the key (picture_lists.c). */
void picture_author_name(const struct picture *p, const struct public_key *key, char name[VIEW_NAME_SIZE]);
/* What a line is about, and in what it is counted; the unit is empty where words alone say it. */
void picture_item_name(const struct line *line, char name[VIEW_NAME_SIZE], char unit[VIEW_UNIT_SIZE]);
/* The same with its size or form (VIEW_VARIANT_MARK). */
void picture_goods_name(const struct line *line, char name[VIEW_NAME_SIZE], char unit[VIEW_UNIT_SIZE]);

/* The line whose goods that journey moves: the shelf that they leave, once somebody takes them from there, else the line that they go
 * to; FOLD_NONE where neither is here. */
fold_slot picture_goods_of(const struct fold_move *move);

/* A day of use, as people type it. */
void picture_day_text(uint16_t day, char text[VIEW_UNIT_SIZE]);

/* As its author says it; of none `when` is 0. */
struct view_round picture_round(const struct fold *fold, fold_slot round);
/* In words, of one that there is; `now` in Unix seconds. */
struct say picture_round_said(const struct fold *fold, fold_slot round, int64_t now);

/* The site's name; where it stands at none, its cell, and what its author is called: 8773XW00+ (Oak) (picture_lists.c). */
void picture_place_name(const struct picture *p, fold_slot line, char name[VIEW_NAME_SIZE]);
/* Needs that are open and not among those of `is_served` (a bit for each slot), of `item` alone unless it is 0, each with why it gets
 * nothing; `*more`: how many there are beside those that it tells of. False: memory is out (picture_unserved.c). */
bool picture_unserved(struct picture *p, uint32_t *more, const uint8_t *is_served, uint16_t item, view_portion_cb cb,
		      void *user);

/* Of a need that opens again. */
void picture_periods(const struct fold *fold, uint32_t index, struct view_line *view);

#endif
