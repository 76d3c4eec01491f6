/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a query wants of a list, for picture*.c alone. What it names is looked up once, so that a record costs a few
 * comparisons. */
#ifndef AIDMESH_NODE_PICTURE_PICTURE_FILTER_H
#define AIDMESH_NODE_PICTURE_PICTURE_FILTER_H

#include "node/picture/picture.h"
#include "proto/catalog/catalog.h"

struct picture_filter {
	const struct view_query *query;
	uint32_t only;      /* place of the one record that is asked for; UINT32_MAX: any */
	fold_slot about;    /* only what belongs to this record; FOLD_NONE: any */
	uint8_t *site_fits; /* by place of the site; NULL: any */
	int kind, status;   /* -1: any */
	bool has_item;
	const struct catalog_item *item;
	unsigned long code; /* when the item is named by a number */
	uint32_t now_s;
};

/* False when nothing can fit, or memory is out. picture_filter_fini is called either way. */
bool picture_filter_init(struct picture_filter *f, struct picture *p, uint32_t now_s, const struct view_query *query,
			 enum fold_list list);
void picture_filter_fini(struct picture_filter *f);
bool picture_filter_fits(struct picture *p, const struct picture_filter *f, enum fold_list list, uint32_t index);

#endif
