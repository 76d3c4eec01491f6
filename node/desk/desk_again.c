/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What this node said under a wrong date is said again: the same words and numbers, and the times shifted, so their order,
 * their "within" and their tickets hold. */
#include <stdlib.h>

#include "node/desk/desk_state.h"
#include "node/desk/draft.h"

struct spoken {
	uint64_t handle;
	enum entry_kind kind;
};

struct again {
	struct desk *desk;
	const struct date_step *step;
	struct spoken *all;
	size_t count;
	uint32_t said;
	bool ok;
};

enum { SPOKEN_MAX = REGISTERS_PER_AUTHOR_MAX };

static void on_register(void *user, uint64_t handle, const struct public_key *author, enum entry_kind kind,
			uint32_t number)
{
	struct again *a = user;

	(void)number;
	if (!public_key_equal(author, &a->desk->identity->key))
		return;
	assert(a->count < SPOKEN_MAX);
	a->all[a->count++] = (struct spoken){ handle, kind };
}

/* What keepers changed is taken over: it was made from words whose times are other ones now. */
static void take_over_changes(const struct again *a, struct entry *e)
{
	struct fold *fold = picture_fold(a->desk->picture, a->desk->time.wall_s);
	enum fold_list list = e->kind == ENTRY_SITE ? FOLD_SITES : FOLD_LINES;
	uint32_t index = fold_find(fold, list, (struct ref){ e->author, e->number });
	struct fold_record record;

	if (index == UINT32_MAX)
		return;
	fold_record(fold, list, index, &record);
	if (record.standing != record.own)
		draft_adopt(fold, &record, e);
}

static bool is_own_record(const struct entry *e)
{
	return (e->kind == ENTRY_SITE && ref_is_none(e->site.amends.of)) ||
	       (e->kind == ENTRY_LINE && ref_is_none(e->line.amends.of));
}

/* False: it is not of the wrong date. */
static bool read_spoken(const struct again *a, const struct spoken *spoken, struct entry *e)
{
	struct view bytes;

	return store_load(a->desk->store, spoken->handle, &bytes) == STORE_OK && entry_decode(e, bytes) == ENTRY_OK &&
	       date_concerns(a->step, e->hlc);
}

static void say_again(struct again *a, const struct spoken *spoken)
{
	uint8_t bytes[ENTRY_SIZE_MAX];
	struct view entry = { .data = bytes };
	struct entry e;
	enum sync_rc rc;

	if (!read_spoken(a, spoken, &e))
		return;
	if (is_own_record(&e))
		take_over_changes(a, &e);
	date_shift(&e, a->step);
	e.hlc.era = a->desk->era;
	desk_note_time(a->desk, e.hlc);
	if (entry_sign(bytes, &entry.size, &e, a->desk->identity->secret_key) != ENTRY_OK) {
		a->ok = false; /* a keeper's words that do not fit beside the author's own */
		return;
	}
	rc = sync_publish(a->desk->sync, entry, &a->desk->identity->key, 0);
	if (rc == SYNC_E_BUSY) {
		commit_now(a->desk->commit);
		rc = sync_publish(a->desk->sync, entry, &a->desk->identity->key, 0);
	}
	a->ok &= rc == SYNC_OK;
	a->said += rc == SYNC_OK;
}

bool desk_say_again(struct desk *desk, const struct date_step *step, uint32_t *count)
{
	struct again a = { .desk = desk, .step = step, .ok = true };

	*count = 0;
	a.all = calloc(SPOKEN_MAX, sizeof *a.all);
	if (!a.all)
		return false;
	sync_each_register(desk->sync, on_register, &a);
	/* The card first: nothing can be verified without it. */
	for (int cards = 1; cards >= 0; cards--)
		for (size_t i = 0; i < a.count; i++)
			if ((a.all[i].kind == ENTRY_CARD) == cards)
				say_again(&a, &a.all[i]);
	commit_now(desk->commit);
	free(a.all);
	*count = a.said;
	return a.ok && !commit_has_failed(desk->commit);
}
