/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The radio as people see it: implements board/view.h's `radio`. */
#ifndef AIDMESH_NODE_RADIO_LORA_VIEW_H
#define AIDMESH_NODE_RADIO_LORA_VIEW_H

#include "node/radio/lora.h"
#include "node/picture/picture.h"

struct lora_seen {
	const struct lora *lora; /* NULL: there is no radio */
	const struct sync *sync;
	struct picture *picture; /* knows names */
	uint32_t wall_s;
	mono_ms now;
	int64_t unix_s;
};

void lora_view(struct view_radio *radio, const struct lora_seen *seen);

#endif
