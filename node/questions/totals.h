/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is added up by (place, item, size or form) while a question goes through the records. */
#ifndef AIDMESH_NODE_QUESTIONS_TOTALS_H
#define AIDMESH_NODE_QUESTIONS_TOTALS_H

#include "sync/fold/fold.h"

struct total {
	uint32_t site; /* place in FOLD_SITES, or TOTALS_ANYWHERE */
	uint16_t item;
	bool is_used;
	uint32_t size;  /* totals_size */
	fold_slot line; /* that names the size, the nearest of them; FOLD_NONE none */
	int64_t quantity, of;
	uint32_t people, count;
	uint32_t unsaid;         /* so many of them say no number */
	uint32_t when_s, said_s; /* the earliest of each; 0 none */
	uint32_t near_site, near_m;
	unsigned late; /* enum top_row_late: of the most pressing */
};

#define TOTALS_ANYWHERE UINT32_MAX

struct totals {
	struct total *table; /* open addressing; a power of two */
	uint32_t size, used;
};

/* A size or form as a number, the same in any case of its letters; 0 none. */
uint32_t totals_size(const char *variant);
/* The sum of these three, a new one if there was none; NULL when memory is out. Dies with the next call. */
struct total *totals_get(struct totals *s, uint32_t site, uint16_t item, uint32_t size);
void totals_fini(struct totals *s);

/* The earlier of two times, of which 0 is none. */
uint32_t totals_earlier(uint32_t a, uint32_t b);

#endif
