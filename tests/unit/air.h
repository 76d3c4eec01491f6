/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A few stations on one air, each an engine with a host: one speaks at a time, who is in reach hears it when it ends, or
 * loses it. Include cmocka.h first. */
#ifndef AIDMESH_TESTS_AIR_H
#define AIDMESH_TESTS_AIR_H

#include "sync/engine_state.h"
#include "tests/unit/host.h"

enum { STATIONS_MAX = 4, AIR_ID = 1, AIR_KINDS = FRAME_LEFT + 1, AIR_ENTRIES_MAX = 3000 };
enum { HOUR_MS = 3600 * 1000, ALWAYS = 1000 }; /* of a thousand */

/* SF9, 125 kHz: 165 ms for 16 bytes. */
static const struct airtime AIR_SF9 = { .frame_us = 92000, .byte_us = 4540, .duty_permille = 1000 };

struct air {
	struct node nodes[STATIONS_MAX];
	int count;
	mono_ms now;
	uint32_t loss_percent;
	struct dice dice;
	uint32_t frames[AIR_KINDS], entries, largest_beacon;
	uint64_t air_us[STATIONS_MAX];
	uint8_t last[SYNC_RADIO_FRAME_MIN]; /* said */
	size_t last_size;
};

static inline struct radio *air_radio(struct air *a, int at)
{
	return &a->nodes[at].sync->radios[0];
}

/* `entries_max` is the last station's. */
static inline void air_init_with(struct air *a, int count, uint64_t seed, uint16_t duty_permille, uint32_t entries_max)
{
	struct carrier_traits traits = { .kind = CARRIER_RADIO, .frame_max = SYNC_RADIO_FRAME_MIN, .airtime = AIR_SF9 };

	*a = (struct air){ .count = count, .now = 1, .dice = { seed } };
	traits.airtime.duty_permille = duty_permille;
	for (int i = 0; i < count; i++) {
		struct sync_config config =
			host_config(seed * 100 + (uint64_t)i, i == count - 1 ? entries_max : AIR_ENTRIES_MAX);

		node_init(&a->nodes[i], &config);
		traits.station = (uint16_t)(i + 1);
		assert_int_equal(sync_carrier_up(a->nodes[i].sync, AIR_ID, &traits, a->now), SYNC_OK);
	}
}

static inline void air_init(struct air *a, int count, uint64_t seed, uint16_t duty_permille)
{
	air_init_with(a, count, seed, duty_permille, AIR_ENTRIES_MAX);
}

static inline void air_fini(struct air *a)
{
	for (int i = 0; i < a->count; i++)
		node_fini(&a->nodes[i]);
}

static inline void air_store(struct node *n, const struct sample *sample, const struct sample_key *key)
{
	uint64_t handle = disk_add(n, sample_view(sample), &key->public);
	struct entry_id id;

	assert_int_equal(sync_restore(n->sync, &id, handle, sample_view(sample), &key->public), SYNC_OK);
}

/* Of notes that are no news any more. */
static inline uint32_t air_time_of(uint32_t number)
{
	return HOST_NOW_S - 2 * 3600 - number;
}

/* Notes, and beyond their room moves. */
static inline struct sample air_word(const struct sample_key *key, uint32_t number)
{
	struct entry e = host_entry(key, ENTRY_MOVE, number, air_time_of(number));

	return number <= NOTES_PER_AUTHOR_MAX ? host_note(key, number, air_time_of(number)) : sample_signed(&e, key);
}

/* A station held this before it came on the air: a card, and words from..to-1. */
static inline void air_hold(struct air *a, int at, uint32_t from, uint32_t to)
{
	struct sample_key key = sample_key(7);
	struct sample card = host_card(&key, HOST_NOW_S - EPOCH_S);
	struct public_key known[KEYS_PER_HINT_MAX];

	if (!sync_keys_of(a->nodes[at].sync, public_key_hint(&key.public), known))
		air_store(&a->nodes[at], &card, &key);
	for (uint32_t number = from; number < to; number++) {
		struct sample note = air_word(&key, number);

		air_store(&a->nodes[at], &note, &key);
	}
}

/* A frame as it comes from the air. */
static inline void air_feed(struct air *a, int at, const uint8_t *frame, size_t size)
{
	assert_int_equal(sync_feed(a->nodes[at].sync, AIR_ID, (struct view){ frame, size }, a->now), SYNC_OK);
	node_settle(&a->nodes[at]);
}

static inline void air_count(struct air *a, int at)
{
	struct view frame = { a->last, a->last_size };
	struct frame_call call;
	enum frame_kind kind;
	struct view rest;

	assert_int_equal(frame_open(&kind, &rest, frame), FRAME_OK);
	a->frames[kind]++;
	a->air_us[at] += AIR_SF9.frame_us + a->last_size * AIR_SF9.byte_us;
	if (kind == FRAME_BEACON && a->last_size > a->largest_beacon)
		a->largest_beacon = (uint32_t)a->last_size;
	if (kind == FRAME_ENTRY) {
		assert_true(disk_has(&a->nodes[at], rest));
		a->entries++;
	}
	a->entries += (uint32_t)check_entries(&a->nodes[at], frame);
	if (kind == FRAME_CALL) {
		assert_int_equal(frame_call_read(&call, rest), FRAME_OK);
		assert_true(!call.entry.size || disk_has(&a->nodes[at], call.entry));
		a->entries += call.entry.size > 0;
	}
}

/* What a station says now, if anything; nobody has heard it yet. */
static inline bool air_speak(struct air *a, int at)
{
	a->last_size = sync_fill(a->nodes[at].sync, AIR_ID, a->last, sizeof a->last, a->now);
	if (!a->last_size)
		return false;
	air_count(a, at);
	a->now += (AIR_SF9.frame_us + a->last_size * AIR_SF9.byte_us) / 1000 + 1;
	return true;
}

/* Time passes until a station says something of that kind. */
static inline void air_await(struct air *a, int at, enum frame_kind kind)
{
	for (int looks = 0; looks < 1000; looks++) {
		mono_ms due = sync_deadline(a->nodes[at].sync);

		a->now = due > a->now ? due : a->now;
		if (air_speak(a, at) && a->last[1] == kind)
			return;
	}
	fail_msg("station %d never says kind %d", at, (int)kind);
}

/* Time passes until somebody spoke and all who did not lose it heard it. False: not before `end`. */
static inline bool air_step(struct air *a, mono_ms end)
{
	mono_ms due = MONO_NEVER;

	for (int i = 0; i < a->count; i++) {
		if (!air_speak(a, i))
			continue;
		for (int j = 0; j < a->count; j++)
			if (j != i && dice_below(&a->dice, 100) >= a->loss_percent)
				air_feed(a, j, a->last, a->last_size);
		return true;
	}
	for (int i = 0; i < a->count; i++) {
		mono_ms next = sync_deadline(a->nodes[i].sync);

		due = next < due ? next : due;
	}
	a->now = due > a->now ? due : a->now + 1;
	return a->now < end;
}

static inline void air_run(struct air *a, mono_ms for_ms)
{
	mono_ms end = a->now + for_ms;

	while (a->now < end && air_step(a, end))
		;
}

static inline struct sync_link_status air_status(struct air *a, int at)
{
	struct sync_link_status status;

	assert_true(sync_link_status(a->nodes[at].sync, AIR_ID, &status));
	return status;
}

static inline bool air_agrees(struct air *a)
{
	for (int i = 1; i < a->count; i++)
		if (!nodes_agree(&a->nodes[0], &a->nodes[i]))
			return false;
	return true;
}

static inline bool air_is_safe(struct air *a)
{
	for (int i = 0; i < a->count; i++)
		if (air_status(a, i).state != LINK_SAFE)
			return false;
	return true;
}

static inline struct sample air_need(const struct sample_key *key, uint32_t number, uint32_t time)
{
	struct entry e = host_entry(key, ENTRY_LINE, number, time);

	e.line.within_h = 6;
	return sample_signed(&e, key);
}

static inline void air_hear_entry(struct air *a, int at, const struct sample *sample)
{
	uint8_t frame[SYNC_RADIO_FRAME_MIN];
	struct writer w = writer_init(frame, sizeof frame);
	struct view bytes = sample_view(sample);

	frame_begin(&w, FRAME_ENTRY);
	write_bytes(&w, bytes.data, bytes.size);
	air_feed(a, at, frame, w.size);
}

static inline size_t air_write_call(uint8_t *out, uint32_t salt, const uint32_t *elements, uint8_t count)
{
	struct writer w = writer_init(out, SYNC_RADIO_FRAME_MIN);
	struct frame_call call = { .salt = (uint16_t)salt, .count = count };

	frame_begin(&w, FRAME_CALL);
	frame_call_write(&w, &call);
	for (uint8_t i = 0; i < count; i++)
		frame_call_element_write(&w, elements[i]);
	return w.size;
}

/* The element that note `number` has in a series. */
static inline uint32_t air_element_of(uint32_t salt, uint32_t number)
{
	struct sample_key key = sample_key(7);
	struct sample note = air_word(&key, number);
	struct entry_id id = entry_id_of(sample_view(&note), &key.public);
	struct salt series = salt_of_beacon(salt);

	return element_of(&series, &id);
}

#endif
