/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What people type for an item, a quantity and a place, understood with the catalogue and the picture. Each gives DOOR_OK
 * and, where something was understood that was not said literally, a remark; or what is wrong, with a sentence in
 * `answer`. Outputs are untouched on failure. */
#ifndef AIDMESH_NODE_DESK_TYPED_INPUT_H
#define AIDMESH_NODE_DESK_TYPED_INPUT_H

#include "board/door.h"
#include "node/picture/picture.h"

/* An item's code, or 0 and the person's own words, borrowed from `text`. A "=" before them keeps them from being taken
 * for an item. What may be several items is asked back; of a row of a table (DOOR_CUT) it stays words, with a remark. */
enum door_rc typed_input_item(uint16_t *code, const char **words, struct door_answer *answer, const char *text,
			      bool is_row);

/* "30 gal" in thousandths of the item's unit; code 0: words without a unit. */
enum door_rc typed_input_measure(uint64_t *milli, struct door_answer *answer, const char *text, uint16_t code);

/* The request's `where`: degrees, a Plus Code, or a site's ref or name, which then also gives `site`; a short code is the
 * one nearest to where this node stands. Without it its `place`. A cell is told by its middle. */
enum door_rc typed_input_place(struct place *place, struct ref *site, struct door_answer *answer, struct picture *p,
			       uint32_t now_s, const struct door_request *asked);

/* A place where people live as it may be signed: the middle of a cell of 8 digits (280 m) where its writer asked for 8 or
 * more, else of 6 (5.6 km). A point is nobody's wish for less. */
void typed_input_coarsen(struct place *place, struct door_answer *answer);

#endif
