/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What this node said under a wrong date is said again: the same words and numbers, and the times shifted, so their order,
 * their "within" and their tickets hold. */
#include <stdlib.h>

#include "node/desk/desk_state.h"
#include "node/desk/draft.h"

struct again {
	struct desk *desk;
	const struct date_step *step;
	uint32_t said;
	bool ok;
};

static void say_again(struct again *a, const struct desk_spoken *spoken)
{
	struct fold_record record;
	struct entry e;
	enum sync_rc rc;

	if (!date_concerns(a->step, spoken->hlc) || !desk_spoken_read(a->desk, spoken, &e))
		return;
	/* What keepers changed is taken over: it was made from words whose times are other ones now. */
	if (desk_find_changed(a->desk, &e, &record))
		draft_adopt(picture_fold(a->desk->picture, a->desk->time.wall_s), &record, &e);
	date_shift(&e, a->step);
	e.hlc.era = a->desk->era;
	rc = desk_say_kept(a->desk, &e);
	if (rc == SYNC_E_BUSY) {
		commit_now(a->desk->commit);
		rc = desk_say_kept(a->desk, &e);
	}
	a->ok &= rc == SYNC_OK; /* a keeper's words may not fit beside the author's own */
	a->said += rc == SYNC_OK;
}

bool desk_say_again(struct desk *desk, const struct date_step *step, uint32_t *count)
{
	struct again a = { .desk = desk, .step = step, .ok = true };
	size_t all;
	struct desk_spoken *spoken = desk_spoken_all(desk, &all);

	*count = 0;
	if (!spoken)
		return false;
	/* The card first: nothing can be verified without it. */
	for (int cards = 1; cards >= 0; cards--)
		for (size_t i = 0; i < all; i++)
			if ((spoken[i].kind == ENTRY_CARD) == cards)
				say_again(&a, &spoken[i]);
	commit_now(desk->commit);
	free(spoken);
	*count = a.said;
	return a.ok && !commit_has_failed(desk->commit);
}
