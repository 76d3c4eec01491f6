/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What this node said and stands, to be said again. */
#include <stdlib.h>

#include "node/desk/desk_state.h"

enum { SPOKEN_MAX = REGISTERS_PER_AUTHOR_MAX + 1 /* the card */ };

struct collecting {
	const struct public_key *own;
	struct desk_spoken *all;
	size_t count;
};

static void on_register(void *user, const struct sync_register *reg)
{
	struct collecting *c = user;

	if (!public_key_equal(reg->author, c->own))
		return;
	assert(c->count < SPOKEN_MAX);
	c->all[c->count++] = (struct desk_spoken){ reg->handle, reg->number, reg->kind, reg->hlc };
}

struct desk_spoken *desk_spoken_all(const struct desk *desk, size_t *count)
{
	struct collecting c = { .own = &desk->identity->key, .all = calloc(SPOKEN_MAX, sizeof *c.all) };

	if (c.all)
		sync_each_register(desk->sync, on_register, &c);
	*count = c.count;
	return c.all;
}

bool desk_has_spoken(const struct desk *desk)
{
	return sync_newest_of(desk->sync, &desk->identity->key).time != 0;
}

bool desk_spoken_read(struct desk *desk, const struct desk_spoken *spoken, struct entry *e)
{
	struct view bytes;

	return store_load(desk->store, spoken->handle, &bytes) == STORE_OK && entry_decode(e, bytes) == ENTRY_OK;
}

bool desk_is_own_record(const struct entry *e)
{
	return (e->kind == ENTRY_SITE && ref_is_none(e->site.amends.of)) ||
	       (e->kind == ENTRY_LINE && ref_is_none(e->line.amends.of));
}

bool desk_find_changed(struct desk *desk, const struct entry *e, struct fold_record *record)
{
	struct fold *fold = picture_fold(desk->picture, desk->time.wall_s);
	enum fold_list list = e->kind == ENTRY_SITE ? FOLD_SITES : FOLD_LINES;
	uint32_t index =
		desk_is_own_record(e) ? fold_find(fold, list, (struct ref){ e->author, e->number }) : UINT32_MAX;

	if (index == UINT32_MAX)
		return false;
	fold_record(fold, list, index, record);
	return record->standing != record->own;
}

enum sync_rc desk_hand_over(struct desk *desk, const struct entry *e)
{
	uint8_t bytes[ENTRY_SIZE_MAX];
	struct view entry = { .data = bytes };

	desk_note_time(desk, e->hlc);
	if (entry_sign(bytes, &entry.size, e, desk->identity->secret_key) != ENTRY_OK)
		return SYNC_E_FRAME;
	return sync_publish(desk->sync, entry, &desk->identity->key, 0);
}
