/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What to say, and when. */
#include "sync/radio/radio_state.h"

#include <string.h>

#include "proto/pack.h"
#include "sync/set/sketch.h"

/* A host that comes late waits anew, at most so often in a row: else a slow host would never be heard. Bounded by
 * test_a_host_that_comes_late_is_not_silent_for_ever. */
enum { HELD_MAX = 4 };
enum {
	/* Syndromes of a beacon when all seems well: they find one difference. The beacon is 17 bytes, 20 is the limit
	 * (tools/bench sync). "a sketch takes the place of count and fingerprint" in tools/bench radio: 212 -> 205 ms. */
	CAPACITY_MIN = 2,
	/* A beacon with more syndromes does not ask who holds the same: more than two differences are likely. Bounded by
	 * RADIO_CAPACITY_SPARE. */
	CAPACITY_ASKS = 6,
};

static_assert(BEACON_SIZE_MAX + RADIO_SKETCH_MAX * sizeof(uint32_t) <= SYNC_RADIO_FRAME_MIN, "a beacon is one frame");
static_assert(CALL_SIZE + RADIO_CALL_MAX * CALL_ELEMENT_SIZE <= SYNC_RADIO_FRAME_MIN, "a call is one frame");

static enum duty_use duty_use(const struct radio *radio)
{
	return radio->is_urgent ? DUTY_URGENT : DUTY_ORDINARY;
}

static void write_sketch(const struct part *part, const struct set *set, const struct frame_beacon *beacon, uint32_t to,
			 struct writer *w)
{
	uint32_t syndromes[SYNDROMES_MAX] = { 0 };

	assert(beacon->from < to);
	assert(to <= SYNDROMES_MAX);
	part_sketch(part, set, syndromes, beacon->from, to);
	frame_begin(w, FRAME_BEACON);
	frame_beacon_write(w, beacon);
	sketch_write(w, syndromes, to - beacon->from);
}

/* How many syndromes suit what a neighbour may lack or have. Of the entries that went over the air, a neighbour may have
 * lost some: one in four is counted. Of entries that came over other carriers, a third more than there are. */
static uint32_t capacity(const struct radio *radio)
{
	uint32_t differ = radio->doubt;

	if (differ < radio->fresh + radio->fresh / 3)
		differ = radio->fresh + radio->fresh / 3;
	if (!differ && radio->moved < 4)
		return CAPACITY_MIN;
	if (differ < radio->moved / 4)
		differ = radio->moved / 4;
	return radio_sketch_for(differ);
}

static void fill_beacon(struct radio *radio, const struct radio_ground *ground, struct writer *w, mono_ms now)
{
	struct frame_beacon beacon = { .salt = (uint32_t)radio->traits.station << 16 | radio_chance(radio) >> 16,
				       .days = radio->days,
				       .part = parts_next(&radio->parts, radio->moved > 0) };
	uint32_t to = beacon.part > 1 ? RADIO_SKETCH_MAX : capacity(radio);
	struct part part;

	assert(beacon.part > 0);
	assert(to <= RADIO_SKETCH_MAX);
	beacon.asks = radio_wants_answer(radio) && to <= CAPACITY_ASKS;
	part = part_of(beacon.salt, beacon.days, beacon.part);
	write_sketch(&part, ground->set, &beacon, to, w);
	radio->salt = beacon.salt;
	radio->said_days = beacon.days;
	radio->said_part = beacon.part;
	radio->said_revision = ground->revision;
	radio->said = (uint8_t)to;
	radio->fresh = radio->moved = 0;
	/* The beacon may be lost, so the doubt is not gone at once. What is found or agreed later ends it. */
	radio->doubt /= 4;
	radio->more_now = false;
	relay_said(&radio->relay);
	trickle_done(&radio->trickle);
	if (radio->parts.count)
		trickle_restart(&radio->trickle, radio->trickle.bounds.imin_ms, now, radio_chance(radio));
	else if (beacon.part > 1)
		radio_again(radio, radio->trickle.bounds.imin_ms, now);
	radio->days = radio->ours;
}

static void fill_more(struct radio *radio, const struct radio_ground *ground, struct writer *w, mono_ms now)
{
	struct frame_beacon beacon = {
		.salt = radio->salt, .days = radio->said_days, .part = radio->said_part, .from = radio->said
	};
	struct part part = part_of(beacon.salt, beacon.days, beacon.part);

	assert(radio->more_now);
	assert(radio->said < radio->more_to);
	radio->more_now = false;
	/* The set has changed since the beacon. Syndromes of before and after do not fit together. */
	if (ground->revision != radio->said_revision) {
		radio->doubt = RADIO_SKETCH_MAX;
		fill_beacon(radio, ground, w, now);
		return;
	}
	write_sketch(&part, ground->set, &beacon, radio->more_to, w);
	radio->said = (uint8_t)radio->more_to;
}

/* The most urgent entry that can be sent, as it goes over the air. */
struct next {
	uint32_t slot;
	uint8_t bytes[ENTRY_SIZE_MAX];
	size_t size;
};

static bool next_entry(struct radio *radio, const struct radio_ground *ground, struct next *next)
{
	const struct set *set = ground->set;
	struct view bytes;

	while ((next->slot = outbox_first(&radio->outbox)) != SET_NONE) {
		if (ground->host->load(ground->host->ctx, set->slots[next->slot].handle, &bytes) != SYNC_OK) {
			radio_unsend(radio, next->slot);
			continue;
		}
		next->size = entry_pack(next->bytes, bytes);
		if (!next->size) {
			memcpy(next->bytes, bytes.data, bytes.size);
			next->size = bytes.size;
		}
		assert(next->size > 0 && next->size <= ENTRY_SIZE_MAX);
		return true;
	}
	return false;
}

static void entry_said(struct radio *radio, const struct set *set, uint32_t slot)
{
	assert(outbox_has(&radio->outbox, slot));
	if (!relay_is_own(&radio->relay, slot) && !set->slots[slot].urgent)
		relay_asked(&radio->relay);
	radio_unsend(radio, slot);
	radio->entries_out++;
	radio->moved++;
}

/* An entry that is to go out anyway rides along, since the head of a frame costs more airtime than a small entry. */
static void fill_call(struct radio *radio, const struct radio_ground *ground, struct writer *w, mono_ms now)
{
	struct frame_call call = { .salt = (uint16_t)radio->call_salt, .count = (uint8_t)radio->call_count };
	struct next next;

	if (radio->call_more) {
		struct part part = part_of(radio->series.salt, radio->series.days, radio->series.part);

		call = (struct frame_call){ .salt = (uint16_t)radio->series.salt,
					    .have = radio->series.have,
					    .holds = part_count(&part, ground->set) };
	}
	assert(radio->call_more || radio->call_count > 0);
	frame_begin(w, FRAME_CALL);
	frame_call_write(w, &call);
	for (uint32_t i = 0; i < call.count; i++)
		frame_call_element_write(w, radio->calls[i]);
	if (!radio->call_more)
		radio_recall(radio, now);
	radio->call_more = false;
	if (!next_entry(radio, ground, &next) || writer_room(w) < next.size)
		return;
	write_bytes(w, next.bytes, next.size);
	entry_said(radio, ground->set, next.slot);
}

/* One entry, or as many as the frame holds. */
static void fill_entries(struct radio *radio, const struct radio_ground *ground, struct writer *w)
{
	struct next first, next;

	if (!next_entry(radio, ground, &first))
		return;
	entry_said(radio, ground->set, first.slot);
	if (!next_entry(radio, ground, &next) || writer_room(w) < FRAME_HEAD_SIZE + 1 + first.size + 1 + next.size) {
		frame_begin(w, FRAME_ENTRY);
		write_bytes(w, first.bytes, first.size);
		return;
	}
	frame_begin(w, FRAME_ENTRIES);
	frame_entry_write(w, (struct view){ first.bytes, first.size });
	do {
		frame_entry_write(w, (struct view){ next.bytes, next.size });
		entry_said(radio, ground->set, next.slot);
	} while (next_entry(radio, ground, &next) && writer_room(w) >= 1 + next.size);
}

static bool trial_is_due(const struct radio *radio, mono_ms now)
{
	return radio->relay.trial == TRIAL_DUE && radio->trial_at <= now;
}

static bool wants_call(const struct radio *radio)
{
	return radio->call_more || radio->call_count;
}

static mono_ms later(mono_ms a, mono_ms b)
{
	return a > b ? a : b;
}

/* A beacon waits until repairs have ended, but at most eight of the shortest intervals. */
static mono_ms beacon_at(const struct radio *radio)
{
	mono_ms at = trickle_deadline(&radio->trickle), last = at + radio->trickle.bounds.imin_ms * 8;

	if (radio->trickle.is_over || radio->settle_until <= at)
		return at;
	return radio->settle_until < last ? radio->settle_until : last;
}

mono_ms radio_deadline(const struct radio *radio)
{
	mono_ms due = beacon_at(radio);

	assert(radio->id != 0);
	if (radio->outbox.count && radio->entries_at < due)
		due = radio->entries_at;
	if (wants_call(radio) && radio->call_at < due)
		due = radio->call_at;
	if (trial_is_due(radio, due))
		due = radio->trial_at;
	if (radio->more_now)
		due = 0;
	return later(due, later(radio->hold_until, duty_deadline(&radio->duty, duty_use(radio))));
}

/* An entry that may use the last of the bucket. Nothing can be verified without its author's card. */
static bool is_hurried(const struct set_slot *slot)
{
	return slot->urgent || slot->field == ENTRY_CARD;
}

size_t radio_fill(struct radio *radio, const struct radio_ground *ground, uint8_t *frame, size_t frame_cap, mono_ms now)
{
	struct writer w = writer_init(frame, frame_cap < radio->traits.frame_max ? frame_cap : radio->traits.frame_max);
	uint32_t first = outbox_first(&radio->outbox);
	bool entries;

	assert(radio->id != 0);
	assert(radio->held <= HELD_MAX);
	while (first != SET_NONE && !set_is_within(ground->set, first, radio->ours)) {
		radio_unsend(radio, first);
		first = outbox_first(&radio->outbox);
	}
	entries = first != SET_NONE && now >= radio->entries_at;
	radio->is_urgent = first != SET_NONE && is_hurried(&ground->set->slots[first]);

	/* The host comes late. Either the air was not free when a frame was due, and others have waited for the same moment, so
	 * this station waits a random while again. Or the host is slow, and must not wait for ever. */
	if (now > radio_deadline(radio) + radio->slot_ms && radio->held < HELD_MAX) {
		radio->hold_until = now + radio_slots(radio, RADIO_CONTENTION_SLOTS);
		radio->held++;
	}
	if (beacon_at(radio) <= now && !trickle_must_be_said(&radio->trickle, now))
		trickle_step(&radio->trickle, now, radio_chance(radio));
	duty_earn(&radio->duty, now);
	if (now < radio->hold_until || !duty_is_open(&radio->duty, duty_use(radio)))
		return 0;
	if (entries && radio->is_urgent)
		fill_entries(radio, ground, &w);
	else if (radio->more_now)
		fill_more(radio, ground, &w, now);
	else if (wants_call(radio) && now >= radio->call_at)
		fill_call(radio, ground, &w, now);
	else if (entries)
		fill_entries(radio, ground, &w);
	else if (trial_is_due(radio, now) || (trickle_is_due(&radio->trickle, now) && beacon_at(radio) <= now))
		fill_beacon(radio, ground, &w, now);
	assert(w.size <= radio->traits.frame_max);
	assert(w.ok);
	if (w.size <= FRAME_HEAD_SIZE)
		return 0;
	radio->held = 0;
	duty_spend(&radio->duty, w.size);
	radio->hold_until = now + radio_airtime_ms(radio, w.size) + radio_slots(radio, RADIO_CONTENTION_SLOTS);
	return w.size;
}
