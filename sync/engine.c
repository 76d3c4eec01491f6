/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/engine.h"

#include <string.h>

#include <sodium.h>

#include "proto/pack.h"
#include "sync/engine_state.h"

enum { TABLES_PER_ENTRY = 11 /* two numbers, a third more places */, OUTBOXES_PER_ENTRY = 2 /* of sixteen carriers */ };
static_assert(sizeof(struct set_slot) + TABLES_PER_ENTRY + 2 * sizeof(struct element_index_item) +
			      2 * sizeof(uint32_t) + OUTBOXES_PER_ENTRY <=
		      SYNC_BYTES_PER_ENTRY,
	      "a slot, the tables, two element indexes, the rows of a comparison, the outboxes");

static void place(struct sync *s, struct arena *arena, const struct sync_config *config)
{
	set_init(&s->set, arena, config->entries_max, config->changes_max, config->authors_max, s->key);
	authors_init(&s->authors, arena, config->authors_max, s->key);
	element_index_memory(&s->sketcher.elements, arena, config->entries_max);
	compare_memory(&s->compare, arena, config->entries_max);
	s->changes = arena_take(arena, config->changes_max, sizeof *s->changes);
	s->marks = arena_take(arena, config->changes_max, sizeof *s->marks);
	s->pending = arena_take(arena, config->pending_max, sizeof *s->pending);
	s->links = arena_take(arena, config->carriers_max, sizeof *s->links);
	for (uint32_t i = 0; i < config->carriers_max; i++) {
		struct link unused;

		link_memory(arena->base ? &s->links[i] : &unused, arena, &s->set);
	}
	for (uint32_t i = 0; i < RADIOS_MAX; i++)
		radio_memory(&s->radios[i], arena, &s->set);
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
	assert(arena.used <= memory_size);
	memset(s->marks, 0, config->changes_max * sizeof *s->marks);
	memset(s->pending, 0, config->pending_max * sizeof *s->pending);
	s->status.revision = 1;
	return s;
}

static struct link_ground link_ground(struct sync *s)
{
	return (struct link_ground){ .set = &s->set,
				     .host = &s->host,
				     .sketcher = &s->sketcher,
				     .compare = &s->compare,
				     .revision = s->status.revision,
				     .time = s->time };
}

static struct radio_ground radio_ground(const struct sync *s)
{
	return (struct radio_ground){
		.set = &s->set, .host = &s->host, .revision = s->status.revision, .time = s->time
	};
}

/* The set. */

static void leave_set(struct sync *s, uint32_t slot)
{
	const struct set_slot *leaving = &s->set.slots[slot];
	struct author *author = &s->authors.table[leaving->author];

	assert(set_is_live(&s->set, slot));
	assert(leaving->author < s->authors.count);
	assert(author->entry_count > 0);
	assert(author->registers[entry_room(leaving->field)] > 0);
	author->entry_count--;
	author->registers[entry_room(leaving->field)]--;
	oldest_left(&s->oldest, slot);
	for (uint32_t i = 0; i < s->config.carriers_max; i++)
		link_unsend(&s->links[i], slot);
	for (uint32_t i = 0; i < RADIOS_MAX; i++)
		radio_unsend(&s->radios[i], slot);
	set_remove(&s->set, slot);
	s->status.revision++;
}

static void hear_time(struct sync *s, struct hlc hlc, uint32_t now_s)
{
	if (hlc.time > (uint64_t)now_s + AHEAD_MAX_S)
		return;
	if (hlc_compare(hlc, s->clock) > 0)
		s->clock = hlc;
}

/* What `fresh` takes the place of: the version before it, or the oldest register of a room that is full. False: neither, and
 * it does not stand itself. `*slot` is SET_NONE where nothing has to leave. */
static bool find_place(struct sync *s, uint32_t *slot, const struct set_slot *fresh)
{
	*slot = set_find_register(&s->set, fresh->author, fresh->field, fresh->number);
	if (*slot != SET_NONE)
		return entry_supersedes(fresh->hlc, &fresh->id, s->set.slots[*slot].hlc, &s->set.slots[*slot].id);
	if (engine_is_beyond_room(s, fresh->author, fresh->field, fresh->hlc, &fresh->id))
		return false;
	if (engine_room_is_full(s, fresh->author, fresh->field))
		*slot = oldest_find(&s->oldest, &s->set, fresh->author, entry_room(fresh->field));
	return true;
}

static void note_author(struct author *author, const struct set_slot *fresh)
{
	enum room room = entry_room(fresh->field);

	author->registers[room]++;
	assert(author->registers[room] <= room_registers_max(room));
	assert(author->registers[room] <= author->entry_count);
	if (fresh->hlc.time > author->newest_s)
		author->newest_s = fresh->hlc.time;
	if (fresh->hlc.era > author->era)
		author->era = fresh->hlc.era;
}

/* Puts a verified entry where it belongs. SYNC_E_STALE and a drop when it does not stand; *slot is where it is. */
static enum sync_rc stand(struct sync *s, const struct entry_head *head, const struct public_key *key,
			  const struct entry_id *id, uint64_t handle, bool urgent, uint32_t *slot)
{
	struct register_name name = entry_register(head);
	struct set_slot fresh = { .id = *id, .handle = handle, .hlc = head->hlc, .number = name.number };
	struct author *author;
	uint32_t old;

	fresh.field = name.field;
	fresh.urgent = urgent;
	fresh.author = authors_add(&s->authors, key);
	if (fresh.author == AUTHOR_NONE)
		goto full;
	author = &s->authors.table[fresh.author];
	if (!find_place(s, &old, &fresh)) {
		set_refuse(&s->set, handle, id);
		return SYNC_E_STALE;
	}
	fresh.is_renewal = old != SET_NONE && s->set.slots[old].number == fresh.number &&
			   s->set.slots[old].field == fresh.field && hlc_is_same(fresh.hlc, s->set.slots[old].hlc);
	/* The author's place is kept while its only entry is replaced. */
	author->entry_count++;
	if (old != SET_NONE)
		leave_set(s, old);
	*slot = set_insert(&s->set, &fresh);
	if (*slot == SET_NONE) {
		author->entry_count--;
		goto full;
	}
	note_author(author, &fresh);
	oldest_came(&s->oldest, &s->set, *slot);
	s->status.revision++;
	return SYNC_OK;
full:
	s->status.refused_full++;
	return SYNC_E_FULL;
}

enum sync_rc sync_restore(struct sync *s, struct entry_id *id, uint64_t handle, struct view bytes,
			  const struct public_key *author)
{
	struct entry_head head;
	uint32_t slot;

	/* At start only. */
	assert(s->change_count == 0);
	if (entry_head_decode(&head, bytes) != ENTRY_OK) {
		s->status.refused_entries++;
		return SYNC_E_FRAME;
	}
	*id = entry_id_of(bytes, author);
	return stand(s, &head, author, id, handle, false, &slot);
}

/* Inputs. */

static enum sync_rc radio_up(struct sync *s, carrier_id id, const struct carrier_traits *traits, uint64_t chance,
			     mono_ms now)
{
	struct radio *place_free = engine_find_radio(s, 0);

	assert(traits->frame_max >= SYNC_RADIO_FRAME_MIN && !engine_find_radio(s, id));
	if (!place_free)
		return SYNC_E_FULL;
	radio_open(place_free, id, traits, chance, engine_days(s), now);
	return SYNC_OK;
}

enum sync_rc sync_carrier_up(struct sync *s, carrier_id id, const struct carrier_traits *traits, mono_ms now)
{
	uint64_t count = ++s->salts, chance;
	assert(!engine_find_radio(s, id));
	uint8_t hash[crypto_shorthash_BYTES];
	struct link *place_free = engine_find_link(s, 0);

	assert(id && !engine_find_link(s, id));
	crypto_shorthash(hash, (const uint8_t *)&count, sizeof count, s->key);
	memcpy(&chance, hash, sizeof chance);
	if (traits->kind == CARRIER_RADIO)
		return radio_up(s, id, traits, chance, now);
	assert(traits->frame_max >= SYNC_LINK_FRAME_MIN && traits->frame_max <= LINK_FRAME_MAX);
	if (!place_free)
		return SYNC_E_FULL;
	link_open(place_free, id, traits, hash, engine_days(s), now);
	return SYNC_OK;
}

void sync_carrier_down(struct sync *s, carrier_id id)
{
	struct link_ground ground = link_ground(s);
	struct link *link = engine_find_link(s, id);
	struct radio *radio = engine_find_radio(s, id);

	if (link)
		link_close(link, &ground);
	if (radio)
		radio_close(radio);
}

/* Of an ENTRIES or ENTRY frame; what was packed is in `room`. */
static bool next_entry(struct view *entry, struct view *rest, enum frame_kind kind, uint8_t room[ENTRY_SIZE_MAX])
{
	struct view bytes = *rest;

	if (kind == FRAME_ENTRIES && frame_entry_read(&bytes, rest) != FRAME_OK)
		return false;
	if (kind == FRAME_ENTRY)
		rest->size = 0;
	*entry = entry_unpack(bytes, room);
	return entry_size_is_legal(entry->size);
}

static enum sync_rc feed_entries(struct sync *s, carrier_id id, enum frame_kind kind, struct view rest)
{
	uint8_t room[ENTRY_SIZE_MAX];
	struct view look = rest, entry;
	uint32_t count = 0;

	while (look.size) {
		/* More than can be legal would wait for room that there never is. */
		if (count == SYNC_FRAME_ENTRIES_MAX || !next_entry(&entry, &look, kind, room))
			return SYNC_E_FRAME;
		count++;
	}
	look = rest;
	while (look.size && next_entry(&entry, &look, kind, room))
		if (changes_must_wait(s, entry, id, count))
			return SYNC_E_BUSY;
	while (rest.size && next_entry(&entry, &rest, kind, room))
		(void)changes_offer(s, entry, NULL, id, 0);
	return SYNC_OK;
}

static enum sync_rc feed_link(struct sync *s, struct link *link, enum frame_kind kind, struct view rest)
{
	struct link_ground ground = link_ground(s);
	enum sync_rc rc;

	/* What states or opens a comparison waits until all that came before is on disk: nobody asks for what is here. */
	if ((kind == FRAME_SUMMARY || kind == FRAME_PROBE) && changes_are_under_way(s, link->id))
		return SYNC_E_BUSY;
	if (kind != FRAME_ENTRIES)
		return link_feed(link, &ground, kind, rest, s->now);
	if (!link_is_greeted(link))
		return SYNC_E_FRAME;
	rc = feed_entries(s, link->id, kind, rest);
	if (rc == SYNC_OK)
		link_heard(link, s->now);
	return rc;
}

/* The air waits for no one: what cannot be taken now is lost, and comes again. */
static enum sync_rc feed_radio(struct sync *s, struct radio *radio, enum frame_kind kind, struct view rest)
{
	struct radio_ground ground = radio_ground(s);
	struct view entry;
	enum sync_rc rc;

	if (kind != FRAME_ENTRIES && kind != FRAME_ENTRY) {
		rc = radio_feed(radio, &entry, &ground, kind, rest, s->now);
		if (rc != SYNC_OK || !entry.size)
			return rc;
		kind = FRAME_ENTRY;
		rest = entry;
	}
	radio_busy(radio, s->now);
	rc = feed_entries(s, radio->id, kind, rest);
	return rc == SYNC_E_BUSY ? SYNC_OK : rc;
}

enum sync_rc sync_feed(struct sync *s, carrier_id id, struct view frame, mono_ms now)
{
	struct link *link = engine_find_link(s, id);
	struct radio *radio = engine_find_radio(s, id);
	enum sync_rc rc = SYNC_E_FRAME;
	enum frame_kind kind;
	struct view rest;

	assert(id && (link || radio) && now >= s->now);
	s->now = now;
	if (link && frame.size <= link->traits.frame_max && frame_open(&kind, &rest, frame) == FRAME_OK)
		rc = feed_link(s, link, kind, rest);
	if (radio && frame.size <= radio->traits.frame_max && frame_open(&kind, &rest, frame) == FRAME_OK)
		rc = feed_radio(s, radio, kind, rest);
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

/* As if all that is here came anew; what `but` said does not count. */
static void hear_all(struct sync *s, uint32_t now_s, uint16_t but)
{
	s->clock = (struct hlc){ 0 };
	for (uint32_t at = 0; at < s->set.used; at++)
		if (set_is_live(&s->set, at) && s->set.slots[at].author != but)
			hear_time(s, s->set.slots[at].hlc, now_s);
}

/* What is too old, what a clock that was wrong let in from days to come, and what has lost its author's card. */
static void retire(struct sync *s, struct days days)
{
	for (uint32_t at = 0; at < s->set.used; at++) {
		if (!set_is_live(&s->set, at) || set_is_within(&s->set, at, days))
			continue;
		leave_set(s, at);
		s->status.retired++;
	}
}

void sync_tick(struct sync *s, mono_ms now, struct node_time time)
{
	struct days before = engine_days(s), days;

	assert(now >= s->now);
	s->now = now;
	s->time = time;
	days = engine_days(s);
	if (time.quality == TIME_SET && (!s->time_known || before.today != days.today || before.last != days.last))
		retire(s, days);
	if (!s->time_known)
		hear_all(s, time.wall_s, AUTHOR_NONE);
	s->time_known = true;
	for (uint32_t i = 0; i < s->config.carriers_max; i++)
		if (s->links[i].id)
			link_time(&s->links[i], days, time, now);
	for (uint32_t i = 0; i < RADIOS_MAX; i++)
		if (s->radios[i].id)
			radio_days(&s->radios[i], days);
}

/* Changes, from the host's side. */

bool sync_next_change(struct sync *s, struct sync_change *change)
{
	uint32_t at;

	if (s->seq_out == s->seq)
		return false;
	assert(s->change_count > 0);
	at = changes_find(s, ++s->seq_out);
	assert(s->marks[at].state == CHANGE_WAITING);
	s->marks[at].state = CHANGE_OUT;
	*change = s->changes[at].change;
	return true;
}

static void change_free(struct sync *s, uint32_t at)
{
	assert(s->marks[at].state == CHANGE_OUT);
	assert(s->change_count > 0);
	s->marks[at].state = CHANGE_FREE;
	s->change_count--;
}

/* A new entry stands: every peer but the one it came from is to have it, and what waited for a card goes on. */
static void announce(struct sync *s, const struct entry_head *head, carrier_id from, uint32_t slot)
{
	struct radio_ground ground = radio_ground(s);

	hear_time(s, head->hlc, s->time.wall_s);
	for (uint32_t i = 0; i < s->config.carriers_max; i++) {
		struct link *link = &s->links[i];

		if (link->id && link->id == from)
			link_received(link, s->now);
		else if (link->id)
			link_send(link, slot);
	}
	for (uint32_t i = 0; i < RADIOS_MAX; i++) {
		struct radio *radio = &s->radios[i];
		/* A renewal is no news: whoever lacks it is seen by a beacon. */
		enum radio_source source = from || head->hlc.renewed ? RADIO_ELSEWHERE : RADIO_WRITTEN;

		if (radio->id)
			radio_news(radio, &ground, slot, radio->id == from ? RADIO_HEARD : source, s->now);
	}
	if (head->kind == ENTRY_CARD)
		s->release_due = true;
}

enum sync_rc sync_committed(struct sync *s, uint64_t seq, uint8_t key_index, uint64_t handle)
{
	uint32_t at = changes_find(s, seq);
	const struct change_slot *c = &s->changes[at];
	struct entry_head head = c->head;
	carrier_id from = c->change.from;
	uint32_t slot;
	enum sync_rc rc;

	assert(key_index < c->change.key_count);
	/* The clock may have been set since it was offered. */
	if (!engine_time_is_good(s, &head)) {
		set_refuse(&s->set, handle, &c->ids[key_index]);
		change_free(s, at);
		changes_release(s);
		s->status.refused_time++;
		return SYNC_E_TIME;
	}
	rc = stand(s, &head, &c->change.keys[key_index], &c->ids[key_index], handle, c->urgent, &slot);
	if (rc == SYNC_E_FULL) {
		set_refuse(&s->set, handle, &c->ids[key_index]);
		engine_refused(s, from, SYNC_E_FULL);
	}
	change_free(s, at);
	if (rc == SYNC_OK)
		announce(s, &head, from, slot);
	changes_release(s);
	return rc;
}

void sync_discarded(struct sync *s, uint64_t seq, enum sync_discard why)
{
	uint32_t at = changes_find(s, seq);

	if (why == DISCARD_SIGNATURE) {
		s->status.refused_signatures++;
		engine_refused(s, s->changes[at].change.from, SYNC_E_FRAME);
	}
	change_free(s, at);
	changes_release(s);
}

bool sync_next_drop(struct sync *s, struct sync_drop *drop)
{
	return set_next_drop(&s->set, &drop->handle, &drop->id);
}

/* Outputs. */

size_t sync_fill(struct sync *s, carrier_id id, uint8_t *frame, size_t frame_cap, mono_ms now)
{
	struct link *link = engine_find_link(s, id);
	struct radio *radio = engine_find_radio(s, id);
	struct link_ground ground = link_ground(s);
	struct radio_ground air = radio_ground(s);

	assert(id && now >= s->now);
	s->now = now;
	if (radio) {
		assert(frame_cap >= radio->traits.frame_max);
		return radio_fill(radio, &air, frame, frame_cap, now);
	}
	assert(link && frame_cap >= link->traits.frame_max);
	if (changes_are_under_way(s, id))
		link_heard(link, now);
	return link_fill(link, &ground, frame, frame_cap, now);
}

mono_ms sync_deadline(const struct sync *s)
{
	mono_ms first = MONO_NEVER;

	for (uint32_t i = 0; i < s->config.carriers_max; i++) {
		mono_ms due =
			s->links[i].id ? link_deadline(&s->links[i], &s->compare, s->status.revision) : MONO_NEVER;

		if (due < first)
			first = due;
	}
	for (uint32_t i = 0; i < RADIOS_MAX; i++) {
		mono_ms due = s->radios[i].id ? radio_deadline(&s->radios[i]) : MONO_NEVER;

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
	assert(next.tick <= TICK_MAX);
	s->clock = next;
	return next;
}

struct hlc sync_newest_of(const struct sync *s, const struct public_key *author)
{
	uint16_t at = authors_find(&s->authors, author);

	if (at == AUTHOR_NONE)
		return (struct hlc){ 0 };
	return (struct hlc){ .time = s->authors.table[at].newest_s, .era = s->authors.table[at].era };
}

void sync_clock_back(struct sync *s, struct node_time time, const struct public_key *own)
{
	assert(s->time_known);
	/* The date itself is told by sync_tick, which retires for it. */
	hear_all(s, time.wall_s, authors_find(&s->authors, own));
}

bool sync_card_epoch(const struct sync *s, const struct public_key *author, uint16_t *epoch)
{
	uint16_t at = authors_find(&s->authors, author);

	if (at == AUTHOR_NONE || s->set.card_epochs[at] == EPOCH_NONE)
		return false;
	*epoch = s->set.card_epochs[at];
	return true;
}

bool sync_find_card(const struct sync *s, const struct public_key *author, uint64_t *handle)
{
	uint16_t at = authors_find(&s->authors, author);
	uint32_t slot = at == AUTHOR_NONE ? SET_NONE : set_find_register(&s->set, at, ENTRY_CARD, 0);

	if (slot == SET_NONE)
		return false;
	*handle = s->set.slots[slot].handle;
	return true;
}

uint32_t sync_room_left(const struct sync *s, const struct public_key *author, enum room room)
{
	uint16_t at = authors_find(&s->authors, author);
	uint32_t owned = at == AUTHOR_NONE ? 0 : s->authors.table[at].registers[room], bound = room_registers_max(room);

	for (uint32_t i = 0; i < s->config.changes_max; i++)
		if (s->marks[i].state != CHANGE_FREE && entry_room(s->changes[i].head.field) == room &&
		    public_key_equal(&s->changes[i].change.keys[0], author))
			owned++;
	return owned < bound ? bound - owned : 0;
}

bool sync_has_number(const struct sync *s, const struct public_key *author, uint32_t number)
{
	uint16_t at = authors_find(&s->authors, author);

	for (uint8_t field = ENTRY_CARD; at != AUTHOR_NONE && field <= ENTRY_TRUST; field++)
		if (set_find_register(&s->set, at, field, number) != SET_NONE)
			return true;
	return false;
}

bool sync_find(const struct sync *s, const struct entry_id *id, uint64_t *handle)
{
	uint32_t slot = set_find_id(&s->set, id);

	if (slot == SET_NONE)
		return false;
	*handle = s->set.slots[slot].handle;
	return true;
}

bool sync_is_renewal(const struct sync *s, const struct entry_id *id)
{
	uint32_t slot = set_find_id(&s->set, id);

	return slot != SET_NONE && s->set.slots[slot].is_renewal;
}

uint8_t sync_keys_of(const struct sync *s, uint64_t hint, struct public_key keys[KEYS_PER_HINT_MAX])
{
	return authors_keys(&s->authors, hint, keys);
}

bool sync_link_status(const struct sync *s, carrier_id id, struct sync_link_status *status)
{
	const struct link *link = engine_find_link(s, id);

	for (uint32_t i = 0; i < RADIOS_MAX; i++)
		if (id && s->radios[i].id == id) {
			radio_status(&s->radios[i], status);
			return true;
		}
	if (!link)
		return false;
	link_status(link, s->status.revision, s->time, status, s->now);
	return true;
}

bool sync_radio_queue(const struct sync *s, carrier_id id, struct sync_queue *queue)
{
	for (uint32_t i = 0; i < RADIOS_MAX; i++)
		if (id && s->radios[i].id == id) {
			outbox_queue(&s->radios[i].outbox, queue);
			return true;
		}
	return false;
}

void sync_status(const struct sync *s, struct sync_status *status)
{
	*status = s->status;
	status->entries = s->set.count;
	status->authors = 0;
	for (uint16_t i = 0; i < s->authors.count; i++)
		status->authors += s->authors.table[i].entry_count > 0;
}

void sync_each_register(const struct sync *s, sync_register_cb cb, void *user)
{
	for (uint32_t at = 0; at < s->set.used; at++) {
		const struct set_slot *slot = &s->set.slots[at];
		struct sync_register reg = { .handle = slot->handle,
					     .author = &s->authors.table[slot->author].key,
					     .kind = (enum entry_kind)slot->field,
					     .number = slot->number,
					     .hlc = slot->hlc,
					     .is_renewal = slot->is_renewal };

		if (set_is_live(&s->set, at) && slot->field <= ENTRY_TRUST)
			cb(user, &reg);
	}
}

void sync_each(struct sync *s, sync_each_cb cb, void *user)
{
	for (int cards = 1; cards >= 0; cards--)
		for (uint32_t at = 0; at < s->set.used; at++) {
			const struct set_slot *slot = &s->set.slots[at];

			if (set_is_within(&s->set, at, engine_days(s)) && (slot->field == ENTRY_CARD) == cards &&
			    !cb(user, slot->handle, &slot->id))
				return;
		}
}
