/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/radio/radio_state.h"

/* A call is said again after one to two times so many slots: 5 to 10 s at SF9. Bounded by what it waits for: the answer's
 * wait (RADIO_ANSWER_SLOTS) and some frames. No measurement of it alone is known. */
enum { RECALL_SLOTS = 200 };
/* Trickle's shortest interval, in airtimes of a short frame of SHORT_FRAME bytes: 3 s at SF9. Its second half has room for
 * the beacons of several stations that heard the same difference. */
enum { IMIN_FRAMES = 8, SHORT_FRAME = 60 };
/* The longest interval is 2^8 times the shortest: 12 min at SF9. tools/bench radio, "idle": 0.005 % of the time on the air
 * with 50 stations, where 0.05 % is the limit. */
enum { IMAX_DOUBLINGS = 8 };
/* So many looks in a row for what is on its way may bring nothing before the interval is stretched: frames are lost. With
 * it one entry that can never be taken costs 41 s of airtime in an hour, and 555 s without any stretching
 * (test_what_cannot_be_mended_costs_little). */
enum { BARREN_SPARE = 2 };

void radio_memory(struct radio *radio, struct arena *arena, const struct set *set)
{
	struct outbox outbox;

	outbox_memory(&outbox, arena, set);
	if (arena->base)
		*radio = (struct radio){ .outbox = outbox };
}

/* SplitMix64 (Steele, Lea, Flood 2014): for waits and salts, nothing secret. */
uint32_t radio_chance(struct radio *radio)
{
	uint64_t z = radio->chance += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return (uint32_t)(z >> 32);
}

uint32_t radio_slots(struct radio *radio, uint32_t count)
{
	assert(count > 0);
	assert(radio->slot_ms > 0);
	return radio_chance(radio) % (count * radio->slot_ms);
}

uint32_t radio_airtime_ms(const struct radio *radio, size_t size)
{
	return duty_airtime_ms(&radio->duty, size);
}

/* A station stays silent once it heard the same from one other: every beacon costs airtime. */
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

	assert(id != 0 && radio->id == 0);
	assert(traits->frame_max >= SYNC_RADIO_FRAME_MIN);
	assert(days.today <= days.last);
	assert(outbox.count == 0);
	*radio = (struct radio){
		.id = id, .traits = *traits, .chance = seed, .ours = days, .days = days, .outbox = outbox, .fresh = 8
	};
	radio->slot_ms = traits->airtime.frame_us / 4000 + 1;
	duty_init(&radio->duty, &traits->airtime, traits->frame_max, now);
	bounds = trickle_bounds(IMIN_FRAMES * radio_airtime_ms(radio, SHORT_FRAME));
	trickle_init(&radio->trickle, &bounds, now, radio_chance(radio));
}

void radio_close(struct radio *radio)
{
	assert(radio->id != 0);
	outbox_clear(&radio->outbox);
	assert(radio->outbox.count == 0);
	radio->id = 0;
}

void radio_again(struct radio *radio, uint32_t interval_ms, mono_ms now)
{
	uint8_t stretch = radio->barren > BARREN_SPARE ? radio->barren - BARREN_SPARE : 0;

	assert(radio->barren <= RADIO_BARREN_MAX);
	assert(interval_ms >= radio->trickle.bounds.imin_ms);
	trickle_restart(&radio->trickle, interval_ms << stretch, now, radio_chance(radio));
	if (radio->barren < RADIO_BARREN_MAX)
		radio->barren++;
}

void radio_settle(struct radio *radio, mono_ms now)
{
	radio->settle_until =
		now + 2 * radio_airtime_ms(radio, radio->traits.frame_max) + radio_slots(radio, RADIO_CONTENTION_SLOTS);
}

void radio_busy(struct radio *radio, mono_ms now)
{
	radio_settle(radio, now);
	duty_earn(&radio->duty, now);
	radio->held = 0;
	radio->hold_until = now + radio_slots(radio, RADIO_CONTENTION_SLOTS);
}

void radio_queue(struct radio *radio, uint32_t slot, mono_ms at)
{
	assert(radio->id != 0);
	if (!radio->outbox.count || at < radio->entries_at)
		radio->entries_at = at;
	outbox_put(&radio->outbox, slot);
}

void radio_send(struct radio *radio, uint32_t slot, mono_ms now)
{
	radio_queue(radio, slot, now + radio_slots(radio, RADIO_ANSWER_SLOTS));
}

void radio_unsend(struct radio *radio, uint32_t slot)
{
	relay_forget(&radio->relay, slot);
	outbox_drop(&radio->outbox, slot);
}

/* A station that is short of airtime leaves the entry to the others, even when it is its own. */
void radio_heard(struct radio *radio, uint32_t slot)
{
	if (!relay_is_own(&radio->relay, slot) || duty_is_low(&radio->duty))
		radio_unsend(radio, slot);
}

void radio_wait_for_answer(struct radio *radio, mono_ms now)
{
	radio->call_at = now + RECALL_SLOTS * radio->slot_ms + radio_slots(radio, RECALL_SLOTS);
}

void radio_recall(struct radio *radio, mono_ms now)
{
	assert(radio->call_count > 0);
	assert(radio->call_tries < RADIO_CALL_TRIES);
	radio_wait_for_answer(radio, now);
	if (++radio->call_tries >= RADIO_CALL_TRIES)
		radio->call_count = 0;
}

void radio_days(struct radio *radio, struct days days)
{
	assert(days.today <= days.last);
	if (radio->ours.today == days.today && radio->ours.last == days.last)
		return;
	radio->ours = radio->days = days;
	radio->agreed = false;
	radio->left = (struct sync_left){ 0 };
}

static enum link_state state_of(const struct radio *radio)
{
	if (radio->outbox.count)
		return LINK_TRANSFER;
	if (sync_left_sum(&radio->left))
		return LINK_LEFT;
	return radio->agreed ? LINK_SAFE : LINK_COMPARING;
}

void radio_status(const struct radio *radio, struct sync_link_status *status)
{
	assert(radio->call_count <= RADIO_CALL_MAX);
	*status = (struct sync_link_status){ .state = state_of(radio),
					     .entries_in = radio->entries_in,
					     .entries_out = radio->entries_out,
					     .left_out = radio->outbox.count,
					     .left_in = radio->call_count,
					     .left_there = radio->left };
}
