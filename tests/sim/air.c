/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/sim/air.h"

#include <stdlib.h>
#include <string.h>

#include "tests/sim/attacker.h"
#include "tests/sim/check.h"
#include "tests/sim/contact.h"
#include "tests/sim/host.h"
#include "tests/sim/host_date.h"

enum { REACH = 1000, FRAME_SIZE_MAX = 256, SHORT_FRAME = 60, LONGEST_SHORT_FRAMES = 8 << 8, BUCKET_S = 3600 };

struct station {
	bool here, on, sending;
	int32_t x, y;
	uint64_t hears; /* stations within reach, a bit each */
	uint64_t began_ms;
	uint64_t spoilt; /* receivers that cannot make it out */
	uint32_t size, last_size;
	uint8_t bytes[FRAME_SIZE_MAX];
	uint8_t last[FRAME_SIZE_MAX]; /* the frame before */
	uint64_t sent_us;             /* airtime since it was switched on */
	uint64_t on_since_ms;
	uint32_t beacons; /* since silence was expected */
};

struct air {
	struct airtime airtime;
	uint32_t frame_max, loss_permille, sense_ms;
	bool silence;
	struct station stations[STATIONS_MAX];
};

static uint32_t airtime_ms(const struct air *air, uint32_t size)
{
	return (air->airtime.frame_us + size * air->airtime.byte_us) / 1000 + 1;
}

/* Semtech's formula (AN1200.13) as a line: SF7 and SF9 at 125 kHz, SF11 at 250 kHz. */
static void choose_radio(struct world *w, struct air *air)
{
	static const struct airtime settings[] = { { 28000, 1470, 0 }, { 95000, 4560, 0 }, { 170000, 7600, 0 } };
	static const uint16_t duties[] = { 50, 100, 330, 1000 };

	air->airtime = settings[dice_permille(&w->network, 700) ? 0 : dice_between(&w->network, 1, 2)];
	air->airtime.duty_permille = duties[dice_below(&w->network, 4)];
	air->frame_max = dice_between(&w->network, SYNC_RADIO_FRAME_MIN, RADIO_FRAME_MAX);
	air->loss_permille = has_fault(w, FAULT_RADIO_LOSS) ? dice_between(&w->network, 10, 250) : 0;
	air->sense_ms = air->airtime.frame_us / 4000;
}

static bool is_near(const struct station *a, const struct station *b)
{
	int32_t x = a->x - b->x, y = a->y - b->y;

	return x * x + y * y <= REACH * REACH;
}

/* Each is put where some earlier one still hears it. */
static void place(struct world *w, struct air *air, uint32_t index)
{
	struct station *s = &air->stations[index], *near;
	uint32_t first = 0;

	s->here = true;
	while (!air->stations[first].here)
		first++;
	if (first == index)
		return;
	do
		near = &air->stations[dice_between(&w->network, first, index - 1)];
	while (!near->here);
	do {
		s->x = near->x + (int32_t)dice_below(&w->network, 2 * REACH) - REACH;
		s->y = near->y + (int32_t)dice_below(&w->network, 2 * REACH) - REACH;
	} while (!is_near(s, near));
	for (uint32_t i = 0; i < index; i++)
		if (air->stations[i].here && is_near(s, &air->stations[i])) {
			s->hears |= 1ull << i;
			air->stations[i].hears |= 1ull << index;
		}
}

void air_init(struct world *w)
{
	if (!has_fault(w, FAULT_RADIO))
		return;
	w->air = calloc(1, sizeof *w->air);
	assert(w->air);
	choose_radio(w, w->air);
	for (uint32_t i = 0; i < w->node_count && i < STATIONS_MAX; i++)
		if (w->plan.story == STORY_RADIO || dice_permille(&w->network, 600))
			place(w, w->air, i);
}

void air_fini(struct world *w)
{
	free(w->air);
	w->air = NULL;
}

bool air_has(const struct world *w, const struct node *n)
{
	return w->air && n->index < STATIONS_MAX && w->air->stations[n->index].here;
}

uint32_t air_longest_s(const struct world *w)
{
	return w->air ? LONGEST_SHORT_FRAMES * airtime_ms(w->air, SHORT_FRAME) / MS + 1 : 0;
}

void air_boot(struct world *w, struct node *n)
{
	struct carrier_traits traits = { .kind = CARRIER_RADIO };
	struct station *s;

	if (!air_has(w, n))
		return;
	s = &w->air->stations[n->index];
	traits.frame_max = w->air->frame_max;
	traits.airtime = w->air->airtime;
	traits.station = (uint16_t)(n->index + 1);
	if (sync_carrier_up(n->sync, RADIO_CARRIER, &traits, host_mono(w, n)) != SYNC_OK)
		world_fail(w, "node %u refuses its radio", n->index);
	s->on = true;
	s->on_since_ms = w->now_ms;
	s->sent_us = 0;
}

/* What is on the air stops in the middle; nobody can make it out. */
void air_crash(struct world *w, struct node *n)
{
	if (!air_has(w, n))
		return;
	w->air->stations[n->index].on = false;
	w->air->stations[n->index].spoilt = UINT64_MAX;
}

static bool is_free(const struct world *w, uint32_t at)
{
	const struct air *air = w->air;

	if (!air->stations[at].on || air->stations[at].sending)
		return false;
	for (uint32_t i = 0; i < STATIONS_MAX; i++)
		if (air->stations[at].hears >> i & 1 && air->stations[i].sending &&
		    w->now_ms >= air->stations[i].began_ms + air->sense_ms)
			return false;
	return true;
}

/* Everyone who hears both makes out neither; who sends hears nothing. */
static void spoil(struct air *air, uint32_t at)
{
	struct station *s = &air->stations[at];

	s->spoilt = 0;
	for (uint32_t i = 0; i < STATIONS_MAX; i++) {
		struct station *other = &air->stations[i];

		if (i == at || !other->sending)
			continue;
		other->spoilt |= s->hears | 1ull << at;
		s->spoilt |= other->hears | 1ull << i;
	}
}

static void check_duty(const struct world *w, const struct node *n)
{
	const struct station *s = &w->air->stations[n->index];
	uint64_t allowed_ms = w->now_ms - s->on_since_ms + BUCKET_S * MS + airtime_ms(w->air, w->air->frame_max) * MS;

	if (n->role == ROLE_HONEST && s->sent_us > allowed_ms * w->air->airtime.duty_permille)
		world_fail(w, "node %u sent for %llu ms of %llu", n->index, (unsigned long long)(s->sent_us / MS),
			   (unsigned long long)(w->now_ms - s->on_since_ms));
}

/* What a beacon carries when all seems well, and the bytes more that it takes to say that the date is a guess. */
enum { QUIET_SYNDROMES = 2, DAYS_GUESSED = 2 };

static void check_quiet(const struct world *w, const struct node *n, struct view frame)
{
	if (w->air->silence && n->role == ROLE_HONEST && frame.size > BEACON_SIZE + DAYS_GUESSED + QUIET_SYNDROMES * 4)
		world_fail(w, "node %u sends %zu bytes by radio, kind %u, where all is the same", n->index, frame.size,
			   frame.data[1]);
}

static void begin(struct world *w, struct node *n, struct view frame)
{
	struct station *s = &w->air->stations[n->index];

	memcpy(s->last, s->bytes, s->size);
	s->last_size = s->size;
	memcpy(s->bytes, frame.data, frame.size);
	s->size = (uint32_t)frame.size;
	s->sending = true;
	s->began_ms = w->now_ms;
	s->sent_us += (uint64_t)airtime_ms(w->air, s->size) * MS;
	s->beacons++;
	check_duty(w, n);
	spoil(w->air, n->index);
	heap_put(&w->heap, w->now_ms + airtime_ms(w->air, s->size), EVENT_AIR_END, n->index, 0);
}

void air_send(struct world *w, struct node *n, struct view frame)
{
	if (air_has(w, n) && is_free(w, n->index) && frame.size <= w->air->frame_max)
		begin(w, n, frame);
}

void air_fill(struct world *w, struct node *n)
{
	uint8_t bytes[FRAME_SIZE_MAX], mangled[FRAME_SIZE_MAX];
	struct view frame = { .data = bytes };

	if (!air_has(w, n) || !is_free(w, n->index))
		return;
	frame.size = sync_fill(n->sync, RADIO_CARRIER, bytes, sizeof bytes, host_mono(w, n));
	if (!frame.size)
		return;
	check_sent(w, n, frame, w->air->frame_max);
	check_quiet(w, n, frame);
	if (n->role == ROLE_EVIL && has_fault(w, FAULT_MANGLE) && dice_permille(&w->attack, 300)) {
		frame.size = attacker_mangle(&w->attack, mangled, w->air->frame_max, frame);
		frame.data = mangled;
	}
	begin(w, n, frame);
}

static bool is_mangled(struct world *w, uint32_t permille)
{
	return has_fault(w, FAULT_RADIO_MANGLE) && w->phase == PHASE_STORM && dice_permille(&w->network, permille);
}

static void hear(struct world *w, struct node *n, const uint8_t *bytes, size_t size)
{
	uint8_t mangled[FRAME_SIZE_MAX];
	struct view frame = { bytes, size };
	enum sync_rc rc;

	if (!size)
		return;
	if (is_mangled(w, 40)) {
		frame.size = attacker_mangle(&w->network, mangled, sizeof mangled, frame);
		frame.data = mangled;
	}
	host_date_read(w, n);
	if (host_date_is_held(n))
		return;
	rc = sync_feed(n->sync, RADIO_CARRIER, frame, host_mono(w, n));
	world_say(w, "air: node %u hears %zu bytes of kind %u: %d", n->index, frame.size,
		  frame.size > 1 ? frame.data[1] : 0, (int)rc);
	if (rc != SYNC_E_BUSY) /* else it is lost, as on a radio it may be */
		contact_note(w, n, frame);
}

void air_end(struct world *w, struct node *n)
{
	struct air *air = w->air;
	struct station *s = &air->stations[n->index];
	uint64_t spoilt = s->spoilt;

	s->sending = false;
	for (uint32_t i = 0; i < w->node_count && i < STATIONS_MAX; i++) {
		struct node *to = &w->nodes[i];

		if (!(s->hears >> i & 1) || !air->stations[i].on)
			continue;
		if (!(spoilt >> i & 1) && !dice_permille(&w->network, air->loss_permille)) {
			hear(w, to, s->bytes, s->size);
			if (is_mangled(w, 30))
				hear(w, to, s->last, s->last_size);
		}
		host_turn(w, to);
	}
	if (n->sync)
		host_turn(w, n);
}

void air_expect_silence(struct world *w)
{
	if (!w->air)
		return;
	w->air->silence = true;
	for (uint32_t i = 0; i < STATIONS_MAX; i++) {
		w->air->stations[i].beacons = 0;
		/* A node whose set is full differs for ever, and says so. */
		if (w->air->stations[i].here && w->nodes[i].role == ROLE_SMALL)
			w->air->silence = false;
	}
}

void air_check_silence(const struct world *w, uint64_t lasted_s)
{
	uint64_t most = lasted_s / (air_longest_s(w) + 1) + 2;

	if (!w->air || !w->air->silence)
		return;
	for (uint32_t i = 0; i < w->plan.honest && i < STATIONS_MAX; i++)
		if (w->nodes[i].role == ROLE_HONEST && w->air->stations[i].beacons > most)
			world_fail(w, "node %u sends %u beacons in %llu s where all is the same", i,
				   w->air->stations[i].beacons, (unsigned long long)lasted_s);
}
