/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The rows that a question finds: those of the page that was asked for are kept, the others counted. */
#ifndef AIDMESH_NODE_QUESTIONS_TOP_ROWS_H
#define AIDMESH_NODE_QUESTIONS_TOP_ROWS_H

#include "sync/fold/fold.h"

/* Why it is told; a few words more in the row. */
enum top_row_why {
	TOP_ROW_NOTHING,
	TOP_ROW_PEOPLE,    /* used up by so many people a day */
	TOP_ROW_OBSERVED,  /* as fast as it went since the count */
	TOP_ROW_RECOUNT,   /* more left than was counted */
	TOP_ROW_UNKNOWN,   /* nobody knows how fast */
	TOP_ROW_STRANGER,  /* only a stranger said it */
	TOP_ROW_ONE_VOICE, /* only its author said it */
	TOP_ROW_PROMISED,
	TOP_ROW_SENT,
	TOP_ROW_LAPSED,
	TOP_ROW_LAPSED_COVERED, /* others have promised it since */
	TOP_ROW_TOO_LATE,       /* promised for later than it is needed */
	TOP_ROW_NEED,
	TOP_ROW_FORGOTTEN,  /* its time in the set ends */
	TOP_ROW_KEEPER,     /* that somebody keeps a place: the same */
	TOP_ROW_VOUCH,      /* that somebody is trusted: the same */
	TOP_ROW_BEYOND,     /* came beyond what was asked */
	TOP_ROW_BEYOND_NOW, /* the same of a need that opens again */
	TOP_ROW_LAPSES,
	TOP_ROW_WEIGHT, /* an estimate */
	TOP_ROW_USE_BY,
	TOP_ROW_PAST_USE,
	TOP_ROW_WANTED, /* who needs it there did not say how much */
	TOP_ROW_OVER,   /* an alert that ends */
	TOP_ROW_KINDS   /* so many */
};

/* Of a need, or of the most pressing of several. */
enum top_row_late {
	TOP_ROW_IN_TIME,
	TOP_ROW_OVERDUE,
	TOP_ROW_CHECK, /* and somebody should look after them */
};

struct top_row {
	uint64_t order; /* the lowest first, then `second`, then as they were found */
	uint32_t second;
	uint32_t found;   /* set by top_rows_add */
	fold_slot record; /* own words; FOLD_NONE for sums */
	fold_slot from;   /* LOAD: the stock */
	fold_slot line;   /* whose item it is */
	fold_slot trust;  /* KEEPER, VOUCH */
	fold_slot round;  /* the last at that place, or the one that it is about; FOLD_NONE none */
	uint32_t site;    /* place in FOLD_SITES; UINT32_MAX none */
	uint16_t item;    /* where there is no line */
	uint8_t list;     /* enum fold_list of the record */
	uint8_t why;      /* enum top_row_why */
	uint8_t late;     /* enum top_row_late */
	uint32_t people, count;
	uint32_t unsaid; /* so many needs or offers of it say no number: they are not in `quantity` */
	int64_t quantity, of;
	uint64_t grams;
	uint32_t when_s, said_s; /* seconds since 2020; 0 unknown */
};

struct top_rows {
	struct top_row *rows; /* a heap, the last of all on top, until top_rows_sort */
	uint32_t count, cap;
	uint32_t keep;  /* so many are wanted at most */
	uint32_t total; /* found */
	bool out_of_memory;
};

void top_rows_init(struct top_rows *f, uint32_t keep);
void top_rows_fini(struct top_rows *f);
void top_rows_add(struct top_rows *f, struct top_row finding);
/* Puts what was kept into its order. */
void top_rows_sort(struct top_rows *f);

#endif
