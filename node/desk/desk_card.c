/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Nothing that this node says outlives its card: whoever hears it later could not verify it. */
#include "node/desk/desk_state.h"
#include "sync/clock/upkeep.h"

enum sync_rc desk_keep_card(struct desk *desk, enum entry_kind kind)
{
	uint16_t today = (uint16_t)(desk->time.wall_s / EPOCH_S), day;
	struct desk_spoken card = { .kind = ENTRY_CARD };
	struct entry e;

	if (kind == ENTRY_CARD || !sync_card_epoch(desk->sync, &desk->identity->key, &day) ||
	    !upkeep_needs_card(kind, day, today) || !sync_find_card(desk->sync, &desk->identity->key, &card.handle) ||
	    !desk_spoken_read(desk, &card, &e) || !upkeep_renew(&e.hlc, today))
		return SYNC_OK;
	/* Where it does not stand, the same or a later one is under way. */
	return desk_hand_over(desk, &e) == SYNC_E_BUSY ? SYNC_E_BUSY : SYNC_OK;
}

enum sync_rc desk_say_kept(struct desk *desk, const struct entry *e)
{
	return desk_keep_card(desk, e->kind) == SYNC_E_BUSY ? SYNC_E_BUSY : desk_hand_over(desk, e);
}
