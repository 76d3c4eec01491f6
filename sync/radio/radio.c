/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/radio/radio.h"

#include <string.h>

#include "proto/pack.h"
#include "sync/set/sketch.h"

/* In units of a slot, which is about what a station needs to notice that another one has begun. */
enum { CONTENTION_SLOTS = 32, URGENT_HOLD_SLOTS = 8, ANSWER_SLOTS = 48 };
/* A call waits until what is on its way anyway has come; then, as long again, for its answer. */
enum { CALL_SLOTS = 400, RECALL_SLOTS = 200 };
/* Who passes on at once is slow unless it is urgent, so that few are heard at once. Whoever others do not ask for is slower,
 * so that it need not when the others did. */
enum { RELAY_SLOTS = 256, URGENT_SLOTS = 4, URGENT_LAZY_SLOTS = 500, REPAIR_LAZY_SLOTS = 1000 };
enum { HELD_MAX = 4, FEW_INTERVALS = 3 };
/* Syndromes of a beacon: when all seems well; beyond what is thought to differ; so many times those of another's that did
 * not decode; so many that it still may ask who has the same. */
enum { CAPACITY_MIN = 2, CAPACITY_SPARE = 4, CAPACITY_GROWS = 3, CAPACITY_ASKS = 6 };
/* In units of a short frame's airtime. */
enum { IMIN_FRAMES = 8, IMAX_DOUBLINGS = 8, SHORT_FRAME = 60 };
/* In units of Trickle's shortest interval: after something new, which others pass on, and after a need that has to be
 * everywhere soon; after a difference that has to be found first, of which all hearers hear at once; until a trial's
 * beacon. */
enum { NEWS_INTERVALS = 128, URGENT_INTERVALS = 8, MENDED_INTERVALS = 96, SEARCH_INTERVALS = 8, TRIAL_INTERVALS = 5 };
/* What is older is no news but a repair: neighbours have it, or sketches find it. */
enum { NEWS_S = 3600 };
/* On a poor air it may be losses that a find brings nothing, and among few nobody else would make up for them. */
enum { BARREN_MAX = 8, BARREN_SEARCH_MAX = 6, BARREN_FEW_MAX = 2, BARREN_SPARE = 2 };

static_assert(BEACON_SIZE_MAX + RADIO_SKETCH_MAX * sizeof(uint32_t) <= SYNC_RADIO_FRAME_MIN, "a beacon is one frame");
static_assert(CALL_SIZE + RADIO_CALL_MAX * CALL_ELEMENT_SIZE <= SYNC_RADIO_FRAME_MIN, "a call is one frame");

void radio_memory(struct radio *radio, struct arena *arena, const struct set *set)
{
	struct outbox outbox;

	outbox_memory(&outbox, arena, set);
	if (arena->base)
		*radio = (struct radio){ .outbox = outbox };
}

/* SplitMix64 (Steele, Lea, Flood 2014): for waits and salts, nothing secret. */
static uint32_t chance(struct radio *radio)
{
	uint64_t z = radio->chance += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return (uint32_t)(z >> 32);
}

static uint32_t slots(struct radio *radio, uint32_t count)
{
	return chance(radio) % (count * radio->slot_ms);
}

static uint32_t airtime_ms(const struct radio *radio, size_t size)
{
	return duty_airtime_ms(&radio->duty, size);
}

static enum duty_use duty_use(const struct radio *radio)
{
	return radio->is_urgent ? DUTY_URGENT : DUTY_ORDINARY;
}

/* One that says the same is enough: every beacon costs airtime. */
static struct trickle_bounds trickle_bounds(uint32_t imin_ms)
{
	uint32_t imax_ms = imin_ms << IMAX_DOUBLINGS;

	return (struct trickle_bounds){
		.imin_ms = imin_ms, .imax_ms = imax_ms, .spread_ms = imax_ms / 4, .redundancy = 1
	};
}

void radio_open(struct radio *radio, carrier_id id, const struct carrier_traits *traits, uint64_t seed,
		struct days days, mono_ms now)
{
	struct outbox outbox = radio->outbox;
	struct trickle_bounds bounds;

	assert(outbox.count == 0);
	*radio = (struct radio){
		.id = id, .traits = *traits, .chance = seed, .ours = days, .days = days, .outbox = outbox, .fresh = 8
	};
	radio->slot_ms = traits->airtime.frame_us / 4000 + 1;
	duty_init(&radio->duty, &traits->airtime, traits->frame_max, now);
	bounds = trickle_bounds(IMIN_FRAMES * airtime_ms(radio, SHORT_FRAME));
	trickle_init(&radio->trickle, &bounds, now, chance(radio));
}

void radio_close(struct radio *radio)
{
	outbox_clear(&radio->outbox);
	radio->id = 0;
}

/* Two who meet wait for no third. */
static uint32_t intervals_ms(const struct radio *radio, uint32_t intervals)
{
	return (reach_is_few(&radio->reach) ? 1 : intervals) * radio->trickle.bounds.imin_ms;
}

/* Among many somebody will say in time that they hold the same; among few nobody may. */
static bool wants_answer(const struct radio *radio)
{
	return !radio->agreed && reach_is_few(&radio->reach);
}

/* Beacons come soon again, unless such brought nothing lately; by how much that stretches the interval is bounded. */
static void reset(struct radio *radio, uint8_t stretch_max, mono_ms now)
{
	uint8_t stretch = radio->barren < stretch_max ? radio->barren : stretch_max;

	trickle_reset(&radio->trickle, intervals_ms(radio, SEARCH_INTERVALS) << stretch, now, chance(radio));
	if (radio->barren < BARREN_MAX)
		radio->barren++;
}

/* There is a difference that has to be found. */
static void search(struct radio *radio, mono_ms now)
{
	reset(radio, reach_is_few(&radio->reach) ? BARREN_FEW_MAX : BARREN_SEARCH_MAX, now);
}

/* What differs is on its way: a look whether it came. Where it does not come, however often, somebody has no room for it. */
static void again(struct radio *radio, uint32_t interval_ms, mono_ms now)
{
	uint8_t stretch = radio->barren > BARREN_SPARE ? radio->barren - BARREN_SPARE : 0;

	trickle_restart(&radio->trickle, interval_ms << stretch, now, chance(radio));
	if (radio->barren < BARREN_MAX)
		radio->barren++;
}

static void settle(struct radio *radio, mono_ms now)
{
	radio->settle_until = now + 2 * airtime_ms(radio, radio->traits.frame_max) + slots(radio, CONTENTION_SLOTS);
}

void radio_busy(struct radio *radio, mono_ms now)
{
	settle(radio, now);
	duty_earn(&radio->duty, now);
	radio->held = 0;
	radio->hold_until = now + slots(radio, CONTENTION_SLOTS);
}

static void queue(struct radio *radio, uint32_t slot, mono_ms at)
{
	if (!radio->outbox.count || at < radio->entries_at)
		radio->entries_at = at;
	outbox_put(&radio->outbox, slot);
}

void radio_send(struct radio *radio, uint32_t slot, mono_ms now)
{
	queue(radio, slot, now + slots(radio, ANSWER_SLOTS));
}

void radio_unsend(struct radio *radio, uint32_t slot)
{
	relay_forget(&radio->relay, slot);
	outbox_drop(&radio->outbox, slot);
}

/* Who is short of airtime leaves it to others. */
void radio_heard(struct radio *radio, uint32_t slot)
{
	if (!relay_is_own(&radio->relay, slot) || duty_is_low(&radio->duty))
		radio_unsend(radio, slot);
}

static void queue_own(struct radio *radio, uint32_t slot, mono_ms at)
{
	relay_own(&radio->relay, slot);
	queue(radio, slot, at);
}

static void pass_on_urgent(struct radio *radio, uint32_t slot, mono_ms now)
{
	radio->is_urgent = true;
	radio->hold_until = now + slots(radio, URGENT_HOLD_SLOTS);
	if (radio->relay.firmness)
		queue_own(radio, slot, now + slots(radio, URGENT_SLOTS));
	else if (reach_is_many(&radio->reach) || duty_is_low(&radio->duty)) /* needs alone may use the last of it */
		queue(radio, slot, now + slots(radio, URGENT_LAZY_SLOTS));
}

static void pass_on(struct radio *radio, uint32_t slot, mono_ms now)
{
	uint32_t wait_ms = TRIAL_INTERVALS * radio->trickle.bounds.imin_ms;

	switch (relay_choose(&radio->relay, chance(radio))) {
	case RELAY_WAIT:
		break;
	case RELAY_PASS_ON:
		if (!duty_is_low(&radio->duty))
			queue_own(radio, slot, now + slots(radio, RELAY_SLOTS));
		break;
	case RELAY_TRY:
		radio->trial_at = now + wait_ms + chance(radio) % wait_ms;
		break;
	}
}

/* Waits for what was asked for, here or by another, as it may be lost. */
static void wait_for_answer(struct radio *radio, mono_ms now)
{
	radio->call_at = now + RECALL_SLOTS * radio->slot_ms + slots(radio, RECALL_SLOTS);
}

static void forget_call(struct radio *radio, uint32_t element)
{
	for (uint32_t i = 0; i < radio->call_count; i++)
		if (radio->calls[i] == element)
			radio->calls[i--] = radio->calls[--radio->call_count];
}

/* It came from outside the air's reach: others may have it too, or its sketch is all that it takes. */
static void from_elsewhere(struct radio *radio, uint32_t slot, bool urgent, mono_ms now)
{
	radio->fresh++;
	if (!urgent)
		return;
	radio->is_urgent = true;
	queue(radio, slot, now + slots(radio, URGENT_LAZY_SLOTS));
}

static void from_the_air(struct radio *radio, uint32_t slot, bool is_news, bool urgent, mono_ms now)
{
	radio->moved++;
	radio->entries_in++;
	if (is_news)
		relay_begin(&radio->relay, reach_is_many(&radio->reach));
	if (is_news && urgent)
		pass_on_urgent(radio, slot, now);
	else if (is_news)
		pass_on(radio, slot, now);
}

/* Where many hear it, somebody sends a need once more; elsewhere a beacon soon shows who lacks it, or asks who has it. */
static void look(struct radio *radio, bool urgent, mono_ms now)
{
	uint32_t imin_ms = radio->trickle.bounds.imin_ms;
	bool soon = wants_answer(radio) || (urgent && !reach_is_many(&radio->reach));
	uint32_t intervals = soon ? URGENT_INTERVALS : NEWS_INTERVALS;

	trickle_look(&radio->trickle, intervals * imin_ms, intervals_ms(radio, NEWS_INTERVALS), now, chance(radio));
}

void radio_news(struct radio *radio, const struct radio_ground *ground, uint32_t slot, enum radio_source source,
		mono_ms now)
{
	const struct set_slot *s = &ground->set->slots[slot];
	struct salt salt = salt_of_beacon(radio->call_salt);
	bool is_news = s->hlc.time + (uint64_t)NEWS_S >= ground->wall_s;

	radio->barren = 0;
	/* What was heard is elsewhere, too. */
	if (source != RADIO_HEARD)
		radio->agreed = false;
	if (radio->call_count) {
		forget_call(radio, element_of(&salt, &s->id));
		if (radio->call_tries)
			wait_for_answer(radio, now);
	}
	switch (source) {
	case RADIO_WRITTEN:
		radio->is_urgent |= s->urgent;
		queue_own(radio, slot, now + slots(radio, URGENT_SLOTS));
		break;
	case RADIO_ELSEWHERE:
		from_elsewhere(radio, slot, is_news && s->urgent, now);
		break;
	case RADIO_HEARD:
		from_the_air(radio, slot, is_news, s->urgent, now);
		break;
	}
	if (is_news && source != RADIO_ELSEWHERE)
		look(radio, s->urgent, now);
	else
		trickle_reset(&radio->trickle, SEARCH_INTERVALS * radio->trickle.bounds.imin_ms, now, chance(radio));
}

void radio_days(struct radio *radio, struct days days)
{
	if (radio->ours.today == days.today && radio->ours.last == days.last)
		return;
	radio->ours = radio->days = days;
	radio->agreed = false;
}

/* Syndromes that suit so many differences. */
static uint32_t sketch_for(uint32_t differ)
{
	return differ + CAPACITY_SPARE < RADIO_SKETCH_MAX ? differ + CAPACITY_SPARE : RADIO_SKETCH_MAX;
}

/* Hearing beacons. */

/* Neighbours whose day has begun already, or not yet, compare what both keep. Others speak for themselves. */
static void narrow_days(struct radio *radio, struct days theirs)
{
	if (theirs.today == radio->ours.today + 1)
		radio->days.today = theirs.today;
	if (theirs.last + 1 == radio->ours.last)
		radio->days.last = theirs.last;
}

static bool is_same_series(const struct radio_series *series, const struct frame_beacon *beacon)
{
	return series->open && series->salt == beacon->salt && series->part == beacon->part &&
	       series->have == beacon->from;
}

/* Puts what was heard together. False: there is no beginning to it. */
static bool join(struct radio_series *series, const struct frame_beacon *beacon)
{
	struct reader r = reader_init(beacon->syndromes);
	uint32_t count = (uint32_t)(beacon->syndromes.size / sizeof(uint32_t));

	if (beacon->from && !is_same_series(series, beacon))
		return false;
	if (!beacon->from)
		*series = (struct radio_series){
			.open = true, .salt = beacon->salt, .days = beacon->days, .part = beacon->part
		};
	sketch_read(series->syndromes + beacon->from, count, &r);
	series->have = (uint8_t)(beacon->from + count);
	return true;
}

/* Whom others ask for goes first. */
static uint32_t repair_wait(struct radio *radio)
{
	if (radio->relay.firmness || reach_is_few(&radio->reach))
		return slots(radio, ANSWER_SLOTS);
	return ANSWER_SLOTS * radio->slot_ms + slots(radio, REPAIR_LAZY_SLOTS);
}

/* Which of the elements are ours? Those go out; the rest is called for. */
static void repair(struct radio *radio, const struct part *part, const struct set *set, struct sketch_elements *found,
		   uint32_t salt, mono_ms now)
{
	mono_ms at = now + repair_wait(radio);
	uint32_t element, repairs = 0;

	for (uint32_t slot = 0; slot < set->used && repairs < RADIO_REPAIRS_MAX; slot++) {
		if (!part_has(part, set, slot, &element))
			continue;
		for (uint32_t i = 0; i < found->count; i++)
			if (found->elements[i] == element) {
				found->elements[i--] = found->elements[--found->count];
				queue(radio, slot, at);
				repairs++;
			}
	}
	radio->call_salt = salt;
	radio->call_count = radio->call_tries = 0;
	radio->call_at = now + slots(radio, reach_is_few(&radio->reach) ? ANSWER_SLOTS : CALL_SLOTS);
	for (uint32_t i = 0; i < found->count && i < RADIO_CALL_MAX; i++)
		radio->calls[radio->call_count++] = found->elements[i];
}

/* False: it takes more syndromes, or parts. */
static bool decode(struct radio *radio, const struct radio_ground *ground, const struct frame_beacon *beacon,
		   mono_ms now)
{
	struct radio_series *series = &radio->series;
	struct part part = part_of(beacon->salt, beacon->days, beacon->part);
	uint32_t syndromes[SYNDROMES_MAX] = { 0 };
	struct sketch_elements found;

	if (!join(series, beacon))
		return false;
	part_sketch(&part, ground->set, syndromes, 0, series->have);
	sketch_merge(syndromes, series->syndromes, series->have);
	if (sketch_decode(&found, syndromes, series->have, NULL, 0) != SKETCH_OK) {
		radio->call_more = true;
		radio->call_at = now + slots(radio, ANSWER_SLOTS);
		/* Should the call or its answer be lost, the next beacon from here says more. */
		if (radio->doubt < CAPACITY_GROWS * series->have)
			radio->doubt = CAPACITY_GROWS * series->have;
		return false;
	}
	series->open = radio->call_more = false;
	/* What was new here is on its way, or known there; what gets lost on the way is left. */
	radio->fresh = 0;
	radio->doubt = reach_is_few(&radio->reach) ? found.count : found.count / 3 + 2;
	repair(radio, &part, ground->set, &found, beacon->salt, now);
	settle(radio, now);
	return true;
}

/* What it speaks of is here as well, and nothing else. */
static bool is_same(const struct set *set, const struct frame_beacon *beacon)
{
	struct part part = part_of(beacon->salt, beacon->days, beacon->part);
	uint32_t theirs[SYNDROMES_MAX], ours[SYNDROMES_MAX] = { 0 };
	uint32_t count = (uint32_t)(beacon->syndromes.size / sizeof *theirs);
	struct reader r = reader_init(beacon->syndromes);

	part_sketch(&part, set, ours, beacon->from, beacon->from + count);
	sketch_read(theirs, count, &r);
	return memcmp(ours, theirs, beacon->syndromes.size) == 0;
}

static enum sync_rc feed_beacon(struct radio *radio, const struct radio_ground *ground, struct view rest, mono_ms now)
{
	struct frame_beacon beacon;

	if (frame_beacon_read(&beacon, rest) != FRAME_OK)
		return SYNC_E_FRAME;
	reach_hear(&radio->reach, (uint16_t)(beacon.salt >> 16), FEW_INTERVALS * (mono_ms)radio->trickle.bounds.imax_ms,
		   now);
	narrow_days(radio, beacon.days);
	if (beacon.days.today < radio->ours.today || beacon.days.last > radio->ours.last)
		return SYNC_OK;
	if (is_same(ground->set, &beacon)) {
		if (beacon.asks) {
			reset(radio, BARREN_SEARCH_MAX, now);
		} else {
			trickle_hear(&radio->trickle);
			if (radio->barren)
				radio->barren--;
		}
		if (beacon.part > 1)
			return SYNC_OK;
		radio->agreed = true;
		radio->fresh = radio->moved = radio->doubt = 0;
		radio->parts = (struct parts){ 0 };
		return SYNC_OK;
	}
	radio->agreed = false;
	if (decode(radio, ground, &beacon, now))
		again(radio, intervals_ms(radio, MENDED_INTERVALS), now);
	else
		search(radio, now);
	return SYNC_OK;
}

/* Hearing calls. */

/* What is called for is ours to send: the beacon was ours. */
static void answer(struct radio *radio, const struct radio_ground *ground, const struct frame_call *call, mono_ms now)
{
	struct part part = part_of(radio->salt, radio->said_days, radio->said_part);
	uint32_t wanted[RADIO_REPAIRS_MAX], count = 0, queued = 0, element;
	struct reader r = reader_init(call->elements);

	while (r.rest.size && count < RADIO_REPAIRS_MAX)
		wanted[count++] = frame_call_element_read(&r);
	for (uint32_t slot = 0; slot < ground->set->used && queued < RADIO_REPAIRS_MAX; slot++) {
		bool is_wanted = false;

		if (!part_has(&part, ground->set, slot, &element))
			continue;
		for (uint32_t i = 0; i < count; i++)
			is_wanted |= wanted[i] == (element & CALL_ELEMENT_MASK);
		if (!is_wanted)
			continue;
		radio_send(radio, slot, now);
		queued++;
	}
}

/* As many syndromes as the counts suggest, at least twice those that were said; parts where a frame does not hold so many. */
static void extend(struct radio *radio, const struct radio_ground *ground, const struct frame_call *call)
{
	struct part part = part_of(radio->salt, radio->said_days, radio->said_part);
	uint32_t ours = part_count(&part, ground->set);
	uint32_t differ = ours > call->holds ? ours - call->holds : call->holds - ours;

	if (call->have < radio->said)
		return; /* asked before the extension was heard */
	radio->more_to = sketch_for(differ + differ / 4);
	if (radio->more_to < sketch_for(2u * radio->said + CAPACITY_SPARE))
		radio->more_to = sketch_for(2u * radio->said + CAPACITY_SPARE);
	if (radio->said < radio->more_to && differ < RADIO_SKETCH_MAX) {
		radio->more_now = true;
		return;
	}
	parts_begin(&radio->parts, part.buckets, differ);
	radio->trickle.due = radio->hold_until;
	radio->trickle.is_over = false;
}

static void recall(struct radio *radio, mono_ms now)
{
	wait_for_answer(radio, now);
	if (++radio->call_tries >= RADIO_CALL_TRIES)
		radio->call_count = 0;
}

static bool is_called(const struct frame_call *call, uint32_t salt)
{
	return call->salt == (uint16_t)salt;
}

static enum sync_rc feed_call(struct radio *radio, struct view *entry, const struct radio_ground *ground,
			      struct view rest, mono_ms now)
{
	struct frame_call call;

	if (frame_call_read(&call, rest) != FRAME_OK)
		return SYNC_E_FRAME;
	*entry = call.entry;
	settle(radio, now);
	if (radio->call_more && is_called(&call, radio->series.salt) && call.have >= radio->series.have)
		radio->call_more = false;
	if (is_called(&call, radio->call_salt) && radio->call_count && call.count)
		recall(radio, now);
	if (!is_called(&call, radio->salt) || !radio->said_part)
		return SYNC_OK;
	relay_called(&radio->relay);
	radio->agreed = false;
	if (call.have)
		extend(radio, ground, &call);
	else
		answer(radio, ground, &call, now);
	return SYNC_OK;
}

enum sync_rc radio_feed(struct radio *radio, struct view *entry, const struct radio_ground *ground,
			enum frame_kind kind, struct view rest, mono_ms now)
{
	*entry = (struct view){ 0 };
	radio->hold_until = now + slots(radio, CONTENTION_SLOTS);
	if (kind == FRAME_BEACON)
		return feed_beacon(radio, ground, rest, now);
	if (kind == FRAME_CALL)
		return feed_call(radio, entry, ground, rest, now);
	return SYNC_E_FRAME;
}

/* Speaking. */

static void write_sketch(const struct part *part, const struct set *set, const struct frame_beacon *beacon, uint32_t to,
			 struct writer *w)
{
	uint32_t syndromes[SYNDROMES_MAX] = { 0 };

	part_sketch(part, set, syndromes, beacon->from, to);
	frame_begin(w, FRAME_BEACON);
	frame_beacon_write(w, beacon);
	sketch_write(w, syndromes, to - beacon->from);
}

/* How many syndromes suit what a neighbour may lack or have; of what went over the air, one or another may lack one or
 * another. */
static uint32_t capacity(const struct radio *radio)
{
	uint32_t differ = radio->doubt;

	if (differ < radio->fresh + radio->fresh / 3)
		differ = radio->fresh + radio->fresh / 3;
	if (!differ && radio->moved < 4)
		return CAPACITY_MIN;
	if (differ < radio->moved / 4)
		differ = radio->moved / 4;
	return sketch_for(differ);
}

static void fill_beacon(struct radio *radio, const struct radio_ground *ground, struct writer *w, mono_ms now)
{
	struct frame_beacon beacon = { .salt = (uint32_t)radio->traits.station << 16 | chance(radio) >> 16,
				       .days = radio->days,
				       .part = parts_next(&radio->parts, radio->moved > 0) };
	uint32_t to = beacon.part > 1 ? RADIO_SKETCH_MAX : capacity(radio);
	struct part part;

	beacon.asks = wants_answer(radio) && to <= CAPACITY_ASKS;
	part = part_of(beacon.salt, beacon.days, beacon.part);
	write_sketch(&part, ground->set, &beacon, to, w);
	radio->salt = beacon.salt;
	radio->said_days = beacon.days;
	radio->said_part = beacon.part;
	radio->said_revision = ground->revision;
	radio->said = (uint8_t)to;
	radio->fresh = radio->moved = 0;
	/* A beacon may be lost; what was found or agreed since says so. */
	radio->doubt /= 4;
	radio->more_now = false;
	relay_said(&radio->relay);
	trickle_done(&radio->trickle);
	if (radio->parts.count)
		trickle_restart(&radio->trickle, radio->trickle.bounds.imin_ms, now, chance(radio));
	else if (beacon.part > 1)
		again(radio, radio->trickle.bounds.imin_ms, now);
	radio->days = radio->ours;
}

static void fill_more(struct radio *radio, const struct radio_ground *ground, struct writer *w, mono_ms now)
{
	struct frame_beacon beacon = {
		.salt = radio->salt, .days = radio->said_days, .part = radio->said_part, .from = radio->said
	};
	struct part part = part_of(beacon.salt, beacon.days, beacon.part);

	radio->more_now = false;
	/* What is here has changed since: syndromes of before and after do not fit together. */
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
		return true;
	}
	return false;
}

static void entry_said(struct radio *radio, const struct set *set, uint32_t slot)
{
	if (!relay_is_own(&radio->relay, slot) && !set->slots[slot].urgent)
		relay_asked(&radio->relay);
	radio_unsend(radio, slot);
	radio->entries_out++;
	radio->moved++;
}

/* An entry that is to go out anyway rides along. */
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
	frame_begin(w, FRAME_CALL);
	frame_call_write(w, &call);
	for (uint32_t i = 0; i < call.count; i++)
		frame_call_element_write(w, radio->calls[i]);
	if (!radio->call_more)
		recall(radio, now);
	radio->call_more = false;
	if (!next_entry(radio, ground, &next) || writer_room(w) < next.size)
		return;
	write_bytes(w, next.bytes, next.size);
	entry_said(radio, ground->set, next.slot);
}

/* One entry, or as many as fit. */
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

/* A beacon waits for repairs to end, but not for ever. */
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

/* Nothing can be verified without a card, and the outbox puts it first. */
static bool is_hurried(const struct set_slot *slot)
{
	return slot->urgent || slot->field == ENTRY_CARD;
}

size_t radio_fill(struct radio *radio, const struct radio_ground *ground, uint8_t *frame, size_t frame_cap, mono_ms now)
{
	struct writer w = writer_init(frame, frame_cap < radio->traits.frame_max ? frame_cap : radio->traits.frame_max);
	uint32_t first = outbox_first(&radio->outbox);
	bool entries;

	while (first != SET_NONE && !slot_is_within(&ground->set->slots[first], radio->ours)) {
		radio_unsend(radio, first);
		first = outbox_first(&radio->outbox);
	}
	entries = first != SET_NONE && now >= radio->entries_at;
	radio->is_urgent = first != SET_NONE && is_hurried(&ground->set->slots[first]);

	/* Asked late: the air was not free when it was due, and others have waited for the same moment. Or the host is
	 * slow, and must not wait for ever. */
	if (now > radio_deadline(radio) + radio->slot_ms && radio->held < HELD_MAX) {
		radio->hold_until = now + slots(radio, CONTENTION_SLOTS);
		radio->held++;
	}
	if (beacon_at(radio) <= now && !trickle_must_be_said(&radio->trickle, now))
		trickle_step(&radio->trickle, now, chance(radio));
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
	assert(w.ok);
	if (w.size <= FRAME_HEAD_SIZE)
		return 0;
	radio->held = 0;
	duty_spend(&radio->duty, w.size);
	radio->hold_until = now + airtime_ms(radio, w.size) + slots(radio, CONTENTION_SLOTS);
	return w.size;
}

void radio_status(const struct radio *radio, struct sync_link_status *status)
{
	*status = (struct sync_link_status){ .state = radio->agreed && !radio->outbox.count ? LINK_SAFE
						      : radio->outbox.count                 ? LINK_TRANSFER
											    : LINK_COMPARING,
					     .entries_in = radio->entries_in,
					     .entries_out = radio->entries_out,
					     .left_out = radio->outbox.count,
					     .left_in = radio->call_count };
}
