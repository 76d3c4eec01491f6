/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/set/oldest.h"

static bool is_of(const struct set_slot *slot, uint16_t author, enum room room)
{
	return slot->author == author && entry_room(slot->field) == room;
}

static bool is_older(const struct set *set, uint32_t a, uint32_t b)
{
	const struct set_slot *x = &set->slots[a], *y = &set->slots[b];

	return entry_is_newer(y->hlc, &y->id, x->hlc, &x->id);
}

static uint32_t look(const struct set *set, uint16_t author, enum room room)
{
	uint32_t oldest = SET_NONE;

	for (uint32_t at = 0; at < set->used; at++)
		if (set_is_live(set, at) && is_of(&set->slots[at], author, room) &&
		    (oldest == SET_NONE || is_older(set, at, oldest)))
			oldest = at;
	assert(oldest != SET_NONE);
	return oldest;
}

uint32_t oldest_find(struct oldest *o, const struct set *set, uint16_t author, enum room room)
{
	struct oldest_answer *answer;

	for (uint32_t i = 0; i < OLDEST_KEPT; i++)
		if (o->answers[i].is_known && o->answers[i].author == author && o->answers[i].room == room) {
			assert(set_is_live(set, o->answers[i].slot));
			return o->answers[i].slot;
		}
	answer = &o->answers[o->next];
	o->next = (uint8_t)((o->next + 1) % OLDEST_KEPT);
	*answer = (struct oldest_answer){
		.slot = look(set, author, room), .author = author, .room = (uint8_t)room, .is_known = true
	};
	return answer->slot;
}

void oldest_came(struct oldest *o, const struct set *set, uint32_t slot)
{
	for (uint32_t i = 0; i < OLDEST_KEPT; i++) {
		struct oldest_answer *answer = &o->answers[i];

		if (answer->is_known && is_of(&set->slots[slot], answer->author, (enum room)answer->room) &&
		    is_older(set, slot, answer->slot))
			answer->slot = slot;
	}
}

void oldest_left(struct oldest *o, uint32_t slot)
{
	for (uint32_t i = 0; i < OLDEST_KEPT; i++)
		o->answers[i].is_known &= o->answers[i].slot != slot;
}
