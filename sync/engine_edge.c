/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What engine.c and changes.c both ask: the days that are kept, the rooms of authors, and the carriers by their ids. */
#include "sync/engine_state.h"

struct days engine_days(const struct sync *s)
{
	return days_of(s->time.wall_s, s->time.quality);
}

bool engine_time_is_good(const struct sync *s, const struct entry_head *head)
{
	return days_include(engine_days(s), entry_retention(head->kind), hlc_epoch(head->hlc));
}

bool engine_room_is_full(const struct sync *s, uint16_t author, uint8_t field)
{
	enum room room = entry_room(field);

	return s->authors.table[author].registers[room] >= room_registers_max(room);
}

bool engine_is_beyond_room(struct sync *s, uint16_t author, uint8_t field, struct hlc hlc, const struct entry_id *id)
{
	const struct set_slot *oldest;

	if (!engine_room_is_full(s, author, field))
		return false;
	oldest = &s->set.slots[oldest_find(&s->oldest, &s->set, author, entry_room(field))];
	return !entry_is_newer(hlc, id, oldest->hlc, &oldest->id);
}

struct radio *engine_find_radio(struct sync *s, carrier_id id)
{
	for (uint32_t i = 0; i < RADIOS_MAX; i++)
		if (s->radios[i].id == id)
			return &s->radios[i];
	return NULL;
}

struct link *engine_find_link(const struct sync *s, carrier_id id)
{
	for (uint32_t i = 0; i < s->config.carriers_max; i++)
		if (s->links[i].id == id)
			return &s->links[i];
	return NULL;
}

void engine_unsend(struct sync *s, carrier_id id, uint32_t slot)
{
	struct link *link = id ? engine_find_link(s, id) : NULL;
	struct radio *radio = id ? engine_find_radio(s, id) : NULL;

	assert(set_is_live(&s->set, slot));
	if (link)
		link_unsend(link, slot);
	if (radio)
		radio_heard(radio, slot);
}

void engine_refused(struct sync *s, carrier_id from, enum sync_rc why)
{
	struct link *link = from ? engine_find_link(s, from) : NULL;

	assert(why == SYNC_E_FULL || why == SYNC_E_FRAME);
	if (link)
		link_refused(link, why);
}

void engine_send(struct sync *s, carrier_id id, uint32_t slot)
{
	struct link *link = id ? engine_find_link(s, id) : NULL;
	struct radio *radio = id ? engine_find_radio(s, id) : NULL;

	assert(set_is_live(&s->set, slot));
	if (link)
		link_send(link, slot);
	if (radio)
		radio_send(radio, slot, s->now);
}
