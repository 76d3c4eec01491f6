/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What coordinators ask (board/view.h, enum view_question): each looks at all records of the fold once, keeps the rows of
 * the page that was asked for, and makes views of those alone. On the loop's thread. */
#ifndef AIDMESH_NODE_QUESTIONS_QUESTIONS_H
#define AIDMESH_NODE_QUESTIONS_QUESTIONS_H

#include "node/picture/picture.h"
#include "node/store/walk.h"
#include "sync/engine.h"

struct questions {
	struct picture *picture;
	const struct sync *sync;
	const struct walk *walk;
	const struct public_key *self;
	uint32_t now_s;                /* seconds since 2020 */
	const struct public_key *near; /* authors in contact now, whom this node trusts */
	size_t near_count;
};

enum {
	QUESTIONS_SILENT_S = 6 * 3600,
	QUESTIONS_DAY_S = 86400,
	QUESTIONS_WEEK_S = 7 * 86400,
	QUESTIONS_CARRIED_S = 20 * 86400,
	QUESTIONS_OBSERVED_S = 6 * 3600
};

/* view.h's `ask`. */
size_t questions_ask(const struct questions *q, struct said *remark, const struct view_asked *asked, view_answer_cb cb,
		     void *user);

#endif
