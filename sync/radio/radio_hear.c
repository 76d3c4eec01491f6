/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What came to stand, and what was heard: news, beacons, calls. */
#include "sync/radio/radio_state.h"

#include <string.h>

#include "sync/set/sketch.h"

/* Waits, in slots of 24 ms at SF9, 125 kHz. Where a row of "What was tried" is named, tools/bench radio measured it; the
 * figures are airtime of a pair with 50 and 200 stations, or a need's median and 99th percentile. */
enum {
	/* Before passing on a need within hours, when others need this station. Shortened from 16 and 16 so that needs wait
	 * less. Bounded from below by collisions of stations that pass on together. */
	URGENT_SLOTS = 4,
	URGENT_HOLD_SLOTS = 8,
	/* Before passing on a need where many are heard and nobody asked for this station: 12 s. Long enough that most do not
	 * send it, since they hear it first. It was 24 s. */
	URGENT_LAZY_SLOTS = 500,
	/* Before passing on other news, when others need this station: 6 s. "news is passed on as fast as needs": 222 ->
	 * 247 ms and 127 -> 141 ms. */
	RELAY_SLOTS = 256,
	/* Before a repair, when nobody needs this station: 24 s on top of RADIO_ANSWER_SLOTS, so that the stations that are
	 * needed come first. No measurement of it alone is known. */
	REPAIR_LAZY_SLOTS = 1000,
	/* Before a call: 10 s, so that what is on its way anyway has come. "calls go out within 1 s": 222 -> 239 ms, and 25
	 * -> 27 s. */
	CALL_SLOTS = 400,
};
/* A neighbour is remembered for so many of Trickle's longest intervals. One or two of its beacons may be lost. */
enum { FEW_INTERVALS = 3 };
/* When a beacon of another did not decode, the own next one has so many times its syndromes. From 2, three steps reach
 * RADIO_SKETCH_MAX. No measurement of it alone is known. */
enum { CAPACITY_GROWS = 3 };
/* Intervals of Trickle, in units of the shortest: 3 s at SF9. */
enum {
	/* After news that others pass on: 3 to 6 min. "the look after news comes a third later": 205 -> 201 ms. "beacons 12
	 * to 24 s after news": 222 -> 365 ms. */
	NEWS_INTERVALS = 128,
	/* After a need that has to be everywhere soon: half a minute. "looks for a need, and for news, half as often": the
	 * 99th percentile 29 -> 66 s without losses, 60 -> 162 s with 10 % lost. */
	URGENT_INTERVALS = 8,
	/* After a difference that is on its way: a look whether it came. No measurement of it alone is known. It was as long
	 * as the look after news, until that came a third later. */
	MENDED_INTERVALS = 96,
	/* After a difference that did not decode. All hearers notice it at the same time, so their beacons are spread over
	 * some intervals. No measurement of it alone is known. */
	SEARCH_INTERVALS = 8,
	/* Until a trial's beacon: 15 to 30 s, when the others have passed the entry on. No measurement of it alone is
	 * known. */
	TRIAL_INTERVALS = 5,
};
/* An entry that is older is no news but a repair: neighbours have it already, or sketches find it. An hour is the choice;
 * no measurement is known that set it. */
enum { NEWS_S = 3600 };
/* A search that brought nothing doubles the next interval, at most so often. With few neighbours the cause may be losses,
 * and nobody else makes up for them, so it is stretched less. Without BARREN_FEW_MAX a pair that differed in 41 entries took
 * an hour in the worst of 300 tries, a third of the frames lost (test_two_who_meet_on_a_poor_air_agree_soon).
 * BARREN_SEARCH_MAX is bounded by test_forged_beacons_do_not_keep_trickle_at_its_shortest. */
enum { BARREN_SEARCH_MAX = 6, BARREN_FEW_MAX = 2 };

/* With few neighbours there is no third station to wait for. */
static uint32_t intervals_ms(const struct radio *radio, uint32_t intervals)
{
	assert(intervals > 0);
	return (reach_is_few(&radio->reach) ? 1 : intervals) * radio->trickle.bounds.imin_ms;
}

/* The next beacon comes soon. Each one that brought nothing lately doubles the interval, up to `stretch_max` times. */
static void reset(struct radio *radio, uint8_t stretch_max, mono_ms now)
{
	uint8_t stretch = radio->barren < stretch_max ? radio->barren : stretch_max;

	assert(stretch_max <= RADIO_BARREN_MAX);
	assert(radio->barren <= RADIO_BARREN_MAX);
	trickle_reset(&radio->trickle, intervals_ms(radio, SEARCH_INTERVALS) << stretch, now, radio_chance(radio));
	if (radio->barren < RADIO_BARREN_MAX)
		radio->barren++;
}

/* There is a difference, and nobody knows yet what it is. */
static void search(struct radio *radio, mono_ms now)
{
	reset(radio, reach_is_few(&radio->reach) ? BARREN_FEW_MAX : BARREN_SEARCH_MAX, now);
}

static void queue_own(struct radio *radio, uint32_t slot, mono_ms at)
{
	relay_own(&radio->relay, slot);
	radio_queue(radio, slot, at);
}

static void pass_on_urgent(struct radio *radio, uint32_t slot, mono_ms now)
{
	radio->is_urgent = true;
	radio->hold_until = now + radio_slots(radio, URGENT_HOLD_SLOTS);
	if (radio->relay.firmness)
		queue_own(radio, slot, now + radio_slots(radio, URGENT_SLOTS));
	/* Where the bucket is low a beacon may not come in time: the last of the bucket is for needs alone. */
	else if (reach_is_many(&radio->reach) || duty_is_low(&radio->duty))
		radio_queue(radio, slot, now + radio_slots(radio, URGENT_LAZY_SLOTS));
}

static void pass_on(struct radio *radio, uint32_t slot, mono_ms now)
{
	uint32_t wait_ms = TRIAL_INTERVALS * radio->trickle.bounds.imin_ms;

	switch (relay_choose(&radio->relay, radio_chance(radio))) {
	case RELAY_WAIT:
		break;
	case RELAY_PASS_ON:
		if (!duty_is_low(&radio->duty))
			queue_own(radio, slot, now + radio_slots(radio, RELAY_SLOTS));
		break;
	case RELAY_TRY:
		radio->trial_at = now + wait_ms + radio_chance(radio) % wait_ms;
		break;
	}
}

static void forget_call(struct radio *radio, uint32_t element)
{
	assert(radio->call_count <= RADIO_CALL_MAX);
	for (uint32_t i = 0; i < radio->call_count; i++)
		if (radio->calls[i] == element)
			radio->calls[i--] = radio->calls[--radio->call_count];
}

/* The entry came over another carrier. Others in reach may hold it, too. The next beacon finds out who lacks it, so only
 * a need within hours is sent unasked. */
static void from_elsewhere(struct radio *radio, uint32_t slot, bool urgent, mono_ms now)
{
	radio->fresh++;
	if (!urgent)
		return;
	radio->is_urgent = true;
	radio_queue(radio, slot, now + radio_slots(radio, URGENT_LAZY_SLOTS));
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

/* When to look whether news came to everybody. With many neighbours, somebody sends a need once more, so the look comes late.
 * Else a beacon comes soon: it shows who lacks the need, or asks who holds the same. */
static void look(struct radio *radio, bool urgent, mono_ms now)
{
	uint32_t imin_ms = radio->trickle.bounds.imin_ms;
	bool soon = radio_wants_answer(radio) || (urgent && !reach_is_many(&radio->reach));
	uint32_t intervals = soon ? URGENT_INTERVALS : NEWS_INTERVALS;

	trickle_look(&radio->trickle, intervals * imin_ms, intervals_ms(radio, NEWS_INTERVALS), now,
		     radio_chance(radio));
}

void radio_news(struct radio *radio, const struct radio_ground *ground, uint32_t slot, enum radio_source source,
		mono_ms now)
{
	const struct set_slot *s = &ground->set->slots[slot];
	struct salt salt = salt_of_beacon(radio->call_salt);
	bool is_news = s->hlc.time + (uint64_t)NEWS_S >= ground->time.wall_s;

	assert(set_is_live(ground->set, slot));
	assert(radio->id != 0);
	radio->barren = 0;
	/* An entry that was heard over this radio is at a neighbour, too. */
	if (source != RADIO_HEARD)
		radio->agreed = false;
	if (radio->call_count) {
		forget_call(radio, element_of(&salt, &s->id));
		if (radio->call_tries)
			radio_wait_for_answer(radio, now);
	}
	switch (source) {
	case RADIO_WRITTEN:
		radio->is_urgent |= s->urgent;
		queue_own(radio, slot, now + radio_slots(radio, URGENT_SLOTS));
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
		trickle_reset(&radio->trickle, SEARCH_INTERVALS * radio->trickle.bounds.imin_ms, now,
			      radio_chance(radio));
}

/* Hearing beacons. */

/* A neighbour's day may begin a little sooner or later than ours. The next beacon speaks of what both keep. A
 * neighbour whose days are further apart does not narrow ours. One neighbour may be a day ahead and another one a day
 * behind: then the first that was heard counts, since no day would be left for all three. */
static void narrow_days(struct radio *radio, struct days theirs)
{
	assert(radio->days.today >= radio->ours.today);
	assert(radio->days.last <= radio->ours.last);
	if (theirs.today == radio->ours.today + 1 && theirs.today <= radio->days.last)
		radio->days.today = theirs.today;
	if (theirs.last + 1 == radio->ours.last && theirs.last >= radio->days.today)
		radio->days.last = theirs.last;
	assert(radio->days.today <= radio->days.last);
}

static bool is_same_series(const struct radio_series *series, const struct frame_beacon *beacon)
{
	return series->open && series->salt == beacon->salt && series->part == beacon->part &&
	       series->have == beacon->from;
}

/* Adds an extension to the beacon that it extends. False: that beacon was not heard. */
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
	assert(beacon->from + count <= SYNDROMES_MAX);
	sketch_read(series->syndromes + beacon->from, count, &r);
	series->have = (uint8_t)(beacon->from + count);
	return true;
}

/* A station that others need goes first. */
static uint32_t repair_wait(struct radio *radio)
{
	if (radio->relay.firmness || reach_is_few(&radio->reach))
		return radio_slots(radio, RADIO_ANSWER_SLOTS);
	return RADIO_ANSWER_SLOTS * radio->slot_ms + radio_slots(radio, REPAIR_LAZY_SLOTS);
}

/* `found` is what one of the two sides lacks. Elements that are here go out. The others are called for. */
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
				radio_queue(radio, slot, at);
				repairs++;
			}
	}
	assert(repairs <= RADIO_REPAIRS_MAX);
	radio->call_salt = salt;
	radio->call_count = radio->call_tries = 0;
	radio->call_at = now + radio_slots(radio, reach_is_few(&radio->reach) ? RADIO_ANSWER_SLOTS : CALL_SLOTS);
	for (uint32_t i = 0; i < found->count && i < RADIO_CALL_MAX; i++)
		radio->calls[radio->call_count++] = found->elements[i];
}

/* False: the beacon did not decode. It takes more syndromes, or parts. */
static bool decode(struct radio *radio, const struct radio_ground *ground, const struct frame_beacon *beacon,
		   mono_ms now)
{
	struct radio_series *series = &radio->series;
	struct part part = part_of(beacon->salt, beacon->days, beacon->part);
	uint32_t syndromes[SYNDROMES_MAX] = { 0 };
	struct sketch_elements found;

	if (!join(series, beacon))
		return false;
	assert(series->have > 0);
	assert(series->have <= SYNDROMES_MAX);
	part_sketch(&part, ground->set, syndromes, 0, series->have);
	sketch_merge(syndromes, series->syndromes, series->have);
	if (sketch_decode(&found, syndromes, series->have, NULL, 0) != SKETCH_OK) {
		radio->call_more = true;
		radio->call_at = now + radio_slots(radio, RADIO_ANSWER_SLOTS);
		/* Should the call or its answer be lost, the next beacon from here says more. */
		if (radio->doubt < CAPACITY_GROWS * series->have)
			radio->doubt = CAPACITY_GROWS * series->have;
		return false;
	}
	series->open = radio->call_more = false;
	/* What was new here is on its way now, or is known there. What gets lost on the way is for the next beacon. */
	radio->fresh = 0;
	radio->doubt = reach_is_few(&radio->reach) ? found.count : found.count / 3 + 2;
	repair(radio, &part, ground->set, &found, beacon->salt, now);
	radio_settle(radio, now);
	return true;
}

/* What the beacon speaks of is what is here of that part. */
static bool is_same(const struct set *set, const struct frame_beacon *beacon)
{
	struct part part = part_of(beacon->salt, beacon->days, beacon->part);
	uint32_t theirs[SYNDROMES_MAX], ours[SYNDROMES_MAX] = { 0 };
	uint32_t count = (uint32_t)(beacon->syndromes.size / sizeof *theirs);
	struct reader r = reader_init(beacon->syndromes);

	assert(beacon->from + count <= SYNDROMES_MAX);
	part_sketch(&part, set, ours, beacon->from, beacon->from + count);
	sketch_read(theirs, count, &r);
	return memcmp(ours, theirs, beacon->syndromes.size) == 0;
}

/* What is live here, and of no interest to whoever keeps these days. */
static struct sync_left left_by(const struct radio_ground *ground, struct days days)
{
	struct days alive = days_alive(ground->time);
	bool is_near = days.today <= alive.today + 1u && days.today + 1u >= alive.today;
	uint32_t count = 0;

	for (uint32_t slot = 0; slot < ground->set->used; slot++)
		count += set_is_within(ground->set, slot, alive) && !set_is_within(ground->set, slot, days);
	return (struct sync_left){ .clock = is_near ? 0 : count, .age = is_near ? count : 0 };
}

static enum sync_rc feed_beacon(struct radio *radio, const struct radio_ground *ground, struct view rest, mono_ms now)
{
	struct frame_beacon beacon;

	if (frame_beacon_read(&beacon, rest) != FRAME_OK)
		return SYNC_E_FRAME;
	reach_hear(&radio->reach, (uint16_t)(beacon.salt >> 16), FEW_INTERVALS * (mono_ms)radio->trickle.bounds.imax_ms,
		   now);
	narrow_days(radio, beacon.days);
	radio->left = left_by(ground, beacon.days);
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
		radio_again(radio, intervals_ms(radio, MENDED_INTERVALS), now);
	else
		search(radio, now);
	return SYNC_OK;
}

/* Hearing calls. */

/* The beacon was ours, so this station sends what is called for. */
static void answer(struct radio *radio, const struct radio_ground *ground, const struct frame_call *call, mono_ms now)
{
	struct part part = part_of(radio->salt, radio->said_days, radio->said_part);
	uint32_t wanted[RADIO_REPAIRS_MAX], count = 0, queued = 0, element;
	struct reader r = reader_init(call->elements);

	assert(radio->said_part > 0);
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

/* Somebody could not decode our beacon. The two counts suggest how many syndromes it takes: at least twice those that were
 * said. Where a frame does not hold so many, parts begin. */
static void extend(struct radio *radio, const struct radio_ground *ground, const struct frame_call *call)
{
	struct part part = part_of(radio->salt, radio->said_days, radio->said_part);
	uint32_t ours = part_count(&part, ground->set);
	uint32_t differ = ours > call->holds ? ours - call->holds : call->holds - ours;

	assert(radio->said_part > 0 && radio->said > 0);
	assert(call->have > 0);
	if (call->have < radio->said)
		return; /* asked before the extension was heard */
	radio->more_to = radio_sketch_for(differ + differ / 4);
	if (radio->more_to < radio_sketch_for(2u * radio->said + RADIO_CAPACITY_SPARE))
		radio->more_to = radio_sketch_for(2u * radio->said + RADIO_CAPACITY_SPARE);
	assert(radio->more_to <= RADIO_SKETCH_MAX);
	if (radio->said < radio->more_to && differ < RADIO_SKETCH_MAX) {
		radio->more_now = true;
		return;
	}
	parts_begin(&radio->parts, part.buckets, differ);
	radio->trickle.due = radio->hold_until;
	radio->trickle.is_over = false;
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
	radio_settle(radio, now);
	if (radio->call_more && is_called(&call, radio->series.salt) && call.have >= radio->series.have)
		radio->call_more = false;
	if (is_called(&call, radio->call_salt) && radio->call_count && call.count)
		radio_recall(radio, now);
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
	assert(radio->id != 0);
	*entry = (struct view){ 0 };
	radio->hold_until = now + radio_slots(radio, RADIO_CONTENTION_SLOTS);
	if (kind == FRAME_BEACON)
		return feed_beacon(radio, ground, rest, now);
	if (kind == FRAME_CALL)
		return feed_call(radio, entry, ground, rest, now);
	return SYNC_E_FRAME;
}
