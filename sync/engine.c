/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/engine.h"

#include <string.h>

#include <sodium.h>

#include "sync/state.h"

/* Drops wait here until the host takes them: the worst case is that every entry leaves at once. */
static void place(struct sync *s, struct arena *arena, const struct sync_config *config)
{
	set_init(&s->set, arena, config->entries_max, s->key);
	authors_init(&s->authors, arena, config->authors_max);
	s->changes = arena_take(arena, config->changes_max, sizeof *s->changes);
	s->pending = arena_take(arena, config->pending_max, sizeof *s->pending);
	s->drops = arena_take(arena, config->entries_max + config->changes_max, sizeof *s->drops);
	s->links = arena_take(arena, config->carriers_max, sizeof *s->links);
	for (uint32_t i = 0; i < config->carriers_max; i++) {
		struct link unused;

		link_memory(arena->base ? &s->links[i] : &unused, arena, config->entries_max);
	}
}

size_t sync_footprint(const struct sync_config *config)
{
	struct arena arena = { .base = NULL, .used = sizeof(struct sync) };
	struct sync measured = { 0 };

	place(&measured, &arena, config);
	return arena.used;
}

struct sync *sync_init(void *memory, size_t memory_size, const struct sync_config *config, const struct sync_host *host)
{
	struct arena arena = { .base = memory, .used = sizeof(struct sync) };
	struct sync *s = memory;

	assert(config->changes_max >= SYNC_FRAME_ENTRIES_MAX && config->pending_max > 0);
	if (memory_size < sync_footprint(config))
		return NULL;
	*s = (struct sync){ .config = *config, .host = *host };
	memcpy(s->key, &config->seed, sizeof config->seed);
	place(s, &arena, config);
	memset(s->changes, 0, config->changes_max * sizeof *s->changes);
	memset(s->pending, 0, config->pending_max * sizeof *s->pending);
	s->status.revision = 1;
	return s;
}

void engine_windows(const struct sync *s, struct window windows[RETENTION_COUNT])
{
	uint32_t today = s->time.wall_s / EPOCH_S;

	for (int i = 0; i < RETENTION_COUNT; i++) {
		uint32_t days = retention_days((enum retention)i);
		bool retires = s->time.quality == TIME_SET && today > days;

		windows[i] = (struct window){ .low = (uint16_t)(retires ? today - days : 0), .high = UINT16_MAX };
	}
}

bool engine_time_is_good(const struct sync *s, const struct entry_head *head)
{
	struct window windows[RETENTION_COUNT];

	if (s->time.quality != TIME_SET)
		return true;
	engine_windows(s, windows);
	return (uint64_t)head->hlc.time <= (uint64_t)s->time.wall_s + AHEAD_MAX_S &&
	       hlc_epoch(head->hlc) >= windows[entry_retention(head->kind)].low;
}

/* The set. */

static struct link *link_find(const struct sync *s, carrier_id id)
{
	for (uint32_t i = 0; i < s->config.carriers_max; i++)
		if (s->links[i].id == id)
			return &s->links[i];
	return NULL;
}

static void put_drop(struct sync *s, uint64_t handle, const struct entry_id *id)
{
	assert(s->drop_count < s->config.entries_max + s->config.changes_max);
	s->drops[s->drop_count++] = (struct sync_drop){ .handle = handle, .id = *id };
}

void engine_drop(struct sync *s, uint32_t slot)
{
	const struct set_slot *leaving = &s->set.slots[slot];
	struct author *author = &s->authors.table[leaving->author];

	put_drop(s, leaving->handle, &leaving->id);
	author->entry_count--;
	author->register_count -= leaving->field != ENTRY_CARD;
	for (uint32_t i = 0; i < s->config.carriers_max; i++)
		link_unsend(&s->links[i], slot);
	set_remove(&s->set, slot);
	s->status.revision++;
}

/* The highest register of an author who owns too many: it does not stand. */
static uint32_t highest_register(const struct sync *s, uint16_t author)
{
	uint32_t highest = SET_NONE;

	for (uint32_t i = 0; i < s->set.order_count; i++) {
		uint32_t at = s->set.order[i];
		const struct set_slot *slot = &s->set.slots[at],
				      *top = &s->set.slots[highest == SET_NONE ? at : highest];

		if (slot->state != SLOT_LIVE || slot->author != author || slot->field == ENTRY_CARD)
			continue;
		if (highest == SET_NONE || slot->number > top->number ||
		    (slot->number == top->number && slot->field > top->field))
			highest = at;
	}
	return highest;
}

static void hear_time(struct sync *s, struct hlc hlc)
{
	if (s->time_known && hlc.time > (uint64_t)s->time.wall_s + AHEAD_MAX_S)
		return;
	if (hlc_compare(hlc, s->clock) > 0)
		s->clock = hlc;
}

/* Puts a verified entry where it belongs. SYNC_E_STALE and a drop when it does not stand; *slot is where it is. */
static enum sync_rc stand(struct sync *s, const struct entry_head *head, const struct public_key *key,
			  const struct entry_id *id, uint64_t handle, uint32_t *slot)
{
	struct set_slot fresh = { .id = *id, .handle = handle, .hlc = head->hlc, .number = head->number };
	struct author *author;
	uint32_t old;

	fresh.field = (uint8_t)head->field;
	fresh.author = authors_add(&s->authors, key);
	if (fresh.author == AUTHOR_NONE)
		goto full;
	author = &s->authors.table[fresh.author];
	old = set_find_register(&s->set, fresh.author, fresh.field, fresh.number);
	if (old != SET_NONE && !entry_supersedes(fresh.hlc, id, s->set.slots[old].hlc, &s->set.slots[old].id)) {
		put_drop(s, handle, id);
		return SYNC_E_STALE;
	}
	/* The author's place is kept while its only entry is replaced. */
	author->entry_count++;
	if (old != SET_NONE)
		engine_drop(s, old);
	*slot = set_insert(&s->set, &fresh);
	if (*slot == SET_NONE) {
		author->entry_count--;
		goto full;
	}
	author->register_count += fresh.field != ENTRY_CARD;
	if (head->hlc.time > author->newest_s)
		author->newest_s = head->hlc.time;
	s->status.revision++;
	if (author->register_count > REGISTERS_PER_AUTHOR_MAX)
		engine_drop(s, highest_register(s, fresh.author));
	return s->set.slots[*slot].state == SLOT_LIVE ? SYNC_OK : SYNC_E_STALE;
full:
	s->status.refused_full++;
	return SYNC_E_FULL;
}

enum sync_rc sync_restore(struct sync *s, uint64_t handle, struct view bytes, const struct public_key *author)
{
	struct entry_head head;
	struct entry_id id;
	uint32_t slot;

	if (entry_head_decode(&head, bytes) != ENTRY_OK || head.field > UINT8_MAX) {
		s->status.refused_entries++;
		return SYNC_E_FRAME;
	}
	id = entry_id_of(bytes, author);
	if (set_find_id(&s->set, &id) != SET_NONE) {
		put_drop(s, handle, &id);
		return SYNC_E_STALE;
	}
	hear_time(s, head.hlc);
	return stand(s, &head, author, &id, handle, &slot);
}

/* Inputs. */

enum sync_rc sync_carrier_up(struct sync *s, carrier_id id, const struct carrier_traits *traits, mono_ms now)
{
	uint64_t count = ++s->salts;
	struct window windows[RETENTION_COUNT];
	uint8_t half[crypto_shorthash_BYTES];
	struct link *place_free = link_find(s, 0);

	assert(id && !link_find(s, id));
	assert(traits->frame_max >= FRAME_HEAD_SIZE + 1 + ENTRY_SIZE_MAX && traits->frame_max <= LINK_FRAME_MAX);
	if (!place_free)
		return SYNC_E_FULL;
	crypto_shorthash(half, (const uint8_t *)&count, sizeof count, s->key);
	engine_windows(s, windows);
	link_open(place_free, id, traits, half, windows, now);
	return SYNC_OK;
}

void sync_carrier_down(struct sync *s, carrier_id id)
{
	struct link *link = link_find(s, id);

	if (!link)
		return;
	for (uint32_t i = 0; i < s->set.order_count && link->send_count; i++)
		link_unsend(link, s->set.order[i]);
	link->id = 0;
}

static enum sync_rc feed_entries(struct sync *s, struct link *link, struct view rest)
{
	struct view look = rest, entry;
	uint32_t count = 0;

	if (!link->hello_received)
		return SYNC_E_FRAME;
	while (look.size) {
		/* More than can be legal would wait for room that there never is. */
		if (count == SYNC_FRAME_ENTRIES_MAX || frame_entry_read(&entry, &look) != FRAME_OK)
			return SYNC_E_FRAME;
		count++;
	}
	look = rest;
	while (look.size && frame_entry_read(&entry, &look) == FRAME_OK)
		if (changes_must_wait(s, entry, link->id, count))
			return SYNC_E_BUSY;
	while (rest.size && frame_entry_read(&entry, &rest) == FRAME_OK)
		(void)changes_offer(s, entry, NULL, link->id, 0);
	link_heard(link, s->now);
	return SYNC_OK;
}

/* What compares waits until all that came before it is on disk: nobody asks for what is already here. */
enum sync_rc sync_feed(struct sync *s, carrier_id id, struct view frame, mono_ms now)
{
	struct link *link = link_find(s, id);
	enum sync_rc rc = SYNC_E_FRAME;
	enum frame_kind kind;
	struct view rest;

	assert(link && now >= s->now);
	s->now = now;
	if (frame.size > link->traits.frame_max || frame_open(&kind, &rest, frame) != FRAME_OK)
		goto counted;
	set_settle(&s->set);
	switch (kind) {
	case FRAME_HELLO:
		rc = link_hello(link, rest, now);
		break;
	case FRAME_SUMMARY:
		rc = changes_are_under_way(s, id) ? SYNC_E_BUSY
						  : link_summary(link, &s->set, s->status.revision, rest, now);
		break;
	case FRAME_RANGES:
		rc = changes_are_under_way(s, id) ? SYNC_E_BUSY : link_ranges(link, &s->set, rest, now);
		break;
	case FRAME_ENTRIES:
		rc = feed_entries(s, link, rest);
		break;
	}
counted:
	if (rc == SYNC_E_FRAME)
		s->status.refused_frames++;
	return rc;
}

enum sync_rc sync_publish(struct sync *s, struct view entry, const struct public_key *author, uint64_t tag)
{
	if (changes_must_wait(s, entry, 0, 1))
		return SYNC_E_BUSY;
	return changes_offer(s, entry, author, 0, tag);
}

static void retire(struct sync *s)
{
	struct window windows[RETENTION_COUNT];

	engine_windows(s, windows);
	for (uint32_t i = 0; i < s->set.order_count; i++) {
		uint32_t at = s->set.order[i];
		const struct set_slot *slot = &s->set.slots[at];

		if (slot->state != SLOT_LIVE || hlc_epoch(slot->hlc) >= windows[slot_retention(slot)].low)
			continue;
		engine_drop(s, at);
		s->status.retired++;
	}
}

void sync_tick(struct sync *s, mono_ms now, struct node_time time)
{
	bool new_day =
		!s->time_known || s->time.quality != time.quality || s->time.wall_s / EPOCH_S != time.wall_s / EPOCH_S;

	assert(now >= s->now);
	s->now = now;
	s->time = time;
	s->time_known = true;
	if (new_day && time.quality == TIME_SET)
		retire(s);
}

/* Changes, from the host's side. */

bool sync_next_change(struct sync *s, struct sync_change *change)
{
	struct change_slot *oldest = NULL;

	for (uint32_t i = 0; i < s->config.changes_max; i++) {
		struct change_slot *c = &s->changes[i];

		if (c->state == CHANGE_WAITING && (!oldest || c->change.seq < oldest->change.seq))
			oldest = c;
	}
	if (!oldest)
		return false;
	oldest->state = CHANGE_OUT;
	*change = oldest->change;
	return true;
}

static struct change_slot *change_get(struct sync *s, uint64_t seq)
{
	uint32_t at = 0;

	while (s->changes[at].state != CHANGE_OUT || s->changes[at].change.seq != seq) {
		at++;
		assert(at < s->config.changes_max);
	}
	return &s->changes[at];
}

static void change_free(struct sync *s, struct change_slot *c)
{
	c->state = CHANGE_FREE;
	s->change_count--;
}

/* A new entry stands: every peer but the one it came from is to have it, and what waited for a card goes on. */
static void announce(struct sync *s, const struct entry_head *head, carrier_id from, uint32_t slot)
{
	hear_time(s, head->hlc);
	for (uint32_t i = 0; i < s->config.carriers_max; i++) {
		struct link *link = &s->links[i];

		if (link->id && link->id == from)
			link_received(link, s->now);
		else if (link->id)
			link_send(link, slot);
	}
	if (head->kind == ENTRY_CARD)
		s->release_due = true;
}

enum sync_rc sync_committed(struct sync *s, uint64_t seq, uint8_t key_index, uint64_t handle)
{
	struct change_slot *c = change_get(s, seq);
	struct entry_head head = c->head;
	carrier_id from = c->change.from;
	uint32_t slot;
	enum sync_rc rc;

	assert(key_index < c->change.key_count);
	rc = stand(s, &head, &c->change.keys[key_index], &c->ids[key_index], handle, &slot);
	if (rc == SYNC_E_FULL)
		put_drop(s, handle, &c->ids[key_index]);
	change_free(s, c);
	if (rc == SYNC_OK)
		announce(s, &head, from, slot);
	changes_release(s);
	return rc;
}

void sync_discarded(struct sync *s, uint64_t seq, enum sync_discard why)
{
	if (why == DISCARD_SIGNATURE)
		s->status.refused_signatures++;
	change_free(s, change_get(s, seq));
	changes_release(s);
}

bool sync_next_drop(struct sync *s, struct sync_drop *drop)
{
	if (!s->drop_count)
		return false;
	*drop = s->drops[--s->drop_count];
	return true;
}

/* Outputs. */

size_t sync_fill(struct sync *s, carrier_id id, uint8_t *frame, size_t frame_cap, mono_ms now)
{
	struct link *link = link_find(s, id);

	assert(link && frame_cap >= link->traits.frame_max && now >= s->now);
	s->now = now;
	if (changes_are_under_way(s, id))
		link_heard(link, now);
	set_settle(&s->set);
	return link_fill(link, &s->set, &s->host, s->status.revision, frame, frame_cap, now);
}

mono_ms sync_deadline(const struct sync *s)
{
	mono_ms first = MONO_NEVER;

	for (uint32_t i = 0; i < s->config.carriers_max; i++) {
		mono_ms due = s->links[i].id ? link_deadline(&s->links[i], s->status.revision) : MONO_NEVER;

		if (due < first)
			first = due;
	}
	return first;
}

struct hlc sync_clock_next(struct sync *s, struct node_time time)
{
	struct hlc next = { .time = time.wall_s, .tick = 0 };
	bool is_near = s->clock.time <= (uint64_t)time.wall_s + AHEAD_MAX_S;

	if (is_near && hlc_compare(next, s->clock) <= 0) {
		next = s->clock;
		next.tick++;
	}
	if (next.tick > TICK_MAX)
		next = (struct hlc){ .time = next.time + 1, .tick = 0 };
	s->clock = next;
	return next;
}

uint32_t sync_newest_of(const struct sync *s, const struct public_key *author)
{
	uint16_t at = authors_find(&s->authors, author);

	return at == AUTHOR_NONE ? 0 : s->authors.table[at].newest_s;
}

uint32_t sync_card_time(const struct sync *s, const struct public_key *author)
{
	uint16_t at = authors_find(&s->authors, author);
	uint32_t slot = at == AUTHOR_NONE ? SET_NONE : set_find_register(&s->set, at, ENTRY_CARD, 0);

	return slot == SET_NONE ? 0 : s->set.slots[slot].hlc.time;
}

uint32_t sync_registers_left(const struct sync *s, const struct public_key *author)
{
	uint16_t at = authors_find(&s->authors, author);
	uint32_t owned = at == AUTHOR_NONE ? 0 : s->authors.table[at].register_count;

	for (uint32_t i = 0; i < s->config.changes_max; i++)
		if (s->changes[i].state != CHANGE_FREE && public_key_equal(&s->changes[i].change.keys[0], author))
			owned++;
	return owned < REGISTERS_PER_AUTHOR_MAX ? REGISTERS_PER_AUTHOR_MAX - owned : 0;
}

bool sync_find(const struct sync *s, const struct entry_id *id, uint64_t *handle)
{
	uint32_t slot = set_find_id(&s->set, id);

	if (slot == SET_NONE)
		return false;
	*handle = s->set.slots[slot].handle;
	return true;
}

uint8_t sync_keys_of(const struct sync *s, uint64_t hint, struct public_key keys[KEYS_PER_HINT_MAX])
{
	return authors_keys(&s->authors, hint, keys);
}

bool sync_link_status(const struct sync *s, carrier_id id, struct sync_link_status *status)
{
	const struct link *link = link_find(s, id);

	if (!link)
		return false;
	link_status(link, s->status.revision, status);
	return true;
}

void sync_status(const struct sync *s, struct sync_status *status)
{
	*status = s->status;
	status->entries = s->set.count;
	status->authors = 0;
	for (uint16_t i = 0; i < s->authors.count; i++)
		status->authors += s->authors.table[i].entry_count > 0;
}

void sync_each(struct sync *s, sync_each_cb cb, void *user)
{
	set_settle(&s->set);
	for (int cards = 1; cards >= 0; cards--)
		for (uint32_t rank = 0; rank < s->set.count; rank++) {
			const struct set_slot *slot = &s->set.slots[set_at(&s->set, rank)];

			if ((slot->field == ENTRY_CARD) == cards && !cb(user, slot->handle, &slot->id))
				return;
		}
}
