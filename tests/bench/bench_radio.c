/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What comparing over a radio costs: the sizes of beacons and what they decode; and the airtime of eight stations in
 * reach of each other that hold different halves of 50 new entries, with losses, collisions and listening before
 * talking, against an oracle that knows who lacks what and pays only for the losses.
 *   bench_radio [SEEDS] */
#include "sync/engine_state.h"
#include "proto/pack.h"
#include "tests/bench/bench_host.h"

enum { STATIONS = 8, NEW = 50, COMMON = 1000, LOSS_PERCENT = 10, SENSE_MS = 8, END_MS = 3600 * 1000 };
/* SF9, 125 kHz, CR 4/5, preamble 8: 165 ms for 16 bytes, 1,168 ms for 237. */
static const struct airtime SF9 = { .frame_us = 92000, .byte_us = 4540, .duty_permille = 1000 };

static struct host stations[STATIONS];
static uint64_t dice;

static uint32_t roll(uint32_t below)
{
	dice = dice * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(dice >> 33) % below;
}

static mono_ms airtime_ms(size_t size)
{
	return (SF9.frame_us + size * SF9.byte_us) / 1000 + 1;
}

static void radio_on(struct host *h, uint16_t station)
{
	struct carrier_traits traits = {
		.kind = CARRIER_RADIO, .frame_max = SYNC_RADIO_FRAME_MIN, .airtime = SF9, .station = station
	};

	must(sync_carrier_up(h->sync, 1, &traits, 0) == SYNC_OK, "radio");
}

/* Beacons of every capacity, differences up to it. */
static bool bench_beacons(uint32_t n)
{
	uint32_t tried = 0, found = 0;
	double largest = 0, plain = 0;
	uint8_t frame[SYNC_RADIO_FRAME_MIN];

	for (uint32_t capacity = 5; capacity <= RADIO_SKETCH_MAX; capacity++)
		for (uint32_t d = 1; d<capacity; d += capacity> 20 ? 5 : 1) {
			struct host a, b;
			struct sync_link_status status;
			mono_ms now = 0;
			size_t size;

			host_init(&a, capacity * 100 + d, n + d);
			host_init(&b, capacity * 100 + d + 50, n + d);
			host_restore(&a, 0, n);
			host_restore(&b, d / 2, n + d - d / 2);
			radio_on(&a, 1);
			radio_on(&b, 2);
			a.sync->radios[0].fresh = 0;
			a.sync->radios[0].doubt = capacity - 4;
			while (!(size = sync_fill(a.sync, 1, frame, sizeof frame, now)))
				now = sync_deadline(a.sync);
			must(size >= BEACON_SIZE + 4 * capacity, "the beacon's sketch");
			largest = (double)(size - 4 * capacity) > largest ? (double)(size - 4 * capacity) : largest;
			must(sync_feed(b.sync, 1, (struct view){ frame, size }, now) == SYNC_OK, "refused");
			must(sync_link_status(b.sync, 1, &status), "status");
			tried++;
			found +=
				status.left_out == d - d / 2 && status.left_in == d / 2 && !b.sync->radios[0].call_more;
			host_fini(&a);
			host_fini(&b);
		}
	for (int i = 0; i < 2; i++) {
		struct host a;
		mono_ms now = 0;
		size_t size;

		host_init(&a, 7, n);
		host_restore(&a, 0, n);
		radio_on(&a, 1);
		a.sync->radios[0].fresh = 0;
		while (!(size = sync_fill(a.sync, 1, frame, sizeof frame, now)))
			now = sync_deadline(a.sync);
		plain = (double)size;
		host_fini(&a);
	}
	printf("%-58s %8.2f %8.2f %6.2f\n", "sketch beacon of capacity c <= 45: bytes beyond 4c", largest, 24.0,
	       largest / 24.0);
	printf("%-58s %8.2f %8.2f %6.2f\n", "beacons that did not decode d < c", (double)(tried - found), 0.0,
	       (double)(tried - found));
	printf("%-58s %8.2f %8.2f %6.2f\n", "plain beacon: bytes", plain, 20.0, plain / 20.0);
	return largest <= 24 && found == tried && plain <= 20;
}

struct flight {
	mono_ms end, begin;
	size_t size;
	int from;
	bool lost[STATIONS];
	uint8_t bytes[SYNC_RADIO_FRAME_MIN];
};

struct tally {
	double entries_ms, other_ms, oracle_ms;
	uint64_t bytes, collisions;
	mono_ms done;
};

static bool all_have(uint32_t want)
{
	for (int i = 0; i < STATIONS; i++) {
		struct sync_status status;

		sync_status(stations[i].sync, &status);
		if (status.entries < want)
			return false;
	}
	return true;
}

static void deliver(const struct flight *f)
{
	for (int i = 0; i < STATIONS; i++) {
		if (i == f->from || f->lost[i] || roll(100) < LOSS_PERCENT)
			continue;
		must(sync_feed(stations[i].sync, 1, (struct view){ f->bytes, f->size }, f->end) == SYNC_OK, "refused");
		drain(&stations[i]);
	}
}

/* Airtime that whoever knows who lacks what would need: each entry again until all that lacked it have heard it. */
static double oracle(bool held[NEW][STATIONS], const uint8_t sizes[NEW])
{
	double sum = 0;

	for (int e = 0; e < NEW; e++)
		for (int round = 0; round < 200; round++) {
			bool lacks[STATIONS], left = true;

			for (int i = 0; i < STATIONS; i++)
				lacks[i] = !held[e][i];
			while (left) {
				sum += (double)airtime_ms(FRAME_HEAD_SIZE + sizes[e]) / 200;
				left = false;
				for (int i = 0; i < STATIONS; i++) {
					lacks[i] = lacks[i] && roll(100) < LOSS_PERCENT;
					left |= lacks[i];
				}
			}
		}
	return sum;
}

/* An entry that rides along in a call is charged as if it went alone, the call for what it adds. */
static void charge(struct tally *tally, const struct flight *f)
{
	size_t other = f->size;
	struct frame_call call;

	if (f->bytes[1] == FRAME_ENTRY || f->bytes[1] == FRAME_ENTRIES)
		other = 0;
	else if (f->bytes[1] == FRAME_CALL &&
		 frame_call_read(&call, (struct view){ f->bytes + FRAME_HEAD_SIZE, f->size - FRAME_HEAD_SIZE }) ==
			 FRAME_OK &&
		 call.entry.size)
		other = f->size - FRAME_HEAD_SIZE - call.entry.size;
	tally->bytes += other;
	if (other == f->size)
		tally->other_ms += (double)airtime_ms(f->size);
	else {
		tally->other_ms += (double)other * SF9.byte_us / 1000;
		tally->entries_ms += (double)airtime_ms(f->size - other);
	}
}

/* Each new entry is held by half of the stations already. */
static void spread_news(bool held[NEW][STATIONS], uint8_t sizes[NEW])
{
	for (uint32_t e = 0; e < NEW; e++) {
		uint8_t bytes[ENTRY_SIZE_MAX], packed[ENTRY_SIZE_MAX];
		uint16_t author;
		size_t size = make_entry(bytes, COMMON + e, &author),
		       shorter = entry_pack(packed, (struct view){ bytes, size });

		sizes[e] = (uint8_t)(shorter ? shorter : size);
		memset(held[e], 0, sizeof held[e]);
		for (int left = STATIONS / 2; left;) {
			uint32_t i = roll(STATIONS);

			if (held[e][i])
				continue;
			held[e][i] = true;
			left--;
			host_restore(&stations[i], COMMON + e, COMMON + e + 1);
		}
	}
}

/* Who has something to say, and hears nobody, begins. */
static void begin_flights(struct flight air[STATIONS], struct tally *tally, mono_ms now)
{
	for (int i = 0; i < STATIONS; i++) {
		struct flight *f = &air[i];

		if (f->size)
			continue;
		f->size = sync_fill(stations[i].sync, 1, f->bytes, sizeof f->bytes, now);
		if (!f->size)
			continue;
		f->begin = now;
		f->end = now + airtime_ms(f->size);
		f->from = i;
		memset(f->lost, 0, sizeof f->lost);
		charge(tally, f);
		for (int j = 0; j < STATIONS; j++)
			if (j != i && air[j].size) { /* both are garbled, for everyone */
				memset(f->lost, 1, sizeof f->lost);
				memset(air[j].lost, 1, sizeof air[j].lost);
				tally->collisions++;
			}
	}
}

static mono_ms next_event(const struct flight air[STATIONS], bool sensed, mono_ms now)
{
	mono_ms next = MONO_NEVER;

	for (int i = 0; i < STATIONS; i++) {
		mono_ms due = sensed ? MONO_NEVER : sync_deadline(stations[i].sync);

		if (air[i].size)
			due = air[i].begin + SENSE_MS > now ? air[i].begin + SENSE_MS : air[i].end;
		if (due <= now)
			due = now + 1;
		if (due < next)
			next = due;
	}
	return next;
}

static struct tally run(uint64_t seed)
{
	struct tally tally = { 0 };
	struct flight air[STATIONS] = { 0 };
	bool held[NEW][STATIONS];
	uint8_t sizes[NEW];
	mono_ms now = 0;

	dice = seed * 977 + 1;
	for (int i = 0; i < STATIONS; i++) {
		host_init(&stations[i], seed * 100 + (uint64_t)i, COMMON + NEW + 10);
		host_restore(&stations[i], 0, COMMON);
		radio_on(&stations[i], (uint16_t)(i + 1));
		stations[i].sync->radios[0].fresh = NEW / 2;
	}
	spread_news(held, sizes);
	tally.oracle_ms = oracle(held, sizes);
	while (!all_have(COMMON + NEW) && now < END_MS) {
		bool sensed = false;

		for (int i = 0; i < STATIONS; i++) {
			if (air[i].size && air[i].end == now) {
				deliver(&air[i]);
				air[i].size = 0;
			}
			sensed |= air[i].size && now >= air[i].begin + SENSE_MS;
		}
		if (!sensed)
			begin_flights(air, &tally, now);
		now = next_event(air, sensed, now);
	}
	tally.done = now;
	for (int i = 0; i < STATIONS; i++)
		host_fini(&stations[i]);
	return tally;
}

int main(int argc, char **argv)
{
	uint64_t seeds = argc > 1 ? strtoull(argv[1], NULL, 10) : 20;
	struct tally sum = { 0 };
	double done = 0, share, ratio;
	bool good;

	bench_keys();
	printf("radio, n = 1,000 and 10,000\n%-58s %8s %8s %6s\n", "figure", "measured", "limit", "ratio");
	good = bench_beacons(1000);
	good &= bench_beacons(10000);
	for (uint64_t seed = 1; seed <= seeds; seed++) {
		struct tally one = run(seed);

		must(one.done < END_MS, "the stations do not agree within an hour");
		sum.entries_ms += one.entries_ms;
		sum.other_ms += one.other_ms;
		sum.oracle_ms += one.oracle_ms;
		sum.bytes += one.bytes;
		sum.collisions += one.collisions;
		done += (double)one.done;
	}
	share = sum.other_ms / (sum.other_ms + sum.entries_ms);
	ratio = sum.entries_ms / sum.oracle_ms;
	printf("radio, 8 stations, %d new entries, half held already, %d %% loss, %d ms to sense another; mean of %llu "
	       "seeds\n",
	       NEW, LOSS_PERCENT, SENSE_MS, (unsigned long long)seeds);
	printf("%-58s %8.2f %8.2f %6.2f\n", "reconciliation: % of the airtime", 100 * share, 9.0, share / 0.09);
	printf("%-58s %8.2f %8.2f %6.2f\n", "entries' airtime beside an oracle's", ratio, 1.3, ratio / 1.3);
	printf("%-58s %8.2f\n", "reconciliation: bytes an entry", (double)sum.bytes / (double)seeds / NEW);
	printf("%-58s %8.2f\n", "collisions", (double)sum.collisions / (double)seeds);
	printf("%-58s %8.2f\n", "seconds until all have all", done / (double)seeds / 1000);
	return !good || share > 0.09 || ratio > 1.3;
}
