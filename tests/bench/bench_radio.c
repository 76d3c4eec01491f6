/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What comparing over a radio costs: the sizes of beacons and what they decode; and the airtime of eight stations in
 * reach of each other that hold different halves of 50 new entries, with losses, collisions and listening before
 * talking, against an oracle that knows who lacks what and pays only for the losses.
 *   bench_radio [SEEDS] */
#include "sync/state.h"
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

static void radio_on(struct host *h)
{
	struct carrier_traits traits = { .kind = CARRIER_RADIO, .frame_max = SYNC_RADIO_FRAME_MIN, .airtime = SF9 };

	must(sync_carrier_up(h->sync, 1, &traits, 0) == SYNC_OK, "radio");
}

/* Beacons of every capacity, differences up to it. */
static void bench_beacons(uint32_t n)
{
	uint32_t tried = 0, found = 0, largest = 0, plain = 0;
	uint8_t frame[SYNC_RADIO_FRAME_MIN];

	for (uint32_t capacity = 5; capacity <= RADIO_SKETCH_MAX; capacity++)
		for (uint32_t d = 1; d < capacity; d += capacity > 20 ? 5 : 1) {
			struct host a, b;
			struct sync_link_status status;
			mono_ms now = 0;
			size_t size;

			host_init(&a, capacity * 100 + d, n + d);
			host_init(&b, capacity * 100 + d + 50, n + d);
			host_restore(&a, 0, n);
			host_restore(&b, d / 2, n + d - d / 2);
			radio_on(&a);
			radio_on(&b);
			a.sync->radios[0].fresh = 0;
			a.sync->radios[0].doubt = capacity - 4;
			while (!(size = sync_fill(a.sync, 1, frame, sizeof frame, now)))
				now = sync_deadline(a.sync);
			must(size == BEACON_SIZE + 4 * capacity, "the beacon's size");
			largest = size - 4 * capacity > largest ? (uint32_t)size - 4 * capacity : largest;
			must(sync_feed(b.sync, 1, (struct view){ frame, size }, now) == SYNC_OK, "refused");
			must(sync_link_status(b.sync, 1, &status), "status");
			tried++;
			found += status.left_out == d - d / 2 + 0 * n && status.left_in == d / 2 &&
				 !b.sync->radios[0].call_more;
			host_fini(&a);
			host_fini(&b);
		}
	for (int i = 0; i < 2; i++) {
		struct host a;
		mono_ms now = 0;
		size_t size;

		host_init(&a, 7, n);
		host_restore(&a, 0, n);
		radio_on(&a);
		a.sync->radios[0].fresh = 0;
		while (!(size = sync_fill(a.sync, 1, frame, sizeof frame, now)))
			now = sync_deadline(a.sync);
		plain = (uint32_t)size;
		host_fini(&a);
	}
	printf("n %6u: sketch beacon of capacity c: 4c + %u bytes (limit 4c + 24); decoded %u of %u with d < c; plain beacon %u bytes "
	       "(limit 20)\n",
	       n, largest, found, tried, plain);
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
	uint64_t frames[FRAME_CALL + 1], bytes, collisions;
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
		 frame_call_read(&call, (struct view){ f->bytes + FRAME_HEAD_SIZE, f->size - FRAME_HEAD_SIZE }) == FRAME_OK &&
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

static struct tally run(uint64_t seed, bool trace)
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
		radio_on(&stations[i]);
		stations[i].sync->radios[0].fresh = NEW / 2;
	}
	for (uint32_t e = 0; e < NEW; e++) {
		uint8_t bytes[ENTRY_SIZE_MAX];
		uint16_t author;

		sizes[e] = (uint8_t)make_entry(bytes, COMMON + e, &author);
		for (int i = 0; i < STATIONS; i++)
			held[e][i] = false;
		for (int left = STATIONS / 2; left;) {
			uint32_t i = roll(STATIONS);

			if (held[e][i])
				continue;
			held[e][i] = true;
			left--;
			host_restore(&stations[i], COMMON + e, COMMON + e + 1);
		}
	}
	tally.oracle_ms = oracle(held, sizes);
	while (!all_have(COMMON + NEW) && now < END_MS) {
		mono_ms next = MONO_NEVER;
		bool sensed = false;

		for (int i = 0; i < STATIONS; i++)
			if (air[i].size && air[i].end == now) {
				deliver(&air[i]);
				air[i].size = 0;
			}
		for (int i = 0; i < STATIONS; i++)
			sensed |= air[i].size && now >= air[i].begin + SENSE_MS;
		for (int i = 0; i < STATIONS && !sensed; i++) {
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
			tally.frames[f->bytes[1]]++;
			if (trace)
				printf("%8.2f s station %d kind %d size %zu\n", (double)now / 1000, i, f->bytes[1], f->size);
			charge(&tally, f);
			for (int j = 0; j < STATIONS; j++)
				if (j != i && air[j].size) { /* both are garbled, for everyone */
					memset(f->lost, 1, sizeof f->lost);
					memset(air[j].lost, 1, sizeof air[j].lost);
					tally.collisions++;
				}
		}
		for (int i = 0; i < STATIONS; i++) {
			mono_ms due = air[i].size ? air[i].end : sensed ? MONO_NEVER : sync_deadline(stations[i].sync);

			if (air[i].size && air[i].begin + SENSE_MS > now && air[i].begin + SENSE_MS < due)
				due = air[i].begin + SENSE_MS;
			if (due <= now)
				due = now + 1;
			if (due < next)
				next = due;
		}
		now = next;
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
	double done = 0;

	bench_keys();
	if (seeds == 2) bench_beacons(1000);
	if (seeds == 2) bench_beacons(10000);
	for (uint64_t seed = 1; seed <= seeds; seed++) {
		struct tally one = run(argc > 2 ? strtoull(argv[2], NULL, 10) : seed, seeds == 1);
		if (getenv("EACH")) printf("%d: %.1f%% %.2f\n",(int)seed,100*one.other_ms/(one.other_ms+one.entries_ms),one.entries_ms/one.oracle_ms);

		must(one.done < END_MS, "the stations do not agree within an hour");
		sum.entries_ms += one.entries_ms;
		sum.other_ms += one.other_ms;
		sum.oracle_ms += one.oracle_ms;
		sum.bytes += one.bytes;
		sum.collisions += one.collisions;
		done += (double)one.done;
		for (int k = 0; k <= FRAME_CALL; k++)
			sum.frames[k] += one.frames[k];
	}
	printf("8 stations, %d new entries, half held already, %d %% loss, mean of %llu seeds: reconciliation %.1f %% of the airtime (limit 9), "
	       "%.1f bytes an entry; entries %.2f x an oracle's airtime (limit 1.3); %.0f s until all have all; frames: %.1f entries, %.1f "
	       "beacons, %.1f calls; %.1f collisions\n",
	       NEW, LOSS_PERCENT, (unsigned long long)seeds, 100 * sum.other_ms / (sum.other_ms + sum.entries_ms),
	       (double)sum.bytes / (double)seeds / NEW, sum.entries_ms / sum.oracle_ms, done / (double)seeds / 1000,
	       (double)(sum.frames[FRAME_ENTRY] + sum.frames[FRAME_ENTRIES]) / (double)seeds,
	       (double)sum.frames[FRAME_BEACON] / (double)seeds, (double)sum.frames[FRAME_CALL] / (double)seeds,
	       (double)sum.collisions / (double)seeds);
	return 0;
}
