/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* From bytes that arrived to a change that the host is to verify and store. */
#include "sync/engine_state.h"

#include <string.h>

enum { URGENT_H = 6 }; /* goes before everything but cards */

/* The keys that these bytes may be signed with: the one given, a card's own, or all that are known for the hint. */
static uint8_t candidate_keys(const struct sync *s, const struct entry_head *head, struct view bytes,
			      const struct public_key *author, struct public_key keys[KEYS_PER_HINT_MAX])
{
	if (author) {
		keys[0] = *author;
		return 1;
	}
	if (head->kind == ENTRY_CARD)
		return entry_card_key(&keys[0], bytes);
	return authors_keys(&s->authors, head->author, keys);
}

static uint32_t signature_mark(struct view bytes)
{
	uint32_t mark;

	assert(bytes.size >= SIGNATURE_SIZE);
	memcpy(&mark, bytes.data + bytes.size - SIGNATURE_SIZE, sizeof mark);
	return mark;
}

/* By all its bytes, signature included: a forged copy has the id of the true one, and must not keep it out. */
static bool is_under_way(const struct sync *s, struct view bytes)
{
	uint32_t mark = signature_mark(bytes);

	for (uint32_t i = 0; i < s->config.changes_max; i++) {
		const struct sync_change *c = &s->changes[i].change;

		if (s->marks[i].signature == mark && s->marks[i].state != CHANGE_FREE && c->size == bytes.size &&
		    memcmp(c->bytes, bytes.data, bytes.size) == 0)
			return true;
	}
	return false;
}

/* An author more has room, once all that is under way stands. */
static bool has_room_for_author(const struct sync *s)
{
	uint32_t authors = 0;

	for (uint16_t i = 0; i < s->authors.count; i++)
		authors += s->authors.table[i].entry_count > 0;
	/* A new author begins with a card. */
	for (uint32_t i = 0; i < s->config.changes_max; i++)
		authors += s->marks[i].state != CHANGE_FREE && s->changes[i].head.kind == ENTRY_CARD;
	return authors < s->config.authors_max;
}

/* Is there room for it, once all that is under way stands? Refused before it costs a signature and a write. */
static bool has_room(struct sync *s, const struct change_slot *filled, uint8_t key)
{
	struct register_name name = entry_register(&filled->head);
	uint16_t author = authors_find(&s->authors, &filled->change.keys[key]);

	if (author != AUTHOR_NONE && set_find_register(&s->set, author, name.field, name.number) != SET_NONE)
		return true;
	/* In a room that is full it takes the place of the oldest, or is older itself. */
	if (author != AUTHOR_NONE && engine_room_is_full(s, author, name.field))
		return !engine_is_beyond_room(s, author, name.field, filled->head.hlc, &filled->ids[key]);
	if (s->set.count + s->change_count >= s->config.entries_max)
		return false;
	return author != AUTHOR_NONE || has_room_for_author(s);
}

/* For any of the keys that may have signed it. */
static bool has_room_for_any(struct sync *s, const struct change_slot *filled, uint8_t key_count)
{
	for (uint8_t k = 0; k < key_count; k++)
		if (has_room(s, filled, k))
			return true;
	return false;
}

enum known { KNOWN_NOT, KNOWN_SAME, KNOWN_NEWER };

/* What the set says about this version, if `key` signed it. A peer that sends what was replaced gets what replaced it. */
static enum known look_up(struct sync *s, const struct entry_head *head, const struct public_key *key,
			  const struct entry_id *id, uint32_t *slot)
{
	struct register_name name = entry_register(head);
	uint16_t author = authors_find(&s->authors, key);

	*slot = set_find_id(&s->set, id);
	if (*slot != SET_NONE)
		return KNOWN_SAME;
	if (author == AUTHOR_NONE)
		return KNOWN_NOT;
	*slot = set_find_register(&s->set, author, name.field, name.number);
	if (*slot == SET_NONE || entry_supersedes(head->hlc, id, s->set.slots[*slot].hlc, &s->set.slots[*slot].id))
		return KNOWN_NOT;
	return KNOWN_NEWER;
}

static enum sync_rc note_known(struct sync *s, enum known known, uint32_t slot, carrier_id from)
{
	assert(known != KNOWN_NOT);
	assert(slot != SET_NONE);
	if (known == KNOWN_SAME) {
		s->status.duplicates++;
		engine_unsend(s, from, slot);
		return SYNC_E_STALE;
	}
	s->status.stale++;
	engine_send(s, from, slot);
	return SYNC_E_STALE;
}

static void park(struct sync *s, const struct entry_head *head, struct view bytes, carrier_id from, uint64_t tag)
{
	struct pending *place = NULL;

	assert(bytes.size > 0 && bytes.size <= ENTRY_SIZE_MAX);
	for (uint32_t i = 0; i < s->config.pending_max; i++) {
		struct pending *p = &s->pending[i];

		if (p->size == bytes.size && memcmp(p->bytes, bytes.data, bytes.size) == 0)
			return;
		if (!p->size && !place)
			place = p;
	}
	if (!place) {
		place = &s->pending[s->pending_next];
		s->pending_next = (s->pending_next + 1) % s->config.pending_max;
		s->status.pending--;
	}
	*place = (struct pending){ .hint = head->author, .tag = tag, .from = from, .size = bytes.size };
	memcpy(place->bytes, bytes.data, bytes.size);
	s->status.pending++;
	assert(s->status.pending <= s->config.pending_max);
}

/* Changes come and go nearly in order, so each is nearly always in the first place where it is looked for. */
static uint32_t first_place(const struct sync *s, uint64_t seq)
{
	return (uint32_t)(seq % s->config.changes_max);
}

static uint32_t place_after(const struct sync *s, uint32_t at)
{
	return at + 1 == s->config.changes_max ? 0 : at + 1;
}

uint32_t changes_find(const struct sync *s, uint64_t seq)
{
	uint32_t first = first_place(s, seq), at = first;

	while (s->marks[at].state == CHANGE_FREE || s->marks[at].seq != seq) {
		at = place_after(s, at);
		assert(at != first); /* it is under way */
	}
	return at;
}

static enum sync_rc begin_change(struct sync *s, const struct change_slot *filled)
{
	const struct sync_change *change = &filled->change;
	uint32_t at;

	assert(change->key_count > 0 && change->key_count <= KEYS_PER_HINT_MAX);
	if (s->change_count == s->config.changes_max)
		return SYNC_E_BUSY;
	s->seq++;
	for (at = first_place(s, s->seq); s->marks[at].state != CHANGE_FREE; at = place_after(s, at))
		;
	s->changes[at] = *filled;
	s->changes[at].change.seq = s->seq;
	s->marks[at] = (struct change_mark){ .seq = s->seq,
					     .signature = signature_mark((struct view){ change->bytes, change->size }),
					     .from = change->from,
					     .state = CHANGE_WAITING };
	s->change_count++;
	assert(s->change_count <= s->config.changes_max);
	return SYNC_OK;
}

enum sync_rc changes_offer(struct sync *s, struct view bytes, const struct public_key *author, carrier_id from,
			   uint64_t tag)
{
	struct change_slot filled = { .change = { .tag = tag, .from = from, .size = bytes.size } };
	struct public_key keys[KEYS_PER_HINT_MAX];
	struct entry entry;
	bool is_fresh = false;
	uint8_t key_count;

	if (entry_head_decode(&filled.head, bytes) != ENTRY_OK || entry_decode(&entry, bytes) != ENTRY_OK) {
		s->status.refused_entries++;
		engine_refused(s, from, SYNC_E_FRAME);
		return SYNC_E_FRAME;
	}
	/* What is renewed was urgent when it was said. */
	filled.urgent = entry.kind == ENTRY_LINE && entry.line.within_h && entry.line.within_h <= URGENT_H &&
			!entry.hlc.renewed;
	if (!engine_time_is_good(s, &filled.head)) {
		s->status.refused_time++;
		return SYNC_E_TIME;
	}
	if (is_under_way(s, bytes))
		return SYNC_E_STALE;
	key_count = candidate_keys(s, &filled.head, bytes, author, keys);
	if (!key_count) {
		park(s, &filled.head, bytes, from, tag);
		return SYNC_WAITS;
	}
	for (uint8_t k = 0; k < key_count; k++) {
		struct entry_id id = entry_id_of(bytes, &keys[k]);
		uint32_t slot;
		enum known known = look_up(s, &filled.head, &keys[k], &id, &slot);

		/* With several keys only the signature tells whose it is, unless it is stale whoever signed it. */
		is_fresh |= known == KNOWN_NOT;
		if (known == KNOWN_SAME || (k + 1 == key_count && !is_fresh))
			return note_known(s, known, slot, from);
		filled.ids[k] = id;
		filled.change.keys[k] = keys[k];
	}
	if (!has_room_for_any(s, &filled, key_count)) {
		s->status.refused_full++;
		engine_refused(s, from, SYNC_E_FULL);
		return SYNC_E_FULL;
	}
	filled.change.key_count = key_count;
	assert(bytes.size <= sizeof filled.change.bytes);
	memcpy(filled.change.bytes, bytes.data, bytes.size);
	return begin_change(s, &filled);
}

bool changes_must_wait(const struct sync *s, struct view bytes, carrier_id from, uint32_t need)
{
	struct entry_head head;
	struct public_key keys[KEYS_PER_HINT_MAX];

	/* Else it would wait for ever. */
	assert(need <= s->config.changes_max);
	assert(s->change_count <= s->config.changes_max);
	if (s->config.changes_max - s->change_count < need)
		return true;
	if (entry_head_decode(&head, bytes) != ENTRY_OK || head.kind == ENTRY_CARD ||
	    authors_keys(&s->authors, head.author, keys))
		return false;
	for (uint32_t i = 0; i < s->config.changes_max; i++) {
		const struct change_slot *c = &s->changes[i];

		/* A card from elsewhere may be forged: it must not make this carrier wait. */
		if (s->marks[i].state != CHANGE_FREE && s->marks[i].from == from && c->head.kind == ENTRY_CARD &&
		    c->head.author == head.author)
			return true;
	}
	return false;
}

bool changes_are_under_way(const struct sync *s, carrier_id from)
{
	for (uint32_t i = 0; s->change_count && i < s->config.changes_max; i++)
		if (s->marks[i].state != CHANGE_FREE && s->marks[i].from == from)
			return true;
	return false;
}

void changes_release(struct sync *s)
{
	struct public_key keys[KEYS_PER_HINT_MAX];

	for (uint32_t i = 0; s->release_due && i < s->config.pending_max; i++) {
		struct pending *p = &s->pending[i], copy = *p;
		struct view bytes = { copy.bytes, copy.size };

		if (!p->size || !authors_keys(&s->authors, p->hint, keys))
			continue;
		if (s->change_count == s->config.changes_max)
			return;
		assert(s->status.pending > 0);
		p->size = 0;
		s->status.pending--;
		(void)changes_offer(s, bytes, NULL, copy.from, copy.tag);
	}
	s->release_due = false;
}
