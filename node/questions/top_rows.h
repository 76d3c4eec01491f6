/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The rows that a question finds: those of the page that was asked for are kept, the others counted. */
#ifndef AIDMESH_NODE_QUESTIONS_TOP_ROWS_H
#define AIDMESH_NODE_QUESTIONS_TOP_ROWS_H

#include "sync/fold/fold.h"

/* Why it is told; a few words more in the row. */
enum finding_why {
	WHY_NOTHING,
	WHY_PEOPLE,    /* used up by so many people a day */
	WHY_OBSERVED,  /* as fast as it went since the count */
	WHY_RECOUNT,   /* more left than was counted */
	WHY_UNKNOWN,   /* nobody knows how fast */
	WHY_STRANGER,  /* only a stranger said it */
	WHY_ONE_VOICE, /* only its author said it */
	WHY_PROMISED,
	WHY_SENT,
	WHY_LAPSED,
	WHY_NEED,
	WHY_FORGOTTEN, /* its time in the set ends */
	WHY_BEYOND,    /* came beyond what was asked */
	WHY_LAPSES,
	WHY_WEIGHT, /* an estimate */
};

struct finding {
	uint64_t order; /* the lowest first, then `second`, then as they were found */
	uint32_t second;
	uint32_t found;   /* set by findings_add */
	fold_slot record; /* own words; FOLD_NONE for sums */
	fold_slot from;   /* LOAD: the stock */
	fold_slot line;   /* whose item it is */
	uint32_t site;    /* place in FOLD_SITES; UINT32_MAX none */
	uint16_t item;    /* where there is no line */
	uint8_t list;     /* enum fold_list of the record */
	uint8_t why;      /* enum finding_why */
	uint32_t people, count;
	int64_t quantity, of;
	uint64_t grams;
	uint32_t when_s, said_s; /* seconds since 2020; 0 unknown */
};

struct findings {
	struct finding *rows; /* a heap, the last of all on top, until findings_sort */
	uint32_t count, cap;
	uint32_t keep;  /* so many are wanted at most */
	uint32_t total; /* found */
	bool out_of_memory;
};

void findings_init(struct findings *f, uint32_t keep);
void findings_fini(struct findings *f);
void findings_add(struct findings *f, struct finding finding);
/* Puts what was kept into its order. */
void findings_sort(struct findings *f);

#endif
