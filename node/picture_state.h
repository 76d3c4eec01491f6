/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The picture's inside, for picture*.c alone. */
#ifndef AIDMESH_NODE_PICTURE_STATE_H
#define AIDMESH_NODE_PICTURE_STATE_H

#include "node/picture.h"

struct picture {
	struct fold *fold;
	void *memory;
	const struct public_key *self;
	struct ref site;
	bool dirty; /* entries came or went since the last run */
	uint32_t run_s;
	uint32_t *numbers; /* of all records, sorted */
	uint32_t number_count;
	uint32_t *order; /* one listing's own */
};

struct fold_record picture_record_at(const struct picture *p, enum fold_list list, uint32_t index);

#endif
